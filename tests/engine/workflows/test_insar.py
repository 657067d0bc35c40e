"""The InSAR service on simulated products: signs, reference and decomposition bring the truth back."""
import shutil
from datetime import date

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.io.stable import StableGround
from terrain_motion.engine.io.warp import read_on
from terrain_motion.engine.scenes.interferograms import simulate
from terrain_motion.engine.scenes.interferograms.settings import SimulateInterferogramsSettings
from terrain_motion.engine.workflows import insar, insar_tracks
from terrain_motion.engine.workflows.insar_settings import InsarSettings

SIZE, DATES = 64, 9


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Products without any error."""
    return simulate.run(SimulateInterferogramsSettings(size=SIZE, dates=DATES, clean=True), tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def result(clean, tmp_path_factory):
    folder = tmp_path_factory.mktemp("result")
    return insar.run(clean.folders["ascending"], clean.folders["descending"], InsarSettings(), folder, Progress(),
                     StableGround.from_file(clean.stable))


def errors(velocity, truth, bands):
    with open_raster(velocity) as found, open_raster(truth) as true:
        return {band: 1000.0 * (found.read(band) - read_on(true, band, found.grid)) for band in bands}


def test_without_errors_the_truth_comes_back_within_a_tenth_of_a_millimetre_a_year(result, clean):
    for band, error in errors(result.velocity, clean.truth, ("velocity_east", "velocity_up")).items():
        known = np.isfinite(error)
        assert known.mean() > 0.9 and np.abs(error[known]).max() < 0.1, band


def test_each_track_moves_as_its_line_of_sight_says(result, clean):
    for name, series in result.series.items():
        truth = clean.truths[name].parent / "velocity.tif"
        error = errors(series.parent / "velocity.tif", truth, ("velocity_los",))["velocity_los"]
        assert np.nanmax(np.abs(error)) < 0.1, name


def test_report_tells_both_tracks_units_signs_and_the_effect_of_the_north(result):
    text = result.report.read_text(encoding="utf-8")
    for words in ("ascending track", "descending track", "positive east and up", "motion to the north", "Before, mm",
                  "Interferograms of the ascending track", "ascending/closed/closure.html"):
        assert words in text


def test_a_finished_run_is_found_and_not_done_again(result, clean):
    before = {p: p.stat().st_mtime_ns for p in result.folder.rglob("*.tif")}
    again = insar.run(clean.folders["ascending"], clean.folders["descending"], InsarSettings(), result.folder, Progress(),
                      StableGround.from_file(clean.stable))
    assert {p: p.stat().st_mtime_ns for p in again.folder.rglob("*.tif")} == before


def test_one_track_gives_its_line_of_sight_and_says_so(clean, tmp_path):
    made = insar.run(None, clean.folders["descending"], InsarSettings(), tmp_path / "one", Progress(),
                     StableGround.from_file(clean.stable))
    assert made.velocity is None and list(made.series) == ["descending"]
    assert "Only one track" in made.report.read_text(encoding="utf-8")


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="ascending"):
        insar.run(None, None, InsarSettings(), tmp_path / "none", Progress())


def test_one_folder_for_both_tracks_is_refused_at_once(clean, tmp_path):
    folder = clean.folders["ascending"]
    with pytest.raises(InputError, match="given as both tracks"):
        insar.run(folder, folder, InsarSettings(), tmp_path / "same", Progress())


def test_two_stacks_of_one_direction_are_refused_and_of_two_taken(result):
    stacks = {name: result.folder / name / "imported" for name in ("ascending", "descending")}
    insar_tracks.require_two_directions(stacks, 20.0)
    with pytest.raises(InputError, match="nearly one direction"):
        insar_tracks.require_two_directions({"ascending": stacks["ascending"], "descending": stacks["ascending"]}, 20.0)


def test_a_folder_given_as_the_other_track_is_told(result):
    stack = result.folder / "ascending" / "imported"
    assert insar_tracks.mismatch("ascending", stack) == []
    told = insar_tracks.mismatch("descending", stack)[0]
    assert "given as the descending track holds interferograms of the ascending" in told


def test_dates_that_the_selection_costs_are_told():
    assert insar_tracks.lost("ascending", ()) == []
    assert "2022-01-05" in insar_tracks.lost("ascending", (date(2022, 1, 5),))[0]


def test_without_elevation_the_atmosphere_stays_in_and_the_report_says_so(result, tmp_path):
    source = tmp_path / "stack"
    shutil.copytree(result.folder / "ascending" / "imported", source)
    with open_raster(source / "geometry.tif") as raster:
        bands, grid = {name: raster.read(name) for name in raster.bands}, raster.grid
    bands["elevation"][:] = np.nan
    with new_raster(source / "geometry.tif", grid, [Band(name) for name in bands]) as target:
        target.write(bands)
    made = insar.run(source, None, InsarSettings(), tmp_path / "out", Progress())
    assert made.series["ascending"].is_file() and "come without elevation" in made.report.read_text(encoding="utf-8")


def test_a_cancelled_run_leaves_no_result_but_its_finished_steps(clean, tmp_path, progress):
    progress.record.cancel_after(60)
    with pytest.raises(Cancelled):
        insar.run(clean.folders["ascending"], clean.folders["descending"], InsarSettings(), tmp_path / "out", progress)
    assert not (tmp_path / "out" / "velocity.tif").exists() and not list((tmp_path / "out").rglob("*.part"))
