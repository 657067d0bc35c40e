"""Grids: positions, overlap, coarser grids."""
import pytest
from terrain_motion.engine.core.errors import GridError
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.core.units import east_north_from_shift, los_from_phase

GRID = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 300, 200)


def test_position_and_pixel_are_inverse():
    assert GRID.xy(*GRID.pixel(400123.0, 5099377.0)) == pytest.approx((400123.0, 5099377.0))
    assert GRID.index(400015.0, 5099995.0) == (0, 1)
    assert GRID.index(399999.0, 5099995.0) is None


def test_overlap_is_the_common_area_seen_from_both():
    other = Grid(GRID.crs, (400500.0, 10.0, 0.0, 5100100.0, 0.0, -10.0), 300, 200)
    here, there = GRID.overlap(other)
    assert here == Window(0, 50, 190, 250) and there == Window(10, 0, 190, 250)
    assert GRID.part(here).equals(other.part(there))


def test_grids_half_a_pixel_apart_or_apart_altogether_are_refused():
    shifted = Grid(GRID.crs, (400005.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 300, 200)
    with pytest.raises(GridError, match="different pixel sizes or origins"):
        GRID.overlap(shifted)
    with pytest.raises(GridError, match="do not overlap"):
        GRID.overlap(Grid(GRID.crs, (500000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 300, 200))


def test_coarser_grid_keeps_its_corner_and_multiplies_the_pixel():
    coarse = GRID.coarser(4)
    assert coarse.shape == (50, 75) and coarse.pixel_size == 40.0 and coarse.xy(0, 0) == GRID.xy(0, 0)


def test_content_that_moves_right_and_down_moves_east_and_south():
    assert east_north_from_shift(1.5, 2.0, GRID.transform) == (15.0, -20.0)


def test_growing_phase_is_motion_away_from_the_satellite():
    assert los_from_phase(4 * 3.141592653589793, 0.056) == pytest.approx(-0.056)
