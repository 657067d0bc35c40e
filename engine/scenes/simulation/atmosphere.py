"""Clouds with soft edges, their shadows along the sun's direction, and haze, all on the scene's pixels."""
import math
from dataclasses import dataclass

import numpy as np

from ..settings import SimulateSettings
from .noise import fractal, smoothstep

CLOUD_EDGE = 0.15        # opacity from which a pixel is called cloud
SHADOW_EDGE = 0.30       # opacity of the cloud above from which it is called shadow
SHADOW_DEPTH = 0.62      # share of the light that a thick cloud takes
MAX_SHARE = 0.85
_SOFTNESS = 0.9          # deviations of the cloud noise from edge to opaque


@dataclass(frozen=True)
class Sky:
    """cloud, shadow: opacity 0..1, (rows, cols). height: of the cloud's base, m. haze: reflectance added at 490 nm."""
    cloud: np.ndarray
    shadow: np.ndarray
    height: float
    haze: float

    @property
    def cloudy(self):
        return self.cloud > CLOUD_EDGE

    @property
    def shaded(self):
        return (self.shadow > SHADOW_EDGE) & ~self.cloudy


def cloud_shares(settings: SimulateSettings):
    """Share of cloud of each scene (0..1): uneven, with the mean that was asked for."""
    rng = np.random.default_rng([settings.seed, 41])
    asked = settings.cloud / 100.0
    if asked == 0.0:
        return np.zeros(settings.dates)
    shares = 0.25 + rng.gamma(1.5, 1.0, settings.dates)
    for _ in range(20):  # what the cloudiest scenes cannot take goes to the others
        shares = np.minimum(asked * shares / shares.mean(), MAX_SHARE)
    return shares


def shadow_shift(height: float, azimuth: float, elevation: float, pixel_size: float):
    """(columns, rows) from a cloud to its shadow: away from the sun by height / tan(elevation)."""
    length = height / math.tan(math.radians(elevation)) / pixel_size
    return -length * math.sin(math.radians(azimuth)), length * math.cos(math.radians(azimuth))


def make_sky(settings: SimulateSettings, rng, share: float, sun) -> Sky:
    """The sky over one scene. share: of cloud, 0..1. sun: (azimuth, elevation)."""
    size = settings.size
    haze = rng.uniform(0.008, 0.03) if settings.seasons else 0.015
    height = rng.uniform(0.12, 0.35) * size * settings.pixel_size
    if share <= 0.0:
        return Sky(np.zeros((size, size), np.float32), np.zeros((size, size), np.float32), height, haze)
    noise = fractal(rng, (2 * size, 2 * size), 3.2, 0.55 * size, 2.5)
    part = slice(size // 2, size // 2 + size)
    edge = np.quantile(noise[part, part], 1.0 - share)
    # smoothstep(t) = CLOUD_EDGE at t = 0.2405: the share is met at the edge of the class, not of the haze around it.
    low = edge - 0.2405 * _SOFTNESS
    opacity = 0.97 * smoothstep(noise, low, low + _SOFTNESS).astype(np.float32)
    columns, rows = (int(round(v)) for v in shadow_shift(height, *sun, settings.pixel_size))
    shadow = np.roll(opacity, (rows, columns), (0, 1))
    return Sky(opacity[part, part], shadow[part, part], height, haze)
