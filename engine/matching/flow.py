"""Optical flow in the manner of GeFolki (Brigot, Colin-Koeniguer, Plyer and Janez 2016), with masks and a sigma.

Rank-transformed images, a pyramid, and at each level windows from the largest radius to a third of it, each iterated.
The step is the absolute least-squares one of this package: the flow of Le Besnerais and Champagnat (2005).
"""
from typing import Callable, Optional

import numpy as np

from . import change, leastsquares, pyramid, quality
from .leastsquares import Level
from .settings import MatchSettings
from .smoothing import smooth
from .survey import Measured, Survey

_RADII = 3            # radii per level, from the largest to a third of it
_INVERTED = -0.3      # correlation of windows from which contrast is taken as inverted (another sensor)
_LEAST_SIDE = 24      # px of the coarsest level
_NEIGHBOURHOOD = 4.0  # px


def rank(image, weight, radius: int):
    """Share of the valid neighbours (square of this radius) that are darker, -0.5..0.5; 0 where masked.

    It sees no gain, offset or other monotonous change of brightness (Zabih and Woodfill 1994).
    """
    padded, known = np.pad(image, radius), np.pad(weight > 0, radius)
    rows, columns = image.shape
    darker, count = np.zeros(image.shape, np.float32), np.zeros(image.shape, np.float32)
    for i in range(2 * radius + 1):
        for j in range(2 * radius + 1):
            part = (slice(i, i + rows), slice(j, j + columns))
            difference = image - padded[part]
            darker += known[part] * (np.float32(0.5) * np.sign(difference) + np.float32(0.5))
            count += known[part]
    share = darker / np.maximum(count, 1) - np.float32(0.5)
    return np.where(weight > 0, share, 0).astype(np.float32)


def measure(reference, reference_weight, secondary, secondary_weight, settings: MatchSettings, radiometry,
            survey: Optional[Survey] = None, prior=None, check: Callable[[], None] = lambda: None) -> Measured:
    """Shift of every pixel by optical flow; arguments and result as correlation.measure."""
    shape = reference.shape
    levels = max(1, min(settings.levels, int(np.log2(max(min(shape) / _LEAST_SIDE, 1))) + 1))
    levels = max(levels, change.LEVEL + 1)
    multiple = 2 ** levels
    pairs = [(pyramid.pad(image, multiple, 0), pyramid.pad(weight, multiple, 0))
             for image, weight in ((reference, reference_weight), (secondary, secondary_weight))]
    pyramids = [pyramid.build(*pair, levels) for pair in pairs]
    changed, limits = _changed(pyramids, settings, survey)
    check()
    down, right = _start(prior, multiple, levels, pairs[0][0].shape)
    for number in range(levels - 1, -1, -1):
        level = _level(pyramids, number, changed, settings)
        check()
        down, right, noise, inverted = _iterate(level, down, right, settings, check)
        if number:
            down, right = 2 * pyramid.refine(down, 2), 2 * pyramid.refine(right, 2)
    level = level if inverted is None else _invert(level, inverted)
    spread = _sigma(level, down, right, noise, settings)
    apart = leastsquares.disagreement(level, down, right, noise, _NEIGHBOURHOOD)
    wrong = apart > leastsquares.CONTRADICTED * max(float(np.median(apart[level.weight > 0])) if level.weight.any()
                                                    else 1.0, 1.0)
    known = survey or Survey(radiometry, limits, (noise,), (1.0,))
    nothing = np.zeros(shape, bool)
    cut = (slice(0, shape[0]), slice(0, shape[1]))
    return Measured(down[cut].copy(), right[cut].copy(), spread[cut].copy(), change.to_pixels(changed, shape), nothing,
                    wrong[cut], known, None if inverted is None else inverted[cut])


def _changed(pyramids, settings: MatchSettings, survey):
    """Changed ground on the change level and the limits; nothing is looked for where sensors may differ."""
    reference, secondary = (p[change.LEVEL] for p in pyramids)
    nothing = np.zeros(reference[0].shape, bool), (0.0, np.inf)
    if not settings.detect_change:
        return nothing
    found = change.difference(*reference, *secondary)
    limits = survey.change if survey else change.limits(*found)
    return change.changed(*found, *limits), limits


def _start(prior, multiple: int, levels: int, shape):
    """The first shift on the coarsest level: the prior, or zero."""
    factor = 2 ** (levels - 1)
    if prior is None:
        zero = np.zeros((shape[0] // factor, shape[1] // factor), np.float32)
        return zero, zero
    fields = [pyramid.pad(np.nan_to_num(part.astype(np.float32)), multiple, 0) for part in prior]
    return [pyramid.block_sum(part, factor) / np.float32(factor ** 3) for part in fields]


def _level(pyramids, number: int, changed, settings: MatchSettings) -> Level:
    """One level of rank images (of the images themselves, centred, where RANK is 0)."""
    made = []
    for image, weight in (p[number] for p in pyramids):
        if settings.rank:
            made += [rank(image, weight, settings.rank), weight]
        else:
            made += [np.where(weight > 0, image, 0).astype(np.float32), weight]
    level = leastsquares.make_level(*made)
    factor = 2 ** (number - change.LEVEL)
    mask = pyramid.repeat(changed, int(1 / factor)) if factor < 1 else \
        pyramid.block_sum(changed.astype(np.float32), int(factor)) > 0
    return level.without(mask)


def _sigma_of(radius: float) -> float:
    """Sigma of the Gaussian that holds as much as a square of this radius."""
    return (((2 * radius + 1) ** 2 - 1) / 12.0) ** 0.5


def _iterate(level: Level, down, right, settings: MatchSettings, check):
    """All radii of one level. Returns (down, right, noise, inverted)."""
    noise, _, _ = leastsquares.noise_level(level, down, right, 2)
    inverted = _inverted(level, down, right, settings.radius)
    used = level if inverted is None else _invert(level, inverted)
    for radius in np.linspace(settings.radius, settings.radius / 3.0, _RADII):
        for _ in range(settings.iterations):
            fields = leastsquares.votes(used, down, right, 1, noise)
            new = leastsquares.solve_window(fields, down, right, _sigma_of(radius))[:2]
            down, right = (old + np.clip(now - old, -1, 1) for old, now in zip((down, right), new))
            check()
        noise, _, _ = leastsquares.noise_level(used, down, right, 2)
    return down, right, noise, inverted


def _inverted(level: Level, down, right, radius: int):
    """Ground whose contrast is inverted between the images, or None where there is next to none."""
    e = leastsquares.residual(level, down, right)
    known = np.isfinite(e)
    warped = np.where(known, e + level.reference, 0).astype(np.float32)
    own = np.where(known, level.reference, 0).astype(np.float32)
    sigma = 2 * _sigma_of(radius)
    product, power = smooth(own * warped, sigma), smooth(own * own, sigma) * smooth(warped * warped, sigma)
    found = product < _INVERTED * np.sqrt(np.maximum(power, 1e-12))
    return found if found.mean() > 0.02 else None


def _invert(level: Level, inverted) -> Level:
    sign = np.where(inverted, np.float32(-1), np.float32(1))
    return Level(level.reference * sign, level.gradient_y * sign, level.gradient_x * sign, level.weight,
                 level.coefficients, level.usable)


def _sigma(level: Level, down, right, noise: float, settings: MatchSettings):
    """Standard deviation per component, px, from the information in the smallest window."""
    fields = leastsquares.votes(level, down, right, 1, noise)
    inflation = max(leastsquares.inflation(fields, down, right, 8), 1.0)
    return quality.sigma(fields[:3] / np.float32(inflation), down, right, 1, max(_sigma_of(settings.radius / 3.0), 1.5))
