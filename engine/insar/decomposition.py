"""East and up motion from lines of sight: least squares with the full covariance, and what the north motion does.

With the unit look vector l (ground to satellite; east, north, up) the motion v is seen as d = l . v, positive toward the
satellite. For a right-looking radar with incidence angle t and heading a (clockwise from north)
    l = (-sin t cos a, sin t sin a, cos t).
Equation 2 of Xu, (-cos t, sin t cos a) . (d_v, d_e) = d_los, is minus this without its north column: there d_los counts
positive AWAY from the satellite (range). Line-of-sight velocities that are positive toward the satellite, as MintPy's and
ours, put into it as they are turn both east and up round.
"""
from dataclasses import dataclass
from typing import Optional

import numpy as np


@dataclass(frozen=True)
class Decomposed:
    """Maps of one tile. velocity: (2, ...) east, up, m/yr. covariance: (3, ...) of east, of up, of both, (m/yr)^2.
    north: (2, ...) east and up that 1 m/yr of motion to the north, beyond what was assumed, adds. misfit: (...) sum of
    squared residuals over their variances. looks: (...) number used; 0 where there is no result."""
    velocity: np.ndarray
    covariance: np.ndarray
    north: np.ndarray
    misfit: np.ndarray
    looks: np.ndarray


def look_vector(incidence, heading) -> np.ndarray:
    """(3, ...) unit vector east, north, up from the ground to a right-looking satellite.

    incidence: rad from the vertical. heading: rad, of the flight, clockwise from north.
    """
    incidence, heading = np.broadcast_arrays(incidence, heading)
    return np.stack([-np.sin(incidence) * np.cos(heading), np.sin(incidence) * np.sin(heading), np.cos(incidence)])


def decompose(los: np.ndarray, variance: np.ndarray, look: np.ndarray, north: Optional[np.ndarray] = None,
              north_variance: float = 0.0, min_angle: float = 0.0) -> Decomposed:
    """East and up of pixels seen along several lines of sight.

    los: (looks, ...) m/yr toward the satellite, NaN = no data. variance: (looks, ...) (m/yr)^2, > 0. look: (looks, 3,
    ...) unit vectors. north: (...) m/yr, known motion to the north; None = 0. north_variance: (m/yr)^2, how wrong this
    may be; it is one more, shared error of all looks. min_angle: rad, pixels whose looks span less in the east-up plane
    get no result: both components would be one guess.
    """
    seen = np.isfinite(los) & np.isfinite(look).all(axis=1) & np.isfinite(variance) & (variance > 0)
    weight = np.where(seen, 1.0 / np.where(seen, variance, 1.0), 0.0)
    e, n, u = (np.where(seen, look[:, axis], 0.0).astype(np.float64) for axis in range(3))
    known = 0.0 if north is None else np.nan_to_num(north)
    d = np.where(seen, los, 0.0) - n * known
    # Normal equations of (east, up, north), north with its prior precision eliminated at the end.
    sums = {name: (weight * a * b).sum(axis=0) for name, a, b in (
        ("ee", e, e), ("uu", u, u), ("eu", e, u), ("en", e, n), ("un", u, n), ("ed", e, d), ("ud", u, d))}
    with np.errstate(divide="ignore", invalid="ignore"):
        det = sums["ee"] * sums["uu"] - sums["eu"] ** 2
        usable = (seen.sum(axis=0) >= 2) & (_span(e, u, seen) >= max(min_angle, 1e-6)) & (det > 0)
        det = np.where(usable, det, np.nan)
        inverse = np.stack([sums["uu"] / det, sums["ee"] / det, -sums["eu"] / det])
        bias = _times(inverse, sums["en"], sums["un"])
        motion = _times(inverse, sums["ed"], sums["ud"])
        motion, covariance = _with_unknown_north(motion, inverse, bias, weight, n, d, e, u, north_variance)
        misfit = (weight * (d - e * motion[0] - u * motion[1]) ** 2).sum(axis=0)
    return Decomposed(motion, covariance, bias, misfit, np.where(usable, seen.sum(axis=0), 0))


def _times(inverse, first, second) -> np.ndarray:
    """Product of the symmetric 2 x 2 matrices (3, ...) with vectors."""
    return np.stack([inverse[0] * first + inverse[2] * second, inverse[2] * first + inverse[1] * second])


def _with_unknown_north(motion, inverse, bias, weight, n, d, e, u, north_variance: float):
    """Motion and covariance when the north motion may differ from what was assumed."""
    if north_variance <= 0:
        return motion, inverse
    # What the looks themselves say about north (nothing with two looks), beside the prior.
    free = n - e * bias[0] - u * bias[1]
    left = d - e * motion[0] - u * motion[1]
    precision = (weight * free * n).sum(axis=0) + 1.0 / north_variance
    extra = (weight * free * left).sum(axis=0) / precision
    covariance = inverse + np.stack([bias[0] ** 2, bias[1] ** 2, bias[0] * bias[1]]) / precision
    return motion - bias * extra, covariance


def _span(e, u, seen) -> np.ndarray:
    """Angle (rad) between the outermost looks in the east-up plane."""
    angle = np.arctan2(e, u)
    high = np.where(seen, angle, -np.inf).max(axis=0)
    low = np.where(seen, angle, np.inf).min(axis=0)
    return high - low
