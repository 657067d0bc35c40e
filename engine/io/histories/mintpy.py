"""MintPy's timeseries.h5: metres, positive toward the satellite, corner of the upper-left pixel in X_FIRST, Y_FIRST.

Source: MintPy's documentation of its HDF5 files and attributes.
"""
from datetime import datetime
from typing import Dict

import numpy as np
from osgeo import ogr

from ...core.errors import InputError, MissingPackage
from ...core.grid import Grid, Window
from ...core.series import SeriesManifest
from ..exports.sample import in_polygon
from ..series import History
from .source import About, Area, component_of, metres_per

_CUBE = "timeseries"


class MintPySource:
    """One geocoded time series; those in radar coordinates have no place on a map and are refused."""

    def __init__(self, path: str):
        try:
            import h5py
        except ImportError as error:
            raise MissingPackage("h5py", "reading MintPy's series") from error
        try:
            self._file = h5py.File(path, "r")
        except OSError as error:
            raise InputError(f"{path} cannot be read as HDF5 ({error}). Choose a timeseries.h5 of MintPy.") from error
        try:
            self._describe(path)
        except Exception:
            self.close()
            raise

    def _describe(self, path: str) -> None:
        if _CUBE not in self._file or "date" not in self._file:
            raise InputError(f"{path} is no time series of MintPy: it has no '{_CUBE}' and 'date'. Choose a "
                             "timeseries.h5, not velocity.h5 or ifgramStack.h5.")
        items = {key: _text(value) for key, value in self._file.attrs.items()}
        self._cube = self._file[_CUBE]
        dates = tuple(datetime.strptime(_text(day)[:8], "%Y%m%d").date() for day in self._file["date"][:])
        height, width = self._cube.shape[1:]
        self._scale = metres_per(items.get("UNIT", ""))
        component = component_of(items.get("COMPONENT", "")) if items.get("COMPONENT") else "los"
        grid = Grid(_crs(items), _transform(items, path), width, height)
        self.manifest = SeriesManifest("insar", (component,), grid, dates, {})
        self.about = About(path, (component,), grid.crs, dates, _reference(items))

    def close(self) -> None:
        self._file.close()

    def history(self, x, y, reach=0.0, sigmas=True):
        index = self.manifest.grid.index(x, y)
        if index is None:
            return None
        values = self.window(Window(*index, 1, 1))[0]
        return History(*self.manifest.grid.xy(index[1] + .5, index[0] + .5), self.about.dates,
                       {name: array[:, 0, 0] for name, array in values.items()})

    def with_sigmas(self, history: History) -> History:
        return history

    def window(self, window: Window):
        """(values, {}, {}, {}) as `WindowReader.window`. MintPy writes 0 at every date where a pixel was masked."""
        rows, columns = window.slices
        values = self._cube[:, rows, columns].astype(np.float32) * np.float32(self._scale)
        values[:, (values == 0).all(axis=0)] = np.nan
        return {self.about.components[0]: values}, {}, {}, {}

    def area(self, polygon: bytes) -> Area:
        return Area(*in_polygon(self, ogr.CreateGeometryFromWkb(polygon)))


def _text(value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _transform(items: Dict[str, str], path: str):
    try:
        first = [float(items[key]) for key in ("X_FIRST", "X_STEP", "Y_FIRST", "Y_STEP")]
    except KeyError as error:
        raise InputError(f"{path} is in radar coordinates (it has no {error.args[0]}). Geocode it with MintPy's "
                         "geocode.py first.") from error
    return first[0], first[1], 0.0, first[2], 0.0, first[3]


def _crs(items: Dict[str, str]) -> str:
    if items.get("EPSG"):
        return f"EPSG:{int(float(items['EPSG']))}"
    zone = items.get("UTM_ZONE", "")
    if zone:
        return f"EPSG:{(327 if zone.upper().endswith('S') else 326) * 100 + int(''.join(filter(str.isdigit, zone)))}"
    return "EPSG:4326" if items.get("X_UNIT", "degrees").lower().startswith("deg") else ""


def _reference(items: Dict[str, str]) -> str:
    if items.get("REF_LAT") and items.get("REF_LON"):
        return f"reference pixel at {float(items['REF_LAT']):.5f}, {float(items['REF_LON']):.5f}"
    if items.get("REF_Y") and items.get("REF_X"):
        return f"reference pixel in row {items['REF_Y']}, column {items['REF_X']}"
    return ""
