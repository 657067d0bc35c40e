"""Toolbox group Validation."""
from ..engine.core.errors import InputError
from ..engine.inversion.settings import PrecisionSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FileDestination
from .ports import Manifest, Stable


class Precision(StageAlgorithm):
    """How precise the displacements are."""
    ID, LABEL, GROUP, SETTINGS = "precision", "Precision on stable ground", Group.VALIDATION, PrecisionSettings
    HELP = ("Spread of the displacement over stable ground by the length of the cycle (temporal baseline): in metres, as "
            "velocity and as share of a pixel, and which baselines can resolve a given speed.")
    SOURCE = "Provost et al. 2022, section 3.4 and eq. 6"
    TAGS = ("accuracy", "stable ground", "standard deviation", "baseline")
    INPUTS = (Manifest("STACK", "Stack", "Either a stack or a series.", optional=True),
              Manifest("SERIES", "Series", "Either a stack or a series.", optional=True), Stable())
    OUTPUTS = (FileDestination("OUTPUT", "Table", filter="CSV (*.csv)", optional=False),
               FileDestination("PLOT", "Plot", filter="PNG (*.png)"))

    def stage(self, run):
        from ..engine.inversion import precision
        given = [run.values[name] for name in ("STACK", "SERIES") if run.values[name]]
        if len(given) != 1:
            raise InputError("Choose either a stack or a series whose precision is wanted.")
        result = precision.run(given[0], run.values["STABLE"], run.settings, run.outputs["OUTPUT"], run.progress,
                               plot=run.outputs["PLOT"])
        return Outcome(summary=result.notes)


ALGORITHMS = (Precision,)
