"""Import of displacements that other programs made: every pair onto one grid, in metres, east and north."""
import logging
import math
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from osgeo import osr

from ...core import history as histories
from ...core.errors import InputError
from ...core.flags import Flag
from ...core.grid import Grid
from ...core.progress import Progress
from ...core.stack import NAME, PairEntry, StackManifest
from ..displacement import OPTICAL, new_displacement
from ..manifests import write_stack
from ..raster import check_writable, open_raster, spatial_reference
from ..vectors import Tally, Vectors
from . import autorift, detect, geotiff, itslive, micmac, naming
from .grids import Resampler, common_grid
from .model import PIXELS, UNIT_WORDS, Layer, PairSource
from .settings import FORMATS, ImportSettings

_LOG = logging.getLogger(__name__)
_STRIP = 512  # rows at a time: memory stays bounded for the largest maps
_TURNED = 2.0  # degrees between the map's y axis and true north from which the log says so

_FINDERS = {
    "geotiff": lambda *a: geotiff.find(*a, geotiff.GEOTIFF), "cosicorr": lambda *a: geotiff.find(*a, geotiff.COSICORR),
    "autorift": autorift.find, "itslive": itslive.find, "micmac": micmac.find}


@dataclass(frozen=True)
class ImportResult:
    """stack: path of stack.json. lines: what was found, taken for granted and done."""
    stack: Path
    pairs: int
    lines: Tuple[str, ...]

    def summary(self) -> List[str]:
        return list(self.lines)


def run(folder, settings: ImportSettings, output, progress: Progress) -> ImportResult:
    """Read a folder of another program's displacements and write a stack. Raises InputError, GridError, SettingsError."""
    folder, output = Path(folder).resolve(), Path(output).resolve()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Choose the folder that holds the displacements.")
    if folder == output:
        raise InputError(f"{output} holds the input. Choose another folder for the stack.")
    progress.report(0.0, "Looking for displacements")
    pairs, code = find_pairs(folder, output, settings)
    lines = _assumptions(pairs, code, settings)
    check_writable(output)
    (output / NAME).unlink(missing_ok=True)  # until the end, nobody takes the folder for finished
    pairs = [_with_scale(pair, settings) for pair in pairs]
    grid, why = common_grid([p.grid for p in pairs], [p.x.path for p in pairs], settings.cover)
    turned, words = _axes(grid)
    step = histories.step("importdisplacements", settings, format=code, unit=pairs[0].unit,
                          unit_from=pairs[0].unit_from, grid=why, axes=words)
    entries, names = [], Counter()
    for number, pair in enumerate(pairs):
        progress.report(number / len(pairs), f"Importing pair {number + 1} of {len(pairs)}")
        name = f"{pair.reference:%Y%m%d}_{pair.secondary:%Y%m%d}"
        names[name] += 1
        file = f"pairs/{name}{f'_{names[name]}' if names[name] > 1 else ''}.tif"
        entries.append(_write(pair, grid, output, file, settings, [step], words, progress))
    manifest = StackManifest("optical", OPTICAL, grid, tuple(entries), history=(step,),
                             extra={"axes": words, "grid_convergence_deg": turned})
    path = write_stack(output, manifest)
    progress.report(1.0)
    return ImportResult(path, len(entries), (*lines, f"Grid: {why}.", words, *_counts(entries)))


def find_pairs(folder: Path, output: Path, settings: ImportSettings) -> Tuple[List[PairSource], str]:
    """(pairs in the order of their dates, code of the format). Raises InputError where there are none."""
    files = naming.files_below(folder, output)
    code = settings.format if settings.format != "detect" else detect.format_of(files, folder, settings)
    pairs = [pair.forward() for pair in _FINDERS[code](files, folder, settings)]
    if not pairs:
        raise InputError(f"{folder} holds no pairs of the format {dict(FORMATS)[code]} ({len(files)} rasters looked "
                         "at). Choose another format or folder.")
    if settings.reference_date and len(pairs) > 1:
        raise InputError(f"First and second date were declared, but {folder} holds {len(pairs)} pairs. Put the dates "
                         "into the names of files or folders.")
    same = next((pair for pair in pairs if pair.days == 0), None)
    if same is not None:
        raise InputError(f"{same.x.path}: both dates are {same.reference}. Check its name.")
    return sorted(pairs, key=lambda p: (p.reference, p.secondary, p.x.path)), code


def _assumptions(pairs: Sequence[PairSource], code: str, settings: ImportSettings) -> List[str]:
    """What was read, declared or taken from the format, for the log."""
    units = Counter((UNIT_WORDS[p.unit], p.unit_from) for p in pairs)
    down = pairs[0].y_down
    origin = "declared" if settings.north != "format" else "the format's rule"
    lines = [f"Format: {dict(FORMATS)[code]} ({'detected' if settings.format == 'detect' else 'declared'}), "
             f"{len(pairs)} pairs, {pairs[0].reference} to {max(p.secondary for p in pairs)}.",
             "Unit: " + "; ".join(f"{unit} (from: {source})" for unit, source in units) + ".",
             f"Sign: first component positive to the right of the map, second positive {'down' if down else 'up'} "
             f"({origin})."]
    if code == "geotiff" and any(p.unit == PIXELS for p in pairs) and settings.north == "format":
        _LOG.warning("Values in pixels: the second component is taken as positive up the map (north). Many programs "
                     "count rows downward: set 'Second component is positive' if yours does.")
    if any(p.unit == PIXELS for p in pairs) and not settings.pixel_size:
        sizes = sorted({p.grid.pixel_size for p in pairs})
        _LOG.warning("Values in pixels: one pixel is taken as the maps' own (%s m). If the images had smaller pixels, "
                     "set 'Pixel of the images'.", ", ".join(f"{s:g}" for s in sizes))
    return lines


def _with_scale(pair: PairSource, settings: ImportSettings) -> PairSource:
    """The pair with its grid in map units, or InputError where pixels cannot become metres."""
    grid, size = pair.grid, settings.pixel_size
    placed = bool(grid.crs) or grid.transform != (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    if pair.unit != PIXELS:
        return pair
    if not size and not placed:
        raise InputError(f"{pair.x.path} has no georeference, so that pixels cannot become metres. Set 'Pixel of the "
                         "images', or add a world file.")
    if not size and grid.crs and spatial_reference(grid.crs).IsGeographic():
        raise InputError(f"{pair.x.path} has pixels in degrees ({grid.crs[:40]}). Set 'Pixel of the images' in metres, "
                         "or reproject the maps.")
    if not placed:
        return replace(pair, grid=Grid("", (0.0, size, 0.0, 0.0, 0.0, -size), grid.width, grid.height))
    return pair


def _axes(grid: Grid) -> Tuple[Optional[float], str]:
    """(angle from the grid's y axis to true north, degrees clockwise; in words) at the middle of the grid."""
    text = "East and north are the x and y axes of the grid; nothing was rotated."
    if not grid.crs:
        return None, text + " The maps have no coordinate system."
    reference = spatial_reference(grid.crs)
    if reference.IsGeographic():
        return 0.0, text
    turned = _convergence(grid, reference)
    if abs(turned) < _TURNED:
        return round(turned, 3), text
    return round(turned, 3), (text + f" In {grid.crs[:40]} true north is {turned:.1f} degrees clockwise of the y axis "
                              "here: subtract that angle from azimuths in the grid.")


def _convergence(grid: Grid, reference) -> float:
    transform = osr.CoordinateTransformation(reference, spatial_reference("EPSG:4326"))
    back = osr.CoordinateTransformation(spatial_reference("EPSG:4326"), reference)
    x, y = grid.xy(grid.width / 2, grid.height / 2)
    longitude, latitude, _ = transform.TransformPoint(x, y)
    north = back.TransformPoint(longitude, latitude + 1e-4)
    return math.degrees(math.atan2(north[0] - x, north[1] - y))


def _write(pair: PairSource, grid: Grid, output: Path, file: str, settings: ImportSettings, steps, axes: str,
           progress: Progress) -> PairEntry:
    """One displacement raster of the stack, strip by strip."""
    resampler, tally = Resampler(pair.grid, grid), Tally()
    factors = pair.factors(settings.pixel_size)
    steps = [*steps, {"step": "source", "x": pair.x.path, "y": pair.y.path, "resampled": not resampler.unchanged}]
    scale = abs(factors[0])
    with ExitStack() as files, new_displacement(
            output / file, grid, OPTICAL, "correlation", pair.reference, pair.secondary, history=steps,
            reference="as in the imported maps", metadata={"TM_AXES": axes}) as target:
        read = _Reader(files, pair, settings, resampler)
        for row in range(0, grid.height, _STRIP):
            progress.check()
            rows = slice(row, min(row + _STRIP, grid.height))
            values = np.stack([read(pair.x, rows) * np.float32(factors[0]), read(pair.y, rows) * np.float32(factors[1])])
            vectors = _vectors(values, read, pair, rows, scale)
            tally.add(vectors)
            target.write({"east": vectors.values[0], "north": vectors.values[1], "correlation": vectors.quality,
                          "sigma": vectors.sigma, "flag": vectors.flag.astype(np.float32)},
                         _rows(grid, rows))
        target.set_metadata(tally.as_items())
    sigma = None if pair.sigma_value is None else round(pair.sigma_value * scale, 6)
    return PairEntry(pair.reference, pair.secondary, file, sigma, mean_quality=tally.mean_quality,
                     valid_fraction=tally.valid_fraction, extra={"source": Path(pair.x.path).name.strip('"')})


def _rows(grid: Grid, rows: slice):
    """The window of some rows of a grid."""
    return replace(grid.window, row=rows.start, rows=rows.stop - rows.start)


def _vectors(values: np.ndarray, read, pair: PairSource, rows: slice, scale: float) -> Vectors:
    """Values with quality, sigma (m) and flag; a pixel without one component has neither."""
    valid = np.isfinite(values).all(axis=0)
    values = np.where(valid, values, np.float32(np.nan))
    quality = np.full(valid.shape, np.nan, np.float32)
    if pair.quality is not None:
        gain, offset = pair.quality_scale
        quality = np.clip(read(pair.quality, rows) * np.float32(gain) + np.float32(offset), 0.0, 1.0)
    sigma = np.full(valid.shape, np.nan, np.float32)
    if pair.sigma is not None:
        sigma = np.where(valid, np.abs(read(pair.sigma, rows)) * np.float32(scale), np.float32(np.nan))
    elif pair.sigma_value is not None:
        sigma = np.where(valid, np.float32(pair.sigma_value * scale), np.float32(np.nan))
    return Vectors(values, quality, sigma, np.where(valid, 0, int(Flag.OUTSIDE)).astype(np.uint8))


class _Reader:
    """Rows of the target grid out of the layers of one pair."""

    def __init__(self, files: ExitStack, pair: PairSource, settings: ImportSettings, resampler: Resampler):
        self._files, self._resampler, self._open = files, resampler, {}
        self._missing = (*pair.missing, *([settings.no_data] if settings.no_data is not None else []))

    def __call__(self, layer: Layer, rows: slice) -> np.ndarray:
        if layer.path not in self._open:
            self._open[layer.path] = self._files.enter_context(open_raster(layer.path))
        raster = self._open[layer.path]
        window = self._resampler.window(rows)
        if window.rows == 0 or window.columns == 0:
            return self._resampler.apply(np.empty((0, 0), np.float32), window, rows)
        values = raster.read(layer.band, window)
        for value in self._missing:
            values[values == np.float32(value)] = np.nan
        band = raster._dataset.GetRasterBand(layer.band)
        gain, offset = band.GetScale(), band.GetOffset()
        if gain not in (None, 1.0) or offset not in (None, 0.0):
            values = values * np.float32(1.0 if gain is None else gain) + np.float32(offset or 0.0)
        return self._resampler.apply(values, window, rows)


def _counts(entries: Sequence[PairEntry]) -> List[str]:
    """Valid shares for the log."""
    shares = np.array([entry.valid_fraction or 0.0 for entry in entries])
    empty: Dict[str, float] = {e.file: s for e, s in zip(entries, shares) if s == 0}
    lines = [f"{len(entries)} pairs written; valid pixels per pair: median {np.median(shares):.0%}, "
             f"{shares.min():.0%} to {shares.max():.0%}."]
    return lines + ([f"Without any valid pixel: {', '.join(empty)}."] if empty else [])
