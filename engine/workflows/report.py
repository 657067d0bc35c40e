"""The report of a service: one HTML page with everything in it, for people who were not there."""
import platform
from datetime import date
from html import escape
from pathlib import Path
from typing import List, Sequence

from ..core.files import write_text
from ..core.history import VERSION
from ..core.units import SIGN_EAST_NORTH
from ..io.manifests import read_series, read_stack
from ..io.raster import open_raster
from ..network.pairing import NetworkResult
from . import figures
from .journal import Journal, Step
from .stages import CORRECTED, FILTERED, NETWORK, Given

NAME = "report.html"
_PACKAGES = ("numpy", "scipy", "numba", "pywt", "matplotlib")
_STYLE = """
:root { color-scheme: light; --ink: #1c2430; --soft: #5d6775; --line: #d9dee5; --card: #f6f8fa; }
body { margin: 0 auto; padding: 28px 24px 48px; max-width: 1080px; background: #fff; color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 34px 0 8px; }
.lead { color: var(--soft); margin: 0 0 18px; } img, svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 600; }
.changed td { background: #fff4e5; } details { margin: 6px 0; } summary { cursor: pointer; font-weight: 600; }
figcaption { color: var(--soft); font-size: 13px; } figure { margin: 12px 0; }
.warn { border-left: 4px solid #d55e00; background: var(--card); padding: 8px 14px; margin: 8px 0; }
"""


def write(journal: Journal, title: str, given: Given, network: NetworkResult, displacement: str = "",
          velocity: str = "", series: str = "") -> Path:
    """Write the report into the service's folder. displacement, velocity, series: what the service has made there."""
    journal.progress.part(0.98, 1.0).report(0.0, "writing the report")
    result = displacement or f"{series}/velocity.tif"
    parts = [_head(title, given, network, journal.path(result)), _warnings(journal, network),
             _maps(journal, displacement, velocity, series), _network(network, given),
             _steps(journal.steps), _precision(journal, given), _missing(journal, result),
             _failed(journal), _settings(journal.steps), _conventions(journal, result), _versions()]
    target = journal.path(NAME)
    journal.progress.check()
    return write_text(
        target, f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n")


def _head(title: str, given: Given, network: NetworkResult, result: Path) -> str:
    days = [scene.date for scene in given.scenes]
    with open_raster(result) as raster:
        grid = raster.grid
    size = f"{grid.width} × {grid.height} pixels of {grid.pixel_size:g} m"
    return (f'<h1>{escape(title)}</h1><p class="lead">{len(given.scenes)} scenes from {min(days)} to {max(days)}, '
            f"{len(network.pairs)} pairs, {size}, {escape(_system(grid.crs))}</p>")


def _system(crs: str) -> str:
    return crs if len(crs) < 20 else crs.split('"')[1] if '"' in crs else crs[:20]


def _warnings(journal: Journal, network: NetworkResult) -> str:
    found = []
    if len(network.components) > 1:
        found.append(f"The network has {len(network.components)} parts that no pair connects. Allow longer baselines.")
    failed = sum(len(step.facts.get("failed", [])) for step in journal.steps)
    if failed:
        found.append(f"{failed} pairs could not be treated; see below.")
    return "".join(f'<p class="warn">{escape(text)}</p>' for text in found)


def _maps(journal: Journal, displacement: str, velocity: str, series: str) -> str:
    if not figures.available():
        return '<p class="warn">The figures are missing: Matplotlib is not installed in the Python of QGIS.</p>'
    parts = ["<h2>Result</h2>"]
    if displacement:
        parts.append(_figure(figures.vectors(journal.path(displacement), ("east", "north"), "Displacement"),
                             "Motion of the ground, metres, positive east and north; grey: no value."))
        parts.append(_figure(figures.magnitudes(journal.path(displacement), (("sigma", "Sigma"),
                                                                            ("correlation", "Correlation"))),
                             "One standard deviation per component, and the mean correlation."))
    if series:
        folder = journal.path(series)
        parts.append(_figure(figures.magnitudes(folder / "velocity.tif", (("speed", "Speed"), (
            "sigma_east", "Sigma of east velocity"))), "Velocity of the time series and its standard deviation."))
        parts.append(_figure(figures.courses(folder), "Cumulative displacement of the places marked by percentiles of "
                             "the speed, since the first date, with one standard deviation."))
    if velocity:
        parts.append(_figure(figures.magnitudes(journal.path(velocity), (("speed", "Mean speed"), (
            "vector_coherence", "Vector coherence"))), "Mean velocity over all pairs; the coherence is 1 where all "
            "pairs move in one direction (Provost et al. 2022, eq. 1)."))
    return "".join(parts)


def _figure(content: str, caption: str) -> str:
    return f"<figure>{content}<figcaption>{escape(caption)}</figcaption></figure>" if content else ""


def _network(network: NetworkResult, given: Given) -> str:
    rows = [[scene.acquired.strftime("%Y-%m-%d %H:%M"), scene.mission, scene.level, scene.tile, scene.orbit,
             "" if scene.cloud is None else f"{scene.cloud:.0f} %", str(_pairs_of(network, scene.date)),
             Path(scene.path).name] for scene in sorted(given.scenes, key=lambda s: s.acquired)]
    drawn = figures.network(network) if figures.available() else ""
    return (f"<h2>Scenes and pairs</h2>{_figure(drawn, 'Each arc is a pair. Also in ' + NETWORK + '.')}"
            f"<details><summary>{len(rows)} scenes</summary>"
            + _table(("Acquired (UTC)", "Mission", "Level", "Tile", "Orbit", "Cloud", "Pairs", "Name"), rows)
            + "</details>")


def _pairs_of(network: NetworkResult, day: date) -> int:
    return sum(day in (pair.reference_date, pair.secondary_date) for pair in network.pairs)


def _steps(steps: Sequence[Step]) -> str:
    rows = [[step.title, f"{step.seconds:.0f} s" + (" (found finished)" if step.reused else ""), "\n".join(step.said)]
            for step in steps]
    return "<h2>What was done</h2>" + _table(("Step", "Time", "Outcome"), rows)


def _precision(journal: Journal, given: Given) -> str:
    if given.stable is None:
        return ('<h2>Precision</h2><p class="warn">No stable ground was given, so the precision is only known from the '
                "sigma of each pixel. Draw polygons on ground that does not move and run again: finished steps are "
                "kept.</p>")
    classes = journal.find("precision").facts["classes"]
    rows = [[f"{start} to {stop}", component, str(pairs), f"{shift:.3f}", f"{speed:.2f}", f"{share:.3f}"]
            for start, stop, component, pairs, shift, speed, share in classes]
    return ("<h2>Precision on stable ground</h2><p>Robust standard deviation (NMAD) of each pair on ground that holds "
            "still, median over the pairs (Provost et al. 2022, section 3.4).</p>"
            + _table(("Baseline, days", "Component", "Pairs", "Displacement, m", "Velocity, m/yr", "Share of a pixel"),
                     rows))


def _missing(journal: Journal, result: str) -> str:
    path = journal.path("series/quality.tif" if result.startswith("series") else result)
    rows = [[reason, f"{share:.1%}"] for reason, share in figures.reasons(path)]
    return "<h2>Pixels of the result</h2>" + _table(("Reason", "Share"), rows)


def _failed(journal: Journal) -> str:
    rows = [[step.title, *map(str, pair)] for step in journal.steps for pair in step.facts.get("failed", [])]
    return "<h2>Pairs that were left out</h2>" + _table(("Step", "Pair", "Reason"), rows) if rows else ""


def _settings(steps: Sequence[Step]) -> str:
    parts = ["<h2>Settings</h2><p>Coloured: different from the preset of the service.</p>"]
    for step in steps:
        rows, changed = [], []
        for label, (value, usual) in step.settings.items():
            rows.append([label, value, usual])
            changed.append(bool(usual) and value != usual)
        opened = " open" if any(changed) else ""
        parts.append(f"<details{opened}><summary>{escape(step.title)}</summary>"
                     + _table(("Setting", "Value", "Preset"), rows, changed) + "</details>")
    return "".join(parts)


def _conventions(journal: Journal, result: str) -> str:
    with open_raster(journal.path(result)) as raster:
        metadata, units = raster.metadata, dict(zip(raster.bands, raster.units))
    rows = [["Unit", metadata.get("TM_UNIT", "")], ["Sign", metadata.get("TM_SIGN", SIGN_EAST_NORTH)],
            ["From", metadata.get("TM_REFERENCE_DATE", "")], ["To", metadata.get("TM_SECONDARY_DATE", "")],
            ["Held still", metadata.get("TM_REFERENCE", "")],
            ["Bands", ", ".join(f"{name} [{unit}]" if unit not in ("", "1") else name for name, unit in units.items())],
            ["Year", "365.25 days"], ["Sigma", "one standard deviation"], ["Files", _files(journal)]]
    return "<h2>Units, signs, reference</h2>" + _table(("", ""), rows)


def _files(journal: Journal) -> str:
    lines: List[str] = []
    for name in (CORRECTED, FILTERED):
        if (journal.path(name) / "stack.json").exists():
            lines.append(f"{name}/stack.json: {len(read_stack(journal.path(name))[0].pairs)} pairs")
    if (journal.path("series") / "series.json").exists():
        lines.append(f"series/series.json: {len(read_series(journal.path('series'))[0].dates)} dates")
    return "\n".join(lines)


def _versions() -> str:
    rows = [["Terrain Motion", VERSION], ["Python", platform.python_version()], ["System", platform.platform()],
            *([name, _version(name)] for name in _PACKAGES), ["GDAL", _gdal()]]
    return "<h2>Software</h2>" + _table(("", ""), rows)


def _version(name: str) -> str:
    import importlib
    try:
        return str(getattr(importlib.import_module(name), "__version__", "unknown"))
    except ImportError:
        return "not installed"


def _gdal() -> str:
    from osgeo import gdal
    return gdal.VersionInfo("RELEASE_NAME")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], marked: Sequence[bool] = ()) -> str:
    """An HTML table; marked rows are coloured."""
    head = f"<tr>{''.join(f'<th>{escape(h)}</th>' for h in heads)}</tr>" if any(heads) else ""
    body = "".join(f"<tr{' class=changed' if number < len(marked) and marked[number] else ''}>"
                   + "".join(f"<td>{escape(str(cell)).replace(chr(10), '<br>')}</td>" for cell in row) + "</tr>"
                   for number, row in enumerate(rows))
    return f"<table>{head}{body}</table>"


