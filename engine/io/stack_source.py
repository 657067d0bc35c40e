"""Reading a stack by window: every pair's displacement with its sigma or quality."""
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Tuple

import numpy as np
from osgeo import gdal

from ..core.errors import GridError, InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.stack import NAME, PairEntry, StackManifest
from .displacement import DisplacementReader, open_displacement
from .manifests import read_stack
from .raster import same_crs

_MOST_OPEN = 500  # files; beyond, they are opened for each read


class StackSource:
    """An open stack. Threads share the open files one at a time, so that GDAL keeps each block only once."""

    def __init__(self, path, take: Optional[Callable[[PairEntry], bool]] = None):
        """take: which pairs to use, all without it. Raises InputError if none is left."""
        self.manifest, self.folder = read_stack(path)
        self.path = Path(path) if Path(path).suffix.lower() == ".json" else Path(path) / NAME
        self.pairs, self.left_out = _usable(self.manifest, str(path))
        if take is not None:
            self.pairs = [pair for pair in self.pairs if take(pair)]
            if not self.pairs:
                raise InputError(f"None of the {len(self.manifest.pairs)} pairs of {path} lies in the chosen period "
                                 "and season. Choose a longer one.")
        self.components = self.manifest.components
        self._files = ExitStack()
        self._locks = [threading.Lock() for _ in self.pairs]
        self._readers: List[Optional[DisplacementReader]] = [None] * len(self.pairs)
        self.metadata = {}
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "StackSource":
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        self._readers = [None] * len(self.pairs)
        self._files.close()

    @property
    def grid(self) -> Grid:
        return self.manifest.grid

    def _check(self) -> None:
        """Every file is there, on the grid of the stack, with its components."""
        self.has_sigma, self.has_quality = [], []
        for number, pair in enumerate(self.pairs):
            keep = len(self.pairs) <= _MOST_OPEN
            with ExitStack() as here:
                reader = (self._files if keep else here).enter_context(open_displacement(self._path(pair)))
                self._readers[number] = reader if keep else None
                if not same_crs(reader.grid.crs, self.grid.crs) or not reader.grid.equals(self.grid):
                    raise GridError(f"{reader.path} is not on the grid of its stack ({self.grid.width} x "
                                    f"{self.grid.height} px of {self.grid.pixel_size:g}). Make the stack again.")
                missing = [c for c in self.components if not reader.has(c)]
                if missing:
                    raise InputError(f"{reader.path} has no band '{missing[0]}', which its stack promises. "
                                     "Make the stack again.")
                self.has_sigma.append(reader.has("sigma"))
                self.has_quality.append(bool(reader.quality))
                self.metadata = self.metadata or dict(reader.metadata)

    def _path(self, pair: PairEntry) -> Path:
        return self.folder / pair.file

    def read_pair(self, number: int, window: Window, sigma: bool, quality: bool):
        """(components, rows, columns) m, and (rows, columns) sigma and quality, None where not asked for or absent."""
        with self._locks[number], ExitStack() as here:
            reader = self._readers[number] or here.enter_context(open_displacement(self._path(self.pairs[number])))
            values = np.stack([reader.read(c, window) for c in self.components])
            own = reader.read("sigma", window) if sigma and self.has_sigma[number] else None
            seen = reader.read(reader.quality, window) if quality and self.has_quality[number] else None
        if sigma and own is None and self.pairs[number].sigma:
            own = np.full(values.shape[1:], self.pairs[number].sigma, np.float32)
        return values, own, seen

    def read(self, window: Window, sigma: bool, quality: bool, progress: Optional[Progress] = None):
        """All pairs of a window: (components, pairs, rows, columns), and (pairs, rows, columns) or None, twice."""
        pieces = []
        for number in range(len(self.pairs)):
            if progress is not None:
                progress.check()
            pieces.append(self.read_pair(number, window, sigma, quality))
        return self.stacked(window, pieces, sigma, quality)

    @staticmethod
    def stacked(window: Window, pieces, sigma: bool, quality: bool):
        """Results of `read_pair` of every pair as arrays over pairs; NaN where a pair has no sigma or quality."""
        nothing = np.full((window.rows, window.columns), np.nan, np.float32)
        return (np.stack([p[0] for p in pieces], axis=1),
                np.stack([nothing if p[1] is None else p[1] for p in pieces]) if sigma else None,
                np.stack([nothing if p[2] is None else p[2] for p in pieces]) if quality else None)


def block_cache() -> int:
    """Bytes of decompressed blocks of files that GDAL keeps."""
    return gdal.GetCacheMax()


@contextmanager
def kept_blocks(size: int) -> Iterator[None]:
    """Let GDAL keep at least `size` bytes of decompressed blocks for a while."""
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(max(size, before))
    try:
        yield
    finally:
        gdal.SetCacheMax(before)


def _usable(manifest: StackManifest, path: str) -> Tuple[List[PairEntry], List[PairEntry]]:
    """Pairs of two different dates, and the others. Raises InputError if nothing remains."""
    usable = [pair for pair in manifest.pairs if pair.days != 0]
    if not manifest.pairs:
        raise InputError(f"The stack {path} has no pairs. Run Match pairs, or choose other limits.")
    if not usable:
        raise InputError(f"All {len(manifest.pairs)} pairs of the stack {path} begin and end on one date "
                         f"({manifest.pairs[0].reference}): there is no motion to follow. Add pairs of other dates.")
    return usable, [pair for pair in manifest.pairs if pair.days == 0]
