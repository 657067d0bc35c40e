"""Weather models on pressure levels (ERA5 and alike) from GRIB or NetCDF files, read with GDAL."""
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np
from osgeo import gdal

from ..core.errors import InputError
from .folders import files_below
from .raster import PathLike, _quiet, open_dataset

SUFFIXES = (".grb", ".grib", ".grb2", ".grib2", ".nc", ".nc4")
STANDARD_GRAVITY = 9.80665  # m/s^2, turns geopotential into geopotential height
_RATIO = 287.05 / 461.495  # gas constants of dry air over water vapour
_NEEDED = {"z": ("Z", "GP", "HGT", "GH"), "t": ("T", "TMP"), "q": ("Q", "SPFH"), "r": ("R", "RH")}
_NETCDF_NAMES = {"z": ("z", "geopotential"), "t": ("t", "temperature"), "q": ("q", "specific_humidity"),
                 "r": ("r", "relative_humidity")}


@dataclass(frozen=True)
class Weather:
    """One time of a weather model.

    pressure: (levels,) Pa, downward to the ground (increasing). height: (levels, rows, columns) m. temperature: K.
    vapour: partial pressure of water vapour, Pa. latitude: (rows,) degrees, decreasing. longitude: (columns,) degrees,
    increasing.
    """
    time: datetime
    pressure: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    height: np.ndarray
    temperature: np.ndarray
    vapour: np.ndarray
    source: str = ""

    def covers(self, west: float, south: float, east: float, north: float) -> bool:
        """True if an area (degrees) lies inside the outermost grid nodes."""
        return (self.longitude[0] <= west and east <= self.longitude[-1]
                and self.latitude[-1] <= south and north <= self.latitude[0])


def weather_files(folder: PathLike) -> List[Path]:
    """GRIB and NetCDF files of a folder (or the one file). Raises InputError where there is none."""
    folder = Path(str(folder))
    files = [folder] if folder.is_file() else files_below(folder, lambda name: name.lower().endswith(SUFFIXES))
    if not files:
        raise InputError(f"{folder} holds no weather file ({', '.join(SUFFIXES)}). Choose the folder with the ERA5 "
                         "pressure levels.")
    return files


def times_of(path: PathLike) -> List[datetime]:
    """The times that a file holds, UTC."""
    return sorted({time for time, *_ in _layers(path)}) if not _is_netcdf(path) else _NetCDF(path).times


def read_weather(path: PathLike, time: datetime) -> Weather:
    """The state of the atmosphere of one of the file's times. Raises InputError with what the file lacks."""
    if _is_netcdf(path):
        pressure, latitude, longitude, fields = _NetCDF(path).read(time)
    else:
        pressure, latitude, longitude, fields = _read_grib(path, time)
    return _weather(str(path), time, pressure, latitude, longitude, fields)


def _weather(path, time, pressure, latitude, longitude, fields: Dict[str, np.ndarray]) -> Weather:
    missing = [name for name in ("z", "t") if name not in fields] + ([] if {"q", "r"} & set(fields) else ["q"])
    if missing:
        raise InputError(f"{path} lacks {', '.join(missing)} (z geopotential, t temperature, q specific humidity) at {time}."
                         " Ask for these three variables on pressure levels.")
    if len(pressure) < 8:
        raise InputError(f"{path} has only {len(pressure)} pressure levels at {time}. Ask for all 37 levels, 1 to 1000 hPa.")
    order = np.argsort(pressure)
    fields = {name: values[order].astype(np.float64) for name, values in fields.items()}
    pressure = pressure[order]
    if latitude[0] < latitude[-1]:
        latitude, fields = latitude[::-1], {n: v[:, ::-1] for n, v in fields.items()}
    longitude = np.where(longitude > 180.0, longitude - 360.0, longitude)
    east = np.argsort(longitude)
    longitude, fields = longitude[east], {n: v[:, :, east] for n, v in fields.items()}
    height = fields["z"] / STANDARD_GRAVITY
    if "q" in fields:
        vapour = fields["q"] * pressure[:, None, None] / (_RATIO + (1.0 - _RATIO) * fields["q"])
    else:
        vapour = fields["r"] / 100.0 * saturation_pressure(fields["t"])
    return Weather(time, pressure, latitude, longitude, height, fields["t"], np.maximum(vapour, 0.0), path)


def saturation_pressure(temperature) -> np.ndarray:
    """Saturation vapour pressure (Pa) over water above 0 degC, over ice below -23 degC, mixed between (ECMWF IFS, 7.4)."""
    freezing, ice = 273.16, 250.16
    water_part = 611.21 * np.exp(17.502 * (temperature - freezing) / (temperature - 32.19))
    ice_part = 611.21 * np.exp(22.587 * (temperature - freezing) / (temperature + 0.7))
    share = np.clip((temperature - ice) / (freezing - ice), 0.0, 1.0) ** 2
    return ice_part + (water_part - ice_part) * share


def _is_netcdf(path: PathLike) -> bool:
    return Path(str(path)).suffix.lower() in (".nc", ".nc4")


def _layers(path: PathLike) -> List[Tuple[datetime, str, float, int]]:
    """(time, variable, pressure (Pa), band) of each band of a GRIB file that is a level of a needed variable."""
    try:
        dataset, found = open_dataset(path), []
    except InputError as error:
        raise InputError(f"{path} cannot be read as GRIB. Download it again: an interrupted download, or a page that tells "
                         "an error, may have its name.") from error
    for number in range(1, dataset.RasterCount + 1):
        band = dataset.GetRasterBand(number)
        items = band.GetMetadata()
        element = items.get("GRIB_ELEMENT", "").upper()
        name = next((n for n, known in _NEEDED.items() if element in known), None)
        level = re.match(r"([\d.]+)\s*\[(h?Pa)\]|([\d.]+)-ISBL", band.GetDescription() or "")
        if name is None or level is None or "ISBL" not in items.get("GRIB_SHORT_NAME", band.GetDescription()):
            continue
        pressure = float(level.group(1) or level.group(3)) * (100.0 if level.group(2) == "hPa" else 1.0)
        seconds = int(re.match(r"\s*(\d+)", items.get("GRIB_VALID_TIME", "0")).group(1))
        found.append((datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None), name, pressure, number))
    if not found:
        raise InputError(f"{path} holds no pressure levels of geopotential, temperature and humidity. Ask for "
                         "'ERA5 hourly data on pressure levels'.")
    return found


def _read_grib(path: PathLike, time: datetime):
    layers = {(name, pressure): number for when, name, pressure, number in _layers(path) if when == time}
    dataset = open_dataset(path)
    transform = dataset.GetGeoTransform()
    longitude = transform[0] + (np.arange(dataset.RasterXSize) + 0.5) * transform[1]
    latitude = transform[3] + (np.arange(dataset.RasterYSize) + 0.5) * transform[5]
    names = sorted({name for name, _ in layers})
    pressures = [sorted({p for n, p in layers if n == name}) for name in names]
    shared = sorted(set.intersection(*map(set, pressures))) if pressures else []
    fields = {name: np.stack([_band(dataset, layers[name, p], name) for p in shared]) for name in names if shared}
    return np.array(shared), latitude, longitude, fields


def _band(dataset, number: int, name: str) -> np.ndarray:
    """One level in SI units: GDAL turns kelvins into degrees Celsius where its setting says so."""
    band = dataset.GetRasterBand(number)
    with _quiet():
        try:
            values = band.ReadAsArray()
        except RuntimeError as error:
            raise InputError(f"{dataset.GetDescription()} is damaged ({error}). Download it again.") from error
    if values is None:
        raise InputError(f"{dataset.GetDescription()} is damaged ({gdal.GetLastErrorMsg()}). Download it again.")
    values = values.astype(np.float64)
    unit = band.GetMetadataItem("GRIB_UNIT") or ""
    if name == "t" and "C" in unit:
        values = values + 273.15
    if name == "z" and "gpm" in unit:
        values = values * STANDARD_GRAVITY
    return values


class _NetCDF:
    """A NetCDF file of the Climate Data Store, in its old or new layout (dimensions time, level, latitude, longitude)."""

    def __init__(self, path: PathLike):
        self.path = str(path)
        with _quiet():
            try:
                self._file = gdal.OpenEx(self.path, gdal.OF_MULTIDIM_RASTER)
            except RuntimeError:
                self._file = None
        if self._file is None:
            raise InputError(f"{self.path} cannot be read ({gdal.GetLastErrorMsg() or 'unknown format'}). Choose GRIB or "
                             "NetCDF files.")
        self._root = self._file.GetRootGroup()
        self._names = set(self._root.GetMDArrayNames() or [])
        self.times = self._read_times()

    def _array(self, *names: str):
        name = next((n for n in names if n in self._names), None)
        if name is None:
            raise InputError(f"{self.path} has no {names[0]}: it is no weather file on pressure levels.")
        return self._root.OpenMDArray(name)

    @staticmethod
    def _values(array, **window) -> np.ndarray:
        """Unpacked values as float64, NaN = no data."""
        raw = array.ReadAsArray(**window)
        values = raw.astype(np.float64)
        missing = array.GetNoDataValueAsDouble()
        if missing is not None:
            values[raw == missing] = np.nan
        scale, offset = array.GetScale(), array.GetOffset()
        return values * (1.0 if scale is None else scale) + (0.0 if offset is None else offset)

    def _read_times(self) -> List[datetime]:
        array = self._array("valid_time", "time")
        attribute = array.GetAttribute("units")
        text = array.GetUnit() or (attribute.ReadAsString() if attribute is not None else "")
        match = re.match(r"(second|minute|hour|day)s? since (\d+)-(\d+)-(\d+)", text)
        if match is None:
            raise InputError(f"{self.path} counts its time in '{text}', which is not understood.")
        step = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[match.group(1)]
        start = datetime(*(int(match.group(n)) for n in (2, 3, 4)))
        return [start + timedelta(seconds=float(v) * step) for v in np.atleast_1d(self._values(array))]

    def read(self, time: datetime):
        level = self._array("pressure_level", "level", "isobaricInhPa")
        pressure = np.atleast_1d(self._values(level))
        pressure = pressure * (1.0 if (level.GetUnit() or "").lower() == "pa" else 100.0)
        latitude, longitude = (np.atleast_1d(self._values(self._array(n))) for n in ("latitude", "longitude"))
        place = self.times.index(time)
        fields = {}
        for name, known in _NETCDF_NAMES.items():
            if set(known) & self._names:
                array = self._array(*known)
                sizes = [d.GetSize() for d in array.GetDimensions()]
                if len(sizes) == 4:
                    values = self._values(array, array_start_idx=[place, 0, 0, 0], count=[1, *sizes[1:]])[0]
                else:
                    values = self._values(array)
                fields[name] = values.reshape(len(pressure), len(latitude), len(longitude))
        return pressure, latitude, longitude, fields
