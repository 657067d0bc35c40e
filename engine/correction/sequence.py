"""The corrections one after the other over every pair of a stack; each pair is written once."""
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..core.history import step
from ..core.progress import Progress
from ..core.settings import Settings
from ..io.raster import PathLike
from ..io.stable import StableGround
from ..io.vectors import Tally
from . import deramp, destripe, detectors, jitter, reference
from .detectors import Layout
from .field import Field, open_field, write_field
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
        for number, (name, chosen) in enumerate(_order(settings)):
            share = progress.part(0.7 * number / _MOST, 0.7 * (number + 1) / _MOST)
            correction, found = _estimate(name, field, chosen, share, layout, settings)
            if name in _WORDS:
                words = _WORDS[name](field, chosen, found)
            field = field.plus(correction)
            steps.append(step(name, chosen, **found))
        return write_field(field, output, steps, words, progress.part(0.7, 1.0), items)


def _order(settings: CorrectSettings) -> List[Tuple[str, Settings]]:
    """The corrections to make, with their settings.

    Stairs and a few waves look like a slope: after removing them the ramp is looked for once more in what is left.
    """
    waves = replace(settings.waves, angle=settings.stripes.angle)
    ramp = [("deramp", settings.ramp)] if settings.deramp else []
    stripes = [("destripe", settings.stripes)] if settings.destripe else []
    jitters = [("jitter", waves)] if settings.jitter else []
    last = ramp if stripes or jitters else []
    return ramp + stripes + jitters + last + ([("reference", settings.stable)] if settings.reference else [])


def _estimate(name: str, field: Field, chosen: Settings, progress: Progress, layout: Optional[Layout],
              settings: CorrectSettings):
    """What one correction finds in a field."""
    if name == "destripe" and settings.jitter:
        # Waves cross the borders of detectors: stripes are measured without them, and the waves then without stripes.
        waves, _ = jitter.estimate(field, replace(settings.waves, angle=settings.stripes.angle), progress.part(0, 0.5))
        stripes, found = destripe.estimate(field.plus(waves), chosen, progress.part(0.5, 1), layout)
        return replace(stripes, field=field), found
    return _ESTIMATES[name](field, chosen, progress, layout)


_MOST = 5  # corrections of one displacement

_ESTIMATES = {
    "deramp": lambda field, settings, progress, layout: deramp.estimate(field, settings, progress),
    "destripe": lambda field, settings, progress, layout: destripe.estimate(field, settings, progress, layout),
    "jitter": lambda field, settings, progress, layout: jitter.estimate(field, settings, progress),
    "reference": lambda field, settings, progress, layout: reference.estimate(field, settings, progress),
}

_WORDS = {"deramp": lambda field, settings, found: deramp.reference_words(field),
          "reference": reference.reference_words}
