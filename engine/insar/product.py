"""One interferogram as a displacement raster: phase to metres toward the satellite, sigma from the coherence."""
import math
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Dict, Optional, Sequence

import numpy as np

from ..core.errors import InputError
from ..core.flags import Flag
from ..core.grid import Grid
from ..core.progress import Progress
from ..io.displacement import INSAR, new_displacement
from ..io.imports.grids import Resampler
from ..io.interferograms.layers import open_layer
from ..io.interferograms.model import Product
from ..io.vectors import Tally, Vectors

STRIP = 512                  # rows at a time
LEAST_COHERENCE, MOST_COHERENCE = 0.05, 0.99   # the variance has no limit at 0 and 1
LONGEST_WAVELENGTH = 0.245   # m, of radars in use; for values whose wavelength nobody tells
LEAST_SPREAD = 1e-4          # m; atmosphere alone is more


def write_product(product: Product, grid: Grid, path: Path, steps: Sequence, items: Dict[str, str], reference: str,
                  progress: Progress) -> Tally:
    """Write one pair on the grid of its stack. Raises InputError where the values cannot be what they are said to be."""
    resampler, tally, check = Resampler(product.grid, grid), Tally(), _Plausible(product)
    steps = [*steps, {"step": "source", "file": product.source, "resampled": not resampler.unchanged}]
    metadata = dict(items)
    if product.wavelength:
        metadata["TM_WAVELENGTH"] = repr(product.wavelength)
    with ExitStack() as files, new_displacement(path, grid, INSAR, "coherence", product.reference, product.secondary,
                                                reference, steps, metadata) as target:
        phase = files.enter_context(open_layer(product.phase))
        coherence = files.enter_context(open_layer(product.coherence)) if product.coherence else None
        for row in range(0, grid.height, STRIP):
            progress.check()
            rows = slice(row, min(row + STRIP, grid.height))
            vectors = _strip(product, phase, coherence, resampler, rows)
            check.add(vectors.values[0])
            tally.add(vectors)
            target.write({"los": vectors.values[0], "coherence": vectors.quality, "sigma": vectors.sigma,
                          "flag": vectors.flag.astype(np.float32)}, replace(grid.window, row=row, rows=rows.stop - row))
        check.done()
        target.set_metadata(tally.as_items())
    return tally


def _strip(product: Product, phase, coherence, resampler: Resampler, rows: slice) -> Vectors:
    """Rows of the target grid. A pixel is valid where the coherence is above 0 and the phase was unwrapped; without
    coherence, where there is a phase."""
    window = resampler.window(rows)
    if 0 in (window.rows, window.columns):
        values = quality = np.empty((0, 0), np.float32)
    else:
        values = phase.read(window)
        if coherence is None:
            quality = np.full(values.shape, np.nan, np.float32)
        else:
            quality = coherence.read(window) * np.float32(product.coherence_scale)
            quality = np.where(quality > 0, np.minimum(quality, 1.0), np.float32(np.nan))
            unseen = ~np.isfinite(quality) | ((values == 0) & (quality < product.unwrapped_from))
            values = np.where(unseen, np.float32(np.nan), values)
    values = resampler.apply(values, window, rows) * np.float64(product.factor)
    quality = resampler.apply(quality, window, rows)
    valid = np.isfinite(values)
    sigma = np.where(valid, phase_sigma(quality, product.looks) * metres_per_radian(product), np.nan)
    flag = np.where(valid, int(Flag.VALID), int(Flag.OUTSIDE)).astype(np.uint8)
    return Vectors(values[None].astype(np.float32), quality, sigma.astype(np.float32), flag)


def metres_per_radian(product: Product) -> float:
    return product.wavelength / (4.0 * math.pi) if product.wavelength else math.nan


def phase_sigma(coherence, looks: Optional[float]):
    """Standard deviation of the phase of many looks, rad: sqrt((1 - g^2) / (2 L g^2)) (Rodriguez and Martin 1992).

    coherence g: array 0..1, NaN stays NaN. looks L: independent ones; None gives NaN.
    """
    if not looks:
        return np.full(np.shape(coherence), np.nan)
    g = np.clip(coherence, LEAST_COHERENCE, MOST_COHERENCE).astype(np.float64)
    return np.sqrt((1.0 - g * g) / (2.0 * looks * g * g))


class _Plausible:
    """Notices values whose declared unit is wrong: neighbours of unwrapped phases differ by less than half a cycle.

    Values in a unit that is too small differ by metres, in one that is too large by nothing.
    """

    def __init__(self, product: Product):
        self._product, self._steps, self._least, self._most = product, [], np.inf, -np.inf

    def add(self, values: np.ndarray) -> None:
        step = np.abs(np.diff(values[::4], axis=1))
        step = step[np.isfinite(step)]
        if step.size:
            self._steps.append((float(np.median(step)), step.size))
            self._least = min(self._least, float(np.nanmin(values)))
            self._most = max(self._most, float(np.nanmax(values)))

    def done(self) -> None:
        if not self._steps or not self._product.mapped:
            return
        typical = float(np.average([s for s, _ in self._steps], weights=[n for _, n in self._steps]))
        limit = (self._product.wavelength or LONGEST_WAVELENGTH) / 2.0
        if typical > limit:
            raise InputError(
                f"{self._product.source}: neighbouring pixels differ by {typical:.3g} m in the median, more than a whole "
                f"cycle of the radar ({limit:.3g} m), which unwrapped phases do not. Is the unit of the values right?")
        spread = self._most - self._least
        if 0 < spread < LEAST_SPREAD:
            raise InputError(
                f"{self._product.source}: all values lie within {1000 * spread:.2g} mm, less than the atmosphere makes. Is "
                "the unit of the values right? If they are metres or millimetres, choose that.")
