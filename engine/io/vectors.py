"""Displacement of a window as arrays: components, quality, sigma and flag, with one rule for what is valid."""
import json
from dataclasses import dataclass, replace
from typing import Dict, Optional

import numpy as np

from ..core.flags import Flag
from ..core.grid import Window
from .displacement import DisplacementReader

#: Metadata item of a raster: its valid share and mean quality. Not a TM_ item, so that later steps don't copy it.
SUMMARY = "PAIR_SUMMARY"


@dataclass(frozen=True)
class Vectors:
    """One window of a displacement.

    values: (components, rows, columns) m, NaN in all components or in none. quality: (rows, columns) 0..1 or None.
    sigma: (rows, columns) m, NaN where unknown. flag: (rows, columns) codes of `Flag`, 0 exactly where valid.
    """
    values: np.ndarray
    quality: Optional[np.ndarray]
    sigma: np.ndarray
    flag: np.ndarray

    @property
    def valid(self) -> np.ndarray:
        """(rows, columns) bool."""
        return self.flag == Flag.VALID

    def without(self, pixels: np.ndarray, reason: Flag) -> "Vectors":
        """These vectors with some pixels (bool) removed; pixels that were removed before keep their first reason."""
        flag = np.where(pixels & self.valid, np.uint8(reason), self.flag)
        removed = flag != Flag.VALID
        return replace(self, values=np.where(removed, np.float32(np.nan), self.values), flag=flag,
                       sigma=np.where(removed, np.float32(np.nan), self.sigma))

    def part(self, inner) -> "Vectors":
        """The vectors of a pair of slices."""
        return Vectors(self.values[(slice(None), *inner)], None if self.quality is None else self.quality[inner],
                       self.sigma[inner], self.flag[inner])

    def bands(self, source: DisplacementReader) -> Dict[str, np.ndarray]:
        """{band name: float32} for `new_displacement_like(…, source)`."""
        bands = dict(zip(source.components, self.values))
        quality = self.quality if self.quality is not None else np.full(self.flag.shape, np.nan)
        bands.update({source.quality or "correlation": quality, "sigma": self.sigma, "flag": self.flag})
        return {name: band.astype(np.float32) for name, band in bands.items()}


def read_vectors(source: DisplacementReader, window: Optional[Window] = None) -> Vectors:
    """Read a window. Without a flag band, or where it contradicts the values, no data is `Flag.OUTSIDE`."""
    values = source.read_bands(window, source.components)
    finite = np.isfinite(values).all(axis=0)
    quality = source.read(source.quality, window) if source.quality else None
    shape = finite.shape
    sigma = source.read("sigma", window) if source.has("sigma") else np.full(shape, np.nan, np.float32)
    flag = source.read("flag", window) if source.has("flag") else np.zeros(shape, np.float32)
    flag = np.where(np.isfinite(flag), flag, np.float32(Flag.OUTSIDE)).astype(np.uint8)
    flag = np.where(finite, flag, np.where(flag == Flag.VALID, np.uint8(Flag.OUTSIDE), flag))
    values[:, flag != Flag.VALID] = np.nan
    return Vectors(values, quality, sigma, flag)


class Tally:
    """Counts what a run wrote: pixels by flag, valid share, mean quality of valid pixels."""

    def __init__(self):
        self._flags = np.zeros(256, np.int64)
        self._quality, self._rated = 0.0, 0

    def add(self, vectors: Vectors) -> None:
        self._flags += np.bincount(vectors.flag.ravel(), minlength=256)
        if vectors.quality is not None:
            rated = vectors.quality[vectors.valid]
            rated = rated[np.isfinite(rated)]
            self._quality += float(rated.sum(dtype=np.float64))
            self._rated += rated.size

    def count(self, flag: Flag) -> int:
        return int(self._flags[flag])

    @property
    def flags(self) -> Dict[int, int]:
        """{flag code: pixels}, codes that occur only."""
        return {int(code): int(self._flags[code]) for code in np.flatnonzero(self._flags)}

    def as_items(self) -> Dict[str, str]:
        """Metadata items that tell later runs what the file holds."""
        return {SUMMARY: json.dumps({"valid_fraction": self.valid_fraction, "mean_quality": self.mean_quality})}

    @property
    def valid_fraction(self) -> Optional[float]:
        total = int(self._flags.sum())
        return round(float(self._flags[Flag.VALID]) / total, 6) if total else None

    @property
    def mean_quality(self) -> Optional[float]:
        return round(self._quality / self._rated, 6) if self._rated else None
