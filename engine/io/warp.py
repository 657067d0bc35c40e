"""Bands of a raster on another grid: moved where the lattices agree, else interpolated once."""
from typing import Optional

import numpy as np
from osgeo import gdal

from ..core.errors import GridError, InputError
from ..core.grid import Grid, Window
from .raster import RasterReader, _quiet, open_dataset, same_crs, spatial_reference


def read_on(reader: RasterReader, band, grid: Grid, window: Optional[Window] = None,
            method: str = "bilinear", nodata: Optional[float] = None) -> np.ndarray:
    """(rows, columns) float32 of a band on a window of `grid`, NaN = no data or outside.

    method: "bilinear", "cubic", "near" or "average", of GDAL. Pixels that coincide with those of the file are not
    changed. nodata: stored number that means no data, where the file does not declare one.
    """
    part = grid.part(window) if window is not None else grid
    if same_crs(reader.grid.crs, part.crs) and reader.grid.same_lattice(part):
        return _moved(reader, band, part, nodata)
    return _warped(reader, reader.number(band), part, method, nodata)


def _moved(reader: RasterReader, band, part: Grid, nodata: Optional[float]) -> np.ndarray:
    values = np.full(part.shape, np.nan, np.float32)
    try:
        here, there = part.overlap(reader.grid)
    except GridError:
        return values
    values[here.slices] = reader.read(band, there)
    if nodata is not None:
        values[values == nodata] = np.nan
    return values


def _warped(reader: RasterReader, number: int, part: Grid, method: str, nodata: Optional[float]) -> np.ndarray:
    path = reader.path
    if part.crs and not reader.grid.crs:
        raise GridError(f"{path} has no coordinate system, so nobody knows where it lies. Give it one (Assign projection).")
    target = gdal.GetDriverByName("MEM").Create("", part.width, part.height, 1, gdal.GDT_Float32)
    target.SetGeoTransform(part.transform)
    if part.crs:
        target.SetProjection(spatial_reference(part.crs).ExportToWkt())
    target.GetRasterBand(1).SetNoDataValue(float("nan"))
    target.GetRasterBand(1).Fill(float("nan"))
    source = open_dataset(path)
    declared = source.GetRasterBand(number).GetNoDataValue()
    declared = nodata if declared is None else declared
    view = gdal.Translate("", source, format="VRT", bandList=[number])
    if reader.grid.crs and not source.GetProjection():  # a sister file told its place
        view.SetGeoTransform(reader.grid.transform)
        view.SetProjection(spatial_reference(reader.grid.crs).ExportToWkt())
    with _quiet():
        gdal.ErrorReset()
        try:
            done = gdal.Warp(target, view, resampleAlg=method, dstNodata=float("nan"), errorThreshold=0,
                             srcNodata="nan" if declared is None or declared != declared else declared)
        except RuntimeError as error:
            raise GridError(f"{path} cannot be brought onto the asked grid ({error}). Check its coordinate "
                            "system.") from error
        if not done:
            raise InputError(f"{path} is damaged or truncated ({gdal.GetLastErrorMsg() or 'pixels cannot be read'}). "
                             "Get the file again.")
    return target.GetRasterBand(1).ReadAsArray()
