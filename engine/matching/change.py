"""Ground whose brightness changed between the images: clouds, shadows, fresh snow. Found before matching."""
import numpy as np

from . import pyramid
from .smoothing import masked_mean, smooth

LEVEL = 2              # level of the pyramid that is looked at: 4 px
_LIMIT = 0.30          # change of the logarithm of brightness that ground keeps below (light and shade included)
_SPREADS = 4.5         # where brightness changes everywhere (season), only what stands out by so many sigma
_MEAN_SIGMA = 3.0      # px: noise averages out, a cloud does not
_GROW_SIGMA = 5.0      # px: thin rims of clouds and shadows
_GROW_LEVEL = 0.03


def difference(reference, reference_weight, secondary, secondary_weight):
    """Low-passed change of brightness on one level, and where it is known. Images as `Radiometry.apply` gives them."""
    weight = ((reference_weight > 0) & (secondary_weight > 0)).astype(np.float32)
    return masked_mean(secondary - reference, weight, _MEAN_SIGMA / 2 ** LEVEL), weight > 0


def limits(change, known):
    """(median, limit): changes farther than `limit` from `median` are no shade but another surface."""
    values = change[known]
    if not values.size:
        return 0.0, np.inf
    median = float(np.median(values))
    return median, max(_LIMIT, _SPREADS * 1.4826 * float(np.median(np.abs(values - median))))


def changed(change, known, median: float, limit: float):
    """(rows, columns) bool: changed surfaces, grown over their thin rims."""
    core = (known & (np.abs(change - median) > limit)).astype(np.float32)
    if not core.any():
        return core > 0
    return smooth(core, _GROW_SIGMA / 2 ** LEVEL) > _GROW_LEVEL


def shifted(image, weight, down, right):
    """The secondary on one level, bilinear at x + d: (image, weight)."""
    from scipy import ndimage
    y, x = np.mgrid[:image.shape[0], :image.shape[1]].astype(np.float32)
    at = [y + down, x + right]
    good = ndimage.map_coordinates(weight, at, order=1, mode="constant", cval=0.0) > 0.99
    return ndimage.map_coordinates(image, at, order=1, mode="nearest"), good.astype(np.float32)


def to_pixels(mask, shape):
    """A mask of this level on the full-size pixels."""
    return pyramid.repeat(mask, 2 ** LEVEL)[:shape[0], :shape[1]]
