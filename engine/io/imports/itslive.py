"""ITS_LIVE granules (and autoRIFT's NetCDF): vx, vy along the axes of the map projection, m/yr, -32767 = no data."""
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
from osgeo import gdal

from ...core.errors import InputError
from ...core.grid import Grid
from ..products.dates import all_dates
from ..raster import _quiet, crs_text, open_raster, spatial_reference
from . import naming
from .model import PER_YEAR, Layer, PairSource, settle_unit, unit_code
from .settings import ImportSettings

_NO_DATA = -32767.0
_ERRORS = ("error", "{}_error", "error_stationary", "{}_error_stationary", "stable_rmse")


def find(files: Sequence[Path], root: Path, settings: ImportSettings) -> List[PairSource]:
    """Every granule with the variables vx and vy."""
    found = []
    for path in files:
        if path.suffix.lower() == ".nc":
            variables = variables_of(path)
            if {"vx", "vy"} <= set(variables):
                found.append(_granule(path, variables, root, settings))
    return found


def variables_of(path: Path) -> Dict[str, Dict[str, Any]]:
    """{variable: its attributes} of a NetCDF file. Raises InputError if it cannot be read."""
    with _quiet():
        try:
            dataset = gdal.OpenEx(str(path), gdal.OF_MULTIDIM_RASTER)
        except RuntimeError:
            dataset = None
        if dataset is None:
            raise InputError(f"{path} cannot be read as NetCDF ({gdal.GetLastErrorMsg() or 'unknown format'}). Get the "
                             "file again, or use a GDAL with the netCDF driver.")
        group = dataset.GetRootGroup()
        found = {}
        for name in group.GetMDArrayNames(["SHOW_ALL=YES"]) or []:  # img_pair_info and mapping have no dimension
            array = group.OpenMDArray(name)
            found[name] = {a.GetName(): a.Read() for a in array.GetAttributes()} if array is not None else {}
            if array is not None and array.GetUnit():
                found[name].setdefault("units", array.GetUnit())
    return found


def _granule(path: Path, variables: Dict[str, Dict[str, Any]], root: Path, settings: ImportSettings) -> PairSource:
    x, y = (Layer(f'NETCDF:"{path}":{name}') for name in ("vx", "vy"))
    said = unit_code(str(variables["vx"].get("units", "")))
    unit, source = settle_unit(settings.unit, said, PER_YEAR, str(path))
    errors = [_error(name, variables[name]) for name in ("vx", "vy")]
    sigma = None if None in errors else ((errors[0] ** 2 + errors[1] ** 2) / 2) ** 0.5
    layer = Layer(f'NETCDF:"{path}":v_error') if sigma is None and "v_error" in variables else None
    return PairSource(x, y, *_dates(path, variables.get("img_pair_info", {}), root, settings),
                      _grid(path, variables), unit, source, y_down=settings.north == "down", sigma=layer,
                      sigma_value=sigma, missing=(_NO_DATA,))


def _error(name: str, attributes: Dict[str, Any]) -> Optional[float]:
    """The component's standard deviation over stable surfaces, in the unit of the values."""
    for key in _ERRORS:
        try:
            value = float(attributes[key.format(name)])
        except (KeyError, TypeError, ValueError):
            continue
        if value > 0:
            return value
    return None


def _dates(path: Path, info: Dict[str, Any], root: Path, settings: ImportSettings) -> Tuple[date, date]:
    """The days of acquisition: of the attributes, else of the file's name (…_X_…), else as for any pair."""
    if not settings.reference_date:
        days = []
        for number in "12":
            texts = [str(value) for key, value in sorted(info.items())
                     if key.startswith("acq") and key.endswith(f"img{number}")]
            moments = [moment for text in texts for moment in all_dates(text)]
            days += [moments[0].date()] if moments else []
        if len(days) == 2 and days[0] != days[1]:
            return days[0], days[1]
    return naming.pair_dates(path, root, settings)


def _grid(path: Path, variables: Dict[str, Dict[str, Any]]) -> Grid:
    """The grid of vx. Where GDAL finds no position or coordinate system, x, y and the mapping variable have them."""
    with open_raster(f'NETCDF:"{path}":vx') as raster:
        grid = raster.grid
    if grid.transform in ((0.0, 1.0, 0.0, 0.0, 0.0, -1.0), (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)):
        grid = replace(grid, transform=_transform(path, variables, grid))
    if grid.crs:
        return grid
    for attributes in variables.values():
        code, text = attributes.get("spatial_epsg"), str(attributes.get("crs_wkt") or attributes.get("spatial_ref") or "")
        if code is not None:
            return replace(grid, crs=f"EPSG:{int(float(code))}")
        if text:
            return replace(grid, crs=crs_text(spatial_reference(text).ExportToWkt()))
    return grid


def _transform(path: Path, variables: Dict[str, Dict[str, Any]], grid: Grid):
    """The geotransform of the centres x and y. GDAL turns rows over where it finds no axis, so their order is looked
    at."""
    if "x" not in variables or "y" not in variables or min(grid.shape) < 2:
        raise InputError(f"{path} has no coordinates x and y. Get the file again.")
    with _quiet():
        group = gdal.OpenEx(str(path), gdal.OF_MULTIDIM_RASTER).GetRootGroup()
        x, y, stored = (group.OpenMDArray(name).ReadAsArray() for name in ("x", "y", "vx"))
    with open_raster(f'NETCDF:"{path}":vx') as raster:
        shown = raster.read_raw(1)
    if not np.array_equal(shown, stored) and np.array_equal(shown, stored[::-1]):
        y = y[::-1]
    (left, width), (top, height) = ((float(c[0]), float(c[-1] - c[0]) / (len(c) - 1)) for c in (x, y))
    return left - width / 2, width, 0.0, top - height / 2, 0.0, height
