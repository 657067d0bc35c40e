"""What a run of many pairs will cost: time and disk, before it is started."""
import os
from dataclasses import dataclass
from typing import Sequence

from ..compute.threads import workers
from ..core.pair import Pair
from ..io.scene_reader import band_grid, band_source
from .settings import BOTH, CORRELATION, FLOW, PHASE, PairRunSettings

#: Processor seconds per million pixels with the default settings (benchmarks/results-matching.md).
_SECONDS_PER_MPX = {CORRELATION: 4.4, FLOW: 4.6, PHASE: 2.1}
_USUAL_RANGE = 16        # px, of those measurements
_BYTES_PER_PIXEL = 8.0   # of a compressed displacement of five bands, measured on simulated pairs


@dataclass(frozen=True)
class Cost:
    """seconds: of waiting on this machine. bytes: on disk. pixels: of the result of one pair."""
    seconds: float
    bytes: float
    pixels: int


def pixels_of(path) -> int:
    """Pixels of the band that would be matched. Raises InputError."""
    grid = band_grid(band_source(path))
    return grid.width * grid.height


def cost(pairs: int, pixels: int, settings: PairRunSettings, seconds_per_mpx: float = 0.0) -> Cost:
    """Expected cost of matching.

    seconds_per_mpx: processor seconds that this machine needed with these settings (a preview tells), 0 if unknown.
    """
    rate = seconds_per_mpx or _SECONDS_PER_MPX[settings.method] * max(1.0, settings.range / _USUAL_RANGE) ** 0.5
    bands = max(1, len([name for name in settings.bands.split(",") if name.strip()]))
    directions = 2 if settings.average == BOTH else 1
    together = settings.threads or workers()
    seconds = pairs * pixels / 1e6 * rate * bands * directions / min(together, max(pairs, 1))
    result = pixels // settings.step ** 2
    return Cost(seconds, pairs * result * _BYTES_PER_PIXEL, result)


def largest(pairs: Sequence[Pair]) -> int:
    """Pixels of the first scene of the pairs, as a measure of all; 0 where it is not here."""
    return next((pixels_of(pair.reference) for pair in pairs if os.path.exists(pair.reference)), 0)
