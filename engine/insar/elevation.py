"""Delay of each date that follows the elevation, and what still ground shows of the turbulent rest."""
from dataclasses import dataclass, replace
from typing import List, Optional, Tuple

import numpy as np

from ..core.grid import Grid, Window
from ..io.ground import metres_per_pixel
from . import robust
from .blocks import Blocks, DateSeries
from .correction_settings import TroposphereSettings
from .screen import Beside, Kriging, fit_variogram

FLAT = 30.0  # m, standard deviation of the elevation below which nothing can follow it
NODES_PER_WINDOW = 2
FEWEST = 20  # blocks' worth of weight that a local window needs
PIXEL_IN_BLOCK = 0.18  # of a block's side: distance whose semi-variance a pixel has about its block (measured coverage)
MOST_DROPPED = 0.2  # of the blocks, where leaving them out makes one system of all dates
PRIOR = 10.0  # blocks that the whole area's gradient counts for in a local window


@dataclass(frozen=True)
class Profile:
    """How delay goes with elevation: f(h), scaled so that its slope at the mean elevation is 1 per km."""
    law: str
    top: float
    exponent: float
    mean: float

    def at(self, elevation) -> np.ndarray:
        """f of elevations (m). Linear: km above the mean. Power law: -(top - h)^exponent, Bekaert et al. 2015, eq. 2."""
        if self.law == "linear":
            return (elevation - self.mean) / 1000.0
        slope = 1000.0 * self.exponent * (self.top - self.mean) ** (self.exponent - 1.0)
        below = np.maximum(self.top - elevation, 0.0)
        return ((self.top - self.mean) ** self.exponent - below ** self.exponent) / slope


@dataclass(frozen=True)
class ElevationModel:
    """Apparent displacement toward the satellite of each date, m.

    gradient: (dates, node rows, node columns) m/km. base: (dates,) m. turbulent: (dates, rows, columns) at the block
    lattice, or None. variance: (rows, columns) of it, relative to amplitude^2; amplitude: (dates,) m. slope_sigma:
    (dates,) m/km. rest: (dates,) m, standard deviation that stays on still ground at places that were left out. beside:
    how it grows away from what is held still. held: `Profile.at` there, from which the gradient's error counts.
    """
    profile: Profile
    side: int
    gradient: np.ndarray
    base: np.ndarray
    turbulent: Optional[np.ndarray]
    variance: Optional[np.ndarray]
    amplitude: np.ndarray
    slope_sigma: np.ndarray
    rest: np.ndarray
    beside: Optional[Beside] = None
    held: float = 0.0

    def at(self, grid: Grid, window: Window, elevation: np.ndarray, used: np.ndarray) -> np.ndarray:
        """(2, dates, rows, columns) apparent displacement and its sigma in a window, m. used: (dates,) bool; the others
        are left at zero."""
        rows, columns = np.meshgrid(np.arange(window.rows) + window.row + 0.5,
                                    np.arange(window.columns) + window.column + 0.5, indexing="ij")
        return self.at_places(grid, rows, columns, elevation, used)

    def at_places(self, grid: Grid, rows, columns, elevation, used: np.ndarray) -> np.ndarray:
        """As `at`, for positions in pixels (0.5 = first centre) in arrays of any shape."""
        from scipy.ndimage import map_coordinates

        f = self.profile.at(np.asarray(elevation, np.float64))
        height, width = self.gradient.shape[1:]
        nodes = np.stack([rows / grid.height * height - 0.5, columns / grid.width * width - 0.5])
        lattice = np.stack([rows / self.side - 0.5, columns / self.side - 0.5])
        found = np.zeros((2, len(used), *f.shape), np.float32)
        spread = 0.0
        if self.variance is not None:
            spread = map_coordinates(self.variance, lattice, order=1, mode="nearest")
        around = 1.0 if self.beside is None else self.beside.at(rows, columns)
        for k in np.flatnonzero(used):
            gradient = self.gradient[k, 0, 0]
            if height * width > 1:
                gradient = map_coordinates(self.gradient[k], nodes, order=1, mode="nearest")
            found[0, k] = self.base[k] + gradient * f
            if self.turbulent is not None:
                found[0, k] += map_coordinates(self.turbulent[k], lattice, order=1, mode="nearest")
            variance = spread * self.amplitude[k] ** 2 if self.turbulent is not None else around * self.rest[k] ** 2
            found[1, k] = np.sqrt((self.slope_sigma[k] * (f - self.held)) ** 2 + variance)
        return found


def fit_model(series: DateSeries, grid: Grid, elevation_range: Tuple[float, float], settings: TroposphereSettings,
              turbulence: bool, held) -> Tuple[ElevationModel, List[str]]:
    """The model of all dates from the blocks of still ground, and what to tell about it.

    held: (rows, columns, elevation) of places that are held still.
    """
    blocks = series.blocks
    still = series.still & np.isfinite(series.values).any(axis=0)
    values = series.values[:, still]
    place = blocks.part(still)
    profile = Profile(settings.law, max(settings.top, elevation_range[1] + 500.0), settings.exponent,
                      float(np.average(place.elevation, weights=place.pixels)))
    f = profile.at(place.elevation)
    notes, flat = [], float(np.std(place.elevation)) < FLAT
    if flat:
        notes.append(f"Still ground spans only {np.ptp(place.elevation):.0f} m of elevation: no delay that follows it "
                     "can be told, none is taken off.")
    first, sure = _straight_fits(values, f, place.pixels, flat)
    gradient = _local_gradients(values, first, f, place, grid, settings, flat)
    rest = values - first[:, :1] - _gradient_at(gradient, place, grid) * f
    model = ElevationModel(profile, blocks.side, gradient, first[:, 0], None, None, np.zeros(len(values)), sure,
                           np.full(len(values), np.nan), beside_held(series.noise(rest), place, grid, held),
                           float(np.mean(profile.at(np.asarray(held[2], np.float64)))))
    if turbulence:
        return _with_turbulence(model, rest, place, grid), notes
    return replace(model, rest=np.array([robust.spread(row) for row in series.noise(rest)])), notes


def beside_held(rest: np.ndarray, place: Blocks, grid: Grid, held) -> Beside:
    """How the spread of what stays grows away from what is held still. rest: (dates, blocks) m."""
    variogram = fit_variogram(place.row, place.column, rest)
    return Beside.find(variogram, place.side, _lattice(grid, place.side), held[:2])


def _lattice(grid: Grid, side: int) -> Tuple[int, int]:
    return -(-grid.height // side), -(-grid.width // side)


def _straight_fits(values, f, pixels, flat: bool):
    """(dates, 2) constant and gradient of each date, robust; (dates,) sigma of the gradient."""
    found, sure = np.zeros((len(values), 2)), np.zeros(len(values))
    for k, row in enumerate(values):
        known = np.isfinite(row)
        if known.sum() < 3:
            continue
        design = np.stack([np.ones(known.sum()), f[known]], axis=1)[:, :1 if flat else 2]
        fitted, weight, scale = robust.fit(design, row[known], np.sqrt(pixels[known] / pixels.max()))
        found[k, :len(fitted)] = fitted
        if not flat:
            # Neighbouring blocks share their turbulence: a tenth of them counts as independent.
            spread = np.average((f[known] - np.average(f[known], weights=weight)) ** 2, weights=weight)
            sure[k] = scale / np.sqrt(max(0.1 * weight.sum(), 1.0) * max(spread, 1e-9))
    return found, sure


def _local_gradients(values, first, f, place, grid: Grid, settings: TroposphereSettings, flat: bool) -> np.ndarray:
    """(dates, node rows, node columns) m/km: the whole area's gradient, and how it differs in Gaussian windows."""
    across = np.hypot(*metres_per_pixel(grid))
    size = (grid.height * across[1], grid.width * across[0])
    shape = tuple(1 if flat or not settings.window or side < 1.5 * settings.window
                  else int(np.ceil(NODES_PER_WINDOW * side / settings.window)) for side in size)
    gradient = np.broadcast_to(first[:, 1][:, None, None], (len(values), *shape)).copy()
    if shape == (1, 1):
        return gradient
    rest = values - first[:, :1] - first[:, 1:] * f
    for i in range(shape[0]):
        for j in range(shape[1]):
            distance = np.hypot((place.row - (i + 0.5) * grid.height / shape[0]) * across[1],
                                (place.column - (j + 0.5) * grid.width / shape[1]) * across[0])
            weight = np.exp(-0.5 * (distance / (0.5 * settings.window)) ** 2)
            if weight.sum() < FEWEST:
                continue
            for k, row in enumerate(rest):
                gradient[k, i, j] += _local_slope(row, f, weight)
    return gradient


def _local_slope(row, f, weight) -> float:
    """Slope of what is left, held toward zero where few blocks or little relief tell it."""
    known = np.isfinite(row)
    if known.sum() < 3:
        return 0.0
    w, x, y = weight[known], f[known], row[known]
    x = x - np.average(x, weights=w)
    y = y - np.average(y, weights=w)
    limit = 4.0 * max(robust.spread(y), 1e-9)
    w = w * (np.abs(y) < limit)
    return float((w * x * y).sum() / ((w * x * x).sum() + PRIOR * np.var(f)))


def _gradient_at(gradient: np.ndarray, place, grid: Grid) -> np.ndarray:
    """(dates, blocks) gradient at the blocks."""
    from scipy.ndimage import map_coordinates

    height, width = gradient.shape[1:]
    where = np.stack([place.row / grid.height * height - 0.5, place.column / grid.width * width - 0.5])
    return np.stack([map_coordinates(one, where, order=1, mode="nearest") for one in gradient])


def _with_turbulence(model: ElevationModel, rest: np.ndarray, place, grid: Grid) -> ElevationModel:
    """Add what the rest on still ground tells about the whole area. Dates of the same blocks share one system."""
    complete = np.isfinite(rest).all(axis=0)
    if complete.sum() >= max((1.0 - MOST_DROPPED) * len(complete), 3):
        rest, place = rest[:, complete], place.part(complete)
    variogram = fit_variogram(place.row, place.column, rest)
    shape = _lattice(grid, model.side)
    rows, columns = (axis.ravel() for axis in np.meshgrid((np.arange(shape[0]) + 0.5) * model.side,
                                                          (np.arange(shape[1]) + 0.5) * model.side, indexing="ij"))
    turbulent, left = np.zeros((len(rest), *shape)), np.full(len(rest), np.nan)
    amplitude, variance, most = np.nan_to_num(np.nanstd(rest, axis=1)), None, 0
    groups = {}
    for k, row in enumerate(rest):
        groups.setdefault(np.isfinite(row).tobytes(), []).append(k)
    for numbers in groups.values():
        known = np.isfinite(rest[numbers[0]])
        if known.sum() < 3:
            continue
        kriging = Kriging(place.row[known], place.column[known], variogram)
        weights, relative = kriging.weights(rows, columns)
        relative += variogram.smooth(PIXEL_IN_BLOCK * model.side)
        for k in numbers:
            turbulent[k] = (weights @ rest[k, known]).reshape(shape)
            left[k] = robust.spread(rest[k, known] - kriging.left_out(rest[k, known]))
        if len(numbers) > most:
            variance, most = relative.reshape(shape), len(numbers)
    return replace(model, turbulent=turbulent, variance=variance, amplitude=amplitude, rest=left)
