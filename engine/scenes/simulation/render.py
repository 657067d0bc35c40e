"""One scene of the series: cover and light on the ground, its motion, the sensor's geometry, the sky, the noise.

No image is ever resampled pixel to pixel. The ground is made with FINE samples per pixel, limited by the optics
before it is moved, read at the exact position of every sample through a cubic spline, and only then averaged into
pixels. So no interpolation that a matcher might use is favoured, and sub-pixel positions are right to about 0.002 px.
"""
import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Dict, List, Optional

import numpy as np

from ...core.flags import CLASS_CLEAR, CLASS_CLOUD, CLASS_SHADOW, CLASS_SNOW, CLASS_WATER
from ..settings import GLACIER, SimulateSettings
from .atmosphere import SHADOW_DEPTH, Sky, cloud_shares, make_sky
from .motion import Motion
from .noise import fractal, smoothstep
from .schedule import acquisition_dates, greenness, snow_share, sun_of
from .sensor import TRACK_AZIMUTH, SceneArtefacts, content_shift, digital_numbers, make_artefacts
from .terrain import FINE, MARGIN, Terrain, illumination, make_terrain, pixel_positions, slopes
from .texture import (Ground, Ice, blur, fine_texture, ground_reflectance, ice_reflectance, make_ground, make_ice,
                      reflectance, upsample)

#: Haze falls with wavelength to the power -2 or so; relative to B02.
_HAZE = {"B02": 1.0, "B03": 0.75, "B04": 0.55, "B08": 0.34, "B11": 0.09, "B12": 0.05, "B07": 0.38, "B8A": 0.32,
         "B10": 0.0}
#: Seconds after B04 at which the other bands look at a place (Sentinel-2's focal plane). In that time the satellite
#: has moved on, so that clouds stand elsewhere.
_DELAY = {"B02": -1.005, "B03": -0.478, "B04": 0.0, "B08": -0.741, "B11": 0.463, "B12": 1.080, "B07": 0.785,
          "B8A": 1.050, "B10": -0.154}
_PARALLAX = 0.0085   # m per m of height and second: 6.7 km/s over the ground, seen from 786 km
_SNOW_OPACITY = 0.88
_CONTEXT = 24   # samples read beyond a moving area, for the spline


@dataclass(frozen=True)
class World:
    """Everything that all scenes of a series share. east, north: slopes of the relief on the fine grid, m/m."""
    settings: SimulateSettings
    dates: List[date]
    motion: Motion
    terrain: Terrain
    ground: Ground
    ice: Optional[Ice]
    east: np.ndarray
    north: np.ndarray
    water: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class RenderedScene:
    """bands: DN by name, (rows, cols) uint16. classes: Fmask's codes, uint8. sun: (azimuth, elevation), degrees."""
    index: int
    acquired: date
    bands: Dict[str, np.ndarray]
    classes: np.ndarray
    sun: tuple
    sky: Sky
    errors: SceneArtefacts


def make_world(settings: SimulateSettings) -> World:
    """Terrain, cover and motion of a series, from its seed."""
    dates = acquisition_dates(settings)
    terrain = make_terrain(settings)
    east, north = (upsample(v) for v in slopes(terrain.elevation, settings.pixel_size))
    ice = make_ice(settings) if settings.scenario == GLACIER else None
    return World(settings, dates, Motion(settings, dates), terrain, make_ground(settings, terrain), ice, east, north,
                 np.clip(upsample(terrain.water), 0.0, 1.0), cloud_shares(settings))


def render(world: World, index: int) -> RenderedScene:
    """Scene number `index` of a series. Independent of the others and of the order they are made in."""
    settings, day = world.settings, world.dates[index]
    rng = np.random.default_rng([settings.seed, 51, index])
    sun, errors = sun_of(settings, day), make_artefacts(settings, rng)
    sky = make_sky(settings, rng, world.shares[index], sun)
    own = fine_texture(rng, world.east.shape) if settings.change > 0.0 else None
    snow, glint = _snow(world, rng, day), rng.uniform(0.7, 1.3) if settings.seasons else 1.0
    light = illumination(world.east, world.north, *sun)
    bands = {}
    for band in settings.band_names:
        scene = _moved_ground(world, index, band, sun, own, light)
        if snow is not None:
            scene += snow * (reflectance("snow", band) * light - scene)
        scene += world.water * (np.float32(reflectance("water", band) * glint) - scene)
        seen = _through_sky(_sense(settings, errors, scene), _seen_by(settings, sky, band), band)
        bands[band] = digital_numbers(seen, settings.noise, rng)
    return RenderedScene(index, day, bands, _classes(world, snow, sky), sun, sky, errors)


def _moved_ground(world: World, index: int, band: str, sun, own, light):
    """Reflectance of the ground, sloping and moved, on the fine grid of the ground's own position."""
    settings, ground = world.settings, world.ground
    time = world.motion.times[index]
    flat = ground_reflectance(ground, band, greenness(settings, world.dates[index]), own, settings.change)
    fixed = flat * illumination(world.east + ground.rise_east, world.north + ground.rise_north, *sun)
    if world.ice is None:
        return _carry(world, blur(fixed), time)
    ice = world.ice  # the relief of a glacier stays while its surface flows through it
    surface = ice_reflectance(ice, band, own, settings.change) * illumination(ice.rise_east, ice.rise_north, *sun)
    fixed = blur(fixed)
    fixed += ice.cover * (_carry(world, blur(surface), time) * light - fixed)
    return fixed


def _carry(world: World, values, time: float):
    """Move what lies on the ground to where it is after an effective time: each sample looks back along its path."""
    columns, rows = np.broadcast_arrays(*pixel_positions(world.settings, FINE))
    moving = world.motion.moving(columns, rows)
    if time == 0.0 or world.settings.motion == 0.0 or not moving.any():
        return values
    lines, samples = np.nonzero(moving.any(1))[0], np.nonzero(moving.any(0))[0]
    box = (slice(lines[0], lines[-1] + 1), slice(samples[0], samples[-1] + 1))
    moving, columns, rows = moving[box], columns[box], rows[box]
    back = world.motion.flow(columns[moving], rows[moving], -time)
    row, column = np.nonzero(moving)
    moved = values.copy()
    moved[box][moving] = _spline(values, row + box[0].start + back[1] * FINE, column + box[1].start + back[0] * FINE)
    return moved


def _spline(values, rows, columns):
    """Cubic spline through the samples at fractional sample positions; beyond the edge the nearest value."""
    from scipy import ndimage
    low = max(int(rows.min()) - _CONTEXT, 0), max(int(columns.min()) - _CONTEXT, 0)
    high = int(rows.max()) + _CONTEXT, int(columns.max()) + _CONTEXT
    part = values[low[0]:high[0], low[1]:high[1]]
    return ndimage.map_coordinates(part, (rows - low[0], columns - low[1]), order=3, mode="nearest",
                                   output=np.float32)


def _sense(settings: SimulateSettings, errors: SceneArtefacts, scene):
    """The scene's pixels: geometry of the sensor, then the mean over each detector element."""
    columns, rows = pixel_positions(settings, FINE, margin=0)
    shift = content_shift(settings, errors, columns, rows)
    start = MARGIN * FINE
    if not shift.any():
        part = scene[start:-start, start:-start]
    else:
        line = np.arange(settings.size * FINE)
        part = _spline(scene, line[:, None] + start - shift[1] * FINE, line[None, :] + start - shift[0] * FINE)
    size = settings.size
    return part.reshape(size, FINE, size, FINE).mean((1, 3), dtype=np.float32)


def _seen_by(settings: SimulateSettings, sky: Sky, band: str) -> Sky:
    """The sky with its clouds where a band sees them. Shadows lie on the ground and stay."""
    from scipy import ndimage
    along = _PARALLAX * _DELAY[band] * sky.height / settings.pixel_size
    if along == 0.0 or not sky.cloud.any():
        return sky
    angle = math.radians(TRACK_AZIMUTH)
    shift = (-along * math.cos(angle), along * math.sin(angle))  # rows, columns
    return replace(sky, cloud=ndimage.shift(sky.cloud, shift, order=1, mode="nearest"))


def _through_sky(surface, sky: Sky, band: str):
    """Shadow takes light, haze adds some, cloud hides."""
    seen = surface * (1.0 - np.float32(SHADOW_DEPTH) * sky.shadow) + np.float32(sky.haze * _HAZE[band])
    return seen + sky.cloud * (np.float32(reflectance("cloud", band)) * (0.75 + 0.3 * sky.cloud) - seen)


def _snow(world: World, rng, day: date):
    """Opacity of snow on the fine grid (fixed in space), None without snow: high ground first, in drifts."""
    share = snow_share(world.settings, day)
    if share <= 0.0:
        return None
    height = world.terrain.elevation
    span = np.float32(height.max() - height.min())
    drifts = fractal(rng, height.shape, 2.2, 0.2 * world.settings.size, 3.0)
    rank = height + 0.045 * span * drifts
    inner = rank[MARGIN:-MARGIN, MARGIN:-MARGIN]
    line = np.quantile(inner, 1.0 - share)
    depth = _SNOW_OPACITY * smoothstep(rank, line - 0.03 * span, line + 0.05 * span)
    return np.clip(upsample(depth.astype(np.float32)), 0.0, 1.0)


def _classes(world: World, snow, sky: Sky):
    """Class raster: what covers the scene; cloud (where B04 sees it) before shadow before snow before water."""
    size = world.settings.size
    inner = slice(MARGIN, MARGIN + size)
    classes = np.full((size, size), CLASS_CLEAR, np.uint8)
    classes[world.terrain.water[inner, inner] > 0.5] = CLASS_WATER
    if snow is not None:
        part = snow[MARGIN * FINE:-MARGIN * FINE, MARGIN * FINE:-MARGIN * FINE]
        cover = part.reshape(size, FINE, size, FINE).mean((1, 3))
        classes[(cover > 0.5 * _SNOW_OPACITY) & (classes == CLASS_CLEAR)] = CLASS_SNOW
    classes[sky.shaded] = CLASS_SHADOW
    classes[sky.cloudy] = CLASS_CLOUD
    return classes
