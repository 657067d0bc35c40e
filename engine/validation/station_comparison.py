"""Stations (GNSS, extensometers) beside a series or a velocity map: a table and a plot."""
import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from osgeo import osr

from ..core.errors import InputError
from ..core.files import replacing, write_rows
from ..core.grid import Window
from ..core.progress import Progress
from ..core.units import DAYS_PER_YEAR
from ..insar.looks import LOOK_BANDS
from ..io.histories.stations import Station, read_stations
from ..io.manifests import read_series
from ..io.raster import PathLike, check_writable, open_raster, spatial_reference
from ..io.series import open_series
from .comparison_settings import StationSettings

log = logging.getLogger(__name__)

ENU = ("east", "north", "up")
COLUMNS = ("station", "x", "y", "component", "dates", "rms_m", "correlation", "velocity_m_yr", "sigma_m_yr",
           "station_velocity_m_yr", "station_sigma_m_yr", "difference_m_yr", "note")
FEWEST = 3  # dates of a velocity
MOST_DRAWN = 12


@dataclass(frozen=True, eq=False)
class StationAgreement:
    """One component at one station. rms: of series minus station about their mean, m. velocity, station_velocity: m/yr
    over the time that both have. note: why there is nothing. days, mine, theirs: for the plot (ordinals, m)."""
    station: str
    x: float
    y: float
    component: str
    dates: int = 0
    rms: float = float("nan")
    correlation: float = float("nan")
    velocity: float = float("nan")
    sigma: float = float("nan")
    station_velocity: float = float("nan")
    station_sigma: float = float("nan")
    note: str = ""
    days: Tuple[int, ...] = ()
    mine: Tuple[float, ...] = ()
    theirs: Tuple[float, ...] = ()


@dataclass(frozen=True)
class StationResult:
    """The table, the rows and the plot. notes: for the log."""
    table: Path
    rows: Tuple[StationAgreement, ...]
    plot: Optional[Path]
    notes: Tuple[str, ...]


def run(series: PathLike, stations: PathLike, settings: StationSettings, output: PathLike, progress: Progress,
        plot: Optional[PathLike] = None) -> StationResult:
    """Compare a series (series.json or its folder) or a velocity map with stations; write a CSV and a PNG.

    Stations outside, without a place or without common dates are named in the table. A line of sight is compared with the
    station's motion along the look vector of the pixel.
    """
    found = read_stations(stations)
    if not any(station.place for station in found):
        raise InputError(f"{stations} does not tell where its stations are. Add columns lon and lat, or x and y.")
    path = Path(str(series))
    reader = _of_series if path.is_dir() or path.suffix == ".json" else _of_map
    rows: List[StationAgreement] = []
    for number, station in enumerate(found):
        progress.report(number / len(found), f"Station {station.name}")
        rows += reader(path, station, settings)
    table = write_table(Path(output), rows)
    drawn = draw(Path(plot), rows) if plot else None
    notes = _notes(rows)
    for note in notes:
        log.info(note)
    return StationResult(table, tuple(rows), drawn, tuple(notes))


def _of_series(path: Path, station: Station, settings: StationSettings) -> List[StationAgreement]:
    manifest, folder = read_series(path)
    place = _place(station, manifest.grid.crs)
    if place is None:
        return [StationAgreement(station.name, np.nan, np.nan, "", note="no place")]
    with open_series(path) as source:
        history = source.history(*place)
    if history is None or not history.measured:
        why = "outside the series" if history is None else history.why_missing
        return [StationAgreement(station.name, *place, "", note=why)]
    look = _look_at(folder, place)
    rows = []
    for component, values in history.values.items():
        theirs, sigma = _of_station(station, component, look)
        if theirs is None:
            rows.append(StationAgreement(station.name, *place, component, note="the station does not measure it"))
            continue
        own = history.velocity.get(f"sigma_{component}", np.nan)
        rows.append(_beside(station, place, component, manifest.dates, values, theirs, sigma, own, settings))
    return rows


def _of_map(path: Path, station: Station, settings: StationSettings) -> List[StationAgreement]:
    with open_raster(path) as raster:
        place = _place(station, raster.grid.crs)
        if place is None:
            return [StationAgreement(station.name, np.nan, np.nan, "", note="no place")]
        index = raster.grid.index(*place)
        if index is None:
            return [StationAgreement(station.name, *place, "", note="outside the map")]
        window = Window(*index, 1, 1)
        known = {name: float(raster.read(name, window)[0, 0]) for name in raster.bands}
        look = _vector(raster, window) or _look_at(path.parent, place)
    rows = []
    for component in [c for c in (*ENU, "los") if f"velocity_{c}" in known]:
        theirs, sigma = _of_station(station, component, look)
        if theirs is None:
            continue
        days = np.array([d.toordinal() for d in station.dates])
        rate, doubt = _slope(days, theirs, sigma)
        mine = known[f"velocity_{component}"]
        rows.append(StationAgreement(station.name, *place, component, int(np.isfinite(theirs).sum()), velocity=mine,
                                     sigma=known.get(f"sigma_{component}", np.nan), station_velocity=rate,
                                     station_sigma=doubt, note="" if np.isfinite(mine) else "no data in the map"))
    return rows or [StationAgreement(station.name, *place, "", note="no component in common")]


def _beside(station: Station, place, component: str, dates, values, theirs, sigma, own: float,
            settings: StationSettings) -> StationAgreement:
    """Values at the dates of the series: the mean of the station's within some days."""
    theirs_days = np.array([d.toordinal() for d in station.dates])
    days, mine, other = [], [], []
    for day, value in zip(dates, values):
        near = np.isfinite(theirs) & (np.abs(theirs_days - day.toordinal()) <= settings.window)
        if np.isfinite(value) and near.any():
            days.append(day.toordinal())
            mine.append(float(value))
            other.append(float(np.mean(theirs[near])))
    if len(days) < 2:
        return StationAgreement(station.name, *place, component, len(days), note="no common dates")
    a, b = np.array(mine) - np.mean(mine), np.array(other) - np.mean(other)
    rate, _ = _slope(np.array(days), a, None)
    inside = (theirs_days >= days[0] - settings.window) & (theirs_days <= days[-1] + settings.window)
    their_rate, doubt = _slope(theirs_days[inside], theirs[inside], None if sigma is None else sigma[inside])
    correlation = float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 and len(days) > 2 else float("nan")
    return StationAgreement(station.name, *place, component, len(days), float(np.sqrt(np.mean((a - b) ** 2))), correlation,
                            rate, own, their_rate, doubt, "", tuple(days), tuple(a), tuple(b))


def _of_station(station: Station, component: str, look):
    """(values, sigmas or None) of a component; the line of sight from east, north and up. (None, None) without it."""
    if component in station.values:
        return station.values[component], station.sigmas.get(component)
    if component != "los" or look is None or not {"east", "up"} <= set(station.values):
        return None, None
    parts = [station.values.get(c, np.zeros(len(station.dates))) for c in ENU]
    values = sum(weight * part for weight, part in zip(look, parts))
    if not all(c in station.sigmas for c in ("east", "up")):
        return values, None
    doubts = [station.sigmas.get(c, np.zeros(len(station.dates))) for c in ENU]
    return values, np.sqrt(sum((weight * part) ** 2 for weight, part in zip(look, doubts)))


def _slope(days: np.ndarray, values: np.ndarray, sigma: Optional[np.ndarray]) -> Tuple[float, float]:
    """(slope m/yr, its standard deviation) of a line; the larger of what sigmas and residuals say."""
    known = np.isfinite(values)
    if known.sum() < FEWEST or np.ptp(days[known]) == 0:
        return float("nan"), float("nan")
    years, y = days[known] / DAYS_PER_YEAR, values[known]
    t = years - years.mean()
    weight = t / (t ** 2).sum()
    slope = float(weight @ y)
    rest = y - y.mean() - slope * t
    doubt = np.sqrt((rest ** 2).sum() / (len(y) - 2) / (t ** 2).sum())
    if sigma is not None and np.isfinite(sigma[known]).all():
        doubt = max(doubt, float(np.sqrt(((weight * sigma[known]) ** 2).sum())))
    return slope, float(doubt)


def _place(station: Station, crs: str) -> Optional[Tuple[float, float]]:
    if station.place is None:
        return None
    x, y, own = station.place
    if not own or not crs:
        return x, y
    change = osr.CoordinateTransformation(spatial_reference(own), spatial_reference(crs))
    moved = change.TransformPoint(x, y)
    return float(moved[0]), float(moved[1])


def _look_at(folder: Path, place) -> Optional[Tuple[float, float, float]]:
    path = folder / "geometry.tif"
    if not path.is_file():
        return None
    with ExitStack() as files:
        raster = files.enter_context(open_raster(path))
        index = raster.grid.index(*place)
        return _vector(raster, Window(*index, 1, 1)) if index is not None else None


def _vector(raster, window) -> Optional[Tuple[float, float, float]]:
    if not all(raster.has(name) for name in LOOK_BANDS):
        return None
    found = tuple(float(raster.read(name, window)[0, 0]) for name in LOOK_BANDS)
    return found if np.isfinite(found).all() else None


def write_table(path: Path, rows: Sequence[StationAgreement]) -> Path:
    """Write the CSV."""
    check_writable(path.parent)
    return write_rows(path, COLUMNS, (
        [r.station, _text(r.x), _text(r.y), r.component, r.dates,
         *map(_text, (r.rms, r.correlation, r.velocity, r.sigma, r.station_velocity, r.station_sigma,
                      r.velocity - r.station_velocity)), r.note] for r in rows))


def _text(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""


def _notes(rows: Sequence[StationAgreement]) -> List[str]:
    notes = []
    for component in sorted({r.component for r in rows if r.component and np.isfinite(r.velocity)}):
        mine = [r for r in rows if r.component == component]
        off = np.array([r.velocity - r.station_velocity for r in mine])
        rms = np.array([r.rms for r in mine])
        text = f"{component}: {int(np.isfinite(off).sum())} stations"
        if np.isfinite(off).any():
            text += f"; velocity minus station {np.nanmedian(off):+.4g} m/yr in the median, {np.nanstd(off):.4g} spread"
        if np.isfinite(rms).any():
            text += f"; series minus station {1000 * np.nanmedian(rms):.1f} mm (median rms)"
        notes.append(text + ".")
    reasons: Dict[str, List[str]] = {}
    for r in rows:
        if r.note:
            reasons.setdefault(r.note, []).append(r.station)
    return notes + [f"{why}: {', '.join(names[:10])}{' …' if len(names) > 10 else ''}" for why, names in reasons.items()]


def draw(path: Path, rows: Sequence[StationAgreement]) -> Optional[Path]:
    """Series and stations over time, one panel for each (at most MOST_DRAWN); None where no dates are common."""
    from datetime import date

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = [r for r in rows if r.days][:MOST_DRAWN]
    if not drawn:
        return None
    check_writable(path.parent)
    columns = min(3, len(drawn))
    lines = -(-len(drawn) // columns)
    figure = Figure(figsize=(4.6 * columns, 2.8 * lines), constrained_layout=True)
    FigureCanvasAgg(figure)
    for axes, r in zip(np.atleast_1d(figure.subplots(lines, columns)).ravel(), drawn):
        days = [date.fromordinal(d) for d in r.days]
        axes.plot(days, r.theirs, "o", ms=4, color="#D55E00", label="station")
        axes.plot(days, r.mine, "-", color="#0072B2", label="series")
        axes.set_title(f"{r.station}, {r.component}: rms {1000 * r.rms:.1f} mm", fontsize=10)
        axes.set_ylabel("m")
        axes.tick_params(axis="x", rotation=30, labelsize=8)
        axes.legend(fontsize=8)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=120, format=path.suffix.lower().lstrip(".") or "png")
    return path
