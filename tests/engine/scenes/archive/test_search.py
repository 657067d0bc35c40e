"""Search: which scenes are found, under which names, page by page, and what is said where there is none."""
import gzip
import json

import pytest

from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.io.area import Area
from terrain_motion.engine.scenes.archive import download, search
from terrain_motion.engine.scenes.archive.archive_settings import DownloadSettings, SearchSettings
from terrain_motion.engine.scenes.archive.client import NetworkError
from terrain_motion.engine.scenes.archive.endpoints import CDSE, EARTH_SEARCH, endpoint, endpoint_of, may_get_login
from terrain_motion.engine.scenes.archive.stac import newest_processing, outline, scene_of

DAYS = [f"2023-08-{day:02d}" for day in (20, 5, 10, 15, 25, 30, 1)]


@pytest.fixture
def find(earth_search, area, patience):
    """find(**settings) -> result of a search."""
    def run(progress=None, where=area, **settings):
        asked = SearchSettings(endpoint=f"{earth_search.url}/stac", **settings)
        return search.run(where, asked, progress=progress, patience=patience)
    return run


def test_every_page_is_read_and_scenes_come_by_time(earth_search, find):
    for day in DAYS:
        earth_search.add(day)
    result = find()
    assert [s.date.isoformat() for s in result.scenes] == sorted(DAYS)
    assert result.matched == len(DAYS) and result.complete
    assert earth_search.sent("/stac/search") == 3  # 7 scenes, 3 a page


def test_an_archive_without_post_is_asked_by_get(earth_search, find):
    earth_search.post = False
    for day in DAYS:
        earth_search.add(day)
    assert len(find().scenes) == len(DAYS)
    assert {method for method, *_ in earth_search.log} == {"GET"}


def test_a_scene_has_the_fields_that_catalogue_gives(earth_search, find):
    earth_search.add("2023-08-20")
    scene, = find().scenes
    assert (scene.mission, scene.level, scene.tile, scene.orbit) == ("Sentinel-2B", "L2A", "T32TMS", "79")
    assert (scene.cloud, scene.sun_azimuth, scene.sun_elevation) == (8.0, 153.2, 54.3)
    assert scene.acquired.isoformat() == "2023-08-20T09:58:11" and scene.footprint.startswith("POLYGON ((7.7")
    assert scene.path == f"{earth_search.url}/stac/collections/sentinel-2-l2a/items/{scene.item}"
    assert scene.preview.endswith("/t.jpg")


def test_dates_are_inclusive_and_clouds_limited(earth_search, find):
    for day, cloud in zip(DAYS, (5, 95, 10, 20, 70, 0, 30)):
        earth_search.add(day, **{"eo:cloud_cover": float(cloud)})
    found = find(start="2023-08-05", end="2023-08-20", max_cloud=60.0)
    assert [s.date.day for s in found.scenes] == [10, 15, 20]


def test_cloud_is_limited_here_where_the_archive_cannot(earth_search, find):
    earth_search.conforms = []
    earth_search.add("2023-08-01", **{"eo:cloud_cover": 90.0})
    earth_search.add("2023-08-02", **{"eo:cloud_cover": 10.0})
    earth_search.add("2023-08-03", **{"eo:cloud_cover": None})  # unknown is no reason to leave a scene out
    result = find()
    assert [s.date.day for s in result.scenes] == [2, 3] and result.left_out == {"too cloudy": 1}


def test_of_a_granule_that_was_processed_again_the_newest_counts(earth_search, find):
    strip = "S2B_OPER_MSI_L2A_DS_2BPS_20230820T124817_S20230820T094908_N{}"
    earth_search.add("2023-08-20", 0, **{"s2:datastrip_id": strip.format("05.09"), "s2:processing_baseline": "05.09"})
    earth_search.add("2023-08-20", 1, **{"s2:datastrip_id": strip.format("05.10"), "s2:processing_baseline": "05.10"})
    assert [s.item for s in find().scenes] == ["S2B_32TMS_20230820_1_L2A"]
    assert len(find(newest_processing=False).scenes) == 2


def test_two_granules_of_one_pass_are_both_kept():
    items = [{"id": str(n), "collection": "c", "properties": {
        "grid:code": "MGRS-32TMS", "s2:datastrip_id": f"S2B_DS_X_S20230820T0949{n:02d}_N05.09"}} for n in (1, 9)]
    assert newest_processing(items) == (items, 0)


def test_the_limit_ends_the_search_and_says_so(earth_search, find, caplog):
    for day in DAYS:
        earth_search.add(day)
    with caplog.at_level("WARNING"):
        result = find(limit=4)
    assert [s.date.day for s in result.scenes] == [1, 5, 10, 15] and not result.complete
    assert "more match" in caplog.text


def test_a_footprint_beside_the_area_is_left_out(earth_search, find):
    earth_search.add("2023-08-20")
    item = earth_search.add("2023-08-21")
    item["geometry"]["coordinates"] = [[[8.7, 45.9], [8.7, 46.1], [8.9, 46.1], [8.9, 45.9], [8.7, 45.9]]]
    result = find()
    assert [s.date.day for s in result.scenes] == [20] and result.left_out == {"beside the area": 1}


def test_nothing_found_says_what_to_change(earth_search, find):
    earth_search.add("2023-08-20", **{"eo:cloud_cover": 99.0})
    with pytest.raises(InputError, match="has no scene of sentinel-2-l2a here from the beginning to now, at most 60 %"):
        find()


def test_a_wrong_collection_is_answered_with_the_names_there_are(earth_search, find):
    earth_search.add("2023-08-20")
    with pytest.raises(InputError, match="no collection 'sentinel-2-l2'; it has sentinel-2-l2a"):
        find(collection="sentinel-2-l2")


def test_a_collection_that_the_search_itself_refuses_is_answered_with_names_too(earth_search, find):
    earth_search.add("2023-08-20")
    for status in (400, 404):
        earth_search.faults["/stac/search"] = [("status", status)] * 2
        with pytest.raises(InputError, match="no collection 'sentinel2'; it has sentinel-2-l2a"):
            find(collection="sentinel2")
    earth_search.faults["/stac/search"] = [("status", 400)]
    with pytest.raises(NetworkError, match="refused the request .400: no."):
        find()


def test_a_busy_archive_is_asked_again_as_it_wishes(earth_search, find):
    earth_search.add("2023-08-20")
    earth_search.faults["/stac/search"] = [("status", 429, {"Retry-After": "0"}), ("status", 503)]
    assert len(find().scenes) == 1


def test_an_archive_that_stays_busy_ends_the_search_with_words(earth_search, find):
    earth_search.add("2023-08-20")
    earth_search.faults["/stac/search"] = [("status", 503)] * 6
    with pytest.raises(NetworkError, match="the archive answered 503, 6 times in a row"):
        find()


def test_an_archive_that_asks_for_hours_is_not_waited_for(earth_search, find):
    earth_search.add("2023-08-20")
    earth_search.faults["/stac"] = [("status", 429, {"Retry-After": "7200"})]
    with pytest.raises(NetworkError, match="asks to wait 120 minutes"):
        find()


def test_a_page_that_is_no_json_is_refused(earth_search, find):
    earth_search.faults["/stac"] = [("body", b"<html>", {"Content-Type": "text/html"})]
    with pytest.raises(NetworkError, match="something else than JSON"):
        find()


def test_an_answer_that_is_packed_against_our_wish_is_unpacked(earth_search, find):
    earth_search.add("2023-08-20")
    landing = gzip.compress(json.dumps({"links": []}).encode())
    earth_search.faults["/stac"] = [("body", landing, {"Content-Encoding": "gzip"}),
                                    ("body", landing[:-20], {"Content-Encoding": "gzip"})]
    assert len(find().scenes) == 1


def test_cancel_ends_the_search(earth_search, find, progress):
    for day in DAYS:
        earth_search.add(day)
    progress.record.cancel_after(4)
    with pytest.raises(Cancelled):
        find(progress)


@pytest.mark.parametrize("text, expected", [("earthsearch", EARTH_SEARCH), ("Earth Search", EARTH_SEARCH),
                                            ("0", EARTH_SEARCH), ("2", CDSE), ("cdse", CDSE), (CDSE.url + "/", CDSE)])
def test_an_archive_has_a_name_a_number_and_an_address(text, expected):
    assert endpoint(text) is expected


def test_any_address_is_an_archive_and_anything_else_is_refused():
    assert endpoint("https://stac.example.org/v1/search").url == "https://stac.example.org/v1"
    with pytest.raises(SettingsError, match="neither Earth Search, Planetary Computer"):
        endpoint("somewhere")


def test_the_login_goes_only_to_the_archives_own_hosts_and_encrypted():
    own = endpoint_of("https://stac.example.org/items/1")
    assert may_get_login("https://stac.example.org/file", own)
    assert not may_get_login("http://stac.example.org/file", own)
    assert not may_get_login("https://example.org/file", own)
    assert may_get_login("https://download.dataspace.copernicus.eu/x", CDSE)
    assert not may_get_login("https://dataspace.copernicus.eu.evil.org/x", CDSE)
    assert not may_get_login("https://earth-search.aws.element84.com/v1", EARTH_SEARCH)


def test_dates_in_the_wrong_order_are_refused():
    with pytest.raises(SettingsError, match="later than the last"):
        SearchSettings(start="2023-02-01", end="2023-01-01")


def test_landsat_and_planetary_computer_say_things_differently():
    item = {"id": "LC09_L2SP_195028_20230820_02_T1", "collection": "landsat-c2-l2", "geometry": None, "properties": {
        "datetime": "2023-08-20T12:00:00+02:00", "platform": "landsat-9", "landsat:correction": "L2SP",
        "landsat:wrs_path": "195", "landsat:wrs_row": "028"}}
    scene = scene_of(item, "https://a/stac")
    assert (scene.mission, scene.level, scene.tile, scene.orbit) == ("Landsat 9", "L2SP", "195028", "195")
    assert scene.acquired.hour == 10 and scene.footprint == ""
    item = {"id": "x", "collection": "sentinel-2-l2a", "properties": {
        "datetime": "2023-08-20T10:00:00Z", "platform": "Sentinel-2A", "s2:mgrs_tile": "33TWL", "sat:relative_orbit": 79,
        "s2:mean_solar_zenith": 35.0, "s2:mean_solar_azimuth": 150.0, "s2:product_type": "S2MSI2A"}}
    scene = scene_of(item, "https://a/stac")
    assert (scene.mission, scene.level, scene.tile, scene.orbit) == ("Sentinel-2A", "L2A", "T33TWL", "79")
    assert (scene.sun_azimuth, scene.sun_elevation) == (150.0, 55.0)


def test_a_footprint_across_the_180th_meridian_stays_in_one_piece():
    parts = [[[[179.0, 10], [180, 10], [180, 11], [179, 11], [179, 10]]], [[[-180, 10], [-179, 10], [-179, 11], [-180, 11],
                                                                           [-180, 10]]]]
    assert "181" in outline({"type": "MultiPolygon", "coordinates": parts})
    west, _, east, _ = Area((179.5, 10, 180.5, 11)).degrees()
    assert (west, east) == pytest.approx((179.5, 180.5))


def test_an_empty_area_is_refused():
    with pytest.raises(InputError, match="is empty"):
        Area((1.0, 1.0, 1.0, 2.0))


def test_an_interface_without_landing_page_links_and_collections_is_searched_all_the_same(earth_search, find, tmp_path,
                                                                                         area, patience):
    item = earth_search.add("2023-08-20")
    item["links"] = []
    del item["collection"]
    earth_search.faults["/stac"] = [("status", 404)]
    scene, = find().scenes
    assert scene.path == f"{earth_search.url}/stac/collections/unknown/items/{item['id']}" and scene.stac
    result = download.run([scene], area, DownloadSettings(), tmp_path, patience=patience)  # from the item that came
    assert result.done == 1 and earth_search.sent("/unknown") == 0


def test_what_is_no_interface_at_all_is_refused(earth_search, area, patience):
    with pytest.raises(InputError, match="offers no search"):
        search.run(area, SearchSettings(endpoint=f"{earth_search.url}/nothing"), patience=patience)
