"""What every reader of interferograms hands over: products with their layers, their track and their geometry."""
from dataclasses import dataclass, replace
from datetime import date
from typing import Optional, Tuple

from ...core.grid import Grid

SPEED_OF_LIGHT = 299792458.0
SENTINEL1 = SPEED_OF_LIGHT / 5.405e9   # m
INDEPENDENT = 0.5   # independent looks per look: Sentinel-1 samples its resolution about 1.4 times in each direction

VECTOR, ANGLES, INCIDENCE_AZIMUTH, INCIDENCE_HEADING, CONSTANT = (
    "vector", "angles", "incidence and azimuth", "incidence and heading", "one angle")


@dataclass(frozen=True)
class Layer:
    """One band of a file: as GDAL opens it, or (dataset, index) of an HDF5 file. zero: 0 means no data."""
    path: str
    band: int = 1
    dataset: str = ""
    index: Optional[int] = None
    zero: bool = False


@dataclass(frozen=True)
class Geometry:
    """Where the direction to the satellite comes from.

    kind: VECTOR (layers east, north, up), ANGLES (theta, phi of HyP3, rad), INCIDENCE_AZIMUTH (MintPy: degrees from the
    vertical; from north, counter-clockwise, ground to satellite, which without a layer follows from the heading),
    INCIDENCE_HEADING (one layer of incidence, rad, and the track's heading), CONSTANT (incidence and heading, degrees,
    no layers), "" where unknown.
    """
    kind: str
    grid: Grid
    layers: Tuple[Layer, ...] = ()
    elevation: Optional[Layer] = None
    incidence: Optional[float] = None
    heading: Optional[float] = None


@dataclass(frozen=True)
class Track:
    """label: what interferograms of one stack have in common, in words. heading: degrees clockwise from north. seconds:
    time of day of the passes, UTC, None where unknown."""
    label: str
    direction: str = ""
    heading: Optional[float] = None
    orbit: Optional[int] = None
    seconds: Optional[float] = None


@dataclass(frozen=True)
class Product:
    """One interferogram. factor: metres toward the satellite per unit of the phase layer. coherence_scale: to 0..1.

    looks: independent ones, None where unknown. baseline: perpendicular, m. source: the file or folder, for messages.
    mapped: unit and sign are the user's, not the format's, and may be wrong. unwrapped_from: coherence below which a
    phase of exactly 0 means that it was not unwrapped.
    """
    name: str
    source: str
    reference: date
    secondary: date
    phase: Layer
    grid: Grid
    factor: float
    track: Track
    wavelength: Optional[float] = None
    coherence: Optional[Layer] = None
    coherence_scale: float = 1.0
    looks: Optional[float] = None
    baseline: Optional[float] = None
    geometry: Optional[Geometry] = None
    mapped: bool = False
    unwrapped_from: float = 0.0

    def forward(self) -> "Product":
        """The same interferogram from the earlier to the later date."""
        if self.secondary >= self.reference:
            return self
        baseline = None if self.baseline is None else -self.baseline
        return replace(self, reference=self.secondary, secondary=self.reference, factor=-self.factor,
                       baseline=baseline)


@dataclass(frozen=True)
class Found:
    """What a reader found. notes: sentences for the log. left_out: (name, reason) of what cannot be read."""
    products: Tuple[Product, ...]
    notes: Tuple[str, ...] = ()
    left_out: Tuple[Tuple[str, str], ...] = ()
