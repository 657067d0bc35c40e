"""Toolbox group Validation."""
from ..engine.core.errors import InputError
from ..engine.inversion.settings import PrecisionSettings
from ..engine.validation.profiles_settings import FaultOffsetSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FileDestination
from .ports import Manifest, Points, Raster, Stable
from .tables import PointTable, write_points


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
        precision.run(given[0], run.values["STABLE"], run.settings, run.outputs["OUTPUT"], run.progress,
                      plot=run.outputs["PLOT"])
        return Outcome()  # its notes are in the log already


class FaultOffset(StageAlgorithm):
    """Offset across a fault."""
    ID, LABEL, GROUP, SETTINGS = "faultoffset", "Fault offset", Group.VALIDATION, FaultOffsetSettings
    HELP = ("Offset across a fault at regular places along it: lines on both sides, extended to the fault, with a common "
            "curve for the decay of the motion. Parallel is positive where the motion is right-lateral, normal where the "
            "fault opens, whatever the direction in which the fault was drawn; each with its sigma.")
    SOURCE = "Provost et al. 2022, section 3.1: every 250 m over 200 m"
    TAGS = ("profile", "slip", "co-seismic", "strike-slip", "earthquake")
    INPUTS = (Raster("INPUT", "Displacement or velocity"), Points("FAULT", "Fault (line)"))
    OUTPUTS = (PointTable("OUTPUT", "Offsets"),
               FileDestination("PLOT", "Plot", filter="PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"))

    def stage(self, run):
        from ..engine.validation import profiles
        rows, crs = run.values["FAULT"]
        found = profiles.run(run.values["INPUT"], [wkb for wkb, _ in rows], crs, run.settings, run.progress,
                             plot=run.outputs["PLOT"])
        return Outcome(records={"OUTPUT": found}, summary=found.summary())

    def _write_tables(self, outcome, parameters, context):
        from ..engine.validation import profiles
        found = outcome.records["OUTPUT"]
        return write_points(self, "OUTPUT", profiles.FIELDS, found.points, found.crs, parameters, context)


ALGORITHMS = (Precision, FaultOffset)
