"""A pair of scenes to be matched."""
from dataclasses import dataclass
from datetime import date
from typing import Optional

#: Fields of the pairs layer, in order: name, kind.
PAIR_FIELDS = (("reference", "text"), ("secondary", "text"), ("reference_date", "date"), ("secondary_date", "date"),
               ("days", "integer"), ("reference_mask", "text"), ("secondary_mask", "text"), ("mission", "text"),
               ("orbit", "text"))


@dataclass(frozen=True)
class Pair:
    """Two scenes. reference, secondary: paths. In a backward pair the reference is the later one (days < 0)."""
    reference: str
    secondary: str
    reference_date: date
    secondary_date: date
    reference_mask: str = ""
    secondary_mask: str = ""
    mission: str = ""
    orbit: str = ""
    footprint: Optional[str] = None

    @property
    def days(self) -> int:
        """Temporal baseline, days."""
        return (self.secondary_date - self.reference_date).days

    @property
    def name(self) -> str:
        return f"{self.reference_date:%Y%m%d}_{self.secondary_date:%Y%m%d}"
