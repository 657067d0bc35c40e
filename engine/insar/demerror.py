"""Errors of the DEM in a series: displacement that follows the perpendicular baselines and nothing else does.

d(k) = polynomial(t_k) + c (B_k - B_0), with c = dh / (R sin(incidence)) for an error dh of the DEM (Berardino et al. 2002).
Motion that follows neither is taken for DEM error where the guard is missing: metres appear on moving ground. So c is used
only where it stands out from its uncertainty, which counts in that residuals of motion last from date to date.
"""
import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.history import step
from ..core.progress import Progress
from ..io.manifests import read_stack
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster
from .blocks import invert_blocks
from .correction_settings import DemErrorSettings
from .series_step import OpenSeries, Taken, open_for_step, run_step, slopes

log = logging.getLogger(__name__)

NAME = "dem_error.tif"
SLANT_RANGE = 879000.0  # m, middle of Sentinel-1's swath; 5 % toward its edges
FEWEST = 8  # dates


@dataclass(frozen=True)
class DemErrorResult:
    """raster: dem_error, sigma_dem_error (m), applied (1 where it was taken off). separation: share of the baselines'
    variance that motion cannot explain. notes: for the log."""
    series: Path
    raster: Path
    separation: float
    applied: float
    notes: Tuple[str, ...]


def run(series: PathLike, settings: DemErrorSettings, output: PathLike, progress: Progress,
        stack: PathLike = "") -> DemErrorResult:
    """Write the series without errors of the DEM. stack: whose perpendicular baselines count; without it that of which
    the series was made. Raises InputError where baselines are unknown or follow the dates."""
    source = open_for_step(series, output)
    if source.manifest.components != ("los",):
        raise InputError(f"{series} is no series of the line of sight. Errors of the DEM are looked for in InSAR series.")
    if len(source.manifest.dates) < max(FEWEST, settings.degree + 4):
        raise InputError(f"{series} has {len(source.manifest.dates)} dates, too few to tell baselines from motion.")
    baselines = date_baselines(source, stack)
    separation = separation_of(baselines, source.years, settings.degree)
    if separation < settings.least_separation:
        raise InputError(f"Only {separation:.0%} of the perpendicular baselines' variance does not follow the dates: an "
                         "error of the DEM cannot be told from motion. Leave this correction out, or choose a lower "
                         "degree of the motion.")
    output = check_writable(output)
    sine = _sine_of_incidence(source)
    bands = [Band("dem_error", "m"), Band("sigma_dem_error", "m"), Band("applied")]
    maps: List = []  # small beside the series: three numbers for each pixel's history

    def take(_component: str, values: np.ndarray, tile) -> Taken:
        metres, sigma, applied, taken = estimate(values, source.years, baselines, settings, SLANT_RANGE * sine)
        maps.append((tile.core, {"dem_error": metres, "sigma_dem_error": sigma, "applied": applied}))
        return taken

    path = run_step(source, output, step("demerror", settings, separation=round(separation, 4)), take, progress)
    with new_raster(output / NAME, source.manifest.grid, bands) as target:
        for core, values in maps:
            target.write(values, core)
    counts = np.sum([[np.nansum(v["applied"]), np.isfinite(v["dem_error"]).sum()] for _, v in maps], axis=0)
    share = float(counts[0] / max(counts[1], 1))
    notes = (f"{separation:.0%} of the baselines' variance does not follow the dates (standard deviation "
             f"{baselines.std():.0f} m).",
             f"Errors of the DEM were taken off {share:.1%} of the pixels; they are in {NAME}.")
    for note in notes:
        log.info(note)
    return DemErrorResult(path, output / NAME, separation, share, notes)


def date_baselines(source: OpenSeries, stack: PathLike = "") -> np.ndarray:
    """(dates,) perpendicular baseline from the first date, m, from those of the pairs."""
    path = stack or source.manifest.extra.get("stack")
    if not path:
        raise InputError(f"The series in {source.folder} does not tell its stack. Choose the stack with the perpendicular "
                         "baselines.")
    path = Path(path) if stack else source.folder / path
    manifest, _ = read_stack(path)
    number: Dict[date, int] = {day: n for n, day in enumerate(source.manifest.dates)}
    pairs = [p for p in manifest.pairs if p.perpendicular_baseline is not None and p.reference in number
             and p.secondary in number]
    ends = [(number[p.reference], number[p.secondary]) for p in pairs]
    found = invert_blocks(ends, len(number), np.array([[p.perpendicular_baseline] for p in pairs], float).reshape(-1, 1))
    if not pairs or not np.isfinite(found).all():
        raise InputError(f"The perpendicular baselines of {path} are not known for all dates. Import interferograms that "
                         "tell them.")
    return found[:, 0] - found[0, 0]


def separation_of(baselines: np.ndarray, years: np.ndarray, degree: int) -> float:
    """Share of the baselines' variance that a polynomial in time leaves."""
    if baselines.std() == 0:
        return 0.0
    rest = baselines - np.polyval(np.polyfit(years, baselines, degree), years)
    return float((rest ** 2).sum() / ((baselines - baselines.mean()) ** 2).sum())


def estimate(values: np.ndarray, years: np.ndarray, baselines: np.ndarray, settings: DemErrorSettings, leverage: float):
    """((rows, columns) dem error m, sigma m, applied 0/1, what to take off).

    values: (dates, rows, columns) m. leverage: R sin(incidence), m.
    """
    shape = values.shape[1:]
    flat = values.reshape(len(years), -1).astype(np.float64)
    found, sigma = np.full(flat.shape[1], np.nan), np.full(flat.shape[1], np.nan)
    known = np.isfinite(flat)
    for pattern in np.unique(known, axis=1).T:
        if pattern.sum() >= max(FEWEST, settings.degree + 4):
            mine = (known == pattern[:, None]).all(axis=0)
            found[mine], sigma[mine] = _fit(flat[np.ix_(pattern, mine)], years[pattern], baselines[pattern], settings.degree)
    metres, uncertain = found * leverage, sigma * leverage
    with np.errstate(invalid="ignore"):
        applied = (np.abs(found) > settings.significance * sigma) & (np.abs(metres) <= settings.largest)
    c = np.where(applied, np.nan_to_num(found), 0.0).reshape(shape)
    taken = c * baselines[:, None, None]
    variance = np.where(applied, np.nan_to_num(sigma) ** 2, 0.0).reshape(shape)
    rate = slopes(np.where(known.reshape(values.shape), baselines[:, None, None], np.nan), years)
    return (metres.reshape(shape).astype(np.float32), uncertain.reshape(shape).astype(np.float32),
            np.where(np.isfinite(metres), applied, np.nan).reshape(shape).astype(np.float32),
            Taken(taken, variance * np.square(baselines)[:, None, None], variance * rate ** 2))


def _fit(values: np.ndarray, years, baselines, degree: int) -> Tuple[np.ndarray, np.ndarray]:
    """(c, its sigma) of pixels with all dates. values: (dates, pixels)."""
    scale = max(years.max() - years.min(), 1e-9)
    design = np.stack([*((years - years.min()) / scale) ** np.arange(degree + 1)[:, None], baselines], axis=1)
    inverse = np.linalg.pinv(design)
    rest = values - design @ (inverse @ values)
    free = len(years) - design.shape[1]
    variance = (rest ** 2).sum(axis=0) / free
    # Residuals of motion last over dates: fewer of them are independent.
    with np.errstate(invalid="ignore", divide="ignore"):
        lag = np.nan_to_num((rest[1:] * rest[:-1]).sum(axis=0) / (rest ** 2).sum(axis=0))
    lag = np.clip(lag + 1.0 / len(years), 0.0, 0.95)  # a fit makes residuals oscillate
    factor = (inverse[-1] ** 2).sum()
    return inverse[-1] @ values, np.sqrt(variance * factor * (1.0 + lag) / (1.0 - lag))


def _sine_of_incidence(source: OpenSeries) -> float:
    """Of the middle of the area; 0.63 (39 degrees) where look vectors are unknown."""
    path = source.folder / "geometry.tif"
    if not path.is_file():
        return 0.63
    with open_raster(path) as raster:
        look_up = raster.read("look_up")
    return float(np.sqrt(max(1.0 - np.nanmedian(look_up) ** 2, 0.01)))
