import numpy as np
import pytest

from inversion_networks import days_to_dates, displacements, moving, optical_network, redundant_pairs
from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.inversion.solver import OBSERVATIONS, PARTS, START, Noise, make_network, solve

PLAIN = InvertSettings(weights="none", robust="none", min_observations=1)
ROBUST = InvertSettings(min_observations=1)


def noise_of(network, sigma=1.0, **more):
    return Noise(np.full(len(network.pairs), sigma ** 2), **more)


def ones(values):
    return np.ones(values.shape[1:], np.float32)


@pytest.fixture(params=["compiled", "numpy"])
def twin(request):
    if request.param == "compiled":
        yield request.param
    else:
        with without_numba():
            yield request.param


@pytest.mark.parametrize("settings", [PLAIN, ROBUST, InvertSettings(robust="tukey"),
                                      InvertSettings(robust="misclosure", iterations=2)])
def test_exact_pairs_give_the_exact_series_and_velocity(settings, twin):
    network = optical_network()
    truth = moving(network, (8, 9))
    found = solve(network, displacements(network, truth), np.ones((len(network.pairs), 8, 9)), settings,
                  noise_of(network, 0.1))
    # float32 displacements of up to 3 m: 2e-7 m each
    assert np.abs(found.series - truth).max() < 3e-6
    assert np.abs(found.velocity - truth[:, -1] / network.years[-1]).max() < 1e-5
    assert (found.flag == Flag.VALID).all() and (found.quality[START] == 0).all()


def test_motion_to_the_east_is_positive_east():
    network = optical_network()
    truth = np.zeros((2, 12, 1, 1))
    truth[0, :, 0, 0] = 5.0 * network.years
    truth[1, :, 0, 0] = -2.0 * network.years
    found = solve(network, displacements(network, truth), np.ones((len(network.pairs), 1, 1)), PLAIN,
                  noise_of(network))
    assert found.velocity[:, 0, 0] == pytest.approx([5.0, -2.0], abs=1e-4)


def test_weighted_solution_and_covariance_equal_dense_least_squares(twin):
    network = optical_network()
    rng = np.random.default_rng(5)
    values = rng.normal(size=(1, len(network.pairs), 40)).astype(np.float32)
    weight = rng.uniform(0.2, 5.0, values.shape[1:]).astype(np.float32)
    found = solve(network, values, weight, PLAIN, noise_of(network))
    matrix = network.design_matrix[:, 1:]
    t = network.years - network.years.mean()
    slope = t / (t @ t)
    for p in range(40):
        covariance = np.linalg.inv((matrix.T * weight[:, p]) @ matrix)
        expected = covariance @ (matrix.T * weight[:, p]) @ values[0, :, p]
        assert found.series[0, 1:, p] == pytest.approx(expected, abs=2e-6)
        misfit = values[0, :, p] - matrix @ expected
        scale = ((weight[:, p] * misfit ** 2).sum() + 10) / (len(misfit) - 11 + 10)
        assert found.sigma[0, 1:, p] == pytest.approx(np.sqrt(scale * np.diag(covariance)), rel=1e-5)
        rate = np.sqrt(scale * slope[1:] @ covariance @ slope[1:])
        assert found.velocity_sigma[0, p] == pytest.approx(rate, rel=1e-5)
        assert found.rmse[0, p] == pytest.approx(np.sqrt(np.mean(misfit ** 2)), rel=1e-5)


def dirty_case(shape=(30, 32), components=2, seed=1):
    """Noise of .05 to .2 m, a tenth missing, three of a hundred wrong by up to 8 m."""
    network = optical_network(14)
    rng = np.random.default_rng(seed)
    truth = moving(network, shape, components)
    sigma = rng.uniform(0.05, 0.2, len(network.pairs))
    values = displacements(network, truth, sigma[:, None, None], seed)
    wrong = rng.random(values.shape[1:]) < 0.03
    values[:, wrong] += rng.uniform(1.0, 8.0, (components, wrong.sum())) * rng.choice([-1, 1], (components,
                                                                                            wrong.sum()))
    values[:, rng.random(values.shape[1:]) < 0.1] = np.nan
    weight = np.broadcast_to((1 / sigma ** 2)[:, None, None], values.shape[1:]).astype(np.float32)
    return network, truth, values, weight, wrong


def test_numpy_twin_gives_the_same_numbers_on_dirty_data():
    network, _, values, weight, _ = dirty_case()
    for settings in (PLAIN, ROBUST, InvertSettings(neighbours=False, robust="tukey"),
                     InvertSettings(robust="misclosure")):
        fast = solve(network, values, weight, settings, noise_of(network))
        with without_numba():
            slow = solve(network, values, weight, settings, noise_of(network))
        # The same float64 steps; rounding alone lets a pair on the edge of Tukey's weight fall either way.
        most = 0.998 if settings.robust == "tukey" else 0.9999
        same = np.isclose(fast.series, slow.series, atol=1e-4, equal_nan=True)
        assert same.mean() > most
        assert np.isclose(fast.sigma, slow.sigma, atol=1e-4, rtol=1e-3, equal_nan=True).mean() > most
        assert np.isclose(fast.quality, slow.quality, atol=1e-3, equal_nan=True).mean() > most
        assert np.isclose(fast.velocity, slow.velocity, atol=1e-3, equal_nan=True).mean() > most
        assert fast.statistics == pytest.approx(slow.statistics, rel=1e-2, abs=0.5)
        assert (fast.flag == slow.flag).all()


def test_dirty_data_come_within_a_tenth_of_the_best_possible_error():
    network, truth, values, weight, wrong = dirty_case((60, 64))
    clean = values.copy()
    clean[:, wrong] = np.nan
    best = solve(network, clean, weight, PLAIN, noise_of(network))
    ours = solve(network, values, weight, ROBUST, noise_of(network))
    plain = solve(network, values, weight, PLAIN, noise_of(network))
    linked = np.isfinite(best.series) & (best.quality[START] == 0)
    linked[:, 0] = False
    assert np.isfinite(ours.series[linked]).mean() > 0.995

    def rms(found):
        return np.sqrt(np.nanmean((found.series - truth)[linked] ** 2))
    assert rms(ours) < 1.1 * rms(best) < 0.5 * rms(plain)
    for found, true, sigma in ((ours.series, truth, ours.sigma),
                               (ours.velocity, truth[:, -1] / network.years[-1], ours.velocity_sigma)):
        with np.errstate(invalid="ignore", divide="ignore"):
            z = np.abs((found - true) / sigma)
        z = z[np.isfinite(z) & (z > 0)]
        assert 0.64 < np.mean(z < 1) < 0.73  # normal noise: .683
        assert np.mean(z > 3) < 8e-3  # .0027


def test_a_small_moving_feature_survives_its_still_neighbours():
    network = optical_network(14)
    truth = np.zeros((1, 14, 31, 31))
    truth[:, :, 15, 15] = -3.0 * network.years[None]
    truth[:, 7:, 8:10, 8:10] = 4.0
    values = displacements(network, truth, 0.1, 2)
    found = solve(network, values, ones(values), ROBUST, noise_of(network, 0.1))
    error = found.series - truth
    assert np.sqrt(np.mean(error[:, 1:, 15, 15] ** 2)) < 0.15
    assert np.sqrt(np.mean(error[:, 1:, 8:10, 8:10] ** 2)) < 0.15


@pytest.mark.parametrize("settings", [PLAIN, ROBUST])
def test_unconnected_dates_are_no_data_and_counted(settings, twin):
    dates = days_to_dates(np.arange(9) * 20)
    pairs = redundant_pairs(dates[:6], 3) + redundant_pairs(dates[6:], 2)
    network = make_network(pairs)
    values = displacements(network, moving(network, (6, 7)), 0.01)
    found = solve(network, values, ones(values), settings, noise_of(network, 0.01))
    assert np.isnan(found.series[:, 6:]).all() and np.isfinite(found.series[:, :6]).all()
    assert (found.quality[PARTS] == 2).all() and (found.flag == Flag.NOT_CONNECTED).all()


def test_the_larger_part_is_kept_and_starts_on_its_line(twin):
    dates = days_to_dates(np.arange(9) * 30)
    network = make_network(redundant_pairs(dates[:3], 2) + redundant_pairs(dates[3:], 3))
    truth = np.array([2.0, -1.0])[:, None, None, None] * network.years[None, :, None, None] * np.ones((1, 1, 3, 3))
    found = solve(network, displacements(network, truth), np.ones((len(network.pairs), 3, 3)), PLAIN,
                  noise_of(network))
    assert np.isnan(found.series[:, :3]).all()
    assert (found.quality[START] == 90).all()
    assert np.abs(found.series[:, 3:] - truth[:, 3:]).max() < 1e-5  # even motion: the start is exact
    assert (found.sigma[:, 3] > 0).all()


def test_a_pixel_not_seen_at_first_is_no_data_until_it_is(twin):
    network = optical_network()
    truth = moving(network, (3, 3))
    values = displacements(network, truth)
    for m, (first, _) in enumerate(network.pairs):
        if first < 2:
            values[:, m, 1, 1] = np.nan
    found = solve(network, values, ones(values), PLAIN, noise_of(network))
    assert np.isnan(found.series[:, :2, 1, 1]).all()
    days = round(network.years[2] * 365.25)
    assert found.quality[START, 1, 1] == days and found.quality[START, 0, 0] == 0
    assert found.series[:, 2:, 1, 1] == pytest.approx(truth[:, 2:, 1, 1], abs=1e-4)


def test_too_few_pairs_and_no_pairs_are_told_apart(twin):
    network = optical_network()
    values = displacements(network, moving(network, (2, 2)))
    values[:, :, 0, 0] = np.nan
    values[:, 2:, 0, 1] = np.nan
    settings = InvertSettings(weights="none", robust="none", min_observations=3)
    found = solve(network, values, ones(values), settings, noise_of(network))
    assert found.flag.tolist() == [[Flag.OUTSIDE, Flag.TOO_FEW], [Flag.VALID, Flag.VALID]]
    assert np.isnan(found.series[:, :, 0]).all() and np.isnan(found.velocity[:, 0]).all()
    assert found.quality[OBSERVATIONS, 0].tolist() == [0, 2]


def test_zero_weights_are_missing_pairs(twin):
    network = optical_network()
    values = displacements(network, moving(network, (2, 3)), 0.1)
    weight, missing = ones(values), values.copy()
    weight[5:9], missing[:, 5:9] = 0, np.nan
    first = solve(network, values, weight, PLAIN, noise_of(network))
    second = solve(network, missing, ones(values), PLAIN, noise_of(network))
    assert np.array_equal(first.series, second.series, equal_nan=True)


@pytest.mark.parametrize("settings", [PLAIN, ROBUST])
def test_order_and_direction_of_pairs_change_nothing(settings):
    network, _, values, weight, _ = dirty_case((12, 13))
    order = np.random.default_rng(2).permutation(len(network.pairs))
    ends = [(network.dates[a], network.dates[b]) for a, b in network.pairs]
    turned = [ends[m][::-1] if n % 2 else ends[m] for n, m in enumerate(order)]
    signs = np.where(np.arange(len(order)) % 2, -1, 1).astype(np.float32)[:, None, None]
    first = solve(network, values, weight, settings, noise_of(network))
    second = solve(make_network(turned), values[:, order] * signs, weight[order], settings, noise_of(network))
    assert second.series == pytest.approx(first.series, abs=2e-5, nan_ok=True)
    assert second.sigma == pytest.approx(first.sigma, abs=1e-4, nan_ok=True)


def test_a_constant_added_to_one_date_shifts_that_date_only():
    network = optical_network()
    truth = moving(network, (3, 4))
    shifted = truth.copy()
    shifted[:, 5] += 0.7
    first = solve(network, displacements(network, truth, 0.1), np.ones((len(network.pairs), 3, 4)), PLAIN,
                  noise_of(network))
    second = solve(network, displacements(network, shifted, 0.1), np.ones((len(network.pairs), 3, 4)), PLAIN,
                   noise_of(network))
    difference = second.series - first.series
    assert difference[:, 5] == pytest.approx(0.7, abs=1e-5)
    assert np.abs(np.delete(difference, 5, axis=1)).max() < 1e-5


def test_a_perfect_extra_pair_never_increases_the_error():
    network = optical_network()
    truth = moving(network, (10, 10), 1)
    values = displacements(network, truth, 0.2)
    ends = [(network.dates[a], network.dates[b]) for a, b in network.pairs]
    longer = make_network([*ends, (network.dates[0], network.dates[-1])])
    more = np.concatenate([values, displacements(longer, truth)[:, -1:]], axis=1)
    weight = ones(more)
    weight[-1] = 1e6
    before = solve(network, values, ones(values), PLAIN, noise_of(network, 0.2))
    after = solve(longer, more, weight, PLAIN, noise_of(longer, 0.2))
    assert np.sqrt(np.mean((after.series - truth) ** 2)) < np.sqrt(np.mean((before.series - truth) ** 2))
    assert (after.sigma <= before.sigma * 1.1).all()  # the scale differs by the misclosures


def test_duplicate_pairs_count_twice():
    network = optical_network(5, 2)
    values = displacements(network, moving(network, (2, 2)), 0.1)
    ends = [(network.dates[a], network.dates[b]) for a, b in network.pairs]
    twice = solve(make_network(ends + ends), np.concatenate([values, values], axis=1),
                  np.ones((2 * len(ends), 2, 2)), PLAIN, Noise(np.ones(2 * len(ends))))
    once = solve(network, values, ones(values), PLAIN, noise_of(network))
    assert twice.series == pytest.approx(once.series, abs=1e-6)


def test_two_contradicting_pairs_of_a_date_make_it_unknown_or_uncertain():
    network = optical_network(8, 2)
    truth = moving(network, (1, 1), 1)
    values = displacements(network, truth, 0.02)
    last = [m for m, (_, b) in enumerate(network.pairs) if b == 7]
    values[:, last[0]] += 6.0
    found = solve(network, values[..., 0], np.ones((len(network.pairs), 1)), ROBUST, noise_of(network, 0.02))
    error = abs(found.series[0, 7, 0] - truth[0, 7, 0, 0])
    assert np.isnan(error) or error < 5 * found.sigma[0, 7, 0] or error < 0.1


def test_a_link_that_nothing_checks_gets_a_large_sigma(twin):
    dates = days_to_dates(np.arange(9) * 12)
    network = make_network(redundant_pairs(dates[:8], 4) + [(dates[7], dates[8])])
    values = displacements(network, moving(network, (10, 12)), 0.1)
    weight = np.full(values.shape[1:], 100.0, np.float32)
    noise = noise_of(network)
    robust = solve(network, values, weight, InvertSettings(min_observations=1, neighbours=False), noise).sigma
    plain = solve(network, values, weight, PLAIN, noise).sigma
    # one pair in 33 is wrong by up to 25 sigmas either way: twice the sigma of the pair
    assert np.median(robust[:, 8] / plain[:, 8]) > 1.6
    assert np.median(robust[:, 7] / plain[:, 7]) == pytest.approx(1.0, abs=0.1)


def test_another_reference_date_shifts_all():
    network = optical_network()
    values = displacements(network, moving(network, (4, 5)), 0.2)
    found = solve(network, values, ones(values), PLAIN, noise_of(network)).series.reshape(2, 12, -1)
    held = np.delete(network.design_matrix, 5, axis=1)
    dense = np.linalg.lstsq(held, values[0].reshape(len(held), -1).astype(float), rcond=None)[0]
    assert np.delete(found[0] - found[0, 5], 5, axis=0) == pytest.approx(dense, abs=1e-5)


def test_minimum_norm_equals_the_singular_value_decomposition(twin):
    dates = days_to_dates([0, 12, 30, 50, 62, 90, 101])
    network = make_network(redundant_pairs(dates[:3], 2) + redundant_pairs(dates[3:], 2) + [(dates[1], dates[2])])
    values = displacements(network, moving(network, (2, 2), 1), 0.3)
    settings = InvertSettings(weights="none", robust="none", minimum_norm=True, min_observations=1)
    found = solve(network, values, ones(values), settings, noise_of(network))
    gaps = np.diff(network.years)
    intervals = network.design_matrix[:, 1:] @ np.tril(np.ones((6, 6))) * gaps
    velocity = np.linalg.pinv(intervals) @ values[0].reshape(len(network.pairs), -1)
    expected = np.concatenate([np.zeros((1, 4)), np.cumsum(velocity * gaps[:, None], axis=0)])
    assert found.series[0].reshape(7, 4) == pytest.approx(expected, abs=2e-6)
    assert (found.flag == Flag.NOT_CONNECTED).all() and np.isnan(found.velocity_sigma).all()


def test_smoothing_is_off_by_default_and_flattens_a_step_when_asked():
    network = optical_network()
    truth = np.zeros((1, 12, 2, 2))
    truth[:, 6:] = 1.0
    values = displacements(network, truth)
    rough = solve(network, values, ones(values), PLAIN, noise_of(network, 0.1))
    smooth = solve(network, values, ones(values), InvertSettings(
        weights="none", robust="none", smoothing=0.05, min_observations=1), noise_of(network, 0.1))
    assert InvertSettings().smoothing == 0.0
    assert rough.series[0, 6, 0, 0] - rough.series[0, 5, 0, 0] == pytest.approx(1.0, abs=1e-5)
    assert 0.05 < smooth.series[0, 6, 0, 0] - smooth.series[0, 5, 0, 0] < 0.9


def test_smoothing_is_a_random_walk_about_the_mean_velocity_so_that_long_gaps_may_differ_more(twin):
    days = np.array([0, 2, 4, 44, 46])
    network = make_network([(days_to_dates(days)[a], days_to_dates(days)[b]) for a, b in ((0, 1), (1, 2), (2, 3), (3, 4),
                                                                                      (0, 4))])
    values = np.random.default_rng(2).normal(size=(1, 5, 3)).astype(np.float32)
    found = solve(network, values, ones(values), InvertSettings(weights="none", robust="none", smoothing=0.5,
                                                                min_observations=1), noise_of(network))
    gaps = np.diff(network.years)
    rate = np.tensordot(network.days, values[0], axes=1) / (network.days @ network.days) * 365.25
    prior = np.sqrt(gaps.mean() / gaps)[:, None] / 0.5
    steps = np.eye(5)[1:] - np.eye(5)[:-1]
    system = np.concatenate([network.design_matrix, prior * steps])[:, 1:]
    expected = np.linalg.lstsq(system, np.concatenate([values[0], prior * gaps[:, None] * rate]), rcond=None)[0]
    assert found.series[0, 1:] == pytest.approx(expected, abs=1e-5)  # float32 links


def test_stable_offsets_are_taken_off_every_date_and_the_velocity():
    network = optical_network()
    truth = moving(network, (3, 3), 1)
    offset = np.random.default_rng(1).normal(size=(1, 12))
    offset -= offset[:, :1]
    found = solve(network, displacements(network, truth + offset[..., None, None]), np.ones((len(network.pairs), 3, 3)),
                  PLAIN, noise_of(network, offset=offset))
    assert np.abs(found.series - truth).max() < 1e-5
    assert np.abs(found.velocity - truth[:, -1] / network.years[-1]).max() < 1e-4
