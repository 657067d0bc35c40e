"""A course in time fitted to one history: known parameters come back within their sigmas."""
from datetime import date, timedelta

import numpy as np
import pytest
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.inversion.curve import fit_curve
from terrain_motion.engine.inversion.settings import ModelSettings

DATES = tuple(date(2018, 1, 1) + timedelta(days=20 * i) for i in range(60))
YEARS = np.array([(d - DATES[0]).days for d in DATES]) / 365.25
STEP = DATES[30]
SIGMA = 0.05


def noisy(values, seed=2):
    return values + np.random.default_rng(seed).normal(0, SIGMA, len(DATES)), np.full(len(DATES), SIGMA)


def value(fit, name):
    return next(p for p in fit.parameters if p.name == name)


@pytest.mark.parametrize("settings, truth, expected", [
    (ModelSettings(select=False), 2.0 * YEARS, {"velocity": 2.0}),
    (ModelSettings(degree=2, select=False), 2.0 * YEARS + 0.5 * YEARS ** 2, {"velocity": 2.0, "acceleration": 1.0}),
    (ModelSettings(seasonal=True, select=False), 2.0 * YEARS + 0.3 * np.sin(2 * np.pi * YEARS),
     {"velocity": 2.0, "seasonal_sine": 0.3, "seasonal_amplitude": 0.3}),
    (ModelSettings(steps=STEP.isoformat(), select=False), 2.0 * YEARS + 1.0 * (YEARS >= YEARS[30]), {"step_1": 1.0})])
def test_parameters_come_back_within_four_sigmas(settings, truth, expected):
    fit = fit_curve(DATES, *noisy(truth), settings)
    for name, wanted in expected.items():
        found = value(fit, name)
        assert abs(found.value - wanted) < 4 * found.sigma and found.significant  # four sigmas: 1 of 16,000
    assert fit.rmse == pytest.approx(SIGMA, rel=0.35)


def test_change_of_velocity_is_found_on_its_day():
    truth = 1.0 * YEARS + 3.0 * np.maximum(YEARS - YEARS[30], 0)
    fit = fit_curve(DATES, *noisy(truth), ModelSettings(change=True, select=False))
    assert abs((fit.change - STEP).days) <= 40  # two dates of the series
    assert value(fit, "velocity_change").value == pytest.approx(3.0, abs=0.2)
    assert fit.values[-1] == pytest.approx(truth[-1], abs=0.15)


def test_steady_motion_has_no_change():
    fit = fit_curve(DATES, *noisy(2.0 * YEARS), ModelSettings(change=True, select=False))
    assert fit.change is None and not any(p.name == "velocity_change" for p in fit.parameters)


def test_gaps_are_left_out_and_too_few_dates_refused():
    values, sigmas = noisy(2.0 * YEARS)
    values[10:40] = np.nan
    fit = fit_curve(DATES, values, sigmas, ModelSettings())
    assert fit.observations == 30 and np.isnan(fit.residuals[20])
    values[3:] = np.nan
    with pytest.raises(InputError, match="too few"):
        fit_curve(DATES, values, sigmas, ModelSettings(seasonal=True))


def test_step_outside_the_values_is_left_out():
    values, _ = noisy(2.0 * YEARS)
    values[25:] = np.nan
    fit = fit_curve(DATES, values, None, ModelSettings(steps=STEP.isoformat()))
    assert not any(p.name.startswith("step") for p in fit.parameters)


@pytest.mark.parametrize("change", [0.0, 0.4, 3.0])
def test_change_is_the_one_that_maps_find(change):
    """The raster algorithm fits only the day of the largest gain; a curve fits them all."""
    from terrain_motion.engine.inversion.temporal import fit_change, fit_terms, terms_of
    values, sigmas = noisy(1.0 * YEARS + change * np.maximum(YEARS - YEARS[30], 0))
    values[5] = np.nan
    terms = terms_of(YEARS, 1, False, [], "none", 1.0)
    column, weight = values[:, None], 1 / sigmas[:, None] ** 2
    wanted = fit_change(*terms, YEARS, column, weight, fit_terms(*terms, column, weight, False))
    found = fit_curve(DATES, values, sigmas, ModelSettings(change=True, select=False))
    known = wanted.parameters[np.isfinite(wanted.parameters)]
    assert [p.value for p in found.parameters] == pytest.approx(list(known), rel=1e-9)
    assert (found.change is None) == bool(np.isnan(wanted.change[0]))
