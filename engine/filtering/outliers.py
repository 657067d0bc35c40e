"""Remove vectors of low correlation, and vectors far from the median of their neighbours that few of them share."""
from dataclasses import dataclass
from typing import Tuple

import numpy as np

from ..core.flags import Flag
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.displacement import DisplacementReader, open_displacement
from ..io.raster import PathLike
from ..io.vectors import Vectors
from .neighbours import MAD_TO_SIGMA, agreement, farthest, median_and_mad
from .passes import FilterResult, filter_displacement, sample
from .settings import OutlierSettings

_FEW = 0.25  # share of the neighbours: corners of a moving body have more of their own kind, clumps of errors fewer
_FLOOR_PX = 0.01  # no matcher's noise is smaller
_SAMPLE_STEP = 4  # px
_SUPPORT_RADIUS = 20  # px: about the reach of a matcher's regularisation


def run(displacement: PathLike, settings: OutlierSettings, output: PathLike, progress: Progress) -> FilterResult:
    """Flag outliers of one displacement, tile by tile."""
    with open_displacement(displacement) as source:
        prepared = prepare(source, settings)
        found = {"noise_floor": [round(f, 5) for f in prepared.floors]}
        return filter_displacement(source, [prepared], [step("outlierfilter", settings, **found)], output, progress)[0]


@dataclass(frozen=True)
class OutlierFilter:
    """floors: smallest standard deviation of the neighbours, m, for each component."""
    settings: OutlierSettings
    floors: Tuple[float, ...]

    @property
    def halo(self) -> int:
        # The median sees neighbours, whose correlation is judged by themselves.
        return max(self.settings.window // 2, _SUPPORT_RADIUS if self.settings.support > 0 else 0)

    def apply(self, vectors: Vectors, window: Window) -> Vectors:
        vectors = _without_low_quality(vectors, self.settings)
        if self.settings.support > 0:
            vectors = vectors.without(lonely(vectors.valid, self.settings.support), Flag.OUTLIER)
        return vectors.without(unlike_neighbours(vectors.values, self.settings.window // 2, self.settings.factor,
                                                 self.floors), Flag.OUTLIER)


def prepare(source: DisplacementReader, settings: OutlierSettings) -> OutlierFilter:
    """The filter for one displacement: its noise floor is learnt where the settings leave it open."""
    if settings.noise_floor is not None:
        floors = [settings.noise_floor] * len(source.components)
    else:
        floors = _typical_scale(source, settings)
    least = _FLOOR_PX * source.grid.pixel_size if settings.noise_floor is None else 1e-6
    return OutlierFilter(settings, tuple(max(float(f), least) for f in floors))


def lonely(valid, support: float) -> np.ndarray:
    """(rows, columns) bool: measured pixels with less than a share `support` of measured ones in the 41 x 41 around.

    Beyond the edge of the image nothing could be measured, and nothing counts.
    """
    from scipy import ndimage
    side = 2 * _SUPPORT_RADIUS + 1
    inside = [ndimage.uniform_filter1d(np.ones(n, np.float32), side, mode="constant") for n in valid.shape]
    share = ndimage.uniform_filter(valid.astype(np.float32), side, mode="constant")
    return valid & (share < np.float32(support) * inside[0][:, None] * inside[1][None, :])


def unlike_neighbours(values, radius: int, factor: float, floors) -> np.ndarray:
    """(rows, columns) bool: vectors far from the median of their neighbours and shared by less than a quarter.

    A vector is far if sqrt(sum over components ((v - median) / s)^2) > factor, s = max(1.4826 MAD, floor). The
    second condition keeps corners and tips of moving ground, where most neighbours lie outside it.

    values: (components, rows, columns) m, NaN = no data. floors: m, for each component.
    """
    floors = np.asarray(floors, np.float32)[:, None, None]
    suspects = (farthest(values, radius) > factor * floors / len(values) ** 0.5).any(axis=0)
    median, mad = median_and_mad(values, radius, suspects)
    scale = np.maximum(np.float32(MAD_TO_SIGMA) * mad, floors)
    far = (((values - median) / scale) ** 2).sum(axis=0) > factor * factor
    if not far.any():
        return far
    share = agreement(values, np.nan_to_num(scale, nan=1.0), radius, factor, far)
    return far & (share < _FEW)


def _without_low_quality(vectors: Vectors, settings: OutlierSettings) -> Vectors:
    """The vectors whose correlation reaches the threshold; without a quality band all of them."""
    if vectors.quality is None or settings.threshold <= 0:
        return vectors
    # Unknown quality among known ones is not reached either; imported results may have none at all.
    known = np.isfinite(vectors.quality)
    low = (vectors.quality < settings.threshold) & known
    return vectors.without(low, Flag.LOW_CORRELATION)


def _typical_scale(source: DisplacementReader, settings: OutlierSettings):
    """Median over the raster of the standard deviation among neighbours, m, for each component."""
    scales = []
    for vectors in sample(source):
        vectors = _without_low_quality(vectors, settings)
        some = np.zeros(vectors.values.shape[1:], bool)
        some[::_SAMPLE_STEP, ::_SAMPLE_STEP] = True  # neighbouring windows share most of their pixels
        _, mad = median_and_mad(vectors.values, settings.window // 2, some)
        scales.append(MAD_TO_SIGMA * mad.reshape(len(mad), -1))
    scales = np.concatenate(scales, axis=1)
    return [float(np.median(s[np.isfinite(s)])) if np.isfinite(s).any() else 0.0 for s in scales]
