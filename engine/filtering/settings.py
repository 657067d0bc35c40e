"""Settings of the filters. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass
from typing import Optional

from ..core.errors import SettingsError
from ..core.settings import Settings, field, group

PATCHES = (("both", "Measured and moving patches"), ("valid", "Measured patches"), ("moving", "Moving patches"))


@dataclass(frozen=True)
class OutlierSettings(Settings):
    """Remove vectors of low correlation and vectors far from the median of their neighbours."""
    threshold: float = field(
        0.5, label="Lowest correlation", minimum=0.0, maximum=1.0,
        help="Pixels of lower correlation (coherence) are removed. Below 0.5 one match in thirty is off by more than "
             "half a pixel, above one in a hundred; take 0.3 (Provost et al. 2022) for noisy images. 0 keeps all.")
    window: int = field(
        7, label="Window", unit="px", minimum=3, maximum=51,
        help="Side of the neighbourhood, odd, in pixels of the displacement. A quarter of it must agree with a "
             "vector that differs from the median: margins, corners and fault steps stay.")
    factor: float = field(
        3.0, label="Factor", unit="× MAD", minimum=0.5, maximum=50.0,
        help="Distance from the median of the neighbours, in median absolute deviations scaled to one standard "
             "deviation. Larger keeps more.")
    noise_floor: Optional[float] = field(
        None, label="Noise floor", unit="m", minimum=0.0, maximum=1e4, advanced=True,
        help="The deviation of the neighbours never counts as smaller than this. Empty: the median over the whole "
             "displacement, at least 0.01 pixel.")

    support: float = field(
        0.45, label="Least support", minimum=0.0, maximum=1.0, advanced=True,
        help="Vectors with a smaller share of measured pixels in the 41 x 41 px around them are removed: small islands "
             "between clouds are matched wrongly ten times as often as open ground. 0 keeps all.")

    def check(self) -> None:
        if self.window % 2 == 0:
            raise SettingsError(f"Window: {self.window} px is even. Use {self.window - 1} or {self.window + 1}.")


@dataclass(frozen=True)
class TopographicSettings(Settings):
    """Remove motion on slopes, or in directions, where the process studied cannot be."""
    min_slope: float = field(0.0, label="Minimum slope", unit="°", minimum=0.0, maximum=90.0,
                             help="Flatter ground is removed; 5° for landslides in mountains.")
    max_slope: float = field(90.0, label="Maximum slope", unit="°", minimum=0.0, maximum=90.0,
                             help="Steeper ground is removed; 30° where errors of the DEM matter.")
    max_aspect: float = field(
        180.0, label="Largest deviation from downslope", unit="°", minimum=0.0, maximum=180.0,
        help="Motion in directions farther from the steepest descent is removed. Motion below the noise and ground "
             "flatter than 2° are not judged. 180 keeps all.")

    def check(self) -> None:
        if self.min_slope >= self.max_slope:
            raise SettingsError(f"The lowest slope ({self.min_slope:g}°) must be below the highest "
                                f"({self.max_slope:g}°).")


@dataclass(frozen=True)
class MorphologicalSettings(Settings):
    """Remove small isolated patches."""
    opening: float = field(100.0, label="Opening radius", unit="m", minimum=0.0, maximum=1e5,
                           help="Patches that hold no disc of this radius are removed (Provost et al. 2022: 100).")
    closing: float = field(200.0, label="Closing radius", unit="m", minimum=0.0, maximum=1e5,
                           help="Measured pixels in gaps and bays of the remaining patches are kept where these are at "
                                "most this wide (200).")
    patches: str = field("both", label="Patches", choices=PATCHES, advanced=True,
                         help="Measured: pixels with a value. Moving: pixels whose motion stands out of the noise.")


@dataclass(frozen=True)
class FilterSettings(Settings):
    """Filters of every pair of a stack, in this order: outliers, topography, morphology."""
    outliers: bool = field(True, label="Remove outliers", help="Low correlation, and vectors unlike their neighbours.")
    topography: bool = field(False, label="Filter by topography", help="Slope and direction of motion; needs a DEM.")
    morphology: bool = field(False, label="Remove small patches", help="Opening and closing in metres.")
    outlier: OutlierSettings = group(OutlierSettings())
    topographic: TopographicSettings = group(TopographicSettings())
    morphological: MorphologicalSettings = group(MorphologicalSettings())

    def check(self) -> None:
        if not (self.outliers or self.topography or self.morphology):
            raise SettingsError("No filter is chosen. Switch on at least one.")
