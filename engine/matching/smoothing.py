"""Gaussian means of fields, with and without masks. Outside the array a field counts as zero, as a masked pixel does."""
import math

import numpy as np

from ..compute.kernels import kernel, pick

_TRUNCATE = 3.0  # the Gaussian is cut at 3 sigma: .3 % of its weight is missing, evenly


def gaussian_weights(sigma: float) -> np.ndarray:
    """Half of a Gaussian window with sum 1: weight of the centre, then of 1, 2, ... pixels away; float32."""
    radius = max(int(math.ceil(_TRUNCATE * sigma)), 1)
    weights = np.exp(-0.5 * (np.arange(radius + 1) / max(sigma, 1e-3)) ** 2)
    return (weights / (2 * weights.sum() - weights[0])).astype(np.float32)


# One line of pixels per function: the compiler makes vector instructions of these loops.

@kernel
def _start(target, weight, line):
    for x in range(target.size):
        target[x] = weight * line[x]


@kernel
def add_line(target, weight, line):
    """Add a weighted line of pixels or cells to another."""
    for x in range(line.size):
        target[x] += weight * line[x]


@kernel
def _add_both(target, weight, before, after):
    for x in range(target.size):
        target[x] += weight * (before[x] + after[x])


@kernel
def _smooth_numba(field, weights, row, out):
    rows, columns = field.shape
    radius = weights.size - 1
    centre = row[radius:radius + columns]
    for y in range(rows):
        _start(centre, weights[0], field[y])
        for k in range(1, radius + 1):
            if y - k >= 0 and y + k < rows:
                _add_both(centre, weights[k], field[y - k], field[y + k])
            elif y - k >= 0:
                add_line(centre, weights[k], field[y - k])
            elif y + k < rows:
                add_line(centre, weights[k], field[y + k])
        target = out[y]
        _start(target, weights[0], centre)
        for k in range(1, radius + 1):
            _add_both(target, weights[k], row[radius - k:radius - k + columns], row[radius + k:radius + k + columns])


def _smooth_scipy(field, weights, row, out):
    from scipy import ndimage
    both = np.concatenate([weights[:0:-1], weights])
    ndimage.correlate1d(field, both, axis=0, output=out, mode="constant")
    ndimage.correlate1d(out.copy(), both, axis=1, output=out, mode="constant")


def smooth(field, sigma: float):
    """Gaussian mean of (rows, columns) float32; zero outside."""
    field = np.ascontiguousarray(field, np.float32)
    weights = gaussian_weights(sigma)
    out = np.empty_like(field)
    row = np.zeros(field.shape[1] + 2 * weights.size, np.float32)
    pick(_smooth_numba, _smooth_scipy)(field, weights, row, out)
    return out


def masked_mean(field, weight, sigma: float):
    """Gaussian mean of the pixels with weight (0 = masked): their neighbours never see the masked ones; 0 if none."""
    total = smooth(weight, sigma)
    return smooth(field * weight, sigma) / np.maximum(total, 1e-6)
