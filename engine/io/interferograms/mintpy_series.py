"""MintPy's time series as a series: timeseries*.h5 with velocity.h5, quality and look vectors where they are there."""
import fnmatch
import logging
from datetime import datetime
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ...core import history as histories
from ...core import series as series_records
from ...core.errors import InputError
from ...core.flags import Flag
from ...core.grid import Grid, Window
from ...core.progress import Progress
from ...core.series import SeriesManifest
from ...core.units import DAY, METRE, METRE_PER_YEAR, ONE, SIGN_LOS, years
from ..folders import files_below
from ..manifests import write_series
from ..raster import Band, check_writable, new_raster
from . import mintpy
from .layers import attributes, open_hdf5, open_layer, text_of
from .look import describe, examine, vectors
from .settings import ImportInterferogramsSettings

_LOG = logging.getLogger(__name__)
_METRES = {"m": 1.0, "meter": 1.0, "meters": 1.0, "cm": 0.01, "mm": 0.001}
_ROWS = 128


def wanted(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings) -> bool:
    """True if a time series is to be imported: it was asked for, or there are no interferograms."""
    if settings.format not in ("detect", "mintpy"):
        return False
    if settings.format == "detect" and settings.result == "stack":
        from . import geotiff, hyp3
        files = geotiff.files_below(folder, leave_out)
        if (hyp3.present(folder, leave_out) or geotiff.present(files, settings, True)
                or geotiff.present(files, settings, False)):
            return False
    there = bool(_candidates(folder, leave_out))
    return there and (settings.result == "series" or not mintpy.present(folder, leave_out))


def _candidates(folder: Path, leave_out: Path) -> List[Path]:
    """Time series of a folder; the one with the most corrections in its name first, geocoded before others."""
    found = files_below(folder, lambda name: fnmatch.fnmatch(name, "*timeseries*.h5"), leave_out)
    return sorted(found, key=lambda p: (len(p.parts), not p.name.startswith("geo_"), -p.stem.count("_"), p.name))


def run(folder: Path, output: Path, settings: ImportInterferogramsSettings,
        progress: Progress) -> Tuple[Path, List[str]]:
    """Write the series; returns series.json and lines for the log."""
    candidates = _candidates(folder, output)
    path, refusal = None, None
    for candidate in candidates:
        try:
            with open_hdf5(candidate) as file:
                grid = _grid(file, candidate)
            path = candidate
            break
        except InputError as error:
            refusal = refusal or error
    if path is None:
        raise refusal
    check_writable(output)
    (output / series_records.NAME).unlink(missing_ok=True)
    lines = [f"Format: MintPy's time series {path} ({len(candidates)} found)."]
    with open_hdf5(path) as file:
        items = attributes(file)
        dates = tuple(datetime.strptime(text_of(day)[:8], "%Y%m%d").date() for day in file["date"][:])
        step = histories.step("importinterferograms", settings, file=path.name)
        about = _about(items, dates, (step,))
        fit = _write_cube(file["timeseries"], grid, dates, _scale(items, path), output, about, progress.part(0.0, 0.8))
    velocity, told = _velocity(folder, output, path, grid, fit)
    with new_raster(output / "velocity.tif", grid, [Band("velocity_los", METRE_PER_YEAR),
                                                    Band("sigma_los", METRE_PER_YEAR)],
                    {**about, "TM_UNIT": METRE_PER_YEAR}) as target:
        target.write(velocity)
    _write_quality(folder, output, path, grid, fit, about)
    lines += [told, *_geometry(folder, output, path, items, grid, about, progress)]
    reference = about["TM_REFERENCE"]
    manifest = SeriesManifest("insar", ("los",), grid, dates, {"los": "los.tif"}, reference=reference, history=(step,),
                              extra={"wavelength": _number(items, "WAVELENGTH"), "source_format": "mintpy"})
    made = write_series(output, manifest)
    progress.report(1.0)
    return made, [*lines, f"{len(dates)} dates, {dates[0]} to {dates[-1]}, {grid.width} x {grid.height} px; metres, "
                          f"positive toward the satellite; held still: {reference}."]


def _grid(file, path: Path) -> Grid:
    if "timeseries" not in file or "date" not in file:
        raise InputError(f"{path} is no time series of MintPy: it has no 'timeseries' and 'date'.")
    height, width = file["timeseries"].shape[1:]
    return mintpy.grid_of_attributes(attributes(file), str(path), height, width)


def _about(items: Dict[str, str], dates, steps) -> Dict[str, str]:
    """Metadata of every raster."""
    if items.get("REF_LAT") and items.get("REF_LON"):
        reference = f"point {float(items['REF_LON']):.10g}, {float(items['REF_LAT']):.10g} (x, y; MintPy)"
    elif items.get("REF_Y") and items.get("REF_X"):
        reference = f"pixel in row {items['REF_Y']}, column {items['REF_X']} (MintPy)"
    else:
        reference = "not told by MintPy"
    return {"TM_UNIT": METRE, "TM_SIGN": SIGN_LOS, "TM_REFERENCE": reference,
            "TM_REFERENCE_DATE": dates[0].isoformat(), "TM_SECONDARY_DATE": dates[-1].isoformat(),
            "TM_HISTORY": histories.to_text(steps)}


def _scale(items: Dict[str, str], path: Path) -> float:
    unit = items.get("UNIT", "m").strip().lower()
    if unit not in _METRES:
        raise InputError(f"{path} has the unit '{unit}', which is no length. Choose a time series of displacement.")
    return _METRES[unit]


def _write_cube(cube, grid: Grid, dates, scale: float, output: Path, about, progress: Progress):
    """Write los.tif, metres since the first date; returns velocity, its sigma, RMSE and counts of each pixel.

    MintPy counts from its reference date and writes 0 at every date where a pixel was masked.
    """
    time = years(np.array([(d - dates[0]).days for d in dates], float))
    found = {name: np.full(grid.shape, np.nan, np.float32) for name in ("velocity_los", "sigma_los", "rmse_los")}
    found["observations"] = np.zeros(grid.shape, np.float32)
    with new_raster(output / "los.tif", grid, [Band(d.isoformat(), METRE) for d in dates], about,
                    pixel_interleaved=True, block=128) as target:
        for row in range(0, grid.height, _ROWS):
            progress.report(row / grid.height, "Importing MintPy's time series")
            window = Window(row, 0, min(_ROWS, grid.height - row), grid.width)
            values = cube[(slice(None), *window.slices)].astype(np.float64) * scale
            values[:, (values == 0).all(axis=0)] = np.nan
            values = values - values[:1]
            target.write_all(values.astype(np.float32), window)
            for name, part in zip(("velocity_los", "sigma_los", "rmse_los", "observations"), _line(time, values)):
                found[name][window.slices] = part
    return found


def _line(time: np.ndarray, values: np.ndarray):
    """(velocity, sigma, rmse, observations) of straight lines through (dates, rows, columns); NaN without 3 dates."""
    seen = np.isfinite(values)
    count = seen.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(seen, time[:, None, None], 0.0)
        mean = t.sum(axis=0) / count
        centred = np.where(seen, t - mean, 0.0)
        spread = (centred ** 2).sum(axis=0)
        filled = np.where(seen, values, 0.0)
        slope = (centred * filled).sum(axis=0) / spread
        residual = np.where(seen, filled - filled.sum(axis=0) / count - slope * centred, 0.0)
        squares = (residual ** 2).sum(axis=0)
        sigma = np.sqrt(squares / (count - 2) / spread)
        usable = count >= 3
        return (np.where(usable, slope, np.nan), np.where(usable, sigma, np.nan),
                np.where(usable, np.sqrt(squares / count), np.nan), count)


def _beside(folder: Path, leave_out: Path, path: Path, name: str) -> Optional[Path]:
    """A file of MintPy that goes with a time series: beside it, else anywhere in the folder, geocoded alike."""
    prefix = "geo_" if path.name.startswith("geo_") else ""
    beside = path.parent / f"{prefix}{name}"
    return beside if beside.is_file() else next(iter(mintpy.named(folder, leave_out, (f"{prefix}{name}",))), None)


def _map(file, dataset: str, grid: Grid) -> Optional[np.ndarray]:
    if dataset not in file or file[dataset].shape != grid.shape:
        return None
    return file[dataset][:].astype(np.float32)


def _velocity(folder: Path, output: Path, path: Path, grid: Grid, fit):
    """(bands of velocity.tif, what to tell). MintPy's own map where it is there, else a straight line."""
    own = _beside(folder, output, path, "velocity.h5")
    if own is not None:
        with open_hdf5(own) as file:
            velocity, sigma = _map(file, "velocity", grid), _map(file, "velocityStd", grid)
        if velocity is not None:
            empty = ~np.isfinite(fit["velocity_los"])
            velocity[empty] = np.nan
            sigma = np.full(grid.shape, np.nan, np.float32) if sigma is None else np.where(empty, np.nan, sigma)
            return {"velocity_los": velocity, "sigma_los": sigma.astype(np.float32)}, f"Velocity of {own}."
    return ({name: fit[name] for name in ("velocity_los", "sigma_los")},
            "Velocity of a straight line through each pixel's series (there is no velocity.h5 on the same grid).")


def _write_quality(folder: Path, output: Path, path: Path, grid: Grid, fit, about) -> None:
    own, coherence = _beside(folder, output, path, "temporalCoherence.h5"), None
    if own is not None:
        with open_hdf5(own) as file:
            coherence = _map(file, "temporalCoherence", grid)
    seen = fit["observations"] > 0
    nothing = np.full(grid.shape, np.nan, np.float32)
    bands = {"rmse_los": fit["rmse_los"], "observations": fit["observations"], "components": seen.astype(np.float32),
             "start": np.where(seen, np.float32(0), nothing), "temporal_coherence":
             nothing if coherence is None else np.where(seen, coherence, nothing),
             "flag": np.where(seen, int(Flag.VALID), int(Flag.OUTSIDE)).astype(np.float32)}
    units = {"rmse_los": METRE, "start": DAY}
    with new_raster(output / "quality.tif", grid, [Band(name, units.get(name, ONE)) for name in bands], about) as target:
        target.write({name: band.astype(np.float32) for name, band in bands.items()})


def _geometry(folder: Path, output: Path, path: Path, items, grid: Grid, about, progress: Progress) -> List[str]:
    """Write geometry.tif beside the series, where MintPy has the angles on the same grid."""
    track = mintpy.track_of(items)
    geometry = mintpy.geometry_of(folder, output, path, items, grid)
    if geometry is None or not geometry.grid.equals(grid):
        return describe(None, track)
    layers = []
    for layer in (*geometry.layers, *([geometry.elevation] if geometry.elevation else [])):
        progress.check()
        with open_layer(layer) as source:
            layers.append(source.read(grid.window))
    elevation = layers.pop() if geometry.elevation else np.full(grid.shape, np.nan, np.float32)
    look = vectors(geometry, layers, grid.shape, track.heading)
    with new_raster(output / "geometry.tif", grid, [Band("look_east"), Band("look_north"), Band("look_up"),
                                                    Band("elevation", METRE)],
                    {"TM_HISTORY": about["TM_HISTORY"]}) as target:
        target.write({**dict(zip(("look_east", "look_north", "look_up"), look.astype(np.float32))),
                      "elevation": elevation})
    return describe(examine(look, track, str(path)), track)


def _number(items: Dict[str, str], key: str) -> Optional[float]:
    try:
        return float(items[key])
    except (KeyError, ValueError):
        return None
