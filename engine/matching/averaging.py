"""Several measurements of one field (bands, directions) averaged pixel by pixel, outliers left out."""
import warnings
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all-NaN pixels are flagged below
        apart = np.hypot(columns - np.nanmedian(columns, axis=0), rows - np.nanmedian(rows, axis=0))
        good = apart <= agreement
        enough = 2 * good.sum(axis=0) >= len(results)
        columns, rows, sigma = (np.where(good, f, np.nan) for f in (columns, rows, sigma))
        mean = [np.where(enough, np.nanmean(f, axis=0), np.nan).astype(np.float32) for f in (columns, rows)]
        spread = np.where(enough, np.sqrt(np.nanmean(sigma ** 2, axis=0)), np.nan).astype(np.float32)
        quality = np.nanmean(found, axis=0).astype(np.float32)
    measured = np.stack([r.flag == Flag.VALID for r in results])
    flag = np.where(enough, np.uint8(0), np.where(2 * measured.sum(axis=0) >= len(results), np.uint8(Flag.OUTLIER),
                                                  np.max([r.flag for r in results], axis=0)))
    return MatchResult(mean[0], mean[1], quality, spread, flag.astype(np.uint8), results[0].survey)
