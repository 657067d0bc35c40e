"""Settings of profiles across the ground."""
from dataclasses import dataclass
from typing import Optional

from ..core.settings import Settings, field


@dataclass(frozen=True)
class ProfileSettings(Settings):
    """A swath along a line, and the step where it crosses a fault."""
    width: float = field(200.0, label="Width", unit="m", minimum=0.0, maximum=1e6, help=(
        "Width of the swath, half to either side of the line. Wider is smoother; the band shows the spread inside."))
    spacing: float = field(0.0, label="Step", unit="m", minimum=0.0, maximum=1e6, help=(
        "Distance between places along the line. 0: a pixel."))
    fault: bool = field(False, label="Fit the offset of a fault", help=(
        "A straight line on either side; the offset is the step between them at the fault."))
    where: Optional[float] = field(None, label="Fault at", unit="m", minimum=0.0, maximum=1e8, help=(
        "Distance of the fault from the first point. Empty: where the misfit is smallest. A click on the plot sets it."))
    zone: float = field(0.0, label="Fault zone", unit="m", minimum=0.0, maximum=1e6, help=(
        "Full width around the fault that is left out of both lines, where the ground is sheared."))
    reach: float = field(0.0, label="Reach", unit="m", minimum=0.0, maximum=1e6, advanced=True, help=(
        "How far from the fault the lines are fitted. 0: to both ends of the profile."))
