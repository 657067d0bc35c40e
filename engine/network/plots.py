"""The plot of a network as a file: HTML with drawings inside, or PNG."""
from pathlib import Path

from ..io import plot_file
from . import plot_data as data
from .pairing import NetworkResult
from .plot_data import PlotData

_INK, _SOFT, _LINE = "#1c2430", "#5d6775", "#d9dee5"


def write_plot(result: NetworkResult, path) -> Path:
    """Write baseline plot, chord diagram and table of the parts to .html or .png; returns the path.

    Raises InputError for another ending or a folder that cannot be written.
    """
    def page() -> str:
        from . import plot_html
        return plot_html.page(result)

    return plot_file.write_plot(path, lambda: figure(result), page)


def figure(result: NetworkResult):
    """A Matplotlib figure on its own canvas, so that no state is shared with other plots of the program."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    drawn = data.plot_data(result)
    image = Figure(figsize=(12.0, 5.2), facecolor="white")
    FigureCanvasAgg(image)
    image.text(0.03, 0.94, "Pair network", fontsize=15, fontweight="bold", color=_INK, va="center")
    image.text(0.03, 0.885, data.headline(result), fontsize=11, color=_SOFT, va="center")
    draw_arcs(image.add_axes((0.06, 0.16, 0.57, 0.64)), drawn)
    draw_chords(image.add_axes((0.66, 0.10, 0.32, 0.76)), drawn)
    numbers = [fact for fact in data.facts(result) if fact[0] not in ("Pairs", "Dates", "Baselines")]
    image.text(0.03, 0.035, "     ".join(f"{name}: {value}" for name, value in numbers), fontsize=9, color=_SOFT,
               va="center")
    return image


def draw_arcs(axes, drawn: PlotData) -> None:
    """Baseline plot on Matplotlib axes: each pair a half ellipse as high as its baseline in days."""
    from matplotlib.dates import date2num
    from matplotlib.patches import Arc
    top, step = data.nice_ceiling(max(link.days for link in drawn.links))
    first, last = (date2num(day) for day in drawn.span)
    margin = 0.03 * (last - first)
    for link in drawn.links:
        x1, x2 = date2num(link.first.day), date2num(link.second.day)
        axes.add_patch(Arc(((x1 + x2) / 2, 0), x2 - x1, 2 * link.days, theta1=0, theta2=180,
                           **_look(link, len(drawn.links))))
    for node in drawn.nodes:
        _dot(axes, node, date2num(node.day), 0.0)
    if drawn.split:
        axes.axvline(date2num(drawn.split), color=data.SPLIT, lw=1, ls=":")
    ticks = data.time_ticks(*drawn.span)
    axes.set_xticks([date2num(day) for day, _ in ticks])
    axes.set_xticklabels([label for _, label in ticks])
    axes.set_xlim(first - margin, last + margin)
    axes.set_ylim(-0.03 * top, top)
    axes.set_yticks([step * index for index in range(round(top / step) + 1)])
    axes.set_ylabel("Temporal baseline (days)", color=_SOFT)
    axes.grid(axis="y", color=_LINE, lw=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_SOFT, length=3)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_SOFT)


def draw_chords(axes, drawn: PlotData) -> None:
    """Chord diagram on Matplotlib axes: dates on a circle, clockwise from the top."""
    from matplotlib.patches import Circle, PathPatch
    from matplotlib.path import Path as Curve
    axes.add_patch(Circle((0, 0), 1.0, fill=False, color=_LINE, lw=1))
    for link in drawn.links:
        start, end = data.on_circle(link.first.angle), data.on_circle(link.second.angle)
        pull = data.control_point(link.first.angle, link.second.angle)
        axes.add_patch(PathPatch(Curve([start, pull, end], [Curve.MOVETO, Curve.CURVE3, Curve.CURVE3]), fill=False,
                                 **_look(link, len(drawn.links))))
    for node in drawn.nodes:
        _dot(axes, node, *data.on_circle(node.angle))
    for day, label in data.time_ticks(*drawn.span):
        angle = drawn.angle(day)
        (x1, y1), (x2, y2), (x, y) = (data.on_circle(angle, radius) for radius in (1.05, 1.09, 1.13))
        axes.plot((x1, x2), (y1, y2), color=_SOFT, lw=1)
        side = "center" if abs(x) < 0.3 and y < 0 else "left" if x > 0 else "right"
        axes.text(x, y, label, ha=side, va="top" if side == "center" else "center",
                  fontsize=9, color=_SOFT)
    axes.set_xlim(-1.75, 1.75)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _look(link: data.Link, count: int) -> dict:
    if link.bridge:
        return {"color": data.colour(link.first.part), "ls": "--", "lw": 2.0}
    return {"color": data.colour(link.first.part), "alpha": data.opacity(count), "lw": 1.2}


def _dot(axes, node: data.Node, x: float, y: float) -> None:
    if node.part < 0:
        axes.plot([x], [y], "o", ms=6, mfc="white", mec=data.ISOLATED, mew=1.5, clip_on=False, zorder=4)
    else:
        axes.plot([x], [y], "o", ms=4.5 + min(3.5, node.pairs / 10), mfc=data.colour(node.part), mec="white",
                  mew=0.8, clip_on=False, zorder=4)
