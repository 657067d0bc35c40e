"""Toolbox group Scenes."""
from ..engine.scenes.catalogue_settings import CatalogueSettings
from ..engine.scenes.settings import SimulateSettings
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import FolderDestination, RasterResult, Result, TableDestination, VectorResult
from .ports import Folder


class SimulateScenes(StageAlgorithm):
    """A series of scenes with known motion."""
    ID, LABEL, GROUP, SETTINGS = "simulatescenes", "Simulate scenes", Group.SCENES, SimulateSettings
    HELP = ("Makes a series of Sentinel-2-like scenes of a glacier, a landslide or an earthquake whose motion is "
            "known exactly, with clouds, sensor errors and mis-registration. Use it to learn the tools, to choose "
            "settings and to check results: TRUTH is a time series in the same format as results.")
    TAGS = ("sample", "synthetic", "demo", "test data", "truth")
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the scenes"),)
    RESULTS = (VectorResult("SCENES", "Scenes layer"), RasterResult("DEM", "Elevation", kind="", load=False),
               Result("TRUTH", "True series (series.json)"))

    def stage(self, run):
        from ..engine.scenes import simulate
        made = simulate.run(run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome({"SCENES": str(made.scenes), "DEM": str(made.dem), "TRUTH": str(made.truth)},
                       summary=lines(f"{run.settings.dates} scenes of a {run.settings.scenario}, "
                                     f"{run.settings.size} x {run.settings.size} px",
                                     f"True motion: {made.truth}"))


class Catalogue(StageAlgorithm):
    """Scenes of a folder as a layer."""
    ID, LABEL, GROUP, SETTINGS = "catalogue", "Catalogue", Group.SCENES, CatalogueSettings
    HELP = ("Finds the scenes in a folder and lists them as a layer with date, mission, cloud cover and sun angles. "
            "Reads Sentinel-2 SAFE (L1C, L2A), Landsat Collection 1 and 2, and GeoTIFF or JPEG 2000 files whose "
            "name or metadata holds a date. No image is loaded. Select and filter scenes with QGIS's own tools.")
    TAGS = ("scenes", "sentinel-2", "landsat", "safe", "folder", "archive")
    INPUTS = (Folder("FOLDER", "Folder of scenes"),)
    OUTPUTS = (TableDestination("OUTPUT", "Scenes", kind="scenes"),)

    def stage(self, run):
        from ..engine.scenes import catalogue
        found = catalogue.run(run.values["FOLDER"], run.settings, run.progress)
        dates = [scene.acquired.date() for scene in found.scenes]
        skipped = [f"Left out {path}: {reason}" for path, reason in found.skipped]
        return Outcome(records={"OUTPUT": found.scenes}, summary=lines(
            f"{len(dates)} scenes from {min(dates)} to {max(dates)}", *skipped))


ALGORITHMS = (SimulateScenes, Catalogue)
