"""Hold stable ground still: subtract its shift, or the shift that most of the area shares."""
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional, Tuple

import numpy as np

from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.raster import PathLike
from ..io.stable import StableGround
from . import surface
from .field import Blocks, Field, open_field, write_field
from .settings import ReferenceSettings

_TUNING, _ITERATIONS = 4.685, 50


@dataclass(frozen=True)
class Shift:
    """One number for each component, m."""
    shifts: Tuple[float, ...]

    def values(self, component: int, window: Window) -> np.ndarray:
        """(rows, columns) m of one component."""
        return np.full((window.rows, window.columns), self.shifts[component])


@dataclass(frozen=True)
class ReferenceResult:
    """What was subtracted. shift: component -> m. pixels: how many it was taken from."""
    output: Path
    shift: Dict[str, float]
    pixels: int
    valid_fraction: Optional[float]
    mean_quality: Optional[float]


def run(displacement: PathLike, settings: ReferenceSettings, output: PathLike, progress: Progress,
        stable: Optional[StableGround] = None) -> ReferenceResult:
    """Write the displacement relative to stable ground (None: to what most of the area does)."""
    with open_field(displacement, stable) as field:
        shift, found = estimate(field, settings, progress.part(0.0, 0.5))
        tally = write_field(field.plus(shift), output, [step("reference", settings, **found)],
                            reference_words(field, settings, found), progress.part(0.5, 1.0))
    return ReferenceResult(Path(output), found["shift"], found["pixels"], tally.valid_fraction, tally.mean_quality)


def estimate(field: Field, settings: ReferenceSettings, progress: Progress) -> Tuple[Shift, Dict]:
    """The shift of a field, and what to tell about it. Raises InputError where no usable pixel has a value."""
    progress.report(0.0, "finding the shift of the stable ground")
    blocks = field.blocks(progress)
    robust = field.stable is None or settings.statistic == "mean"
    shifts = tuple((_robust_mean if robust else _weighted_median)(blocks, number)
                   for number in range(len(blocks.values)))
    found = {"shift": {name: round(value, 5) for name, value in zip(field.source.components, shifts)},
             "pixels": int(blocks.pixels.sum())}
    return Shift(shifts), found


def reference_words(field: Field, settings: ReferenceSettings, found: Dict) -> str:
    """What is held still, for TM_REFERENCE."""
    if field.stable is None:
        return "what most of the area does (robust mean), no stable ground given"
    how = "median" if settings.statistic == "median" else "robust mean"
    return f"{how} of stable ground ({field.stable.source}, {found['pixels']} pixels)"


def _robust_mean(blocks: Blocks, component: int) -> float:
    """The centre of the largest half of the blocks that agree, refined with bisquare weights."""
    fitted, _ = surface.fit(blocks.x, blocks.y, blocks.values[component], blocks.weights, 1, _ITERATIONS, _TUNING)
    return float(fitted.coefficients[0])


def _weighted_median(blocks: Blocks, component: int) -> float:
    """Median of the blocks' medians, each counting as many times as it has pixels."""
    order = np.argsort(blocks.values[component], kind="stable")
    share = np.cumsum(blocks.pixels[order]) / blocks.pixels.sum()
    values = blocks.values[component][order]
    last = len(order) - 1
    low, high = min(int(np.searchsorted(share, 0.5 - 1e-12)), last), min(int(np.searchsorted(share, 0.5 + 1e-12)), last)
    return float(0.5 * (values[low] + values[high]))
