"""Settings of the pair network."""
from dataclasses import dataclass
from typing import Optional

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
