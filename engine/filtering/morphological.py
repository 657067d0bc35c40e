"""Remove small isolated patches: opening and closing with discs in metres (Provost et al. 2022, section 2.2.3)."""
import math
from dataclasses import dataclass

import numpy as np

from ..core.flags import Flag
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.displacement import DisplacementReader, open_displacement
from ..io.ground import metres_per_pixel
from ..io.raster import PathLike
from ..io.vectors import Vectors
from .passes import FilterResult, filter_displacement, noise
from .settings import MorphologicalSettings

_MOVING = 3.0  # x sigma
_RIM = 1.5  # px: what discs made of pixels cut off a round patch


def run(displacement: PathLike, settings: MorphologicalSettings, output: PathLike, progress: Progress) -> FilterResult:
    """Flag small isolated patches of values and of motion."""
    with open_displacement(displacement) as source:
        prepared = prepare(source, settings)
        found = {"motion_from_m": round(prepared.slowest, 4) if math.isfinite(prepared.slowest) else None}
        return filter_displacement(source, [prepared], [step("morphologicalfilter", settings, **found)], output,
                                   progress)[0]


@dataclass(frozen=True)
class MorphologicalFilter:
    """opening, closing: radii, px. slowest: motion from which ground counts as moving, m."""
    settings: MorphologicalSettings
    opening: float
    closing: float
    slowest: float

    @property
    def halo(self) -> int:
        reach = 2 * (math.ceil(self.opening) + math.ceil(self.closing) + 1)
        return 2 * reach if self.settings.patches == "both" else reach

    def apply(self, vectors: Vectors, window: Window) -> Vectors:
        if self.settings.patches in ("both", "valid"):
            vectors = vectors.without(small_patches(vectors.valid, self.opening, self.closing), Flag.MORPHOLOGICAL)
        if self.settings.patches in ("both", "moving"):
            with np.errstate(invalid="ignore"):
                moving = np.sqrt((vectors.values ** 2).sum(axis=0)) > self.slowest
            vectors = vectors.without(small_patches(moving, self.opening, self.closing), Flag.MORPHOLOGICAL)
        return vectors


def prepare(source: DisplacementReader, settings: MorphologicalSettings) -> MorphologicalFilter:
    """The filter for one displacement: radii in its pixels, and its noise."""
    pixel = math.sqrt(abs(np.linalg.det(metres_per_pixel(source.grid))))
    spread = noise(source)
    return MorphologicalFilter(settings, settings.opening / pixel, settings.closing / pixel,
                               max(_MOVING * spread, 0.01 * pixel) if math.isfinite(spread) else math.inf)


def small_patches(patches, opening: float, closing: float) -> np.ndarray:
    """(rows, columns) bool: pixels of patches (bool) that are gone after an opening and the closing that follows it.

    opening, closing: radii of the discs, px; below half a pixel nothing is removed. Beyond the edge a patch goes on.
    """
    if opening < 0.5 or not patches.any():
        return np.zeros(patches.shape, bool)
    opened = _dilate(_erode(patches, opening), opening)
    kept = _erode(_dilate(opened, closing), closing) if closing >= 0.5 else opened
    return patches & ~_dilate(kept, _RIM)


def _erode(mask, radius: float) -> np.ndarray:
    """Pixels farther than `radius` from everything outside the mask."""
    if mask.all():
        return mask
    from scipy.ndimage import distance_transform_edt
    return distance_transform_edt(mask) > radius


def _dilate(mask, radius: float) -> np.ndarray:
    """Pixels not farther than `radius` from the mask."""
    if not mask.any():
        return mask
    from scipy.ndimage import distance_transform_edt
    return distance_transform_edt(~mask) <= radius
