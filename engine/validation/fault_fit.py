"""The step of a displacement at a fault from profiles across it, and how well it is known.

On each side the displacement is a straight line; a cubic term that both sides share takes the decay of the motion away
from the fault. Screw dislocations (Segall, Earthquake and Volcano Deformation, 2010, ch. 2) leave 1 % of the step in
such a fit over a reach of 1.2 times their depth, and 6 % in a fit of straight lines.

Errors of a displacement map are alike over hundreds of metres: windows of the matching, stripes, waves. How far is told
by all profiles together, as the restricted likelihood of residuals whose correlation is exp(-distance / length).
"""
import math
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import numpy as np

_FEWEST = 8  # bins on each side
_SPAN = 0.5  # of a side's length that must have values
_BINS = 30  # of a side
_TERMS = 5
_LENGTHS = tuple(2.0 ** (n / 2.0) for n in range(-2, 11))  # bins: 0.5 to 32
_LOOKED_AT = 40  # profiles that tell the correlation

#: Distances from the fault, negative on its left, and values, NaN = none; m.
Profile = Tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Used:
    """The bins of a profile that are fitted. away: (n,) m from the fault. values: (n,)."""
    away: np.ndarray
    values: np.ndarray

    @property
    def design(self) -> np.ndarray:
        """(n, 5): step, level, slope, difference of the slopes, cubic term."""
        x = self.away / np.abs(self.away).max()
        side = np.where(self.away < 0, -0.5, 0.5)
        return np.stack([side, np.ones_like(x), x, side * x, x ** 3], axis=1)


@dataclass(frozen=True)
class FaultStep:
    """offset: value on the right minus value on the left, at the fault. sigma: its standard deviation."""
    offset: float
    sigma: float


def bin_width(reach: float, pixel: float) -> float:
    """Width of a profile's bins, m."""
    return max(pixel, reach / _BINS)


def fit_steps(profiles: Sequence[Optional[Profile]], reach: float, zone: float) -> List[Optional[FaultStep]]:
    """The step of each profile of one component, None where a side has too few values or there is no profile.

    reach: how far from the fault values count, m. zone: full width around the fault that is left out.
    """
    sides = [None if profile is None else _usable(*profile, reach, zone) for profile in profiles]
    used = [side for side in sides if side is not None]
    if not used:
        return [None] * len(sides)
    length, variance = _noise(used)
    return [None if side is None else _fit(side, length, variance) for side in sides]


def _usable(away, values, reach: float, zone: float) -> Optional[Used]:
    """The bins to fit to, None where a side has few or only such near the fault: an image's edge cuts it."""
    use = np.isfinite(values) & (np.abs(away) >= zone / 2.0) & (np.abs(away) <= reach)
    for side in (use & (away < 0), use & (away > 0)):
        if side.sum() < _FEWEST or np.abs(away[side]).max() < zone / 2.0 + _SPAN * (reach - zone / 2.0):
            return None
    return Used(away[use], values[use])


def _noise(sides: Sequence[Used]) -> Tuple[float, float]:
    """(correlation length, m; variance) of the errors of bins: of largest restricted likelihood over all profiles."""
    looked_at = sides[::-(-len(sides) // _LOOKED_AT)]
    step = float(np.median(np.concatenate([np.diff(side.away) for side in looked_at])))
    best = (-math.inf, 0.0, 0.0)
    for length in (step * factor for factor in _LENGTHS):
        likelihood, squares, free = 0.0, 0.0, 0
        for side in looked_at:
            logs, rest = _whitened(side, length)
            likelihood, squares, free = likelihood - 0.5 * logs, squares + rest, free + len(side.away) - _TERMS
        variance = max(squares / max(free, 1), 1e-12)
        likelihood -= 0.5 * free * math.log(variance)
        best = max(best, (likelihood, length, variance))
    return best[1], best[2]


def _whitened(side: Used, length: float) -> Tuple[float, float]:
    """(log determinants of the restricted likelihood, sum of squares of the whitened residuals)."""
    root = np.linalg.cholesky(_correlation(side.away, length))
    design, values = np.linalg.solve(root, side.design), np.linalg.solve(root, side.values)
    upper = np.linalg.qr(design, mode="r")
    rest = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return (2.0 * float(np.log(np.diag(root)).sum() + np.log(np.abs(np.diag(upper))).sum()), float(rest @ rest))


def _correlation(away, length: float) -> np.ndarray:
    return np.exp(-np.abs(away[:, None] - away[None, :]) / length) + 1e-9 * np.eye(len(away))


def _fit(side: Used, length: float, variance: float) -> FaultStep:
    """Least squares; its variance with errors that are alike over `length`."""
    weights = np.linalg.pinv(side.design)[0]
    known = float(weights @ _correlation(side.away, length) @ weights)
    return FaultStep(float(weights @ side.values), math.sqrt(variance * known))
