"""Toolbox group Correction."""
from ..engine.correction.settings import (AverageSettings, CorrectSettings, DerampSettings, DestripeSettings,
                                          JitterSettings, ReferenceSettings)
from . import summaries
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FolderDestination, RasterDestination, Result
from .ports import Detectors, Manifest, Raster, Rasters, Stable


class _Correction(StageAlgorithm):
    """A correction of one displacement."""
    GROUP = Group.CORRECTION
    INPUTS = (Raster("INPUT", "Displacement"), Stable())
    OUTPUTS = (RasterDestination("OUTPUT", "Corrected displacement", kind="displacement"),)

    def stage(self, run):
        result = self.engine().run(run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress,
                                   stable=run.values["STABLE"])
        return Outcome(summary=self.words(result))


class Deramp(_Correction):
    """Remove a ramp."""
    ID, LABEL, SETTINGS = "deramp", "Deramp", DerampSettings
    HELP = ("Removes the tilted plane that orbit and ortho-rectification errors leave in a displacement. Moving "
            "ground does not bend the plane: its pixels lose their weight, or are left out with STABLE.")
    SOURCE = "Provost et al. 2022, section 2.2.1: plane by iteratively reweighted least squares, bisquare"
    TAGS = ("ramp", "orbit", "plane", "bisquare", "robust")

    words = staticmethod(summaries.ramp)

    def engine(self):
        from ..engine.correction import deramp
        return deramp


class Destripe(_Correction):
    """Remove stripes along the track."""
    ID, LABEL, SETTINGS = "destripe", "Destripe", DestripeSettings
    HELP = ("Removes the steps between the detectors of a pushbroom sensor. The step at each border is measured, so that "
            "ground that moves under a detector keeps its motion.")
    SOURCE = "Provost et al. 2022, section 2.2.1"
    TAGS = ("stripes", "CCD", "detector", "pushbroom")
    INPUTS = (Raster("INPUT", "Displacement"), Stable(), Detectors())

    def stage(self, run):
        from ..engine.correction import destripe
        return Outcome(summary=summaries.destriped(destripe.run(
            run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress, stable=run.values["STABLE"],
            footprints=run.values["DETECTORS"])))


class Jitter(_Correction):
    """Remove jitter."""
    ID, LABEL, SETTINGS = "jitter", "Remove jitter", JitterSettings
    HELP = ("Removes the waves across the track that vibrations of the satellite leave, by wavelets along the true "
            "track. The removed part can be written to look at.")
    SOURCE = "Provost et al. 2022, section 2.2.2"
    TAGS = ("wavelet", "undulation", "attitude", "vibration")
    OUTPUTS = (*_Correction.OUTPUTS, RasterDestination("REMOVED", "Removed waves", kind="displacement", optional=True))

    def stage(self, run):
        from ..engine.correction import jitter
        return Outcome(summary=summaries.calmed(jitter.run(
            run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress, stable=run.values["STABLE"],
            removed=run.outputs["REMOVED"])))


class Reference(_Correction):
    """Tie to stable ground."""
    ID, LABEL, SETTINGS = "reference", "Reference", ReferenceSettings
    HELP = "Shifts a displacement so that stable ground does not move; the output says what is held still."
    TAGS = ("stable ground", "co-registration", "offset", "zero")

    words = staticmethod(summaries.shift)

    def engine(self):
        from ..engine.correction import reference
        return reference


class CorrectStack(StageAlgorithm):
    """Correct all pairs."""
    ID, LABEL, GROUP, SETTINGS = "correctstack", "Correct stack", Group.CORRECTION, CorrectSettings
    HELP = "Corrects every displacement of a stack, one correction after the other in the fixed order."
    SOURCE = "Provost et al. 2022, section 2.2"
    TAGS = ("ramp", "stable ground", "batch", "stack")
    INPUTS = (Manifest("STACK", "Stack"), Stable(), Detectors(),
              Raster("MOTION", "Motion that all pairs share", "A displacement, as the average across an event after a first "
                     "round: the errors of each pair are looked for in what it leaves.", optional=True))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the corrected stack"),)
    RESULTS = (Result("STACK", "Corrected stack (stack.json)"),)

    def stage(self, run):
        from ..engine.correction import sequence
        result = sequence.run_stack(run.values["STACK"], run.settings, run.outputs["OUTPUT"], run.progress,
                                    stable=run.values["STABLE"], footprints=run.values["DETECTORS"],
                                    motion=run.values["MOTION"])
        return Outcome({"STACK": str(result.stack)}, summary=summaries.stack(result))


class Average(StageAlgorithm):
    """Average bands and directions."""
    ID, LABEL, GROUP, SETTINGS = "average", "Average displacements", Group.CORRECTION, AverageSettings
    HELP = ("Averages displacements of one pair of dates, from several bands or both directions of time (backward "
            "ones are turned round), leaving out values that contradict the others. With a split date it averages all "
            "pairs that bridge an event, for example those of a stack.")
    SOURCE = "Provost et al. 2022, section 3.1"
    TAGS = ("mean", "bands", "forward", "backward")
    INPUTS = (Rasters("INPUTS", "Displacements", "Either displacements or a stack.", optional=True),
              Manifest("STACK", "Stack", "All pairs of a stack.", optional=True))
    OUTPUTS = (RasterDestination("OUTPUT", "Averaged displacement", kind="displacement"),)

    def stage(self, run):
        from ..engine.correction import average
        from ..engine.io.manifests import read_stack
        paths = list(run.values["INPUTS"] or [])
        if run.values["STACK"]:
            manifest, folder = read_stack(run.values["STACK"])
            paths += [str(folder / pair.file) for pair in manifest.pairs]
        result = average.run(paths, run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome(summary=result.summary())


ALGORITHMS = (Deramp, Destripe, Jitter, Reference, CorrectStack, Average)
