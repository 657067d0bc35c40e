"""One step over every pair of a stack: threads, resume, failures on record, the manifest last."""
import hashlib
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from ..core.errors import InputError, TerrainMotionError
from ..core.history import VERSION, step
from ..core.progress import Progress
from ..core.settings import Settings
from ..core.stack import NAME, PairEntry, StackManifest
from ..io.manifests import read_stack, relative, write_stack
from ..io.raster import PathLike, check_writable, open_raster
from ..io.vectors import SUMMARY, Tally
from .threads import map_threads

log = logging.getLogger(__name__)

#: Metadata item of a pair's raster: how it was made. Not a TM_ item, so that later steps don't copy it.
KEY = "PAIR_KEY"

#: Keys of a manifest that hold a raster for each date; their paths stay right when a step writes a new stack.
DATE_RASTERS = ("date_noise",)

#: (source file, output file, metadata items to write with it, progress) -> what was written.
PairStep = Callable[[Path, Path, Dict[str, str], Progress], Tally]


@dataclass(frozen=True)
class StackResult:
    """A finished stack. done, reused: pairs made now and found finished. failed: (pair name, reason).
    flags: pixels of the whole stack by flag code; of pairs made now only."""
    stack: Path
    done: int
    reused: int
    failed: Tuple[Tuple[str, str], ...]
    flags: Dict[int, int]


def run_pairs(stack: PathLike, output_folder: PathLike, name: str, settings: Settings, pair_step: PairStep,
              progress: Progress, inputs: str = "") -> StackResult:
    """Apply a step to every pair of a stack and write the new stack.

    name, settings: for the history. inputs: fingerprint of what else the result depends on (stable ground, DEM).
    A pair whose file in the output folder was made from the same file by the same settings is not made again. A
    pair that fails is left out, with its reason under "failed_pairs" of the manifest.
    """
    manifest, folder = read_stack(stack)
    output = _output_folder(folder, output_folder)
    jobs = _jobs(manifest, folder, output, f"{VERSION} {name} {_plain(settings.as_dict())} {inputs}")
    quiet = Progress(None, lambda: progress.stopped)
    outcomes: Dict[Path, _Outcome] = {}
    for number, (job, outcome) in enumerate(map_threads(lambda j: _run_pair(j, pair_step, quiet), jobs, progress), 1):
        outcomes[job.target] = outcome
        progress.report(number / len(jobs), f"{name}: {job.entry.name}, {number} of {len(jobs)} pairs")
    return _finish(manifest, folder, output, jobs, outcomes, step(name, settings))


@dataclass(frozen=True)
class _Job:
    entry: PairEntry
    source: Path
    target: Path
    key: str


@dataclass(frozen=True)
class _Outcome:
    """failure: why there is no result. flags: None where the file was there already."""
    failure: str = ""
    flags: Optional[Dict[int, int]] = None
    valid_fraction: Optional[float] = None
    mean_quality: Optional[float] = None


def _output_folder(source: Path, output: PathLike) -> Path:
    """The folder to write to, without an old manifest: an unfinished stack has none."""
    output = Path(output)
    if output.resolve() == source.resolve():
        raise InputError(f"The result would overwrite its own input in {source}. Choose another output folder.")
    check_writable(output / "pairs")
    (output / NAME).unlink(missing_ok=True)
    return output


def _jobs(manifest: StackManifest, folder: Path, output: Path, recipe: str) -> List[_Job]:
    """One job for each pair; two pairs of the same dates get different files."""
    if not manifest.pairs:
        raise InputError(f"{folder / NAME} holds no pairs. Match some pairs first.")
    taken: Dict[str, int] = {}
    jobs = []
    for entry in manifest.pairs:
        source = folder / entry.file
        taken[entry.name] = taken.get(entry.name, 0) + 1
        suffix = f"_{taken[entry.name]}" if taken[entry.name] > 1 else ""
        jobs.append(_Job(entry, source, output / "pairs" / f"{entry.name}{suffix}.tif",
                         fingerprint(recipe, source)))
    return jobs


def fingerprint(text: str, *files: PathLike) -> str:
    """A hash of a text and of the state (name, size, time of change) of files, those that exist."""
    found = [text]
    for file in map(Path, files):
        if file.exists():
            state = file.stat()
            found.append(f"{file.name} {state.st_size} {state.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def _plain(values: Dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, default=str)


def _run_pair(job: _Job, pair_step: PairStep, progress: Progress) -> _Outcome:
    """Run one pair, or find it finished. Errors that a user can act on become the pair's reason."""
    progress.check()
    held = finished(job.target, job.key)
    if held is not None:
        return _Outcome(valid_fraction=held.get("valid_fraction"), mean_quality=held.get("mean_quality"))
    try:
        tally = pair_step(job.source, job.target, {KEY: job.key}, progress)
    except TerrainMotionError as error:
        log.warning("pair %s was left out: %s", job.entry.name, error)
        return _Outcome(failure=str(error))
    return _Outcome("", tally.flags, tally.valid_fraction, tally.mean_quality)


def finished(target: Path, key: str) -> Optional[Dict[str, Any]]:
    """What a finished file of the same recipe says of itself; None where the pair must be made."""
    if not target.exists():
        return None
    try:
        with open_raster(target) as raster:
            if raster.metadata.get(KEY) != key:
                return None
            held = json.loads(raster.metadata.get(SUMMARY, "null"))
    except (InputError, ValueError):
        return None
    return held if isinstance(held, dict) else None


def _finish(manifest: StackManifest, folder: Path, output: Path, jobs, outcomes, entry_of_history) -> StackResult:
    """Write the manifest of what succeeded."""
    pairs, failed, flags, done = [], [], {}, 0
    for job in jobs:
        outcome = outcomes[job.target]
        if outcome.failure:
            failed.append((job.entry.name, outcome.failure))
            continue
        done += outcome.flags is not None
        for code, count in (outcome.flags or {}).items():
            flags[code] = flags.get(code, 0) + count
        pairs.append(replace(job.entry, file=relative(job.target, output), mean_quality=outcome.mean_quality,
                             valid_fraction=outcome.valid_fraction))
    if not pairs:
        raise InputError(f"None of the {len(jobs)} pairs could be treated. The first, {failed[0][0]}: {failed[0][1]}")
    extra = moved_links(manifest.extra, folder, output)
    if failed:
        extra["failed_pairs"] = [*extra.get("failed_pairs", []), *({"pair": n, "reason": r} for n, r in failed)]
    geometry = relative(folder / manifest.geometry, output) if manifest.geometry else None
    path = write_stack(output, replace(manifest, pairs=tuple(pairs), geometry=geometry, extra=extra,
                                       history=(*manifest.history, entry_of_history)))
    return StackResult(path, done, len(pairs) - done, tuple(failed), flags)


def moved_links(extra: Dict[str, Any], folder: Path, output: Path) -> Dict[str, Any]:
    """Further keys of a manifest for another folder: files that they name stay the same files."""
    moved = dict(extra)
    for key in DATE_RASTERS:
        if moved.get(key):
            moved[key] = {day: relative(folder / file, output) for day, file in moved[key].items()}
    held = moved.get("reference")
    if isinstance(held, dict) and held.get("file"):
        moved["reference"] = {**held, "file": relative(folder / held["file"], output)}
    return moved
