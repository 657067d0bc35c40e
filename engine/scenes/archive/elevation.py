"""The Copernicus elevation model (GLO-30) of an area, from as many of its tiles as the area needs.

Heights in metres above EGM2008. A tile holds one degree, from its south-western corner; towards the poles its pixels
become wider in longitude, so that neighbours across 50, 60, 70 degrees have other grids.
"""
import logging
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np
from osgeo import gdal, osr

from ...compute.threads import map_threads
from ...core.errors import InputError
from ...core.grid import Grid
from ...core.history import step, to_text
from ...core.progress import Progress
from ...io.area import Area, utm
from ...io.raster import _quiet, check_writable, open_dataset, spatial_reference
from .archive_settings import ElevationSettings
from .assets import Asset
from .client import Client, NotThere, Patience
from .endpoints import endpoint_of
from .images import Outside, Plan, fetch, plan
from .remote import RemoteFile
from .transport import Transport, UrlTransport

log = logging.getLogger(__name__)
_EDGE_DEGREES = 0.003  # fetched around the area: a few pixels, also of GLO-90, so that borders are interpolated
_METRES_PER_DEGREE = 111_195.0
_CONNECTIONS = 4
_SLIT_METRES = 60.0
_CREATION = ["TILED=YES", "COMPRESS=DEFLATE", "PREDICTOR=3", "BIGTIFF=IF_SAFER"]
#: True bilinear interpolation: GDAL's wider kernel, by which it reduces, leans by up to 0.06 px and smears borders.
_TWO_BY_TWO = ["XSCALE=1", "YSCALE=1"]
Corner = Tuple[int, int]  # degrees north and east of a tile's south-western corner


@dataclass(frozen=True)
class ElevationResult:
    """tiles, gaps, sea: names of tiles of GLO-30, of those taken from GLO-90, and of open sea. fetched: bytes.
    lowest, highest: m."""
    path: Path
    tiles: Tuple[str, ...]
    gaps: Tuple[str, ...]
    sea: Tuple[str, ...]
    fetched: int
    lowest: float
    highest: float


@dataclass
class _Tile:
    corner: Corner
    turn: int  # degrees to add to its longitudes so that it lies beside its neighbours (across the 180th meridian)
    asset: Optional[Asset] = None
    planned: Optional[Plan] = None
    coarse: bool = False
    outside: bool = False
    place: Optional[Path] = None

    @property
    def name(self) -> str:
        return tile_name(*self.corner)


def tile_name(north: int, east: int) -> str:
    """N46_00_E008_00 of a south-western corner."""
    return f"{'N' if north >= 0 else 'S'}{abs(north):02d}_00_{'E' if east >= 0 else 'W'}{abs(east):03d}_00"


def run(area: Area, settings: ElevationSettings, output, transport: Optional[Transport] = None,
        progress: Optional[Progress] = None, patience: Patience = Patience()) -> ElevationResult:
    """Write the elevation of an area (one band, Float32, m, NaN = unknown) on its own grid.

    Raises InputError where the archive cannot be reached or the download would be too large.
    """
    progress, target = progress or Progress(), Path(output)
    check_writable(target.parent)
    grid = target_grid(area, settings)
    quiet = Progress(None, lambda: progress.stopped)
    client = Client(transport or UrlTransport(), endpoint_of(settings.address), quiet, patience)
    store = _Store(client, settings, target.with_name(f".{target.name}.part"), _around(grid), quiet)
    tiles = store.tiles()
    for number, _ in enumerate(map_threads(store.find, tiles, progress.part(0.0, 0.2), _CONNECTIONS), 1):
        progress.report(0.2 * number / len(tiles), f"Looking at {number} of {len(tiles)} tiles")
    wanted = [tile for tile in tiles if tile.planned]
    _check_size(wanted, settings)
    for number, _ in enumerate(map_threads(store.get, wanted, progress, _CONNECTIONS), 1):
        progress.report(0.2 + 0.6 * number / len(wanted), f"{number} of {len(wanted)} tiles")
    lowest, highest = _mosaic(tiles, grid, settings, target, progress.part(0.8, 1.0))
    shutil.rmtree(store.work, ignore_errors=True)
    known = [tile for tile in tiles if not tile.outside]
    return ElevationResult(target, tuple(t.name for t in known if t.planned and not t.coarse),
                           tuple(t.name for t in known if t.coarse), tuple(t.name for t in known if not t.planned),
                           store.fetched, lowest, highest)


class _Store:
    """The tiles of a box in degrees: which there are, and their parts in files of the folder `work`."""

    def __init__(self, client: Client, settings: ElevationSettings, work: Path, box: Tuple[float, float, float, float],
                 progress: Progress):
        self.work, self.fetched = work, 0
        self._client, self._settings, self._box, self._progress = client, settings, box, progress

    def tiles(self) -> List[_Tile]:
        west, south, east, north = self._box
        rows, columns = range(math.floor(south), math.ceil(north)), range(math.floor(west), math.ceil(east))
        wrapped = {column: (column + 180) % 360 - 180 for column in columns}
        return [_Tile((row, wrapped[column]), column - wrapped[column]) for row in rows for column in columns]

    def find(self, tile: _Tile) -> None:
        """Plan a tile; where it is missing, the coarser one; where both are, it is sea."""
        for address in filter(None, (self._settings.address, self._settings.gap_address)):
            href = address.replace("{tile}", tile.name)
            tile.coarse = address != self._settings.address
            tile.asset = Asset("elevation", href, "elevation", f"{tile.name}.tif", True)
            remote = RemoteFile(self._client, href, self.work / f"{tile.name}{'-90' if tile.coarse else ''}", self._told)
            try:
                tile.planned = plan(tile.asset, remote, self._area(tile))
                return
            except Outside:
                tile.outside = True
                return
            except NotThere:
                continue
        tile.coarse = False

    def get(self, tile: _Tile) -> None:
        """Fetch the part of a tile and cut it out."""
        place = self.work / f"{tile.name}.tif"
        fetch(tile.asset, tile.planned, place, {}, self._area(tile), self._progress)
        tile.place = place

    def _area(self, tile: _Tile) -> Area:
        west, south, east, north = self._box
        return Area((west - tile.turn, south, east - tile.turn, north))

    def _told(self, count: int) -> None:
        self.fetched += count  # for the log only


def target_grid(area: Area, settings: ElevationSettings) -> Grid:
    """The grid to write: the area with its margin, borders on multiples of the pixel size."""
    crs = settings.crs.strip() or utm(area)
    degrees = bool(spatial_reference(crs).IsGeographic())
    per_metre = 1 / _METRES_PER_DEGREE if degrees else 1.0
    size, margin = settings.pixel_size * per_metre, settings.margin * per_metre
    if degrees:
        size = round(size * 3600) / 3600 or size  # 30 m are one second of arc
        west, south, east, north = area.degrees()
        wider = 1 / max(math.cos(math.radians((south + north) / 2)), 0.01)
        box = (west - margin * wider, south - margin, east + margin * wider, north + margin)
    else:
        xs, ys = zip(*area.outline(crs))
        box = (min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)
    left, top = math.floor(box[0] / size) * size, math.ceil(box[3] / size) * size
    width, height = math.ceil((box[2] - left) / size), math.ceil((top - box[1]) / size)
    return Grid(crs, (left, size, 0.0, top, 0.0, -size), width, height)


def _around(grid: Grid) -> Tuple[float, float, float, float]:
    """West, south, east, north of a grid and the pixels around it."""
    xmin, ymin, xmax, ymax = grid.bounds
    west, south, east, north = Area((xmin, ymin, xmax, ymax), grid.crs).degrees()
    wider = _EDGE_DEGREES / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
    return west - wider, max(south - _EDGE_DEGREES, -90.0), east + wider, min(north + _EDGE_DEGREES, 90.0)


def _check_size(tiles: List[_Tile], settings: ElevationSettings) -> None:
    size = sum(tile.planned.size or 0 for tile in tiles) / 1e6
    log.info("To fetch: %d tiles, %.1f MB", len(tiles), size)
    if size > settings.max_size:
        raise InputError(f"The elevation model would be {size:.0f} MB, more than the {settings.max_size:.0f} MB of 'Largest "
                         "download'. Choose a smaller area, or raise it.")


def _mosaic(tiles: List[_Tile], grid: Grid, settings: ElevationSettings, target: Path,
            progress: Progress) -> Tuple[float, float]:
    """Interpolate all tiles onto the grid: sea below coarse below fine; tiles of one grid as one, without a seam."""
    sources = [_sea(tile) for tile in tiles if not tile.planned and not tile.outside]
    groups: Dict[tuple, list] = {}
    for tile in tiles:
        if tile.place is not None:
            opened = _turned(open_dataset(tile.place), tile.turn)
            transform = opened.GetGeoTransform()
            key = (not tile.coarse, round(1 / transform[1], 3), round(1 / abs(transform[5]), 3))  # pixels per degree
            groups.setdefault(key, []).append(opened)
    sources += [gdal.BuildVRT("", groups[key], resampleAlg="near") for key in sorted(groups)]
    xmin, ymin, xmax, ymax = grid.bounds
    finest = min((1 / key[2] for key in groups if key[0]), default=1 / 3600) * _METRES_PER_DEGREE
    coarser = settings.pixel_size > 1.5 * finest
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tif")
    try:
        with _quiet():
            made = gdal.Warp(str(temporary), sources, format="GTiff", dstSRS=spatial_reference(grid.crs),
                             outputBounds=(xmin, ymin, xmax, ymax), width=grid.width, height=grid.height,
                             resampleAlg="average" if coarser else "bilinear", outputType=gdal.GDT_Float32,
                             dstNodata=float("nan"), errorThreshold=0, creationOptions=_CREATION,
                             warpOptions=[] if coarser else _TWO_BY_TWO,
                             callback=lambda *_: 0 if progress.stopped else 1)
        progress.check()
        if made is None:
            raise InputError(f"The elevation model could not be written to {target} ({gdal.GetLastErrorMsg()}).")
        band = made.GetRasterBand(1)
        if any(tile.coarse for tile in tiles):
            # Both models lie half a pixel of their own off the degree: a slit of a pixel between them.
            gdal.FillNodata(band, None, math.ceil(_SLIT_METRES / settings.pixel_size) + 2, 0)
        band.SetDescription("elevation")
        band.SetUnitType("m")
        made.SetMetadataItem("TM_HISTORY", to_text([step("downloaddem", settings, heights="EGM2008")]))
        made.SetMetadataItem("ATTRIBUTION", "Copernicus DEM GLO-30, DLR e.V. 2010-2014 and Airbus Defence and Space GmbH "
                                            "2014-2018, provided under COPERNICUS by the European Union and ESA")
        lowest, highest = _range(band, grid)
        made.FlushCache()
        made = band = None
        os.replace(temporary, target)
    finally:
        made = band = None
        if temporary.exists():
            temporary.unlink()
    progress.report(1.0, f"{grid.width} x {grid.height} px")
    return lowest, highest


def _range(band, grid: Grid) -> Tuple[float, float]:
    low, high = math.inf, -math.inf
    for row in range(0, grid.height, 512):
        values = band.ReadAsArray(0, row, grid.width, min(512, grid.height - row))
        if np.isfinite(values).any():
            low, high = min(low, float(np.nanmin(values))), max(high, float(np.nanmax(values)))
    if low > high:
        raise InputError("The elevation model has no height here. Is the area on land?")
    return low, high


def _turned(dataset, degrees: int):
    """The same tile with longitudes moved, in memory."""
    if not degrees:
        return dataset
    moved = gdal.Translate("", dataset, format="VRT")
    transform = list(dataset.GetGeoTransform())
    transform[0] += degrees
    moved.SetGeoTransform(transform)
    return moved


def _sea(tile: _Tile):
    """A tile of height 0, a little larger than a degree: under it lie no gaps of half a pixel."""
    made = gdal.GetDriverByName("MEM").Create("", 4, 4, 1, gdal.GDT_Float32)
    made.SetGeoTransform((tile.corner[1] + tile.turn - 0.001, 0.2505, 0, tile.corner[0] + 1.001, 0, -0.2505))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    made.SetProjection(reference.ExportToWkt())
    return made
