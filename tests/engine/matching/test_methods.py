"""Optical flow and phase correlation: the same properties as the default, with their own accuracy."""
import numpy as np
import pytest

from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.matching.flow import rank
from terrain_motion.engine.matching.match import halo, match_arrays
from terrain_motion.engine.matching.settings import FLOW, PHASE, MatchSettings

from motion_images import flow, fourier_shift, fractal, inside, moved

#: px; GeFolki is about .046 on such shifts, COSI-Corr .004 (issue 4)
ACCURACY = {FLOW: 0.03, PHASE: 0.02}
METHODS = sorted(ACCURACY)


def settings(method):
    return MatchSettings(method=method, window=31)


def rmse(error):
    return float(np.sqrt(np.nanmean(error ** 2)))


@pytest.mark.parametrize("method", METHODS)
def test_constant_shift_is_recovered_with_its_sign(texture, method):
    result = match_arrays(texture, fourier_shift(texture, -0.4, 0.7), settings=settings(method))
    assert rmse(inside(result.rows, 16) + 0.4) < ACCURACY[method]
    assert rmse(inside(result.columns, 16) - 0.7) < ACCURACY[method]


@pytest.mark.parametrize("method", METHODS)
def test_swap_negates_and_gain_and_offset_change_nothing(texture, method):
    secondary = fourier_shift(texture, 0.3, -0.6)
    forward = match_arrays(texture, secondary, settings=settings(method))
    backward = match_arrays(secondary, texture, settings=settings(method))
    gained = match_arrays(texture, 5 * secondary + 2.0, settings=settings(method))
    assert rmse(inside(forward.columns + backward.columns, 16)) < ACCURACY[method]
    # an offset of twice the brightness weighs dark and bright ground differently
    assert rmse(inside(forward.columns - gained.columns, 16)) < 0.015


@pytest.mark.parametrize("method", METHODS)
def test_whole_pixels_move_the_result(texture, method):
    secondary = fourier_shift(texture, 0.2, 0.2)
    first = match_arrays(texture, secondary, settings=settings(method))
    second = match_arrays(texture, np.roll(secondary, (4, -4), axis=(0, 1)), settings=settings(method))
    assert rmse(inside(second.rows - first.rows, 28) - 4) < 0.02
    assert rmse(inside(second.columns - first.columns, 28) + 4) < 0.02


@pytest.mark.parametrize("method", METHODS)
def test_masked_content_never_influences_its_neighbours(texture, method):
    secondary = fourier_shift(texture, 0.4, 0.3)
    valid = np.ones(texture.shape, bool)
    valid[60:90, 50:100] = False
    garbage = np.where(valid, secondary, 50.0)
    gaps = np.where(valid, secondary, np.nan)
    results = [match_arrays(texture, image, secondary_valid=valid, settings=settings(method))
               for image in (garbage, gaps)]
    assert np.array_equal(results[0].columns, results[1].columns, equal_nan=True)
    assert rmse(inside(results[0].columns, 16) - 0.3) < 2 * ACCURACY[method]


@pytest.mark.parametrize("method", METHODS)
def test_smooth_motion_is_followed(method):
    down, right = flow(160, 1.5)
    reference, secondary = moved(fractal(160, 8), down, right)
    result = match_arrays(reference, secondary, settings=MatchSettings(method=method))
    assert np.mean(result.flag == Flag.VALID) > 0.9
    assert rmse(inside(result.columns - right)) < 0.12  # windows of about 30 px on margins of 20 px


def test_flow_sees_through_inverted_contrast(texture):
    result = match_arrays(texture, 0.8 - fourier_shift(texture, 0.0, 0.5), settings=MatchSettings(
        method=FLOW, detect_change=False, logarithm=False))
    assert rmse(inside(result.columns, 16) - 0.5) < 0.05
    assert np.nanmedian(result.correlation) > 0.9


def test_rank_ignores_monotonous_changes_of_brightness(small):
    ones = np.ones(small.shape, np.float32)
    image = small.astype(np.float32)
    assert np.array_equal(rank(image, ones, 3), rank(np.sqrt(image).astype(np.float32), ones, 3))
    assert np.abs(rank(image, ones, 3)).max() <= 0.5


def test_flow_twin_agrees(small):
    secondary = fourier_shift(small, 0.3, 0.2)
    compiled = match_arrays(small, secondary, settings=settings(FLOW))
    with without_numba():
        twin = match_arrays(small, secondary, settings=settings(FLOW))
    assert np.nanmax(np.abs(compiled.columns - twin.columns)) < 0.005


@pytest.mark.parametrize("method", METHODS)
def test_sigma_grows_with_noise(texture, method):
    rng = np.random.default_rng(4)
    medians = []
    for noise in (0.01, 0.1):
        images = [image * (1 + noise * rng.standard_normal(image.shape))
                  for image in (texture, fourier_shift(texture, 0.3, 0.1))]
        medians.append(np.nanmedian(match_arrays(*images, settings=settings(method)).sigma))
    assert medians[1] > 1.5 * medians[0]


@pytest.mark.parametrize("method", METHODS)
def test_a_tile_with_its_halo_equals_the_whole(method):
    down, right = flow(256, 2.0)
    images = moved(fractal(256, 9), down, right, 2)
    chosen = MatchSettings(method=method, window=15, range=8, radius=6)
    whole = match_arrays(*images, settings=chosen)
    part = match_arrays(*(image[:, :192] for image in images), settings=chosen, survey=whole.survey)
    inner = slice(0, 192 - halo(chosen))
    for field in ("rows", "columns"):
        apart = np.abs(getattr(whole, field)[:, inner] - getattr(part, field)[:, inner])
        assert np.nanpercentile(apart, 99) < 0.002  # px, issue 4


def test_phase_twin_agrees(small):
    secondary = fourier_shift(small, 0.3, 0.2)
    compiled = match_arrays(small, secondary, settings=settings(PHASE))
    with without_numba():
        twin = match_arrays(small, secondary, settings=settings(PHASE))
    assert np.nanmax(np.abs(compiled.columns - twin.columns)) < 0.005
