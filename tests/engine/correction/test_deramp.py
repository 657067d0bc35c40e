"""Ramps: removed, while what moves is kept."""
import hashlib

import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.errors import GridError, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.errors import Cancelled
from terrain_motion.engine.correction import deramp, field
from terrain_motion.engine.correction.settings import DerampSettings
from terrain_motion.engine.io.stable import StableGround

SIZE, NOISE = 256, 0.4  # px, m: the noise of a good Sentinel-2 match


def positions(rows=SIZE, columns=SIZE):
    """x, y in -1..1."""
    return np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))


def noise(seed, shape=(SIZE, SIZE)):
    return np.random.default_rng(seed).normal(0, NOISE, shape)


def plane(a, b, c, shape=(SIZE, SIZE)):
    x, y = positions(*shape)
    return a + b * x + c * y


def run(path, output, progress=None, stable=None, **settings):
    return deramp.run(path, DerampSettings(**settings), output, progress or Progress(), stable)


def largest_tilt(residual):
    """Largest value of the plane through what is left, m."""
    x, y = positions(*residual.shape)
    design = np.stack([np.ones_like(x), x, y], -1).reshape(-1, 3)
    good = np.isfinite(residual.ravel())
    return np.abs(design @ np.linalg.lstsq(design[good], residual.ravel()[good], rcond=None)[0]).max()


# A plane from 4096 blocks of 16 px: 1.25 x 0.4 m / sqrt(65536 px) x sqrt(7) at the corners = 0.005 m, 3 sigma = 0.015.
ACCURACY = 0.015


def test_ramp_of_still_ground_is_removed_to_the_noise(tmp_path, write, read):
    east, north = plane(3.0, 2.0, -1.0) + noise(1), plane(-2.0, 0.5, 4.0) + noise(2)
    result = run(write("in.tif", east, north), tmp_path / "out.tif")
    for component in read(result.output):
        assert largest_tilt(component) < ACCURACY
    assert result.ramp["east"] == pytest.approx(2 * (2.0 + 1.0), abs=2 * ACCURACY)
    assert result.scale["east"] < NOISE / 2  # medians of 16 pixels
    assert result.valid_fraction == 1.0 and result.mean_quality == pytest.approx(0.9, abs=1e-5)


def landslide(share, speed):
    """A body on one side that holds this share of the area; soft margins."""
    x, _ = positions()
    edge = 1 - 2 * share
    return speed * np.clip((x - edge) / 0.04 + 0.5, 0, 1)


@pytest.mark.parametrize("share, speed", [(0.1, 2.0), (0.25, 5.0), (0.4, 5.0), (0.4, 30.0)])
def test_ground_moving_on_one_side_does_not_tilt_the_field(tmp_path, write, read, share, speed):
    motion = landslide(share, speed)
    path = write("in.tif", motion + plane(1.0, 2.0, 1.0) + noise(3), 0.2 * motion + plane(-1, 1, 1) + noise(4))
    east, north = read(run(path, tmp_path / "out.tif").output)
    inner = motion > 0.999 * speed
    assert np.mean(east[inner]) == pytest.approx(speed, rel=0.03)  # "not reduced by more than 3 %"
    assert np.mean(north[inner]) == pytest.approx(0.2 * speed, rel=0.03, abs=0.02)
    still = motion == 0
    assert largest_tilt(np.where(still, east, np.nan)) < 3 * ACCURACY  # fewer pixels on one side: up to 3 x less sure


@pytest.mark.parametrize("step", [1.5, 4.0])
def test_fault_step_is_kept_and_the_far_field_levelled(tmp_path, write, read, step):
    x, y = positions()
    reach = np.clip(1 - np.hypot(x, y) / 0.6, 0, 1)  # motion dies out away from the fault
    motion = 0.5 * step * np.sign(x) * reach
    path = write("in.tif", plane(0.5, 1.5, -1.0) + noise(5), motion + plane(1.0, -2.0, 1.5) + noise(6))
    _, north = read(run(path, tmp_path / "out.tif").output)
    near = (np.abs(x) < 0.1) & (np.abs(y) < 0.2)
    scale = np.sum(north[near] * motion[near]) / np.sum(motion[near] ** 2)
    assert scale == pytest.approx(1.0, abs=0.03)


def test_fault_that_splits_the_area_in_two_halves_keeps_its_step(tmp_path, write, read):
    x, _ = positions()
    path = write("in.tif", noise(7), 3.0 * (x > 0) + plane(0, 1.0, 1.0) + noise(8))
    _, north = read(run(path, tmp_path / "out.tif").output)
    step = np.median(north[:, SIZE // 2:]) - np.median(north[:, :SIZE // 2])
    assert step == pytest.approx(3.0, rel=0.03)


def test_second_order_surface_is_removed_beside_a_landslide(tmp_path, write, read):
    x, y = positions()
    curved = 1.0 + x - 2 * y + 1.5 * x * x - x * y + 0.5 * y * y
    motion = landslide(0.25, 6.0)
    path = write("in.tif", curved + motion + noise(9), curved + noise(10))
    east, north = read(run(path, tmp_path / "out.tif", order="quadratic").output)
    assert np.mean(east[motion == 6.0]) == pytest.approx(6.0, rel=0.03)
    assert largest_tilt(north) < 2 * ACCURACY
    assert np.std(north) < 1.02 * NOISE


def box(columns, rows):
    """Pixels as a polygon on the grid of the tests."""
    xs, ys = [400000 + 10 * c for c in columns], [5100000 - 10 * r for r in rows]
    ring = ", ".join(f"{x} {y}" for x, y in [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1]),
                                             (xs[0], ys[0])])
    return bytes(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))").ExportToWkb())


def test_only_stable_ground_counts_where_it_is_given(tmp_path, write, read):
    motion = landslide(0.7, 3.0)  # most of the area moves
    stable = StableGround.from_polygons([box((0, 70), (0, SIZE))], "EPSG:32632")
    path = write("in.tif", motion + plane(1, 1, 1) + noise(11), plane(1, 0, 1) + noise(12))
    result = run(path, tmp_path / "out.tif", stable=stable)
    east, _ = read(result.output)
    # The plane is extrapolated from a quarter of the area: about 10 x less sure at the far side.
    assert np.mean(east[motion == 3.0]) == pytest.approx(3.0, abs=0.15)


def test_no_data_stays_no_data_with_its_reason(tmp_path, write, read):
    east, north = plane(1, 2, 3) + noise(13), plane(3, 2, 1) + noise(14)
    east[50:90, 60:120] = np.nan
    north[50:90, 60:120] = np.nan
    flag = np.where(np.isnan(east), 2.0, 0.0)
    path = write("in.tif", east, north, flag=flag)
    out_east, out_north, out_flag = read(run(path, tmp_path / "out.tif").output, "east", "north", "flag")
    np.testing.assert_array_equal(np.isnan(out_east), np.isnan(east))
    np.testing.assert_array_equal(np.isnan(out_north), np.isnan(east))
    np.testing.assert_array_equal(out_flag, flag)
    assert largest_tilt(out_east) < 1.2 * ACCURACY


def test_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    shape = (300, 200)
    path = write("in.tif", plane(1, 2, 3, shape) + noise(15, shape), plane(3, 1, 0, shape) + noise(16, shape))
    whole = read(run(path, tmp_path / "whole.tif").output)
    monkeypatch.setattr(field, "_TILE", 64)
    for expected, found in zip(whole, read(run(path, tmp_path / "tiles.tif").output)):
        np.testing.assert_allclose(found, expected, atol=1e-5)  # float32 of values up to 6 m


def test_pixels_of_low_correlation_count_less(tmp_path, write, read):
    """Noise ten times as strong, marked by its correlation, on one half."""
    x, _ = positions()
    bad = x > 0
    shift = np.where(bad, 0.3, 0.0)  # within the noise of the bad half
    path = write("in.tif", plane(1, 0, 1) + shift + noise(17) * np.where(bad, 4, 1), plane(1, 0, 1) + noise(18),
                 correlation=np.where(bad, 0.1, 0.95))
    east, _ = read(run(path, tmp_path / "out.tif").output)
    assert abs(np.median(east[~bad])) < 0.05


def test_refused_with_a_reason(tmp_path, write):
    path = write("in.tif", plane(1, 2, 3) + noise(19), plane(1, 1, 1) + noise(20))
    with pytest.raises(GridError, match="covers nothing"):
        run(path, tmp_path / "out.tif", stable=StableGround.from_polygons([box((900, 990), (0, 9))], "EPSG:32632"))
    with pytest.raises(InputError, match="too small or lies on a line"):
        run(path, tmp_path / "out.tif", stable=StableGround.from_polygons([box((3, 5), (3, 5))], "EPSG:32632"))
    empty = np.full((64, 64), np.nan)
    with pytest.raises(InputError, match="no pixel in it has a value"):
        run(write("empty.tif", empty, empty), tmp_path / "out.tif")
    assert not list(tmp_path.glob("*out.tif*"))


def test_cancel_leaves_no_half_file_and_the_input_is_untouched(tmp_path, write, progress, monkeypatch):
    path = write("in.tif", plane(1, 2, 3) + noise(21), plane(1, 1, 1) + noise(22))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(field, "_TILE", 64)
    progress.record.cancel_after(25)  # 16 tiles are read, then 16 written
    with pytest.raises(Cancelled):
        run(path, tmp_path / "out.tif", progress)
    assert [p.name for p in tmp_path.iterdir()] == ["in.tif"]
    run(path, tmp_path / "out.tif")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
