"""The atmosphere of a stack, date by date: found, judged on still ground, taken off every pair."""
import logging
import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..compute.threads import map_threads
from ..compute.tiles import make_tiles
from ..core import history as histories
from ..core.errors import InputError
from ..core.files import write_rows
from ..core.flags import Flag
from ..core.grid import Grid, Window
from ..core.history import step
from ..core.progress import Progress
from ..core.units import METRE
from ..io.cds import download, requests_for, write_requests
from ..io.displacement import new_displacement_like, open_displacement
from ..io.manifests import read_stack, relative, write_stack
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster
from ..io.stable import StableGround
from ..io.stack_source import StackSource
from ..io.vectors import Tally, read_vectors
from . import atmospheres, robust
from .blocks import FEWEST, Blocker, DateSeries, date_series, geometry_path, read_geometry
from .correction_settings import TroposphereSettings
from .elevation import beside_held, fit_model
from .screen import Beside

log = logging.getLogger(__name__)

FOLDER, TABLE, WEATHER = "delays", "troposphere.csv", "era5"
NOISE = "date_noise"  # key of the manifest: ISO date -> raster with the band `sigma`, what the correction leaves
TILE = 256  # px
LEAST_CHANGE = 0.005  # of a date's spread
SAMPLE = 2000  # pixels of what is held still
UNCHANGED = "the correction changes nothing: left as it is"
SIGN = "positive where the wave takes longer: the ground seems farther from the satellite"
COLUMNS = ("date", "before_m", "after_m", "applied", "gradient_m_per_km", "note")
_TIME = re.compile(r"\d{8}T(\d{2})(\d{2})(\d{2})")


@dataclass(frozen=True)
class DateQuality:
    """Spread (robust standard deviation, m) of a date's displacement on still ground, before and after."""
    date: date
    before: float
    after: float
    applied: bool
    gradient: float
    note: str


@dataclass(frozen=True)
class TroposphereResult:
    """The corrected stack, the table of dates and its file. notes: sentences for the log."""
    stack: StackResult
    dates: Tuple[DateQuality, ...]
    table: Path
    notes: Tuple[str, ...]


def run(stack: PathLike, settings: TroposphereSettings, output_folder: PathLike, progress: Progress,
        folder: Optional[PathLike] = None, stable: Optional[StableGround] = None, transport=None) -> TroposphereResult:
    """Correct all pairs of an InSAR stack. folder: of the weather or GACOS files. transport: carries requests with the
    user's key to the Climate Data Store, for what the folder lacks (see `io.cds.download`).

    In the output: `delays/<YYYYMMDD>.tif` (bands delay and sigma, m along the line of sight, about the mean of all
    dates), `troposphere.csv`. Raises InputError where the weather does not cover a date or the area; what to ask the
    Climate Data Store for is then written into the output folder.
    """
    output = Path(output_folder)
    with StackSource(stack) as source:
        if source.manifest.kind != "insar":
            raise InputError(f"{stack} holds no line-of-sight displacements. Choose a stack of interferograms.")
        if output.resolve() == source.folder.resolve():
            raise InputError(f"The result would overwrite its own input in {output}. Choose another output folder.")
        check_writable(output / FOLDER)
        geometry = geometry_path(source.manifest, source.folder)
        dates = sorted({d for p in source.pairs for d in (p.reference, p.secondary)})
        elevation = read_geometry(geometry, "elevation")
        _require_elevation(elevation, source)
        notes: List[str] = []
        blocker = Blocker(source.grid, np.isfinite(elevation) & (stable.mask(source.grid) if stable is not None else True))
        if stable is not None and len(blocker.chosen) < FEWEST:
            notes.append(f"The stable ground fills {len(blocker.chosen)} blocks of {blocker.side} x {blocker.side} px, too "
                         f"few to find the atmosphere on ({FEWEST}): ground that moves like most of the area was taken.")
            stable, blocker = None, Blocker(source.grid, np.isfinite(elevation))
        series = date_series(source, blocker, elevation, stable is not None, progress.part(0.0, 0.25))
        weather = _WeatherFiles(folder, output, transport, progress.part(0.25, 0.33))
        held = _held_places(source, series, elevation)
        model, quality, told = _judge(source, series, dates, elevation, geometry, settings, weather, stable, held,
                                      progress.part(0.33, 0.35))
        used = np.array([q.applied for q in quality])
        shift = _reference_shift(source, dates, model, used, held)
    maps = _write_maps(model, used, quality, dates, geometry, source.grid, output, settings,
                       progress.part(0.35, 0.6))
    table = write_table(output / TABLE, quality)
    result = _correct_pairs(stack, settings, output, maps, shift, stable,
                            table, progress.part(0.6, 1.0))
    notes += told + _notes(quality, series)
    for note in notes:
        log.info(note)
    return TroposphereResult(result, tuple(quality), table, tuple(notes))


def _require_elevation(elevation: np.ndarray, source: StackSource) -> None:
    if not np.isfinite(elevation).any():
        raise InputError(f"The geometry of {source.folder} has no elevation. Import the interferograms with their DEM.")


class _Weather:
    """A weather model as `ElevationModel` is: apparent displacement of each date about the mean of the dates."""

    def __init__(self, delays, positions: atmospheres.Positions, look_path: str):
        self._delays, self._positions, self._look = delays, positions, look_path
        self.beside: Optional[Beside] = None

    def at_places(self, grid: Grid, rows, columns, elevation, used: np.ndarray) -> np.ndarray:
        """As `at`, for positions in pixels (0.5 = first centre)."""
        look_up = read_geometry(self._look, "look_up")
        row, column = (np.clip(v.astype(int), 0, n - 1) for v, n in zip((rows, columns), look_up.shape))
        look = np.where(np.isfinite(look_up[row, column]), look_up[row, column], np.nanmedian(look_up))
        longitude, latitude = self._positions.at(rows, columns)
        return self._about_mean(self._delays(elevation, look, longitude, latitude), used)

    @staticmethod
    def _about_mean(found: np.ndarray, used: np.ndarray) -> np.ndarray:
        found = found - found.mean(axis=0)
        found[~used] = 0.0
        return np.stack([found, np.full(found.shape, np.nan)]).astype(np.float32)

    def at(self, grid: Grid, window: Window, elevation, used: np.ndarray) -> np.ndarray:
        """(2, dates, rows, columns): displacement and NaN, as the sigma is known from still ground only."""
        longitude, latitude = self._positions.window(window)
        found = self._delays(elevation, read_geometry(self._look, "look_up", window), longitude, latitude)
        return self._about_mean(found, used)


def _judge(source: StackSource, series: DateSeries, dates, elevation, geometry: str, settings: TroposphereSettings,
           weather: "_WeatherFiles", stable, held, progress: Progress):
    """(model of the delays, quality of each date, notes). held: (rows, columns, elevation) of what is held still."""
    progress.report(0.0, "Finding the delays")
    notes: List[str] = []
    still = series.values[:, series.still]
    before = np.array([robust.spread(row) for row in series.noise(still)])
    gradients = np.full(len(dates), np.nan)
    if settings.method == "elevation":
        span = (float(np.nanmin(elevation)), float(np.nanmax(elevation)))
        turbulence = settings.turbulence and stable is not None
        model, told = fit_model(series, source.grid, span, settings, turbulence, held)
        notes += told + ([] if stable is not None or not settings.turbulence else [
            "Without stable ground only the delay that follows the elevation is taken off, fitted to ground that moves "
            "like most of the area."])
        after, gradients = model.rest, model.gradient.reshape(len(dates), -1).mean(axis=1)
    else:
        model = _weather_model(source, dates, settings, weather, geometry, float(np.nanmax(elevation)))
        place = series.blocks.part(series.still)
        left = series.noise(
            still - model.at_places(source.grid, place.row, place.column, place.elevation, np.ones(len(dates), bool))[0])
        after = np.array([robust.spread(row) for row in left])
        model.beside = beside_held(left, place, source.grid, held)
    quality = [_quality(day, b, a, g, settings) for day, b, a, g in zip(dates, before, after, gradients)]
    return model, quality, notes


def _quality(day: date, before: float, after: float, gradient: float, settings: TroposphereSettings) -> DateQuality:
    if not np.isfinite(after):
        return DateQuality(day, before, before, False, gradient, "no still ground has data: left as it is")
    if np.isclose(after, before, rtol=LEAST_CHANGE):
        return DateQuality(day, before, after, False, gradient, UNCHANGED)
    if settings.refuse and after >= before:
        return DateQuality(day, before, after, False, gradient, "worse with the correction: left as it is")
    return DateQuality(day, before, after, True, gradient, "" if after < before else "worse, taken off as asked for")


@dataclass(frozen=True)
class _WeatherFiles:
    """Where weather files are, or come to."""
    folder: Optional[PathLike]
    output: Path
    transport: object
    progress: Progress


def _weather_model(source: StackSource, dates, settings: TroposphereSettings, weather: _WeatherFiles, geometry: str,
                   highest: float) -> _Weather:
    positions = atmospheres.Positions(source.grid)
    if settings.method == "gacos":
        if not weather.folder:
            raise InputError("GACOS needs the folder with its .ztd files.")
        return _Weather(atmospheres.GacosDelays.load(weather.folder, dates, positions), positions, geometry)
    seconds = acquisition_time(source, settings)

    def load(folder):
        if not folder:
            raise atmospheres.MissingWeather("", dates)
        return atmospheres.WeatherDelays.load(folder, dates, seconds, positions, highest, settings.as_pyaps)

    try:
        return _Weather(load(weather.folder), positions, geometry)
    except InputError as error:
        wanted = error.dates if isinstance(error, atmospheres.MissingWeather) else dates
        if weather.transport is not None:
            folder = Path(weather.folder or weather.output / WEATHER)
            download(requests_for(wanted, seconds, positions.box()), folder, weather.transport, weather.progress)
            return _Weather(load(folder), positions, geometry)
        script = write_requests(weather.output, wanted, seconds, positions.box())
        raise InputError(f"{error} The request to the Climate Data Store is ready in {script}: run it with your key, then "
                         "choose the folder of its files. Or choose your key as login.") from error


def acquisition_time(source: StackSource, settings: TroposphereSettings) -> float:
    """Seconds after midnight UTC: of the settings, the manifest or the names of the products."""
    if settings.time.strip():
        return atmospheres.seconds_of(settings.time)
    if source.manifest.extra.get("acquisition_time"):
        return atmospheres.seconds_of(source.manifest.extra["acquisition_time"])
    found = [m.groups() for p in source.pairs for m in [_TIME.search(str(p.extra.get("source", "")))] if m]
    if not found:
        raise InputError("The time of the acquisitions is not known. Write it into the settings as HH:MM (UTC).")
    return float(np.median([3600 * int(h) + 60 * int(m) + int(s) for h, m, s in found]))


def _write_maps(model, used, quality, dates, geometry: str, grid: Grid, output: Path,
                settings: TroposphereSettings, progress: Progress) -> Dict[date, Path]:
    """Delay of each date about the mean of the dates (positive = longer), and how sure it is."""
    paths = {day: output / FOLDER / f"{day:%Y%m%d}.tif" for day in dates}
    items = {"TM_UNIT": METRE, "TM_SIGN": SIGN, "TM_HISTORY": histories.to_text([step("troposphere", settings)])}
    rest = np.array([q.after if q.applied else q.before for q in quality], np.float32)
    with ExitStack() as files:
        writers = [files.enter_context(new_raster(paths[day], grid, [Band("delay", METRE), Band("sigma", METRE)],
                                                  {**items, "TM_REFERENCE_DATE": day.isoformat()})) for day in dates]

        def work(tile):
            elevation = read_geometry(geometry, "elevation", tile.core)
            found = model.at(grid, tile.core, elevation, used)
            unknown = ~np.isfinite(found[1]) | ~used[:, None, None]
            around = model.beside.at(*np.meshgrid(np.arange(tile.core.rows) + tile.core.row + 0.5,
                                                  np.arange(tile.core.columns) + tile.core.column + 0.5, indexing="ij"))
            found[1] = np.where(unknown, rest[:, None, None] * np.sqrt(around), found[1])
            found[:, :, ~np.isfinite(elevation)] = np.nan
            return found

        tiles = make_tiles(grid, TILE)
        for number, (tile, found) in enumerate(map_threads(work, tiles, progress), 1):
            for k, writer in enumerate(writers):
                writer.write({"delay": -found[0, k], "sigma": found[1, k]}, tile.core)
            progress.report(number / len(tiles), "Writing the delays of all dates")
    return paths


def _held_places(source: StackSource, series: DateSeries, elevation: np.ndarray):
    """(rows, columns, elevation) of places of what the stack is held still by; of still ground where that is not known."""
    mask = _held_still(source)
    rows, columns = np.nonzero(mask & np.isfinite(elevation)) if mask is not None else ((), ())
    if not len(rows):
        place = series.blocks.part(series.still)
        return place.row, place.column, place.elevation
    some = np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype(int)
    rows, columns = rows[some], columns[some]
    return rows + 0.5, columns + 0.5, elevation[rows, columns]


def _reference_shift(source: StackSource, dates, model, used: np.ndarray, held) -> Dict[date, float]:
    """Apparent displacement of each date at what the stack is held still by, m: the correction must not move it."""
    rows, columns, height = held
    found = model.at_places(source.grid, rows, columns, height, used)[0]
    return {day: float(np.nanmedian(row)) for day, row in zip(dates, found)}


def _held_still(source: StackSource) -> Optional[np.ndarray]:
    """(rows, columns) bool of what Reference stack holds still; None where nothing is known of it."""
    file = (source.manifest.extra.get("reference") or {}).get("file")
    if not file or not (source.folder / file).is_file():
        return None
    with open_raster(source.folder / file) as raster:
        mask = raster.read_raw(1) == 1 if raster.grid.equals(source.grid) else np.zeros(1, bool)
    return mask if mask.any() else None


def _correct_pairs(stack, settings: TroposphereSettings, output: Path, maps: Dict[date, Path], shift: Dict[date, float],
                   stable: Optional[StableGround], table: Path, progress: Progress) -> StackResult:
    """Take the delays off every pair and write the stack, with the noise that stays on each date."""

    def one_pair(path: Path, target: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        return correct(path, maps, shift, settings, target, pair_progress, items)

    recipe = fingerprint(f"{stable.fingerprint() if stable is not None else ''} {table.read_text(encoding='utf-8')}")
    result = run_pairs(stack, output, "troposphere", settings, one_pair, progress, recipe)
    manifest, folder = read_stack(result.stack)
    noise = {day.isoformat(): relative(path, folder) for day, path in maps.items()}
    write_stack(folder, replace(manifest, extra={**manifest.extra, NOISE: noise}))
    return result


def correct(path: Path, maps: Dict[date, Path], shift: Dict[date, float], settings: TroposphereSettings, target: Path,
            progress: Progress, items: Optional[Dict[str, str]] = None) -> Tally:
    """One pair without the difference of its dates' delays; pixels without a delay (no elevation) lose their value."""
    tally = Tally()
    with open_displacement(path) as source, ExitStack() as files:
        first, second = source.reference_date, source.secondary_date
        delays = [files.enter_context(open_raster(maps[day])) for day in (first, second)]
        moved = shift[second] - shift[first]
        pieces = make_tiles(source.grid, 1024)
        with new_displacement_like(target, source, [step("troposphere", settings)]) as writer:
            for number, tile in enumerate(pieces):
                progress.report(number / len(pieces))
                vectors = read_vectors(source, tile.core)
                before, after = (raster.read("delay", tile.core) for raster in delays)
                values = vectors.values + (after - before + np.float32(moved))[None]
                vectors = replace(vectors, values=values).without(~np.isfinite(values[0]), Flag.OUTSIDE)
                tally.add(vectors)
                writer.write(vectors.bands(source), tile.core)
            writer.set_metadata({**(items or {}), **tally.as_items()})
            progress.check()
    return tally


def write_table(path: Path, quality: List[DateQuality]) -> Path:
    """Write troposphere.csv: a row per date, spreads in metres."""
    return write_rows(path, COLUMNS, (
        [q.date.isoformat(), *(f"{v:.6g}" if np.isfinite(v) else "" for v in (q.before, q.after)), int(q.applied),
         f"{q.gradient:.6g}" if np.isfinite(q.gradient) else "", q.note] for q in quality))


def _notes(quality: List[DateQuality], series: DateSeries) -> List[str]:
    applied = [q for q in quality if q.applied]
    notes = []
    if applied:
        notes.append(f"Delay taken off {len(applied)} of {len(quality)} dates; spread on still ground, median of these "
                     f"dates: {1e3 * np.median([q.before for q in applied]):.1f} mm before, "
                     f"{1e3 * np.median([q.after for q in applied]):.1f} mm after.")
    same = [q for q in quality if q.note == UNCHANGED]
    if same:
        middle = 1e3 * np.median([q.before for q in same])
        notes.append(f"{len(same)} of {len(quality)} dates: {UNCHANGED} (median {middle:.1f} mm).")
    for q in quality:
        if not q.applied and q.note != UNCHANGED:
            notes.append(f"{q.date}: {q.note} ({1e3 * q.before:.1f} mm before, {1e3 * q.after:.1f} mm after).")
    moving = int((~series.still).sum())
    if moving:
        notes.append(f"{moving} of {len(series.still)} blocks move faster than the rest and were left out.")
    if series.left.any():
        notes.append(f"{series.left.mean():.1%} of the blocks' values contradict the network and were left out.")
    return notes
