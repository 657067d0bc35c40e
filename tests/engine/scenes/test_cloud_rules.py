"""Clouds beside snow, and shadows whose cloud or whose ground is hardly seen."""
import numpy as np
import pytest

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.products import roles
from terrain_motion.engine.scenes.classification import clouds, shade, shadows
from terrain_motion.engine.scenes.classification.bands import SceneBands
from terrain_motion.engine.scenes.classify_settings import ClassifySettings

SHAPE = 90, 120
GRID = Grid("EPSG:32632", (500000.0, 20.0, 0.0, 5000000.0, 0.0, -20.0), SHAPE[1], SHAPE[0])
#: Blue, green, red, near infrared, 1.6 and 2.2 um.
ROCK, SNOW, CLOUD = (0.11, 0.13, 0.15, 0.20, 0.24, 0.20), (0.8, 0.8, 0.78, 0.7, 0.1, 0.08), (0.5, 0.5, 0.5, 0.52, 0.4, 0.3)
MIXED = tuple(0.75 * a + 0.25 * b for a, b in zip(ROCK, SNOW))
FOREST = (0.04, 0.05, 0.035, 0.15, 0.08, 0.04)
ROLES = roles.BLUE, roles.GREEN, roles.RED, roles.NIR, roles.SWIR1, roles.SWIR2
SNOWY, BORDER, CLOUDY = np.s_[:, :40], np.s_[:, 40:43], np.s_[20:60, 43:90]


def candidates(*places):
    made = np.zeros(SHAPE, bool)
    for place in places:
        made[place] = True
    return made


def scene(*parts, shifted=0):
    """Rock with parts of other spectra; B8 sees the last one `shifted` pixels lower."""
    values = np.ones(SHAPE)[..., None] * np.array(ROCK)
    wide = values[..., 3].copy()
    for spectrum, place in parts:
        wide = values[..., 3].copy()
        values[place] = spectrum
        wide[np.roll(candidates(place), shifted, 0)] = spectrum[3]
    bands = dict(zip(ROLES, np.moveaxis(values, -1, 0)))
    bands.update({roles.NIR_NARROW: values[..., 3], roles.RED_EDGE: 0.98 * values[..., 3], roles.NIR_WIDE: wide})
    noise = np.random.default_rng(3).normal(1.0, 0.004, SHAPE)
    return SceneBands(GRID, {role: np.round(band * noise * 1e4).astype(np.int16) for role, band in bands.items()})


def found(bands, candidates, settings=ClassifySettings()):
    snow, roofs = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    snow[SNOWY] = True
    return clouds.find(bands, candidates, roofs, snow & ~candidates, roofs, np.ones(SHAPE, bool), settings, 20.0)


def test_border_of_snow_does_not_shift_and_is_no_cloud_but_a_cloud_beside_it_is():
    bands = scene((SNOW, SNOWY), (MIXED, BORDER), (CLOUD, CLOUDY), shifted=2)
    cloud = found(bands, candidates(BORDER, CLOUDY))
    assert cloud[22:58, 50:88].all()
    assert not cloud[:10, 40:43].any() and not cloud[70:, 40:43].any()
    without = found(bands, candidates(BORDER, CLOUDY), ClassifySettings(displacement=False))
    assert without[70:, 40:43].all()  # without the test, 60 m are too wide for the border of a field


def test_fog_that_does_not_shift_stays_cloud():
    bands = scene((SNOW, SNOWY), (MIXED, BORDER), (CLOUD, CLOUDY))
    cloud = found(bands, candidates(CLOUDY))
    assert cloud[CLOUDY].all()


def test_thin_cloud_over_snow_is_found_at_1_6_um():
    veil = tuple(0.7 * a + 0.3 * b for a, b in zip(SNOW, CLOUD))  # darker than snow in red, .09 brighter at 1.6 um
    core, edge = np.s_[40:60, 10:30], np.s_[36:40, 10:30]
    bands = scene((SNOW, np.s_[:, :]), (veil, edge), (CLOUD, core), shifted=-2)
    snow, none = ~candidates(core), np.zeros(SHAPE, bool)
    cloud = clouds.find(bands, candidates(core), none, snow, none, np.ones(SHAPE, bool), ClassifySettings(), 20.0)
    assert cloud[core].all() and cloud[37:39, 12:28].all() and not cloud[:30].any() and not cloud[:, 60:].any()


def test_shadow_of_a_cloud_outside_is_told_by_what_shadows_look_like_here():
    # a third of the ground is dark forest: a hollow at the edge of the image runs out into it
    bands = scene((FOREST, np.s_[:, 80:]))
    shadow, outside = np.s_[30:55, 20:50], np.s_[75:90, 5:60]
    for values in bands.stored.values():
        for place in (shadow, outside):
            values[place] = values[place] * 0.4
    valid, matched = np.ones(SHAPE, bool), candidates(shadow)
    depth = shade.depth_of(bands, valid)
    ground = np.where(depth > shade.DARK, shadows.DARK, shadows.LIT).astype(np.uint8)
    per_metre = 0.0, -0.05  # the sun stands in the south at 45 degrees
    made = shade.from_outside(bands, depth, ground, matched, valid, per_metre, 400.0, 20.0)
    assert made[78:, 8:57].all() and not made[:60].any() and not made[75:, 64:].any()
    few = shade.from_outside(bands, depth, ground, candidates(np.s_[30:40, 20:30]), valid, per_metre, 400.0, 20.0)
    assert not few[78:, 8:57].all()  # too few examples: deep hollows only


@pytest.mark.parametrize("told, dark, what", (
    (900, 0.24, "stands out from chance"), (100, 0.8, "is overcast, with little ground to see")))
def test_height_is_found_where_the_scene(told, dark, what):
    steps = np.arange(200.0, 2000.0, 20.0)
    share = 0.1 + (dark - 0.1) * np.exp(-((steps - 1000.0) / 60.0) ** 2)
    told = np.full((1, steps.size), told, np.int32)
    _, usual = shadows._heights((told * share).astype(np.int32), told, np.array([1000]), steps)
    assert usual == pytest.approx(1000.0, abs=20.0), what


def test_no_height_is_believed_that_is_chance():
    rng = np.random.default_rng(0)
    told = np.full((1, 90), 900, np.int32)
    dark = (told * rng.uniform(0.16, 0.21, told.shape)).astype(np.int32)
    assert np.isnan(shadows._heights(dark, told, np.array([1000]), np.arange(200.0, 2000.0, 20.0))[1])
