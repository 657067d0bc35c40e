"""Match many pairs into a stack of displacements on one grid; a pair that is already done is not done again."""
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from ..compute.pairs import KEY, fingerprint, finished
from ..compute.threads import map_threads, workers
from ..core.errors import GridError, InputError, MissingPackage, TerrainMotionError
from ..core.grid import Grid
from ..core.history import VERSION, step
from ..core.pair import Pair
from ..core.progress import Progress
from ..core.stack import NAME, PairEntry, StackManifest
from ..io.area import Area
from ..io.manifests import relative, write_stack
from ..io.raster import check_writable, same_crs
from . import background, images, runner
from .settings import PairRunSettings

log = logging.getLogger(__name__)

_LEAST_COMMON = 0.25  # share of the smallest scene that all must have in common for the stack to be cut to it
_WAIT_SECONDS = 0.2   # how often a run on a cluster looks whether it was cancelled


@dataclass(frozen=True)
class StackRun:
    """A finished stack. done, reused: pairs matched now and found finished. failed: (pair name, reason)."""
    stack: Path
    grid: Grid
    done: int
    reused: int
    failed: Tuple[Tuple[str, str], ...]
    valid_fraction: Optional[float]
    mean_correlation: Optional[float]

    def summary(self) -> List[str]:
        """Lines for the log."""
        lines = [f"{self.done} pairs matched, {self.reused} found finished, {len(self.failed)} failed",
                 f"Grid: {self.grid.width} x {self.grid.height} pixels of {self.grid.pixel_size:g} m"]
        if self.valid_fraction is not None:
            lines.append(f"Measured: {self.valid_fraction:.1%} of the pixels, mean correlation "
                         f"{self.mean_correlation or float('nan'):.2f}")
        return lines + [f"Failed: {name}: {reason}" for name, reason in self.failed]


@dataclass(frozen=True)
class _Job:
    """One pair: what to match, where to, and the key that tells a finished result. Plain values, for a cluster too."""
    pair: Pair
    target: Path
    key: str
    grid: Grid
    settings: PairRunSettings
    threads: Optional[int]
    prior: str = ""


@dataclass(frozen=True)
class _Outcome:
    """failure: why there is no result. reused: the file was there already."""
    failure: str = ""
    reused: bool = False
    found: Dict[str, Any] = field(default_factory=dict)


def run(pairs: Sequence[Pair], settings: PairRunSettings, output_folder, progress: Optional[Progress] = None,
        area: Optional[Area] = None, prior=None) -> StackRun:
    """Match pairs into a stack folder; the manifest is written last. area: only this part of the scenes. prior: raster
    of the motion to search around, a velocity scaled by the days of each pair (see prior.open_prior).

    A pair whose file was made from the same images by the same settings is kept. A pair that cannot be matched is
    left out, with its reason under "failed_pairs" of the manifest; if none can, InputError is raised.
    """
    progress = progress or Progress()
    if not pairs:
        raise InputError("There are no pairs to match. Make some with Pair network, or widen its limits.")
    output = check_writable(output_folder)
    check_writable(output / "pairs")
    (output / NAME).unlink(missing_ok=True)
    progress.report(0.0, f"reading the grids of {len(pairs)} pairs")
    grid, unreadable = common_grid(pairs, settings, progress)
    if area is not None:
        window = area.window(grid)
        if window is None:
            raise InputError("The extent lies outside the area that the scenes have in common. Choose another one.")
        grid = grid.part(window)
    pairs = background.find_unannounced(pairs, settings, grid, output, progress)
    jobs = _jobs(pairs, settings, output, grid, prior)
    outcomes: Dict[Path, _Outcome] = {}
    each = _on_cluster if settings.scheduler else _on_threads
    for number, (job, outcome) in enumerate(each(jobs, settings, unreadable, progress), 1):
        outcomes[job.target] = outcome
        progress.report(number / len(jobs), f"matching: {job.pair.name}, {number} of {len(jobs)} pairs")
    return _finish(jobs, outcomes, grid, settings, output)


def common_grid(pairs: Sequence[Pair], settings: PairRunSettings, progress: Progress):
    """(grid of the stack, {path: reason} of the scenes that cannot be read).

    The area that all scenes have in common, or, where that is less than a quarter of the smallest, the area that
    holds all of them; on the lattice of the first readable scene.
    """
    grids, unreadable = {}, {}
    band = next((name.strip() for name in settings.bands.split(",") if name.strip()), "")
    for path in dict.fromkeys(path for pair in pairs for path in (pair.reference, pair.secondary)):
        progress.check()
        try:
            grids[path] = images.open_image(path, band).grid
        except TerrainMotionError as error:
            unreadable[path] = str(error)
    if not grids:
        raise InputError(f"None of the {len(unreadable)} scenes can be read. The first: {next(iter(unreadable.values()))}")
    first = next(iter(grids.values()))
    alike = {path: grid for path, grid in grids.items() if same_crs(grid.crs, first.crs)}
    common = first
    try:
        for path, grid in alike.items():
            common = images.overlap(common, grid, "", path)
    except GridError:
        return images.cover(list(alike.values())), unreadable
    smallest = min(grid.width * grid.height * grid.pixel_size ** 2 for grid in alike.values())
    if common.width * common.height * common.pixel_size ** 2 < _LEAST_COMMON * smallest:
        common = images.cover(list(alike.values()))
    return common, unreadable


def _jobs(pairs: Sequence[Pair], settings: PairRunSettings, output: Path, grid: Grid, prior=None) -> List[_Job]:
    """One job for each pair; two pairs of the same dates get different files."""
    values = {key: value for key, value in settings.as_dict().items() if key not in ("scheduler", "threads")}
    recipe = f"{VERSION} matchpairs {json.dumps(values, sort_keys=True)} {grid}"
    alone = settings.threads or (None if len(pairs) < workers() else 1)
    taken: Dict[str, int] = {}
    jobs = []
    for pair in pairs:
        taken[pair.name] = taken.get(pair.name, 0) + 1
        suffix = f"_{taken[pair.name]}" if taken[pair.name] > 1 else ""
        files = [path for path in (pair.reference, pair.secondary, pair.reference_mask, pair.secondary_mask,
                                   str(prior or "")) if path]
        key = fingerprint(" ".join([recipe, *files]), *files)
        jobs.append(_Job(pair, output / "pairs" / f"{pair.name}{suffix}.tif", key, grid, settings, alone,
                         str(prior or "")))
    return jobs


def _on_threads(jobs, settings: PairRunSettings, unreadable, progress: Progress) -> Iterator[Tuple[_Job, _Outcome]]:
    quiet = Progress(None, lambda: progress.stopped)
    return map_threads(lambda job: match_pair(job, unreadable, quiet), jobs, progress, settings.threads or None)


def _on_cluster(jobs, settings: PairRunSettings, unreadable, progress: Progress) -> Iterator[Tuple[_Job, _Outcome]]:
    """The same function on the workers of a Dask cluster that sees the same folders."""
    try:
        from distributed import Client
        from distributed import TimeoutError as NoAnswer
    except ImportError as error:
        raise MissingPackage("distributed", "matching on a Dask cluster") from error
    try:
        client = Client(settings.scheduler, timeout="10s")
    except (OSError, NoAnswer, ValueError) as error:
        raise InputError(f"The Dask scheduler {settings.scheduler} does not answer ({error}). Start it, or leave the "
                         "field empty to work on this machine.") from error
    with client:
        running = {client.submit(match_pair, job, unreadable, pure=False): job for job in jobs}
        try:
            while running:
                done = [future for future in running if future.done()]
                progress.check()
                for future in done:
                    yield running.pop(future), future.result()
                if not done:
                    _pause()
        finally:
            client.cancel(list(running))


def _pause() -> None:
    import time
    time.sleep(_WAIT_SECONDS)


def match_pair(job: _Job, unreadable: Dict[str, str], progress: Optional[Progress] = None) -> _Outcome:
    """Match one pair, or find it finished. Errors that a user can act on become the pair's reason."""
    progress = progress or Progress()
    progress.check()
    held = finished(job.target, job.key)
    if held is not None:
        return _Outcome(reused=True, found=held)
    pair = job.pair
    for path in (pair.reference, pair.secondary):
        if path in unreadable:
            return _Outcome(unreadable[path])
    try:
        made = runner.run(pair.reference, pair.secondary, job.settings, job.target, progress,
                          reference_mask=pair.reference_mask or None, secondary_mask=pair.secondary_mask or None,
                          reference_date=pair.reference_date, secondary_date=pair.secondary_date, grid=job.grid,
                          threads=job.threads, metadata={KEY: job.key}, prior=job.prior)
    except TerrainMotionError as error:
        log.warning("pair %s was left out: %s", pair.name, error)
        return _Outcome(str(error))
    return _Outcome(found={"valid_fraction": made.valid_fraction, "mean_quality": made.mean_correlation,
                           "sigma": made.sigma})


def _finish(jobs, outcomes, grid: Grid, settings: PairRunSettings, output: Path) -> StackRun:
    """Write the manifest of what succeeded."""
    entries, failed = [], []
    for job in jobs:
        outcome = outcomes[job.target]
        if outcome.failure:
            failed.append((job.pair.name, outcome.failure))
            continue
        entries.append(PairEntry(job.pair.reference_date, job.pair.secondary_date, relative(job.target, output),
                                 sigma=outcome.found.get("sigma"), mean_quality=outcome.found.get("mean_quality"),
                                 valid_fraction=outcome.found.get("valid_fraction")))
    if not entries:
        raise InputError(f"None of the {len(jobs)} pairs could be matched. The first, {failed[0][0]}: {failed[0][1]}")
    target = grid.coarser(settings.step) if settings.step > 1 else grid
    extra = {"failed_pairs": [{"pair": name, "reason": reason} for name, reason in failed]} if failed else {}
    manifest = StackManifest("optical", ("east", "north"), target, tuple(entries),
                             history=(step("matchpairs", settings, matched=len(entries), failed=len(failed)),),
                             extra=extra)
    path = write_stack(output, manifest)
    reused = sum(outcomes[job.target].reused for job in jobs)
    return StackRun(path, target, len(entries) - reused, reused, tuple(failed),
                    _mean([entry.valid_fraction for entry in entries]), _mean([e.mean_quality for e in entries]))


def _mean(values: Sequence[Optional[float]]) -> Optional[float]:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
