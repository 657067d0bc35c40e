"""Flood fill of a grey image: how deep each pixel lies in a dark hollow that brighter ground surrounds."""
import numpy as np

from ...compute.kernels import kernel, pick

#: Reflectance per level of brightness. The test on the depth asks for 0.02.
LEVEL = 0.002
_LEVELS = 512


def hollow_depth(values, outside):
    """Depth of dark hollows: the image with its hollows filled to the rim, minus the image.

    values: (rows, cols) float32 reflectance, NaN = no data (counts as `outside`). outside: brightness around the
    image and of its gaps. Water runs off in eight directions. Returns (rows, cols) float32, 0 where there is no
    hollow; brightness is told apart by LEVEL.
    """
    usable = np.nan_to_num(values, nan=float(outside))
    levels = np.clip(np.round(usable / LEVEL), 0, _LEVELS - 1).astype(np.int16)
    rim = int(np.clip(round(outside / LEVEL), 0, _LEVELS - 1))
    levels[~np.isfinite(values)] = rim
    filled = pick(_fill_numba, _fill_numpy)(levels, rim, _LEVELS)
    return (filled - levels).astype(np.float32) * np.float32(LEVEL)


@kernel
def _fill_numba(levels, rim, count):
    """Priority flood: pixels are visited from the lowest rim inward, one list of pixels per level."""
    rows, columns = levels.shape
    filled = np.full((rows, columns), np.int16(-1))
    head = np.full(count, -1, np.int32)
    following = np.full(rows * columns, -1, np.int32)
    for r in range(rows):
        step = 1 if r == 0 or r == rows - 1 or columns == 1 else columns - 1
        for c in range(0, columns, step):
            level = max(levels[r, c], rim)
            filled[r, c] = level
            following[r * columns + c] = head[level]
            head[level] = r * columns + c
    level = rim
    while level < count:
        here = head[level]
        if here < 0:
            level += 1
            continue
        head[level] = following[here]
        row, column = here // columns, here % columns
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                if filled[r, c] < 0:
                    raised = max(levels[r, c], level)
                    filled[r, c] = raised
                    following[r * columns + c] = head[raised]
                    head[raised] = r * columns + c
    return filled


def _fill_numpy(levels, rim, count):
    """The same level by level: what is dark at a level and has no dark way out is filled to the next."""
    from scipy import ndimage
    around = np.pad(levels, 1, constant_values=rim)
    filled = around.copy()
    every = np.ones((3, 3), bool)
    for level in range(int(levels.min()), int(max(levels.max(), rim)) + 1):
        labels, _ = ndimage.label(around < level, every)
        edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
        filled[(labels > 0) & ~np.isin(labels, edge)] = level
    return filled[1:-1, 1:-1]
