"""Where a pixel stands when it is first seen: its own velocity, the surroundings' course of the motion.

A pixel seen from date k on does not know how far it had gone by then. Its fitted velocity V times the elapsed time e is
right for steady motion only. Neighbours seen from the first date tell both their displacement D at date k and their
velocity fitted to the dates from k on, and with them the ratio rho = D / (V e): 1 for steady motion, less for motion
that accelerates. The pixel then starts at rho V e: its own motion, others' course.

rho of a place is sum(D . V e) / sum(V e . V e) over moving neighbours (components together), in Gaussian neighbourhoods
from the whole scene down to 16 px. Each is drawn toward the one around it as far as its own evidence is weak, the whole
scene toward 1, so that a narrow one counts only where enough moves in it. It is learnt from pixels on a lattice, solved
one by one before the tiles, and does not depend on tiles; of a very large stack some blocks are read. Handing on
the neighbours' displacement itself is about as good on a simulated landslide (RMSE 0.058 px for 0.056; a little better
than rho where seasons disturb the first date) and worse on still ground (0.049 px for 0.042). A step that is over before
a pixel is first seen leaves no velocity and stays unknown to it.
"""
from dataclasses import dataclass, replace
from typing import Iterator, List, Optional, Tuple

import numpy as np

from ..compute import memory
from ..compute.threads import map_threads
from ..compute.tiles import Tile, make_tiles
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import DAYS_PER_YEAR
from ..io.stack_source import StackSource
from .solver import START, Network, StartTable, solve

SPACING = 4  # px, of the lattice; wider where it would not fit the memory
CELL = 4  # lattice pixels, side of a cell of the ratio's map
WIDTHS = (8.0, 4.0, 2.0, 1.0)  # cells, standard deviations of the neighbourhoods inside the whole scene
STEADY = 0.5  # standard deviation of rho about 1 before anything is known
CHANGE = 0.1  # and of a neighbourhood about the wider one around it
ALIKE = 640.0  # px^2 that share their noise: windows of matching overlap, shadows and seasons reach further
STANDS_OUT = 9.0  # |V e|^2 of a moving pixel, in variances of noise
LIMITS = (-0.5, 2.0)  # of rho: beyond, something else has happened
FEWEST = 20  # lattice pixels seen from the first date
FEWEST_DATES = 3  # from date k on
QUARTILE = {1: 0.1015, 2: 0.5754}  # lower quartile of chi^2 by the number of components
LEAST_NOISE = 1e-12  # m^2
MOST_READ = 2e9  # pixel-pairs: of a larger stack only some blocks are read, spread over it
BLOCK = 256  # px, their side: that of the files
BUDGET_SHARE = 8  # the lattice takes so small a part of the memory


@dataclass(frozen=True)
class Starts:
    """Ratio rho and its variance by start date on a coarse map. rows: (dates,) row of a date's map, 0 = not known.

    ratio, doubt: (maps, cell rows, cell columns) float32. cell: px. origin: px from the raster's edge to the first
    lattice pixel. Map 0 is 1 with the variance of not knowing.
    """
    rows: np.ndarray
    ratio: np.ndarray
    doubt: np.ndarray
    cell: int
    origin: float

    def table(self, window: Window) -> StartTable:
        """Ratios of a window's pixels, bilinear between the middles of the cells."""
        return StartTable(self.rows, *(self._pixels(maps, window) for maps in (self.ratio, self.doubt)))

    def _pixels(self, maps: np.ndarray, window: Window) -> np.ndarray:
        for axis, first, count in ((1, window.row, window.rows), (2, window.column, window.columns)):
            place = np.clip((first + np.arange(count) - self.origin) / self.cell, 0, maps.shape[axis] - 1)
            low = np.minimum(place.astype(int), max(maps.shape[axis] - 2, 0))
            high = np.minimum(low + 1, maps.shape[axis] - 1)
            part = (place - low).astype(np.float32).reshape((-1, 1) if axis == 1 else (-1,))
            maps = maps.take(low, axis) * (1 - part) + maps.take(high, axis) * part
        return np.ascontiguousarray(maps.reshape(len(maps), -1))


def learn_starts(source: StackSource, network: Network, settings, learnt, wavelength: float, side: int,
                 progress: Progress) -> Optional[Starts]:
    """The ratio of every start date that occurs; None where no pixel is late. learnt: `sampling.Learnt`.

    side: px of the windows that are read; the result does not depend on it.
    """
    if settings.smoothing or len(network.dates) <= FEWEST_DATES:
        return None  # the smoothing's prior tells the start
    step = spacing(source.grid, len(source.components), len(network.dates))
    series, start = _lattice(source, network, settings, learnt, wavelength, side, step, progress)
    return ratios(series, start, network.years, step)


def spacing(grid: Grid, components: int, dates: int) -> int:
    """Distance of lattice pixels, px: series, their sigmas and sums fit the memory."""
    pixels = memory.budget() / BUDGET_SHARE / (8 * components * dates + 64)
    return max(SPACING, int(np.ceil(np.sqrt(grid.width * grid.height / max(pixels, 1.0)))))


def _lattice(source, network, settings, learnt, wavelength, side, step, progress):
    """Series (components, dates, rows, columns) of the lattice's pixels and their start (date number, -1 = none)."""
    first = min(step // 2, source.grid.height - 1, source.grid.width - 1)
    shape = [len(range(first, size, step)) for size in (source.grid.height, source.grid.width)]
    series = np.full((len(source.components), len(network.dates), *shape), np.nan, np.float32)
    start = np.full(shape, -1, np.int32)
    alone = replace(settings, neighbours=False, minimum_norm=False)
    days = np.round(network.years * DAYS_PER_YEAR)

    def work(tile) -> None:
        window = tile.core
        place = [slice(-(-(at - first) // step), -(-(at + size - first) // step)) if at + size > first else slice(0, 0)
                 for at, size in ((window.row, window.rows), (window.column, window.columns))]
        place = [slice(max(p.start, 0), p.stop) for p in place]
        if any(p.stop <= p.start for p in place):
            return
        thin = tuple(slice(first + p.start * step - at, None, step) for p, at in zip(place, (window.row,
                                                                                            window.column)))
        values, sigmas, qualities = _thinned(source, window, thin, learnt.weighting, progress)
        weights = learnt.weighting.weights(network, values, sigmas, qualities)
        size = values.shape[2:]
        found = solve(network, values.reshape(*values.shape[:2], -1), weights.reshape(len(weights), -1), alone,
                      learnt.noise, wavelength)
        series[(..., *place)] = found.series.reshape(*series.shape[:2], *size)
        late = found.quality[START]
        start[tuple(place)] = np.where(np.isfinite(late), np.searchsorted(days, np.nan_to_num(late) - 0.5),
                                       -1).reshape(size)

    tiles = _spread(source.grid, len(source.pairs), side)
    for done, _ in enumerate(map_threads(work, tiles, progress)):
        progress.report((done + 1) / len(tiles), "Learning the course of the motion")
    return series, start


def _spread(grid: Grid, pairs: int, side: int) -> List[Tile]:
    """Tiles of the whole grid, or of every so many-th block of a large stack; neighbourhoods reach over the others."""
    share = int(np.ceil(grid.width * grid.height * pairs / MOST_READ))
    if share == 1:
        return make_tiles(grid, side)
    shift = next(n for n in range(max(round(0.382 * share), 1), share + 1) if np.gcd(n, share) == 1)
    return [tile for tile in make_tiles(grid, min(side, BLOCK))
            if (tile.core.row // BLOCK + shift * (tile.core.column // BLOCK)) % share == 0]


def _thinned(source, window, thin, weighting, progress):
    """As `StackSource.read` of the lattice's pixels only; pair by pair, so that the whole window is never held."""
    pieces = []
    for number in range(len(source.pairs)):
        progress.check()
        piece = source.read_pair(number, window, weighting.sigma, weighting.quality)
        pieces.append(tuple(None if a is None else np.ascontiguousarray(a[(..., *thin)]) for a in piece))
    size = pieces[0][0].shape[1:]
    return source.stacked(Window(0, 0, *size), pieces, weighting.sigma, weighting.quality)


def ratios(series: np.ndarray, start: np.ndarray, years: np.ndarray, step: int) -> Optional[Starts]:
    """Maps of rho from a lattice. series: (components, dates, rows, columns) m; start: (rows, columns) date number."""
    if not (start > 0).any():
        return None
    rows = np.zeros(len(years), np.uint64)
    coarse = tuple(-(-size // CELL) for size in start.shape)
    maps = [(np.ones(coarse, np.float32), np.full(coarse, STEADY ** 2, np.float32))]
    for k, gone, expected in _courses(series, years):
        if not (start == k).any():
            continue
        source = (start == 0) & np.isfinite(gone[0]) & np.isfinite(expected[0])
        if source.sum() >= FEWEST:
            rows[k] = len(maps)
            maps.append(_map(gone, expected, source, ALIKE / step ** 2))
    known = np.flatnonzero(rows)
    if known.size:  # a start that the lattice missed takes the nearest date's map
        every = np.arange(1, len(years))
        rows[1:] = rows[known[np.abs(every[:, None] - known).argmin(axis=1)]]
    return Starts(rows, *(np.stack(m).astype(np.float32) for m in zip(*maps)), CELL * step,
                  step // 2 + step * (CELL - 1) / 2)


def _courses(series: np.ndarray, years: np.ndarray) -> Iterator[Tuple[int, np.ndarray, np.ndarray]]:
    """(k, displacement at date k, velocity fitted to the dates from k on x elapsed time), last date first, m."""
    count, time, square = (np.zeros(series.shape[2:]) for _ in range(3))
    moved, product = np.zeros((2, len(series), *series.shape[2:]))
    for k in range(len(years) - 1, 0, -1):
        seen = np.isfinite(series[0, k])
        value = np.where(seen, series[:, k], 0.0).astype(float)
        count += seen
        time += seen * years[k]
        square += seen * years[k] ** 2
        moved += value
        product += value * years[k]
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = (count * product - time * moved) / (count * square - time ** 2)
        yield k, series[:, k] - series[:, 0], np.where(count >= FEWEST_DATES, rate * years[k], np.nan)


def _map(gone: np.ndarray, expected: np.ndarray, source: np.ndarray, alike: float):
    """rho and its variance by cell. gone: D, expected: V e (components, rows, columns), m. alike: lattice pixels."""
    from scipy.ndimage import gaussian_filter

    d, v = np.where(source, gone, 0.0).astype(float), np.where(source, expected, 0.0).astype(float)
    dv, vv = (d * v).sum(axis=0), (v * v).sum(axis=0)
    noise, least = _noise(d[:, source], v[:, source])
    total = len(d) * noise
    possible = np.sqrt((d * d).sum(axis=0)) <= LIMITS[1] * np.sqrt(vv) + 3.0 * np.sqrt(total)
    moving = source & (vv > STANDS_OUT * len(d) * least) & possible  # chosen by V alone, or rho would be too large
    product, square = (_by_cell(np.where(moving, values, 0.0)) for values in (dv, vv))
    ratio, doubt = np.ones(product.shape), np.full(product.shape, STEADY ** 2)
    noise = noise * max(alike, 1.0)  # of a mean: pixels that share their noise are one
    pull = noise / STEADY ** 2
    for width in (None, *WIDTHS):
        if width is None:
            a, b = product.sum(), square.sum()
        else:
            a, b = (gaussian_filter(values, width, mode="constant", truncate=3.0) * 2.0 * np.pi * width ** 2
                    for values in (product, square))
        ratio = (a + pull * ratio) / (b + pull)
        doubt = ((doubt + CHANGE ** 2) * pull ** 2 + b * noise) / (b + pull) ** 2
    return np.clip(ratio, *LIMITS), np.minimum(doubt, STEADY ** 2)


def _noise(d: np.ndarray, v: np.ndarray) -> Tuple[float, float]:
    """Variances (m^2, of one component) of D - rho V e and of V e, from the quietest pixels (components, pixels).

    With rho 1 or the median ratio, whichever leaves less: where everything accelerates it is motion, not noise.
    """
    square = (v * v).sum(axis=0)
    strong = square >= np.median(square)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.nanmedian((d * v).sum(axis=0)[strong] / square[strong]) if square.any() else 1.0
    scale = 1.0 / QUARTILE[len(d)]
    rest = [np.percentile(np.square(d - r * v).sum(axis=0), 25) for r in (1.0, middle)]
    noise = max(min(rest) * scale, LEAST_NOISE)
    return noise, min(np.percentile(square, 25) * scale, noise)


def _by_cell(values: np.ndarray) -> np.ndarray:
    """Sums over cells of CELL x CELL lattice pixels; the last ones may be cut."""
    padded = np.pad(values, [(0, -size % CELL) for size in values.shape])
    rows, columns = (size // CELL for size in padded.shape)
    return padded.reshape(rows, CELL, columns, CELL).sum(axis=(1, 3))
