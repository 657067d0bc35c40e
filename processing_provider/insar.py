"""Toolbox group InSAR: interferograms in, selected, held still."""
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsProcessingParameterPoint

from ..engine.core.errors import InputError
from ..engine.insar.settings import ReferenceStackSettings, SelectSettings
from ..engine.io.interferograms.settings import ImportInterferogramsSettings
from ..engine.scenes.interferograms.settings import SimulateInterferogramsSettings
from . import summaries
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import FileDestination, FolderDestination, NumberResult, RasterResult, Result, VectorResult
from .ports import Extent, Folder, Manifest, Port, Stable
from .timeseries import series_layers


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


@dataclass(frozen=True)
class Place(Port):
    """A point; the engine gets a `ReferencePoint`. Coordinates without a system are those of the stack or series."""
    name: str = "POINT"
    label: str = "Reference point"
    help: str = ("x and y of a place that does not move, as x,y [EPSG:n]; without EPSG they are coordinates of the stack "
                 "or series.")
    optional: bool = True

    def _definition(self):
        return QgsProcessingParameterPoint(self.name, self.label, optional=self.optional)

    def _read(self, algorithm, parameters, context):
        from ..engine.insar.reference import ReferencePoint
        value = parameters[self.name]
        point = algorithm.parameterAsPoint(parameters, self.name, context)
        if point.isEmpty():
            raise InputError(f"{self.label}: '{value}' is no point. Write it as x,y [EPSG:n].")
        crs = value.crs() if hasattr(value, "crs") else None
        if crs is None and isinstance(value, str) and "[" in value:
            crs = algorithm.parameterAsPointCrs(parameters, self.name, context)
        text = "" if crs is None or not crs.isValid() else crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt()
        return ReferencePoint(point.x(), point.y(), text)


class SelectInterferograms(StageAlgorithm):
    """Which interferograms are used."""
    ID, LABEL, GROUP, SETTINGS = "selectinterferograms", "Select interferograms", Group.INSAR, SelectSettings
    HELP = ("Keeps the interferograms within limits of time, perpendicular baseline and mean coherence. The new stack.json "
            "points at the same rasters, nothing is copied. The plot shows the network coloured by coherence; dates that "
            "lose all their pairs are named, and parts that no pair connects.")
    SOURCE = "Xu (Muztagh Ata), section 3: 30 days, 300 m, 0.1"
    TAGS = ("network", "baseline", "coherence", "SBAS", "minimum spanning tree")
    INPUTS = (Manifest("STACK", "Stack"),
              Stable("AREA", "Area of the coherence", "Polygons or a raster (non-zero) over which the coherence is "
                     "averaged. Empty: everything."))
    OUTPUTS = (FileDestination("OUTPUT", "Selected stack", filter="Stack (*.json)", optional=False),
               FileDestination("PLOT", "Network plot", "Perpendicular baselines over time, as HTML or PNG."))
    RESULTS = (Result("STACK", "Stack (json)"), NumberResult("COUNT", "Number of interferograms"))

    def stage(self, run):
        from ..engine.insar import selection
        result = selection.run(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress, run.values["AREA"])
        if run.outputs["PLOT"]:
            from ..engine.insar import network_plot
            network_plot.write_plot(result, run.outputs["PLOT"])
        return Outcome({"OUTPUT": str(result.stack), "STACK": str(result.stack), "COUNT": len(result.kept)},
                       summary=result.summary())


class ReferenceStack(StageAlgorithm):
    """A place held still in every interferogram."""
    ID, LABEL, GROUP, SETTINGS = ("referencestack", "Reference interferograms", Group.INSAR, ReferenceStackSettings)
    HELP = ("Every interferogram has an unknown constant: what it shows of a place that does not move is subtracted from "
            "it. The place is a point, stable ground (its median), or found: coherent, seen in every pair, still, near "
            "the mean elevation, outside the outlines of moving ground. It is written into the stack, into each raster "
            "and into all that is made of them, and as reference.tif. Run it again on the result for another reference.")
    TAGS = ("reference point", "stable ground", "bedrock", "constant", "datum")
    INPUTS = (Manifest("STACK", "Stack"), Stable(help="Polygons, or a raster (non-zero = stable), of ground that does not "
                                                 "move. With neither this nor a point the reference is found."), Place(),
              Stable("OUTLINES", "Outlines of moving ground", "Glaciers, landslides: the automatic reference lies outside "
                     "of them."))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the referenced stack"),)
    RESULTS = (Result("STACK", "Stack (stack.json)"), RasterResult("REFERENCE", "Reference", kind="", load=False))

    def stage(self, run):
        from ..engine.insar import reference
        values = run.values
        made = reference.run(values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress, values["STABLE"],
                             values["POINT"], values["OUTLINES"])
        return Outcome({"STACK": str(made.result.stack), "REFERENCE": str(made.mask)},
                       summary=[*summaries.stack(made.result), *made.summary()])


class ReferenceSeries(StageAlgorithm):
    """Another reference for a finished series."""
    ID, LABEL, GROUP, SETTINGS = ("referenceseries", "Change the reference of a series", Group.INSAR,
                                  ReferenceStackSettings)
    HELP = ("Holds another point, or other stable ground, still in a finished series: its median is subtracted from every "
            "date and from the velocity, and its sigma is added to theirs. Nothing is inverted again.")
    TAGS = ("reference point", "stable ground", "datum")
    INPUTS = (Manifest("SERIES", "Series"), Stable(help="Polygons, or a raster (non-zero = stable), of ground that does "
                                                   "not move."), Place())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the series"),)
    RESULTS = (Result("SERIES", "Series (series.json)"), RasterResult("VELOCITY", "Velocity", kind="velocity"))

    def stage(self, run):
        from ..engine.insar import reference_series
        values = run.values
        made = reference_series.run(values["SERIES"], run.settings, run.outputs["OUTPUT"], run.progress, values["STABLE"],
                                    values["POINT"])
        velocity = {"VELOCITY": str(made.velocity)} if made.velocity else {}
        return Outcome({"SERIES": str(made.series), **velocity}, summary=made.summary(), series=str(made.series),
                       group=f"Terrain Motion: {Path(made.series).parent.name}", extra_layers=series_layers(made.series))


ALGORITHMS = (SimulateInterferograms, ImportInterferograms, SelectInterferograms, ReferenceStack, ReferenceSeries)
