"""stack.json, series.json, and the layers of scenes and pairs."""
import json
from datetime import date, datetime

import pytest
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.pair import Pair
from terrain_motion.engine.core.scene import Scene
from terrain_motion.engine.core.series import SeriesManifest
from terrain_motion.engine.core.stack import PairEntry, StackManifest
from terrain_motion.engine.io.manifests import read_series, read_stack, write_series, write_stack
from terrain_motion.engine.io.tables import pair_from, read_pairs, read_scenes, write_pairs, write_scenes

GRID = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 240, 200)
PAIR = PairEntry(date(2020, 1, 5), date(2020, 1, 17), "pairs/20200105_20200117.tif", mean_quality=0.8)
SQUARE = "POLYGON ((0 0,1 0,1 1,0 0))"


def test_stack_comes_back_from_file_and_from_folder(tmp_path):
    manifest = StackManifest("optical", ("east", "north"), GRID, (PAIR,))
    path = write_stack(tmp_path, manifest)
    assert read_stack(path) == (manifest, tmp_path) and read_stack(tmp_path)[0] == manifest
    assert PAIR.days == 12 and PAIR.name == "20200105_20200117"


def test_unknown_keys_are_kept_and_missing_optional_ones_allowed(tmp_path):
    path = write_stack(tmp_path, StackManifest("optical", ("east", "north"), GRID, (PAIR,)))
    data = json.loads(path.read_text())
    data["site"] = "Slumgullion"
    data["pairs"][0]["orbit"] = "R022"
    for key in ("sigma", "valid_fraction"):
        del data["pairs"][0][key]
    del data["geometry"], data["history"]
    path.write_text(json.dumps(data))
    write_stack(path, read_stack(path)[0])
    again = json.loads(path.read_text())
    assert again["site"] == "Slumgullion" and again["pairs"][0]["orbit"] == "R022"
    assert again["pairs"][0]["sigma"] is None


def test_series_comes_back(tmp_path):
    manifest = SeriesManifest("optical", ("east", "north"), GRID, (date(2020, 1, 5), date(2020, 1, 17)),
                              {"east": "east.tif", "north": "north.tif"})
    assert read_series(write_series(tmp_path, manifest)) == (manifest, tmp_path)


@pytest.mark.parametrize("text, words", [
    ("{", "cannot be read"), ("[]", "is not a manifest"), ('{"format": "other"}', "is not a stack"),
    ('{"format": "terrain-motion-stack", "version": 2}', "newer version"),
    ('{"format": "terrain-motion-stack", "version": 1}', "incomplete or damaged")])
def test_a_bad_manifest_is_refused_with_its_name(tmp_path, text, words):
    path = tmp_path / "stack.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        read_stack(path)
    assert str(path) in str(error.value)


def test_a_folder_without_manifest_is_called_unfinished(tmp_path):
    with pytest.raises(InputError, match="has not finished"):
        read_stack(tmp_path)


def test_scenes_and_pairs_come_back(tmp_path):
    scenes = [Scene("/a/b.tif", datetime(2020, 1, 5, 10, 30, 21), "Sentinel-2A", "L1C", cloud=3.5, footprint=SQUARE)]
    pairs = [Pair("/a/b.tif", "/a/c.tif", date(2020, 1, 5), date(2019, 12, 1), footprint=SQUARE)]
    assert read_scenes(write_scenes(tmp_path / "scenes.gpkg", scenes)) == scenes
    assert read_pairs(write_pairs(tmp_path / "pairs.gpkg", pairs)) == pairs
    assert pairs[0].days == -35


def test_a_layer_of_another_kind_is_refused(tmp_path):
    path = write_scenes(tmp_path / "scenes.gpkg", [Scene("/a/b.tif", datetime(2020, 1, 5), footprint=SQUARE)])
    with pytest.raises(InputError, match="not a pairs layer: the fields reference"):
        read_pairs(path)


def test_a_date_that_cannot_be_read_is_shown():
    with pytest.raises(InputError, match="'in spring'.*YYYY-MM-DD"):
        pair_from({"reference": "a", "secondary": "b", "reference_date": "in spring", "secondary_date": "2020-01-01"})
