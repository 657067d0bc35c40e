"""The corrections one after the other over every pair of a stack; each pair is written once."""
from pathlib import Path
from typing import Dict, Optional

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..core.history import step
from ..core.progress import Progress
from ..io.raster import PathLike
from ..io.stable import StableGround
from ..io.vectors import Tally
from . import deramp, destripe, detectors, reference
from .detectors import Layout
from .field import open_field, write_field
from .settings import CorrectSettings


def run_stack(stack: PathLike, settings: CorrectSettings, output_folder: PathLike, progress: Progress,
              stable: Optional[StableGround] = None, footprints: Optional[PathLike] = None) -> StackResult:
    """Correct all pairs of a stack. Pairs that cannot be corrected are left out and counted.

    footprints: of the detectors, the same for all pairs; without them each pair's borders are found in its data.
    """
    layout = detectors.from_file(footprints) if footprints and settings.destripe else None

    def one_pair(source: Path, output: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        return correct(source, settings, output, pair_progress, stable, layout, items)

    inputs = [stable.fingerprint() if stable is not None else "",
              fingerprint(str(footprints), footprints) if layout is not None else ""]
    return run_pairs(stack, output_folder, "correctstack", settings, one_pair, progress, " ".join(inputs))


def correct(displacement: PathLike, settings: CorrectSettings, output: PathLike, progress: Progress,
            stable: Optional[StableGround] = None, layout: Optional[Layout] = None,
            items: Optional[Dict[str, str]] = None) -> Tally:
    """Apply the chosen corrections to one displacement, each to what the ones before left. items: metadata."""
    with open_field(displacement, stable) as field:
        steps, words = [], ""
        if settings.deramp:
            ramp, found = deramp.estimate(field, settings.ramp, progress.part(0.0, 0.3))
            field, words = field.plus(ramp), deramp.reference_words(field)
            steps.append(step("deramp", settings.ramp, **found))
        if settings.destripe:
            stripes, found = destripe.estimate(field, settings.stripes, progress.part(0.3, 0.6), layout)
            field = field.plus(stripes)
            steps.append(step("destripe", settings.stripes, **found))
        if settings.reference:
            shift, found = reference.estimate(field, settings.stable, progress.part(0.6, 0.7))
            field, words = field.plus(shift), reference.reference_words(field, settings.stable, found)
            steps.append(step("reference", settings.stable, **found))
        return write_field(field, output, steps, words, progress.part(0.7, 1.0), items)
