"""What ties one look to motion known from elsewhere: a surface, or the long waves of the difference."""
from dataclasses import dataclass
from typing import List, Optional, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..io.ground import metres_per_pixel
from . import robust
from .correction_settings import DecomposeSettings
from .looks import Look, LookSource

FEWEST = 50  # pixels
_WIDTH_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))  # full width at half maximum of a Gaussian
_CLOSE = 0.02  # share of the Gaussian's weight in the area that must lie on pixels with a reference


@dataclass(frozen=True)
class Tie:
    """Velocity to take off a look, m/yr. order, surface: as in `robust.surface_terms`; or waves: (rows, columns) on the
    pixels of the thin grid, of which each is `step` pixels of the full one."""
    order: str
    surface: Optional[np.ndarray] = None
    waves: Optional[np.ndarray] = None
    step: int = 1

    def at(self, grid: Grid, window: Window) -> np.ndarray:
        """(rows, columns) of a window of the full grid."""
        if self.surface is not None:
            return robust.surface_terms(*scaled(grid, window), self.order) @ self.surface
        from scipy.ndimage import map_coordinates

        rows = (np.arange(window.rows) + window.row + 0.5) / self.step - 0.5
        columns = (np.arange(window.columns) + window.column + 0.5) / self.step - 0.5
        return map_coordinates(self.waves, np.meshgrid(rows, columns, indexing="ij"), order=1, mode="nearest")


def find_tie(source: LookSource, look: Look, grid: Grid, step: int, settings: DecomposeSettings, east, north,
             ground) -> Tuple[Optional[Tie], List[str]]:
    """(the tie of a look; None without one, what to tell). look, east, north (m/yr or None), ground: on every
    `step`-th pixel of `grid`."""
    if settings.tie == "none":
        return None, []
    expected = look.vector[0] * (0.0 if east is None else east) + look.vector[1] * (0.0 if north is None else north)
    difference = (look.velocity - expected).astype(np.float64)
    usable = np.isfinite(difference) & ground
    order = "constant" if settings.tie == "waves" else settings.tie
    terms = robust.surface_terms(*scaled(grid, grid.coarser(step).window, step), order).astype(np.float64)
    if usable.sum() < max(FEWEST, 10 * terms.shape[-1]):
        raise InputError(f"{source.velocity[0]} cannot be tied: only {int(usable.sum())} of the sampled pixels have a "
                         "reference. Choose a larger reference velocity or stable ground, or no tie.")
    surface, kept, left = robust.fit(terms[usable], difference[usable])
    tie = Tie(order, surface)
    if settings.tie == "waves":
        usable[usable] = kept > 0
        tie = Tie("waves", None, _long_waves(difference, usable, grid.coarser(step), settings.tie_width), step)
        left = robust.spread((difference - tie.waves)[usable])
    taken = (tie.waves if tie.waves is not None else terms @ surface)[usable]
    return tie, [f"{source.name}: tied by {1e3 * float(np.nanmean(taken)):+.1f} mm/yr on average (range "
                 f"{1e3 * float(np.ptp(taken[np.isfinite(taken)])):.1f}); {1e3 * left:.1f} mm/yr of spread are left."]


def scaled(grid: Grid, window: Window, step: int = 1):
    """Positions of pixel centres of a window as x, y in about -1..1 over the grid, y downward.

    step: pixels of `grid` that one of the window's has on a side."""
    half = max(grid.width, grid.height) / 2.0
    x = ((np.arange(window.columns) + window.column + 0.5) * step - grid.width / 2.0) / half
    y = ((np.arange(window.rows) + window.row + 0.5) * step - grid.height / 2.0) / half
    return x[None, :], y[:, None]


def _long_waves(difference, usable, thin: Grid, width: float) -> np.ndarray:
    """Gaussian mean of the usable pixels; NaN far from all of them. width: m, full width at half maximum."""
    from scipy.ndimage import gaussian_filter

    across = metres_per_pixel(thin)
    sigma = [width / _WIDTH_PER_SIGMA / np.hypot(*across[:, axis]) for axis in (1, 0)]
    weight = gaussian_filter(usable.astype(np.float64), sigma, mode="constant")
    whole = gaussian_filter(np.ones(usable.shape), sigma, mode="constant")  # less than 1 at the edges, little in small areas
    total = gaussian_filter(np.where(usable, difference, 0.0), sigma, mode="constant")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > _CLOSE * whole, total / weight, np.nan)
