"""The mountain: a dome with ridges, and glaciers that flow from it on all sides."""
import math
from dataclasses import dataclass

import numpy as np

from ...core.grid import Grid
from ..simulation.noise import fractal, ridged, smoothstep
from .settings import SimulateInterferogramsSettings

CRS, PIXEL = "EPSG:32643", 80.0
CORNER = (500000.0 - 24000.0, 4247520.0)    # of the upper-left pixel, m, at Muztagh Ata
FOOT, RELIEF, FULL_EXTENT = 3700.0, 3300.0, 20480.0   # m; a smaller area gets less relief
CAP = 0.16                                  # radius of the summit's ice, half widths of the area
SINKING = 1.0 / 3.0                         # of the tongues, times their horizontal motion
#: Azimuth (degrees clockwise from north), end and half width (half widths of the area), share of the fastest motion.
GLACIERS = ((272.0, 0.93, 0.13, 1.0), (318.0, 0.80, 0.10, 0.85), (226.0, 0.82, 0.10, 0.75), (78.0, 0.72, 0.08, 0.40),
            (128.0, 0.66, 0.07, 0.35))
ROCK_MARGIN = 3                             # px between ice and ground that is called stable


@dataclass(frozen=True)
class Ground:
    """elevation: m. east, north, up: velocity, m/yr. ice: share of each pixel, 0..1. All (rows, cols)."""
    grid: Grid
    elevation: np.ndarray
    east: np.ndarray
    north: np.ndarray
    up: np.ndarray
    ice: np.ndarray

    @property
    def stable(self):
        """True on rock, at a distance from ice."""
        from scipy import ndimage
        return ndimage.binary_erosion(self.ice == 0.0, iterations=ROCK_MARGIN, border_value=1)

    @property
    def speed(self):
        """Of any motion, m/yr."""
        return np.sqrt(self.east ** 2 + self.north ** 2 + self.up ** 2)


def area_grid(settings: SimulateInterferogramsSettings) -> Grid:
    """The grid of the area; every product is a part of it."""
    return Grid(CRS, (CORNER[0], PIXEL, 0.0, CORNER[1], 0.0, -PIXEL), settings.size, settings.size)


def make_ground(settings: SimulateInterferogramsSettings) -> Ground:
    """Elevation and true velocity. The fastest ice moves `motion` toward west and sinks by a third of it."""
    from scipy import ndimage
    grid, size = area_grid(settings), settings.size
    rng = np.random.default_rng([settings.seed, 71])
    line = (np.arange(size) + 0.5) / size * 2.0 - 1.0
    x, y = np.broadcast_arrays(line[None, :], -line[:, None])
    radius = np.hypot(x, y)
    shape = (size, size)
    dome = np.clip(1.0 - radius / 1.35, 0.0, None) ** 1.2
    rough = 0.30 * ridged(rng, shape, 0.45 * size, persistence=0.45) * smoothstep(radius, 0.0, 0.35)
    relief = RELIEF * min(1.0, math.sqrt(size * PIXEL / FULL_EXTENT))
    ice, east, north, up = (np.zeros(shape) for _ in range(4))
    for azimuth, end, width, share in GLACIERS:
        mask, speed, sinking = _tongue(x, y, azimuth, end, width)
        ice = np.maximum(ice, mask)
        east += share * speed * math.sin(math.radians(azimuth))
        north += settings.north * share * speed * math.cos(math.radians(azimuth))
        up -= SINKING * share * sinking
    ice = np.maximum(ice, smoothstep(CAP - radius, -0.01, 0.02))
    cover = ndimage.gaussian_filter(ice, 0.012 * size)   # valleys have no cliffs
    rough = rough * (1.0 - 0.8 * cover) + 0.015 * fractal(rng, shape, 3.0, 0.2 * size, 5.0) * (1.0 - cover)
    elevation = FOOT + relief * (dome + rough) / 1.2
    scale = settings.motion / max(-east.min(), 1e-9)
    sink = settings.motion * SINKING / max(-up.min(), 1e-9)
    return Ground(grid, *(a.astype(np.float32) for a in (elevation, east * scale, north * scale, up * sink, ice)))


def _tongue(x, y, azimuth: float, end: float, width: float):
    """(ice, horizontal speed, sinking) of one glacier, 0..1 each.

    The speed is largest half way down and falls to zero at the margins; the lower half sinks, the upper rises a little.
    """
    angle = math.radians(azimuth)
    along = x * math.sin(angle) + y * math.cos(angle)
    across = np.abs(x * math.cos(angle) - y * math.sin(angle)) / width
    position = (along - 0.5 * CAP) / (end - 0.5 * CAP)
    inside = (position > 0.0) & (position < 1.0) & (across < 1.0)
    speed = np.where(inside, np.sin(math.pi * np.clip(position, 0.0, 1.0)) ** 1.5 * (1.0 - across ** 2) ** 2, 0.0)
    sinking = speed * (smoothstep(position, 0.2, 0.55) - 0.25 * smoothstep(0.45 - position, 0.0, 0.3))
    edge = 0.25 * np.sqrt(np.clip(position * (1.0 - position), 0.0, None)) + 0.75
    return np.where(inside & (across < edge), 1.0, (speed > 0.0) * 1.0), speed, sinking
