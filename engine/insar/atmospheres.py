"""Where the delay of each date comes from: weather models and GACOS, as apparent displacement at any place."""
from datetime import date, datetime, timedelta
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from osgeo import osr

from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..io.gacos import gacos_files, read_gacos
from ..io.raster import _quiet, spatial_reference
from ..io.weather import Weather, read_weather, times_of, weather_files
from .delays import at_ground, zenith_delays

FARTHEST = timedelta(hours=3)  # from the acquisition, where no two times enclose it
_STEP = 16  # px between exactly transformed positions
_CELL = 2  # nodes of the model around the area


class Positions:
    """Longitude and latitude of a grid's pixels, degrees."""

    def __init__(self, grid: Grid):
        self.grid = grid
        self._transform = None
        if grid.crs:
            geographic = osr.SpatialReference()
            geographic.ImportFromEPSG(4326)
            geographic.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
            self._transform = osr.CoordinateTransformation(spatial_reference(grid.crs), geographic)

    def at(self, rows, columns) -> Tuple[np.ndarray, np.ndarray]:
        """(longitude, latitude) of positions in pixels (0.5 = first centre)."""
        t = self.grid.transform
        x = t[0] + np.asarray(columns) * t[1] + np.asarray(rows) * t[2]
        y = t[3] + np.asarray(columns) * t[4] + np.asarray(rows) * t[5]
        if self._transform is None:
            raise InputError("The stack has no coordinate system, so the weather over it cannot be found. Import the "
                             "interferograms with their coordinate system.")
        with _quiet():
            points = np.array(self._transform.TransformPoints(np.stack([x.ravel(), y.ravel()], axis=1).tolist()))
        return points[:, 0].reshape(x.shape), points[:, 1].reshape(x.shape)

    def window(self, window: Window) -> Tuple[np.ndarray, np.ndarray]:
        """(rows, columns) of the pixel centres of a window: exact every few pixels, bilinear between."""
        from scipy.ndimage import map_coordinates

        rows = np.arange(0, window.rows + _STEP, _STEP) + window.row + 0.5
        columns = np.arange(0, window.columns + _STEP, _STEP) + window.column + 0.5
        coarse = self.at(*np.meshgrid(rows, columns, indexing="ij"))
        places = np.meshgrid(np.arange(window.rows) / _STEP, np.arange(window.columns) / _STEP, indexing="ij")
        return tuple(map_coordinates(values, places, order=1, mode="nearest") for values in coarse)

    def box(self) -> Tuple[float, float, float, float]:
        """west, south, east, north, degrees."""
        rows, columns = np.meshgrid(np.linspace(0, self.grid.height, 9), np.linspace(0, self.grid.width, 9))
        longitude, latitude = self.at(rows, columns)
        return float(longitude.min()), float(latitude.min()), float(longitude.max()), float(latitude.max())


class WeatherDelays:
    """Slant delays of all dates from a weather model."""

    def __init__(self, tables: Sequence[Tuple[np.ndarray, List[Tuple[float, Weather, np.ndarray]]]], positions: Positions):
        self._dates, self._positions = tables, positions

    @classmethod
    def load(cls, folder, dates: Sequence[date], seconds: float, positions: Positions, highest: float,
             as_pyaps: bool = False) -> "WeatherDelays":
        """Read what the dates need. seconds: of the acquisitions, after midnight UTC. highest: m, of the terrain.

        Raises MissingWeather with all dates that no file covers; InputError where an area is not covered.
        """
        known: Dict[datetime, str] = {}
        try:
            files = weather_files(folder)
        except InputError as error:
            raise MissingWeather(folder, dates) from error
        for file in files:
            for time in times_of(file):
                known.setdefault(time, str(file))
        chosen = [_around(datetime.combine(day, datetime.min.time()) + timedelta(seconds=seconds), known)
                  for day in dates]
        missing = [day for day, times in zip(dates, chosen) if not times]
        if missing:
            raise MissingWeather(folder, missing)
        box = positions.box()
        cache: Dict[datetime, Tuple[np.ndarray, Weather, np.ndarray]] = {}
        for time in sorted({t for times in chosen for t, _ in times}):
            weather = _cropped(read_weather(known[time], time), box)
            table, delays = zenith_delays(weather, highest, as_pyaps)
            cache[time] = (table, weather, delays)
        tables = [(cache[times[0][0]][0], [(share, *cache[t][1:]) for t, share in times]) for times in chosen]
        return cls(tables, positions)

    def __call__(self, elevation, look_up, longitude, latitude) -> np.ndarray:
        """(dates, ...) apparent displacement toward the satellite (minus the slant delay), m."""
        found = []
        for table, parts in self._dates:
            zenith = sum(share * at_ground(weather, table, delays, latitude, longitude, elevation)
                         for share, weather, delays in parts)
            found.append(-zenith / look_up)
        return np.stack(found)


class GacosDelays:
    """Slant delays of all dates from GACOS files."""

    def __init__(self, maps):
        self._maps = maps

    @classmethod
    def load(cls, folder, dates: Sequence[date], positions: Positions) -> "GacosDelays":
        files = gacos_files(folder)
        missing = [day for day in dates if day not in files]
        if missing:
            raise MissingWeather(folder, missing)
        maps = [read_gacos(files[day]) for day in dates]
        west, south, east, north = positions.box()
        middle = maps[0].at(np.array([(south + north) / 2]), np.array([(west + east) / 2]))
        if not np.isfinite(middle).any():
            raise InputError(f"{maps[0].source} does not cover the stack ({west:.2f} to {east:.2f} E, {south:.2f} to "
                             f"{north:.2f} N). Order GACOS for this area.")
        return cls(maps)

    def __call__(self, elevation, look_up, longitude, latitude) -> np.ndarray:
        return np.stack([-one.at(latitude, longitude) / look_up for one in self._maps])


class MissingWeather(InputError):
    """Dates without weather."""

    def __init__(self, folder, dates: Sequence[date]):
        names = ", ".join(day.isoformat() for day in dates[:10])
        more = f" and {len(dates) - 10} more" if len(dates) > 10 else ""
        where = f"{folder} has" if folder else "No folder of weather files was given, so there is"
        super().__init__(f"{where} no weather for {len(dates)} dates: {names}{more}.")
        self.dates = list(dates)


def _around(time: datetime, known) -> List[Tuple[datetime, float]]:
    """(time, share) of the model's times that enclose a time, or of the nearest one within three hours."""
    before = max((t for t in known if t <= time), default=None)
    after = min((t for t in known if t >= time), default=None)
    if before is not None and before == after:
        return [(before, 1.0)]
    if before is not None and after is not None and after - before <= 2 * FARTHEST:
        late = (time - before) / (after - before)
        return [(before, 1.0 - late), (after, late)]
    near = min((t for t in (before, after) if t is not None), key=lambda t: abs(t - time), default=None)
    return [(near, 1.0)] if near is not None and abs(near - time) <= FARTHEST else []


def _cropped(weather: Weather, box) -> Weather:
    """The nodes over an area and two around it. Raises InputError where the model does not reach over it."""
    west, south, east, north = box
    if not weather.covers(west, south, east, north):
        raise InputError(f"{weather.source} covers {weather.longitude[0]:.2f} to {weather.longitude[-1]:.2f} E and "
                         f"{weather.latitude[-1]:.2f} to {weather.latitude[0]:.2f} N, but the stack lies at {west:.2f} to "
                         f"{east:.2f} E and {south:.2f} to {north:.2f} N. Download the weather of this area.")
    rows = np.flatnonzero((weather.latitude >= south) & (weather.latitude <= north))
    columns = np.flatnonzero((weather.longitude >= west) & (weather.longitude <= east))
    top = int(np.searchsorted(-weather.latitude, -north))
    left = int(np.searchsorted(weather.longitude, west))
    bottom = rows[-1] if rows.size else top
    right = columns[-1] if columns.size else left
    r = slice(max(min(top, bottom) - _CELL, 0), max(top, bottom) + _CELL + 1)
    c = slice(max(min(left, right) - _CELL, 0), max(left, right) + _CELL + 1)
    return Weather(weather.time, weather.pressure, weather.latitude[r], weather.longitude[c], weather.height[:, r, c],
                   weather.temperature[:, r, c], weather.vapour[:, r, c], weather.source)


def seconds_of(text: Optional[str]) -> float:
    """Seconds after midnight of HH:MM or HH:MM:SS."""
    parts = [float(p) for p in str(text).strip().split(":")]
    return sum(p * s for p, s in zip(parts, (3600.0, 60.0, 1.0)))
