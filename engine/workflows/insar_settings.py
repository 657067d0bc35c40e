"""Settings of the InSAR service: those of its steps. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass

from ..core.settings import Settings, group
from ..insar.correction_settings import ClosureSettings, DecomposeSettings, TroposphereSettings
from ..insar.settings import ReferenceStackSettings, SelectSettings
from ..inversion.settings import InvertSettings
from ..io.interferograms.settings import ImportInterferogramsSettings

_IMPORT_HIDDEN = tuple(name for name in ImportInterferogramsSettings.__dataclass_fields__
                       if name not in ("format", "cover", "wavelength", "looks"))
_SELECT_HIDDEN = ("drop_pairs", "drop_dates")  # of one track; Select interferograms has them
_TROPOSPHERE_HIDDEN = ("as_pyaps",)


#: Four neighbours of a 12-day repeat. With the 30 days of Xu most dates have two and many loops are missing: 2.4 instead of
#: 1.8 mm/yr on the stable ground of the simulated glaciers.
NETWORK = SelectSettings(max_days=48)


@dataclass(frozen=True)
class InsarSettings(Settings):
    """From two folders of interferograms to east and up velocity."""
    importing: ImportInterferogramsSettings = group(ImportInterferogramsSettings(), omit=_IMPORT_HIDDEN, advanced=True)
    selection: SelectSettings = group(NETWORK, omit=_SELECT_HIDDEN)
    closing: ClosureSettings = group(ClosureSettings(), advanced=True)
    reference: ReferenceStackSettings = group(ReferenceStackSettings(), omit=("radius",), advanced=True)
    atmosphere: TroposphereSettings = group(TroposphereSettings(), omit=_TROPOSPHERE_HIDDEN)
    inversion: InvertSettings = group(InvertSettings(), advanced=True)
    decomposition: DecomposeSettings = group(DecomposeSettings(), omit=("unit", "tie_width"), advanced=True)


INSAR = InsarSettings()
