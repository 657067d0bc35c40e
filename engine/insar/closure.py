"""Loops of three interferograms must add up to nothing: wrong ones are counted, corrected where one pair is to blame."""
import html
import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..compute.threads import map_threads
from ..compute.tiles import make_tiles
from ..core import history as histories
from ..core.errors import InputError
from ..core.files import write_text
from ..core.flags import Flag
from ..core.history import step
from ..core.progress import Progress
from ..core.units import METRE, ONE
from ..io.displacement import new_displacement_like, open_displacement
from ..io.manifests import read_stack
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster
from ..io.stack_source import StackSource
from ..io.vectors import Tally, read_vectors
from .correction_settings import ClosureSettings
from .loops import UNKNOWN, Loops, find_loops, misclosures, solve, whole_cycles

log = logging.getLogger(__name__)

FOLDER = "cycles"  # of the output: what is taken off each pair
MASKED = 99  # instead of cycles
SENTINEL1 = 0.0554658  # m, where a stack does not tell its wavelength
MOST_WORK = 4e6  # pixel-pairs of a tile
LEAST_SIDE = 64  # px, of a tile
SAMPLE = 160  # pixels along the longer side that tell the constants of loops
NAMED = 10
_RING = np.ones((3, 3), int)  # pixels that touch at a corner are one region


@dataclass(frozen=True)
class PairClosure:
    """loops: that the pair is in. wrong: share of its pixels with a wrong loop among them. corrected, masked: share of its
    pixels that were changed."""
    name: str
    loops: int
    wrong: float
    corrected: float = 0.0
    masked: float = 0.0


@dataclass(frozen=True)
class ClosureResult:
    """raster: closure_rms and wrong_loops. notes: sentences for the log."""
    stack: StackResult
    raster: Path
    report: Optional[Path]
    loops: int
    pairs: Tuple[PairClosure, ...]
    notes: Tuple[str, ...]


def run(stack: PathLike, settings: ClosureSettings, output_folder: PathLike, raster: PathLike, progress: Progress,
        report: Optional[PathLike] = None) -> ClosureResult:
    """Count wrong loops into `raster`, write the corrected stack into a folder, and a report (HTML).

    Bands of the raster: closure_rms (m, of what loops add up to), wrong_loops, loops (numbers). Each loop's own constant,
    which comes from the constants of its interferograms, is taken off first.
    """
    output, raster = Path(output_folder), Path(raster)
    check_writable(output / FOLDER)
    check_writable(raster.parent)
    with StackSource(stack) as source:
        if source.manifest.kind != "insar":
            raise InputError(f"{stack} holds no line-of-sight displacements. Choose a stack of interferograms.")
        ends, loops = _network(source, str(stack))
        cycle = float(source.manifest.extra.get("wavelength") or source.metadata.get("TM_WAVELENGTH") or SENTINEL1) / 2.0
        constants = _constants(source, loops, progress.part(0.0, 0.1))
        tally = _scan(source, loops, constants, cycle, settings, output, raster, progress.part(0.1, 0.6))
        names = [Path(pair.file).stem for pair in source.pairs]
    changes = {}
    result = _change_pairs(stack, settings, output, names, cycle, changes, progress.part(0.6, 1.0))
    pairs = tuple(PairClosure(name, len(loops.of_pair[n]), tally.share(n), *changes.get(name, (0.0, 0.0)))
                  for n, name in enumerate(names))
    notes = _notes(pairs, loops, tally, cycle)
    for note in notes:
        log.info(note)
    page = write_report(Path(report), pairs, notes) if report else None
    return ClosureResult(result, raster, page, len(loops), pairs, tuple(notes))


def has_loops(stack: PathLike) -> bool:
    """True if any three pairs of a stack form a loop."""
    manifest, _ = read_stack(stack)
    number = {day: n for n, day in enumerate(manifest.dates)}
    return len(find_loops([(number[p.reference], number[p.secondary]) for p in manifest.pairs])) > 0


def _network(source: StackSource, stack: str):
    dates = sorted({d for p in source.pairs for d in (p.reference, p.secondary)})
    number = {day: n for n, day in enumerate(dates)}
    ends = [(number[p.reference], number[p.secondary]) for p in source.pairs]
    loops = find_loops(ends)
    if not len(loops):
        raise InputError(f"No three pairs of {stack} form a loop (a to b, b to c, a to c), so nothing can be checked. Use "
                         "pairs with the second neighbour as well.")
    return ends, loops


def _constants(source: StackSource, loops: Loops, progress: Progress) -> np.ndarray:
    """(loops,) median of what each loop adds up to, m, from every few pixels."""
    step_px = max(1, max(source.grid.shape) // SAMPLE)
    thin = []
    for number in range(len(source.pairs)):
        progress.report(number / len(source.pairs), "Looking at the loops")
        thin.append(source.read_pair(number, source.grid.window, False, False)[0][0, ::step_px, ::step_px])
    sums = misclosures(loops, np.stack(thin)).reshape(len(loops), -1)
    return np.array([np.nanmedian(row) if np.isfinite(row).any() else 0.0 for row in sums])


class _Counts:
    """Pixels by pair and loop."""

    def __init__(self, pairs: int, loops: Loops):
        self.seen, self.wrong = np.zeros(pairs), np.zeros(pairs)
        self.values = self.off = 0
        self._loops = loops

    def add(self, cycles: np.ndarray) -> None:
        known, off = cycles != UNKNOWN, (cycles != 0) & (cycles != UNKNOWN)
        self.values += int(known.sum())
        self.off += int(off.sum())
        for pair, members in enumerate(self._loops.of_pair):
            if members:
                mine = [loop for loop, _ in members]
                self.seen[pair] += known[mine].any(axis=0).sum()
                self.wrong[pair] += off[mine].any(axis=0).sum()

    def share(self, pair: int) -> float:
        return float(self.wrong[pair] / self.seen[pair]) if self.seen[pair] else float("nan")


def _scan(source: StackSource, loops: Loops, constants, cycle: float, settings: ClosureSettings, output: Path, raster: Path,
          progress: Progress) -> _Counts:
    """Write the raster, and for each pair how many cycles are wrong where."""
    side = int(np.clip(np.sqrt(MOST_WORK / len(source.pairs)) // 16 * 16, LEAST_SIDE, 1024))
    tally = _Counts(len(source.pairs), loops)
    items = {"TM_HISTORY": histories.to_text([*source.manifest.history, step("closure", settings)])}
    bands = [Band("closure_rms", METRE), Band("wrong_loops", ONE), Band("loops", ONE)]

    def work(tile):
        los = source.read(tile.core, False, False, progress)[0][0]
        sums = misclosures(loops, los) - constants[:, None, None].astype(np.float32)
        cycles = whole_cycles(sums, cycle, settings.tolerance)
        flat = cycles.reshape(len(loops), -1)
        take_off, masked = solve(loops, flat)
        with np.errstate(invalid="ignore", divide="ignore"):
            known = np.isfinite(sums).sum(axis=0)
            rms = np.sqrt(np.nansum(np.square(sums, dtype=np.float64), axis=0) / known)
        wrong = ((cycles != 0) & (cycles != UNKNOWN)).sum(axis=0)
        change = np.where(masked, np.int16(MASKED), take_off.astype(np.int16)).reshape(los.shape)
        return flat, rms, np.where(known > 0, wrong, np.nan), np.where(known > 0, known, np.nan), change

    with ExitStack() as files:
        maps = files.enter_context(new_raster(raster, source.grid, bands, items))
        writers = [files.enter_context(new_raster(output / FOLDER / f"{Path(pair.file).stem}.tif", source.grid,
                                                  [Band("cycles")], dtype="int16")) for pair in source.pairs]
        tiles = make_tiles(source.grid, side)
        for number, (tile, found) in enumerate(map_threads(work, tiles, progress), 1):
            flat, rms, wrong, known, change = found
            tally.add(flat)
            maps.write({"closure_rms": rms.astype(np.float32), "wrong_loops": wrong.astype(np.float32),
                        "loops": known.astype(np.float32)}, tile.core)
            for writer, values in zip(writers, change):
                writer.write({"cycles": values}, tile.core)
            progress.report(number / len(tiles), "Adding up the loops")
    return tally


def _change_pairs(stack, settings: ClosureSettings, output: Path, names: List[str], cycle: float, changes: Dict,
                  progress: Progress) -> StackResult:
    """Correct and mask every pair; `changes` gets the shares that were changed."""
    state = fingerprint(f"{cycle}", *(output / FOLDER / f"{name}.tif" for name in names))

    def one_pair(path: Path, target: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        cycles = output / FOLDER / f"{path.stem}.tif"
        tally, changes[path.stem] = change_pair(path, cycles, cycle, settings, target, pair_progress, items)
        return tally

    return run_pairs(stack, output, "closure", settings, one_pair, progress, state)


def change_pair(path: Path, cycles: Path, cycle: float, settings: ClosureSettings, target: Path, progress: Progress,
                items: Optional[Dict[str, str]] = None) -> Tuple[Tally, Tuple[float, float]]:
    """One pair corrected by whole cycles in large regions and masked in what stays wrong."""
    tally = Tally()
    with open_displacement(path) as source, open_raster(cycles) as found:
        off = found.read_raw("cycles")
        small = _small_regions(off, settings.region)
        correct = np.where((off != MASKED) & ~small, off, 0) if settings.correct else np.zeros_like(off)
        mask = (off != 0) & (correct == 0)
        seen = 0
        with new_displacement_like(target, source, [step("closure", settings)]) as writer:
            for tile in make_tiles(source.grid, 1024):
                progress.check()
                vectors = read_vectors(source, tile.core)
                seen += int(vectors.valid.sum())
                values = vectors.values - np.float32(cycle) * correct[tile.core.slices].astype(np.float32)[None]
                vectors = replace(vectors, values=values)
                if settings.mask:
                    vectors = vectors.without(mask[tile.core.slices], Flag.OUTLIER)
                tally.add(vectors)
                writer.write(vectors.bands(source), tile.core)
            writer.set_metadata({**(items or {}), **tally.as_items()})
            progress.check()
    masked = float(mask.sum()) if settings.mask else 0.0
    return tally, (float((correct != 0).sum()) / max(seen, 1), masked / max(seen, 1))


def _small_regions(off: np.ndarray, fewest: int) -> np.ndarray:
    """(rows, columns) True in regions of one number of cycles that have fewer pixels."""
    from scipy.ndimage import label

    small = np.zeros(off.shape, bool)
    for value in np.unique(off[(off != 0) & (off != MASKED)]):
        regions, _ = label(off == value, structure=_RING)
        small |= (np.bincount(regions.ravel()) < fewest)[regions] & (regions > 0)
    return small


def _notes(pairs: Tuple[PairClosure, ...], loops: Loops, tally: _Counts, cycle: float) -> List[str]:
    share = tally.off / tally.values if tally.values else 0.0
    notes = [f"{len(loops)} loops of three pairs; {share:.2%} of their values are off by more than half a cycle "
             f"({1e3 * cycle:.1f} mm)."]
    lonely = [p.name for p in pairs if p.loops == 0]
    if lonely:
        notes.append(f"{len(lonely)} pairs are in no loop and could not be checked: {_named(lonely)}.")
    bad = sorted((p for p in pairs if p.wrong > 0.5), key=lambda p: -p.wrong)
    if bad:
        notes.append(f"More than half of {len(bad)} pairs lies in wrong loops: {_named([p.name for p in bad])}. Look at "
                     "them, or leave them out.")
    corrected = [p.name for p in pairs if p.corrected > 0]
    if corrected:
        notes.append(f"Whole cycles were taken off regions of {len(corrected)} pairs: {_named(corrected)}.")
    masked = float(np.mean([p.masked for p in pairs]))
    if masked:
        notes.append(f"{masked:.2%} of all values stay wrong and were masked.")
    return notes


def _named(names: List[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def write_report(path: Path, pairs: Tuple[PairClosure, ...], notes: List[str]) -> Path:
    """Write an HTML page: what was found, and a row for each pair, the worst first."""
    rows = "\n".join(
        f"<tr><td>{p.name}</td><td>{p.loops}</td><td>{p.wrong:.1%}</td><td>{p.corrected:.1%}</td><td>{p.masked:.1%}</td></tr>"
        for p in sorted(pairs, key=lambda p: -np.nan_to_num(p.wrong)))
    said = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    text = ("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Phase closure</title><style>body{font:"
            "14px sans-serif;margin:2em}td,th{padding:2px 12px;text-align:right}td:first-child{text-align:left}</style>"
            f"</head><body><h1>Phase closure</h1>{said}<table><tr><th>Pair</th><th>Loops</th><th>Pixels in wrong loops</th>"
            f"<th>Corrected</th><th>Masked</th></tr>\n{rows}\n</table></body></html>\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_text(path, text)
