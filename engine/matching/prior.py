"""Motion that is known roughly before matching, for example a velocity map of ITS_LIVE: the search starts from it."""
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np

from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.units import years
from ..io.raster import open_raster, same_crs
from ..io.scene_reader import read_product
from ..io.velocity import map_axes, turned_axes
from ..io.warp import read_on

_VELOCITY, _DISPLACEMENT = ("velocity_east", "velocity_north"), ("east", "north")
_YEARLY = ("", "m/yr", "m/y", "m/a", "m/year", "meter/year", "meters/year", "metre/year", "m yr-1", "m year-1")
_NODATA = -32767.0   # of ITS_LIVE, which some copies do not declare
_LOOK = 512          # px: side of the coarse look for the largest motion


@dataclass(frozen=True)
class Prior:
    """A raster of the motion that is expected. Plain values, so that every tile, thread and worker reads for itself.

    days: from the reference to the secondary scene, to scale a velocity by; None for a displacement. largest: of the
    shifts in both directions, px of `grid`.
    """
    path: str
    days: Optional[int]
    largest: float = 0.0

    def read(self, grid: Grid, window: Window):
        """(columns, rows) shift in px on a window of `grid`, (rows, columns) float32, NaN = unknown."""
        with ExitStack() as files:
            raster = files.enter_context(open_raster(self.path))
            east, north = self._metres(raster, files, grid, window)
        t = grid.transform
        determinant = t[1] * t[5] - t[2] * t[4]
        return (((t[5] * east - t[2] * north) / determinant).astype(np.float32),
                ((t[1] * north - t[4] * east) / determinant).astype(np.float32))

    def _metres(self, raster, files, grid: Grid, window: Window):
        """(east, north) along the axes of `grid`, m."""
        axes = None
        names = _DISPLACEMENT if self.days is None else _VELOCITY
        if not raster.has(names[0]):
            axes = map_axes(raster, Path(self.path), files)
        parts = axes or [(raster, name) for name in names]
        x, y = (read_on(source, band, grid, window, nodata=_NODATA) for source, band in parts)
        if axes is not None and not same_crs(raster.grid.crs, grid.crs):
            turn = turned_axes(raster.grid.crs, grid, window)
            x, y = turn[0] * x + turn[1] * y, turn[2] * x + turn[3] * y
        scale = np.float32(1.0 if self.days is None else years(self.days))
        return x * scale, y * scale


def open_prior(path, grid: Grid, scenes, dates) -> Optional[Prior]:
    """The prior of a pair; None where the path is empty. Raises InputError where it cannot be used.

    path: displacement (bands east, north, m) or velocity in m/yr (velocity_east and velocity_north, vx and vy, or *_vx
    with *_vy beside it). scenes, dates: of reference and secondary; a date that is None is asked of the scene.
    """
    if not path:
        return None
    days = _days(path, scenes, dates)
    prior = Prior(str(path), days)
    factor = max(1, -(-max(grid.shape) // _LOOK))
    coarse = grid.coarser(factor) if min(grid.shape) >= factor else grid
    shifts = np.stack(prior.read(coarse, Window(0, 0, coarse.height, coarse.width)))
    known = np.abs(shifts[np.isfinite(shifts)])
    if not known.size:
        raise InputError(f"{path} says nothing about the area of the scenes. Choose one that covers it, or leave it out.")
    return Prior(str(path), days, float(known.max()) * (coarse.pixel_size / grid.pixel_size))


def _days(path, scenes, dates) -> Optional[int]:
    """Days that a velocity is scaled by; None for a displacement."""
    with ExitStack() as files:
        raster = files.enter_context(open_raster(path))
        if raster.has(_DISPLACEMENT[0]) and raster.has(_DISPLACEMENT[1]):
            return None
        axes = map_axes(raster, Path(str(path)), files)
        if axes is None and not raster.has(_VELOCITY[0]):
            raise InputError(f"{path} tells no motion: it has the bands {', '.join(raster.bands)}. Choose a velocity map "
                             "(velocity_east and velocity_north, vx and vy, or *_vx.tif with *_vy.tif beside it) or a "
                             "displacement (east and north).")
        source, band = axes[0] if axes else (raster, _VELOCITY[0])
        unit = source.units[source.number(band) - 1] or source.metadata.get("TM_UNIT", "")
        if unit.strip().lower() not in _YEARLY:
            raise InputError(f"{path} is in {unit}, but a prior velocity is read in m/yr. Convert it first.")
    try:
        first, second = (day or read_product(scene).scene.acquired.date() for scene, day in zip(scenes, dates))
    except InputError as error:
        raise InputError(f"{path} is a velocity, which is scaled by the days between the scenes: {error}") from error
    return (second - first).days


def backward(prior):
    """(columns, rows) of the way back, on the secondary's pixels: the forward prior looked up where it leads, negated."""
    from scipy import ndimage
    columns, rows = (np.nan_to_num(part) for part in prior)
    y, x = np.mgrid[:rows.shape[0], :rows.shape[1]].astype(np.float32)
    at = [y - rows, x - columns]
    return tuple(-ndimage.map_coordinates(part, at, order=1, mode="nearest") for part in (columns, rows))
