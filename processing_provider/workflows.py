"""Toolbox group Workflows: the services."""
from ..engine.workflows.settings import EarthquakeSettings, IceSettings, SlideSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FolderDestination, HtmlResult, RasterResult, Result
from .ports import Extent, Raster, Stable, Table
from .timeseries import series_layers

_AGAIN = "What is finished in the output folder is not done again with the same scenes and settings."


class _Service(StageAlgorithm):
    """From a scenes layer to layers."""
    GROUP = Group.WORKFLOWS
    INPUTS = (Table("INPUT", "Scenes", kind="scenes"), Extent(),
              Raster("DEM", "Elevation model", "Needed by the topographic filter.", optional=True), Stable())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the results"),)

    def given(self, run):
        """What all services take."""
        v = run.values
        return dict(scenes=v["INPUT"], settings=run.settings, output=run.outputs["OUTPUT"], progress=run.progress,
                    stable=v["STABLE"], dem=v["DEM"], area=v["EXTENT"])


class Earthquake(_Service):
    """Displacement across an earthquake."""
    ID, LABEL, SETTINGS = "earthquake", "Earthquake", EarthquakeSettings
    HELP = ("Horizontal displacement across an earthquake: pairs every scene before the split date with every one after "
            "it, matches them in both directions and several bands, removes ramp, stripes and jitter, and averages all. "
            f"Writes a report. {_AGAIN}")
    SOURCE = "Provost et al. 2022, section 3.1 (MPIC-OPT-ETQ)"
    TAGS = ("ETQ", "co-seismic", "fault", "service", "MPIC")
    RESULTS = (Result("STACK", "Corrected stack (stack.json)"),
               RasterResult("DISPLACEMENT", "Displacement", kind="displacement"), HtmlResult("REPORT", "Report"))

    def checkParameterValues(self, parameters, context):
        if parameters.get("SPLITDATE") in (None, ""):
            return False, "Split date: choose the day of the earthquake; pairs bridge it."
        return super().checkParameterValues(parameters, context)

    def stage(self, run):
        from ..engine.workflows import earthquake
        made = earthquake.run(**self.given(run))
        return Outcome({"STACK": str(made.stack), "DISPLACEMENT": str(made.displacement), "REPORT": str(made.report)},
                       summary=[*made.said, f"Report: {made.report}"], group="Terrain Motion: earthquake")


class _Motion(_Service):
    """A service that ends with a time series."""
    RESULTS = (Result("STACK", "Filtered stack (stack.json)"), Result("SERIES", "Series (series.json)"),
               RasterResult("VELOCITY", "Velocity", kind="velocity"),
               RasterResult("MEANVELOCITY", "Mean velocity and vector coherence", kind="velocity"),
               HtmlResult("REPORT", "Report"))

    def stage(self, run):
        made = self.engine().run(**self.given(run))
        return Outcome({"STACK": str(made.stack), "SERIES": str(made.series), "VELOCITY": str(made.velocity),
                        "MEANVELOCITY": str(made.mean_velocity), "REPORT": str(made.report)},
                       summary=[*made.said, f"Report: {made.report}"], series=str(made.series),
                       group=f"Terrain Motion: {self.ID}", extra_layers=series_layers(made.series))


class Ice(_Motion):
    """Glacier velocity."""
    ID, LABEL, SETTINGS = "ice", "Ice", IceSettings
    HELP = ("Velocity and time series of glaciers: pairs of less than 100 days, matched forward and backward between "
            "clouds, corrected and filtered; mean velocity with its vector coherence, and the motion at every date. "
            f"Writes a report. {_AGAIN}")
    SOURCE = "Provost et al. 2022, section 3.2 (MPIC-OPT-ICE)"
    TAGS = ("ICE", "glacier", "velocity", "service", "MPIC")

    def engine(self):
        from ..engine.workflows import ice
        return ice


class Slide(_Motion):
    """Landslide velocity."""
    ID, LABEL, SETTINGS = "slide", "Slide", SlideSettings
    HELP = ("Velocity and time series of slow landslides: pairs of 500 to 1500 days, corrected; outliers, flat ground "
            "and small patches removed; unweighted inversion to the motion at every date. Shorter series need a shorter "
            f"minimum baseline. Writes a report. {_AGAIN}")
    SOURCE = "Provost et al. 2022, sections 2.2.3 and 3.3 (MPIC-OPT-SLIDE)"
    TAGS = ("SLIDE", "landslide", "slope", "velocity", "service", "MPIC")

    def engine(self):
        from ..engine.workflows import slide
        return slide


ALGORITHMS = (Earthquake, Ice, Slide)
