"""Settings of comparing and joining velocities. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass
from typing import Optional

from ..core.settings import Settings, field

UNITS = (("file", "As the file says"), ("m/yr", "m/yr"), ("cm/yr", "cm/yr"), ("mm/yr", "mm/yr"))


@dataclass(frozen=True)
class JoinSettings(Settings):
    """One velocity field in three dimensions from optical and line-of-sight velocities."""
    max_sigma: float = field(
        10.0, label="Largest sigma", unit="m/yr", minimum=1e-6, maximum=1e6,
        help="Directions in which the velocity is less certain are unknown: components that need them get no value.")
    north_sigma: Optional[float] = field(
        None, label="Spread of the north motion", unit="m/yr", minimum=1e-6, maximum=1e4,
        help="Where no image measures the north: how far from zero it may be (1 standard deviation). Empty: nothing is "
             "assumed, and up is unknown where only radar of two tracks sees the ground.")
    unit: str = field(
        "file", label="Unit of the velocity maps", choices=UNITS, advanced=True,
        help="Only for maps of other programs that don't tell their unit; LiCSBAS writes mm/yr.")


@dataclass(frozen=True)
class CompareSettings(Settings):
    """Differences between a velocity and a reference."""
    unit: str = field(
        "file", label="Unit of the reference", choices=UNITS,
        help="Only where its file does not tell; ITS_LIVE is in m/yr.")
    moving: float = field(
        0.0, label="Moving from", unit="m/yr", minimum=0.0, maximum=1e5,
        help="Ground whose speed in the reference is larger is reported by itself as well. 0: no such ground.")


@dataclass(frozen=True)
class StationSettings(Settings):
    """Stations beside a series or a velocity map."""
    window: int = field(
        6, label="Days around a date", unit="days", minimum=0, maximum=365,
        help="The station's value at a date of the series is the mean of its values within so many days.")
