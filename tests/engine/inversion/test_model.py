import numpy as np
import pytest

from inversion_networks import days_to_dates
from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.series import SeriesManifest
from terrain_motion.engine.inversion import model
from terrain_motion.engine.inversion.settings import ModelSettings
from terrain_motion.engine.io.manifests import write_series
from terrain_motion.engine.io.raster import Band, new_raster, open_raster

DATES = days_to_dates(np.arange(40) * 25)
YEARS = np.arange(40) * 25 / 365.25


def a_series(folder, course, noise=0.05, seed=0, shape=(10, 12), sigma=True):
    """A line-of-sight series of one course (dates,) in every pixel, with white noise of a known sigma."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    values = (course[:, None, None] + noise * rng.standard_normal((len(DATES), *shape))).astype(np.float32)
    grid = Grid("EPSG:32632", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), shape[1], shape[0])
    bands = [Band(d.isoformat(), "m") for d in DATES]
    for name, array in (("los", values), ("sigma_los", np.full_like(values, noise))):
        with new_raster(folder / f"{name}.tif", grid, bands, pixel_interleaved=True, block=128) as target:
            target.write_all(array)
    return write_series(folder, SeriesManifest("insar", ("los",), grid, tuple(DATES), {"los": "los.tif"},
                                               {"los": "sigma_los.tif"} if sigma else {}))


def bands(path):
    with open_raster(path) as raster:
        return dict(zip(raster.bands, raster.read_bands()))


def fitted(tmp_path, course, settings, **more):
    result = model.run(a_series(tmp_path / "series", course, **more), settings, tmp_path / "m.tif", Progress())
    return result, bands(result.parameters)


def test_velocity_and_season_are_found_within_their_sigmas(tmp_path):
    course = 2.0 * YEARS + 0.3 * np.sin(2 * np.pi * YEARS) - 0.1 * np.cos(2 * np.pi * YEARS)
    _, found = fitted(tmp_path, course, ModelSettings(seasonal=True))
    for name, truth in (("velocity", 2.0), ("seasonal_sine", 0.3), ("seasonal_cosine", -0.1)):
        z = (found[f"{name}_los"] - truth) / found[f"sigma_{name}_los"]
        assert abs(np.mean(z)) < 0.3 and 0.5 < np.mean(np.abs(z) < 1) < 0.85  # 120 pixels: .683 +- .04
    assert found["t_velocity_los"] == pytest.approx(found["velocity_los"] / found["sigma_velocity_los"], rel=1e-5)
    assert np.median(found["rmse_los"]) == pytest.approx(0.05, rel=0.1)


def test_step_and_decay_of_an_earthquake_are_told_apart(tmp_path):
    when = YEARS[15]
    course = 0.5 * YEARS + 1.5 * (YEARS >= when) + 0.2 * np.log1p(np.maximum(YEARS - when, 0) / (20 / 365.25))
    settings = ModelSettings(steps=DATES[15].isoformat(), decay="logarithmic", relaxation=20.0)
    result, found = fitted(tmp_path, course, settings, noise=0.01)
    assert result.terms == ("offset", "velocity", "step_1", "decay")
    assert np.median(found["step_1_los"]) == pytest.approx(1.5, abs=0.01)
    assert np.median(found["decay_los"]) == pytest.approx(0.2, abs=0.01)


def test_acceleration_is_used_only_where_there_is_one(tmp_path):
    _, even = fitted(tmp_path, 1.0 * YEARS, ModelSettings(degree=3))
    assert np.mean(even["degree_los"] == 1) > 0.85  # the criterion errs in a few of a hundred
    _, found = fitted(_new(tmp_path), 0.4 * YEARS ** 2, ModelSettings(degree=2))
    assert np.median(found["acceleration_los"]) == pytest.approx(0.8, rel=0.05)
    assert (found["degree_los"] == 2).all()


def _new(tmp_path):
    (tmp_path / "second").mkdir()
    return tmp_path / "second"


def test_change_of_velocity_is_found_at_its_date_and_not_invented(tmp_path):
    course = 1.0 * YEARS + 3.0 * np.maximum(YEARS - YEARS[20], 0)
    _, found = fitted(tmp_path, course, ModelSettings(change=True))
    assert np.abs(found["change_days_los"] - 500).max() <= 50
    assert np.median(found["velocity_change_los"]) == pytest.approx(3.0, rel=0.05)
    _, none = fitted(_new(tmp_path), 1.0 * YEARS, ModelSettings(change=True))
    assert np.isnan(none["change_days_los"]).mean() > 0.85


def test_pixels_without_data_have_no_parameters_and_equal_weights_work(tmp_path):
    course = 1.0 * YEARS
    course[3:] = np.nan
    _, found = fitted(tmp_path, course, ModelSettings(seasonal=True), sigma=False)
    assert all(np.isnan(band).all() for band in found.values())


def test_impossible_models_are_refused_in_words(tmp_path):
    series = a_series(tmp_path / "series", YEARS)
    for settings, words in ((ModelSettings(steps="2000-01-01"), "outside the series"),
                            (ModelSettings(steps="2020-02-01,2020-02-02"), "cannot be told apart")):
        with pytest.raises(InputError, match=words):
            model.run(series, settings, tmp_path / "m.tif", Progress())
    with pytest.raises(SettingsError, match="choose one"):
        ModelSettings(decay="exponential", change=True)
    with pytest.raises(SettingsError, match="not a date"):
        ModelSettings(steps="yesterday")
    with pytest.raises(Cancelled):
        model.run(series, ModelSettings(), tmp_path / "m.tif", Progress(cancelled=lambda: True))
    assert not (tmp_path / "m.tif").exists()
