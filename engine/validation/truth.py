"""A measured time series against a known one (simulated scenes): errors on moving and on stable ground."""
from dataclasses import dataclass
from typing import Dict, List, Tuple

import numpy as np

from ..core.errors import GridError, InputError
from ..core.progress import Progress
from ..io.manifests import read_series
from ..io.raster import open_raster

MOVING_PIXELS = 0.1  # ground is moving where its true motion over the whole series exceeds this, in pixels


@dataclass(frozen=True)
class GroundErrors:
    """Errors on one kind of ground. rmse: per component over all dates and pixels, m; velocity: per component, m/yr.

    measured: share of the pixels of this kind that have a velocity.
    """
    pixels: int
    measured: float
    displacement_rmse: float
    velocity_rmse: float


@dataclass(frozen=True)
class TruthComparison:
    """moving and stable ground, and the pixel size that turns metres into pixels."""
    moving: GroundErrors
    stable: GroundErrors
    pixel_size: float

    def table(self) -> List[str]:
        """Lines for people."""
        head = f"{'':14}{'pixels':>9}{'measured':>10}{'displacement RMSE':>28}{'velocity RMSE':>16}"
        rows = [head]
        for name, e in (("moving ground", self.moving), ("stable ground", self.stable)):
            shift = f"{e.displacement_rmse:.3f} m = {e.displacement_rmse / self.pixel_size:.3f} px"
            rows.append(f"{name:14}{e.pixels:>9}{e.measured:>10.1%}{shift:>28}{e.velocity_rmse:>11.3f} m/yr")
        return rows


def compare_with_truth(series, truth, progress: Progress) -> TruthComparison:
    """Errors of a series against the true one, at their common dates, both since their first common date.

    series, truth: series.json or its folder; the series may cover part of the truth's grid. Raises InputError where
    dates or components do not match, GridError where the grids do not.
    """
    measured, folder = read_series(series)
    known, truth_folder = read_series(truth)
    common = sorted(set(measured.dates) & set(known.dates))
    if len(common) < 2 or measured.components != known.components:
        raise InputError(f"{series} and {truth} share {len(common)} dates; at least 2 and the same components "
                         f"are needed (they have {', '.join(measured.components)} and {', '.join(known.components)}).")
    try:
        here, there = measured.grid.overlap(known.grid)
    except GridError as error:
        raise GridError(f"{series} and {truth}: {error} Compare a series with the truth of its own scenes.") from error
    moving = _moving(truth_folder, known, common, there)
    squares: Dict[str, List[Tuple[float, int]]] = {"moving": [], "stable": []}
    for number, component in enumerate(known.components):
        progress.report(number / len(known.components), "Comparing with the truth")
        with open_raster(folder / measured.rasters[component]) as found, \
                open_raster(truth_folder / known.rasters[component]) as true:
            first = common[0].isoformat()
            start = found.read(first, here) - true.read(first, there)
            start = np.where(np.isfinite(start), start, 0.0)  # seen later: the series starts on its own fitted line
            for day in common[1:]:
                error = found.read(day.isoformat(), here) - true.read(day.isoformat(), there) - start
                valid = np.isfinite(error)
                for name, ground in (("moving", moving), ("stable", ~moving)):
                    here_valid = valid & ground
                    squares[name].append((float(np.sum(error[here_valid].astype(np.float64) ** 2)),
                                          int(here_valid.sum())))
    velocity = _velocity_squares(folder, measured, here, truth_folder, known, there)
    return TruthComparison(*(_errors(ground, squares[name], velocity)
                             for name, ground in (("moving", moving), ("stable", ~moving))),
                           pixel_size=known.grid.pixel_size)


def _moving(folder, manifest, dates, window) -> np.ndarray:
    total = 0.0
    for component in manifest.components:
        with open_raster(folder / manifest.rasters[component]) as raster:
            total = total + (raster.read(dates[-1].isoformat(), window)
                             - raster.read(dates[0].isoformat(), window)) ** 2
    return np.sqrt(total) > MOVING_PIXELS * manifest.grid.pixel_size


def _velocity_squares(folder, measured, here, truth_folder, known, there) -> np.ndarray:
    total = 0.0
    with open_raster(folder / measured.velocity) as found, open_raster(truth_folder / known.velocity) as true:
        for component in known.components:
            band = f"velocity_{component}"
            total = total + (found.read(band, here) - true.read(band, there)) ** 2
    return total / len(known.components)


def _errors(ground: np.ndarray, squares, velocity: np.ndarray) -> GroundErrors:
    pixels = int(ground.sum())
    total, count = (sum(values) for values in zip(*squares))
    finite = velocity[ground & np.isfinite(velocity)]
    return GroundErrors(pixels, finite.size / pixels if pixels else float("nan"),
                        float(np.sqrt(total / count)) if count else float("nan"),
                        float(np.sqrt(finite.mean())) if finite.size else float("nan"))
