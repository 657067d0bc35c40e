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
from . import parallax, probability, shadows, spectral
from .bands import SceneBands
from .flood import hollow_depth
from .morphology import dilate, enclosed, erode, groups_with, label, opened, without_small

_DARK = 0.02             # depth of a hollow from which it may be a shadow, reflectance
_DARK_SHARE = 0.12       # of the light that a shadow takes at least
_DEEP = 0.04             # from which it is one where its cloud may stand outside the image
_NARROWEST = 1.5         # pixels; half the width of shadows of clouds outside the image
_RIM_PERCENTILE = 17.5   # of clear ground: brightness around the image
_ROOF_MARGIN = 2.0       # pixels by which bright ground is eroded: what is left of it is large enough for a cloud
_RIM = 60.0              # m: snow and ground mixed in the pixels of a border look like cloud
_ENCLOSED = 0.6          # share of the border of what looks like snow that is cloud, where it is cloud too
_UNPLACED = 20.0         # m per pixel of images without coordinate system
_PARALLAX = 20.0         # m; by which bands see a low cloud in different places
_SNOW_WINDOW = 150.0     # m
_SNOW_AROUND = 0.25      # share of snow around from which it is a field
_EDGE_WINDOW = 300.0     # m; clear ground around, that the edge of a cloud is compared with
_EDGE_BEYOND = 60.0      # m from a cloud, where its edge has ended
_EDGE_BRIGHTER = 0.075   # reflectance of the red band
_OUTSIDE_REACH = 1.3     # x usual cloud height, for shadows of clouds outside the image
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
    cloud = _without_roofs(bands, cloud, roofs, settings.displacement)
    cloud |= enclosed(snow & ~cloud, cloud, _ENCLOSED, bright, valid)  # tops of ice have the colour of snow
    snow &= ~cloud
    fields = _snow_fields(snow, cloud, metres)
    cloud &= ~dilate(fields, _RIM / metres) | opened(cloud, 0.5 * _RIM / metres)
    cloud = without_small(cloud, int(round(settings.minimum_cloud / metres ** 2)))
    cloud |= _soft_edges(bands, cloud, valid & ~fields, settings.cloud_edge / metres, metres)
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
    classes[dilate(shadow, _margin(settings.shadow_dilation, metres))] = CLASS_SHADOW
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


def _without_roofs(bands: SceneBands, cloud, roofs, displacement: bool):
    """Clouds without those that are bare or built-up ground as a whole: none of it shifts, or it is only small."""
    suspicious = cloud & roofs
    if not suspicious.any():
        return cloud
    if displacement and parallax.has_parallax(bands):
        certain = cloud & (~roofs | parallax.displaced(bands))
    else:
        certain = cloud & (~roofs | erode(cloud, _ROOF_MARGIN))
    return groups_with(cloud, erode(certain, 1.0))


def _snow_fields(snow, cloud, metres: float):
    """Snow with snow around it, clouds not counted: the rest is edges of clouds, where each band sees another part."""
    apart = ~dilate(cloud, _PARALLAX / metres + 1.0)
    around = _mean_around(snow.astype(np.float32), apart, max(3, int(_SNOW_WINDOW / metres)))
    return snow & (around > _SNOW_AROUND)


def _soft_edges(bands: SceneBands, cloud, where, reach: float, metres: float):
    """Pixels near clouds that are brighter in the red band than the clear ground around. reach: px.

    The edge of a cloud is too thin for tests of colour, and each band sees it elsewhere; the red one is matched.
    """
    if reach < 1.0 or not cloud.any():
        return np.zeros_like(cloud)
    bright = np.nan_to_num(bands.read(roles.RED))
    clear = where & ~dilate(cloud, _EDGE_BEYOND / metres)
    if not clear.any():
        return np.zeros_like(cloud)
    excess = bright - _mean_around(bright, clear, max(3, int(_EDGE_WINDOW / metres)))
    return where & dilate(cloud, reach) & (excess > _EDGE_BRIGHTER)


def _mean_around(values, where, window: int):
    """Mean of the chosen pixels in a window, of all chosen ones where the window has next to none."""
    from scipy import ndimage
    if not where.any():
        return np.zeros(values.shape, np.float32)
    weight = ndimage.uniform_filter(where.astype(np.float32), window)
    total = ndimage.uniform_filter(np.where(where, values, np.float32(0.0)), window)
    return np.where(weight > 0.02, total / np.maximum(weight, 0.02), values[where].mean())


def _margin(metres_asked: float, metres: float) -> float:
    """A margin in pixels: none where none is asked for, else at least one."""
    return max(1.0, metres_asked / metres + 1e-6) if metres_asked > 0.0 else 0.0


def _shadows(bands: SceneBands, settings: ClassifySettings, sun, elevation, labels, count, valid, water,
             progress: Progress) -> shadows.Matched:
    """Shadows of labelled clouds, and of clouds that stand outside the image."""
    cloud = labels > 0
    clear = valid & ~cloud & ~water
    depth = _depth(bands, clear if clear.any() else valid)
    progress.report(0.2, "Looking for shadows")
    ground = np.where(depth > _DARK, np.uint8(shadows.DARK), np.uint8(shadows.LIT))
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
        shadow |= _from_outside(depth, ground, valid, per_metre, found.usual)
    return replace(found, shadow=shadow)


def _depth(bands: SceneBands, clear) -> np.ndarray:
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


def _from_outside(depth, ground, valid, per_metre, height: float):
    """Deep hollows toward whose sun the image ends before a usual cloud's height is reached."""
    far = height * _OUTSIDE_REACH
    rows, columns = np.ogrid[:depth.shape[0], :depth.shape[1]]
    zone = np.zeros(depth.shape, bool)
    for share in (0.5, 1.0):
        r = np.round(rows - share * far * per_metre[1]).astype(np.int64)
        c = np.round(columns - share * far * per_metre[0]).astype(np.int64)
        inside = (r >= 0) & (r < depth.shape[0]) & (c >= 0) & (c < depth.shape[1])
        zone |= ~(inside & valid[np.clip(r, 0, depth.shape[0] - 1), np.clip(c, 0, depth.shape[1] - 1)])
    dark = (ground == shadows.DARK)
    found = opened(dark & zone, _NARROWEST)
    return groups_with(found, found & (depth > _DEEP))
