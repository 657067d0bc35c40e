"""Toolbox group InSAR: interferograms in, selected, held still."""
from ..engine.scenes.interferograms.settings import SimulateInterferogramsSettings
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import FolderDestination, RasterResult, Result, VectorResult


class SimulateInterferograms(StageAlgorithm):
    """Interferograms with known motion."""
    ID, LABEL, GROUP, SETTINGS = ("simulateinterferograms", "Simulate interferograms", Group.INSAR,
                                  SimulateInterferogramsSettings)
    HELP = ("Makes interferograms of one or two Sentinel-1 tracks over a mountain with glaciers whose motion is known "
            "exactly, in the names and layout of ASF's HyP3: stratified and turbulent atmosphere, an unknown constant "
            "each, decorrelation on fast ice, errors of unwrapping, products of pure noise, extents that differ. Use "
            "it to learn the tools, to choose settings and to check results. TRUTH is the true velocity, east and up; "
            "the folder `truth` also holds the true series of each track along its line of sight.")
    TAGS = ("sample", "synthetic", "demo", "test data", "truth", "HyP3", "Sentinel-1")
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the products"),)
    RESULTS = (Result("ASCENDING", "Products of the ascending track"), Result("DESCENDING", "Products of the "
               "descending track"), RasterResult("DEM", "Elevation", kind="", load=False),
               RasterResult("TRUTH", "True velocity", kind="velocity", load=False),
               VectorResult("STABLE", "Stable ground"), VectorResult("GLACIERS", "Outlines of glaciers"))

    def stage(self, run):
        from ..engine.scenes.interferograms import simulate
        made = simulate.run(run.settings, run.outputs["OUTPUT"], run.progress)
        folders = {name.upper(): str(folder) for name, folder in made.folders.items()}
        return Outcome({**folders, "DEM": str(made.dem), "TRUTH": str(made.truth), "STABLE": str(made.stable),
                        "GLACIERS": str(made.glaciers)},
                       summary=lines(f"{made.products} interferograms of "
                                     + " and ".join(f"{n} dates ({name})" for name, n in made.dates.items()),
                                     f"What was put in: {made.artefacts}"))


ALGORITHMS = (SimulateInterferograms,)
