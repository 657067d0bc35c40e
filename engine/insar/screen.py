"""Interpolation of atmosphere from still ground: kriging with a power-law variogram, and how sure it is.

Turbulent delay grows with distance as gamma(r) = nugget + scale r^exponent (semi-variance; an exponent of 2/3 over
distances beyond the layer's thickness, Hanssen 2001). Kriging with an unknown mean needs no more than gamma.
"""
from dataclasses import dataclass
from typing import Tuple

import numpy as np

EXPONENTS = (0.4, 2.0 / 3.0, 1.0, 1.4)
BINS = 12
LEAST_NUGGET = 0.01  # of the largest semi-variance: keeps the system solvable
FOLDS = 5
MOST_HELD = 300  # places that stand for what is held still


@dataclass(frozen=True)
class Variogram:
    """gamma(r) = nugget + scale (r / length)^exponent, relative to the variance of a date. length: px."""
    nugget: float
    scale: float
    exponent: float
    length: float

    def smooth(self, distance) -> np.ndarray:
        """Semi-variance of the field itself, without the noise of the data."""
        return self.scale * (distance / self.length) ** self.exponent


def fit_variogram(row, column, values: np.ndarray) -> Variogram:
    """The variogram of many dates together, each scaled to variance 1. values: (dates, points), NaN = no data."""
    scale = np.nanstd(values, axis=1)
    usable = scale > 0
    scaled = values[usable] / scale[usable, None]
    distance = np.hypot(row[:, None] - row[None, :], column[:, None] - column[None, :])
    first, second = np.triu_indices(len(row), 1)
    far = distance[first, second]
    longest = max(0.5 * far.max(), 1e-6)
    edges = np.linspace(0.0, longest, BINS + 1)
    where = np.digitize(far, edges) - 1
    squares = np.zeros(len(far))
    count = np.zeros(len(far))
    for day in scaled:
        step = day[first] - day[second]
        known = np.isfinite(step)
        squares[known] += 0.5 * step[known] ** 2
        count += known
    centre, gamma, weight = [], [], []
    for number in range(BINS):
        inside = (where == number) & (count > 0)
        if inside.sum() >= 10:
            centre.append(far[inside].mean())
            gamma.append(squares[inside].sum() / count[inside].sum())
            weight.append(1.0 / (centre[-1] + 0.1 * longest))  # near pairs decide the interpolation
    return _best(np.array(centre), np.array(gamma), np.sqrt(np.array(weight)), longest)


def _best(distance, gamma, weight, longest: float) -> Variogram:
    from scipy.optimize import nnls

    if len(distance) < 3:
        return Variogram(0.1, 1.0, 2.0 / 3.0, longest)
    found = []
    for exponent in EXPONENTS:
        design = np.stack([np.ones(len(distance)), (distance / longest) ** exponent], axis=1)
        (nugget, scale), misfit = nnls(design * weight[:, None], gamma * weight)
        found.append((misfit, nugget, scale, exponent))
    _, nugget, scale, exponent = min(found)
    return Variogram(max(nugget, LEAST_NUGGET * (nugget + scale)), max(scale, 1e-9), exponent, longest)


@dataclass(frozen=True)
class Beside:
    """How much larger than its variance over the area a date's variance is beside what is held still: about 1 beside all of
    the ground, 2 far from a single place, little next to it. side: px of a block. values: at the lattice of blocks."""
    side: int
    values: np.ndarray

    @classmethod
    def find(cls, variogram: Variogram, side: int, shape: Tuple[int, int], held) -> "Beside":
        """shape: rows and columns of the lattice. held: (rows, columns) px of places that are held still by their mean."""
        rows, columns = (np.asarray(axis, float)[:: max(1, len(held[0]) // MOST_HELD)] for axis in held)
        inside = variogram.smooth(np.hypot(rows[:, None] - rows[None, :], columns[:, None] - columns[None, :])).mean()
        found = np.empty(shape)
        for number in range(shape[0]):
            row = (number + 0.5) * side - rows
            column = (np.arange(shape[1])[:, None] + 0.5) * side - columns[None, :]
            found[number] = 2.0 * variogram.smooth(np.hypot(row[None, :], column)).mean(axis=1)
        return cls(side, np.maximum(found - inside, 0.0) + variogram.nugget)

    def at(self, rows, columns) -> np.ndarray:
        """At positions in pixels (0.5 = first centre)."""
        from scipy.ndimage import map_coordinates

        return map_coordinates(self.values, np.stack([rows / self.side - 0.5, columns / self.side - 0.5]), order=1,
                               mode="nearest")


class Kriging:
    """Weights from data points to targets, for all dates that have the same points."""

    def __init__(self, row, column, variogram: Variogram):
        self.row, self.column, self.variogram = row, column, variogram
        count = len(row)
        distance = np.hypot(row[:, None] - row[None, :], column[:, None] - column[None, :])
        self._sill = variogram.smooth(distance.max() if count > 1 else 1.0) + 1.0
        system = np.ones((count + 1, count + 1))
        system[:count, :count] = self._sill - variogram.smooth(distance) + variogram.nugget * np.eye(count)
        system[count, count] = 0.0
        self._inverse = np.linalg.inv(system)

    def left_out(self, values: np.ndarray) -> np.ndarray:
        """(points,) what each point's value would be without it, predicted by all others."""
        inverse, count = self._inverse, len(values)
        return values - (inverse[:count, :count] @ values) / np.diag(inverse)[:count]

    def weights(self, row, column) -> Tuple[np.ndarray, np.ndarray]:
        """(targets, points) weights and (targets,) variance of the interpolated field, relative to a date's variance."""
        count = len(self.row)
        distance = np.hypot(row[:, None] - self.row[None, :], column[:, None] - self.column[None, :])
        near = np.ones((len(row), count + 1))
        near[:, :count] = self._sill - self.variogram.smooth(distance)
        weights = near @ self._inverse
        variance = self._sill - (weights * near).sum(axis=1)
        return weights[:, :count], np.maximum(variance, 0.0)
