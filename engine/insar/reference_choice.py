"""Ground that can be held still, found from the data: coherent, seen in every pair, still, near the mean elevation."""
from typing import List, Optional, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import years
from ..io.stable import StableGround
from ..io.stack_source import StackSource
from .geometry import read_geometry
from .settings import ReferenceStackSettings

SAMPLE = 400_000         # pixels at most; larger grids are thinned
SEEN = 0.95              # least share of pairs that see the reference
BEST_SHARE = 0.1         # of pixels, by coherence, where none reaches the asked one
STILL = 1.0              # standard deviations of the mean rate about its median
FEWEST = 20              # pixels
_STRIP = 256


def choose(stack, settings: ReferenceStackSettings, progress: Progress,
           outlines: Optional[StableGround] = None) -> Tuple[np.ndarray, str, List[str]]:
    """(mask of the grid, words, notes). outlines: of ground that moves, which is left out.

    A pixel's rate is the mean of its pairs' displacement, each relative to the pair's median, weighted with its time
    span: enough to leave out what moves, whatever the constants are. Raises InputError where nothing fits.
    """
    with StackSource(stack) as source:
        grid = source.grid
        step = max(1, int(np.ceil(np.sqrt(grid.width * grid.height / SAMPLE))))
        seen, coherence, rate = _measure(source, step, progress)
        elevation = read_geometry(source.folder, source.manifest.geometry, ["elevation"])
    elevation = None if elevation is None else elevation[0][::step, ::step]
    usable = seen >= SEEN
    if outlines is not None:
        usable &= ~outlines.mask(grid)[::step, ::step]
    if not usable.any():
        raise InputError("No pixel is seen in nearly all interferograms"
                         + (" outside the outlines" if outlines is not None else "")
                         + ". Give a reference point or stable ground, or import the common area only.")
    notes: List[str] = []
    chosen = usable & _coherent(coherence, usable, settings, notes)
    chosen &= _still(rate, chosen)
    level, chosen = _level(elevation, usable, chosen, settings, notes)
    mask = np.zeros(grid.shape, bool)
    mask[::step, ::step] = chosen
    lowest = float(np.nanmin(coherence[chosen])) if np.isfinite(coherence[chosen]).any() else float("nan")
    words = (f"median of {int(chosen.sum())} pixels found automatically (still, seen in every pair"
             + (f", mean coherence from {lowest:.2f}" if lowest == lowest else "") + level + ")")
    return mask, words, notes


def _measure(source: StackSource, step: int, progress: Progress):
    """(share of pairs that see a pixel, mean coherence, rate in m/yr) of every `step`-th pixel."""
    grid = source.grid
    shape = (len(range(0, grid.height, step)), len(range(0, grid.width, step)))
    count, quality, rated, motion, spans = (np.zeros(shape) for _ in range(5))
    for done, (number, (los, coherence)) in enumerate(map_threads(
            lambda n: _read(source, n, grid, step), range(len(source.pairs)), progress), 1):
        progress.report(done / len(source.pairs), "Looking for still ground")
        seen = np.isfinite(los)
        span = years(source.pairs[number].days)
        count += seen
        if seen.any():
            motion += np.where(seen, (los - np.median(los[seen])) * span, 0.0)
            spans += np.where(seen, span * span, 0.0)
        if coherence is not None:
            known = seen & np.isfinite(coherence)
            quality += np.where(known, coherence, 0.0)
            rated += known
    with np.errstate(invalid="ignore", divide="ignore"):
        return count / len(source.pairs), quality / rated, motion / spans


def _read(source: StackSource, number: int, grid: Grid, step: int):
    """(los, coherence or None) of every `step`-th pixel of one pair."""
    rows, qualities = [], []
    for row in range(0, grid.height, _STRIP * step):
        window = Window(row, 0, min(_STRIP * step, grid.height - row), grid.width)
        values, _, quality = source.read_pair(number, window, False, True)
        rows.append(values[0][::step, ::step])
        qualities.append(None if quality is None else quality[::step, ::step])
    known = all(quality is not None for quality in qualities)
    return np.concatenate(rows), np.concatenate(qualities) if known else None


def _coherent(coherence, usable, settings: ReferenceStackSettings, notes: List[str]) -> np.ndarray:
    known = usable & np.isfinite(coherence)
    if not known.any():
        notes.append("The stack has no coherence; the reference was chosen without it.")
        return usable
    good = known & (coherence >= settings.coherence)
    if good.sum() >= FEWEST:
        return good
    limit = float(np.quantile(coherence[known], 1.0 - BEST_SHARE))
    notes.append(f"Less than {FEWEST} pixels reach a mean coherence of {settings.coherence:g}; the best tenth, from "
                 f"{limit:.2f}, was taken.")
    return known & (coherence >= limit)


def _still(rate, chosen) -> np.ndarray:
    """Pixels whose mean rate is that of most others."""
    values = rate[chosen]
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle)))
    return np.abs(rate - middle) <= max(STILL * spread, 1e-9)


def _level(elevation, usable, chosen, settings: ReferenceStackSettings, notes: List[str]):
    """(words, chosen) with only pixels near the mean elevation of the area."""
    if elevation is None or not np.isfinite(elevation[usable]).any():
        notes.append("There is no elevation; the reference was chosen without it.")
        return "", chosen
    mean = float(np.nanmean(elevation[usable], dtype=np.float64))
    near = chosen & (np.abs(elevation - mean) <= settings.elevation_range)
    if near.sum() < min(FEWEST, int(chosen.sum())):
        distance = np.where(chosen & np.isfinite(elevation), np.abs(elevation - mean), np.inf)
        limit = float(np.sort(distance.ravel())[min(FEWEST, int(chosen.sum())) - 1])
        notes.append(f"Little still ground lies within {settings.elevation_range:g} m of the mean elevation "
                     f"({mean:.0f} m); the nearest in elevation was taken, up to {limit:.0f} m away.")
        near = distance <= limit
    low, high = float(np.nanmin(elevation[near])), float(np.nanmax(elevation[near]))
    return f", elevation {low:.0f} to {high:.0f} m, mean of the area {mean:.0f} m", near
