"""Noise that all pairs of a date share: it leaves no misclosure, so only the series itself can show it.

Atmosphere, illumination or mis-registration of one image shifts every pair of its date alike, u_k + e_k. A pair's
misclosure does not contain e_k, and a sigma made of misclosures is too small. Over short times the ground moves almost
evenly: the deviation of a date from the line between its two neighbours shows e_k, and what the pairs' own noise
contributes to it is known from the covariance.
"""
from typing import List

import numpy as np

from .solver import Network, Noise, Solution

FEWEST_DATES = 5
QUARTER, QUARTER_OF_SQUARE = 25, 0.1015  # percent; lower quartile of a squared standard normal variable
PRIOR = 0.3  # weight of "all dates alike", against 1 of a date's own deviation
MOST_UNLIKE = 9.0  # times the median of all dates; beyond, it is the ground that moved (an earthquake)
TOLERANCE = 1.15  # times the variance that the pairs explain: missing pairs and moving ground account for so much


def date_variance(network: Network, solved: List[Solution], noise: Noise, weight: np.ndarray) -> np.ndarray:
    """(components, dates) variance of the noise shared by all pairs of a date, m^2; zero where it cannot be seen.

    solved: solutions of sample pixels. weight: (pairs,) relative weight of a typical pixel, see `expected_weight`.
    The quietest pixels tell (lower quartile of squared deviations), so that moving ground in half of the sample does
    not matter.
    """
    components, dates = solved[0].series.shape[0], len(network.dates)
    found = np.zeros((components, dates))
    if dates < FEWEST_DATES:
        return found
    rows = _second_differences(network.years)
    own = _own_variance(network, rows, weight / noise.factor)
    for c in range(components):
        series = np.concatenate([s.series[c].reshape(dates, -1) for s in solved], axis=1)
        found[c] = _shared(rows, _quiet_square(rows, series), own)
    return found


def _second_differences(years: np.ndarray) -> np.ndarray:
    """(dates - 2, dates): deviation of each date from the line between its neighbours."""
    rows = np.zeros((len(years) - 2, len(years)))
    for k in range(1, len(years) - 1):
        late = (years[k] - years[k - 1]) / (years[k + 1] - years[k - 1])
        rows[k - 1, k - 1:k + 2] = late - 1.0, 1.0, -late
    return rows


def _own_variance(network: Network, rows: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Variance of the deviations from the pairs' own noise (precision: (pairs,) 1/m^2)."""
    matrix = network.design_matrix
    known = np.isfinite(precision) & (precision > 0)
    covariance = np.linalg.pinv((matrix[known].T * precision[known]) @ matrix[known], hermitian=True)
    return np.einsum("ki,ij,kj->k", rows, covariance, rows)


def _quiet_square(rows: np.ndarray, series: np.ndarray) -> np.ndarray:
    """Variance of each deviation over pixels, from the lower quartile of squares; NaN with fewer than 20 pixels."""
    found = np.full(len(rows), np.nan)
    for k, row in enumerate(rows):
        near = np.flatnonzero(row)
        values = np.tensordot(row[near], series[near], axes=1)
        values = values[np.isfinite(values)]
        if len(values) >= 20:
            found[k] = np.percentile(np.square(values), QUARTER) / QUARTER_OF_SQUARE
    return found


def _shared(rows: np.ndarray, observed: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Variances of the dates, not negative, that explain what the pairs' own noise leaves over."""
    from scipy.optimize import nnls

    known = np.isfinite(observed)
    none = np.zeros(rows.shape[1])
    if known.sum() < 3:
        return none
    squares, excess = np.square(rows[known]), observed[known] - TOLERANCE * own[known]
    typical = max(float(np.median(excess / squares.sum(axis=1))), 0.0)
    if typical == 0.0:
        return none
    scale = 1.0 / observed[known]
    prior = PRIOR * np.median(scale)
    system = np.concatenate([squares * scale[:, None], prior * np.eye(rows.shape[1])])
    values, _ = nnls(system, np.concatenate([np.maximum(excess, 0.0) * scale, np.full(rows.shape[1], prior * typical)]))
    return np.minimum(values, MOST_UNLIKE * typical)


def expected_weight(weight: np.ndarray, wrong: float) -> np.ndarray:
    """(pairs,) median weight times the share of pixels (pairs, pixels) in which the pair is there and not wrong."""
    return np.nan_to_num(typical_weight(weight)) * (weight > 0).mean(axis=1) * (1.0 - wrong)


def typical_weight(weight: np.ndarray) -> np.ndarray:
    """(pairs,) median of the weights (pairs, pixels) that are not zero; NaN for a pair without any."""
    return np.array([np.median(row[row > 0]) if (row > 0).any() else np.nan for row in weight])

