"""Signs and conversions, each in one place. East, north and up are positive; line of sight toward the satellite."""
import math
from datetime import date

DAYS_PER_YEAR = 365.25

METRE, METRE_PER_YEAR, DAY, ONE = "m", "m/yr", "days", "1"

SIGN_EAST_NORTH = "positive east and north: motion of the ground from the reference to the secondary date"
SIGN_LOS = "positive toward the satellite: motion of the ground from the reference to the secondary date"


def years(days):
    """Days as years of 365.25 days (number or array)."""
    return days / DAYS_PER_YEAR


def days_between(start: date, end: date) -> int:
    """Temporal baseline, days; negative where `end` is the earlier."""
    return (end - start).days


def east_north_from_shift(columns, rows, transform):
    """Shift of image content (pixels to the right, pixels downward) as metres (east, north).

    columns, rows: arrays or numbers, px. transform: GDAL geotransform. Rows grow southward, so transform[5] < 0
    turns a downward shift into a negative north component.
    """
    return columns * transform[1] + rows * transform[2], columns * transform[4] + rows * transform[5]


def los_from_phase(phase, wavelength: float):
    """Line-of-sight displacement from unwrapped phase, d = -wavelength / (4 pi) * phase (HyP3 convention).

    phase: rad, positive away from the satellite, NaN = no data. wavelength: m. Returns m, positive toward
    the satellite; its sigma scales with |wavelength / (4 pi)|.
    """
    return -wavelength / (4.0 * math.pi) * phase
