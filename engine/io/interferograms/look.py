"""Look vectors: unit vectors from the ground to the satellite, from whatever a product holds, and what they tell."""
import math
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ...core.errors import InputError
from .model import ANGLES, CONSTANT, INCIDENCE_AZIMUTH, INCIDENCE_HEADING, VECTOR, Geometry, Track

LEAST_UP, MOST_UP = 0.15, 0.9995    # incidence of 81 and 2 degrees; beyond, units or order of the layers are wrong
TOLERANCE = 15.0                    # degrees between the heading that is told and that of the look vectors
_RIGHT_ANGLE = 1.5708               # rad
_HALF_UNIT = 0.05                   # allowed deviation of a vector's length from 1


def vectors(geometry: Geometry, values: Sequence[np.ndarray], shape, heading: Optional[float]) -> np.ndarray:
    """(3, rows, columns) float64 unit vector east, north, up; NaN = no data.

    values: arrays of the geometry's layers. heading: of the track, degrees clockwise from north.
    """
    values = [np.asarray(v, np.float64) for v in values]
    if geometry.kind == VECTOR:
        made = np.stack(values)
        made[:, (made == 0).all(axis=0)] = np.nan
        length = np.sqrt((made ** 2).sum(axis=0))
        return np.where(np.abs(length - 1.0) < _HALF_UNIT, made / length, made)
    if geometry.kind == ANGLES:
        return from_angles(*values)
    if geometry.kind == INCIDENCE_AZIMUTH:
        incidence = np.radians(values[0])
        azimuth = np.radians(values[1] if len(values) > 1 else 90.0 - heading)
        return np.stack([-np.sin(incidence) * np.sin(azimuth), np.sin(incidence) * np.cos(azimuth), np.cos(incidence)])
    if geometry.kind == INCIDENCE_HEADING:
        return from_incidence(values[0], math.radians(heading))
    if geometry.kind == CONSTANT:
        return from_incidence(np.full(shape, math.radians(geometry.incidence)), math.radians(geometry.heading))
    return np.full((3, *shape), np.nan)


def from_angles(theta, phi) -> np.ndarray:
    """HyP3's angles, rad: elevation above the horizon, and from east counter-clockwise (ground to satellite).

    Raises InputError where they are no radians.
    """
    if np.nanmax(np.abs(theta), initial=0.0) > _RIGHT_ANGLE or np.nanmax(np.abs(phi), initial=0.0) > 4.0 * _RIGHT_ANGLE:
        raise InputError(f"lv_theta and lv_phi reach {np.nanmax(np.abs(theta)):.3g} and {np.nanmax(np.abs(phi)):.3g}, so "
                         "they are no look vectors in radians: no unit vectors can be made. Check their units.")
    missing = (theta == 0) | ~np.isfinite(theta) | ~np.isfinite(phi)
    made = np.stack([np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)])
    made[:, missing] = np.nan
    return made


def from_incidence(incidence, heading: float) -> np.ndarray:
    """Of a radar that looks to the right; incidence from the vertical and heading clockwise from north, rad."""
    made = np.stack([-np.sin(incidence) * math.cos(heading), np.sin(incidence) * math.sin(heading), np.cos(incidence)])
    made[:, (incidence == 0) | ~np.isfinite(incidence)] = np.nan
    return made


@dataclass(frozen=True)
class Sight:
    """What the look vectors of a stack tell. heading: degrees clockwise from north, for a radar that looks to the
    `side`. incidence: degrees, (least, mean, most)."""
    direction: str
    heading: float
    side: str
    incidence: Tuple[float, float, float]
    notes: Tuple[str, ...]

    def as_dict(self):
        return {"orbit_pass": self.direction, "heading": round(self.heading, 2), "look_side": self.side,
                "incidence": [round(v, 2) for v in self.incidence]}


def examine(look: np.ndarray, track: Track, source: str) -> Optional[Sight]:
    """Check look vectors (3, rows, columns) against each other and the track. Raises InputError where they can't be
    look vectors; contradictions with the track are notes."""
    seen = np.isfinite(look).all(axis=0)
    if not seen.any():
        return None
    east, north, up = (float(np.mean(part[seen])) for part in look)
    length = math.sqrt(east * east + north * north + up * up)
    if not (LEAST_UP < up < MOST_UP) or abs(length - 1.0) > _HALF_UNIT:
        raise InputError(f"The look vectors of {source} are no unit vectors from the ground to a satellite (mean east "
                         f"{east:.3f}, north {north:.3f}, up {up:.3f}). Check the order of the layers, their units "
                         "(HyP3: radians; MintPy: degrees) and their direction.")
    angles = np.degrees(np.arccos(np.clip(look[2][seen], -1, 1)))
    toward = math.degrees(math.atan2(east, north))          # azimuth of the satellite, clockwise from north
    heading, side, notes = (toward + 90.0) % 360.0, "right", []
    if track.heading is not None:
        apart = _apart(heading, track.heading)
        if abs(apart - 180.0) <= TOLERANCE:
            heading, side = (toward - 90.0) % 360.0, "left"
        elif apart > TOLERANCE:
            notes.append(f"The heading that {source} tells ({track.heading:.1f}°) and that of its look vectors "
                         f"({heading:.1f}°) differ by {apart:.0f}°. The look vectors are used.")
    direction = "ascending" if heading < 90.0 or heading > 270.0 else "descending"
    if track.direction and track.direction != direction:
        notes.append(f"{source} tells a {track.direction} pass, but its look vectors are those of a satellite that "
                     f"flies {heading:.0f}° from north and looks to the {side}: {direction}. The look vectors are used.")
    return Sight(direction, heading, side, (float(angles.min()), float(angles.mean()), float(angles.max())),
                 tuple(notes))


def describe(sight: Optional[Sight], track: Track) -> List[str]:
    """Lines for the log."""
    if sight is None:
        return [f"Track: {track.label or 'not told'}. Look vectors are unknown: results stay along the line of sight."]
    least, mean, most = sight.incidence
    told = "" if track.heading is None else f" (told: {track.heading % 360.0:.1f}°)"
    article = "an" if sight.direction == "ascending" else "a"
    return [f"Track: {track.label or 'not told'}. By the look vectors {article} {sight.direction} pass, heading "
            f"{sight.heading:.1f}°{told}, looking to the {sight.side}, incidence {least:.1f} to {most:.1f}° "
            f"(mean {mean:.1f}°).", *sight.notes]


def _apart(first: float, second: float) -> float:
    """Degrees between two directions, 0..180."""
    return abs((first - second + 180.0) % 360.0 - 180.0)
