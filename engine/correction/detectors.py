"""Which detector saw each pixel: from footprints, from a raster of detectors, or from straight borders along the track."""
import os
from typing import List, Optional, Protocol, Sequence, Tuple

import numpy as np
from osgeo import gdal, ogr

from ..core.errors import GridError, InputError
from ..core.grid import Grid, Window
from ..io.raster import PathLike, _quiet, crs_text, open_raster, same_crs
from ..io.stable import project_polygons, rasterize
from . import track

_MOST = 256  # numbers of a scene's detectors are below
_LOOKED_AT, _LONG = 1024, 0.3  # px of the longer side; share of the height over which a border tells a direction
_ROWS, _ALIKE = 32, 0.9  # rows that are compared; share of alike pixels of two scenes of one orbit

class Layout(Protocol):
    """The detectors of a displacement. source: where they come from, for messages."""
    source: str

    def labels(self, grid: Grid, window: Window) -> np.ndarray:
        """(rows, columns) int: number of the detector, 0 = none."""


class Footprints:
    """Detectors as polygons, one or several for each. Where two overlap, as in Sentinel-2's, the later one counts."""

    def __init__(self, polygons: Sequence[bytes], numbers: Sequence[int], crs: str, source: str):
        self._polygons, self._numbers, self._crs, self.source = list(polygons), list(numbers), crs, source

    def labels(self, grid: Grid, window: Window) -> np.ndarray:
        projected = project_polygons(self._polygons, self._crs, grid.crs, self.source)
        if len(projected) != len(self._polygons):
            raise GridError(f"The detector footprints {self.source} do not lie in the displacement's area. "
                            "Choose those of its scenes.")
        return rasterize([wkb for wkb, _ in projected], self._numbers, grid.part(window)).astype(np.int64)


class Raster:
    """Detectors as the values of a raster on the displacement's lattice or a finer or coarser one; nearest pixel."""

    def __init__(self, path: str):
        self.source = path
        with open_raster(path) as raster:
            self._grid = raster.grid

    def labels(self, grid: Grid, window: Window) -> np.ndarray:
        if not same_crs(self._grid.crs, grid.crs):
            raise GridError(f"The detectors {self.source} and the displacement have different coordinate systems. "
                            "Reproject the detectors.")
        column = window.column + np.arange(window.columns) + 0.5
        row = window.row + np.arange(window.rows) + 0.5
        columns, rows = self._grid.pixel(*grid.xy(column[None, :], row[:, None]))
        columns, rows = (np.floor(v).astype(np.int64) for v in np.broadcast_arrays(columns, rows))
        inside = (columns >= 0) & (rows >= 0) & (columns < self._grid.width) & (rows < self._grid.height)
        found = np.zeros(inside.shape, np.int64)
        if inside.any():
            top, left = int(rows[inside].min()), int(columns[inside].min())
            part = Window(top, left, int(rows[inside].max()) - top + 1, int(columns[inside].max()) - left + 1)
            with open_raster(self.source) as raster:
                values = np.nan_to_num(raster.read(1, part), nan=0.0).astype(np.int64)
            found[inside] = values[rows[inside] - top, columns[inside] - left]
        return found


class Borders:
    """Detectors between straight borders along the track. borders: m to the right of the track through the middle."""

    def __init__(self, angle: float, borders: Sequence[float]):
        self.angle, self.borders = angle, np.sort(np.asarray(borders, np.float64))
        self.source = "found in the data"

    def labels(self, grid: Grid, window: Window) -> np.ndarray:
        _, across = track.rotate(*track.positions(grid, window), self.angle)
        return np.searchsorted(self.borders, across) + 1


class Both:
    """The detectors of two scenes of different orbits: one number for each combination."""

    def __init__(self, first: Layout, second: Layout):
        self._first, self._second = first, second
        self.source = f"{first.source} and {second.source}"

    def labels(self, grid: Grid, window: Window) -> np.ndarray:
        first, second = self._first.labels(grid, window), self._second.labels(grid, window)
        return np.where((first > 0) & (second > 0), _MOST * first + second, 0)


def both(first: Layout, second: Layout, grid: Grid) -> Layout:
    """The detectors of a pair of scenes.

    Scenes of one orbit see the ground with the same detectors up to a few pixels at the borders, and slivers between
    two borders are too narrow to be measured: then those of the first scene stand for both.
    """
    rows = np.linspace(0, grid.height - 1, min(grid.height, _ROWS)).astype(int)
    windows = [Window(int(row), 0, 1, grid.width) for row in rows]
    one, other = (np.concatenate([layout.labels(grid, window).ravel() for window in windows])
                  for layout in (first, second))
    seen = (one > 0) & (other > 0)
    # The detectors of another orbit have other numbers in the same place, not only along the borders.
    same = not seen.any() or float(np.mean(one[seen] == other[seen])) >= _ALIKE
    return first if same else Both(first, second)


def direction(layout: Layout, grid: Grid) -> Optional[float]:
    """Azimuth of the track (-90 to 90 degrees) from the borders between detectors; None where no border is long.

    Least squares of east against north along all borders. Scenes of different orbits have two directions: None.
    """
    if isinstance(layout, Borders):
        return layout.angle
    if isinstance(layout, Both):
        return None
    step = max(1, max(grid.shape) // _LOOKED_AT)
    coarse = grid.coarser(step) if min(grid.shape) >= 2 * step else grid
    labels = layout.labels(coarse, coarse.window)
    rows, columns = np.nonzero((labels[:, 1:] != labels[:, :-1]) & (labels[:, 1:] > 0) & (labels[:, :-1] > 0))
    east, north = (np.broadcast_to(v, labels.shape) for v in track.positions(coarse, coarse.window))
    products = squares = 0.0
    for border in {tuple(pair) for pair in np.stack([labels[rows, columns], labels[rows, columns + 1]], axis=1).tolist()}:
        here = (labels[rows, columns] == border[0]) & (labels[rows, columns + 1] == border[1])
        if np.ptp(rows[here]) < _LONG * coarse.height:
            continue
        x = 0.5 * (east[rows[here], columns[here]] + east[rows[here], columns[here] + 1])
        y = 0.5 * (north[rows[here], columns[here]] + north[rows[here], columns[here] + 1])
        products += float(((x - x.mean()) * (y - y.mean())).sum())
        squares += float(((y - y.mean()) ** 2).sum())
    return float(np.degrees(np.arctan2(products, squares))) if squares > 0.0 else None


def from_file(path: PathLike) -> Layout:
    """Footprints of a vector file of any format (Sentinel-2's GML included), or a raster whose value is the detector.

    A polygon's detector is its field `detector`, the number in Sentinel-2's `gml_id` ("detector_footprint-B02-07-0"),
    or else its place in the file. Raises InputError if the file is neither.
    """
    file = str(path).split("|")[0]
    if not file.startswith("/vsi") and not os.path.exists(file):
        raise InputError(f"The detector footprints {file} do not exist. Choose a polygon layer or a raster.")
    with _quiet():
        try:
            vector = gdal.OpenEx(file, gdal.OF_VECTOR)
        except RuntimeError:
            vector = None
    if vector is None or vector.GetLayerCount() == 0:
        return Raster(file)
    polygons, numbers, crs = _read(vector.GetLayer(0))
    if not polygons:
        raise InputError(f"{file} holds no polygons. Choose the detector footprints of the scene (MSK_DETFOO).")
    return Footprints(polygons, numbers, crs, file)


def _read(layer) -> Tuple[List[bytes], List[int], str]:
    """WKB, detector and coordinate system of the polygons of a layer."""
    polygons, numbers = [], []
    names = {layer.GetLayerDefn().GetFieldDefn(i).GetName().lower(): i
             for i in range(layer.GetLayerDefn().GetFieldCount())}
    for place, feature in enumerate(layer, 1):
        geometry = feature.GetGeometryRef()
        if geometry is None:
            continue
        geometry = geometry.GetLinearGeometry()
        geometry.FlattenTo2D()
        if ogr.GT_Flatten(geometry.GetGeometryType()) not in (ogr.wkbPolygon, ogr.wkbMultiPolygon):
            continue
        polygons.append(bytes(geometry.ExportToWkb()))
        numbers.append(_number(feature, names, place))
    reference = layer.GetSpatialRef()
    return polygons, numbers, crs_text(reference.ExportToWkt()) if reference is not None else ""


def _number(feature, names, place: int) -> int:
    """The detector of a footprint, 1 to 255."""
    if "detector" in names and feature.IsFieldSet(names["detector"]):
        number = feature.GetFieldAsInteger(names["detector"])
        return number if 0 < number < 256 else place
    for name in ("gml_id", "id"):
        parts = feature.GetFieldAsString(names[name]).split("-") if name in names else []
        if len(parts) >= 3 and parts[-2].isdigit():
            return int(parts[-2])
    return min(place, 255)
