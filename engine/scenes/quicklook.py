"""Quick look: a small picture of a scene from its preview or its overviews, never from whole bands."""
from typing import Union

import numpy as np

from ..core.scene import Scene
from ..io.products.model import BandSource
from ..io.products.roles import natural
from ..io.raster import PathLike, open_raster
from ..io.scene_reader import read_product

_LOW, _HIGH = 1.0, 98.0  # percentiles that become black and white
_GAMMA = 1.0 / 1.4       # lifts dark ground beside bright clouds


def quicklook(scene: Union[Scene, PathLike], size: int = 256) -> np.ndarray:
    """A natural-colour picture of a scene: uint8 (3, rows, columns), red, green, blue; black = no data.

    scene: a scene, or its path (image, product folder, zip, MTL). size: of the longer side, px; never more than the
    image has. Sentinel-2's own preview is taken where it is there. Otherwise bands are read at reduced resolution,
    one band as grey. Raises InputError that names the file if it cannot be read.
    """
    product = read_product(scene.path if isinstance(scene, Scene) else scene, dated=False)
    if product.preview:
        with open_raster(product.preview) as raster:
            if len(raster.bands) >= 3:
                rows, columns = _shape(raster.grid.shape, size)
                picture = np.stack([raster.read_reduced(band, rows, columns) for band in (1, 2, 3)])
                return np.nan_to_num(picture).clip(0, 255).astype(np.uint8)
    sources = natural(product)
    first = _reduced(sources[0], size)
    if sources[1] == sources[0]:
        return _stretched(np.broadcast_to(first, (3, *first.shape)))
    return _stretched(np.stack([first, *(_reduced(source, size, first.shape) for source in sources[1:])]))


def _shape(shape, size: int):
    factor = min(1.0, size / max(shape))
    return tuple(max(1, int(round(n * factor))) for n in shape)


def _reduced(source: BandSource, size: int, shape=None) -> np.ndarray:
    """A band at the size of the picture, NaN = no data. Scaling does not matter: the picture is stretched."""
    with open_raster(source.path) as raster:
        rows, columns = shape or _shape(raster.grid.shape, size)
        return raster.read_reduced(source.number, rows, columns, source.nodata) * source.scale + source.offset


def _stretched(bands: np.ndarray) -> np.ndarray:
    """Each band from its own dark end, so that haze does not tint the picture; one span for all, so that colours stay."""
    seen = np.isfinite(bands).all(axis=0)
    picture = np.zeros(bands.shape, np.uint8)
    if seen.any():
        low, high = np.percentile(bands[:, seen], (_LOW, _HIGH), axis=1)
        low = np.maximum(low, 0.0)  # over-corrected pixels of level 2 have negative reflectance
        share = np.clip((bands[:, seen] - low[:, None]) / max(float((high - low).max()), 1e-6), 0.0, 1.0)
        picture[:, seen] = np.round(1.0 + 254.0 * share ** _GAMMA)
    return picture
