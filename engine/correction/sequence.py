"""The corrections one after the other over every pair of a stack; each pair is written once."""
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..core.settings import Settings
from ..io.displacement import DisplacementReader, open_displacement
from ..io.raster import PathLike
from ..io.stable import StableGround
from ..io.vectors import Tally
from . import deramp, destripe, detectors, jitter, reference
from .detectors import Layout
from .field import Correction, Field, open_field, write_field
from .settings import CorrectSettings

#: Footprints of the detectors: one file for all pairs, or one for each date.
Footprints = Union[PathLike, Mapping[date, PathLike]]


def run_stack(stack: PathLike, settings: CorrectSettings, output_folder: PathLike, progress: Progress,
              stable: Optional[StableGround] = None, footprints: Optional[Footprints] = None,
              motion: Optional[PathLike] = None) -> StackResult:
    """Correct all pairs of a stack. Pairs that cannot be corrected are left out and counted.

    footprints: of the detectors; without those of a pair's dates its borders are found in its data. motion: that all
    pairs share, as a displacement (see `correct`).
    """
    files = _files(footprints) if footprints and settings.destripe else {}
    layouts = {file: detectors.from_file(file) for file in dict.fromkeys(files.values())}

    def one_pair(source: Path, output: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        return correct(source, settings, output, pair_progress, stable, _layout_of(source, files, layouts), items,
                       motion)

    inputs = [stable.fingerprint() if stable is not None else "", *(
        fingerprint(f"{day} {file}", file) for day, file in sorted(files.items(), key=str))]
    inputs += [fingerprint("motion", motion)] if motion else []
    return run_pairs(stack, output_folder, "correctstack", settings, one_pair, progress, " ".join(inputs))


def _files(footprints: Footprints) -> Dict[Optional[date], str]:
    """Footprint files by date; None: of every date."""
    if isinstance(footprints, Mapping):
        return {day: str(file) for day, file in footprints.items()}
    return {None: str(footprints)}


def _layout_of(source: Path, files: Dict[Optional[date], str], layouts: Dict[str, Layout]) -> Optional[Layout]:
    """The detectors of a pair: of its two scenes, which are the same where they share an orbit."""
    if not files:
        return None
    if None in files:
        return layouts[files[None]]
    with open_displacement(source) as pair:
        days = (pair.reference_date, pair.secondary_date)
        found = [layouts[file] for file in dict.fromkeys(files[day] for day in days if day in files)]
        if len(found) == 2:
            return detectors.both(found[0], found[1], pair.grid)
    return found[0] if found else None


def correct(displacement: PathLike, settings: CorrectSettings, output: PathLike, progress: Progress,
            stable: Optional[StableGround] = None, layout: Optional[Layout] = None,
            items: Optional[Dict[str, str]] = None, motion: Optional[PathLike] = None) -> Tally:
    """Apply the chosen corrections to one displacement, each to what the ones before left. items: metadata.

    motion: displacement of the ground that is known from elsewhere: the errors are looked for in what it leaves, so
    that they are not taken for motion, nor motion for them.
    """
    with open_field(displacement, stable) as field, _shared(motion) as known:
        settings, steps, words = _along(settings, layout, field), [], ""
        wide = not known and (settings.ramp_ground == "stable" or stable is None or spans(field))
        errors: List[Correction] = []
        for number, (name, chosen) in enumerate(_order(settings)):
            share = progress.part(0.7 * number / _MOST, 0.7 * (number + 1) / _MOST)
            ground = field if wide or name != "deramp" else replace(field, stable=None)
            before = errors if name == "reference" else [*known, *errors]  # stable ground is held still as a whole
            correction, found = _estimate(name, replace(ground, corrections=tuple(before)), chosen, share, layout, settings)
            if name in _WORDS:
                words = _WORDS[name](ground, chosen, found)
            errors.append(correction)
            steps.append(step(name, chosen, **found))
        field = replace(field, corrections=tuple(errors))
        return write_field(field, output, steps, words, progress.part(0.7, 1.0), items)


@dataclass(frozen=True)
class _Motion:
    """A known displacement as something to take away while errors are looked for."""
    source: DisplacementReader

    def values(self, component: int, window: Window) -> np.ndarray:
        """(rows, columns) m of one component, NaN = not known."""
        return self.source.read(self.source.components[component], window)


@contextmanager
def _shared(motion: Optional[PathLike]) -> Iterator[List[Correction]]:
    if motion is None:
        yield []
        return
    with open_displacement(motion) as source:
        yield [_Motion(source)]


def _along(settings: CorrectSettings, layout: Optional[Layout], field: Field) -> CorrectSettings:
    """The settings with the direction of the track that the detectors' borders tell: better than the data do."""
    if layout is None or not settings.jitter or settings.stripes.angle is not None:
        return settings
    angle = detectors.direction(layout, field.source.grid)
    return replace(settings, stripes=replace(settings.stripes, angle=angle))


def spans(field: Field) -> bool:
    """True if the stable ground spans half of the raster in both directions."""
    grid = field.source.grid
    side = max(1, max(grid.shape) // _COARSE)
    coarse = grid.coarser(side) if min(grid.shape) >= 2 * side else grid
    rows, columns = (np.flatnonzero(field.stable.mask(coarse, coarse.window).any(axis=axis)) for axis in (1, 0))
    return all(len(seen) > 0 and np.ptp(seen) >= _SPAN * (size - 1)
               for seen, size in zip((rows, columns), coarse.shape))


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
_COARSE, _SPAN = 256, 0.5  # px of the longer side looked at; share of the raster that stable ground must span

_ESTIMATES = {
    "deramp": lambda field, settings, progress, layout: deramp.estimate(field, settings, progress),
    "destripe": lambda field, settings, progress, layout: destripe.estimate(field, settings, progress, layout),
    "jitter": lambda field, settings, progress, layout: jitter.estimate(field, settings, progress),
    "reference": lambda field, settings, progress, layout: reference.estimate(field, settings, progress),
}

_WORDS = {"deramp": lambda field, settings, found: deramp.reference_words(field),
          "reference": reference.reference_words}
