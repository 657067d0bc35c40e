"""Settings of the InSAR corrections and of the decomposition. Standard library only, so that forms can show them."""
import re
from dataclasses import dataclass

from ..core.errors import SettingsError
from ..core.settings import Settings, field

UNITS = (("file", "As the file says"), ("m/yr", "m/yr"), ("cm/yr", "cm/yr"), ("mm/yr", "mm/yr"))
TIES = (("none", "None: the looks share a reference"), ("constant", "A constant"), ("plane", "A plane"),
        ("quadratic", "Second order surface"), ("waves", "Long waves of the difference"),
        ("auto", "What fits the input"))


@dataclass(frozen=True)
class DecomposeSettings(Settings):
    """East and up velocity from lines of sight of different directions."""
    tie: str = field(
        "auto", label="Tie each look by", choices=TIES,
        help="What is taken off each look, fitted robustly to its difference from the known east velocity (from zero on "
             "stable ground without one). What fits the input: long waves with a known east velocity, as whole frames tied "
             "to GNSS need; a constant with stable ground alone; else none, which is right for looks that share a "
             "reference.")
    tie_width: float = field(
        50000.0, label="Width of the long waves", unit="m", minimum=100.0, maximum=1e7, advanced=True,
        help="Full width at half maximum of the Gaussian that averages the difference: motion that is narrower comes "
             "from the looks, wider motion from the reference velocity.")
    min_angle: float = field(
        20.0, label="Smallest angle between looks", unit="°", minimum=1.0, maximum=90.0,
        help="Pixels whose looks span less in the east-up plane get no value: two neighbouring tracks of one pass "
             "differ by 5 to 15 degrees and tell east and up only together.")
    north_sigma: float = field(
        0.0, label="Uncertainty of the north motion", unit="m/yr", minimum=0.0, maximum=1e4, advanced=True,
        help="Standard deviation of the true north motion about the assumed one (0, or the raster of the north "
             "velocity). It enters the sigmas. Radar sees nearly nothing of the north.")
    unit: str = field(
        "file", label="Unit of the velocity maps", choices=UNITS, advanced=True,
        help="Only for maps of other programs that don't tell their unit. vel.geo.tif of LiCSBAS is known to be mm/yr.")


METHODS = (("elevation", "Elevation, from the interferograms"), ("era5", "ERA5 weather model"), ("gacos", "GACOS"))
LAWS = (("linear", "Linear"), ("power", "Power law"))


@dataclass(frozen=True)
class TroposphereSettings(Settings):
    """Delay of the atmosphere, date by date."""
    method: str = field(
        "elevation", label="Method", choices=METHODS,
        help="Elevation needs nothing but the stack. ERA5 takes pressure levels (GRIB or NetCDF) from the folder; GACOS "
             "takes its .ztd files.")
    law: str = field(
        "linear", label="Delay against elevation", choices=LAWS,
        help="Linear suits a few kilometres of relief. The power law (Bekaert et al. 2015) lets the delay fade toward the "
             "top of the moist air.")
    window: float = field(
        40000.0, label="Local window", unit="m", minimum=0.0, maximum=1e6,
        help="The delay per kilometre of elevation may differ between windows of this size. Areas of less than one and "
             "a half windows have one; 0 does so everywhere.")
    turbulence: bool = field(
        True, label="Take off what stable ground shows of the turbulent rest",
        help="Only where stable ground is given: what it shows of each date beyond the elevation is interpolated "
             "(kriging) over the moving ground. Wide motion that also moves the stable ground would go with it.")
    refuse: bool = field(
        True, label="Leave dates that become worse",
        help="A date whose spread on still ground grows keeps its atmosphere. The table says which.")
    time: str = field(
        "", label="Time of the acquisitions (UTC)",
        help="HH:MM, for weather models. Empty: that of the stack.")
    top: float = field(
        7000.0, label="Top of the moist air", unit="m", minimum=1000.0, maximum=30000.0, advanced=True,
        help="Power law only: elevation at which the delay no longer changes. Raised where the terrain reaches it.")
    exponent: float = field(
        1.4, label="Exponent of the power law", minimum=1.0, maximum=3.0, advanced=True,
        help="1.3 to 2, by climate.")
    as_pyaps: bool = field(
        False, label="Wet delay as PyAPS 0.3 has it", advanced=True,
        help="ERA5 only, to compare results: PyAPS takes the wet delay of ground that lies one layer of its table, about "
             "160 m, higher.")

    def check(self) -> None:
        if self.time and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?", self.time.strip()):
            raise SettingsError(f"Time of the acquisitions: '{self.time}' is not a time; write it as HH:MM.")


@dataclass(frozen=True)
class ClosureSettings(Settings):
    """Errors of unwrapping, found by adding up loops of three interferograms."""
    correct: bool = field(
        True, label="Correct whole cycles",
        help="Where every loop of one interferogram is off by the same number of cycles, that number is taken off it. "
             "What no single interferogram explains is masked.")
    mask: bool = field(
        True, label="Mask what stays wrong",
        help="Values whose loops don't close and that cannot be corrected lose their value in the pairs concerned.")
    region: int = field(
        25, label="Smallest region to correct", unit="px", minimum=1, maximum=100000,
        help="Whole cycles are wrong in whole regions; smaller ones are noise and are masked.")
    tolerance: float = field(
        0.5, label="Closed within", unit="cycles", minimum=0.1, maximum=0.9, advanced=True,
        help="Loops that add up to more than this are wrong.")


@dataclass(frozen=True)
class DemErrorSettings(Settings):
    """Displacement that follows the perpendicular baseline: an error of the DEM."""
    degree: int = field(
        2, label="Degree of the motion", minimum=1, maximum=4,
        help="Polynomial in time that the motion may follow beside the baselines. What baselines share with it cannot be "
             "told from motion and stays.")
    significance: float = field(
        4.0, label="Significance", unit="× sigma", minimum=1.0, maximum=20.0,
        help="Only errors that stand out so far from their own uncertainty are taken off. Motion that does not follow the "
             "polynomial makes this uncertainty large.")
    least_separation: float = field(
        0.3, label="Least separation from motion", minimum=0.05, maximum=1.0, advanced=True, name="LEASTSEPARATION",
        help="Share of the baselines' variance that does not follow the dates. Below, nothing is taken off anywhere.")
    largest: float = field(
        100.0, label="Largest error", unit="m", minimum=1.0, maximum=1000.0, advanced=True,
        help="More is no error of a DEM: such pixels stay as they are.")


PARTS = (("wide", "What is wider than the width in space"), ("narrow", "What is narrower"))


@dataclass(frozen=True)
class FilterSeriesSettings(Settings):
    """Smooth a series in time, or take off what is wide, or narrow, in space and short in time."""
    spatial: float = field(
        0.0, label="Width in space", unit="m", minimum=0.0, maximum=1e6,
        help="Of what is short in time, the part that is wider than this (Gaussian, 1 sigma) or narrower is taken off. 0: "
             "all of it, so that every pixel's course is smoothed.")
    part: str = field(
        "wide", label="What is taken off", choices=PARTS,
        help="Wide and short in time is atmosphere, narrow and short in time is noise of single pixels.")
    temporal: float = field(
        60.0, label="Length in time", unit="days", minimum=1.0, maximum=3660.0,
        help="Gaussian, 1 sigma: what is shorter counts as noise. Sudden motion is shorter too, and is flattened.")
