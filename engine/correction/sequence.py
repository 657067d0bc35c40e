"""The corrections one after the other over every pair of a stack; each pair is written once."""
from pathlib import Path
from typing import Dict, Optional

from ..compute.pairs import StackResult, run_pairs
from ..core.history import step
from ..core.progress import Progress
from ..io.raster import PathLike
from ..io.stable import StableGround
from ..io.vectors import Tally
from . import deramp, reference
from .field import open_field, write_field
from .settings import CorrectSettings


def run_stack(stack: PathLike, settings: CorrectSettings, output_folder: PathLike, progress: Progress,
              stable: Optional[StableGround] = None) -> StackResult:
    """Correct all pairs of a stack. Pairs that cannot be corrected are left out and counted."""
    def one_pair(source: Path, output: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        return correct(source, settings, output, pair_progress, stable, items)

    return run_pairs(stack, output_folder, "correctstack", settings, one_pair, progress,
                     inputs=stable.fingerprint() if stable is not None else "")


def correct(displacement: PathLike, settings: CorrectSettings, output: PathLike, progress: Progress,
            stable: Optional[StableGround] = None, items: Optional[Dict[str, str]] = None) -> Tally:
    """Apply the chosen corrections to one displacement, each to what the ones before left. items: metadata."""
    with open_field(displacement, stable) as field:
        steps, words = [], ""
        if settings.deramp:
            ramp, found = deramp.estimate(field, settings.ramp, progress.part(0.0, 0.4))
            field, words = field.plus(ramp), deramp.reference_words(field)
            steps.append(step("deramp", settings.ramp, **found))
        if settings.reference:
            shift, found = reference.estimate(field, settings.stable, progress.part(0.4, 0.7))
            field, words = field.plus(shift), reference.reference_words(field, settings.stable, found)
            steps.append(step("reference", settings.stable, **found))
        return write_field(field, output, steps, words, progress.part(0.7, 1.0), items)
