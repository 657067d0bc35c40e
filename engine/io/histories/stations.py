"""Displacement of stations (GNSS, extensometers, total stations) from tables: CSV, vector layers, Nevada's tenv3.

A table has one line per station and day: a column for the day, columns east, north, up (or los), perhaps sigma_east …,
a column with the station's name, and columns lon, lat or x, y. A unit may end a column's name: east_mm, up (cm).
"""
import csv
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from osgeo import gdal, ogr

from ...core.errors import InputError
from ..products.dates import all_dates
from ..raster import _quiet, crs_text
from .source import metres_per

_DAYS = ("date", "day", "time", "datetime", "epoch", "yyyy-mm-dd")
_NAMES = ("station", "name", "site", "id", "code")
_ALIASES = {"east": ("east", "e", "de", "dx", "east_displacement"), "north": ("north", "n", "dn", "dy",
            "north_displacement"), "up": ("up", "u", "du", "dz", "vertical", "up_displacement"), "los": ("los",)}
_SIGMAS = ("sigma_{}", "s{}", "{}_sigma", "sd_{}", "std_{}", "{}_std", "sig_{}")
_DEGREES = (("lon", "lat"), ("longitude", "latitude"))
_PLACES = _DEGREES + (("x", "y"), ("easting", "northing"))
_UNIT = re.compile(r"[\s_(\[]+(mm|cm|m)[)\]]?$")
_TENV3 = {"east": (7, 8, 14), "north": (9, 10, 15), "up": (11, 12, 16)}  # whole metres, fraction, sigma


@dataclass(frozen=True, eq=False)
class Station:
    """values, sigmas: component -> (dates,) m as in the table, NaN = no data. place: (x, y, crs) or None.

    crs is empty for x and y of a table without coordinate system: they are those of the map that is compared.
    """
    name: str
    dates: Tuple[date, ...]
    values: Dict[str, np.ndarray]
    sigmas: Dict[str, np.ndarray] = field(default_factory=dict)
    place: Optional[Tuple[float, float, str]] = None


def read_stations(path) -> List[Station]:
    """Every station of a table. Raises InputError with the columns that are missing."""
    file = Path(str(path).split("|")[0])
    if file.suffix.lower() in (".tenv3", ".tenv"):
        return [_tenv3(file)]
    header, rows, crs = _csv(file) if file.suffix.lower() in (".csv", ".txt") else _layer(str(path))
    return _stations(header, rows, crs, str(path))


def relative(station: Station, component: str, first: date, window: int = 15) -> np.ndarray:
    """(dates,) m since `first`: the mean of the values within `window` days of it is zero.

    A station that has none then starts at zero itself, on its own first day.
    """
    values = station.values[component]
    away = np.array([abs((day - first).days) for day in station.dates])
    near = (away <= window) & np.isfinite(values)
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return values
    return values - (np.mean(values[near]) if near.any() else values[known[0]])


def compare(station_dates: Sequence[date], station_values: np.ndarray, dates: Sequence[date], values: np.ndarray,
            window: int = 10) -> Tuple[float, int]:
    """(standard deviation of series minus station, m; dates compared). The station's value at a date is the mean of
    those within `window` days; a constant difference says nothing, as both begin at zero by convention."""
    theirs = np.array([day.toordinal() for day in station_dates])
    known = np.isfinite(station_values)
    differences = []
    for day, value in zip(dates, values):
        near = known & (np.abs(theirs - day.toordinal()) <= window)
        if np.isfinite(value) and near.any():
            differences.append(value - station_values[near].mean())
    return (float(np.std(differences)), len(differences)) if len(differences) > 1 else (float("nan"), len(differences))


def _csv(file: Path):
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            lines = [line for line in stream if line.strip() and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read ({error}). Choose a CSV table in UTF-8.") from error
    if not lines:
        raise InputError(f"{file} is empty. Choose a table with a line per station and day.")
    try:
        dialect = csv.Sniffer().sniff("".join(lines[:20]), ",;\t ")
    except csv.Error:
        dialect = csv.excel
    table = [row for row in csv.reader(lines, dialect) if row]
    return [name.strip() for name in table[0]], table[1:], ""


def _layer(path: str):
    file, _, options = path.partition("|")
    with _quiet():
        try:
            dataset = gdal.OpenEx(file, gdal.OF_VECTOR)
        except RuntimeError as error:
            raise InputError(f"{file} cannot be read as a vector layer ({error}).") from error
    if dataset is None:
        raise InputError(f"{file} cannot be read as a vector layer. Choose a file that GDAL reads, or a CSV table.")
    wanted = dict(item.split("=", 1) for item in options.split("|") if "=" in item)
    layer = dataset.GetLayerByName(wanted["layername"]) if "layername" in wanted else dataset.GetLayer(0)
    definition = layer.GetLayerDefn()
    names = [definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())]
    placed = definition.GetGeomType() != ogr.wkbNone
    rows = []
    for feature in layer:
        row = [feature.GetFieldAsString(i) for i in range(len(names))]
        shape = feature.GetGeometryRef()
        middle = shape.Centroid() if placed and shape is not None else None
        rows.append(row + (["", ""] if middle is None else [repr(middle.GetX()), repr(middle.GetY())]))
    reference = layer.GetSpatialRef()
    crs = crs_text(reference.ExportToWkt()) if reference is not None else ""
    # the geometry counts more than columns of the same names
    return [name if name.lower() not in ("x", "y") else f"_{name}" for name in names] + ["x", "y"], rows, crs


def _stations(header: List[str], rows, crs: str, path: str) -> List[Station]:
    plain = [_UNIT.sub("", name.lower()).strip() for name in header]
    scales = [metres_per((_UNIT.search(name.lower()) or [None, "m"])[1]) for name in header]
    day = _find(plain, _DAYS)
    columns = {c: n for c, names in _ALIASES.items() for n in [_find(plain, names)] if n is not None}
    if day is None or not columns:
        raise InputError(f"{path} has the columns {', '.join(header)}. A table of stations needs a column 'date' and at "
                         "least one of east, north, up, los.")
    sigmas = {c: n for c in columns for n in [_find(plain, [s.format(a) for a in (c, c[0]) for s in _SIGMAS])]
              if n is not None}
    name, place = _find(plain, _NAMES), _place(plain)
    groups: Dict[str, List[Tuple[date, list]]] = {}
    for row in rows:
        moments = all_dates(row[day]) if len(row) > day else []
        if moments:
            groups.setdefault(row[name].strip() if name is not None else Path(path.split("|")[0]).stem, []).append(
                (moments[0].date(), row))
    if not groups:
        raise InputError(f"{path} has no line with a date that can be read. Write days as YYYY-MM-DD.")
    return [_station(title, sorted(lines, key=lambda line: line[0]), columns, sigmas, scales, place, crs)
            for title, lines in groups.items()]


def _station(title, lines, columns, sigmas, scales, place, crs: str) -> Station:
    def read(which):
        return {c: np.array([_number(row, n) for _, row in lines]) * scales[n] for c, n in which.items()}
    where = None
    if place is not None:
        x, y = (_number(lines[0][1], n) for n in place[:2])
        system = crs or ("EPSG:4326" if place[2] else "")
        where = (x, y, system) if np.isfinite(x + y) else None
    return Station(title, tuple(day for day, _ in lines), read(columns), read(sigmas), where)


def _place(plain: List[str]) -> Optional[Tuple[int, int, bool]]:
    """(column of x, column of y, True for degrees)."""
    for x, y in _PLACES:
        if x in plain and y in plain:
            return plain.index(x), plain.index(y), (x, y) in _DEGREES
    return None


def _find(plain: List[str], wanted: Sequence[str]) -> Optional[int]:
    return next((plain.index(name) for name in wanted if name in plain), None)


def _number(row, column: int) -> float:
    try:
        return float(row[column])
    except (ValueError, IndexError):
        return float("nan")


def _tenv3(file: Path) -> Station:
    """The format of the Nevada Geodetic Laboratory: metres, day as YYMMMDD in the second column."""
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
    if not lines or len(lines[0]) < 20:
        raise InputError(f"{file} is not in the format tenv3. Download it again, or choose a CSV table.")
    days = []
    for words in lines:
        year = int(words[1][:2])
        days.append(date(year + (1900 if year > 79 else 2000), months.index(words[1][2:5]) + 1, int(words[1][5:7])))
    numbers = np.array([[float(words[n]) for n in range(7, 17)] for words in lines])
    values = {c: numbers[:, whole - 7] + numbers[:, part - 7] for c, (whole, part, _) in _TENV3.items()}
    sigmas = {c: numbers[:, sigma - 7] for c, (_, _, sigma) in _TENV3.items()}
    place = (float(lines[0][21]), float(lines[0][20]), "EPSG:4326") if len(lines[0]) > 21 else None
    if place:
        place = ((place[0] + 180) % 360 - 180, *place[1:])
    return Station(lines[0][0], tuple(days), values, sigmas, place)
