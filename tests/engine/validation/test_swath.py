"""Profiles: a plane of known slope, a fault of known offset."""
import numpy as np
import pytest
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.validation import swath

GRID = Grid("EPSG:32632", (1000.0, 10.0, 0.0, 5000.0, 0.0, -10.0), 300, 200)


def reader(east, north):
    def read(window):
        rows, columns = window.slices
        return {"east": east[None, rows, columns], "north": north[None, rows, columns]}
    return read


def plane():
    columns, rows = np.meshgrid(np.arange(300) + .5, np.arange(200) + .5)
    return GRID.xy(columns, rows)


def test_profile_of_a_plane_has_its_slope_and_no_spread_across():
    x, _ = plane()
    found = swath.sample(reader(0.01 * x, 0 * x), GRID, [(1200, 4000), (3200, 4000)], 100, 20, Progress())
    assert found.mean["east"][0] == pytest.approx(0.01 * (1200 + found.distance), abs=1e-9)
    assert found.mean[swath.ALONG] == pytest.approx(found.mean["east"])
    # bins of 20 m hold two columns of 10 m: a spread of 0.1 m peak to peak about their mean
    assert np.nanmax(found.spread["east"]) < 0.06
    assert found.points[0] == pytest.approx((1210, 4000))


def test_across_is_positive_to_the_left():
    x, _ = plane()
    still = np.zeros_like(x)
    northward = swath.sample(reader(still, still + 2.0), GRID, [(1200, 4000), (3200, 4000)], 50, 50, Progress())
    assert northward.mean[swath.ACROSS][0] == pytest.approx(2.0)
    assert northward.mean[swath.ALONG][0] == pytest.approx(0.0)
    back = swath.sample(reader(still, still + 2.0), GRID, [(3200, 4000), (1200, 4000)], 50, 50, Progress())
    assert back.mean[swath.ACROSS][0] == pytest.approx(-2.0)


def test_a_bent_line_turns_its_components():
    x, _ = plane()
    line = [(1200, 4800), (2000, 4800), (2000, 3800)]
    found = swath.sample(reader(np.ones_like(x), 0 * x), GRID, line, 40, 20, Progress())
    assert found.mean[swath.ALONG][0][5] == pytest.approx(1.0) and found.mean[swath.ALONG][0][-5] == pytest.approx(0.0)
    assert found.mean[swath.ACROSS][0][-5] == pytest.approx(1.0)  # going south, east is to the left


def test_swath_equals_all_pixels_within_half_the_width():
    rng = np.random.default_rng(4)
    east = rng.normal(size=(200, 300))
    east[rng.random(east.shape) < .2] = np.nan
    x, y = plane()
    found = swath.sample(reader(east, east), GRID, [(1500, 3500), (2503, 4503)], 303, 1e4, Progress())
    direction = np.sqrt(.5)
    along, away = (x - 1500) * direction + (y - 3500) * direction, np.abs((y - 3500) - (x - 1500)) * direction
    inside = (along >= 0) & (along <= 1003 / direction) & (away <= 151.5)
    assert found.mean["east"][0, 0] == pytest.approx(np.nanmean(east[inside]))
    assert found.count[0, 0] == np.isfinite(east[inside]).sum()
    assert found.spread["east"][0, 0] == pytest.approx(np.nanstd(east[inside], ddof=1))


def test_line_off_the_raster_and_points_are_refused():
    x, _ = plane()
    with pytest.raises(InputError, match="over the data"):
        swath.sample(reader(x, x), GRID, [(0, 0), (50, 0)], 10, 10, Progress())
    with pytest.raises(InputError, match="two different points"):
        swath.sample(reader(x, x), GRID, [(2000, 4000), (2000, 4000)], 10, 10, Progress())


def profile(offset, noise, seed=1):
    distance = np.arange(200) * 10.0 + 5
    rng = np.random.default_rng(seed)
    return distance, np.where(distance < 800, 0.0, offset) + 1e-4 * distance + rng.normal(0, noise, 200)


def test_offset_of_a_fault_is_recovered_within_its_sigma():
    # three sigmas hold for 997 of 1000 profiles; seeds are fixed
    for seed in range(5):
        distance, values = profile(3.0, 0.2, seed)
        fit = swath.fit_step(distance, values, where=800.0)
        assert abs(fit.offset - 3.0) < 3 * fit.sigma
        assert 0.02 < fit.sigma < 0.15


def test_fault_is_found_where_it_is():
    distance, values = profile(3.0, 0.2)
    assert swath.fit_step(distance, values).where == pytest.approx(800, abs=10)  # a bin; places tried are 10 m apart
    distance, values = profile(3.0, 0.05)
    assert swath.fit_step(distance, values, zone=100).where == pytest.approx(800, abs=10)


def test_zone_around_the_fault_is_left_out():
    distance, values = profile(3.0, 0.01)
    values[np.abs(distance - 800) < 60] += 1.0
    assert swath.fit_step(distance, values, 800.0, zone=140).offset == pytest.approx(3.0, abs=0.02)


def test_too_few_places_on_a_side_are_refused():
    distance, values = profile(3.0, 0.1)
    with pytest.raises(InputError, match="longer line"):
        swath.fit_step(distance, values, where=15.0)
