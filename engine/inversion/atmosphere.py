"""Noise of each date that a correction left, as it told it in maps: larger on moving ground far from stable ground.

The atmosphere of one date shifts all its pairs alike and leaves no misclosure (see `dates.py`). Where a correction has
mapped how sure it is of each date, its maps replace the one number for a date that the roughness of the series would
give.
"""
import shutil
from datetime import date
from pathlib import Path
from typing import Dict, Optional, Tuple

import numpy as np

from ..core.errors import GridError
from ..core.files import replacing
from ..core.grid import Grid, Window
from ..core.units import DAYS_PER_YEAR
from ..io.raster import open_raster
from ..io.stack_source import StackSource
from .solver import START, Network, Solution

GEOMETRY = "geometry.tif"
KEY = "date_noise"  # of the stack's manifest: ISO date -> raster with the band `sigma`, m


class DateNoise:
    """The maps of a stack."""

    def __init__(self, paths: Tuple[Path, ...], network: Network):
        self._paths, self._network = paths, network

    def add(self, found: Solution, window: Window) -> None:
        """Add the noise of the dates to the sigmas of a solved window (in place)."""
        variance = np.empty((len(self._paths), window.rows, window.columns), np.float32)
        for k, path in enumerate(self._paths):
            with open_raster(path) as raster:
                variance[k] = np.square(raster.read("sigma", window))
        add_noise(found, self._network.years, np.nan_to_num(variance))


def open_noise(source: StackSource, network: Network, grid: Grid) -> Optional[DateNoise]:
    """The maps of a stack; None where it has none, or not for every date."""
    told: Dict[str, str] = source.manifest.extra.get(KEY) or {}
    paths = {date.fromisoformat(day): source.folder / file for day, file in told.items()}
    chosen = tuple(paths[day] for day in network.dates if day in paths)
    if len(chosen) < len(network.dates) or not all(path.is_file() for path in chosen):
        return None
    with open_raster(chosen[0]) as raster:
        if not raster.grid.equals(grid):
            raise GridError(f"{chosen[0]} is not on the grid of its stack. Correct the troposphere again.")
    return DateNoise(chosen, network)


def keep_geometry(source: StackSource, folder: Path) -> None:
    """Copy look vectors and elevation of the stack beside the series: what comes after needs them."""
    path = source.folder / source.manifest.geometry if source.manifest.geometry else None
    if path is None or not path.is_file() or path.resolve() == (folder / GEOMETRY).resolve():
        return
    with replacing(folder / GEOMETRY) as temporary:
        shutil.copyfile(path, temporary)


def add_noise(found: Solution, years: np.ndarray, variance: np.ndarray) -> None:
    """Add independent noise of the dates to the sigmas of velocity and series (in place).

    found: with (components, dates, rows, columns). variance: (dates, rows, columns) m^2. The velocity is the slope of a
    line through the dates that a pixel has, the series counts from its first date: both pass the noise on.
    """
    inside = np.isfinite(found.series[0])
    count = np.maximum(inside.sum(axis=0), 1)
    t = np.where(inside, years[:, None, None], 0.0)
    t = np.where(inside, t - t.sum(axis=0) / count, 0.0)
    spread = (t ** 2).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(spread > 0, t / spread, 0.0)
    noise = np.where(inside, variance, 0.0)
    shared = (slope ** 2 * noise).sum(axis=0)
    first = np.argmax(inside, axis=0)[None]
    start, start_slope = (np.take_along_axis(a, first, axis=0) for a in (noise, slope))
    early = np.nan_to_num(found.quality[START]) / DAYS_PER_YEAR
    dated = noise * (1.0 + 2.0 * early * slope) + start * (1.0 - 2.0 * early * start_slope)
    dated = early ** 2 * shared + np.where(np.arange(len(years))[:, None, None] == first, 0.0, np.maximum(dated, 0.0))
    found.velocity_sigma[:] = np.sqrt(found.velocity_sigma ** 2 + shared)
    found.sigma[:] = np.sqrt(found.sigma ** 2 + dated)
