"""The services, their models and the fault's offset through the Processing registry."""
import json

import numpy as np
import pytest

MODELS = ("earthquake_steps", "ice_steps", "slide_steps")


@pytest.fixture(scope="module")
def run(qgis_app):
    """run(algorithm, **parameters) -> results."""
    import processing
    from qgis.core import QgsProcessingFeedback
    return lambda name, **parameters: processing.run(f"terrainmotion:{name}", parameters,
                                                     feedback=QgsProcessingFeedback(False))


@pytest.fixture(scope="module")
def quake(run, tmp_path_factory):
    """Folder of the scenes of a small earthquake, and the result of the service over it."""
    folder = tmp_path_factory.mktemp("quake")
    made = run("simulatescenes", SCENARIO=2, SIZE=144, DATES=4, SEED=2, CLOUD=0, OUTPUT=str(folder / "scenes"))
    day = json.loads((folder / "scenes" / "artefacts.json").read_text())["event"]
    result = run("earthquake", INPUT=made["SCENES"], SPLITDATE=day, AVERAGE=0, DERAMP=False,
                 STABLE=str(folder / "scenes" / "stable.gpkg"), OUTPUT=str(folder / "out"))
    return folder, day, made, result


def test_earthquake_gives_stack_displacement_and_report(quake):
    from terrain_motion.engine.io.displacement import open_displacement
    from terrain_motion.engine.io.manifests import read_stack
    folder, day, _, result = quake
    assert len(read_stack(result["STACK"])[0].pairs) == 4
    with open_displacement(result["DISPLACEMENT"]) as raster:
        assert raster.bands == ["east", "north", "correlation", "sigma", "flag"] or set(raster.bands) >= {"east", "north"}
        assert raster.reference_date.isoformat() < day <= raster.secondary_date.isoformat()
    assert (folder / "out" / "displacement.qml").exists()
    assert result["REPORT"].endswith("report.html") and (folder / "out" / "report.html").exists()


def test_faultoffset_gives_points_with_sigma_and_plot(run, quake, tmp_path):
    from qgis.core import QgsVectorLayer
    folder, _, _, result = quake
    found = run("faultoffset", INPUT=result["DISPLACEMENT"], FAULT=str(folder / "scenes" / "fault.gpkg"), REACH=400,
                OUTPUT=str(tmp_path / "offsets.gpkg"), PLOT=str(tmp_path / "offsets.png"))
    layer = QgsVectorLayer(found["OUTPUT"], "offsets", "ogr")
    features = list(layer.getFeatures())
    assert features and all(f["sigma_parallel"] > 0 for f in features)
    assert np.median([f["parallel"] for f in features]) > 1.0  # right-lateral by up to 8 m
    assert layer.crs().isValid() and (tmp_path / "offsets.png").exists()


def test_an_extent_limits_the_result(run, quake, tmp_path):
    from terrain_motion.engine.io.displacement import open_displacement
    folder, day, made, result = quake
    with open_displacement(result["DISPLACEMENT"]) as raster:
        xmin, ymin, xmax, ymax = raster.grid.bounds
        crs = raster.grid.crs
    part = run("earthquake", INPUT=made["SCENES"], SPLITDATE=day, AVERAGE=0, DERAMP=False, WINDOW=5,
               EXTENT=f"{xmin},{xmin + 800},{ymax - 800},{ymax} [{crs}]", OUTPUT=str(tmp_path / "part"))
    with open_displacement(part["DISPLACEMENT"]) as raster:
        assert (raster.grid.width, raster.grid.height) == (80, 80)
        assert raster.grid.bounds == pytest.approx((xmin, ymax - 800, xmin + 800, ymax))


def test_average_takes_a_stack_across_the_split_date(run, quake, tmp_path):
    from terrain_motion.engine.io.raster import open_raster
    _, day, _, result = quake
    again = run("average", STACK=result["STACK"], SPLITDATE=day, OUTPUT=str(tmp_path / "mean.tif"))["OUTPUT"]
    with open_raster(again) as one, open_raster(result["DISPLACEMENT"]) as other:
        np.testing.assert_array_equal(one.read("east"), other.read("east"))


def test_the_day_of_the_earthquake_is_asked_for(qgis_app, quake):
    from qgis.core import QgsApplication, QgsProcessingContext
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("terrainmotion:earthquake")
    fine, problem = algorithm.checkParameterValues({"INPUT": quake[2]["SCENES"], "OUTPUT": "x"}, QgsProcessingContext())
    assert not fine and "Split date" in problem


@pytest.mark.parametrize("name", MODELS)
def test_the_model_of_a_service_opens_with_the_settings_of_its_preset(qgis_app, name):
    from qgis.core import QgsApplication
    from terrain_motion.engine.workflows import settings
    model = QgsApplication.processingRegistry().algorithmById(f"terrainmotion:{name}")
    assert model is not None
    fine, problems = model.validate()
    assert fine, problems
    preset = getattr(settings, name.split("_")[0].upper())
    child = model.childAlgorithms()["matchpairs"]
    for parameter in ("WINDOW", "RANGE", "REGULARISATION", "THRESHOLD"):
        assert child.parameterSources()[parameter][0].staticValue() == getattr(preset.matching, parameter.lower())
    pairs = model.childAlgorithms()["pairnetwork"].parameterSources()
    assert pairs["MAXBASELINE"][0].staticValue() == preset.network.max_baseline
