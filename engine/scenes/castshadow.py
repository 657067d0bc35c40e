"""Cast shadow: where terrain keeps the sun from the ground, for any position of the sun and any DEM."""
import math
from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

import numpy as np
from osgeo import osr

from ..compute.memory import budget
from ..compute.threads import map_threads, workers
from ..compute.tiles import make_tiles, tiles
from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.history import step as history_step
from ..core.history import to_text
from ..core.progress import Progress
from ..io.ground import metres_per_pixel
from ..io.raster import Band, PathLike, _quiet, new_raster, open_raster, spatial_reference
from . import horizon
from .castshadow_settings import CastShadowSettings

NO_DATA = 255
_TILE = 512
_BYTES = 30          # per pixel of a tile with its surroundings, in all arrays together
_ARC = 1e-3          # degrees; arm of the differences that give the direction of north
_HIGH = 89.99        # degrees: from here on nothing is shaded


@dataclass(frozen=True)
class CastShadowResult:
    """dark, known: pixels in shadow and pixels with a height."""
    path: str
    dark: int
    known: int


def run(dem: PathLike, settings: CastShadowSettings, output: PathLike,
        progress: Optional[Progress] = None) -> CastShadowResult:
    """Write the shadow of a DEM: uint8, 1 = cast or self shadow, 0 = lit, 255 = no height."""
    progress = progress or Progress()
    dark = known = 0
    with open_raster(dem) as source:
        grid = source.grid
        lowest, highest = _heights(source, progress.part(0.0, 0.1))
    metadata = {"TM_HISTORY": to_text([history_step("castshadow", settings, dem=str(dem))])}
    with new_raster(output, grid, [Band("shadow")], metadata, dtype="uint8", nodata=NO_DATA) as target:
        done = 0
        for tile, shadow in _shadows(dem, grid, settings, highest - lowest, progress.part(0.1, 1.0)):
            target.write({"shadow": shadow}, tile)
            dark += int((shadow == 1).sum())
            known += int((shadow != NO_DATA).sum())
            done += shadow.size
            progress.report(0.1 + 0.9 * done / (grid.width * grid.height), "Following the sun's rays")
    return CastShadowResult(str(output), dark, known)


def shadow_of(elevation: np.ndarray, grid: Grid, azimuth: float, sun_elevation: float) -> np.ndarray:
    """The shadow of a whole DEM in memory: (rows, columns) uint8, 1 shadow, 0 lit, 255 no height.

    azimuth: of the sun, degrees clockwise from true north. sun_elevation: degrees.
    """
    known = np.isfinite(elevation)
    made = np.where(known, 0, NO_DATA).astype(np.uint8)
    if sun_elevation < _HIGH:
        for tile in make_tiles(grid, _TILE):
            rows, columns = tile.core.slices
            dark = horizon.cast_shadow(elevation, rows, columns, sun_step(grid, tile.core, azimuth),
                                       math.tan(math.radians(sun_elevation)))
            made[rows, columns][dark] = 1
    return made


def sun_step(grid: Grid, window: Window, azimuth: float) -> Tuple[float, float, float]:
    """(columns, rows, metres) of one step toward the sun in the middle of a window; the larger of the first two is 1.

    azimuth: degrees clockwise from true north. Turned by the angle between grid north and true north, and stretched
    as degrees are, so that any coordinate system will do.
    """
    east, north = math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))
    matrix = _ground_to_pixels(grid, window)
    column, row = matrix @ (east, north)
    largest = max(abs(column), abs(row))
    column, row = (0.0 if abs(v) < 1e-9 * largest else float(v / largest) for v in (column, row))
    return column, row, 1.0 / float(largest)


def sun_shift(grid: Grid, azimuth: float, sun_elevation: float) -> Tuple[float, float]:
    """(columns, rows) by which a shadow moves away from the sun per metre of height, in the middle of a grid."""
    column, row, metres = sun_step(grid, grid.window, azimuth)
    length = metres * math.tan(math.radians(min(sun_elevation, _HIGH)))
    return -column / length, -row / length


def _ground_to_pixels(grid: Grid, window: Window) -> np.ndarray:
    """2 x 2: pixels (columns, rows) per metre (true east, true north) in the middle of a window."""
    middle = grid.xy(window.column + window.columns / 2, window.row + window.rows / 2)
    flat = np.linalg.inv(metres_per_pixel(grid.part(window)))
    if not grid.crs:
        return flat
    reference, degrees = spatial_reference(grid.crs), spatial_reference("EPSG:4326")
    if reference.IsGeographic():
        return flat
    with _quiet():
        try:
            there = osr.CoordinateTransformation(reference, degrees)
            back = osr.CoordinateTransformation(degrees, reference)
            longitude, latitude, _ = there.TransformPoint(*middle)
            x0, y0, _ = back.TransformPoint(longitude, latitude - _ARC)
            x1, y1, _ = back.TransformPoint(longitude, latitude + _ARC)
        except RuntimeError:  # a local system that has no place on the globe: its north is north
            return flat
    angle = math.atan2(x1 - x0, y1 - y0)  # of true north, clockwise from grid north
    if not math.isfinite(angle):
        return flat
    cosine, sine = math.cos(angle), math.sin(angle)
    return flat @ np.array([[cosine, sine], [-sine, cosine]])


def _heights(source, progress: Progress) -> Tuple[float, float]:
    """Lowest and highest height of a DEM, m. Raises InputError if there is none."""
    low, high = math.inf, -math.inf
    for tile in tiles(source.grid, progress, 2048, message="Reading the DEM"):
        values = source.read(1, tile.core)
        values = values[np.isfinite(values)]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    if high < low:
        raise InputError(f"{source.path} holds no heights at all. Choose a DEM of this area.")
    return low, high


def _shadows(dem: PathLike, grid: Grid, settings: CastShadowSettings, relief: float,
             progress: Progress) -> Iterator[Tuple[Window, np.ndarray]]:
    """(window, shadow) of every tile. A tile reads as far toward the sun as its longest shadow could come from."""
    sun = settings.sun_azimuth, settings.sun_elevation
    tangent = math.tan(math.radians(min(settings.sun_elevation, _HIGH)))

    def work(window: Window):
        step = sun_step(grid, window, sun[0])
        outer = _toward_sun(grid, window, step, relief / tangent)
        with open_raster(dem) as source:
            elevation = source.read(1, outer)
        rows = slice(window.row - outer.row, window.row - outer.row + window.rows)
        columns = slice(window.column - outer.column, window.column - outer.column + window.columns)
        shadow = np.where(np.isfinite(elevation[rows, columns]), 0, NO_DATA).astype(np.uint8)
        if sun[1] < _HIGH:
            shadow[horizon.cast_shadow(elevation, rows, columns, step, tangent)] = 1
        return shadow

    size = _tile_size(grid, sun_step(grid, grid.window, sun[0]), relief / tangent)
    yield from map_threads(work, [tile.core for tile in make_tiles(grid, size)], progress)


def _toward_sun(grid: Grid, window: Window, step, reach: float) -> Window:
    """A window with the terrain that could shade it. reach: of the longest shadow, m."""
    count = reach / step[2] + 2.0
    columns, rows = (int(math.ceil(abs(v) * count)) for v in step[:2])
    left = max(0, window.column - (columns if step[0] < 0 else 1))
    top = max(0, window.row - (rows if step[1] < 0 else 1))
    right = min(grid.width, window.column + window.columns + (columns if step[0] > 0 else 1))
    bottom = min(grid.height, window.row + window.rows + (rows if step[1] > 0 else 1))
    return Window(top, left, bottom - top, right - left)


def _tile_size(grid: Grid, step, reach: float) -> int:
    """Side of a tile, px: large, so that surroundings are not read too often, but within the memory."""
    around = reach / step[2]
    allowed = math.sqrt(budget() / workers() / 2 / _BYTES)
    return int(max(_TILE, min(4 * _TILE, allowed - around)))
