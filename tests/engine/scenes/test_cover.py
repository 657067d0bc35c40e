"""Cloud over an area of interest, from a class mask."""
import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.scenes.cover import class_picture, cover


@pytest.fixture
def mask(tmp_path):
    """100 x 100 px of .001 degrees from 7 E 46 N: the western half cloud, then a strip of shadow, the last row unknown."""
    classes = np.zeros((100, 100), np.float32)
    classes[:, :50], classes[:, 50:60], classes[99] = 4, 2, 255
    with new_raster(tmp_path / "mask.tif", Grid("EPSG:4326", (7.0, 0.001, 0, 46.0, 0, -0.001), 100, 100),
                    [Band("class", "")], dtype="uint8") as target:
        target.write({"class": classes})
    return tmp_path / "mask.tif"


def box(west, south, east, north):
    return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},"
                                           f"{west} {south}))").ExportToWkb())


def test_cloud_of_the_whole_scene_leaves_out_what_is_unknown(mask):
    found = cover(mask)
    assert (found.cloud, found.shadow, found.hidden, found.known) == (50, 10, 60, 99)


def test_cloud_is_that_of_the_area_and_not_of_the_scene(mask):
    assert cover(mask, box(7.055, 45.95, 7.065, 45.96)).hidden == pytest.approx(50, abs=1)  # five columns of ten
    assert cover(mask, box(7.07, 45.95, 7.09, 45.96)).hidden == 0


def test_an_area_beside_the_scene_is_not_seen(mask):
    assert cover(mask, box(8.0, 45.95, 8.1, 45.96)) is None


def test_the_picture_keeps_the_codes(mask):
    picture = class_picture(mask, 50)
    assert picture.shape == (50, 50) and set(np.unique(picture)) <= {0, 2, 4, 255}
