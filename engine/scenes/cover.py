"""How much of an area clouds hide in a scene, from its class mask; the mask at the size of a quick look."""
import math
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..core.errors import GridError, InputError
from ..core.flags import CLASS_CLOUD, CLASS_NO_DATA, CLASS_SHADOW
from ..core.grid import Grid
from ..core.progress import Progress
from ..io.raster import grid_of, open_dataset
from ..io.stable import StableGround

_SIDE = 400  # px: enough for a share within a percent, however large the area


@dataclass(frozen=True)
class Cover:
    """Shares of the known pixels of an area, %. known: share of the area that the scene shows, %."""
    cloud: float
    shadow: float
    known: float

    @property
    def hidden(self) -> float:
        """Cloud and its shadow, %."""
        return self.cloud + self.shadow


def cover(mask, area: bytes = b"", progress: Optional[Progress] = None) -> Optional[Cover]:
    """Clouds and shadows in an area of a class raster (Fmask's codes); None where the raster shows nothing of it.

    area: polygon as WKB, longitude and latitude; empty for the whole raster. Raises InputError for unreadable files.
    """
    (progress or Progress()).check()
    dataset = open_dataset(mask)
    whole = grid_of(dataset)
    shape = reduced_shape(whole.shape, _SIDE)
    grid, classes = _reduced(whole, shape), _classes(dataset, shape)
    inside = np.ones(shape, bool)
    if area:
        try:
            inside = StableGround.from_polygons([area], "EPSG:4326").mask(grid)
        except GridError:  # the area lies outside this scene
            return None
    known = inside & (classes != CLASS_NO_DATA)
    count = int(known.sum())
    if not count:
        return None
    shares = [100.0 * float((classes[known] == code).sum()) / count for code in (CLASS_CLOUD, CLASS_SHADOW)]
    return Cover(*shares, known=100.0 * count / int(inside.sum()))


def class_picture(mask, size: int, progress: Optional[Progress] = None) -> np.ndarray:
    """(rows, columns) uint8 class codes at the size of a quick look."""
    (progress or Progress()).check()
    dataset = open_dataset(mask)
    return _classes(dataset, reduced_shape(grid_of(dataset).shape, size))


def reduced_shape(shape, size: int):
    """Rows and columns of a picture whose longer side is `size` px at most."""
    factor = min(1.0, size / max(shape))
    return tuple(max(1, math.ceil(n * factor)) for n in shape)


def _classes(dataset, shape) -> np.ndarray:
    """Class codes; averages of codes would be other classes, so the nearest pixel counts."""
    band = dataset.GetRasterBand(1)
    values = band.ReadAsArray(buf_xsize=shape[1], buf_ysize=shape[0])
    if values is None:
        raise InputError(f"{dataset.GetDescription()} is damaged or truncated. Make the class mask again.")
    missing = band.GetNoDataValue()
    known = np.isfinite(values) if missing is None or np.isnan(missing) else values != missing
    return np.where(known, values, CLASS_NO_DATA).astype(np.uint8)


def _reduced(grid: Grid, shape) -> Grid:
    rows, columns = grid.height / shape[0], grid.width / shape[1]
    t = grid.transform
    return Grid(grid.crs, (t[0], t[1] * columns, t[2] * rows, t[3], t[4] * columns, t[5] * rows), shape[1], shape[0])
