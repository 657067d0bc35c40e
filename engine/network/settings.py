"""Settings of the pair network."""
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import FrozenSet, Optional, Tuple

from ..core.errors import SettingsError
from ..core.settings import Settings, field

DAYS, ACQUISITIONS = "days", "acquisitions"
FORWARD, BACKWARD, BOTH = "forward", "backward", "both"

#: Limits where none are given, by unit. 5 days is the repeat of Sentinel-2; 400 days join every season with itself
#: and keep a network of two images a year in one piece. Five neighbours in time give each date up to ten pairs.
_USUAL = {DAYS: (5, 400), ACQUISITIONS: (1, 5)}


@dataclass(frozen=True)
class PairNetworkSettings(Settings):
    """Pair scenes by the time between them."""
    unit: str = field(DAYS, label="Unit of the baselines", choices=((DAYS, "Days"), (ACQUISITIONS, "Acquisitions")),
                      help="Days between the scenes, or how many acquisitions one is after the other.")
    min_baseline: Optional[int] = field(
        None, label="Minimum baseline", minimum=1, maximum=20000,
        help="Shortest time between the scenes of a pair, in the chosen unit. Slow motion needs long baselines: a "
             "displacement below a tenth of a pixel is not seen. Empty: 5 days or 1 acquisition.")
    max_baseline: Optional[int] = field(
        None, label="Maximum baseline", minimum=1, maximum=20000,
        help="Longest time between the scenes of a pair, in the chosen unit. Fast or changing surfaces lose their "
             "texture: take about 100 days on glaciers. Empty: 400 days or 5 acquisitions.")
    direction: str = field(
        FORWARD, label="Direction", choices=((FORWARD, "Forward"), (BACKWARD, "Backward"), (BOTH, "Both")),
        help="Forward: from the earlier to the later scene. Both doubles the work and lowers the noise once the two "
             "are averaged.")
    split_date: Optional[str] = field(
        None, label="Split date", kind="date",
        help="Pair only scenes before this day with scenes on or after it, for an earthquake or another event.")
    max_cloud: float = field(100.0, label="Maximum cloud", unit="%", minimum=0.0, maximum=100.0,
                             help="Leave out scenes with more cloud; those whose share is unknown are kept. The share "
                                  "is that of the whole scene, so look at the images before being strict.")
    same_orbit: bool = field(False, label="Same orbit only",
                             help="Pair scenes of one orbit (Landsat: path), seen from the same side: removes offsets "
                                  "from elevation errors, but a network of several orbits falls apart.")
    min_speed: Optional[float] = field(
        None, label="Slowest motion to resolve", unit="m/yr", minimum=1e-3, maximum=1e5, advanced=True,
        help="Raises the minimum baseline until motion of this speed passes the sensitivity (Provost et al. 2022, "
             "eq. 6). Empty: not used.")
    sensitivity: float = field(0.1, label="Sensitivity of the matching", unit="px", minimum=0.005, maximum=2.0,
                               advanced=True, help="Smallest displacement that is seen; a tenth of a pixel is what "
                                                   "image correlation usually reaches.")
    drop: str = field("", label="Dropped pairs", advanced=True,
                      help="Pairs to leave out, as YYYYMMDD_YYYYMMDD separated by commas: what a click on a line of the "
                           "network writes.")
    add: str = field("", label="Added pairs", advanced=True,
                     help="Pairs to make although the limits are against them, as YYYYMMDD_YYYYMMDD separated by commas. "
                          "One long pair can join two parts of a network.")

    @property
    def dropped(self) -> FrozenSet[Tuple[date, date]]:
        """Connections to leave out, earlier date first."""
        return _connections(self.drop)

    @property
    def added(self) -> FrozenSet[Tuple[date, date]]:
        """Connections to make against the limits, earlier date first."""
        return _connections(self.add)

    @property
    def limits(self):
        """(minimum, maximum) baseline in the unit."""
        low, high = _USUAL[self.unit]
        if self.max_baseline is not None:
            high = self.max_baseline
            low = low if low <= high else 1
        if self.min_baseline is not None:
            low = self.min_baseline
            high = high if self.max_baseline is not None else max(high, low)
        return low, high

    def check(self) -> None:
        low, high = self.limits
        if low > high:
            raise SettingsError(f"The minimum baseline ({low} {self.unit}) is longer than the maximum ({high} "
                                f"{self.unit}). Exchange them.")
        _connections(self.drop)
        _connections(self.add)


def connection_text(connections) -> str:
    """Connections of two dates as `drop` and `add` take them, by time."""
    return ",".join(f"{a:%Y%m%d}_{b:%Y%m%d}" for a, b in sorted((min(pair), max(pair)) for pair in connections))


@lru_cache(maxsize=64)
def _connections(text: str) -> FrozenSet[Tuple[date, date]]:
    found = set()
    for name in filter(None, re.split(r"[\s,;]+", text)):
        try:
            first, second = (date(int(day[:4]), int(day[4:6]), int(day[6:])) for day in name.split("_"))
        except ValueError as error:
            raise SettingsError(f"'{name}' is no pair of dates. Write it as YYYYMMDD_YYYYMMDD, for example "
                                "20180105_20180110.") from error
        found.add((min(first, second), max(first, second)))
    return frozenset(found)
