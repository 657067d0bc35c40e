"""A stack in a few hundred block means of still ground, and as displacement of each date: what atmosphere is fitted to."""
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..compute.tiles import make_tiles
from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import DAYS_PER_YEAR
from ..io.displacement import open_displacement
from ..io.raster import RasterReader, open_raster
from ..io.stack_source import StackSource
from .robust import spread

MOST_BLOCKS = 36  # along the longer side
LEAST_SHARE = 0.15  # of a block's pixels that must be usable
FEWEST = 12  # blocks
MOVING = 4.0  # x spread of the velocities: faster blocks move (without stable ground)
OUTLYING = 4.0  # x spread of a pair's misclosures: blocks off by a cycle, or noise
TERMS = ("elevation", "look_up")


@dataclass(frozen=True)
class Blocks:
    """Square blocks of pixels of a grid. row, column: (n,) mean position of their usable pixels, px. index: (n,) number
    in the lattice of blocks (row-major). pixels: (n,) usable pixels. elevation: (n,) m."""
    side: int
    across: int
    row: np.ndarray
    column: np.ndarray
    index: np.ndarray
    pixels: np.ndarray
    elevation: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def part(self, keep: np.ndarray) -> "Blocks":
        return Blocks(self.side, self.across, *(getattr(self, name)[keep] for name in (
            "row", "column", "index", "pixels", "elevation")))


class Blocker:
    """Means of blocks of a raster's usable pixels, read by tile."""

    def __init__(self, grid: Grid, usable: np.ndarray):
        """usable: (rows, columns) bool."""
        self.side = max(1, -(-max(grid.shape) // MOST_BLOCKS))
        self.across, self.down = -(-grid.width // self.side), -(-grid.height // self.side)
        self.grid, self._usable = grid, usable
        self._number = ((np.arange(grid.height) // self.side)[:, None] * self.across
                        + (np.arange(grid.width) // self.side)[None, :])
        count = np.bincount(self._number[usable], minlength=self.across * self.down)
        self.chosen = np.flatnonzero(count >= max(1, LEAST_SHARE * self.side ** 2))
        self._tiles = make_tiles(grid, max(1, 1024 // self.side) * self.side)

    def describe(self, elevation: np.ndarray) -> Blocks:
        rows, columns = np.indices(self.grid.shape, dtype=np.float32)
        found = [self.mean(values) for values in (rows + 0.5, columns + 0.5, elevation)]
        pixels = np.bincount(self._number[self._usable], minlength=self.across * self.down)[self.chosen]
        return Blocks(self.side, self.across, found[0], found[1], self.chosen, pixels, found[2])

    def mean(self, values: np.ndarray) -> np.ndarray:
        """(blocks,) means of an array on the whole grid; NaN where less than half of the usable pixels has a value."""
        total, count, whole = (np.zeros(self.across * self.down) for _ in range(3))
        self._add(values, self.grid.window, total, count, whole)
        return self._divided(total, count, whole)

    def read(self, raster: RasterReader, band) -> np.ndarray:
        """(blocks,) means of a band."""
        total, count, whole = (np.zeros(self.across * self.down) for _ in range(3))
        for tile in self._tiles:
            self._add(raster.read(band, tile.core), tile.core, total, count, whole)
        return self._divided(total, count, whole)

    def _add(self, values, window: Window, total, count, whole) -> None:
        usable, number = self._usable[window.slices], self._number[window.slices]
        known = usable & np.isfinite(values)
        size = len(total)
        total += np.bincount(number[known], values[known], size)
        count += np.bincount(number[known], minlength=size)
        whole += np.bincount(number[usable], minlength=size)

    def _divided(self, total, count, whole) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(count >= 0.5 * whole, total / count, np.nan)[self.chosen]


@dataclass(frozen=True)
class DateSeries:
    """Block means by date. values: (dates, blocks) m toward the satellite, about each block's mean over its dates (of one
    connected part of the network), NaN = not seen. pairs: (pairs, blocks) what was read, without each pair's median.
    still: (blocks,) bool, not moving. left: (pairs, blocks) bool, values that contradict the network. years: (dates,).
    known_still: True if all blocks lie on stable ground."""
    blocks: Blocks
    values: np.ndarray
    pairs: np.ndarray
    still: np.ndarray
    left: np.ndarray
    years: np.ndarray
    known_still: bool

    def noise(self, values: np.ndarray) -> np.ndarray:
        """What of displacement (dates, blocks) counts as noise: all of it on stable ground, else what is not steady motion
        of its block (made larger by what a line takes with it)."""
        if self.known_still or len(self.years) < 4:
            return values
        known = np.isfinite(values)
        count = np.maximum(known.sum(axis=0), 1)
        t = np.where(known, self.years[:, None], 0.0)
        t = np.where(known, t - t.sum(axis=0) / count, 0.0)
        spread_of_t = np.maximum((t ** 2).sum(axis=0), 1e-9)
        middle = np.where(known, values, 0.0).sum(axis=0) / count
        slope = (t * np.nan_to_num(values)).sum(axis=0) / spread_of_t
        return (values - middle - slope * t) * np.sqrt(count / np.maximum(count - 2, 1))


def read_blocks(source: StackSource, blocker: Blocker, progress: Progress) -> np.ndarray:
    """(pairs, blocks) mean displacement of all pairs."""
    found = np.full((len(source.pairs), len(blocker.chosen)), np.nan)

    def one(number: int) -> np.ndarray:
        with open_displacement(source.folder / source.pairs[number].file) as raster:
            return blocker.read(raster, "los")

    for done, (number, values) in enumerate(map_threads(one, range(len(source.pairs)), progress), 1):
        found[number] = values
        progress.report(done / len(source.pairs), "Reading still ground of all pairs")
    return found


def date_series(source: StackSource, blocker: Blocker, elevation: np.ndarray, known_still: bool,
                progress: Progress) -> DateSeries:
    """Displacement of each date at the blocks, from a network of pairs whose constants are unknown.

    elevation: (rows, columns) m. known_still: True if all blocks lie on stable ground; else those that move faster than
    the others are found.
    """
    blocks = blocker.describe(elevation)
    if len(blocks) < FEWEST:
        raise InputError(f"Only {len(blocks)} blocks of {blocker.side} x {blocker.side} px have enough still ground with "
                         f"data; {FEWEST} are needed. Choose larger stable ground.")
    pairs = read_blocks(source, blocker, progress)
    pairs -= _medians(pairs)[:, None]
    dates = source.manifest.dates if len(source.pairs) == len(source.manifest.pairs) else sorted(
        {d for p in source.pairs for d in (p.reference, p.secondary)})
    number = {day: n for n, day in enumerate(dates)}
    ends = [(number[p.reference], number[p.secondary]) for p in source.pairs]
    values = invert_blocks(ends, len(dates), pairs)
    misclosure = pairs - _difference(values, ends)
    misclosure -= _medians(misclosure)[:, None]  # a pair's constant is no error of a block
    with np.errstate(invalid="ignore"):
        left = np.abs(misclosure) > OUTLYING * np.array([max(spread(row), 1e-6) for row in misclosure])[:, None]
    if left.any():
        values = invert_blocks(ends, len(dates), np.where(left, np.nan, pairs))
    years = np.array([day.toordinal() for day in dates]) / DAYS_PER_YEAR
    still = np.ones(len(blocks), bool) if known_still else _slow(values, years)
    return DateSeries(blocks, values, pairs, still, left, years, known_still)


def _medians(values: np.ndarray) -> np.ndarray:
    return np.array([np.nanmedian(row) if np.isfinite(row).any() else 0.0 for row in values])


def _difference(values: np.ndarray, ends) -> np.ndarray:
    first, second = np.array(ends).T
    return values[second] - values[first]


def invert_blocks(ends: Sequence[Tuple[int, int]], dates: int, pairs: np.ndarray) -> np.ndarray:
    """(dates, blocks) least squares of minimum norm: each connected part about its mean. pairs: NaN = no data."""
    design = np.zeros((len(ends), dates))
    for m, (a, b) in enumerate(ends):
        design[m, a], design[m, b] = -1.0, 1.0
    known = np.isfinite(pairs)
    values = np.full((dates, pairs.shape[1]), np.nan)
    for pattern, columns in _patterns(known).values():
        if pattern.any():
            part = np.linalg.pinv(design[pattern]) @ pairs[np.ix_(pattern, columns)]
            part[~np.abs(design[pattern]).any(axis=0)] = np.nan
            values[:, columns] = part
    return values


def _patterns(known: np.ndarray) -> Dict[bytes, Tuple[np.ndarray, List[int]]]:
    """Columns of equal pattern together: one matrix is inverted for each."""
    found: Dict[bytes, Tuple[np.ndarray, List[int]]] = {}
    for column in range(known.shape[1]):
        key = known[:, column].tobytes()
        found.setdefault(key, (known[:, column], []))[1].append(column)
    return found


def _slow(values: np.ndarray, years: np.ndarray) -> np.ndarray:
    """(blocks,) False where the velocity stands out from that of most of the area."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    t = np.where(known, years[:, None] - (np.where(known, years[:, None], 0.0).sum(axis=0) / count), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        velocity = (t * np.nan_to_num(values)).sum(axis=0) / (t ** 2).sum(axis=0)
        return np.abs(velocity - np.nanmedian(velocity)) <= MOVING * spread(velocity)


def geometry_path(source_manifest, folder) -> str:
    """The stack's geometry raster. Raises InputError without one."""
    if not source_manifest.geometry or not (folder / source_manifest.geometry).is_file():
        raise InputError(f"The stack in {folder} has no geometry (look vectors and elevation). Import the interferograms "
                         "with their DEM and look vectors.")
    return str(folder / source_manifest.geometry)


def read_geometry(path: str, name: str, window: Optional[Window] = None) -> np.ndarray:
    with open_raster(path) as raster:
        return raster.read(name, window)
