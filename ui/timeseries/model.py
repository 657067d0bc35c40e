"""What the time-series dock shows: places, their histories, models, stations, and the component drawn. No Qt here.

Raw histories are kept and every curve is made afresh from them, so that changing the reference, the component or the
model never piles up.
"""
import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from ...engine.core.errors import SettingsError
from ...engine.inversion.settings import ModelSettings
from ...engine.io.series import History
from .. import units
from ..store import StateStore
from .components import (ALONG, COMPONENTS, EAST, HORIZONTAL, LOS, NORTH, RATES, SPEED, UP, azimuth, component_values,
                         components_of, motion_direction)

__all__ = ["ALONG", "COMPONENTS", "EAST", "HORIZONTAL", "LOS", "NORTH", "SPEED", "UP", "azimuth", "component_values",
           "components_of", "motion_direction"]  # of components, for those who know the model only
#: Okabe and Ito's colour-blind safe colours, the blue brighter so that it shows on dark ground, too; the symbols
#: change when they are used up.
COLOURS = ("#1f86cc", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
SYMBOLS = ("o", "s", "^", "D")
MOST_POINTS = len(COLOURS) * len(SYMBOLS)
STATE_VERSION = 2
HOVER, REFERENCE = -1, 0  # numbers of places that are no point of the list


def same(text: str) -> str:
    """Stands for a translation where there is none."""
    return text


@dataclass(frozen=True)
class Point:
    """A place on the map. x, y: in `crs` (as clicked). number: from 1, shown on the map and in the legend.

    area: WKT polygon in `crs`, empty for a point; x, y is then where its number stands. history: None until it was
    read, and where the place has none; of an area, the mean. spread: component -> (dates,) standard deviation between
    the pixels of an area, m. note: why there is no history, in words.
    """
    number: int
    x: float
    y: float
    crs: str
    history: Optional[History] = None
    note: str = ""
    area: str = ""
    spread: Mapping[str, Any] = field(default_factory=dict, compare=False)
    pixels: int = 0

    @property
    def colour(self) -> str:
        return COLOURS[(self.number - 1) % len(COLOURS)]

    @property
    def symbol(self) -> str:
        return SYMBOLS[(self.number - 1) // len(COLOURS) % len(SYMBOLS)]


@dataclass(frozen=True)
class State:
    """Everything the dock shows.

    reference: the place whose motion is taken away from all others. fit: the model drawn through every curve, None for
    none; residuals: what it leaves is drawn in place of the curves. length, rate: display units. marked: the day that
    was picked, which the map shows. pair: the two days of the pair that is looked at, and its value. stations: paths of
    tables; loaded: what they hold. stack: path of the pairs behind the series.
    """
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
    fit: Optional[ModelSettings] = None
    residuals: bool = False
    length: str = units.LENGTH
    rate: str = units.RATE
    marked: Optional[date] = None
    pair: Optional[Tuple[date, date]] = None
    stations: Tuple[str, ...] = ()
    loaded: Tuple[Any, ...] = ()
    stack: str = ""
    remark: str = ""
    panel: str = ""

    @property
    def unit(self) -> str:
        """The unit of the vertical axis."""
        return self.rate if self.component in RATES else self.length

    @property
    def scale(self) -> float:
        """Display units per metre, or per metre per year."""
        return units.factor(self.unit)


class Store(StateStore):
    """Holds the state of the dock."""

    def __init__(self):
        super().__init__(State())

    def add_point(self, x: float, y: float, crs: str, area: str = "", tr=same) -> Optional[Point]:
        """A new place with the lowest free number; None where there are as many as can be told apart."""
        taken = {point.number for point in self.state.points}
        number = next((n for n in range(1, MOST_POINTS + 1) if n not in taken), None)
        if number is None:
            self.update(message=tr("There are {count} points already. Clear some first.").format(count=MOST_POINTS))
            return None
        point = Point(number, x, y, crs, area=area)
        self.update(points=(*self.state.points, point), message="")
        return point

    def remove_point(self, number: int) -> None:
        self.update(points=tuple(point for point in self.state.points if point.number != number))

    def move_point(self, number: int, x: float, y: float, crs: str) -> Optional[Point]:
        """A point (or the reference) at another place, with its old history until the new one is read."""
        if number == REFERENCE:
            old = self.state.reference
        else:
            old = next((point for point in self.state.points if point.number == number), None)
        if old is None or old.area:
            return None
        moved = replace(old, x=x, y=y, crs=crs)
        self._put(moved)
        return moved

    def answer(self, number: int, history: Optional[History], note: str = "", spread: Optional[Mapping] = None,
               pixels: int = 0) -> None:
        """Put what was read into its place; places that are gone by now are left alone."""
        state = self.state
        for point in (*state.points, *([state.reference] if state.reference else [])):
            if point.number == number:
                self._put(replace(point, history=history, note=note, spread=spread or {}, pixels=pixels))

    def _put(self, point: Point) -> None:
        if point.number == REFERENCE:
            self.update(reference=point)
        else:
            self.update(points=tuple(point if p.number == point.number else p for p in self.state.points))


def drawn_of(state: State) -> Tuple:
    """All that the plot depends on: equal before and after a change that it does not show."""
    points = (*state.points, *([state.hover] if state.hover else []))
    return (tuple((point.number, point.history) for point in points if point.history),
            state.reference.history if state.reference else None, bool(state.reference), state.component,
            state.errors, state.grid, state.fit, state.residuals, state.length, state.rate, state.marked, state.pair,
            state.loaded)


def notes(state: State, tr: Callable[[str], str] = same) -> List[str]:
    """What the reader should know about places without a curve, or with a part of one. tr: translates a text."""
    found = [tr(text) for text in (state.message, state.remark) if text]
    if state.reference and state.reference.note:
        found.append(tr("Reference point R: no value here: {reason}.").format(reason=tr(state.reference.note)))
    elif state.reference and state.reference.area:
        found.append(tr("Relative to the mean motion of the reference area R."))
    elif state.reference:
        found.append(tr("Relative to the motion of the reference point R."))
    for point in state.points:
        if point.note:
            what = tr("Area {number}: no value here: {reason}.") if point.area else tr(
                "Point {number}: no value here: {reason}.")
            found.append(what.format(number=point.number, reason=tr(point.note)))
        elif point.history is not None:
            found += _gaps(point, tr)
    return found


def axis_label(state: State, tr: Callable[[str], str] = same) -> str:
    label = tr(COMPONENTS[state.component][1]) if state.component else tr("Displacement")
    if state.residuals and state.fit:
        label = tr("Residuals")
    return f"{label} ({state.unit})"


def to_text(state: State) -> str:
    """What a project keeps: places and choices, not values."""
    return json.dumps({
        "version": STATE_VERSION, "series": state.series, "component": state.component, "errors": state.errors,
        "grid": state.grid, "reference": _place(state.reference) if state.reference else None,
        "fit": state.fit.as_dict() if state.fit else None, "residuals": state.residuals, "length": state.length,
        "rate": state.rate, "stations": list(state.stations), "panel": state.panel,
        "points": [{"number": point.number, **_place(point)} for point in state.points]})


def from_text(text: str) -> Optional[Dict[str, Any]]:
    """Changes for `Store.update` from a project's text; None where it can't be understood."""
    try:
        data = json.loads(text)
        reference, fit = data.get("reference"), data.get("fit")
        return {"series": str(data["series"]), "component": str(data["component"]),
                "errors": bool(data["errors"]), "grid": bool(data["grid"]),
                "reference": _point(REFERENCE, reference) if reference else None,
                "fit": ModelSettings(**fit) if fit else None, "residuals": bool(data.get("residuals")),
                "length": known(data.get("length"), units.LENGTHS, units.LENGTH),
                "rate": known(data.get("rate"), units.RATES, units.RATE),
                "stations": tuple(map(str, data.get("stations", ()))), "panel": str(data.get("panel", "")),
                "points": tuple(_point(int(p["number"]), p) for p in data["points"])}
    except (ValueError, KeyError, TypeError, AttributeError, SettingsError):
        return None


def known(value: Any, choices: Mapping[str, float], default: str) -> str:
    """A stored choice if there still is such a one."""
    return value if value in choices else default


def _place(point: Point) -> Dict[str, Any]:
    place = {"x": point.x, "y": point.y, "crs": point.crs}
    return {**place, "area": point.area} if point.area else place


def _point(number: int, data: Mapping[str, Any]) -> Point:
    return Point(number, float(data["x"]), float(data["y"]), str(data["crs"]), area=str(data.get("area", "")))


def _gaps(point: Point, tr: Callable[[str], str]) -> List[str]:
    history = point.history
    seen = [any(values[n] == values[n] for values in history.values.values()) for n in range(len(history.dates))]
    if all(seen) or not any(seen):
        return []
    what = {"number": point.number, "seen": sum(seen), "all": len(seen)}
    if seen[0]:
        return [tr("Point {number}: {seen} of {all} dates have a value.").format(**what)]
    first = history.dates[seen.index(True)].isoformat()
    return [tr("Point {number}: {seen} of {all} dates have a value, the first on {first}.").format(first=first, **what)]
