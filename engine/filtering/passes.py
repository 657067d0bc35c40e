"""One pass of filters over a displacement, by tile; each filter says how far it looks around a pixel."""
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Protocol, Sequence

import numpy as np

from ..compute.tiles import make_tiles
from ..core.flags import Flag
from ..core.grid import Window
from ..core.progress import Progress
from ..io.displacement import DisplacementReader, new_displacement_like
from ..io.raster import PathLike
from ..io.vectors import Tally, Vectors, read_vectors

_TILE = 1024  # px
_SAMPLES, _SAMPLE_SIDE = 4, 128  # windows along each side, px: what `sample` reads of a large raster


class Filter(Protocol):
    """A filter with what it needs to know of the whole raster."""
    halo: int  # px

    def apply(self, vectors: Vectors, window: Window) -> Vectors:
        """The vectors of a window without those that the filter removes."""


@dataclass(frozen=True)
class FilterResult:
    """removed: pixels that this run removed, by flag. before, after: valid share of all pixels."""
    output: Path
    removed: Dict[Flag, int]
    before: Optional[float]
    after: Optional[float]
    mean_quality: Optional[float]


def filter_displacement(source: DisplacementReader, filters: Sequence[Filter], steps: List[Dict], output: PathLike,
                        progress: Progress, items: Optional[Dict[str, str]] = None):
    """Apply filters one after the other and write what is left. Returns (FilterResult, Tally)."""
    before, after = Tally(), Tally()
    halo = sum(f.halo for f in filters)
    pieces = make_tiles(source.grid, max(_TILE, 2 * halo), halo)
    with new_displacement_like(output, source, steps) as target:
        for number, tile in enumerate(pieces):
            progress.report(number / len(pieces), "filtering")
            vectors = read_vectors(source, tile.outer)
            before.add(vectors.part(tile.inner))
            for one in filters:
                progress.check()
                vectors = one.apply(vectors, tile.outer)
            kept = vectors.part(tile.inner)
            after.add(kept)
            target.write(kept.bands(source), tile.core)
        target.set_metadata({**(items or {}), **after.as_items()})
        progress.check()
    removed = {flag: after.count(flag) - before.count(flag) for flag in Flag
               if flag != Flag.VALID and after.count(flag) > before.count(flag)}
    return FilterResult(Path(output), removed, before.valid_fraction, after.valid_fraction, after.mean_quality), after


def sample(source: DisplacementReader) -> List[Vectors]:
    """Windows spread over the raster that show its noise, the same whatever the tiles; all of a small raster."""
    grid = source.grid
    starts = [sorted({round(s) for s in np.linspace(0, max(size - _SAMPLE_SIDE, 0), _SAMPLES)})
              for size in (grid.height, grid.width)]
    return [read_vectors(source, Window(row, column, min(_SAMPLE_SIDE, grid.height), min(_SAMPLE_SIDE, grid.width)))
            for row in starts[0] for column in starts[1]]


def noise(source: DisplacementReader) -> float:
    """Standard deviation of a component (their root mean square) over still ground, robustly, m; NaN if empty."""
    values = np.concatenate([v.values[:, v.valid] for v in sample(source)], axis=1)
    if values.shape[1] == 0:
        return math.nan
    centre = np.median(values, axis=1, keepdims=True)
    deviations = 1.4826 * np.median(np.abs(values - centre), axis=1)
    return float(np.sqrt(np.mean(deviations ** 2)))
