"""Components of a history: what can be drawn of it, and how it follows from the raw values. No Qt here."""
from datetime import date
from typing import Optional, Tuple

import numpy as np

from ...engine.core.units import DAYS_PER_YEAR
from ...engine.io.series import History

EAST, NORTH, UP, LOS, OTHER = "east", "north", "up", "los", "displacement"
HORIZONTAL, ALONG, SPEED, RATE = "horizontal", "along", "speed", "rate"
#: Component -> (name in the list, label of the axis without unit, sign in words). Labels fit a low plot.
COMPONENTS = {
    ALONG: ("Along the motion", "Along the motion", "positive in the direction of the mean velocity"),
    EAST: ("East", "East displacement", "positive east"),
    NORTH: ("North", "North displacement", "positive north"),
    UP: ("Up", "Up displacement", "positive up"),
    HORIZONTAL: ("Horizontal magnitude", "Horizontal magnitude", "length of the vector, never negative"),
    LOS: ("Line of sight", "Toward the satellite", "positive toward the satellite"),
    OTHER: ("Displacement", "Displacement", "as in the file, which does not say"),
    SPEED: ("Speed between dates", "Speed between dates", "length of the velocity between two dates, never negative"),
    RATE: ("Velocity between dates", "Velocity between dates", "sign of the displacement"),
}
RATES = (SPEED, RATE)  # drawn per time, between dates


def components_of(kind_components: Tuple[str, ...]) -> Tuple[str, ...]:
    """What can be drawn of a series that has these components, the most telling first."""
    if EAST in kind_components and NORTH in kind_components:
        return (ALONG, EAST, NORTH, *((UP,) if UP in kind_components else ()), HORIZONTAL, SPEED)
    known = tuple(name for name in kind_components if name in COMPONENTS)
    return known + (RATE,) if len(known) == 1 else known


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


def rates(history: History, component: str, reference: Optional[History] = None):
    """(dates, values, sigmas) between neighbouring dates with a value, at the middle of their time; m/yr.

    Sigmas take the errors of two dates as independent; those of an inverted series are not quite.
    """
    names = (EAST, NORTH) if component == SPEED else tuple(history.values)[:1]
    parts = [component_values(history, name, reference) for name in names]
    known = np.flatnonzero(np.logical_and.reduce([np.isfinite(values) for values, _ in parts]))
    if len(known) < 2:
        return (), np.zeros(0), None
    days = np.array([day.toordinal() for day in history.dates])[known]
    years = np.diff(days) / DAYS_PER_YEAR
    steps = [np.diff(values[known]) / years for values, _ in parts]
    dates = tuple(date.fromordinal(int(day)) for day in (days[1:] + days[:-1]) // 2)
    values = np.hypot(*steps) if component == SPEED else steps[0]
    if any(sigmas is None for _, sigmas in parts):
        return dates, values, None
    errors = [np.hypot(sigmas[known][1:], sigmas[known][:-1]) / years for _, sigmas in parts]
    if component == RATE:
        return dates, values, errors[0]
    share = [np.divide(step, values, out=np.full_like(values, np.sqrt(.5)), where=values > 0) for step in steps]
    return dates, values, np.hypot(share[0] * errors[0], share[1] * errors[1])


def spread_of(history: History, component: str, spread) -> Optional[np.ndarray]:
    """Standard deviation between the pixels of an area, of a component; None where it has none."""
    if not spread or component in RATES:
        return None
    if component in spread:
        return np.asarray(spread[component], np.float64)
    if EAST not in spread or NORTH not in spread:
        return None
    east, north = motion_direction(history)
    return np.hypot(east * np.asarray(spread[EAST]), north * np.asarray(spread[NORTH]))


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


def velocity_of(history: History, component: str) -> Tuple[float, float]:
    """(velocity, sigma) of a component, m/yr; NaN where not known."""
    bands = history.velocity
    if component == RATE:
        component = next(iter(history.values))
    if component not in (ALONG, HORIZONTAL, SPEED):
        return bands.get(f"velocity_{component}", np.nan), bands.get(f"sigma_{component}", np.nan)
    east, north = motion_direction(history)
    rate = float(np.hypot(bands.get("velocity_east", np.nan), bands.get("velocity_north", np.nan)))
    return rate, float(np.hypot(east * bands.get("sigma_east", np.nan), north * bands.get("sigma_north", np.nan)))


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
