"""Errors of the DEM and filters of a series: known parts are taken off, motion and sigmas are what they must be."""
import numpy as np
import pytest
from insar_stacks import LOOK, days, neighbours, write_insar

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.series import SeriesManifest
from terrain_motion.engine.insar import demerror, filterseries, series_step
from terrain_motion.engine.insar.correction_settings import DemErrorSettings, FilterSeriesSettings
from terrain_motion.engine.io.manifests import read_series, read_stack, write_series
from terrain_motion.engine.io.raster import Band, new_raster, open_raster

DATES, ROWS, COLUMNS = 24, 20, 30
SINE = np.sqrt(1.0 - LOOK[2] ** 2)


@pytest.fixture
def write(tmp_path):
    """Write a series with its stack of baselines: write(values, baselines) -> series.json."""
    def write_files(values, baselines=None):
        stack = write_insar(tmp_path / "stack", np.zeros((DATES, 4, 4)), neighbours(DATES), baselines=baselines)
        manifest, _ = read_stack(stack)
        folder = tmp_path / "series"
        folder.mkdir()
        grid = manifest.grid.part(manifest.grid.window)
        grid = type(grid)(grid.crs, grid.transform, values.shape[2], values.shape[1])
        dates = days(DATES)
        for name, data in (("los.tif", values), ("sigma_los.tif", np.full(values.shape, 0.002))):
            with new_raster(folder / name, grid, [Band(d.isoformat(), "m") for d in dates], pixel_interleaved=True,
                            block=128) as target:
                target.write_all(data.astype(np.float32))
        years = np.arange(DATES) * 12 / 365.25
        rate = series_step.slopes(values, years)
        with new_raster(folder / "velocity.tif", grid, [Band("velocity_los", "m/yr"), Band("sigma_los", "m/yr")]) as target:
            target.write({"velocity_los": rate.astype(np.float32), "sigma_los": np.full(rate.shape, 0.001, np.float32)})
        with new_raster(folder / "geometry.tif", grid, [Band("look_up")]) as target:
            target.write({"look_up": np.full(rate.shape, LOOK[2], np.float32)})
        return write_series(folder, SeriesManifest(
            "insar", ("los",), grid, tuple(dates), {"los": "los.tif"}, {"los": "sigma_los.tif"}, quality=None,
            extra={"stack": "../stack/stack.json"}))
    return write_files


def read(series):
    manifest, folder = read_series(series)
    with open_raster(folder / "los.tif") as los, open_raster(folder / "velocity.tif") as velocity:
        return los.read_bands(), velocity.read("velocity_los"), velocity.read("sigma_los")


def scene(rng, dem_error, motion=None):
    """(values, baselines, motion): DEM error through baselines, motion and noise of a millimetre."""
    baselines = rng.normal(0, 80, DATES)
    leverage = demerror.SLANT_RANGE * SINE
    if motion is None:
        motion = np.arange(DATES)[:, None, None] * 0.001 * np.ones((ROWS, COLUMNS))
    values = motion + (baselines - baselines[0])[:, None, None] * dem_error / leverage
    values = values + rng.normal(0, 0.001, values.shape)
    return values - values[0], baselines, motion


def test_error_of_the_dem_is_found_and_taken_off(write, tmp_path):
    rng = np.random.default_rng(8)
    error = np.zeros((ROWS, COLUMNS))
    error[:, 15:] = 25.0
    values, baselines, motion = scene(rng, error)
    result = demerror.run(write(values, baselines), DemErrorSettings(), tmp_path / "out", Progress())
    with open_raster(result.raster) as raster:
        metres, sigma, applied = (raster.read(n) for n in ("dem_error", "sigma_dem_error", "applied"))
    assert np.abs(metres - error).max() < 5 * np.median(sigma) < 12.0
    assert applied[:, 15:].mean() > 0.95 and applied[:, :15].mean() < 0.05
    los, _, _ = read(result.series)
    assert np.abs(los[:, :, 16:] - motion[:, :, 16:]).std() < 0.0025  # noise of the date, of the first date and of the fit


def test_moving_ground_gets_no_invented_error(write, tmp_path):
    """Motion that speeds up and stops is no polynomial: without the guard metres of DEM error appear."""
    rng = np.random.default_rng(9)
    step = 0.15 / (1.0 + np.exp(-(np.arange(DATES) - 13.0) / 1.5))
    motion = np.zeros((DATES, ROWS, COLUMNS))
    motion[:, :, 10:20] = step[:, None, None]
    values, baselines, _ = scene(rng, np.zeros((ROWS, COLUMNS)), motion)
    result = demerror.run(write(values, baselines), DemErrorSettings(), tmp_path / "out", Progress())
    with open_raster(result.raster) as raster:
        applied, metres = raster.read("applied"), raster.read("dem_error")
    assert applied[:, 10:20].mean() < 0.02 and np.abs(metres[:, 10:20]).max() > 3.0


def test_baselines_that_follow_the_dates_are_refused(write, tmp_path):
    values, _, _ = scene(np.random.default_rng(10), np.zeros((ROWS, COLUMNS)))
    with pytest.raises(InputError, match="cannot be told from motion"):
        demerror.run(write(values, np.linspace(0, 500, DATES) ** 1.1), DemErrorSettings(), tmp_path / "out", Progress())
    with pytest.raises(InputError, match="not known"):
        demerror.date_baselines(series_step.open_for_step(tmp_path / "series", tmp_path / "o"),
                                write_insar(tmp_path / "bare", np.zeros((DATES, 4, 4)), neighbours(DATES)))


def test_filter_in_time_keeps_steady_motion_and_halves_noise():
    rng = np.random.default_rng(11)
    t = np.arange(DATES) * 12.0
    steady = (0.0002 * t)[:, None, None] * np.ones((6, 6))
    assert np.allclose(filterseries.smooth_in_time(steady, t, 40.0), steady, atol=1e-9)
    noise = rng.normal(0, 1, (DATES, 40, 40))
    assert filterseries.smooth_in_time(noise, t, 30.0)[4:-4].std() < 0.5
    gap = steady.copy()
    gap[5, 2, 2] = np.nan
    smoothed = filterseries.smooth_in_time(gap, t, 40.0)
    assert np.isnan(smoothed[5, 2, 2]) and np.isfinite(smoothed).sum() == gap.size - 1


def test_wide_and_short_atmosphere_is_taken_off_and_a_small_moving_patch_stays(write, tmp_path):
    rng = np.random.default_rng(12)
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    waves = rng.normal(0, 0.01, (DATES, 3))
    first, second, third = (waves[:, n, None, None] for n in range(3))
    atmosphere = first + second * np.sin(x / 15.0) + third * np.cos(y / 12.0)
    motion = np.zeros((DATES, ROWS, COLUMNS))
    motion[:, 8:11, 14:17] = np.arange(DATES)[:, None, None] * 0.004
    values = motion + atmosphere - atmosphere[0]
    series = write(values)
    result = filterseries.run(series, FilterSeriesSettings(spatial=400.0, temporal=60.0), tmp_path / "out", Progress())
    los, rate, _ = read(result.series)
    quiet = np.ones((ROWS, COLUMNS), bool)
    quiet[5:14, 11:20] = False
    assert los[:, quiet].std() < 0.6 * values[:, quiet].std()
    patch, around = los[:, 9, 15], los[:, quiet].mean(axis=1)
    assert np.isclose((patch - around)[-1], 0.092, atol=0.015)
    assert np.isclose(rate[9, 15] - rate[quiet].mean(), 0.004 * 365.25 / 12, rtol=0.1)


def test_narrow_noise_is_taken_off_and_what_is_wide_stays(write, tmp_path):
    rng = np.random.default_rng(16)
    wide = rng.normal(0, 0.01, DATES)[:, None, None] * np.ones((ROWS, COLUMNS))
    values = wide - wide[0] + rng.normal(0, 0.004, (DATES, ROWS, COLUMNS))
    values -= values[0]
    settings = FilterSeriesSettings(spatial=400.0, temporal=60.0, part="narrow")
    los = read(filterseries.run(write(values), settings, tmp_path / "out", Progress()).series)[0]
    middle = los.mean(axis=(1, 2))
    assert np.abs(middle - values.mean(axis=(1, 2))).max() < 0.001
    assert (los - middle[:, None, None]).std() < 0.6 * (values - values.mean(axis=(1, 2))[:, None, None]).std()


def test_velocity_follows_what_is_taken_off_and_the_series_still_begins_at_zero(write, tmp_path):
    rng = np.random.default_rng(13)
    values, baselines, _ = scene(rng, np.full((ROWS, COLUMNS), 30.0))
    values[:6, 3, 4] = np.nan
    result = demerror.run(write(values, baselines), DemErrorSettings(), tmp_path / "out", Progress())
    los, rate, sigma = read(result.series)
    expected = series_step.slopes(los, np.arange(DATES) * 12 / 365.25)
    assert np.allclose(rate, expected, atol=2e-4)
    assert np.allclose(los[0][np.isfinite(los[0])], 0.0) and np.isnan(los[:6, 3, 4]).all()
    assert (sigma >= 0.001 - 1e-6).all() and sigma.max() > 0.001


def test_tiles_equal_whole(write, tmp_path, monkeypatch):
    rng = np.random.default_rng(14)
    series = write(np.cumsum(rng.normal(0, 0.01, (DATES, ROWS, COLUMNS)), axis=0))
    settings = FilterSeriesSettings(spatial=240.0, temporal=40.0)
    whole = read(filterseries.run(series, settings, tmp_path / "whole", Progress()).series)
    monkeypatch.setattr(series_step, "BLOCK", 16)
    parts = read(filterseries.run(series, settings, tmp_path / "parts", Progress()).series)
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(whole, parts))


def test_cancel_leaves_no_series(write, tmp_path, progress):
    progress.record.cancel_after(1)
    with pytest.raises(Cancelled):
        filterseries.run(write(np.zeros((DATES, ROWS, COLUMNS))), FilterSeriesSettings(), tmp_path / "out", progress)
    assert not (tmp_path / "out" / "series.json").exists() and not list((tmp_path / "out").rglob("*.part"))


def test_a_result_over_its_own_input_is_refused(write, tmp_path):
    series = write(np.zeros((DATES, ROWS, COLUMNS)))
    with pytest.raises(InputError, match="overwrite"):
        filterseries.run(series, FilterSeriesSettings(), tmp_path / "series", Progress())
