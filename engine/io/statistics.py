"""Quick figures of a raster from a thinned read: enough for styles and logs, whatever the raster's size."""
from typing import Union

import numpy as np

from ..core.grid import Window
from .raster import RasterReader

_ROWS = 64  # rows are read in this many places, so that a huge raster costs as little as a small one


def sample(raster: RasterReader, band: Union[int, str]) -> np.ndarray:
    """Finite values of a band: all of a small raster, evenly spaced rows of a large one. One-dimensional, float32."""
    height, width = raster.grid.shape
    if height * width <= 2_000_000:
        values = raster.read(band)
    else:
        rows = np.unique(np.linspace(0, height - 1, _ROWS).astype(int))
        values = np.concatenate([raster.read(band, Window(int(row), 0, 1, width)) for row in rows])
    return values[np.isfinite(values)]


def magnitudes(raster: RasterReader, band: Union[int, str], percentile: float) -> float:
    """The given percentile of |values|; 1 where nothing is finite or all is zero (a usable colour range)."""
    values = np.abs(sample(raster, band))
    limit = float(np.percentile(values, percentile)) if values.size else 0.0
    return limit if limit > 0 else 1.0
