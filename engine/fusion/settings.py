"""Settings of the multi-temporal fusion. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Optional

from ..core.errors import SettingsError
from ..core.settings import Settings, field

METHODS = (("mean", "Mean"), ("median", "Median"), ("weighted", "Mean weighted by variance"))

#: Months of each season, of the northern calendar.
SEASON_MONTHS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}
SEASONS = (("all", "All"), ("winter", "December to February"), ("spring", "March to May"),
           ("summer", "June to August"), ("autumn", "September to November"))


@dataclass(frozen=True)
class FuseSettings(Settings):
    """Mean velocity and vector coherence of all pairs of a stack."""
    method: str = field(
        "median", label="Method", choices=METHODS,
        help="The median bears up to half of the pairs being wrong. Weighted counts a pair by the variance of its "
             "velocity: sigma over temporal baseline.")
    min_observations: int = field(
        1, label="Fewest observations", unit="pairs", minimum=1, maximum=10000, advanced=True,
        help="Pixels with fewer valid pairs get no value.")
    start: Optional[str] = field(
        None, label="From", kind="date", advanced=True,
        help="Only pairs whose middle lies on or after this date: with the next field, the velocity of one year.")
    end: Optional[str] = field(
        None, label="To", kind="date", advanced=True, help="Only pairs whose middle lies on or before this date.")
    season: str = field(
        "all", label="Season", choices=SEASONS, advanced=True,
        help="Only pairs whose middle lies in these months, of every year.")

    def check(self) -> None:
        if self.start and self.end and self.start[:10] > self.end[:10]:
            raise SettingsError(f"From ({self.start}) is later than To ({self.end}): no pair lies between them.")

    def takes(self, reference: date, secondary: date) -> bool:
        """True if the middle of a pair lies in the asked period and season."""
        middle = min(reference, secondary) + timedelta(days=abs((secondary - reference).days) // 2)
        if self.start and middle < date.fromisoformat(self.start[:10]):
            return False
        if self.end and middle > date.fromisoformat(self.end[:10]):
            return False
        return self.season == "all" or middle.month in SEASON_MONTHS[self.season]
