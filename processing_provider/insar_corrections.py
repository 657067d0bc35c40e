"""Toolbox group InSAR: corrections of a stack or series, and motion in two dimensions."""
from ..engine.insar.correction_settings import DecomposeSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import RasterDestination
from .ports import Raster, Rasters, Stable


class Decompose(StageAlgorithm):
    """East and up from several looks."""
    ID, LABEL, GROUP, SETTINGS = "decompose", "Decompose into east and up", Group.INSAR, DecomposeSettings
    HELP = ("East and up velocity from line-of-sight velocities of two tracks or more, on any grids and dates, with the "
            "full covariance. The look vectors of each pixel are used. Radar hardly sees motion to the north: two bands "
            "tell what each m/yr of it adds to east and up, and a known north velocity can be given.")
    SOURCE = ("Xu (Muztagh Ata), eq. 2, is the special case of two tracks; there the line of sight counts positive away "
              "from the satellite, here toward it")
    TAGS = ("2D", "ascending", "descending", "look vector", "line of sight", "LOS", "GNSS")
    INPUTS = (Rasters("INPUTS", "Velocity maps or series (series.json)",
                      "Velocity in the line of sight, each with its look vectors: velocity.tif or series.json of an InSAR "
                      "series, or vel.geo.tif of LiCSBAS with E, N and U beside it."),
              Raster("EAST", "Known east velocity", "For example interpolated GNSS; the looks can be tied to it.",
                     optional=True),
              Raster("NORTH", "Known north velocity", "Taken off each look before east and up are solved. Zero where "
                     "nothing is given.", optional=True), Stable())
    OUTPUTS = (RasterDestination("OUTPUT", "East and up velocity", kind="velocity"),)

    def stage(self, run):
        from ..engine.insar import decompose
        known = decompose.KnownMotion(run.values["EAST"], run.values["NORTH"])
        result = decompose.run(run.values["INPUTS"], run.settings, run.outputs["OUTPUT"], run.progress, known,
                               run.values["STABLE"])
        return Outcome(summary=[f"{result.solved} of {result.pixels} pixels decomposed: {result.velocity}"])


ALGORITHMS = (Decompose,)
