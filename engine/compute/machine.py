"""The machine's limits, put to work."""
from . import memory, threads
from .settings import MachineSettings


def apply(settings: MachineSettings) -> None:
    """Let all runs of this process follow the settings."""
    threads.set_workers(settings.threads)
    memory.set_budget(settings.memory << 20 if settings.memory else None)
    if settings.cache:
        from osgeo import gdal
        gdal.SetCacheMax(settings.cache << 20)
