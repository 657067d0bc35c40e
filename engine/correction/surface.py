"""Robust surfaces: constant, plane or second order through scattered values of which up to 40 % are wrong."""
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

TERMS = {"constant": 1, "plane": 3, "quadratic": 6}

_SUBSETS = {1: 60, 3: 200, 6: 600}  # random starts: at least a dozen hold no wrong value at 45 % wrong ones
_CORE = 0.45  # share of the values that the start must fit well
_CORE_QUANTILE = 0.5978  # quantile of |z| at that share, z normal
_CLIPPED_MAD = 0.6715  # median of |z| below 3, z normal
_SAMPLE = 1200  # values that the random starts look at
_FLOOR = 1e-5  # m: residuals of exact data are rounding


@dataclass(frozen=True)
class Surface:
    """z = sum of coefficients x terms(x, y); x, y: map position scaled to -1..1 over the raster. scale: m."""
    coefficients: np.ndarray
    scale: float
    iterations: int

    def at(self, x, y) -> np.ndarray:
        """Values (float64) at positions of any one shape."""
        return design(x, y, len(self.coefficients)) @ self.coefficients


def design(x, y, terms: int) -> np.ndarray:
    """(..., terms) float64: 1, x, y, x^2, xy, y^2, as many as asked for."""
    x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y][:terms], axis=-1)


def fit(x, y, values, weights, terms: int, iterations: int, tuning: float,
        trust: Optional[np.ndarray] = None) -> Tuple[Surface, np.ndarray]:
    """A surface by iteratively re-weighted least squares with the bisquare loss, and the bisquare weights (0..1).

    The start is a least trimmed squares fit, so that ground that moves together on one side does not tilt it; the
    scale is that of the start and stays (an MM estimate), so that moving ground is never taken in on the way.

    x, y, values, weights: (n,), values in m, weights >= 0. terms: see `TERMS`. tuning: bisquare constant, x sigma.
    trust: (n,) 0..1, further factor of the weights; that of another component, say.
    """
    matrix, values = design(x, y, terms), np.asarray(values, np.float64)
    prior = np.asarray(weights, np.float64) * (1.0 if trust is None else trust)
    coefficients = _trimmed_start(matrix, values, prior > 0)
    scale = robust_scale(values - matrix @ coefficients)
    bisquare, done = np.ones(len(values)), 0
    for _ in range(iterations):
        done += 1
        bisquare = bisquare_weights(values - matrix @ coefficients, scale, tuning)
        before, coefficients = coefficients, _solve(matrix, values, prior * bisquare)
        if np.abs(coefficients - before).max() < 1e-4 * scale:
            break
    return Surface(coefficients, scale, done), bisquare


def bisquare_weights(residuals, scale: float, tuning: float) -> np.ndarray:
    """Tukey's bisquare weights (1 - (r / (c s))^2)^2, 0 beyond c s."""
    return np.clip(1.0 - (residuals / (tuning * scale)) ** 2, 0.0, None) ** 2


def robust_scale(residuals) -> float:
    """Standard deviation of the larger part of residuals of which up to 40 % belong to something else, m."""
    size = np.abs(residuals)
    scale = max(float(np.quantile(size, _CORE)) / _CORE_QUANTILE, _FLOOR)
    for _ in range(20):
        before, scale = scale, max(float(np.median(size[size <= 3.0 * scale])) / _CLIPPED_MAD, _FLOOR)
        if abs(scale - before) <= 1e-3 * before:
            break
    return scale


def _trimmed_start(matrix, values, usable) -> np.ndarray:
    """Least trimmed squares by random exact fits and concentration steps (FAST-LTS), reproducible."""
    random = np.random.default_rng(20220101)
    chosen = np.flatnonzero(usable)
    if len(chosen) > _SAMPLE:
        chosen = np.sort(random.choice(chosen, _SAMPLE, replace=False))
    matrix, values = matrix[chosen], values[chosen]
    terms = matrix.shape[1]
    core = max(int(np.ceil(_CORE * len(values))), min(terms + 1, len(values)))
    starts = [_solve(matrix, values, np.ones(len(values)))]
    for _ in range(_SUBSETS[terms]):
        some = random.choice(len(values), terms, replace=False)
        starts.append(_solve(matrix[some], values[some], np.ones(terms)))
    tried = [_concentrate(matrix, values, start, core, 1) for start in starts]
    tried.sort(key=lambda found: found[1])
    best = [_concentrate(matrix, values, start, core, 20) for start, _ in tried[:8]]
    return min(best, key=lambda found: found[1])[0]


def _concentrate(matrix, values, coefficients, core: int, steps: int):
    """Fit again and again to the values that fit best. Returns coefficients and the sum of their squares."""
    total = np.inf
    for _ in range(steps):
        squares = (values - matrix @ coefficients) ** 2
        inside = np.argpartition(squares, core - 1)[:core]
        coefficients = _solve(matrix[inside], values[inside], np.ones(core))
        before, total = total, float(((values[inside] - matrix[inside] @ coefficients) ** 2).sum())
        if total >= before * (1 - 1e-9):
            break
    return coefficients, total


def _solve(matrix, values, weights) -> np.ndarray:
    """Weighted least squares; of least norm where values do not determine a term."""
    root = np.sqrt(weights)
    return np.linalg.lstsq(matrix * root[:, None], values * root, rcond=1e-9)[0]
