"""Metres on the ground of any grid."""
import math

import numpy as np

from ..core.grid import Grid
from .raster import spatial_reference

_DEGREE = 111_195.0  # m of a degree on a sphere of 6371 km


def metres_per_pixel(grid: Grid) -> np.ndarray:
    """((east per column, east per row), (north per column, north per row)), m, also of grids in degrees."""
    t = grid.transform
    steps = np.array([[t[1], t[2]], [t[4], t[5]]], np.float64)
    reference = spatial_reference(grid.crs) if grid.crs else None
    if reference is not None and reference.IsGeographic():
        latitude = grid.xy(grid.width / 2, grid.height / 2)[1]
        return steps * [[_DEGREE * math.cos(math.radians(latitude))], [_DEGREE]]
    return steps * (reference.GetLinearUnits() if reference is not None else 1.0)
