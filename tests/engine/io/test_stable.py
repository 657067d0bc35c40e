"""Stable ground from polygons and rasters, on any grid."""
import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.errors import GridError, InputError
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.io.raster import Band, new_raster, spatial_reference
from terrain_motion.engine.io.stable import StableGround

GRID = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 40, 30)


def box(xmin, ymin, xmax, ymax):
    ring = ogr.CreateGeometryFromWkt(f"POLYGON (({xmin} {ymin}, {xmax} {ymin}, {xmax} {ymax}, {xmin} {ymax}, "
                                     f"{xmin} {ymin}))")
    return bytes(ring.ExportToWkb())


def write_polygons(path, polygons, crs, driver="GPKG", kind=ogr.wkbPolygon):
    source = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    layer = source.CreateLayer("stable", spatial_reference(crs), kind)
    for wkb in polygons:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkb(wkb))
        layer.CreateFeature(feature)
    return path


UPPER_LEFT = box(400000, 5099900, 400200, 5100000)  # 20 columns, 10 rows of GRID
EXPECTED = np.zeros(GRID.shape, bool)
EXPECTED[:10, :20] = True


@pytest.mark.parametrize("driver, name", [("GPKG", "stable.gpkg"), ("ESRI Shapefile", "stable.shp")])
def test_polygons_of_a_file_are_stable_where_they_hold_the_pixel_centre(tmp_path, driver, name):
    stable = StableGround.from_file(write_polygons(tmp_path / name, [UPPER_LEFT], "EPSG:32632", driver))
    np.testing.assert_array_equal(stable.mask(GRID), EXPECTED)


def test_a_qgis_source_with_a_layer_name_is_understood(tmp_path):
    path = write_polygons(tmp_path / "s.gpkg", [UPPER_LEFT], "EPSG:32632", "GPKG")
    np.testing.assert_array_equal(StableGround.from_file(f"{path}|layername=stable").mask(GRID), EXPECTED)


def test_polygons_in_longitude_and_latitude_fall_on_the_same_pixels():
    polygon = ogr.CreateGeometryFromWkb(UPPER_LEFT)
    polygon.AssignSpatialReference(spatial_reference("EPSG:32632"))
    polygon.TransformTo(spatial_reference("EPSG:4326"))
    stable = StableGround.from_polygons([bytes(polygon.ExportToWkb())], "EPSG:4326")
    np.testing.assert_array_equal(stable.mask(GRID), EXPECTED)


def test_windows_of_the_mask_equal_the_whole(tmp_path):
    stable = StableGround.from_polygons([UPPER_LEFT], "EPSG:32632")
    window = Window(5, 12, 10, 20)
    np.testing.assert_array_equal(stable.mask(GRID, window), EXPECTED[window.slices])
    assert not stable.mask(GRID, Window(20, 30, 5, 5)).any()  # nothing stable in a tile is no error


@pytest.mark.parametrize("bands", [1, 2])
def test_non_zero_pixels_of_a_raster_are_stable_on_its_own_grid_and_a_finer_one(tmp_path, bands):
    values = np.zeros(GRID.shape, np.float32)
    values[:10, :20] = 7.0
    values[20:, :] = np.nan
    names = [Band(f"b{i}") for i in range(bands)]
    with new_raster(tmp_path / "s.tif", GRID, names) as target:
        target.write({"b0": values})
    stable = StableGround.from_file(tmp_path / "s.tif")
    np.testing.assert_array_equal(stable.mask(GRID), EXPECTED)
    fine = Grid(GRID.crs, (400050.0, 5.0, 0.0, 5100000.0, 0.0, -5.0), 60, 50)
    expected = np.kron(EXPECTED, np.ones((2, 2), bool))[:50, 10:70]
    np.testing.assert_array_equal(stable.mask(fine), expected)
    np.testing.assert_array_equal(stable.mask(fine, Window(3, 7, 30, 40)), expected[3:33, 7:47])


def test_stable_ground_outside_the_grid_is_refused(tmp_path):
    far = StableGround.from_polygons([box(0, 0, 100, 100)], "EPSG:32632")
    with pytest.raises(GridError, match="covers nothing"):
        far.mask(GRID, Window(0, 0, 5, 5))
    elsewhere = Grid(GRID.crs, (900000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 40, 30)
    with new_raster(tmp_path / "s.tif", elsewhere, [Band("b")]) as target:
        target.write({"b": np.ones(GRID.shape, np.float32)})
    with pytest.raises(GridError, match="covers nothing"):
        StableGround.from_file(tmp_path / "s.tif").mask(GRID)


def test_a_polygon_between_pixel_centres_covers_nothing():
    with pytest.raises(GridError, match="covers nothing"):
        StableGround.from_polygons([box(400001, 5099991, 400003, 5099993)], "EPSG:32632").mask(GRID)


def test_what_is_no_stable_ground_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("rock")
    with pytest.raises(InputError, match="neither a polygon layer nor a raster"):
        StableGround.from_file(tmp_path / "note.txt")
    with pytest.raises(InputError, match="does not exist"):
        StableGround.from_file(tmp_path / "missing.gpkg")
    point = bytes(ogr.CreateGeometryFromWkt("POINT (400000 5100000)").ExportToWkb())
    with pytest.raises(InputError, match="no polygons"):
        StableGround.from_file(write_polygons(tmp_path / "p.gpkg", [point], "EPSG:32632", "GPKG", ogr.wkbPoint))
