"""Prepared scenes: one grid, reflectance, masks; what coincides is not interpolated."""
from datetime import datetime

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, GridError, InputError
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.core.scene import Scene
from terrain_motion.engine.io.area import Area
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.io.tables import read_scenes
from terrain_motion.engine.scenes import catalogue, prepare
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings
from terrain_motion.engine.scenes.prepare_settings import PrepareSettings


def grid(x=400000.0, y=5000000.0, size=10.0, columns=60, rows=50, crs="EPSG:32632"):
    return Grid(crs, (x, size, 0.0, y, 0.0, -size), columns, rows)


def write(path, on, bands=("B04",), dtype="uint16", values=None):
    """A scene whose numbers are the map coordinates of its pixels (x / 10 - 39000), so that any shift shows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = np.arange(on.width) + 0.5
    plane = np.tile((on.transform[0] + columns * on.transform[1]) / 10.0 - 39000.0, (on.height, 1))
    items = {"SUN_AZIMUTH": "90", "SUN_ELEVATION": "30", "MISSION": "Sentinel-2A", "ORBIT": "108", "CLOUD": "3.5"}
    with new_raster(path, on, [Band(name) for name in bands], items, dtype=dtype, nodata=0) as writer:
        writer.write({name: (plane if values is None else values).astype(dtype) for name in bands})
    return path


def scene(path, day, **facts):
    return Scene(str(path), datetime(2020, 1, day, 10, 30), "Sentinel-2A", "L1C", "T32TLR", "108", 3.5, 90.0, 30.0, **facts)


def read(path, band=1):
    with open_raster(path) as raster:
        return raster.read(band)


def test_common_area_on_the_lattice_of_the_first_without_interpolation(tmp_path):
    first = write(tmp_path / "B04_20200101.tif", grid())
    second = write(tmp_path / "B04_20200102.tif", grid(x=400050.0, y=4999980.0))
    result = prepare.run([scene(first, 1), scene(second, 2)], PrepareSettings(), tmp_path / "out")
    assert result.grid == Grid("EPSG:32632", (400050.0, 10.0, 0.0, 4999980.0, 0.0, -10.0), 55, 48)
    a, b = (read(tmp_path / f"out/scene_2020010{day}.tif") for day in (1, 2))
    np.testing.assert_array_equal(a, b)  # the plane is tied to the ground
    expected = np.floor((400050.0 + 10.0 * (np.arange(55) + 0.5)) / 10.0 - 39000.0) / 10000.0
    np.testing.assert_allclose(a[0], expected, rtol=1e-6)  # reflectance


def test_prepared_folder_is_catalogued_with_its_facts(tmp_path):
    path = write(tmp_path / "B04_20200101.tif", grid())
    mask = write(tmp_path / "own.tif", grid(), values=np.full((50, 60), 4), dtype="uint8")
    result = prepare.run([scene(path, 1, mask=str(mask))], PrepareSettings(), tmp_path / "out")
    found, = catalogue.run(tmp_path / "out", CatalogueSettings()).scenes
    row, = read_scenes(result.scenes)
    assert (found.path, found.acquired, found.orbit, found.tile, found.mask) == (
        row.path, datetime(2020, 1, 1, 10, 30), "108", "T32TLR", row.mask)
    assert (found.mission, found.sun_azimuth, found.sun_elevation, found.cloud) == ("Sentinel-2A", 90.0, 30.0, 3.5)
    assert (read(row.mask) == 4).all()  # the layer's own mask is kept


def test_other_pixel_size_averages_and_other_coordinate_systems_are_reprojected(tmp_path):
    first = write(tmp_path / "B04_20200101.tif", grid())
    extent = Area((400000.0, 4999600.0, 400500.0, 5000000.0), "EPSG:32632")
    x, y = extent.outline("EPSG:32633")[16]  # the upper left corner in the next zone
    other = write(tmp_path / "B04_20200102.tif", grid(x - 500.0, y + 500.0, columns=200, rows=200, crs="EPSG:32633"),
                  values=np.full((200, 200), 2500))
    result = prepare.run([scene(first, 1), scene(other, 2)], PrepareSettings(pixel_size=20.0), tmp_path / "out", None,
                         extent)
    assert result.grid.pixel_size == 20.0 and result.grid.shape == (20, 25)
    fine = np.floor((400000.0 + 10.0 * (np.arange(50) + 0.5)) / 10.0 - 39000.0) / 10000.0
    np.testing.assert_allclose(read(tmp_path / "out/scene_20200101.tif")[5], fine.reshape(25, 2).mean(1), rtol=1e-5)
    moved = read(tmp_path / "out/scene_20200102.tif")
    assert result.failed == () and np.abs(moved - 0.25).max() < 1e-6


def test_extent_is_snapped_outward_and_one_elsewhere_is_refused(tmp_path):
    path = write(tmp_path / "B04_20200101.tif", grid())
    extent = Area((400103.0, 4999701.0, 400198.0, 4999799.0), "EPSG:32632")
    result = prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "out", extent=extent)
    assert result.grid.bounds == (400100.0, 4999700.0, 400200.0, 4999800.0)
    with pytest.raises(GridError, match="touches none of the 1 scenes"):
        prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "none",
                    extent=Area((500000.0, 4999700.0, 500100.0, 4999800.0), "EPSG:32632"))
    assert not (tmp_path / "none/scenes.gpkg").exists()


def test_cast_shadow_of_the_scene_s_sun_is_written_and_masked(tmp_path):
    path = write(tmp_path / "B04_20200101.tif", grid())
    heights = np.zeros((50, 60), np.float32)
    heights[:, 40] = 100.0  # a wall; the sun in the east at 30 degrees, so 173 m of shadow toward west
    with new_raster(tmp_path / "dem.tif", grid(), [Band("elevation", "m")]) as writer:
        writer.write({"elevation": heights})
    result = prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "out", dem=tmp_path / "dem.tif")
    shadow = read(tmp_path / "out/masks/shadow_20200101.tif")
    assert result.shadows == 1 and 15 <= (shadow[25, :40] == 1).sum() <= 18 and not (shadow[25, 42:] == 1).any()
    mask = read(read_scenes(result.scenes)[0].mask)
    np.testing.assert_array_equal(mask == 2, shadow == 1)
    far = write(tmp_path / "far.tif", grid(x=100000.0), dtype="float32")
    with pytest.raises(GridError, match="does not cover"):
        prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "none", dem=far)


def test_mountains_outside_the_scene_throw_their_shadow_and_no_farther_than_the_dem_is_looked(tmp_path):
    path = write(tmp_path / "B04_20200101.tif", grid())
    wide = grid(columns=90)  # 300 m more in the east
    heights = np.zeros(wide.shape, np.float32)
    heights[:, 65] = 100.0  # a wall 55 m outside: 173 m of shadow toward west end 118 m inside the scene
    heights[0, 0] = 2000.0  # relief that asks for kilometres of surroundings
    with new_raster(tmp_path / "dem.tif", wide, [Band("elevation", "m")]) as writer:
        writer.write({"elevation": heights})
    prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "out", dem=tmp_path / "dem.tif")
    shadow = read(tmp_path / "out/masks/shadow_20200101.tif")
    assert (shadow[25, 49:] == 1).all() and not (shadow[25, :47] == 1).any()
    around, inner = prepare._with_surroundings(grid(), tmp_path / "dem.tif", 30.0)
    assert around.width <= 96 and around.height <= 56 and around.part(Window(
        inner[0].start, inner[1].start, 50, 60)) == grid()


def test_finished_scenes_are_kept_and_changed_settings_make_them_anew(tmp_path):
    path = write(tmp_path / "B04_20200101.tif", grid())
    assert prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "out").reused == 0
    assert prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "out").reused == 1
    assert prepare.run([scene(path, 1)], PrepareSettings(pixel_size=20.0), tmp_path / "out").reused == 0


def test_what_cannot_be_prepared_is_left_out_with_its_reason(tmp_path):
    good = write(tmp_path / "B04_20200101.tif", grid())
    apart = write(tmp_path / "B04_20200103.tif", grid(x=900000.0))
    empty = write(tmp_path / "B04_20200104.tif", grid(), values=np.zeros((50, 60)))
    given = [scene(good, 1), scene(tmp_path / "gone.tif", 2), scene(apart, 3), scene(empty, 4)]
    result = prepare.run(given, PrepareSettings(), tmp_path / "out",
                         extent=Area((400000.0, 4999600.0, 400500.0, 5000000.0), "EPSG:32632"))
    reasons = [reason for _, reason in result.failed]
    assert "does not exist" in reasons[0] and "does not overlap" in reasons[1] and "empty margin" in reasons[2]
    assert [row.date.day for row in read_scenes(result.scenes)] == [1]
    with pytest.raises(InputError, match="B12 is missing"):
        prepare.run([scene(good, 1)], PrepareSettings(bands="B12"), tmp_path / "none")


def test_cancel_leaves_no_layer_and_no_half_raster(tmp_path, progress):
    path = write(tmp_path / "B04_20200101.tif", grid())
    progress.record.cancel_after(3)
    with pytest.raises(Cancelled):
        prepare.run([scene(path, 1)], PrepareSettings(), tmp_path / "out", progress)
    assert [file.name for file in (tmp_path / "out").rglob("*") if file.is_file()] == []


def test_real_landsat_level_1_is_divided_by_the_sine_of_the_sun(data, tmp_path):
    found = catalogue.run(data / "archive/landsat8_c2_l1_pair_227074", CatalogueSettings()).scenes
    result = prepare.run(found, PrepareSettings(bands="nir", source="none"), tmp_path / "out")
    values = [np.nanmedian(read(row.path)) for row in read_scenes(result.scenes)]
    assert result.grid.shape == (400, 400) and 0.2 < values[0] < 0.3  # dry pasture; without the sun .15
    assert values[1] < values[0]  # burnt


def test_real_pair_gets_the_classes_of_its_product(data, tmp_path):
    found = catalogue.run(data / "archive/s2_l2a_t33twl_pair_120m", CatalogueSettings()).scenes
    result = prepare.run(found, PrepareSettings(), tmp_path / "out")
    shares = [(read(row.mask) == 4).mean() for row in read_scenes(result.scenes)]
    assert shares == pytest.approx([0.002, 0.081], abs=0.01)  # 0.2 and 8.1 % say the metadata
