"""The component of a series that a single column can show: line of sight, east, north, or along the mean motion."""
from typing import Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from ...core.errors import SettingsError


def check_component(component: str, components: Sequence[str]) -> None:
    """Raise SettingsError where a series has not got what was asked for."""
    if component != "main" and component not in components:
        raise SettingsError(f"The series has no component '{component}'; it has {', '.join(components)}. Choose "
                            "'along the mean direction, or line of sight'.")


def weights(component: str, components: Sequence[str], velocity: Mapping[str, np.ndarray],
            last: Mapping[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """Factors by which the components are added up; arrays of one shape, 1 and 0 for a single component.

    The mean direction is that of the velocity, and where there is none, of the displacement at the last date.
    velocity: bands velocity_<component>, may be empty. last: displacement at the last date per component.
    """
    if component != "main" or tuple(components) != ("east", "north"):
        wanted = component if component != "main" else components[0]
        return {c: np.full(np.shape(last[c]), 1.0 if c == wanted else 0.0) for c in components}
    known = [np.asarray(velocity.get(f"velocity_{c}", np.full(np.shape(last[c]), np.nan)), np.float64)
             for c in components]
    use = np.isfinite(known[0]) & np.isfinite(known[1]) & (np.hypot(*known) > 0)
    east, north = (np.where(use, v, last[c]) for v, c in zip(known, components))
    length = np.hypot(east, north)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {c: np.where(length > 0, v / length, np.nan) for c, v in zip(components, (east, north))}


def combine(values: Mapping[str, np.ndarray], factors: Mapping[str, np.ndarray]) -> np.ndarray:
    """Sum of components x factors; a component with factor 0 everywhere may be no data."""
    return sum(np.asarray(values[c], np.float64) * f for c, f in factors.items() if np.any(f != 0))


def combine_sigma(sigmas: Mapping[str, np.ndarray], factors: Mapping[str, np.ndarray]) -> Optional[np.ndarray]:
    """Standard deviation of `combine` for independent components, None where one is unknown."""
    used = {c: f for c, f in factors.items() if np.any(f != 0)}
    if not used or any(c not in sigmas for c in used):
        return None
    return np.sqrt(sum((np.asarray(sigmas[c], np.float64) * f) ** 2 for c, f in used.items()))


def azimuth(factors: Mapping[str, np.ndarray]) -> Optional[np.ndarray]:
    """Direction of the factors, degrees clockwise from the grid's north; None for a line of sight."""
    if set(factors) != {"east", "north"}:
        return None
    return np.degrees(np.arctan2(factors["east"], factors["north"])) % 360.0


SCALES: Dict[str, Tuple[float, str]] = {"m": (1.0, "m"), "mm": (1000.0, "mm")}
