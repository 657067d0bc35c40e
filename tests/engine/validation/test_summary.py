"""Results in a few numbers."""
import numpy as np
import pytest

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.validation.summary import summarise

GRID = Grid("EPSG:32632", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 40, 40)


@pytest.fixture
def velocity(tmp_path):
    speed = np.full(GRID.shape, 2.0, np.float32)
    speed[:10] = np.nan
    bands = {"speed": speed, "sigma_east": np.full(GRID.shape, 0.25, np.float32)}
    with new_raster(tmp_path / "velocity.tif", GRID, [Band(name, "m/yr") for name in bands]) as target:
        target.write(bands)
    return str(tmp_path / "velocity.tif")


def test_a_map_of_2_m_per_year_with_a_quarter_missing(velocity):
    facts = dict(summarise("", velocity))
    assert facts["Pixels with a velocity"] == "75.0%" and facts["Median speed"] == "2.000 m/yr"
    assert facts["Median sigma of east velocity"] == "0.250 m/yr"


def test_a_map_without_a_value_and_no_map_have_no_numbers(tmp_path):
    with new_raster(tmp_path / "empty.tif", GRID, [Band("speed", "m/yr")]) as target:
        target.write({"speed": np.full(GRID.shape, np.nan, np.float32)})
    assert summarise("", str(tmp_path / "empty.tif")) == [] and summarise("", "") == []
