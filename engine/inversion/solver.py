"""From the displacements of a tile to its series, velocity and sigmas: which kernel runs with which numbers."""
from dataclasses import dataclass, field
from datetime import date
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ..compute.kernels import pick
from ..core.flags import Flag
from ..core.units import DAYS_PER_YEAR
from . import kernels, neighbours, refine, twins
from .pattern import Pattern, make_pattern
from .settings import InvertSettings

LOSS_NONE, LOSS_MISCLOSURE, LOSS_CAUCHY, LOSS_TUKEY, LOSS_ABSOLUTE = range(5)
LEAST_SPREAD = 0.1  # sigma of a neighbours' step, in sigmas of a typical pair: medians may agree by chance
OBSERVATIONS, PARTS, START, COHERENCE = range(4)  # rows of `quality`


@dataclass(frozen=True)
class Network:
    """Dates and pairs. pairs: (reference, secondary) date numbers."""
    dates: Tuple[date, ...]
    pairs: Tuple[Tuple[int, int], ...]
    pattern: Pattern

    @property
    def years(self) -> np.ndarray:
        """Years since the first date."""
        return np.array([(d - self.dates[0]).days for d in self.dates]) / DAYS_PER_YEAR

    @property
    def days(self) -> np.ndarray:
        """Temporal baseline of each pair, days; negative for backward pairs."""
        day = [d.toordinal() for d in self.dates]
        return np.array([day[b] - day[a] for a, b in self.pairs], float)

    @property
    def design_matrix(self) -> np.ndarray:
        """(pairs, dates): +1 at the secondary, -1 at the reference."""
        matrix = np.zeros((len(self.pairs), len(self.dates)))
        for m, (a, b) in enumerate(self.pairs):
            matrix[m, a], matrix[m, b] = -1.0, 1.0
        return matrix


def make_network(dates: Sequence[Tuple[date, date]]) -> Network:
    """The network of pairs given by their (reference, secondary) dates."""
    days = sorted({d for pair in dates for d in pair})
    number = {d: n for n, d in enumerate(days)}
    pairs = tuple((number[a], number[b]) for a, b in dates)
    return Network(tuple(days), pairs, make_pattern(len(days), pairs))


@dataclass(frozen=True)
class Noise:
    """What was learnt about the stack before its pixels are solved.

    factor: (pairs,) variance of a pair is factor / relative weight, m^2 with dimensionless weights. wrong: share of
    wrong pairs. reference: R0 of equation 5, m. known: False if nothing tells the size of the noise (no sigma, no
    redundancy). typical: m^2, variance of a typical pair's pixel; None takes it from the weights that are solved.
    offset, date_variance: (components, dates), m and m^2, see `dates.py`.
    """
    factor: np.ndarray
    wrong: float = 0.03
    reference: float = 1.0
    known: bool = True
    typical: Optional[float] = None
    offset: Optional[np.ndarray] = None
    date_variance: Optional[np.ndarray] = None

    @property
    def odds(self) -> float:
        return (1.0 - self.wrong) / self.wrong

    def cut(self, components: int) -> float:
        """Half chi^2 at which a pair is as likely wrong as right."""
        return float(np.log(self.odds) + components * np.log(refine.WIDTH / np.sqrt(2.0 * np.pi)))


@dataclass(frozen=True)
class StartTable:
    """How far a pixel had gone when it was first seen, see `starts.py`: ratio x its velocity x elapsed time.

    rows: (dates,) uint64, which row holds for a pixel that starts at a date. ratio, doubt: (rows, pixels) float32, the
    ratio and its variance.
    """
    rows: np.ndarray
    ratio: np.ndarray
    doubt: np.ndarray

    @classmethod
    def steady(cls, dates: int, pixels: int) -> "StartTable":
        """Steady motion everywhere."""
        return cls(np.zeros(dates, np.uint64), np.ones((1, pixels), np.float32), np.zeros((1, pixels), np.float32))


@dataclass
class Solution:
    """Result of one tile. The last axes are pixels, or rows and columns as they were given.

    series, sigma: (components, dates, ...) m since the network's first date. velocity, velocity_sigma: (components,
    ...) m/yr. rmse: (components, ...) m. quality: (4, ...) observations, parts, start (days), temporal coherence.
    flag: (...) uint8. statistics: (pairs, 5) sums over pixels, see `outcome.add_statistics`.
    """
    series: np.ndarray
    sigma: np.ndarray
    velocity: np.ndarray
    velocity_sigma: np.ndarray
    rmse: np.ndarray
    quality: np.ndarray
    statistics: np.ndarray
    flag: np.ndarray = field(default=None)

    @classmethod
    def empty(cls, components: int, network: Network, pixels: int) -> "Solution":
        shape = (components, len(network.dates), pixels)
        big = [np.empty(shape, np.float32) for _ in range(2)]
        small = [np.empty((components, pixels), np.float32) for _ in range(3)]
        return cls(*big, *small, np.empty((4, pixels), np.float32), np.zeros((len(network.pairs), 5)))

    def _with(self, change) -> "Solution":
        return Solution(*(change(getattr(self, name)) for name in (
            "series", "sigma", "velocity", "velocity_sigma", "rmse", "quality")), self.statistics, change(self.flag))

    def shaped(self, shape: Tuple[int, ...]) -> "Solution":
        """The same with pixels as rows and columns."""
        return self._with(lambda values: values.reshape(*values.shape[:-1], *shape))

    def cut(self, keep) -> "Solution":
        """Rows and columns given by two slices."""
        return self._with(lambda values: values[(..., *keep)])


def losses(settings: InvertSettings) -> List[int]:
    """Robust weights of the solutions after the first, before the last step."""
    steps = settings.iterations - 1
    if settings.robust == "misclosure":
        return [LOSS_MISCLOSURE] * (steps - 1)
    last = LOSS_TUKEY if settings.robust == "tukey" else LOSS_CAUCHY
    return [LOSS_ABSOLUTE] * (steps - 1) + [last] * min(steps, 1)


_LAST_LOSS = {"none": LOSS_NONE, "misclosure": LOSS_MISCLOSURE, "cauchy": LOSS_CAUCHY, "tukey": LOSS_TUKEY}


def solve(network: Network, displacement: np.ndarray, weight: np.ndarray, settings: InvertSettings, noise: Noise,
          wavelength: float = 1.0, starts: Optional[StartTable] = None) -> Solution:
    """Series, velocity and sigmas of a tile.

    displacement: (components, pairs, rows, columns) float32, m, NaN = no data; without rows (three axes) pixels are
    solved one by one and no neighbours are asked. weight: (pairs, rows, columns) relative weights, see `weights.py`.
    wavelength: m, length that counts as a whole turn in the temporal coherence. starts: of pixels
    that are not seen on the first date; without it their motion is taken as steady.
    Pixels are solved for both components together, except with misclosure weights, as in Provost et al. (2022).
    """
    shape = displacement.shape[2:]
    values = np.ascontiguousarray(displacement.reshape(*displacement.shape[:2], -1), np.float32)
    weight = np.ascontiguousarray(weight.reshape(weight.shape[0], -1), np.float32)
    found = solve_flat(network, values, weight, settings, noise, shape, wavelength, starts)
    if settings.minimum_norm or settings.smoothing:
        from . import options  # it solves again with this module

        (options.smooth if settings.smoothing else options.join_parts)(network, values, weight, settings, noise, found)
    if not noise.known:
        found.sigma[:] = np.nan
        found.velocity_sigma[:] = np.nan
    return found.shaped(shape)


def solve_flat(network: Network, values, weight, settings: InvertSettings, noise: Noise, shape=(),
               wavelength: float = 1.0, starts: Optional[StartTable] = None) -> Solution:
    """As `solve` for pixels in one axis (values, weight: float32, C order), without its options.

    shape: rows and columns of the pixels, for the neighbours; empty where they are no image.
    """
    starts = starts or StartTable.steady(len(network.dates), weight.shape[1])
    if settings.robust == "misclosure" and len(values) > 1:
        weight = np.where(np.isfinite(values).all(axis=0), weight, np.float32(0))
        found = _merge([_solve(network, values[c:c + 1], weight, shape, settings, noise, wavelength, c, starts)
                        for c in range(len(values))])
    else:
        found = _solve(network, values, weight, shape, settings, noise, wavelength, 0, starts)
    found.flag = _flag(values, found, settings.fewest(len(network.pairs)))
    return found


def _solve(network, values, weight, shape, settings, noise, wavelength, component, starts) -> Solution:
    """One run of the kernels. component: the first one of `values` among those of the stack."""
    pattern = network.pattern
    lists = (pattern.first, pattern.second, pattern.slot, pattern.start, pattern.row, pattern.target_start,
             pattern.target)
    position = np.argsort(pattern.order).astype(np.uint64)
    components, _, pixels = values.shape
    dates = len(network.dates)
    precision = 1.0 / noise.factor
    inverse_noise, cut = 1.0 / noise.reference ** 2, noise.cut(components)
    mode = _mode(settings, shape)
    nothing = np.empty((components, dates, 0), np.float32)
    own, prediction, spread = nothing, nothing, nothing
    gaps, cost = np.empty((dates, 0), np.int16), np.empty(0, np.float32)
    if mode != refine.MODE_PLAIN:
        own, cost = np.empty((components, dates, pixels), np.float32), np.empty(pixels, np.float32)
        pick(kernels.start_kernel, twins.start_twin)(
            lists, position, values, weight, precision, np.array(losses(settings), np.int64), inverse_noise, cut, own, cost)
    if mode == refine.MODE_NEIGHBOURS:
        typical = noise.typical or _typical_variance(weight, noise.factor)
        maps = neighbours.predict(own.reshape(components, dates, *shape), network.years, LEAST_SPREAD ** 2 * typical)
        prediction, spread = (v.reshape(components, dates, pixels) for v in maps[:2])
        gaps = maps[2].reshape(dates, pixels)
    found = Solution.empty(components, network, pixels)
    ends = np.array(network.pairs, np.uint64).reshape(-1, 2)
    zeros = np.zeros((components, dates))
    own_dates = slice(component, component + components)
    offset = zeros if noise.offset is None else noise.offset[own_dates].astype(float)
    variance = zeros if noise.date_variance is None else noise.date_variance[own_dates].astype(float)
    pick(refine.finish_kernel, twins.finish_twin)(
        lists, position, np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]), network.years, values,
        weight, precision, own, prediction, spread, gaps, cost, mode, _LAST_LOSS[settings.robust], inverse_noise, noise.odds,
        cut, float(settings.fewest(len(network.pairs))), float(wavelength), offset, variance,
        (starts.rows, starts.ratio, starts.doubt), found.series, found.sigma, found.velocity, found.velocity_sigma,
        found.rmse, found.quality, found.statistics)
    return found


def _typical_variance(weight, factor) -> float:
    """Median variance of the pairs' pixels, m^2."""
    variance = (factor[:, None] / np.where(weight > 0, weight, np.nan)).ravel()
    known = variance[np.isfinite(variance)]
    return float(np.median(known)) if known.size else 1.0


def _mode(settings: InvertSettings, shape) -> int:
    if settings.robust == "none" or (settings.robust == "misclosure" and settings.iterations == 1):
        return refine.MODE_PLAIN
    if settings.robust == "misclosure":
        return refine.MODE_REWEIGHTED
    return refine.MODE_NEIGHBOURS if settings.neighbours and len(shape) == 2 else refine.MODE_POSTERIOR


def _merge(parts: List[Solution]) -> Solution:
    """Components that were solved one by one as one solution; quality and statistics are means of theirs."""
    joined = [np.concatenate([getattr(p, name) for p in parts]) for name in
              ("series", "sigma", "velocity", "velocity_sigma", "rmse")]
    return Solution(*joined, np.mean([p.quality for p in parts], axis=0, dtype=np.float32),
                    np.mean([p.statistics for p in parts], axis=0))


def _flag(values, found: Solution, fewest: int) -> np.ndarray:
    """Why a pixel (or some of its dates) has no value."""
    flag = np.full(values.shape[2], Flag.VALID, np.uint8)
    flag[found.quality[PARTS] > 1] = Flag.NOT_CONNECTED
    flag[(found.quality[OBSERVATIONS] < fewest) & (flag == Flag.VALID)] = Flag.TOO_FEW
    flag[found.quality[PARTS] == 0] = Flag.OUTSIDE
    return flag
