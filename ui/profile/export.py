"""A profile as a table and as a picture."""
import csv
from pathlib import Path

import numpy as np

from ...engine.core.files import replacing
from ..timeseries.plot import PAPER, fit_margins, new_figure
from ..words import tr
from . import model, plot

_PICTURE_INCHES, _PICTURE_DPI, _BOTTOM_INCHES = (8.0, 4.5), 200, 0.6


def write_csv(path, state: model.State) -> Path:
    """One line per place and layer: distance in m, position, every component's mean and spread, pixels."""
    target = Path(path)
    found, names = state.swath, sorted(state.swath.mean)
    with replacing(target) as temporary:
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            for line in _header(state):
                file.write(f"# {line}\n")
            table = csv.writer(file)
            table.writerow(["distance_m", "x", "y", "date", *[f"{kind}{name}" for name in names for kind in ("", "spread_")],
                            "pixels"])
            for layer in range(found.layers):
                day = state.dates[layer].isoformat() if len(state.dates) == found.layers else ""
                for bin_, distance in enumerate(found.distance * state.metres):
                    table.writerow([f"{distance:.6g}", *(f"{v:.10g}" for v in found.points[bin_]), day, *(
                        _text(values[name][layer, bin_]) for name in names for values in (found.mean, found.spread)),
                        int(found.count[layer, bin_])])
    return target


def write_picture(path, state: model.State) -> Path:
    """The plot as PNG, SVG or PDF (by the name's ending), black on white at print size."""
    from matplotlib import rc_context
    figure, axes = new_figure(*_PICTURE_INCHES, dpi=_PICTURE_DPI)
    fit_margins(figure, _BOTTOM_INCHES)
    plot.draw(axes, state, model.drawing(state), PAPER, tr=tr)
    with rc_context({"svg.fonttype": "none"}):
        figure.savefig(str(path))
    return Path(path)


def _header(state: model.State):
    yield f"source: {state.source}"
    yield f"unit: {state.unit or 'as in the file'}; along is positive from the first to the last point, across to its left"
    yield f"swath: {state.settings.width:g} m wide; spread: standard deviation between its pixels"
    drawn = model.drawing(state)
    if drawn is not None and drawn.fit is not None:
        fit = drawn.fit
        yield (f"fault at {fit.where:.6g} m: offset of {state.component} {fit.offset:.6g} ± {fit.sigma:.3g} {state.unit}, "
               f"slopes {fit.before[1]:.4g} and {fit.after[1]:.4g} {state.unit}/m, rmse {fit.rmse:.4g} {state.unit}")


def _text(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""
