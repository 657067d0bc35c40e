"""What is done to the images before they are compared: logarithm, band-pass, equal local contrast."""
from dataclasses import dataclass
from typing import Tuple

import numpy as np

from . import pyramid
from .smoothing import masked_mean, smooth

_DARK = 0.02          # share of the median added before the logarithm, so that the darkest pixels are not all noise
_LINEAR_SPREAD = 0.2  # spread given to images with negative values: that of the logarithm of natural scenes
_SAMPLE = 200_000     # pixels that statistics are taken from
_CONTRAST_SIGMA = 20  # px at full size: contrast changes with light and ground, not within a few pixels
_SPECKLE_SIGMA = 1.5  # px: holds 28 independent pixels, whose mean intensity scatters by 19 % instead of 100 %
_FLAT_RADIUS = 2      # px: a pixel whose 5 x 5 neighbours all have its value carries nothing (fill values, saturation)


@dataclass(frozen=True)
class Radiometry:
    """How one image becomes comparable: log(value + offset) * scale, or (value - offset) * scale."""
    logarithm: bool
    offset: float
    scale: float
    centre: float

    def apply(self, image, weight):
        """(rows, columns) float32 with 0 where weight is 0; centred on 0, dimensionless."""
        inside = weight > 0
        values = np.where(inside, image, 0.0).astype(np.float32)
        if self.logarithm:
            values = np.log(np.maximum(values, 0) + np.float32(self.offset)) * np.float32(self.scale)
        else:
            values = (values - np.float32(self.offset)) * np.float32(self.scale)
        return np.where(inside, values - np.float32(self.centre), 0).astype(np.float32)


def sample(values, valid, count: int = _SAMPLE):
    """Up to about `count` valid values, evenly spread."""
    stride = max(int(np.sqrt(values.size / count)), 1)
    return values[::stride, ::stride][valid[::stride, ::stride]]


def radiometry(images, valids, logarithm: bool) -> Tuple[Radiometry, ...]:
    """The radiometry of each of two images that are compared: logarithms only where all values are positive."""
    values = [sample(image, valid).astype(np.float64) for image, valid in zip(images, valids)]
    positive = logarithm and all(v.size and np.percentile(v, 0.5) > 0 and v.min() >= 0 for v in values)
    made = []
    for v in values:
        if not v.size:
            made.append(Radiometry(False, 0.0, 1.0, 0.0))
        elif positive:
            offset = _DARK * float(np.median(v))
            made.append(Radiometry(True, offset, 1.0, float(np.median(np.log(np.maximum(v, 0) + offset)))))
        else:
            median = float(np.median(v))
            spread = max(1.4826 * float(np.median(np.abs(v - median))), 0.2 * float(v.std()), 1e-30)
            made.append(Radiometry(False, median, _LINEAR_SPREAD / spread, 0.0))
    return tuple(made)


def without_flat(image, valid):
    """Validity without pixels in a constant neighbourhood: fill values and saturated areas carry nothing.

    image: (rows, columns) float, finite where valid. Returns (rows, columns) bool.
    """
    from scipy import ndimage
    equal = np.ones(image.shape, bool)
    equal[:, 1:] = image[:, 1:] == image[:, :-1]
    equal[1:] &= image[1:] == image[:-1]
    equal &= valid
    equal[0] &= equal[1]
    equal[:, 0] &= equal[:, 1]
    if not equal.any():
        return valid
    core = ndimage.binary_erosion(equal, iterations=_FLAT_RADIUS, border_value=1)
    return valid & ~ndimage.binary_dilation(core, iterations=_FLAT_RADIUS) if core.any() else valid


def multilook(image, valid):
    """Amplitude of the mean intensity around each pixel, masked ones left out: speckle averages out. Decibels are averaged
    as they are."""
    weight = valid.astype(np.float32)
    if image[valid].min(initial=0.0) < 0:
        return masked_mean(image, weight, _SPECKLE_SIGMA)
    scale = np.float32(max(float(image[valid].mean()) if valid.any() else 1.0, 1e-30))
    return scale * np.sqrt(masked_mean((image / scale) ** 2, weight, _SPECKLE_SIGMA))


def local_contrast(band, weight, sigma: float):
    """Root mean square of a band-passed image in Gaussian windows (masked pixels left out), (rows, columns)."""
    block = 4 if min(band.shape) >= 32 else 1
    power = pyramid.block_sum(pyramid.pad(band * band * weight, block, 0), block)
    count = pyramid.block_sum(pyramid.pad(weight, block, 0), block)
    inner = max(sigma / block, 0.5)
    mean = smooth(power, inner) / np.maximum(smooth(count, inner), 1e-3)
    fine = pyramid.refine(mean, block)[:band.shape[0], :band.shape[1]]
    return np.sqrt(np.maximum(fine, 0))


def band_pass(image, weight, high_pass: float, low_pass: float):
    """An image without what is longer than `high_pass` and shorter than `low_pass` (Gaussian sigmas, px)."""
    fine = masked_mean(image, weight, low_pass) if low_pass > 0.2 else image
    return np.where(weight > 0, fine - masked_mean(image, weight, high_pass), 0).astype(np.float32)


def equalise(band, weight, level: int):
    """Bring a band-passed image to contrast 1 everywhere.

    Returns (image, weight): the weight holds contrast² relative to the scene's, because where little contrast was
    spread out the noise was spread with it. Gain and offset of an image, global or slowly changing, leave no trace.
    """
    contrast = local_contrast(band, weight, max(_CONTRAST_SIGMA / 2 ** level, 2.0))
    inside = weight > 0
    typical = float(np.sqrt(np.mean(contrast[inside] ** 2))) if inside.any() else 1.0
    floor = max(0.05 * typical, 1e-12)
    even = np.where(inside, band / np.maximum(contrast, floor), 0)
    relative = np.minimum((contrast / max(typical, 1e-12)) ** 2, 4.0)
    return even.astype(np.float32), np.where(inside, weight * relative, 0).astype(np.float32)
