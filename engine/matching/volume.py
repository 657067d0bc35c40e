"""Whole-pixel motion on a coarse level: correlation volume over all shifts, semi-global aggregation over them."""
import numpy as np

from ..compute.kernels import kernel, pick
from .smoothing import smooth

_SMALL_STEP, _LARGE_STEP = 0.05, 0.4  # cost of a step to a neighbouring shift, and to any other (cost = -correlation)
_LEAN, _LEAN_REACH = 0.08, 4   # cost per px away from the shift of the whole image, and where it ends


def correlation_costs(reference, reference_weight, secondary, secondary_weight, radius, sigmas, check=None):
    """Cost of every shift at every pixel: minus the normalised correlation, mean over Gaussian windows.

    Images are band-passed, (rows, columns), weights 0 = masked. radius: largest shift (rows, columns), px. Returns
    (rows, columns, 2 radius + 1, 2 radius + 1) float32; the third axis is the shift down, the fourth to the right.
    Cells without data cost the same for every shift: the mean.
    """
    rows, columns = reference.shape
    reference, secondary = reference * (reference_weight > 0), secondary * (secondary_weight > 0)
    size = 2 * radius + 1
    costs = np.zeros((size, size, rows, columns), np.float32)
    padded = np.pad(secondary, radius)
    for sigma in sigmas:
        own = np.maximum(smooth(reference * reference, sigma), 1e-12)
        other = np.pad(np.maximum(smooth(secondary * secondary, sigma), 1e-12), radius, mode="edge")
        floor = 0.02 * float(own.mean()) + 1e-12
        own = 1.0 / np.sqrt(own + floor)
        other = 1.0 / np.sqrt(other + floor)
        for i in range(size):
            if check is not None:
                check()
            for j in range(size):
                part = (slice(i, i + rows), slice(j, j + columns))
                costs[i, j] -= smooth(reference * padded[part], sigma) * own * other[part]
    costs *= np.float32(1.0 / len(sigmas))
    costs = np.ascontiguousarray(np.moveaxis(costs, (0, 1), (2, 3)))
    known = reference_weight > 0
    if not known.all():
        costs[~known] = costs[known].mean() if known.any() else 0.0
    return costs


@kernel
def _step_numba(previous, cost, padded, rows3, small, large, out):
    """Aggregate one pixel: cost + min(previous, neighbouring shift + small, any shift + large) - min(previous)."""
    size = cost.shape[0]
    lowest = previous[0, 0]
    for i in range(size):
        for j in range(size):
            value = previous[i, j]
            padded[i + 1, j + 1] = value
            if value < lowest:
                lowest = value
    for i in range(size + 2):
        for j in range(size):
            rows3[i, j] = min(padded[i, j], min(padded[i, j + 1], padded[i, j + 2]))
    for i in range(size):
        for j in range(size):
            near = min(rows3[i, j], min(rows3[i + 1, j], rows3[i + 2, j])) + small
            out[i, j] = cost[i, j] + min(previous[i, j], min(near, lowest + large)) - lowest


@kernel
def _aggregate_numba(costs, small, large, total):
    rows, columns, size, _ = costs.shape
    padded = np.full((size + 2, size + 2), np.float32(1e9))
    rows3 = np.empty((size + 2, size), np.float32)
    first, second = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    for backward in range(2):
        for y in range(rows):
            first[:] = 0
            for k in range(columns):
                x = columns - 1 - k if backward else k
                _step_numba(first, costs[y, x], padded, rows3, small, large, second)
                total[y, x] += second
                first, second = second, first
    carried = np.zeros((columns, size, size), np.float32)
    for backward in range(2):
        carried[:] = 0
        for k in range(rows):
            y = rows - 1 - k if backward else k
            for x in range(columns):
                _step_numba(carried[x], costs[y, x], padded, rows3, small, large, second)
                carried[x] = second
                total[y, x] += second


def _sweep_numpy(lines, small, large, total):
    """Aggregate along the first axis; the second holds independent lines."""
    carried = np.zeros_like(lines[0])
    for cost, target in zip(lines, total):
        lowest = carried.min(axis=(1, 2), keepdims=True)
        padded = np.pad(carried, ((0, 0), (1, 1), (1, 1)), constant_values=np.float32(1e9))
        wide = np.minimum(np.minimum(padded[:, :, :-2], padded[:, :, 1:-1]), padded[:, :, 2:])
        near = np.minimum(np.minimum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:]) + small
        carried = cost + np.minimum(np.minimum(carried, near), lowest + large) - lowest
        target += carried


def _aggregate_numpy(costs, small, large, total):
    for axes in ((0, 1, 2, 3), (1, 0, 2, 3)):
        lines, sums = costs.transpose(axes), total.transpose(axes)
        _sweep_numpy(lines, small, large, sums)
        _sweep_numpy(lines[::-1], small, large, sums[::-1])


def lean_to_usual(costs, slope: float = _LEAN, reach: int = _LEAN_REACH):
    """Costs that grow with the distance from the shift that the whole image has.

    Between clouds, in shade or in snow a place agrees with many shifts a little; most of them are wrong. Where the
    images say something, a right shift is better by far more than slope x reach, so real motion is not held back.
    """
    size = costs.shape[2]
    row, column = np.unravel_index(int(costs.mean(axis=(0, 1)).argmin()), (size, size))
    away = np.hypot(np.arange(size)[:, None] - row, np.arange(size)[None, :] - column)
    costs += (slope * np.minimum(away, reach)).astype(np.float32)
    return costs


def semi_global(costs, strength: float = 1.0):
    """Costs summed along the four directions of the image (Hirschmüller 2008, with shifts in two dimensions)."""
    total = np.zeros_like(costs)
    pick(_aggregate_numba, _aggregate_numpy)(costs, np.float32(_SMALL_STEP * strength),
                                             np.float32(_LARGE_STEP * strength), total)
    return total


def best_shift(costs):
    """Shift of least cost with a parabola through its neighbours: (down, right), (rows, columns) float32, px."""
    rows, columns, size, _ = costs.shape
    radius = size // 2
    best = costs.reshape(rows, columns, -1).argmin(axis=2)
    down, right = best // size, best % size
    y, x = np.ogrid[:rows, :columns]
    found = []
    for index, step in ((down, (1, 0)), (right, (0, 1))):
        inner = np.clip(index, 1, size - 2)
        at = [(np.clip(down + k * step[0], 0, size - 1), np.clip(right + k * step[1], 0, size - 1))
              for k in (-1, 0, 1)]
        before, centre, after = (costs[y, x, i, j] for i, j in at)
        curvature = before - 2 * centre + after
        with np.errstate(invalid="ignore", divide="ignore"):
            offset = np.where(curvature > 1e-9, 0.5 * (before - after) / curvature, 0.0)
        offset = np.where(inner == index, np.clip(offset, -0.5, 0.5), 0.0)
        found.append((index - radius + offset).astype(np.float32))
    return found[0], found[1]
