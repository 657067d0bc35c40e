"""Bringing maps onto one grid: planes stay planes, means stay means, no data stays no data."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import GridError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.imports.grids import Resampler, common_grid

FINE = Grid("EPSG:32607", (1000.0, 10.0, 0.0, 2000.0, 0.0, -10.0), 40, 30)


def plane(grid):
    rows, columns = np.mgrid[:grid.height, :grid.width] + 0.5
    x, y = grid.xy(columns, rows)
    return (0.01 * x - 0.02 * y).astype(np.float32)


def resample(source, target, values):
    resampler, strips = Resampler(source, target), []
    for row in range(0, target.height, 7):
        rows = slice(row, min(row + 7, target.height))
        window = resampler.window(rows)
        strips.append(resampler.apply(values[window.slices], window, rows))
    whole = slice(0, target.height)
    window = resampler.window(whole)
    assert np.array_equal(resampler.apply(values[window.slices], window, whole), np.concatenate(strips), equal_nan=True)
    return np.concatenate(strips)


@pytest.mark.parametrize("target", [
    Grid("", (1003.0, 10.0, 0.0, 1996.0, 0.0, -10.0), 30, 20), Grid("", (1040.0, 40.0, 0.0, 1960.0, 0.0, -40.0), 8, 5),
    Grid("", (1033.0, 25.0, 0.0, 1958.0, 0.0, -25.0), 10, 8), Grid("", (1050.0, 4.0, 0.0, 1950.0, 0.0, -4.0), 30, 20)],
    ids=["shifted", "four times coarser", "2.5 times coarser", "finer"])
def test_a_plane_stays_the_plane(target):
    found = resample(FINE, target, plane(FINE))
    assert np.isfinite(found).all()
    # float32 of values near 30; means over parts of pixels are exact only to a quarter of the source's step (0.01)
    tolerance = 5e-3 if target.pixel_size == 25 else 2e-5
    assert np.abs(found - plane(target)).max() < tolerance


def test_values_on_the_same_lattice_are_only_moved():
    values = np.random.default_rng(1).normal(size=FINE.shape).astype(np.float32)
    values[5:8, 5:8] = np.nan
    target = Grid("", (950.0, 10.0, 0.0, 2020.0, 0.0, -10.0), 60, 50)
    found = resample(FINE, target, values)
    assert Resampler(FINE, target).unchanged
    assert np.array_equal(found[2:32, 5:45], values, equal_nan=True)
    assert np.isfinite(found).sum() == np.isfinite(values).sum()


def test_south_up_maps_come_out_north_up():
    values = plane(FINE)
    flipped = Grid("", (1000.0, 10.0, 0.0, 1700.0, 0.0, 10.0), 40, 30)
    grid, _ = common_grid([flipped], ["a"], "all")
    assert grid.equals(FINE)
    assert np.array_equal(resample(flipped, grid, values[::-1]), values)


def test_pixels_without_data_have_no_weight():
    values = np.full(FINE.shape, 2.0, np.float32)
    values[:, 20:] = np.nan
    found = resample(FINE, Grid("", (1004.0, 10.0, 0.0, 2000.0, 0.0, -10.0), 40, 30), values)
    assert (found[:, :20] == 2.0).all() and np.isnan(found[:, 20:]).all()
    coarse = resample(FINE, Grid("", (1000.0, 40.0, 0.0, 2000.0, 0.0, -40.0), 10, 7), values)
    assert (coarse[:, :5] == 2.0).all() and np.isnan(coarse[:, 5:]).all()


def test_the_coarsest_and_then_the_most_frequent_lattice_is_taken():
    coarse = [Grid(FINE.crs, (x, 20.0, 0.0, 2000.0, 0.0, -20.0), 20, 15) for x in (1007.0, 1000.0, 1020.0)]
    grid, why = common_grid([FINE, *coarse], list("abcd"), "all")
    assert grid.pixel_size == 20.0 and grid.same_lattice(coarse[1])
    assert grid.bounds == (1000.0, 1700.0, 1420.0, 2000.0)
    assert "2 of 4 maps lie on its pixels" in why


def test_rotated_grids_are_refused_by_name():
    with pytest.raises(GridError, match="b is on a rotated grid"):
        common_grid([FINE, Grid(FINE.crs, (0.0, 10.0, 3.0, 0.0, 3.0, -10.0), 5, 5)], ["a", "b"], "all")
