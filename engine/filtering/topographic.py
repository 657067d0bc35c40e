"""Remove motion where the slope, or the direction against the slope, excludes it (Provost et al. 2022, 2.2.3)."""
from dataclasses import dataclass
from typing import Optional

import numpy as np
from osgeo import gdal

from ..core.errors import GridError, InputError
from ..core.flags import Flag
from ..core.grid import Grid, Window
from ..core.history import step
from ..core.progress import Progress
from ..io.displacement import OPTICAL, DisplacementReader, open_displacement
from ..io.ground import metres_per_pixel
from ..io.raster import PathLike, _quiet, open_dataset, spatial_reference
from ..io.vectors import Vectors
from .passes import FilterResult, filter_displacement, noise
from .settings import TopographicSettings

_FLAT = 2.0  # degrees: flatter ground has no direction downslope that a DEM could tell
_NOISE = 2.0  # x sigma: slower motion has no direction


def run(displacement: PathLike, settings: TopographicSettings, output: PathLike, progress: Progress,
        dem: Optional[PathLike] = None) -> FilterResult:
    """Flag motion that the topography excludes. dem: heights in metres, any grid and coordinate system."""
    with open_displacement(displacement) as source:
        prepared = prepare(source, settings, dem)
        return filter_displacement(source, [prepared], [step("topographicfilter", settings, dem=str(dem))], output,
                                   progress)[0]


@dataclass(frozen=True)
class TopographicFilter:
    """dem: path. grid: of the displacement. noise: of one component, m, for pixels without sigma."""
    settings: TopographicSettings
    dem: str
    grid: Grid
    noise: float
    halo: int = 0  # the DEM is read with a margin of its own

    def apply(self, vectors: Vectors, window: Window) -> Vectors:
        east_slope, north_slope = gradient(self.dem, self.grid, window)
        slope = np.degrees(np.arctan(np.hypot(east_slope, north_slope)))
        with np.errstate(invalid="ignore"):  # outside the DEM nothing is judged
            wrong = (slope < self.settings.min_slope) | (slope > self.settings.max_slope)
            if self.settings.max_aspect < 180.0:
                sigma = np.where(np.isfinite(vectors.sigma), vectors.sigma, self.noise)
                moving = np.hypot(*vectors.values) > _NOISE * sigma
                off = deviation(vectors.values[0], vectors.values[1], east_slope, north_slope)
                wrong |= moving & (slope >= _FLAT) & (off > self.settings.max_aspect)
        return vectors.without(wrong, Flag.TOPOGRAPHIC)


def prepare(source: DisplacementReader, settings: TopographicSettings, dem: Optional[PathLike]) -> TopographicFilter:
    """The filter for one displacement. Raises InputError without a DEM, GridError if it lies elsewhere."""
    if not dem:
        raise InputError("The topographic filter needs a DEM. Choose one, or switch this filter off.")
    if settings.max_aspect < 180.0 and source.components != OPTICAL:
        raise InputError(f"{source.path} holds motion along the line of sight, which has no direction on the map. "
                         "Set the largest deviation from downslope to 180°.")
    spread = noise(source)
    _require_cover(source, str(dem))
    return TopographicFilter(settings, str(dem), source.grid, spread)


def gradient(dem: str, grid: Grid, window: Window):
    """(rise toward east, rise toward north) of a window, m/m, NaN outside the DEM.

    The DEM is resampled bilinearly to the grid; central differences over two pixels.
    """
    height = resample(dem, grid.part(Window(window.row - 1, window.column - 1, window.rows + 2, window.columns + 2)))
    per_column = 0.5 * (height[1:-1, 2:] - height[1:-1, :-2])
    per_row = 0.5 * (height[2:, 1:-1] - height[:-2, 1:-1])
    # dz = z_e de + z_n dn holds for the steps of a column and of a row: two equations for each pixel.
    inverse = np.linalg.inv(metres_per_pixel(grid).T)
    return (inverse[0, 0] * per_column + inverse[0, 1] * per_row,
            inverse[1, 0] * per_column + inverse[1, 1] * per_row)


def deviation(east, north, east_slope, north_slope) -> np.ndarray:
    """Angle between motion and steepest descent, 0..180 degrees; NaN where either has no direction."""
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = -(east * east_slope + north * north_slope) / (np.hypot(east, north) * np.hypot(east_slope, north_slope))
        return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def resample(dem: str, grid: Grid) -> np.ndarray:
    """(rows, columns) float64 heights on a grid, bilinear, NaN outside."""
    target = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1, gdal.GDT_Float64)
    target.SetGeoTransform(grid.transform)
    if grid.crs:
        target.SetProjection(spatial_reference(grid.crs).ExportToWkt())
    target.GetRasterBand(1).SetNoDataValue(float("nan"))
    target.GetRasterBand(1).Fill(float("nan"))
    source = gdal.Translate("", open_dataset(dem), format="VRT", bandList=[1])
    with _quiet():
        try:
            gdal.Warp(target, source, resampleAlg="bilinear", dstNodata=float("nan"), errorThreshold=0)
        except RuntimeError as error:
            raise GridError(f"{dem} cannot be brought onto the displacement's grid ({error}). Check its coordinate "
                            "system.") from error
    return target.GetRasterBand(1).ReadAsArray()


def _require_cover(source: DisplacementReader, dem: str) -> None:
    """Refuse a DEM without a height in a coarse view of the displacement's area."""
    grid = source.grid
    step_px = max(1, min(grid.shape) // 32)
    if not np.isfinite(resample(dem, grid.coarser(step_px))).any():
        raise GridError(f"The DEM {dem} does not cover {source.path}. Choose a DEM of this area, or check its "
                        "coordinate system.")
