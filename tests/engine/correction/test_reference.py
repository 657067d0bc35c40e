"""What is held still after referencing."""
import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.correction import field, reference
from terrain_motion.engine.correction.settings import ReferenceSettings
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.stable import StableGround

SHAPE, NOISE = (200, 240), 0.3


def noise(seed):
    return np.random.default_rng(seed).normal(0, NOISE, SHAPE)


def strip(columns):
    """The first columns of the tests' grid."""
    right = 400000 + 10 * columns
    ring = f"400000 5098000, {right} 5098000, {right} 5100000, 400000 5100000, 400000 5098000"
    return StableGround.from_polygons([bytes(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))").ExportToWkb())],
                                      "EPSG:32632")


def run(path, output, stable=None, progress=None, **settings):
    return reference.run(path, ReferenceSettings(**settings), output, progress or Progress(), stable)


@pytest.mark.parametrize("statistic", ["median", "mean"])
def test_stable_ground_is_still_afterwards_whatever_the_rest_does(tmp_path, write, read, statistic):
    moving = np.where(np.arange(SHAPE[1]) >= 60, 5.0, 0.0) + np.zeros(SHAPE)
    path = write("in.tif", moving + 1.2 + noise(1), moving - 0.7 + noise(2))
    result = run(path, tmp_path / "out.tif", strip(60), statistic=statistic)
    east, north = read(result.output)
    # Median of 12000 pixels: 1.25 x 0.3 m / sqrt(12000) = 0.0034 m; 3 sigma.
    assert np.median(east[:, :60]) == pytest.approx(0, abs=0.011)
    assert np.mean(north[:, 60:]) == pytest.approx(5.0, abs=0.011)
    assert result.shift["east"] == pytest.approx(1.2, abs=0.011)
    assert result.pixels == 60 * SHAPE[0]
    with open_displacement(result.output) as source:
        assert "stable ground" in source.reference and "12000 pixels" in source.reference
        assert source.history[-1]["step"] == "reference"


@pytest.mark.parametrize("moving_share", [0.0, 0.2, 0.4])
def test_without_stable_ground_most_of_the_area_is_held_still(tmp_path, write, read, moving_share):
    moving = np.where(np.arange(SHAPE[1]) < moving_share * SHAPE[1], 2.0, 0.0) + np.zeros(SHAPE)
    east, north = read(run(write("in.tif", moving + 3 + noise(3), 1.0 + noise(4)), tmp_path / "out.tif").output)
    still = moving == 0
    assert np.mean(east[still]) == pytest.approx(0, abs=0.011)
    assert np.mean(north) == pytest.approx(0, abs=0.011)


def test_no_data_on_the_stable_ground_is_refused(tmp_path, write):
    east = 1 + noise(5)
    east[:, :70] = np.nan
    path = write("in.tif", east, east)
    with pytest.raises(InputError, match="no pixel on the stable ground has a value"):
        run(path, tmp_path / "out.tif", strip(60))
    assert not (tmp_path / "out.tif").exists()


def test_no_data_stays_and_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    east = 1 + noise(6)
    east[30:50, 40:90] = np.nan
    path = write("in.tif", east, 2 + noise(7))
    whole = read(run(path, tmp_path / "whole.tif").output, "east", "north", "flag")
    assert np.isnan(whole[0][30:50, 40:90]).all() and np.isnan(whole[1][30:50, 40:90]).all()
    assert (whole[2][30:50, 40:90] == 1).all()
    monkeypatch.setattr(field, "_TILE", 50)
    for expected, found in zip(whole, read(run(path, tmp_path / "tiles.tif").output, "east", "north", "flag")):
        np.testing.assert_array_equal(found, expected)


def test_cancel_leaves_no_file(tmp_path, write, progress):
    path = write("in.tif", noise(8), noise(9))
    progress.record.cancel_after(2)
    with pytest.raises(Cancelled):
        run(path, tmp_path / "out.tif", progress=progress)
    assert [p.name for p in tmp_path.iterdir()] == ["in.tif"]
