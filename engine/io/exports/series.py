"""Export of a series: where to write, and which format does it."""
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

from ...core.errors import SettingsError
from ...core.progress import Progress
from . import cog, mesh, mintpy, netcdf, points
from .reader import WindowReader
from .settings import FORMATS, ExportSettings

#: Formats of one file: its name in a folder, and the endings by which an output is a file and not a folder.
_FILES = {"netcdf": ("series.nc", (".nc", ".nc4")), "mesh": ("mesh.nc", (".nc",)),
          "insarexplorer": ("points.gpkg", (".gpkg",))}
_ENDINGS = (".nc", ".nc4", ".gpkg", ".h5", ".tif", ".tiff", ".json", ".shp", ".csv", ".2dm", ".he5")


@dataclass(frozen=True)
class ExportResult:
    """files: what was written, the main one first."""
    files: Tuple[Path, ...]

    @property
    def file(self) -> Path:
        return self.files[0]

    def summary(self) -> List[str]:
        return [f"{path} ({path.stat().st_size / 1e6:.1f} MB)" for path in self.files]


def run(series, settings: ExportSettings, output, progress: Progress) -> ExportResult:
    """Write a series for other programs. output: a folder, or for NetCDF, mesh and points a file of their ending."""
    target = destination(output, settings.format)
    with WindowReader(series) as reader:
        if settings.format == "cog" and target.resolve() == reader.folder.resolve():
            raise SettingsError(f"{target} is the folder of the series itself. Choose another folder.")
        if settings.format == "netcdf":
            files = netcdf.write(reader, target, progress)
        elif settings.format == "cog":
            files = cog.write(reader, target, progress)
        elif settings.format == "mesh":
            files = mesh.write(reader, target, settings.every, progress)
        elif settings.format == "mintpy":
            files = mintpy.write(reader, target, progress)
        else:
            files = points.write(reader, target, settings.component, settings.every, progress)
    progress.report(1.0)
    return ExportResult(tuple(files))


def destination(output, code: str) -> Path:
    """The file or folder to write. Raises SettingsError where a file name does not fit the format."""
    path = Path(output)
    name, endings = _FILES.get(code, ("", ()))
    ending = "" if path.is_dir() else path.suffix.lower()
    if ending in endings:
        return path
    if ending in _ENDINGS:
        expected = f"a folder or a name ending in {' or '.join(endings)}" if endings else "a folder"
        raise SettingsError(f"{path}: the format {dict(FORMATS)[code]} needs {expected}.")
    return path / name if name else path
