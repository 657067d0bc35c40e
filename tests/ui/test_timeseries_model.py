"""The numbers behind the curves, without a window."""
from datetime import date

import numpy as np
import pytest

from terrain_motion.engine.io.series import History
from terrain_motion.ui.timeseries import curves, model

DATES = (date(2020, 1, 1), date(2020, 7, 1), date(2021, 1, 1))


def history(east, north, sigma=0.3, velocity=(3.0, 4.0), flag=0, **quality):
    values = {"east": np.array(east, np.float32), "north": np.array(north, np.float32)}
    sigmas = {name: np.full(3, sigma, np.float32) for name in values} if sigma else {}
    return History(0.0, 0.0, DATES, values, sigmas,
                   {"velocity_east": velocity[0], "velocity_north": velocity[1], "sigma_east": .1, "sigma_north": .1},
                   quality, flag)


def test_displacement_along_the_motion_is_the_projection_on_the_mean_velocity():
    values, sigmas = model.component_values(history([0, 3, 6], [0, 4, 8]), model.ALONG)
    assert values == pytest.approx([0, 5, 10])
    assert sigmas == pytest.approx([.3, .3, .3])  # equal and independent errors: the same in every direction


def test_motion_against_the_mean_direction_is_negative_along_it_and_positive_in_magnitude():
    back = history([0, -3, 6], [0, -4, 8])
    assert model.component_values(back, model.ALONG)[0][1] == pytest.approx(-5)
    assert model.component_values(back, model.HORIZONTAL)[0][1] == pytest.approx(5)


def test_motion_toward_south_east_has_azimuth_135():
    assert model.azimuth(history([0, 1, 2], [0, -1, -2], velocity=(1.0, -1.0))) == pytest.approx(135)


def test_reference_motion_is_taken_away_per_component_and_variances_add():
    values, sigmas = model.component_values(history([0, 3, 6], [0, 4, 8]), model.EAST, history([0, 1, 1], [0, 0, 0], .4))
    assert values == pytest.approx([0, 2, 5])
    assert sigmas == pytest.approx([.5, .5, .5])


def test_missing_dates_stay_missing_in_every_component():
    gap = history([0, np.nan, 6], [0, 4, 8])
    for name in (model.ALONG, model.EAST, model.HORIZONTAL):
        assert np.isnan(model.component_values(gap, name)[0][1])


def test_rmse_stands_for_unknown_sigmas_except_at_the_first_date():
    _, sigmas = model.component_values(history([0, 3, 6], [0, 4, 8], sigma=None, rmse_east=.7), model.EAST)
    assert sigmas == pytest.approx([0, .7, .7])


def test_unknown_errors_are_none_and_not_zero():
    assert model.component_values(history([0, 3, 6], [0, 4, 8], sigma=None), model.EAST)[1] is None


def test_colours_differ_until_all_points_are_used_and_numbers_are_reused():
    store = model.Store()
    points = [store.add_point(0, 0, "EPSG:4326") for _ in range(model.MOST_POINTS)]
    assert len({(point.colour, point.symbol) for point in points}) == model.MOST_POINTS
    assert store.add_point(0, 0, "EPSG:4326") is None
    assert "Clear" in store.state.message
    store.remove_point(3)
    assert store.add_point(0, 0, "EPSG:4326").number == 3


def test_late_answers_for_points_that_are_gone_are_dropped():
    store = model.Store()
    store.add_point(0, 0, "EPSG:4326")
    store.remove_point(1)
    store.answer(1, history([0, 1, 2], [0, 0, 0]))
    assert store.state.points == ()


def test_state_survives_the_project_as_places_and_choices():
    store = model.Store()
    store.add_point(7.5, 45.25, "EPSG:4326")
    store.update(series="/a/series.json", component=model.NORTH, errors=False,
                 reference=model.Point(0, 7.0, 45.0, "EPSG:4326"))
    back = model.from_text(model.to_text(store.state))
    assert back["points"] == store.state.points
    assert back["reference"] == store.state.reference
    assert (back["series"], back["component"], back["errors"], back["grid"]) == ("/a/series.json", "north", False, True)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"series": "a"}', "null", '{"points": 3}'])
def test_a_damaged_state_is_ignored(text):
    assert model.from_text(text) is None


def test_legend_tells_velocity_with_sigma_and_direction():
    store = model.Store()
    point = store.add_point(0, 0, "EPSG:4326")
    store.update(component=model.ALONG)
    store.answer(point.number, history([0, 3, 6], [0, 4, 8]))
    assert curves.curves(store.state)[0].label == "1: 5.00 ± 0.10 m/yr toward 037°"


def test_line_of_sight_series_offers_the_line_of_sight_and_its_rate():
    assert model.components_of(("los",)) == (model.LOS, "rate")
    assert "satellite" in model.COMPONENTS[model.LOS][2]


def test_motion_below_two_sigmas_has_no_direction_in_the_legend():
    store = model.Store()
    point = store.add_point(0, 0, "EPSG:4326")
    store.update(component=model.ALONG)
    store.answer(point.number, history([0, .1, .1], [0, 0, 0], velocity=(0.06, 0.0)))
    assert curves.curves(store.state)[0].label == "1: 0.06 ± 0.10 m/yr"


def test_ground_that_stands_still_has_no_direction():
    store = model.Store()
    point = store.add_point(0, 0, "EPSG:4326")
    store.update(component=model.ALONG)
    store.answer(point.number, history([0, 0, 0], [0, 0, 0], velocity=(0.0, 0.0)))
    assert "toward" not in curves.curves(store.state)[0].label


def test_values_relative_to_a_reference_are_announced():
    store = model.Store()
    store.update(reference=model.Point(0, 0.0, 0.0, "EPSG:4326", history([0, 1, 1], [0, 0, 0])))
    assert model.notes(store.state) == ["Relative to the motion of the reference point R."]


def test_reference_without_history_leaves_no_curve_that_could_mislead():
    store = model.Store()
    point = store.add_point(0, 0, "EPSG:4326")
    store.update(component=model.EAST, reference=model.Point(0, 0.0, 0.0, "EPSG:4326", note="cloud"))
    store.answer(point.number, history([0, 3, 6], [0, 4, 8]))
    assert curves.curves(store.state) == []
    assert "cloud" in model.notes(store.state)[0]
