"""A series as points for InSAR Explorer and PS Time Series Viewer: a GeoPackage with columns DYYYYMMDD in mm."""
import logging
import math
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
from osgeo import ogr

from ...core.errors import InputError
from ...core.files import replacing
from ...core.progress import Progress
from ..raster import _quiet, check_writable, spatial_reference
from .along import SCALES, azimuth, check_component, combine, combine_sigma, weights
from .reader import WindowReader
from .sample import column

_LOG = logging.getLogger(__name__)
_POINTS = 100_000
_UNIT = "mm"  # both plugins write mm beside their axes
_MOST_COLUMNS = 1990  # SQLite has at most 2000


def write(reader: WindowReader, path: Path, component: str, every: int, progress: Progress) -> List[Path]:
    """One point at the middle pixel of each block of every x every pixels that has a history."""
    manifest = reader.manifest
    check_component(component, manifest.components)
    if len(manifest.dates) > _MOST_COLUMNS:
        raise InputError(f"The series has {len(manifest.dates)} dates, a GeoPackage holds {_MOST_COLUMNS} as columns. "
                         "Export as NetCDF.")
    every = every or max(1, math.ceil(math.sqrt(manifest.grid.width * manifest.grid.height / _POINTS)))
    check_writable(path.parent)
    with replacing(path) as temporary:
        count = _write(reader, temporary, component, every, progress)
        if not count:
            raise InputError(f"{reader.folder} has no pixel with a history. There is nothing to export.")
    _LOG.info("%d points, one from %d x %d pixels; displacement in %s since %s, velocity in %s/yr.", count, every,
              every, _UNIT, manifest.dates[0], _UNIT)
    return [path]


def _write(reader: WindowReader, path: Path, component: str, every: int, progress: Progress) -> int:
    with _quiet():
        try:
            source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
        except RuntimeError:
            source = None
    if source is None:
        raise InputError(f"{path} cannot be created. Choose a folder you can write to.")
    try:
        return _fill(source, reader, component, every, progress)
    finally:
        source = None  # closes the file before anybody renames or removes it


def _fill(source, reader: WindowReader, component: str, every: int, progress: Progress) -> int:
    manifest, count = reader.manifest, 0
    crs = spatial_reference(manifest.grid.crs) if manifest.grid.crs else None
    layer = source.CreateLayer("points", crs, ogr.wkbPoint)
    days = [column(day) for day in manifest.dates]
    try:
        for name, kind, words in _columns(days):
            made = ogr.FieldDefn(name, kind)
            made.SetAlternativeName(words)
            layer.CreateField(made)
        strips = reader.strips(every)
        for number, window in enumerate(strips):
            progress.report(number / len(strips), "Writing points")
            table, x, y = _table(reader, window, component, every)
            layer.StartTransaction()
            _add(layer, table, x, y, days, count)
            layer.CommitTransaction()
            count += len(x)
        return count
    finally:
        layer = source = None


def _columns(days: Sequence[str]) -> List[Tuple[str, int, str]]:
    return [("id", ogr.OFTInteger, "id"), ("velocity", ogr.OFTReal, f"velocity [{_UNIT}/yr]"),
            ("velocity_sigma", ogr.OFTReal, f"sigma of velocity [{_UNIT}/yr]"),
            ("coherence", ogr.OFTReal, "temporal coherence"), ("azimuth", ogr.OFTReal, "direction of motion [degrees]"),
            ("component", ogr.OFTString, "component"), ("unit", ogr.OFTString, "unit"),
            *((day, ogr.OFTReal, f"{day[1:5]}-{day[5:7]}-{day[7:]} [{_UNIT}]") for day in days)]


def _table(reader: WindowReader, window, component: str, every: int):
    """({column: (points,)}, x, y) of a strip; "D": (dates, points)."""
    manifest = reader.manifest
    half = every // 2
    rows, columns = slice(half, None, every), slice(half, None, every)
    values, _, velocity, quality = reader.window(window)
    values = {c: v[:, rows, columns] for c, v in values.items()}
    velocity, quality = ({n: v[rows, columns] for n, v in maps.items()} for maps in (velocity, quality))
    shape = next(iter(values.values())).shape[1:]
    factors = weights(component, manifest.components, velocity, {c: v[-1] for c, v in values.items()})
    shown = combine(values, factors)
    nothing = np.full(shape, np.nan)
    speed = combine({c: velocity.get(f"velocity_{c}", nothing) for c in manifest.components}, factors)
    sigma = combine_sigma({c: velocity[f"sigma_{c}"] for c in manifest.components if f"sigma_{c}" in velocity}, factors)
    use = np.isfinite(shown).any(axis=0)
    row, col = np.nonzero(use)
    x, y = manifest.grid.xy(col * every + half + .5, row * every + half + .5 + window.row)
    scale = SCALES[_UNIT][0]
    direction = azimuth(factors)
    table: Dict[str, np.ndarray] = {
        "velocity": speed[use] * scale, "velocity_sigma": (nothing if sigma is None else sigma)[use] * scale,
        "coherence": quality.get("temporal_coherence", nothing)[use],
        "azimuth": (nothing if direction is None else direction)[use], "D": shown[:, use] * scale}
    names = "along the mean direction" if component == "main" and len(manifest.components) == 2 else (
        component if component != "main" else manifest.components[0])
    return {**table, "component": names}, x, y


def _add(layer, table, x: np.ndarray, y: np.ndarray, days: Sequence[str], first: int) -> None:
    definition = layer.GetLayerDefn()
    for i in range(len(x)):
        feature = ogr.Feature(definition)
        feature.SetField("id", first + i + 1)
        feature.SetField("unit", _UNIT)
        feature.SetField("component", table["component"])
        for name in ("velocity", "velocity_sigma", "coherence", "azimuth"):
            if np.isfinite(table[name][i]):
                feature.SetField(name, float(table[name][i]))
        for number, day in enumerate(days):
            if np.isfinite(table["D"][number, i]):
                feature.SetField(day, round(float(table["D"][number, i]), 4))
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(float(x[i]), float(y[i]))
        feature.SetGeometryDirectly(point)
        layer.CreateFeature(feature)
