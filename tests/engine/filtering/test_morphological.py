"""Small isolated patches are removed, large ones keep their shape."""
import numpy as np
import pytest

from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.filtering import morphological, passes
from terrain_motion.engine.filtering.settings import MorphologicalSettings
from terrain_motion.engine.io.ground import metres_per_pixel

SHAPE = (200, 220)


def run(path, output, progress=None, **settings):
    return morphological.run(path, MorphologicalSettings(**settings), output, progress or Progress())


def disc(row, column, radius):
    rows, columns = np.indices(SHAPE)
    return (rows - row) ** 2 + (columns - column) ** 2 <= radius ** 2


def test_small_patch_of_values_is_removed_and_large_one_kept(tmp_path, write, read):
    valid = disc(60, 60, 25) | disc(150, 170, 6)  # radius 250 m and 60 m
    values = np.where(valid, 0.0, np.nan)
    flag, east = read(run(write("in.tif", values, values), tmp_path / "o.tif").output, "flag", "east")
    assert not flag[disc(60, 60, 25)].any()
    assert (flag[disc(150, 170, 6)] == Flag.MORPHOLOGICAL).all()
    assert np.isnan(east[flag != 0]).all()
    assert (flag[~valid] == Flag.OUTSIDE).all()  # the first reason stays


def test_small_patch_of_motion_is_removed_and_large_one_keeps_its_edge(tmp_path, write, read):
    noise = np.random.default_rng(1).normal(0, 0.1, SHAPE)
    small, large = disc(150, 170, 6), disc(60, 60, 30)
    path = write("in.tif", noise + 3.0 * (small | large), noise[::-1])
    flag, = read(run(path, tmp_path / "o.tif").output, "flag")
    assert (flag[small] == Flag.MORPHOLOGICAL).all()
    assert not flag[large].any()
    # Rayleigh: 1.1 % of still pixels exceed 3 sigma, each an isolated patch of motion.
    assert (flag[~(small | large)] != 0).mean() < 0.02
    flag, = read(run(path, tmp_path / "v.tif", patches="valid").output, "flag")
    assert not flag.any()


def test_spur_that_the_opening_cuts_off_and_an_island_between_large_patches():
    patch = disc(100, 80, 40)
    patch[98:103, 118:132] = True  # a spur, 5 px wide
    assert morphological.small_patches(patch, 10, 0)[98:103, 124:132].all()
    assert not morphological.small_patches(patch, 0.4, 20).any()  # less than a pixel opens nothing
    island = disc(100, 80, 40) | disc(100, 123, 1) | disc(100, 166, 40)
    assert morphological.small_patches(island, 10, 0)[disc(100, 123, 1)].all()
    assert not morphological.small_patches(island, 10, 20).any()  # the closing bridges the gap


def test_a_patch_at_the_edge_of_the_image_is_not_cut():
    patch = np.zeros(SHAPE, bool)
    patch[:, :30] = True
    assert not morphological.small_patches(patch, 10, 20).any()


def test_radii_are_metres_on_any_grid():
    degrees = Grid("EPSG:4326", (10.0, 1e-4, 0.0, 60.0, 0.0, -1e-4), 100, 100)
    np.testing.assert_allclose(metres_per_pixel(degrees), [[5.56, 0], [0, -11.12]], atol=0.01)
    feet = Grid("EPSG:2263", (0.0, 30.0, 0.0, 0.0, 0.0, -30.0), 10, 10)
    assert metres_per_pixel(feet)[0, 0] == pytest.approx(9.144, abs=1e-3)


def test_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    random = np.random.default_rng(2)
    values = random.normal(0, 0.1, SHAPE)
    for _ in range(25):
        values[disc(*random.integers(0, 200, 2), random.integers(2, 15))] += 2
    for _ in range(25):
        values[disc(*random.integers(0, 200, 2), random.integers(2, 15))] = np.nan
    path = write("in.tif", values, 0 * values)
    settings = {"opening": 40.0, "closing": 60.0}
    whole, = read(run(path, tmp_path / "a.tif", **settings).output, "flag")
    assert (whole == Flag.MORPHOLOGICAL).any()
    monkeypatch.setattr(passes, "_TILE", 32)
    np.testing.assert_array_equal(read(run(path, tmp_path / "b.tif", **settings).output, "flag")[0], whole)


def test_a_displacement_without_values_passes(tmp_path, write, read):
    empty = np.full(SHAPE, np.nan)
    result = run(write("in.tif", empty, empty), tmp_path / "o.tif")
    assert result.after == 0.0 and (read(result.output, "flag")[0] == Flag.OUTSIDE).all()
