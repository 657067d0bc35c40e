"""Which program made a folder of displacements: from names, bands and variables, never from values."""
from pathlib import Path
from typing import Sequence

from ...core.errors import InputError
from ..raster import open_raster
from . import geotiff, itslive, micmac, naming
from .settings import FORMATS, ImportSettings


def format_of(files: Sequence[Path], folder: Path, settings: ImportSettings) -> str:
    """The code of the one format in a folder. Raises InputError where there is none or more than one."""
    found = {}
    for path in files:
        code = _of_file(path, settings)
        if code:
            found.setdefault(code, path)
    if not found:
        raise InputError(f"{folder} holds no displacements that are recognised ({len(files)} rasters looked at). "
                         "Expected are pairs of GeoTIFFs (_vx and _vy, or two bands), ITS_LIVE or autoRIFT files, "
                         "MicMac Px1 and Px2, or COSI-Corr rasters. Choose the folder above them, or give the names "
                         "of the components.")
    if len(found) > 1:
        names = dict(FORMATS)
        where = "; ".join(f"{names[code]}: {path.name}" for code, path in sorted(found.items()))
        raise InputError(f"{folder} holds files of several formats ({where}). Choose one under Format.")
    return next(iter(found))


def _of_file(path: Path, settings: ImportSettings) -> str:
    if path.suffix.lower() == ".nc":
        return "itslive" if {"vx", "vy"} <= set(itslive.variables_of(path)) else ""
    if micmac.is_px(path):
        return "micmac"
    if naming.component(path.stem, settings) is not None:
        return "geotiff"
    if naming.role(path.stem) is not None or not geotiff.data_files([path]):
        return ""
    with open_raster(geotiff.data_files([path])[0]) as raster:
        words = [naming.plain(name) for name in raster.bands]
        if any(w.startswith(("east-west", "e-w")) for w in words) and any(w.startswith(("north-south", "n-s"))
                                                                          for w in words):
            return "cosicorr"
        unnamed = all(name == str(number) for number, name in enumerate(raster.bands, 1))
        parts = naming.plain(path.stem).split("-")
        if ("offset" in parts and len(raster.bands) >= 4 and unnamed) or {"dx", "dy", "interpmask"} <= set(words):
            return "autorift"
        known = naming.bands(raster.bands, settings)
        if {"x", "y"} <= set(known) or (unnamed and len(raster.bands) in (2, 3)):
            return "geotiff"
    return ""
