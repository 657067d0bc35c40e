"""Settings of the corrections. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass
from typing import Optional

from ..core.errors import SettingsError
from ..core.settings import Settings, field, group

ORDERS = (("plane", "Plane"), ("quadratic", "Second order"))

WAVELETS = tuple((f"db{n}", f"Daubechies {n}") for n in range(1, 11))

GROUNDS = (("stable", "Stable ground where it is given"),
           ("spread", "Stable ground if it spans half of the image, else all ground"))

STATISTICS = (("median", "Median"), ("mean", "Mean without outliers"))


@dataclass(frozen=True)
class DerampSettings(Settings):
    """Remove a ramp that orbits and orthorectification leave in the displacement."""
    order: str = field(
        "plane", label="Surface", choices=ORDERS,
        help="A plane for each component (Provost et al. 2022, section 2.2.1). Second order also follows curvature, "
             "and takes more of a wide motion with it.")
    iterations: int = field(
        20, label="Iterations", minimum=1, maximum=200, advanced=True,
        help="Most re-weighted solutions; it ends sooner once the surface no longer changes.")
    tuning: float = field(
        4.685, label="Bisquare constant", unit="× sigma", minimum=1.5, maximum=20.0, advanced=True,
        help="Residuals beyond this many standard deviations do not count: moving ground and outliers. 4.685 keeps "
             "95 % of the accuracy of least squares on clean data.")


@dataclass(frozen=True)
class DestripeSettings(Settings):
    """Remove the steps between the detectors of a pushbroom sensor."""
    shift: str = field(
        "median", label="Step between detectors", choices=STATISTICS,
        help="How the differences across a border, row by row, become the step of that border. Both leave moving "
             "ground out.")
    angle: Optional[float] = field(
        None, label="Direction of the track", unit="°", minimum=-360.0, maximum=360.0,
        help="Azimuth of the flight, clockwise from north; its opposite is the same. 194 for Sentinel-2, descending, "
             "at 45° N. Empty: found from the data. Not needed where detector footprints are given.")
    margin: int = field(
        20, label="Width beside a border", unit="px", minimum=3, maximum=200, advanced=True,
        help="Pixels on each side of a border that are compared. Motion that changes little over twice this width "
             "does not change the steps.")


@dataclass(frozen=True)
class JitterSettings(Settings):
    """Remove waves across the track that vibrations of the satellite leave."""
    wavelet: str = field(
        "db5", label="Wavelet", choices=WAVELETS,
        help="Daubechies 5 suits Sentinel-2 (Provost et al. 2022, section 2.2.2).")
    wavelength: float = field(
        1900.0, label="Wavelength along the track", unit="m", minimum=10.0, maximum=1e5,
        help="1.8 to 2 km for Sentinel-2. Waves from half to twice as long are removed as well.")
    angle: Optional[float] = field(
        None, label="Direction of the track", unit="°", minimum=-360.0, maximum=360.0,
        help="Azimuth of the flight, clockwise from north; its opposite is the same. Empty: found from the data.")


@dataclass(frozen=True)
class ReferenceSettings(Settings):
    """Hold stable ground still."""
    statistic: str = field(
        "median", label="Shift of the stable ground", choices=STATISTICS,
        help="What is subtracted where stable ground is given. Without stable ground it is the shift that most of "
             "the area shares, found robustly.")


@dataclass(frozen=True)
class CorrectSettings(Settings):
    """Corrections of every pair of a stack, in this order: ramp, stripes, jitter, reference."""
    deramp: bool = field(True, label="Remove the ramp", help="A plane or second order surface for each component.")
    destripe: bool = field(False, label="Remove the stripes", help="Steps between the detectors of a pushbroom sensor, "
                           "with their footprints or with borders found in each displacement.")
    jitter: bool = field(False, label="Remove the jitter", help="Waves across the track. Needs images of at least two "
                         "wavelengths along the track.")
    ramp_ground: str = field(
        "stable", label="Ground of the ramp", choices=GROUNDS, advanced=True,
        help="A tilt taken from a corner of the image is uncertain at the other end: matching errors are alike over "
             "kilometres. With the second choice all ground tells it then, robustly; the level is that of the stable "
             "ground in any case.")
    reference: bool = field(True, label="Refer to stable ground",
                            help="Subtract the shift of the stable ground, or of most of the area without it.")
    ramp: DerampSettings = group(DerampSettings())
    stripes: DestripeSettings = group(DestripeSettings())
    waves: JitterSettings = group(JitterSettings(), omit=("angle",))  # the track is that of the stripes
    stable: ReferenceSettings = group(ReferenceSettings())

    def check(self) -> None:
        if not (self.deramp or self.destripe or self.jitter or self.reference):
            raise SettingsError("No correction is chosen. Switch on at least one.")


@dataclass(frozen=True)
class AverageSettings(Settings):
    """Average displacements of one pair of dates (bands, forward and backward), or across an event."""
    factor: float = field(
        3.0, label="Outlier limit", unit="× sigma", minimum=1.0, maximum=20.0,
        help="From three measurements on, those farther from their median than this many standard deviations are "
             "left out of the mean.")
    min_count: int = field(
        1, label="Fewest measurements", minimum=1, maximum=100,
        help="Pixels that fewer displacements measure get no value.")
    split_date: Optional[str] = field(
        None, label="Split date", kind="date",
        help="Day of an earthquake or another event: displacements of different dates are averaged if all of them "
             "bridge it. Empty: all must be of the same two dates.")
