"""The catalogue finds every scene, and says what is none and why."""
from datetime import date, datetime

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.displacement import new_displacement
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.scenes import catalogue
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings

GRID = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0), 16, 16)


def image(path, names=("",), metadata=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_raster(path, GRID, [Band(name) for name in names], metadata, dtype="uint16") as writer:
        writer.write({name: np.ones(GRID.shape, "uint16") for name in names})
    return path


def run(folder, progress=None, recursive=True):
    return catalogue.run(folder, CatalogueSettings(recursive=recursive), progress)


def test_plain_scenes_are_sorted_by_date_and_get_their_masks(tmp_path):
    for day in ("20200131", "20190704", "20200105"):
        image(tmp_path / f"S2SIM_{day}_B04.tif", metadata={"SUN_AZIMUTH": "151.5", "SUN_ELEVATION": "33"})
    image(tmp_path / "masks/mask_20200105.tif")
    image(tmp_path / "mask_20200131.tif")
    (tmp_path / "detectors.gpkg").write_bytes(b"")
    result = run(tmp_path)
    assert [s.date for s in result.scenes] == [date(2019, 7, 4), date(2020, 1, 5), date(2020, 1, 31)]
    assert [s.mask[-24:].replace("\\", "/").rpartition("/")[2] for s in result.scenes] == [
        "", "mask_20200105.tif", "mask_20200131.tif"]
    assert result.scenes[0].sun_azimuth == 151.5 and result.scenes[0].sun_elevation == 33.0
    assert {s.detectors for s in result.scenes} == {str(tmp_path / "detectors.gpkg")}
    assert result.ignored == {"class masks": 2} and result.skipped == []
    longitude, latitude = (float(v) for v in result.scenes[0].footprint[10:].split(",")[0].split())
    assert 7.7 < longitude < 7.8 and 45.1 < latitude < 45.2  # UTM 32 north, 400 km east, 5000 km north


def test_results_masks_and_elevation_are_no_scenes(tmp_path):
    image(tmp_path / "B04_20200131.tif")
    image(tmp_path / "dem_20200131.tif")
    with new_displacement(tmp_path / "pair_20200131.tif", GRID, reference_date=date(2020, 1, 1)):
        pass
    image(tmp_path / "run/pairs.tif")
    (tmp_path / "run/stack.json").write_text("{}")
    image(tmp_path / "run/pairs/20200105_20200117.tif")
    result = run(tmp_path)
    assert [s.path for s in result.scenes] == [str(tmp_path / "B04_20200131.tif")]
    assert result.ignored == {"elevation models": 1, "results": 2} and result.skipped == []


def test_what_cannot_be_used_is_listed_with_the_reason(tmp_path):
    image(tmp_path / "B04_20200131.tif")
    image(tmp_path / "undated.tif")
    image(tmp_path / "a_20200105_20200117.tif")
    (tmp_path / "B04_20200301.tif").write_text("this is no raster")
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "x.SAFE").mkdir()
    reasons = dict(run(tmp_path).skipped)
    found = {path.rpartition("/")[2]: reason for path, reason in reasons.items()}
    assert set(found) == {"undated.tif", "a_20200105_20200117.tif", "B04_20200301.tif", "x.SAFE"}
    assert "no date" in found["undated.tif"] and "several dates" in found["a_20200105_20200117.tif"]
    assert "cannot be read as a raster" in found["B04_20200301.tif"]
    assert "no Sentinel-2 product" in found["x.SAFE"]


def test_bands_of_one_acquisition_are_one_scene(tmp_path):
    for day in ("20200131", "20200210"):
        for band in ("B02", "B04", "B08"):
            image(tmp_path / f"T32TLR_{day}T101112_{band}.tif")
    result = run(tmp_path)
    assert [s.path.rpartition("/")[2] for s in result.scenes] == [
        "T32TLR_20200131T101112_B04.tif", "T32TLR_20200210T101112_B04.tif"]
    assert [s.acquired for s in result.scenes] == [datetime(2020, 1, 31, 10, 11, 12), datetime(2020, 2, 10, 10, 11, 12)]


def test_band_in_front_of_the_date_is_grouped_too(tmp_path):
    for name in ("B04_20180317", "B08_20180317", "B04_20180312"):
        image(tmp_path / f"{name}.tif")
    assert [s.path.rpartition("/")[2] for s in run(tmp_path).scenes] == ["B04_20180312.tif", "B04_20180317.tif"]


def test_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"No scenes were found in .*no images.*Choose a folder"):
        run(tmp_path)
    image(tmp_path / "deeper/B04_20200131.tif")
    with pytest.raises(InputError, match="Switch on 'Look into subfolders'"):
        run(tmp_path, recursive=False)
    assert len(run(tmp_path).scenes) == 1
    with pytest.raises(InputError, match="is not a folder"):
        run(tmp_path / "missing")


def test_only_unusable_images_say_what_was_seen(tmp_path):
    image(tmp_path / "undated.tif")
    image(tmp_path / "mask_20200131.tif")
    with pytest.raises(InputError, match=r"1 class masks, 1 that cannot be used \(for example: .*undated\.tif"):
        run(tmp_path)


def test_links_in_circles_end(tmp_path):
    image(tmp_path / "B04_20200131.tif")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(run(tmp_path).scenes) == 1


def test_cancel_stops(tmp_path, progress):
    image(tmp_path / "B04_20200131.tif")
    progress.record.cancel_after(0)
    with pytest.raises(Cancelled):
        run(tmp_path, progress)



def test_real_archive_is_catalogued_whole(data):
    result = run(data / "archive")
    assert len(result.scenes) == 15
    assert [reason for _, reason in result.skipped if "no date" not in reason] == []
    assert [path.rpartition("/")[2] for path, _ in result.skipped] == ["l1c_toa_x10000.tif"]  # its README: no date


def test_real_yahtse_folder_holds_two_scenes(data):
    result = run(data / "yahtse")
    assert [s.acquired for s in result.scenes] == [datetime(2016, 7, 18, 20, 37, 6), datetime(2016, 8, 3, 20, 37, 9)]
    assert result.ignored == {"elevation models": 1} and result.skipped == []
