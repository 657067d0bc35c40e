"""One pixel's whole history out of a time series: one small read per component."""
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Dict, Optional, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.flags import WORDS, Flag
from ..core.grid import Window
from .manifests import read_series
from .raster import RasterReader, open_raster, require_same_grid

_MOST_THREADS = 4  # east, north and their sigmas


@dataclass(frozen=True, eq=False)  # compared by identity: arrays have no single answer
class History:
    """Displacement of one pixel at every date.

    x, y: its centre, in the series' coordinate system. values, sigmas: component -> (dates,) float32, m since the
    first date, NaN = no data; `sigmas` holds only components whose sigma is known. velocity, quality: band name ->
    value as in velocity.tif and quality.tif (m/yr, m, ...). flag: why there is no value, None where nothing says so.
    """
    x: float
    y: float
    dates: Tuple[date, ...]
    values: Dict[str, np.ndarray]
    sigmas: Dict[str, np.ndarray] = field(default_factory=dict)
    velocity: Dict[str, float] = field(default_factory=dict)
    quality: Dict[str, float] = field(default_factory=dict)
    flag: Optional[int] = None

    @property
    def measured(self) -> bool:
        """True if there is a value at any date."""
        return any(np.isfinite(values).any() for values in self.values.values())

    @property
    def why_missing(self) -> str:
        """Why the pixel has no history, in words; empty where it has one."""
        if self.measured:
            return ""
        if self.flag == Flag.VALID or self.flag not in WORDS:
            return "no data"
        return WORDS[Flag(self.flag)]


class SeriesReader:
    """An open series. Its files stay open for speed until `close`; use it from one thread at a time."""

    def __init__(self, path):
        self.manifest, self.folder = read_series(path)
        self._open = ExitStack()
        self._threads = ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1),
                                           thread_name_prefix="terrain-motion-pixels")
        self._open.callback(self._threads.shutdown)
        try:
            self._values = self._open_all(self.manifest.rasters)
            self._sigmas = self._open_all(self.manifest.sigmas)
            self._velocity = self._open_side(self.manifest.velocity)
            self._quality = self._open_side(self.manifest.quality)
            self._check_bands()
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Close the files. The reader can't be used afterwards."""
        self._values, self._sigmas, self._velocity, self._quality = {}, {}, None, None
        self._open.close()

    def __enter__(self) -> "SeriesReader":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def history(self, x: float, y: float, sigmas: bool = True) -> Optional[History]:
        """The history of the pixel that holds a position (series' coordinate system); None outside the series.

        sigmas: False leaves them for `with_sigmas`. They take as long to read as the values, which are worth a look
        before.
        """
        index = self.manifest.grid.index(x, y)
        if index is None:
            return None
        window = Window(*index, 1, 1)
        values, own = self._pixels(window, self._values, self._sigmas if sigmas else {})
        quality = _by_band(self._quality, window)
        flag = quality.pop("flag", float("nan"))
        return History(*self.manifest.grid.xy(index[1] + .5, index[0] + .5), self.manifest.dates, values, own,
                       _by_band(self._velocity, window), quality, int(flag) if np.isfinite(flag) else None)

    def with_sigmas(self, history: History) -> History:
        """A history that was read without its sigmas, with them."""
        index = self.manifest.grid.index(history.x, history.y)
        if index is None or history.sigmas or not self._sigmas:
            return history
        return replace(history, sigmas=self._pixels(Window(*index, 1, 1), self._sigmas)[0])

    def _pixels(self, window: Window, *groups: Dict[str, RasterReader]):
        """Every date of one pixel for groups of rasters; the files are decompressed side by side."""
        rasters = [(group, name) for group in groups for name in group]
        arrays = list(self._threads.map(lambda key: key[0][key[1]].read_bands(window)[:, 0, 0], rasters))
        return [{name: array for (home, name), array in zip(rasters, arrays) if home is group} for group in groups]

    def _open_all(self, files: Dict[str, str]) -> Dict[str, RasterReader]:
        return {name: self._open.enter_context(open_raster(self.folder / file)) for name, file in files.items()}

    def _open_side(self, file: Optional[str]) -> Optional[RasterReader]:
        """Velocity and quality are extras: a series without them still has a history."""
        if not file or not (self.folder / file).is_file():
            return None
        raster = self._open.enter_context(open_raster(self.folder / file))
        require_same_grid(next(iter(self._values.values())), raster)
        return raster

    def _check_bands(self) -> None:
        if not self._values:
            raise InputError(f"{self.folder} lists no raster with displacements. Run Invert again.")
        for raster in [*self._values.values(), *self._sigmas.values()]:
            if len(raster.bands) != len(self.manifest.dates):
                raise InputError(f"{raster.path} has {len(raster.bands)} bands but its series has "
                                 f"{len(self.manifest.dates)} dates. Run the step that made it again.")
            if raster.grid.shape != self.manifest.grid.shape:
                raise InputError(f"{raster.path} is {raster.grid.width} x {raster.grid.height} px but its series "
                                 f"{self.manifest.grid.width} x {self.manifest.grid.height}. Run the step that made "
                                 "it again.")


def open_series(path) -> SeriesReader:
    """Open series.json (or its folder) for reading histories. Raises InputError where it can't be read."""
    return SeriesReader(path)


def _by_band(raster: Optional[RasterReader], window: Window) -> Dict[str, float]:
    return {} if raster is None else dict(zip(raster.bands, map(float, raster.read_bands(window)[:, 0, 0])))
