"""Settings of the multi-temporal fusion. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass

from ..core.settings import Settings, field

METHODS = (("mean", "Mean"), ("median", "Median"), ("weighted", "Mean weighted by variance"))


@dataclass(frozen=True)
class FuseSettings(Settings):
    """Mean velocity and vector coherence of all pairs of a stack."""
    method: str = field(
        "median", label="Method", choices=METHODS,
        help="The median bears up to half of the pairs being wrong. Weighted counts a pair by the variance of its "
             "velocity: sigma over temporal baseline.")
    min_observations: int = field(
        1, label="Fewest observations", unit="pairs", minimum=1, maximum=10000, advanced=True,
        help="Pixels with fewer valid pairs get no value.")
