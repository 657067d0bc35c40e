"""What covers the ground, on a grid of `FINE` samples per pixel: plants, parcels, rock, ice, and their reflectance."""
from dataclasses import dataclass

import numpy as np

from ..settings import EARTHQUAKE, GLACIER, LANDSLIDE, SIMULATED_BANDS, SimulateSettings
from .motion import frame, glacier_position, landslide_radius
from .noise import fractal, lines, parcels, smoothstep
from .terrain import FINE, Terrain, glacier_mask, pixel_positions

#: Reflectance in SIMULATED_BANDS (B02, B03, B04, B08, B11, B12, B07, B8A, B10): typical spectra, after the USGS and
#: ECOSTRESS libraries. In the cirrus band B10 the vapour below hides the ground.
SPECTRA = {
    "rock": (0.12, 0.14, 0.16, 0.21, 0.25, 0.22, 0.20, 0.215, 0.0015),
    "soil": (0.09, 0.12, 0.17, 0.24, 0.32, 0.28, 0.225, 0.25, 0.0015),
    "green": (0.035, 0.075, 0.045, 0.38, 0.20, 0.10, 0.36, 0.40, 0.0015),
    "dry": (0.07, 0.10, 0.135, 0.25, 0.30, 0.20, 0.235, 0.265, 0.0015),
    "forest": (0.022, 0.04, 0.028, 0.24, 0.12, 0.06, 0.23, 0.25, 0.0015),
    "ice": (0.42, 0.42, 0.38, 0.30, 0.05, 0.03, 0.32, 0.27, 0.002),
    "debris": (0.11, 0.13, 0.15, 0.19, 0.23, 0.20, 0.18, 0.195, 0.002),
    "snow": (0.86, 0.85, 0.83, 0.72, 0.12, 0.09, 0.75, 0.68, 0.002),
    "water": (0.055, 0.048, 0.032, 0.016, 0.008, 0.005, 0.018, 0.015, 0.001),
    "cloud": (0.66, 0.65, 0.64, 0.66, 0.48, 0.38, 0.66, 0.66, 0.005)}

#: Optics: a Gaussian of this deviation, with the detector's square pixel, passes 0.2 of the contrast at the
#: shortest wavelength the pixels can hold (Sentinel-2's requirement: 0.15 to 0.30).
PSF_SAMPLES = 0.95


def reflectance(material: str, band: str) -> float:
    return SPECTRA[material][SIMULATED_BANDS.index(band)]


@dataclass(frozen=True)
class Ground:
    """What is fixed to the ground and moves with it. (rows, cols) float32 on the fine grid.

    forest, grass: shares of cover. phase: when and how strongly a parcel greens, -1..1. soil: 0 rock .. 1 soil.
    coarse, fine: logarithm of brightness. roughness: strength of `fine`. rise_east, rise_north: slopes of
    boulders, crevasses and gullies that no DEM shows, m/m.
    """
    forest: np.ndarray
    grass: np.ndarray
    phase: np.ndarray
    soil: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    roughness: np.ndarray
    rise_east: np.ndarray
    rise_north: np.ndarray


@dataclass(frozen=True)
class Ice:
    """The glacier's surface: debris share and brightness (moving), cover (fixed in space)."""
    debris: np.ndarray
    fine: np.ndarray
    rise_east: np.ndarray
    rise_north: np.ndarray
    cover: np.ndarray


def fine_texture(rng, shape):
    """Texture at the scale of pixels: power falls slowly with frequency, with rare dark and bright points."""
    smooth = fractal(rng, shape, 1.3, 60.0 * FINE, 1.2)
    points = rng.standard_normal(shape, dtype=np.float32)
    points *= points * points
    return 0.85 * smooth + 0.16 * np.clip(points, -8.0, 8.0)


def upsample(values):
    """Pixels to the fine grid, smoothly."""
    from scipy import ndimage
    line = (np.arange(values.shape[0] * FINE, dtype=np.float32) + 0.5) / FINE - 0.5
    grid = np.broadcast_arrays(line[:, None], line[None, :])
    return ndimage.map_coordinates(values, grid, order=3, mode="nearest", output=np.float32)


def make_ground(settings: SimulateSettings, terrain: Terrain) -> Ground:
    """Cover of the scenario's ground."""
    rng = np.random.default_rng([settings.seed, 31])
    columns, rows = pixel_positions(settings, FINE)
    shape, size = (rows.size, columns.size), settings.size * FINE
    along, across = frame(settings).coordinates(columns, rows)
    height = upsample(terrain.elevation)
    low, high = np.percentile(terrain.elevation, (2, 98))
    level = (height - low) / (high - low)
    patches = fractal(rng, shape, 2.6, 0.3 * size, 4.0)
    forest, grass = _plants(settings, rng, level, patches, along, across)
    place = fractal(rng, shape, 3.0, 0.6 * size, 0.3 * size) * 4.0
    farmed = _farmed(settings, level, patches, along, across)
    forest, grass = forest * (1.0 - 0.85 * farmed), grass + farmed * (0.85 - grass)
    plot = parcels(rng, columns + place, rows - place, 14.0, 26.0, rng.uniform(0.0, 1.5))
    tone = rng.uniform(-1.0, 1.0, 4096).astype(np.float32)[plot] * farmed
    edges = (plot != np.roll(plot, 1, 0)) | (plot != np.roll(plot, 1, 1))
    paths = lines(fractal(rng, shape, 3.2, 0.35 * size, 0.05 * size), 1.1)
    gullies = lines(fractal(rng, shape, 2.4, 0.12 * size, 16.0), 1.4) * smoothstep(level, 0.15, 0.4)
    coarse = (0.13 * fractal(rng, shape, 2.2, 0.5 * size, 5.0) + 0.22 * tone + 0.22 * paths
              - 0.25 * edges * farmed - 0.10 * gullies)
    bumps = fractal(rng, shape, 1.7, 20.0 * FINE, 2.5)
    bumps = bumps - 1.5 * gullies
    north, east = np.gradient(bumps)
    rough = 0.07 + 0.09 * forest + 0.03 * (1.0 - grass)
    scale = (0.03 + 0.045 * np.clip(level, 0, 1) + 0.035 * forest).astype(np.float32)
    single = np.float32
    return Ground(forest.astype(single), grass.astype(single), (0.9 * tone + 0.25 * patches).astype(single),
                  smoothstep(0.5 - level + 0.15 * patches, -0.3, 0.3).astype(single), coarse.astype(single),
                  fine_texture(rng, shape), rough.astype(single), east * scale, -north * scale)


def _plants(settings: SimulateSettings, rng, level, patches, along, across):
    """Shares of forest and grass: by height, dry in the earthquake's country, torn on the landslide."""
    line = {GLACIER: 0.33, LANDSLIDE: 0.62, EARTHQUAKE: 0.10}[settings.scenario]
    stands = fractal(rng, level.shape, 2.2, 0.25 * level.shape[0], 5.0)
    forest = smoothstep(line - level + 0.10 * stands, 0.0, 0.04) * smoothstep(stands + 0.4 * patches, -0.3, 0.1)
    meadow = {GLACIER: 0.50, LANDSLIDE: 0.90, EARTHQUAKE: 0.45}[settings.scenario]
    grass = smoothstep(meadow - level + 0.12 * patches, 0.0, 0.15) * (1.0 - forest)
    if settings.scenario == LANDSLIDE:
        torn = smoothstep(1.0 - landslide_radius(along, across) + 0.12 * patches, -0.05, 0.20)
        forest = forest * (1.0 - 0.85 * torn)
        grass = grass * (1.0 - torn) + 0.3 * torn * smoothstep(stands, 0.0, 0.5)
    if settings.scenario == EARTHQUAKE:
        grass = grass * 0.55
    return forest, grass


def _farmed(settings: SimulateSettings, level, patches, along, across):
    """Share of farmed land: the valley floor below the landslide, the plain beside the fault, none at the glacier."""
    if settings.scenario == LANDSLIDE:
        return smoothstep(along + 0.015 * patches, 0.27, 0.31)
    if settings.scenario == EARTHQUAKE:
        return smoothstep(across + 0.06 * patches, 0.04, 0.09) * smoothstep(0.30 - level, 0.0, 0.05)
    return np.zeros_like(level)


def make_ice(settings: SimulateSettings) -> Ice:
    """Moraines along the flow lines, crevasses across them, dirt of all sizes."""
    rng = np.random.default_rng([settings.seed, 32])
    columns, rows = pixel_positions(settings, FINE)
    axes = frame(settings)
    along, across = axes.coordinates(columns, rows)
    shape = along.shape
    position = glacier_position(along, across)
    dirt = fractal(rng, shape, 1.8, 40.0 * FINE, 2.0)
    debris = smoothstep(np.abs(position) + 0.05 * dirt, 0.72, 0.92)
    for place, width in zip(rng.uniform(-0.55, 0.55, 2), (0.035, 0.06)):
        debris = np.maximum(debris, 0.9 * np.exp(-((position - place + 0.012 * dirt) / width) ** 2))
    lower = smoothstep(along + 0.03 * dirt, 0.02, 0.25)
    debris = np.clip(debris + lower * smoothstep(dirt, -0.6, 0.9), 0.0, 1.0)
    angle = np.arctan2(axes.direction[0], -axes.direction[1])  # across the flow
    crevasses = lines(fractal(rng, shape, 2.0, 18.0 * FINE, 5.0, (5.0, angle)), 1.3)
    crevasses *= smoothstep(fractal(rng, shape, 2.5, 60.0 * FINE, 20.0) - 0.5 * debris, -0.4, 0.5)
    fine = 0.09 * fine_texture(rng, shape) + 0.08 * dirt - 0.32 * crevasses
    south, east = np.gradient(fractal(rng, shape, 2.0, 25.0 * FINE, 3.0) - 1.5 * crevasses)
    return Ice(debris.astype(np.float32), fine.astype(np.float32), np.float32(0.05) * east,
               np.float32(-0.05) * south, glacier_mask(along, across).astype(np.float32))


def ground_reflectance(ground: Ground, band: str, green: float, own=None, share: float = 0.0):
    """Reflectance of flat ground. green: 0 winter .. 1 early summer. own: this date's own fine texture, in `share`."""
    bare = reflectance("rock", band) + (reflectance("soil", band) - reflectance("rock", band)) * ground.soil
    alive = np.clip(green * (1.0 + 0.3 * ground.phase) + 0.45 * ground.phase, 0.0, 1.0)
    grass = reflectance("dry", band) + (reflectance("green", band) - reflectance("dry", band)) * alive
    flat = bare + ground.grass * (grass - bare)
    flat += ground.forest * (reflectance("forest", band) - flat)
    return flat * np.exp(ground.coarse + ground.roughness * mixed(ground.fine, own, share))


def ice_reflectance(ice: Ice, band: str, own=None, share: float = 0.0):
    """Reflectance of the glacier's surface, flat."""
    clean, dirty = reflectance("ice", band), reflectance("debris", band)
    return (clean + (dirty - clean) * ice.debris) * np.exp(ice.fine if own is None
                                                           else mixed(ice.fine, 0.25 * own, share))


def mixed(common, own, share: float):
    """Texture of one date: any two dates correlate by 1 - share."""
    if own is None or share == 0.0:
        return common
    return np.float32((1.0 - share) ** 0.5) * common + np.float32(share ** 0.5) * own


def blur(values):
    """The optics: what the detectors' pixels then average. Also what keeps resampling exact."""
    from scipy import ndimage
    return ndimage.gaussian_filter(values, PSF_SAMPLES, mode="nearest", truncate=4.0)
