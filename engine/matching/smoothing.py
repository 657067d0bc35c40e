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


@kernel
def _smooth_numba(field, weights, row, out):
    rows, columns = field.shape
    radius = weights.size - 1
    for y in range(rows):
        centre = row[radius:radius + columns]
        first = field[y]
        for x in range(columns):
            centre[x] = first[x] * weights[0]
        for k in range(1, radius + 1):
            w = weights[k]
            above, below = y - k >= 0, y + k < rows
            if above and below:
                upper, lower = field[y - k], field[y + k]
                for x in range(columns):
                    centre[x] += w * (upper[x] + lower[x])
            elif above:
                upper = field[y - k]
                for x in range(columns):
                    centre[x] += w * upper[x]
            elif below:
                lower = field[y + k]
                for x in range(columns):
                    centre[x] += w * lower[x]
        target = out[y]
        for x in range(columns):
            target[x] = centre[x] * weights[0]
        for k in range(1, radius + 1):
            w = weights[k]
            left, right = row[radius - k:radius - k + columns], row[radius + k:radius + k + columns]
            for x in range(columns):
                target[x] += w * (left[x] + right[x])


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
