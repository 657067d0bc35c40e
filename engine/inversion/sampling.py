"""A sample of pixels of a stack, and what is learnt from it before the tiles are solved."""
from dataclasses import dataclass, replace
from typing import List, Optional, Tuple

import numpy as np

from ..compute import memory
from ..compute.threads import map_threads
from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..io.stack_source import StackSource
from . import dates
from .learning import SAMPLE, from_stable, learn, roughness
from .settings import InvertSettings
from .solver import Network, Noise, Solution, solve
from .weights import relative_weights

WHOLE = 1.5e7  # pixels x pairs up to which the sample is the whole stack
SAMPLE_BYTES = 40  # of a pixel of a pair, with what reading takes
WINDOWS, SIDE = 6, 24  # else: WINDOWS x WINDOWS windows of SIDE pixels, and as many on stable ground
ROUGH_SAMPLE = 40000  # pixels that tell the roughness of each pair
STABLE_SAMPLE = 20000  # pixels: medians to a hundredth of the noise
SEED = 20220801


@dataclass(frozen=True)
class Weighting:
    """How the weights of a window are made. typical: (pairs,) median sigma, m, or None where sigma is not used."""
    code: str
    sigma: bool
    quality: bool
    typical: Optional[np.ndarray] = None

    def weights(self, network: Network, values, sigmas, qualities) -> np.ndarray:
        """Relative weights (pairs, rows, columns) float32."""
        valid = np.isfinite(values).all(axis=0)
        return relative_weights(self.code, network.days, valid, sigmas, qualities, self.typical)


@dataclass(frozen=True)
class Learnt:
    """What the sample told. sigma: (pairs,) m, typical standard deviation of a pixel. notes: for the log."""
    weighting: Weighting
    noise: Noise
    sigma: np.ndarray
    notes: Tuple[str, ...]


def learn_stack(source: StackSource, network: Network, settings: InvertSettings, wavelength: float,
                stable: Optional[np.ndarray], progress: Progress) -> Learnt:
    """Noise, shared noise of dates and offsets on stable ground from a sample. stable: (rows, columns) bool."""
    weighting = _weighting(source, settings)
    windows = sample_windows(source.grid, len(source.pairs), stable)
    sample = _read(source, windows, weighting, progress)
    seen = np.isfinite(sample[0]).all(axis=0).any(axis=0)
    if not seen.any():
        raise InputError("No pixel of the stack has a value in any pair. Look at the displacements and their masks; "
                         "a lower correlation threshold keeps more.")
    chosen = _taken(sample, np.flatnonzero(seen), SAMPLE)
    weighting = _with_typical(weighting, chosen[1])
    values, weights = chosen[0], weighting.weights(network, *chosen)
    alone = replace(settings, neighbours=False)
    noise = learn(network, values, weights, settings, weighting.typical is not None, _roughness(sample[0], windows))
    notes: List[str] = []
    if stable is not None:
        still = np.concatenate([stable[w.slices].ravel() for w in windows])
        ground = _taken(sample, np.flatnonzero(seen & still), STABLE_SAMPLE)
        weight = weighting.weights(network, *ground)
        if not noise.known:
            noise = from_stable(noise, ground[0], weight)
            notes += ["No pair is checked by others: sigmas are the scatter of each pair on stable ground."] * noise.known
    middle = dates.typical_weight(weights)
    noise = replace(noise, typical=float(np.nanmedian(noise.factor / middle)))
    if stable is not None:
        solved = solve(network, ground[0], weight, alone, noise)
        offset, note = _stable_offset(solved)
        noise, notes = replace(noise, offset=offset), notes + [note]
    if settings.date_noise and noise.known:
        solved = solve(network, values, weights, alone, noise, wavelength)
        expected = dates.expected_weight(weights, noise.wrong)
        noise = replace(noise, date_variance=dates.date_variance(network, [solved], noise, expected))
    if not noise.known:
        notes.append("No pair is checked by others and no sigma is given: sigmas are unknown (no data).")
    return Learnt(weighting, noise, np.sqrt(noise.factor / middle), tuple(notes))


def _taken(sample, pixels: np.ndarray, most: int):
    """At most so many of the pixels, drawn at random (the same ones each time), in their order."""
    pixels = np.sort(np.random.default_rng(SEED).permutation(pixels)[:most])
    return tuple(None if values is None else np.ascontiguousarray(values[..., pixels]) for values in sample)


def _read(source: StackSource, windows: List[Window], weighting: Weighting, progress: Progress):
    """Displacements (components, pairs, pixels), sigmas and qualities (pairs, pixels) or None, of all windows.

    Pairs are read by several threads; each writes its own rows of the arrays.
    """
    ends = np.cumsum([0] + [w.rows * w.columns for w in windows])
    shape = (len(source.pairs), int(ends[-1]))
    values = np.full((len(source.components), *shape), np.nan, np.float32)
    sigmas = np.full(shape, np.nan, np.float32) if weighting.sigma else None
    qualities = np.full(shape, np.nan, np.float32) if weighting.quality else None

    def read_pair(number: int) -> None:
        for window, start, end in zip(windows, ends[:-1], ends[1:]):
            found = source.read_pair(number, window, weighting.sigma, weighting.quality)
            values[:, number, start:end] = found[0].reshape(len(values), -1)
            for target, array in ((sigmas, found[1]), (qualities, found[2])):
                if target is not None and array is not None:
                    target[number, start:end] = array.ravel()

    for done, _ in enumerate(map_threads(read_pair, range(shape[0]), progress)):
        progress.report((done + 1) / shape[0], "Learning the noise from a sample")
    return values, sigmas, qualities


def _roughness(values: np.ndarray, windows: List[Window]) -> np.ndarray:
    """(pairs,) `learning.roughness` of some rows of the windows; values: (components, pairs, pixels) of all of them."""
    ends = np.cumsum([0] + [w.rows * w.columns for w in windows])
    step = max(1, ends[-1] // ROUGH_SAMPLE)
    rows = [values[..., start:end].reshape(*values.shape[:2], w.rows, w.columns)[:, :, ::step]
            for w, start, end in zip(windows, ends[:-1], ends[1:]) if w.columns > 1]
    wide = {r.shape[3] for r in rows}  # one width: all windows are alike
    return roughness(np.concatenate(rows, axis=2)) if len(wide) == 1 else np.full(values.shape[1], np.nan)


def _weighting(source: StackSource, settings: InvertSettings) -> Weighting:
    known = any(source.has_sigma) or any(pair.sigma for pair in source.pairs)
    if settings.weights == "quality" and not all(source.has_quality):
        raise InputError(f"Weights by quality need a band 'correlation' or 'coherence' in every pair of "
                         f"{source.folder}. Choose other weights.")
    variance = settings.weights == "variance"
    return Weighting(settings.weights, variance and known,
                     settings.weights == "quality" or (variance and all(source.has_quality)))


def _with_typical(weighting: Weighting, sigmas: Optional[np.ndarray]) -> Weighting:
    """Add the median sigma of each pair (sigmas: pairs, pixels); a sigma band without values counts as none."""
    if not weighting.sigma:
        return weighting
    usable = np.isfinite(sigmas) & (sigmas > 0)
    typical = np.array([np.median(row[known]) if known.any() else np.nan for row, known in zip(sigmas, usable)])
    if not np.isfinite(typical).any():
        return replace(weighting, sigma=False)
    typical = np.where(np.isfinite(typical), typical, np.nanmedian(typical))
    return replace(weighting, typical=typical, quality=False)


def sample_windows(grid: Grid, pairs: int, stable: Optional[np.ndarray] = None) -> List[Window]:
    """The whole grid where it is small, else windows spread over it, and others on stable ground."""
    if grid.width * grid.height * pairs <= min(WHOLE, memory.budget() / SAMPLE_BYTES):
        return [grid.window]
    rows, columns = min(SIDE, grid.height), min(SIDE, grid.width)
    windows = [Window(int(y), int(x), rows, columns)
               for y in np.linspace(0, grid.height - rows, WINDOWS) for x in np.linspace(0, grid.width - columns,
                                                                                         WINDOWS)]
    if stable is not None and stable.any():
        places = np.flatnonzero(stable)
        for place in places[np.linspace(0, len(places) - 1, WINDOWS * WINDOWS).astype(int)]:
            y, x = divmod(int(place), grid.width)
            windows.append(Window(min(max(y - rows // 2, 0), grid.height - rows),
                                  min(max(x - columns // 2, 0), grid.width - columns), rows, columns))
    return windows


def _stable_offset(solved: Solution) -> Tuple[np.ndarray, str]:
    """Median displacement of stable ground at each date (components, dates), m, taken off every pixel."""
    series = solved.series
    count = np.isfinite(series).sum(axis=2)
    if not count.max(initial=0):
        raise InputError("The stable ground has no pixel with a time series. Draw it where displacements are valid, "
                         "or leave it out.")
    offset = np.zeros(count.shape)
    known = count > 0
    offset[known] = [np.nanmedian(row) for row in series[known]]
    without = int((~known).any(axis=0).sum())
    note = f"Every date is referred to the median of {series.shape[2]} pixels on stable ground"
    return offset - offset[:, :1], note + (f"; {without} dates have none there and stay as they are." if without
                                           else ".")
