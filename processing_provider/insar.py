"""Toolbox group InSAR: interferograms in, selected, held still."""
from ..engine.io.interferograms.settings import ImportInterferogramsSettings
from ..engine.scenes.interferograms.settings import SimulateInterferogramsSettings
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import FolderDestination, RasterResult, Result, VectorResult
from .ports import Extent, Folder


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


class ImportInterferograms(StageAlgorithm):
    """A stack from interferograms of HyP3, MintPy, LiCSAR or any folder of unwrapped GeoTIFFs."""
    ID, LABEL, GROUP, SETTINGS = ("importinterferograms", "Import interferograms", Group.INSAR,
                                  ImportInterferogramsSettings)
    HELP = ("Brings interferograms onto one grid, as displacement in metres toward the satellite, with look vectors and "
            "elevation in geometry.tif. Products never share one extent: their common area, or all of it, is made "
            "automatically. Pixels are valid where the coherence is above 0. Pass and heading are checked against the "
            "look vectors and told in the log. Products that cannot be read are left out, named and counted. A time "
            "series of MintPy becomes a series.")
    SOURCE = "Phase: d = -wavelength / (4 pi) x phase; look vector of HyP3: (cos t cos p, cos t sin p, sin t)"
    TAGS = ("HyP3", "ASF", "MintPy", "LiCSAR", "LiCSBAS", "GAMMA", "ISCE", "unwrapped phase", "Sentinel-1")
    INPUTS = (Folder("FOLDER", "Folder of interferograms", "Searched with its subfolders and zips."), Extent())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the stack"),)
    RESULTS = (Result("STACK", "Stack (stack.json)"), Result("SERIES", "Series (series.json), of MintPy's time series"))

    def stage(self, run):
        from ..engine.insar import importing
        result = importing.run(run.values["FOLDER"], run.settings, run.outputs["OUTPUT"], run.progress,
                               run.values["EXTENT"])
        found = {"STACK": str(result.stacks[0])} if result.stacks else {"SERIES": str(result.series)}
        more = [f"Stack: {path}" for path in result.stacks] if len(result.stacks) > 1 else []
        return Outcome(found, summary=[*result.summary(), *more])


ALGORITHMS = (SimulateInterferograms, ImportInterferograms)
