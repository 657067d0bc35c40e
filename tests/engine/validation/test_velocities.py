"""A velocity against a reference: known differences are told, velocities along map axes are turned, looks projected."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.validation import velocities
from terrain_motion.engine.validation.comparison_settings import CompareSettings


@pytest.fixture
def write(tmp_path):
    def write_map(name, bands, crs="EPSG:32607", origin=(500000.0, 6780000.0), size=120.0, unit="m/yr"):
        shape = next(v.shape for v in bands.values() if np.ndim(v))
        grid = Grid(crs, (origin[0], size, 0.0, origin[1], 0.0, -size), shape[1], shape[0])
        units = [Band(n, "1" if n.startswith("look") else unit) for n in bands]
        with new_raster(tmp_path / name, grid, units) as target:
            target.write({n: (np.zeros(shape) + v).astype(np.float32) for n, v in bands.items()})
        return tmp_path / name
    return write_map


def run(tmp_path, mine, other, **settings):
    result = velocities.run(mine, other, CompareSettings(**settings), tmp_path / "difference.tif", Progress(),
                            report=tmp_path / "report.html")
    with open_raster(result.raster) as raster:
        return result, {n: raster.read(n) for n in raster.bands}


def test_a_known_difference_is_told(write, tmp_path):
    rng = np.random.default_rng(15)
    field = rng.normal(0, 5, (40, 50))
    mine = write("mine.tif", {"velocity_east": field + 0.3, "velocity_north": field})
    other = write("other.tif", {"velocity_east": field, "velocity_north": field + rng.normal(0, 0.2, field.shape)})
    result, bands = run(tmp_path, mine, other, moving=4.0)
    told = {(a.component, a.ground): a for a in result.agreements}
    assert np.isclose(told["east", "all"].median, 0.3, atol=1e-5) and told["east", "all"].nmad < 1e-5
    assert np.isclose(told["north", "all"].nmad, 0.2, rtol=0.05) and told["north", "all"].correlation > 0.99
    assert told["east", "moving"].pixels < told["east", "all"].pixels
    assert np.allclose(bands["difference_east"], 0.3, atol=1e-5)
    assert "Correlation" in result.report.read_text(encoding="utf-8")


def test_velocity_along_the_axes_of_a_polar_map_is_turned():
    """At 61.1636 N, 146.9972 W the y axis of EPSG:3413 points 102 degrees clockwise of true north."""
    from osgeo import osr

    from terrain_motion.engine.core.grid import Window
    from terrain_motion.engine.io.raster import spatial_reference
    to_utm = osr.CoordinateTransformation(spatial_reference("EPSG:4326"), spatial_reference("EPSG:32606"))
    x, y, _ = to_utm.TransformPoint(-146.9972, 61.1636)
    turn = velocities.turned_axes("EPSG:3413", Grid("EPSG:32606", (x, 1.0, 0.0, y, 0.0, -1.0), 4, 4), Window(0, 0, 4, 4))
    vx, vy = -417.70, 2200.76
    east, north = turn[0] * vx + turn[1] * vy, turn[2] * vx + turn[3] * vy
    assert np.isclose(np.hypot(east, north)[0, 0], 2240.05, atol=1.0)
    azimuth = np.degrees(np.arctan2(east, north))[0, 0] % 360
    assert abs(azimuth - 247.26) < 3.0  # the UTM grid itself lies up to 2.7 degrees off true north here


def test_itslive_pair_of_files_is_found_and_its_unit_told(data, tmp_path):
    """Columbia Glacier against itself, warped to UTM: equal speeds."""
    source = data / "columbia_itslive" / "ALA_G0120_0000_vx.tif"
    if not source.is_file():
        pytest.skip("data: columbia_itslive is not there")
    from contextlib import ExitStack
    with ExitStack() as files, open_raster(source) as raster:
        reference = velocities.Reference(source, "file", files)
        part = raster.grid.part(raster.grid.window)
        got = reference.read(part, part.window)
        assert reference.note == ""  # the file says "m/y"
        assert np.isclose(np.hypot(got["east"], got["north"])[100, 85], 2240.05, atol=0.01)


def test_a_line_of_sight_is_compared_with_the_projected_reference(write, tmp_path):
    look = (-0.59, -0.13, 0.797)
    other = write("other.tif", {"velocity_east": np.full((20, 20), 2.0), "velocity_north": np.full((20, 20), -1.0)})
    los = np.full((20, 20), look[0] * 2.0 - look[1] + 0.05)
    mine = write("mine.tif", {"velocity_los": los, "sigma_los": 0.01,
                              **{f"look_{n}": v for n, v in zip(("east", "north", "up"), look)}})
    result, _ = run(tmp_path, mine, other)
    assert np.isclose(result.agreements[0].median, 0.05, atol=1e-3)  # the vector of the test has length 1.0001


@pytest.mark.parametrize("case, words", [("apart", "no pixel"), ("bands", "no velocity"), ("shared", "share no component")])
def test_what_cannot_be_compared_is_refused_in_words(write, tmp_path, case, words):
    mine = write("mine.tif", {"velocity_east": np.ones((9, 9)), "velocity_north": np.ones((9, 9))})
    other = {"apart": lambda: write("o.tif", {"velocity_east": np.ones((9, 9))}, origin=(900000.0, 6780000.0)),
             "bands": lambda: write("o.tif", {"red": np.ones((9, 9))}),
             "shared": lambda: write("o.tif", {"velocity_up": np.ones((9, 9))})}[case]()
    with pytest.raises(InputError, match=words):
        run(tmp_path, mine, other)
    assert not (tmp_path / "difference.tif").exists()
