"""Remove the steps between the detectors of a pushbroom sensor (Provost et al. 2022, 2.2.1; Stumpf et al. 2018).

A detector's mean also holds the motion of the ground below it, and subtracting it takes that motion away. Here each
border is measured by itself: the difference between a strip on its left and one on its right, row by row, less the
slope of the ground's own motion there. What moves smoothly across a border has no step. The detectors' shifts then
follow from the steps of all borders.
"""
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..core.errors import GridError
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.raster import PathLike
from ..io.stable import StableGround
from . import detectors, smear, track
from .detectors import Borders, Layout
from .field import Field, open_field, write_field
from .settings import DestripeSettings
from .surface import bisquare_weights
from .track import Points

_ROWS = 256  # read at once
_GAP = 2  # px beside a border that are left out: footprints are no sharper
_WEAK, _RIDGE = 3.0, 1e-6  # x variance of a step with all its pixels: weaker ones are none; keeps sums invertible
_FEWEST_ROWS = 20  # measured rows that a border needs
_STABLE_SHARE = 0.5  # of a border's rows that must be on stable ground to be used alone
_SURE = 4.0  # x standard error: smaller steps are none
_CORRELATED = 5.0  # px along a border over which noise is alike
_CANDIDATE = 6.0  # x noise of the profile: steps that may be borders
_TUNING = 4.685


@dataclass(frozen=True)
class Stripes:
    """A shift for each detector. shifts: (components, largest number + 1) m. width: px, of steps that matching smeared
    (see `smear`)."""
    layout: Layout
    shifts: np.ndarray
    field: Field
    width: float = 0.0

    def values(self, component: int, window: Window) -> np.ndarray:
        """(rows, columns) m of one component."""
        grid, reach = self.field.source.grid, smear.reach(self.width)
        top, left = max(window.row - reach, 0), max(window.column - reach, 0)
        wide = Window(top, left, min(window.row + window.rows + reach, grid.height) - top,
                      min(window.column + window.columns + reach, grid.width) - left)
        labels = self.layout.labels(grid, wide)
        known = (labels > 0) & (labels < self.shifts.shape[1])
        shifts = smear.smeared(self.shifts[component][np.where(known, labels, 0)], known, self.width)
        return shifts[window.row - top:, window.column - left:][:window.rows, :window.columns]


@dataclass(frozen=True)
class DestripeResult:
    """What was removed. steps: root mean square of the detectors' shifts, component -> m. detectors: how many with
    a shift of their own. angle: of the track where it was found or given, degrees."""
    output: Path
    steps: Dict[str, float]
    detectors: int
    angle: Optional[float]
    valid_fraction: Optional[float]
    mean_quality: Optional[float]


def run(displacement: PathLike, settings: DestripeSettings, output: PathLike, progress: Progress,
        stable: Optional[StableGround] = None, footprints: Optional[PathLike] = None) -> DestripeResult:
    """Write the displacement without stripes. footprints: of the detectors; else borders are found in the data."""
    layout = detectors.from_file(footprints) if footprints else None
    with open_field(displacement, stable) as field:
        stripes, found = estimate(field, settings, progress.part(0.0, 0.6), layout)
        tally = write_field(field.plus(stripes), output, [step("destripe", settings, **found)],
                            field.source.reference, progress.part(0.6, 1.0))
    return DestripeResult(Path(output), found["steps"], found["detectors"], found["angle"], tally.valid_fraction,
                          tally.mean_quality)


def estimate(field: Field, settings: DestripeSettings, progress: Progress,
             layout: Optional[Layout] = None) -> Tuple[Stripes, Dict]:
    """The stripes of a field, and what to tell about them."""
    progress.report(0.0, "finding the stripes")
    angle = None
    if layout is None:
        layout = find_borders(field, settings, progress.part(0.0, 0.5))
        angle = layout.angle
    width = smear.find_width(field, layout, progress.part(0.5, 0.7))
    borders = measure_borders(field, layout, settings.margin, progress.part(0.7, 1.0), width)
    shifts = solve_shifts(borders, len(field.source.components), settings.shift)
    found = {"angle": angle, "width": width, "detectors": int((np.abs(shifts) > 0).any(axis=0).sum()),
             "shifts": {n: [round(float(v), 4) for v in s] for n, s in zip(field.source.components, shifts)},
             "steps": {n: round(float(np.sqrt(np.mean(s ** 2))), 4) for n, s in zip(field.source.components, shifts)}}
    return Stripes(layout, shifts, field, width), found


def measure_borders(field: Field, layout: Layout, margin: int, progress: Progress,
                    width: float = 0.0) -> Dict[Tuple[int, int], np.ndarray]:
    """{(detector on the left, on the right): (rows measured, components) step to the right, m}. width: of smeared
    steps, px.

    Rows on stable ground alone where they are half of a border or more, else all its rows: what moves smoothly
    across a border has no step, and few rows tell a step worse than many.
    """
    along, flat = _measure(field, layout, margin, width, progress.part(0.0, 0.5), turned=False)
    if flat:  # strips that lie across the image: their borders are crossed down the columns
        down, _ = _measure(field, layout, margin, width, progress.part(0.5, 1.0), turned=True)
        along.update({border: rows for border, rows in down.items() if len(rows) > len(along.get(border, ()))})
    return dict(sorted(along.items()))


def _measure(field: Field, layout: Layout, margin: int, width: float, progress: Progress, turned: bool):
    """(steps of each border along the rows, whether any border runs more along the rows than across them).

    turned: along the columns, "right" is south then.
    """
    found: Dict[Tuple[int, int], List[np.ndarray]] = {}
    stable: Dict[Tuple[int, int], List[np.ndarray]] = {}
    grid = field.source.grid
    crossed = np.zeros(2, np.int64)  # changes of detector along rows, down columns
    covered = False
    for first in range(0, grid.width if turned else grid.height, _ROWS):
        progress.report(first / max(grid.shape), "measuring the borders of the detectors")
        window = (Window(0, first, grid.height, min(_ROWS, grid.width - first)) if turned else
                  Window(first, 0, min(_ROWS, grid.height - first), grid.width))
        labels = layout.labels(grid, window)
        covered = covered or bool((labels > 0).any())
        crossed += (labels[:, 1:] != labels[:, :-1]).sum(), (labels[1:] != labels[:-1]).sum()
        vectors = field.read(window)
        _collect(found, labels, vectors.values, margin, width, turned)
        if field.stable is not None:
            ground = np.where(field.usable(vectors, window), vectors.values, np.nan)
            _collect(stable, labels, ground, margin, width, turned)
    if not covered:
        raise GridError(f"The detectors {layout.source} do not overlap {field.source.path}. Choose the footprints of its "
                        "scenes, or none: the borders are then found in the data.")
    for border, steps in stable.items():
        count = sum(map(len, steps))
        if count >= max(_FEWEST_ROWS, _STABLE_SHARE * sum(map(len, found[border]))):
            found[border] = steps
    return ({border: np.concatenate(steps) for border, steps in found.items()}, bool(crossed[1] > crossed[0]))


def _collect(found, labels, values, margin: int, width: float, turned: bool) -> None:
    """Add the steps at each change of detector along the rows of a window, or along its columns."""
    if turned:
        labels, values = labels.T, values.transpose(0, 2, 1)
    row, column = np.nonzero((labels[:, 1:] != labels[:, :-1]) & (labels[:, 1:] > 0) & (labels[:, :-1] > 0))
    if len(row) == 0:
        return
    steps = row_steps(values, labels, row, column + 1, margin, width)
    left, right = labels[row, column], labels[row, column + 1]
    measured = np.isfinite(steps).all(axis=0)
    for border in {(int(a), int(b)) for a, b in zip(left[measured], right[measured])}:
        here = measured & (left == border[0]) & (right == border[1])
        sign, key = (1, border) if border[0] < border[1] else (-1, border[::-1])
        found.setdefault(key, []).append(sign * steps[:, here].T)


def row_steps(values, labels, row, column, margin: int, width: float = 0.0) -> np.ndarray:
    """(components, n) steps to the right, m, at borders before (row, column); NaN where too few values tell them.

    Least squares of a step and of the ground's own motion, a parabola, over 2 margins on each side of the border, of
    pixels of the two detectors. width: px, of a smeared step.
    """
    reach = 2 * margin
    offsets = np.arange(-reach, reach) + 0.5
    scaled = offsets / reach
    design = np.stack([smear.response(offsets, width), np.ones_like(scaled), scaled, scaled ** 2], axis=1)
    padded = np.pad(values, ((0, 0), (0, 0), (reach, reach)), constant_values=np.nan)
    belongs = np.pad(labels, ((0, 0), (reach, reach)))
    at = column[:, None] + np.arange(2 * reach)
    own = np.where(offsets < 0, belongs[row, column + reach - 1][:, None], belongs[row, column + reach][:, None])
    part = padded[:, row[:, None], at]
    used = (belongs[row[:, None], at] == own) & (np.abs(offsets) > _GAP) & np.isfinite(part).all(axis=0)
    products = (design[:, :, None] * design[:, None, :]).reshape(2 * reach, -1)
    normal = (used @ products).reshape(-1, 4, 4) + _RIDGE * np.eye(4)
    inverse = np.linalg.inv(normal)
    whole = np.linalg.inv((products[np.abs(offsets) > _GAP]).sum(axis=0).reshape(4, 4))[0, 0]
    steps = np.einsum("nk,cnk->cn", inverse[:, 0], np.where(used, part, 0.0).astype(np.float64) @ design)
    return np.where(inverse[:, 0, 0] <= _WEAK * whole, steps, np.nan)


def solve_shifts(borders: Dict[Tuple[int, int], np.ndarray], components: int, statistic: str) -> np.ndarray:
    """(components, largest detector + 1) m: shifts of the detectors from the steps of their borders.

    Least squares of shift[right] - shift[left] = step; the mean over the detectors is 0, so that the field keeps its
    level. Borders with few rows, or a step within its error, have none.
    """
    largest = max((max(border) for border in borders), default=0)
    shifts = np.zeros((components, largest + 1))  # detector 0: none
    used = {border: rows for border, rows in borders.items() if len(rows) >= _FEWEST_ROWS}
    numbers = sorted({number for border in used for number in border})
    if not used:
        return shifts
    design = np.zeros((len(used), len(numbers)))
    weights = np.sqrt([len(rows) for rows in used.values()])
    for line, (left, right) in enumerate(used):
        design[line, [numbers.index(left), numbers.index(right)]] = -1.0, 1.0
    for component in range(components):
        steps = np.array([_step(rows[:, component], statistic) for rows in used.values()])
        solved = np.linalg.lstsq(design * weights[:, None], steps * weights, rcond=None)[0]  # of least norm: mean 0
        shifts[component, numbers] = solved
    return shifts


def _step(rows, statistic: str) -> float:
    """The step of a border from its rows, 0 where it does not exceed its error. m."""
    centre = float(np.median(rows))
    spread = max(1.4826 * float(np.median(np.abs(rows - centre))), 1e-9)
    if statistic == "mean":
        for _ in range(20):
            weights = bisquare_weights(rows - centre, spread, _TUNING)
            centre = float((weights * rows).sum() / weights.sum())
    error = 1.25 * spread * np.sqrt(_CORRELATED / len(rows))
    return centre if abs(centre) > _SURE * error else 0.0


def find_borders(field: Field, settings: DestripeSettings, progress: Progress) -> Borders:
    """Straight borders where the profile across the track has steps. None found: no detectors.

    Of all ground: stable ground is rarely all along a border and on both sides of each.
    """
    points = track.sample(replace(field, stable=None), progress.part(0.0, 0.5))
    angle = settings.angle
    if angle is None:
        angle = track.find_angle(points, lambda some, a: _sharpness(some, settings, a), progress.part(0.5, 1.0))
    _, across = points.along_across(angle)
    start, spacing = float(across.min()), points.spacing
    bins = ((across - start) / spacing).astype(np.int64)
    count = int(bins.max()) + 1
    size = np.zeros(count)
    for values in points.values:
        profile, members = track.group_medians(bins, values, count)
        seen = members > 0
        profile = np.interp(np.arange(count), np.flatnonzero(seen), profile[seen])
        size += (profile_steps(profile, settings.margin) / step_noise(profile, settings.margin)) ** 2
    return Borders(float(angle), [start + spacing * k for k in _peaks(size, settings.margin)])


def profile_steps(profile, margin: int) -> np.ndarray:
    """(bins,) m: step before each bin of a profile, less its slope; 0 near the ends. As `row_steps`, in one row."""
    steps = np.zeros(len(profile))
    if len(profile) <= 4 * margin + 1:
        return steps
    total = np.concatenate([[0.0], np.cumsum(profile)])
    at = np.arange(2 * margin, len(profile) - 2 * margin + 1)
    far_left, left, right, far_right = ((total[at + first + margin] - total[at + first]) / margin
                                        for first in (-2 * margin, -margin, 0, margin))
    steps[at] = (right - left) - 0.5 * ((left - far_left) + (far_right - right))
    return steps


def step_noise(profile, margin: int) -> float:
    """Standard deviation of `profile_steps` where there is no border, m, from the profile's change bin by bin."""
    change = np.diff(profile)
    single = 1.4826 * float(np.median(np.abs(change - np.median(change)))) / np.sqrt(2.0) if change.size else 0.0
    # Weights 1.5, 0.5 on either side: variance 5 / margin; neighbouring bins of a matched field are half alike.
    return max(single * np.sqrt(5.0 * _CORRELATED / margin), 1e-9)


def _peaks(size, margin: int) -> List[int]:
    """Bins before which a border lies: the largest steps, at least 2 margins apart. size: squared, x noise."""
    found: List[int] = []
    for k in np.argsort(size)[::-1]:
        if size[k] < _CANDIDATE ** 2:
            break
        if all(abs(int(k) - other) >= 2 * margin for other in found):
            found.append(int(k))
    return sorted(found)


def _sharpness(points: Points, settings: DestripeSettings, angle: float) -> float:
    """How much the profile across a track of this azimuth changes within a few pixels."""
    _, across = points.along_across(angle)
    bins = ((across - across.min()) / (4.0 * points.spacing)).astype(np.int64)
    members = np.bincount(bins)
    enough = members > 0.2 * members.max()
    total = 0.0
    for values in track.clipped(points.values):
        profile = np.bincount(bins, values) / np.maximum(members, 1)
        total += float((np.diff(profile)[enough[1:] & enough[:-1]] ** 2).sum())
    return total
