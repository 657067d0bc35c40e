"""Sentinel-2's offset of baseline 04.00: by the tag, unless the numbers themselves contradict it."""
import logging
from pathlib import Path
from typing import Dict, Mapping, Sequence

import numpy as np
from osgeo import gdal

from ...io.raster import open_raster
from .assets import Asset
from .stac import Item

log = logging.getLogger(__name__)
_FLAG = "earthsearch:boa_offset_applied"
#: Reflectance that real ground does not fall below; atmospheric correction leaves a little less than 0 in shadows.
_DARKEST = -0.01
#: Share of such pixels that shadows and water don't explain. Wrongly tagged scenes have half of their pixels there.
_IMPOSSIBLE = 0.2
_SAMPLE = 512  # pixels per side that are looked at


def already_applied(item: Item, images: Mapping[Asset, Path]) -> bool:
    """True where an item says that the offset is not in its numbers, yet subtracting it makes impossible reflectances.

    Earth Search tags some scenes of 2022 and 2025 wrongly (its issues 66 and 71); over dark ground that shows.
    """
    if (item.get("properties") or {}).get(_FLAG) is not False:
        return False
    for asset, path in images.items():
        if not asset.scale or not asset.offset or asset.offset >= 0:
            continue
        with open_raster(path) as raster:
            grid = raster.grid
            step = max(1, -(-max(grid.width, grid.height) // _SAMPLE))
            values = raster.read(1)[::step, ::step]
        seen = values[np.isfinite(values) & (values != 0)]
        if seen.size and np.mean(seen * asset.scale + asset.offset < _DARKEST) > _IMPOSSIBLE:
            log.warning("%s: the item says that the offset of %g is still to be applied, but then %.0f %% of %s would be "
                        "darker than black. Taken as applied.", item.get("id"), asset.offset,
                        100 * np.mean(seen * asset.scale + asset.offset < _DARKEST), asset.name)
            return True
    return False


def restate(images: Sequence[Path]) -> None:
    """Set the offset of cut images to 0."""
    for path in images:
        dataset = gdal.OpenEx(str(path), gdal.OF_RASTER | gdal.OF_UPDATE)
        for number in range(1, dataset.RasterCount + 1):
            dataset.GetRasterBand(number).SetOffset(0.0)
        dataset.FlushCache()
        dataset = None


def stated(asset: Asset, applied: bool) -> Dict[str, float]:
    """scale and offset of a file, as its item here says them."""
    if not asset.scale:
        return {}
    return {"scale": asset.scale, "offset": 0.0 if applied else asset.offset or 0.0}
