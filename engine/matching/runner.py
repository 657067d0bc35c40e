"""Match two images of any size by tile into a displacement raster."""
import json
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from ..compute import memory
from ..compute.threads import map_threads, workers
from ..compute.tiles import Tile, make_tiles
from ..core.errors import InputError
from ..core.flags import WORDS, Flag
from ..core.grid import Grid, Window
from ..core.history import step
from ..core.progress import Progress
from ..core.units import east_north_from_shift
from ..io.displacement import new_displacement
from ..io.raster import check_writable
from ..io.vectors import SUMMARY
from . import averaging
from .images import Image, Mask, common_grid, open_images, open_mask, require_same_crs
from .match import LEAST_SIDE, MatchResult, NothingToMatch, halo, match_arrays, survey_windows
from .prior import Prior, backward, open_prior
from .settings import BOTH, MatchSettings, PairRunSettings
from .survey import Survey

_TILE = 1024             # px: larger tiles leave the processor's cache, smaller ones pay for their halos
_WHOLE = 1280            # px: an image up to this side is one tile
_BYTES_PER_PIXEL = 260   # of a tile at work, measured
_SURVEY_SIDE = 352       # px, and twice the range: windows in which noise and brightness are looked at


@dataclass(frozen=True)
class MatchRun:
    """What a run wrote. Shares of the pixels of the result; sigma: median, m; shift: median (east, north), m."""
    output: Path
    valid_fraction: float
    mean_correlation: Optional[float]
    sigma: Optional[float]
    shift: Tuple[float, float]
    flags: Dict[int, int] = field(default_factory=dict)

    def summary(self) -> List[str]:
        """Lines for the log."""
        total = max(sum(self.flags.values()), 1)
        lines = [f"Measured: {self.valid_fraction:.1%} of {total} pixels"
                 + ("" if self.mean_correlation is None else f", mean correlation {self.mean_correlation:.2f}")]
        if self.sigma is not None:
            lines.append(f"Median displacement: {self.shift[0]:+.3f} m east, {self.shift[1]:+.3f} m north; "
                         f"median sigma {self.sigma:.3f} m")
        lines += [f"Left out: {count / total:.1%} {WORDS[Flag(code)]}" for code, count in sorted(self.flags.items())
                  if code != Flag.VALID]
        return lines


@dataclass(frozen=True)
class _Job:
    """Everything that a tile needs; the same object for all tiles."""
    reference: Tuple[Image, ...]
    secondary: Tuple[Image, ...]
    reference_mask: Optional[Mask]
    secondary_mask: Optional[Mask]
    grid: Grid
    settings: MatchSettings
    surveys: Tuple[Optional[Survey], ...]
    prior: Optional[Prior] = None

    @property
    def names(self) -> str:
        return f"{self.reference[0].name} and {self.secondary[0].name}"

    def read(self, band: int, window: Window):
        """(reference, secondary) of one band and their mask flags (uint8, 0 = usable)."""
        images = [i.read(self.grid, window) for i in (self.reference[band], self.secondary[band])]
        flags = [np.zeros(images[0].shape, np.uint8) if mask is None else mask.read(self.grid, window, self.settings)
                 for mask in (self.reference_mask, self.secondary_mask)]
        return images, flags

    def expected(self, window: Window):
        """(columns, rows) shift in px around which the range is searched, or None."""
        return self.prior.read(self.grid, window) if self.prior else None

    @property
    def reach(self) -> int:
        """Pixels that the prior leads away at most."""
        return int(np.ceil(self.prior.largest)) if self.prior else 0


def run(reference, secondary, settings: MatchSettings, output, progress: Optional[Progress] = None,
        reference_mask=None, secondary_mask=None, reference_date: Optional[date] = None,
        secondary_date: Optional[date] = None, grid: Optional[Grid] = None, threads: Optional[int] = None,
        metadata: Optional[Mapping[str, str]] = None, prior=None) -> MatchRun:
    """Match two scenes (rasters or products) into a displacement raster, reference to secondary, m.

    masks: class rasters (Fmask's codes). grid: of the result before STEP; default: the overlap on the reference's
    lattice. prior: raster of the motion to search around (see prior.open_prior). Settings may be PairRunSettings: then
    BANDS and AVERAGE count. Raises InputError or GridError.
    """
    progress = progress or Progress()
    job = _job(reference, secondary, settings, reference_mask, secondary_mask, grid)
    job = replace(job, prior=open_prior(prior, job.grid, (reference, secondary), (reference_date, secondary_date)))
    check_writable(Path(output).parent)
    target = job.grid.coarser(settings.step) if settings.step > 1 else job.grid
    tiles = _tiles(job.grid, settings, job.reach)
    threads = _threads(tiles, threads or getattr(settings, "threads", 0))
    if len(tiles) > 1:
        progress.report(0.0, "looking at noise and brightness")
        job = replace(job, surveys=_surveys(job, progress))
    history = [step("match", settings, reference=job.reference[0].name, secondary=job.secondary[0].name)]
    tally, quiet = _Tally(), Progress(None, lambda: progress.stopped)
    with new_displacement(output, target, reference_date=reference_date, secondary_date=secondary_date,
                          history=history, metadata=metadata) as writer:
        for number, (tile, result) in enumerate(map_threads(lambda t: _tile(job, t, quiet), tiles, progress,
                                                            threads), 1):
            _write(writer, tile, result, job.grid, settings.step, tally)
            progress.report(number / len(tiles), f"matching: {number} of {len(tiles)} tiles")
        if not tally.matched:
            raise InputError(f"{job.names} cannot be matched: {tally.reason or 'no tile has usable pixels in both.'}")
        made = tally.result(Path(output))
        writer.set_metadata({SUMMARY: json.dumps({"valid_fraction": made.valid_fraction,
                                                  "mean_quality": made.mean_correlation, "sigma": made.sigma})})
    return made


def _job(reference, secondary, settings, reference_mask, secondary_mask, grid) -> _Job:
    bands = []
    if isinstance(settings, PairRunSettings):
        bands = [name.strip() for name in settings.bands.split(",") if name.strip()]
    first, second = open_images(reference, bands), open_images(secondary, bands)
    require_same_crs(first[0], second[0])
    grid = grid or common_grid(first[0], second[0])
    if min(grid.shape) < LEAST_SIDE:
        raise InputError(f"{reference} and {secondary} have only {grid.width} x {grid.height} pixels in common; at least "
                         f"{LEAST_SIDE} x {LEAST_SIDE} are needed. Choose scenes that overlap more.")
    return _Job(tuple(first), tuple(second), open_mask(reference_mask, first[0]), open_mask(secondary_mask, second[0]),
                grid, settings, (None,) * len(first))


def _tiles(grid: Grid, settings: MatchSettings, reach: int = 0) -> List[Tile]:
    """Tiles whose sides are whole multiples of STEP and of the pyramid's coarsest cell; reach: of the prior, px."""
    if max(grid.shape) <= _WHOLE:
        return make_tiles(grid, _WHOLE)
    unit = int(np.lcm(settings.step, 8))
    size = max(_TILE // unit, 1) * unit
    return make_tiles(grid, size, -(-(halo(settings) + reach) // 8) * 8)


def _threads(tiles: Sequence[Tile], asked: int) -> int:
    size = max(tile.outer.rows * tile.outer.columns for tile in tiles) * _BYTES_PER_PIXEL
    return max(1, min(asked or workers(), len(tiles), memory.budget() // size))


def _surveys(job: _Job, progress: Progress) -> Tuple[Survey, ...]:
    """Noise and brightness of each band, from windows all over the scene: the same for every tile."""
    side = _SURVEY_SIDE + 2 * (job.settings.range + job.reach)
    rows = np.linspace(0, max(job.grid.height - side, 0), 4).astype(int)
    columns = np.linspace(0, max(job.grid.width - side, 0), 4).astype(int)
    windows = [Window(int(r), int(c), min(side, job.grid.height), min(side, job.grid.width))
               for r in rows for c in columns]
    made = []
    for band in range(len(job.reference)):
        parts = []
        for window in windows:
            progress.check()
            images, flags = job.read(band, window)
            valids = [np.isfinite(i) & (f == 0) for i, f in zip(images, flags)]
            parts.append((images, valids, job.expected(window)))
        try:
            made.append(survey_windows(parts, job.settings, progress))
        except NothingToMatch as error:
            raise InputError(f"{job.names} cannot be matched: {error}") from error
    return tuple(made)


def _tile(job: _Job, tile: Tile, progress: Progress):
    """Match one tile: MatchResult of its core, or the reason why there is none."""
    results, reason = [], ""
    prior = job.expected(tile.outer)
    for band, survey in enumerate(job.surveys):
        images, flags = job.read(band, tile.outer)
        try:
            results.append(match_arrays(images[0], images[1], settings=job.settings, prior=prior, progress=progress,
                                        survey=survey, masks=flags))
            if getattr(job.settings, "average", "") == BOTH:
                back = match_arrays(images[1], images[0], settings=job.settings, progress=progress,
                                    prior=prior and backward(prior), survey=survey and survey.swapped(),
                                    masks=flags[::-1])
                results.append(averaging.reversed_result(back, results[-1]))
        except NothingToMatch as error:
            reason = str(error)
    if not results:
        return reason, _outside(flags[0][tile.inner])
    merged = averaging.average(results, getattr(job.settings, "agreement", np.inf))
    parts = {name: getattr(merged, name)[tile.inner] for name in ("columns", "rows", "correlation", "sigma", "flag")}
    return "", MatchResult(**parts)


def _outside(flags) -> MatchResult:
    """A tile without anything to match."""
    nothing = np.full(flags.shape, np.nan, np.float32)
    return MatchResult(nothing, nothing, nothing, nothing, np.where(flags > 0, flags, np.uint8(Flag.OUTSIDE)))


def _write(writer, tile: Tile, outcome, grid: Grid, size: int, tally) -> None:
    """Write a tile in metres, thinned to STEP."""
    reason, result = outcome
    columns, rows, found, sigma, flag = (
        thin(getattr(result, name), size, result.flag) for name in ("columns", "rows", "correlation", "sigma", "flag"))
    if not flag.size:
        return
    east, north = east_north_from_shift(columns, rows, grid.transform)
    values = {"east": east.astype(np.float32), "north": north.astype(np.float32), "correlation": found,
              "sigma": (sigma * np.float32(grid.pixel_size)), "flag": flag.astype(np.float32)}
    core = tile.core
    writer.write(values, Window(core.row // size, core.column // size, *flag.shape))
    tally.add(values, flag, reason)


def thin(values, size: int, flag):
    """Means over blocks of size x size valid pixels (at least half of them); the flag of the block's most frequent
    reason where it has no value. A remainder at the end is left out."""
    if size == 1:
        return values
    rows, columns = (n // size for n in flag.shape)

    def blocks(field):
        return field[:rows * size, :columns * size].reshape(rows, size, columns, size).swapaxes(1, 2).reshape(
            rows, columns, -1)

    reasons = blocks(flag)
    enough = 2 * (reasons == 0).sum(axis=2) >= size * size
    if values is flag:
        counts = np.stack([(reasons == code).sum(axis=2) for code in range(1, len(Flag))])
        return np.where(enough, 0, 1 + counts.argmax(axis=0)).astype(np.uint8)
    parts = np.where((reasons == 0) & np.isfinite(blocks(values)), blocks(values), 0)
    mean = parts.sum(axis=2) / np.maximum((reasons == 0).sum(axis=2), 1)
    return np.where(enough, mean, np.nan).astype(np.float32)


class _Tally:
    """Counts and medians of what was written; medians from a thinned sample, so that memory stays small."""

    def __init__(self):
        self.flags, self.samples, self.quality, self.rated = np.zeros(256, np.int64), [], 0.0, 0
        self.matched, self.reason = 0, ""

    def add(self, values, flag, reason: str) -> None:
        self.matched += not reason
        self.reason = self.reason or reason
        self.flags += np.bincount(flag.ravel(), minlength=256)
        good = flag == 0
        rated = values["correlation"][good]
        self.quality, self.rated = self.quality + float(np.nansum(rated, dtype=np.float64)), self.rated + rated.size
        chosen = np.stack([values[name][good] for name in ("east", "north", "sigma")])
        self.samples.append(chosen[:, ::max(chosen.shape[1] // 20000, 1)])

    def result(self, output: Path) -> MatchRun:
        sample = np.concatenate(self.samples, axis=1)
        medians = np.median(sample, axis=1) if sample.size else [np.nan] * 3
        return MatchRun(output, round(float(self.flags[0] / max(self.flags.sum(), 1)), 6),
                        round(self.quality / self.rated, 6) if self.rated else None,
                        float(medians[2]) if sample.size else None, (float(medians[0]), float(medians[1])),
                        {int(code): int(self.flags[code]) for code in np.flatnonzero(self.flags)})
