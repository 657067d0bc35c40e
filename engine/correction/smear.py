"""How far matching smears the step between two detectors, found from the field itself.

Correlation windows and their regularisation turn a step of less than about a tenth of a pixel into a slope over twenty
pixels: next to the border half of it is missing. Its profile is that of a step smoothed with exp(-|x| / width):
sign(x) (1 - exp(-|x| / width)) / 2. The width follows from the mean profiles across all borders.
"""
from typing import Dict, List, Tuple

import numpy as np

from ..core.grid import Window
from ..core.progress import Progress
from .detectors import Layout
from .field import Field

WIDTHS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)  # px that are tried
_REACH = 40  # px on each side of a border
_ROWS, _WINDOWS = 256, 16  # read at once; at most this many windows are looked at
_WHOLE = 0.8  # of a row's pixels that must have a value
_FEWEST_ROWS = 20
_TAIL = 5.0  # widths after which exp(-x / width) has ended


def response(offsets, width: float) -> np.ndarray:
    """A step of 1 at distances from its border (px, positive behind it), -0.5 to 0.5."""
    offsets = np.asarray(offsets, np.float64)
    return 0.5 * np.sign(offsets) * (1.0 - (np.exp(-np.abs(offsets) / width) if width > 0.0 else 0.0))


def find_width(field: Field, layout: Layout, progress: Progress) -> float:
    """The width of the smeared steps, px; 0 where they are sharp or no border tells it."""
    profiles = border_profiles(field, layout, progress)
    if not profiles:
        return 0.0
    offsets = np.arange(-_REACH, _REACH) + 0.5
    costs = [sum(rows * _misfit(profile, offsets, width) for rows, profile in profiles) for width in WIDTHS]
    return WIDTHS[int(np.argmin(costs))]


def border_profiles(field: Field, layout: Layout, progress: Progress) -> List[Tuple[int, np.ndarray]]:
    """(rows, (components, 2 reach) m): median of the rows across each border, less their level."""
    grid = field.source.grid
    starts = list(range(0, grid.height, _ROWS))
    starts = starts[::-(-len(starts) // _WINDOWS)]
    found: Dict[Tuple[int, int, bool], List[np.ndarray]] = {}
    for number, first in enumerate(starts):
        progress.report(number / len(starts), "measuring how sharp the borders are")
        window = Window(first, 0, min(_ROWS, grid.height - first), grid.width)
        labels, values = layout.labels(grid, window), field.read(window).values
        _gather(found, labels, values, False)
        _gather(found, labels.T, values.transpose(0, 2, 1), True)
    profiles = []
    for rows in (np.concatenate(parts) for parts in found.values()):
        if len(rows) >= _FEWEST_ROWS and np.isfinite(rows).any(axis=0).all():
            profiles.append((len(rows), np.nanmedian(rows, axis=0)))
    return profiles


def _gather(found, labels, values, turned: bool) -> None:
    """Add the rows across each change of detector along the rows of a window: (rows, components, 2 reach)."""
    row, column = np.nonzero((labels[:, 1:] != labels[:, :-1]) & (labels[:, 1:] > 0) & (labels[:, :-1] > 0))
    column = column + 1
    inside = (column >= _REACH) & (column <= labels.shape[1] - _REACH)
    row, column = row[inside], column[inside]
    if len(row) == 0:
        return
    at = column[:, None] + np.arange(-_REACH, _REACH)
    own = np.where(np.arange(-_REACH, _REACH) < 0, labels[row, column - 1][:, None], labels[row, column][:, None])
    part = np.where(labels[row[:, None], at] == own, values[:, row[:, None], at], np.nan)
    whole = np.isfinite(part).all(axis=0).mean(axis=1) >= _WHOLE
    part, row, column = part[:, whole], row[whole], column[whole]
    if len(row) == 0:
        return
    part = (part - np.nanmean(part, axis=2, keepdims=True)).transpose(1, 0, 2)
    left, right = labels[row, column - 1], labels[row, column]
    for border in {(int(a), int(b)) for a, b in zip(left, right)}:
        found.setdefault((*border, turned), []).append(part[(left == border[0]) & (right == border[1])])


def _misfit(profile, offsets, width: float) -> float:
    """Sum of squares that a parabola and a step of this width leave of a profile (components, offsets)."""
    design = np.stack([np.ones_like(offsets), offsets, offsets ** 2, response(offsets, width)], axis=1)
    return float(((profile.T - design @ np.linalg.lstsq(design, profile.T, rcond=None)[0]) ** 2).sum())


def reach(width: float) -> int:
    """Pixels beyond a window that its smeared steps need."""
    return int(np.ceil(_TAIL * width))


def smeared(values, known, width: float) -> np.ndarray:
    """(rows, columns) steps smoothed with exp(-|x| / width) along rows and columns, by known pixels alone."""
    if width <= 0.0:
        return values
    from scipy.ndimage import correlate1d
    kernel = np.exp(-np.abs(np.arange(-reach(width), reach(width) + 1)) / width)
    kernel /= kernel.sum()
    layers = [np.where(known, values, 0.0), known.astype(np.float64)]
    for axis in (0, 1):
        layers = [correlate1d(layer, kernel, axis=axis, mode="nearest") for layer in layers]
    return np.where(known, layers[0] / np.maximum(layers[1], 1e-9), values)
