"""Relief, water and the place on earth of a scenario. Grids cover the scene and a margin on every side."""
from dataclasses import dataclass

import numpy as np

from ...core.grid import Grid
from ..settings import EARTHQUAKE, GLACIER, LANDSLIDE, SimulateSettings
from .motion import GLACIER_END, Frame, frame, glacier_position, glacier_shape, landslide_radius
from .noise import fractal, ridged, smoothstep

MARGIN = 32      # px around the scene, so that ground can come in from outside
FINE = 2         # samples per pixel and axis of the ground's texture
CRS = "EPSG:32632"
#: Upper-left corner (m), tile and relative orbit.
PLACES = {GLACIER: (334200.0, 5083400.0, "32TLR", "108"), LANDSLIDE: (317400.0, 4921300.0, "32TLQ", "108"),
          EARTHQUAKE: (351800.0, 4946500.0, "32TLQ", "065")}


@dataclass(frozen=True)
class Terrain:
    """elevation: m. water: share of each pixel, 0..1. All (rows, cols) on the scene's pixels plus `MARGIN`."""
    elevation: np.ndarray
    water: np.ndarray


def scene_grid(settings: SimulateSettings) -> Grid:
    """The grid of every scene, the DEM and the truth."""
    x, y, _, _ = PLACES[settings.scenario]
    size = settings.pixel_size
    return Grid(CRS, (x, size, 0.0, y, 0.0, -size), settings.size, settings.size)


def pixel_positions(settings: SimulateSettings, samples: int = 1, margin: int = MARGIN):
    """(columns, rows) of sample centres in pixels of the scene, as open grids (1, n) and (n, 1)."""
    count = (settings.size + 2 * margin) * samples
    line = (np.arange(count) + 0.5) / samples - 0.5 - margin
    return line[None, :], line[:, None]


def make_terrain(settings: SimulateSettings) -> Terrain:
    """Relief of the scenario; its heights grow with the scene's extent."""
    rng = np.random.default_rng([settings.seed, 21])
    axes = frame(settings)
    along, across = axes.coordinates(*pixel_positions(settings))
    make = {GLACIER: _glacier, LANDSLIDE: _landslide, EARTHQUAKE: _earthquake}[settings.scenario]
    height, water = make(rng, axes, along, across)
    extent = settings.size * settings.pixel_size
    return Terrain((height * extent).astype(np.float32), water.astype(np.float32))


def _glacier(rng, axes: Frame, along, across):
    """A trough between ridges that falls toward the snout; a lake and its river below."""
    shape, size = along.shape, axes.size
    centre, width, _, _ = glacier_shape(along)
    outside = np.maximum(np.abs(across - centre) - width, 0.0)
    ridges = ridged(rng, shape, 0.5 * size, persistence=0.42)
    slopes = 1.0 - np.exp(-outside / 0.16)
    height = 0.36 - 0.20 * along + slopes * (0.06 + 0.30 * ridges)
    ice = glacier_mask(along, across)
    height = height + ice * 0.010 * (1.0 - glacier_position(along, across) ** 2)
    height += 0.002 * fractal(rng, shape, 3.0, 0.2 * size, 8.0) * (1.0 - 0.7 * ice)
    pond = np.hypot((along - GLACIER_END - 0.085) / 0.045, (across - glacier_shape(along)[0]) / 0.035)
    lake = smoothstep(1.0 - pond + 0.15 * fractal(rng, shape, 3.0, 0.15 * size, 12.0), -0.06, 0.06)
    stream = _channel(rng, axes, across - centre, along, 0.004, 0.006)
    return height, np.maximum(lake, stream * smoothstep(along, GLACIER_END + 0.02, GLACIER_END + 0.03))


def glacier_mask(along, across):
    """1 on ice, 0 beside it, soft over a few pixels."""
    position = glacier_position(along, across)
    end = GLACIER_END + 0.012 - 0.04 * position ** 2
    return smoothstep(1.0 - np.abs(position), -0.03, 0.05) * smoothstep(end - along, 0.0, 0.012)


def _landslide(rng, axes: Frame, along, across):
    """A mountain side with a sagging body, and the river at its foot."""
    shape, size = along.shape, axes.size
    foot = 0.40 + 0.03 * np.sin(7.0 * across + 1.0)
    beside = np.abs(along - foot)
    crests = ridged(rng, shape, 0.6 * size, persistence=0.42)
    slope = 0.42 * (1.0 - np.exp(-beside / 0.9))
    body = smoothstep(1.15 - landslide_radius(along, across), 0.0, 0.35)
    relief = 0.11 * crests * np.minimum(beside / 0.35, 1.0) * (1.0 - 0.8 * body)
    hummocks = 0.0035 * fractal(rng, shape, 2.5, 0.10 * size, 10.0) * body
    scarp = -0.028 * body * smoothstep(-along, -0.35, 0.25)
    height = 0.15 + slope + relief + hummocks + scarp
    return height + 0.0012 * fractal(rng, shape, 3.0, 0.2 * size, 8.0), _channel(rng, axes, along - foot, across,
                                                                                 0.006, 0.004)


def _earthquake(rng, axes: Frame, along, across):
    """Dry hills and a plain, with a lake in its lowest part and a weak step along the fault."""
    shape, size = along.shape, axes.size
    hills = smoothstep(fractal(rng, shape, 3.5, 1.2 * size, 0.3 * size) + 2.5 * across, -0.9, 0.9)
    height = 0.10 + 0.02 * across + hills * 0.11 * ridged(rng, shape, 0.35 * size, persistence=0.45)
    height += 0.004 * np.tanh(across / 0.01) + 0.0015 * fractal(rng, shape, 3.0, 0.25 * size, 8.0)
    pond = np.hypot((along - 0.36) / 0.06, (across + 0.27) / 0.05)
    lake = smoothstep(1.0 - pond + 0.25 * fractal(rng, shape, 3.0, 0.2 * size, 12.0), -0.06, 0.06)
    return height, lake


def _channel(rng, axes: Frame, distance, course, width, wander):
    """A river: share of water, from the distance to its axis and the position along it."""
    bends = wander * (np.sin(21.0 * course + rng.uniform(0, 6)) + 0.6 * np.sin(47.0 * course + rng.uniform(0, 6)))
    half = max(width, 0.9 / axes.size)
    edge = 0.8 / axes.size
    return smoothstep(half - np.abs(distance + bends), -edge, edge)


def slopes(elevation, pixel_size: float):
    """Rise toward east and toward north, m/m."""
    south, east = np.gradient(elevation, pixel_size)
    return east.astype(np.float32), (-south).astype(np.float32)


def illumination(east, north, azimuth: float, elevation: float, diffuse: float = 0.22):
    """Brightness of sloping ground relative to flat ground under the same sun; ground turned away keeps sky light.

    east, north: slopes, m/m. azimuth (clockwise from north), elevation: of the sun, degrees. Cosine law.
    """
    azimuth, elevation = np.float32(np.radians(azimuth)), np.float32(np.radians(elevation))
    toward = np.sin(azimuth) * east + np.cos(azimuth) * north
    incidence = np.sin(elevation) - np.cos(elevation) * toward
    incidence /= np.sqrt(1.0 + east * east + north * north)
    return np.float32(diffuse) + np.float32(1.0 - diffuse) * np.clip(incidence / np.sin(elevation), 0.0, 2.5)
