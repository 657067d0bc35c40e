"""Cast shadow: walls and slopes whose shadow is known, any azimuth, any coordinate system, both engines."""
import math

import numpy as np
import pytest

from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.scenes import castshadow, horizon
from terrain_motion.engine.scenes.castshadow_settings import CastShadowSettings

FLAT = Grid("EPSG:32632", (499000.0, 10.0, 0.0, 5001000.0, 0.0, -10.0), 200, 200)  # on the central meridian


def wall(height=100.0):
    """A plain with a tower of 3 x 3 pixels in the middle."""
    elevation = np.full(FLAT.shape, 300.0, np.float32)
    elevation[99:102, 99:102] += height
    return elevation


def rough(rows=90, columns=120, seed=3):
    from scipy import ndimage
    noise = np.random.default_rng(seed).standard_normal((rows, columns))
    return (400.0 * ndimage.gaussian_filter(noise, 4.0) * 8.0).astype(np.float32)


def write(path, elevation, grid):
    with new_raster(path, grid, [Band("elevation", "m")]) as writer:
        writer.write({"elevation": elevation})
    return path


@pytest.mark.parametrize("azimuth", (0.0, 37.0, 90.0, 145.0, 180.0, 270.0, 321.0))
def test_shadow_of_a_tower_lies_away_from_the_sun_and_is_as_long_as_its_height_over_tan(azimuth):
    shadow = castshadow.shadow_of(wall(), FLAT, azimuth, 20.0) == 1
    rows, columns = np.nonzero(shadow)
    north, east = 10.0 * (100 - rows), 10.0 * (columns - 100)
    far = np.argmax(np.hypot(north, east))
    length = 100.0 / math.tan(math.radians(20.0))
    assert math.hypot(north[far], east[far]) == pytest.approx(length, abs=15.0)  # half of the tower
    away = math.degrees(math.atan2(east[far], north[far])) % 360.0
    assert abs((away - azimuth - 180.0 + 180.0) % 360.0 - 180.0) < 4.0  # two pixels sideways in 27


def test_slope_that_falls_away_more_steeply_than_the_sun_is_in_its_own_shadow():
    rise = np.arange(200) * 10.0 * math.tan(math.radians(30.0))
    elevation = np.tile(rise, (200, 1)).astype(np.float32)  # rises toward east, so it faces west
    assert (castshadow.shadow_of(elevation, FLAT, 90.0, 28.0)[:, 1:-1] == 1).all()
    assert (castshadow.shadow_of(elevation, FLAT, 90.0, 32.0) == 0).all()
    assert (castshadow.shadow_of(elevation, FLAT, 270.0, 10.0) == 0).all()
    assert (castshadow.shadow_of(elevation, FLAT, 0.0, 10.0) == 0).all()


def test_sun_overhead_and_flat_ground_have_no_shadow():
    assert not castshadow.shadow_of(wall(), FLAT, 100.0, 90.0).any()
    assert not castshadow.shadow_of(np.full(FLAT.shape, 8.0, np.float32), FLAT, 100.0, 0.1).any()


def test_unknown_heights_stay_unknown_and_throw_no_shadow():
    elevation = wall()
    elevation[99:102, 99:102] = np.nan
    shadow = castshadow.shadow_of(elevation, FLAT, 45.0, 20.0)
    assert shadow[100, 100] == castshadow.NO_DATA and (shadow == 1).sum() == 0


@pytest.mark.parametrize("azimuth", (12.0, 90.0, 133.0, 225.0, 310.0))
def test_horizon_agrees_with_a_dense_search_along_the_ray(azimuth):
    from scipy import ndimage
    elevation = rough()
    grid = Grid("EPSG:32632", FLAT.transform, 120, 90)
    step = castshadow.sun_step(grid, grid.window, azimuth)
    tangent = math.tan(math.radians(18.0))
    every = slice(0, 90), slice(0, 120)
    found = horizon.cast_shadow(elevation, *every, step, tangent)
    rows, columns = np.mgrid[:90, :120].astype(float)
    expected = horizon.facing_away(elevation, *every, step, tangent)
    for k in np.arange(0.125, 160.0, 0.125):
        y, x = rows + k * step[1], columns + k * step[0]
        inside = (y >= 0) & (x >= 0) & (y <= 89) & (x <= 119)
        height = ndimage.map_coordinates(elevation, [y, x], order=1, mode="nearest")
        expected |= inside & (height > elevation + k * step[2] * tangent)
    assert 0.05 < found.mean() < 0.95
    assert (found != expected).mean() < 0.01  # saddles between four pixels, which lines of centres do not see


@pytest.mark.parametrize("azimuth", (0.0, 12.0, 45.0, 90.0, 133.0, 225.0, 310.0))
def test_twin_equals_numba(azimuth):
    elevation = rough()
    elevation[20:30, 40:60] = np.nan
    grid = Grid("EPSG:32632", (300000.0, 10.0, 0.0, 5001000.0, 0.0, -10.0), 120, 90)
    with_numba = castshadow.shadow_of(elevation, grid, azimuth, 15.0)
    with without_numba():
        np.testing.assert_array_equal(castshadow.shadow_of(elevation, grid, azimuth, 15.0), with_numba)


def test_tiles_equal_the_whole(tmp_path, monkeypatch):
    elevation = rough()
    grid = Grid("", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 120, 90)
    whole = castshadow.shadow_of(elevation, grid, 140.0, 12.0)
    monkeypatch.setattr(castshadow, "_tile_size", lambda *_: 32)
    path = write(tmp_path / "dem.tif", elevation, grid)
    result = castshadow.run(path, CastShadowSettings(140.0, 12.0), tmp_path / "shadow.tif")
    with open_raster(tmp_path / "shadow.tif") as raster:
        np.testing.assert_array_equal(raster.read_raw(1), whole)
    assert result.dark == (whole == 1).sum() and result.known == whole.size


def test_degrees_are_stretched_by_latitude():
    grid = Grid("EPSG:4326", (7.0, 1 / 3600, 0.0, 61.0, 0.0, -1 / 3600), 100, 100)
    column, row, metres = castshadow.sun_step(grid, Window(0, 0, 100, 100), 45.0)
    assert column == 1.0 and row == pytest.approx(-math.cos(math.radians(61.0)), abs=0.01)
    assert metres == pytest.approx(math.hypot(1.0, 1.0) * 30.9 * math.cos(math.radians(60.99)), rel=0.01)


def test_azimuth_counts_from_true_north_not_from_the_grid():
    # Meridian convergence 2.12 degrees, 3 degrees east of the central meridian at 45 degrees north: (d lon) sin(lat)
    grid = Grid("EPSG:32632", (736000.0, 10.0, 0.0, 4988000.0, 0.0, -10.0), 10, 10)
    column, row, _ = castshadow.sun_step(grid, grid.window, 0.0)
    assert row == -1.0 and math.degrees(math.atan(column)) == pytest.approx(-2.12, abs=0.02)


def test_cancel_leaves_no_file_and_a_dem_without_heights_is_refused(tmp_path, progress):
    path = write(tmp_path / "dem.tif", wall(), FLAT)
    progress.record.cancel_after(2)
    with pytest.raises(Cancelled):
        castshadow.run(path, CastShadowSettings(), tmp_path / "shadow.tif", progress)
    empty = write(tmp_path / "empty.tif", np.full(FLAT.shape, np.nan, np.float32), FLAT)
    with pytest.raises(InputError, match="no heights"):
        castshadow.run(empty, CastShadowSettings(), tmp_path / "shadow.tif")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dem.tif", "empty.tif"]
