"""The network of a selection as a picture: dates by time and perpendicular baseline, pairs coloured by coherence."""
import html
import io
import math
from datetime import date
from pathlib import Path
from typing import Dict, Optional, Sequence, Tuple

import numpy as np

from ..io import plot_file
from .selection import Chosen, SelectResult

_INK, _SOFT, _LINE, _DROPPED = "#1c2430", "#5d6775", "#d9dee5", "#9aa3ae"
_MAP = "viridis"  # even in brightness, for colour-blind readers


def write_plot(result: SelectResult, path) -> Path:
    """Write the plot to .html (drawing and table of pairs) or .png; returns the path."""
    return plot_file.write_plot(path, lambda: figure(result), lambda: _page(result))


def figure(result: SelectResult):
    """A Matplotlib figure on its own canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    image = Figure(figsize=(11.0, 5.4), facecolor="white")
    FigureCanvasAgg(image)
    axes = image.add_axes((0.08, 0.12, 0.80, 0.74))
    colours = draw(axes, result)
    image.text(0.08, 0.92, f"{len(result.kept)} of {len(result.pairs)} interferograms", fontsize=14, color=_INK)
    if colours is not None:
        image.colorbar(colours, cax=image.add_axes((0.90, 0.12, 0.02, 0.74))).set_label("Mean coherence", color=_SOFT)
    return image


def draw(axes, result: SelectResult):
    """Draw on Matplotlib axes; returns what a colour bar needs, None without any coherence. Pairs that are left out are
    thin and dashed, dates without a pair hollow and named."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
    position = positions(result.pairs)
    known = any(p.entry.perpendicular_baseline is not None for p in result.pairs)
    quality = [p.coherence for p in result.kept if p.coherence is not None]
    colours = ScalarMappable(Normalize(*_range(quality)), _MAP) if quality else None
    for pair in sorted(result.pairs, key=lambda p: (not p.reason, p.coherence or 0.0)):
        days = [pair.entry.reference, pair.entry.secondary]
        look = {"color": _DROPPED, "lw": 0.8, "ls": ":", "zorder": 1}
        if not pair.reason:
            shade = colours.to_rgba(pair.coherence) if colours is not None and pair.coherence is not None else _SOFT
            look = {"color": shade, "lw": 1.6, "zorder": 2}
        axes.plot([date2num(d) for d in days], [position[d] for d in days], **look)
    for day, height in position.items():
        alone = day in result.isolated
        axes.plot([date2num(day)], [height], "o", ms=7 if alone else 5, mfc="white" if alone else _INK, mec=_INK,
                  zorder=3)
        if alone:
            axes.annotate(day.isoformat(), (date2num(day), height), textcoords="offset points", xytext=(6, 6), fontsize=8)
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_ylabel("Perpendicular baseline (m)" if known else "Baselines are not known", color=_SOFT)
    axes.grid(color=_LINE, lw=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return colours


def _range(quality) -> Tuple[float, float]:
    """Limits of the colours: whole tenths, so that small differences look small."""
    low, high = math.floor(10 * min(quality)) / 10, math.ceil(10 * max(quality)) / 10
    return low, max(high, low + 0.1)


def positions(pairs: Sequence[Chosen]) -> Dict[date, float]:
    """Perpendicular baseline of each date, m, from those of the pairs by least squares, 0 in the mean.

    Where no baseline is known, dates alternate between a few levels, so that pairs are not drawn over each other.
    """
    dates = sorted({day for pair in pairs for day in (pair.entry.reference, pair.entry.secondary)})
    column = {day: number for number, day in enumerate(dates)}
    known = [p.entry for p in pairs if p.entry.perpendicular_baseline is not None]
    if not known:
        return {day: float(number % 4) for day, number in column.items()}
    design = np.zeros((len(known), len(dates)))
    for row, entry in enumerate(known):
        design[row, column[entry.secondary]], design[row, column[entry.reference]] = 1.0, -1.0
    values = np.linalg.lstsq(design, np.array([entry.perpendicular_baseline for entry in known]), rcond=None)[0]
    return {day: float(values[number]) for day, number in column.items()}


def _page(result: SelectResult) -> str:
    drawing = io.StringIO()
    figure(result).savefig(drawing, format="svg")
    svg = drawing.getvalue()
    rows = "".join(f"<tr><td>{p.entry.name}</td><td>{p.entry.days}</td><td>{_text(p.entry.perpendicular_baseline, 0)}</td>"
                   f"<td>{_text(p.coherence, 3)}</td><td>{p.reason or ('spanning tree' if p.tree else 'kept')}</td></tr>"
                   for p in result.pairs)
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in result.summary())
    return ("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Interferograms</title><style>"
            "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#1c2430}"
            "table{border-collapse:collapse;font-size:13px}td,th{border:1px solid #d9dee5;padding:.2em .6em}"
            f"svg{{max-width:100%;height:auto}}</style></head><body>{svg[svg.index('<svg'):]}{lines}<table><tr><th>Pair</th>"
            "<th>Days</th><th>Perpendicular baseline (m)</th><th>Mean coherence</th><th></th></tr>"
            f"{rows}</table></body></html>")


def _text(value: Optional[float], decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
