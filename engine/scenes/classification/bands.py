"""The bands that the rules look at, on one grid, in two bytes per pixel."""
import math
import re
from dataclasses import dataclass, replace
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np

from ...compute.memory import budget
from ...compute.threads import map_threads
from ...compute.tiles import make_tiles
from ...core.errors import GridError, InputError
from ...core.grid import Grid
from ...core.progress import Progress
from ...io.area import Area
from ...io.ground import metres_per_pixel
from ...io.products import roles
from ...io.products.model import BandSource, Product
from ...io.raster import open_dataset
from ...io.scene_reader import band_grid, open_source

#: Without these nothing can be said; the last is missing in PlanetScope and orthophotos.
NEEDED = (roles.BLUE, roles.GREEN, roles.RED, roles.NIR)
_GRID_BANDS = (*NEEDED, roles.SWIR1)
_USED = (*_GRID_BANDS, roles.SWIR2, roles.CIRRUS, roles.THERMAL)
_PARALLAX = (roles.RED_EDGE, roles.NIR_WIDE, roles.NIR_NARROW)
_STEP = {roles.THERMAL: 0.01}  # degrees Celsius per stored number
_REFLECTANCE_STEP = 1e-4
_MISSING = -32768
#: Optical depth of clear air at sea level, 0.00857 w^-4 (1 + 0.0113 w^-2 + 0.00013 w^-4), w in um (Hansen and Travis).
_RAYLEIGH = {roles.BLUE: 0.156, roles.GREEN: 0.090, roles.RED: 0.045, roles.NIR: 0.017}
_USUAL_SUN = 45.0              # degrees, where a scene does not say
_SURFACE = re.compile(r"_SR[_.]|_SR$")  # PlanetScope's surface reflectance
_BYTES = 40                    # per pixel of a classification, in all arrays together
_TILE = 1024
_AROUND = 5000.0               # m
_QUANTIFICATION = 10000.0      # of plain integer images that do not say
_ABSOLUTE_ZERO = 273.15
_NO_SCALING = ("The metadata of {} hold no REFLECTANCE_MULT and REFLECTANCE_ADD values, which turn its numbers into "
               "reflectance. Get the product's MTL file again.")


@dataclass(frozen=True)
class SceneBands:
    """grid: of the classification. stored: role -> int16 (rows, columns); ask with `read`."""
    grid: Grid
    stored: Dict[str, np.ndarray]

    def has(self, *wanted: str) -> bool:
        return all(role in self.stored for role in wanted)

    def read(self, role: str, rows: slice = slice(None)) -> Optional[np.ndarray]:
        """float32 reflectance (thermal: degrees Celsius) of some rows, NaN = no data; None where there is no band."""
        if role not in self.stored:
            return None
        part = self.stored[role][rows]
        return np.where(part == _MISSING, np.float32(np.nan), part * np.float32(_STEP.get(role, _REFLECTANCE_STEP)))

    def pick(self, role: str, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The same of single pixels of a band that is there."""
        return replace(self, stored={role: self.stored[role][rows, columns]}).read(role)

    @property
    def blocks(self) -> List[slice]:
        """The rows in blocks that fit the memory."""
        count = max(64, (1 << 22) // max(1, self.grid.width))
        return [slice(first, min(first + count, self.grid.height)) for first in range(0, self.grid.height, count)]


def read_bands(product: Product, progress: Progress, parallax: bool = True, within: Optional[Grid] = None) -> SceneBands:
    """Read the bands of a scene on the grid of its coarsest visible or infrared one.

    within: only this area and `_AROUND` metres about it, whose clouds may shade it. Raises InputError that says which
    bands are missing.
    """
    known = roles.roles(product)
    missing = [role for role in NEEDED if role not in known]
    if missing:
        raise InputError(
            f"{product.scene.path} cannot be classified: its {_words(missing)} band{'s are' if len(missing) > 1 else ' is'} "
            f"missing (the bands there are: {', '.join(product.bands) or 'none'}). The rules need blue, green, red and near "
            "infrared, better also shortwave infrared. Use the complete product, or a raster whose band names say "
            "B02, B03, … or blue, green, red, nir.")
    grid = _grid(known, within)
    factor = reflectance_factor(product)
    wanted = [role for role in _USED if role in known]
    if parallax and all(role in known for role in _PARALLAX) and _is_sharp(known, grid):
        wanted += [role for role in _PARALLAX if role not in wanted]
    stored, air = {}, clear_air(product)
    for number, role in enumerate(wanted):
        part = progress.part(number / len(wanted), (number + 1) / len(wanted))
        to_value = _thermal(product, known[role]) if role == roles.THERMAL else (factor, air.get(role, 0.0), None)
        stored[role] = _read(known[role], role, grid, to_value, part)
    if roles.THERMAL in stored and not (stored[roles.THERMAL] != _MISSING).any():
        del stored[roles.THERMAL]
    return SceneBands(grid, stored)


def clear_air(product: Product) -> Dict[str, float]:
    """Role -> reflectance that level 2 lacks: the light of clear air, for whose presence the rules were made.

    Single scattering toward the nadir, r = tau P / (4 cos(zenith)), P = 3/4 (1 + cos^2(zenith)) (Hansen and Travis 1974).
    Empty for images as the sensor sees them, and where the level is not known.
    """
    scene = product.scene
    if not (scene.level.upper().startswith("L2") or scene.mission.startswith("HLS") or _SURFACE.search(scene.path)):
        return {}
    up = max(math.sin(math.radians(_USUAL_SUN if scene.sun_elevation is None else scene.sun_elevation)), 0.1)
    return {role: tau * 0.75 * (1.0 + up * up) / (4.0 * up) for role, tau in _RAYLEIGH.items()}


def reflectance_factor(product: Product) -> float:
    """What a product's numbers, scaled as it says, are multiplied by to be reflectance.

    Landsat's level 1 is divided by the sine of the sun's elevation. Plain integer images without a scale are taken
    for reflectance x 10000. Raises InputError for pictures of 8 bits.
    """
    scene = product.scene
    if scene.mission.lower().startswith("landsat") and scene.level.upper().startswith("L1"):
        if not scene.sun_elevation or scene.sun_elevation <= 0.0:
            raise InputError(f"{scene.path} has no sun elevation in its metadata, which the reflectance of Landsat's "
                             "level 1 needs. Get the product's MTL file again.")
        if all((band.scale, band.offset) == (1.0, 0.0) for band in product.bands.values()):
            raise InputError(_NO_SCALING.format(scene.path))
        return 1.0 / math.sin(math.radians(scene.sun_elevation))
    source = product.band()
    if (source.scale, source.offset) != (1.0, 0.0):
        return 1.0
    if scene.mission.lower().startswith("landsat"):
        raise InputError(_NO_SCALING.format(scene.path))
    dataset = open_dataset(source.path)  # held: a band does not outlive its dataset
    name = _type_name(dataset.GetRasterBand(source.number).DataType)
    if name == "Byte":
        raise InputError(f"{scene.path} is a picture of 8 bits, whose numbers are no reflectance. Use the original "
                         "images with 16 bits.")
    return 1.0 if name.startswith("Float") else 1.0 / _QUANTIFICATION


def _type_name(code: int) -> str:
    from osgeo import gdal
    return gdal.GetDataTypeName(code)


def _words(names) -> str:
    shown = {"nir": "near infrared", "swir1": "shortwave infrared"}
    return ", ".join(shown.get(name, name) for name in names)


def _grid(known: Mapping[str, BandSource], within: Optional[Grid]) -> Grid:
    """The coarsest grid of the bands, coarser still where the memory asks for it."""
    grid = max((band_grid(known[role]) for role in _GRID_BANDS if role in known), key=lambda g: g.pixel_size)
    if within is not None and within.crs and grid.crs:
        xmin, ymin, xmax, ymax = within.bounds
        margin = _AROUND / _metre(within)
        window = Area((xmin - margin, ymin - margin, xmax + margin, ymax + margin), within.crs).window(grid)
        if window is None:
            raise GridError(f"{known[roles.RED].path} does not cover the area that was asked for. Choose another extent.")
        grid = grid.part(window)
    step = math.ceil(math.sqrt(grid.width * grid.height * _BYTES / budget()))
    return grid.coarser(step) if step > 1 else grid


def _metre(grid: Grid) -> float:
    """Metres per unit of a grid's coordinates."""
    return float(np.sqrt(abs(np.linalg.det(metres_per_pixel(grid))))) / grid.pixel_size


def _is_sharp(known: Mapping[str, BandSource], grid: Grid) -> bool:
    """Parallax of a few metres shows in pixels of 20 m at most."""
    return max(band_grid(known[role]).pixel_size for role in _PARALLAX) <= 20.5 >= grid.pixel_size


def _read(source: BandSource, role: str, grid: Grid, to_value: Tuple[float, float, Optional[Tuple[float, float]]],
          progress: Progress) -> np.ndarray:
    """One band as stored numbers. to_value: (factor, offset, Planck constants of thermal radiance or None)."""
    factor, offset, planck = to_value
    step = _STEP.get(role, _REFLECTANCE_STEP)
    made = np.full(grid.shape, _MISSING, np.int16)

    def work(window):
        with open_source(source) as reader:
            finer = reader.grid.pixel_size < 0.75 * grid.pixel_size
            values = reader.read_on(grid, window, "average" if finer else "bilinear")
        values = values * np.float32(factor) + np.float32(offset)
        with np.errstate(invalid="ignore", divide="ignore"):
            if planck:
                values = planck[1] / np.log(planck[0] / values + 1.0) - _ABSOLUTE_ZERO
            return np.where(np.isfinite(values), np.clip(np.round(values / step), -32767, 32767), _MISSING)

    windows = [tile.core for tile in make_tiles(grid, _TILE)]
    for number, (window, values) in enumerate(map_threads(work, windows, progress), 1):
        made[window.slices] = values.astype(np.int16)
        progress.report(number / len(windows), f"Reading the {_words([role])} band")
    return made


def _thermal(product: Product, source: BandSource):
    """How a thermal band's numbers become degrees Celsius: level 2 holds kelvin, level 1 radiance after its MTL."""
    values = product.values
    for suffix in (source.name[1:], f"{source.name[1:]}_VCID_1"):
        facts = [values.get(f"{name}_BAND_{suffix}") for name in ("RADIANCE_MULT", "RADIANCE_ADD", "K1_CONSTANT",
                                                                  "K2_CONSTANT")]
        if all(facts) and (source.scale, source.offset) == (1.0, 0.0):
            gain, bias, first, second = map(float, facts)
            return gain, bias, (first, second)
    if (source.scale, source.offset) == (1.0, 0.0) and not product.scene.mission.startswith("HLS"):
        return float("nan"), 0.0, None  # numbers of an unknown kind are not used
    celsius = product.scene.mission.startswith("HLS")
    return 1.0, 0.0 if celsius else -_ABSOLUTE_ZERO, None
