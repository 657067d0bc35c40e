"""Absolute least-squares matching: every pixel votes for the shift itself, not for a correction to it.

With e = S(x + d) - R(x) at the present shift d and g the gradient of R, a pixel's vote is the quadratic form with
M = q g g' and c = q (g g' d - g e); the mean of the votes in a window gives d = M^-1 c. Noise in the present d thus
never enters the new one, unlike with increments (Lucas and Kanade 1981).
"""
from dataclasses import dataclass

import numpy as np

from ..compute.kernels import kernel, pick
from . import pyramid
from .smoothing import smooth

SPLINE = 5            # order of the interpolating B-spline: bias of a sub-pixel shift below .001 px
LEAST_DISTRUST = 0.1  # px: no pixel is trusted below this, so that edges and interpolation do not rule the window
_REJECT = 3.0         # residuals beyond this many sigma lose weight
_RIDGE = 0.02         # pull toward the present shift, share of the mean information: decides where images say nothing
_CHI2_MEDIAN = 0.85   # median of chi² with two degrees of freedom, 1.386, times what robust weights leave (simulated)
_LEAST_INFLATION = 0.05  # interpolation errs even without noise
_CLEARLY = 0.8        # share of the residual's power that counts as clearly smaller
_HALF_PIXEL = 0.5     # px
CONTRADICTED = 2.5    # mean of squares that homogeneous scenes stay below, whatever their noise (benchmarks)
_WORST = 9.0          # a single pixel says no more than 3 sigma
_REACH = 3            # px: half the support of the spline; samples closer to a masked pixel do not count


@dataclass(frozen=True)
class Level:
    """One level of the pyramid, ready for matching. All arrays (rows, columns) float32.

    coefficients: B-spline coefficients of the secondary. usable: 1 where the secondary can be sampled.
    """
    reference: np.ndarray
    gradient_y: np.ndarray
    gradient_x: np.ndarray
    weight: np.ndarray
    coefficients: np.ndarray
    usable: np.ndarray

    def without(self, mask):
        """The level with more reference pixels masked (mask: bool, True = leave out)."""
        return Level(self.reference, self.gradient_y, self.gradient_x,
                     np.where(mask, np.float32(0), self.weight), self.coefficients, self.usable)


def _gradient(image, axis: int):
    """Five-point derivative along an axis; 0 in the two outer rows."""
    image = np.moveaxis(image, axis, 0)
    out = np.zeros_like(image)
    out[2:-2] = (8 * (image[3:-1] - image[1:-3]) - (image[4:] - image[:-4])) * np.float32(1 / 12)
    return np.ascontiguousarray(np.moveaxis(out, 0, axis))


def erode(valid, reach: int = _REACH):
    """Pixels whose square neighbourhood of this reach is all valid and inside."""
    from scipy import ndimage
    return ndimage.minimum_filter(valid.astype(np.uint8), 2 * reach + 1, mode="constant", cval=0).astype(bool)


def make_level(reference, reference_weight, secondary, secondary_weight) -> Level:
    """Prepare band-passed images (0 where masked) for matching on one level."""
    from scipy import ndimage
    inner = erode(reference_weight > 0, 2)
    return Level(np.ascontiguousarray(reference, np.float32), _gradient(reference, 0), _gradient(reference, 1),
                 np.where(inner, reference_weight, 0).astype(np.float32),
                 ndimage.spline_filter(secondary, SPLINE, output=np.float32, mode="mirror"),
                 np.where(erode(secondary_weight > 0), secondary_weight > 0, False).astype(np.float32))


@kernel
def _quintic(t):
    """Weights of the six B-spline coefficients around a position, t = its fraction of a pixel (float32)."""
    f = np.float32  # whole numbers would make it double precision, at twice the time
    t2 = t * t
    t3, t4 = t2 * t, t2 * t2
    t5 = t4 * t
    u = f(1) - t
    k = f(1.0 / 120.0)
    return (u * u * u * u * u * k,
            (f(26) - f(50) * t + f(20) * t2 + f(20) * t3 - f(20) * t4 + f(5) * t5) * k,
            (f(66) - f(60) * t2 + f(30) * t4 - f(10) * t5) * k,
            (f(26) + f(50) * t + f(20) * t2 - f(20) * t3 - f(20) * t4 + f(10) * t5) * k,
            (f(1) + f(5) * t + f(10) * t2 + f(10) * t3 + f(5) * t4 - f(5) * t5) * k,
            t5 * k)


@kernel
def _across(line, x, w):
    """The six coefficients of a line from x on, weighted."""
    return (w[0] * line[x] + w[1] * line[x + 1] + w[2] * line[x + 2]
            + w[3] * line[x + 3] + w[4] * line[x + 4] + w[5] * line[x + 5])


@kernel
def _sample(coefficients, usable, y, x):
    """(value, True) of the spline at a position; False outside or near a masked pixel."""
    rows, columns = coefficients.shape
    if not (y >= 2 and x >= 2 and y < rows - 3 and x < columns - 3):
        return np.float32(0), False
    iy, ix = int(y), int(x)
    if usable[int(y + np.float32(0.5)), int(x + np.float32(0.5))] == 0:
        return np.float32(0), False
    wy, wx = _quintic(np.float32(y - iy)), _quintic(np.float32(x - ix))
    above, left = iy - 2, ix - 2
    value = (wy[0] * _across(coefficients[above], left, wx) + wy[1] * _across(coefficients[above + 1], left, wx)
             + wy[2] * _across(coefficients[above + 2], left, wx) + wy[3] * _across(coefficients[above + 3], left, wx)
             + wy[4] * _across(coefficients[above + 4], left, wx) + wy[5] * _across(coefficients[above + 5], left, wx))
    return value, True


@kernel
def _votes_numba(reference, gy, gx, weight, coefficients, usable, down, right, factor, noise, distrust, reject, out):
    one = np.float32(1)
    for y in range(reference.shape[0]):
        cy = y // factor
        for x in range(reference.shape[1]):
            w = weight[y, x]
            if w == 0:
                continue
            cx = x // factor
            dy, dx = down[y, x], right[y, x]
            value, good = _sample(coefficients, usable, y + dy, x + dx)
            if not good:
                continue
            e = value - reference[y, x]
            a, b = gy[y, x], gx[y, x]
            variance = noise + distrust * (a * a + b * b) * w
            q = w / (variance * (one + e * e * w / (reject * variance)))
            along = q * (a * dy + b * dx - e)
            out[0, cy, cx] += q * a * a
            out[1, cy, cx] += q * a * b
            out[2, cy, cx] += q * b * b
            out[3, cy, cx] += a * along
            out[4, cy, cx] += b * along


def _warp_scipy(coefficients, usable, down, right):
    """The spline at x + d: (values, True where it can be sampled)."""
    from scipy import ndimage
    rows, columns = coefficients.shape
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    y += down
    x += right
    good = (y >= 2) & (x >= 2) & (y < rows - 3) & (x < columns - 3)
    y, x = np.where(good, y, 0), np.where(good, x, 0)
    good &= usable[(y + np.float32(0.5)).astype(int), (x + np.float32(0.5)).astype(int)] > 0
    return ndimage.map_coordinates(coefficients, [y, x], order=SPLINE, prefilter=False, mode="mirror",
                                   output=np.float32), good


def _votes_scipy(reference, gy, gx, weight, coefficients, usable, down, right, factor, noise, distrust, reject, out):
    value, good = _warp_scipy(coefficients, usable, down, right)
    w = np.where(good, weight, 0)
    e = value - reference
    variance = noise + distrust * (gy * gy + gx * gx) * w
    q = w / (variance * (1 + e * e * w / (reject * variance)))
    along = q * (gy * down + gx * right - e)
    for k, part in enumerate((q * gy * gy, q * gy * gx, q * gx * gx, gy * along, gx * along)):
        out[k] = pyramid.block_sum(part, factor)


def votes(level: Level, down, right, factor: int, noise: float, distrust: float = LEAST_DISTRUST):
    """The five fields (M_yy, M_yx, M_xx, c_y, c_x) of all pixels, summed over cells of factor x factor pixels.

    down, right: present shift of every pixel, px. noise: standard deviation of the residual where the weight is 1.
    distrust: px, how far a pixel may be wrong whatever its contrast. Returns (5, rows / factor, columns / factor)
    float32, in px^-2 and px^-1: M is the inverse covariance.
    """
    rows, columns = level.reference.shape
    out = np.zeros((5, rows // factor, columns // factor), np.float32)
    pick(_votes_numba, _votes_scipy)(
        level.reference, level.gradient_y, level.gradient_x, level.weight, level.coefficients, level.usable,
        down, right, factor, np.float32(noise ** 2), np.float32(distrust ** 2), np.float32(_REJECT ** 2), out)
    return out


@kernel
def _residual_numba(reference, weight, coefficients, usable, down, right, stride, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            y, x = i * stride, j * stride
            out[i, j] = np.nan
            if weight[y, x] == 0:
                continue
            value, good = _sample(coefficients, usable, y + down[y, x], x + right[y, x])
            if good:
                out[i, j] = value - reference[y, x]


def _residual_scipy(reference, weight, coefficients, usable, down, right, stride, out):
    value, good = _warp_scipy(coefficients, usable, down, right)
    out[:] = np.where(good & (weight > 0), value - reference, np.nan)[::stride, ::stride]


def residual(level: Level, down, right, stride: int = 1):
    """S(x + d) - R(x) at every `stride`-th pixel, NaN where masked."""
    shape = tuple(-(-n // stride) for n in level.reference.shape)
    out = np.empty(shape, np.float32)
    pick(_residual_numba, _residual_scipy)(level.reference, level.weight, level.coefficients, level.usable,
                                           down, right, stride, out)
    return out


def noise_level(level: Level, down, right, stride: int = 3):
    """(noise, gradient, distrust) of the residual at the present shift.

    noise: robust sigma over the flatter half of the pixels, where a wrong shift hardly shows. gradient: its rms
    without the noise's own. distrust: px, what the residual grows by with the gradient; moving shadows, melting rims
    and poor registration make it large in real pairs. All where the weight is 1.
    """
    e = residual(level, down, right, stride)
    g2 = (level.gradient_y ** 2 + level.gradient_x ** 2)[::stride, ::stride]
    weight = level.weight[::stride, ::stride]
    known = np.isfinite(e)
    if known.sum() < 40:
        return 1.0, 1.0, LEAST_DISTRUST
    e, g2 = np.abs(e[known]) * np.sqrt(weight[known]), g2[known] * weight[known]
    noise = max(1.4826 * float(np.median(e[g2 <= np.median(g2)])), 1e-4)
    # noise of each image (half the residual's variance) passes the five-point derivative with 2 * 65 / 72
    gradient = max(float(g2.mean()) - 0.5 * noise ** 2 * 1.8, 1e-6) ** 0.5
    steep = g2 >= np.percentile(g2, 75)
    typical = max(float(np.median(g2[steep])), 1e-12)
    excess = (1.4826 * float(np.median(e[steep]))) ** 2 - noise ** 2
    return noise, gradient, max(excess / typical, LEAST_DISTRUST ** 2) ** 0.5


def left_over(fields, down, right):
    """What the votes still ask for at a shift, c - M d: (down, right), on the cells of `fields`."""
    return fields[3] - fields[0] * down - fields[1] * right, fields[4] - fields[1] * down - fields[2] * right


def found_again(level: Level, down, right, factor: int, sigma: float):
    """Correlation of the two band-passed images around each cell (Gaussian, sigma: px) at the present shift, on cells.

    It is the share of texture in what passes for texture: of noise alone nothing is found again.
    """
    e = residual(level, down, right)
    used = np.where(np.isfinite(e), np.sqrt(level.weight), 0).astype(np.float32)
    reference = level.reference * used
    secondary = reference + np.where(used > 0, e, 0) * used
    own, other, both = (smooth(pyramid.block_sum(product, factor), sigma / factor) for product in
                        (reference * reference, secondary * secondary, reference * secondary))
    return both / np.sqrt(np.maximum(own * other, 1e-20))


def of_texture(fields, share, down, right):
    """Votes that count what is texture: (fields, share of it on their cells) -> fields.

    A gradient of noise asks for nothing but the present shift; of the information M only the share s of texture speaks
    for a motion, with the full error, so that M counts s² and what the votes ask for counts s (least squares with
    errors in the gradients).
    """
    asked = left_over(fields, down, right)
    found = fields * (share * share)
    found[3] = found[0] * down + found[1] * right + share * asked[0]
    found[4] = found[1] * down + found[2] * right + share * asked[1]
    return found


def inflation(fields, down, right, block: int):
    """The votes' errors beside what independent pixels with the assumed noise would make (ratio of variances).

    The votes of blocks of block x block cells are compared with their information at the solution: errors that
    neighbours share (shadows, melt) add up where independent ones average out, > 1; images of strong contrast are
    better than `LEAST_DISTRUST` allows, < 1. Median of chi² with two degrees.
    """
    sy, sx = left_over(fields, down, right)
    rows, columns = (n - n % block for n in sy.shape)
    a, b, d, sy, sx = (pyramid.block_sum(f[:rows, :columns], block).astype(np.float64)
                       for f in (fields[0], fields[1], fields[2], sy, sx))
    determinant = a * d - b * b
    good = determinant > 1e-3 * (a + d) ** 2
    if good.sum() < 20:
        return 1.0
    chi2 = (d * sy ** 2 - 2 * b * sx * sy + a * sx ** 2)[good] / determinant[good]
    return max(float(np.median(chi2)) / _CHI2_MEDIAN, _LEAST_INFLATION)


def local_variance(level: Level, down, right, factor: int, noise: float, distrust: float, sigma: float):
    """Power of the residual around each cell relative to what `votes` assumes, >= 1, on cells (sigma: px).

    The noise of a scene is that of its greater part; ice, water or shadow may have more.
    """
    e = residual(level, down, right)
    known = np.isfinite(e).astype(np.float32)
    g2 = (level.gradient_y ** 2 + level.gradient_x ** 2) * level.weight
    relative = e * e * level.weight / (np.float32(noise ** 2) + np.float32(distrust ** 2) * g2)
    relative = np.where(known > 0, np.minimum(relative, _WORST ** 2), 0).astype(np.float32)
    power, count = pyramid.block_sum(relative, factor), pyramid.block_sum(known, factor)
    return np.maximum(smooth(power, sigma / factor) / np.maximum(smooth(count, sigma / factor), 1e-3), 1)


def disagreement(level: Level, down, right, noise: float, sigma: float):
    """How far the images disagree around each pixel (Gaussian, px), mean of squares; 0 where nothing is known.

    Residuals count relative to the noise and to a shift that is half a pixel wrong, so that margins with strain stay
    below `CONTRADICTED` while rims of clouds, moving shadows and wrong matches exceed it.
    """
    e = residual(level, down, right)
    known = np.isfinite(e).astype(np.float32)
    g2 = level.gradient_y ** 2 + level.gradient_x ** 2
    relative = e * e * level.weight / (np.float32(noise ** 2) + np.float32(_HALF_PIXEL ** 2) * g2 * level.weight)
    relative = np.where(known > 0, np.minimum(relative, _WORST), 0)
    return smooth(relative, sigma) / np.maximum(smooth(known, sigma), 1e-3)


def better(level: Level, down, right, old_down, old_right, factor: int, sigma: float):
    """Keep the old shift where the new one leaves clearly larger residuals in its neighbourhood (sigma: level px).

    A window beside a strong edge that moves otherwise is led astray by it. Shifts are those of cells.
    """
    spread = []
    for d, r in ((down, right), (old_down, old_right)):
        e = residual(level, pyramid.refine(d, factor), pyramid.refine(r, factor))
        known = np.isfinite(e)
        power = pyramid.block_sum(np.where(known, e * e * level.weight, 0).astype(np.float32), factor)
        count = pyramid.block_sum((known * level.weight).astype(np.float32), factor)
        spread.append(smooth(power, sigma / factor) / np.maximum(smooth(count, sigma / factor), 1e-3))
    worse = spread[1] < _CLEARLY * spread[0]
    return np.where(worse, old_down, down), np.where(worse, old_right, right)


def solve_window(fields, down, right, sigma: float):
    """Shift of least squares in Gaussian windows, d = (M + r)^-1 (c + r d_present), on the cells of `fields`.

    sigma: cells; 0 takes each cell alone. Returns (down, right, (M_yy, M_yx, M_xx)), the latter averaged.
    """
    myy, myx, mxx, cy, cx = (smooth(f, sigma) if sigma > 0 else f for f in fields)
    ridge = np.float32(_RIDGE * 0.5 * float((myy + mxx).mean()) + 1e-9)
    a, b = myy + ridge, mxx + ridge
    cy, cx = cy + ridge * down, cx + ridge * right
    determinant = a * b - myx * myx
    return ((b * cy - myx * cx) / determinant).astype(np.float32), \
        ((a * cx - myx * cy) / determinant).astype(np.float32), (myy, myx, mxx)
