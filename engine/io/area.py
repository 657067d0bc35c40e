"""An area of interest: a box in any coordinate system, as windows of rasters and as degrees."""
import math
from dataclasses import dataclass
from typing import List, Optional, Tuple

from osgeo import ogr, osr

from ..core.errors import InputError
from ..core.grid import Grid, Window
from .raster import _quiet, same_crs, spatial_reference

Point = Tuple[float, float]
Bounds = Tuple[float, float, float, float]
_DEGREES = "EPSG:4326"
_STEPS = 16  # points per side: a straight side is curved in another coordinate system


@dataclass(frozen=True)
class Area:
    """xmin, ymin, xmax, ymax in a coordinate system ("EPSG:n" or WKT). East of 180 degrees, xmax is beyond 180."""
    bounds: Bounds
    crs: str = _DEGREES

    def __post_init__(self):
        xmin, ymin, xmax, ymax = self.bounds
        if not all(map(math.isfinite, self.bounds)) or xmax <= xmin or ymax <= ymin:
            raise InputError(f"The area {', '.join(f'{v:g}' for v in self.bounds)} is empty. Choose an extent with "
                             "a width and a height.")
        if not self.crs:
            raise InputError("The area has no coordinate system. Choose one, or draw the extent on the map.")

    def outline(self, crs: str) -> List[Point]:
        """The densified outline in a coordinate system, x first, open. Raises InputError where it has no place there."""
        xmin, ymin, xmax, ymax = self.bounds
        corners = [(xmin, ymin), (xmin, ymax), (xmax, ymax), (xmax, ymin)]
        points = []
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
            points += [(x0 + (x1 - x0) * i / _STEPS, y0 + (y1 - y0) * i / _STEPS) for i in range(_STEPS)]
        if same_crs(self.crs, crs):
            return points
        change = osr.CoordinateTransformation(spatial_reference(self.crs), spatial_reference(crs))
        with _quiet():
            try:
                placed = [(x, y) for x, y, *_ in change.TransformPoints(points)]
            except RuntimeError as error:
                raise InputError(f"The area has no place in {crs[:40]} ({error}). Choose a smaller area.") from error
        if not all(math.isfinite(x) and math.isfinite(y) for x, y in placed):
            raise InputError(f"The area has no place in {crs[:40]}. Choose a smaller area.")
        return placed

    def degrees(self) -> Bounds:
        """West, south, east, north; east may be beyond 180 where the area crosses that meridian."""
        points = self.outline(_DEGREES)
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) - min(xs) > 180:
            xs = [x + 360 if x < 0 else x for x in xs]
        return min(xs), max(min(ys), -90.0), max(xs), min(max(ys), 90.0)

    def window(self, grid: Grid) -> Optional[Window]:
        """The pixels of a grid that the area touches, None where there are none."""
        pixels = [grid.pixel(x, y) for x, y in self.outline(grid.crs)]
        columns, rows = zip(*pixels)
        # A border that lies on a pixel's edge up to rounding takes no further pixel.
        first_column, last_column = math.floor(min(columns) + 1e-6), math.ceil(max(columns) - 1e-6)
        first_row, last_row = math.floor(min(rows) + 1e-6), math.ceil(max(rows) - 1e-6)
        first_column, first_row = max(first_column, 0), max(first_row, 0)
        last_column, last_row = min(last_column, grid.width), min(last_row, grid.height)
        if last_column <= first_column or last_row <= first_row:
            return None
        return Window(first_row, first_column, last_row - first_row, last_column - first_column)

    def polygon(self, crs: str = _DEGREES) -> ogr.Geometry:
        """The area as a polygon."""
        ring = ogr.Geometry(ogr.wkbLinearRing)
        points = self.outline(crs)
        for x, y in points + points[:1]:
            ring.AddPoint_2D(x, y)
        made = ogr.Geometry(ogr.wkbPolygon)
        made.AddGeometry(ring)
        return made


def utm(area: Area) -> str:
    """The UTM zone (EPSG:n) of an area's centre."""
    west, south, east, north = area.degrees()
    longitude = ((west + east) / 2 + 180) % 360 - 180
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if south + north >= 0 else 32700) + zone}"
