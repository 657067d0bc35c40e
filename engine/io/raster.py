"""Reading and writing rasters by window. Writing is atomic: a temporary name, renamed when complete."""
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, Mapping, Optional, Sequence, Tuple, Union

import numpy as np
from osgeo import gdal, osr

from ..core.errors import GridError, InputError
from ..core.grid import Grid, Window

_CREATION = ("TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1", "BIGTIFF=IF_SAFER")
_GDAL_TYPES = {"float32": gdal.GDT_Float32, "uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16,
               "int16": gdal.GDT_Int16}
_NO_GEOREFERENCE = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)

PathLike = Union[str, Path]


@contextmanager
def _quiet() -> Iterator[None]:
    """GDAL's own messages go into our errors, not to the terminal."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        yield
    finally:
        gdal.PopErrorHandler()


def open_dataset(path: PathLike, options: Sequence[str] = ()):
    """Open a raster with GDAL, read only. Raises InputError naming the file, whatever GDAL's exception mode is."""
    reason = ""
    with _quiet():
        gdal.ErrorReset()
        try:
            dataset = gdal.OpenEx(str(path), gdal.OF_RASTER, open_options=list(options))
        except RuntimeError as error:
            dataset, reason = None, str(error)
        reason = reason or gdal.GetLastErrorMsg()
    if dataset is None:
        if not str(path).startswith("/vsi") and not os.path.exists(str(path)) and ":" not in str(path)[2:]:
            raise InputError(f"The raster {path} does not exist. Check the path.")
        raise InputError(f"{path} cannot be read as a raster ({reason or 'unknown format'}). "
                         "Choose a GeoTIFF, JPEG 2000 or another raster that GDAL reads.")
    return dataset


def grid_of(dataset) -> Grid:
    """The grid of an open GDAL dataset."""
    transform = dataset.GetGeoTransform(can_return_null=True)
    return Grid(crs_text(dataset.GetProjection()), tuple(transform) if transform else _NO_GEOREFERENCE,
                dataset.RasterXSize, dataset.RasterYSize)


def crs_text(wkt: str) -> str:
    """"EPSG:n" where the coordinate system says so, else its WKT; empty stays empty."""
    if not wkt:
        return ""
    reference = spatial_reference(wkt)
    code = reference.GetAuthorityCode(None)
    if code and reference.GetAuthorityName(None) == "EPSG":
        return f"EPSG:{code}"
    return wkt


def spatial_reference(crs: str) -> osr.SpatialReference:
    """An OSR reference with x = east, y = north axis order from "EPSG:n", WKT or PROJ text."""
    reference = osr.SpatialReference()
    with _quiet():
        try:
            failed = reference.SetFromUserInput(crs) != 0
        except RuntimeError:
            failed = True
    if failed:
        raise InputError(f"The coordinate system '{crs[:60]}' is not understood. Use EPSG:n or WKT.")
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def same_crs(first: str, second: str) -> bool:
    """True if two coordinate systems are the same (a missing one only equals a missing one)."""
    if first == second or not first or not second:
        return first == second
    return bool(spatial_reference(first).IsSame(spatial_reference(second)))


@dataclass(frozen=True)
class Band:
    """What a band of an output is called and its unit ("1" where it has none)."""
    name: str
    unit: str = "1"


@dataclass
class RasterReader:
    """An open raster. One reader per thread. Values are read as float32 with NaN where there is no data."""
    path: str
    grid: Grid
    bands: Tuple[str, ...]
    units: Tuple[str, ...]
    metadata: Dict[str, str]
    _dataset: object = field(repr=False)

    def has(self, name: str) -> bool:
        return name in self.bands

    def number(self, band: Union[int, str]) -> int:
        """1-based number of a band given by name or number. Raises InputError if it is not there."""
        if isinstance(band, int):
            if 1 <= band <= len(self.bands):
                return band
        elif band in self.bands:
            return self.bands.index(band) + 1
        raise InputError(f"{self.path} has no band '{band}'; it has {', '.join(self.bands)}.")

    def read(self, band: Union[int, str] = 1, window: Optional[Window] = None) -> np.ndarray:
        """(rows, columns) float32, NaN = no data."""
        return self._masked(self._dataset.GetRasterBand(self.number(band)), window or self.grid.window)

    def read_raw(self, band: Union[int, str] = 1, window: Optional[Window] = None) -> np.ndarray:
        """(rows, columns) in the file's own type, for classes and flags."""
        return self._array(self._dataset.GetRasterBand(self.number(band)), window or self.grid.window)

    def read_bands(self, window: Optional[Window] = None, bands: Optional[Sequence[Union[int, str]]] = None):
        """(bands, rows, columns) float32, NaN = no data."""
        wanted = list(bands) if bands is not None else list(range(1, len(self.bands) + 1))
        return np.stack([self.read(band, window) for band in wanted])

    def read_reduced(self, band: Union[int, str], rows: int, columns: int, nodata: Optional[float] = None) -> np.ndarray:
        """The whole band at (rows, columns) px, float32, NaN = no data; from overviews where there are some.

        nodata: stored number that means no data, where the file does not declare one. Without overviews the nearest
        pixels are taken, so that not everything has to be read.
        """
        raster = self._dataset.GetRasterBand(self.number(band))
        averaged = raster.GetOverviewCount() > 0 or self.grid.height <= 2 * rows
        raw = self._array(raster, self.grid.window, buf_xsize=columns, buf_ysize=rows,
                          resample_alg=gdal.GRIORA_Average if averaged else gdal.GRIORA_NearestNeighbour)
        return self._without(raw, raster.GetNoDataValue() if nodata is None else nodata)

    def _array(self, band, window: Window, **how) -> np.ndarray:
        with _quiet():
            try:
                values = band.ReadAsArray(window.column, window.row, window.columns, window.rows, **how)
            except RuntimeError as error:
                raise InputError(f"{self.path} is damaged or truncated ({error}). Get the file again.") from error
            if values is None:
                raise InputError(f"{self.path} is damaged or truncated ({gdal.GetLastErrorMsg()}). "
                                 "Get the file again.")
        return values

    def _masked(self, band, window: Window) -> np.ndarray:
        return self._without(self._array(band, window), band.GetNoDataValue())

    @staticmethod
    def _without(raw: np.ndarray, nodata: Optional[float]) -> np.ndarray:
        values = raw.astype(np.float32)
        if nodata is not None and nodata == nodata:
            values[raw == nodata] = np.nan
        return values


@contextmanager
def open_raster(path: PathLike, options: Sequence[str] = ()) -> Iterator[RasterReader]:
    """Open a raster for reading by window; closed at the end of the block."""
    dataset = open_dataset(path, options)
    count = dataset.RasterCount
    if count == 0:
        raise InputError(f"{path} holds no raster band. Choose one of its sub-datasets.")
    rasters = [dataset.GetRasterBand(i) for i in range(1, count + 1)]
    names = tuple(band.GetDescription() or str(i) for i, band in enumerate(rasters, 1))
    try:
        yield RasterReader(str(path), grid_of(dataset), names, tuple(band.GetUnitType() or "" for band in rasters),
                           dict(dataset.GetMetadata() or {}), dataset)
    finally:
        rasters.clear()
        del dataset


class RasterWriter:
    """A raster that is being written. Bands are given by name; a band that is never written stays NaN (or 0)."""

    def __init__(self, dataset, grid: Grid, bands: Sequence[Band], path: Path):
        self._dataset, self.grid, self.path = dataset, grid, path
        self._numbers = {band.name: number for number, band in enumerate(bands, 1)}

    def write(self, values: Mapping[str, np.ndarray], window: Optional[Window] = None) -> None:
        """Write arrays (rows, columns) of a window; from one thread only."""
        window = window or self.grid.window
        for name, array in values.items():
            band = self._dataset.GetRasterBand(self._numbers[name])
            _check_written(band.WriteArray(np.ascontiguousarray(array), window.column, window.row), self.path)

    def write_all(self, values: np.ndarray, window: Optional[Window] = None) -> None:
        """Write (bands, rows, columns) of a window at once: one pass for pixel-interleaved files."""
        window = window or self.grid.window
        _check_written(self._dataset.WriteArray(np.ascontiguousarray(values), window.column, window.row), self.path)

    def set_metadata(self, items: Mapping[str, str]) -> None:
        """Add metadata items that are known only at the end."""
        for key, value in items.items():
            self._dataset.SetMetadataItem(key, str(value))

    def flush(self) -> None:
        """Bring everything written so far to the file, so that it is there even if the program is killed."""
        self._dataset.FlushCache()
        self._dataset.FlushCache()  # the first one leaves the list of blocks in a buffer of GDAL's

    def close(self) -> None:
        """Flush and let go of the file; nothing can be written afterwards."""
        self._dataset.FlushCache()
        self.drop()

    def drop(self) -> None:
        """Let go of the file, complete or not."""
        self._dataset = None


def _check_written(code, path: Path) -> None:
    if code:
        raise InputError(f"{path} could not be written ({gdal.GetLastErrorMsg()}). Is the disk full?")


@contextmanager
def new_raster(path: PathLike, grid: Grid, bands: Sequence[Band], metadata: Optional[Mapping[str, str]] = None,
               pixel_interleaved: bool = False, block: int = 256, dtype: str = "float32",
               nodata: Optional[float] = None) -> Iterator[RasterWriter]:
    """Create a GeoTIFF under a temporary name; renamed if the block succeeds, removed if it fails or is cancelled.

    metadata: TM_* items. pixel_interleaved: all bands of a tile in one block, so that a pixel's whole history is
    one small read. Float bands get the no-data tag NaN unless the layout of another program needs `nodata`.
    """
    target = Path(path)
    check_writable(target.parent)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    writer = create_raster(temporary, target, grid, bands, metadata, pixel_interleaved, block, dtype, nodata)
    try:
        yield writer
        writer.close()
        os.replace(temporary, target)
    finally:
        writer.drop()
        if temporary.exists():
            temporary.unlink()


def create_raster(file: Path, target: Path, grid: Grid, bands: Sequence[Band],
                  metadata: Optional[Mapping[str, str]] = None, pixel_interleaved: bool = False, block: int = 256,
                  dtype: str = "float32", nodata: Optional[float] = None) -> "RasterWriter":
    """A GeoTIFF as `new_raster` makes it, under the name `file` and without its care for complete files.

    target: the name that it will have, for messages.
    """
    floating = dtype == "float32"
    options = list(_CREATION) + [f"BLOCKXSIZE={block}", f"BLOCKYSIZE={block}", f"PREDICTOR={3 if floating else 2}",
                                 f"INTERLEAVE={'PIXEL' if pixel_interleaved else 'BAND'}"]
    with _quiet():
        dataset = gdal.GetDriverByName("GTiff").Create(str(file), grid.width, grid.height, len(bands),
                                                       _GDAL_TYPES[dtype], options)
    if dataset is None:
        raise InputError(f"{target} cannot be created ({gdal.GetLastErrorMsg()}). Choose a folder you can write to.")
    dataset.SetGeoTransform(grid.transform)
    if grid.crs:
        dataset.SetProjection(spatial_reference(grid.crs).ExportToWkt())
    for key, value in (metadata or {}).items():
        dataset.SetMetadataItem(key, str(value))
    missing = float("nan") if floating and nodata is None else nodata
    for number, band in enumerate(bands, 1):
        raster = dataset.GetRasterBand(number)
        raster.SetDescription(band.name)
        raster.SetUnitType(band.unit)
        if missing is not None:
            raster.SetNoDataValue(missing)
        raster = None
    return RasterWriter(dataset, grid, bands, target)


def continue_raster(file: Path, target: Path, grid: Grid, bands: Sequence[Band]) -> "RasterWriter":
    """The raster `file` that `create_raster` began with the same grid and bands, to go on writing."""
    with _quiet():
        dataset = gdal.OpenEx(str(file), gdal.OF_RASTER | gdal.OF_UPDATE)
    if dataset is None:
        raise InputError(f"{file} cannot be written ({gdal.GetLastErrorMsg()}). Remove it and run the step again.")
    return RasterWriter(dataset, grid, bands, target)


def is_raster(file: Path) -> bool:
    """True for a file that GDAL opens as a raster."""
    try:
        return open_dataset(file) is not None
    except InputError:
        return False


def check_writable(folder: PathLike) -> Path:
    """Make a folder and prove that files can be written there. Raises InputError with what to do."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".terrain-motion-{os.getpid()}-{threading.get_ident()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"Results cannot be written to {folder} ({error.strerror or error}). "
                         "Choose a folder you may write to.") from error
    return folder


def require_same_grid(first: RasterReader, second: RasterReader) -> None:
    """Raise GridError, naming both files, unless two rasters have one coordinate system and grid."""
    if not same_crs(first.grid.crs, second.grid.crs):
        raise GridError(f"{first.path} and {second.path} have different coordinate systems "
                        f"({first.grid.crs[:40]}, {second.grid.crs[:40]}). Reproject one of them.")
    if not first.grid.equals(second.grid):
        raise GridError(f"{first.path} ({first.grid.width} x {first.grid.height} px of {first.grid.pixel_size:g} m) "
                        f"and {second.path} ({second.grid.width} x {second.grid.height} px of "
                        f"{second.grid.pixel_size:g} m) are on different grids. Resample one onto the other.")
