"""Noise of dates that a correction mapped enters the sigmas as independent noise of each date."""
import numpy as np

from terrain_motion.engine.inversion.atmosphere import add_noise
from terrain_motion.engine.inversion.solver import Solution


def test_sigma_is_that_of_many_series_with_noise_of_their_dates():
    rng = np.random.default_rng(5)
    years, draws = np.sort(rng.uniform(0, 2, 9)), 20000
    sigma = rng.uniform(0.002, 0.01, 9)
    noise = rng.normal(0, 1, (9, draws)) * sigma[:, None]
    slope = np.polyfit(years, noise, 1)[0]
    zeros = np.zeros((1, 9, 1, 1), np.float32)
    small = np.zeros((1, 1, 1), np.float32)
    found = Solution(zeros.copy(), zeros.copy(), small.copy(), small.copy(), small.copy(), np.zeros((4, 1, 1)),
                     np.zeros((1, 5)))
    add_noise(found, years, np.square(sigma)[:, None, None])
    assert np.isclose(found.velocity_sigma[0, 0, 0], slope.std(), rtol=0.03)  # 20000 draws: half a percent
    expected = (noise - noise[0]).std(axis=1)
    assert found.sigma[0, 0, 0, 0] == 0 and np.allclose(found.sigma[0, 1:, 0, 0], expected[1:], rtol=0.03)


def test_dates_without_a_value_do_not_count():
    series = np.zeros((1, 5, 1, 2), np.float32)
    series[0, 4, 0, 1] = np.nan
    small = np.zeros((1, 1, 2), np.float32)
    found = Solution(series, np.zeros_like(series), small.copy(), small.copy(), small.copy(), np.zeros((4, 1, 2)),
                     np.zeros((1, 5)))
    variance = np.zeros((5, 1, 2))
    variance[4] = 1.0
    add_noise(found, np.arange(5.0), variance)
    assert found.velocity_sigma[0, 0, 0] > 0 and found.velocity_sigma[0, 0, 1] == 0
