"""East and up velocity from lines of sight of different directions, on different grids and dates."""
import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..compute.tiles import Tile, make_tiles
from ..core import history as histories
from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import METRE_PER_YEAR, ONE
from ..io.raster import Band, PathLike, RasterReader, check_writable, new_raster, open_raster
from ..io.stable import StableGround
from ..io.warp import read_on
from .correction_settings import DecomposeSettings
from .decomposition import Decomposed, decompose
from .looks import LICSBAS_UNIT, LookReader, LookSource, find_look, joint_grid, per_year, said_unit, usable_variance
from .ties import find_tie

log = logging.getLogger(__name__)

TILE = 512  # px
SAMPLE = 400  # pixels along the longer side, from which ties and typical sigmas are learnt
SIGN = "positive east and up"
BANDS = ("velocity_east", "velocity_up", "sigma_east", "sigma_up", "covariance_east_up", "north_to_east", "north_to_up",
         "looks")


@dataclass(frozen=True)
class DecomposeResult:
    """The velocity map. notes: sentences for the log. north: median of what 1 m/yr of north motion adds to east and up."""
    velocity: Path
    pixels: int
    solved: int
    north: Tuple[float, float]
    notes: Tuple[str, ...]


@dataclass(frozen=True)
class KnownMotion:
    """Rasters (m/yr, first band or the band of that name) of motion known from elsewhere, GNSS or images."""
    east: Optional[str] = None
    north: Optional[str] = None


def run(inputs: Sequence[PathLike], settings: DecomposeSettings, output: PathLike, progress: Progress,
        known: KnownMotion = KnownMotion(), stable: Optional[StableGround] = None) -> DecomposeResult:
    """Decompose velocity maps or series of two looks at least into `output` (GeoTIFF).

    Bands: velocity_east, velocity_up, sigma_east, sigma_up (m/yr), covariance_east_up (m^2/yr^2), north_to_east,
    north_to_up (east and up velocity that 1 m/yr of unknown motion to the north adds), looks (number used).
    known: its north part is taken off each look first; with its east part the looks can be tied to it. The unit of
    `known` rasters is read from them, else it is `settings.unit` or that of the looks.
    """
    output = Path(output)
    check_writable(output.parent)
    settings = replace(settings, tie=_tie_of(settings.tie, known, stable))
    sources = _sources(inputs, settings)
    grid = joint_grid(sources)
    notes = _period_notes(sources) + _unit_notes(sources)
    ties, typical, tied = _learn(sources, grid, settings, known, stable, progress.part(0.0, 0.2))
    notes += tied
    tally = _Tally()
    history = [histories.step("decompose", settings, looks=[s.velocity[0] for s in sources], notes=notes)]
    with new_raster(output, grid, _bands(), _metadata(sources, settings, history)) as target:
        tiles = make_tiles(grid, TILE)

        def work(tile: Tile) -> Decomposed:
            return _decompose_tile(sources, grid, tile.core, settings, known, ties, typical)

        for done, (tile, found) in enumerate(map_threads(work, tiles, progress.part(0.2, 1.0))):
            target.write(_named(found, any(typical)), tile.core)
            tally.add(found)
            progress.report(0.2 + 0.8 * (done + 1) / len(tiles), f"Decomposed tile {done + 1} of {len(tiles)}")
        if not tally.solved:
            raise InputError("No pixel is seen along two directions that differ enough. Choose looks of ascending and "
                             f"descending tracks, or a smaller angle than {settings.min_angle:g} degrees.")
        notes += tally.notes(settings, known)
        target.set_metadata({"TM_NORTH": tally.north_text()})
    for note in notes:
        log.info(note)
    return DecomposeResult(output, tally.pixels, tally.solved, tally.north(), tuple(notes))


def _tie_of(tie: str, known: KnownMotion, stable: Optional[StableGround]) -> str:
    """The kind of tie that fits what is known of the motion."""
    if tie != "auto":
        return tie
    return "waves" if known.east else "constant" if stable is not None else "none"


def _sources(inputs: Sequence[PathLike], settings: DecomposeSettings) -> List[LookSource]:
    if len(inputs) < 2:
        raise InputError("A decomposition needs at least two velocity maps of different lines of sight.")
    sources = [find_look(path, settings.unit) for path in inputs]
    files = [Path(s.velocity[0]).resolve() for s in sources]
    twice = next((f for n, f in enumerate(files) if f in files[:n]), None)
    if twice:
        raise InputError(f"{twice} was chosen twice. Each look counts once.")
    return sources


def _learn(sources, grid: Grid, settings: DecomposeSettings, known: KnownMotion, stable, progress: Progress):
    """(tie of each look or None, typical sigma of each look or 0 where none is known, notes) from a thin sample."""
    step = max(1, max(grid.shape) // SAMPLE)
    thin = grid.coarser(step)
    with ExitStack() as files:
        motion = _Motion(known, sources, settings.unit, files)
        east, north = motion.read(thin)
        ground = stable.mask(thin) if stable is not None else np.ones(thin.shape, bool)
        ties, typical, notes = [], [], []
        for number, source in enumerate(sources):
            progress.report(number / len(sources), f"Reading {source.name}")
            look = LookReader(source, files).read(thin)
            sigma = look.sigma[np.isfinite(look.sigma) & (look.sigma > 0)]
            typical.append(float(np.median(sigma)) if sigma.size else 0.0)
            tie, note = find_tie(source, look, grid, step, settings, east, north, ground)
            ties.append(tie)
            notes += note
    if any(typical) and not all(typical):
        without = [s.name for s, t in zip(sources, typical) if not t]
        notes.append(f"No sigma is known of {', '.join(without)}: the largest of the other looks is taken.")
        typical = [t or max(typical) for t in typical]
    elif not any(typical):
        notes.append("No look tells its sigma: all count the same, and the sigmas of east and up are unknown (no data).")
    return ties, typical, notes


def _decompose_tile(sources, grid: Grid, window: Window, settings: DecomposeSettings, known: KnownMotion, ties,
                    typical) -> Decomposed:
    with ExitStack() as files:
        looks = [LookReader(source, files).read(grid, window) for source in sources]
        north = _Motion(KnownMotion(None, known.north), sources, settings.unit, files).read(grid, window)[1]
    velocity = np.stack([look.velocity for look in looks]).astype(np.float64)
    for number, tie in enumerate(ties):
        if tie is not None:
            velocity[number] -= tie.at(grid, window)
    if north is not None:
        velocity = np.where(np.isfinite(north), velocity, np.nan)
    variance = np.stack([usable_variance(look.sigma, t or 1.0) for look, t in zip(looks, typical)])
    return decompose(velocity, variance, np.stack([look.vector for look in looks]), north, settings.north_sigma ** 2,
                     np.radians(settings.min_angle))


class _Motion:
    """Reads the motion known from elsewhere on any grid."""

    def __init__(self, known: KnownMotion, sources: List[LookSource], unit: str, files: ExitStack):
        assumed = {source.assumed for source in sources}
        self._unit, self._assumed = unit, assumed.pop() if len(assumed) == 1 else ""
        self._east = files.enter_context(open_raster(known.east)) if known.east else None
        self._north = files.enter_context(open_raster(known.north)) if known.north else None

    def read(self, grid: Grid, window: Optional[Window] = None):
        """(east, north) m/yr, None where it is not given."""
        return tuple(None if raster is None else self._part(raster, name, grid, window)
                     for raster, name in ((self._east, "velocity_east"), (self._north, "velocity_north")))

    def _part(self, raster: RasterReader, name: str, grid: Grid, window):
        band = name if raster.has(name) else raster.bands[0]
        unit = self._assumed if self._assumed and not said_unit(raster, band) else self._unit
        return read_on(raster, band, grid, window) * np.float32(per_year(raster, band, unit))


def _bands() -> List[Band]:
    units = {"covariance_east_up": "m^2/yr^2", "north_to_east": ONE, "north_to_up": ONE, "looks": ONE}
    return [Band(name, units.get(name, METRE_PER_YEAR)) for name in BANDS]


def _named(found: Decomposed, known: bool) -> Dict[str, np.ndarray]:
    nothing = np.full(found.looks.shape, np.nan)
    sigma = np.sqrt(found.covariance[:2]) if known else (nothing, nothing)
    arrays = (*found.velocity, *sigma, found.covariance[2] if known else nothing, *found.north, found.looks)
    return {name: np.asarray(array, np.float32) for name, array in zip(BANDS, arrays)}


def _metadata(sources: List[LookSource], settings: DecomposeSettings, history) -> Dict[str, str]:
    starts, ends = [s.dates[0] for s in sources if s.dates[0]], [s.dates[1] for s in sources if s.dates[1]]
    items = {"TM_UNIT": METRE_PER_YEAR, "TM_SIGN": SIGN, "TM_HISTORY": histories.to_text(history),
             "TM_REFERENCE": "; ".join(sorted({s.reference for s in sources if s.reference})) or "that of the looks"}
    if starts and ends:
        items.update(TM_REFERENCE_DATE=min(starts), TM_SECONDARY_DATE=max(ends))
    return items


def _period_notes(sources: List[LookSource]) -> List[str]:
    """Looks of different times are combined as velocities; that is told where the motion may have changed between."""
    known = [s for s in sources if all(s.dates)]
    notes = [f"{s.name}: {s.dates[0]} to {s.dates[1]}" for s in known]
    if len(known) > 1:
        days = [[date.fromisoformat(d[:10]).toordinal() for d in s.dates] for s in known]
        common = min(d[1] for d in days) - max(d[0] for d in days)
        longest = max(d[1] - d[0] for d in days)
        if common < 0.5 * longest:
            notes.append(f"The looks share only {max(common, 0)} of {longest} days: where the motion changed with time, "
                         "east and up mix it.")
    return notes


def _unit_notes(sources: List[LookSource]) -> List[str]:
    assumed = [s.name for s in sources if s.assumed]
    if not assumed:
        return []
    return [f"{', '.join(assumed)}: taken as {LICSBAS_UNIT}, the unit of LiCSBAS, as the files don't tell it."]


class _Tally:
    """Counts and medians of the tiles."""

    def __init__(self):
        self.pixels = self.solved = 0
        self._north: List[np.ndarray] = []
        self._misfit, self._free = 0.0, 0

    def add(self, found: Decomposed) -> None:
        known = np.isfinite(found.velocity[0])
        self.pixels += known.size
        self.solved += int(known.sum())
        thin = slice(None, None, max(1, int(known.sum()) // 4096))
        self._north.append(found.north[:, known][:, thin])
        more = known & (found.looks > 2)
        self._misfit += float(found.misfit[more].sum())
        self._free += int((found.looks[more] - 2).sum())

    def north(self) -> Tuple[float, float]:
        values = np.concatenate(self._north, axis=1)
        return tuple(float(v) for v in np.median(values, axis=1)) if values.size else (float("nan"), float("nan"))

    def north_text(self) -> str:
        east, up = self.north()
        return f"1 m/yr of unknown motion to the north adds {east:+.3f} m/yr to east and {up:+.3f} m/yr to up (median)"

    def notes(self, settings: DecomposeSettings, known: KnownMotion) -> List[str]:
        assumed = "as given by the raster of the north velocity" if known.north else "taken as zero"
        notes = [f"{self.solved} of {self.pixels} pixels are seen along two directions at least.",
                 f"The motion to the north is {assumed}; {self.north_text()}. The bands north_to_east and north_to_up "
                 "tell it pixel by pixel."]
        if self._free:
            notes.append(f"Where more than two looks meet they differ by {np.sqrt(self._misfit / self._free):.2f} times "
                         "their sigmas.")
        return notes
