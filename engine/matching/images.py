"""Images and class masks of a pair on one grid: read by window, resampled once where they lie on another."""
from dataclasses import dataclass
from typing import List, Optional, Sequence

import numpy as np

from ..core.errors import GridError, InputError
from ..core.flags import CLASS_FLAGS, CLASS_SNOW, CLASS_WATER
from ..core.grid import Grid, Window
from ..io.raster import grid_of, open_dataset, open_raster, same_crs
from ..io.scene_reader import BandSource, band_grid, band_source
from .settings import MatchSettings


@dataclass(frozen=True)
class Image:
    """A band of a scene. name: the path that the user knows."""
    name: str
    source: BandSource
    grid: Grid

    def read(self, grid: Grid, window: Window) -> np.ndarray:
        """(rows, columns) float32 of a window of `grid`, NaN = no data or outside. Opens the file: any thread."""
        values = _read(self.source.path, self.source.number, self.grid, grid, window, self.source.nodata)
        if (self.source.scale, self.source.offset) != (1.0, 0.0):
            values = values * np.float32(self.source.scale) + np.float32(self.source.offset)
        return values


def open_image(path, band: str = "") -> Image:
    """The band of a scene (plain raster or product). Raises InputError if it cannot be read."""
    source = band_source(path, band)
    return Image(str(path), source, band_grid(source))


def open_images(path, bands: Sequence[str]) -> List[Image]:
    """The bands of a scene, which must share a grid up to resolution; the default band if none is named."""
    return [open_image(path, band) for band in (bands or [""])]


@dataclass(frozen=True)
class Mask:
    """A class raster (codes of core.flags)."""
    path: str
    grid: Grid

    def read(self, grid: Grid, window: Window, settings: MatchSettings) -> np.ndarray:
        """(rows, columns) uint8: the flag of each masked pixel, 0 where it can be used (also where no class is known)."""
        values = _read(self.path, 1, self.grid, grid, window, None, nearest=True)
        flags = np.zeros(values.shape, np.uint8)
        for code, flag in CLASS_FLAGS.items():
            if (code == CLASS_WATER and not settings.mask_water) or (code == CLASS_SNOW and not settings.mask_snow):
                continue
            flags[values == code] = flag
        return flags


def open_mask(path, image: Image) -> Optional[Mask]:
    """The class raster of an image; None where the path is empty. Raises if it lies elsewhere."""
    if not path:
        return None
    mask = Mask(str(path), grid_of(open_dataset(path)))
    if not same_crs(mask.grid.crs, image.grid.crs):
        raise GridError(f"The mask {path} has another coordinate system ({mask.grid.crs[:40] or 'none'}) than its image "
                        f"{image.name} ({image.grid.crs[:40] or 'none'}). Reproject the mask, or leave it out.")
    return mask


def common_grid(reference: Image, secondary: Image) -> Grid:
    """The overlap of two images on the reference's lattice. Raises GridError, naming both, where there is none."""
    require_same_crs(reference, secondary)
    return overlap(reference.grid, secondary.grid, reference.name, secondary.name)


def require_same_crs(reference: Image, secondary: Image) -> None:
    """Raise GridError unless both images have the same coordinate system."""
    first, second = reference.grid.crs, secondary.grid.crs
    if not same_crs(first, second):
        raise GridError(f"{reference.name} and {secondary.name} have different coordinate systems "
                        f"({first[:60] or 'none'} and {second[:60] or 'none'}). Reproject one of them onto the other.")


def overlap(grid: Grid, other: Grid, name: str, other_name: str) -> Grid:
    """The part of `grid` that `other` covers, whole pixels of `grid`."""
    corners = [grid.pixel(*other.xy(column, row)) for column in (0, other.width) for row in (0, other.height)]
    columns, rows = zip(*corners)
    left, top = max(0, int(np.ceil(min(columns) - 1e-3))), max(0, int(np.ceil(min(rows) - 1e-3)))
    right = min(grid.width, int(np.floor(max(columns) + 1e-3)))
    bottom = min(grid.height, int(np.floor(max(rows) + 1e-3)))
    if right <= left or bottom <= top:
        raise GridError(f"{name} and {other_name} do not overlap: they cover x {_span(grid, 0)}, y {_span(grid, 1)} and "
                        f"x {_span(other, 0)}, y {_span(other, 1)}. Choose scenes of the same area.")
    return grid.part(Window(top, left, bottom - top, right - left))


def _span(grid: Grid, axis: int) -> str:
    bounds = grid.bounds
    return f"{bounds[axis]:.0f} to {bounds[axis + 2]:.0f}"


def cover(grids: Sequence[Grid]) -> Grid:
    """The smallest grid on the first one's lattice that holds all of them."""
    first = grids[0]
    corners = [first.pixel(*g.xy(c, r)) for g in grids for c in (0, g.width) for r in (0, g.height)]
    columns, rows = zip(*corners)
    left, top = int(np.floor(min(columns) + 1e-3)), int(np.floor(min(rows) + 1e-3))
    right, bottom = int(np.ceil(max(columns) - 1e-3)), int(np.ceil(max(rows) - 1e-3))
    return first.part(Window(top, left, bottom - top, right - left))


def _read(path: str, band: int, own: Grid, grid: Grid, window: Window, nodata: Optional[float],
          nearest: bool = False) -> np.ndarray:
    """A window of `grid` from a raster with the grid `own`; stored numbers as float32, NaN = no data."""
    if own.same_lattice(grid):
        return _read_shifted(path, band, own, grid, window, nodata)
    return _read_resampled(path, band, grid.part(window), nodata, nearest)


def _read_shifted(path, band, own: Grid, grid: Grid, window: Window, nodata) -> np.ndarray:
    values = np.full((window.rows, window.columns), np.nan, np.float32)
    column, row = (int(round(v)) for v in own.pixel(*grid.xy(window.column, window.row)))
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + window.rows, own.height), min(column + window.columns, own.width)
    if bottom <= top or right <= left:
        return values
    with open_raster(path) as raster:
        part = raster.read(band, Window(top, left, bottom - top, right - left))
    if nodata is not None:
        part[part == nodata] = np.nan
    values[top - row:bottom - row, left - column:right - column] = part
    return values


def _read_resampled(path, band, target: Grid, nodata, nearest: bool) -> np.ndarray:
    """Cubic convolution, widened by GDAL where the target is coarser, so that nothing is aliased."""
    from osgeo import gdal
    source = open_dataset(path)
    declared = source.GetRasterBand(band).GetNoDataValue()
    missing = declared if declared is not None else nodata
    xmin, ymin, xmax, ymax = target.bounds
    view = gdal.Translate("", source, format="VRT", bandList=[band])
    made = gdal.Warp("", view, format="MEM", width=target.width, height=target.height, outputType=gdal.GDT_Float32,
                     outputBounds=(xmin, ymin, xmax, ymax), dstNodata=float("nan"), errorThreshold=0,
                     srcNodata="nan" if missing is None or missing != missing else missing,
                     resampleAlg="near" if nearest else "cubic")
    if made is None:
        raise InputError(f"{path} could not be resampled ({gdal.GetLastErrorMsg()}). Run Prepare on the scenes first.")
    values = made.ReadAsArray()
    return values if target.transform[5] < 0 else values[::-1]
