"""A second search where the first found nothing: on a finer level, only in the blocks that contradict the images.

Ice and snow may carry texture of a few pixels only, which the coarsest level has lost.
"""
import numpy as np

from . import pyramid, volume
from .leastsquares import CONTRADICTED, Level, disagreement

_BLOCK, _MARGIN = 32, 12       # level px
_BAD = 0.2                     # share of contradicting pixels from which a block is searched again
_NEIGHBOURHOOD, _WINDOW = 4.0, 4.0


def again(level: Level, band, weight, down, right, factor: int, noise: float, usual: float, limit: int, check):
    """Search blocks again whose matches contradict the images; returns (down, right) on the cells, changed only there.

    band, weight: band-passed secondary and its weight on the level. limit: largest shift to look for, level px.
    """
    apart = disagreement(level, pyramid.refine(down, factor), pyramid.refine(right, factor), noise, _NEIGHBOURHOOD)
    bad = (apart > CONTRADICTED * max(usual, 1.0)) & (level.weight > 0)
    rows, columns = level.reference.shape
    down, right = down.copy(), right.copy()
    for y in range(0, rows, _BLOCK):
        for x in range(0, columns, _BLOCK):
            inner = slice(y, min(y + _BLOCK, rows)), slice(x, min(x + _BLOCK, columns))
            if bad[inner].mean() < _BAD:
                continue
            check()
            _block(level, band, weight, inner, bad, (down, right), factor, limit)
    return down, right


def _block(level: Level, band, weight, inner, bad, field, factor: int, limit: int) -> None:
    """Search one block and put the new shifts where the old ones were bad and the new ones agree better."""
    rows, columns = level.reference.shape
    top, left = max(inner[0].start - _MARGIN, 0), max(inner[1].start - _MARGIN, 0)
    bottom, right_edge = min(inner[0].stop + _MARGIN, rows), min(inner[1].stop + _MARGIN, columns)
    part = slice(top, bottom), slice(left, right_edge)
    costs = volume.correlation_costs(level.reference[part], level.weight[part], band[part], weight[part], limit,
                                     (_WINDOW,))
    total = volume.semi_global(costs)
    found = volume.best_shift(total)
    cells = tuple(slice(s.start // factor, -(-s.stop // factor)) for s in inner)
    offset = top, left
    own = tuple(slice(s.start - o, s.stop - o) for s, o in zip(inner, offset))
    replace = pyramid.block_sum(bad[inner].astype(np.float32), factor) > 0
    for target, new in zip(field, found):
        block = pyramid.block_sum(new[own], factor) / np.float32(factor ** 2)
        target[cells] = np.where(replace, block, target[cells])
