"""The study as text and the records of runs: no window needed."""
from dataclasses import replace

import pytest


@pytest.fixture
def study(qgis_bare):
    from terrain_motion.ui.main import plan
    from terrain_motion.ui.main.study import Study
    made = Study(folder="/data/study", layer="scenes_1", unused=("/data/a.tif",), area="POLYGON((0 0, 1 0, 1 1, 0 0))",
                 preset="ice", page="matching")
    made = replace(made, matching=replace(made.matching, window=31), stable="/data/stable.gpkg")
    return made.with_run(plan.plan(made, 1, "/data/study/run-01", "2020-01-01T10:00:00"))


def test_a_study_comes_back_as_it_was(study):
    from terrain_motion.ui.main.study import Study, from_text, to_text
    assert from_text(to_text(study)) == study
    assert from_text("") == from_text("[]") == from_text("{broken") == Study()


def test_paths_move_with_the_project(study):
    from terrain_motion.ui.main.study import from_text, to_text
    moved = from_text(to_text(study, lambda p: p.replace("/data/", "./")), lambda p: p.replace("./", "/new/"))
    assert moved.folder == "/new/study" and moved.unused == ("/new/a.tif",)
    assert moved.runs[0].steps[2].parameters["PAIRS"] == "/new/study/run-01/pairs.gpkg"


def test_what_another_version_wrote_keeps_the_defaults(study):
    import json
    from terrain_motion.ui.main.study import from_text, to_text
    values = json.loads(to_text(study))
    values["settings"]["matching"] = {"WINDOW": 20, "UNKNOWN": 1}  # even: refused today
    values["settings"]["network"] = {"FUTURE": 3}
    values["page"] = "elsewhere"
    found = from_text(json.dumps(values))
    assert found.matching.window == 21 and found.page == "scenes"


def test_a_plan_is_the_chain_in_files_that_follow_each_other(study):
    from terrain_motion.ui.main import plan
    steps = plan.plan(replace(study, area=""), 1, "/data/study/run-01", "").steps
    assert [step.algorithm.split(":")[1] for step in steps] == ["pairnetwork", "matchpairs", "correctstack", "filterstack",
                                                                "invert"]
    assert steps[1].parameters["WINDOW"] == 31 and "RANGE" not in steps[1].parameters  # the default is not written
    assert steps[4].parameters["STACK"] == "/data/study/run-01/filtered/stack.json"
    assert steps[2].parameters["STABLE"] == steps[4].parameters["STABLE"] == "/data/stable.gpkg"


def test_an_area_is_cut_out_first(study):
    steps = study.runs[0].steps
    assert steps[0].algorithm == "terrainmotion:prepare"
    assert steps[0].parameters["EXTENT"] == "0.00000000,1.00000000,0.00000000,1.00000000 [EPSG:4326]"
    assert steps[1].parameters["INPUT"] == "/data/study/run-01/prepared/scenes.gpkg"


def test_an_earthquake_is_its_service_with_what_was_changed(study):
    from terrain_motion.engine.workflows.settings import EARTHQUAKE
    from terrain_motion.ui.main import plan
    quake = replace(study, preset="earthquake", network=replace(EARTHQUAKE.network, split_date="2020-05-01"), area="",
                    matching=replace(EARTHQUAKE.matching, window=7), correction=EARTHQUAKE.correction)
    (step,) = plan.plan(quake, 1, "/data/run-01", "").steps
    assert step.parameters == {"INPUT": "/data/run-01/scenes.gpkg", "SPLITDATE": "2020-05-01", "WINDOW": 7,
                               "STABLE": "/data/stable.gpkg", "OUTPUT": "/data/run-01/earthquake"}


def test_a_run_that_was_at_work_is_a_stopped_one_when_the_project_is_opened(study):
    from terrain_motion.ui.main.study import from_text, to_text
    running = study.with_run(study.runs[0].with_step(0, state="running"))
    assert running.runs[0].state == "running"
    assert from_text(to_text(running)).runs[0].state == "stopped"


def test_pace_tells_speed_and_time_left(qgis_bare):
    from terrain_motion.ui.main.records import Pace, duration, size
    pace = Pace.of(60.0, 0.25, "matching: 20200101_20200113, 10 of 40 pairs")
    assert pace.count == (10, 40) and pace.per_minute == 10.0 and pace.remaining == 180.0
    assert Pace.of(1.0, 0.001, "").remaining is None
    assert [duration(s) for s in (5, 60, 200, 1800, 7500)] == ["5 s", "1 min", "3 min 20 s", "30 min", "2 h 5 min"]
    assert size(1.53e9) == "1.5 GB"


def test_differences_of_two_runs_are_in_words(study):
    from terrain_motion.ui.main.study import differences, settings_to_plain
    other = replace(study, matching=replace(study.matching, method="flow"))
    rows = differences(settings_to_plain(study.stages()), settings_to_plain(other.stages()))
    assert rows == [("Method", "Regularised correlation", "Optical flow")]


@pytest.mark.parametrize("page, facts, step", [
    ("scenes", {}, "add"), ("scenes", {"scenes": 3, "used": 1}, "tick"), ("scenes", {"scenes": 3, "used": 3}, "pairs"),
    ("matching", {"scenes": 3, "used": 3, "pairs": 3}, "run"), ("matching", {"scenes": 3, "used": 3}, "pairs")])
def test_the_next_step_follows_from_the_facts(qgis_bare, page, facts, step):
    from terrain_motion.ui.main.standing import Standing, next_step
    assert next_step(Standing(**facts), page) == step


def test_the_report_names_steps_and_changed_settings(study, tmp_path):
    from terrain_motion.ui.main.plan import write_report
    page = write_report(replace(study.runs[0], folder=str(tmp_path)), "1.0")
    text = (tmp_path / "report.html").read_text()
    assert page.endswith("report.html") and "Match pairs" in text and "class='changed'><td>matching</td><td>Window" in text
