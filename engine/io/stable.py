"""Stable ground: the pixels of any grid that are known not to move, from polygons or from a raster."""
import hashlib
import os
from typing import Iterable, List, Optional, Sequence, Tuple

import numpy as np
from osgeo import gdal, ogr, osr

from ..core.errors import GridError, InputError
from ..core.grid import Grid, Window
from .raster import (PathLike, _quiet, crs_text, grid_of, open_dataset, open_raster, same_crs, spatial_reference)

Box = Tuple[float, float, float, float]  # xmin, ymin, xmax, ymax


class StableGround:
    """Where the ground does not move. Make it with `from_file` or `from_polygons`; ask for `mask` on any grid.

    It holds paths and plain bytes only, so that threads can share it.
    """

    def __init__(self, source: str, crs: str = "", polygons: Sequence[bytes] = (), raster: str = ""):
        self.source, self.crs = source, crs
        self._polygons, self._raster = list(polygons), raster
        self._projected = {}

    @classmethod
    def from_file(cls, path: PathLike) -> "StableGround":
        """Polygons of a vector file of any format, or a raster whose non-zero pixels are stable.

        path: a file, or a QGIS source of one ("file.gpkg|layername=rocks"). Raises InputError if it is neither.
        """
        text = str(path)
        file, *options = text.split("|")
        with _quiet():
            try:
                vector = gdal.OpenEx(file, gdal.OF_VECTOR)
            except RuntimeError:
                vector = None
        if vector is not None and vector.GetLayerCount() > 0:
            polygons, crs = _read_polygons(vector, options, text)
            return cls(text, crs, polygons)
        if not file.startswith("/vsi") and not os.path.exists(file):
            raise InputError(f"The stable ground {file} does not exist. Choose a polygon layer or a raster.")
        try:
            with open_raster(file) as raster:
                return cls(text, raster.grid.crs, raster=file)
        except InputError as error:
            raise InputError(f"{file} is neither a polygon layer nor a raster that can be read. Choose polygons of "
                             "stable ground, or a raster whose non-zero pixels are stable.") from error

    @classmethod
    def from_polygons(cls, polygons: Iterable[bytes], crs: str) -> "StableGround":
        """Polygons as WKB in a coordinate system ("EPSG:n" or WKT)."""
        return cls("the stable polygons", crs, [bytes(polygon) for polygon in polygons])

    def mask(self, grid: Grid, window: Optional[Window] = None) -> np.ndarray:
        """(rows, columns) bool of a grid or of a window of it, True = stable (pixel centres, nearest neighbour).

        Raises GridError if the stable ground lies outside the whole grid, whatever the window.
        """
        part = grid.part(window) if window is not None else grid
        if self._raster:
            stable = self._mask_of_raster(grid, part)
        else:
            stable = self._mask_of_polygons(grid, part)
        if window is None and not stable.any():
            raise self._not_covered(grid)
        return stable

    def fingerprint(self) -> str:
        """A text that changes when the stable ground does."""
        found = hashlib.sha256(self.crs.encode())
        for polygon in self._polygons:
            found.update(polygon)
        if self._raster:
            state = os.stat(self._raster) if os.path.exists(self._raster) else None
            found.update(f"{self._raster} {state and (state.st_size, state.st_mtime_ns)}".encode())
        return found.hexdigest()

    def _not_covered(self, grid: Grid) -> GridError:
        return GridError(f"The stable ground ({self.source}) covers nothing of the displacement's area "
                         f"({', '.join(f'{v:.6g}' for v in grid.bounds)} in {grid.crs[:40] or 'no coordinate system'})."
                         " Choose stable ground inside it, or check its coordinate system.")

    def _mask_of_polygons(self, grid: Grid, part: Grid) -> np.ndarray:
        polygons = self._polygons_in(grid.crs)
        if not any(_overlap(box, grid.bounds) for _, box in polygons):
            raise self._not_covered(grid)
        here = [wkb for wkb, box in polygons if _overlap(box, part.bounds)]
        return rasterize(here, [1] * len(here), part) > 0

    def _polygons_in(self, crs: str) -> List[Tuple[bytes, Box]]:
        """(WKB, box) of every polygon in a coordinate system, kept for the next tile."""
        if crs not in self._projected:
            self._projected[crs] = project_polygons(self._polygons, self.crs, crs, self.source)
        return self._projected[crs]

    def _mask_of_raster(self, grid: Grid, part: Grid) -> np.ndarray:
        with open_raster(self._raster) as raster:
            if raster.grid.equals(grid) and same_crs(raster.grid.crs, grid.crs):
                column, row = (round(v) for v in grid.pixel(part.transform[0], part.transform[3]))
                values = raster.read(1, Window(row, column, part.height, part.width))
                return np.isfinite(values) & (values != 0)
        target = _empty(part, gdal.GDT_Float32)
        target.GetRasterBand(1).Fill(float("nan"))
        target.GetRasterBand(1).SetNoDataValue(float("nan"))
        source = gdal.Translate("", open_dataset(self._raster), format="VRT", bandList=[1])
        if not _overlap(box_in(grid_of(source), grid.crs), grid.bounds):
            raise self._not_covered(grid)
        with _quiet():
            try:
                gdal.Warp(target, source, resampleAlg="near", dstNodata=float("nan"))
            except RuntimeError as error:
                raise self._not_covered(grid) from error
        values = target.GetRasterBand(1).ReadAsArray()
        return np.isfinite(values) & (values != 0)


def rasterize(polygons: Sequence[bytes], values: Sequence[int], grid: Grid) -> np.ndarray:
    """(rows, columns) uint8: the value of the polygon that holds the pixel's centre, the last one wins; 0 outside.

    polygons: WKB in the grid's coordinate system.
    """
    target = _empty(grid, gdal.GDT_Byte)
    if polygons:
        crs = spatial_reference(grid.crs) if grid.crs else None
        memory = _empty_vector()
        layer = memory.CreateLayer("polygons", crs)
        layer.CreateField(ogr.FieldDefn("value", ogr.OFTInteger))
        for wkb, value in zip(polygons, values):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometry(ogr.CreateGeometryFromWkb(wkb))
            feature.SetField("value", int(value))
            layer.CreateFeature(feature)
        gdal.RasterizeLayer(target, [1], layer, options=["ATTRIBUTE=value"])
    return target.GetRasterBand(1).ReadAsArray()


def project_polygons(polygons: Sequence[bytes], source: str, target: str, name: str) -> List[Tuple[bytes, Box]]:
    """(WKB, box) of polygons in another coordinate system; a missing one on either side means the same system."""
    transform = None
    if source and target and not same_crs(source, target):
        transform = osr.CoordinateTransformation(spatial_reference(source), spatial_reference(target))
    found = []
    for wkb in polygons:
        geometry = ogr.CreateGeometryFromWkb(wkb)
        if geometry is None:
            raise InputError(f"{name} holds a polygon that cannot be read. Repair it with Fix geometries.")
        if transform is not None:
            with _quiet():
                try:
                    failed = geometry.Transform(transform) != 0
                except RuntimeError:
                    failed = True
            if failed:  # far outside the target system's area, so it cannot cover the grid
                continue
        xmin, xmax, ymin, ymax = geometry.GetEnvelope()
        found.append((bytes(geometry.ExportToWkb()), (xmin, ymin, xmax, ymax)))
    return found


def _read_polygons(source, options: Sequence[str], path: str) -> Tuple[List[bytes], str]:
    """WKB of every polygon of a vector source, and its coordinate system. options: those of a QGIS source."""
    wanted = dict(option.split("=", 1) for option in options if "=" in option)
    if "layername" in wanted:
        layer = source.GetLayerByName(wanted["layername"])
    else:
        layer = source.GetLayer(int(wanted.get("layerid", 0)))
    if layer is None:
        raise InputError(f"{path} has no such layer. Choose one of the layers of the file.")
    if wanted.get("subset"):
        layer.SetAttributeFilter(wanted["subset"])
    found = []
    for feature in layer:
        geometry = feature.GetGeometryRef()
        if geometry is None:
            continue
        geometry = geometry.GetLinearGeometry()
        kind = ogr.GT_Flatten(geometry.GetGeometryType())
        if kind in (ogr.wkbPolygon, ogr.wkbMultiPolygon):
            found.append(bytes(geometry.ExportToWkb()))
    if not found:
        raise InputError(f"{path} holds no polygons. Choose a polygon layer of stable ground, or a raster whose "
                         "non-zero pixels are stable.")
    reference = layer.GetSpatialRef()
    return found, crs_text(reference.ExportToWkt()) if reference is not None else ""


def _empty(grid: Grid, kind: int):
    """A raster in memory on a grid, filled with 0."""
    dataset = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1, kind)
    dataset.SetGeoTransform(grid.transform)
    if grid.crs:
        dataset.SetProjection(spatial_reference(grid.crs).ExportToWkt())
    return dataset


def _empty_vector():
    """A vector source in memory; from GDAL 3.11 the raster driver MEM has taken over the driver Memory."""
    driver = gdal.GetDriverByName("MEM")
    if driver.GetMetadataItem("DCAP_VECTOR") != "YES":
        driver = gdal.GetDriverByName("Memory")
    return driver.Create("", 0, 0, 0, gdal.GDT_Unknown)


def _overlap(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def box_in(grid: Grid, crs: str) -> Box:
    """The bounds of a grid in another coordinate system; all of space where they cannot be told."""
    if not grid.crs or not crs or same_crs(grid.crs, crs):
        return grid.bounds
    everything = (-np.inf, -np.inf, np.inf, np.inf)
    transform = osr.CoordinateTransformation(spatial_reference(grid.crs), spatial_reference(crs))
    steps = np.linspace(0, 1, 9)
    edge = [(a, b) for a in steps for b in steps if a in (0, 1) or b in (0, 1)]
    with _quiet():
        try:
            points = transform.TransformPoints([grid.xy(a * grid.width, b * grid.height) for a, b in edge])
        except RuntimeError:
            return everything
    x, y = np.array(points)[:, 0], np.array(points)[:, 1]
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return everything
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
