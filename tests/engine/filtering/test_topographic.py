"""Motion against the slope is removed, motion that says nothing about a direction is not."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import GridError, InputError, SettingsError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.filtering import passes, topographic
from terrain_motion.engine.filtering.settings import TopographicSettings
from terrain_motion.engine.io.raster import Band, new_raster

SHAPE, SLOPE = (80, 100), 20.0


def run(path, output, dem, progress=None, **settings):
    return topographic.run(path, TopographicSettings(**settings), output, progress or Progress(), dem)


@pytest.fixture
def dem(tmp_path):
    """A hillside of 20 degrees that falls toward the east, level in the lower third; 30 m pixels, larger than the
    displacement."""
    grid = Grid("EPSG:32632", (399700.0, 30.0, 0.0, 5100300.0, 0.0, -30.0), 60, 60)
    x = grid.transform[0] + (np.arange(60) + 0.5) * 30
    y = grid.transform[3] - (np.arange(60) + 0.5) * 30
    height = -np.tan(np.radians(SLOPE)) * (x - x[0]) + np.zeros((60, 60))
    height[y < 5100000 - 10 * 60] = -50.0
    with new_raster(tmp_path / "dem.tif", grid, [Band("elevation", "m")]) as target:
        target.write({"elevation": height.astype(np.float32)})
    return tmp_path / "dem.tif"


def test_slope_and_gradient_of_a_plane_are_exact(dem, grid):
    east, north = topographic.gradient(str(dem), grid(*SHAPE), grid(*SHAPE).window)
    # Bilinear interpolation of a plane is the plane; heights are float32 of up to 650 m, over 20 m: 6e-6.
    np.testing.assert_allclose(east[:50], -np.tan(np.radians(SLOPE)), atol=1e-5)
    np.testing.assert_allclose(north[:50], 0, atol=1e-5)


@pytest.mark.parametrize("direction, expected", [((1, 0), 0), ((0, 1), 90), ((-1, 0), 180), ((1, 1), 45)])
def test_deviation_is_the_angle_to_the_steepest_descent(direction, expected):
    assert topographic.deviation(*map(np.float64, direction), np.float64(-0.3), np.float64(0.0)) == \
        pytest.approx(expected, abs=1e-6)


def test_flat_or_steep_ground_is_removed_on_request(tmp_path, write, read, dem):
    path = write("in.tif", np.ones(SHAPE), np.ones(SHAPE))
    flag, = read(run(path, tmp_path / "a.tif", dem, min_slope=5.0).output, "flag")
    assert (flag[:55] == 0).all() and (flag[66:] == Flag.TOPOGRAPHIC).all()
    flag, = read(run(path, tmp_path / "b.tif", dem, max_slope=15.0).output, "flag")
    assert (flag[:55] == Flag.TOPOGRAPHIC).all() and (flag[66:] == 0).all()
    flag, = read(run(path, tmp_path / "c.tif", dem).output, "flag")
    assert not flag.any()


def test_uphill_motion_is_removed_slow_and_level_ground_is_not_judged(tmp_path, write, read, dem):
    east = np.random.default_rng(1).normal(0, 0.1, SHAPE)
    east[10:20, 10:20], east[10:20, 40:50], east[70:78, 10:20] = 3.0, -3.0, -3.0
    result = run(write("in.tif", east, np.zeros(SHAPE)), tmp_path / "o.tif", dem, max_aspect=60.0)
    flag, out = read(result.output, "flag", "east")
    assert not flag[10:20, 10:20].any()  # downhill
    assert (flag[10:20, 40:50] == Flag.TOPOGRAPHIC).all() and np.isnan(out[10:20, 40:50]).all()
    assert not flag[66:].any()  # level
    still = np.abs(east) < 0.1
    assert not flag[still].any()


def test_tiles_equal_whole(tmp_path, write, read, dem, monkeypatch):
    random = np.random.default_rng(2)
    path = write("in.tif", random.normal(0, 1, SHAPE), random.normal(0, 1, SHAPE), sigma=np.full(SHAPE, 0.2))
    whole, = read(run(path, tmp_path / "a.tif", dem, max_aspect=60.0).output, "flag")
    assert 0.2 < (whole == Flag.TOPOGRAPHIC).mean() < 0.8
    monkeypatch.setattr(passes, "_TILE", 32)
    np.testing.assert_array_equal(read(run(path, tmp_path / "b.tif", dem, max_aspect=60.0).output, "flag")[0], whole)


def test_refused_with_a_reason(tmp_path, write, dem):
    path = write("in.tif", np.ones(SHAPE), np.ones(SHAPE))
    with pytest.raises(InputError, match="needs a DEM"):
        run(path, tmp_path / "o.tif", None)
    far = Grid("EPSG:32632", (900000.0, 30.0, 0.0, 5100300.0, 0.0, -30.0), 10, 10)
    with new_raster(tmp_path / "far.tif", far, [Band("elevation", "m")]) as target:
        target.write({"elevation": np.zeros((10, 10), np.float32)})
    with pytest.raises(GridError, match="does not cover"):
        run(path, tmp_path / "o.tif", tmp_path / "far.tif")
    with pytest.raises(SettingsError, match="must be below"):
        TopographicSettings(min_slope=30.0, max_slope=20.0)
    assert not (tmp_path / "o.tif").exists()
