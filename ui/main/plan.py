"""A run of the chain as algorithms with their parameters, from a study. No Qt: what a run does can be read here."""
import html
import re
from pathlib import Path, PurePath
from typing import List

from .records import RunRecord, StepRecord, duration
from .study import STAGES, Study, settings_to_plain, worded

PROVIDER = "terrainmotion"
SCENES_FILE, REPORT_FILE = "scenes.gpkg", "report.html"
EARTHQUAKE = "earthquake"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def plan(study: Study, number: int, folder: str, started: str) -> RunRecord:
    """The steps of a run into a folder of its own."""
    plain, home = settings_to_plain(study.stages()), PurePath(folder)
    stable = {"STABLE": study.stable} if study.stable else {}
    steps: List[StepRecord] = []

    def step(name: str, label: str, **parameters) -> None:
        steps.append(StepRecord(f"{PROVIDER}:{name}", label, parameters))

    scenes = home / SCENES_FILE
    area = {"EXTENT": extent(study.area)} if study.area else {}
    if study.preset == EARTHQUAKE and study.network.split_date:
        dem = {"DEM": study.dem} if study.dem else {}
        step("earthquake", "Earthquake", INPUT=str(scenes), **_of_service(study), **area, **dem, **stable,
             OUTPUT=str(home / "earthquake"))
        return RunRecord(number, f"Run {number}", folder, started, tuple(steps), plain)
    if study.area:
        step("prepare", "Prepare", INPUT=str(scenes), **area, OUTPUT=str(home / "prepared"))
        scenes = home / "prepared" / SCENES_FILE
    step("pairnetwork", "Pair network", INPUT=str(scenes), **plain["network"],
         OUTPUT=str(home / "pairs.gpkg"), PLOT=str(home / "network.html"))
    step("matchpairs", "Match pairs", PAIRS=str(home / "pairs.gpkg"), **plain["matching"], OUTPUT=str(home / "stack"))
    stack = home / "stack"
    if study.correct:
        step("correctstack", "Correct", STACK=str(stack / "stack.json"), **plain["correction"], **stable,
             OUTPUT=str(home / "corrected"))
        stack = home / "corrected"
    if study.filter:
        dem = {"DEM": study.dem} if study.dem and study.filtering.topography else {}
        step("filterstack", "Filter", STACK=str(stack / "stack.json"), **plain["filtering"], **dem,
             OUTPUT=str(home / "filtered"))
        stack = home / "filtered"
    if study.fuse:
        step("fuse", "Mean velocity", STACK=str(stack / "stack.json"), OUTPUT=str(home / "velocity.tif"))
    if study.invert:
        step("invert", "Invert", STACK=str(stack / "stack.json"), **plain["inversion"], **stable,
             OUTPUT=str(home / "series"))
    return RunRecord(number, f"Run {number}", folder, started, tuple(steps), plain)


def extent(wkt: str) -> str:
    """The box around an area as a Processing extent."""
    numbers = [float(number) for number in _NUMBER.findall(wkt)]
    xs, ys = numbers[::2], numbers[1::2]
    return f"{min(xs):.8f},{max(xs):.8f},{min(ys):.8f},{max(ys):.8f} [EPSG:4326]"


def _of_service(study: Study) -> dict:
    """Parameters of the earthquake service that differ from its defaults."""
    from ...engine.workflows.settings import EarthquakeSettings
    stages, values = study.stages(), {}
    for parameter in EarthquakeSettings.parameters():
        stage, *path = parameter.path
        value = stages.get(stage)
        for name in path:
            value = getattr(value, name, None)
        if stage in stages and value != parameter.default:
            values[parameter.name] = value
    return values


def series_of(record: RunRecord) -> str:
    """The series.json of a run, empty where there is none."""
    return record.result("SERIES")


def write_report(record: RunRecord, version: str) -> str:
    """What a run did, as a page beside its results; returns its path."""
    rows = []
    for stage, kind in STAGES.items():
        values = (record.settings or {}).get(stage, {})
        for parameter in kind.parameters():
            value = values.get(parameter.name, parameter.default)
            changed = " class='changed'" if parameter.name in values else ""
            rows.append(f"<tr{changed}><td>{stage}</td><td>{html.escape(parameter.label)}</td>"
                        f"<td>{html.escape(worded(parameter, value))} {html.escape(parameter.unit)}</td></tr>")
    steps = "".join(f"<h3>{html.escape(s.label)} <small>{s.algorithm}, {s.state}, {duration(s.seconds)}</small></h3><ul>"
                    + "".join(f"<li>{html.escape(line)}</li>" for line in s.summary) + "</ul>" for s in record.steps)
    network = "<p><a href='network.html'>The network of pairs</a></p>" if (Path(record.folder) / "network.html").is_file() \
        else ""
    page = (f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(record.name)}</title><style>"
            "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1c2430}"
            "table{border-collapse:collapse}td{padding:.15em .8em;border-bottom:1px solid #d9dee5}"
            "tr.changed td{font-weight:bold}small{color:#5d6775;font-weight:normal}</style></head><body>"
            f"<h1>{html.escape(record.name)}</h1><p>Terrain Motion {html.escape(version)}, begun "
            f"{html.escape(record.started)}, {duration(record.seconds)} of work.</p>{network}<h2>What was done</h2>{steps}"
            f"<h2>Settings</h2><p>Bold: not the default.</p><table>{''.join(rows)}</table></body></html>")
    target = Path(record.folder) / REPORT_FILE
    target.write_text(page, encoding="utf-8")
    return str(target)
