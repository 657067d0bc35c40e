"""Filter of a series in time and space: smoother courses, or dates without what is short in time and wide, or narrow, in
space."""
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

import numpy as np

from ..core.errors import SettingsError
from ..core.history import step
from ..core.progress import Progress
from ..io.ground import metres_per_pixel
from ..io.raster import PathLike
from .correction_settings import FilterSeriesSettings
from .series_step import Taken, open_for_step, run_step

log = logging.getLogger(__name__)

REACH = 3.0  # sigmas of the spatial Gaussian that count
LARGEST_HALO = 1000  # px


@dataclass(frozen=True)
class FilterSeriesResult:
    """The series. rms: of what was taken off, m. notes: for the log."""
    series: Path
    rms: float
    notes: Tuple[str, ...]


def run(series: PathLike, settings: FilterSeriesSettings, output: PathLike, progress: Progress) -> FilterSeriesResult:
    """Write the filtered series. Sigmas stay as they are: what noise remains is not known from the filter."""
    source = open_for_step(series, output)
    across = np.hypot(*metres_per_pixel(source.manifest.grid))
    sigma_px = tuple(settings.spatial / across[axis] for axis in (1, 0))
    halo = int(np.ceil(REACH * max(sigma_px)))
    if halo > LARGEST_HALO:
        raise SettingsError(f"Width in space: {settings.spatial:g} m are {max(sigma_px):.0f} pixels. Choose less than "
                            f"{LARGEST_HALO / REACH * min(across):.0f} m.")
    days = source.years * 365.25
    sums = []

    def take(_component: str, values: np.ndarray, tile) -> Taken:
        short = values - smooth_in_time(values, days, settings.temporal)
        taken = short
        if settings.spatial:
            wide = smooth_in_space(short, sigma_px)
            taken = wide if settings.part == "wide" else short - wide
        taken = taken[(slice(None), *tile.inner)]
        sums.append((np.nansum(np.square(taken, dtype=np.float64)), np.isfinite(taken).sum()))
        return Taken(np.nan_to_num(taken))

    path = run_step(source, output, step("filterseries", settings), take, progress, halo)
    total, count = np.sum(sums, axis=0)
    rms = float(np.sqrt(total / max(count, 1)))
    width = f"{'wider' if settings.part == 'wide' else 'narrower'} than {settings.spatial:g} m and "
    what = f"{width if settings.spatial else ''}shorter than {settings.temporal:g} days"
    notes = (f"Taken off: what is {what}; {1000 * rms:.1f} mm on average (root mean square).",)
    log.info(notes[0])
    return FilterSeriesResult(path, rms, notes)


def smooth_in_time(values: np.ndarray, days: np.ndarray, sigma: float) -> np.ndarray:
    """Each pixel's course as a Gaussian sees it, by a local line so that steady motion stays, also at the ends.

    values: (dates, rows, columns), NaN = no data, which stays. sigma: days.
    """
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0).astype(np.float64)
    made = np.empty(values.shape)
    for k in range(len(days)):
        t = days - days[k]
        weight = np.exp(-0.5 * (t / sigma) ** 2)
        s0, s1, s2, y0, y1 = (np.tensordot(w, a, axes=1) for w, a in (
            (weight, known), (weight * t, known), (weight * t * t, known), (weight, filled), (weight * t, filled)))
        det = s0 * s2 - s1 * s1
        with np.errstate(invalid="ignore", divide="ignore"):
            line = np.where(det > 1e-9 * s0 * s2, (s2 * y0 - s1 * y1) / det, y0 / s0)
        made[k] = np.where(known[k], line, np.nan)
    return made


def smooth_in_space(values: np.ndarray, sigma_px: Tuple[float, float]) -> np.ndarray:
    """Gaussian mean of the finite values of each date. NaN where there is none, or none near."""
    from scipy.ndimage import gaussian_filter

    made = np.empty(values.shape)
    for k, day in enumerate(values):
        known = np.isfinite(day)
        weight = gaussian_filter(known.astype(np.float64), sigma_px, mode="constant", truncate=REACH)
        total = gaussian_filter(np.where(known, day, 0.0).astype(np.float64), sigma_px, mode="constant", truncate=REACH)
        with np.errstate(invalid="ignore", divide="ignore"):
            made[k] = np.where(known, total / weight, np.nan)
    return made
