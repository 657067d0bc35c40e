"""Download: the area only, the right numbers, and whatever can go wrong on the way."""
import hashlib
import json
import threading
import time
from datetime import datetime

import numpy as np
import pytest
from osgeo import gdal

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.scene import Scene
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.scene_reader import open_band, read_product
from terrain_motion.engine.io.tables import read_scenes
from terrain_motion.engine.scenes import catalogue
from terrain_motion.engine.scenes.archive import download
from terrain_motion.engine.scenes.archive.archive_settings import DownloadSettings
from terrain_motion.engine.scenes.archive.client import LoginNeeded, NetworkError
from terrain_motion.engine.scenes.archive.transport import UrlTransport
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings

RED = "/cogs/S2B_32TMS_20230820_0_L2A/B04.tif"
COLUMN, ROW, WIDTH, HEIGHT = 100, 100, 100, 80  # the pixels that the area touches


@pytest.fixture
def get(earth_search, tmp_path, area, patience):
    """get(items, area=…, output=…, **settings) -> result."""
    def run(items, where=area, output=tmp_path / "scenes", progress=None, transport=None, **settings):
        scenes = [found(item) for item in items]
        return download.run(scenes, where, DownloadSettings(**settings), output, transport, progress, patience)
    return run


def found(item):
    return Scene(item["links"][0]["href"], datetime.fromisoformat(item["properties"]["datetime"][:19]), cloud=8.0)


def parts_of(folder):
    return [p for p in folder.rglob("*") if ".part" in str(p)]


def test_only_the_area_is_fetched_and_its_numbers_are_the_archives(earth_search, get, make, tmp_path):
    result = get([earth_search.add("2023-08-20")], bands="B04", classes=False)
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), make.values_of(4)[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])
        assert raster.grid.transform == (401000.0, 10.0, 0.0, 5099000.0, 0.0, -10.0)
    assert result.fetched < 0.4 * len(earth_search.files[RED])  # 4 of 16 blocks, and the directory
    assert all(part for part in earth_search.asked(RED))
    assert parts_of(tmp_path) == [] and (result.done, result.reused, result.failed) == (1, 0, [])


def test_what_comes_is_read_by_catalogue_with_scale_offset_date_and_sun(earth_search, get, make, tmp_path):
    result = get([earth_search.add("2023-08-20"), earth_search.add("2023-08-10")], bands="red, B08")
    scenes = catalogue.run(tmp_path / "scenes", CatalogueSettings()).scenes
    assert [s.date.day for s in scenes] == [10, 20] == [s.date.day for s in result.scenes]
    assert [s.path for s in scenes] == [s.path for s in result.scenes] == [s.path for s in read_scenes(result.layer)]
    for scene in result.scenes:
        assert (scene.mission, scene.level, scene.tile, scene.orbit) == ("Sentinel-2B", "L2A", "T32TMS", "79")
        assert (scene.sun_azimuth, scene.sun_elevation, scene.cloud) == (153.2, 54.3, 8.0)
        product = read_product(scene.path)
        assert list(product.bands) == ["B04", "B08"] and "SCL" in product.classes
        with open_band(scene.path, "B04") as band:
            expected = make.values_of(4)[ROW, COLUMN] * 1e-4 - 0.1
            assert band.read()[0, 0] == pytest.approx(expected, abs=1e-6)


def test_an_offset_that_the_copies_have_in_their_numbers_is_not_applied_again(earth_search, get, make):
    item = earth_search.add("2023-08-20", **{"earthsearch:boa_offset_applied": True})
    scene, = get([item]).scenes
    with open_band(scene.path, "B04") as band:
        assert band.read()[0, 0] == pytest.approx(make.values_of(4)[ROW, COLUMN] * 1e-4, abs=1e-6)


def test_an_item_that_wrongly_denies_its_offset_is_found_out_by_its_numbers(earth_search, get, make, tmp_path, caplog):
    dark = make.values_of(5, low=100, high=1500)
    earth_search.add("2023-08-20")
    earth_search.files[RED] = make.write_cog(tmp_path / "dark.tif", dark)
    with caplog.at_level("WARNING"):
        scene, = get([earth_search.items["sentinel-2-l2a"][0]]).scenes
    assert "darker than black" in caplog.text
    with open_band(scene.path, "B04") as band:
        assert band.read()[0, 0] == pytest.approx(dark[ROW, COLUMN] * 1e-4, abs=1e-6)


def test_the_footprint_is_that_of_the_part(earth_search, get):
    from osgeo import ogr
    scene, = get([earth_search.add("2023-08-20")]).scenes
    west, east, south, north = ogr.CreateGeometryFromWkt(scene.footprint).GetEnvelope()
    assert east - west < 0.02 and north - south < 0.02


def test_the_download_is_announced_before_it_begins(earth_search, get, caplog):
    with caplog.at_level("INFO"):
        get([earth_search.add("2023-08-20"), earth_search.add("2023-08-10")], bands="B04")
    assert "To fetch: 2 scenes, 4 files, 0." in caplog.text and "(the whole files have" in caplog.text


def test_a_download_that_is_too_large_is_refused_with_its_size(earth_search, get, make, tmp_path):
    earth_search.add("2023-08-20")
    large = make.write_cog(tmp_path / "large.tif", make.values_of(1, 1500))
    earth_search.files[RED] = large
    with pytest.raises(InputError, match=r"would be \d+ MB, more than the 1 MB"):
        get(earth_search.items["sentinel-2-l2a"], where=None, max_size=1.0)
    assert sum(len(range_ or "") == 0 for range_ in earth_search.asked(RED)) == 0  # only its beginning was asked for


def test_a_broken_line_goes_on_where_it_broke(earth_search, get, tmp_path, make):
    item = earth_search.add("2023-08-20")
    earth_search.faults[RED] = [None, ("drop", 1000), ("drop", 5000), ("drop", 0), ("drop", 10000)]
    get([item], classes=False)
    starts = [int(part.split("=")[1].split("-")[0]) for part in earth_search.asked(RED)[1:]]
    assert starts[1] == starts[0] + 1000 and starts[2] == starts[1] + 5000 == starts[3]
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), make.values_of(4)[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])


@pytest.mark.parametrize("fault", [("status", 429, {"Retry-After": "0"}), ("status", 503), ("shift", 7), ("say", 999999),
                                   ("say", 10)])
def test_busy_answers_and_wrong_lengths_are_asked_again(earth_search, get, tmp_path, make, fault):
    item = earth_search.add("2023-08-20")
    earth_search.faults[RED] = [fault, None, fault, fault]
    get([item], classes=False)
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), make.values_of(4)[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])


def test_retry_after_is_waited_for(earth_search, get):
    item = earth_search.add("2023-08-20")
    earth_search.faults[RED] = [("status", 429, {"Retry-After": "1"})]
    asked = time.monotonic()
    get([item], classes=False)
    assert time.monotonic() - asked >= 1.0  # no upper limit: the machine may be busy


def test_a_cancelled_download_goes_on_later(earth_search, get, tmp_path, make):
    items, answer = [earth_search.add("2023-08-20")], threading.Event()
    earth_search.faults[RED] = [None, ("drop", 20000), ("wait", answer)]
    with pytest.raises(Cancelled):  # while the archive makes us wait
        get(items, progress=Progress(None, lambda: len(earth_search.asked(RED)) == 3), classes=False)
    answer.set()
    assert not earth_search.waited_out
    assert not (tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A").exists()
    first = len(earth_search.asked(RED))
    result = get(items, classes=False)
    again = earth_search.asked(RED)[first:]
    assert len(again) == 1 and not again[0].startswith("bytes=0-")  # neither the directory nor what had come
    assert result.done == 1 and parts_of(tmp_path) == []


def test_what_is_complete_is_not_fetched_again_and_needs_no_network(earth_search, get):
    items = [earth_search.add("2023-08-20"), earth_search.add("2023-08-10")]
    get(items)
    before = len(earth_search.log)
    result = get(items)
    assert (result.done, result.reused) == (0, 2) and len(earth_search.log) == before and len(result.scenes) == 2
    result = get(items, bands="B08")
    assert (result.done, result.reused) == (2, 0)
    assert list(read_product(result.scenes[0].path).bands) == ["B04", "B08"]


def test_a_file_that_changes_meanwhile_is_fetched_anew(earth_search, get, make, tmp_path):
    item = earth_search.add("2023-08-20")
    new = make.values_of(77)
    changed = make.write_cog(tmp_path / "new.tif", new)
    ranges = earth_search.asked

    class Changing(dict):
        def __getitem__(self, path):
            return changed if path == RED and len(ranges(RED)) > 1 else dict.__getitem__(self, path)
    earth_search.files = Changing(earth_search.files)
    get([item], classes=False)
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), new[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])


@pytest.mark.parametrize("lacking", ["ranges", "total"])
def test_an_archive_without_ranges_sends_the_whole_file_which_is_cut_here(earth_search, get, make, tmp_path, lacking):
    setattr(earth_search, lacking, False)
    get([earth_search.add("2023-08-20")], classes=False)
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), make.values_of(4)[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])


@pytest.mark.parametrize("driver, options", [("GTiff", ("TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "BIGTIFF=YES")),
                                             ("GTiff", ("BLOCKYSIZE=16",)), ("GTiff", ("ENDIANNESS=BIG", "TILED=YES")),
                                             ("GTiff", ("TILED=YES", "SPARSE_OK=TRUE"))])
def test_tiles_strips_and_both_kinds_of_tiff_are_read_in_part(earth_search, get, make, tmp_path, driver, options):
    item = earth_search.add("2023-08-20")
    values = make.values_of(3)
    values[:256, 256:] = 0  # a block that is never written
    earth_search.files[RED] = make.write_cog(tmp_path / "other.tif", values, driver=driver, options=options)
    get([item], classes=False)
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), values[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])


def test_without_an_area_whole_files_come_and_their_checksum_is_proven(earth_search, get, tmp_path):
    item = earth_search.add("2023-08-20")
    data = earth_search.files[RED]
    item["assets"]["red"].update({"file:size": len(data), "file:checksum": "1220" + hashlib.sha256(data).hexdigest()})
    earth_search.faults[RED] = [None, ("corrupt",)]
    get([item], where=None, classes=False)
    assert (tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif").read_bytes() == data


@pytest.mark.parametrize("checksum", ["d50110" + "0" * 32, "1220" + "0" * 64, "0" * 32])
def test_a_checksum_that_stays_wrong_leaves_the_scene_out(earth_search, get, tmp_path, checksum):
    item, good = earth_search.add("2023-08-20"), earth_search.add("2023-08-10")
    item["assets"]["red"]["file:checksum"] = checksum
    result = get([item, good], where=None, classes=False)
    assert [s.date.day for s in result.scenes] == [10] and "came damaged twice: its" in result.failed[0][1]
    assert not (tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A").exists()


def test_damaged_blocks_are_noticed_and_fetched_again(earth_search, get, make, tmp_path):
    item = earth_search.add("2023-08-20")
    earth_search.files[RED] = make.write_cog(tmp_path / "one.tif", make.values_of(4), options=("BLOCKSIZE=512",))
    earth_search.faults[RED] = [None, ("corrupt",)]
    get([item], classes=False)
    with open_raster(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif") as raster:
        assert np.array_equal(raster.read_raw(1), make.values_of(4)[ROW:ROW + HEIGHT, COLUMN:COLUMN + WIDTH])


def test_a_truncated_file_and_one_that_is_missing_are_named(earth_search, get):
    items = [earth_search.add(day) for day in ("2023-08-20", "2023-08-10", "2023-08-15")]
    earth_search.files[RED] = earth_search.files[RED][:60000]
    del earth_search.files["/cogs/S2B_32TMS_20230810_0_L2A/B04.tif"]
    result = get(items, classes=False)
    reasons = dict(result.failed)
    assert "truncated at the archive" in reasons["S2B_32TMS_20230820_0_L2A"]
    assert "does not exist (404)" in reasons["S2B_32TMS_20230810_0_L2A"]
    assert [s.date.day for s in result.scenes] == [15]


def test_a_band_that_is_not_there_is_answered_with_those_that_are(earth_search, get):
    with pytest.raises(InputError, match="has no band B12; it has B04, B08"):
        get([earth_search.add("2023-08-20")], bands="B12")


def test_a_scene_beside_the_area_is_left_out(earth_search, get):
    from terrain_motion.engine.io.area import Area
    with pytest.raises(InputError, match="does not reach the area"):
        get([earth_search.add("2023-08-20")], where=Area((500000, 5098000, 501000, 5099000), "EPSG:32632"))


def test_an_area_in_degrees_finds_its_pixels(earth_search, get):
    from terrain_motion.engine.io.area import Area
    west, south, east, north = Area((401003.0, 5098203.0, 401997.0, 5098997.0), "EPSG:32632").degrees()
    scene, = get([earth_search.add("2023-08-20")], where=Area((west, south, east, north))).scenes
    with open_band(scene.path, "B04") as band:
        assert abs(band.grid.width - WIDTH) <= 4 and abs(band.grid.height - HEIGHT) <= 4  # the box in degrees is larger


def test_an_archive_that_is_gone_ends_the_run_with_words(earth_search, get):
    items = [earth_search.add("2023-08-20")]
    earth_search.faults[RED] = [None] + [("status", 500)] * 6
    with pytest.raises(NetworkError, match="What came so far is kept"):
        get(items, classes=False)


def test_a_web_page_in_place_of_a_file_asks_to_log_in(earth_search, get):
    item = earth_search.add("2023-08-20")
    earth_search.ranges = False
    earth_search.faults[RED] = [("body", b"<html>", {"Content-Type": "text/html"})] * 2
    with pytest.raises(InputError, match="web page instead of the file"):
        get([item], classes=False)


def test_a_log_in_is_asked_for_used_and_not_shown(earth_search, get, caplog):
    item = earth_search.add("2023-08-20")
    earth_search.password = "Bearer secret"
    with pytest.raises(LoginNeeded, match="needs a log-in .401.*Authentication as Basic"):
        get([item], classes=False)
    with pytest.raises(LoginNeeded, match="refuses the log-in"):
        get([item], classes=False, transport=UrlTransport(lambda url: {"Authorization": "Bearer wrong"}))
    with caplog.at_level("DEBUG"):
        result = get([item], classes=False, transport=UrlTransport(lambda url: {"Authorization": "Bearer secret"}))
    assert result.done == 1 and "secret" not in caplog.text


def test_the_login_does_not_follow_a_redirect_to_another_host(earth_search, get):
    item = earth_search.add("2023-08-20")
    port = earth_search.url.rpartition(":")[2]
    earth_search.faults[RED] = [("status", 302, {"Location": f"http://localhost:{port}{RED}"})]
    get([item], classes=False, transport=UrlTransport(lambda url: {"Authorization": "Bearer mine"}))
    sent = [headers.get("Authorization") for _, path, _, headers in earth_search.log if path == RED]
    assert sent[0] == "Bearer mine" and sent[1] is None and sent[2] == "Bearer mine"


def test_a_file_on_another_host_says_why_the_login_was_not_sent(earth_search, get):
    item = earth_search.add("2023-08-20")
    item["assets"]["red"]["href"] = item["assets"]["red"]["href"].replace("127.0.0.1", "localhost")
    earth_search.password = "Bearer mine"
    with pytest.raises(LoginNeeded, match="only sent to 127.0.0.1, encrypted: the file lies elsewhere"):
        get([item], classes=False, transport=UrlTransport(lambda url: {"Authorization": "Bearer mine"}))


def test_copernicus_says_before_the_first_request_that_it_needs_a_log_in(get, earth_search):
    scene = Scene("https://stac.dataspace.copernicus.eu/v1/collections/sentinel-2-l2a/items/S2B_X", datetime(2023, 8, 20))
    with pytest.raises(LoginNeeded, match="Register at https://dataspace.copernicus.eu"):
        download.run([scene], None, DownloadSettings(), earth_search.url and "/tmp/never-used")


def test_names_that_lead_out_of_the_folder_are_not_followed(earth_search, get, tmp_path):
    item = earth_search.add("2023-08-20")
    address = item["links"][0]["href"].replace(earth_search.url, "")
    earth_search.handlers[address] = lambda handler, body: (200, json.dumps({**item, "id": "../../outside"}).encode())
    item["assets"]["red"]["href"] = earth_search.add_file("/x/..%2f..%2fB04.tif", earth_search.files[RED])
    get([item], classes=False)
    assert {p.name for p in tmp_path.iterdir()} == {"scenes"}
    assert {p.name for p in (tmp_path / "scenes").iterdir()} == {"outside", "scenes.gpkg"}


def test_two_scenes_of_one_name_do_not_share_a_folder(earth_search, get):
    item = earth_search.add("2023-08-20")
    other = earth_search.add_item(item["id"], "2023-08-20T09:58:11Z", item["assets"], "other-collection")
    result = get([item, other], classes=False)
    assert result.done == 1 and "into the same folder as" in result.failed[0][1]


def test_a_local_scene_is_not_downloaded(get, tmp_path, patience):
    with pytest.raises(InputError, match="is not in an archive but on this machine"):
        download.run([Scene(str(tmp_path), datetime(2023, 1, 1))], None, DownloadSettings(), tmp_path / "out")


def test_item_json_is_written_last_and_says_what_is_here(earth_search, get, tmp_path):
    get([earth_search.add("2023-08-20")], bands="B04")
    item = json.loads((tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "item.json").read_text())
    assert {a["href"] for a in item["assets"].values()} == {"B04.tif", "SCL.tif"}
    assert item["assets"]["red"]["raster:bands"][0] == {"nodata": 0, "data_type": "uint16", "scale": 1e-4, "offset": -0.1}
    dataset = gdal.Open(str(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif"))
    assert dataset.GetRasterBand(1).GetOffset() == -0.1 and dataset.GetMetadataItem("ACQUISITION_DATETIME")
