"""Regularised correlation: what must hold whatever the images are."""
import numpy as np
import pytest
from scipy import ndimage

from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.matching.match import match_arrays
from terrain_motion.engine.matching.settings import MatchSettings

from motion_images import flow, fourier_shift, fractal, inside, moved


def rmse(error):
    return float(np.sqrt(np.nanmean(error ** 2)))


@pytest.mark.parametrize("down, right", [(0.0, 0.37), (-0.25, 0.5), (2.63, -4.18)])
def test_constant_shift_is_recovered_within_0_01_px(texture, down, right):
    result = match_arrays(texture, fourier_shift(texture, down, right))
    assert rmse(inside(result.rows, 16) - down) < 0.01
    assert rmse(inside(result.columns, 16) - right) < 0.01
    assert abs(np.nanmean(inside(result.columns, 16)) - right) < 0.002  # no peak-locking: issue 4, scene A


def test_content_moving_down_and_right_is_positive_in_rows_and_columns(texture):
    result = match_arrays(texture, np.roll(texture, (3, 2), axis=(0, 1)))
    assert np.nanmedian(result.rows) == pytest.approx(3, abs=0.01)
    assert np.nanmedian(result.columns) == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("largest", [1.0, 5.0])
def test_motion_up_to_5_px_is_recovered_within_0_05_px(largest):
    down, right = flow(160, largest)
    reference, secondary = moved(fractal(160, 8), down, right)
    result = match_arrays(reference, secondary)
    assert np.mean(result.flag == Flag.VALID) > 0.97
    assert rmse(inside(result.rows - down)) < 0.05  # issue 3: clean scenes, motion 0 to 5 px
    assert rmse(inside(result.columns - right)) < 0.05


def test_motion_near_the_end_of_a_larger_range_is_found(texture):
    result = match_arrays(texture, np.roll(texture, (-21, 18), axis=(0, 1)), settings=MatchSettings(range=24))
    assert np.nanmedian(result.rows[30:-30, 30:-30]) == pytest.approx(-21, abs=0.02)
    assert np.nanmedian(result.columns[30:-30, 30:-30]) == pytest.approx(18, abs=0.02)


def test_prior_carries_the_search_beyond_the_range(texture):
    secondary = np.roll(texture, (0, 40), axis=(0, 1))
    prior = np.full(texture.shape, 37.0), np.full(texture.shape, 1.0)
    result = match_arrays(texture, secondary, settings=MatchSettings(range=8), prior=prior)
    assert np.nanmedian(result.columns[:, 8:100]) == pytest.approx(40, abs=0.02)


def test_swapping_the_images_negates_the_field(small):
    secondary = fourier_shift(small, 0.4, -0.7)
    forward, backward = match_arrays(small, secondary), match_arrays(secondary, small)
    assert rmse(inside(forward.columns + backward.columns)) < 0.01
    assert rmse(inside(forward.rows + backward.rows)) < 0.01


def test_whole_pixel_shift_moves_the_result_exactly(texture):
    secondary = fourier_shift(texture, 0.3, 0.2)
    first = match_arrays(texture, secondary)
    second = match_arrays(texture, np.roll(secondary, (4, -8), axis=(0, 1)))
    # 0.02 px: the noise of two least-squares solutions that start from different whole pixels
    assert np.nanmax(np.abs(inside(second.rows - first.rows, 24) - 4)) < 0.02
    assert np.nanmax(np.abs(inside(second.columns - first.columns, 24) + 8)) < 0.02


def test_gain_and_offset_change_nothing(texture):
    secondary = fourier_shift(texture, 0.3, -0.6)
    plain = match_arrays(texture, secondary)
    gained = match_arrays(texture, 7.0 * secondary)
    assert np.nanmax(np.abs(inside(gained.columns - plain.columns))) < 0.001
    shifted = match_arrays(1e4 * texture, 8e3 * secondary + 300.0)
    assert rmse(inside(shifted.columns) + 0.6) < 0.015


def test_images_with_negative_values_and_whole_numbers_work(small):
    secondary = fourier_shift(small, 0.5, 0.25)
    negative = match_arrays(small - small.mean(), secondary - small.mean())
    numbers = match_arrays((small * 1e4).astype(np.uint16), (secondary * 1e4).astype(np.uint16))
    for result in (negative, numbers):
        assert rmse(inside(result.rows) - 0.5) < 0.02
        assert rmse(inside(result.columns) - 0.25) < 0.02


def test_masked_pixels_never_influence_their_neighbours(texture):
    secondary = fourier_shift(texture, 0.4, 0.3)
    valid = np.ones(texture.shape, bool)
    valid[60:90, 50:100] = False
    garbage = np.where(valid, secondary, 50.0 * np.random.default_rng(1).random(texture.shape))
    gaps = np.where(valid, secondary, np.nan)
    results = [match_arrays(texture, garbage, secondary_valid=valid), match_arrays(texture, gaps)]
    assert np.array_equal(results[0].columns, results[1].columns, equal_nan=True)
    assert np.nanmax(np.abs(inside(results[0].columns) - 0.3)) < 0.05
    assert (results[0].flag[65:85, 55:95] == Flag.OUTSIDE).all()


def test_masks_give_the_reason(texture):
    mask = np.zeros(texture.shape, np.uint8)
    mask[10:40, 10:40] = Flag.SNOW
    result = match_arrays(texture, fourier_shift(texture, 0.1, 0.1), masks=(mask, np.zeros_like(mask)))
    assert (result.flag[12:38, 12:38] == Flag.SNOW).all()
    assert np.isnan(result.columns[12:38, 12:38]).all()


def test_unannounced_clouds_are_flagged_and_spoil_nothing(texture):
    down, right = np.full(texture.shape, 0.3), np.full(texture.shape, -0.4)
    reference, secondary = moved(texture, down, right)
    y, x = np.mgrid[:160, :160]
    cloud = np.clip(2.0 - np.hypot(y - 50, x - 100) / 22, 0, 1)
    cloudy = secondary * (1 - cloud) + cloud * (0.7 + 0.1 * ndimage.gaussian_filter(
        np.random.default_rng(5).standard_normal((160, 160)), 2))
    result = match_arrays(reference, cloudy)
    assert np.mean(result.flag[cloud > 0.5] == Flag.VALID) < 0.02
    clear = inside(cloud == 0) & (inside(result.flag) == Flag.VALID)
    assert rmse((inside(result.columns) + 0.4)[clear]) < 0.03
    assert np.mean(inside(result.flag)[inside(cloud) == 0] == Flag.VALID) > 0.85


def test_constant_area_has_no_value_and_a_flag(texture):
    reference, secondary = texture.copy(), fourier_shift(texture, 0.2, 0.2)
    reference[:50, :50], secondary[:50, :50] = 0.0, 0.0
    result = match_arrays(reference, secondary)
    assert np.isnan(result.columns[5:40, 5:40]).all()
    assert (result.flag[5:40, 5:40] != Flag.VALID).all()
    assert rmse(result.columns[60:-10, 60:-10] - 0.2) < 0.02


def test_sigma_holds_and_grows_with_noise(texture):
    rng = np.random.default_rng(2)
    medians = []
    for noise in (0.01, 0.05):
        down, right = flow(160, 2.0)
        images = [image * (1 + noise * rng.standard_normal(image.shape)) for image in moved(texture, down, right)]
        result = match_arrays(*images)
        valid = inside(result.flag) == Flag.VALID
        share = np.mean((np.abs(inside(result.columns - right)) < inside(result.sigma))[valid])
        assert 0.45 < share < 0.95  # a small scene scatters around the 0.68 of many
        medians.append(np.nanmedian(result.sigma))
    assert medians[1] > 1.5 * medians[0]


def test_numba_and_numpy_agree(small):
    down, right = flow(96, 1.5)
    images = moved(small, down, right)
    compiled = match_arrays(*images)
    with without_numba():
        twin = match_arrays(*images)
    # 0.005 px: single precision in another order of summation
    assert np.nanmax(np.abs(inside(compiled.columns - twin.columns))) < 0.005
    assert np.nanmax(np.abs(inside(compiled.correlation - twin.correlation))) < 0.002
    assert np.mean(compiled.flag != twin.flag) < 0.005


def test_correlation_is_one_for_equal_images_and_low_for_unrelated_ones(small):
    assert np.nanmin(match_arrays(small, small.copy()).correlation) > 0.99
    unrelated = match_arrays(small, fractal(96, 77), settings=MatchSettings(threshold=0.5, detect_change=False))
    assert np.mean(unrelated.flag == Flag.VALID) < 0.2


def test_inputs_are_untouched(small):
    reference, secondary = small.copy(), fourier_shift(small, 0.3, 0.3)
    before = reference.copy(), secondary.copy()
    match_arrays(reference, secondary)
    assert np.array_equal(reference, before[0]) and np.array_equal(secondary, before[1])


def test_unusable_images_are_refused_in_words(small):
    with pytest.raises(InputError, match="no usable pixels"):
        match_arrays(small, np.full_like(small, np.nan))
    with pytest.raises(InputError, match="no usable pixels"):
        match_arrays(np.ones_like(small), small)
    with pytest.raises(InputError, match="different sizes"):
        match_arrays(small, small[:-1])
    with pytest.raises(InputError, match="larger area"):
        match_arrays(small[:20, :20], small[:20, :20])
    with pytest.raises(SettingsError, match="even"):
        MatchSettings(window=20)


def test_a_stopped_run_raises_cancelled(small):
    with pytest.raises(Cancelled):
        match_arrays(small, small, progress=Progress(None, lambda: True))


def test_radar_amplitude_is_matched_through_speckle_that_hides_it_otherwise():
    """Four looks that share nothing between the dates: amplitude scatters by 25 %, as much as the ground's texture."""
    rng = np.random.default_rng(6)
    down, right = flow(160, 3.0)
    images = [np.sqrt(image * rng.gamma(4, 0.25, image.shape)) for image in moved(fractal(160, 8), down, right)]
    plain, radar = (match_arrays(*images, settings=MatchSettings(window=31, radar=r)) for r in (False, True))
    assert np.mean(radar.flag == Flag.VALID) > 0.9
    assert rmse(inside(radar.columns - right)) < 0.7  # px, of 3 px of motion; .46 and .49 with two other seeds of speckle
    assert rmse(inside(plain.columns - right)) > 1.4 * rmse(inside(radar.columns - right))
    decibels = match_arrays(*(20 * np.log10(image) for image in images), settings=MatchSettings(window=31, radar=True))
    assert rmse(inside(decibels.columns - right)) < 0.7


def test_of_motion_of_30_px_wrong_matches_are_flagged():
    y, x = np.mgrid[:224, :224] / 224
    right = 30.0 * np.exp(-((y - 0.5) / 0.25) ** 2) * np.clip(6 * x * (1 - x), 0, 1)
    images = moved(fractal(224, 8), np.zeros_like(right), right, 2)
    rng = np.random.default_rng(3)
    result = match_arrays(*(i * (1 + 0.01 * rng.standard_normal(i.shape)) for i in images), settings=MatchSettings(range=36))
    valid = result.flag == Flag.VALID
    assert valid.mean() > 0.5  # the margins strain by .5, and the image is hardly larger than the motion
    assert np.mean(np.abs(result.columns - right)[valid] > 1.0) < 0.001  # issue 4, scene "big"
