"""What the time-series dock shows: points, their histories, and the component drawn. No Qt here.

Raw histories are kept and every curve is made afresh from them, so that changing the reference point or the
component never piles up.
"""
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from ...engine.io.series import History

EAST, NORTH, HORIZONTAL, ALONG, LOS = "east", "north", "horizontal", "along", "los"
#: Component -> (name in the list, label of the axis without unit, sign in words). Labels fit a low plot.
COMPONENTS = {
    ALONG: ("Along the motion", "Along the motion", "positive in the direction of the mean velocity"),
    EAST: ("East", "East displacement", "positive east"),
    NORTH: ("North", "North displacement", "positive north"),
    HORIZONTAL: ("Horizontal magnitude", "Horizontal magnitude", "length of the vector, never negative"),
    LOS: ("Line of sight", "Toward the satellite", "positive toward the satellite"),
}
_SURE = 2.0  # sigmas; a slower motion has no direction worth telling
#: Okabe and Ito's colour-blind safe colours, the blue brighter so that it shows on dark ground, too; the symbols
#: change when they are used up.
COLOURS = ("#1f86cc", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
SYMBOLS = ("o", "s", "^", "D")
MOST_POINTS = len(COLOURS) * len(SYMBOLS)
STATE_VERSION = 1
MINUS = "\u2212"


@dataclass(frozen=True)
class Point:
    """A place on the map. x, y: in `crs` (as clicked). number: from 1, shown on the map and in the legend.

    history: None until it was read, and where the place has none. note: why it has none, in words.
    """
    number: int
    x: float
    y: float
    crs: str
    history: Optional[History] = None
    note: str = ""

    @property
    def colour(self) -> str:
        return COLOURS[(self.number - 1) % len(COLOURS)]

    @property
    def symbol(self) -> str:
        return SYMBOLS[(self.number - 1) // len(COLOURS) % len(SYMBOLS)]


@dataclass(frozen=True)
class State:
    """Everything the dock shows. reference: the point whose motion is taken away from all others."""
    series: str = ""
    available: Tuple[str, ...] = ()
    held_still: str = ""
    crs: str = ""
    component: str = ""
    points: Tuple[Point, ...] = ()
    reference: Optional[Point] = None
    hover: Optional[Point] = None
    errors: bool = True
    grid: bool = True
    message: str = ""


@dataclass(frozen=True)
class Curve:
    """One history as it is drawn. values, sigmas: (dates,), m, NaN = no data; sigmas None where not known."""
    point: Point
    dates: Tuple[date, ...]
    values: np.ndarray
    sigmas: Optional[np.ndarray]
    label: str


class Store:
    """Holds the state and tells its listeners when it has changed."""

    def __init__(self):
        self.state = State()
        self._listeners: List[Callable[[State], None]] = []

    def listen(self, listener: Callable[[State], None]) -> None:
        self._listeners.append(listener)

    def update(self, **changes: Any) -> None:
        new = replace(self.state, **changes)
        if new == self.state:
            return
        self.state = new
        for listener in self._listeners:
            listener(new)

    def add_point(self, x: float, y: float, crs: str) -> Optional[Point]:
        """A new point with the lowest free number; None where there are as many as can be told apart."""
        taken = {point.number for point in self.state.points}
        number = next((n for n in range(1, MOST_POINTS + 1) if n not in taken), None)
        if number is None:
            self.update(message=f"There are {MOST_POINTS} points already. Clear some first.")
            return None
        point = Point(number, x, y, crs)
        self.update(points=(*self.state.points, point), message="")
        return point

    def remove_point(self, number: int) -> None:
        self.update(points=tuple(point for point in self.state.points if point.number != number))

    def answer(self, number: int, history: Optional[History], note: str = "") -> None:
        """Put what was read into its point; points that are gone by now are left alone."""
        self.update(points=tuple(replace(point, history=history, note=note) if point.number == number else point
                                 for point in self.state.points))


def components_of(kind_components: Tuple[str, ...]) -> Tuple[str, ...]:
    """What can be drawn of a series that has these components, the most telling first."""
    if EAST in kind_components and NORTH in kind_components:
        return (ALONG, EAST, NORTH, HORIZONTAL)
    return tuple(name for name in kind_components if name in COMPONENTS)


def component_values(history: History, component: str, reference: Optional[History] = None):
    """(values, sigmas) of a component, m since the first date; sigmas None where nothing is known of them.

    The reference's motion is taken away per component before magnitudes or projections are made. Variances add:
    the errors of the two places are taken as independent, which overstates them for near places.
    """
    parts = {name: _relative(history, reference, name) for name in history.values}
    if component in parts:
        return parts[component]
    (east, sigma_east), (north, sigma_north) = parts[EAST], parts[NORTH]
    if component == HORIZONTAL:
        length = np.hypot(east, north)
        # at zero length every direction is equally likely
        unit_east = np.divide(east, length, out=np.full_like(length, np.sqrt(.5)), where=length > 0)
        unit_north = np.divide(north, length, out=np.full_like(length, np.sqrt(.5)), where=length > 0)
        values = length
    else:
        unit_east, unit_north = motion_direction(history)
        values = unit_east * east + unit_north * north
    if sigma_east is None or sigma_north is None:
        return values, None
    return values, np.hypot(unit_east * sigma_east, unit_north * sigma_north)


def motion_direction(history: History) -> Tuple[float, float]:
    """Unit vector (east, north) of the mean velocity; of the last displacement where no velocity is known."""
    east, north = history.velocity.get("velocity_east", np.nan), history.velocity.get("velocity_north", np.nan)
    if not np.isfinite(east + north):
        both = np.isfinite(history.values[EAST] + history.values[NORTH])
        last = np.flatnonzero(both)[-1] if both.any() else 0
        east, north = float(history.values[EAST][last]), float(history.values[NORTH][last])
    length = float(np.hypot(east, north))
    return (east / length, north / length) if length > 0 else (1.0, 0.0)


def azimuth(history: History) -> float:
    """Direction of the mean motion, degrees clockwise from north."""
    east, north = motion_direction(history)
    return float(np.degrees(np.arctan2(east, north)) % 360)


def curve(state: State, point: Point) -> Optional[Curve]:
    """The curve of a point, None where it has no history (yet) or the reference has none."""
    history = point.history
    reference = state.reference.history if state.reference else None
    if state.reference and (reference is None or not reference.measured):
        return None  # a curve that is not relative to anything would be taken for one that is
    if history is None or not history.measured or state.component not in components_of(tuple(history.values)):
        return None
    values, sigmas = component_values(history, state.component, reference)
    if not np.isfinite(values).any():
        return None
    return Curve(point, history.dates, values, sigmas, _label(point, history, state))


def curves(state: State) -> List[Curve]:
    """All curves in the order of their numbers; the one under the mouse last."""
    points = [*sorted(state.points, key=lambda point: point.number), *([state.hover] if state.hover else [])]
    return [made for made in (curve(state, point) for point in points) if made]


def drawn_of(state: State) -> Tuple:
    """All that curves depend on: equal before and after a change that the plot does not show."""
    points = (*state.points, *([state.hover] if state.hover else []))
    return (tuple((point.number, point.history) for point in points if point.history),
            state.reference.history if state.reference else None, bool(state.reference), state.component,
            state.errors, state.grid)


def notes(state: State) -> List[str]:
    """What the reader should know about points without a curve, or with a part of one."""
    found = [state.message] if state.message else []
    if state.reference and state.reference.note:
        found.append(f"Reference point R: no value here: {state.reference.note}.")
    elif state.reference:
        found.append("Relative to the motion of the reference point R.")
    for point in state.points:
        if point.note:
            found.append(f"Point {point.number}: no value here: {point.note}.")
        elif point.history is not None:
            found += _gaps(point)
    return found


def axis_label(state: State) -> str:
    label = COMPONENTS[state.component][1] if state.component else "Displacement"
    return f"{label} (m)"


def to_text(state: State) -> str:
    """What a project keeps: places and choices, not values."""
    return json.dumps({
        "version": STATE_VERSION, "series": state.series, "component": state.component, "errors": state.errors,
        "grid": state.grid, "reference": _place(state.reference) if state.reference else None,
        "points": [{"number": point.number, **_place(point)} for point in state.points]})


def from_text(text: str) -> Optional[Dict[str, Any]]:
    """Changes for `Store.update` from a project's text; None where it can't be understood."""
    try:
        data = json.loads(text)
        reference = data.get("reference")
        return {"series": str(data["series"]), "component": str(data["component"]),
                "errors": bool(data["errors"]), "grid": bool(data["grid"]),
                "reference": Point(0, float(reference["x"]), float(reference["y"]), reference["crs"])
                if reference else None,
                "points": tuple(Point(int(p["number"]), float(p["x"]), float(p["y"]), str(p["crs"]))
                                for p in data["points"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _place(point: Point) -> Dict[str, Any]:
    return {"x": point.x, "y": point.y, "crs": point.crs}


def _relative(history: History, reference: Optional[History], name: str):
    values, sigmas = history.values[name].astype(np.float64), _sigma(history, name)
    if reference is None:
        return values, sigmas
    other = _sigma(reference, name)
    values = values - reference.values[name]
    return values, None if sigmas is None or other is None else np.hypot(sigmas, other)


def _sigma(history: History, name: str) -> Optional[np.ndarray]:
    """Standard deviation per date; where the series has none, its RMSE stands for all dates but the first."""
    if name in history.sigmas:
        return history.sigmas[name].astype(np.float64)
    rmse = history.quality.get(f"rmse_{name}", np.nan)
    if not np.isfinite(rmse):
        return None
    return np.where(np.arange(len(history.dates)) == 0, 0.0, rmse)


def _label(point: Point, history: History, state: State) -> str:
    """Number, mean velocity and, for projections, its direction. The velocity is not relative to the reference."""
    name = str(point.number) if point.number else "under the mouse"
    if state.reference:
        return name
    rate, sigma = _velocity(history, state.component)
    if not np.isfinite(rate):
        return name
    toward = ""
    if state.component == ALONG and rate > 0 and not rate < _SURE * sigma:
        toward = f" toward {azimuth(history):03.0f}°"
    return f"{name}: {_rounded(rate, sigma)} m/yr{toward}"


def _rounded(value: float, sigma: float) -> str:
    """A value with its sigma of two significant digits; with three digits of its own where there is none."""
    if not np.isfinite(sigma) or sigma <= 0:
        return f"{value:.3g}".replace("-", MINUS)
    decimals = max(0, 1 - int(np.floor(np.log10(sigma))))
    return f"{value:.{decimals}f} ± {sigma:.{decimals}f}".replace("-", MINUS)


def _velocity(history: History, component: str) -> Tuple[float, float]:
    """(velocity, sigma) of a component, m/yr; NaN where not known."""
    bands = history.velocity
    if component not in (ALONG, HORIZONTAL):
        return bands.get(f"velocity_{component}", np.nan), bands.get(f"sigma_{component}", np.nan)
    east, north = motion_direction(history)
    rate = float(np.hypot(bands.get("velocity_east", np.nan), bands.get("velocity_north", np.nan)))
    return rate, float(np.hypot(east * bands.get("sigma_east", np.nan), north * bands.get("sigma_north", np.nan)))


def _gaps(point: Point) -> List[str]:
    history = point.history
    seen = np.logical_or.reduce([np.isfinite(values) for values in history.values.values()])
    if seen.all() or not seen.any():
        return []
    first = history.dates[int(np.argmax(seen))]
    late = f", the first on {first.isoformat()}" if not seen[0] else ""
    return [f"Point {point.number}: {int(seen.sum())} of {seen.size} dates have a value{late}."]
