"""Toolbox group InSAR: corrections of a stack or series, and motion in two dimensions."""
from pathlib import Path

from ..engine.insar.correction_settings import (ClosureSettings, DecomposeSettings, DemErrorSettings,
                                                FilterSeriesSettings, TroposphereSettings)
from . import summaries
from .archive import Login
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FileDestination, FolderDestination, RasterDestination, RasterResult, Result
from .ports import Folder, Manifest, Raster, Rasters, Stable
from .timeseries import series_layers


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
                                                 optional=True), Stable(),
              Login("LOGIN", "Key of the Climate Data Store", "Authentication configuration of the method 'API Header' with "
                    "the header PRIVATE-TOKEN and your key: weather that the folder lacks is then downloaded into it."))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the corrected stack"),)
    RESULTS = (Result("STACK", "Corrected stack (stack.json)"), Result("TABLE", "Spread of each date (CSV)"))

    def stage(self, run):
        from ..engine.insar import troposphere
        with run.values["LOGIN"] as transport:
            result = troposphere.run(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress,
                                     run.values["FOLDER"], run.values["STABLE"],
                                     transport if transport.has_login else None)
        return Outcome({"STACK": str(result.stack.stack), "TABLE": str(result.table)},
                       summary=summaries.stack(result.stack))


class DemError(StageAlgorithm):
    """Errors of the DEM."""
    ID, LABEL, GROUP, SETTINGS = "demerror", "Correct errors of the DEM", Group.INSAR, DemErrorSettings
    HELP = ("Takes off what follows the perpendicular baselines in a series and nothing else does: an error of the DEM. "
            "Only where baselines can separate it from motion, and only where it stands out; on moving ground it would "
            "invent metres. dem_error.tif tells where and how much.")
    SOURCE = "Berardino et al. 2002; Fattahi and Amelung 2013 on motion that is taken for it"
    TAGS = ("topographic residual", "perpendicular baseline", "height")
    INPUTS = (Manifest("SERIES", "Series"), Manifest("STACK", "Stack with the baselines",
                                                     "Empty: the stack of which the series was made.", optional=True))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the corrected series"),)
    RESULTS = (Result("SERIES", "Corrected series (series.json)"),
               RasterResult("VELOCITY", "Velocity", kind="velocity"),
               RasterResult("DEMERROR", "Error of the DEM", kind="demerror", load=False))

    def stage(self, run):
        from ..engine.insar import demerror
        result = demerror.run(run.values["SERIES"], run.settings, run.outputs["OUTPUT"], run.progress,
                              run.values["STACK"] or "")
        return _of_series(result.series, DEMERROR=str(result.raster))


class FilterSeries(StageAlgorithm):
    """Filter a series in time and space."""
    ID, LABEL, GROUP, SETTINGS = "filterseries", "Filter a series", Group.INSAR, FilterSeriesSettings
    HELP = ("Gaussian in time, Gaussian in space: smooths every pixel's course, or takes off each date what is short in "
            "time and wide in space, as atmosphere is, or narrow, as noise is. Steady motion stays, sudden motion is "
            "flattened.")
    SOURCE = "Xu (Muztagh Ata), section 3; Ferretti et al. 2001"
    TAGS = ("smooth", "low pass", "high pass", "atmospheric phase screen", "noise")
    INPUTS = (Manifest("SERIES", "Series"),)
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the filtered series"),)
    RESULTS = (Result("SERIES", "Filtered series (series.json)"), RasterResult("VELOCITY", "Velocity", kind="velocity"))

    def stage(self, run):
        from ..engine.insar import filterseries
        result = filterseries.run(run.values["SERIES"], run.settings, run.outputs["OUTPUT"], run.progress)
        return _of_series(result.series)


def velocity_of(value):
    """The velocity raster of a series.json or its folder; anything else as it is."""
    path = Path(value) if isinstance(value, str) else None
    if path is None or not (path.suffix == ".json" or path.is_dir()):
        return value
    return str((path if path.is_dir() else path.parent) / "velocity.tif")


def _of_series(series, **more):
    """What algorithms that write a series give back."""
    velocity = Path(series).parent / "velocity.tif"
    return Outcome({"SERIES": str(series), "VELOCITY": str(velocity), **more}, summary=[f"Series: {series}"],
                   series=str(series), group=f"Terrain Motion: {Path(series).parent.name}",
                   extra_layers=series_layers(series))


class VelocityAlgorithm(StageAlgorithm):
    """Takes velocity maps as INPUTS, or series, which stand for theirs."""

    def checkParameterValues(self, parameters, context):
        given = parameters.get("INPUTS")
        if isinstance(given, (list, tuple)):  # QGIS knows rasters only
            parameters = {**parameters, "INPUTS": [velocity_of(value) for value in given]}
        return super().checkParameterValues(parameters, context)


class Decompose(VelocityAlgorithm):
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


ALGORITHMS = (Closure, Troposphere, DemError, FilterSeries, Decompose)
