"""Cloud shadows: each cloud is moved away from the sun, higher and higher, until it fits a dark hollow below."""
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

from ...compute.kernels import kernel, pick
from ...core.progress import Progress
from .morphology import closed

#: What a pixel says to a cloud whose shadow would fall on it. Clouds, water, terrain shadow and no data say nothing.
SILENT, LIT, DARK = 0, 1, 2
_SAMPLE = 1500          # pixels of a cloud that decide its height
_LEAST_SIMILARITY = 0.3  # share of a shadow that must be dark (Zhu and Woodcock 2012)
_STANDS_OUT = 1.4        # x the similarity at the median height, which is chance: where all clouds together have
_LEAST_TOGETHER = 0.2    # that much and stand out so, their common height is believed
_GAPS = 2.0             # pixels
_MOST_STEPS = 1500       # heights that are tried
_CLEARLY_BETTER = 0.4    # of the similarity
_AS_GOOD = 0.97          # x the best similarity
_CHANCE = 2.0            # x 1 / sqrt(pixels): what a small cloud gains by chance
_LEAST_SEEN = 0.15       # share of a shadow that must fall where it can be seen
_MOST_SEEN = 0.5         # share of the most that falls there, where clouds leave too little ground for that


@dataclass(frozen=True)
class Matched:
    """shadow: (rows, cols) bool. heights: of each cloud above the ground, m, NaN where none fits. usual: of all together."""
    shadow: np.ndarray
    heights: np.ndarray
    usual: float


def match(labels: np.ndarray, count: int, ground: np.ndarray, per_metre: Tuple[float, float], limits: Tuple[float, float],
          progress: Progress, elevation: Optional[np.ndarray] = None) -> Matched:
    """The shadows of labelled clouds.

    labels: (rows, cols) int32, 1 to count, 0 = no cloud. ground: (rows, cols) uint8, SILENT, LIT or DARK. per_metre:
    (columns, rows) by which a shadow moves per metre of height. limits: lowest and highest cloud, m above the ground.
    elevation: (rows, cols) float32, m; shadows then fall on the terrain, not on a plane. A cloud whose shadow is not
    found, because it falls on water, clouds or outside, gets the usual height.
    """
    shape = labels.shape
    order, starts = _pixels(labels, count)
    rows, columns = (order // shape[1]).astype(np.int32), (order % shape[1]).astype(np.int32)
    base = np.zeros(count, np.float64) if elevation is None else _base(elevation, order, starts)
    terrain = np.zeros((1, 1), np.float32)
    if elevation is not None:
        terrain = np.nan_to_num(elevation, nan=float(np.nanmean(elevation)))
    rise = 1.0 / max(abs(per_metre[0]), abs(per_metre[1]), 1e-9)  # m of height per pixel of shift
    steps = np.arange(limits[0], limits[1] + rise, max(rise, (limits[1] - limits[0]) / _MOST_STEPS))
    dark, told = (np.zeros((count, steps.size), np.int32) for _ in range(2))
    fit = pick(_fit_numba, _fit_numpy)
    for first in range(0, count, 256):
        progress.report(first / count, "Looking for the shadows of the clouds")
        fit(labels, ground, terrain, rows, columns, starts, first, min(first + 256, count), base, steps, per_metre,
            dark, told)
    found, usual = _heights(dark, told, np.diff(starts), steps)
    shadow = np.zeros(shape, bool)
    if np.isfinite(usual):
        heights = np.repeat(np.where(np.isfinite(found), found, usual), np.diff(starts))
        at_rows, at_columns = _landing(rows, columns, heights, np.repeat(base, np.diff(starts)), terrain, per_metre)
        inside = (at_rows >= 0) & (at_rows < shape[0]) & (at_columns >= 0) & (at_columns < shape[1])
        shadow[at_rows[inside], at_columns[inside]] = True
        if elevation is not None:  # slopes away from the sun pull the pixels of a shadow apart
            shadow = closed(shadow, _GAPS)
    return Matched(shadow, found, usual)


def _heights(dark, told, sizes, steps):
    """(height of each cloud, NaN where it has none of its own; usual height), m.

    dark, told: (clouds, steps) sampled pixels that fall on dark ground and on ground that says something. The usual
    height is the best for all clouds together. A cloud has a height of its own where that fits clearly better:
    by more than the chance of a small cloud to find some dark ground somewhere.
    """
    sampled = -(-sizes // np.maximum(sizes // _SAMPLE, 1))
    weight = (sizes / np.maximum(sampled, 1))[:, None]
    together, seen = (dark * weight).sum(0), (told * weight).sum(0)
    least = _LEAST_SEEN * sizes.sum()
    if seen.max() < least:
        least = max(_MOST_SEEN * seen.max(), 1.0)
    similar = np.where(seen >= least, together / np.maximum(seen, 1e-9), 0.0)
    own_similar = np.where(told >= _LEAST_SEEN * sampled[:, None], dark / np.maximum(told, 1), 0.0)
    common = int(_farthest(similar[None], together[None])[0])
    best = _farthest(own_similar, dark)
    every = np.arange(len(sizes))
    gain = own_similar[every, best] - own_similar[every, common]
    chance = _CLEARLY_BETTER + _CHANCE / np.sqrt(np.maximum(told[every, best], 1))
    own = (own_similar[every, best] >= _LEAST_SIMILARITY) & (gain > chance)
    shared = own_similar[every, common] >= _LEAST_SIMILARITY
    believed = min(_LEAST_SIMILARITY, max(_LEAST_TOGETHER, _STANDS_OUT * _median(similar[similar > 0.0])))
    if similar[common] < believed:  # no height fits all: each cloud for itself
        own |= own_similar[every, best] >= _LEAST_SIMILARITY
        usual = float(np.median(steps[best[own]])) if own.any() else float("nan")
        return np.where(own, steps[best], np.nan), usual
    return np.where(own, steps[best], np.where(shared, steps[common], np.nan)), float(steps[common])


def _median(values) -> float:
    return float(np.median(values)) if values.size else 0.0


def _farthest(similar, dark):
    """Index of the best height in each row: of those that fit nearly as well, the one with most shadow in sight.

    A shadow that touches its cloud fits all lower heights too, as far as the cloud does not hide it.
    """
    near = similar >= _AS_GOOD * similar.max(axis=1, keepdims=True)
    return np.argmax(np.where(near, dark, -1), axis=1)


def _pixels(labels, count: int):
    """(flat positions of the clouds' pixels, cloud by cloud; where each cloud begins)."""
    flat = np.flatnonzero(labels)
    own = labels.ravel()[flat]
    order = flat[np.argsort(own, kind="stable")]
    return order, np.concatenate([[0], np.cumsum(np.bincount(own, minlength=count + 1)[1:])]).astype(np.int64)


def _base(elevation, order, starts):
    """Mean height of the ground below each cloud, m."""
    heights = np.nan_to_num(elevation.ravel()[order].astype(np.float64), nan=float(np.nanmean(elevation)))
    sums = np.add.reduceat(heights, starts[:-1]) if len(order) else np.zeros(0)
    return sums / np.maximum(np.diff(starts), 1)


def _landing(rows, columns, heights, base, terrain, per_metre):
    """(rows, columns) where shadows fall, whole pixels; twice corrected for the terrain they fall on."""
    lift = heights
    for _ in range(3 if terrain.size > 1 else 1):
        at_rows = np.round(rows + lift * per_metre[1]).astype(np.int64)
        at_columns = np.round(columns + lift * per_metre[0]).astype(np.int64)
        if terrain.size > 1:
            ground = terrain[np.clip(at_rows, 0, terrain.shape[0] - 1), np.clip(at_columns, 0, terrain.shape[1] - 1)]
            lift = base + heights - ground
    return at_rows, at_columns


@kernel
def _fit_numba(labels, ground, terrain, rows, columns, starts, first, last, base, steps, per_metre, dark, told):
    height, width = labels.shape
    uneven = terrain.size > 1
    for cloud in range(first, last):
        stride = max(1, (starts[cloud + 1] - starts[cloud]) // 1500)
        for number in range(len(steps)):
            for index in range(starts[cloud], starts[cloud + 1], stride):
                lift = steps[number]
                r = c = 0
                for _ in range(3 if uneven else 1):
                    r = int(np.rint(rows[index] + lift * per_metre[1]))
                    c = int(np.rint(columns[index] + lift * per_metre[0]))
                    if uneven:
                        lift = base[cloud] + steps[number] - terrain[min(max(r, 0), height - 1), min(max(c, 0), width - 1)]
                if r < 0 or c < 0 or r >= height or c >= width or ground[r, c] == 0 or labels[r, c] == cloud + 1:
                    continue
                told[cloud, number] += 1
                if ground[r, c] == 2:
                    dark[cloud, number] += 1


def _fit_numpy(labels, ground, terrain, rows, columns, starts, first, last, base, steps, per_metre, dark, told):
    for cloud in range(first, last):
        stride = max(1, int(starts[cloud + 1] - starts[cloud]) // _SAMPLE)
        part = slice(int(starts[cloud]), int(starts[cloud + 1]), stride)
        r, c = _landing(rows[part][None, :], columns[part][None, :], steps[:, None], base[cloud], terrain, per_metre)
        inside = (r >= 0) & (c >= 0) & (r < labels.shape[0]) & (c < labels.shape[1])
        r, c = np.where(inside, r, 0), np.where(inside, c, 0)
        says = np.where(inside & (labels[r, c] != cloud + 1), ground[r, c], SILENT)
        told[cloud], dark[cloud] = (says != SILENT).sum(1), (says == DARK).sum(1)
