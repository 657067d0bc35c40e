"""Scenes from files: what a product says of itself, and where its bands are. No pixel is read to describe a scene."""
import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Optional

import numpy as np

from ..core.errors import InputError
from ..core.grid import Grid, Window
from .products import footprints, landsat, plain, sentinel2
from .products.files import ProductFiles
from .products.model import BandSource, Product
from .raster import PathLike, RasterReader, grid_of, open_dataset, open_raster
from .warp import read_on

__all__ = ["BandSource", "BandReader", "Product", "available_bands", "band_grid", "band_source", "open_band", "open_source",
           "read_product"]


def band_source(path: PathLike, band: str = "") -> BandSource:
    """Where a band of a scene is, and how its numbers become reflectance.

    path: image file, product folder, zip or MTL file, as in the scenes layer. band: its name in the product ("B04",
    "B8A"), the description or number of a raster's band; empty for the one an expert matches first. Raises
    InputError that names the missing band, the product and the bands that are there.
    """
    return read_product(path, dated=False).band(band)


def band_grid(source: BandSource) -> Grid:
    """The grid of a band. Raises InputError if its file cannot be opened."""
    return grid_of(open_dataset(source.place or source.path))


def available_bands(path: PathLike) -> List[str]:
    """The names of a scene's bands."""
    return list(read_product(path, dated=False).bands)


def read_product(path: PathLike, dated: bool = True) -> Product:
    """The scene and bands of an image file, a product folder, a zipped SAFE or an MTL file. Raises InputError.

    dated: refuse images without a readable date of acquisition; bands can be matched without one.
    """
    place = Path(path)
    if str(path).startswith(("http://", "https://")):
        raise InputError(f"The scene {path} is in an archive. Run Download on the layer that Search made, then use its "
                         "result.")
    if not str(path).startswith("/vsi") and not place.exists():
        raise InputError(f"The scene {path} does not exist. Was it moved? Run Catalogue on its folder again.")
    if place.is_dir():
        return _read_folder(place, dated)
    if place.suffix.lower() == ".zip":
        return sentinel2.read(ProductFiles(place))
    if place.name.upper().startswith("MTD_MSIL") and place.suffix.lower() == ".xml":
        return sentinel2.read(ProductFiles(place.parent))
    if landsat.MTL.match(place.name):
        return _placed(landsat.read(place, str(place)))
    metadata = landsat.metadata_for(place)
    if metadata is not None:
        return _of_image(landsat.read(metadata, str(place)), place)
    return plain.read_file(place, dated)


def _read_folder(folder: Path, dated: bool) -> Product:
    metadata = landsat.metadata_files(folder)
    if len(metadata) == 1:
        return _placed(landsat.read(metadata[0], str(folder)))
    if len(metadata) > 1:
        raise InputError(f"{folder} holds {len(metadata)} Landsat products. Choose the MTL file of one of them.")
    found = plain.read_folder(folder, dated)
    if found is not None:
        return found
    return sentinel2.read(ProductFiles(folder))


def _of_image(product: Product, image: Path) -> Product:
    """A Landsat product of which one image file is the scene: that band is the one to match."""
    own = next((name for name, source in product.bands.items() if Path(source.path) == image), product.preferred)
    return _placed(dataclasses.replace(product, preferred=own))


def _placed(product: Product) -> Product:
    """The product with the outline of its images, which may be a part of the scene that the metadata describe."""
    if not product.preferred:
        return product
    outline = footprints.from_grid(band_grid(product.band()))
    scene = dataclasses.replace(product.scene, footprint=outline or product.scene.footprint)
    return dataclasses.replace(product, scene=scene)


@dataclass
class BandReader:
    """An open band. One per thread."""
    source: BandSource
    grid: Grid
    _raster: RasterReader

    def read(self, window: Optional[Window] = None) -> np.ndarray:
        """(rows, columns) float32, reflectance where the product says how, NaN = no data."""
        values = self._raster.read(self.source.number, window)
        if self.source.nodata is not None:
            values[values == self.source.nodata] = np.nan
        return self._scaled(values)

    def read_on(self, grid: Grid, window: Optional[Window] = None, method: str = "bilinear") -> np.ndarray:
        """The same on a window of another grid, interpolated where the pixels do not coincide (see `warp.read_on`)."""
        return self._scaled(read_on(self._raster, self.source.number, grid, window, method, self.source.nodata))

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        if (self.source.scale, self.source.offset) != (1.0, 0.0):
            values = values * np.float32(self.source.scale) + np.float32(self.source.offset)
        return values


@contextmanager
def open_band(path: PathLike, band: str = "") -> Iterator[BandReader]:
    """Open a band of a scene for reading by window (see `band_source`)."""
    with open_source(band_source(path, band)) as reader:
        yield reader


@contextmanager
def open_source(source: BandSource) -> Iterator[BandReader]:
    """Open a band of a product that was read already."""
    with open_raster(source.path) as raster:
        if source.place:
            raster.grid = band_grid(source)
        yield BandReader(source, raster.grid, raster)
