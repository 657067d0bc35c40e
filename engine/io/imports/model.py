"""What the readers of the formats find: one record per pair, and the words for units and signs."""
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Dict, Optional, Tuple

from ...core.errors import InputError
from ...core.grid import Grid
from ...core.units import DAYS_PER_YEAR

METRES, PIXELS, PER_YEAR, PER_DAY = "m", "px", "m/yr", "m/day"
UNIT_WORDS = {METRES: "metres", PIXELS: "pixels", PER_YEAR: "m/yr", PER_DAY: "m/day"}
_SPELLINGS = {
    METRES: ("m", "metre", "metres", "meter", "meters"),
    PIXELS: ("px", "pix", "pixel", "pixels"),
    PER_YEAR: ("m/yr", "m/y", "m/a", "m/year", "myr-1", "my-1", "ma-1", "metre/year", "meter/year", "meters/year",
               "metres/year", "meters/yr", "metersperyear"),
    PER_DAY: ("m/day", "m/d", "mday-1", "md-1", "metre/day", "meter/day", "meters/day", "metres/day"),
}


def unit_code(text: str) -> Optional[str]:
    """The unit that a file's text means, None where it says nothing that is known."""
    plain = re.sub(r"[\s_.*^]", "", text.lower())
    return next((code for code, words in _SPELLINGS.items() if plain in words), None)


@dataclass(frozen=True)
class Layer:
    """One band of a file. path: as GDAL opens it."""
    path: str
    band: int = 1


@dataclass(frozen=True)
class PairSource:
    """One pair of another program's result.

    x, y: components along the map's axes; y_down: the second is positive down the map. unit: code of
    `model.UNIT_WORDS`, and `unit_from`, where it is known from. sigma: band or one number per component (m in the
    unit of the values). quality: 0..1 after value * scale + offset. missing: values that mean no data besides the
    declared one.
    """
    x: Layer
    y: Layer
    reference: date
    secondary: date
    grid: Grid
    unit: Optional[str]
    unit_from: str
    y_down: bool = False
    quality: Optional[Layer] = None
    quality_scale: Tuple[float, float] = (1.0, 0.0)
    sigma: Optional[Layer] = None
    sigma_value: Optional[float] = None
    missing: Tuple[float, ...] = ()
    extra: Optional[Dict[str, str]] = None

    @property
    def days(self) -> int:
        return (self.secondary - self.reference).days

    @property
    def is_velocity(self) -> bool:
        return self.unit in (PER_YEAR, PER_DAY)

    def forward(self) -> "PairSource":
        """A velocity is the same in both directions, so that its pair runs forward in time."""
        if self.is_velocity and self.days < 0:
            return replace(self, reference=self.secondary, secondary=self.reference)
        return self

    def factors(self, pixel_size: float) -> Tuple[float, float]:
        """What turns values into metres east and north. pixel_size: m, 0 = the map's own pixel."""
        if self.unit == PIXELS:
            t = self.grid.transform
            east, north = (pixel_size, pixel_size) if pixel_size else (abs(t[1]), abs(t[5]))
        else:
            east = north = {METRES: 1.0, PER_YEAR: self.days / DAYS_PER_YEAR, PER_DAY: float(self.days)}[self.unit]
        return east, -north if self.y_down else north


def settle_unit(declared: Optional[str], said: Optional[str], usual: Optional[str], path: str) -> Tuple[str, str]:
    """(unit, where it comes from). said: by the file itself; usual: of the format. Raises InputError if unknown."""
    if said is not None:
        if declared is not None and declared != said:
            raise InputError(f"{path} says that its unit is {UNIT_WORDS[said]}, but {UNIT_WORDS[declared]} was declared. "
                             f"Leave Unit empty, or correct it.")
        return said, "the files"
    if declared is not None:
        return declared, "declared"
    if usual is not None:
        return usual, "the format"
    raise InputError(f"{path} does not say its unit. Declare Unit: metres, pixels, m/yr or m/day.")
