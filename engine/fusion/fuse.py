"""Mean velocity of all pairs of a stack and the coherence of their directions."""
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

import numpy as np

from ..compute import memory
from ..compute.threads import map_threads, workers
from ..compute.tiles import Tile, make_tiles
from ..core import history as histories
from ..core.progress import Progress
from ..core.units import DAYS_PER_YEAR, METRE_PER_YEAR, ONE, SIGN_EAST_NORTH, SIGN_LOS
from ..io.raster import Band, check_writable, new_raster
from ..io.stack_source import StackSource
from . import kernels
from .settings import FuseSettings

log = logging.getLogger(__name__)

TILE_SIDES = (1024, 512, 256, 128)  # px
MOST_WORK = 1e7  # pixel-pairs of a tile: a thread that has begun cannot be stopped, and cancel takes a second


@dataclass(frozen=True)
class FuseResult:
    """The velocity map and counts. median_speed: m/yr, over solved pixels."""
    velocity: Path
    pairs: int
    dates: int
    pixels: int
    solved: int
    median_speed: float
    median_coherence: float


def run(stack, settings: FuseSettings, output, progress: Progress) -> FuseResult:
    """Fuse a stack (stack.json or its folder) into one velocity map `output` (GeoTIFF).

    Bands: velocity_east, velocity_north, speed, sigma_east, sigma_north (m/yr), vector_coherence (eq. 1),
    observations; for a line of sight velocity_los, sigma_los, vector_coherence, observations.
    """
    output = Path(output)
    check_writable(output.parent)
    with StackSource(stack, lambda pair: settings.takes(pair.reference, pair.secondary)) as source:
        years = np.array([pair.days for pair in source.pairs]) / DAYS_PER_YEAR
        dates = len({d for pair in source.pairs for d in (pair.reference, pair.secondary)})
        use_sigma = settings.method == "weighted" and any(source.has_sigma)

        def work(tile: Tile):
            values, sigmas, _ = source.read(tile.core, use_sigma, False, progress)
            return kernels.fuse(values, years, settings.method, dates, sigmas, settings.min_observations)

        solved, speeds, coherences = 0, [], []
        with new_raster(output, source.grid, _bands(source.components), _metadata(source, settings)) as target:
            tiles = make_tiles(source.grid, _tile_side(source))
            for done, (tile, found) in enumerate(map_threads(work, tiles, progress)):
                target.write(_named(found, source.components), tile.core)
                speed = np.sqrt(np.sum(found.velocity ** 2, axis=0))
                known = np.isfinite(speed)
                solved += int(known.sum())
                speeds.append(_thin(speed[known]))
                coherences.append(_thin(found.coherence[np.isfinite(found.coherence)]))
                progress.report((done + 1) / len(tiles), f"Fused tile {done + 1} of {len(tiles)}")
        return FuseResult(output, len(source.pairs), dates, source.grid.width * source.grid.height, solved,
                          _median(speeds), _median(coherences))


def _tile_side(source: StackSource) -> int:
    pixel = 4 * len(source.pairs) * (6 * len(source.components) + 6)
    for side in TILE_SIDES:
        tiles = -(-source.grid.width // side) * -(-source.grid.height // side)
        quick = len(source.components) * len(source.pairs) * side * side <= MOST_WORK
        if quick and pixel * side * side * 4 * workers() <= memory.budget() and tiles >= 2 * workers():
            return side
    return TILE_SIDES[-1]


def _bands(components) -> List[Band]:
    names = [f"velocity_{c}" for c in components] + (["speed"] if len(components) == 2 else [])
    names += [f"sigma_{c}" for c in components]
    return [Band(n, METRE_PER_YEAR) for n in names] + [Band("vector_coherence", ONE), Band("observations", ONE)]


def _named(found: "kernels.Fused", components):
    bands = {f"velocity_{c}": v for c, v in zip(components, found.velocity)}
    bands.update({f"sigma_{c}": v for c, v in zip(components, found.sigma)})
    if len(components) == 2:
        bands["speed"] = np.hypot(*found.velocity)
    return {**bands, "vector_coherence": found.coherence, "observations": found.observations}


def _metadata(source: StackSource, settings: FuseSettings):
    dates = sorted(d for pair in source.pairs for d in (pair.reference, pair.secondary))
    return {"TM_UNIT": METRE_PER_YEAR, "TM_SIGN": SIGN_LOS if source.manifest.kind == "insar" else SIGN_EAST_NORTH,
            "TM_REFERENCE_DATE": dates[0].isoformat(), "TM_SECONDARY_DATE": dates[-1].isoformat(),
            "TM_REFERENCE": source.metadata.get("TM_REFERENCE", ""),
            "TM_HISTORY": histories.to_text([*source.manifest.history, histories.step("fuse", settings)])}


def _thin(values: np.ndarray) -> np.ndarray:
    return values[::max(1, values.size // 65536)]


def _median(pieces: List[np.ndarray]) -> Optional[float]:
    values = np.concatenate(pieces)
    return float(np.median(values)) if values.size else float("nan")
