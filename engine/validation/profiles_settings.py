"""Settings of offsets across a fault. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass
from typing import Optional

from ..core.errors import SettingsError
from ..core.settings import Settings, field


@dataclass(frozen=True)
class FaultOffsetSettings(Settings):
    """Offset across a fault at places along it."""
    spacing: float = field(250.0, label="Spacing along the fault", unit="m", minimum=1.0, maximum=1e6,
                           help="Distance between two places (Provost et al. 2022, section 3.1: 250 m).")
    width: float = field(200.0, label="Width of a profile", unit="m", minimum=1.0, maximum=1e6,
                         help="Displacement is averaged over this length along the fault (200 m).")
    reach: float = field(1500.0, label="Reach of a profile", unit="m", minimum=10.0, maximum=1e6,
                         help="How far on either side of the fault the displacement is looked at. Longer is calmer, but "
                              "takes in other faults, and the motion decays with the distance. Places that the edge of "
                              "the image cuts to half of it or less are left out.")
    zone: Optional[float] = field(
        None, label="Fault zone", unit="m", minimum=0.0, maximum=1e5,
        help="Full width around the fault that is left out, where matching smooths the step. Empty: 20 pixels of the "
             "displacement, what regularised correlation with small windows needs; take 40 with windows of 21 px.")

    def check(self) -> None:
        if self.zone is not None and self.zone >= 2 * self.reach:
            raise SettingsError(f"The fault zone ({self.zone:g} m) takes all of the profile ({2 * self.reach:g} m). "
                                "Choose a narrower zone or a longer reach.")
