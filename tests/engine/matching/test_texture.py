"""Ground of little texture under noise: snow, shade, sand."""
import numpy as np
import pytest

from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.matching import leastsquares
from terrain_motion.engine.matching.match import match_arrays
from terrain_motion.engine.matching.settings import MatchSettings

from motion_images import fractal, moved

NOISE = 0.01


def snow(shape, side):
    """True in a square in the middle."""
    rows, columns = np.indices(shape)
    return (abs(rows - shape[0] // 2) < side // 2) & (abs(columns - shape[1] // 2) < side // 2)


def bare_pair(down, right, bare, left=0.0, seed=3):
    """Images with the share `left` of their texture where `bare` is True, as the ground moves, and 1 % of noise in both."""
    image = fractal(down.shape[0], seed)
    image = np.where(bare, image.mean() + left * (image - image.mean()), image)
    rng = np.random.default_rng(seed + 100)  # the seed of the image would give noise that is like it
    return [scene * (1 + NOISE * rng.standard_normal(scene.shape)) for scene in moved(image, down, right)]


def error_within(result, right, mask):
    return float(np.sqrt(np.nanmean((result.columns - right)[mask] ** 2)))


def test_the_share_of_texture_is_what_is_found_again():
    rng = np.random.default_rng(1)
    texture, noise = fractal(192, 2), rng.standard_normal((2, 192, 192))
    texture = np.where(np.arange(192) < 96, 20 * (texture - texture.mean()), 0)
    still = np.zeros((96, 96), np.float32)
    images = (texture + noise).astype(np.float32)
    everywhere = np.ones((192, 192), np.float32)
    level = leastsquares.make_level(images[0], everywhere, images[1], everywhere)
    share = leastsquares.found_again(level, still, still, 2, 6.0)
    power = texture[:, :96].var()
    assert np.median(share[:, 6:40]) == pytest.approx(power / (power + 1), abs=0.15)
    assert abs(np.median(share[:, 60:90])) < 0.1


def test_bare_ground_takes_the_motion_of_what_is_around_it():
    shape = (256, 256)
    bare = snow(shape, 70)
    down, right = np.zeros(shape), np.full(shape, 0.6)
    result = match_arrays(*bare_pair(down, right, bare, 0.03), settings=MatchSettings(threshold=-1))
    assert error_within(result, right, snow(shape, 50)) < 0.015


def test_motion_that_varies_is_not_guessed_across_bare_ground():
    shape = (256, 256)
    bare = snow(shape, 60)
    rows = np.arange(256)[:, None]
    down, right = np.zeros(shape), np.broadcast_to(8 * np.exp(-0.5 * ((rows - 128) / 16) ** 2), shape)
    settings = MatchSettings(range=16, threshold=-1)
    varied = match_arrays(*bare_pair(down, right, bare, 0.05), settings=settings)
    steady = match_arrays(*bare_pair(down, np.full(shape, 8.0), bare, 0.05), settings=settings)
    middle = snow(shape, 24)
    assert np.mean(varied.flag[middle] == Flag.LOW_CORRELATION) > 0.9
    assert np.mean(varied.flag[~snow(shape, 120)] == Flag.LOW_CORRELATION) < 0.1
    assert np.mean(steady.flag[middle] == Flag.VALID) > 0.95
