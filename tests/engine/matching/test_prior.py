"""Motion known before matching: velocity maps scaled by the days of a pair, displacements, map axes of another system."""
from datetime import date

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.matching import prior, runner
from terrain_motion.engine.matching.settings import PairRunSettings

from motion_images import fractal

GRID = Grid("EPSG:32632", (500000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 160, 160)
DATES = date(2020, 1, 1), date(2020, 2, 1)
WHOLE = Window(0, 0, 160, 160)


def write(path, grid=GRID, unit="m/yr", **bands):
    with new_raster(path, grid, [Band(name, unit) for name in bands]) as target:
        target.write({name: np.broadcast_to(np.float32(value), grid.shape) for name, value in bands.items()})
    return str(path)


def test_velocity_becomes_the_shift_of_the_days_between(tmp_path):
    path = write(tmp_path / "v.tif", velocity_east=365.25, velocity_north=-730.5)
    columns, rows = prior.open_prior(path, GRID, ("a", "b"), DATES).read(GRID, WHOLE)
    assert columns[80, 80] == pytest.approx(3.1)  # 31 days of 1 m/day, 10 m pixels
    assert rows[80, 80] == pytest.approx(6.2)     # southward is down
    back = prior.open_prior(path, GRID, ("a", "b"), DATES[::-1])
    assert back.read(GRID, WHOLE)[0][80, 80] == pytest.approx(-3.1) and back.largest == pytest.approx(6.2)


def test_displacement_needs_no_dates_and_gaps_stay_unknown(tmp_path):
    path = write(tmp_path / "d.tif", Grid(GRID.crs, GRID.transform, 80, 160), "m", east=25.0, north=0.0)
    columns, _ = prior.open_prior(path, GRID, ("a", "b"), (None, None)).read(GRID, WHOLE)
    assert columns[80, 40] == pytest.approx(2.5) and np.isnan(columns[80, 120])


def test_velocity_along_axes_of_a_polar_map_is_turned(tmp_path):
    """ITS_LIVE: EPSG:3413's y axis points away from 45 W, so that due north there is the map's +y at 45 W only."""
    from osgeo import osr
    from terrain_motion.engine.io.raster import spatial_reference
    utm = Grid("EPSG:32633", (500000.0, 100.0, 0.0, 8700000.0, 0.0, -100.0), 40, 40)  # 15 E: turned by 60 degrees
    change = osr.CoordinateTransformation(spatial_reference(utm.crs), spatial_reference("EPSG:3413"))
    x, y = change.TransformPoint(502000.0, 8698000.0)[:2]
    polar = Grid("EPSG:3413", (x - 12000, 120.0, 0.0, y + 12000, 0.0, -120.0), 200, 200)
    write(tmp_path / "ice_vx.tif", polar, "", v=365.25)
    write(tmp_path / "ice_vy.tif", polar, "", v=0.0)
    found = prior.open_prior(tmp_path / "ice_vx.tif", utm, ("a", "b"), (date(2020, 1, 1), date(2020, 4, 10)))
    columns, rows = found.read(utm, Window(0, 0, 40, 40))
    # 100 m along the map's x axis, seen at 15 E: half of it east, the rest south or north by sin 60
    assert columns[20, 20] == pytest.approx(0.5, abs=0.01)
    assert abs(rows[20, 20]) == pytest.approx(0.866, abs=0.01)


def test_what_is_no_motion_is_refused_in_words(tmp_path):
    with pytest.raises(InputError, match="tells no motion"):
        prior.open_prior(write(tmp_path / "b.tif", brightness=1.0), GRID, ("a", "b"), DATES)
    with pytest.raises(InputError, match="m/yr"):
        prior.open_prior(write(tmp_path / "c.tif", unit="m/day", vx=1.0, vy=1.0), GRID, ("a", "b"), DATES)
    east = Grid(GRID.crs, (900000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 160, 160)
    with pytest.raises(InputError, match="nothing about the area"):
        prior.open_prior(write(tmp_path / "d.tif", east, vx=1.0, vy=1.0), GRID, ("a", "b"), DATES)


def test_motion_of_40_px_is_found_with_a_range_of_8_both_ways_and_across_tiles(tmp_path, monkeypatch):
    image = fractal(352, 3)
    grid = Grid(GRID.crs, GRID.transform, 352, 160)
    for name, shift in (("a_20200101.tif", 0), ("b_20200201.tif", 40)):
        with new_raster(tmp_path / name, grid, [Band("1")]) as target:
            target.write({"1": np.roll(image, shift, axis=1)[:160]})
    path = write(tmp_path / "v.tif", grid, vx=400.0 / 31 * 365.25 - 200, vy=150.0)  # m/yr; wrong by 1.7 and 1.3 px
    monkeypatch.setattr(runner, "_WHOLE", 300)
    monkeypatch.setattr(runner, "_TILE", 176)
    runner.run(str(tmp_path / "a_20200101.tif"), str(tmp_path / "b_20200201.tif"),
               PairRunSettings(range=8, average="both"), tmp_path / "d.tif", prior=path)
    with open_displacement(tmp_path / "d.tif") as source:
        east = source.read("east")
    assert np.nanmedian(east[:, :300]) == pytest.approx(400.0, abs=0.5)
    assert np.isfinite(east[10:-10, 10:300]).mean() > 0.9
