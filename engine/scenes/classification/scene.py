"""From the bands of one scene to its classes: the order of the rules."""
from dataclasses import dataclass, replace
from typing import Optional, Tuple

import numpy as np

from ...core.flags import CLASS_CLEAR, CLASS_CLOUD, CLASS_NO_DATA, CLASS_SHADOW, CLASS_SNOW, CLASS_WATER
from ...core.grid import Grid
from ...core.progress import Progress
from ...io.ground import metres_per_pixel
from ...io.products import roles
from ..castshadow import shadow_of, sun_shift
from ..classify_settings import ClassifySettings
from . import clouds, probability, shade, shadows, spectral
from .bands import SceneBands
from .morphology import dilate, label

_UNPLACED = 20.0         # m per pixel of images without coordinate system
_LAPSE = 0.0065          # degrees Celsius per metre


@dataclass(frozen=True)
class Classified:
    """classes: (rows, cols) uint8, codes of core.flags. cloud_height: usual height of the clouds, m above the ground,
    NaN where no shadow was matched. clouds, matched: number of clouds, and of those whose shadow was found.
    """
    classes: np.ndarray
    cloud_height: float
    clouds: int
    matched: int


def classify_bands(bands: SceneBands, settings: ClassifySettings, sun: Optional[Tuple[float, float]],
                   elevation: Optional[np.ndarray], progress: Progress) -> Classified:
    """Classes of a scene.

    sun: (azimuth, elevation) in degrees; None: shadows cannot be matched with clouds, so none is found. elevation:
    (rows, cols) m on the grid of the bands, NaN = unknown, or None.
    """
    bands = _level(bands, elevation)
    metres = _pixel(bands.grid)
    progress.report(0.0, "Testing colours")
    model = probability.fit(bands.blocks, lambda rows: spectral.indices(bands, rows), settings.cloud_probability)
    valid, water, snow, cloud, roofs, bright = (np.zeros(bands.grid.shape, bool) for _ in range(6))
    for rows in bands.blocks:
        progress.check()
        ix = spectral.indices(bands, rows)
        valid[rows], water[rows], snow[rows] = ix.valid, spectral.water(ix), spectral.snow(ix)
        cloud[rows], roofs[rows] = probability.cloud(ix, model), spectral.built_up(ix)
        bright[rows] = spectral.brighter_than_snow(ix)
    cloud = clouds.find(bands, cloud, roofs, snow, bright, valid, settings, metres)
    snow &= ~cloud
    labels, count = label(cloud)
    shadow, height, matched = np.zeros_like(cloud), float("nan"), 0
    if sun is not None and count:
        progress.report(0.3, "Looking for shadows")
        found = _shadows(bands, settings, sun, elevation, labels, count, valid, water, progress.part(0.3, 0.9))
        shadow, height = found.shadow, found.usual
        matched = int(np.isfinite(found.heights).sum())
    progress.report(0.9, "Adding margins")
    classes = np.full(bands.grid.shape, CLASS_CLEAR, np.uint8)
    classes[water] = CLASS_WATER
    classes[dilate(snow & ~cloud, _margin(settings.snow_dilation, metres))] = CLASS_SNOW
    around = dilate(shadow, _margin(settings.shadow_dilation, metres))
    classes[shadow | (around & ~water)] = CLASS_SHADOW  # water beside a shadow is dark by itself
    classes[dilate(cloud, _margin(settings.cloud_dilation, metres))] = CLASS_CLOUD
    classes[~valid] = CLASS_NO_DATA
    return Classified(classes, height, count, matched)


def _pixel(grid: Grid) -> float:
    """Metres per pixel."""
    return float(np.sqrt(abs(np.linalg.det(metres_per_pixel(grid))))) * (1.0 if grid.crs else _UNPLACED)


def _level(bands: SceneBands, elevation: Optional[np.ndarray]) -> SceneBands:
    """Temperatures as they would be at one height, so that cold mountains are no clouds."""
    if elevation is None or not bands.has(roles.THERMAL):
        return bands
    stored = bands.stored[roles.THERMAL]
    change = np.nan_to_num((elevation - np.nanmedian(elevation)) * (_LAPSE / 0.01))
    levelled = np.clip(stored + change, -32767, 32767)
    return replace(bands, stored={**bands.stored, roles.THERMAL: np.where(stored == -32768, stored, levelled).astype(
        np.int16)})


def _margin(metres_asked: float, metres: float) -> float:
    """A margin in pixels: none where none is asked for, else at least one."""
    return max(1.0, metres_asked / metres + 1e-6) if metres_asked > 0.0 else 0.0


def _shadows(bands: SceneBands, settings: ClassifySettings, sun, elevation, labels, count, valid, water,
             progress: Progress) -> shadows.Matched:
    """Shadows of labelled clouds, and of clouds that stand outside the image."""
    cloud = labels > 0
    clear = valid & ~cloud & ~water
    depth = shade.depth_of(bands, clear if clear.any() else valid)
    progress.report(0.2, "Looking for shadows")
    ground = np.where(depth > shade.DARK, np.uint8(shadows.DARK), np.uint8(shadows.LIT))
    ground[~clear] = shadows.SILENT
    if elevation is not None:  # mountains throw shadows of their own
        ground[shadow_of(elevation, bands.grid, *sun) == 1] = shadows.SILENT
    per_metre = sun_shift(bands.grid, *sun)
    if not bands.grid.crs:
        per_metre = per_metre[0] / _UNPLACED, per_metre[1] / _UNPLACED
    found = shadows.match(labels, count, ground, per_metre, (settings.lowest_cloud, settings.highest_cloud),
                          progress.part(0.2, 1.0), elevation)
    shadow = found.shadow & valid & ~cloud
    if np.isfinite(found.usual):
        shadow |= shade.from_outside(bands, depth, ground, shadow, valid, per_metre, found.usual, _pixel(bands.grid))
    return replace(found, shadow=shadow)
