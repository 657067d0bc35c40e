"""Phase correlation in the manner of COSI-Corr (Leprince, Barbot, Ayoub and Avouac 2007), on a regular grid of windows.

Large windows find whole pixels; smaller ones refine the slope of the phase difference, frequency by frequency, with
weights that leave out frequencies without signal or without agreement. Made for large, smooth motion.
"""
from typing import Callable, Optional, Tuple

import numpy as np

from . import change, pyramid
from .settings import MatchSettings
from .survey import Measured, Survey

_GRID = 8              # px between windows: a power of two
_LEAST, _LARGEST = 16, 256  # sides of windows, px
_HIGHEST = 0.75        # share of the highest frequency that is used: above, images are aliased
_SHARED = 4.0          # neighbouring frequencies of a tapered window share noise, and the weights hide part of it
_ROBUST = 6            # exponent of the weights, as published
_BATCH = 512           # windows of 32 px transformed at once: about 20 MB
_LEAST_SHARE = 0.6     # of a window must be valid
_LEAST_SNR = 0.6       # signal-to-noise from which a window is believed


def measure(reference, reference_weight, secondary, secondary_weight, settings: MatchSettings, radiometry,
            survey: Optional[Survey] = None, prior=None, check: Callable[[], None] = lambda: None) -> Measured:
    """Shift of every pixel by phase correlation; arguments and result as correlation.measure."""
    shape = reference.shape
    images = [pyramid.pad(image, _GRID, 0) for image in (reference, secondary)]
    weights = [pyramid.pad(weight, _GRID, 0) for weight in (reference_weight, secondary_weight)]
    changed, limits = _changed(images, weights, settings, survey)
    weights[0] = np.where(change.to_pixels(changed, weights[0].shape), 0, weights[0])
    rows, columns = (n // _GRID for n in images[0].shape)
    down, right = _start(prior, (rows, columns))
    sides = _sides(settings, min(shape))
    for number, side in enumerate(sides):
        whole = number < len(sides) - 1
        down, right, snr, spread = _grid(images, weights, (down, right), side, settings.iterations, whole, check)
        down, right = _repaired(down, right, snr, number == 0 or whole)
    known = survey or Survey(radiometry, limits, (1.0,), (1.0,))
    unrelated = pyramid.repeat(snr < _LEAST_SNR, _GRID)[:shape[0], :shape[1]]
    fields = [pyramid.refine(field, _GRID)[:shape[0], :shape[1]].copy() for field in (down, right, spread)]
    return Measured(*fields, change.to_pixels(changed, shape), unrelated, np.zeros(shape, bool), known)


def _changed(images, weights, settings: MatchSettings, survey):
    pyramids = [pyramid.build(image, weight, change.LEVEL + 1)[change.LEVEL] for image, weight in zip(images, weights)]
    if not settings.detect_change:
        return np.zeros(pyramids[0][0].shape, bool), (0.0, np.inf)
    found = change.difference(*pyramids[0], *pyramids[1])
    limits = survey.change if survey else change.limits(*found)
    return change.changed(*found, *limits), limits


def _start(prior, shape):
    if prior is None:
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    fields = [pyramid.pad(np.nan_to_num(part.astype(np.float32)), _GRID, 0) for part in prior]
    return tuple(pyramid.block_sum(part, _GRID) / np.float32(_GRID ** 2) for part in fields)


def _sides(settings: MatchSettings, smallest: int) -> Tuple[int, ...]:
    """Sides of the windows from coarse to fine: the first holds the search range twice on each side."""
    most = 2 ** int(np.log2(max(min(smallest, _LARGEST), _LEAST)))
    fine = min(max(2 ** int(np.ceil(np.log2(settings.window))), _LEAST), most)
    coarse = min(max(2 ** int(np.ceil(np.log2(4 * settings.range))), 2 * fine), most)
    sides = [coarse]
    while sides[-1] > fine:
        sides.append(sides[-1] // 2)
    return tuple(dict.fromkeys([*sides, fine]))


def _grid(images, weights, shift, side: int, iterations: int, whole: bool, check):
    """Measure the windows of the grid around their present shift: (down, right, snr, sigma), each (rows, columns).

    Windows overlap by three quarters at most: of larger ones only every second, fourth ... is measured.
    """
    rows, columns = shift[0].shape
    stride = max(side // (4 * _GRID), 1)
    chosen = [np.minimum(np.arange(n)[::stride] + stride // 2, n - 1) for n in (rows, columns)]
    half = side // 2
    padded = [np.pad(image * (weight > 0), 2 * half + _LARGEST) for image, weight in zip(images, weights)]
    valid = [np.pad((weight > 0).astype(np.float32), 2 * half + _LARGEST) for weight in weights]
    origin = half + _LARGEST + _GRID // 2
    y, x = (a.ravel() * _GRID + origin for a in np.meshgrid(*chosen, indexing="ij"))
    first = [np.rint(s[np.ix_(*chosen)]).astype(int).ravel() for s in shift]
    limit = padded[0].shape[0] - side, padded[0].shape[1] - side
    out = np.zeros((4, y.size), np.float32)
    batch = max(_BATCH * _LEAST ** 2 * 4 // side ** 2, 8)
    for start in range(0, y.size, batch):
        check()
        part = slice(start, start + batch)
        ys, xs = (np.clip(a[part] + d[part], 0, m) for a, d, m in zip((y, x), first, limit))
        patches = [_patches(padded[0], valid[0], y[part], x[part], side), _patches(padded[1], valid[1], ys, xs, side)]
        found = _phase(*patches, iterations, whole)
        out[0, part], out[1, part] = found[0] + (ys - y[part]), found[1] + (xs - x[part])
        out[2:, part] = found[2:]
    fields = out.reshape(4, chosen[0].size, chosen[1].size)
    place = np.ix_(*(np.arange(n) // stride for n in (rows, columns)))
    return tuple(field[place] for field in fields)


def _patches(image, valid, y, x, side: int):
    """Windows (n, side, side) at corners (y, x), mean taken off, tapered, and their valid share."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (side, side))[y, x]
    known = np.lib.stride_tricks.sliding_window_view(valid, (side, side))[y, x]
    share = known.mean(axis=(1, 2))
    mean = (windows * known).sum(axis=(1, 2)) / np.maximum(known.sum(axis=(1, 2)), 1)
    taper = np.hanning(side + 1)[:side].astype(np.float32)
    return (windows - mean[:, None, None]) * known * taper[:, None] * taper, share


def _phase(reference, secondary, iterations: int, whole: bool):
    """(down, right, snr, sigma) of pairs of windows; `whole`: from the peak alone, to a fraction by a parabola."""
    from scipy import fft
    (a, share_a), (b, share_b) = reference, secondary
    side = a.shape[1]
    fa, fb = fft.rfft2(a), fft.rfft2(b)
    cross = fa.conj() * fb
    power = np.abs(cross)
    unit = cross / np.maximum(power, 1e-12)
    ky = 2 * np.pi * np.fft.fftfreq(side)[:, None].astype(np.float32)
    kx = 2 * np.pi * np.fft.rfftfreq(side)[None].astype(np.float32)
    logarithm = np.log(power + 1e-12)
    weight = (logarithm > logarithm.mean(axis=(1, 2), keepdims=True)) & (np.hypot(ky, kx) < _HIGHEST * np.pi)
    weight = weight.astype(np.float32)
    weight[:, 0, 0] = 0
    down, right = _peak(fft.irfft2(unit * weight, s=(side, side)))
    enough = (share_a > _LEAST_SHARE) & (share_b > _LEAST_SHARE)
    robust, agreement = weight, None
    for _ in range(max(iterations, 2) if not whole else 1):
        turn = np.angle(unit * np.exp(1j * (ky * down[:, None, None] + kx * right[:, None, None])))
        agreement = np.cos(turn)
        robust = weight * np.clip(0.5 + 0.5 * agreement, 0, 1) ** _ROBUST
        step = _slope(robust, turn, ky, kx)
        if not whole:
            down, right = down + np.clip(step[0], -0.5, 0.5), right + np.clip(step[1], -0.5, 0.5)
    snr = (weight * (0.5 + 0.5 * agreement)).sum(axis=(1, 2)) / np.maximum(weight.sum(axis=(1, 2)), 1e-6)
    variance = (robust * turn ** 2).sum(axis=(1, 2)) / np.maximum(robust.sum(axis=(1, 2)), 1e-6)
    sigma = np.sqrt(_SHARED * variance * step[2])
    return down, right, np.where(enough, snr, 0), sigma


def _peak(surface):
    """Place of the maximum of (n, side, side) periodic surfaces, to a fraction by parabolas."""
    count, side, _ = surface.shape
    best = surface.reshape(count, -1).argmax(axis=1)
    index = np.arange(count)
    row, column = best // side, best % side
    found = []
    for place, dy, dx in ((row, 1, 0), (column, 0, 1)):
        before, after = (surface[index, (row + s * dy) % side, (column + s * dx) % side] for s in (-1, 1))
        curvature = before - 2 * surface[index, row, column] + after
        offset = np.where(curvature < -1e-12, 0.5 * (before - after) / np.minimum(curvature, -1e-12), 0)
        found.append((np.where(place > side // 2, place - side, place) + np.clip(offset, -0.5, 0.5)).astype(np.float32))
    return found


def _slope(weight, turn, ky, kx):
    """Weighted least squares of the remaining phase -(ky dy + kx dx): (down, right, variance factor)."""
    a, b, d = ((weight * k).sum(axis=(1, 2)) for k in (ky * ky, ky * kx, kx * kx))
    p, q = (-(weight * k * turn).sum(axis=(1, 2)) for k in (ky, kx))
    determinant = np.maximum(a * d - b * b, 1e-9)
    return (d * p - b * q) / determinant, (a * q - b * p) / determinant, 0.5 * (a + d) / determinant


def _repaired(down, right, snr, coarse: bool):
    """Windows without signal take the median of their neighbours; on coarse windows all are compared with it."""
    from scipy import ndimage
    bad = snr < _LEAST_SNR
    middle = [ndimage.median_filter(np.where(bad, ndimage.median_filter(f, 5), f), 5) for f in (down, right)]
    if coarse:
        bad = bad | (np.hypot(down - middle[0], right - middle[1]) > 1.0)
    return tuple(np.where(bad, m, f).astype(np.float32) for m, f in zip(middle, (down, right)))
