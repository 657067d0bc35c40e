"""What a run may take of this machine, as people set it."""
from dataclasses import dataclass
from typing import Optional

from ..core.settings import Settings, field


@dataclass(frozen=True)
class MachineSettings(Settings):
    """Threads, memory and block cache of every run."""
    threads: Optional[int] = field(None, label="Threads", minimum=1, maximum=1024, help=(
        "Runs of algorithms work with so many threads at once. Empty: one per core of the processor. Fewer leave room for "
        "other work."))
    memory: Optional[int] = field(None, label="Memory", unit="MiB", minimum=256, maximum=4194304, help=(
        "What a run may hold in arrays; scenes of any size are worked on in tiles that fit. Empty: a quarter of the "
        "memory of this machine."))
    cache: Optional[int] = field(None, label="Cache for reading", unit="MiB", minimum=16, maximum=1048576, help=(
        "How much of opened files GDAL keeps in memory, for all of QGIS. More makes clicks on the same series faster. "
        "Empty: as QGIS has it."))
