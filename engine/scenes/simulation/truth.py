"""The true motion as a series in the format of results, and the vector layers that go with it."""
from datetime import date
from pathlib import Path
from typing import Sequence, Tuple

import numpy as np
from osgeo import gdal, ogr

from ...core.grid import Grid
from ...core.history import step, to_text
from ...core.series import SeriesManifest
from ...core.units import (DAY, METRE, METRE_PER_YEAR, ONE, SIGN_EAST_NORTH, days_between, east_north_from_shift,
                           years)
from ...io.manifests import write_series
from ...io.raster import Band, new_raster, spatial_reference
from ..settings import SimulateSettings
from .motion import Motion
from .schedule import acquisition_dates
from .terrain import MARGIN, pixel_positions, scene_grid

STABLE_PX = 0.01          # ground that moves less than this over the whole series is called stable
STABLE_MARGIN_PX = 4      # and is that far from ground that moves more, and from water
_TILE = 128
_REFERENCE = "the ground before any motion; no error of the sensor"


def true_displacement(motion: Motion, grid: Grid):
    """Cumulative displacement at every date of what lies at each pixel's centre on the first one.

    Returns east, north: (dates, rows, cols) float32, m.
    """
    columns, rows = np.broadcast_arrays(*pixel_positions(motion.settings, margin=0))
    east = np.zeros((len(motion.times),) + columns.shape, np.float32)
    north = np.zeros_like(east)
    for index in range(1, len(motion.times)):
        shift = motion.displacement(columns, rows, 0, index)
        east[index], north[index] = east_north_from_shift(shift[0], shift[1], grid.transform)
    return east, north


def pair_displacement(settings: SimulateSettings, first: int, second: int):
    """True displacement between two scenes of a series (numbers from 0) at the pixels of the first.

    What a matcher should find for the pair, without the sensor's errors. Returns east, north: (rows, cols), m.
    """
    motion = Motion(settings, acquisition_dates(settings))
    shift = motion.displacement(*np.broadcast_arrays(*pixel_positions(settings, margin=0)), first, second)
    return east_north_from_shift(shift[0], shift[1], scene_grid(settings).transform)


def velocity_by_line_fit(cumulative, dates: Sequence[date]):
    """Velocity (m/yr) of the ordinary straight-line fit to (dates, rows, cols) metres, and its sigma."""
    time = years(np.array([days_between(dates[0], day) for day in dates], float))
    centred = time - time.mean()
    spread = float((centred ** 2).sum())
    mean = cumulative.mean(0, dtype=np.float64)
    slope = np.tensordot(centred, cumulative - mean, 1) / spread
    residual = sum((cumulative[i] - mean - slope * centred[i]) ** 2 for i in range(len(dates)))
    sigma = np.sqrt(residual / max(len(dates) - 2, 1) / spread)
    return slope.astype(np.float32), sigma.astype(np.float32)


def write_truth(folder: Path, motion: Motion, grid: Grid, dates: Sequence[date], event) -> Tuple[Path, np.ndarray]:
    """Write the series; returns its manifest and the largest motion of each pixel over the series, px."""
    components = dict(zip(("east", "north"), true_displacement(motion, grid)))
    history = (step("simulatescenes", motion.settings),)
    items = {"TM_UNIT": METRE, "TM_SIGN": SIGN_EAST_NORTH, "TM_REFERENCE": _REFERENCE,
             "TM_REFERENCE_DATE": dates[0].isoformat(), "TM_SECONDARY_DATE": dates[-1].isoformat(),
             "TM_HISTORY": to_text(history)}
    bands = [Band(day.isoformat(), METRE) for day in dates]
    fits = {}
    for name, values in components.items():
        with new_raster(folder / f"{name}.tif", grid, bands, items, pixel_interleaved=True, block=_TILE) as raster:
            raster.write_all(values)
        fits[f"velocity_{name}"], fits[f"sigma_{name}"] = velocity_by_line_fit(values, dates)
    fits["speed"] = np.hypot(fits["velocity_east"], fits["velocity_north"])
    names = ("velocity_east", "velocity_north", "speed", "sigma_east", "sigma_north")
    with new_raster(folder / "velocity.tif", grid, [Band(n, METRE_PER_YEAR) for n in names],
                    {**items, "TM_UNIT": METRE_PER_YEAR}) as raster:
        raster.write({name: fits[name] for name in names})
    _write_quality(folder / "quality.tif", grid, len(dates), items)
    manifest = SeriesManifest("optical", ("east", "north"), grid, tuple(dates),
                              {"east": "east.tif", "north": "north.tif"}, reference=_REFERENCE, history=history,
                              extra={"event": event.isoformat() if event else None})
    largest = np.hypot(components["east"], components["north"]).max(0) / grid.pixel_size
    return write_series(folder, manifest), largest


def _write_quality(path: Path, grid: Grid, dates: int, items) -> None:
    values = {"rmse_east": 0, "rmse_north": 0, "observations": dates, "components": 1, "start": 0,
              "temporal_coherence": 1, "flag": 0}
    units = {"rmse_east": METRE, "rmse_north": METRE, "start": DAY}
    with new_raster(path, grid, [Band(name, units.get(name, ONE)) for name in values], items) as raster:
        raster.write({name: np.full(grid.shape, value, np.float32) for name, value in values.items()})


def stable_ground(largest, water):
    """True on ground that holds still, at a distance from what moves and from water. water: with margin."""
    from scipy import ndimage
    dry = water[MARGIN:-MARGIN, MARGIN:-MARGIN] < 0.1
    return ndimage.binary_erosion((largest < STABLE_PX) & dry, iterations=STABLE_MARGIN_PX, border_value=1)


def write_polygons(path: Path, name: str, crs: str, shapes, attribute: str = "", kind=ogr.wkbPolygon) -> Path:
    """Write (value, WKT) shapes as a layer with one integer field."""
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer(name, spatial_reference(crs), kind)
    layer.CreateField(ogr.FieldDefn(attribute or name, ogr.OFTInteger))
    layer.StartTransaction()
    for value, text in shapes:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField(0, value)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(text))
        layer.CreateFeature(feature)
        feature = None
    layer.CommitTransaction()
    layer = source = None
    return path


def write_mask_polygons(path: Path, name: str, grid: Grid, mask) -> Path:
    """Write the areas where a mask is true as polygons along its pixels."""
    memory = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1, gdal.GDT_Byte)
    memory.SetGeoTransform(grid.transform)
    memory.SetProjection(spatial_reference(grid.crs).ExportToWkt())
    band = memory.GetRasterBand(1)
    band.WriteArray(mask.astype(np.uint8))
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer(name, spatial_reference(grid.crs), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn(name, ogr.OFTInteger))
    gdal.Polygonize(band, band, layer, 0, [])
    layer = source = band = memory = None
    return path
