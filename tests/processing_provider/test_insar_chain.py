"""The InSAR algorithms through Processing, as a user runs them, on simulated products of two tracks."""
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def run(qgis_app):
    """Run an algorithm: run(id, parameters) -> results."""
    import processing
    return lambda name, parameters: processing.run(f"terrainmotion:{name}", parameters)


@pytest.fixture(scope="module")
def products(run, tmp_path_factory):
    return run("simulateinterferograms", {"SIZE": 64, "DATES": 9, "OUTPUT": str(tmp_path_factory.mktemp("products"))})


@pytest.fixture(scope="module")
def made(run, products, tmp_path_factory):
    return run("insar", {"ASCENDING": products["ASCENDING"], "DESCENDING": products["DESCENDING"],
                         "STABLE": products["STABLE"], "OUTPUT": str(tmp_path_factory.mktemp("insar"))})


def test_two_folders_become_series_velocity_and_report(made):
    from terrain_motion.engine.io.raster import open_raster
    for name in ("ASCENDINGSERIES", "DESCENDINGSERIES", "VELOCITY", "REPORT"):
        assert Path(made[name]).is_file()
    with open_raster(made["VELOCITY"]) as velocity:
        assert velocity.bands[:4] == ("velocity_east", "velocity_up", "sigma_east", "sigma_up")


def test_closure_needs_no_folder_for_its_stack_and_chains(run, made, tmp_path):
    stack = Path(made["OUTPUT"]) / "ascending" / "selected" / "stack.json"
    closed = run("closure", {"STACK": str(stack), "OUTPUT": str(tmp_path / "closure.tif"),
                             "REPORT": str(tmp_path / "closure.html")})
    assert Path(closed["REPORT"]).is_file()
    cleared = run("troposphere", {"STACK": closed["STACK"], "METHOD": "elevation", "OUTPUT": str(tmp_path / "cleared")})
    assert Path(cleared["STACK"]).is_file() and Path(cleared["TABLE"]).is_file()


def test_series_are_filtered_and_corrected_and_decomposed(run, made, tmp_path):
    filtered = run("filterseries", {"SERIES": made["ASCENDINGSERIES"], "SPATIAL": 400, "OUTPUT": str(tmp_path / "filtered")})
    corrected = run("demerror", {"SERIES": filtered["SERIES"], "LEASTSEPARATION": 0.05, "OUTPUT": str(tmp_path / "dem"),
                                 "STACK": str(Path(made["OUTPUT"]) / "ascending" / "selected" / "stack.json")})
    both = run("decompose", {"INPUTS": [corrected["SERIES"], made["DESCENDINGSERIES"]], "OUTPUT": str(tmp_path / "2d.tif")})
    assert Path(both["OUTPUT"]).is_file() and Path(corrected["DEMERROR"]).is_file()


def test_velocities_are_compared_and_joined(run, made, products, tmp_path):
    compared = run("comparevelocity", {"INPUT": made["VELOCITY"], "REFERENCE": products["TRUTH"],
                                       "OUTPUT": str(tmp_path / "difference.tif"), "REPORT": str(tmp_path / "report.html")})
    assert "east" in Path(compared["REPORT"]).read_text(encoding="utf-8")
    joined = run("joinvelocity", {"INPUTS": [made["ASCENDINGSERIES"], made["DESCENDINGSERIES"]], "NORTHSIGMA": 0.1,
                                  "OUTPUT": str(tmp_path / "joint.tif")})
    table = tmp_path / "stations.csv"
    table.write_text("station,date,lon,lat,east,north,up\nA,2022-01-05,74.79,38.29,0,0,0\nA,2022-03-05,74.79,38.29,0,0,0\n",
                     encoding="utf-8")
    beside = run("comparestations", {"SERIES": made["ASCENDINGSERIES"], "STATIONS": str(table),
                                     "OUTPUT": str(tmp_path / "table.csv")})
    assert Path(joined["OUTPUT"]).is_file() and Path(beside["OUTPUT"]).is_file()
