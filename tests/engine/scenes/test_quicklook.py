"""Quick looks: colours in their order, from previews and overviews, of everything that can be catalogued."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.products import roles
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.io.scene_reader import read_product
from terrain_motion.engine.scenes.quicklook import quicklook


def scene(path, bands, rows=60, columns=120):
    """A scene whose left half is bright in the first band and whose right half is bright in the last."""
    grid = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0), columns, rows)
    left = np.arange(columns) < columns // 2
    with new_raster(path, grid, [Band(name) for name in bands], dtype="uint16", nodata=0) as writer:
        for number, name in enumerate(bands):
            row = np.where(left == (number == 0), 4000, 500)
            values = np.tile(row, (rows, 1)).astype("uint16")
            values[:6] = 0
            writer.write({name: values})
    return path


def test_red_is_the_first_plane_whatever_order_the_file_has(tmp_path):
    picture = quicklook(scene(tmp_path / "20200131.tif", ("B04", "B03", "B02", "B8A")), 40)
    assert picture.shape == (3, 20, 40) and picture.dtype == np.uint8
    assert (picture[:, :2] == 0).all()  # no data is black
    left, right = picture[:, 10, 5].astype(int), picture[:, 10, 35].astype(int)
    assert left[0] > left[2] + 100 and right[2] > right[0] + 100


def test_one_band_is_grey_and_never_enlarged(tmp_path):
    picture = quicklook(scene(tmp_path / "B04_20200131.tif", ("B04",)), 1000)
    assert picture.shape == (3, 60, 120)
    np.testing.assert_array_equal(picture[0], picture[2])


def test_words_go_before_numbers_and_landsat_is_numbered_by_its_mission(tmp_path):
    product = read_product(scene(tmp_path / "20200131_3B.tif", ("blue", "green", "red", "nir")))
    assert {role: source.number for role, source in roles.roles(product).items()} == {
        "blue": 1, "green": 2, "red": 3, "nir": 4}


def test_empty_product_says_that_it_has_no_bands(data):
    header = next((data / "archive/s2_headers").glob("*N0509*"))
    with pytest.raises(InputError, match="bands there are: none at all"):
        quicklook(header)


@pytest.mark.parametrize("pattern, lit", [
    ("s2_l1c_t43rfm_n0201/*.SAFE", 0.002), ("s2_l2a_t29unu_n0400/*.SAFE", 0.55), ("landsat8_c2_l2*/LC08*", 0.4),
    ("landsat8_c2_l1_pair*/LC08*", 0.99), ("s2_l2a_t33twl*/S2A*", 0.9)])
def test_real_products_have_a_picture(data, pattern, lit):
    picture = quicklook(next((data / "archive").glob(pattern)), 128)
    assert picture.shape[0] == 3 and max(picture.shape[1:]) <= 128
    assert (picture.max(0) > 0).mean() > lit  # the share of the image that is not outside the swath
    assert picture.max() > 200
