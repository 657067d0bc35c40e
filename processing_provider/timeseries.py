"""Toolbox group Time series."""
from pathlib import Path

from ..engine.fusion.settings import FuseSettings
from ..engine.inversion.settings import InvertSettings, ModelSettings
from . import summaries
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FolderDestination, RasterDestination, RasterResult, Result
from .ports import Manifest, Stable


class Fuse(StageAlgorithm):
    """Mean velocity of a stack."""
    ID, LABEL, GROUP, SETTINGS = "fuse", "Fuse to a velocity map", Group.TIMESERIES, FuseSettings
    HELP = ("Mean velocity over all pairs and the vector coherence: 1 where the ground always moves in one "
            "direction, near 0 where only noise is measured.")
    SOURCE = "Provost et al. 2022, eq. 1"
    TAGS = ("mean velocity", "median", "vector coherence")
    INPUTS = (Manifest("STACK", "Stack"),)
    OUTPUTS = (RasterDestination("OUTPUT", "Velocity map", kind="velocity"),)

    def stage(self, run):
        from ..engine.fusion import fuse
        return Outcome(summary=summaries.fused(
            fuse.run(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress)))


class Invert(StageAlgorithm):
    """Time series from pairs."""
    ID, LABEL, GROUP, SETTINGS = "invert", "Invert to a time series", Group.TIMESERIES, InvertSettings
    HELP = ("Solves the displacement at every date from all pairs, with a standard deviation for every value, and "
            "the velocity. Pairs that contradict the others lose their weight. Dates that no pair connects are "
            "left empty and flagged, never joined by a guess.")
    SOURCE = "Provost et al. 2022, eq. 2 to 5"
    TAGS = ("inversion", "SBAS", "time series", "velocity", "robust")
    INPUTS = (Manifest("STACK", "Stack"), Stable())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the series"),)
    RESULTS = (Result("SERIES", "Series (series.json)"), RasterResult("VELOCITY", "Velocity", kind="velocity"))

    def stage(self, run):
        from ..engine.inversion import invert
        result = invert.run(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress,
                            stable=run.values["STABLE"])
        return Outcome({"SERIES": str(result.series), "VELOCITY": str(result.velocity)}, summary=summaries.series(result),
                       series=str(result.series), group=f"Terrain Motion: {Path(result.series).parent.name}",
                       extra_layers=series_layers(result.series))


class Model(StageAlgorithm):
    """Fit a model in time."""
    ID, LABEL, GROUP, SETTINGS = "model", "Fit a temporal model", Group.TIMESERIES, ModelSettings
    HELP = ("Fits every pixel's history: polynomial, seasons, steps at dates (earthquakes), decay after them, a change "
            "of velocity at a date that is found. Gives each parameter with its sigma and t-value.")
    TAGS = ("trend", "seasonal", "step", "earthquake", "acceleration", "decay")
    INPUTS = (Manifest("SERIES", "Series"),)
    OUTPUTS = (RasterDestination("OUTPUT", "Parameters of the model", kind=""),)

    def stage(self, run):
        from ..engine.inversion import model
        result = model.run(run.values["SERIES"], run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome(summary=summaries.fitted(result))


def series_layers(series):
    """(path, kind) of the component and quality rasters of a series."""
    from ..engine.io.manifests import read_series
    manifest, folder = read_series(series)
    layers = [(str(folder / file), "series") for file in manifest.rasters.values()]
    return layers + ([(str(folder / manifest.quality), "quality")] if manifest.quality else [])


ALGORITHMS = (Fuse, Invert, Model)
