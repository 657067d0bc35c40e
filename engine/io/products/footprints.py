"""Footprints: WKT polygons in longitude and latitude (EPSG:4326)."""
from typing import Iterable, List, Tuple

from osgeo import osr

from ...core.grid import Grid
from ..raster import spatial_reference

Point = Tuple[float, float]


def polygon(points: Iterable[Point]) -> str:
    """WKT of a ring of (longitude, latitude); empty for fewer than three points.

    A ring that crosses the 180th meridian is kept in one piece, with longitudes beyond 180.
    """
    ring = list(points)
    if len(ring) < 3:
        return ""
    longitudes = [x for x, _ in ring]
    if max(longitudes) - min(longitudes) > 180:
        ring = [(x + 360 if x < 0 else x, y) for x, y in ring]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return f"POLYGON (({', '.join(f'{x:.6f} {y:.6f}' for x, y in ring)}))"


def from_grid(grid: Grid) -> str:
    """The outline of a raster; empty where it has no coordinate system or cannot be placed on the globe."""
    if not grid.crs:
        return ""
    width, height = grid.width, grid.height
    corners = [(0, 0), (width / 2, 0), (width, 0), (width, height / 2), (width, height), (width / 2, height),
               (0, height), (0, height / 2)]
    return project([grid.xy(*corner) for corner in corners], grid.crs)


def project(points: List[Point], crs: str) -> str:
    """The same for a ring in a coordinate system."""
    try:
        change = osr.CoordinateTransformation(spatial_reference(crs), spatial_reference("EPSG:4326"))
        placed = change.TransformPoints(list(points))
    except RuntimeError:
        return ""
    ring = [(x, y) for x, y, *_ in placed if abs(y) <= 90.0]
    return polygon(ring) if len(ring) == len(points) else ""
