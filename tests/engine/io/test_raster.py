"""Rasters: NaN for no data, atomic writing, errors that name the file."""
import numpy as np
import pytest
from terrain_motion.engine.core.errors import GridError, InputError
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.io.displacement import new_displacement, new_displacement_like, open_displacement
from terrain_motion.engine.io.raster import Band, new_raster, open_raster, require_same_grid

GRID = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 70, 40)


def test_values_names_units_and_grid_come_back(tmp_path):
    values = np.arange(70 * 40, dtype=np.float32).reshape(40, 70)
    values[3, 4] = np.nan
    with new_raster(tmp_path / "a.tif", GRID, [Band("east", "m"), Band("flag")]) as target:
        target.write({"east": values, "flag": np.zeros_like(values)})
    with open_raster(tmp_path / "a.tif") as source:
        assert source.bands == ("east", "flag") and source.units == ("m", "1")
        assert source.grid.equals(GRID) and source.grid.crs == GRID.crs
        np.testing.assert_array_equal(source.read("east", Window(2, 3, 5, 6)), values[2:7, 3:9])


def test_integer_no_data_becomes_nan(tmp_path):
    with new_raster(tmp_path / "a.tif", GRID, [Band("class")], dtype="uint8", nodata=255) as target:
        target.write({"class": np.full(GRID.shape, 255, np.uint8)})
    with open_raster(tmp_path / "a.tif") as source:
        assert np.isnan(source.read(1)).all()
        assert (source.read_raw(1) == 255).all()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    with new_raster(tmp_path / "a.tif", GRID, [Band("east", "m")]) as target:
        target.write({"east": np.ones(GRID.shape, np.float32)})
    with pytest.raises(RuntimeError):
        with new_raster(tmp_path / "a.tif", GRID, [Band("east", "m")]) as target:
            target.write({"east": np.zeros(GRID.shape, np.float32)})
            raise RuntimeError("stopped half-way")
    with open_raster(tmp_path / "a.tif") as source:
        assert (source.read("east") == 1).all()
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_pixel_interleaved_file_holds_all_bands_of_a_tile_in_one_block(tmp_path):
    from osgeo import gdal
    with new_raster(tmp_path / "s.tif", GRID, [Band("2020-01-01", "m"), Band("2020-02-01", "m")],
                    pixel_interleaved=True, block=128) as target:
        target.write_all(np.ones((2, *GRID.shape), np.float32))
    dataset = gdal.OpenEx(str(tmp_path / "s.tif"), gdal.OF_RASTER)
    assert dataset.GetMetadata("IMAGE_STRUCTURE")["INTERLEAVE"] == "PIXEL"
    assert dataset.GetRasterBand(1).GetBlockSize() == [128, 128]


@pytest.mark.parametrize("content, words", [(None, "does not exist"), (b"no raster at all", "cannot be read as a")])
def test_a_file_that_is_no_raster_is_named(tmp_path, content, words):
    path = tmp_path / "B04.tif"
    if content:
        path.write_bytes(content)
    with pytest.raises(InputError, match=words) as error:
        with open_raster(path):
            pass
    assert "B04.tif" in str(error.value)


def test_a_truncated_file_is_called_damaged(tmp_path):
    values = np.random.default_rng(1).normal(size=GRID.shape).astype(np.float32)
    with new_raster(tmp_path / "a.tif", GRID, [Band("east")], block=16) as target:
        target.write({"east": values})
    whole = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(whole[:len(whole) // 2])
    with pytest.raises(InputError, match="a.tif"):
        with open_raster(tmp_path / "a.tif") as source:
            source.read(1)


def test_rasters_on_different_grids_are_both_named(tmp_path):
    for name, grid in (("a.tif", GRID), ("b.tif", GRID.coarser(2))):
        with new_raster(tmp_path / name, grid, [Band("1")]) as target:
            target.write({"1": np.zeros(grid.shape, np.float32)})
    with open_raster(tmp_path / "a.tif") as a, open_raster(tmp_path / "b.tif") as b:
        with pytest.raises(GridError, match=r"a.tif.*10 m.*b.tif.*20 m"):
            require_same_grid(a, b)


def test_displacement_keeps_dates_reference_and_history_through_a_correction(tmp_path):
    from datetime import date
    with new_displacement(tmp_path / "d.tif", GRID, reference_date=date(2020, 1, 5), secondary_date=date(2020, 3, 5),
                          history=[{"step": "match"}]) as target:
        target.write({"east": np.ones(GRID.shape, np.float32)})
    with open_displacement(tmp_path / "d.tif") as source:
        with new_displacement_like(tmp_path / "e.tif", source, [{"step": "deramp"}], "stable ground"):
            pass
    with open_displacement(tmp_path / "e.tif") as corrected:
        assert (corrected.reference_date, corrected.secondary_date) == (date(2020, 1, 5), date(2020, 3, 5))
        assert [s["step"] for s in corrected.history] == ["match", "deramp"]
        assert corrected.reference == "stable ground" and corrected.metadata["TM_UNIT"] == "m"


def test_a_raster_without_east_and_north_is_no_displacement(tmp_path):
    with new_raster(tmp_path / "dem.tif", GRID, [Band("elevation", "m")]):
        pass
    with pytest.raises(InputError, match="dem.tif is not a displacement: it has the bands elevation"):
        with open_displacement(tmp_path / "dem.tif"):
            pass
