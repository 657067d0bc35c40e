"""One displacement from several: bands and directions of one pair of dates, or all pairs that bridge an event.

Provost et al. 2022, section 3.1. Pairs of different dates share scenes, and with them their errors: the sigma of the
mean counts scenes rather than pairs.
"""
import contextlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ..compute import memory
from ..compute.tiles import make_tiles
from ..core.errors import InputError
from ..core.flags import Flag
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.displacement import DisplacementReader, new_displacement, open_displacement
from ..io.raster import PathLike, require_same_grid
from ..io.vectors import Tally, Vectors, read_vectors
from .settings import AverageSettings

_TILES = (512, 256, 128)  # px, sides to choose from
_BYTES = 8 * 2 * 6  # of a pixel of one input: two components in double precision, six arrays of them at once
_SAMPLES, _SAMPLE_SIDE = 3, 128  # windows along each side, px, that tell how far measurements differ
_PRIOR = 3.0  # measurements that the typical spread counts for beside the pixel's own
_MAD_TO_SIGMA = 1.4826
_FLOOR = 1e-6  # m


@dataclass(frozen=True)
class AverageResult:
    """inputs: how many were averaged. turned: how many of them were backward. spread: standard deviation of one
    measurement among the others, m. rejected: share of the measurements left out. dates: what the mean bridges."""
    output: Path
    dates: Tuple[Optional[date], Optional[date]]
    inputs: int
    turned: int
    spread: float
    rejected: float
    valid_fraction: Optional[float]
    mean_quality: Optional[float]

    def summary(self) -> List[str]:
        """What happened, a line each."""
        return [f"{self.inputs} displacements averaged, {self.turned} of them backward and turned round",
                f"One differs from the others by {self.spread:.3g} m (1 sigma); {self.rejected:.1%} of the values left "
                f"out; {self.valid_fraction or 0:.1%} of the pixels valid"]


def run(displacements: Sequence[PathLike], settings: AverageSettings, output: PathLike,
        progress: Progress) -> AverageResult:
    """Average displacements of one pair of dates, or with a split date of all pairs that bridge it.

    The result runs forward, from the earlier to the later date; across a split date from the last date before it to
    the first one after it, which all pairs contain.
    """
    if len(displacements) < (1 if settings.split_date else 2):
        raise InputError("Averaging needs at least two displacements of the same dates. Choose more of them.")
    with contextlib.ExitStack() as opened:
        sources = [opened.enter_context(open_displacement(path)) for path in displacements]
        signs, dates = _directions(sources, settings.split_date)
        first, alike = sources[0], _repetition(sources)
        spread = _typical_spread(sources, signs, progress)
        history = [*first.history, step("average", settings, inputs=[Path(s.path).name for s in sources],
                                        backward=sum(sign < 0 for sign in signs), spread=round(spread, 5),
                                        independent=round(len(sources) / alike, 2))]
        tally, kept_share = Tally(), []
        with new_displacement(output, first.grid, first.components, first.quality or "correlation", *dates,
                              first.reference, history) as target:
            pieces = make_tiles(first.grid, _tile(len(sources)))
            for number, tile in enumerate(pieces):
                progress.report(number / len(pieces), f"averaging {len(sources)} displacements")
                read = _read(sources, signs, tile.core, progress)
                mean, measured, kept = combine(read, spread, settings, alike)
                tally.add(mean)
                kept_share.append((measured, kept))
                target.write(mean.bands(first), tile.core)
            target.set_metadata(tally.as_items())
            progress.check()
    measured, kept = np.sum(kept_share, axis=0)
    return AverageResult(Path(output), dates, len(sources), sum(sign < 0 for sign in signs), spread,
                         float(1 - kept / measured) if measured else 0.0, tally.valid_fraction, tally.mean_quality)


def combine(vectors: Sequence[Vectors], spread: float, settings: AverageSettings,
            alike: float = 1.0) -> Tuple[Vectors, int, int]:
    """The mean of several measurements of a window without outliers; (vectors, values measured, values kept).

    spread: typical standard deviation of one measurement, m. alike: how many measurements count as one. sigma of the
    mean: from the spread of the pixel's own measurements, steadied by the typical one, over the square root of the
    number of independent ones, at least one.
    """
    values = np.stack([v.values for v in vectors]).astype(np.float64)  # (inputs, components, rows, columns)
    measured = np.isfinite(values[:, 0])
    kept = measured & ~outlying(values, spread, settings.factor)
    count = kept.sum(axis=0)
    values[~np.broadcast_to(kept[:, None], values.shape)] = 0.0
    mean = values.sum(axis=0) / np.maximum(count, 1)
    off = np.where(kept[:, None], values - mean, 0.0)
    variance = (_PRIOR * spread ** 2 + (off ** 2).sum(axis=0).mean(axis=0)) / (_PRIOR + np.maximum(count - 1, 0))
    flag = _first_reasons(vectors, count, settings.min_count)
    variance *= _shared(len(vectors), alike)
    mean = np.where(flag == Flag.VALID, mean, np.nan).astype(np.float32)
    sigma = np.where(flag == Flag.VALID, np.sqrt(variance / np.maximum(count / alike, 1)), np.nan).astype(np.float32)
    return Vectors(mean, _mean_quality(vectors, kept), sigma, flag), int(measured.sum()), int(kept.sum())


def _shared(inputs: int, alike: float) -> float:
    """Measurements that share scenes lie nearer to their mean than independent ones: factor of their variance."""
    return (1.0 - 1.0 / inputs) / (1.0 - alike / inputs) if inputs > 1.2 * alike and alike > 1.0 else 1.0


def outlying(values, spread: float, factor: float) -> np.ndarray:
    """(inputs, rows, columns) bool: measurements far from the median of at least three.

    Far: sqrt(sum over components ((v - median) / s)^2) > factor, s = max(1.4826 MAD of the pixel, spread).
    values: (inputs, components, rows, columns) m, NaN = no data.
    """
    enough = np.isfinite(values[:, 0]).sum(axis=0) >= 3
    off = np.abs(values - _nan_median(values))
    scale = np.maximum(_MAD_TO_SIGMA * _nan_median(off), spread)
    with np.errstate(invalid="ignore"):
        return ((off / scale) ** 2).sum(axis=1) > np.where(enough, factor ** 2, np.inf)


def _nan_median(values) -> np.ndarray:
    """Median along the first axis of finite values; NaN where there is none."""
    ordered = np.sort(values, axis=0)  # NaN last
    count = np.isfinite(values).sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(values) - 1)
    lower, upper = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (low, high))
    return np.where(count % 2 == 1, lower, 0.5 * (lower + upper))


def _first_reasons(vectors: Sequence[Vectors], count, fewest: int) -> np.ndarray:
    """(rows, columns) uint8: valid, the first input's reason where nothing was measured, or too few."""
    flag = np.where(count > 0, np.uint8(Flag.TOO_FEW), vectors[0].flag)
    return np.where(count >= max(fewest, 1), np.uint8(Flag.VALID), flag).astype(np.uint8)


def _mean_quality(vectors: Sequence[Vectors], kept) -> Optional[np.ndarray]:
    """Mean correlation of the kept measurements, NaN where there is none; None if no input has any."""
    pairs = [(v.quality, k & np.isfinite(v.quality)) for v, k in zip(vectors, kept) if v.quality is not None]
    if not pairs:
        return None
    total = sum(np.where(good, quality, 0.0) for quality, good in pairs)
    count = sum(good.astype(int) for _, good in pairs)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _tile(inputs: int) -> int:
    """Side of the largest tile whose inputs fit the budget."""
    return next((side for side in _TILES if inputs * side * side * _BYTES <= memory.budget()), _TILES[-1])


def _read(sources: Sequence[DisplacementReader], signs: Sequence[int], window: Window,
          progress: Progress) -> List[Vectors]:
    """The measurements of a window, all forward."""
    found = []
    for source, sign in zip(sources, signs):
        progress.check()
        read = read_vectors(source, window)
        found.append(Vectors(sign * read.values, read.quality, read.sigma, read.flag))
    return found


def _directions(sources: Sequence[DisplacementReader],
                split: Optional[str]) -> Tuple[List[int], Tuple[Optional[date], Optional[date]]]:
    """+1 or -1 for each displacement, and the dates of the forward result. Refuses what does not belong together."""
    first = sources[0]
    for other in sources[1:]:
        require_same_grid(first, other)
        if other.components != first.components:
            raise InputError(f"{first.path} holds {', '.join(first.components)} but {other.path} holds "
                             f"{', '.join(other.components)}. Average displacements of one kind.")
    spans = [(s.reference_date, s.secondary_date) for s in sources]
    if split:
        return _across(sources, spans, date.fromisoformat(split[:10]))
    for source, span in zip(sources, spans):
        if set(span) != set(spans[0]):
            raise InputError(f"{source.path} runs from {span[0]} to {span[1]} but {first.path} from {spans[0][0]} to "
                             f"{spans[0][1]}. Average displacements of the same two dates; give a split date "
                             "to average across an event, or use Fuse for steady motion.")
    if None in spans[0]:
        return [1] * len(sources), spans[0]
    return [1 if start <= end else -1 for start, end in spans], (min(spans[0]), max(spans[0]))


def _across(sources, spans, day: date):
    """Signs, and the last date before and the first one after an event that all displacements bridge."""
    for source, span in zip(sources, spans):
        if None in span or not min(span) < day <= max(span):
            raise InputError(f"{source.path} runs from {span[0]} to {span[1]} and does not bridge the split date {day}. "
                             "Leave it out, or pair the scenes with this split date.")
    return [1 if start <= end else -1 for start, end in spans], (max(map(min, spans)), min(map(max, spans)))


def _repetition(sources: Sequence[DisplacementReader]) -> float:
    """How many measurements count as one because pairs share scenes; 1 where all are of one pair of dates.

    With an independent error per scene, all alike, the variance of the mean of n pairs is that of one pair times
    (sum over dates of (pairs of the date / n)^2) / 2.
    """
    spans = {tuple(sorted((s.reference_date, s.secondary_date))) for s in sources
             if s.reference_date and s.secondary_date}
    if len(spans) < 2:
        return 1.0
    counts = np.unique([day.toordinal() for span in spans for day in span], return_counts=True)[1]
    independent = 2.0 / float(((counts / len(spans)) ** 2).sum())
    return len(sources) / min(independent, len(sources))


def _typical_spread(sources: Sequence[DisplacementReader], signs: Sequence[int], progress: Progress) -> float:
    """Standard deviation of one measurement, from the median distance of all to their pixel's median, m."""
    grid = sources[0].grid
    starts = [sorted({round(s) for s in np.linspace(0, max(size - _SAMPLE_SIDE, 0), _SAMPLES)}) for size in grid.shape]
    distances = []
    for row in starts[0]:
        for column in starts[1]:
            window = Window(row, column, min(_SAMPLE_SIDE, grid.height), min(_SAMPLE_SIDE, grid.width))
            values = np.stack([v.values for v in _read(sources, signs, window, progress)])
            count = np.isfinite(values[:, 0]).sum(axis=0)
            off = np.abs(values - _nan_median(values))
            # Of n values one or two make the median: the rest is closer to it than to the truth by sqrt(1 - 1 / n).
            off = off / np.sqrt(1.0 - 1.0 / np.maximum(count, 2))
            distances.append(off[:, :, count >= 2].ravel())
    distances = np.concatenate(distances)
    distances = distances[np.isfinite(distances)]
    return max(_MAD_TO_SIGMA * float(np.median(distances)), _FLOOR) if distances.size else _FLOOR
