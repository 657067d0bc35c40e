"""Toolbox group Workflows: the InSAR service."""
from ..engine.workflows.insar_settings import InsarSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FolderDestination, HtmlResult, RasterResult, Result
from .ports import Extent, Folder, Stable


class Insar(StageAlgorithm):
    """The whole InSAR chain."""
    ID, LABEL, GROUP, SETTINGS = "insar", "InSAR", Group.WORKFLOWS, InsarSettings
    HELP = ("From the interferograms of two tracks (HyP3, MintPy, LiCSAR, any unwrapped GeoTIFFs) to motion in two "
            "dimensions: imports them onto one grid, selects by baselines and coherence, puts errors of unwrapping right, "
            "holds stable ground still, takes the atmosphere off, inverts to a time series of each track and decomposes "
            "into east and up, with sigmas that include the remaining atmosphere. Writes a report. What is finished in the "
            "output folder is not done again with the same input and settings.")
    SOURCE = "Xu (Muztagh Ata), with every step checked on simulated glaciers"
    TAGS = ("HyP3", "MintPy", "SBAS", "Sentinel-1", "glacier", "subsidence", "service", "2D")
    INPUTS = (Folder("ASCENDING", "Interferograms of the ascending track", "A folder of products, or of a stack.",
                     optional=True),
              Folder("DESCENDING", "Interferograms of the descending track", "One track alone gives its line of sight only.",
                     optional=True), Stable(),
              Stable("OUTLINES", "Outlines of moving ground", "Glaciers, landslides: without stable ground the reference "
                     "that is found lies outside of them."),
              Folder("WEATHER", "Folder of the weather files", "For the methods ERA5 and GACOS.", optional=True), Extent())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the results"),)
    RESULTS = (Result("ASCENDINGSERIES", "Series of the ascending track (series.json)"),
               Result("DESCENDINGSERIES", "Series of the descending track (series.json)"),
               RasterResult("VELOCITY", "East and up velocity", kind="velocity"), HtmlResult("REPORT", "Report"))

    def stage(self, run):
        from ..engine.workflows import insar
        v = run.values
        made = insar.run(v["ASCENDING"], v["DESCENDING"], run.settings, run.outputs["OUTPUT"], run.progress, v["STABLE"],
                         v["OUTLINES"], v["WEATHER"], v["EXTENT"])
        found = {f"{name.upper()}SERIES": str(path) for name, path in made.series.items()}
        velocity = made.velocity or next(iter(made.series.values())).parent / "velocity.tif"
        looks = [(str(path.parent / "velocity.tif"), "velocity") for path in made.series.values() if made.velocity]
        return Outcome({**found, "VELOCITY": str(velocity), "REPORT": str(made.report)},
                       summary=[*made.said, f"Report: {made.report}"], series=str(next(iter(made.series.values()))),
                       group="Terrain Motion: InSAR", extra_layers=looks)


ALGORITHMS = (Insar,)
