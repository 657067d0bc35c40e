"""Displacement files with a known truth."""
import datetime

import numpy as np
import pytest

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.displacement import new_displacement, open_displacement

CRS, PIXEL = "EPSG:32632", 10.0


@pytest.fixture
def grid():
    """Make a grid of 10 m pixels: grid(rows, columns)."""
    return lambda rows, columns: Grid(CRS, (400000.0, PIXEL, 0.0, 5100000.0, 0.0, -PIXEL), columns, rows)


@pytest.fixture
def write(tmp_path, grid):
    """Write a displacement: write(name, east, north, **bands) -> path. bands: correlation, sigma, flag, crs."""
    def write_file(name, east, north, reference_date=datetime.date(2020, 1, 1),
                   secondary_date=datetime.date(2021, 1, 1), **bands):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        valid = np.isfinite(east) & np.isfinite(north)
        values = {"east": east, "north": north, "correlation": np.where(valid, 0.9, np.nan),
                  "sigma": np.full(east.shape, np.nan), "flag": np.where(valid, 0, 1), **bands}
        with new_displacement(path, grid(*east.shape), reference_date=reference_date,
                              secondary_date=secondary_date) as target:
            target.write({key: band.astype(np.float32) for key, band in values.items()})
        return path
    return write_file


@pytest.fixture
def read():
    """Read bands of a displacement: read(path, "east", "north") -> arrays (float32)."""
    def read_file(path, *bands):
        with open_displacement(path) as source:
            return [source.read(band) for band in bands or ("east", "north")]
    return read_file
