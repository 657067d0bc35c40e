"""Drawing histories: (axes, data) -> artists. Nothing here knows a widget; Matplotlib is imported when first used."""
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Optional, Sequence, Tuple

import numpy as np

from .curves import Curve, StationCurve
from .model import HOVER, State

_HOVER_COLOUR = "#888888"
_MARK_COLOUR = "#e07b00"
_MARGINS_INCHES = {"left": 0.82, "right": 0.12, "top": 0.14, "bottom": 0.42}
_LABEL_INCHES = (0.27, 0.33)  # of a horizontal and a vertical label, from the edge


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


@dataclass(frozen=True)
class Options:
    """What is drawn beside the curves. scale: display units per unit of the values. hint: shown in the middle where
    there is nothing to draw. marked: the day that the map shows. pair: two days and the number of the curve on which
    their pair is shown. lines: False draws the values without a line between them, as residuals are."""
    errors: bool = True
    grid: bool = True
    scale: float = 1.0
    hint: str = ""
    stations: Sequence[StationCurve] = ()
    marked: Optional[date] = None
    pair: Optional[Tuple[date, date]] = None
    lines: bool = True


def options_of(state: State, stations: Sequence[StationCurve] = (), hint: str = "") -> Options:
    """What a state of the dock draws beside its curves."""
    return Options(state.errors, state.grid, state.scale, hint, tuple(stations), state.marked, state.pair,
                   not (state.residuals and state.fit is not None))


def draw_histories(axes, curves: Sequence[Curve], label: str, look: Look = PAPER, options: Options = Options()) -> None:
    """Draw curves with error bars of 1 sigma over time, in place of what was drawn before.

    label: of the vertical axis, with its unit.
    """
    remove_drawn(axes)
    dress(axes, look, options.grid and bool(curves))
    axes.set_ylabel(label if curves else "")
    axes.tick_params(**{side: bool(curves) for side in ("left", "bottom", "labelleft", "labelbottom")})
    if not curves:
        axes.text(0.5, 0.5, options.hint, transform=axes.transAxes, ha="center", va="center", color=look.text,
                  fontsize=look.size, fontfamily=known_family(look.family))
        return
    axes.axhline(0.0, color=look.text, linewidth=0.6, alpha=0.5, zorder=1)
    for station in options.stations:
        _draw_station(axes, station, options)
    for curve in curves:
        _draw(axes, curve, options)
    _limits(axes, curves)
    _mark(axes, curves, options)
    _legend(axes, curves, look)


def remove_drawn(axes) -> None:
    """Take the data off the axes: clearing them would make ticks and spines anew, for three times the cost."""
    axes.containers.clear()  # only lists what is removed next
    for artist in [*axes.lines, *axes.collections, *axes.texts, *axes.patches]:
        artist.remove()
    if axes.get_legend() is not None:
        axes.get_legend().remove()
    axes.relim()
    axes.autoscale(True)


def dress(axes, look: Look, grid: bool) -> None:
    """Colours and type of the axes."""
    family = known_family(look.family)
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
def known_family(family: str) -> str:
    """The family if Matplotlib has its file, else Matplotlib's own: it would complain with every text it draws."""
    from matplotlib.font_manager import fontManager
    return family if any(font.name == family for font in fontManager.ttflist) else "DejaVu Sans"


def fit_margins(figure, bottom: float = _MARGINS_INCHES["bottom"]) -> None:
    """Margins of constant width whatever the size of the plot: a layout engine would cost 50 ms per click."""
    width, height = figure.get_size_inches()
    margins = {**_MARGINS_INCHES, "bottom": bottom}
    if width > 2 * margins["left"] and height > 2 * margins["bottom"]:
        figure.subplots_adjust(margins["left"] / width, margins["bottom"] / height, 1 - margins["right"] / width,
                               1 - margins["top"] / height)
        # labels with a place of their own: to find one beside the ticks costs a third of every drawing
        middle = 0.5 * (1 + (margins["left"] - margins["right"]) / width), 0.5 * (1 + (bottom - margins["top"]) / height)
        for axes in figure.axes:
            axes.yaxis.set_label_coords(_LABEL_INCHES[1] / width, middle[1], figure.transFigure)
            axes.xaxis.set_label_coords(middle[0], _LABEL_INCHES[0] / height, figure.transFigure)


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


def _draw(axes, curve: Curve, options: Options) -> None:
    hovering = curve.point.number == HOVER
    colour = _HOVER_COLOUR if hovering else curve.point.colour
    days = np.asarray(curve.dates, "datetime64[D]")
    known, scale = np.isfinite(curve.values), options.scale
    bars = None
    if options.errors and curve.sigmas is not None and curve.spread is None:
        bars = scale * np.where(np.isfinite(curve.sigmas), curve.sigmas, 0.0)[known]
    modelled = curve.fit is not None and options.lines
    line = "none" if not options.lines or modelled else "--" if hovering else "-"
    axes.errorbar(days[known], scale * curve.values[known], yerr=bars, color=colour, label=curve.label, linestyle=line,
                  linewidth=1.3, marker=curve.point.symbol, markersize=4.5, elinewidth=1.2, alpha=0.9,
                  zorder=2 if hovering else 3)
    if curve.spread is not None:
        low, high = (scale * (curve.values + sign * np.nan_to_num(curve.spread))[known] for sign in (-1, 1))
        axes.fill_between(days[known], low, high, color=colour, alpha=0.18, linewidth=0, zorder=1.5)
    if modelled:
        axes.plot(np.asarray(curve.fit.dates, "datetime64[D]"), scale * curve.fit.values, color=colour, linewidth=1.6,
                  alpha=0.75, zorder=2.5, scalex=False, scaley=False)


def _draw_station(axes, station: StationCurve, options: Options) -> None:
    days = np.asarray(station.dates, "datetime64[D]")
    known = np.isfinite(station.values)
    axes.plot(days[known], options.scale * station.values[known], color=station.colour, linestyle="none", marker=".",
              markersize=3.5, alpha=0.6, zorder=1.8, label=station.name)


def _mark(axes, curves: Sequence[Curve], options: Options) -> None:
    """The day that the map shows, and the two days of a pair with the difference that the series has between them."""
    if options.marked is not None:
        axes.axvline(np.datetime64(options.marked), color=_MARK_COLOUR, linewidth=1.2, alpha=0.9, zorder=1.2)
    if options.pair is not None:
        first, last = (np.datetime64(day) for day in options.pair)
        axes.axvspan(min(first, last), max(first, last), color=_MARK_COLOUR, alpha=0.13, linewidth=0, zorder=0.5)


def _legend(axes, curves: Sequence[Curve], look: Look) -> None:
    """In the corner that the curves leave free at their beginning."""
    low, high = axes.get_ylim()
    begin = np.concatenate([curve.values[:max(1, len(curve.values) // 3)] for curve in curves])
    begin = begin[np.isfinite(begin)]
    falling = begin.size > 0 and float(np.mean(begin)) > 0.5 * (low + high)
    axes.legend(loc="lower left" if falling else "upper left", frameon=True, framealpha=0.8, facecolor=look.base,
                prop={"family": known_family(look.family), "size": look.size * 0.95}, edgecolor=look.faint,
                labelcolor=look.text, borderpad=0.5, handlelength=1.6)


def _limits(axes, curves: Sequence[Curve]) -> None:
    first, last = min(c.dates[0] for c in curves), max(c.dates[-1] for c in curves)
    margin = np.timedelta64(max(1, round(0.03 * (last - first).days)), "D")
    axes.set_xlim(np.datetime64(first) - margin, np.datetime64(last) + margin)
