"""Drawing profiles: (axes, data) -> artists. Nothing here knows a widget."""
from typing import Optional

import numpy as np

from ..timeseries.plot import PAPER, Look, dress, known_family, remove_drawn
from . import model

_COLOUR, _FIT_COLOUR = "#1f86cc", "#d55e00"
_OTHERS = "viridis"


def draw(axes, state: model.State, drawn: Optional[model.Drawing], look: Look = PAPER, hint: str = "",
         tr=model.same) -> None:
    """Draw a profile, the offset over time, or the hint."""
    remove_drawn(axes)
    dress(axes, look, drawn is not None)
    axes.tick_params(**dict.fromkeys(("left", "bottom", "labelleft", "labelbottom"), drawn is not None))
    axes.set_xlabel("")
    axes.set_ylabel(model.axis_label(state, tr) if drawn is not None else "")
    if drawn is None:
        axes.text(0.5, 0.5, hint, transform=axes.transAxes, ha="center", va="center", color=look.text,
                  fontsize=look.size, fontfamily=known_family(look.family))
        return
    if drawn.offsets is not None:
        _over_time(axes, state, drawn, look, tr)
    else:
        _profile(axes, state, drawn, look, tr)
    axes.axhline(0.0, color=look.text, linewidth=0.6, alpha=0.5, zorder=1)
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        axes.legend(loc="best", framealpha=0.8, facecolor=look.base, edgecolor=look.faint, labelcolor=look.text,
                    prop={"family": known_family(look.family), "size": look.size * 0.95}, borderpad=0.5, handlelength=1.6)


def _profile(axes, state: model.State, drawn: model.Drawing, look: Look, tr) -> None:
    from matplotlib import colormaps
    from matplotlib.ticker import AutoLocator, ScalarFormatter
    axes.xaxis.set_major_locator(AutoLocator())
    axes.xaxis.set_major_formatter(ScalarFormatter())
    scale, (per, unit) = state.display[0], model.distance_unit(drawn.distance)
    x, values, spread = drawn.distance / per, scale * drawn.values, scale * np.nan_to_num(drawn.spread)
    axes.set_xlabel(f"{tr('Distance')} ({unit})")
    colours = colormaps[_OTHERS](np.linspace(0.0, 0.92, max(len(drawn.others), 1)))
    for number, (day, other) in enumerate(drawn.others):
        named = number in (0, len(drawn.others) // 2, len(drawn.others) - 1)
        axes.plot(x, scale * other, color=colours[number], linewidth=1.2, label=day.isoformat() if named else None)
    if not drawn.others:
        label = state.dates[state.layer].isoformat() if state.dates else tr("mean ± spread in the swath")
        axes.fill_between(x, values - spread, values + spread, color=_COLOUR, alpha=0.2, linewidth=0)
        axes.plot(x, values, color=_COLOUR, linewidth=1.5, marker="." if len(x) < 150 else "", label=label)
    if drawn.fit is not None:
        line, away = scale * drawn.fit.line(drawn.distance), drawn.distance - drawn.fit.where
        used = np.abs(away) <= (state.settings.reach or np.inf)
        for side in (used & (away < 0), used & (away >= 0)):
            axes.plot(x[side], line[side], color=_FIT_COLOUR, linewidth=1.8,
                      label=model.offset_text(state, drawn, tr) if away[side][0] < 0 else None)
        axes.axvline(drawn.fit.where / per, color=_FIT_COLOUR, linewidth=1.0, linestyle="--")
        if state.settings.zone:
            axes.axvspan(*((drawn.fit.where + s * state.settings.zone / 2) / per for s in (-1, 1)), color=_FIT_COLOUR,
                         alpha=0.12, linewidth=0)
    axes.set_xlim(0, x[-1] + x[0])


def _over_time(axes, state: model.State, drawn: model.Drawing, look: Look, tr) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    locator = AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    days, offsets, sigmas = drawn.offsets
    scale = state.display[0]
    axes.errorbar(np.asarray(days, "datetime64[D]"), scale * offsets, yerr=scale * sigmas, color=_COLOUR, marker="o",
                  markersize=4.5, linewidth=1.3, label=model.offset_text(state, drawn, tr))
    axes.set_ylabel(f"{tr('Offset')} ({state.display[1]})")
    axes.autoscale(True)
