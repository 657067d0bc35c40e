"""Prepare, classify and cast shadow through the Processing registry, and from there into the chain."""
import numpy as np
import pytest

from terrain_motion.engine.io.raster import open_raster


@pytest.fixture(scope="module")
def run(qgis_app):
    import processing
    from qgis.core import QgsProcessingFeedback

    def run_algorithm(name, feedback=None, **parameters):
        return processing.run(f"terrainmotion:{name}", parameters, feedback=feedback or QgsProcessingFeedback(False))
    return run_algorithm


@pytest.fixture(scope="module")
def made(run, tmp_path_factory):
    """A small cloudy series with the bands that classification needs; nobody announces its masks."""
    folder = tmp_path_factory.mktemp("prepared")
    return run("simulatescenes", SIZE=160, DATES=2, SEED=3, CLOUD=25, MASKCLOUDS=False, BANDS="B02,B03,B04,B08,B11,B12",
               OUTPUT=str(folder / "scenes"))


def read(path):
    with open_raster(path) as raster:
        return raster.read_raw(1)


def masks_of(path):
    from qgis.core import QgsVectorLayer
    return [feature["mask"] for feature in QgsVectorLayer(path, "scenes", "ogr").getFeatures()]


def test_classify_of_a_layer_sets_the_masks(run, made, tmp_path):
    result = run("classify", INPUT=made["SCENES"], OUTPUT=str(tmp_path))
    masks = masks_of(result["SCENES"])
    assert len(masks) == 2
    for mask in masks:
        assert set(np.unique(read(mask))) <= {0, 1, 2, 3, 4, 255} and (read(mask) == 4).mean() > 0.05
    assert (tmp_path / "masks").joinpath(masks[0].rpartition("/")[2].replace(".tif", ".qml")).exists()


def test_classify_of_a_selection_takes_only_that(run, made, tmp_path):
    from qgis.core import QgsVectorLayer
    layer = QgsVectorLayer(made["SCENES"], "scenes", "ogr")
    layer.selectByIds([next(layer.getFeatures()).id()])
    result = run("classify", INPUT=layer, SELECTED=True, OUTPUT=str(tmp_path))
    assert len(masks_of(result["SCENES"])) == 1


def test_classify_of_a_raster_writes_one_raster(run, made, tmp_path):
    from qgis.core import QgsRasterLayer, QgsVectorLayer
    scene = next(QgsVectorLayer(made["SCENES"], "scenes", "ogr").getFeatures())["path"]
    result = run("classify", INPUT=scene, OUTPUT=str(tmp_path / "own.tif"))
    assert result["OUTPUT"] == result["CLASSES"] == str(tmp_path / "own.tif")
    other = run("classify", INPUT=QgsRasterLayer(scene, "scene"), OUTPUT=str(tmp_path / "folder"), DEM=made["DEM"])
    assert other["OUTPUT"].endswith("classes.tif") and read(other["OUTPUT"]).shape == (160, 160)


def test_prepared_scenes_go_into_the_pair_network_with_masks(run, made, tmp_path):
    from qgis.core import QgsVectorLayer
    extent = "317600,318600,4920000,4921000 [EPSG:32632]"
    result = run("prepare", INPUT=made["SCENES"], EXTENT=extent, BANDS="red,nir", PIXELSIZE=20, DEM=made["DEM"],
                 OUTPUT=str(tmp_path / "prepared"))
    assert result["COUNT"] == 2
    paired = run("pairnetwork", INPUT=result["SCENES"], MAXBASELINE=2000, OUTPUT=str(tmp_path / "pairs.gpkg"))
    pair = next(QgsVectorLayer(paired["OUTPUT"], "pairs", "ogr").getFeatures())
    with open_raster(pair["reference"]) as raster:
        assert raster.bands == ("B04", "B08") and raster.grid.pixel_size == 20.0
        assert 0.0 < np.nanmedian(raster.read(1)) < 0.7  # reflectance
    assert (read(pair["reference_mask"]) == 4).any()
    again = run("catalogue", FOLDER=str(tmp_path / "prepared"), OUTPUT="memory:")["OUTPUT"]
    assert [bool(feature["mask"]) for feature in again.getFeatures()] == [True, True]


def test_cast_shadow_of_a_low_sun_is_longer(run, made, tmp_path):
    shares = []
    for elevation in (10, 40):
        result = run("castshadow", DEM=made["DEM"], SUNAZIMUTH=120, SUNELEVATION=elevation,
                     OUTPUT=str(tmp_path / f"{elevation}.tif"))
        shadow = read(result["OUTPUT"])
        assert set(np.unique(shadow)) <= {0, 1}
        shares.append((shadow == 1).mean())
    assert shares[0] > shares[1] and (tmp_path / "10.qml").exists()
