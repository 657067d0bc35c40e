"""Settings of the InSAR corrections and of the decomposition. Standard library only, so that forms can show them."""
from dataclasses import dataclass

from ..core.settings import Settings, field

UNITS = (("file", "As the file says"), ("m/yr", "m/yr"), ("cm/yr", "cm/yr"), ("mm/yr", "mm/yr"))
TIES = (("none", "None: the looks share a reference"), ("constant", "A constant"), ("plane", "A plane"),
        ("quadratic", "Second order surface"), ("waves", "Long waves of the difference"))


@dataclass(frozen=True)
class DecomposeSettings(Settings):
    """East and up velocity from lines of sight of different directions."""
    tie: str = field(
        "none", label="Tie each look by", choices=TIES,
        help="What is taken off each look, fitted robustly to its difference from the reference velocity (from zero on "
             "stable ground without one). Looks that were referenced to different places need a constant at least; "
             "second order or long waves suit whole frames tied to GNSS.")
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
        help="Only for maps of other programs that don't tell their unit; LiCSBAS writes mm/yr.")
