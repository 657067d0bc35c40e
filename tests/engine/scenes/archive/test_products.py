"""Products as the archives keep them, SAFE folders, zips and Landsat, and what readers make of them."""
import hashlib
import io
import json
import zipfile
from datetime import datetime

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.scene import Scene
from terrain_motion.engine.io.scene_reader import open_band, read_product
from terrain_motion.engine.scenes import catalogue
from terrain_motion.engine.scenes.archive import assets, download
from terrain_motion.engine.scenes.archive.archive_settings import DownloadSettings
from terrain_motion.engine.scenes.archive.stac import scene_of
from terrain_motion.engine.scenes.archive.transport import UrlTransport
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings

SAFE = "S2A_MSIL2A_20230815T094551_N0509_R079_T32TMS_20230815T155058.SAFE"
GRANULE = "GRANULE/L2A_T32TMS_A042547_20230815T095630"
IMAGE = f"{GRANULE}/IMG_DATA/R10m/T32TMS_20230815T094551_B04_10m"
PRODUCT = f"""<n1:Level-2A_User_Product xmlns:n1="x"><n1:General_Info><Product_Info>
<PRODUCT_START_TIME>2023-08-15T09:45:51.024Z</PRODUCT_START_TIME><PRODUCT_URI>{SAFE}</PRODUCT_URI>
<PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL><PROCESSING_BASELINE>05.09</PROCESSING_BASELINE>
<Datatake><SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME>
<DATATAKE_SENSING_START>2023-08-15T09:45:51.024Z</DATATAKE_SENSING_START>
<SENSING_ORBIT_NUMBER>79</SENSING_ORBIT_NUMBER></Datatake></Product_Info><Product_Image_Characteristics>
<BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE><BOA_ADD_OFFSET_VALUES_LIST>
<BOA_ADD_OFFSET band_id="3">-1000</BOA_ADD_OFFSET></BOA_ADD_OFFSET_VALUES_LIST></Product_Image_Characteristics>
</n1:General_Info></n1:Level-2A_User_Product>""".encode()
TILE = b"""<n1:Level-2A_Tile_ID xmlns:n1="x"><n1:Geometric_Info><Tile_Angles><Mean_Sun_Angle>
<ZENITH_ANGLE unit="deg">34.5</ZENITH_ANGLE><AZIMUTH_ANGLE unit="deg">152.1</AZIMUTH_ANGLE></Mean_Sun_Angle>
</Tile_Angles></n1:Geometric_Info></n1:Level-2A_Tile_ID>"""
PROPERTIES = {"platform": "Sentinel-2A", "eo:cloud_cover": 0.2, "s2:mgrs_tile": "32TMS", "sat:relative_orbit": 79,
              "s2:processing_baseline": "05.09"}


@pytest.fixture
def get(archive, tmp_path, area, patience):
    """get(item, where, **settings) -> result."""
    def run(item, where=area, transport=None, **settings):
        scene = Scene(item["links"][0]["href"], datetime(2023, 8, 15), cloud=item["properties"].get("eo:cloud_cover"))
        return download.run([scene], where, DownloadSettings(**settings), tmp_path / "scenes", transport, patience=patience)
    return run


@pytest.fixture
def planetary(archive, cogs):
    """An item as Planetary Computer has it: COGs in a SAFE folder, no raster:bands."""
    def file(name, data, kind):
        return {"href": archive.add_file(f"/blob/{SAFE}/{name}", data), "type": kind, "roles": ["data"]}
    tiff = "image/tiff; application=geotiff; profile=cloud-optimized"
    return archive.add_item("S2A_MSIL2A_20230815T094551_R079_T32TMS_20230815T155058", "2023-08-15T09:45:51.024Z", {
        "B04": {**file(f"{IMAGE}.tif", cogs["B04"], tiff), "gsd": 10, "eo:bands": [{"name": "B04", "common_name": "red"}]},
        "B08": {**file(f"{IMAGE.replace('B04', 'B08')}.tif", cogs["B08"], tiff), "gsd": 10},
        "SCL": file(f"{GRANULE}/IMG_DATA/R20m/T32TMS_20230815T094551_SCL_20m.tif", cogs["SCL"], tiff),
        "product-metadata": {**file("MTD_MSIL2A.xml", PRODUCT, "application/xml"), "roles": ["metadata"]},
        "granule-metadata": {**file(f"{GRANULE}/MTD_TL.xml", TILE, "application/xml"), "roles": ["metadata"]},
    }, **PROPERTIES)


def test_a_safe_folder_keeps_its_form_and_its_offset_comes_from_the_tag(planetary, get, make, tmp_path):
    scene, = get(planetary, bands="red").scenes
    assert scene.path == str(tmp_path / "scenes" / SAFE)
    assert (scene.mission, scene.level, scene.tile, scene.orbit) == ("Sentinel-2A", "L2A", "T32TMS", "79")
    assert (scene.sun_azimuth, scene.sun_elevation) == (152.1, 55.5) and scene.cloud == 0.2
    product = read_product(scene.path)
    assert list(product.bands) == ["B04"] and product.classes["SCL"].endswith("SCL_20m.tif")
    assert product.baseline == "05.09"
    with open_band(scene.path, "B04") as band:
        assert band.read()[0, 0] == pytest.approx((make.values_of(4)[100, 100] - 1000) / 10000, abs=1e-6)
        assert band.grid.shape == (80, 100)
    found, = catalogue.run(tmp_path / "scenes", CatalogueSettings()).scenes
    longitudes = [float(pair.split()[0]) for pair in found.footprint[10:-2].split(", ")]
    assert max(longitudes) - min(longitudes) < 0.02  # of the part, not of the tile


def test_a_safe_folder_without_its_product_metadata_is_refused(planetary, archive, get):
    del archive.files[f"/blob/{SAFE}/MTD_MSIL2A.xml"]
    with pytest.raises(InputError, match="MTD_MSIL2A.xml does not exist"):
        get(planetary)


def test_metadata_that_readers_can_do_without_may_be_missing(planetary, archive, get, caplog):
    del archive.files[f"/blob/{SAFE}/{GRANULE}/MTD_TL.xml"]
    with caplog.at_level("WARNING"):
        scene, = get(planetary).scenes
    assert "MTD_TL.xml is left out" in caplog.text and scene.orbit == "79"


@pytest.fixture
def copernicus(archive, make, tmp_path):
    """An item as CDSE has it: s3 addresses, JPEG 2000, https alternates, checksums, and the whole product as a zip."""
    data = make.write_cog(tmp_path / "b.jp2", make.values_of(4), driver="JP2OpenJPEG", options=("REVERSIBLE=YES",
                                                                                               "QUALITY=100"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in (("MTD_MSIL2A.xml", PRODUCT), (f"{GRANULE}/MTD_TL.xml", TILE), (f"{IMAGE}.jp2", data)):
            target.writestr(f"{SAFE}/{name}", content)

    def file(name, content, kind, path):
        md5 = "d50110" + hashlib.md5(content, usedforsecurity=False).hexdigest()
        return {"href": f"s3://eodata/Sentinel-2/MSI/L2A/2023/08/15/{SAFE}/{name}", "type": kind, "roles": ["data"],
                "file:size": len(content), "file:checksum": md5,
                "alternate": {"https": {"href": archive.add_file(path, content)}}}
    item = archive.add_item(SAFE[:-5], "2023-08-15T09:45:51.024Z", {
        "B04_10m": {**file(f"{IMAGE}.jp2", data, "image/jp2", "/odata/Products(1)/$value"), "gsd": 10},
        "B04_20m": {"href": f"s3://eodata/{SAFE}/{IMAGE.replace('10m', '20m')}.jp2", "type": "image/jp2", "gsd": 20,
                    "roles": ["data"]},
        "product_metadata": file("MTD_MSIL2A.xml", PRODUCT, "application/xml", "/odata/Products(2)/$value"),
        "granule_metadata": file(f"{GRANULE}/MTD_TL.xml", TILE, "application/xml", "/odata/Products(3)/$value"),
        "Product": {**file("", packed.getvalue(), "application/zip", "/odata/Products(4)/$value"),
                    "href": f"{archive.url}/odata/Products(4)/$value"},
    }, **PROPERTIES)
    archive.password = "Bearer t"
    return item


LOGIN = UrlTransport(lambda url: {"Authorization": "Bearer t"})


def test_jpeg_2000_comes_whole_by_its_web_address_with_its_checksum(copernicus, archive, get, make):
    archive.faults["/odata/Products(1)/$value"] = [("drop", 100), ("corrupt",)]
    scene, = get(copernicus, transport=LOGIN).scenes
    assert scene.path.endswith(SAFE)
    with open_band(scene.path, "B04") as band:
        assert band.grid.shape == (512, 512)
        assert band.read()[5, 50] == pytest.approx((int(make.values_of(4)[5, 50]) - 1000) / 10000, abs=1e-6)


def test_the_whole_product_is_the_archives_zip_which_is_read_as_it_is(copernicus, archive, get, make):
    result = get(copernicus, where=None, transport=LOGIN, whole=True)
    assert result.failed == []
    scene, = result.scenes
    assert scene.path.endswith(f"{SAFE[:-5]}.zip") and scene.orbit == "79"
    with open_band(scene.path, "B04") as band:
        assert band.read()[5, 50] == pytest.approx((int(make.values_of(4)[5, 50]) - 1000) / 10000, abs=1e-6)
    assert archive.sent("Products(1)/$value") == 0
    assert get(copernicus, where=None, transport=LOGIN, whole=True).reused == 1


def test_addresses_without_a_web_form_fall_back_to_the_product_or_are_refused(copernicus):
    for key in ("B04_10m", "product_metadata", "granule_metadata"):
        copernicus["assets"][key].pop("alternate")
    chosen = assets.select(copernicus, "https://a/i", (), True, False)
    assert chosen.product is not None and not chosen.images
    del copernicus["assets"]["Product"]
    with pytest.raises(InputError, match="needs its own software .s3://."):
        assets.select(copernicus, "https://a/i", (), True, False)


def test_landsat_keeps_its_metadata_file_and_scale(archive, get, make, tmp_path):
    name = "LC09_L2SP_195028_20230815_20230817_02_T1"
    mtl = "\n".join(("GROUP = LANDSAT_METADATA_FILE", 'SPACECRAFT_ID = "LANDSAT_9"', "DATE_ACQUIRED = 2023-08-15",
                     'SCENE_CENTER_TIME = "10:10:10.1Z"', "WRS_PATH = 195", "WRS_ROW = 28", "CLOUD_COVER = 3.5",
                     'PROCESSING_LEVEL = "L2SP"', "REFLECTANCE_MULT_BAND_4 = 2.75e-05", "REFLECTANCE_ADD_BAND_4 = -0.2",
                     "END"))
    values = make.values_of(6, low=8000, high=20000)
    cog = make.write_cog(tmp_path / "l.tif", values, pixel=30.0)
    raster = {"scale": 2.75e-05, "offset": -0.2, "nodata": 0}
    item = archive.add_item(name, "2023-08-15T10:10:10Z", {
        "red": {"href": archive.add_file(f"/l/{name}_SR_B4.TIF", cog), "type": "image/tiff", "raster:bands": [raster],
                "eo:bands": [{"name": "OLI_B4", "common_name": "red"}]},
        "qa_pixel": {"href": archive.add_file(f"/l/{name}_QA_PIXEL.TIF", cog), "type": "image/tiff"},
        "mtl.txt": {"href": archive.add_file(f"/l/{name}_MTL.txt", mtl.encode()), "type": "text/plain"},
    }, "landsat-c2-l2", platform="landsat-9", **{"eo:cloud_cover": 3.5, "landsat:wrs_path": "195", "landsat:wrs_row": "028"})
    scene, = get(item).scenes
    assert (scene.mission, scene.level, scene.tile, scene.orbit, scene.cloud) == ("Landsat 9", "L2SP", "195028", "195", 3.5)
    product = read_product(scene.path)
    assert "QA_PIXEL" in product.classes
    with open_band(scene.path) as band:
        row, column = 33, 33  # 1003 m east and south of the corner in pixels of 30 m
        assert band.read()[0, 0] == pytest.approx(int(values[row, column]) * 2.75e-5 - 0.2, abs=1e-5)


@pytest.mark.parametrize("part", [True, False])
def test_a_file_without_a_date_in_its_name_is_dated_by_its_item(archive, get, make, tmp_path, area, part):
    cog = make.write_cog(tmp_path / "p.tif", make.values_of(2), pixel=3.0, nodata=None)
    item = archive.add_item("ortho", "2023-08-15T10:10:10Z", {"image": {
        "href": archive.add_file("/o/ortho.tif", cog), "type": "image/tiff", "roles": ["data"]}}, "orthophotos")
    scene, = get(item, area if part else None).scenes
    if not part:
        assert (tmp_path / "scenes" / "ortho" / "ortho.tif").read_bytes() == cog
    assert scene.acquired == datetime(2023, 8, 15, 10, 10, 10) and scene.path.endswith("ortho.tif")


def test_the_finest_geotiff_is_taken_of_files_of_one_band():
    item = {"id": "x", "assets": {
        "B04_20m": {"href": "B04_20m.tif", "type": "image/tiff", "gsd": 20},
        "red-jp2": {"href": "B04.jp2", "type": "image/jp2", "gsd": 10},
        "red": {"href": "B04.tif", "type": "image/tiff", "gsd": 10},
        "preview": {"href": "B04_pvi.tif", "type": "image/tiff", "roles": ["overview"]}}}
    chosen = assets.select(item, "https://a/items/x", ("b4",), True, False)
    assert [a.href for a in chosen.images] == ["https://a/items/B04.tif"] and chosen.folder == "x"


def test_a_real_item_of_earth_search_gives_what_its_files_say(data):
    folder = data / "archive" / "s2_l2a_t33twl_pair_120m"
    for place in sorted(folder.glob("S2*_L2A")):
        item = json.loads((place / f"{place.name}.json").read_text())
        told = scene_of(item, "https://earth-search.aws.element84.com/v1")
        read = read_product(place).scene
        for field in ("mission", "level", "tile", "orbit", "sun_azimuth", "sun_elevation", "acquired"):
            assert getattr(told, field) == getattr(read, field), field
        assert told.cloud == pytest.approx(read.cloud)
        chosen = assets.select(item, "https://x/item.json", ("B11", "nir", "B8A"), True, False)
        assert [a.name for a in chosen.images] == ["B11", "B08", "B8A", "SCL"]
        assert all(a.tiff and a.scale == 1e-4 and a.offset == 0.0 for a in chosen.images[:3])
        assert np.isfinite(told.cloud)
