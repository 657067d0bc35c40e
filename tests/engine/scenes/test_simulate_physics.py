"""The simulated scenes against independent measurements: where the ground is, and what sun, sky and sensor do to it."""
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from simulated import shift_by_phase, weighted, window  # noqa: E402

from terrain_motion.engine.scenes.settings import SimulateSettings  # noqa: E402
from terrain_motion.engine.scenes.simulation import atmosphere, schedule, sensor  # noqa: E402
from terrain_motion.engine.scenes.simulation.motion import Motion  # noqa: E402
from terrain_motion.engine.scenes.simulation.render import make_world, render  # noqa: E402
from terrain_motion.engine.scenes.simulation.terrain import illumination, scene_grid  # noqa: E402
from terrain_motion.engine.scenes.simulation.truth import (  # noqa: E402
    pair_displacement, true_displacement, velocity_by_line_fit)

SIDE = 32  # px, window of the measurement


def clean(scenario, **changes):
    return replace(SimulateSettings(scenario=scenario, size=256, dates=6).without_artefacts(), **changes)


def measured_and_true(world, index, spacing=20, spread=0.15):
    """[(measured - true columns, rows, true motion)] in windows where the truth varies by less than `spread` px."""
    reference, secondary = (render(world, i).bands["B04"] for i in (0, index))
    grid = scene_grid(world.settings)
    east, north = (v[index] / grid.pixel_size for v in true_displacement(world.motion, grid))
    found = []
    for row in range(40, world.settings.size - 40, spacing):
        for column in range(40, world.settings.size - 40, spacing):
            inner = [np.ptp(window(v, row, column, SIDE * 3 // 4)) for v in (east, north)]
            if np.hypot(*inner) > spread:
                continue
            right, down = weighted(east, row, column, SIDE), -weighted(north, row, column, SIDE)
            whole = round(right), round(down)
            shift = shift_by_phase(window(reference, row, column, SIDE),
                                   window(secondary, row + whole[1], column + whole[0], SIDE))
            found.append((shift[0] + whole[0] - right, shift[1] + whole[1] - down, np.hypot(right, down)))
    return np.array(found)


@pytest.mark.parametrize("scenario, index", [("landslide", 2), ("landslide", 5), ("earthquake", 3), ("glacier", 1)])
def test_truth_is_where_an_independent_measurement_finds_the_ground(scenario, index):
    # Measured on these scenes: medians below 0.002 px, deviations below 0.004 px (windows average a varying field).
    found = measured_and_true(make_world(clean(scenario)), index, spread=0.8)
    moving, stable = found[found[:, 2] > 0.1], found[found[:, 2] < 0.01]
    assert len(moving) >= 2 and len(stable) >= 4
    assert np.abs(np.median(moving[:, :2], 0)).max() < 0.02 and np.abs(np.median(stable[:, :2], 0)).max() < 0.005
    assert np.sqrt((stable[:, :2] ** 2).mean()) < 0.01
    if scenario == "earthquake":  # both senses of motion: a wrong size hides in the median
        assert np.sqrt((moving[moving[:, 2] > 0.2, :2] ** 2).mean()) < 0.01


def test_ground_held_still_does_not_move():
    world = make_world(clean("landslide", motion=0.0))
    assert np.array_equal(render(world, 0).bands["B04"], render(world, 5).bands["B04"])
    assert not any(v.any() for v in true_displacement(world.motion, scene_grid(world.settings)))


def test_glacier_flows_south_east_and_the_landslide_south_west():
    for scenario, sign in (("glacier", 1), ("landslide", -1)):
        motion = make_world(clean(scenario)).motion
        east, north = true_displacement(motion, scene_grid(motion.settings))
        assert sign * east[-1].sum() > 0 and north[-1].min() < -5.0 and north[-1].max() <= 0.0


def test_way_back_is_the_inverse_of_the_way():
    columns, rows = np.meshgrid(np.arange(0.0, 256.0, 3.0), np.arange(0.0, 256.0, 3.0))
    for scenario in ("glacier", "landslide", "earthquake"):
        settings = clean(scenario)
        motion = Motion(settings, schedule.acquisition_dates(settings))
        there = motion.displacement(columns, rows, 0, 5)
        back = motion.displacement(columns + there[0], rows + there[1], 5, 0)
        assert np.abs(there + back).max() < 2e-3  # px; Runge-Kutta steps of 2 px across a shear margin


def test_pairs_add_up_along_the_path():
    settings = clean("glacier")
    motion = Motion(settings, schedule.acquisition_dates(settings))
    columns, rows = np.array([100.0, 110.0]), np.array([60.0, 90.0])
    first = motion.displacement(columns, rows, 0, 2)
    second = motion.displacement(columns + first[0], rows + first[1], 2, 5)
    assert first + second == pytest.approx(motion.displacement(columns, rows, 0, 5), abs=2e-3)


def test_pair_truth_starts_at_the_pixels_of_its_first_scene():
    settings = clean("earthquake")
    east, north = pair_displacement(settings, 0, 5)
    series = true_displacement(make_world(settings).motion, scene_grid(settings))
    assert east == pytest.approx(series[0][5], abs=1e-5) and north == pytest.approx(series[1][5], abs=1e-5)
    assert not any(v.any() for v in pair_displacement(settings, 3, 5))
    back = pair_displacement(settings, 5, 0)
    assert np.median(np.abs(back[0] + east)) < 0.01  # m; the other way round


def test_motion_is_measurable_and_not_too_fast():
    for seed in (1, 2, 3):
        totals = {}
        for scenario in ("glacier", "landslide", "earthquake"):
            settings = SimulateSettings(scenario=scenario, seed=seed, size=256)
            motion = Motion(settings, schedule.acquisition_dates(settings))
            columns, rows = np.meshgrid(np.arange(0.0, 256.0, 2.0), np.arange(0.0, 256.0, 2.0))
            steps = [np.hypot(*motion.displacement(columns, rows, i, i + 1)).max() for i in range(11)]
            totals[scenario] = np.hypot(*motion.displacement(columns, rows)).max()
            assert max(steps) < 5.0
        assert 1.5 < totals["landslide"] < 3.0 and 0.2 <= totals["earthquake"] <= 0.4 and totals["glacier"] > 8.0


def test_landslide_is_faster_after_its_acceleration_and_the_glacier_in_summer():
    settings = SimulateSettings(scenario="landslide")
    dates = schedule.acquisition_dates(settings)
    days = np.diff([d.toordinal() for d in dates])
    rate = np.diff(schedule.effective_time("landslide", dates)) / days
    before = [end <= schedule.ACCELERATION for end in dates[1:]]
    assert min(rate[-3:]) > 5.0 * max(rate[before])
    dates = schedule.acquisition_dates(SimulateSettings(scenario="glacier"))
    rate = np.diff(schedule.effective_time("glacier", dates)) / np.diff([d.toordinal() for d in dates])
    middle = [a + (b - a) / 2 for a, b in zip(dates, dates[1:])]
    assert middle[int(np.argmax(rate))].month in (6, 7, 8) and rate.max() > 1.8 * rate.min()


def test_velocity_is_the_straight_line_through_the_truth():
    settings = SimulateSettings()
    dates = schedule.acquisition_dates(settings)
    years = np.array([(d - dates[0]).days for d in dates]) / 365.25
    velocity, sigma = velocity_by_line_fit((7.0 * years)[:, None, None] * np.ones((1, 2, 2)), dates)
    assert velocity == pytest.approx(np.full((2, 2), 7.0)) and sigma.max() < 1e-5
    bent = years ** 2
    velocity, sigma = velocity_by_line_fit(bent[:, None, None], dates)
    (slope, _), covariance = np.polyfit(years, bent, 1, cov=True)
    assert velocity[0, 0] == pytest.approx(slope) and sigma[0, 0] == pytest.approx(math.sqrt(covariance[0, 0]))


@pytest.mark.parametrize("changes", [dict(misregistration=0.3), dict(ramp=0.5), dict(detector_offset=0.3),
                                     dict(jitter=0.15)])
def test_errors_of_the_sensor_are_found_as_written_down(changes):
    world = make_world(clean("landslide", motion=0.0, size=384, **changes))
    settings = world.settings
    first, second = render(world, 0), render(world, 1)
    columns, rows = np.meshgrid(np.arange(384.0), np.arange(384.0))
    shifts = [sensor.content_shift(settings, scene.errors, columns, rows) for scene in (first, second)]
    expected = shifts[1] - shifts[0]
    found = []
    for row in range(40, 350, 24):
        for column in range(40, 350, 24):
            if max(np.ptp(window(v, row, column, SIDE)) for v in expected) > 0.15:
                continue  # a detector border or half a wave inside the window
            measured = shift_by_phase(*(window(s.bands["B04"], row, column, SIDE) for s in (first, second)))
            found.append([*measured, *(weighted(v, row, column, SIDE) for v in expected)])
    found = np.array(found)
    assert len(found) > 15 and np.ptp(found[:, 2:], 0).max() + np.abs(found[:, 2:]).max() > 0.1
    assert np.sqrt(((found[:, :2] - found[:, 2:]) ** 2).mean()) < 0.012  # 0.005 measured


def test_jitter_waves_run_along_the_oblique_track():
    settings = SimulateSettings(size=512, misregistration=0.0, detector_offset=0.0, ramp=0.0, jitter=0.2)
    errors = sensor.make_artefacts(settings, np.random.default_rng(3))
    columns, rows = np.meshgrid(np.arange(512.0), np.arange(512.0))
    shift = sensor.content_shift(settings, errors, columns, rows)[0]
    south, east = np.gradient(shift)
    azimuth = math.degrees(math.atan2((east * east).sum(), -(east * south).sum())) % 180.0
    assert azimuth == pytest.approx(14.0, abs=0.5)  # the axis of 194 degrees
    along, _ = sensor.track_position(settings, columns, rows)
    one_wave = shift[np.abs(along) < errors.jitter_wavelength / 2.0]
    assert np.ptp(one_wave) == pytest.approx(2.0 * abs(errors.jitter_amplitude[0]), rel=1e-3)


def test_sun_at_45_north_stands_where_the_almanac_says():
    # Solar noon at the solstices: 90 - 45 +- 23.44 degrees, due south; the morning sun stands in the south-east.
    assert schedule.sun_position(172, 45.0, 12.0) == pytest.approx((180.0, 68.4), abs=0.2)
    assert schedule.sun_position(355, 45.0, 12.0) == pytest.approx((180.0, 21.6), abs=0.2)
    azimuth, elevation = schedule.sun_position(80, 45.0, 10.5)
    assert 140.0 < azimuth < 155.0 and 38.0 < elevation < 43.0


def test_slope_toward_the_sun_is_bright_and_the_one_away_is_dark():
    # Ground that rises to the north faces south.
    facing = illumination(np.float32(0.0), np.float32(0.3), 180.0, 40.0)
    away = illumination(np.float32(0.0), np.float32(-0.3), 180.0, 40.0)
    steep = illumination(np.float32(0.0), np.float32(-2.0), 180.0, 40.0)
    assert facing > 1.15 and away < 0.75 and steep == pytest.approx(0.22)
    assert illumination(np.float32(0.0), np.float32(0.0), 135.0, 30.0) == pytest.approx(1.0)


def test_cloud_share_is_as_asked_and_shadows_lie_away_from_the_sun():
    settings = SimulateSettings(cloud=20.0, dates=10, size=256)
    shares = atmosphere.cloud_shares(settings)
    assert shares.mean() == pytest.approx(0.20, abs=0.02) and shares.std() > 0.03
    assert atmosphere.cloud_shares(replace(settings, cloud=80.0)).mean() == pytest.approx(0.80, abs=0.01)
    assert not atmosphere.cloud_shares(replace(settings, cloud=0.0)).any()
    sun = (150.0, 40.0)
    sky = atmosphere.make_sky(settings, np.random.default_rng(5), 0.15, sun)
    assert sky.cloudy.mean() == pytest.approx(0.15, abs=0.005)
    columns, rows = (round(v) for v in atmosphere.shadow_shift(sky.height, *sun, 10.0))
    assert columns < 0 and rows < 0  # the sun stands in the south-east, the shadow falls to the north-west
    assert np.array_equal(sky.shadow[:rows, :columns], sky.cloud[-rows:, -columns:])


def test_clouds_are_bright_and_shadows_dark_in_the_scene():
    world = make_world(replace(clean("landslide"), cloud=25.0))
    scene = max((render(world, i) for i in range(3)), key=lambda s: s.sky.cloudy.mean())
    values = scene.bands["B04"]
    clear = np.median(values[scene.classes == 0])
    assert np.median(values[scene.classes == 4]) > 3.0 * clear > 4.0 * np.median(values[scene.classes == 2])


def test_snow_lies_high_in_winter_and_only_on_the_glacier_scenario():
    world = make_world(SimulateSettings(scenario="glacier", size=128, dates=8, cloud=0.0))
    scenes = [render(world, i) for i in range(8)]
    shares = {scene.acquired: (scene.classes == 3).mean() for scene in scenes}
    winter = [v for d, v in shares.items() if d.month in (12, 1, 2)]
    assert min(winter) > 0.25 and min(shares.values()) < 0.10
    height = world.terrain.elevation[32:-32, 32:-32]
    snowy = max(scenes, key=lambda s: (s.classes == 3).mean()).classes == 3
    assert np.median(height[snowy]) > np.median(height[~snowy])


def test_texture_is_neither_white_nor_smooth():
    # Power falls with frequency at all scales, and about 0.2 of the contrast is left where pixels end.
    values = render(make_world(clean("landslide", size=256)), 0).bands["B04"].astype(float)
    taper = np.outer(np.hanning(256), np.hanning(256))
    power = np.abs(np.fft.fft2((values - values.mean()) * taper)) ** 2
    radius = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256)[None, :])
    bands = [(0.02, 0.04), (0.04, 0.08), (0.08, 0.16), (0.16, 0.32), (0.32, 0.5)]
    levels = [power[(radius > a) & (radius < b)].mean() for a, b in bands]
    ratios = np.array(levels[1:]) / levels[:-1]
    assert (ratios < 0.75).all() and (ratios > 0.02).all()


def test_change_of_the_ground_lowers_the_correlation():
    def correlation(change):
        world = make_world(clean("landslide", motion=0.0, change=change))
        pair = [render(world, i).bands["B04"].astype(float) for i in (0, 1)]
        fine = [v[1:-1, 1:-1] - (v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:]) / 4.0 for v in pair]
        return np.corrcoef(fine[0].ravel(), fine[1].ravel())[0, 1]
    assert correlation(0.0) == pytest.approx(1.0) and correlation(0.9) < correlation(0.3) < 0.99
