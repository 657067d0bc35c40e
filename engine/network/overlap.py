"""Where two scenes overlap, and whether their images lie on grids that can be matched."""
import os
from functools import lru_cache
from typing import Optional, Tuple

from osgeo import ogr

from ..core.grid import Grid
from ..core.scene import Scene
from ..io.raster import same_crs
from ..io.scene_reader import band_grid, band_source
from .rules import Acquisition

CRS, PIXELS, APART, TILES = "in different coordinate systems", "with different pixel sizes", "that do not overlap", \
    "of neighbouring tiles"

#: Smallest common share of the smaller footprint. Neighbouring Sentinel-2 tiles share 9 %, and matching that border
#: for every pair of tiles is work without use; neighbouring Landsat paths at high latitude share more than half.
_SHARE, _SHARE_OF_TILES = 0.005, 0.5
_SAME_PIXEL = 0.01


def scene_grid(scene: Scene) -> Optional[Grid]:
    """The grid of the band that would be matched. Raises InputError if the scene has no readable band."""
    modified = os.stat(scene.path).st_mtime_ns if os.path.exists(scene.path) else 0
    return _grid_at(scene.path, modified)


@lru_cache(maxsize=4096)
def _grid_at(path: str, modified: int) -> Grid:
    """Kept while the file stays as it is: a network is drawn anew with every move of a slider."""
    return band_grid(band_source(path))


def refusal(first: Acquisition, second: Acquisition) -> str:
    """Why the images cannot be matched; empty if they can, as far as is known."""
    if first.crs and second.crs and not same_crs(first.crs, second.crs):
        return CRS
    if first.pixel_size and second.pixel_size:
        if abs(first.pixel_size / second.pixel_size - 1.0) > _SAME_PIXEL:
            return PIXELS
    return ""


class Footprints:
    """Geometries of the scenes, each made once."""

    def __init__(self):
        self._known = {}

    def common(self, first: Scene, second: Scene) -> Tuple[str, Optional[str]]:
        """(reason against the pair or empty, WKT of the overlap or None where a footprint is unknown)."""
        if not first.footprint or not second.footprint:
            return "", None
        if first.footprint == second.footprint:
            return "", first.footprint
        a, b = self._geometry(first.footprint), self._geometry(second.footprint)
        if a is None or b is None:
            return "", None
        b = _beside(a, b)
        if not a.Intersects(b):
            return APART, None
        common = a.Intersection(b)
        share = common.Area() / max(min(a.Area(), b.Area()), 1e-12)
        if share < _SHARE:
            return APART, None
        if first.tile and second.tile and first.tile != second.tile and share < _SHARE_OF_TILES:
            return TILES, None
        return "", _largest(common).ExportToWkt()

    def _geometry(self, wkt: str):
        if wkt not in self._known:
            try:
                geometry = ogr.CreateGeometryFromWkt(wkt)
            except RuntimeError:
                geometry = None
            if geometry is not None and not geometry.IsValid():
                geometry = geometry.Buffer(0)
            self._known[wkt] = geometry
        return self._known[wkt]


def _beside(a, b):
    """`b` moved by a whole turn where the two were written on different sides of the 180th meridian."""
    west, east = a.GetEnvelope()[:2]
    other_west, other_east = b.GetEnvelope()[:2]
    turn = 360.0 if other_east < west - 180 else -360.0 if other_west > east + 180 else 0.0
    if not turn:
        return b
    ring = b.GetGeometryRef(0)
    moved = ogr.Geometry(ogr.wkbLinearRing)
    for x, y, *_ in ring.GetPoints():
        moved.AddPoint_2D(x + turn, y)
    polygon = ogr.Geometry(ogr.wkbPolygon)
    polygon.AddGeometry(moved)
    return polygon


def _largest(geometry):
    """The largest polygon of an intersection, which can be of several pieces."""
    if geometry.GetGeometryCount() and geometry.GetGeometryName() != "POLYGON":
        parts = [geometry.GetGeometryRef(i) for i in range(geometry.GetGeometryCount())]
        return max(parts, key=lambda part: part.Area()).Clone()
    return geometry


def describe(scene: Scene, rank: int, grid: Optional[Grid]) -> Acquisition:
    """The scene as the rules see it."""
    return Acquisition(scene.date, scene.orbit, scene.tile, grid.crs if grid else "",
                       grid.pixel_size if grid else 0.0, rank)


