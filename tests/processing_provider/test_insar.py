"""Interferograms through the algorithms: simulated, imported, selected, held still, inverted."""
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def run(qgis_app):
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback

    def call(name, feedback=None, **parameters):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(f"terrainmotion:{name}")
        feedback = feedback or QgsProcessingFeedback(False)
        results, fine = algorithm.run(parameters, QgsProcessingContext(), feedback)
        assert fine, feedback.textLog()
        return results
    return call


@pytest.fixture(scope="module")
def chain(run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("insar")
    made = {"sample": run("simulateinterferograms", SIZE=40, DATES=5, CLEAN=True, OUTPUT=str(folder / "sample"))}
    for track in ("ASCENDING", "DESCENDING"):
        stack = run("importinterferograms", FOLDER=made["sample"][track], OUTPUT=str(folder / track / "stack"))["STACK"]
        chosen = run("selectinterferograms", STACK=stack, OUTPUT=str(folder / track / "chosen.json"),
                     PLOT=str(folder / track / "network.html"))
        held = run("referencestack", STACK=chosen["OUTPUT"], STABLE=made["sample"]["STABLE"],
                   OUTPUT=str(folder / track / "held"))
        made[track] = {**run("invert", STACK=held["STACK"], OUTPUT=str(folder / track / "series")), **chosen,
                       "STACK": held["STACK"]}
    return {**made, "folder": folder}


@pytest.mark.parametrize("track", ["ascending", "descending"])
def test_without_errors_the_truth_comes_back_within_a_tenth_of_a_millimetre_per_year(chain, track):
    from terrain_motion.engine.io.raster import open_raster
    from terrain_motion.engine.io.warp import read_on
    truth = Path(chain["sample"]["TRUTH"]).parent / track / "velocity.tif"
    with open_raster(chain[track.upper()]["VELOCITY"]) as found, open_raster(truth) as true:
        difference = found.read("velocity_los") - read_on(true, "velocity_los", found.grid)
        assert np.isfinite(difference).mean() > 0.9 and np.nanmax(np.abs(difference)) < 1e-4
        assert "stable ground" in found.metadata["TM_REFERENCE"]


def test_selection_counts_and_draws(chain):
    assert chain["ASCENDING"]["COUNT"] == 7 and Path(chain["ASCENDING"]["PLOT"]).stat().st_size > 5000


def test_points_have_the_coordinates_of_the_stack_or_their_own(run, chain):
    from terrain_motion.engine.io.manifests import read_stack
    manifest, _ = read_stack(chain["ASCENDING"]["STACK"])
    x, y = manifest.grid.xy(20.5, 15.5)
    place = chain["folder"] / "point"
    for number, text in enumerate((f"{x},{y}", f"{x},{y} [EPSG:32643]")):
        made = run("referencestack", STACK=chain["ASCENDING"]["STACK"], POINT=text, OUTPUT=str(place / str(number)))
        assert "row 15, column 20" in read_stack(made["STACK"])[0].extra["reference"]["words"]
    series = run("referenceseries", SERIES=chain["ASCENDING"]["SERIES"], POINT=f"{x},{y}", OUTPUT=str(place / "series"))
    assert Path(series["VELOCITY"]).exists() and Path(series["SERIES"]).name == "series.json"


def test_an_extent_is_taken(run, chain):
    from terrain_motion.engine.io.manifests import read_stack
    whole, _ = read_stack(chain["ASCENDING"]["STACK"])
    xmin, ymin, xmax, ymax = whole.grid.bounds
    made = run("importinterferograms", FOLDER=chain["sample"]["ASCENDING"], OUTPUT=str(chain["folder"] / "part"),
               EXTENT=f"{xmin + 400},{xmax - 400},{ymin + 400},{ymax - 400} [EPSG:32643]")
    assert read_stack(made["STACK"])[0].grid.bounds == (xmin + 400, ymin + 400, xmax - 400, ymax - 400)


def test_two_tracks_in_one_folder_are_refused_naming_both(chain):
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback
    feedback = QgsProcessingFeedback(False)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("terrainmotion:importinterferograms")
    parameters = {"FOLDER": str(chain["folder"] / "sample"), "OUTPUT": str(chain["folder"] / "both")}
    _, fine = algorithm.run(parameters, QgsProcessingContext(), feedback)
    assert not fine and "ascending" in feedback.textLog() and "descending" in feedback.textLog()
