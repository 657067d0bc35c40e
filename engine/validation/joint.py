"""One velocity field, east, north and up, from any mixture of optical and line-of-sight velocities."""
import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional, Sequence, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..compute.tiles import Tile, make_tiles
from ..core import history as histories
from ..core.errors import InputError
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import METRE_PER_YEAR, ONE
from ..insar.looks import LookReader, find_look, joint_grid, per_year, usable_variance
from ..io.manifests import read_series
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster
from ..io.stable import StableGround
from ..io.warp import read_on
from .comparison_settings import JoinSettings

log = logging.getLogger(__name__)

COMPONENTS = ("east", "north", "up")
SIGN = "positive east, north and up"
TILE, SAMPLE = 256, 400  # px; pixels along the longer side of the sample
_LEAK = 1e-3  # squared share of an unknown direction that a component may have
_RANK = 1e-12  # of the largest eigenvalue


@dataclass(frozen=True)
class JoinResult:
    """The velocity map. solved: component -> pixels with a value. notes: sentences for the log."""
    velocity: Path
    pixels: int
    solved: Dict[str, int]
    notes: Tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Measurements of a window: values, sigmas (rows, ...) m/yr and directions (rows, 3, ...). covariance: of the first
    two rows, (m/yr)^2, or None."""
    values: np.ndarray
    sigmas: np.ndarray
    directions: np.ndarray
    covariance: Optional[np.ndarray] = None


@dataclass(frozen=True)
class Source:
    """An input. velocity: (path, first band), for messages. components: of a map; empty for a line of sight."""
    name: str
    velocity: Tuple[str, str]
    grid: Grid
    components: Tuple[str, ...]
    look: object = None

    def read(self, grid: Grid, window: Optional[Window], unit: str, files: ExitStack) -> Rows:
        if self.look is not None:
            seen = LookReader(self.look, files).read(grid, window)
            return Rows(seen.velocity[None], seen.sigma[None], seen.vector[None])
        raster = files.enter_context(open_raster(self.velocity[0]))
        scale = per_year(raster, self.velocity[1], unit)
        nothing = np.full(((window or grid.window).rows, (window or grid.window).columns), np.nan, np.float32)

        def band(name):
            return read_on(raster, name, grid, window) * np.float32(scale) if raster.has(name) else nothing

        values = np.stack([band(f"velocity_{c}") for c in self.components])
        sigmas = np.stack([band(f"sigma_{c}") for c in self.components])
        directions = np.zeros((len(values), 3, *nothing.shape))
        for number, component in enumerate(self.components):
            directions[number, COMPONENTS.index(component)] = 1.0
        both = None
        if self.components == ("east", "up") and raster.has("covariance_east_up"):
            both = read_on(raster, "covariance_east_up", grid, window) * np.float32(scale ** 2)
        return Rows(values, sigmas, directions, both)


def run(inputs: Sequence[PathLike], settings: JoinSettings, output: PathLike, progress: Progress,
        stable: Optional[StableGround] = None) -> JoinResult:
    """Join velocity maps or series into `output` (GeoTIFF): velocity_east, velocity_north, velocity_up, their sigmas
    (m/yr), rows (measurements used) and misfit (how many times their sigmas they differ; NaN without redundancy).

    stable: ground that does not move; the median of each measurement there is taken off it first.
    """
    output = Path(output)
    check_writable(output.parent)
    if len(inputs) < 2:
        raise InputError("At least two velocities are needed to be joined.")
    sources = [find_source(path, settings.unit) for path in inputs]
    grid = joint_grid(sources)
    shifts, typical, notes = _learn(sources, grid, settings, stable)
    names = [*(f"velocity_{c}" for c in COMPONENTS), *(f"sigma_{c}" for c in COMPONENTS), "rows", "misfit"]
    items = {"TM_UNIT": METRE_PER_YEAR, "TM_SIGN": SIGN, "TM_REFERENCE": stable.source if stable else "that of the inputs",
             "TM_HISTORY": histories.to_text([histories.step("joinvelocity", settings,
                                                             inputs=[s.velocity[0] for s in sources])])}
    solved = np.zeros(3, int)
    bands = [Band(name, ONE if name in ("rows", "misfit") else METRE_PER_YEAR) for name in names]
    with new_raster(output, grid, bands, items) as target:
        tiles = make_tiles(grid, TILE)

        def work(tile: Tile):
            with ExitStack() as files:
                rows = [s.read(grid, tile.core, settings.unit, files) for s in sources]
            return join(rows, shifts, typical, settings)

        for done, (tile, found) in enumerate(map_threads(work, tiles, progress), 1):
            target.write({name: found[n].astype(np.float32) for n, name in enumerate(names)}, tile.core)
            solved += np.isfinite(found[:3]).sum(axis=(1, 2))
            progress.report(done / len(tiles), f"Joined tile {done} of {len(tiles)}")
        if not solved.any():
            raise InputError("No component of the velocity is known anywhere: the velocities do not overlap, or all sigmas "
                             f"are above {settings.max_sigma:g} m/yr.")
    pixels = grid.width * grid.height
    notes += [f"{c}: {n} of {pixels} pixels" for c, n in zip(COMPONENTS, solved)]
    if solved[2] < solved[0] and not settings.north_sigma:
        notes.append("Up is unknown where nothing measures the north: give its spread, or add a velocity from images.")
    for note in notes:
        log.info(note)
    return JoinResult(output, pixels, dict(zip(COMPONENTS, map(int, solved))), tuple(notes))


def find_source(path: PathLike, unit: str = "file") -> Source:
    """A map of components, or a line of sight with its look vectors. Raises InputError where it is neither."""
    path = Path(str(path))
    if path.is_dir() or path.suffix == ".json":
        manifest, folder = read_series(path)
        path = folder / (manifest.velocity or "velocity.tif")
    with open_raster(path) as raster:
        components = tuple(c for c in COMPONENTS if raster.has(f"velocity_{c}"))
        grid = raster.grid
    if components:
        return Source(path.stem, (str(path), f"velocity_{components[0]}"), grid, components)
    look = find_look(path, unit)
    return Source(look.name, look.velocity, look.grid, (), look)


def _learn(sources: Sequence[Source], grid: Grid, settings: JoinSettings, stable: Optional[StableGround]):
    """(medians on stable ground by input and row, typical sigmas of the same, notes), from a thin sample."""
    thin = grid.coarser(max(1, max(grid.shape) // SAMPLE))
    still = stable.mask(thin) if stable is not None else None
    shifts, typical, notes = [], [], []
    for source in sources:
        with ExitStack() as files:
            rows = source.read(thin, None, settings.unit, files)
        shift = np.zeros(len(rows.values))
        if still is not None:
            for n, values in enumerate(rows.values):
                known = values[still & np.isfinite(values)]
                if not known.size:
                    raise InputError(f"{source.velocity[0]} has no value on the stable ground. Choose other stable ground.")
                shift[n] = float(np.median(known))
            notes.append(f"{source.name}: " + ", ".join(f"{1e3 * s:+.1f}" for s in shift) + " mm/yr taken off")
        shifts.append(shift)
        sigmas = [s[np.isfinite(s) & (s > 0)] for s in rows.sigmas]
        typical.append(np.array([float(np.median(s)) if s.size else np.nan for s in sigmas]))
    known = np.concatenate(typical)
    largest = float(np.nanmax(known)) if np.isfinite(known).any() else np.nan
    if not np.isfinite(largest):
        raise InputError("None of the velocities tells its sigma, so they cannot be weighed against each other. Give at "
                         "least one with sigma bands.")
    for source, one in zip(sources, typical):
        if not np.isfinite(one).all():
            notes.append(f"{source.name} tells no sigma: the largest of the others, {largest:.3g} m/yr, is taken.")
    return shifts, [np.where(np.isfinite(one), one, largest) for one in typical], notes


def join(rows: Sequence[Rows], shifts, typical, settings: JoinSettings) -> np.ndarray:
    """(8, ...) velocity, sigma, number of rows, misfit by weighted least squares of all measurements."""
    shape = rows[0].values.shape[1:]
    normal, right, square, count = np.zeros((3, 3, *shape)), np.zeros((3, *shape)), np.zeros(shape), np.zeros(shape)
    for measured, shift, middle in zip(rows, shifts, typical):
        for direction, value, weight in _whitened(measured, shift, middle):
            normal += weight * direction[:, None] * direction[None]
            right += weight * direction * value
            square += weight * value ** 2
            count += weight > 0
    if settings.north_sigma:
        normal[1, 1] += np.where(count > 0, 1.0 / settings.north_sigma ** 2, 0.0)
    values, vectors = np.linalg.eigh(np.moveaxis(normal, (0, 1), (-2, -1)))
    least = np.maximum(1.0 / settings.max_sigma ** 2, _RANK * values[..., -1:])
    known = values > least
    inverse = np.where(known, 1.0 / np.where(known, values, 1.0), 0.0)
    covariance = np.einsum("...ik,...k,...jk->...ij", vectors, inverse, vectors)
    motion = np.einsum("...ij,j...->i...", covariance, right)
    leak = np.moveaxis((vectors ** 2 * ~known[..., None, :]).sum(axis=-1), -1, 0)
    variance = np.stack([covariance[..., n, n] for n in range(3)])
    usable = (leak < _LEAK) & (count > 0) & (variance <= settings.max_sigma ** 2)
    free = count - known.sum(axis=-1)
    rest = np.maximum(square - (motion * right).sum(axis=0), 0.0)
    misfit = np.where(free > 0, np.sqrt(rest / np.maximum(free, 1)), np.nan)
    return np.concatenate([np.where(usable, motion, np.nan), np.where(usable, np.sqrt(variance), np.nan), count[None],
                           misfit[None]])


def _whitened(measured: Rows, shift: np.ndarray, middle: np.ndarray):
    """(direction (3, ...), value, weight) of independent measurements; weight 0 where there is no data."""
    variance = np.stack([usable_variance(s, float(m)) for s, m in zip(measured.sigmas, middle)])
    values = measured.values.astype(np.float64) - shift[:, None, None]
    found = []
    for n in range(len(values)):
        direction, value, own = measured.directions[n], values[n], variance[n]
        if n == 1 and measured.covariance is not None:
            # The second row less what the first tells of it is independent of the first.
            share = np.nan_to_num(measured.covariance) / variance[0]
            direction = direction - share * measured.directions[0]
            value, own = value - share * values[0], np.maximum(own - share ** 2 * variance[0], 1e-4 * own)
        seen = np.isfinite(value) & np.isfinite(direction).all(axis=0)
        found.append((np.where(seen, direction, 0.0), np.where(seen, value, 0.0), np.where(seen, 1.0 / own, 0.0)))
    return found
