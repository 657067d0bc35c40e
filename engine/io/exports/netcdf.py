"""A series as one CF-1.8 NetCDF file: components over time, y and x, velocity and quality beside them."""
from pathlib import Path
from typing import Dict, List

import numpy as np

from ...core.flags import WORDS
from ...core.grid import Grid
from ...core.history import VERSION, to_text
from ...core.progress import Progress
from ...core.units import METRE, METRE_PER_YEAR, SIGN_EAST_NORTH, SIGN_LOS
from ..raster import spatial_reference
from .multidim import NetcdfFile, new_netcdf
from .reader import WindowReader

_ROWS, _COLUMNS = 128, 512  # of a chunk; the rasters' own tiles have 128 rows
_LONG = {"east": "displacement toward the grid's east since the first date",
         "north": "displacement toward the grid's north since the first date",
         "los": "displacement toward the satellite since the first date"}


def write(reader: WindowReader, path: Path, progress: Progress) -> List[Path]:
    """Write the file; its only path is returned."""
    manifest, grid = reader.manifest, reader.manifest.grid
    with new_netcdf(path) as file:
        file.attributes({"Conventions": "CF-1.8", "title": f"Displacement of the ground, {manifest.dates[0]} to "
                         f"{manifest.dates[-1]}", "source": f"Terrain Motion {VERSION}",
                         "comment": SIGN_LOS if manifest.kind == "insar" else SIGN_EAST_NORTH,
                         "reference": manifest.reference or "not stated", "history": to_text(manifest.history)})
        _axes(file, manifest.dates, grid)
        _variables(file, reader, grid)
        windows = reader.strips()
        for number, window in enumerate(windows):
            progress.report(number / len(windows), "Writing NetCDF")
            values, sigmas, velocity, quality = reader.window(window)
            for name, array in [*values.items(), *((f"sigma_displacement_{c}", s) for c, s in sigmas.items())]:
                file.write(name, array, [0, window.row, 0])
            for name, array in {**velocity, **quality}.items():
                file.write(name, array, [window.row, 0])
    return [Path(path)]


def axis_items(crs: str) -> Dict[str, Dict[str, str]]:
    """CF attributes of x and y."""
    if crs and spatial_reference(crs).IsGeographic():
        return {"x": {"standard_name": "longitude", "units": "degrees_east"},
                "y": {"standard_name": "latitude", "units": "degrees_north"}}
    if not crs:
        return {"x": {"long_name": "x", "units": "m"}, "y": {"long_name": "y", "units": "m"}}
    unit = "m" if abs(spatial_reference(crs).GetLinearUnits() - 1) < 1e-9 else "1"
    return {axis: {"standard_name": f"projection_{axis}_coordinate", "units": unit} for axis in "xy"}


def _axes(file: NetcdfFile, dates, grid: Grid) -> None:
    days = np.array([(d - dates[0]).days for d in dates], np.float64)
    file.dimension("time", len(dates), "TEMPORAL")
    file.dimension("y", grid.height, "HORIZONTAL_Y")
    file.dimension("x", grid.width, "HORIZONTAL_X")
    file.variable("time", ["time"], "float64", {
        "standard_name": "time", "long_name": "date", "units": f"days since {dates[0].isoformat()} 00:00:00",
        "calendar": "standard", "axis": "T"}, values=days)
    t, items = grid.transform, axis_items(grid.crs)
    file.variable("y", ["y"], "float64", {**items["y"], "axis": "Y"}, values=t[3] + t[5] * (np.arange(grid.height) + .5))
    file.variable("x", ["x"], "float64", {**items["x"], "axis": "X"}, values=t[0] + t[1] * (np.arange(grid.width) + .5))


def _variables(file: NetcdfFile, reader: WindowReader, grid: Grid) -> None:
    manifest = reader.manifest
    block = (min(_ROWS, grid.height), min(_COLUMNS, grid.width))
    for component in manifest.components:
        items = {"long_name": _LONG.get(component, component), "units": METRE, "cell_methods": "time: point"}
        if component in manifest.sigmas:
            items["ancillary_variables"] = f"sigma_displacement_{component}"
            file.variable(f"sigma_displacement_{component}", ["time", "y", "x"], "float32", {
                "long_name": f"standard deviation of {component}", "units": METRE}, grid.crs, (1, *block))
        file.variable(component, ["time", "y", "x"], "float32", items, grid.crs, (1, *block))
    for name, unit in reader.side_bands():
        items = {"long_name": name.replace("_", " "), "units": unit or (METRE_PER_YEAR if "velocity" in name else "1")}
        if name == "flag":
            items["flag_values"] = [float(code) for code in WORDS]  # of the type of the band
            items["flag_meanings"] = " ".join(words.replace(" ", "_") for words in WORDS.values())
        file.variable(name, ["y", "x"], "float32", items, grid.crs, block)


