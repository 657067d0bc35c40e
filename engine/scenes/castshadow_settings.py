"""Settings of the cast shadow."""
from dataclasses import dataclass

from ..core.settings import Settings, field


@dataclass(frozen=True)
class CastShadowSettings(Settings):
    """Where mountains keep the sun away."""
    sun_azimuth: float = field(150.0, label="Sun azimuth", unit="°", minimum=-360.0, maximum=360.0,
                               help="Clockwise from true north, as in the scenes layer. 150 is a morning of the north.")
    sun_elevation: float = field(40.0, label="Sun elevation", unit="°", minimum=0.1, maximum=90.0,
                                 help="Above the horizon, as in the scenes layer.")
