"""autoRIFT: offset.tif with Dx and Dy in pixels of the images (Dy positive up), velocity.tif, or NetCDF."""
from pathlib import Path
from typing import List, Sequence

from . import geotiff, itslive
from .model import PairSource
from .settings import ImportSettings


def find(files: Sequence[Path], root: Path, settings: ImportSettings) -> List[PairSource]:
    """Every pair: NetCDF as ITS_LIVE has it, and rasters. Where a folder holds both, offset.tif goes before
    velocity.tif, unless a velocity unit is declared."""
    wanted = "velocity" if settings.unit in ("m/yr", "m/day") else "offset"
    both = {path.parent for path in files if path.stem.lower() == "offset"} & {
        path.parent for path in files if path.stem.lower() == "velocity"}
    rasters = [path for path in geotiff.data_files(files)
               if path.parent not in both or path.stem.lower() not in ("offset", "velocity")
               or path.stem.lower() == wanted]
    return itslive.find(files, root, settings) + geotiff.find(rasters, root, settings, geotiff.AUTORIFT)
