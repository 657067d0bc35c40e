"""What the profile dock shows: source, line, swath, fitted fault. No Qt here."""
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np

from ...engine.core.errors import InputError, SettingsError
from ...engine.validation.swath import ACROSS, ALONG, StepFit, Swath, fit_step
from ...engine.validation.swath_settings import ProfileSettings
from .. import units
from ..store import StateStore

ALL, OVER_TIME = "all", "time"  # what is shown of a series, beside single dates
#: Component -> (name in the list, label of the axis).
COMPONENTS = {ALONG: ("Along the profile", "Along the profile"),
              ACROSS: ("Across the profile", "Across, to the left"),
              "east": ("East", "East"), "north": ("North", "North"), "up": ("Up", "Up"),
              "los": ("Line of sight", "Toward the satellite")}
_UNIT_DISTANCE = 2000.0  # m; longer profiles are drawn in kilometres


def same(text: str) -> str:
    """Stands for a translation where there is none."""
    return text


@dataclass(frozen=True)
class State:
    """sources: (path, name). line: (x, y) in `crs`. dates: of the layers of a series. shown: ALL, OVER_TIME, or the
    number of a layer as text. metres: ground metres per unit of the source's coordinate system, along the line."""
    sources: Tuple[Tuple[str, str], ...] = ()
    source: str = ""
    line: Tuple[Tuple[float, float], ...] = ()
    crs: str = ""
    components: Tuple[str, ...] = ()
    component: str = ""
    unit: str = ""
    dates: Tuple[date, ...] = ()
    shown: str = ""
    settings: ProfileSettings = ProfileSettings()
    swath: Optional[Swath] = None
    metres: float = 1.0
    message: str = ""
    length: str = units.LENGTH
    rate: str = units.RATE

    @property
    def layer(self) -> int:
        """The layer that is drawn with its spread, and whose fault is fitted: the last without another choice."""
        count = self.swath.layers if self.swath is not None else 1
        return min(int(self.shown), count - 1) if self.shown.isdigit() else count - 1

    @property
    def display(self) -> Tuple[float, str]:
        """(factor, unit) of the vertical axis."""
        return units.converted(self.unit, self.length, self.rate)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A state as it is drawn. distance: (bins,) m. values, spread: (bins,) of the chosen layer. others: (date, values)
    of all layers where they are shown. fit: the fault, or why there is none in `problem`. offsets: (dates, values,
    sigmas) over time where that is shown."""
    distance: np.ndarray
    values: np.ndarray
    spread: np.ndarray
    others: Tuple[Tuple[date, np.ndarray], ...] = ()
    fit: Optional[StepFit] = None
    problem: str = ""
    offsets: Optional[Tuple[Tuple[date, ...], np.ndarray, np.ndarray]] = None


class Store(StateStore):
    """Holds the state of the dock."""

    def __init__(self):
        super().__init__(State())


def drawing(state: State) -> Optional[Drawing]:
    """The curves of a state, None where nothing was sampled yet."""
    found = state.swath
    if found is None or state.component not in found.mean:
        return None
    distance = found.distance * state.metres
    means, layer = found.mean[state.component], state.layer
    made = Drawing(distance, means[layer], found.spread[state.component][layer])
    if state.shown == ALL and len(state.dates) == found.layers:
        made = replace(made, others=tuple(zip(state.dates, means)))
    if not state.settings.fault:
        return made
    try:
        fit = _fit(distance, means[layer], state.settings, state.settings.where)
    except InputError as error:
        return replace(made, problem=str(error))
    offsets = _offsets(distance, means, state, fit.where) if state.shown == OVER_TIME else None
    return replace(made, fit=fit, offsets=offsets)


def _fit(distance, values, settings: ProfileSettings, where: Optional[float]) -> StepFit:
    return fit_step(distance, values, where, settings.zone, settings.reach)


def _offsets(distance, means, state: State, where: float):
    """The offset of every date at one place: the step of the motion since the first date."""
    found = []
    for day, values in zip(state.dates, means):
        try:
            fit = _fit(distance, values, state.settings, where)
            found.append((day, fit.offset, fit.sigma))
        except InputError:
            continue  # a date without values on one side
    days, offsets, sigmas = zip(*found) if found else ((), (), ())
    return tuple(days), np.array(offsets), np.array(sigmas)


def axis_label(state: State, tr: Callable[[str], str] = same) -> str:
    name = tr(COMPONENTS.get(state.component, (state.component,) * 2)[1])
    unit = state.display[1]
    return f"{name} ({unit})" if unit else name


def distance_unit(distance: np.ndarray) -> Tuple[float, str]:
    """(metres per unit, its name) of the horizontal axis."""
    return (1000.0, "km") if len(distance) and distance[-1] > _UNIT_DISTANCE else (1.0, "m")


def offset_text(state: State, drawn: Drawing, tr: Callable[[str], str] = same) -> str:
    """The fitted offset in words."""
    if drawn.fit is None:
        return drawn.problem
    scale, unit = state.display
    per, name = distance_unit(drawn.distance)
    sigma = max(drawn.fit.sigma * scale, 1e-12)
    decimals = max(0, 1 - int(np.floor(np.log10(sigma))))
    value = f"{drawn.fit.offset * scale:.{decimals}f} ± {sigma:.{decimals}f}".replace("-", "\u2212")
    return tr("Offset {value} {unit} at {distance}").format(value=value, unit=unit,
                                                            distance=f"{drawn.fit.where / per:.3g} {name}")


def to_text(state: State) -> str:
    """What a project keeps."""
    return json.dumps({"source": state.source, "line": state.line, "crs": state.crs, "component": state.component,
                       "shown": state.shown, "settings": state.settings.as_dict()})


def from_text(text: str) -> Optional[Dict[str, Any]]:
    """Changes for `Store.update`; None where the text can't be understood."""
    try:
        data = json.loads(text)
        return {"source": str(data["source"]), "line": tuple((float(x), float(y)) for x, y in data["line"]),
                "crs": str(data["crs"]), "component": str(data["component"]), "shown": str(data["shown"]),
                "settings": ProfileSettings(**data["settings"])}
    except (ValueError, KeyError, TypeError, AttributeError, SettingsError):
        return None
