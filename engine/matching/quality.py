"""Correlation at the solution and the precision of the solution, the same for every method."""
import numpy as np

from ..compute.kernels import kernel, pick
from . import pyramid
from .smoothing import smooth

_RIM = 3                # px: the outermost pixels stand for what is just beyond them
_SHARE = 0.2            # of a window must be valid in both images
_HESSIAN_SIGMA = 8.0    # px: Gaussian window that holds as much information as the regularised estimate uses
_STRUCTURE = (6.0, 0.25)  # px, share: of the variance of the field within this distance, so much is uncertain


@kernel
def _warp_numba(image, valid, down, right, out):
    rows, columns = image.shape
    wx = np.empty(4, np.float32)
    for y in range(rows):
        for x in range(columns):
            out[y, x] = np.nan
            py, px = y + down[y, x], x + right[y, x]
            if not (py >= 1 and px >= 1 and py < rows - 2 and px < columns - 2):
                continue
            iy, ix = int(py), int(px)
            if valid[iy, ix] and valid[iy + 1, ix] and valid[iy, ix + 1] and valid[iy + 1, ix + 1]:
                ty, tx = np.float32(py - iy), np.float32(px - ix)
                wx[0] = ((np.float32(2) - tx) * tx - 1) * tx * np.float32(0.5)
                wx[1] = ((3 * tx - 5) * tx * tx + 2) * np.float32(0.5)
                wx[2] = ((4 - 3 * tx) * tx + 1) * tx * np.float32(0.5)
                wx[3] = (tx - 1) * tx * tx * np.float32(0.5)
                wy0 = ((np.float32(2) - ty) * ty - 1) * ty * np.float32(0.5)
                wy1 = ((3 * ty - 5) * ty * ty + 2) * np.float32(0.5)
                wy2 = ((4 - 3 * ty) * ty + 1) * ty * np.float32(0.5)
                wy3 = (ty - 1) * ty * ty * np.float32(0.5)
                value = np.float32(0)
                for j in range(4):
                    k = ix - 1 + j
                    value += wx[j] * (wy0 * image[iy - 1, k] + wy1 * image[iy, k]
                                      + wy2 * image[iy + 1, k] + wy3 * image[iy + 2, k])
                out[y, x] = value


def _keys(t):
    return (((2 - t) * t - 1) * t * 0.5, ((3 * t - 5) * t * t + 2) * 0.5,
            ((4 - 3 * t) * t + 1) * t * 0.5, (t - 1) * t * t * 0.5)


def _warp_numpy(image, valid, down, right, out):
    rows, columns = image.shape
    y, x = np.mgrid[:rows, :columns]
    py, px = y + down.astype(np.float64), x + right.astype(np.float64)
    inside = (py >= 1) & (px >= 1) & (py < rows - 2) & (px < columns - 2)
    py, px = np.where(inside, py, 1), np.where(inside, px, 1)
    iy, ix = py.astype(int), px.astype(int)
    good = inside & valid[iy, ix] & valid[iy + 1, ix] & valid[iy, ix + 1] & valid[iy + 1, ix + 1]
    value = np.zeros(image.shape)
    for i, wy in enumerate(_keys(py - iy)):
        for j, wx in enumerate(_keys(px - ix)):
            value += wy * wx * image[iy - 1 + i, ix - 1 + j]
    out[:] = np.where(good, value, np.nan)


def warp(image, valid, down, right):
    """The secondary at x + d by cubic convolution, NaN where its four neighbours are not all valid."""
    image, valid, down, right = (np.pad(field, _RIM, mode="edge") for field in (image, valid, down, right))
    out = np.empty(image.shape, np.float32)
    pick(_warp_numba, _warp_numpy)(image.astype(np.float32), valid.astype(bool), down.astype(np.float32),
                                   right.astype(np.float32), out)
    out = np.ascontiguousarray(out[_RIM:-_RIM, _RIM:-_RIM])
    down, right = down[_RIM:-_RIM, _RIM:-_RIM], right[_RIM:-_RIM, _RIM:-_RIM]
    y, x = np.ogrid[:out.shape[0], :out.shape[1]]
    out[(np.abs(y + down - 0.5 * (out.shape[0] - 1)) > 0.5 * out.shape[0])
        | (np.abs(x + right - 0.5 * (out.shape[1] - 1)) > 0.5 * out.shape[1])] = np.nan
    return out


def correlation(reference, secondary, window: int):
    """Zero-mean normalised cross-correlation in square windows, of the pixels that both images have.

    reference, secondary: (rows, columns) float32, NaN = no data, the secondary already moved onto the reference.
    Returns (rows, columns) float32, -1..1; NaN where less than 20 % of the window is valid or a window is constant.
    """
    from scipy.ndimage import uniform_filter
    known = np.isfinite(reference) & np.isfinite(secondary)
    a, b = (np.where(known, image, 0).astype(np.float64) for image in (reference, secondary))
    a, b = (np.where(known, image - image[known].mean(), 0) if known.any() else image for image in (a, b))

    def mean(field):
        return uniform_filter(field, window, mode="constant")

    share = mean(known.astype(np.float64))
    n = np.maximum(share, 1e-9)
    mean_a, mean_b = mean(a) / n, mean(b) / n
    var_a, var_b = mean(a * a) / n - mean_a ** 2, mean(b * b) / n - mean_b ** 2
    product = mean(a * b) / n - mean_a * mean_b
    enough = known & (share > _SHARE) & (var_a > 1e-12) & (var_b > 1e-12)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(enough, product / np.sqrt(np.maximum(var_a * var_b, 1e-30)), np.nan)
    return np.clip(value, -1, 1).astype(np.float32)


def variance(information, factor: int, window_sigma: float = _HESSIAN_SIGMA):
    """Variance per component, px², from the information of the votes: its inverse in a Gaussian window.

    information: (M_yy, M_yx, M_xx) summed over cells of factor x factor px. window_sigma: px; the window holds 4 pi
    sigma² pixels. Returns (rows, columns) of the cells.
    """
    a, b, d = (smooth(m, window_sigma / factor) / np.float32(factor ** 2) for m in information)
    determinant = np.maximum(a * d - b * b, 1e-6 * (a + d) ** 2 + 1e-12)
    return 0.5 * (a + d) / determinant / np.float32(4 * np.pi * window_sigma ** 2)


def structure(down, right, factor: int, reach: float):
    """Mean of both components' squared deviation from their Gaussian mean, px². reach: its sigma, px."""
    ones = smooth(np.ones_like(down), reach / factor)
    apart = [part - smooth(part, reach / factor) / ones for part in (down, right)]
    return np.float32(0.5) * (apart[0] ** 2 + apart[1] ** 2)


def sigma(information, down, right, factor: int, window_sigma: float = _HESSIAN_SIGMA):
    """Standard deviation per component, px: that of the votes, and a part of the field's own structure.

    down, right: shift of the cells, px; the rest as for `variance`.
    """
    reach, share = _STRUCTURE
    return np.sqrt(variance(information, factor, window_sigma)
                   + np.float32(share) * structure(down, right, factor, reach)).astype(np.float32)


def to_pixels(field, factor: int, shape):
    """A field of the cells on the pixels, bilinear, cut to `shape`."""
    return pyramid.refine(field, factor)[:shape[0], :shape[1]]
