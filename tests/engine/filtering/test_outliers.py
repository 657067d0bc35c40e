"""Wrong vectors are removed; margins, corners and fault steps are not."""
import hashlib

import numpy as np
import pytest

from terrain_motion.engine.compute.kernels import numba_version, without_numba
from terrain_motion.engine.core.errors import Cancelled, SettingsError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.filtering import neighbours, outliers, passes
from terrain_motion.engine.filtering.settings import OutlierSettings

SHAPE, NOISE = (150, 180), 0.3


def noise(seed, shape=SHAPE):
    return np.random.default_rng(seed).normal(0, NOISE, shape)


def run(path, output, progress=None, **settings):
    return outliers.run(path, OutlierSettings(**settings), output, progress or Progress())


def sprinkle(east, north, share, seed):
    """Replace single vectors by wrong ones of up to 20 m. Returns where."""
    random = np.random.default_rng(seed)
    wrong = random.random(east.shape) < share
    angle, length = random.uniform(0, 2 * np.pi, east.shape), random.uniform(5, 20, east.shape)
    east[wrong] += (length * np.cos(angle))[wrong]
    north[wrong] += (length * np.sin(angle))[wrong]
    return wrong


def test_wrong_vectors_are_flagged_and_good_ones_kept(tmp_path, write, read):
    east, north = 2.0 + noise(1), noise(2)
    wrong = sprinkle(east, north, 0.05, 3)
    result = run(write("in.tif", east, north), tmp_path / "out.tif")
    out_east, out_north, flag = read(result.output, "east", "north", "flag")
    assert (flag[wrong] == Flag.OUTLIER).mean() > 0.99  # a few lie in a clump of their own kind
    assert (flag[~wrong] == Flag.VALID).mean() > 0.995  # 3 sigma, and shared by less than a quarter
    assert np.isnan(out_east[flag != 0]).all() and np.isnan(out_north[flag != 0]).all()
    np.testing.assert_array_equal(out_east[flag == 0], east.astype(np.float32)[flag == 0])
    assert result.removed[Flag.OUTLIER] == (flag == Flag.OUTLIER).sum()
    assert result.before == 1.0 and result.after == pytest.approx((flag == 0).mean(), abs=1e-6)


@pytest.mark.parametrize("window", [5, 7, 9])
def test_fault_step_and_corner_of_a_moving_body_are_kept(tmp_path, write, read, window):
    rows, columns = np.indices(SHAPE)
    step = np.where(columns > rows * 0.3 + 60, 4.0, 0.0)  # oblique fault
    body = np.where((rows > 90) & (columns > 120), 6.0, 0.0)  # square body: a corner of 90 degrees
    flag, = read(run(write("in.tif", step + noise(4), body + noise(5)), tmp_path / "o.tif", window=window).output,
                 "flag")
    near = np.abs(columns - (rows * 0.3 + 60)) < 3
    corner = (np.abs(rows - 91) < 4) & (np.abs(columns - 121) < 4)
    assert (flag[near] != 0).mean() < 0.01
    assert not flag[corner].any()


def test_shear_margin_of_a_glacier_is_kept(tmp_path, write, read):
    rows, _ = np.indices(SHAPE)
    speed = 10.0 * np.clip(1 - np.abs((rows - 75) / 40.0) ** 5, 0, 1)  # plug flow: the margin takes about 12 px
    flag, = read(run(write("in.tif", speed + noise(6), 0.3 * speed + noise(7)), tmp_path / "o.tif").output, "flag")
    assert (flag != 0).mean() < 0.005


def test_without_any_noise_nothing_of_a_smooth_motion_is_lost(tmp_path, write, read):
    rows, columns = np.indices(SHAPE)
    bump = 5.0 * np.exp(-((rows - 70) ** 2 + (columns - 90) ** 2) / 400.0)
    flag, = read(run(write("in.tif", bump, -bump), tmp_path / "o.tif").output, "flag")
    assert not flag.any()


def test_low_correlation_is_flagged_first_and_does_not_judge_others(tmp_path, write, read):
    east, north = noise(8), noise(9)
    low = np.zeros(SHAPE, bool)
    low[:, ::2] = True  # half of all neighbours are wrong, but known to be so
    east[low] += 50 * np.random.default_rng(10).random(low.sum())
    correlation = np.where(low, 0.2, 0.9)
    flag, = read(run(write("in.tif", east, north, correlation=correlation), tmp_path / "o.tif").output, "flag")
    assert (flag[low] == Flag.LOW_CORRELATION).all()
    assert (flag[~low] == Flag.VALID).mean() > 0.99
    kept, = read(run(write("in.tif", east, north, correlation=correlation), tmp_path / "o.tif", threshold=0.0,
                     factor=50.0).output, "flag")
    assert (kept == Flag.VALID).mean() > 0.99


def test_the_first_reason_stays_and_no_data_stays(tmp_path, write, read):
    east = noise(11)
    east[20:40, 20:50] = np.nan
    flag = np.where(np.isnan(east), float(Flag.CLOUD), 0.0)
    path = write("in.tif", east, noise(12), flag=flag, correlation=np.where(np.isnan(east), 0.1, 0.9))
    out, found = read(run(path, tmp_path / "o.tif").output, "east", "flag")
    assert (found[20:40, 20:50] == Flag.CLOUD).all() and np.isnan(out[20:40, 20:50]).all()
    # The last vectors beside the gap are judged by fewer neighbours, not thrown away.
    assert (found[19, 20:50] == 0).mean() > 0.9


def patchy(seed):
    values = np.random.default_rng(seed).normal(0, NOISE, (2, 60, 70)).astype(np.float32)
    values[:, 30:, :40] += 3
    values[:, np.random.default_rng(seed + 1).random((60, 70)) < 0.3] = np.nan
    values[:, 10:20, 10:30] = np.nan
    values[:, 15, 20] = 1.0  # all alone
    return values


@pytest.mark.skipif(not numba_version(), reason="numba: not installed, only the twin was tested")
@pytest.mark.parametrize("radius", [1, 2, 4])
def test_twin_equals_numba(radius):
    values = patchy(13)
    scale = np.full_like(values, 0.4)
    compiled = (*neighbours.median_and_mad(values, radius), neighbours.agreement(values, scale, radius, 2.0))
    with without_numba():
        twin = (*neighbours.median_and_mad(values, radius), neighbours.agreement(values, scale, radius, 2.0))
    for first, second in zip(compiled, twin):
        np.testing.assert_array_equal(first, second)


def test_median_and_mad_equal_their_definition():
    values = patchy(14)
    median, mad = neighbours.median_and_mad(values, 2)
    for row, column in [(0, 0), (31, 39), (40, 20), (12, 12), (59, 69)]:
        around = values[:, max(row - 2, 0):row + 3, max(column - 2, 0):column + 3].reshape(2, -1)
        centre = np.flatnonzero((np.indices((60, 70))[:, max(row - 2, 0):row + 3, max(column - 2, 0):column + 3]
                                 .reshape(2, -1) == [[row], [column]]).all(axis=0))
        around = np.delete(around, centre, axis=1)
        around = around[:, np.isfinite(around[0])]
        if around.shape[1] < neighbours.FEWEST:
            assert np.isnan(median[:, row, column]).all()
            continue
        expected = np.median(around, axis=1)
        np.testing.assert_allclose(median[:, row, column], expected, rtol=1e-6)
        np.testing.assert_allclose(mad[:, row, column], np.median(np.abs(around - expected[:, None]), axis=1),
                                   rtol=1e-5)


def test_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    east, north = noise(15), noise(16)
    sprinkle(east, north, 0.1, 17)
    correlation = np.random.default_rng(18).uniform(0.2, 1, SHAPE)
    path = write("in.tif", east, north, correlation=correlation)
    whole = read(run(path, tmp_path / "whole.tif").output, "east", "flag")
    monkeypatch.setattr(passes, "_TILE", 40)
    for expected, found in zip(whole, read(run(path, tmp_path / "tiles.tif").output, "east", "flag")):
        np.testing.assert_array_equal(found, expected)


def test_an_even_window_is_refused():
    with pytest.raises(SettingsError, match="6 px is even. Use 5 or 7"):
        OutlierSettings(window=6)


def test_cancel_leaves_no_half_file_and_the_input_is_untouched(tmp_path, write, progress, monkeypatch):
    path = write("in.tif", noise(19), noise(20))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(passes, "_TILE", 40)
    progress.record.cancel_after(9)
    with pytest.raises(Cancelled):
        run(path, tmp_path / "out.tif", progress)
    assert [p.name for p in tmp_path.iterdir()] == ["in.tif"]
    run(path, tmp_path / "out.tif")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
