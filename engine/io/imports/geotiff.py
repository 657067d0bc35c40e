"""Rasters of one pair: two files (_vx, _vy) or one with both bands; also autoRIFT's and COSI-Corr's, which differ
only in what is fixed by the format.
"""
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from ...core.errors import InputError
from ..raster import RasterReader, open_raster, require_same_grid
from . import naming
from .model import METRES, PER_YEAR, PIXELS, Layer, PairSource, settle_unit, unit_code
from .settings import ImportSettings

_LOG = logging.getLogger(__name__)
_ENVI_DATA = ("", ".img", ".dat", ".bin", ".bsq", ".bil")


@dataclass(frozen=True)
class Convention:
    """What a format fixes. unnamed: roles of bands without names, in their order."""
    name: str
    unit: Optional[str] = None
    unnamed: Tuple[str, ...] = ("x", "y")
    missing: Tuple[float, ...] = ()


GEOTIFF = Convention("GeoTIFF")
#: offset.tif: Dx, Dy (positive up), interpolation mask, chip size; pixels of the images.
AUTORIFT = Convention("autoRIFT", PIXELS, ("x", "y"), (-32767.0,))
#: East/West and North/South, positive east and north, metres, and the signal-to-noise ratio (0 to 1).
COSICORR = Convention("COSI-Corr", METRES, ("x", "y", "quality"))


def find(files: Sequence[Path], root: Path, settings: ImportSettings, convention: Convention) -> List[PairSource]:
    """Every pair among the files. Raises InputError where a partner, date or unit is missing."""
    halves, sides, whole = _sorted_out(files, settings)
    found = []
    for (folder, rest, _), axes in sorted(halves.items()):
        missing = {"x", "y"} - set(axes)
        if missing:
            there = next(iter(axes.values()))
            raise InputError(f"{there} has no partner with the {'east' if missing == {'x'} else 'north'} component. "
                             "Add the file, or take this one away.")
        found.append(_of_two_files(axes, sides.get((folder, rest), {}), root, settings, convention))
    for path in whole:
        pair = _of_one_file(path, root, settings, convention)
        if pair is not None:
            found.append(pair)
    return found


def _sorted_out(files: Sequence[Path], settings: ImportSettings):
    """Files of one component by what they share, files of quality or sigma likewise, and the others."""
    halves: Dict[Tuple[Path, str, str], Dict[str, Path]] = {}
    sides: Dict[Tuple[Path, str], Dict[str, Path]] = {}
    whole = []
    for path in data_files(files):
        half, side = naming.component(path.stem, settings), naming.role(path.stem)
        if half is not None:
            axis, rest, marks = half
            halves.setdefault((path.parent, rest, marks), {})[axis] = path
        elif side is not None:
            sides.setdefault((path.parent, side[1]), {})[side[0]] = path
        else:
            whole.append(path)
    return halves, sides, whole


def data_files(files: Sequence[Path]) -> List[Path]:
    """The files that GDAL opens: an ENVI header stands for its data file. NetCDF granules are read elsewhere."""
    found = []
    for path in files:
        if path.suffix.lower() == ".nc":
            continue
        if path.suffix.lower() == ".hdr":
            path = next((p for p in (path.with_suffix(end) for end in _ENVI_DATA) if p.is_file()), None)
        if path is not None and path not in found:
            found.append(path)
    return found


def _of_two_files(axes: Dict[str, Path], sides: Dict[str, Path], root: Path, settings: ImportSettings,
                  convention: Convention) -> PairSource:
    with open_raster(axes["x"]) as x, open_raster(axes["y"]) as y:
        require_same_grid(x, y)
        said = _said(x, 1, y, 1)
        dates = naming.pair_dates(axes["x"], root, settings, x.metadata)
        grid = x.grid
    unit, source = settle_unit(settings.unit, said, _usual(axes["x"], convention), str(axes["x"]))
    for side in sides.values():
        with open_raster(axes["x"]) as x, open_raster(side) as other:
            require_same_grid(x, other)
    layers = {kind: Layer(str(path)) for kind, path in sides.items()}
    return PairSource(Layer(str(axes["x"])), Layer(str(axes["y"])), *dates, grid, unit, source,
                      y_down=settings.north == "down", missing=convention.missing, **layers)


def _of_one_file(path: Path, root: Path, settings: ImportSettings, convention: Convention) -> Optional[PairSource]:
    with open_raster(path) as raster:
        roles = roles_of_bands(raster, settings, convention)
        if roles is None:
            _LOG.info("%s is left out: nothing says that it holds two components.", path)
            return None
        said = _said(raster, roles["x"], raster, roles["y"])
        dates = naming.pair_dates(path, root, settings, raster.metadata)
        grid = raster.grid
    unit, source = settle_unit(settings.unit, said, _usual(path, convention), str(path))
    layers = {kind: Layer(str(path), roles[kind]) for kind in ("quality", "sigma") if kind in roles}
    return PairSource(Layer(str(path), roles["x"]), Layer(str(path), roles["y"]), *dates, grid, unit, source,
                      y_down=settings.north == "down", missing=convention.missing, **layers)


def roles_of_bands(raster: RasterReader, settings: ImportSettings, convention: Convention) -> Optional[Dict[str, int]]:
    """{"x": band number, "y": …} by the bands' names; by the format's order where the bands have none."""
    roles = naming.bands(raster.bands, settings)
    if "x" in roles and "y" in roles:
        return roles
    unnamed = all(name == str(number) for number, name in enumerate(raster.bands, 1))
    if not unnamed or len(raster.bands) < 2:
        return None
    if convention is GEOTIFF:
        _LOG.warning("%s does not name its bands: band 1 is taken as east, band 2 as north.", raster.path)
    return {kind: number for number, kind in enumerate(convention.unnamed, 1) if number <= len(raster.bands)}


def _said(x: RasterReader, x_band: int, y: RasterReader, y_band: int) -> Optional[str]:
    """The unit that both bands (or the file's TM_UNIT) state."""
    codes = {unit_code(x.units[x_band - 1]), unit_code(y.units[y_band - 1])}
    if len(codes) == 1 and None not in codes:
        return codes.pop()
    return unit_code(x.metadata.get("TM_UNIT", ""))


def _usual(path: Path, convention: Convention) -> Optional[str]:
    """The unit of the format; autoRIFT writes velocity.tif beside offset.tif."""
    if convention is AUTORIFT and naming.component(path.stem, ImportSettings()) is None and "velocity" in path.stem:
        return PER_YEAR
    return convention.unit
