"""Histories as a table and as a picture, with everything needed to understand them away from the dock."""
import csv
from dataclasses import replace
from pathlib import Path
from typing import List, Optional

import numpy as np

from ...engine.core.files import replacing
from ..words import tr
from . import model, plot
from .components import RATES, component_values, spread_of
from .curves import curves, station_curves

_PICTURE_INCHES = (8.0, 4.5)
_PICTURE_DPI = 200
_BESIDE = ("sigma_", "spread_")  # columns beside a component's value


def write_csv(path, state: model.State) -> Path:
    """One line per point and date, every component with its sigma in metres; the header lines begin with #."""
    target = Path(path)
    parts = _components(state)
    with replacing(target) as temporary:
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            for line in _header(state, parts):
                file.write(f"# {line}\n")
            table = csv.writer(file)
            table.writerow(["point", "x", "y", "date", "days",
                            *[f"{prefix}{name}_m" for name in parts for prefix in ("", *_BESIDE)], "missing_because"])
            for point in sorted(state.points, key=lambda p: p.number):
                table.writerows(_rows(state, point, parts))
    return target


def write_picture(path, state: model.State) -> Path:
    """The plot as PNG, SVG or PDF (by the name's ending), black on white at print size."""
    from matplotlib import rc_context
    figure, axes = plot.new_figure(*_PICTURE_INCHES, dpi=_PICTURE_DPI)
    drawn = curves(state, tr)
    plot.draw_histories(axes, drawn, model.axis_label(state, tr), plot.PAPER, plot.options_of(
        replace(state, marked=None, pair=None), station_curves(state, drawn)))
    with rc_context({"svg.fonttype": "none"}):  # text stays text
        figure.savefig(str(path))
    return Path(path)


def _components(state: model.State) -> List[str]:
    return [name for name in model.COMPONENTS if name in state.available and name not in RATES]


def _header(state: model.State, parts: List[str]) -> List[str]:
    reference = state.reference
    lines = [f"series: {state.series}", "unit: m since the first date; sigma: 1 standard deviation, m",
             f"coordinates: {state.crs or 'not known'}, centre of the pixel",
             f"held still: {state.held_still or 'not stated'}"]
    lines += [f"sign of {name}: {model.COMPONENTS[name][2]}" for name in parts]
    if reference and reference.history:
        what = "mean motion of the area around" if reference.area else "motion at"
        lines.append(f"relative to the {what} x {reference.history.x:.10g}, y {reference.history.y:.10g}")
    lines += [f"point {p.number} is the mean of {p.pixels} pixels; spread: standard deviation between them"
              for p in state.points if p.area]
    for curve in curves(replace(state, residuals=False)):
        if curve.fit is not None:
            found = "; ".join(f"{p.name} {p.value:.6g} ± {p.sigma:.2g} {p.unit}" for p in curve.fit.parameters)
            changed = f"; changes on {curve.fit.change}" if curve.fit.change else ""
            lines.append(f"model of point {curve.point.number}, {state.component}: {found}; rmse {curve.fit.rmse:.4g} m"
                         + changed)
    return lines


def _rows(state: model.State, point: model.Point, parts: List[str]):
    history = point.history
    if history is None or not history.measured:
        yield [point.number, f"{point.x:.10g}", f"{point.y:.10g}", "", "", *[""] * ((1 + len(_BESIDE)) * len(parts)),
               point.note or "not read yet"]
        return
    reference = state.reference.history if state.reference else None
    columns = []
    for name in parts:
        columns += [*component_values(history, name, reference), spread_of(history, name, point.spread)]
    for number, day in enumerate(history.dates):
        yield [point.number, f"{history.x:.10g}", f"{history.y:.10g}", day.isoformat(), (day - history.dates[0]).days,
               *[_text(column, number) for column in columns], ""]


def _text(column: Optional[np.ndarray], number: int) -> str:
    """Empty where there is no data or no sigma: never 0, never NaN."""
    if column is None or not np.isfinite(column[number]):
        return ""
    return f"{column[number]:.4f}"
