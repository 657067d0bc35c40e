"""Displacements of other programs: what every format's files mean in metres east and north."""
import csv
from datetime import date

import numpy as np
import pytest
from osgeo import gdal, osr

from terrain_motion.engine.core.errors import GridError, InputError, SettingsError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.imports import displacements
from terrain_motion.engine.io.imports.model import unit_code
from terrain_motion.engine.io.imports.settings import FORMATS, UNITS, ImportSettings
from terrain_motion.engine.io.manifests import read_stack

GRID = Grid("EPSG:32607", (600000.0, 100.0, 0.0, 6750000.0, 0.0, -100.0), 12, 10)
D1, D2 = "20180304", "20180405"  # 32 days


def write(path, bands, grid=GRID, names=(), unit="", nodata=None, driver="GTiff", kind=gdal.GDT_Float32, crs=True):
    path.parent.mkdir(parents=True, exist_ok=True)
    made = gdal.GetDriverByName(driver).Create(str(path), grid.width, grid.height, len(bands), kind)
    if crs:
        made.SetGeoTransform(grid.transform)
        reference = osr.SpatialReference()
        reference.SetFromUserInput(grid.crs)
        made.SetProjection(reference.ExportToWkt())
    for number, values in enumerate(bands, 1):
        band = made.GetRasterBand(number)
        band.WriteArray(np.array(np.broadcast_to(values, grid.shape)))
        if names:
            band.SetDescription(names[number - 1])
        if unit:
            band.SetUnitType(unit)
        if nodata is not None:
            band.SetNoDataValue(nodata)
    made = band = None
    return path


def pair_of_files(folder, x, y, name=f"S2_{D1}_{D2}", **more):
    write(folder / f"{name}_vx.tif", [x], **more)
    write(folder / f"{name}_vy.tif", [y], **more)


def imported(folder, tmp_path, progress, **settings):
    result = displacements.run(folder, ImportSettings(**settings), tmp_path / "stack", progress)
    manifest, place = read_stack(result.stack)
    return manifest, place, result


def values(place, entry):
    with open_displacement(place / entry.file) as raster:
        return {name: raster.read(name) for name in raster.bands}


# ---- signs and units of each format ----

@pytest.mark.parametrize("unit, factor", [("m", 1.0), ("m/yr", 32 / 365.25), ("m/day", 32.0), ("px", 100.0)])
def test_declared_unit_becomes_metres_between_the_dates(tmp_path, progress, unit, factor):
    pair_of_files(tmp_path / "in", 0.5, -2.0)
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit=unit)
    found = values(place, manifest.pairs[0])
    assert found["east"] == pytest.approx(0.5 * factor, rel=1e-6)
    assert found["north"] == pytest.approx(-2.0 * factor, rel=1e-6)
    assert (manifest.pairs[0].reference, manifest.pairs[0].secondary) == (date(2018, 3, 4), date(2018, 4, 5))
    assert manifest.pairs[0].valid_fraction == 1.0 and (found["flag"] == 0).all()


def test_unit_of_the_bands_is_read_and_said(tmp_path, progress):
    pair_of_files(tmp_path / "in", 3.6525, 0.0, unit="m/yr")
    manifest, place, result = imported(tmp_path / "in", tmp_path, progress)
    assert values(place, manifest.pairs[0])["east"] == pytest.approx(0.32, rel=1e-6)
    assert any("m/yr (from: the files)" in line for line in result.summary())


def test_unit_that_nobody_states_stops_the_run(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    with pytest.raises(InputError, match="does not say its unit. Declare Unit"):
        imported(tmp_path / "in", tmp_path, progress)
    assert not (tmp_path / "stack").exists()


def test_declared_unit_that_contradicts_the_files_stops_the_run(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0, unit="m/yr")
    with pytest.raises(InputError, match="says that its unit is m/yr, but m/day was declared"):
        imported(tmp_path / "in", tmp_path, progress, unit="m/day")


def test_velocity_named_backward_still_moves_forward_in_time(tmp_path, progress):
    pair_of_files(tmp_path / "in", 2.0, 1.0, name=f"a_{D2}_{D1}")
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m/day")
    assert manifest.pairs[0].days == 32
    assert values(place, manifest.pairs[0])["east"] == pytest.approx(64.0)


def test_displacement_named_backward_stays_a_backward_pair(tmp_path, progress):
    pair_of_files(tmp_path / "in", 2.0, 1.0, name=f"a_{D2}_{D1}")
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m")
    assert manifest.pairs[0].days == -32
    assert values(place, manifest.pairs[0])["east"] == pytest.approx(2.0)


def test_second_component_declared_down_becomes_south(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    manifest, place, result = imported(tmp_path / "in", tmp_path, progress, unit="m", north="down")
    assert values(place, manifest.pairs[0])["north"] == pytest.approx(-1.0)
    assert any("positive down (declared)" in line for line in result.summary())


def test_pixels_of_finer_images_use_their_declared_size(tmp_path, progress):
    pair_of_files(tmp_path / "in", 0.5, 0.25)
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="px", pixel_size=10.0)
    assert values(place, manifest.pairs[0])["east"] == pytest.approx(5.0)
    assert values(place, manifest.pairs[0])["north"] == pytest.approx(2.5)


def test_the_assumed_pixel_and_sign_of_pixel_offsets_are_warned_of(tmp_path, progress, caplog):
    pair_of_files(tmp_path / "in", 0.5, 0.25)
    imported(tmp_path / "in", tmp_path, progress, unit="px")
    assert "one pixel is taken as the maps' own (100 m)" in caplog.text
    assert "positive up the map" in caplog.text


def test_one_file_with_named_bands_quality_and_sigma(tmp_path, progress):
    write(tmp_path / "in" / f"{D1}_{D2}.tif", [1.0, -2.0, 0.8, 0.1], names=("East", "North", "correlation", "sigma"),
          unit="m")
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress)
    found = values(place, manifest.pairs[0])
    assert [float(found[n].mean()) for n in ("east", "north", "correlation", "sigma")] == pytest.approx([1, -2, .8, .1])
    assert manifest.pairs[0].mean_quality == pytest.approx(0.8)


def test_quality_and_sigma_in_files_of_their_own(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    write(tmp_path / "in" / f"S2_{D1}_{D2}_corr.tif", [0.7])
    write(tmp_path / "in" / f"S2_{D1}_{D2}_error.tif", [0.01])
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m/day")
    found = values(place, manifest.pairs[0])
    assert found["correlation"] == pytest.approx(0.7) and found["sigma"] == pytest.approx(0.32)


def test_names_of_the_components_can_be_declared(tmp_path, progress):
    write(tmp_path / "in" / f"{D1}_{D2}_compE.tif", [1.0])
    write(tmp_path / "in" / f"{D1}_{D2}_compN.tif", [2.0])
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m", x_pattern="_compE",
                                  y_pattern="_compN")
    assert values(place, manifest.pairs[0])["north"] == pytest.approx(2.0)


def test_autorift_offsets_are_pixels_and_positive_up(tmp_path, progress):
    mask = np.zeros(GRID.shape)
    x = np.full(GRID.shape, 0.5)
    x[0, 0] = -32767
    write(tmp_path / "in" / f"{D1}_{D2}" / "offset.tif", [x, 0.25, mask, mask + 32])
    manifest, place, result = imported(tmp_path / "in", tmp_path, progress)
    found = values(place, manifest.pairs[0])
    assert "autoRIFT (detected)" in result.summary()[0]
    assert found["east"][1, 1] == pytest.approx(50.0) and found["north"][1, 1] == pytest.approx(25.0)
    assert np.isnan(found["east"][0, 0]) and np.isnan(found["north"][0, 0]) and found["flag"][0, 0] == 1


def test_micmac_rows_count_downward_and_grey_values_become_correlation(tmp_path, progress):
    folder = tmp_path / "in" / f"{D1}_{D2}" / "MEC"
    for step, size in ((5, 9.0), (6, 0.5)):  # the last step counts
        write(folder / f"Px1_Num{step}_DeZoom1_LeChantier.tif", [size])
        write(folder / f"Px2_Num{step}_DeZoom1_LeChantier.tif", [size / 2])
    write(folder / "Px1_Num9_DeZoom2_LeChantier.tif", [7.0])
    write(folder / "Px2_Num9_DeZoom2_LeChantier.tif", [7.0])
    write(folder / "Correl_LeChantier_Num_5.tif", [255], kind=gdal.GDT_Byte)
    manifest, place, result = imported(tmp_path / "in", tmp_path, progress)
    found = values(place, manifest.pairs[0])
    assert "MicMac (detected)" in result.summary()[0] and len(manifest.pairs) == 1
    assert found["east"] == pytest.approx(50.0) and found["north"] == pytest.approx(-25.0)
    assert found["correlation"] == pytest.approx(1.0)


def test_cosicorr_envi_file_is_metres_east_north_and_snr(tmp_path, progress):
    write(tmp_path / "in" / f"correlation_{D1}_{D2}", [1.5, -0.5, 0.95], driver="ENVI",
          names=("East/West", "North/South", "SNR"))
    manifest, place, result = imported(tmp_path / "in", tmp_path, progress)
    found = values(place, manifest.pairs[0])
    assert "COSI-Corr (detected)" in result.summary()[0]
    assert [float(found[n].mean()) for n in ("east", "north", "correlation")] == pytest.approx([1.5, -0.5, 0.95])


def granule(path, epsg=3413, dates=True, unit="meter/year"):
    """A NetCDF file as ITS_LIVE has it: int16, y downward, dates as attributes of img_pair_info."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text, number = gdal.ExtendedDataType.CreateString(), gdal.ExtendedDataType.Create
    dataset = gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path), [], ["FORMAT=NC4"])
    group = dataset.GetRootGroup()
    y, x = group.CreateDimension("y", "HORIZONTAL_Y", "", 10), group.CreateDimension("x", "HORIZONTAL_X", "", 12)
    for name, dimension, start, step in (("y", y, -199940.0, -120.0), ("x", x, -3199940.0, 120.0)):
        axis = group.CreateMDArray(name, [dimension], number(gdal.GDT_Float64))
        axis.Write(start + step * np.arange(dimension.GetSize()))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    for name, value in (("vx", 100), ("vy", -50)):
        array = group.CreateMDArray(name, [y, x], number(gdal.GDT_Int16))
        array.SetSpatialRef(reference)
        array.SetNoDataValueDouble(-32767)
        if unit:
            array.SetUnit(unit)
        array.CreateAttribute(f"{name}_error", [], number(gdal.GDT_Float64)).Write(20.0)
        velocity = np.full((10, 12), value, np.int16)
        velocity[2, 3] = -32767
        array.Write(velocity)
    info = group.CreateMDArray("img_pair_info", [], number(gdal.GDT_Byte))
    if dates:
        info.CreateAttribute("acquisition_date_img1", [], text).Write("20180304T20:40:12.5")
        info.CreateAttribute("acquisition_date_img2", [], text).Write("20180405T20:40:11")
    del array, info, axis, group, dataset, x, y
    return path


NAME = ("LC08_L1TP_061018_20180304_20200901_02_T1_X_LC08_L1TP_061018_20180405_20200901_02_T1_G0120V02_P099.nc")


@pytest.mark.parametrize("dates", [True, False], ids=["attributes", "name"])
def test_itslive_granule_is_metres_per_year_along_the_map_axes(tmp_path, progress, dates):
    granule(tmp_path / "in" / ("granule.nc" if dates else NAME), dates=dates)
    manifest, place, result = imported(tmp_path / "in", tmp_path, progress)
    found, pair = values(place, manifest.pairs[0]), manifest.pairs[0]
    assert (pair.reference, pair.secondary) == (date(2018, 3, 4), date(2018, 4, 5))
    assert manifest.grid.crs == "EPSG:3413" and manifest.grid.transform[0] == -3200000.0
    assert found["east"][0, 0] == pytest.approx(100 * 32 / 365.25) and found["north"][9, 11] == pytest.approx(
        -50 * 32 / 365.25)
    assert np.isnan(found["east"][2, 3]) and np.isfinite(found["east"]).sum() == 119
    assert found["sigma"][0, 0] == pytest.approx(20 * 32 / 365.25)
    assert any("true north is" in line for line in result.summary())


def test_granule_without_dimension_scales_has_its_place_from_x_and_y(tmp_path, progress):
    h5py = pytest.importorskip("h5py")
    (tmp_path / "in").mkdir()
    with h5py.File(tmp_path / "in" / "granule.nc", "w") as file:
        file["x"], file["y"] = 3000060.0 + 120 * np.arange(12), -200060.0 - 120 * np.arange(10)
        for name, value in (("vx", 100), ("vy", -50)):
            file[name] = np.full((10, 12), value, np.int16)
            file[name][0, 0] = -32767
            file[name].attrs["units"] = "meter/year"
        file["mapping"], file["img_pair_info"] = np.bytes_(b"x"), np.bytes_(b"x")
        file["mapping"].attrs["spatial_epsg"] = 3413
        file["img_pair_info"].attrs.update({"acquisition_date_img1": "20180304T20:15:00",
                                            "acquisition_date_img2": "20180405T20:15:00"})
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress)
    found = values(place, manifest.pairs[0])
    assert manifest.grid == Grid("EPSG:3413", (3000000.0, 120.0, 0.0, -200000.0, 0.0, -120.0), 12, 10)
    assert found["east"][5, 5] == pytest.approx(100 * 32 / 365.25) and np.isnan(found["east"][0, 0])


def test_rotated_axes_of_a_polar_projection_are_told_with_their_angle(data, tmp_path, progress):
    """README of the data: azimuths in the grid are 102 degrees larger than true ones."""
    manifest, place, result = imported(data / "columbia_itslive", tmp_path, progress, unit="m/yr",
                                       reference_date="2015-01-01", secondary_date="2016-01-01")
    found = values(place, manifest.pairs[0])
    assert found["east"][100, 85] == pytest.approx(-417.70 * 365 / 365.25, abs=0.01)  # README: hand-read
    assert found["north"][100, 85] == pytest.approx(2200.76 * 365 / 365.25, abs=0.01)
    assert manifest.extra["grid_convergence_deg"] == pytest.approx(102, abs=0.5)
    assert any("true north is 10" in line for line in result.summary())


def test_composite_without_two_dates_is_refused(data, tmp_path, progress):
    with pytest.raises(InputError, match="two dates of .*ALA_G0120_0000_vx.tif cannot be read"):
        imported(data / "columbia_itslive", tmp_path, progress, unit="m/yr")


# ---- maps of different grids ----

def test_kaskawulsh_maps_of_two_lattices_become_one_stack(data, tmp_path, progress):
    manifest, place, result = imported(data / "kaskawulsh" / "velocity", tmp_path, progress, unit="m/day")
    assert len(manifest.pairs) == 32 and manifest.grid.crs == "EPSG:32607"
    # the lattice of the 24 Sentinel-2 maps, over the area of all
    assert manifest.grid.same_lattice(Grid("", (600360.0, 120.0, 0.0, 6754820.0, 0.0, -120.0), 346, 305))
    assert manifest.grid.bounds[0] <= 585232.5 and manifest.grid.bounds[2] >= 641872.5
    assert any("24 of 32 maps lie on its pixels, 8 are resampled" in line for line in result.summary())
    files = {p.file: p for p in manifest.pairs}
    row, column = manifest.grid.index(610500.0, 6741560.0)
    on = values(place, files["pairs/20180304_20180314.tif"])  # 10 days, no resampling; values read by hand
    assert on["east"][row, column] == pytest.approx(-0.109375 * 10)
    assert on["north"][row, column] == pytest.approx(-0.03125 * 10)
    off = values(place, files["pairs/20180304_20180405.tif"])["east"][row, column]
    # Landsat: row 110.0208, column 210.0625 of pixel centres, between these four read by hand
    near = np.array([[-0.00732421875, -0.0439453125], [0.0, -0.02197265625]])
    assert off == pytest.approx(32 * np.array([1 - 1 / 48, 1 / 48]) @ near @ [15 / 16, 1 / 16], rel=1e-4)
    with open(data / "kaskawulsh" / "gnss_displacements.csv") as stream:
        stations = [r for r in csv.DictReader(stream) if r["vx_m_per_day"]]
    differences = []
    for r in stations:
        name = f"pairs/{r['date_start'].replace('-', '')}_{r['date_end'].replace('-', '')}.tif"
        if name in files:
            found = values(place, files[name])
            at = manifest.grid.index(float(r["easting_start"]), float(r["northing_start"]))
            differences.append([found[c][at] / files[name].days - float(r[k])
                                for c, k in (("east", "vx_m_per_day"), ("north", "vy_m_per_day"))])
    differences = np.array(differences)
    differences = differences[np.isfinite(differences).all(axis=1)]
    middle = np.median(differences, axis=0)
    spread = 1.4826 * np.median(np.abs(differences - middle), axis=0)
    assert len(differences) >= 50  # README: 50 samples, median +0.018, -0.013, NMAD 0.074, 0.129 m/day
    assert middle == pytest.approx([0.018, -0.013], abs=0.02) and (spread < [0.08, 0.14]).all()


def test_common_area_is_what_all_maps_cover(tmp_path, progress):
    east = Grid(GRID.crs, (600500.0, 100.0, 0.0, 6750000.0, 0.0, -100.0), 12, 10)
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    pair_of_files(tmp_path / "in", 2.0, 2.0, name="b_20180405_20180507", grid=east)
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m", cover="common")
    assert manifest.grid.bounds == (600500.0, 6749000.0, 601200.0, 6750000.0)
    assert np.isfinite(values(place, manifest.pairs[1])["east"]).all()
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m", cover="all")
    assert manifest.grid.width == 17 and np.isnan(values(place, manifest.pairs[0])["east"][:, 12:]).all()


def test_maps_without_common_area_are_refused_where_it_is_asked_for(tmp_path, progress):
    far = Grid(GRID.crs, (700000.0, 100.0, 0.0, 6750000.0, 0.0, -100.0), 12, 10)
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    pair_of_files(tmp_path / "in", 2.0, 2.0, name="b_20180405_20180507", grid=far)
    with pytest.raises(GridError, match="no common area"):
        imported(tmp_path / "in", tmp_path, progress, unit="m", cover="common")


def test_two_pairs_of_the_same_dates_both_stay(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0, name=f"S2_{D1}_{D2}")
    pair_of_files(tmp_path / "in", 2.0, 1.0, name=f"LS8_{D1}_{D2}")
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m")
    assert sorted(float(values(place, p)["east"][0, 0]) for p in manifest.pairs) == [1.0, 2.0]


# ---- no data and bad input ----

def test_no_data_of_one_component_removes_both_and_is_flagged(tmp_path, progress):
    x, y = np.ones(GRID.shape), np.ones(GRID.shape)
    x[3, 4], y[5, 6], x[7, 8] = -9999, -9999, 0
    pair_of_files(tmp_path / "in", x, y, nodata=-9999)
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, unit="m", no_data=0.0)
    found = values(place, manifest.pairs[0])
    for at in ((3, 4), (5, 6), (7, 8)):
        assert np.isnan(found["east"][at]) and np.isnan(found["north"][at]) and found["flag"][at] == 1
    assert np.isfinite(found["east"]).sum() == 117
    assert manifest.pairs[0].valid_fraction == pytest.approx(117 / 120, abs=1e-6)


def test_missing_partner_is_named(tmp_path, progress):
    write(tmp_path / "in" / f"{D1}_{D2}_vx.tif", [1.0])
    with pytest.raises(InputError, match=f"{D1}_{D2}_vx.tif has no partner with the north component"):
        imported(tmp_path / "in", tmp_path, progress, unit="m")


def test_micmac_without_px2_is_named(tmp_path, progress):
    write(tmp_path / "in" / f"{D1}_{D2}" / "Px1_Num6_DeZoom1_LeChantier.tif", [1.0])
    with pytest.raises(InputError, match="has no partner Px2"):
        imported(tmp_path / "in", tmp_path, progress)


def test_mixed_coordinate_systems_are_refused_with_both_files(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    other = Grid("EPSG:32608", GRID.transform, 12, 10)
    pair_of_files(tmp_path / "in", 1.0, 1.0, name="b_20180405_20180507", grid=other)
    with pytest.raises(GridError, match="different coordinate systems .EPSG:32607, EPSG:32608."):
        imported(tmp_path / "in", tmp_path, progress, unit="m")


@pytest.mark.parametrize("name, word", [("pair1", "cannot be read"), (f"{D1}_{D2}_20180507", "holds 3 dates"),
                                        (D1, "cannot be read")])
def test_dates_that_are_not_two_are_refused(tmp_path, progress, name, word):
    pair_of_files(tmp_path / "in", 1.0, 1.0, name=name)
    with pytest.raises(InputError, match=word):
        imported(tmp_path / "in", tmp_path, progress, unit="m")


@pytest.mark.parametrize("name", [
    "LC08_L1TP_061018_20180304_20180320_01_T1_LC08_L1TP_061018_20180405_20180417_01_T1",
    "S2A_MSIL1C_20180304T204021_N0206_R114_T07VFG_20180304T210000_X_S2B_MSIL1C_20180405T204021_N0206_R114_T07VFG_"
    "20180405T210000_G0120V02_P010", "S1A_IW_SLC_20180304T010203_20180304T010230_X_S1A_IW_SLC_20180405T010203_x",
    "20180304-20180405", "2018-03-04_2018-04-05", "day_2018063_2018095"])
def test_dates_of_a_pair_in_the_names_of_products(name):
    from terrain_motion.engine.io.imports.naming import days_in
    assert days_in(name) == [date(2018, 3, 4), date(2018, 4, 5)]


def test_folder_without_displacements_is_refused(tmp_path, progress):
    write(tmp_path / "in" / "dem.tif", [100.0])
    with pytest.raises(InputError, match="no displacements that are recognised"):
        imported(tmp_path / "in", tmp_path, progress)
    with pytest.raises(InputError, match="no pairs of the format ITS_LIVE"):
        imported(tmp_path / "in", tmp_path, progress, format="itslive")
    with pytest.raises(InputError, match="is not a folder"):
        imported(tmp_path / "nothing", tmp_path, progress)


def test_several_formats_in_one_folder_need_a_choice(tmp_path, progress):
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    write(tmp_path / "in" / f"{D1}_{D2}" / "Px1_Num6_DeZoom1_LeChantier.tif", [1.0])
    with pytest.raises(InputError, match="several formats .*GeoTIFF.*MicMac"):
        imported(tmp_path / "in", tmp_path, progress)


def test_pixels_without_georeference_are_refused_or_get_their_size(tmp_path, progress):
    folder = tmp_path / "in" / f"{D1}_{D2}"
    for axis in "12":
        write(folder / f"Px{axis}_Num6_DeZoom1_LeChantier.tif", [0.5], crs=False)
    with pytest.raises(InputError, match="no georeference"):
        imported(tmp_path / "in", tmp_path, progress)
    manifest, place, _ = imported(tmp_path / "in", tmp_path, progress, pixel_size=2.0)
    assert values(place, manifest.pairs[0])["north"] == pytest.approx(-1.0)
    assert manifest.grid.pixel_size == 2.0


def test_pixels_in_degrees_are_refused(tmp_path, progress):
    degrees = Grid("EPSG:4326", (7.0, 0.001, 0.0, 46.0, 0.0, -0.001), 12, 10)
    pair_of_files(tmp_path / "in", 1.0, 1.0, grid=degrees)
    with pytest.raises(InputError, match="pixels in degrees"):
        imported(tmp_path / "in", tmp_path, progress, unit="px")


def test_cancel_leaves_no_manifest(tmp_path, progress):
    from terrain_motion.engine.core.errors import Cancelled
    pair_of_files(tmp_path / "in", 1.0, 1.0)
    progress.record.cancel_after(2)
    with pytest.raises(Cancelled):
        imported(tmp_path / "in", tmp_path, progress, unit="m")
    assert not (tmp_path / "stack" / "stack.json").exists() and not list((tmp_path / "stack").rglob("*.part"))


def test_the_stack_inside_the_input_folder_is_not_imported_again(tmp_path, progress):
    pair_of_files(tmp_path, 1.0, 1.0)
    for _ in range(2):
        manifest, _, _ = imported(tmp_path, tmp_path, progress, unit="m")
        assert len(manifest.pairs) == 1


# ---- settings ----

def test_choices_are_in_the_order_of_the_design():
    assert [label for _, label in FORMATS] == ["Detect", "GeoTIFF", "autoRIFT", "ITS_LIVE", "MicMac", "COSI-Corr"]
    assert [label for _, label in UNITS] == ["metres", "pixels", "m/yr", "m/day"]


@pytest.mark.parametrize("settings", [{"x_pattern": "_a"}, {"x_pattern": "_a", "y_pattern": "_A"},
                                      {"reference_date": "2018-01-01"},
                                      {"reference_date": "2018-01-01", "secondary_date": "2018-01-01"}])
def test_half_declarations_are_refused(settings):
    with pytest.raises(SettingsError):
        ImportSettings(**settings)


@pytest.mark.parametrize("text, code", [("m", "m"), ("meter/year", "m/yr"), ("m yr-1", "m/yr"), ("m y^-1", "m/yr"),
                                        ("m/d", "m/day"), ("pixels", "px"), ("K", None), ("", None)])
def test_spellings_of_units(text, code):
    assert unit_code(text) == code
