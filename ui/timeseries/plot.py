"""Drawing histories: (axes, data) -> artists. Nothing here knows a widget; Matplotlib is imported when first used."""
from dataclasses import dataclass
from functools import lru_cache
from typing import Sequence

import numpy as np

from .model import Curve

_HOVER_COLOUR = "#888888"
_MARGINS_INCHES = {"left": 0.82, "right": 0.12, "top": 0.14, "bottom": 0.42}


@dataclass(frozen=True)
class Look:
    """Colours and type of the surroundings, as Matplotlib takes them. size: points."""
    background: str = "#ffffff"
    base: str = "#ffffff"
    text: str = "#000000"
    faint: str = "#d0d0d0"
    family: str = "sans-serif"
    size: float = 9.0


PAPER = Look()


def draw_histories(axes, curves: Sequence[Curve], label: str, look: Look = PAPER, errors: bool = True,
                   grid: bool = True, hint: str = "") -> None:
    """Draw curves with error bars of 1 sigma over time, in place of what was drawn before.

    label: of the vertical axis, with its unit. hint: shown in the middle where there is nothing to draw.
    """
    _remove_drawn(axes)
    dress(axes, look, grid and bool(curves))
    axes.set_ylabel(label if curves else "")
    axes.tick_params(**{side: bool(curves) for side in ("left", "bottom", "labelleft", "labelbottom")})
    if not curves:
        axes.text(0.5, 0.5, hint, transform=axes.transAxes, ha="center", va="center", color=look.text,
                  fontsize=look.size, fontfamily=_known_family(look.family))
        return
    axes.axhline(0.0, color=look.text, linewidth=0.6, alpha=0.5, zorder=1)
    for curve in curves:
        _draw(axes, curve, errors)
    _limits(axes, curves)
    _legend(axes, curves, look)


def _remove_drawn(axes) -> None:
    """Take the data off the axes: clearing them would make ticks and spines anew, for three times the cost."""
    axes.containers.clear()  # only lists what is removed next
    for artist in [*axes.lines, *axes.collections, *axes.texts]:
        artist.remove()
    if axes.get_legend() is not None:
        axes.get_legend().remove()
    axes.relim()
    axes.autoscale(True)


def dress(axes, look: Look, grid: bool) -> None:
    """Colours and type of the axes."""
    family = _known_family(look.family)
    axes.figure.set_facecolor(look.background)
    axes.set_facecolor(look.base)
    for spine in axes.spines.values():
        spine.set_color(look.faint)
    axes.tick_params(colors=look.text, labelsize=look.size * 0.95, direction="out", length=3.5, color=look.faint)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=look.text, fontsize=look.size, fontfamily=family)
        axis.get_offset_text().set(color=look.text, fontsize=look.size * 0.95, fontfamily=family)
        # further ticks are made in the image of the first
        axis.get_major_ticks(1)[0].label1.set_fontfamily(family)
    axes.grid(False)
    if grid:
        axes.grid(True, color=look.faint, linewidth=0.6, alpha=0.7)
    axes.set_axisbelow(True)


@lru_cache(maxsize=8)
def _known_family(family: str) -> str:
    """The family if Matplotlib has its file, else Matplotlib's own: it would complain with every text it draws."""
    from matplotlib.font_manager import fontManager
    return family if any(font.name == family for font in fontManager.ttflist) else "DejaVu Sans"


def fit_margins(figure) -> None:
    """Margins of constant width whatever the size of the plot: a layout engine would cost 50 ms per click."""
    width, height = figure.get_size_inches()
    margins = _MARGINS_INCHES
    if width > 2 * margins["left"] and height > 2 * margins["bottom"]:
        figure.subplots_adjust(margins["left"] / width, margins["bottom"] / height, 1 - margins["right"] / width,
                               1 - margins["top"] / height)


def new_figure(width: float, height: float, dpi: float):
    """A figure with one pair of axes; width, height in inches."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(width, height), dpi=dpi)
    axes = figure.add_subplot()
    _time_axis(axes)
    fit_margins(figure)
    return figure, axes


def _time_axis(axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    locator = AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _draw(axes, curve: Curve, errors: bool) -> None:
    hovering = curve.point.number == 0
    colour = _HOVER_COLOUR if hovering else curve.point.colour
    days = np.asarray(curve.dates, "datetime64[D]")
    known = np.isfinite(curve.values)
    bars = None
    if errors and curve.sigmas is not None:
        bars = np.where(np.isfinite(curve.sigmas), curve.sigmas, 0.0)[known]
    axes.errorbar(days[known], curve.values[known], yerr=bars, color=colour, label=curve.label,
                  linestyle="--" if hovering else "-", linewidth=1.3, marker=curve.point.symbol, markersize=4.5,
                  elinewidth=1.2, alpha=0.9, zorder=2 if hovering else 3)


def _legend(axes, curves: Sequence[Curve], look: Look) -> None:
    """In the corner that the curves leave free at their beginning."""
    low, high = axes.get_ylim()
    begin = np.concatenate([curve.values[:max(1, len(curve.values) // 3)] for curve in curves])
    begin = begin[np.isfinite(begin)]
    falling = begin.size > 0 and float(np.mean(begin)) > 0.5 * (low + high)
    axes.legend(loc="lower left" if falling else "upper left", frameon=True, framealpha=0.8, facecolor=look.base,
                prop={"family": _known_family(look.family), "size": look.size * 0.95}, edgecolor=look.faint,
                labelcolor=look.text, borderpad=0.5, handlelength=1.6)


def _limits(axes, curves: Sequence[Curve]) -> None:
    first, last = min(c.dates[0] for c in curves), max(c.dates[-1] for c in curves)
    margin = np.timedelta64(max(1, round(0.03 * (last - first).days)), "D")
    axes.set_xlim(np.datetime64(first) - margin, np.datetime64(last) + margin)
