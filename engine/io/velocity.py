"""Velocities along the axes of a map, as ITS_LIVE has them: where their bands are, and how the axes lie on another grid."""
from contextlib import ExitStack
from pathlib import Path
from typing import Optional, Tuple

import numpy as np
from osgeo import osr

from ..core.grid import Grid, Window
from .raster import RasterReader, _quiet, open_raster, spatial_reference

_MAP_AXES = (("vx", "vy"), ("velocity_x", "velocity_y"))
_STEP = 16  # px between exactly turned axes


def map_axes(raster: RasterReader, path: Path, files: ExitStack) -> Optional[Tuple]:
    """((raster, band), (raster, band)) of the velocity along the map's x and y axes, None where there is none.

    Two bands of one file, or *_vx with *_vy beside it (opened in `files`).
    """
    for x, y in _MAP_AXES:
        if raster.has(x) and raster.has(y):
            return (raster, x), (raster, y)
    other = path.with_name(path.name.replace("_vx", "_vy"))
    if "_vx" in path.name and other.is_file():
        second = files.enter_context(open_raster(other))
        return (raster, raster.bands[0]), (second, second.bands[0])
    return None


def turned_axes(crs: str, grid: Grid, window: Window) -> np.ndarray:
    """(4, rows, columns): east and north part, along the axes of `grid`, of the x and of the y axis of another system."""
    from scipy.ndimage import map_coordinates

    rows = np.arange(0, window.rows + _STEP, _STEP) + window.row + 0.5
    columns = np.arange(0, window.columns + _STEP, _STEP) + window.column + 0.5
    r, c = np.meshgrid(rows, columns, indexing="ij")
    t = grid.transform
    here = np.stack([(t[0] + c * t[1] + r * t[2]).ravel(), (t[3] + c * t[4] + r * t[5]).ravel()], axis=1)
    there, back = (osr.CoordinateTransformation(spatial_reference(a), spatial_reference(b))
                   for a, b in ((grid.crs, crs), (crs, grid.crs)))
    degrees = bool(spatial_reference(grid.crs).IsGeographic())
    with _quiet():
        place = np.array(there.TransformPoints(here.tolist()))[:, :2]
        length = 100.0 if not spatial_reference(crs).IsGeographic() else 1e-3
        start = np.array(back.TransformPoints(place.tolist()))[:, :2]
        found = []
        for axis in (0, 1):
            moved = place.copy()
            moved[:, axis] += length
            step = np.array(back.TransformPoints(moved.tolist()))[:, :2] - start
            if degrees:
                step[:, 0] *= np.cos(np.radians(start[:, 1]))
            found.append(step / np.hypot(*step.T)[:, None])
    parts = [found[0][:, 0], found[1][:, 0], found[0][:, 1], found[1][:, 1]]
    places = np.meshgrid(np.arange(window.rows) / _STEP, np.arange(window.columns) / _STEP, indexing="ij")
    return np.stack([map_coordinates(p.reshape(r.shape), places, order=1, mode="nearest") for p in parts])
