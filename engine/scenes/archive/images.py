"""One image of an archive: what of it is needed, and the area cut out of it."""
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import List, Mapping, Optional

from osgeo import gdal

from ...core.errors import Cancelled, InputError
from ...core.grid import Grid, Window
from ...core.progress import Progress
from ...io.area import Area
from ...io.raster import _quiet, grid_of, open_dataset
from .assets import Asset
from .client import shown
from .remote import Changed, NoRanges, RemoteFile, check_sum
from .tiff import Range, images

#: Metadata item of a cut: from which file and for which area it was made.
KEY = "DOWNLOAD_KEY"
_CREATION = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER", "BLOCKXSIZE=256", "BLOCKYSIZE=256"]
_TRIES = 2  # of a file that changes, or comes damaged


class Outside(Exception):
    """The image does not reach the area."""


@dataclass
class Plan:
    """What is to be fetched of one file. ranges: None for the whole file. size: bytes to fetch, None if unknown.
    whole_size: of the file at the archive."""
    remote: RemoteFile
    ranges: Optional[List[Range]]
    grid: Optional[Grid] = None
    window: Optional[Window] = None

    @property
    def size(self) -> Optional[int]:
        if self.ranges is not None:
            return sum(last - first for first, last in self.remote.missing(self.ranges))
        return None if self.remote.size is None else self.remote.size - self.remote.here

    @property
    def whole_size(self) -> Optional[int]:
        return self.remote.size


def key_of(asset: Asset, area: Optional[Area]) -> str:
    """What decides how a file looks: where it comes from and for which area. No query, which may be a signature."""
    return json.dumps([shown(asset.href), None if area is None else [*(round(v, 9) for v in area.bounds), area.crs]])


def plan(asset: Asset, remote: RemoteFile, area: Optional[Area]) -> Plan:
    """What of a file is needed: the blocks of a TIFF that the area touches, else the whole file.

    Reads the directories of the file only. Raises Outside, or InputError for a damaged file.
    """
    if area is None or not asset.tiff:
        if remote.probe() is None and asset.size is not None:
            remote.size = asset.size
        return Plan(remote, None)
    for left in reversed(range(_TRIES)):
        try:
            return _plan_window(asset, remote, area)
        except NoRanges:
            return Plan(remote, None)
        except Changed as error:
            if not left:
                raise InputError(f"{shown(asset.href)} changes while it is read. Run again later.") from error
    raise AssertionError("unreachable")


def _plan_window(asset: Asset, remote: RemoteFile, area: Area) -> Plan:
    name = shown(asset.href)
    found = images(remote.read, name)
    main = found[0]
    grid = grid_of(open_dataset(remote.sparse(), ["NUM_THREADS=1"]))
    if not grid.crs:
        raise InputError(f"{name} has no coordinate system, so the area cannot be found in it. Leave the area empty to "
                         "get the whole image.")
    window = area.window(grid)
    if window is None:
        raise Outside()
    ranges = [r for image in found if (image.width, image.height) == (main.width, main.height)
              for r in image.ranges(window)]
    if any(last > remote.size for _, last in ranges):
        raise InputError(f"{name} is truncated at the archive ({remote.size} bytes). Choose another scene, or tell the "
                         "archive.")
    return Plan(remote, ranges, grid, window)


def fetch(asset: Asset, planned: Plan, target: Path, items: Mapping[str, str], area: Optional[Area],
          progress: Progress) -> None:
    """Fetch what is planned and write `target`. Raises InputError if the file stays damaged after a second try."""
    problem = ""
    for _ in range(_TRIES):
        try:
            problem = _fetch_once(asset, planned, target, items, area, progress)
        except Changed:
            problem = "it changes while it is read"
            planned = plan(asset, planned.remote, area)
            continue
        if not problem:
            planned.remote.discard()
            return
        planned.remote.discard()
        planned = plan(asset, planned.remote, area)
    raise InputError(f"{shown(asset.href)} came damaged twice: {problem}. Try again later, or choose another scene.")


def _fetch_once(asset: Asset, planned: Plan, target: Path, items: Mapping[str, str], area: Optional[Area],
                progress: Progress) -> str:
    """Returns what is wrong with what came; empty if nothing is."""
    remote = planned.remote
    if planned.ranges is not None:
        try:
            remote.fetch(planned.ranges)
            return _cut(remote.sparse(), planned.window, asset, target, items, progress)
        except NoRanges:
            planned.ranges = None
    path = remote.whole()
    if asset.size is not None and path.stat().st_size != asset.size:
        return f"it has {path.stat().st_size} bytes, not {asset.size}"
    problem = check_sum(path, asset.checksum, progress)
    if problem:
        return problem
    if area is not None and asset.tiff:
        window = area.window(grid_of(open_dataset(path)))
        if window is None:
            raise Outside()
        return _cut(str(path), window, asset, target, items, progress)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)
    return ""


def _cut(source: str, window: Window, asset: Asset, target: Path, items: Mapping[str, str], progress: Progress) -> str:
    """Write a window as GeoTIFF: the archive's own numbers, with their scale, offset and what is known of the scene."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    opened = open_dataset(source)
    options = list(_CREATION)
    if opened.GetRasterBand(1).DataType in (gdal.GDT_Byte, gdal.GDT_UInt16, gdal.GDT_Int16, gdal.GDT_UInt32,
                                            gdal.GDT_Int32):
        options.append("PREDICTOR=2")
    try:
        with _quiet():
            try:
                made = gdal.Translate(str(temporary), opened, format="GTiff", creationOptions=options,
                                      srcWin=[window.column, window.row, window.columns, window.rows],
                                      callback=lambda *_: 0 if progress.stopped else 1)
            except RuntimeError as error:
                made, reason = None, str(error)
            else:
                reason = gdal.GetLastErrorMsg()
        progress.check()
        if made is None:
            return f"GDAL cannot read it ({reason or 'no reason given'})"
        _describe(made, asset, items)
        made.FlushCache()
        made = None
        os.replace(temporary, target)
        return ""
    except Cancelled:
        made = None
        raise
    finally:
        made = opened = None
        if temporary.exists():
            temporary.unlink()


def annotate(path: Path, asset: Asset, items: Mapping[str, str]) -> None:
    """Say of a whole file what a cut says of itself, beside it (.aux.xml): its own bytes stay the archive's."""
    dataset = open_dataset(path)
    _describe(dataset, asset, items)
    dataset.FlushCache()
    dataset = None


def _describe(dataset, asset: Asset, items: Mapping[str, str]) -> None:
    for key, value in items.items():
        dataset.SetMetadataItem(key, value)
    for number in range(1, dataset.RasterCount + 1):
        band = dataset.GetRasterBand(number)
        if asset.scale:
            band.SetScale(asset.scale)
            band.SetOffset(asset.offset or 0.0)
        if band.GetNoDataValue() is None and asset.nodata is not None:
            band.SetNoDataValue(asset.nodata)
        if dataset.RasterCount == 1 and not band.GetDescription() and asset.name:
            band.SetDescription(asset.name)
