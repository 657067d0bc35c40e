"""The report of the InSAR service: one HTML page with everything in it, for people who were not there."""
import base64
from html import escape
from pathlib import Path
from typing import List

from ..core.files import write_text
from ..io.manifests import read_series
from ..io.raster import open_raster
from . import figures, report
from .journal import Journal

NAME = "report.html"
NETWORK, LOOPS = "selected/network.png", "closed/closure.html"  # of each track, where they were made
TITLE = "InSAR: motion in the line of sight, east and up"


def write(journal: Journal, given) -> Path:
    """Write the report into the service's folder. given: `insar.Inputs`."""
    journal.progress.part(0.98, 1.0).report(0.0, "writing the report")
    parts = [_head(journal, given), _warnings(journal, given), _maps(journal, given), _networks(journal, given),
             report._steps(journal.steps),
             _atmosphere(journal, given), report._failed(journal), report._settings(journal.steps),
             _conventions(journal, given), report._versions()]
    target = journal.path(NAME)
    journal.progress.check()
    return write_text(
        target, f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(TITLE)}</title>'
        f"<style>{report._STYLE}</style></head><body>{''.join(parts)}</body></html>\n")


def _head(journal: Journal, given) -> str:
    words = []
    for name in given.folders:
        manifest, _ = read_series(journal.path(f"{name}/series"))
        words.append(f"{name} track: {len(manifest.dates)} dates from {manifest.dates[0]} to {manifest.dates[-1]}, "
                     f"{manifest.grid.width} × {manifest.grid.height} pixels of {manifest.grid.pixel_size:g}")
    return f'<h1>{escape(TITLE)}</h1><p class="lead">{escape("; ".join(words))}</p>'


def _warnings(journal: Journal, given) -> str:
    found: List[str] = []
    if given.stable is None:
        found.append("No stable ground was given: the reference was found automatically, and only the delay that follows "
                     "the elevation was taken off.")
    if len(given.folders) == 1:
        found.append("Only one track was given: motion is known along its line of sight only.")
    found += [f"{text}." for step in journal.steps for text in step.facts.get("warnings", [])]
    failed = sum(len(step.facts.get("failed", [])) for step in journal.steps)
    if failed:
        found.append(f"{failed} pairs could not be treated; see below.")
    return "".join(f'<p class="warn">{escape(text)}</p>' for text in found)


def _maps(journal: Journal, given) -> str:
    if not figures.available():
        return '<p class="warn">The figures are missing: Matplotlib is not installed in the Python of QGIS.</p>'
    parts = ["<h2>Result</h2>"]
    velocity = journal.path("velocity.tif")
    if len(given.folders) == 2 and velocity.is_file():
        parts.append(report._figure(figures.vectors(velocity, ("velocity_east", "velocity_up"), "Velocity"),
                                    "East and up velocity, positive east and up; grey: no value."))
        parts.append(report._figure(figures.magnitudes(velocity, (("sigma_east", "Sigma of east"), (
            "sigma_up", "Sigma of up"))), "One standard deviation, remaining atmosphere included."))
    for name in given.folders:
        folder = journal.path(f"{name}/series")
        parts.append(report._figure(figures.vectors(folder / "velocity.tif", ("velocity_los",), name.capitalize()),
                                    f"Velocity along the line of sight of the {name} track, positive toward the satellite."))
        parts.append(report._figure(figures.magnitudes(folder / "quality.tif", (("temporal_coherence",
                                                                               "Temporal coherence"),)),
                                    "1 where all interferograms agree with the series."))
    return "".join(parts)


def _networks(journal: Journal, given) -> str:
    """The interferograms of each track, and where the loops of all of them are told."""
    parts = []
    for name in given.folders:
        picture, loops = journal.path(f"{name}/{NETWORK}"), journal.path(f"{name}/{LOOPS}")
        if picture.is_file():
            text = base64.b64encode(picture.read_bytes()).decode()
            parts.append(report._figure(f'<img alt="network" src="data:image/png;base64,{text}">',
                                        f"Interferograms of the {name} track by time and perpendicular baseline; dotted: "
                                        "left out."))
        if loops.is_file():
            parts.append(f'<p><a href="{escape(f"{name}/{LOOPS}")}">Loops of the {escape(name)} track, pair by pair</a></p>')
    return "<h2>Networks</h2>" + "".join(parts) if parts else ""


def _atmosphere(journal: Journal, given) -> str:
    parts = []
    for name in given.folders:
        rows = [[day, f"{1000 * before:.1f}", f"{1000 * after:.1f}", "yes" if applied else "no", note]
                for day, before, after, applied, note in journal.find(f"{name}_troposphere").facts["dates"]]
        parts.append(f"<h2>Atmosphere of the {escape(name)} track</h2><details open><summary>{len(rows)} dates: spread on "
                     "still ground (robust standard deviation), at places that were left out of the fit</summary>"
                     + report._table(("Date", "Before, mm", "After, mm", "Taken off", ""), rows) + "</details>")
    return "".join(parts)


def _conventions(journal: Journal, given) -> str:
    rows = []
    names = [(f"{name}/series/velocity.tif", f"{name} track") for name in given.folders]
    for file, words in [*names, *([("velocity.tif", "East and up")] if len(given.folders) == 2 else [])]:
        with open_raster(journal.path(file)) as raster:
            items = raster.metadata
        rows.append([words, items.get("TM_UNIT", ""), items.get("TM_SIGN", ""), items.get("TM_REFERENCE", ""),
                     items.get("TM_NORTH", "")])
    return "<h2>Units, signs, reference</h2>" + report._table(("", "Unit", "Sign", "Held still", "North"), rows)
