"""A simulated track: geometry of sight, dates, baselines, network and names."""
import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import List, Tuple

import numpy as np

from ...core.grid import Grid
from .ground import PIXEL
from .settings import ASCENDING, SimulateInterferogramsSettings

WAVELENGTH = 299792458.0 / 5.405e9    # m, Sentinel-1
REPEAT = timedelta(days=12)
SPACECRAFT_HEIGHT, EARTH_RADIUS = 693000.0, 6337286.638938101   # m, the constants that HyP3 writes
SLANT_RANGE = 879000.0                # m, centre of the swath
INCIDENCE_PER_METRE = 0.068e-3        # degrees per metre of ground range
MISSING_FROM = 20                     # dates from which on a series misses two passes


@dataclass(frozen=True)
class Place:
    """Where a track comes from. heading: degrees clockwise from north, in the form that HyP3 writes. incidence:
    degrees, at the middle of the area."""
    direction: str
    heading: float
    incidence: float
    first: datetime
    first_orbit: int


PLACES = {ASCENDING: Place("ASCENDING", -12.4, 37.0, datetime(2022, 1, 5, 12, 56, 14), 41324),
          "descending": Place("DESCENDING", 192.4, 41.5, datetime(2022, 1, 10, 1, 15, 33), 41390)}


@dataclass(frozen=True)
class Pass:
    """One acquisition. baseline: m, across the line of sight, from a nominal orbit."""
    time: datetime
    orbit: int
    baseline: float


@dataclass(frozen=True)
class Track:
    """passes: by time. pairs: numbers of two passes each, by time."""
    name: str
    place: Place
    passes: Tuple[Pass, ...]
    pairs: Tuple[Tuple[int, int], ...]

    def days(self, pair: Tuple[int, int]) -> int:
        return (self.passes[pair[1]].time.date() - self.passes[pair[0]].time.date()).days

    def years_since_first(self, number: int) -> float:
        return (self.passes[number].time.date() - self.passes[0].time.date()).days / 365.25

    def baseline(self, pair: Tuple[int, int]) -> float:
        return self.passes[pair[1]].baseline - self.passes[pair[0]].baseline

    def product_name(self, pair: Tuple[int, int]) -> str:
        """S1AA_<time>_<time>_VVP<days>_INT80_G_ueF_<id>."""
        first, second = (self.passes[i].time for i in pair)
        stem = f"S1AA_{first:%Y%m%dT%H%M%S}_{second:%Y%m%dT%H%M%S}_VVP{self.days(pair):03d}_INT{PIXEL:.0f}_G_ueF"
        return f"{stem}_{hashlib.sha256(stem.encode()).hexdigest()[:4].upper()}"


def make_track(name: str, settings: SimulateInterferogramsSettings) -> Track:
    """Dates every 12 days, baselines, and pairs of each date with its next neighbours."""
    rng = np.random.default_rng([settings.seed, 72, name == ASCENDING])
    place = PLACES[name]
    slots = list(range(settings.dates + (2 if settings.dates >= MISSING_FROM else 0)))
    if len(slots) > settings.dates:
        first = int(rng.integers(4, len(slots) // 2))
        slots.remove(first)
        slots.remove(int(rng.integers(len(slots) // 2 + 2, len(slots) - 3)))
    baselines = rng.normal(0.0, 1.0, len(slots)) * settings.baseline
    passes = tuple(Pass(place.first + REPEAT * s + timedelta(seconds=int(rng.integers(0, 3))),
                        place.first_orbit + 175 * s, round(float(b), 4)) for s, b in zip(slots, baselines))
    pairs = tuple((i, j) for i in range(len(passes)) for j in range(i + 1, min(i + 1 + settings.neighbours, len(passes))))
    return Track(name, place, passes, pairs)


def look_angles(place: Place, grid: Grid) -> Tuple[np.ndarray, np.ndarray]:
    """(theta, phi) as HyP3 writes them: from the ground to the satellite, elevation above the horizon and angle from
    east, counter-clockwise; rad, (rows, cols). The radar looks to the right of its flight."""
    phi = math.radians((180.0 - place.heading + 180.0) % 360.0 - 180.0)
    column = (np.arange(grid.width) + 0.5 - grid.width / 2) * grid.transform[1]
    row = (np.arange(grid.height) + 0.5 - grid.height / 2) * grid.transform[5]
    away = -(column[None, :] * math.cos(phi) + row[:, None] * math.sin(phi))   # m, from the satellite
    incidence = place.incidence + INCIDENCE_PER_METRE * away
    theta = np.radians(90.0 - incidence).astype(np.float32)
    return theta, np.full(theta.shape, phi, np.float32)


def look_vector(theta: np.ndarray, phi: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(east, north, up) of the unit vector from the ground to the satellite."""
    return np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)


def local_incidence(theta: np.ndarray, phi: np.ndarray, elevation: np.ndarray) -> np.ndarray:
    """Angle between the line of sight and the normal of the ground, rad."""
    south, east = np.gradient(elevation.astype(np.float64), PIXEL)
    look = look_vector(theta, phi)
    cosine = (-east * look[0] + south * look[1] + look[2]) / np.sqrt(1.0 + east ** 2 + south ** 2)
    return np.arccos(np.clip(cosine, -1.0, 1.0)).astype(np.float32)


def parameters_text(track: Track, pair: Tuple[int, int]) -> str:
    """The product's text file."""
    first, second = (track.passes[i] for i in pair)
    place = track.place
    lines: List[Tuple[str, object]] = [
        ("Reference Granule", _granule(first)), ("Secondary Granule", _granule(second)),
        ("Reference Pass Direction", place.direction), ("Reference Orbit Number", first.orbit),
        ("Secondary Pass Direction", place.direction), ("Secondary Orbit Number", second.orbit),
        ("Baseline", f"{track.baseline(pair):.4f}"),
        ("UTC time", f"{first.time.hour * 3600 + first.time.minute * 60 + first.time.second + 0.5:.6f}"),
        ("Heading", f"{place.heading:.7f}"), ("Spacecraft height", SPACECRAFT_HEIGHT),
        ("Earth radius at nadir", EARTH_RADIUS), ("Slant range near", f"{SLANT_RANGE - 79340.0:.4f}"),
        ("Slant range center", f"{SLANT_RANGE:.4f}"), ("Slant range far", f"{SLANT_RANGE + 79340.0:.4f}"),
        ("Range looks", 20), ("Azimuth looks", 4), ("INSAR phase filter", "yes"), ("Phase filter parameter", 0.6),
        ("Range bandpass filter", "no"), ("Azimuth bandpass filter", "no"), ("DEM source", "GLO-30 (simulated)"),
        ("DEM resolution (m)", 30), ("Unwrapping type", "mcf"), ("Unwrapping threshold", "none"),
        ("Speckle filter", "no")]
    return "".join(f"{key}: {value}\n" for key, value in lines)


def _granule(one: Pass) -> str:
    end = one.time + timedelta(seconds=27)
    return (f"S1A_IW_SLC__1SDV_{one.time:%Y%m%dT%H%M%S}_{end:%Y%m%dT%H%M%S}_{one.orbit:06d}_"
            f"{one.orbit * 7 % 0xFFFFFF:06X}_{one.orbit * 31 % 0xFFFF:04X}")
