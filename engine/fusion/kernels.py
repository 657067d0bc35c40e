"""Velocity of a tile from the displacements of all pairs. Plain NumPy: reading takes longer than the sums."""
from dataclasses import dataclass
from typing import Optional

import numpy as np

MEDIAN_SPREAD = 1.2533  # standard deviation of a median over that of a mean, normal noise
MAD_TO_SIGMA = 1.4826


@dataclass
class Fused:
    """velocity, sigma (components, rows, columns) m/yr; coherence and observations (rows, columns)."""
    velocity: np.ndarray
    sigma: np.ndarray
    coherence: np.ndarray
    observations: np.ndarray


def fuse(displacement: np.ndarray, years: np.ndarray, method: str, dates: int, sigma: Optional[np.ndarray] = None,
         min_observations: int = 1) -> Fused:
    """Mean, median or weighted mean of the velocities of all pairs.

    displacement: (components, pairs, rows, columns) m, NaN = no data. years: (pairs,) temporal baselines, negative
    for backward pairs. dates: number of dates of the stack. sigma: (pairs, rows, columns) m per component, or None.

    The sigma of the result is the spread of the pairs over the root of their number, but of no more than dates - 1
    of them: pairs that share dates are not independent. A pixel seen once has the sigma of its pair, where known.
    """
    length = years.reshape(-1, 1, 1)
    known = np.isfinite(displacement).all(axis=0)
    velocity = np.where(known, displacement, np.nan) / length.astype(np.float32)
    count = known.sum(axis=0)
    if method == "weighted":
        centre, spread = _weighted(velocity, known, length, sigma)
    elif method == "median":
        centre, spread = _median(velocity)
    else:
        centre, spread = _mean(velocity, known)
    independent = np.maximum(np.minimum(count, max(dates - 1, 1)), 1)
    result = spread / np.sqrt(independent)
    once = count == 1
    if sigma is not None:
        alone = np.min(np.where(known & np.isfinite(sigma), sigma, np.inf) / np.abs(length), axis=0)
        result = np.where(once & np.isfinite(alone), alone, np.where(once, np.nan, result))
    else:
        result = np.where(once, np.nan, result)
    enough = count >= max(min_observations, 1)
    return Fused(np.where(enough, centre, np.nan).astype(np.float32), np.where(enough, result, np.nan).astype(
        np.float32), np.where(enough, vector_coherence(displacement, years), np.nan).astype(np.float32),
        count.astype(np.float32))


def vector_coherence(displacement: np.ndarray, years: np.ndarray) -> np.ndarray:
    """|sum of d| / sum of |d| over pairs (Provost et al. 2022, eq. 1): 1 = always the same direction, 0 = none.

    displacement: (components, pairs, ...) m; a backward pair (negative years) counts turned round. NaN where no pair
    has a value or nothing moves at all.
    """
    known = np.isfinite(displacement).all(axis=0)
    turned = np.where(known, displacement, 0.0) * np.sign(years).reshape(-1, *(1,) * (displacement.ndim - 2))
    total = np.sqrt(np.sum(turned.sum(axis=1) ** 2, axis=0))
    path = np.sqrt(np.sum(turned ** 2, axis=0)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(path > 0, total / path, np.nan)


def _mean(velocity, known):
    count = np.maximum(known.sum(axis=0), 1)
    clean = np.where(known, velocity, 0.0)
    centre = clean.sum(axis=1, dtype=float) / count
    square = np.where(known, (velocity - centre[:, None]) ** 2, 0.0).sum(axis=1)
    return centre, np.sqrt(square / np.maximum(count - 1, 1))


def _median(velocity):
    centre = _nanmedian(velocity)
    return centre, MEDIAN_SPREAD * MAD_TO_SIGMA * _nanmedian(np.abs(velocity - centre[:, None]))


def _nanmedian(values):
    """Median over axis 1, NaN where nothing is known; without the warning and the slowness of np.nanmedian."""
    ordered = np.sort(values, axis=1)  # NaN last
    count = np.isfinite(values).sum(axis=1)
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, values.shape[1] - 1)
    return 0.5 * (np.take_along_axis(ordered, low[:, None], axis=1)[:, 0]
                  + np.take_along_axis(ordered, high[:, None], axis=1)[:, 0])


def _weighted(velocity, known, length, sigma):
    """Weights 1 / (sigma / baseline)^2; one sigma for all pairs where none is given."""
    own = np.ones(known.shape, np.float32) if sigma is None else np.where(np.isfinite(sigma) & (sigma > 0), sigma,
                                                                          np.nan)
    with np.errstate(all="ignore"):
        middle = 1.0 if sigma is None else np.nanmedian(own) if np.isfinite(own).any() else 1.0
    own = np.where(np.isfinite(own), own, middle)
    weight = np.where(known, (length / own) ** 2, 0.0)
    total = np.maximum(weight.sum(axis=0), 1e-30)
    centre = (weight * np.where(known, velocity, 0.0)).sum(axis=1) / total
    square = (weight * np.where(known, (velocity - centre[:, None]) ** 2, 0.0)).sum(axis=1) / total
    share = 1.0 - np.square(weight).sum(axis=0) / np.square(total)  # unbiased for unequal weights
    effective = np.square(total) / np.maximum(np.square(weight).sum(axis=0), 1e-300)
    count = np.maximum(known.sum(axis=0), 1)
    return centre, np.sqrt(square / np.maximum(share, 1e-9) * count / np.maximum(effective, 1.0))
