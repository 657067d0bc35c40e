"""Scenes that noise rules: what is measured, what is left out, how sure it is."""
import numpy as np

from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.matching.match import match_arrays

from motion_images import fractal, inside, moved

SIZE, NOISE = 256, 0.1
DOWN, RIGHT = 0.3, 0.6


def images(texture, seed, cover=None):
    """Two images under 10 % noise, the second under a veil as bright as bright ground where there is cover (0..1)."""
    rng = np.random.default_rng(seed)
    reference, secondary = moved(texture, np.full(texture.shape, DOWN), np.full(texture.shape, RIGHT))
    if cover is not None:
        secondary = secondary * (1 - cover) + np.percentile(secondary, 95) * cover
    return [image * (1 + NOISE * rng.standard_normal(image.shape)) for image in (reference, secondary)]


def test_ground_fainter_than_the_noise_is_measured():
    result = match_arrays(*images(0.2 * (fractal(SIZE, 22) / 0.2) ** 0.35, 2))
    assert result.survey.correlation < 0.4
    assert np.mean(inside(result.flag) == Flag.VALID) > 0.95
    assert np.sqrt(np.nanmean((result.columns - RIGHT) ** 2)) < 0.15


def test_ground_half_hidden_by_a_veil_is_left_out_and_the_rest_is_not():
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    cover = 0.6 * np.clip((60 - np.hypot(y, x)) / 20, 0, 1)
    result = match_arrays(*images(fractal(SIZE, 14), 4, cover))
    assert np.mean(result.flag[cover > 0.5] == Flag.VALID) < 0.05
    assert np.mean(inside(result.flag == Flag.VALID)[inside(cover) == 0]) > 0.95


def test_sigma_is_larger_where_the_images_agree_less():
    faint = np.arange(SIZE)[None] < SIZE / 2
    texture = 0.2 * (fractal(SIZE, 31) / 0.2) ** np.where(faint, 0.4, 1.2)
    result = match_arrays(*images(texture, 7))
    halves = [np.s_[16:-16, 16:112], np.s_[16:-16, 144:-16]]
    sigma, error = ([np.sqrt(np.nanmean(field[half] ** 2)) for half in halves]
                    for field in (result.sigma, result.columns - RIGHT))
    assert error[0] > 1.3 * error[1]
    assert sigma[0] > 1.3 * sigma[1]
