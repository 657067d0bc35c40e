"""Displacement along a line on the map: mean and spread in a swath, and the step where it crosses a fault.

Sign of the profile's own components: `along` is positive from the first to the last point of the line, `across` to
the left of that direction.
"""
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress

ALONG, ACROSS = "along", "across"
_TILE = 128  # px, the tiles of a series
_MOST_BINS = 4000
_FEWEST = 4  # bins on a side of a fault
_PLACES = 200  # positions that are tried for a step

#: Reads a window: {component: (layers, rows, columns)}, NaN = no data.
Read = Callable[[Window], Dict[str, np.ndarray]]
Vertices = Sequence[Tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Swath:
    """Components along a line. distance: (bins,) from the first point, metres on the map's grid. mean, spread:
    component -> (layers, bins), NaN where a bin has no pixel with a value; spread is the standard deviation between
    pixels. count: (layers, bins) pixels of the first component. points: (bins, 2) x, y of the bins on the line."""
    distance: np.ndarray
    mean: Dict[str, np.ndarray]
    spread: Dict[str, np.ndarray]
    count: np.ndarray
    points: np.ndarray

    @property
    def layers(self) -> int:
        return self.count.shape[0]


def sample(read: Read, grid: Grid, line: Vertices, width: float, spacing: float, progress: Progress) -> Swath:
    """Sample a raster along a line.

    line: (x, y) in the raster's coordinate system. width: of the whole swath, spacing: of the bins, in units of that
    system; 0 takes a pixel. Pixels count whose centres lie within half the width of the line; each belongs to its
    nearest segment. Only tiles that the swath touches are read. Raises InputError for a line that is none.
    """
    line = _clean(line)
    pixel = grid.pixel_size
    half, spacing = max(width, pixel) / 2.0, spacing or pixel
    lengths = np.hypot(*np.diff(line, axis=0).T)
    bins = int(np.ceil(lengths.sum() / spacing))
    if bins > _MOST_BINS:
        raise InputError(f"{lengths.sum():.4g} by steps of {spacing:.4g} would be {bins} places. Choose a longer step.")
    sums: Dict[str, np.ndarray] = {}
    tiles = [tile for tile in _tiles(grid) if _near(grid, tile, line, half)]
    for number, tile in enumerate(tiles):
        progress.report(number / max(len(tiles), 1), "Sampling the profile")
        _add(sums, read, grid, tile, line, half, spacing, bins)
    distance = (np.arange(bins) + .5) * spacing
    points = _along_line(line, lengths, np.minimum(distance, lengths.sum()))
    if not sums:
        raise InputError("No part of the line lies on the raster. Draw it over the data.")
    counts = {name: total[0] for name, total in sums.items()}
    means = {name: np.where(c > 0, sums[name][1] / np.maximum(c, 1), np.nan) for name, c in counts.items()}
    spreads = {name: np.where(c > 1, np.sqrt(np.maximum(sums[name][2] - c * np.nan_to_num(means[name]) ** 2, 0)
                                             / np.maximum(c - 1, 1)), np.nan) for name, c in counts.items()}
    return Swath(distance, means, spreads, next(iter(counts.values())), points)


def _clean(line: Vertices) -> np.ndarray:
    found = np.asarray(line, np.float64).reshape(-1, 2)
    if len(found) > 1:
        found = found[np.concatenate([[True], np.hypot(*np.diff(found, axis=0).T) > 0])]
    if len(found) < 2:
        raise InputError("A profile needs a line of two different points.")
    return found


def _tiles(grid: Grid) -> List[Window]:
    return [Window(row, column, min(_TILE, grid.height - row), min(_TILE, grid.width - column))
            for row in range(0, grid.height, _TILE) for column in range(0, grid.width, _TILE)]


def _near(grid: Grid, tile: Window, line: np.ndarray, half: float) -> bool:
    """True if the tile's circle reaches the swath."""
    x, y = grid.xy(tile.column + tile.columns / 2, tile.row + tile.rows / 2)
    reach = half + 0.5 * grid.pixel_size * np.hypot(tile.rows, tile.columns) * 1.01
    return bool(_project(np.array([x]), np.array([y]), line)[1][0] <= reach)


def _project(x: np.ndarray, y: np.ndarray, line: np.ndarray):
    """(distance along the line, distance from it, number of the segment) of places: arrays of one shape."""
    best = np.full(x.shape, np.inf)
    along, segment = np.zeros(x.shape), np.zeros(x.shape, int)
    start = 0.0
    for number, (a, b) in enumerate(zip(line[:-1], line[1:])):
        step = b - a
        length = np.hypot(*step)
        share = np.clip(((x - a[0]) * step[0] + (y - a[1]) * step[1]) / length ** 2, 0.0, 1.0)
        away = np.hypot(x - a[0] - share * step[0], y - a[1] - share * step[1])
        nearer = away < best
        best[nearer], along[nearer], segment[nearer] = away[nearer], (start + share * length)[nearer], number
        start += length
    return along, best, segment


def _add(sums, read: Read, grid: Grid, tile: Window, line, half: float, spacing: float, bins: int) -> None:
    columns, rows = np.meshgrid(np.arange(tile.columns) + tile.column + .5, np.arange(tile.rows) + tile.row + .5)
    x, y = grid.xy(columns, rows)
    along, away, segment = _project(x, y, line)
    inside = (away <= half) & _between_ends(x, y, line)
    if not inside.any():
        return
    values = {name: array[:, inside].astype(np.float64) for name, array in read(tile).items()}
    if "east" in values and "north" in values:
        values.update(_turned(values["east"], values["north"], line, segment[inside]))
    place = np.minimum((along[inside] / spacing).astype(int), bins - 1)
    for name, array in values.items():
        total = sums.setdefault(name, np.zeros((3, array.shape[0], bins)))
        for layer, row in enumerate(array):
            known = np.isfinite(row)
            for power in range(3):
                total[power, layer] += np.bincount(place[known], row[known] ** power, minlength=bins)


def _between_ends(x, y, line: np.ndarray) -> np.ndarray:
    """The swath ends where the line ends: no half discs."""
    (a, b), (c, d) = line[:2], line[-2:]
    begins = (x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1] >= 0
    ends = (x - d[0]) * (d - c)[0] + (y - d[1]) * (d - c)[1] <= 0
    return begins & ends


def _turned(east, north, line: np.ndarray, segment: np.ndarray) -> Dict[str, np.ndarray]:
    steps = np.diff(line, axis=0)
    unit = (steps / np.hypot(*steps.T)[:, None])[segment]
    return {ALONG: east * unit[:, 0] + north * unit[:, 1], ACROSS: -east * unit[:, 1] + north * unit[:, 0]}


def _along_line(line: np.ndarray, lengths: np.ndarray, distance: np.ndarray) -> np.ndarray:
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    return np.stack([np.interp(distance, ends, line[:, axis]) for axis in (0, 1)], axis=1)


@dataclass(frozen=True)
class StepFit:
    """A step in a profile. where: distance of the fault. offset: value behind it minus value before it, both lines
    extended to the fault. before, after: (value at the fault, slope) of the lines. rmse: of the bins' means."""
    where: float
    offset: float
    sigma: float
    before: Tuple[float, float]
    after: Tuple[float, float]
    rmse: float

    def line(self, distance: np.ndarray) -> np.ndarray:
        """The fitted values at distances."""
        (left, slope_left), (right, slope_right) = self.before, self.after
        away = distance - self.where
        return np.where(away < 0, left + slope_left * away, right + slope_right * away)


def fit_step(distance: np.ndarray, values: np.ndarray, where: Optional[float] = None, zone: float = 0.0,
             reach: float = 0.0) -> StepFit:
    """Fit a straight line on either side of a fault; the offset is the step between them at the fault.

    where: distance of the fault; None takes the place of the smallest misfit. zone: full width around the fault that is
    left out (distributed shear is not part of either side). reach: how far from the fault bins count, 0 all. The sigma
    takes neighbouring residuals as correlated: it is widened by their lag-one correlation. Raises InputError where a
    side has too few bins.
    """
    if where is None:
        # without the zone, which would hide the step itself; reach and number of bins must be the same everywhere
        places = np.linspace(distance[0], distance[-1], _PLACES + 2)[1:-1]
        tried = [fit for fit in (_step_at(distance, values, place, 0.0, 0.0) for place in places) if fit is not None]
        where = min(tried, key=lambda fit: fit.rmse).where if tried else float(distance.mean())
    fit = _step_at(distance, values, where, zone, reach)
    if fit is None:
        raise InputError(f"A side of the fault has fewer than {_FEWEST} places with a value. Draw a longer line, or choose "
                         "a narrower zone.")
    return fit


def _step_at(distance, values, where: float, zone: float, reach: float) -> Optional[StepFit]:
    away = distance - where
    use = np.isfinite(values) & (np.abs(away) >= zone / 2.0) & ((reach <= 0) | (np.abs(away) <= reach))
    left, right = use & (away < 0), use & (away >= 0)
    if left.sum() < _FEWEST or right.sum() < _FEWEST:
        return None
    sides, variance, residuals = [], 0.0, []
    for side in (left, right):
        design = np.stack([np.ones(side.sum()), away[side]], axis=1)
        inverse = np.linalg.inv(design.T @ design)
        parameters = inverse @ (design.T @ values[side])
        rest = values[side] - design @ parameters
        sides.append((float(parameters[0]), float(parameters[1])))
        variance += inverse[0, 0] * float(rest @ rest) / (len(rest) - 2) * _inflation(rest)
        residuals.append(rest)
    rest = np.concatenate(residuals)
    return StepFit(float(where), sides[1][0] - sides[0][0], float(np.sqrt(variance)), sides[0], sides[1],
                   float(np.sqrt(np.mean(rest ** 2))))


def _inflation(rest: np.ndarray) -> float:
    """(1 + r) / (1 - r) for the lag-one correlation r of residuals: neighbours that agree count less."""
    power = float(rest @ rest)
    correlation = float(rest[1:] @ rest[:-1]) / power if power > 0 else 0.0
    correlation = min(max(correlation, 0.0), 0.9)
    return (1.0 + correlation) / (1.0 - correlation)
