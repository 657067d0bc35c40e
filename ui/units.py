"""Units that people look at; files stay in metres and metres per year. No Qt here."""
from typing import Dict

from ..engine.core.units import DAYS_PER_YEAR

LENGTHS: Dict[str, float] = {"m": 1.0, "cm": 100.0, "mm": 1000.0}
#: Rates by name: how many of it are a metre per year.
RATES: Dict[str, float] = {"m/yr": 1.0, "cm/yr": 100.0, "mm/yr": 1000.0, "m/day": 1.0 / DAYS_PER_YEAR,
                           "cm/day": 100.0 / DAYS_PER_YEAR, "mm/day": 1000.0 / DAYS_PER_YEAR}
LENGTH_SETTING, RATE_SETTING = "terrain_motion/unit_length", "terrain_motion/unit_rate"
LENGTH, RATE = "m", "m/yr"


def factor(unit: str) -> float:
    """How many of a display unit are one metre, or one metre per year. Raises KeyError for unknown units."""
    return LENGTHS[unit] if unit in LENGTHS else RATES[unit]


def is_rate(unit: str) -> bool:
    return unit in RATES


def choices(unit: str) -> Dict[str, float]:
    """Units in which something stored in `unit` can be shown; none where it is neither metres nor m/yr."""
    return {LENGTH: LENGTHS, RATE: RATES}.get(unit, {})


def converted(unit: str, length: str, rate: str):
    """(factor, unit) for values whose stored unit is m, m/yr, or a power of a year like m/yr^2."""
    if unit == LENGTH:
        return LENGTHS[length], length
    if unit == RATE:
        return RATES[rate], rate
    if unit.startswith("m/yr"):
        return LENGTHS[length], unit.replace("m", length, 1)
    return 1.0, unit


def text(value: float, decimals: int = 3) -> str:
    """A number for a legend: three significant digits, a real minus sign."""
    return f"{value:.{decimals}g}".replace("-", "\u2212")
