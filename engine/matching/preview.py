"""A small part of a pair matched at once: what the settings do, before the whole network is matched with them."""
import time
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.pair import Pair
from ..core.progress import Progress
from ..core.units import east_north_from_shift
from ..io.raster import spatial_reference, same_crs
from .images import common_grid, open_images, open_mask, require_same_crs
from .match import LEAST_SIDE, match_arrays
from .settings import PairRunSettings

MOST_SIDE = 288   # px: matched within a second on one core
_HALO = 32        # px beside the range: less than a run takes, for speed; the rim of a preview is a little less sure


@dataclass(frozen=True)
class Preview:
    """A matched rectangle. east, north, sigma: m; correlation: -1..1; flag: codes; image: the reference as read.
    All (rows, columns), NaN = no data. seconds: it took. days: between the images. cut: the rectangle was larger.
    """
    grid: Grid
    east: np.ndarray
    north: np.ndarray
    correlation: np.ndarray
    sigma: np.ndarray
    flag: np.ndarray
    image: np.ndarray
    seconds: float
    days: int
    matched: int
    cut: bool = False

    @property
    def size(self) -> np.ndarray:
        """Length of the displacement, m."""
        return np.hypot(self.east, self.north)

    @property
    def valid_fraction(self) -> float:
        return float((self.flag == 0).mean())

    @property
    def seconds_per_mpx(self) -> float:
        """Processor seconds per million pixels that were matched, halo included."""
        return self.seconds / max(self.matched / 1e6, 1e-9)

    def summary(self) -> Tuple[Tuple[str, str], ...]:
        """(name, value) of what an expert looks at first."""
        good = self.flag == 0
        if not good.any():
            return (("Measured", "0 %"),)
        size, sigma = self.size[good], self.sigma[good]
        return (("Measured", f"{self.valid_fraction:.0%}"),
                ("Median motion", f"{np.median(size):.2f} m"), ("98 % below", f"{np.percentile(size, 98):.2f} m"),
                ("Median sigma", f"{np.nanmedian(sigma):.3f} m"),
                ("Correlation", f"{np.nanmean(self.correlation[good]):.2f}"))


def run(pair: Pair, settings: PairRunSettings, corners: Sequence[Tuple[float, float]], crs: str,
        progress: Optional[Progress] = None) -> Preview:
    """Match the part of a pair inside a rectangle with the first band of the settings.

    corners: of the rectangle, x and y in `crs`. At most MOST_SIDE pixels around its middle are matched. Raises
    InputError where the rectangle lies outside the images or holds nothing to match.
    """
    progress = progress or Progress()
    begun = time.perf_counter()
    bands = [name.strip() for name in settings.bands.split(",") if name.strip()][:1]
    reference, secondary = open_images(pair.reference, bands)[0], open_images(pair.secondary, bands)[0]
    require_same_crs(reference, secondary)
    grid = common_grid(reference, secondary)
    core, cut = _core(grid, _in_crs(corners, crs, grid.crs))
    outer = _grown(grid, core, settings.range + _HALO)
    images = [image.read(grid, outer) for image in (reference, secondary)]
    masks = [np.zeros(images[0].shape, np.uint8) if mask is None else mask.read(grid, outer, settings)
             for mask in (open_mask(pair.reference_mask, reference), open_mask(pair.secondary_mask, secondary))]
    progress.check()
    result = match_arrays(*images, settings=settings.match_settings(), progress=progress, masks=masks)
    inner = (slice(core.row - outer.row, core.row - outer.row + core.rows),
             slice(core.column - outer.column, core.column - outer.column + core.columns))
    east, north = east_north_from_shift(result.columns[inner], result.rows[inner], grid.transform)
    return Preview(grid.part(core), east.astype(np.float32), north.astype(np.float32), result.correlation[inner],
                   result.sigma[inner] * np.float32(grid.pixel_size), result.flag[inner], images[0][inner],
                   time.perf_counter() - begun, abs(pair.days), images[0].size, cut)


def _in_crs(corners, crs: str, target: str):
    """The corners in another coordinate system."""
    if same_crs(crs, target):
        return list(corners)
    from osgeo import osr
    change = osr.CoordinateTransformation(spatial_reference(crs), spatial_reference(target))
    return [change.TransformPoint(x, y)[:2] for x, y in corners]


def _core(grid: Grid, corners) -> Tuple[Window, bool]:
    """The pixels of a rectangle, cut to what is quickly matched."""
    columns, rows = zip(*(grid.pixel(x, y) for x, y in corners))
    left, right = max(0, int(min(columns))), min(grid.width, int(np.ceil(max(columns))))
    top, bottom = max(0, int(min(rows))), min(grid.height, int(np.ceil(max(rows))))
    if right - left < LEAST_SIDE // 2 or bottom - top < LEAST_SIDE // 2:
        raise InputError("The rectangle lies outside the scenes of this pair, or is too small: at least "
                         f"{LEAST_SIDE // 2} pixels are needed. Drag another one on the map.")
    cut = right - left > MOST_SIDE or bottom - top > MOST_SIDE
    width, height = min(right - left, MOST_SIDE), min(bottom - top, MOST_SIDE)
    return Window((top + bottom - height) // 2, (left + right - width) // 2, height, width), cut


def _grown(grid: Grid, core: Window, halo: int) -> Window:
    top, left = max(0, core.row - halo), max(0, core.column - halo)
    bottom, right = min(grid.height, core.row + core.rows + halo), min(grid.width, core.column + core.columns + halo)
    return Window(top, left, bottom - top, right - left)
