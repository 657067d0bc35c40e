"""The displacement under correction: read by tile, minus what was found so far, on stable ground or everywhere."""
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Dict, Iterator, Optional, Protocol, Sequence, Tuple

import numpy as np

from ..compute.tiles import make_tiles
from ..core.errors import InputError
from ..core.flags import Flag
from ..core.grid import Window
from ..core.progress import Progress
from ..io.displacement import DisplacementReader, new_displacement_like, open_displacement
from ..io.stable import StableGround
from ..io.vectors import Tally, Vectors, read_vectors

_TILE = 1024  # px
_BLOCKS = 64  # blocks along the longer side
_IN_BLOCK = 32  # at most this many pixels of a block's side are looked at
_SMALLEST = 1e-12  # weight of a pixel of unknown sigma among known ones; all alike where none is known


class Correction(Protocol):
    """What a stage has found and takes away."""

    def values(self, component: int, window: Window) -> np.ndarray:
        """(rows, columns) m of one component to subtract in a window."""


@dataclass(frozen=True)
class Blocks:
    """Medians of square blocks of pixels: the field in at most a few thousand values, whatever its size.

    x, y: (n,) mean position of the block's pixels, scaled to -1..1 over the longer side, y downward. values:
    (components, n) m. weights: (n,), from the share of usable pixels and their sigma or quality. pixels: (n,).
    """
    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    weights: np.ndarray
    pixels: np.ndarray


@dataclass(frozen=True)
class Field:
    """A displacement raster with the corrections found so far. stable: None takes all ground."""
    source: DisplacementReader
    stable: Optional[StableGround] = None
    corrections: Tuple[Correction, ...] = ()

    def plus(self, correction: Correction) -> "Field":
        """This field with one more correction."""
        return replace(self, corrections=(*self.corrections, correction))

    def read(self, window: Window) -> Vectors:
        """The corrected vectors of a window."""
        vectors = read_vectors(self.source, window)
        values = vectors.values
        for correction in self.corrections:
            values = np.stack([band - correction.values(number, window) for number, band in enumerate(values)])
        lost = vectors.valid & ~np.isfinite(values).all(axis=0)  # where a shared motion is not known
        return replace(vectors, values=values.astype(np.float32)).without(lost, Flag.OUTSIDE)

    def usable(self, vectors: Vectors, window: Window) -> np.ndarray:
        """(rows, columns) bool: valid and, where stable ground is given, on it."""
        if self.stable is None:
            return vectors.valid
        return vectors.valid & self.stable.mask(self.source.grid, window)

    def scaled(self, columns, rows):
        """Pixel positions (0.5 = first centre) as x, y in -1..1 over the longer side of the raster, y downward."""
        grid = self.source.grid
        half = max(grid.width, grid.height) / 2.0
        return (columns - grid.width / 2.0) / half, (rows - grid.height / 2.0) / half

    def block_size(self) -> int:
        """Side of the blocks, px."""
        return max(1, round(max(self.source.grid.shape) / _BLOCKS))

    def blocks(self, progress: Progress) -> Blocks:
        """Medians of the usable pixels of all blocks."""
        block = self.block_size()
        found = []
        pieces = make_tiles(self.source.grid, block * max(1, _TILE // block))
        for number, tile in enumerate(pieces):
            progress.report(number / len(pieces))
            vectors = self.read(tile.core)
            usable = self.usable(vectors, tile.core)
            if usable.any():
                found.append(self._blocks_of(vectors, usable, tile.core, block))
        if not found:
            raise self.nothing_usable()
        place, x, y, values, weights, pixels = (np.concatenate(part, axis=-1) for part in zip(*found))
        order = np.argsort(place)  # the same, to the last digit, whatever the tiles
        x, y, values, weights, pixels = (part[..., order] for part in (x, y, values, weights, pixels))
        return Blocks(x, y, values, weights / weights.max(), pixels)

    def _blocks_of(self, vectors: Vectors, usable, window: Window, block: int):
        """Number in the raster, x, y, values, weights, pixels of the blocks of a tile that have usable pixels."""
        step = max(1, block // _IN_BLOCK)
        rows, columns = np.mgrid[0:window.rows, 0:window.columns].astype(np.float32)
        trust = np.where(usable, _precision(vectors), np.nan)
        layers = np.stack([*np.where(usable, vectors.values, np.nan), trust,
                           np.where(usable, columns, np.nan), np.where(usable, rows, np.nan)])
        members = _in_blocks(layers, block, step)
        count = np.isfinite(members[0]).sum(axis=-1)
        block_rows, block_columns = np.divmod(np.flatnonzero(count), -(-window.columns // block))
        place = (window.row // block + block_rows) * self.source.grid.width + window.column // block + block_columns
        members, count = members[:, count > 0], count[count > 0]
        medians = np.stack([_median(layer, count) for layer in members[:-3]])
        trust, column, row = (np.nansum(layer, axis=-1) / count for layer in members[-3:])
        x, y = self.scaled(window.column + 0.5 + column.astype(np.float64), window.row + 0.5 + row.astype(np.float64))
        return place, x, y, medians, trust * count, count

    def nothing_usable(self) -> InputError:
        """The error of a field without any pixel to correct by."""
        where = "on the stable ground" if self.stable is not None else "in it"
        return InputError(f"{self.source.path} cannot be corrected: no pixel {where} has a value. "
                          + ("Choose larger stable ground, or none." if self.stable is not None else
                             "Match the pair again with other settings, or leave it out."))


@contextmanager
def open_field(path, stable: Optional[StableGround] = None) -> Iterator[Field]:
    """The field of a displacement file. Raises GridError if the stable ground lies elsewhere."""
    with open_displacement(path) as source:
        if stable is not None:
            stable.mask(source.grid, Window(0, 0, 1, 1))
        yield Field(source, stable)


def write_field(field: Field, output, steps: Sequence[Dict], reference: str, progress: Progress,
                items: Optional[Dict[str, str]] = None) -> Tally:
    """Write the corrected displacement, tile by tile; items: further metadata. Returns what was written."""
    tally = Tally()
    pieces = make_tiles(field.source.grid, _TILE)
    with new_displacement_like(output, field.source, steps, reference) as target:
        for number, tile in enumerate(pieces):
            progress.report(number / len(pieces), "writing the corrected displacement")
            vectors = field.read(tile.core)
            tally.add(vectors)
            target.write(vectors.bands(field.source), tile.core)
        target.set_metadata({**(items or {}), **tally.as_items()})
        progress.check()
    return tally


def _precision(vectors: Vectors) -> np.ndarray:
    """(rows, columns) weight of each pixel: quality^2, in files without quality 1 / sigma^2 (0 where unknown)."""
    if vectors.quality is not None:
        return np.clip(np.nan_to_num(vectors.quality, nan=0.0), 0.05, 1.0) ** 2
    if not np.isfinite(vectors.sigma).any():
        return np.full(vectors.flag.shape, _SMALLEST)
    return np.nan_to_num(1.0 / np.maximum(vectors.sigma, 1e-3) ** 2, nan=0.0) + _SMALLEST


def _in_blocks(layers, block: int, step: int) -> np.ndarray:
    """(layers, blocks, pixels of a block): every `step`-th pixel, NaN beyond the edge."""
    count, rows, columns = layers.shape
    padded = np.full((count, -(-rows // block) * block, -(-columns // block) * block), np.nan, np.float32)
    padded[:, :rows, :columns] = layers
    shape = (count, padded.shape[1] // block, block, padded.shape[2] // block, block)
    inside = padded.reshape(shape)[:, :, ::step, :, ::step]
    return inside.transpose(0, 1, 3, 2, 4).reshape(count, shape[1] * shape[3], -1)


def _median(members, count) -> np.ndarray:
    """Median of each row's finite values; count: how many there are (> 0)."""
    ordered = np.sort(members, axis=-1)  # NaN last
    low, high = (count - 1) // 2, count // 2
    rows = np.arange(len(count))
    return 0.5 * (ordered[rows, low].astype(np.float64) + ordered[rows, high])
