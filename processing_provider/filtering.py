"""Toolbox group Filtering."""
from ..engine.filtering.settings import FilterSettings, MorphologicalSettings, OutlierSettings, TopographicSettings
from . import summaries
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FolderDestination, RasterDestination, Result
from .ports import Manifest, Raster

_INPUT, _DEM = Raster("INPUT", "Displacement"), Raster("DEM", "Elevation model")
_OUTPUT = RasterDestination("OUTPUT", "Filtered displacement", kind="displacement")


class OutlierFilter(StageAlgorithm):
    """Remove outliers."""
    ID, LABEL, GROUP, SETTINGS = "outlierfilter", "Outlier filter", Group.FILTERING, OutlierSettings
    HELP = "Removes values of low correlation, and vectors far from the median of their neighbours."
    TAGS = ("median", "MAD", "correlation", "noise")
    INPUTS, OUTPUTS = (_INPUT,), (_OUTPUT,)

    def stage(self, run):
        from ..engine.filtering import outliers
        result = outliers.run(run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome(summary=summaries.filtered(result))


class TopographicFilter(StageAlgorithm):
    """Keep motion that fits the slope."""
    ID, LABEL, GROUP, SETTINGS = "topographicfilter", "Topographic filter", Group.FILTERING, TopographicSettings
    HELP = "Removes motion on slopes outside a range, and motion that does not go down the slope."
    SOURCE = "Provost et al. 2022, section 2.2.3"
    TAGS = ("slope", "aspect", "DEM", "landslide", "glacier")
    INPUTS, OUTPUTS = (_INPUT, _DEM), (_OUTPUT,)

    def stage(self, run):
        from ..engine.filtering import topographic
        result = topographic.run(run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress,
                                 dem=run.values["DEM"])
        return Outcome(summary=summaries.filtered(result))


class MorphologicalFilter(StageAlgorithm):
    """Remove small patches."""
    ID, LABEL, GROUP, SETTINGS = ("morphologicalfilter", "Morphological filter", Group.FILTERING,
                                  MorphologicalSettings)
    HELP = "Removes small isolated patches (opening) and fills small holes between large ones (closing)."
    SOURCE = "Provost et al. 2022, section 2.2.3"
    TAGS = ("opening", "closing", "patches")
    INPUTS, OUTPUTS = (_INPUT,), (_OUTPUT,)

    def stage(self, run):
        from ..engine.filtering import morphological
        result = morphological.run(run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome(summary=summaries.filtered(result))


class FilterStack(StageAlgorithm):
    """Filter all pairs."""
    ID, LABEL, GROUP, SETTINGS = "filterstack", "Filter stack", Group.FILTERING, FilterSettings
    HELP = "Filters every displacement of a stack. Every removed pixel keeps the first reason that removed it."
    SOURCE = "Provost et al. 2022, section 2.2.3"
    TAGS = ("outliers", "slope", "batch", "stack")
    INPUTS = (Manifest("STACK", "Stack"), Raster("DEM", "Elevation model", "Needed by the topographic filter.",
                                                 optional=True))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the filtered stack"),)
    RESULTS = (Result("STACK", "Filtered stack (stack.json)"),)

    def stage(self, run):
        from ..engine.filtering import stack
        result = stack.run_stack(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress,
                                 dem=run.values["DEM"])
        return Outcome({"STACK": str(result.stack)}, summary=summaries.stack(result))


ALGORITHMS = (OutlierFilter, TopographicFilter, MorphologicalFilter, FilterStack)
