"""Steps between detectors are removed, motion of the ground is kept."""
import numpy as np
import pytest
from osgeo import ogr
from scipy.ndimage import correlate1d

from terrain_motion.engine.core.errors import Cancelled, GridError, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.correction import destripe, detectors, field
from terrain_motion.engine.correction.settings import DestripeSettings
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.io.displacement import new_displacement
from terrain_motion.engine.io.raster import Band, new_raster, open_raster, spatial_reference

SHAPE, NOISE, ANGLE, PIXEL, WIDTH = (400, 480), 0.4, 194.0, 10.0, 1100.0
SHIFTS = np.array([[0.6, -0.5, 0.3, -0.8, 0.4, 0.2], [-0.3, 0.5, -0.6, 0.2, 0.7, -0.5]])
# A border of 400 rows: 0.4 m / sqrt(20 px) x 2.4 (slope) x 1.25 / sqrt(400) = 0.0135 m; in the corners 100 rows and
# twice that, added over the borders in between; 3 sigma with the mean over the detectors taken out.
SURE = 0.06


def noise(seed):
    return np.random.default_rng(seed).normal(0, NOISE, SHAPE)


def detector():
    """0..5: strips of 1.1 km."""
    rows, columns = np.indices(SHAPE)
    east, north = PIXEL * (columns + 0.5 - SHAPE[1] / 2), -PIXEL * (rows + 0.5 - SHAPE[0] / 2)
    a = np.radians(ANGLE)
    return np.clip(np.floor((east * np.cos(a) - north * np.sin(a)) / WIDTH + 3.0), 0, 5).astype(int)


def stripes():
    return SHIFTS[0][detector()], SHIFTS[1][detector()]


def footprints(path, field_name="detector"):
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer("detectors", spatial_reference("EPSG:32632"), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn(field_name, ogr.OFTInteger))
    x, y, a, reach = 400000 + 5 * SHAPE[1], 5100000 - 5 * SHAPE[0], np.radians(ANGLE), 9000.0
    for number in range(6):
        low = (number - 3) * WIDTH if number > 0 else -9000.0
        high = (number - 2) * WIDTH if number < 5 else 9000.0
        ring = ", ".join(f"{x + v * np.sin(a) + u * np.cos(a)} {y + v * np.cos(a) - u * np.sin(a)}" for v, u in
                         [(-reach, low), (reach, low), (reach, high), (-reach, high), (-reach, low)])
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}))"))
        feature.SetField(field_name, number + 1)
        layer.CreateFeature(feature)
    return path


def run(path, output, progress=None, shapes=None, stable=None, **settings):
    return destripe.run(path, DestripeSettings(**settings), output, progress or Progress(), stable, shapes)


def rms_without_mean(values):
    return float(np.nanstd(values))


@pytest.mark.parametrize("statistic", ["median", "mean"])
def test_stripes_are_removed_with_footprints(tmp_path, write, read, statistic):
    shapes, truth, wrong = footprints(tmp_path / "d.gpkg"), (noise(1), noise(2)), stripes()
    path = write("in.tif", truth[0] + wrong[0], truth[1] + wrong[1])
    result = run(path, tmp_path / "o.tif", shapes=shapes, shift=statistic)
    for component, expected, stripe in zip(read(result.output), truth, wrong):
        assert rms_without_mean(component - expected) < SURE
        assert rms_without_mean(stripe) > 0.4
    assert result.detectors == 6 and result.angle is None


@pytest.mark.parametrize("angle", [ANGLE, ANGLE - 180.0, None])
def test_borders_are_found_in_the_data(tmp_path, write, read, angle):
    truth, wrong = (noise(3), noise(4)), stripes()
    result = run(write("in.tif", truth[0] + wrong[0], truth[1] + wrong[1]), tmp_path / "o.tif", angle=angle)
    for component, expected in zip(read(result.output), truth):
        assert rms_without_mean(component - expected) < 0.08  # a border that is 1 px off leaves a line
    assert (result.angle % 180.0) == pytest.approx(ANGLE - 180.0, abs=0.3)


def test_raster_of_detectors_does_as_well(tmp_path, write, read, grid):
    with new_raster(tmp_path / "d.tif", grid(*SHAPE), [Band("detector")], dtype="uint8") as target:
        target.write({"detector": (detector() + 1).astype(np.uint8)})
    truth, wrong = noise(5), stripes()
    east, _ = read(run(write("in.tif", truth + wrong[0], noise(6)), tmp_path / "o.tif",
                       shapes=tmp_path / "d.tif").output)
    assert rms_without_mean(east - truth) < SURE


def test_direction_of_the_track_follows_from_the_detectors(tmp_path, grid):
    lattice = grid(*SHAPE)
    with new_raster(tmp_path / "d.tif", lattice, [Band("detector")], dtype="uint8") as target:
        target.write({"detector": (detector() + 1).astype(np.uint8)})
    for path in (footprints(tmp_path / "d.gpkg"), tmp_path / "d.tif"):
        # borders that are rounded to pixels over 400 rows: 0.3 px / 400 px / sqrt(4 borders) is 0.02 degrees
        found = detectors.direction(detectors.from_file(path), lattice)
        assert found == pytest.approx(ANGLE - 180.0, abs=0.1)
    one = detectors.Both(detectors.from_file(path), detectors.from_file(path))
    assert detectors.direction(one, lattice) is None


def test_moving_ground_is_kept_where_a_detector_mean_would_take_it(tmp_path, write, read):
    rows, columns = np.indices(SHAPE)
    motion = 4.0 * np.exp(-(((columns - 240) / 60.0) ** 2 + ((rows - 200) / 190.0) ** 4))  # along one detector
    truth, wrong = noise(7), stripes()
    path = write("in.tif", motion + truth + wrong[0], truth)
    east, _ = read(run(path, tmp_path / "o.tif", shapes=footprints(tmp_path / "d.gpkg")).output)
    off = east - motion - truth
    assert rms_without_mean(off) < 0.08
    inside = motion > 3.5
    assert np.mean((east - np.mean(off))[inside]) == pytest.approx(np.mean((motion + truth)[inside]), rel=0.03)


def test_steps_that_matching_smeared_are_taken_away_whole(tmp_path, write, read):
    """Regularised matching turns a small step into a slope over 20 px: most of it lies beside the border."""
    exact = np.exp(-np.abs(np.arange(-48, 49)) / 8.0)
    wrong = [correlate1d(v, exact / exact.sum(), axis=1, mode="nearest") for v in stripes()]
    truth = noise(21), noise(22)
    path = write("in.tif", truth[0] + wrong[0], truth[1] + wrong[1])
    found = read(run(path, tmp_path / "o.tif", shapes=footprints(tmp_path / "d.gpkg")).output)
    for component, expected, stripe in zip(found, truth, wrong):
        # A step and a slope over 40 px resemble each other: 2.2 x the error of a sharp step.
        assert rms_without_mean(component - expected) < 2.2 * SURE < 0.35 * rms_without_mean(stripe)


@pytest.mark.parametrize("known", [True, False])
def test_field_without_stripes_is_left_alone(tmp_path, write, read, known):
    rows, columns = np.indices(SHAPE)
    motion = 3.0 * np.exp(-(((columns - 240) / 80.0) ** 2 + ((rows - 200) / 80.0) ** 2))
    truth = motion + noise(8), noise(9)
    shapes = footprints(tmp_path / "d.gpkg") if known else None
    for component, expected in zip(read(run(write("in.tif", *truth), tmp_path / "o.tif", shapes=shapes).output), truth):
        assert np.sqrt(np.mean((component - expected) ** 2)) < 0.003 * PIXEL


def test_fault_keeps_its_step_beside_the_stripes(tmp_path, write, read):
    rows, columns = np.indices(SHAPE)
    side = np.where(rows - 200 > 0.3 * (columns - 240), 1.0, -1.0)
    truth, wrong = 1.0 * side + noise(10), stripes()
    east, _ = read(run(write("in.tif", truth + wrong[0], noise(11)), tmp_path / "o.tif",
                       shapes=footprints(tmp_path / "d.gpkg")).output)
    off = east - truth
    assert rms_without_mean(off) < 0.06
    assert np.mean(east[side > 0]) - np.mean(east[side < 0]) == pytest.approx(2.0, rel=0.03)


def test_no_data_stays_and_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    east = noise(12) + stripes()[0]
    east[100:200, 200:330] = np.nan
    path, shapes = write("in.tif", east, noise(13)), footprints(tmp_path / "d.gpkg")
    whole = read(run(path, tmp_path / "a.tif", shapes=shapes).output)
    np.testing.assert_array_equal(np.isnan(whole[0]), np.isnan(east))
    monkeypatch.setattr(field, "_TILE", 100)
    monkeypatch.setattr(destripe, "_ROWS", 100)
    for one, other in zip(whole, read(run(path, tmp_path / "b.tif", shapes=shapes).output)):
        np.testing.assert_array_equal(one, other)


def test_footprints_elsewhere_are_refused_by_name(tmp_path, write):
    path = write("in.tif", noise(1), noise(2))
    with new_raster(tmp_path / "d.tif", Grid("EPSG:32632", (900000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 50, 50),
                    [Band("detector")], dtype="uint8") as target:
        target.write({"detector": np.full((50, 50), 3, np.uint8)})
    with pytest.raises(GridError, match=r"detectors .*d\.tif do not overlap .*in\.tif"):
        run(path, tmp_path / "o.tif", shapes=tmp_path / "d.tif")


def test_refused_and_cancelled_without_a_file(tmp_path, write, progress):
    path = write("in.tif", noise(14), noise(15))
    with pytest.raises(InputError, match="do not exist"):
        run(path, tmp_path / "o.tif", shapes=tmp_path / "missing.gpkg")
    progress.record.cancel_after(4)
    with pytest.raises(Cancelled):
        run(path, tmp_path / "o.tif", progress)
    assert [p.name for p in tmp_path.iterdir()] == ["in.tif"]


def test_real_footprints_of_a_0400_product_give_the_shifts_of_its_detectors(data, tmp_path, read):
    """MSK_DETFOO as JPEG 2000 (value = detector) of tile T29UNU: three detectors, two oblique borders."""
    mask, = data.glob("archive/s2_l2a_t29unu_n0400/*.SAFE/GRANULE/*/QI_DATA/MSK_DETFOO_B01.jp2")
    with open_raster(mask) as raster:
        window = Window(300, 200, 400, 1600)
        grid, number = raster.grid.part(window), raster.read(1, window)
    number = np.nan_to_num(number, nan=0.0).astype(int)
    shifts = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0.9, -1.2, 0.7, 1.5])
    seen = number > 0
    assert len(np.unique(number[seen])) >= 3
    truth = np.random.default_rng(40).normal(0, NOISE, (2, *number.shape))
    with new_displacement(tmp_path / "in.tif", grid) as target:
        values = [np.where(seen, v + shifts[number], np.nan).astype(np.float32) for v in truth]
        target.write({"east": values[0], "north": values[1], "correlation": np.where(seen, 0.9, np.nan),
                      "sigma": np.full(seen.shape, np.nan), "flag": np.where(seen, 0.0, 1.0)})
    result = run(tmp_path / "in.tif", tmp_path / "out.tif", shapes=mask)
    for found, expected in zip(read(result.output), truth):
        error = (found - expected)[seen]
        # The stripes are 1 m deep; a border's step is known to 0.014 m as in SURE, two of them follow each other.
        assert rms_without_mean(error) < SURE and rms_without_mean(shifts[number[seen]]) > 0.7
    assert result.detectors >= 3


def test_landsat_and_planetscope_layouts(tmp_path, write, read):
    """Landsat 8: 14 modules, staggered, across a tilted swath; PlanetScope: strips of a frame, also as a raster."""
    rows, columns = np.indices(SHAPE)
    a = np.radians(190.5)  # Landsat, descending
    across = PIXEL * (columns - SHAPE[1] / 2) * np.cos(a) + PIXEL * (rows - SHAPE[0] / 2) * np.sin(a)
    modules = np.clip(np.floor(across / 700.0 + 7.0), 0, 13).astype(int)
    shifts = np.where(np.arange(14) % 2 == 0, 0.35, -0.35)  # odd and even modules look ahead and back
    path = write("landsat.tif", noise(41) + shifts[modules], noise(42))
    found, _ = read(run(path, tmp_path / "landsat_out.tif", angle=190.5).output)
    assert rms_without_mean(found - noise(41)) < 2 * SURE < 0.4 * rms_without_mean(shifts[modules])
    strips = 1 + rows // 100  # the frame's strips lie across the scene: PlanetScope's band stripes
    with new_raster(tmp_path / "strips.tif", _grid_of(path), [Band("detector")], dtype="uint8") as target:
        target.write({"detector": strips.astype(np.float32)})
    values = np.array([0, 0.5, -0.4, 0.6, -0.3])
    path = write("planet.tif", noise(43) + values[strips], noise(44))
    found, _ = read(run(path, tmp_path / "planet_out.tif", shapes=tmp_path / "strips.tif").output)
    assert rms_without_mean(found - noise(43)) < SURE


def _grid_of(path):
    with open_raster(path) as raster:
        return raster.grid
