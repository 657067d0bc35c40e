"""What is in shade: hollows of brightness, and shadows whose clouds stand outside the image."""
from typing import Optional, Tuple

import numpy as np

from ...io.products import roles
from . import shadows
from .bands import SceneBands
from .flood import hollow_depth
from .morphology import dilate, erode, groups_with, opened

DARK = 0.02              # depth of a hollow from which it may be a shadow, reflectance
_DARK_SHARE = 0.12       # of the light that a shadow takes at least
_DEEP = 0.04             # from which it is one where its cloud may stand outside the image
_NARROWEST = 1.5         # pixels; half the width of shadows of clouds outside the image
_RIM_PERCENTILE = 17.5   # of clear ground: brightness around the image
_OUTSIDE_REACH = 1.3     # x usual cloud height, for shadows of clouds outside the image
_LEARNT = (roles.BLUE, roles.GREEN, roles.RED, roles.NIR, roles.SWIR1, roles.SWIR2)
_CORE, _CLEAR_OF = 2.0, 4.0  # pixels inside and outside the border of matched shadows, which is half dark
_EXAMPLES = 200          # pixels of shade and of light that can teach what shade looks like
_MOST_EXAMPLES = 100_000
_APART = 1.0             # Mahalanobis distance of shade and light from which they can be told apart
_SMOOTH = 30.0           # m; ground is dark in spots, shadows of clouds are larger
_SURE = 0.5              # logarithm of the odds of shade, of examples of equal number
_DARKEST = 3e-3          # reflectance; below it is noise


def depth_of(bands: SceneBands, clear) -> np.ndarray:
    """Depth of hollows in the near infrared and, where there is one, at 1.6 um: shadows are dark in both."""
    depth = None
    for role in (roles.NIR, roles.SWIR1):
        values = bands.read(role)
        if values is None:
            continue
        own = hollow_depth(values, float(np.percentile(values[clear][::7], _RIM_PERCENTILE)))
        own[own < _DARK_SHARE * (np.nan_to_num(values) + own)] = 0.0  # texture of bright ground
        depth = own if depth is None else np.minimum(depth, own)
    return depth


def from_outside(bands: SceneBands, depth, ground, shadow, valid, per_metre: Tuple[float, float], height: float,
                 metres: float):
    """Shade toward whose sun the image ends before a usual cloud's height is reached, (rows, cols) bool.

    The shadows of the clouds in the image show what shade looks like there; where they are too few or look like any
    other ground, deep hollows are taken. ground: SILENT, LIT or DARK. shadow: of the clouds in the image.
    """
    zone = _zone(valid, per_metre, height * _OUTSIDE_REACH)
    told = ground != shadows.SILENT
    rule = _learn(bands, told & erode(shadow, _CORE), told & ~zone & ~dilate(shadow, _CLEAR_OF))
    if rule is not None:
        return opened(told & zone & (_likelihood(bands, rule, told & zone, _SMOOTH / metres) > _SURE), _NARROWEST)
    found = opened((ground == shadows.DARK) & zone, _NARROWEST)
    return groups_with(found, found & (depth > _DEEP))


def _zone(valid, per_metre, far: float):
    """Where the way toward the sun leaves the image, half or all of it."""
    rows, columns = np.ogrid[:valid.shape[0], :valid.shape[1]]
    zone = np.zeros(valid.shape, bool)
    for share in (0.5, 1.0):
        r = np.round(rows - share * far * per_metre[1]).astype(np.int64)
        c = np.round(columns - share * far * per_metre[0]).astype(np.int64)
        inside = (r >= 0) & (r < valid.shape[0]) & (c >= 0) & (c < valid.shape[1])
        zone |= ~(inside & valid[np.clip(r, 0, valid.shape[0] - 1), np.clip(c, 0, valid.shape[1] - 1)])
    return zone


def _learn(bands: SceneBands, shade, light) -> Optional[Tuple[np.ndarray, float]]:
    """(weights of the logarithms of the bands, constant) of Fisher's linear discriminant, positive in shade.

    Shade multiplies brightness, more in the infrared than in blue, where the sky lights it: a sum in logarithms. None
    where there are too few examples or they are alike.
    """
    examples = [_examples(bands, where) for where in (shade, light)]
    if min(len(values) for values in examples) < _EXAMPLES:
        return None
    means = [values.mean(0) for values in examples]
    spread = sum(np.cov(values.T) for values in examples) / 2.0 + 1e-6 * np.eye(len(means[0]))
    weights = np.linalg.solve(spread, means[0] - means[1])
    darker = means[0][_LEARNT.index(roles.NIR)] < means[1][_LEARNT.index(roles.NIR)]
    if not darker or weights @ (means[0] - means[1]) < _APART ** 2:
        return None
    return weights, -0.5 * float(weights @ (means[0] + means[1]))


def _examples(bands: SceneBands, where) -> np.ndarray:
    """(pixels, bands) logarithms of some `_MOST_EXAMPLES` of the chosen pixels, evenly spread."""
    step = max(1, int(np.sqrt(np.count_nonzero(where) / _MOST_EXAMPLES)))
    rows, columns = (step * places for places in np.nonzero(where[::step, ::step]))
    return np.stack([_logarithm(bands.pick(role, rows, columns)) for role in _LEARNT if bands.has(role)], 1)


def _logarithm(values):
    return np.log(np.maximum(np.nan_to_num(values), np.float32(_DARKEST)))


def _likelihood(bands: SceneBands, rule, where, smooth: float):
    """How much more the chosen pixels and those around look like shade than like light, logarithm. smooth: px."""
    from scipy import ndimage
    weights, constant = rule
    used = [role for role in _LEARNT if bands.has(role)]
    made = np.zeros(where.shape, np.float32)
    for rows in bands.blocks:
        if where[rows].any():
            part = sum(np.float32(weight) * _logarithm(bands.read(role, rows)) for role, weight in zip(used, weights))
            made[rows] = np.where(where[rows], part + np.float32(constant), 0.0)
    return ndimage.gaussian_filter(made, smooth) if smooth >= 0.5 else made
