"""Ground whose brightness changed between the images: clouds, shadows, fresh snow. Found before matching."""
import numpy as np

from . import pyramid
from .quality import correlation
from .smoothing import masked_mean, smooth

LEVEL = 2              # level of the pyramid that is looked at: 4 px
_LIMIT = 0.60          # change of the logarithm of brightness that ground keeps below: melting snow, light and shade
_SPREADS = 3.5         # where brightness changes everywhere (season), only what stands out by so many sigma
_LARGEST = 1.0         # a factor of 2.7 is never the ground's
_DENSE, _DENSE_WIDTH = 0.4, 1.049  # share of the values taken for the unchanged ground, and its width in sigma
_MEAN_SIGMA = 3.0      # px: noise averages out, a cloud does not
_GROW_SIGMA = 5.0      # px: thin rims of clouds and shadows
_GROW_LEVEL = 0.06
_TEXTURE_WINDOW = 9    # pixels of this level
_LEAST_CORRELATION, _LEAST_OF_RADAR = 0.3, 0.2  # what speckle leaves of the correlation of ground that is the same
#: Ground that changed by less than the limit must correlate the better the more it changed, up to this: bright ground
#: under cloud changes little, and what is seen of it correlates by .45 to .85, ground under other light by .9 and more.
_SHADE, _SUSPECT, _LEAST_OF_SUSPECT = 0.15, 0.35, 0.75


def difference(reference, reference_weight, secondary, secondary_weight):
    """Low-passed change of brightness on one level, and where it is known. Images as `Radiometry.apply` gives them."""
    weight = ((reference_weight > 0) & (secondary_weight > 0)).astype(np.float32)
    return masked_mean(secondary - reference, weight, _MEAN_SIGMA / 2 ** LEVEL), weight > 0


def limits(change, known):
    """(centre, limit): changes farther than `limit` from `centre` are no shade but another surface.

    Centre and spread are those of the densest 40 % of the values, so that clouds over half of the scene, in either
    image, do not hide themselves.
    """
    values = np.sort(change[known])[::max(int(known.sum()) // 100_000, 1)]
    count = int(_DENSE * values.size)
    if count < 10:
        return 0.0, np.inf
    widths = values[count:] - values[:-count]
    first = int(widths.argmin())
    centre = 0.5 * float(values[first] + values[first + count])
    return centre, min(max(_LIMIT, _SPREADS * float(widths[first]) / _DENSE_WIDTH), _LARGEST)


def changed(change, known, median: float, limit: float):
    """(rows, columns) bool: changed surfaces, grown over their thin rims."""
    core = (known & (np.abs(change - median) > limit)).astype(np.float32)
    if not core.any():
        return core > 0
    return smooth(core, _GROW_SIGMA / 2 ** LEVEL) > _GROW_LEVEL


def suspicion(change, median: float):
    """0..1, how far brightness changed (see difference, limits) beyond what light does, float32."""
    return np.clip((np.abs(change - np.float32(median)) - _SHADE) / (_SUSPECT - _SHADE), 0, 1).astype(np.float32)


def unrelated(reference, reference_weight, secondary, secondary_weight, masked, suspect, radar: bool = False):
    """(rows, columns) bool: ground whose texture is not found again on this level, although noise averages out here.

    The secondary is already moved onto the reference. masked: changed ground, which takes no part. suspect: see
    `suspicion`.
    """
    known = (reference_weight > 0) & (secondary_weight > 0) & ~masked
    found = correlation(np.where(known, reference, np.nan), np.where(known, secondary, np.nan), _TEXTURE_WINDOW)
    if radar:
        return found < _LEAST_OF_RADAR
    return found < _LEAST_CORRELATION + (_LEAST_OF_SUSPECT - _LEAST_CORRELATION) * suspect


def shifted(image, weight, down, right):
    """The secondary on one level, bilinear at x + d: (image, weight)."""
    from scipy import ndimage
    y, x = np.mgrid[:image.shape[0], :image.shape[1]].astype(np.float32)
    at = [y + down, x + right]
    good = ndimage.map_coordinates(weight, at, order=1, mode="constant", cval=0.0) > 0.99
    return ndimage.map_coordinates(image, at, order=1, mode="nearest"), good.astype(np.float32)


def looked_up(weight, down, right):
    """1 where the nearest pixel at x + d has a weight, 0 where it is masked or outside; float32."""
    rows, columns = weight.shape
    y = np.rint(np.arange(rows, dtype=np.float32)[:, None] + down).astype(np.int32)
    x = np.rint(np.arange(columns, dtype=np.float32)[None] + right).astype(np.int32)
    inside = (y >= 0) & (y < rows) & (x >= 0) & (x < columns)
    found = weight[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)] > 0
    return (inside & found).astype(np.float32)


def to_pixels(mask, shape):
    """A mask or another field of this level on the full-size pixels, by repetition."""
    return pyramid.repeat(mask, 2 ** LEVEL)[:shape[0], :shape[1]]
