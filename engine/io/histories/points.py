"""Points with a column per date, as InSAR Explorer, PS Time Series Viewer and EGMS have them."""
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np
from osgeo import gdal, ogr

from ...core.errors import InputError
from ..raster import _quiet, crs_text
from ..series import History
from .source import FEWEST_DATES, About, Area, component_of, dated, metres_per

_UNIT = "mm"  # these programs write millimetres; the column 'unit' of our own exports says what it is
_VELOCITY = ("velocity", "mean_velocity", "vel", "v", "vlos")
_COHERENCE = ("coherence", "temporal_coherence", "coh")
_X, _Y = ("x", "easting", "lon", "longitude"), ("y", "northing", "lat", "latitude")


class PointSource:
    """Histories of the point that is nearest to a position."""

    def __init__(self, path: str):
        file, _, options = path.partition("|")
        with _quiet():
            try:
                choices = [f"X_POSSIBLE_NAMES={','.join(_X)}", f"Y_POSSIBLE_NAMES={','.join(_Y)}",
                           "AUTODETECT_TYPE=YES"] if Path(file).suffix.lower() == ".csv" else []
                self._dataset = gdal.OpenEx(file, gdal.OF_VECTOR, open_options=choices)
            except RuntimeError as error:
                raise InputError(f"{file} cannot be read as a vector layer ({error}).") from error
        if self._dataset is None:
            raise InputError(f"{file} cannot be read as a vector layer. Choose a file that GDAL reads.")
        wanted = dict(item.split("=", 1) for item in options.split("|") if "=" in item)
        self._layer = (self._dataset.GetLayerByName(wanted["layername"]) if "layername" in wanted
                       else self._dataset.GetLayer(int(wanted.get("layerid", 0))))
        if self._layer is None:
            raise InputError(f"{file} has no layer '{wanted.get('layername', '')}'.")
        self._describe(path)

    def _describe(self, path: str) -> None:
        definition = self._layer.GetLayerDefn()
        names = [definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())]
        days = dated(names)
        if len(days) < FEWEST_DATES:
            raise InputError(f"{path} is no time series: {len(days)} of its columns are named after a day. Such columns "
                             "are called D20200131 or 20200131.")
        self._columns = [number for _, number in days]
        self._velocity, self._coherence, unit, component = (_first(names, wanted) for wanted in (
            _VELOCITY, _COHERENCE, ("unit",), ("component",)))
        first = self._layer.GetNextFeature()
        self._layer.ResetReading()
        stated = first.GetFieldAsString(unit) if first is not None and unit is not None else ""
        self._scale = metres_per(stated, _UNIT)
        what = first.GetFieldAsString(component) if first is not None and component is not None else ""
        dates = tuple(day for day, _ in days)
        reference = self._layer.GetSpatialRef()
        self.about = About(path, (component_of(what) if what else "los",),
                           crs_text(reference.ExportToWkt()) if reference is not None else "", dates, remark="" if stated
                           else "The layer states no unit: its values are taken for millimetres.")

    def close(self) -> None:
        self._layer = self._dataset = None

    def history(self, x, y, reach=0.0, sigmas=True) -> Optional[History]:
        found = self._nearest(x, y, reach) if reach > 0 else None
        return self._history(found, x, y) if found is not None else None

    def with_sigmas(self, history: History) -> History:
        return history

    def area(self, polygon: bytes) -> Area:
        """Mean over the points inside."""
        shape = ogr.CreateGeometryFromWkb(polygon)
        inner = shape.PointOnSurface()
        self._layer.SetSpatialFilter(shape)
        rows: List[np.ndarray] = []
        rates = []
        for feature in self._layer:
            if feature.GetGeometryRef().Intersects(shape):
                rows.append(self._values(feature))
                rates.append(self._number(feature, self._velocity) * self._scale)
        self._layer.SetSpatialFilter(None)
        if not rows:
            return Area(None, {}, 0)
        values = np.stack(rows)
        count = np.isfinite(values).sum(axis=0)
        mean = np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)
        squares = np.nansum((values - mean) ** 2, axis=0)
        spread = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
        name = self.about.components[0]
        known = [rate for rate in rates if np.isfinite(rate)]
        history = History(inner.GetX(), inner.GetY(), self.about.dates, {name: mean},
                          velocity={f"velocity_{name}": float(np.mean(known))} if known else {})
        return Area(history, {name: spread}, len(rows))

    def _nearest(self, x: float, y: float, reach: float):
        here = ogr.Geometry(ogr.wkbPoint)
        here.AddPoint_2D(x, y)
        best: Tuple[float, Optional[object]] = (reach, None)
        self._layer.SetSpatialFilterRect(x - reach, y - reach, x + reach, y + reach)
        for feature in self._layer:
            shape = feature.GetGeometryRef()
            distance = shape.Distance(here) if shape is not None else np.inf
            if distance <= best[0]:
                best = (distance, feature)
        self._layer.SetSpatialFilter(None)
        return best[1]

    def _history(self, feature, x: float, y: float) -> History:
        middle = feature.GetGeometryRef().Centroid()
        name = self.about.components[0]
        rate, coherence = self._number(feature, self._velocity), self._number(feature, self._coherence)
        return History(middle.GetX(), middle.GetY(), self.about.dates, {name: self._values(feature)},
                       velocity={f"velocity_{name}": rate * self._scale} if np.isfinite(rate) else {},
                       quality={"temporal_coherence": coherence} if np.isfinite(coherence) else {})

    def _values(self, feature) -> np.ndarray:
        return np.array([self._number(feature, number) for number in self._columns]) * self._scale

    @staticmethod
    def _number(feature, number: Optional[int]) -> float:
        if number is None or not feature.IsFieldSetAndNotNull(number):
            return float("nan")
        return feature.GetFieldAsDouble(number)


def _first(names: List[str], wanted) -> Optional[int]:
    lower = [name.lower() for name in names]
    return next((lower.index(name) for name in wanted if name in lower), None)
