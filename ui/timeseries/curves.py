"""Curves of the time-series dock, made from its state: values, error bars, fitted model, label. No Qt here."""
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Callable, List, Optional, Tuple

import numpy as np

from ...engine.core.errors import InputError
from ...engine.inversion.curve import CurveFit, fit_curve
from ...engine.inversion.settings import ModelSettings
from ...engine.io.histories import stations
from ...engine.io.series import History
from .. import units
from .components import (ALONG, EAST, NORTH, RATES, azimuth, component_values, components_of, motion_direction, rates,
                         spread_of, velocity_of)
from .model import HOVER, Point, State, same

_SURE = 2.0  # sigmas; a slower motion has no direction worth telling
MINUS = "\u2212"
_STATION_COLOURS = ("#9467bd", "#8c564b", "#17becf", "#bcbd22")
_KEPT_FITS = 128


@dataclass(frozen=True, eq=False)
class Curve:
    """One history as it is drawn. values, sigmas, spread: (dates,), m or m/yr, NaN = no data; None where not known.

    fit: the model through it, or why there is none in `problem`.
    """
    point: Point
    dates: Tuple[date, ...]
    values: np.ndarray
    sigmas: Optional[np.ndarray]
    label: str
    spread: Optional[np.ndarray] = None
    fit: Optional[CurveFit] = None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class StationCurve:
    """A station beside the curves. values, sigmas: (dates,) m since the first date of the series."""
    name: str
    colour: str
    dates: Tuple[date, ...]
    values: np.ndarray
    sigmas: Optional[np.ndarray]


def curve(state: State, point: Point, tr: Callable[[str], str] = same) -> Optional[Curve]:
    """The curve of a place, None where it has no history (yet) or the reference has none."""
    history = point.history
    reference = state.reference.history if state.reference else None
    if state.reference and (reference is None or not reference.measured):
        return None  # a curve that is not relative to anything would be taken for one that is
    if history is None or not history.measured or state.component not in components_of(tuple(history.values)):
        return None
    if state.component in RATES:
        made = Curve(point, *rates(history, state.component, reference), _label(point, history, state, tr))
    else:
        values, sigmas = component_values(history, state.component, reference)
        made = Curve(point, history.dates, values, sigmas, _label(point, history, state, tr),
                     spread_of(history, state.component, point.spread))
        made = _fitted(made, state, history, reference)
    return made if np.isfinite(made.values).any() else None


def curves(state: State, tr: Callable[[str], str] = same) -> List[Curve]:
    """All curves in the order of their numbers; the one under the mouse last."""
    points = [*sorted(state.points, key=lambda point: point.number), *([state.hover] if state.hover else [])]
    return [made for made in (curve(state, point, tr) for point in points) if made]


def station_curves(state: State, drawn: List[Curve]) -> List[StationCurve]:
    """The stations that have the component shown. Along the motion: in the direction of the first curve's place."""
    if not drawn or state.component in RATES:
        return []
    made = []
    for number, station in enumerate(state.loaded):
        found = _of_station(station, state.component, drawn[0].point.history, drawn[0].dates[0])
        if found is not None:
            made.append(StationCurve(station.name, _STATION_COLOURS[number % len(_STATION_COLOURS)], station.dates, *found))
    return made


def compare(drawn: List[Curve], station: StationCurve) -> List[Tuple[Point, float, int]]:
    """(place, standard deviation of its difference to a station in m, dates compared) for every curve."""
    return [(c.point, *stations.compare(station.dates, station.values, c.dates, c.values)) for c in drawn
            if c.point.number != HOVER]


def rounded(value: float, sigma: float) -> str:
    """A value with its sigma of two significant digits; with three digits of its own where there is none."""
    if not np.isfinite(sigma) or sigma <= 0:
        return f"{value:.3g}".replace("-", MINUS)
    decimals = max(0, 1 - int(np.floor(np.log10(sigma))))
    return f"{value:.{decimals}f} ± {sigma:.{decimals}f}".replace("-", MINUS)


def _fitted(made: Curve, state: State, history: History, reference: Optional[History]) -> Curve:
    if state.fit is None or made.point.number == HOVER:
        return made
    found = _fit(history, reference, state.component, state.fit)
    if isinstance(found, str):
        return replace(made, problem=found)
    if state.residuals:
        return replace(made, values=found.residuals, spread=None, fit=found)
    return replace(made, fit=found)


@lru_cache(maxsize=_KEPT_FITS)
def _fit(history: History, reference: Optional[History], component: str, settings: ModelSettings):
    """The fit, or why there is none. Histories are compared by identity and never change."""
    values, sigmas = component_values(history, component, reference)
    try:
        return fit_curve(history.dates, values, sigmas, settings)
    except InputError as error:
        return str(error)


def _of_station(station: Any, component: str, history: History, first: date):
    def one(name):
        return stations.relative(station, name, first), station.sigmas.get(name)
    if component in station.values:
        return one(component)
    if component != ALONG or not {EAST, NORTH} <= set(station.values):
        return None
    (east, sigma_east), (north, sigma_north) = one(EAST), one(NORTH)
    x, y = motion_direction(history)
    known = sigma_east is not None and sigma_north is not None
    return x * east + y * north, np.hypot(x * sigma_east, y * sigma_north) if known else None


def _label(point: Point, history: History, state: State, tr: Callable[[str], str]) -> str:
    """Number, mean velocity and, for projections, its direction. The velocity is not relative to the reference."""
    name = tr("under the mouse") if point.number == HOVER else str(point.number)
    if point.area:
        name = tr("{number}, mean of {pixels} pixels").format(number=name, pixels=point.pixels)
    if state.reference:
        return name
    rate, sigma = velocity_of(history, state.component)
    if not np.isfinite(rate):
        return name
    toward = ""
    if state.component == ALONG and rate > 0 and not rate < _SURE * sigma:
        toward = " " + tr("toward {azimuth}°").format(azimuth=f"{azimuth(history):03.0f}")
    scale = units.RATES[state.rate]
    return f"{name}: {rounded(scale * rate, scale * sigma)} {state.rate}{toward}"
