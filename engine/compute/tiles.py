"""Tiles with halos: memory is bounded by the tile, and seams don't show because neighbours overlap."""
from dataclasses import dataclass
from typing import Iterator, List

from ..core.grid import Grid, Window
from ..core.progress import Progress


@dataclass(frozen=True)
class Tile:
    """core: the pixels that this tile writes. outer: what it reads, core plus halo, cut at the raster's edge."""
    core: Window
    outer: Window

    @property
    def inner(self):
        """Slices of the core inside an array of the outer window."""
        row, column = self.core.row - self.outer.row, self.core.column - self.outer.column
        return slice(row, row + self.core.rows), slice(column, column + self.core.columns)


def make_tiles(grid: Grid, size: int, halo: int = 0) -> List[Tile]:
    """Cut a grid into tiles of at most size x size pixels, row by row. halo: pixels of overlap on each side."""
    made = []
    for row in range(0, grid.height, size):
        for column in range(0, grid.width, size):
            core = Window(row, column, min(size, grid.height - row), min(size, grid.width - column))
            top, left = max(row - halo, 0), max(column - halo, 0)
            bottom = min(row + core.rows + halo, grid.height)
            right = min(column + core.columns + halo, grid.width)
            made.append(Tile(core, Window(top, left, bottom - top, right - left)))
    return made


def tiles(grid: Grid, progress: Progress, size: int = 1024, halo: int = 0, message: str = "") -> Iterator[Tile]:
    """Tiles one after the other, reporting progress; raises Cancelled between two of them."""
    made = make_tiles(grid, size, halo)
    for number, tile in enumerate(made):
        progress.report(number / len(made), message)
        yield tile
    progress.report(1.0, message)
