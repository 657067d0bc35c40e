"""One grid for maps of different grids, and bringing a map onto it once."""
import math
from typing import List, Sequence, Tuple

import numpy as np

from ...core.errors import GridError
from ...core.grid import Grid, Window
from ..raster import same_crs

_SAME_SIZE = 0.01  # pixels whose sides differ by less are one size
_COARSER = 1.5  # from this ratio of pixel sizes on, a target pixel averages source pixels instead of interpolating
_EDGE = 1e-3  # pixels; lattices written by different programs differ by rounding


def common_grid(grids: Sequence[Grid], names: Sequence[str], cover: str) -> Tuple[Grid, str]:
    """(grid of the stack, why in words). cover: "all" or "common" area.

    The lattice is that of the coarsest maps, and among these of the most frequent: nothing is interpolated to a
    finer pixel than it was measured with, and as few maps as possible are interpolated at all.
    """
    _check(grids, names)
    upright = [_north_up(grid) for grid in grids]
    coarsest = max(grid.pixel_size for grid in upright)
    groups: List[List[Grid]] = []
    for grid in upright:
        if grid.pixel_size < coarsest * (1 - _SAME_SIZE):
            continue
        home = next((g for g in groups if g[0].same_lattice(grid)), None)
        if home is None:
            groups.append([grid])
        else:
            home.append(grid)
    lattice = max(groups, key=len)
    made = _snapped(lattice[0], [grid.bounds for grid in upright], cover)
    same = sum(lattice[0].same_lattice(grid) for grid in upright)
    extent = "all area" if cover == "all" else "the common area"
    return made, (f"{made.width} x {made.height} px of {made.pixel_size:g}, {extent}; {same} of {len(grids)} maps "
                  f"lie on its pixels, {len(grids) - same} are resampled to them")


def _check(grids: Sequence[Grid], names: Sequence[str]) -> None:
    for grid, name in zip(grids, names):
        if not same_crs(grid.crs, grids[0].crs):
            raise GridError(f"{names[0]} and {name} have different coordinate systems ({grids[0].crs[:40] or 'none'}, "
                            f"{grid.crs[:40] or 'none'}). Import each group into its own stack, or reproject one.")
        if abs(grid.transform[2]) + abs(grid.transform[4]) > 1e-6 * grid.pixel_size:
            raise GridError(f"{name} is on a rotated grid. Warp it to a north-up grid first.")


def _north_up(grid: Grid) -> Grid:
    xmin, _, _, ymax = grid.bounds
    t = grid.transform
    return Grid(grid.crs, (xmin, abs(t[1]), 0.0, ymax, 0.0, -abs(t[5])), grid.width, grid.height)


def _snapped(lattice: Grid, boxes, cover: str) -> Grid:
    """The part of a lattice, endless in all directions, that holds all boxes (or lies in all of them)."""
    pick = (min, max) if cover == "all" else (max, min)
    xmin, ymin = (pick[0](box[i] for box in boxes) for i in (0, 1))
    xmax, ymax = (pick[1](box[i] for box in boxes) for i in (2, 3))
    outward = (math.floor, math.ceil) if cover == "all" else (math.ceil, math.floor)
    shift = _EDGE if cover == "all" else -_EDGE
    left, top = (outward[0](v + shift) for v in lattice.pixel(xmin, ymax))
    right, bottom = (outward[1](v - shift) for v in lattice.pixel(xmax, ymin))
    if right <= left or bottom <= top:
        raise GridError("The maps have no common area. Set Cover to all area, or import them into separate stacks.")
    return lattice.part(Window(top, left, bottom - top, right - left))


class Resampler:
    """Brings windows of a map onto a target grid.

    Along each axis a target pixel is a weighted mean of source pixels: linear interpolation between the two nearest
    centres, or the exact overlap where the target pixel is much larger. Pixels without data have no weight; a target
    pixel with less than half of the weight has no data. On the same lattice the values are unchanged.
    """

    def __init__(self, source: Grid, target: Grid):
        self.source, self.target = source, target
        s, t = source.transform, target.transform
        self._columns = _Axis((t[0] - s[0]) / s[1], t[1] / s[1], target.width, source.width)
        self._rows = _Axis((t[3] - s[3]) / s[5], t[5] / s[5], target.height, source.height)

    @property
    def unchanged(self) -> bool:
        """True if values are only moved to their place."""
        return self._rows.exact and self._columns.exact

    def window(self, rows: slice) -> Window:
        """What to read for target rows; no rows where the map does not reach them."""
        first, last = self._rows.reach(rows)
        left, right = self._columns.reach(slice(0, self.target.width))
        return Window(first, left, max(last - first, 0), max(right - left, 0))

    def apply(self, values: np.ndarray, window: Window, rows: slice) -> np.ndarray:
        """(rows, width of the target) float32 from the values of `window(rows)`."""
        count = rows.stop - rows.start
        if window.rows == 0 or window.columns == 0:
            return np.full((count, self.target.width), np.nan, np.float32)
        if self.unchanged and self._rows.step > 0 and self._columns.step > 0:
            return self._moved(values, window, rows)
        valid = np.isfinite(values)
        weight = valid.astype(np.float64)
        total = np.where(valid, values, 0.0).astype(np.float64)
        for axis, first, part in ((self._rows, window.row, rows),
                                  (self._columns, window.column, slice(0, self.target.width))):
            weight, total = (axis.mean(a, first, part).T for a in (weight, total))  # T: the other axis is next
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(weight >= 0.5 - 1e-9, total / weight, np.nan).astype(np.float32)


    def _moved(self, values: np.ndarray, window: Window, rows: slice) -> np.ndarray:
        """The values at their place on the same lattice."""
        made = np.full((rows.stop - rows.start, self.target.width), np.nan, np.float32)
        row, column = window.row - int(self._rows.start) - rows.start, window.column - int(self._columns.start)
        top, left = max(row, 0), max(column, 0)
        bottom, right = min(row + window.rows, made.shape[0]), min(column + window.columns, made.shape[1])
        made[top:bottom, left:right] = values[top - row:bottom - row, left - column:right - column]
        return made


class _Axis:
    """One axis: where target pixels lie in source pixels. start, step: of target edges, in source pixels."""

    def __init__(self, start: float, step: float, count: int, length: int):
        if abs(start - round(start)) < _EDGE and abs(abs(step) - 1) * count < _EDGE:
            start, step = float(round(start)), math.copysign(1.0, step)
        self.start, self.step, self.length = start, step, length
        self.exact = start == round(start) and abs(step) == 1.0
        self.averages = abs(step) >= _COARSER

    def _edges(self, part: slice) -> Tuple[np.ndarray, np.ndarray]:
        index = np.arange(part.start, part.stop, dtype=np.float64)
        first, second = self.start + index * self.step, self.start + (index + 1) * self.step
        return np.minimum(first, second), np.maximum(first, second)

    def reach(self, part: slice) -> Tuple[int, int]:
        """Source pixels [first, last) that target pixels need."""
        low, high = self._edges(part)
        return max(math.floor(low.min()) - 1, 0), min(math.ceil(high.max()) + 1, self.length)

    def mean(self, values: np.ndarray, first: int, part: slice) -> np.ndarray:
        """Weighted means along the first axis of values (source pixels from `first` on); outside counts as zero."""
        low, high = self._edges(part)
        if self.averages:
            edges = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
            return (_between(edges, high - first) - _between(edges, low - first)) / abs(self.step)
        centre = (low + high) / 2 - 0.5 - first
        left = np.floor(centre + 1e-9).astype(int)
        share = np.clip(centre - left, 0.0, 1.0)[:, None]
        return _row(values, left) * (1 - share) + _row(values, left + 1) * share


def _row(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    inside = (index >= 0) & (index < values.shape[0])
    return np.where(inside[:, None], values[np.clip(index, 0, values.shape[0] - 1)], 0.0)


def _between(edges: np.ndarray, position: np.ndarray) -> np.ndarray:
    """The running sum at fractional positions."""
    position = np.clip(position, 0.0, edges.shape[0] - 1.0)
    left = np.minimum(np.floor(position).astype(int), edges.shape[0] - 2)
    share = (position - left)[:, None]
    return edges[left] * (1 - share) + edges[left + 1] * share
