"""Several measurements of one field (bands, directions) averaged pixel by pixel, outliers left out."""
from typing import List

import numpy as np

from ..core.flags import Flag
from .match import MatchResult


def reversed_result(backward: MatchResult, forward: MatchResult) -> MatchResult:
    """The backward match (secondary to reference) as a measurement of the forward field, on the reference's pixels.

    It is looked up where the forward match finds the pixel, and negated. Unknown where the forward match is.
    """
    from scipy import ndimage
    y, x = np.mgrid[:forward.rows.shape[0], :forward.rows.shape[1]].astype(np.float32)
    known = forward.flag == Flag.VALID
    at = [y + np.where(known, forward.rows, 0), x + np.where(known, forward.columns, 0)]

    def look(field, order=1):
        return ndimage.map_coordinates(field, at, order=order, mode="constant", cval=np.nan)

    columns, rows, found, sigma = (look(f) for f in (backward.columns, backward.rows, backward.correlation,
                                                     backward.sigma))
    bad = ~(known & np.isfinite(columns))
    flag = np.where(known, np.where(bad, np.uint8(Flag.LOW_CORRELATION), np.uint8(0)), forward.flag)
    return MatchResult(np.where(bad, np.nan, -columns), np.where(bad, np.nan, -rows), found,
                       np.where(bad, np.nan, sigma), flag.astype(np.uint8), backward.survey)


def average(results: List[MatchResult], agreement: float) -> MatchResult:
    """The mean of the measurements within `agreement` (px) of their median; at least half of all must agree.

    Sigma is not divided by the number: bands and directions see the same noise of the ground and the atmosphere.
    """
    if len(results) == 1:
        return results[0]
    columns, rows, found, sigma = (np.stack([getattr(r, name) for r in results])
                                   for name in ("columns", "rows", "correlation", "sigma"))
    unknown = ~np.isfinite(columns).any(axis=0)
    columns, rows = (np.where(unknown, np.float32(0), f) for f in (columns, rows))
    apart = np.hypot(columns - np.nanmedian(columns, axis=0), rows - np.nanmedian(rows, axis=0))
    good = (apart <= agreement) & ~unknown
    enough = (2 * good.sum(axis=0) >= len(results)) & ~unknown
    mean_columns, mean_rows = (np.where(enough, _mean(f, good), np.nan).astype(np.float32) for f in (columns, rows))
    spread = np.where(enough, np.sqrt(_mean(sigma ** 2, good)), np.nan).astype(np.float32)
    quality = _mean(found, np.isfinite(found)).astype(np.float32)
    measured = sum((r.flag == Flag.VALID).astype(int) for r in results)
    reasons = np.max([r.flag for r in results], axis=0)
    flag = np.where(enough, np.uint8(0), np.where(2 * measured >= len(results), np.uint8(Flag.OUTLIER), reasons))
    return MatchResult(mean_columns, mean_rows, quality, spread, flag.astype(np.uint8), results[0].survey)


def _mean(values, good):
    """Mean of the good ones along the first axis, NaN where there are none."""
    count = good.sum(axis=0)
    return np.where(count > 0, np.where(good, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
