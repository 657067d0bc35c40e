"""InSAR: from folders of interferograms of one or two tracks to series, line-of-sight and east and up velocity."""
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..compute.pairs import fingerprint, moved_links
from ..core.errors import InputError
from ..core.progress import Progress
from ..core.stack import NAME as STACK
from ..insar import closure, decompose, importing, network_plot, reference, selection, troposphere
from ..insar.geometry import read_geometry
from ..inversion import invert
from ..io.area import Area
from ..io.folders import files_below
from ..io.manifests import read_stack, relative, write_stack
from ..io.stable import StableGround
from . import figures, insar_report, insar_tracks
from .insar_settings import INSAR, InsarSettings
from .journal import Journal

ASCENDING, DESCENDING = "ascending", "descending"
VELOCITY, NETWORK = "velocity.tif", insar_report.NETWORK
IMPORTED, SELECTED, CLOSED, REFERENCED, CORRECTED, SERIES = ("imported", "selected", "closed", "referenced", "corrected",
                                                             "series")
#: Share of a track's time: import, selection, closure, reference, atmosphere, inversion.
_SHARES = (0.0, 0.25, 0.27, 0.42, 0.5, 0.8, 1.0)


@dataclass(frozen=True)
class InsarResult:
    """series: track -> series.json. velocity: east and up, None with one track. report: HTML."""
    folder: Path
    series: Dict[str, Path]
    velocity: Optional[Path]
    report: Path
    said: Tuple[str, ...]


@dataclass(frozen=True)
class Inputs:
    """What the service works with. folders: track -> folder of interferograms, or of a stack. weather: of ERA5 or GACOS."""
    folders: Dict[str, Path]
    stable: Optional[StableGround] = None
    outlines: Optional[StableGround] = None
    weather: Optional[str] = None
    area: Optional[Area] = None

    @property
    def stable_key(self) -> str:
        return "".join(ground.fingerprint() for ground in (self.stable, self.outlines) if ground is not None)


def run(ascending, descending, settings: InsarSettings, output, progress: Optional[Progress] = None,
        stable: Optional[StableGround] = None, outlines: Optional[StableGround] = None, weather: Optional[str] = None,
        area: Optional[Area] = None) -> InsarResult:
    """Run the chain over one or both tracks. What is finished in the output folder is not done again.

    ascending, descending: folders (or None). stable: ground that does not move: everything is referred to it and the
    atmosphere is found on it. outlines: of ground that moves, without stable ground.
    """
    folders = {name: Path(folder) for name, folder in ((ASCENDING, ascending), (DESCENDING, descending)) if folder}
    if not folders:
        raise InputError("No folder of interferograms was given. Choose that of the ascending or the descending track, or "
                         "both.")
    insar_tracks.require_different(folders)
    given = Inputs(folders, stable, outlines, weather, area)
    journal = Journal(output, "insar", progress or Progress(), _key(given))
    for number, name in enumerate(folders):
        span = 0.92 / len(folders)
        _run_track(journal, name, given, settings, 0.02 + number * span, span)
    if len(folders) == 2:
        _decompose(journal, folders, settings)
    page = insar_report.write(journal, given)
    return InsarResult(journal.folder, {name: journal.path(f"{name}/{SERIES}/series.json") for name in folders},
                       journal.path(VELOCITY) if len(folders) == 2 else None, page,
                       tuple(line for step in journal.steps for line in step.said))


def _key(given: Inputs) -> str:
    files = [file for folder in given.folders.values() for file in files_below(folder)]
    return fingerprint(f"{given.folders} {given.area!r}", *files)


def _run_track(journal: Journal, name: str, given: Inputs, settings: InsarSettings, start: float, span: float) -> None:
    """Import to series of one track, each step into its own folder of the track."""
    def share(number: int):
        return start + span * _SHARES[number], start + span * _SHARES[number + 1]

    def place(step: str) -> Path:
        return journal.path(f"{name}/{step}")

    def step(number: int, key: str, title: str, chosen, usual, products, work, inputs: str = "") -> None:
        journal.step(f"{name}_{key}", f"{name.capitalize()} track: {title}", chosen,
                     tuple(f"{name}/{product}" for product in products), work, share(number), inputs, usual)

    def bring_in(part):
        return _import(name, given, settings, place(IMPORTED), part)

    def select(part):
        made = selection.run(_stack_of(given.folders[name], place(IMPORTED)), settings.selection, place(SELECTED), part)
        if figures.available():
            network_plot.write_plot(made, place(NETWORK))
        return made.summary(), {"warnings": insar_tracks.lost(name, made.isolated)}

    def close(part):
        return _close(place, settings, part)

    def refer(part):
        made = reference.run(place(CLOSED), settings.reference, place(REFERENCED), part, given.stable,
                             outlines=given.outlines)
        return made.summary(), {"failed": list(made.result.failed)}

    def clear(part):
        return _clear(place, given, settings, part)

    def solve(part):
        made = invert.run(place(CORRECTED), settings.inversion, place(SERIES), part, stable=given.stable)
        return made.notes, {"medians": made.medians}

    ground = given.stable_key
    step(0, "import", "importing", settings.importing, INSAR.importing, () if _is_stack(given.folders[name]) else
         (f"{IMPORTED}/{STACK}",), bring_in)
    done = {f"{track}_import": track for track in given.folders}
    stacks = {track: _stack_of(given.folders[track], journal.path(f"{track}/{IMPORTED}"))
              for track in (done.get(s.name) for s in journal.steps) if track}
    insar_tracks.require_two_directions(stacks, settings.decomposition.min_angle)
    step(1, "select", "selecting interferograms", settings.selection, INSAR.selection, (f"{SELECTED}/{STACK}",), select)
    step(2, "closure", "adding up loops", settings.closing, INSAR.closing, (f"{CLOSED}/{STACK}",), close)
    step(3, "reference", "holding ground still", settings.reference, INSAR.reference, (f"{REFERENCED}/{STACK}",), refer,
         ground)
    step(4, "troposphere", "taking the atmosphere off", settings.atmosphere, INSAR.atmosphere, (f"{CORRECTED}/{STACK}",),
         clear, f"{ground} {given.weather}")
    step(5, "invert", "time series", settings.inversion, INSAR.inversion, (f"{SERIES}/series.json",), solve, ground)


def _is_stack(folder: Path) -> bool:
    return (folder / STACK).is_file()


def _stack_of(folder: Path, imported: Path) -> Path:
    return folder if _is_stack(folder) else imported


def _import(name: str, given: Inputs, settings: InsarSettings, output: Path, progress: Progress) -> Tuple[List[str], Dict]:
    folder = given.folders[name]
    if _is_stack(folder):
        wrong = insar_tracks.mismatch(name, folder)
        return [f"{folder} is a stack already", *wrong], {"warnings": wrong}
    made = importing.run(folder, settings.importing, output, progress, given.area)
    if not made.stacks:
        raise InputError(f"{folder} holds a finished time series, no interferograms. Import it by itself and decompose it.")
    manifest, _ = read_stack(made.stacks[0])
    wrong = insar_tracks.mismatch(name, made.stacks[0])
    return [*made.summary(), *wrong], {"failed": [[f["pair"], f["reason"]] for f in manifest.extra.get("failed_pairs", [])],
                                       "warnings": wrong}


def _close(place, settings: InsarSettings, progress: Progress) -> Tuple[List[str], Dict]:
    """Check the loops; a network without any goes on unchecked, and the report says so."""
    output = place(CLOSED)
    if not closure.has_loops(place(SELECTED)):
        _pass_on(place(SELECTED), output)
        return ["No three interferograms form a loop: errors of unwrapping could not be looked for"], {}
    made = closure.run(place(SELECTED), settings.closing, output, output / "closure.tif", progress, output / "closure.html")
    return made.notes, {"failed": list(made.stack.failed)}


def _clear(place, given: Inputs, settings: InsarSettings, progress: Progress) -> Tuple[List[str], Dict]:
    """Take the atmosphere off; without any elevation it stays in, and the report says so."""
    manifest, folder = read_stack(place(REFERENCED))
    elevation = read_geometry(folder, manifest.geometry, ["elevation"])
    if elevation is None or not np.isfinite(elevation).any():
        _pass_on(place(REFERENCED), place(CORRECTED))
        told = "The interferograms come without elevation (a DEM): the atmosphere was not taken off"
        return [told], {"dates": [], "warnings": [told]}
    made = troposphere.run(place(REFERENCED), settings.atmosphere, place(CORRECTED), progress, given.weather, given.stable)
    return made.notes, {"failed": list(made.stack.failed), "dates": [
        [q.date.isoformat(), q.before, q.after, q.applied, q.note] for q in made.dates]}


def _pass_on(stack: Path, output: Path) -> None:
    """A stack in another folder that points at the same rasters."""
    manifest, folder = read_stack(stack)
    output.mkdir(parents=True, exist_ok=True)
    pairs = tuple(replace(p, file=relative(folder / p.file, output)) for p in manifest.pairs)
    geometry = relative(folder / manifest.geometry, output) if manifest.geometry else None
    write_stack(output, replace(manifest, pairs=pairs, geometry=geometry,
                                extra=moved_links(manifest.extra, folder, output)))


def _decompose(journal: Journal, folders, settings: InsarSettings) -> None:
    def work(part):
        made = decompose.run([journal.path(f"{name}/{SERIES}/series.json") for name in folders], settings.decomposition,
                             journal.path(VELOCITY), part)
        return made.notes, {}

    journal.step("decompose", "East and up", settings.decomposition, (VELOCITY,), work, (0.94, 0.98),
                 preset=INSAR.decomposition)
