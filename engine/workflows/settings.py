"""Settings of the three services: those of their stages, with what Provost et al. (2022) chose for each.

Standard library only, so that forms can show them at start-up. `EARTHQUAKE`, `ICE` and `SLIDE` are the presets.
"""
from dataclasses import dataclass, replace

from ..core.settings import Settings, group
from ..correction.settings import AverageSettings, CorrectSettings
from ..filtering.settings import FilterSettings, OutlierSettings, TopographicSettings
from ..fusion.settings import FuseSettings
from ..inversion.settings import PAPER, InvertSettings
from ..matching.settings import BOTH, PairRunSettings
from ..network import presets
from ..network.settings import FORWARD, PairNetworkSettings
from ..scenes.prepare_settings import PrepareSettings

# Both directions of a pair are averaged while it is matched, so its network needs only one of them.
_EVENT = replace(presets.EARTHQUAKE, direction=FORWARD)

#: Bands of the earthquake service by what they see; the sensor's names follow from the scenes.
EVENT_BANDS = ("blue", "green", "red", "nir_wide/nir")

#: Window 5 x 5, regularisation 0.3, range 2 (section 3.1): small enough for the step at the fault.
EVENT_MATCHING = PairRunSettings(window=5, regularisation=0.3, range=2, average=BOTH)
#: Correlation from 0.3 on (section 3.2).
ICE_MATCHING = PairRunSettings(threshold=0.3, average=BOTH)
SLIDE_MATCHING = PairRunSettings()

#: Ramp, stripes and jitter (sections 2.2.1, 2.2.2). Jitter has the size of glaciers and landslides and is left alone
#: there (section 4.1).
EVENT_CORRECTION = CorrectSettings(deramp=True, destripe=True, jitter=True, ramp_ground="spread")
GROUND_CORRECTION = CorrectSettings(deramp=True)

#: Low correlation and vectors unlike their neighbours.
ICE_FILTERS = FilterSettings(outlier=OutlierSettings(threshold=0.3))
#: All three filters; ground flatter than 5 degrees does not slide (section 2.2.3).
SLIDE_FILTERS = FilterSettings(topography=True, morphology=True, topographic=TopographicSettings(min_slope=5.0))

_NETWORK_HIDDEN = ("direction",)
_CORRECTION_HIDDEN = ("iterations", "tuning")  # of the ramp; an expert changes them in Deramp
_FILTER_NAMES = {"threshold": "FILTERTHRESHOLD", "window": "FILTERWINDOW", "factor": "FILTERFACTOR"}
_FUSE_NAMES = {"method": "FUSEMETHOD", "min_observations": "FUSEMINOBSERVATIONS"}
_INVERT_NAMES = {"iterations": "INVERTITERATIONS"}


@dataclass(frozen=True)
class EarthquakeSettings(Settings):
    """Displacement across an earthquake, from all pairs that bridge it."""
    preparation: PrepareSettings = group(PrepareSettings(), omit=("bands",), advanced=True)
    network: PairNetworkSettings = group(_EVENT, omit=_NETWORK_HIDDEN)
    matching: PairRunSettings = group(EVENT_MATCHING, advanced=True)
    correction: CorrectSettings = group(EVENT_CORRECTION, omit=_CORRECTION_HIDDEN, advanced=True)
    averaging: AverageSettings = group(AverageSettings(), omit=("split_date",), advanced=True)


@dataclass(frozen=True)
class IceSettings(Settings):
    """Velocity and time series of glaciers."""
    preparation: PrepareSettings = group(PrepareSettings(), omit=("bands",), advanced=True)
    network: PairNetworkSettings = group(presets.ICE, omit=_NETWORK_HIDDEN)
    matching: PairRunSettings = group(ICE_MATCHING, advanced=True)
    correction: CorrectSettings = group(GROUND_CORRECTION, omit=_CORRECTION_HIDDEN, advanced=True)
    filters: FilterSettings = group(ICE_FILTERS, names=_FILTER_NAMES, advanced=True)
    fusion: FuseSettings = group(FuseSettings(), names=_FUSE_NAMES, advanced=True)
    inversion: InvertSettings = group(InvertSettings(), names=_INVERT_NAMES, advanced=True)


@dataclass(frozen=True)
class SlideSettings(Settings):
    """Velocity and time series of slow landslides."""
    preparation: PrepareSettings = group(PrepareSettings(), omit=("bands",), advanced=True)
    network: PairNetworkSettings = group(presets.SLIDE, omit=_NETWORK_HIDDEN)
    matching: PairRunSettings = group(SLIDE_MATCHING, advanced=True)
    correction: CorrectSettings = group(GROUND_CORRECTION, omit=_CORRECTION_HIDDEN, advanced=True)
    filters: FilterSettings = group(SLIDE_FILTERS, names=_FILTER_NAMES, advanced=True)
    fusion: FuseSettings = group(FuseSettings(), names=_FUSE_NAMES, advanced=True)
    inversion: InvertSettings = group(PAPER, names=_INVERT_NAMES, advanced=True)


EARTHQUAKE, ICE, SLIDE = EarthquakeSettings(), IceSettings(), SlideSettings()
