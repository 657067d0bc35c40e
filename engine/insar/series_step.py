"""A new series from an old one, tile by tile: what is taken off each date is also taken off the velocity."""
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..compute.tiles import Tile, make_tiles
from ..core import history as histories
from ..core import series as series_records
from ..core.errors import InputError
from ..core.files import replacing
from ..core.progress import Progress
from ..core.series import SeriesManifest
from ..core.units import DAYS_PER_YEAR
from ..io.manifests import read_series, relative, write_series
from ..io.raster import Band, RasterReader, check_writable, new_raster, open_raster

BLOCK = 128  # px, of the rasters of a series
_COPIED = ("geometry.tif", "reference.tif")


@dataclass(frozen=True)
class Taken:
    """What a step takes off a tile. values: (dates, rows, columns) m. variance: of each date that it adds, m^2, or None.
    slope_variance: (rows, columns) that it adds to the velocity, (m/yr)^2, or None."""
    values: np.ndarray
    variance: Optional[np.ndarray] = None
    slope_variance: Optional[np.ndarray] = None


@dataclass(frozen=True)
class OpenSeries:
    """A series to work on. years: (dates,) since the first date."""
    manifest: SeriesManifest
    folder: Path
    years: np.ndarray


def open_for_step(series, output) -> OpenSeries:
    """The series of a step. Raises InputError where the result would overwrite it or it has no line of sight."""
    manifest, folder = read_series(series)
    if Path(output).resolve() == folder.resolve():
        raise InputError(f"The result would overwrite its own input in {folder}. Choose another output folder.")
    years = np.array([(d - manifest.dates[0]).days for d in manifest.dates]) / DAYS_PER_YEAR
    return OpenSeries(manifest, folder, years)


def slopes(values: np.ndarray, years: np.ndarray) -> np.ndarray:
    """(rows, columns) slope of a line through the finite values of each pixel, per year; 0 with fewer than two."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    t = np.where(known, years[:, None, None], 0.0)
    t = np.where(known, t - t.sum(axis=0) / count, 0.0)
    spread = (t ** 2).sum(axis=0)
    return np.where(spread > 0, (t * np.nan_to_num(values)).sum(axis=0) / np.where(spread > 0, spread, 1.0), 0.0)


def run_step(source: OpenSeries, output, step: Dict, take: Callable[[str, np.ndarray, Tile], Taken], progress: Progress,
             halo: int = 0) -> Path:
    """Write the series without what `take` (component, values of the outer tile, tile -> of its core) finds.

    Each pixel still begins where it did: what is taken off counts from its first date. Returns series.json.
    """
    manifest, output = source.manifest, check_writable(output)
    (output / series_records.NAME).unlink(missing_ok=True)
    for number, component in enumerate(manifest.components):
        part = progress.part(number / len(manifest.components), (number + 1) / len(manifest.components))
        _component(source, output, component, step, take, part, halo, number)
    for file in (manifest.quality, *_COPIED):
        if file and (source.folder / file).is_file():
            shutil.copyfile(source.folder / file, output / file)
    extra = dict(manifest.extra)
    stack = extra.get(series_records.STACK_KEY)
    if stack:
        extra[series_records.STACK_KEY] = relative(source.folder / stack, output)
    return write_series(output, replace(manifest, history=(*manifest.history, step), extra=extra))


def _component(source: OpenSeries, output: Path, component: str, step, take, progress: Progress, halo: int,
               number: int) -> None:
    manifest, folder = source.manifest, source.folder
    grid = manifest.grid
    with ExitStack() as files:
        writer = _like(files, folder / manifest.rasters[component], output / manifest.rasters[component], step, True)
        sigma_file = manifest.sigmas.get(component)
        sigmas = _like(files, folder / sigma_file, output / sigma_file, step, True) if sigma_file else None
        # Velocities of several components share one file: later components add to the first one's result.
        rates = folder / manifest.velocity if number == 0 else output / manifest.velocity
        velocity, names = _velocity(rates, component) if manifest.velocity else (None, ())

        def work(tile: Tile):
            with open_raster(folder / manifest.rasters[component]) as raster:
                values = raster.read_bands(tile.outer)
            taken = take(component, values, tile)
            core = values[(slice(None), *tile.inner)]
            off = _from_first(core, taken.values)
            sigma = None
            if sigma_file:
                with open_raster(folder / sigma_file) as raster:
                    sigma = raster.read_bands(tile.core)
                if taken.variance is not None:
                    sigma = np.sqrt(sigma ** 2 + taken.variance)
            return core - off, sigma, slopes(np.where(np.isfinite(core), off, np.nan), source.years), taken.slope_variance

        tiles = make_tiles(grid, BLOCK, halo)
        for done, (tile, (values, sigma, slope, extra)) in enumerate(map_threads(work, tiles, progress), 1):
            writer.write_all(values.astype(np.float32), tile.core)
            if sigma is not None:
                sigmas.write_all(sigma.astype(np.float32), tile.core)
            if velocity is not None:
                velocity[names[0]][tile.core.slices] -= slope.astype(np.float32)
                if extra is not None and names[1]:
                    old = velocity[names[1]][tile.core.slices]
                    velocity[names[1]][tile.core.slices] = np.sqrt(old ** 2 + extra)
            progress.report(done / len(tiles), f"Tile {done} of {len(tiles)}")
        if velocity is not None:
            _write_velocity(rates, output / manifest.velocity, velocity, step if number == 0 else None)
        progress.check()


def _from_first(values: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """What is taken off, from each pixel's first date on."""
    first = np.argmax(np.isfinite(values), axis=0)[None]
    return taken - np.take_along_axis(taken, first, axis=0)


def _like(files: ExitStack, source: Path, target: Path, step, by_pixel: bool):
    with open_raster(source) as raster:
        return files.enter_context(new_raster(target, raster.grid, _bands(raster), _items(raster, step),
                                              pixel_interleaved=by_pixel, block=BLOCK))


def _bands(raster: RasterReader):
    return [Band(name, unit) for name, unit in zip(raster.bands, raster.units)]


def _items(raster: RasterReader, step) -> Dict[str, str]:
    items = {key: value for key, value in raster.metadata.items() if key.startswith("TM_")}
    steps = histories.from_text(raster.metadata.get("TM_HISTORY"))
    return {**items, "TM_HISTORY": histories.to_text([*steps, step] if step else steps)}


def _velocity(path: Path, component: str) -> Tuple[Dict[str, np.ndarray], Tuple[str, str]]:
    with open_raster(path) as raster:
        sigma = f"sigma_{component}"
        return ({name: raster.read(name) for name in raster.bands},
                (f"velocity_{component}", sigma if raster.has(sigma) else ""))


def _write_velocity(source: Path, target: Path, bands: Dict[str, np.ndarray], step) -> None:
    if "speed" in bands:
        bands["speed"] = np.hypot(bands["velocity_east"], bands["velocity_north"])
    with open_raster(source) as raster:
        layout, items = _bands(raster), _items(raster, step)
    with replacing(target) as temporary, new_raster(temporary, raster.grid, layout, items) as writer:
        writer.write(bands)
