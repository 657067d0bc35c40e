"""The elevation model: heights where they belong, across the borders of tiles and of their grids, and the sea."""
import numpy as np
import pytest
from osgeo import gdal, osr

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.io.area import Area
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.scenes.archive import elevation
from terrain_motion.engine.scenes.archive.archive_settings import ElevationSettings

PER_DEGREE = 800  # pixels; GLO-30 has 3600


def height(longitude, latitude):
    """A slope towards the north-east, m."""
    return 1000.0 + 3000.0 * (longitude - 8.0) + 5000.0 * (latitude - 49.0)


@pytest.fixture
def tiles(archive, make, tmp_path, patience):
    """tiles.add(north, east, …) puts a tile into the archive; tiles.get(area, …) makes the model of an area."""
    def add(north, east, columns=PER_DEGREE, folder="fine", rows=PER_DEGREE, noise=False):
        dx, dy = 1.0 / columns, 1.0 / rows
        left, top = east - dx / 2, north + 1 + dy / 2  # as the real ones: shifted by half a pixel
        longitudes, latitudes = left + (np.arange(columns) + 0.5) * dx, top - (np.arange(rows) + 0.5) * dy
        values = height(longitudes[None, :], latitudes[:, None]).astype(np.float32)
        if noise:
            values += np.random.default_rng(1).normal(0, 100, values.shape).astype(np.float32)
        memory = gdal.GetDriverByName("MEM").Create("", columns, rows, 1, gdal.GDT_Float32)
        memory.SetGeoTransform((left, dx, 0, top, 0, -dy))
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(4326)
        memory.SetProjection(reference.ExportToWkt())
        memory.GetRasterBand(1).WriteArray(values)
        path = tmp_path / f"{folder}{north}{east}.tif"
        gdal.GetDriverByName("COG").CreateCopy(str(path), memory, options=["BLOCKSIZE=128", "COMPRESS=DEFLATE"])
        archive.add_file(f"/{folder}/{elevation.tile_name(north, east)}.tif", path.read_bytes())

    def get(area, progress=None, **settings):
        addresses = [f"{archive.url}/{folder}/{{tile}}.tif" for folder in ("fine", "coarse")]
        asked = ElevationSettings(address=addresses[0], gap_address=addresses[1],
                                  **{"margin": 0.0, "pixel_size": 150.0, **settings})
        return elevation.run(area, asked, tmp_path / "dem.tif", progress=progress, patience=patience)
    archive.add, archive.get = add, get
    return archive


def error_of(path):
    """Largest difference from the true slope, m, and the share without a height."""
    with open_raster(path) as raster:
        grid, values = raster.grid, raster.read("elevation")
    source, target = osr.SpatialReference(), osr.SpatialReference()
    source.SetFromUserInput(grid.crs)
    target.ImportFromEPSG(4326)
    for reference in (source, target):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    columns, rows = np.meshgrid(np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5)
    x, y = grid.xy(columns.ravel(), rows.ravel())
    places = np.array(osr.CoordinateTransformation(source, target).TransformPoints(np.column_stack([x, y])))
    difference = values.ravel() - height(places[:, 0], places[:, 1])
    return float(np.nanmax(np.abs(difference))), float(np.mean(~np.isfinite(difference)))


def test_an_area_across_four_tiles_has_no_seam(tiles):
    for north in (48, 49):
        for east in (7, 8):
            tiles.add(north, east)
    result = tiles.get(Area((7.8, 48.8, 8.2, 49.2)))
    error, missing = error_of(result.path)
    # A slope is interpolated exactly; what is left is float32 and the warp's own geometry. A seam of half a pixel
    # would be 3 m.
    assert error < 0.05 and missing == 0
    assert result.tiles == ("N48_00_E007_00", "N48_00_E008_00", "N49_00_E007_00", "N49_00_E008_00")
    with open_raster(result.path) as raster:
        assert raster.grid.crs == "EPSG:32632" and raster.bands == ("elevation",) and raster.units == ("m",)
        assert raster.grid.transform[1] == 150.0 and raster.grid.transform[0] % 150.0 == 0
    assert result.lowest < height(8.0, 49.0) < result.highest


def test_only_the_area_is_fetched(tiles):
    tiles.add(48, 8)
    result = tiles.get(Area((8.40, 48.40, 8.45, 48.45)))
    assert result.fetched < 0.4 * len(tiles.files["/fine/N48_00_E008_00.tif"])  # some of 49 blocks, and the directory
    assert error_of(result.path)[0] < 0.05


def test_pixels_that_become_wider_at_50_degrees_leave_no_gap(tiles):
    tiles.add(49, 8)
    tiles.add(50, 8, columns=533)
    error, missing = error_of(tiles.get(Area((8.3, 49.9, 8.5, 50.1))).path)
    # Half a pixel at the border is not interpolated but continued: 5000 m per degree / 800 / 2 = 3.1 m.
    assert error < 3.2 and missing == 0


def test_a_country_that_is_left_out_comes_from_the_coarser_model_and_the_rest_is_sea(tiles):
    tiles.add(48, 8)
    tiles.add(48, 7, columns=400, rows=400, folder="coarse")
    result = tiles.get(Area((7.8, 48.9, 8.2, 49.1)))
    assert (result.tiles, result.gaps) == (("N48_00_E008_00",), ("N48_00_E007_00",))
    assert result.sea == ("N49_00_E007_00", "N49_00_E008_00")
    with open_raster(result.path) as raster:
        values = raster.read(1)
    assert np.isfinite(values).all() and (values[:10] == 0).all() and (values[-10:] != 0).all()


def test_south_and_west_have_their_own_names():
    assert elevation.tile_name(-34, -71) == "S34_00_W071_00" and elevation.tile_name(0, 0) == "N00_00_E000_00"


def test_an_area_across_the_180th_meridian_is_one_piece(tiles):
    tiles.add(-18, 179)
    tiles.add(-18, -180)
    result = tiles.get(Area((179.9, -17.6, 180.1, -17.4)))
    assert result.tiles == ("S18_00_E179_00", "S18_00_W180_00")
    with open_raster(result.path) as raster:
        values = raster.read(1)
        assert np.isfinite(values).all() and raster.grid.crs == "EPSG:32760" or raster.grid.crs == "EPSG:32701"


def test_a_margin_brings_the_ridges_that_cast_shadows(tiles):
    tiles.add(48, 8)
    small, large = tiles.get(Area((8.4, 48.4, 8.5, 48.5))), None
    with open_raster(small.path) as raster:
        size = raster.grid.width
    large = tiles.get(Area((8.4, 48.4, 8.5, 48.5)), margin=3000.0)
    with open_raster(large.path) as raster:
        assert raster.grid.width in (size + 40, size + 41)


def test_degrees_keep_the_models_own_second_of_arc(tiles):
    tiles.add(48, 8)
    result = tiles.get(Area((8.4, 48.4, 8.45, 48.45)), crs="EPSG:4326", pixel_size=30.0)
    with open_raster(result.path) as raster:
        assert raster.grid.transform[1] == pytest.approx(1 / 3600)
    assert error_of(result.path)[0] < 0.05


def test_too_large_and_cancelled_leave_no_file(tiles, tmp_path, progress):
    tiles.add(48, 8, noise=True)
    with pytest.raises(InputError, match=r"would be \d MB, more than the 1 MB"):
        tiles.get(Area((8.1, 48.1, 8.9, 48.9)), max_size=1.0)
    progress.record.cancel_after(3)
    with pytest.raises(Cancelled):
        tiles.get(Area((8.4, 48.4, 8.45, 48.45)), progress)
    assert not (tmp_path / "dem.tif").exists()
