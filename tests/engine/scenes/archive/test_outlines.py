"""Glacier outlines: what is left of an area beside the ice is stable ground that STABLE takes."""
import shutil

import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.area import Area
from terrain_motion.engine.io.raster import spatial_reference
from terrain_motion.engine.io.stable import StableGround
from terrain_motion.engine.scenes.archive import outlines
from terrain_motion.engine.scenes.archive.archive_settings import OutlineSettings

AREA = Area((400000.0, 5100000.0, 410000.0, 5110000.0), "EPSG:32632")


def box(xmin, ymin, xmax, ymax, hole=None):
    rings = [f"({xmin} {ymin},{xmin} {ymax},{xmax} {ymax},{xmax} {ymin},{xmin} {ymin})"]
    if hole:
        rings.append(box(*hole)[len("POLYGON ("):-1])
    return f"POLYGON ({','.join(rings)})"


GLACIER = box(402000, 5102000, 405000, 5106000)


@pytest.fixture
def write(tmp_path):
    """write(name, [(wkt, {field: text})]) -> path of a layer in degrees, as RGI and GLIMS have them."""
    def write_layer(name, rows):
        path = tmp_path / name
        driver = "ESRI Shapefile" if name.endswith(".shp") else "GPKG"
        source = ogr.GetDriverByName(driver).CreateDataSource(str(path))
        layer = source.CreateLayer(path.stem, spatial_reference("EPSG:4326"), ogr.wkbPolygon)
        for field in rows[0][1]:
            layer.CreateField(ogr.FieldDefn(field, ogr.OFTString))
        from osgeo import osr
        change = osr.CoordinateTransformation(spatial_reference("EPSG:32632"), spatial_reference("EPSG:4326"))
        for wkt, values in rows:
            feature = ogr.Feature(layer.GetLayerDefn())
            for field, value in values.items():
                feature.SetField(field, value)
            geometry = ogr.CreateGeometryFromWkt(wkt)
            geometry.Transform(change)
            feature.SetGeometry(geometry)
            layer.CreateFeature(feature)
        return path
    return write_layer


@pytest.fixture
def make_stable(tmp_path):
    def run(path, area=AREA, progress=None, **settings):
        return outlines.run(path, area, OutlineSettings(**settings), tmp_path / "stable.gpkg", tmp_path / "moving.gpkg",
                            progress)
    return run


def mask_of(path):
    """Stable pixels of 50 m of the area, rows from the north."""
    return StableGround.from_file(path).mask(Grid("EPSG:32632", (400000.0, 50.0, 0, 5110000.0, 0, -50.0), 200, 200))


def test_the_area_without_ice_and_buffer_is_stable_ground(write, make_stable):
    result = make_stable(write("rgi.gpkg", [(GLACIER, {"rgi_id": "RGI2000-v7.0-G-11-00001", "glac_id": "G1"})]))
    expected = np.ones((200, 200), bool)
    expected[78:162, 38:102] = False  # 3 x 4 km of ice and 100 m around
    found = mask_of(result.stable)
    assert np.mean(found != expected) < 5e-4  # the buffer's round corners, and a straight line in degrees
    assert not (found & mask_of(result.moving)).any() and (found | mask_of(result.moving)).all()
    assert result.source == "RGI 7" and result.glaciers == 1 and result.ice_km2 == pytest.approx(12.0, rel=1e-3)
    assert result.stable_share == pytest.approx(expected.mean(), abs=2e-3)


def test_without_a_buffer_the_outline_itself_is_the_border(write, make_stable):
    found = mask_of(make_stable(write("rgi.gpkg", [(GLACIER, {"RGIId": "RGI60-11.1"})]), buffer=0.0).stable)
    assert (~found).sum() == pytest.approx(60 * 80, abs=80)


def test_rock_inside_a_glacier_is_stable_with_the_buffer_kept(write, make_stable):
    rock = (403000, 5103000, 404000, 5105000)
    as_hole = write("rgi.gpkg", [(box(402000, 5102000, 405000, 5106000, rock), {"rgi_id": "1"})])
    as_line = write("glims.gpkg", [(GLACIER, {"glac_id": "G1", "line_type": "glac_bound"}),
                                   (box(*rock), {"glac_id": "G1", "line_type": "intrnl_rock"}),
                                   (box(407000, 5107000, 408000, 5108000), {"glac_id": "G1", "line_type": "pro_lake"})])
    results = [make_stable(path) for path in (as_hole, as_line)]
    assert results[1].source == "GLIMS"
    for result in (make_stable(as_hole), make_stable(as_line)):
        found = mask_of(result.stable)
        assert found[120, 70] and not found[120, 60] and found[50, 150]  # rock, buffer inside it, a lake elsewhere
    assert not mask_of(make_stable(as_hole, internal_rock=False).stable)[120, 70]
    assert not mask_of(make_stable(as_line, internal_rock=False).stable)[120, 70]


def test_a_glacier_with_several_dates_counts_with_its_largest_outline(write, make_stable):
    older = box(402000, 5102000, 405000, 5107000)
    result = make_stable(write("glims.gpkg", [(GLACIER, {"glac_id": "G1", "line_type": "glac_bound"}),
                                              (older, {"glac_id": "G1", "line_type": "glac_bound"})]))
    assert result.ice_km2 == pytest.approx(15.0, rel=1e-3)


def test_outlines_are_read_as_they_are_handed_out(write, make_stable, tmp_path):
    folder = tmp_path / "RGI2000-v7.0-G-11_central_europe"
    folder.mkdir()
    write("RGI2000-v7.0-G-11_central_europe/RGI2000-v7.0-G-11_central_europe.shp", [(GLACIER, {"rgi_id": "1"})])
    packed = shutil.make_archive(str(tmp_path / "rgi"), "zip", tmp_path, folder.name)
    assert make_stable(packed).glaciers == 1


def test_small_glaciers_can_be_ignored(write, make_stable):
    path = write("rgi.gpkg", [(GLACIER, {"rgi_id": "1"}), (box(408000, 5108000, 408100, 5108100), {"rgi_id": "2"})])
    assert make_stable(path, min_area=0.1).glaciers == 1 and make_stable(path).glaciers == 2


def test_a_broken_outline_is_repaired(write, make_stable):
    bow = "POLYGON ((402000 5102000,405000 5106000,405000 5102000,402000 5106000,402000 5102000))"
    assert make_stable(write("rgi.gpkg", [(bow, {"rgi_id": "1"})])).ice_km2 == pytest.approx(6.0, rel=1e-2)


def test_no_glacier_no_ground_and_no_layer_are_refused_with_words(write, make_stable, tmp_path):
    path = write("rgi.gpkg", [(GLACIER, {"rgi_id": "1"})])
    with pytest.raises(InputError, match="No glacier of .* lies in the area"):
        make_stable(path, Area((500000, 5100000, 510000, 5110000), "EPSG:32632"))
    with pytest.raises(InputError, match="Nothing of the area is left"):
        make_stable(path, Area((403000, 5103000, 404000, 5104000), "EPSG:32632"))
    (tmp_path / "notes.txt").write_text("no layer")
    with pytest.raises(InputError, match="cannot be read as a vector layer"):
        make_stable(tmp_path / "notes.txt")


def test_cancel_leaves_no_file(write, make_stable, progress, tmp_path):
    progress.record.cancel_after(1)
    with pytest.raises(Cancelled):
        make_stable(write("rgi.gpkg", [(GLACIER, {"rgi_id": "1"})]), progress=progress)
    assert not list(tmp_path.glob("*stable*"))
