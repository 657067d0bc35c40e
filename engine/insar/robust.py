"""Robust least squares for surfaces and delays: bisquare weights about the median of many pixels."""
from typing import Optional, Tuple

import numpy as np

TUNING = 4.685  # x sigma: 95 % of the accuracy of least squares on clean data
ITERATIONS = 20
MAD_TO_SIGMA = 1.4826
_CONVERGED = 1e-3  # of a standard deviation


def spread(values: np.ndarray) -> float:
    """Standard deviation from the median absolute deviation of the finite values; NaN without any."""
    values = values[np.isfinite(values)]
    return MAD_TO_SIGMA * float(np.median(np.abs(values - np.median(values)))) if values.size else float("nan")


def fit(design: np.ndarray, values: np.ndarray, weight: Optional[np.ndarray] = None,
        tuning: float = TUNING) -> Tuple[np.ndarray, np.ndarray, float]:
    """(coefficients, robust weights (n,), standard deviation of the residuals) of values ~ design @ coefficients.

    design: (n, terms). values: (n,) finite. weight: (n,) of each value, all alike without. It begins with least
    absolute deviations, so that moving ground on up to half of the pixels does not bend the result.
    """
    own = np.ones(len(values)) if weight is None else weight
    robust, scale = np.ones(len(values)), 0.0
    coefficients = _solve(design, values, own)
    for turn in range(ITERATIONS):
        residual = values - design @ coefficients
        scale = MAD_TO_SIGMA * float(np.median(np.abs(residual)))
        if scale < 1e-12:  # an exact fit
            break
        if turn < 4:
            robust = 1.0 / np.maximum(np.abs(residual), 0.1 * scale)
        else:
            robust = np.maximum(1.0 - np.square(residual / (tuning * scale)), 0.0) ** 2
        before, coefficients = coefficients, _solve(design, values, own * robust)
        if turn > 4 and np.abs(design @ (coefficients - before)).max() < _CONVERGED * scale:
            break
    return coefficients, np.minimum(robust, 1.0), scale


def surface_terms(x, y, order: str) -> np.ndarray:
    """(..., terms) of a surface "constant", "plane" or "quadratic" at scaled positions."""
    x, y = np.broadcast_arrays(x, y)
    terms = [np.ones(x.shape)]
    if order in ("plane", "quadratic"):
        terms += [x, y]
    if order == "quadratic":
        terms += [x * x, x * y, y * y]
    return np.stack(terms, axis=-1)


def _solve(design, values, weight) -> np.ndarray:
    root = np.sqrt(weight)
    return np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0]
