"""The chain through the Processing registry: values against truth, signs, units, cancel, refusals, inputs untouched."""
import hashlib
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def run(qgis_app):
    """run(algorithm, feedback=None, **parameters) -> results."""
    import processing
    from qgis.core import QgsProcessingFeedback

    def run_algorithm(name, feedback=None, **parameters):
        return processing.run(f"terrainmotion:{name}", parameters, feedback=feedback or QgsProcessingFeedback(False))
    return run_algorithm


@pytest.fixture(scope="module")
def chain(run, tmp_path_factory):
    """Folder and results of every step of the chain on a small landslide."""
    folder = tmp_path_factory.mktemp("chain")
    results = {"simulatescenes": run("simulatescenes", SCENARIO=1, SIZE=224, DATES=7, SEED=5,
                                     OUTPUT=str(folder / "scenes"))}
    before = checksums(folder / "scenes")
    results["catalogue"] = run("catalogue", FOLDER=str(folder / "scenes"), OUTPUT=str(folder / "catalogue.gpkg"))
    results["pairnetwork"] = run("pairnetwork", INPUT=results["catalogue"]["OUTPUT"], MAXBASELINE=400,
                                 OUTPUT=str(folder / "pairs.gpkg"), PLOT=str(folder / "network.html"))
    results["matchpairs"] = run("matchpairs", PAIRS=results["pairnetwork"]["OUTPUT"], OUTPUT=str(folder / "stack"))
    results["correctstack"] = run("correctstack", STACK=results["matchpairs"]["STACK"], OUTPUT=str(folder / "corrected"),
                                  STABLE=str(folder / "scenes" / "stable.gpkg"))
    results["filterstack"] = run("filterstack", STACK=results["correctstack"]["STACK"], OUTPUT=str(folder / "filtered"))
    results["invert"] = run("invert", STACK=str(folder / "filtered"), OUTPUT=str(folder / "series"))
    results["fuse"] = run("fuse", STACK=results["filterstack"]["STACK"], OUTPUT=str(folder / "velocity.tif"))
    results["folder"], results["before"] = folder, before
    return results


def checksums(folder: Path):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.endswith((".aux.xml", ".qml", "-wal", "-shm"))}


def test_the_series_is_near_the_truth(chain):
    # Sun, seasons, sensor errors and clouds of the sample leave 0.03 to 0.15 px; a wrong sign would leave 1 px.
    from terrain_motion.engine.core.progress import Progress
    from terrain_motion.engine.validation.truth import compare_with_truth
    found = compare_with_truth(chain["invert"]["SERIES"], chain["simulatescenes"]["TRUTH"], Progress())
    assert found.moving.displacement_rmse < 0.25 * found.pixel_size
    assert found.stable.displacement_rmse < 0.20 * found.pixel_size
    assert found.moving.measured > 0.9


def test_motion_has_the_sign_of_the_truth(chain):
    from terrain_motion.engine.io.raster import open_raster
    truth = Path(chain["simulatescenes"]["TRUTH"]).parent
    with open_raster(chain["invert"]["VELOCITY"]) as found, open_raster(truth / "velocity.tif") as true:
        for band in ("velocity_east", "velocity_north"):
            measured, known = found.read(band), true.read(band)
            fast = np.isfinite(measured) & (np.abs(known) > 0.5 * np.nanmax(np.abs(known)))
            assert np.median(measured[fast] / known[fast]) == pytest.approx(1.0, abs=0.25)


def test_inputs_are_untouched(chain):
    assert checksums(chain["folder"] / "scenes") == chain["before"]


def test_every_raster_says_unit_sign_dates_and_history(chain):
    from terrain_motion.engine.io.displacement import open_displacement
    from terrain_motion.engine.io.manifests import read_stack
    manifest, folder = read_stack(chain["filterstack"]["STACK"])
    with open_displacement(folder / manifest.pairs[0].file) as raster:
        assert raster.units[:2] == ("m", "m") and "positive east" in raster.metadata["TM_SIGN"]
        assert raster.reference_date == manifest.pairs[0].reference
        assert [s["step"] for s in raster.history][0] == "match" and len(raster.history) >= 4
        assert np.isnan(raster.read("east")[raster.read("flag") > 0]).all()


def test_styles_lie_beside_results_with_units(chain):
    text = Path(chain["invert"]["VELOCITY"]).with_suffix(".qml").read_text()
    assert 'suffix=" m/yr"' in text
    assert Path(chain["fuse"]["OUTPUT"]).with_suffix(".qml").exists()


def test_a_finished_pair_is_not_matched_again(run, chain):
    from qgis.core import QgsProcessingFeedback
    feedback = QgsProcessingFeedback(False)
    stack = chain["folder"] / "stack"
    times = {p.name: p.stat().st_mtime_ns for p in (stack / "pairs").glob("*.tif")}
    run("matchpairs", feedback, PAIRS=chain["pairnetwork"]["OUTPUT"], OUTPUT=str(stack))
    assert {p.name: p.stat().st_mtime_ns for p in (stack / "pairs").glob("*.tif")} == times
    assert "0 pairs matched" in feedback.textLog()


def test_cancel_leaves_no_half_result(qgis_app, chain, tmp_path):
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback
    feedback = QgsProcessingFeedback(False)
    feedback.progressChanged.connect(lambda percent: feedback.cancel())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("terrainmotion:invert")
    results, fine = algorithm.run({"STACK": chain["filterstack"]["STACK"], "OUTPUT": str(tmp_path / "series")},
                                  QgsProcessingContext(), feedback)
    assert fine and results == {}
    assert not [p for p in (tmp_path / "series").rglob("*") if p.is_file()]


def test_one_displacement_through_every_single_algorithm(run, chain, tmp_path):
    from terrain_motion.engine.io.displacement import open_displacement
    from terrain_motion.engine.io.tables import read_scenes
    scenes = read_scenes(chain["catalogue"]["OUTPUT"])
    match = run("match", REFERENCE=scenes[0].path, SECONDARY=scenes[-1].path, REFERENCEMASK=scenes[0].mask,
                SECONDARYMASK=scenes[-1].mask, OUTPUT=str(tmp_path / "match.tif"))["OUTPUT"]
    deramped = run("deramp", INPUT=match, OUTPUT=str(tmp_path / "deramp.tif"))["OUTPUT"]
    referenced = run("reference", INPUT=deramped, STABLE=str(chain["folder"] / "scenes" / "stable.gpkg"),
                     OUTPUT=str(tmp_path / "reference.tif"))["OUTPUT"]
    averaged = run("average", INPUTS=[referenced, deramped], OUTPUT=str(tmp_path / "average.tif"))["OUTPUT"]
    filtered = run("outlierfilter", INPUT=averaged, OUTPUT=str(tmp_path / "outlier.tif"))["OUTPUT"]
    steep = run("topographicfilter", INPUT=filtered, DEM=chain["simulatescenes"]["DEM"], MINSLOPE=5,
                OUTPUT=str(tmp_path / "slope.tif"))["OUTPUT"]
    final = run("morphologicalfilter", INPUT=steep, OUTPUT=str(tmp_path / "patches.tif"))["OUTPUT"]
    with open_displacement(final) as raster:
        flags = {int(code) for code in np.unique(raster.read("flag"))}
        assert 8 in flags and raster.reference


def test_layers_and_dates_are_taken_as_well_as_paths(run, chain, tmp_path):
    from qgis.core import QgsProject, QgsVectorLayer
    from qgis.PyQt.QtCore import QDate
    layer = QgsVectorLayer(str(chain["catalogue"]["OUTPUT"]), "scenes", "ogr")
    QgsProject.instance().addMapLayer(layer)
    result = run("pairnetwork", INPUT=layer.id(), SPLITDATE=QDate(2018, 1, 1), MAXBASELINE=2000, OUTPUT="memory:")
    for feature in result["OUTPUT"].getFeatures():
        assert feature["reference_date"] < QDate(2018, 1, 1) <= feature["secondary_date"]
    QgsProject.instance().clear()


def test_only_selected_scenes_are_paired(run, chain):
    from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProject, QgsVectorLayer
    layer = QgsVectorLayer(str(chain["catalogue"]["OUTPUT"]), "scenes", "ogr")
    QgsProject.instance().addMapLayer(layer)
    layer.selectByIds([f.id() for f in layer.getFeatures()][:3])
    result = run("pairnetwork", INPUT=QgsProcessingFeatureSourceDefinition(layer.id(), True), MAXBASELINE=2000,
                 OUTPUT="memory:")
    assert result["COUNT"] == 3
    QgsProject.instance().clear()


def test_the_model_runs_from_a_folder_to_a_velocity(run, chain, tmp_path):
    from qgis.core import QgsApplication
    model = QgsApplication.processingRegistry().algorithmById("terrainmotion:folder_to_velocity")
    names = {d.name() for d in model.destinationParameterDefinitions()}
    places = dict.fromkeys(names, "TEMPORARY_OUTPUT")
    velocity = next(name for name in names if "elocity" in name)
    places[velocity] = str(tmp_path / "velocity.tif")
    results = run("folder_to_velocity", FOLDER=str(chain["folder"] / "scenes"), MAXBASELINE=130, **places)
    assert Path(results[velocity]).exists()


def refusal(run, name, **parameters):
    from qgis.core import QgsProcessingException
    with pytest.raises(QgsProcessingException) as error:
        run(name, **parameters)
    return str(error.value)


def test_refusals_say_what_where_and_what_to_do(run, chain, tmp_path):
    empty, notes = tmp_path / "empty", tmp_path / "notes.tif"
    empty.mkdir()
    notes.write_text("no raster")
    scene = next((chain["folder"] / "scenes").glob("S2SIM_*.tif"))
    out = str(tmp_path / "out.tif")
    assert str(empty) in refusal(run, "catalogue", FOLDER=str(empty), OUTPUT="memory:")
    assert "notes.tif" in refusal(run, "match", REFERENCE=str(notes), SECONDARY=str(scene), OUTPUT=out)
    assert "no stack.json" in refusal(run, "invert", STACK=str(empty), OUTPUT=str(tmp_path / "series"))
    assert "not a displacement" in refusal(run, "deramp", INPUT=str(scene), OUTPUT=out)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and p != notes]


def test_an_unwritable_folder_is_named(run, chain):
    # A file stands where the folder should be: that holds for root as well.
    scene = next((chain["folder"] / "scenes").glob("S2SIM_*.tif"))
    message = refusal(run, "matchpairs", PAIRS=chain["pairnetwork"]["OUTPUT"], OUTPUT=str(scene / "stack"))
    assert "cannot be written" in message and "Choose a folder" in message


def test_scenes_apart_or_empty_are_refused(run, tmp_path):
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.io.raster import Band, new_raster
    rng = np.random.default_rng(2)
    paths = {}
    for name, crs, x, values in (("here", 32632, 400000.0, rng.normal(size=(96, 96))),
                                 ("away", 32632, 500000.0, rng.normal(size=(96, 96))),
                                 ("zone", 32633, 400000.0, rng.normal(size=(96, 96))),
                                 ("void", 32632, 400000.0, np.full((96, 96), np.nan))):
        grid = Grid(f"EPSG:{crs}", (x, 10.0, 0.0, 5e6, 0.0, -10.0), 96, 96)
        paths[name] = str(tmp_path / f"{name}.tif")
        with new_raster(paths[name], grid, [Band("1")]) as target:
            target.write({"1": values.astype(np.float32)})
    out = str(tmp_path / "out.tif")
    for other, words in (("away", "overlap"), ("zone", "coordinate system"), ("void", "void.tif")):
        message = refusal(run, "match", REFERENCE=paths["here"], SECONDARY=paths[other], OUTPUT=out)
        assert words in message and f"{other}.tif" in message, message
    assert not Path(out).exists()


def test_qgis_process_runs_an_algorithm(plugin_folder, chain, tmp_path):
    from shutil import which
    # Debian's wrapper adds an option that the program behind it does not know.
    program = which("qgis_process.bin") or which("qgis_process")
    assert program, "qgis_process is not installed"
    environment = {**os.environ, "QGIS_PLUGINPATH": str(plugin_folder), "QT_QPA_PLATFORM": "offscreen",
                   "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "profile"), "HOME": str(tmp_path)}

    def call(*arguments):
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
    call("plugins", "enable", "terrain_motion")
    text = call("run", "terrainmotion:fuse", "--json", "--", f"STACK={chain['filterstack']['STACK']}", "METHOD=1",
                f"OUTPUT={tmp_path / 'velocity.tif'}")
    assert json.loads(text)["results"]["OUTPUT"] == str(tmp_path / "velocity.tif")
    assert (tmp_path / "velocity.tif").exists()


def test_precision_and_model_of_the_series(run, chain, tmp_path):
    from terrain_motion.engine.io.raster import open_raster
    stable = str(chain["folder"] / "scenes" / "stable.gpkg")
    table = run("precision", STACK=chain["filterstack"]["STACK"], STABLE=stable, OUTPUT=str(tmp_path / "precision.csv"),
                PLOT=str(tmp_path / "precision.png"))["OUTPUT"]
    assert "share_of_pixel" in Path(table).read_text() and (tmp_path / "precision.png").stat().st_size > 5000
    fitted = run("model", SERIES=chain["invert"]["SERIES"], OUTPUT=str(tmp_path / "model.tif"))["OUTPUT"]
    with open_raster(fitted) as raster:
        assert any(name.startswith("sigma_") for name in raster.bands)


def test_precision_wants_exactly_one_source(run, tmp_path):
    assert "either a stack or a series" in refusal(run, "precision", OUTPUT=str(tmp_path / "precision.csv"))
