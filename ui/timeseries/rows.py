"""Lines of the tables beside the plot, as texts. No Qt here."""
from dataclasses import dataclass
from typing import Callable, List, Sequence, Tuple

import numpy as np

from .. import units
from . import curves as curve_records
from .curves import Curve, StationCurve, rounded
from .model import HOVER, State

_NAMES = {"offset": "Offset", "velocity": "Velocity", "acceleration": "Acceleration", "cubic": "Cubic term",
          "quartic": "Quartic term", "quintic": "Quintic term", "seasonal_sine": "Seasonal sine",
          "seasonal_cosine": "Seasonal cosine", "seasonal_amplitude": "Seasonal amplitude", "decay": "Decay",
          "velocity_change": "Change of velocity"}
_HIDDEN = ("offset", "seasonal_sine", "seasonal_cosine")  # of no interest beside the amplitude


@dataclass(frozen=True)
class Group:
    """The parameters of one curve: (name, value ± sigma, unit)."""
    title: str
    colour: str
    rows: Tuple[Tuple[str, str, str], ...]


def of_models(state: State, curves: Sequence[Curve], tr: Callable[[str], str]) -> List[Group]:
    """The fitted parameters of every curve."""
    found = []
    for curve in curves:
        if curve.point.number == HOVER or (curve.fit is None and not curve.problem):
            continue
        title = (tr("Area {number}") if curve.point.area else tr("Point {number}")).format(number=curve.point.number)
        if curve.problem:
            found.append(Group(title, curve.point.colour, ((curve.problem, "", ""),)))
            continue
        lines = [_parameter(p, state, tr) for p in curve.fit.parameters if p.name not in _HIDDEN]
        if curve.fit.change is not None:
            lines.append((tr("Changes on"), curve.fit.change.isoformat(), ""))
        elif state.fit.change:
            lines.append((tr("No change is sure enough"), "", ""))
        lines.append((tr("RMSE"), f"{curve.fit.rmse * units.LENGTHS[state.length]:.3g}", state.length))
        found.append(Group(title, curve.point.colour, tuple(lines)))
    return found


def parameter_name(name: str, state: State, tr: Callable[[str], str]) -> str:
    """A parameter in words; steps by their day."""
    if name.startswith("step_"):
        steps = state.fit.step_dates if state.fit else ()
        number = int(name[5:]) - 1
        return tr("Step {day}").format(day=steps[number].isoformat() if number < len(steps) else number + 1)
    return tr(_NAMES.get(name, name))


def _parameter(parameter, state: State, tr) -> Tuple[str, str, str]:
    scale, unit = units.converted(parameter.unit, state.length, state.rate)
    sure = "" if parameter.significant else " ?"
    return (parameter_name(parameter.name, state, tr) + sure, rounded(scale * parameter.value, scale * parameter.sigma),
            unit.replace("^2", "²").replace("^3", "³"))


def of_pair(pair, state: State, tr: Callable[[str], str]) -> List[str]:
    """Days, length of the residual and quality of a pair."""
    scale = units.LENGTHS[state.length]
    name = f"{pair.reference.isoformat()} – {pair.secondary.isoformat()}"
    off = f"{pair.misfit * scale:.3g} {state.length}" if np.isfinite(pair.misfit) else tr(pair.note or "no data")
    return [name, str(pair.days), off, f"{pair.quality:.2f}" if np.isfinite(pair.quality) else ""]


def pair_tip(pair, state: State, tr: Callable[[str], str]) -> str:
    """Everything about a pair."""
    scale = units.LENGTHS[state.length]
    lines = [pair.file]
    for name, value in pair.measured.items():
        if np.isfinite(value):
            lines.append(tr("{component}: measured {value}, off by {residual}").format(
                component=tr(name), value=f"{value * scale:.3g} {state.length}",
                residual=f"{pair.residual[name] * scale:.3g} {state.length}"))
    if np.isfinite(pair.sigma):
        lines.append(tr("sigma {value}").format(value=f"{pair.sigma * scale:.3g} {state.length}"))
    return "\n".join(lines)


def of_station(state: State, curves: Sequence[Curve], station: StationCurve, tr) -> List[List[str]]:
    """What a station says about every curve: (curve, standard deviation of the difference, dates)."""
    scale = units.LENGTHS[state.length]
    found = []
    for point, deviation, dates in curve_records.compare(curves, station):
        what = (tr("Area {number}") if point.area else tr("Point {number}")).format(number=point.number)
        found.append([what, f"{deviation * scale:.3g} {state.length}" if np.isfinite(deviation) else "", str(dates)])
    return found
