"""Bands and facts of archive products: written here in miniature, and real ones from the data folder."""
import os
import zipfile
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from terrain_motion.engine.core.errors import GridError, InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.products import dates
from terrain_motion.engine.io.products.metadata_xml import parse, text
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.io.scene_reader import available_bands, band_source, open_band, read_product

GRID = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0), 8, 6)
SAFE = "S2A_MSIL2A_20230815T095031_N0509_R079_T33TWL_20230815T155057.SAFE"
GRANULE = f"{SAFE}/GRANULE/L2A_T33TWL_A042547_20230815T095630"


def image(path, value=2000, names=("",), grid=GRID):
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_raster(path, grid, [Band(name) for name in names], dtype="uint16", nodata=None) as writer:
        for number, name in enumerate(names):
            writer.write({name: np.full(grid.shape, value + number, "uint16")})
    return path


def safe(folder, offset=-1000, bands=("B02", "B04", "B08")):
    """A Sentinel-2 L2A product: metadata as in real ones, images of 8 x 6 pixels."""
    offsets = "" if offset is None else "<BOA_ADD_OFFSET_VALUES_LIST>" + "".join(
        f'<BOA_ADD_OFFSET band_id="{i}">{offset - i}</BOA_ADD_OFFSET>' for i in range(13)) + \
        "</BOA_ADD_OFFSET_VALUES_LIST>"
    root = folder / SAFE
    for band in bands:
        image(folder / GRANULE / f"IMG_DATA/R10m/T33TWL_20230815T095031_{band}_10m.tif")
        image(folder / GRANULE / f"IMG_DATA/R60m/T33TWL_20230815T095031_{band}_60m.tif")
    (folder / GRANULE / "QI_DATA").mkdir(parents=True, exist_ok=True)
    (folder / GRANULE / "QI_DATA/MSK_DETFOO_B04.jp2").write_bytes(b"")
    (root / "MTD_MSIL2A.xml").write_text(f"""<?xml version="1.0"?>
<n1:Level-2A_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/x.xsd"><n1:General_Info>
<PRODUCT_START_TIME>2023-08-15T09:50:31.024Z</PRODUCT_START_TIME>
<PRODUCT_URI>{SAFE}</PRODUCT_URI><PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL>
<PROCESSING_BASELINE>05.09</PROCESSING_BASELINE><SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME>
<SENSING_ORBIT_NUMBER>79</SENSING_ORBIT_NUMBER>
<BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE>{offsets}</n1:General_Info>
<EXT_POS_LIST>46 15 45 15 45 16.4 46 16.4 46 15</EXT_POS_LIST>
<Cloud_Coverage_Assessment>0.2</Cloud_Coverage_Assessment></n1:Level-2A_User_Product>""")
    (folder / GRANULE / "MTD_TL.xml").write_text(
        "<n1:T xmlns:n1='x'><Mean_Sun_Angle><ZENITH_ANGLE>34.25</ZENITH_ANGLE><AZIMUTH_ANGLE>151.5</AZIMUTH_ANGLE>"
        "</Mean_Sun_Angle><Viewing_Incidence_Angles_Grids/></n1:T>")
    return root


def zipped(folder, target):
    with zipfile.ZipFile(target, "w") as archive:
        for place, _, files in os.walk(folder):
            for name in files:
                path = os.path.join(place, name)
                archive.write(path, os.path.relpath(path, folder.parent))
    return target


def landsat(folder, product="LC08_L1TP_227074_20190809_20200827_02_T1", bands=("B4", "B8"), extra="", group=True):
    for band in bands:
        image(folder / f"{product}_{band}.TIF", 10000)
    scaling = "".join(f"    REFLECTANCE_MULT_{b.replace('B', 'BAND_')} = 2.0000E-05\n"
                      f"    REFLECTANCE_ADD_{b.replace('B', 'BAND_')} = -0.100000\n" for b in bands if b != "B10")
    (folder / f"{product}_MTL.txt").write_text(
        'GROUP = LANDSAT_METADATA_FILE\n  GROUP = IMAGE_ATTRIBUTES\n    SPACECRAFT_ID = "LANDSAT_8"\n'
        "    WRS_PATH = 227\n    WRS_ROW = 74\n    DATE_ACQUIRED = 2019-08-09\n"
        '    SCENE_CENTER_TIME = "13:53:06.1234560Z"\n    CLOUD_COVER = -1\n    SUN_AZIMUTH = 42.5\n'
        f'    SUN_ELEVATION = 42.6\n    PROCESSING_LEVEL = "L1TP"\n{scaling}{extra}END_GROUP\nEND\n')
    return folder


# --- Sentinel-2 ---

def test_offset_is_applied_where_the_tag_exists_and_only_there(tmp_path):
    with_tag = band_source(safe(tmp_path / "a"), "B04")
    assert (with_tag.scale, with_tag.offset) == (1e-4, pytest.approx(-0.1003))  # band 3 of the metadata: -1003
    without = band_source(safe(tmp_path / "b", offset=None), "B04")
    assert (without.scale, without.offset) == (1e-4, 0.0)


def test_finest_resolution_is_taken_and_red_is_the_default(tmp_path):
    source = band_source(safe(tmp_path))
    assert source.name == "B04" and source.path.endswith("_B04_10m.tif") and source.nodata == 0.0
    assert band_source(safe(tmp_path / "nir", bands=("B02", "B08"))).name == "B08"
    assert band_source(safe(tmp_path), "b4") == source


def test_facts_of_a_safe_folder(tmp_path):
    product = read_product(safe(tmp_path))
    scene = product.scene
    assert scene.acquired == datetime(2023, 8, 15, 9, 50, 31)
    assert (scene.mission, scene.level, scene.tile, scene.orbit) == ("Sentinel-2A", "L2A", "T33TWL", "79")
    assert (scene.cloud, scene.sun_azimuth, scene.sun_elevation) == (0.2, 151.5, 55.75)
    assert scene.footprint.startswith("POLYGON ((15.000000 46.000000, ")
    assert scene.detectors.endswith("MSK_DETFOO_B04.jp2") and product.baseline == "05.09"


def test_zip_reads_the_same_as_the_folder_and_is_not_unpacked(tmp_path):
    root = safe(tmp_path / "x")
    archive = zipped(root, tmp_path / (SAFE[:-5] + ".zip"))
    before = sorted(os.listdir(tmp_path))
    inside, outside = read_product(archive), read_product(root)
    assert inside.scene.acquired == outside.scene.acquired and inside.scene.footprint == outside.scene.footprint
    assert list(inside.bands) == list(outside.bands)
    source = band_source(archive, "B08")
    assert source.path.startswith("/vsizip/")
    with open_raster(source.path) as raster:
        assert raster.read(source.number)[0, 0] == 2000.0
    assert sorted(os.listdir(tmp_path)) == before


def test_reflectance_is_read_with_zero_as_no_data(tmp_path):
    root = safe(tmp_path)
    path = tmp_path / GRANULE / "IMG_DATA/R10m/T33TWL_20230815T095031_B04_10m.tif"
    with new_raster(path, GRID, [Band("x")], dtype="uint16") as writer:
        values = np.full(GRID.shape, 3000, "uint16")
        values[0, 0] = 0
        writer.write({"x": values})
    with open_band(root, "B04") as band:
        read = band.read()
        assert band.grid == GRID
    assert np.isnan(read[0, 0]) and read[1, 1] == pytest.approx(0.1997, abs=1e-6)  # (3000 - 1003) / 10000


def test_missing_band_is_named_with_product_and_what_there_is(tmp_path):
    with pytest.raises(InputError, match=r"B11 is missing in .*33TWL.*the bands there are: B02, B04, B08"):
        band_source(safe(tmp_path), "B11")


def test_zip_with_a_path_out_of_its_folder_is_refused(tmp_path):
    archive = tmp_path / "S2A_MSIL1C_20200101.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("../evil/MTD_MSIL1C.xml", "<a/>")
    with pytest.raises(InputError, match=r"unsafe name '\.\./evil"):
        read_product(archive)


def test_broken_zip_and_zip_without_a_product_are_refused(tmp_path):
    broken = tmp_path / "a.zip"
    broken.write_bytes(b"PK nothing")
    with pytest.raises(InputError, match="not a readable zip"):
        read_product(broken)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as target:
        target.writestr("readme.txt", "x")
    with pytest.raises(InputError, match="no Sentinel-2 product"):
        read_product(tmp_path / "b.zip")


def test_entities_and_truncated_metadata_are_refused(tmp_path):
    bomb = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>'
    with pytest.raises(InputError, match="declares a document type"):
        parse(bomb, "MTD.xml")
    with pytest.raises(InputError, match="declares a document type"):
        parse(bomb.decode().encode("utf-16"), "MTD.xml")
    root = safe(tmp_path)
    metadata = root / "MTD_MSIL2A.xml"
    metadata.write_text(metadata.read_text()[:400])
    with pytest.raises(InputError, match=r"MTD_MSIL2A\.xml is damaged or truncated"):
        read_product(root)


def test_metadata_with_words_for_numbers_are_refused_by_name(tmp_path):
    metadata = safe(tmp_path) / "MTD_MSIL2A.xml"
    metadata.write_text(metadata.read_text().replace(">46 15 45", ">north 15 45"))
    with pytest.raises(InputError, match=r"metadata of .*T33TWL.*cannot be read .*north"):
        read_product(metadata)


def test_truncated_image_is_said_to_be_damaged(tmp_path):
    path = image(tmp_path / "B04_20200131.tif")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"B04_20200131\.tif (is damaged|cannot be read)"):
        with open_band(path) as band:
            band.read()


def test_reading_stops_at_the_element_that_is_wanted():
    tree = parse(b"<n:a xmlns:n='x'><n:b>1</n:b><c>2</c><broken", "x.xml", until="c")
    assert text(tree, "b") == "1" and text(tree, "c") == "2" and text(tree, "d", "c") == "2"


# --- Landsat ---

def test_landsat_panchromatic_is_the_default_and_reflectance_from_the_metadata(tmp_path):
    folder = landsat(tmp_path)
    source = band_source(folder)
    assert source.name == "B8" and source.nodata == 0.0
    assert (band_source(folder, "B04").scale, band_source(folder, "4").offset) == (2e-5, -0.1)
    scene = read_product(folder).scene
    assert scene.acquired == datetime(2019, 8, 9, 13, 53, 6)
    assert (scene.mission, scene.tile, scene.orbit, scene.level) == ("Landsat 8", "227074", "227", "L1TP")
    assert scene.cloud is None and scene.footprint.startswith("POLYGON ((7.7")


def test_landsat_without_panchromatic_gives_red_and_thermal_without_scaling(tmp_path):
    folder = landsat(tmp_path, bands=("B4", "B5", "B10"))
    assert band_source(folder).name == "B4"
    assert (band_source(folder, "B10").scale, band_source(folder, "B10").offset) == (1.0, 0.0)


def test_metadata_without_a_date_are_refused_by_name(tmp_path):
    (tmp_path / "LC08_X_MTL.txt").write_text("GROUP = L1_METADATA_FILE\nEND\n")
    with pytest.raises(InputError, match=r"LC08_X_MTL\.txt holds no readable DATE_ACQUIRED"):
        read_product(tmp_path)


# --- plain rasters and single-band files ---

def test_plain_raster_bands_by_description_number_and_without_a_date(tmp_path):
    path = image(tmp_path / "ortho.tif", names=("blue", "red"))
    assert available_bands(path) == ["blue", "red"]
    assert band_source(path).number == 1 and band_source(path, "RED").number == 2
    with pytest.raises(InputError, match=r"green is missing in .*ortho\.tif; the bands there are: blue, red"):
        band_source(path, "green")
    assert band_source(image(tmp_path / "one.tif")).number == 1
    assert [band_source(image(tmp_path / "x.tif", names=("", "")), n).number for n in ("", "2")] == [1, 2]


def test_single_band_files_of_one_acquisition_are_one_scene(tmp_path):
    for band in ("B04", "B05", "B8A"):
        image(tmp_path / f"HLS.L30.T32TLR.2020031T101112.v2.0.{band}.tif")
    image(tmp_path / "HLS.L30.T32TLR.2020031T101112.v2.0.Fmask.tif")
    product = read_product(tmp_path)
    assert list(product.bands) == ["B04", "B05", "B8A"] and list(product.classes) == ["Fmask"]
    assert product.scene.acquired == datetime(2020, 1, 31, 10, 11, 12)
    assert (product.scene.mission, product.scene.tile) == ("HLS L30", "T32TLR")
    file = tmp_path / "HLS.L30.T32TLR.2020031T101112.v2.0.B05.tif"
    assert band_source(file).name == "B05" and band_source(file, "B04").path.endswith("B04.tif")


def test_scene_that_is_not_there_says_so(tmp_path):
    with pytest.raises(InputError, match=r"gone\.tif does not exist"):
        band_source(tmp_path / "gone.tif")


@pytest.mark.parametrize("name, expected", [
    ("S2SIM_20200131_B04", datetime(2020, 1, 31)), ("B04_2020-01-31", datetime(2020, 1, 31)),
    ("20200131_101112_1025_3B_AnalyticMS", datetime(2020, 1, 31, 10, 11, 12)),
    ("T29UNU_20221005T115411_B04_10m", datetime(2022, 10, 5, 11, 54, 11)),
    ("LC80630182016200LGN00_B8", datetime(2016, 7, 18)), ("img_2016200", datetime(2016, 7, 18)),
    ("LC08_L1TP_227074_20190809_20200827_02_T1_B4", datetime(2019, 8, 9)), ("a_1958_07_04", datetime(1958, 7, 4)),
    ("scene_12345678", None), ("IMG_20201331", None), ("x_2020366_y", datetime(2020, 12, 31)), ("x_2019366", None),
    ("tile_320100_5120200", None), ("20991231", None)])
def test_dates_in_names(name, expected):
    assert dates.from_name(name, name) == expected


def test_name_with_two_dates_is_ambiguous():
    with pytest.raises(InputError, match="several dates in its name .2020-01-05, 2020-01-17"):
        dates.from_name("20200105_20200117", "x/20200105_20200117.tif")


def test_acquisition_item_beats_the_name_and_the_name_beats_the_time_of_writing():
    written = {"TIFFTAG_DATETIME": "2023:05:06 07:08:09"}
    assert dates.acquired("a_20200131", written, "a") == datetime(2020, 1, 31)
    assert dates.acquired("a", written, "a") == datetime(2023, 5, 6, 7, 8, 9)
    assert dates.acquired("a_20200131", {"ACQUISITIONDATETIME": "2020-02-01T10:00:00Z"}, "a").day == 1
    with pytest.raises(InputError, match="no date that can be read"):
        dates.acquired("a", {}, "a.tif")


# --- real products ---

@pytest.mark.parametrize("name, expected", [
    ("s2_l1c_t43rfm_n0201/S2A_MSIL1C_20160129T054102_N0201_R005_T43RFM_20160129T054903.SAFE",
     (datetime(2016, 1, 29, 5, 41, 2), "L1C", "5", "T43RFM", 0.0, 156.27, 40.04, "02.01", 0.0, "DETFOO_B04.gml")),
    ("s2_l2a_t29unu_n0400/S2A_MSIL2A_20221005T115411_N0400_R023_T29UNU_20221005T164454.SAFE",
     (datetime(2022, 10, 5, 11, 54, 11), "L2A", "23", "T29UNU", 59.77, 172.84, 32.18, "04.00", -0.1,
      "DETFOO_B04.jp2")),
    ("s2_l2a_t33twl_pair_120m/S2A_33TWL_20230815_0_L2A",
     (datetime(2023, 8, 15, 9, 58, 11), "L2A", "79", "T33TWL", 0.20, 151.83, 55.76, "05.09", 0.0, "DETFOO_B04.jp2")),
    ("s2_l1c_t19udp_overview/l1c/preview",
     (datetime(2017, 7, 29, 15, 35, 57), "L1C", "111", "T19UDP", 24.48, None, None, "02.05", 0.0, "")),
    ("landsat8_c2_l1_pair_227074/LC08_L1TP_227074_20190809_20200827_02_T1",
     (datetime(2019, 8, 9, 13, 53, 6), "L1TP", "227", "227074", 13.57, 42.77, 42.62, "", -0.1, "")),
    ("landsat8_c2_l1_l2_017051/LC08_L2SP_017051_20151205_20200908_02_T1",
     (datetime(2015, 12, 5, 16, 6, 6), "L2SP", "17", "017051", 61.45, 147.74, 48.24, "", -0.2, "")),
    ("landsat8_c1_l1_016037_overview/LC08_L1TP_016037_20170813_20170814_01_RT",
     (datetime(2017, 8, 13, 15, 54, 15), "L1TP", "16", "016037", 26.7, 126.81, 62.17, "", -0.1, ""))])
def test_real_products_say_what_their_readme_says(data, name, expected):
    product = read_product(data / "archive" / name)
    scene = product.scene
    numbers = [None if v is None else round(v, 2) for v in (scene.cloud, scene.sun_azimuth, scene.sun_elevation)]
    assert (scene.acquired, scene.level, scene.orbit, scene.tile, *numbers, product.baseline,
            product.band().offset) == expected[:-1]
    assert scene.detectors.endswith(expected[-1]) and scene.footprint.startswith("POLYGON")


def test_bands_without_a_place_lie_where_their_sister_lies(data, tmp_path):
    """The real preview of T19UDP: only its cirrus band says where it is."""
    folder = data / "archive/s2_l1c_t19udp_overview/l1c/preview"
    with open_band(folder, "B04") as band:
        assert band.grid.crs == "EPSG:32619" and band.grid.pixel_size == pytest.approx(109800 / 687)
        part = Grid("EPSG:32619", (450000.0, 160.0, 0.0, 5380000.0, 0.0, -160.0), 40, 30)
        there = band.read_on(part)
        column, row = (int(v) for v in band.grid.pixel(453200.0, 5377600.0))
        assert there[15, 20] == pytest.approx(band.read()[row - 1:row + 2, column - 1:column + 2].mean(), rel=0.2)
    alone = image(tmp_path / "B04_20170729.tif", grid=replace(GRID, crs=""))
    with open_band(alone) as band, pytest.raises(GridError, match="has no coordinate system"):
        band.read_on(part)


@pytest.mark.parametrize("start, baseline, level, orbit", [
    ("S2A_MSIL1C_20180629T000241", "02.06", "L1C", "30"), ("S2A_MSIL1C_20210713T032051", "03.01", "L1C", "32"),
    ("S2A_MSIL1C_20240101T102431", "05.10", "L1C", "65"), ("S2A_MSIL2A_20230821T221941", "05.09", "L2A", "29")])
def test_real_headers_without_images(data, start, baseline, level, orbit):
    folder = next((data / "archive/s2_headers").glob(f"{start}*"))
    product = read_product(folder)
    assert (product.baseline, product.scene.level, product.scene.orbit) == (baseline, level, orbit)
    assert f"{product.scene.acquired:%Y%m%dT%H%M%S}" == start[-15:]
    assert set(product.offsets.values()) == ({-1000.0} if baseline >= "04.00" else set())
    with pytest.raises(InputError, match="A band to match is missing"):
        band_source(folder)


def test_real_yahtse_pair_has_its_metadata_beside_the_images(data):
    source = band_source(data / "yahtse/LC80630182016200LGN00_B8_20160718.tif")
    assert source.name == "B8" and source.scale == 2e-5
    scene = read_product(data / "yahtse/LC80630182016216LGN00_B8_20160803.tif").scene
    assert (scene.acquired, scene.tile, scene.cloud) == (datetime(2016, 8, 3, 20, 37, 9), "063018", 51.55)


def test_real_level_2_reflectance_is_physical(data):
    """Median red reflectance of the Momotombo scene (cloud, lava and forest): between that of water and of snow."""
    folder = data / "archive/landsat8_c2_l1_l2_017051/LC08_L2SP_017051_20151205_20200908_02_T1"
    with open_band(folder, "B4") as band:
        assert 0.02 < np.nanmedian(band.read()) < 0.8
    with open_band(folder, "B10") as band:
        assert 270 < np.nanmedian(band.read()) < 320  # kelvin, tropics
