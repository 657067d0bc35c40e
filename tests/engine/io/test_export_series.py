"""Series for other programs: every format gives back the values, dates, units and signs that went in."""
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr

sys.path.insert(0, str(Path(__file__).parent))
from series_folder import DATES, GRID, SPEED, make_series, speeds, truth  # noqa: E402

from terrain_motion.engine.core.errors import Cancelled, InputError, MissingPackage, SettingsError  # noqa: E402
from terrain_motion.engine.io.exports import mesh, series  # noqa: E402
from terrain_motion.engine.io.exports.settings import FORMATS, ExportSettings  # noqa: E402

DAYS = [(d - DATES[0]).days for d in DATES]


@pytest.fixture
def optical(tmp_path):
    return make_series(tmp_path / "series")


@pytest.fixture
def insar(tmp_path):
    return make_series(tmp_path / "series", ("los",))


def export(source, output, progress, **settings):
    return series.run(source, ExportSettings(**settings), output, progress)


def arrays(path):
    """{variable: (values, attributes, unit)} of a NetCDF file, through GDAL's multidimensional reader."""
    group = gdal.OpenEx(str(path), gdal.OF_MULTIDIM_RASTER).GetRootGroup()
    found = {}
    for name in group.GetMDArrayNames():
        array = group.OpenMDArray(name)
        values = array.ReadAsArray() if array.GetDimensionCount() else None
        found[name] = (values, {a.GetName(): a.Read() for a in array.GetAttributes()}, array.GetUnit())
    return found, {a.GetName(): a.Read() for a in group.GetAttributes()}


def test_netcdf_holds_the_series_with_cf_axes(optical, tmp_path, progress):
    result = export(optical, tmp_path / "x.nc", progress)
    assert result.file == tmp_path / "x.nc"
    found, general = arrays(result.file)
    assert general["Conventions"] == "CF-1.8" and "positive east and north" in general["comment"]
    values, attributes, unit = found["time"]
    assert list(values) == DAYS and unit == "days since 2018-03-04 00:00:00"
    assert attributes["standard_name"] == "time" and attributes["calendar"] == "standard"
    assert found["x"][0][0] == 600050.0 and found["y"][0][0] == 6749950.0  # centres of pixels
    assert found["x"][1]["standard_name"] == "projection_x_coordinate"
    for component in ("east", "north"):
        assert np.array_equal(found[component][0], truth(component), equal_nan=True)
        assert found[component][2] == "m"
        assert np.nanmax(np.abs(found[f"velocity_{component}"][0] - speeds(component))) < 1e-6
        assert found[f"velocity_{component}"][2] == "m/yr"
    assert found["sigma_displacement_east"][0][1, 10, 10] == np.float32(0.05)
    meanings = dict(zip(found["flag"][1]["flag_values"], found["flag"][1]["flag_meanings"].split()))
    assert len(meanings) == 13 and meanings[10] == "not_connected_in_time"


def test_netcdf_is_georeferenced_for_gdal(optical, tmp_path, progress):
    path = export(optical, tmp_path / "out", progress).file
    assert path == tmp_path / "out" / "series.nc"
    raster = gdal.Open(f'NETCDF:"{path}":north')
    assert raster.GetGeoTransform() == GRID.transform and raster.RasterCount == len(DATES)
    assert raster.GetSpatialRef().GetAuthorityCode(None) == "32607"
    assert np.array_equal(raster.GetRasterBand(5).ReadAsArray(), truth("north")[4], equal_nan=True)


def test_netcdf_opens_in_xarray_with_a_time_axis(optical, tmp_path, progress):
    xarray = pytest.importorskip("xarray", reason="xarray: not installed here (optional)")
    dataset = xarray.open_dataset(export(optical, tmp_path / "x.nc", progress).file)
    assert str(dataset.time.values[-1])[:10] == "2019-03-04"
    assert float(dataset.north.sel(time="2019-03-04")[10, 0]) == pytest.approx(SPEED["north"] * 365 / 365.25)


def test_netcdf_of_many_rows_and_columns_is_complete(tmp_path, progress, monkeypatch):
    from terrain_motion.engine.io.exports import reader
    monkeypatch.setattr(reader, "_ROWS", 7)  # strips that do not divide the height
    found, _ = arrays(export(make_series(tmp_path / "s"), tmp_path / "x.nc", progress).file)
    assert np.array_equal(found["east"][0], truth("east"), equal_nan=True)


def test_cogs_are_cogs_with_the_same_values_names_and_units(optical, tmp_path, progress):
    result = export(optical, tmp_path / "out", progress, format="cog")
    assert {p.name for p in result.files} == {"east.tif", "north.tif", "sigma_east.tif", "sigma_north.tif",
                                              "velocity.tif", "quality.tif"}
    raster = gdal.Open(str(tmp_path / "out" / "north.tif"))
    assert raster.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE") == "COG"
    assert np.array_equal(raster.ReadAsArray(), truth("north"), equal_nan=True)
    assert raster.GetRasterBand(2).GetDescription() == DATES[1].isoformat()
    assert raster.GetRasterBand(2).GetUnitType() == "m" and np.isnan(raster.GetRasterBand(2).GetNoDataValue())


def test_cog_never_overwrites_the_series_itself(optical, progress):
    with pytest.raises(SettingsError, match="folder of the series itself"):
        export(optical, Path(optical).parent, progress, format="cog")


def test_mesh_has_vectors_at_the_pixel_centres(optical, tmp_path, progress, qgis_bare):
    from qgis.core import QgsMeshDatasetIndex, QgsMeshLayer, QgsPointXY
    path = export(optical, tmp_path / "out", progress, format="mesh").file
    layer = QgsMeshLayer(str(path), "mesh", "mdal")
    assert layer.isValid() and layer.crs().authid() == "EPSG:32607"
    provider = layer.dataProvider()
    groups = {provider.datasetGroupMetadata(i).name(): i for i in range(provider.datasetGroupCount())}
    assert set(groups) == {"displacement since the first date", "velocity"}
    layer.updateTriangularMesh()
    place = QgsPointXY(*GRID.xy(10.5, 8.5))
    for name, factor in (("velocity", 1.0), ("displacement since the first date", 365 / 365.25)):
        assert provider.datasetGroupMetadata(groups[name]).isVector()
        value = layer.datasetValue(QgsMeshDatasetIndex(groups[name], len(DATES) - 1), place)
        assert (value.x(), value.y()) == pytest.approx((3.0 * 1.1 * factor, -4.0 * 1.1 * factor), rel=1e-5)
    hours = [provider.datasetMetadata(QgsMeshDatasetIndex(groups["velocity"], i)).time() for i in range(len(DATES))]
    assert hours == [24.0 * d for d in DAYS]
    assert provider.vertexCount() == 20 * 30 - 16  # no node where there is no history


def test_mesh_of_a_line_of_sight_has_scalars_and_says_so(insar, tmp_path, progress, caplog):
    caplog.set_level("INFO")
    found, _ = arrays(export(insar, tmp_path / "x.nc", progress, format="mesh").file)
    assert found["mesh2d_velocity_los"][0].shape[0] == len(DATES)
    assert "no streamlines" in caplog.text


def test_coarser_mesh_holds_block_means(optical, tmp_path, progress):
    found, _ = arrays(export(optical, tmp_path / "x.nc", progress, format="mesh", every=5).file)
    x, velocity = found["mesh2d_node_x"][0], found["mesh2d_velocity_x"][0][0]
    block = (x - GRID.transform[0]) // 500
    assert velocity == pytest.approx(3.0 * (1 + 0.01 * (block * 5 + 2)), rel=1e-6)  # the mean of 5 columns
    assert len(x) == 4 * 6 - 1  # 16 of the 25 pixels of the first block have no data


def test_block_means_need_half_of_the_block():
    values = np.full((1, 4, 4), 2.0, np.float32)
    values[0, :2, 0] = np.nan
    values[0, 2:, :2] = np.nan
    values[0, 2, 0] = 5.0
    found = mesh.block_means(values, 2)
    assert found[0, 0, 0] == 2.0 and np.isnan(found[0, 1, 0]) and found[0, 1, 1] == 2.0


def test_mintpy_files_have_its_attributes_corner_and_sign(insar, tmp_path, progress):
    h5py = pytest.importorskip("h5py")
    result = export(insar, tmp_path / "out", progress, format="mintpy")
    assert [p.name for p in result.files] == ["timeseries.h5", "velocity.h5"]
    with h5py.File(tmp_path / "out" / "timeseries.h5") as file:
        assert np.array_equal(file["timeseries"][:], truth("los"), equal_nan=True)  # m, positive toward the satellite
        assert [d.decode() for d in file["date"]] == [f"{d:%Y%m%d}" for d in DATES]
        assert file["bperp"].shape == (len(DATES),)
        a = file.attrs
        assert all(isinstance(value, str) for value in a.values())
        assert (float(a["X_FIRST"]), float(a["Y_FIRST"]), float(a["X_STEP"]), float(a["Y_STEP"])) == (
            600000.0, 6750000.0, 100.0, -100.0)
        assert (a["FILE_TYPE"], a["UNIT"], a["LENGTH"], a["WIDTH"]) == ("timeseries", "m", "20", "30")
        assert (a["REF_DATE"], a["EPSG"], a["UTM_ZONE"], a["X_UNIT"]) == ("20180304", "32607", "7N", "meters")
        assert (a["REF_Y"], a["REF_X"]) == ("4", "0")  # the first of the slowest pixels, and valid
    with h5py.File(tmp_path / "out" / "velocity.h5") as file:
        assert file["velocity"][10, 0] == np.float32(0.02) and file["velocityStd"][10, 0] == np.float32(0.1)
        assert file.attrs["FILE_TYPE"] == "velocity" and file.attrs["UNIT"] == "m/year"


def test_mintpy_gets_a_folder_for_each_horizontal_component(optical, tmp_path, progress):
    h5py = pytest.importorskip("h5py")
    export(optical, tmp_path / "out", progress, format="mintpy")
    with h5py.File(tmp_path / "out" / "north" / "timeseries.h5") as file:
        assert file["timeseries"][4, 10, 0] == pytest.approx(-4 * 365 / 365.25)
    assert (tmp_path / "out" / "east" / "velocity.h5").is_file()


def test_missing_h5py_is_named(insar, tmp_path, progress, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingPackage, match="h5py"):
        export(insar, tmp_path / "out", progress, format="mintpy")


def points(path):
    source = ogr.Open(str(path))
    layer = source.GetLayer(0)
    names = [field.GetName() for field in layer.schema]
    rows = [({n: f.GetField(n) for n in names}, f.GetGeometryRef().GetPoint_2D()) for f in layer]
    return names, rows


def test_insar_explorer_points_are_millimetres_at_pixel_centres(insar, tmp_path, progress):
    names, rows = points(export(insar, tmp_path / "out", progress, format="insarexplorer").file)
    assert [n for n in names if n.startswith("D")] == [f"D{d:%Y%m%d}" for d in DATES]
    assert len(rows) == 20 * 30 - 16
    row, place = rows[-1]
    assert place == GRID.xy(29.5, 19.5) and row["unit"] == "mm"
    assert row["velocity"] == pytest.approx(20.0 * 1.29) and row["velocity_sigma"] == pytest.approx(100.0)
    assert row["D20190304"] == pytest.approx(20.0 * 1.29 * 365 / 365.25, abs=1e-3) and row["D20180304"] == 0.0
    assert row["coherence"] == pytest.approx(0.9)


def test_points_of_horizontal_motion_are_along_its_mean_direction(optical, tmp_path, progress):
    _, rows = points(export(optical, tmp_path / "p.gpkg", progress, format="insarexplorer", every=10).file)
    assert len(rows) == 2 * 3
    for row, (x, _) in rows:
        speed = 5000.0 * (1 + 0.01 * int((x - 600000) // 100))
        assert row["velocity"] == pytest.approx(speed, rel=1e-6)
        assert row["D20190304"] == pytest.approx(speed * 365 / 365.25, rel=1e-6)
        assert row["azimuth"] == pytest.approx(90 + np.degrees(np.arctan2(4, 3)))  # east 3, north -4: to the south-east
    _, rows = points(export(optical, tmp_path / "n.gpkg", progress, format="insarexplorer", component="north").file)
    assert max(row["velocity"] for row, _ in rows) < 0


def test_a_component_that_the_series_has_not_got_is_refused(insar, tmp_path, progress):
    with pytest.raises(SettingsError, match="no component 'east'; it has los"):
        export(insar, tmp_path / "out", progress, format="insarexplorer", component="east")


@pytest.mark.parametrize("code, name", [("netcdf", "x.tif"), ("cog", "x.tif"), ("mintpy", "x.h5"), ("mesh", "x.2dm"),
                                        ("insarexplorer", "x.shp")])
def test_a_file_name_that_does_not_fit_is_refused(optical, tmp_path, progress, code, name):
    with pytest.raises(SettingsError, match="needs a folder"):
        export(optical, tmp_path / name, progress, format=code)


def test_an_empty_series_gives_no_points(tmp_path, progress, monkeypatch):
    import series_folder
    monkeypatch.setattr(series_folder, "truth", lambda c: np.full((len(DATES), *GRID.shape), np.nan, np.float32))
    with pytest.raises(InputError, match="no pixel with a history"):
        export(make_series(tmp_path / "s"), tmp_path / "out", progress, format="insarexplorer")


@pytest.mark.parametrize("code", [code for code, _ in FORMATS])
def test_cancel_leaves_no_half_file(optical, tmp_path, progress, code):
    progress.record.cancel_after(0)
    with pytest.raises(Cancelled):
        export(optical, tmp_path / "out", progress, format=code)
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
