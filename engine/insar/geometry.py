"""Look vectors and elevation of a stack as geometry.tif, put together from the products' own layers."""
import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..core import history as histories
from ..core.errors import InputError, TerrainMotionError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import METRE, ONE
from ..io.imports.grids import Resampler
from ..io.interferograms.layers import open_layer
from ..io.interferograms.look import Sight, examine, vectors
from ..io.interferograms.model import Geometry, Product
from ..io.raster import Band, new_raster, open_raster

log = logging.getLogger(__name__)

NAME = "geometry.tif"
LOOK = ("look_east", "look_north", "look_up")
BANDS = (*LOOK, "elevation")
SIGN = "unit vector from the ground to the satellite: positive east, north, up"
_ROWS = 256


@dataclass(frozen=True)
class GeometryResult:
    """path: None where products tell nothing. has_look: look vectors are known. sight: what they tell."""
    path: Optional[Path]
    has_look: bool
    has_elevation: bool
    sight: Optional[Sight]


def write_geometry(products: Sequence[Product], grid: Grid, folder: Path, steps, progress: Progress) -> GeometryResult:
    """Write look vectors and elevation on the grid of a stack. Where a product has no value, another one's is taken."""
    sources = distinct(products)
    if not sources:
        return GeometryResult(None, False, False, None)
    path, seen = folder / NAME, np.zeros(2, bool)
    items = {"TM_UNIT": METRE, "TM_SIGN": SIGN, "TM_HISTORY": histories.to_text(steps)}
    thinned: List[np.ndarray] = []
    with ExitStack() as files, new_raster(path, grid, [Band(name, METRE if name == "elevation" else ONE)
                                                       for name in BANDS], items) as target:
        readers = _open_all(files, sources, grid)
        if not readers:
            raise InputError(f"No look vectors or elevations of the {len(products)} interferograms can be read, e.g. "
                             f"those of {products[0].source}. Get the products again.")
        for row in range(0, grid.height, _ROWS):
            progress.report(row / grid.height, "Look vectors and elevation")
            rows = slice(row, min(row + _ROWS, grid.height))
            look, elevation = _strip(readers, grid, rows, progress)
            seen |= [np.isfinite(look).any(), np.isfinite(elevation).any()]
            thinned.append(look[:, ::8, ::8])
            target.write({**dict(zip(LOOK, look.astype(np.float32))), "elevation": elevation},
                         replace(grid.window, row=row, rows=rows.stop - row))
        sight = examine(np.concatenate(thinned, axis=1), products[0].track, products[0].source) if seen[0] else None
        if sight is not None:
            target.set_metadata({f"TM_{key.upper()}": value for key, value in sight.as_dict().items()})
    return GeometryResult(path, bool(seen[0]), bool(seen[1]), sight)


def distinct(products: Sequence[Product]) -> List[Tuple[Geometry, Optional[float]]]:
    """(geometry, heading) of products, one for each extent, the largest first; those with look vectors before others."""
    found: Dict[Tuple, Tuple[Geometry, Optional[float]]] = {}
    for product in products:
        geometry = product.geometry
        if geometry is not None:
            key = (geometry.kind, geometry.grid, geometry.elevation is None)
            found.setdefault(key, (geometry, product.track.heading))
    return sorted(found.values(), key=lambda one: (not one[0].kind, -one[0].grid.width * one[0].grid.height))


class _Reader:
    """Look vector and elevation of one product on rows of the target grid."""

    def __init__(self, files: ExitStack, geometry: Geometry, heading: Optional[float], grid: Grid):
        self._geometry, self._heading, self._resampler = geometry, heading, Resampler(geometry.grid, grid)
        self._layers = [files.enter_context(open_layer(layer)) for layer in geometry.layers]
        self._elevation = files.enter_context(open_layer(geometry.elevation)) if geometry.elevation else None
        corner = Window(0, 0, min(2, geometry.grid.height), min(2, geometry.grid.width))
        for layer in (*self._layers, *([self._elevation] if self._elevation else [])):
            layer.read(corner)  # a damaged file shows itself here

    def read(self, rows: slice) -> Tuple[np.ndarray, np.ndarray]:
        window = self._resampler.window(rows)
        shape = (window.rows, window.columns)
        if 0 in shape:
            empty = self._resampler.apply(np.empty((0, 0), np.float32), window, rows)
            return np.stack([empty] * 3), empty
        try:
            layers = [layer.read(window) for layer in self._layers]
            height = self._elevation.read(window) if self._elevation else np.full(shape, np.nan, np.float32)
        except InputError as error:  # damaged: another product serves
            log.warning("Look vectors or elevation left out: %s", error)
            return np.full((3, rows.stop - rows.start, self._resampler.target.width), np.nan), np.float32(np.nan)
        look = vectors(self._geometry, layers, shape, self._heading)
        if self._geometry.kind and self._geometry.layers:
            height = np.where(np.isfinite(look[0]), height, np.float32(np.nan))
        placed = np.stack([self._resampler.apply(part, window, rows) for part in look])
        if not self._resampler.unchanged:  # components were interpolated
            placed = placed / np.sqrt((placed.astype(np.float64) ** 2).sum(axis=0))
        return placed, self._resampler.apply(height, window, rows)


def _open_all(files: ExitStack, sources, grid: Grid) -> List[_Reader]:
    readers = []
    for geometry, heading in sources:
        try:
            readers.append(_Reader(files, geometry, heading, grid))
        except TerrainMotionError as error:
            log.warning("Look vectors or elevation left out: %s", error)
    return readers


def _strip(readers: Sequence[_Reader], grid: Grid, rows: slice, progress: Progress):
    """(look vector (3, rows, columns), elevation) of some rows, from the first product that knows each pixel."""
    look = np.full((3, rows.stop - rows.start, grid.width), np.nan)
    elevation = np.full(look.shape[1:], np.nan, np.float32)
    for reader in readers:
        progress.check()
        other, height = reader.read(rows)
        look = np.where(np.isfinite(look), look, other)
        elevation = np.where(np.isfinite(elevation), elevation, height)
        if np.isfinite(look).all() and np.isfinite(elevation).all():
            break
    return look, elevation


def read_geometry(stack_folder: Path, name: Optional[str], bands: Sequence[str] = BANDS,
                  window: Optional[Window] = None) -> Optional[np.ndarray]:
    """(bands, rows, columns) of a stack's geometry; None where it has none."""
    path = stack_folder / name if name else None
    if path is None or not path.is_file():
        return None
    with open_raster(path) as raster:
        return raster.read_bands(window, bands)
