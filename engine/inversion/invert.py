"""Time series of a stack: cumulative displacement of every date, velocity, quality, with sigmas."""
import logging
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..compute import memory
from ..compute.threads import map_threads, workers
from ..compute.tiles import Tile, make_tiles
from ..core import history as histories
from ..core import series as series_records
from ..core.errors import Cancelled, InputError
from ..core.grid import Grid
from ..core.progress import Progress
from ..core.series import SeriesManifest
from ..core.units import DAY, METRE, METRE_PER_YEAR, ONE, SIGN_EAST_NORTH, SIGN_LOS
from ..io.draft import Draft
from ..io.manifests import relative, write_series
from ..io.stack_source import StackSource, block_cache, kept_blocks
from ..io.raster import Band, RasterWriter, check_writable
from . import order, report, resume
from .atmosphere import keep_geometry, open_noise
from .pattern import count_parts
from .sampling import Learnt, learn_stack
from .settings import InvertSettings
from .starts import learn_starts
from .solver import COHERENCE, OBSERVATIONS, PARTS, START, Network, Solution, make_network, solve
from .tally import Tally

log = logging.getLogger(__name__)

BLOCK = 128  # px, side of a block of the series
TILE_SIDES = (512, 384, 256, 128)  # px
MOST_WORK = 1e7  # pixel-pairs of a tile: a thread that has begun cannot be stopped, and cancel takes a second
TABLE = "misclosure.csv"


@dataclass(frozen=True)
class InvertResult:
    """Files and counts. notes: sentences for the log. kept: tiles that an earlier run had finished."""
    series: Path
    velocity: Path
    quality: Path
    table: Path
    dates: int
    pairs: int
    counts: Dict[str, int] = field(default_factory=dict)
    medians: Dict[str, float] = field(default_factory=dict)
    notes: Tuple[str, ...] = ()
    kept: int = 0


def run(stack, settings: InvertSettings, output, progress: Progress, stable=None) -> InvertResult:
    """Invert a stack (stack.json or its folder) into the folder `output`.

    stable: an object with mask(grid) -> (rows, columns) bool; the median of stable ground is then zero at every date.
    Raises InputError with what is wrong with the stack. A run that is cancelled or killed keeps its finished tiles in
    a hidden folder of `output`; the same run goes on from there, any other removes them.
    """
    folder = check_writable(output)
    with StackSource(stack) as source:
        settings = settings.for_stack(source.manifest.kind, len(source.pairs))
        network = make_network([(p.reference, p.secondary) for p in source.pairs])
        mask = _stable_mask(stable, source.grid)
        with Draft(folder, resume.recipe(source, settings, mask)) as draft:
            work = _begin(draft, source, network, settings, mask, progress)
            kept = len(work.done)
            _solve_tiles(work, source, network, settings, progress)
            (folder / series_records.NAME).unlink(missing_ok=True)  # an older result ends here, a new one begins
            draft.publish()
        learnt, tally = work.plan.learnt, work.tally
        notes = _notes(source, network, learnt, tally, settings, kept)
        table = report.write_table(folder / TABLE, source.pairs, tally.statistics, learnt.sigma, settings.is_robust)
        keep_geometry(source, folder)
        manifest = _manifest(source, network, settings, learnt, tally, stable is not None, folder)
        series = write_series(folder, manifest)
    for note in notes:
        log.info(note)
    return InvertResult(series, folder / "velocity.tif", folder / "quality.tif", table, len(network.dates),
                        len(network.pairs), tally.counts, tally.medians(), tuple(notes), kept)


def _begin(draft: Draft, source: StackSource, network: Network, settings: InvertSettings, mask: Optional[np.ndarray],
           progress: Progress) -> resume.Work:
    """What an earlier run has left, or what a sample of the stack tells."""
    if draft.found is not None:
        plan = resume.recall(draft.found)
    else:
        began = time.monotonic()
        turn = _whole_turn(source)
        learnt = learn_stack(source, network, settings, turn, mask, progress.part(0.0, 0.2))
        if settings.date_noise and open_noise(source, network, source.grid):
            learnt = replace(learnt, noise=replace(learnt.noise, date_variance=None))  # the maps tell more
        side = _tile_side(source, network)
        starts = learn_starts(source, network, settings, learnt, turn, side, progress.part(0.2, 0.35))
        plan = resume.Plan(side, learnt, starts)
    tiles = len(make_tiles(source.grid, plan.side))
    work = resume.Work(draft, plan, Tally(network, source.components, tiles))
    if draft.found is not None:
        work.tally.restore(draft.found)
        work.done.update(draft.found["done"])
    elif time.monotonic() - began > resume.WORTH:
        work.save()
    return work


def _solve_tiles(work: resume.Work, source: StackSource, network: Network, settings: InvertSettings,
                 progress: Progress) -> None:
    """Read, solve and write the tiles that are not finished. Threads read and solve while this one writes."""
    learnt, starts, turn = work.plan.learnt, work.plan.starts, _whole_turn(source)
    writers = _open_writers(work.draft, source, network, settings, learnt)
    date_noise = open_noise(source, network, source.grid) if settings.date_noise else None
    tiles = make_tiles(source.grid, work.plan.side, halo=1)
    bands = len(source.components) + learnt.weighting.sigma + learnt.weighting.quality
    rows, cache = order.strip(len(source.pairs), bands, block_cache())

    def solved(number: int) -> Solution:
        window = tiles[number].outer
        values, sigmas, qualities = source.read(window, learnt.weighting.sigma, learnt.weighting.quality, progress)
        weights = learnt.weighting.weights(network, values, sigmas, qualities)
        table = starts.table(window) if starts is not None else None
        found = solve(network, values, weights, settings, learnt.noise, turn, table).cut(tiles[number].inner)
        if date_noise is not None:
            date_noise.add(found, tiles[number].core)
        return found

    missing = [number for number in order.in_strips(tiles, rows) if number not in work.done]
    try:
        with kept_blocks(cache):
            for number, found in map_threads(solved, missing, progress.part(0.35, 1.0)):
                _write(writers, tiles[number], found, source.components)
                work.tally.add(found)
                work.finished(number)
                share = len(work.done) / len(tiles)
                progress.report(0.35 + 0.65 * share, f"Inverted tile {len(work.done)} of {len(tiles)}")
        progress.check()
    except Cancelled:
        if work.done:
            work.save()
        raise


def _stable_mask(stable, grid: Grid) -> Optional[np.ndarray]:
    if stable is None:
        return None
    mask = np.asarray(stable.mask(grid), bool)
    if not mask.any():
        raise InputError("The stable ground does not touch the stack. Draw it inside the stack's area.")
    return mask


def _whole_turn(source: StackSource) -> float:
    """Misclosure that counts as a whole turn in the temporal coherence: half a wavelength, or a pixel, m."""
    wavelength = source.manifest.extra.get("wavelength") or source.metadata.get("TM_WAVELENGTH")
    if source.manifest.kind == "insar":
        return float(wavelength or 0.0555) / 2.0
    size = source.grid.pixel_size
    return size if size >= 0.1 else 10.0  # degrees are no length


def _tile_side(source: StackSource, network: Network) -> int:
    """The largest tile that fits the budget and a second's work, and still leaves every thread some tiles."""
    components, pairs = len(source.components), len(source.pairs)
    pixel = 4 * (pairs * (2 * components + 5) + (6 * components + 2) * len(network.dates))
    for side in TILE_SIDES:
        tiles = -(-source.grid.width // side) * -(-source.grid.height // side)
        quick = components * pairs * side * side <= MOST_WORK
        if quick and pixel * side * side * 4 * workers() <= memory.budget() and tiles >= 2 * workers():
            return side
    return TILE_SIDES[-1]


def _open_writers(draft: Draft, source: StackSource, network: Network, settings: InvertSettings,
                  learnt: Learnt) -> Dict[str, RasterWriter]:
    dates = [d.isoformat() for d in network.dates]
    history = [*source.manifest.history, histories.step("invert", settings)]
    common = {"TM_UNIT": METRE, "TM_SIGN": SIGN_LOS if source.manifest.kind == "insar" else SIGN_EAST_NORTH,
              "TM_REFERENCE_DATE": dates[0], "TM_SECONDARY_DATE": dates[-1], "TM_REFERENCE": _reference(source, learnt),
              "TM_HISTORY": histories.to_text(history)}

    def new(name: str, bands: List[Band], unit: str, by_pixel: bool = False) -> RasterWriter:
        return draft.raster(name, source.grid, bands, {**common, "TM_UNIT": unit}, pixel_interleaved=by_pixel,
                            block=BLOCK if by_pixel else 256)

    writers = {}
    for component in source.components:
        for name in (component, f"sigma_{component}"):
            writers[name] = new(f"{name}.tif", [Band(d, METRE) for d in dates], METRE, by_pixel=True)
    writers["velocity"] = new("velocity.tif", [Band(n, METRE_PER_YEAR) for n in velocity_bands(source.components)],
                              METRE_PER_YEAR)
    writers["quality"] = new("quality.tif", [Band(f"rmse_{c}", METRE) for c in source.components] + [
        Band("observations", ONE), Band("components", ONE), Band("start", DAY), Band("temporal_coherence", ONE),
        Band("flag", ONE)], ONE)
    return writers


def velocity_bands(components: Tuple[str, ...]) -> List[str]:
    """Names of the bands of velocity.tif."""
    return ([f"velocity_{c}" for c in components] + (["speed"] if len(components) == 2 else [])
            + [f"sigma_{c}" for c in components])


def _write(writers: Dict[str, RasterWriter], tile: Tile, found: Solution, components: Tuple[str, ...]) -> None:
    for c, component in enumerate(components):
        writers[component].write_all(found.series[c], tile.core)
        writers[f"sigma_{component}"].write_all(found.sigma[c], tile.core)
    rates = {f"velocity_{c}": v for c, v in zip(components, found.velocity)}
    rates.update({f"sigma_{c}": v for c, v in zip(components, found.velocity_sigma)})
    if len(components) == 2:
        rates["speed"] = np.hypot(*found.velocity)
    writers["velocity"].write(rates, tile.core)
    writers["quality"].write({**{f"rmse_{c}": v for c, v in zip(components, found.rmse)},
                              "observations": found.quality[OBSERVATIONS], "components": found.quality[PARTS],
                              "start": found.quality[START], "temporal_coherence": found.quality[COHERENCE],
                              "flag": found.flag.astype(np.float32)}, tile.core)


def _notes(source: StackSource, network: Network, learnt: Learnt, tally: Tally,
           settings: InvertSettings, kept: int) -> List[str]:
    counts = tally.counts
    notes = [f"{len(network.pairs)} pairs of {len(network.dates)} dates; {counts['solved']} of {counts['pixels']} "
             f"pixels solved; {counts['not_connected']} not connected in time, {counts['too_few']} with too few "
             f"observations, {counts['outside']} without data."]
    if kept:
        notes.insert(0, f"{kept} tiles were finished by an earlier run and are kept.")
    if counts["late"]:
        where = ("the smoothing puts them" if settings.smoothing else
                 "their own velocity and the course of the motion around them put them")
        notes.append(f"{counts['late']} pixels are first seen after {network.dates[0]}: they start where {where}.")
    if source.left_out:
        notes.append(f"{len(source.left_out)} pairs begin and end on one date and were left out.")
    parts = len(set(count_parts(len(network.dates), network.pairs)))
    if parts > 1:
        joined = "minimum norm" if settings.minimum_norm else "temporal smoothing" if settings.smoothing else ""
        notes.append(f"The network has {parts} unconnected parts, " + (
            f"joined by {joined}: a guess, not a measurement." if joined else
            "only the part with most dates gets values. Add pairs between them."))
    return notes + list(learnt.notes) + report.sentences(source.pairs, tally.statistics, settings.is_robust)


def _reference(source: StackSource, learnt: Learnt) -> str:
    if learnt.noise.offset is not None:
        return "median of stable ground at every date"
    return source.metadata.get("TM_REFERENCE", "")


def _manifest(source: StackSource, network: Network, settings: InvertSettings, learnt: Learnt, tally: Tally,
              referenced: bool, folder: Path) -> SeriesManifest:
    found = {**tally.counts, "noise_known": learnt.noise.known, "wrong_pairs_share": round(learnt.noise.wrong, 4),
             "stable_ground": referenced}
    known = {c: f"sigma_{c}.tif" for c in source.components}
    return SeriesManifest(source.manifest.kind, source.components, source.grid, network.dates,
                          {c: f"{c}.tif" for c in source.components}, known, "velocity.tif", "quality.tif",
                          _reference(source, learnt),
                          (*source.manifest.history, histories.step("invert", settings, **found)),
                          {series_records.STACK_KEY: relative(source.path, folder)})
