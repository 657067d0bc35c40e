"""How precise displacements are: their spread over stable ground by temporal baseline (Provost et al. 2022, 3.4)."""
import logging
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..core.errors import InputError
from ..core.files import replacing, write_rows
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.stack import NAME as STACK_NAME
from ..core.units import DAYS_PER_YEAR
from ..io.manifests import read_series
from ..io.raster import check_writable, open_raster
from ..io.stack_source import StackSource
from .settings import PrecisionSettings

log = logging.getLogger(__name__)

MAD_TO_SIGMA = 1.4826
ROWS = 512  # rows read at a time
MOST_PIXELS = 200_000  # of stable ground
FEWEST_PIXELS = 20
COLUMNS = ("cycle_from_days", "cycle_to_days", "component", "pairs", "median_days", "displacement_m", "velocity_m_per_yr",
           "share_of_pixel")


@dataclass(frozen=True)
class CycleClass:
    """Precision of the pairs of one class of cycle lengths and one component, medians over pairs.

    displacement: m. velocity: m/yr, the nominal precision. share: of a pixel.
    """
    start: int
    stop: int
    component: str
    pairs: int
    days: float
    displacement: float
    velocity: float
    share: float


@dataclass(frozen=True)
class PrecisionResult:
    """shortest: days after which the asked speed exceeds the precision (equation 6), None if none was asked."""
    table: Path
    plot: Optional[Path]
    classes: Tuple[CycleClass, ...]
    share: float
    shortest: Optional[float]
    notes: Tuple[str, ...]


def run(source, stable, settings: PrecisionSettings, table, progress: Progress, plot=None) -> PrecisionResult:
    """Precision of a stack or a series (stack.json, series.json or the folder) into a CSV table and a PNG plot.

    stable: an object with mask(grid) -> (rows, columns) bool, or None for all pixels (then motion counts as noise).
    """
    path = Path(source)
    is_stack = path.name == STACK_NAME or (path / STACK_NAME).is_file()
    spreads, grid, components = (_of_stack if is_stack else _of_series)(path, stable, settings, progress)
    if not spreads:
        raise InputError(f"No pair of {path} has {FEWEST_PIXELS} valid pixels on the stable ground. Draw it larger, or "
                         "lower the limit of correlation.")
    size = grid.pixel_size
    classes = summarise(spreads, components, size, settings.cycle)
    shares = [np.median(values) / size for _, values in spreads]
    share = float(np.median(shares))
    shortest = shortest_baseline(settings.speed, share, size) if settings.speed else None
    notes = [f"{len(spreads)} pairs: precision {share * size:.3f} m, {share:.3f} of a pixel of {size:g} m."]
    if shortest is not None:
        notes.append(f"A speed of {settings.speed:g} m/yr exceeds it after {shortest:.0f} days (equation 6).")
    if stable is None:
        notes.append("No stable ground was given: motion counts as noise.")
    table = _write(Path(table), classes)
    if plot is not None:
        draw(Path(plot), classes)
    for note in notes:
        log.info(note)
    return PrecisionResult(table, None if plot is None else Path(plot), tuple(classes), share, shortest, tuple(notes))


def shortest_baseline(speed: float, share: float, pixel_size: float) -> float:
    """Days: dt > s p / v (Provost et al. 2022, eq. 6). speed: m/yr; share: precision in pixels; pixel_size: m."""
    return share * pixel_size / speed * DAYS_PER_YEAR


def spread(values: np.ndarray, measure: str) -> float:
    """Standard deviation or NMAD of the finite values; NaN with fewer than FEWEST_PIXELS."""
    values = values[np.isfinite(values)].astype(float)
    if len(values) < FEWEST_PIXELS:
        return float("nan")
    if measure == "nmad":
        return MAD_TO_SIGMA * float(np.median(np.abs(values - np.median(values))))
    return float(values.std())


def summarise(spreads, components, pixel_size: float, cycle: int) -> List[CycleClass]:
    """Classes of cycle lengths from (days, (components,) m) of every pair."""
    found = []
    for start in sorted({abs(days) // cycle * cycle for days, _ in spreads}):
        inside = [(abs(days), values) for days, values in spreads if start <= abs(days) < start + cycle]
        for c, component in enumerate(components):
            length, own = np.array([d for d, _ in inside], float), np.array([v[c] for _, v in inside])
            middle = float(np.median(own))
            found.append(CycleClass(start, start + cycle, component, len(inside), float(np.median(length)), middle,
                                    float(np.median(own / length * DAYS_PER_YEAR)), middle / pixel_size))
    return found


def _chosen(stable, grid: Grid) -> np.ndarray:
    """(rows, columns) bool: stable pixels, thinned out evenly to MOST_PIXELS."""
    mask = np.ones(grid.shape, bool) if stable is None else np.asarray(stable.mask(grid), bool)
    places = np.flatnonzero(mask)
    if not len(places):
        raise InputError("The stable ground does not touch the data. Draw it inside their area.")
    chosen = np.zeros(mask.size, bool)
    chosen[places[::max(1, len(places) // MOST_PIXELS)]] = True
    return chosen.reshape(grid.shape)


def _strips(grid: Grid, mask: np.ndarray) -> List[Window]:
    """Windows of full width that hold pixels of the mask."""
    windows = [Window(row, 0, min(ROWS, grid.height - row), grid.width) for row in range(0, grid.height, ROWS)]
    return [window for window in windows if mask[window.slices].any()]


def _of_stack(path: Path, stable, settings: PrecisionSettings, progress: Progress):
    """[(days, (components,) m)] of the pairs, grid, components."""
    with StackSource(path) as source:
        mask = _chosen(stable, source.grid)
        strips = _strips(source.grid, mask)

        def work(number: int):
            pieces = []
            for window in strips:
                progress.check()
                values, _, quality = source.read_pair(number, window, False, settings.min_quality > 0)
                inside = mask[window.slices]
                if quality is not None:
                    with np.errstate(invalid="ignore"):
                        values = np.where(quality >= settings.min_quality, values, np.nan)
                pieces.append(values[:, inside])
            return [spread(row, settings.measure) for row in np.concatenate(pieces, axis=1)]

        found = []
        for done, (number, values) in enumerate(map_threads(work, range(len(source.pairs)), progress)):
            progress.report((done + 1) / len(source.pairs), "Spread over stable ground")
            if np.isfinite(values).all():
                found.append((source.pairs[number].days, np.array(values)))
        return sorted(found, key=lambda item: item[0]), source.grid, source.components


def _of_series(path: Path, stable, settings: PrecisionSettings, progress: Progress):
    """The same from the differences of every two dates of a series."""
    manifest, folder = read_series(path)
    mask = _chosen(stable, manifest.grid)
    values = []
    for n, component in enumerate(manifest.components):
        progress.report(0.5 * n / len(manifest.components), "Reading stable ground")
        with open_raster(folder / manifest.rasters[component]) as raster:
            values.append(np.concatenate([raster.read_bands(window)[:, mask[window.slices]]
                                          for window in _strips(manifest.grid, mask)], axis=1))
    return _differences(manifest.dates, values, settings, progress), manifest.grid, manifest.components


def _differences(dates: Tuple[date, ...], values, settings: PrecisionSettings, progress: Progress):
    found = []
    for a, b in combinations(range(len(dates)), 2):
        progress.check()
        own = np.array([spread(component[b] - component[a], settings.measure) for component in values])
        if np.isfinite(own).all():
            found.append(((dates[b] - dates[a]).days, own))
    return found


def _write(path: Path, classes: List[CycleClass]) -> Path:
    check_writable(path.parent)
    return write_rows(path, COLUMNS, (
        [c.start, c.stop, c.component, c.pairs, f"{c.days:g}", f"{c.displacement:.6g}", f"{c.velocity:.6g}",
         f"{c.share:.6g}"] for c in classes))


def draw(path: Path, classes: List[CycleClass]) -> None:
    """Nominal precision (m/yr) and matching precision (pixels) against the cycle length, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    check_writable(path.parent)
    figure = Figure(figsize=(9, 4), constrained_layout=True)
    FigureCanvasAgg(figure)
    for axes, name, label in zip(figure.subplots(1, 2), ("velocity", "share"), (
            "Nominal precision [m/yr]", "Matching precision [pixels]")):
        for component in dict.fromkeys(c.component for c in classes):
            own = [c for c in classes if c.component == component]
            axes.plot([c.days for c in own], [getattr(c, name) for c in own], "o-", label=component)
        axes.set(xlabel="Cycle length [days]", ylabel=label)
        axes.set_ylim(bottom=0)
        axes.legend()
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=150, format="png")
