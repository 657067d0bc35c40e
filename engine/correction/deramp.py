"""Remove a plane or a second order surface, fitted robustly to stable ground (Provost et al. 2022, section 2.2.1)."""
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.raster import PathLike
from ..io.stable import StableGround
from . import surface
from .field import Blocks, Field, open_field, write_field
from .settings import DerampSettings
from .surface import TERMS, Surface

_FLAT = 1e-3  # smallest singular value over the largest: stable ground on a line or in a spot gives no plane


@dataclass(frozen=True)
class Ramp:
    """A surface for each component, m."""
    surfaces: Tuple[Surface, ...]
    field: Field

    def values(self, component: int, window: Window) -> np.ndarray:
        """(rows, columns) m of one component."""
        x, y = self.field.scaled(np.arange(window.columns) + window.column + 0.5,
                                 np.arange(window.rows) + window.row + 0.5)
        return self.surfaces[component].at(x[None, :], y[:, None])


@dataclass(frozen=True)
class DerampResult:
    """What was removed. ramp: component -> range of the surface over the raster, m. scale: component -> standard
    deviation of the block medians about it, m. used: share of the blocks that the fit kept (bisquare weight > 0)."""
    output: Path
    ramp: Dict[str, float]
    scale: Dict[str, float]
    used: float
    valid_fraction: Optional[float]
    mean_quality: Optional[float]


def run(displacement: PathLike, settings: DerampSettings, output: PathLike, progress: Progress,
        stable: Optional[StableGround] = None) -> DerampResult:
    """Write the displacement without its ramp. stable: None fits to all ground, robust against moving parts."""
    with open_field(displacement, stable) as field:
        ramp, found = estimate(field, settings, progress.part(0.0, 0.5))
        tally = write_field(field.plus(ramp), output, [step("deramp", settings, **found)], reference_words(field),
                            progress.part(0.5, 1.0))
    return DerampResult(Path(output), found["range"], found["scale"], found["used"], tally.valid_fraction,
                        tally.mean_quality)


def estimate(field: Field, settings: DerampSettings, progress: Progress) -> Tuple[Ramp, Dict]:
    """The ramp of a field, and what to tell about it: coefficients, range, scale, share used."""
    progress.report(0.0, "fitting the ramp")
    blocks = field.blocks(progress)
    terms = TERMS[settings.order]
    _require_spread(field, blocks, terms)
    # Ground that moves in one component moves: the second fit of each component leaves it out as well.
    trust, surfaces = np.ones(len(blocks.weights)), []
    first = [_fit(blocks, number, terms, settings, None)[1] for number in range(len(blocks.values))]
    for number in range(len(first)):
        others = [weights for other, weights in enumerate(first) if other != number]
        fitted, weights = _fit(blocks, number, terms, settings, np.prod(others, axis=0) if others else None)
        surfaces.append(fitted)
        trust = np.minimum(trust, weights)
    names = field.source.components
    corners = np.array([field.scaled(c, r) for c in (0, field.source.grid.width) for r in (0, field.source.grid.height)])
    found = {
        "coefficients": {n: [round(float(c), 6) for c in s.coefficients] for n, s in zip(names, surfaces)},
        "range": {n: round(float(np.ptp(s.at(*corners.T))), 4) for n, s in zip(names, surfaces)},
        "scale": {n: round(s.scale, 4) for n, s in zip(names, surfaces)},
        "used": round(float((trust > 0).mean()), 4)}
    return Ramp(tuple(surfaces), field), found


def reference_words(field: Field) -> str:
    """What a ramp's removal holds still."""
    ground = field.stable.source if field.stable is not None else "most of the area, found robustly"
    return f"ramp fitted to {ground}"


def _fit(blocks: Blocks, component: int, terms: int, settings: DerampSettings, trust):
    return surface.fit(blocks.x, blocks.y, blocks.values[component], blocks.weights, terms, settings.iterations,
                       settings.tuning, trust)


def _require_spread(field: Field, blocks: Blocks, terms: int) -> None:
    """Refuse ground on which a surface cannot be told: too few places, or all of them on a line or in a spot."""
    spread = np.linalg.svd(surface.design(blocks.x, blocks.y, terms), compute_uv=False) if len(blocks.x) else [0]
    if len(blocks.x) < 3 * terms or spread[-1] < _FLAT * spread[0]:
        ground = "stable ground with values" if field.stable is not None else "area with values"
        raise InputError(f"The ramp of {field.source.path} cannot be found: the {ground} is too small or lies on a "
                         f"line ({int(blocks.pixels.sum())} pixels). Give more stable ground, well spread over the "
                         "image, or switch deramping off and only refer to stable ground.")
