"""The grid of a raster: coordinate system, geotransform and size."""
import math
from dataclasses import dataclass
from typing import Optional, Tuple

from .errors import GridError

Transform = Tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Window:
    """Rows and columns of a raster: [row, row + rows) x [column, column + columns)."""
    row: int
    column: int
    rows: int
    columns: int

    @property
    def slices(self):
        return (slice(self.row, self.row + self.rows), slice(self.column, self.column + self.columns))


@dataclass(frozen=True)
class Grid:
    """A raster's place on the ground.

    crs: "EPSG:n" or WKT, empty where unknown. transform: GDAL geotransform (corner of the upper-left pixel).
    Rows grow southward. A raster without georeference has the transform (0, 1, 0, 0, 0, -1): one unit per pixel.
    """
    crs: str
    transform: Transform
    width: int
    height: int

    @property
    def shape(self) -> Tuple[int, int]:
        return self.height, self.width

    @property
    def pixel_size(self) -> float:
        """Side of a pixel, in units of the coordinate system (geometric mean of both sides)."""
        t = self.transform
        return math.sqrt(abs(t[1] * t[5] - t[2] * t[4]))

    @property
    def window(self) -> Window:
        return Window(0, 0, self.height, self.width)

    def xy(self, column: float, row: float) -> Tuple[float, float]:
        """Map coordinates of a position in pixels; (0, 0) is the upper-left corner, (.5, .5) the first centre."""
        t = self.transform
        return t[0] + column * t[1] + row * t[2], t[3] + column * t[4] + row * t[5]

    def pixel(self, x: float, y: float) -> Tuple[float, float]:
        """(column, row) of a map position, fractional, measured from the upper-left corner."""
        t = self.transform
        det = t[1] * t[5] - t[2] * t[4]
        dx, dy = x - t[0], y - t[3]
        return (dx * t[5] - dy * t[2]) / det, (dy * t[1] - dx * t[4]) / det

    def index(self, x: float, y: float) -> Optional[Tuple[int, int]]:
        """(row, column) of the pixel that holds a map position, None outside."""
        column, row = (math.floor(v) for v in self.pixel(x, y))
        return (row, column) if 0 <= row < self.height and 0 <= column < self.width else None

    @property
    def bounds(self) -> Tuple[float, float, float, float]:
        """xmin, ymin, xmax, ymax."""
        corners = [self.xy(c, r) for c in (0, self.width) for r in (0, self.height)]
        xs, ys = zip(*corners)
        return min(xs), min(ys), max(xs), max(ys)

    def part(self, window: Window) -> "Grid":
        """The grid of a window of this one."""
        x, y = self.xy(window.column, window.row)
        t = self.transform
        return Grid(self.crs, (x, t[1], t[2], y, t[4], t[5]), window.columns, window.rows)

    def coarser(self, step: int) -> "Grid":
        """The grid whose pixels are blocks of step x step pixels of this one; a remainder at the end is left out."""
        t = self.transform
        return Grid(self.crs, (t[0], t[1] * step, t[2] * step, t[3], t[4] * step, t[5] * step),
                    self.width // step, self.height // step)

    def same_lattice(self, other: "Grid", tolerance: float = 1e-3) -> bool:
        """True if pixels of both coincide where they overlap (tolerance in pixels)."""
        t, o = self.transform, other.transform
        size = self.pixel_size
        if any(abs(t[i] - o[i]) * max(self.width, self.height) > tolerance * size * 10 for i in (1, 2, 4, 5)):
            return False
        column, row = self.pixel(o[0], o[3])
        return abs(column - round(column)) < tolerance and abs(row - round(row)) < tolerance

    def equals(self, other: "Grid") -> bool:
        """True if size and lattice are the same. Coordinate systems are compared by `io.raster.same_crs`."""
        if self.shape != other.shape or not self.same_lattice(other):
            return False
        column, row = self.pixel(other.transform[0], other.transform[3])
        return round(column) == 0 and round(row) == 0

    def overlap(self, other: "Grid") -> Tuple[Window, Window]:
        """The common area of two grids of one lattice, as a window of each. Raises GridError where there is none."""
        if not self.same_lattice(other):
            raise GridError("The grids have different pixel sizes or origins.")
        column, row = (round(v) for v in self.pixel(other.transform[0], other.transform[3]))
        first_row, first_column = max(row, 0), max(column, 0)
        rows = min(self.height, row + other.height) - first_row
        columns = min(self.width, column + other.width) - first_column
        if rows <= 0 or columns <= 0:
            raise GridError("The rasters do not overlap.")
        return (Window(first_row, first_column, rows, columns),
                Window(first_row - row, first_column - column, rows, columns))
