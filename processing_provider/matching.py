"""Toolbox group Matching."""
from ..engine.matching.settings import MatchSettings, PairRunSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FolderDestination, RasterDestination, Result
from .ports import Raster, Table

_METHODS = ("Regularised correlation (the default) suits most scenes; optical flow is for slow, smooth motion and "
            "images of different sensors; phase correlation for large, smooth motion and cross-checks.")
_PRIOR = Raster("PRIOR", "Expected motion", "Optional: a velocity map in m/yr (an own one, or ITS_LIVE: vx and vy, or *_vx "
                "with *_vy beside it), scaled by the days between the scenes, or a displacement in m. The search range is "
                "then counted from it, so that glaciers that move by 200 px are found with a small range. Unknown places "
                "are searched around zero.", optional=True)


class Match(StageAlgorithm):
    """Displacement between two images."""
    ID, LABEL, GROUP, SETTINGS = "match", "Match two images", Group.MATCHING, MatchSettings
    HELP = ("Measures where the ground of the reference image is found in the secondary image, at every pixel and to "
            f"a fraction of a pixel. Result: metres east and north, correlation, sigma and a flag. {_METHODS}")
    SOURCE = "Provost et al. 2022, section 2.1"
    TAGS = ("correlation", "offset tracking", "optical flow", "displacement", "sub-pixel")
    INPUTS = (Raster("REFERENCE", "Reference image (usually the earlier)"), Raster("SECONDARY", "Secondary image"),
              Raster("REFERENCEMASK", "Classes of the reference image", "Fmask's codes: 0 clear, 1 water, "
                     "2 shadow, 3 snow, 4 cloud, 255 no data.", optional=True),
              Raster("SECONDARYMASK", "Classes of the secondary image", optional=True), _PRIOR)
    OUTPUTS = (RasterDestination("OUTPUT", "Displacement", kind="displacement"),)

    def stage(self, run):
        from ..engine.matching import runner
        v = run.values
        result = runner.run(v["REFERENCE"], v["SECONDARY"], run.settings, run.outputs["OUTPUT"], run.progress,
                            reference_mask=v["REFERENCEMASK"], secondary_mask=v["SECONDARYMASK"], prior=v["PRIOR"])
        return Outcome(summary=result.summary())


class MatchPairs(StageAlgorithm):
    """Displacements of a whole network."""
    ID, LABEL, GROUP, SETTINGS = "matchpairs", "Match pairs", Group.MATCHING, PairRunSettings
    HELP = ("Matches every pair of a network into a stack of displacements on one grid. A pair that is already "
            f"done with the same images and settings is not done again, so a stopped run can go on. {_METHODS}")
    SOURCE = "Provost et al. 2022, section 2.1"
    TAGS = ("correlation", "offset tracking", "stack", "batch", "resume")
    INPUTS = (Table("PAIRS", "Pairs", kind="pairs"), _PRIOR)
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the stack"),)
    RESULTS = (Result("STACK", "Stack (stack.json)"),)

    def stage(self, run):
        from ..engine.matching import pairs
        result = pairs.run(run.values["PAIRS"], run.settings, run.outputs["OUTPUT"], run.progress,
                           prior=run.values["PRIOR"])
        return Outcome({"STACK": str(result.stack)}, summary=result.summary())


ALGORITHMS = (Match, MatchPairs)
