"""Along and across the satellite's track: positions, profiles, and the direction of the track from the data."""
import math
from dataclasses import dataclass
from typing import Callable, Tuple

import numpy as np

from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..io.ground import metres_per_pixel
from .field import Field

_SAMPLES = 3_000_000  # pixels that profiles are made of
_ROWS = 256  # read at once
_LEANING = 40.0  # degrees: tracks of polar orbits lean less from north-south at the latitudes that images cover


@dataclass(frozen=True)
class Points:
    """Scattered pixels: east, north (n,) m from the raster's middle; values (components, n) m. spacing: m."""
    east: np.ndarray
    north: np.ndarray
    values: np.ndarray
    spacing: float

    def along_across(self, angle: float) -> Tuple[np.ndarray, np.ndarray]:
        """m along the track (azimuth, degrees clockwise from north) and to the right of it."""
        return rotate(self.east, self.north, angle)


def rotate(east, north, angle: float):
    """(along, across) of positions for a track of this azimuth, degrees clockwise from north."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    return east * sine + north * cosine, east * cosine - north * sine


def positions(grid: Grid, window: Window, step: int = 1):
    """(east, north) of every step-th pixel of a window, (rows, columns), m from the raster's middle."""
    scale = metres_per_pixel(grid)
    columns = (window.column + np.arange(0, window.columns, step) + 0.5 - grid.width / 2.0)[None, :]
    rows = (window.row + np.arange(0, window.rows, step) + 0.5 - grid.height / 2.0)[:, None]
    return scale[0, 0] * columns + scale[0, 1] * rows, scale[1, 0] * columns + scale[1, 1] * rows


def sample(field: Field, progress: Progress) -> Points:
    """Usable pixels, evenly spaced, at most a few millions. Raises InputError where there is none."""
    grid = field.source.grid
    step = max(1, math.ceil(math.sqrt(grid.width * grid.height / _SAMPLES)))
    height = _ROWS - _ROWS % step
    east, north, values = [], [], []
    for row in range(0, grid.height, height):
        progress.report(row / grid.height)
        window = Window(row, 0, min(height, grid.height - row), grid.width)
        vectors = field.read(window)
        usable = field.usable(vectors, window)[::step, ::step]
        here = positions(grid, window, step)
        east.append(np.broadcast_to(here[0], usable.shape)[usable])
        north.append(np.broadcast_to(here[1], usable.shape)[usable])
        values.append(vectors.values[:, ::step, ::step][:, usable])
    points = Points(np.concatenate(east), np.concatenate(north), np.concatenate(values, axis=1),
                    step * math.sqrt(abs(np.linalg.det(metres_per_pixel(grid)))))
    if points.values.shape[1] == 0:
        raise field.nothing_usable()
    return points


def group_medians(groups, values, count: int):
    """(medians, members) of the values of each group 0..count-1; NaN for an empty group."""
    order = np.lexsort((values, groups))
    members = np.bincount(groups, minlength=count)
    start = np.cumsum(members) - members
    ordered = values[order]
    last = max(len(values) - 1, 0)
    low = np.minimum(start + np.maximum(members - 1, 0) // 2, last)
    high = np.minimum(start + members // 2, last)
    medians = 0.5 * (ordered[low].astype(np.float64) + ordered[high])
    return np.where(members > 0, medians, np.nan), members


def find_angle(points: Points, score: Callable[[Points, float], float], progress: Progress) -> float:
    """The azimuth (-40..40 degrees) of highest score: every degree, then every 0.1 degree around the best."""
    thinned = max(1, points.values.shape[1] // 300_000)
    few = Points(points.east[::thinned], points.north[::thinned], points.values[:, ::thinned], points.spacing)
    tried = {}
    for width, step in ((_LEANING, 1.0), (0.9, 0.1)):
        middle = max(tried, key=tried.get) if tried else 0.0
        for angle in np.arange(middle - width, middle + width + 0.5 * step, step):
            progress.report(len(tried) / 100.0, "finding the direction of the track")
            tried[float(angle)] = score(few, float(angle))
    return round(max(tried, key=tried.get), 2)


def clipped(values):
    """Values within 3 robust standard deviations of their median; those beyond are set to the limit."""
    centre = np.median(values, axis=1, keepdims=True)
    spread = 1.4826 * np.median(np.abs(values - centre), axis=1, keepdims=True)
    return np.clip(values - centre, -3 * spread, 3 * spread)
