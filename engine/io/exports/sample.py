"""Histories at points and in polygons: rows for a layer with columns DYYYYMMDD, and a CSV with every component."""
import csv
import logging
import math
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
from osgeo import ogr, osr

from ...core.errors import InputError
from ...core.files import replacing
from ...core.grid import Grid, Window
from ...core.progress import Progress
from ..raster import _quiet, check_writable, same_crs, spatial_reference
from ..series import History
from ..stable import rasterize
from .along import SCALES, azimuth, check_component, combine, combine_sigma, weights
from .reader import WindowReader
from .settings import SampleSettings

_LOG = logging.getLogger(__name__)
_STRIP = 128  # px, the rasters' tiles


@dataclass(frozen=True, eq=False)
class Place:
    """What is sampled. wkb: a point in the input's coordinate system, that of the row; attributes: of the feature."""
    wkb: bytes
    attributes: Mapping[str, Any]
    history: Optional[History]
    spread: Dict[str, np.ndarray] = field(default_factory=dict)
    pixels: int = 1


@dataclass(frozen=True)
class SampleResult:
    """fields: (column, "integer", "number" or "text"). rows: (WKB point, attributes of the feature, columns)."""
    fields: Tuple[Tuple[str, str], ...]
    rows: Tuple[Tuple[bytes, Mapping[str, Any], Dict[str, Any]], ...]
    lines: Tuple[str, ...]

    def summary(self) -> List[str]:
        return list(self.lines)


def run(series, features: Sequence[Tuple[bytes, Mapping[str, Any]]], crs: str, settings: SampleSettings,
        table: Optional[str], progress: Progress) -> SampleResult:
    """Sample a series. features: (WKB, attributes) of points or polygons in `crs`. table: CSV to write, or None."""
    with WindowReader(series) as reader:
        components = reader.manifest.components
        check_component(settings.component, components)
        to_series = _transform(crs, reader.manifest.grid.crs)
        places: List[Place] = []
        for number, (wkb, attributes) in enumerate(features):
            progress.report(number / max(len(features), 1), "Sampling")
            places += _places(reader, wkb, attributes, to_series)
        dates = reader.manifest.dates
    if not places:
        raise InputError("The layer has no points or polygons. Choose another layer.")
    fields = _fields(dates)
    rows = tuple((p.wkb, p.attributes, _columns(number, p, dates, components, settings))
                 for number, p in enumerate(places, 1))
    if table:
        _write_csv(Path(table), places, rows, dates, components, settings)
    empty = sum(p.history is None or not p.history.measured for p in places)
    unit = SCALES[settings.unit][1]
    lines = [f"{len(places)} places, {len(dates)} dates from {dates[0]} to {dates[-1]}; displacement in {unit} since "
             f"the first date, velocity in {unit}/yr."]
    if empty:
        lines.append(f"{empty} places have no values; the column 'note' says why.")
    return SampleResult(fields, rows, tuple(lines))


def _transform(source: str, target: str):
    if not source or not target or same_crs(source, target):
        return None
    return osr.CoordinateTransformation(spatial_reference(source), spatial_reference(target))


def _places(reader: WindowReader, wkb: bytes, attributes, transform) -> List[Place]:
    """One place per point or polygon; several points in one feature are several places."""
    shape = ogr.CreateGeometryFromWkb(wkb)
    if shape is None or shape.IsEmpty():
        return []
    kind = ogr.GT_Flatten(shape.GetGeometryType())
    if kind == ogr.wkbMultiPoint:
        return [p for i in range(shape.GetGeometryCount())
                for p in _places(reader, bytes(shape.GetGeometryRef(i).ExportToWkb()), attributes, transform)]
    if kind == ogr.wkbPoint:
        moved = _moved(shape, transform)
        shape.FlattenTo2D()
        history = reader.history(moved.GetX(), moved.GetY()) if moved is not None else None
        return [Place(bytes(shape.ExportToWkb()), attributes, history, pixels=int(history is not None))]
    shape = shape.GetLinearGeometry()
    if ogr.GT_Flatten(shape.GetGeometryType()) not in (ogr.wkbPolygon, ogr.wkbMultiPolygon):
        raise InputError(f"The layer holds {shape.GetGeometryName().lower()}s; points or polygons can be sampled. Use "
                         "'Points along geometry' first.")
    marker = shape.PointOnSurface()
    marker.FlattenTo2D()
    moved = _moved(shape, transform)
    history, spread, pixels = in_polygon(reader, moved) if moved is not None else (None, {}, 0)
    return [Place(bytes(marker.ExportToWkb()), attributes, history, spread, pixels)]


def _moved(shape, transform):
    """A copy in the series' coordinate system, None where it cannot be transformed (far outside)."""
    copy = shape.Clone()
    if transform is not None:
        with _quiet():
            try:
                if copy.Transform(transform) != 0:
                    return None
            except RuntimeError:
                return None
    return copy


def in_polygon(reader: WindowReader, shape):
    """(history of the mean, spread per component, pixels) over the pixels whose centres lie in a polygon.

    The spread is the standard deviation between pixels at each date. A polygon smaller than a pixel takes the one
    that holds its inner point. Each date's mean is over the pixels that have a value then. Read by strips of tiles, so
    that a polygon may be as large as the series.
    """
    window = _window(reader.manifest.grid, shape)
    inner = shape.PointOnSurface()
    if window is None:
        return None, {}, 0
    mask = rasterize([bytes(shape.ExportToWkb())], [1], reader.manifest.grid.part(window)) > 0
    if not mask.any():
        return reader.history(inner.GetX(), inner.GetY()), {}, 1
    groups, pixels = [{}, {}, {}, {}], 0
    for strip in _strips(window):
        inside = mask[strip.row - window.row:strip.row - window.row + strip.rows]
        if not inside.any():
            continue
        parts = reader.window(strip)
        pixels += int(np.logical_or.reduce([np.isfinite(v).any(axis=0) for v in parts[0].values()])[inside].sum())
        for found, arrays in zip(groups, parts):
            for name, array in arrays.items():
                chosen = (array if array.ndim == 3 else array[None])[:, inside].astype(np.float64)
                found[name] = found.get(name, 0) + np.stack([np.isfinite(chosen).sum(axis=1), np.nansum(chosen, axis=1),
                                                             np.nansum(chosen ** 2, axis=1)])
    values, sigmas, velocity, quality = groups
    history = History(inner.GetX(), inner.GetY(), reader.manifest.dates, {c: _mean(v) for c, v in values.items()},
                      {c: _mean(v) for c, v in sigmas.items()},
                      {name: float(_mean(v)[0]) for name, v in velocity.items()},
                      {name: float(_mean(v)[0]) for name, v in quality.items() if name != "flag"})
    return history, {c: _deviation(v) for c, v in values.items()}, pixels


def _strips(window: Window) -> List[Window]:
    """Rows of tiles of a window."""
    ends = [*range((window.row // _STRIP + 1) * _STRIP, window.row + window.rows, _STRIP), window.row + window.rows]
    return [Window(start, window.column, end - start, window.columns)
            for start, end in zip([window.row, *ends[:-1]], ends)]


def _window(grid: Grid, shape) -> Optional[Window]:
    xmin, xmax, ymin, ymax = shape.GetEnvelope()
    corners = [grid.pixel(x, y) for x in (xmin, xmax) for y in (ymin, ymax)]
    left, right = (limit(c for c, _ in corners) for limit in (min, max))
    top, bottom = (limit(r for _, r in corners) for limit in (min, max))
    left, top = max(math.floor(left), 0), max(math.floor(top), 0)
    right, bottom = min(math.ceil(right), grid.width), min(math.ceil(bottom), grid.height)
    return Window(top, left, bottom - top, right - left) if right > left and bottom > top else None


def _mean(sums: np.ndarray) -> np.ndarray:
    """(dates,) mean over pixels, NaN where no pixel has a value. sums: (count, sum, sum of squares) x dates."""
    count, total, _ = sums
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _deviation(sums: np.ndarray) -> np.ndarray:
    """(dates,) standard deviation between pixels, NaN with fewer than two."""
    count, total, squares = sums
    left = np.maximum(squares - total ** 2 / np.maximum(count, 1), 0.0)
    return np.where(count > 1, np.sqrt(left / np.maximum(count - 1, 1)), np.nan)


def _fields(dates: Sequence[date]) -> Tuple[Tuple[str, str], ...]:
    return (("id", "integer"), ("pixels", "integer"), ("component", "text"), ("unit", "text"), ("velocity", "number"),
            ("velocity_sigma", "number"), ("coherence", "number"), ("sigma", "number"), ("spread", "number"),
            ("azimuth", "number"), ("note", "text"), *((column(d), "number") for d in dates))


def column(day: date) -> str:
    """The name that InSAR Explorer and PS Time Series Viewer look for."""
    return f"D{day:%Y%m%d}"


def _number(value) -> Optional[float]:
    return None if value is None or not math.isfinite(float(value)) else float(value)


def single(history: History, component: str, components: Sequence[str]):
    """(displacement, sigma or None, factors) in metres of the component that a column shows."""
    last = {c: _last(history.values[c]) for c in components}
    factors = weights(component, components, history.velocity, last)
    return combine(history.values, factors), combine_sigma(history.sigmas, factors), factors


def _last(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else float("nan")


def _columns(number: int, place: Place, dates, components, settings: SampleSettings) -> Dict[str, Any]:
    """The row of a place in the layer."""
    scale, unit = SCALES[settings.unit]
    row: Dict[str, Any] = {"id": number, "pixels": place.pixels, "unit": unit,
                           "note": "outside the series" if place.history is None else place.history.why_missing}
    if place.history is None or not place.history.measured:
        return row
    history = place.history
    values, sigma, factors = single(history, settings.component, components)
    along = settings.component == "main" and len(components) == 2
    row["component"] = "along the mean direction" if along else next(c for c, f in factors.items() if f)
    row["velocity"] = _number(combine({c: history.velocity.get(f"velocity_{c}", np.nan) for c in components}, factors)
                              * scale)
    deviation = combine_sigma({c: history.velocity[f"sigma_{c}"] for c in components
                               if f"sigma_{c}" in history.velocity}, factors)
    row["velocity_sigma"] = None if deviation is None else _number(deviation * scale)
    row["coherence"] = _number(history.quality.get("temporal_coherence", np.nan))
    row["sigma"] = None if sigma is None else _number(_middle(sigma) * scale)
    if place.spread:
        row["spread"] = _number(_middle(combine_sigma(place.spread, factors)) * scale)
    direction = azimuth(factors)
    row["azimuth"] = None if direction is None else _number(direction)
    row.update({column(d): _number(v * scale) for d, v in zip(dates, values)})
    return row


def _middle(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _write_csv(path: Path, places: Sequence[Place], rows, dates, components, settings: SampleSettings) -> None:
    """One line per place and date: every component, sigma and spread, and the displacement of the layer's column."""
    check_writable(path.parent)
    scale, unit = SCALES[settings.unit]
    header = ["id", "x", "y", "date", "days", f"displacement_{unit}",
              *(f"{kind}{c}_{unit}" for c in components for kind in ("", "sigma_", "spread_"))]
    with replacing(path) as temporary:
        with open(temporary, "w", newline="", encoding="utf-8") as stream:
            out = csv.writer(stream)
            out.writerow(header)
            for place, (_, _, row) in zip(places, rows):
                history = place.history
                if history is None:
                    continue
                for i, day in enumerate(dates):
                    parts = [source[c][i] * scale if c in source else None for c in components
                             for source in (history.values, history.sigmas, place.spread)]
                    out.writerow([row["id"], f"{history.x:.3f}", f"{history.y:.3f}", day.isoformat(),
                                  (day - dates[0]).days, _text(row.get(column(day))), *map(_text, parts)])


def _text(value) -> str:
    number = None if value is None else _number(value)
    return "" if number is None else f"{number:.9g}"
