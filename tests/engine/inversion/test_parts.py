import itertools

import numpy as np
import pytest

from inversion_networks import days_to_dates, optical_network
from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.core.errors import SettingsError
from terrain_motion.engine.inversion import neighbours, weights
from terrain_motion.engine.inversion.pattern import count_parts, make_pattern
from terrain_motion.engine.inversion.settings import PAPER, InvertSettings


def test_the_sorting_network_sorts_every_case_of_zeros_and_ones():
    cases = np.array(list(itertools.product((0, 1), repeat=9))).T.copy()
    for a, b in neighbours._COMPARE.astype(int):
        cases[a], cases[b] = np.minimum(cases[a], cases[b]), np.maximum(cases[a], cases[b])
    assert (np.diff(cases, axis=0) >= 0).all()


def test_neighbours_steps_are_medians_and_both_versions_agree():
    rng = np.random.default_rng(4)
    own = rng.normal(size=(2, 7, 9, 11)).astype(np.float32).cumsum(axis=1)
    own[:, rng.random((7, 9, 11)) < 0.3] = np.nan
    own[:, 3:, :4, :4] = np.nan  # an area that nobody sees after the third date
    years = np.cumsum(rng.uniform(0.05, 0.2, 7))
    fast = neighbours.predict(own, years, 1e-4)
    with without_numba():
        slow = neighbours.predict(own, years, 1e-4)
    for a, b in zip(fast, slow):
        assert a == pytest.approx(b, rel=1e-4, abs=1e-4)
    assert fast[2][-1, 1, 1] == 4 and fast[2][-1, 8, 9] == 0
    whole = rng.normal(size=(1, 3, 5, 5)).astype(np.float32)
    found = neighbours.predict(whole, np.arange(3.0), 0.0)[0]
    steps = (whole[0, 1] - whole[0, 0])[1:4, 1:4]
    assert found[0, 1, 2, 2] == pytest.approx(np.median(steps), abs=1e-6)


def test_short_and_long_weights_are_equations_3_and_4():
    days = np.array([12.0, -36.0, 60.0])
    assert weights.short_baselines(days) == pytest.approx([1, 1 / 25, 1 / 49])
    assert weights.long_baselines(days) == pytest.approx([1 / 49, 1 / 25, 1])


def test_misclosure_weight_is_equation_5():
    assert weights.misclosure_weights(np.array([0.0, 3.0]), 2.0) == pytest.approx([1 / 4, 1 / 13])


def test_variance_weights_take_sigma_then_quality_then_nothing():
    valid = np.array([[True, True], [True, False]])
    sigma = np.array([[0.1, np.nan], [0.5, 0.2]], np.float32)
    found = weights.relative_weights("variance", np.ones(2), valid, sigma, None, np.array([0.1, 0.4]))
    assert found == pytest.approx(np.array([[100, 100], [4, 0]]), rel=1e-5)
    quality = np.array([[0.9, 0.5], [np.nan, 0.5]], np.float32)
    found = weights.relative_weights("variance", np.ones(2), valid, None, quality)
    assert found[0, 0] > found[0, 1] > found[1, 0] > 0 == found[1, 1]
    assert weights.relative_weights("quality", np.ones(2), valid, None, quality)[0] == pytest.approx([0.9, 0.5])
    assert (weights.relative_weights("none", np.ones(2), valid, None, None) == valid).all()


def test_pattern_holds_every_pair_and_its_fill():
    network = optical_network()
    pattern = make_pattern(len(network.dates), network.pairs)
    dense = np.zeros((12, 12), bool)
    for k in range(12):
        dense[pattern.row[int(pattern.start[k]):int(pattern.start[k + 1])].astype(int), k] = True
    for a, b, slot in zip(pattern.first.astype(int), pattern.second.astype(int), pattern.slot.astype(int)):
        assert dense[max(a, b), min(a, b)] and int(pattern.row[slot]) == max(a, b)
    assert sorted(pattern.order.astype(int)) == list(range(12))


def test_parts_of_a_network_are_numbered_by_their_first_date():
    assert count_parts(6, [(0, 2), (3, 1), (4, 5)]) == [0, 1, 0, 1, 4, 4]
    assert len(days_to_dates([0, 1])) == 2


def test_settings_refuse_what_contradicts_itself():
    with pytest.raises(SettingsError, match="choose one"):
        InvertSettings(minimum_norm=True, smoothing=0.1)
    with pytest.raises(SettingsError, match="Robust estimator"):
        InvertSettings(robust="huber")
    assert PAPER.iterations == 2 and PAPER.robust == "misclosure"
    assert [InvertSettings().fewest(n) for n in (3, 120, 400)] == [1, 6, 10]
