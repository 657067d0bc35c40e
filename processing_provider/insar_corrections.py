"""Toolbox group InSAR: corrections of a stack or series, and motion in two dimensions."""
from pathlib import Path

from ..engine.insar.correction_settings import ClosureSettings, DecomposeSettings, TroposphereSettings
from . import summaries
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FileDestination, FolderDestination, RasterDestination, Result
from .ports import Folder, Manifest, Raster, Rasters, Stable


class Closure(StageAlgorithm):
    """Check loops of three interferograms."""
    ID, LABEL, GROUP, SETTINGS = "closure", "Phase closure", Group.INSAR, ClosureSettings
    HELP = ("Adds up loops of three interferograms, which must give nothing. Counts wrong loops for each pixel and pair. "
            "Where every loop of one pair is off by the same number of cycles over a region, they are taken off it; what no "
            "single pair explains is masked.")
    TAGS = ("unwrapping error", "triplet", "2 pi", "cycle", "loop", "misclosure")
    INPUTS = (Manifest("STACK", "Stack"),)
    OUTPUTS = (RasterDestination("OUTPUT", "Closure and wrong loops", kind="closure"),
               FolderDestination("STACKFOLDER", "Folder of the corrected stack", "Empty: beside the raster.", True),
               FileDestination("REPORT", "Report", filter="HTML (*.html)"))
    RESULTS = (Result("STACK", "Corrected stack (stack.json)"),)

    def stage(self, run):
        from ..engine.insar import closure
        raster = Path(run.outputs["OUTPUT"])
        folder = run.outputs["STACKFOLDER"] or raster.with_name(f"{raster.stem}_stack")
        result = closure.run(run.values["STACK"], run.settings, folder, raster, run.progress, run.outputs["REPORT"])
        return Outcome({"STACK": str(result.stack.stack)}, summary=summaries.stack(result.stack))


class Troposphere(StageAlgorithm):
    """Take the atmosphere off."""
    ID, LABEL, GROUP, SETTINGS = "troposphere", "Correct the troposphere", Group.INSAR, TroposphereSettings
    HELP = ("Takes the delay of the atmosphere off every pair, date by date: what follows the elevation (and, with stable "
            "ground, the turbulent rest that it shows), ERA5 pressure levels, or GACOS. Dates that become worse are left as "
            "they are; troposphere.csv tells each date's spread before and after. Without the weather files the request to "
            "the Climate Data Store is written, ready to run.")
    SOURCE = ("Elevation: Bekaert et al. 2015; turbulence: kriging, Hanssen 2001; ERA5: Jolivet et al. 2011, refractivity "
              "by Smith and Weintraub 1953")
    TAGS = ("atmosphere", "ERA5", "GACOS", "PyAPS", "delay", "elevation", "water vapour")
    INPUTS = (Manifest("STACK", "Stack"), Folder("FOLDER", "Folder of the weather files",
                                                 "ERA5 pressure levels (GRIB or NetCDF) or GACOS (.ztd with .rsc).",
                                                 optional=True), Stable())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the corrected stack"),)
    RESULTS = (Result("STACK", "Corrected stack (stack.json)"), Result("TABLE", "Spread of each date (CSV)"))

    def stage(self, run):
        from ..engine.insar import troposphere
        result = troposphere.run(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress,
                                 run.values["FOLDER"], run.values["STABLE"])
        return Outcome({"STACK": str(result.stack.stack), "TABLE": str(result.table)},
                       summary=summaries.stack(result.stack))


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


ALGORITHMS = (Closure, Troposphere, Decompose)
