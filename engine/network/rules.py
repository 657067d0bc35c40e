"""Which two scenes make a pair. Pure functions of dates and settings."""
from dataclasses import dataclass
from datetime import date
from typing import List, Sequence

from ..core.units import DAYS_PER_YEAR
from .settings import ACQUISITIONS, BACKWARD, BOTH, FORWARD, PairNetworkSettings


@dataclass(frozen=True)
class Acquisition:
    """What the rules need of a scene. pixel_size: m, 0 where unknown. rank: its place in time among the others."""
    day: date
    orbit: str = ""
    tile: str = ""
    crs: str = ""
    pixel_size: float = 0.0
    rank: int = 0


#: Reasons against a pair, as words in the summary.
SAME_DAY, BASELINE, ORBIT, SPLIT, DROPPED = "of one day", "with baselines outside the limits", \
    "of different orbits", "on one side of the split date", "dropped by hand"


def minimum_baseline(speed: float, pixel_size: float, sensitivity: float) -> float:
    """Days that motion needs to be seen, dt > s p / v (Provost et al. 2022, eq. 6).

    speed: m/yr. pixel_size: m. sensitivity: px.
    """
    return sensitivity * pixel_size / speed * DAYS_PER_YEAR


def slowest_speed(days: float, pixel_size: float, sensitivity: float) -> float:
    """Slowest speed (m/yr) that a pair of this many days resolves: eq. 6 solved for v."""
    return sensitivity * pixel_size / abs(days) * DAYS_PER_YEAR


def ranks(days: Sequence[date]) -> List[int]:
    """Place of each day among the distinct days, from 0."""
    order = {day: index for index, day in enumerate(sorted(set(days)))}
    return [order[day] for day in days]


def refusal(first: Acquisition, second: Acquisition, settings: PairNetworkSettings) -> str:
    """Why two scenes, in order of time, are not paired; empty if they are."""
    days = (second.day - first.day).days
    if days == 0:
        return SAME_DAY
    if (first.day, second.day) in settings.dropped:
        return DROPPED
    if (first.day, second.day) in settings.added:
        return ""
    if settings.same_orbit and first.orbit != second.orbit:
        return ORBIT
    if settings.split_date and not first.day.isoformat() < settings.split_date[:10] <= second.day.isoformat():
        return SPLIT
    low, high = settings.limits
    baseline = second.rank - first.rank if settings.unit == ACQUISITIONS else days
    if not low <= baseline <= high:
        return BASELINE
    if settings.min_speed and first.pixel_size:
        if days <= minimum_baseline(settings.min_speed, first.pixel_size, settings.sensitivity):
            return BASELINE
    return ""


def orders(direction: str):
    """The orders in which a pair of scenes is matched: True = from the earlier to the later."""
    return {FORWARD: (True,), BACKWARD: (False,), BOTH: (True, False)}[direction]
