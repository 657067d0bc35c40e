"""The rasters of a series as cloud-optimised GeoTIFFs, with overviews."""
import os
from pathlib import Path
from typing import List

from osgeo import gdal

from ...core.errors import InputError
from ...core.progress import Progress
from ..raster import _quiet, check_writable, open_dataset
from .reader import WindowReader

_OPTIONS = ["COMPRESS=DEFLATE", "PREDICTOR=YES", "BIGTIFF=IF_SAFER", "NUM_THREADS=ALL_CPUS"]


def write(reader: WindowReader, folder: Path, progress: Progress) -> List[Path]:
    """One COG for each component, sigma, velocity and quality; their paths."""
    if gdal.GetDriverByName("COG") is None:
        raise InputError("This GDAL has no COG driver. Use GDAL 3.1 or newer.")
    manifest = reader.manifest
    files = [*manifest.rasters.values(), *manifest.sigmas.values()]
    files += [f for f in (manifest.velocity, manifest.quality) if f and (reader.folder / f).is_file()]
    check_writable(folder)
    made = []
    for number, file in enumerate(files):
        target = folder / Path(file).name
        # the mean of flags means nothing
        overviews = "NEAREST" if file == manifest.quality else "AVERAGE"
        _copy(reader.folder / file, target, overviews, progress.part(number / len(files), (number + 1) / len(files)))
        made.append(target)
    return made


def _copy(source: Path, target: Path, overviews: str, progress: Progress) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part.tif")

    def report(fraction, _message, _data):
        if progress.stopped:
            return 0
        progress.report(fraction, f"Writing {target.name}")
        return 1

    try:
        with _quiet():
            try:
                copy = gdal.GetDriverByName("COG").CreateCopy(
                    str(temporary), open_dataset(source), options=[*_OPTIONS, f"OVERVIEW_RESAMPLING={overviews}"],
                    callback=report)
            except RuntimeError:
                copy = None
        progress.check()
        if copy is None:
            raise InputError(f"{target} could not be written ({gdal.GetLastErrorMsg()}). Is the disk full?")
        del copy
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
