"""Series of other programs: the same numbers through every door."""
from datetime import date, timedelta

import numpy as np
import pytest
from osgeo import ogr
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.histories.source import component_of, date_of, dated, open_histories
from terrain_motion.engine.io.raster import Band, new_raster

GRID = Grid("EPSG:32632", (1000.0, 10.0, 0.0, 2000.0, 0.0, -10.0), 12, 10)
DATES = tuple(date(2020, 1, 1) + timedelta(days=12 * i) for i in range(5))
PLACE = GRID.xy(4.5, 3.5)  # column 4, row 3
VALUES = np.arange(5)[:, None, None] * (np.arange(12)[None, None, :] + 1.0) * np.ones((1, 10, 1))  # m
POLYGON = bytes(ogr.CreateGeometryFromWkt("POLYGON((1020 1990,1050 1990,1050 1960,1020 1960,1020 1990))").ExportToWkb())


def raster(folder, unit="m", scale=1.0):
    path = folder / "cumulative_up.tif"
    with new_raster(path, GRID, [Band(d.isoformat(), unit) for d in DATES]) as target:
        target.write_all((VALUES * scale).astype(np.float32))
    return path


def mintpy(folder):
    h5py = pytest.importorskip("h5py")
    path = folder / "timeseries.h5"
    with h5py.File(path, "w") as file:
        cube = VALUES.astype(np.float32)
        cube[:, 0, 0] = 0
        file["timeseries"], file["date"] = cube, np.array([f"{d:%Y%m%d}" for d in DATES], "S8")
        file.attrs.update({"X_FIRST": "1000", "X_STEP": "10", "Y_FIRST": "2000", "Y_STEP": "-10", "EPSG": "32632",
                           "UNIT": "m", "REF_Y": "2", "REF_X": "3"})
    return path


def points(folder, unit="mm"):
    path = folder / "points.gpkg"
    driver = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    from osgeo import osr
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32632)
    layer = driver.CreateLayer("points", reference, ogr.wkbPoint)
    for name, kind in [("unit", ogr.OFTString), ("velocity", ogr.OFTReal), *((f"D{d:%Y%m%d}", ogr.OFTReal) for d in DATES)]:
        layer.CreateField(ogr.FieldDefn(name, kind))
    for row in range(10):
        for column in range(12):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField("unit", unit)
            feature.SetField("velocity", 1000.0 * column)
            for number, day in enumerate(DATES):
                feature.SetField(f"D{day:%Y%m%d}", 1000.0 * VALUES[number, row, column])
            feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT({} {})".format(*GRID.xy(column + .5, row + .5))))
            layer.CreateFeature(feature)
    layer = driver = None
    return path


@pytest.mark.parametrize("make, component", [(raster, "up"), (mintpy, "los"), (points, "los")])
def test_the_same_history_through_every_door(tmp_path, make, component):
    source = open_histories(make(tmp_path))
    try:
        assert source.about.components == (component,) and source.about.dates == DATES
        assert source.about.crs == "EPSG:32632"
        history = source.history(*PLACE, reach=2.0)
        assert history.values[component] == pytest.approx(VALUES[:, 3, 4], rel=1e-6)
        assert source.history(0.0, 0.0, reach=2.0) is None
        area = source.area(POLYGON)  # columns 2 to 4
        assert area.pixels == 9
        assert area.history.values[component] == pytest.approx(VALUES[:, 0, 2:5].mean(axis=1), rel=1e-6)
        assert area.spread[component] == pytest.approx(np.repeat(VALUES[:, 0, 2:5], 3, axis=1).std(axis=1, ddof=1), rel=1e-6)
    finally:
        source.close()


def test_masked_pixels_of_mintpy_have_no_data(tmp_path):
    source = open_histories(mintpy(tmp_path))
    assert np.isnan(source.history(*GRID.xy(.5, .5)).values["los"]).all()
    assert source.about.reference == "reference pixel in row 2, column 3"
    source.close()


def test_units_of_bands_are_honoured(tmp_path):
    source = open_histories(raster(tmp_path, "mm", 1000.0))
    assert source.history(*PLACE).values["up"] == pytest.approx(VALUES[:, 3, 4], rel=1e-6)
    source.close()


def test_what_is_no_series_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "map.tif"
    with new_raster(path, GRID, [Band("east", "m"), Band("north", "m")]) as target:
        target.write_all(np.zeros((2, 10, 12), np.float32))
    with pytest.raises(InputError, match="Name each band after its day"):
        open_histories(path)


def test_dates_of_bands_and_columns():
    assert date_of("D20200131") == date_of("2020-01-31") == date_of("20200131") == date(2020, 1, 31)
    assert date_of("observations") is None
    assert [n for _, n in dated(["id", "D20200201", "D20200101", "velocity_20200101_20200201"])] == [2, 1]
    assert component_of("cumulative_up") == "up" and component_of("east") == "east" and component_of("x_y") == "displacement"
