"""Compiled solver: blocks of 64 pixels with the pixel as innermost axis, so that every loop over pixels is vectorised.

Hot loops over pixels are written with `while`: numba 0.56 vectorises few loops over `range` (substitution 2.9 -> 0.8 ns
for a pixel of a pair), newer ones either. The NumPy twins, with the same names and the same numbers, are in `twins.py`.
Work arrays are float64 (entry, 64). numba compiles a cached kernel again when its own file changes, not when a helper
in another file does: after a change here, remove the compiled files of `refine.py` too (`__pycache__/refine*.nb*`); the
same holds for `outcome.py`.
"""
import math

import numpy as np

from ..compute.kernels import kernel

LANES = np.uint64(64)  # 32 pixels are half as fast, 128 hardly faster
ZERO, ONE = np.uint64(0), np.uint64(1)
ZERO_PIVOT = 1e-11  # of the diagonal before elimination: the date hangs on nothing
FEWEST_GOOD = 1.0 / 300.0  # a pair that is good with less probability links nothing
FLOOR = 1e-4  # weight of a rejected pair while weights are still changing
CAUCHY, TUKEY = 2.385, 4.685  # 95 % efficiency for normal noise
SMALL = 1e-6  # of 1 - leverage


@kernel(error_model="numpy")
def product(out, i, a, j, b, k):
    """Row i of out = row j of a x row k of b."""
    lane = ZERO
    while lane < LANES:
        out[i, lane] = a[j, lane] * b[k, lane]
        lane += ONE


@kernel(error_model="numpy")
def add_product(out, i, a, j, b, k):
    """Row i of out += row j of a x row k of b."""
    lane = ZERO
    while lane < LANES:
        out[i, lane] += a[j, lane] * b[k, lane]
        lane += ONE


@kernel(error_model="numpy")
def subtract_product(out, i, a, j, b, k):
    """Row i of out -= row j of a x row k of b."""
    lane = ZERO
    while lane < LANES:
        out[i, lane] -= a[j, lane] * b[k, lane]
        lane += ONE


@kernel(error_model="numpy")
def add_row(out, i, sign, a, j):
    """Row i of out += sign x row j of a."""
    lane = ZERO
    while lane < LANES:
        out[i, lane] += sign * a[j, lane]
        lane += ONE


@kernel(error_model="numpy")
def assemble(first, second, slot, weight, diagonal, before, entry):
    """Laplacian of one block: diagonal (and a copy of it) and entries below it."""
    diagonal[:] = 0.0
    entry[:] = 0.0
    for m in range(np.uint64(first.size)):
        add_row(diagonal, first[m], 1.0, weight, m)
        add_row(diagonal, second[m], 1.0, weight, m)
        add_row(entry, slot[m], -1.0, weight, m)
    before[:] = diagonal


@kernel(error_model="numpy")
def factor(start, row, target_start, target, diagonal, before, entry, lower, inverse):
    """L D L' of one block. lower: entries of L. inverse: 1 / D, zero where the pivot vanishes."""
    for k in range(np.uint64(target_start.size)):
        for lane in range(LANES):
            pivot = diagonal[k, lane]
            value = 1.0 / pivot
            inverse[k, lane] = value if pivot > ZERO_PIVOT * before[k, lane] else 0.0
        begin, end = start[k], start[k + ONE]
        for e in range(begin, end):
            product(lower, e, entry, e, inverse, k)
        t = target_start[k]
        for e in range(begin, end):
            subtract_product(diagonal, row[e], lower, e, entry, e)
            for f in range(e + ONE, end):
                subtract_product(entry, target[t], lower, e, entry, f)
                t += ONE


@kernel(error_model="numpy")
def substitute(start, row, lower, inverse, x):
    """Solve L D L' x = b in place (x holds b)."""
    n = np.uint64(inverse.shape[0])
    for k in range(n):
        for e in range(start[k], start[k + ONE]):
            subtract_product(x, row[e], lower, e, x, k)
        product(x, k, x, k, inverse, k)
    for step in range(n):
        k = n - ONE - step
        for e in range(start[k], start[k + ONE]):
            subtract_product(x, k, lower, e, x, row[e])


@kernel(error_model="numpy")
def selected_inverse(start, row, target_start, target, lower, inverse, variance, covariance):
    """Entries of the inverse on the pattern (Takahashi, Fagan and Chen 1973): diagonal and below it."""
    n = np.uint64(inverse.shape[0])
    for step in range(n):
        k = n - ONE - step
        begin, end = start[k], start[k + ONE]
        for e in range(begin, end):
            i = row[e]
            for lane in range(LANES):
                covariance[e, lane] = -lower[e, lane] * variance[i, lane]
        t = target_start[k]
        for e in range(begin, end):
            for f in range(e + ONE, end):
                place = target[t]
                t += ONE
                for lane in range(LANES):
                    c = covariance[place, lane]
                    covariance[e, lane] -= lower[f, lane] * c
                    covariance[f, lane] -= lower[e, lane] * c
        for lane in range(LANES):
            variance[k, lane] = inverse[k, lane]
        for e in range(begin, end):
            subtract_product(variance, k, lower, e, covariance, e)


@kernel(error_model="numpy")
def solve(pattern, weight, values, work, x):
    """Weighted least squares of one block; x (components, dates, 64). Returns nothing; the factor stays in work."""
    first, second, slot, start, row, target_start, target = pattern
    diagonal, before, entry, lower, inverse = work
    assemble(first, second, slot, weight, diagonal, before, entry)
    factor(start, row, target_start, target, diagonal, before, entry, lower, inverse)
    x[:] = 0.0
    for c in range(np.uint64(values.shape[0])):
        unknown, known = x[c], values[c]
        for m in range(np.uint64(first.size)):
            add_product(unknown, second[m], weight, m, known, m)
            subtract_product(unknown, first[m], weight, m, known, m)
        substitute(start, row, lower, inverse, unknown)


@kernel(error_model="numpy")
def misfit(first, second, values, x, square):
    """square (pairs, 64): squared misclosure, mean of the components, m^2. x in order of first and second."""
    share = 1.0 / values.shape[0]
    square[:] = 0.0
    for c in range(np.uint64(values.shape[0])):
        unknown, known = x[c], values[c]
        for m in range(np.uint64(first.size)):
            i, j = first[m], second[m]
            lane = ZERO
            while lane < LANES:
                r = known[m, lane] - unknown[j, lane] + unknown[i, lane]
                square[m, lane] += r * r * share
                lane += ONE


@kernel(error_model="numpy")
def reweight(loss, inverse_noise, base, square, good):
    """Robust weight of each pair from its misclosure. loss: 0 none, 1 equation 5, 2 Cauchy, 3 Tukey, 4 L1."""
    for m in range(np.uint64(base.shape[0])):
        if loss == 1:
            for lane in range(LANES):
                good[m, lane] = 1.0 / (1.0 + square[m, lane] * inverse_noise)
        elif loss == 2:
            for lane in range(LANES):
                good[m, lane] = 1.0 / (1.0 + square[m, lane] * base[m, lane] * (1.0 / (CAUCHY * CAUCHY)))
        elif loss == 3:
            for lane in range(LANES):
                inside = max(1.0 - square[m, lane] * base[m, lane] * (1.0 / (TUKEY * TUKEY)), 0.0)
                good[m, lane] = max(inside * inside, FLOOR)
        elif loss == 4:
            for lane in range(LANES):
                good[m, lane] = 0.5 / max(math.sqrt(square[m, lane] * base[m, lane]), 0.5)
        else:
            for lane in range(LANES):
                good[m, lane] = 1.0


@kernel(error_model="numpy")
def truncated_cost(components, cut, base, square, cost):
    """Sum over pairs of min(chi^2 / 2, cut)."""
    cost[:] = 0.0
    for m in range(np.uint64(base.shape[0])):
        lane = ZERO
        while lane < LANES:
            cost[lane] += min(0.5 * components * square[m, lane] * base[m, lane], cut)
            lane += ONE


@kernel(error_model="numpy")
def load(displacement, weight, precision, begin, count, values, base):
    """Copy one block; pairs without a finite value in every component, and lanes past the end, get weight 0."""
    components = np.uint64(displacement.shape[0])
    base[:] = 0.0
    values[:] = 0.0
    for m in range(np.uint64(weight.shape[0])):
        given = weight[m, begin:begin + count]
        lane = ZERO
        while lane < count:
            base[m, lane] = precision[m] * given[lane]
            lane += ONE
        for c in range(components):
            measured, own = displacement[c, m, begin:begin + count], values[c]
            lane = ZERO
            while lane < count:
                d = np.float64(measured[lane])
                known = d - d == 0.0
                own[m, lane] = d if known else 0.0
                base[m, lane] = base[m, lane] if known else 0.0
                lane += ONE


@kernel(error_model="numpy")
def label_lane(start, row, lower, inverse, before, lane, label, size):
    """Parts of one pixel's network. label: step of the part's zero, or the number of dates. Returns parts of two or more."""
    n = np.uint64(inverse.shape[0])
    size[:] = 0
    for step in range(n):
        k = n - ONE - step
        label[k] = n
        if before[k, lane] <= 0.0:
            continue
        label[k] = k
        if inverse[k, lane] != 0.0:
            for e in range(start[k], start[k + ONE]):
                if lower[e, lane] != 0.0:
                    label[k] = label[row[e]]
                    break
        size[label[k]] += 1
    parts = 0
    for k in range(n):
        if size[k] > 1:
            parts += 1
    return parts


@kernel(error_model="numpy")
def main_part(start, row, position, lower, inverse, before, label, size, inside, reference, parts):
    """The part with most dates (the earlier one of equals). inside (dates, 64): 1 in it. reference: its first date."""
    n = np.uint64(inverse.shape[0])
    parts[:] = 0
    reference[:] = n
    for k in range(n):
        for lane in range(LANES):
            linked = before[k, lane] > 0.0
            inside[k, lane] = 1.0 if linked else 0.0
            parts[lane] += 1 if linked and inverse[k, lane] == 0.0 else 0
    for step in range(n):
        k = position[n - ONE - step]
        for lane in range(LANES):
            reference[lane] = k if inside[k, lane] > 0.0 else reference[lane]
    for lane in range(LANES):
        if parts[lane] > 1:
            choose_part(start, row, position, lower, inverse, before, lane, label, size, inside, reference, parts)


@kernel(error_model="numpy")
def choose_part(start, row, position, lower, inverse, before, lane, label, size, inside, reference, parts):
    """`main_part` of one pixel whose network has several parts."""
    n = np.uint64(inverse.shape[0])
    parts[lane] = label_lane(start, row, lower, inverse, before, lane, label, size)
    best = n
    for d in range(n):
        own = label[position[d]]
        if own < n and (best == n or size[own] > size[best]):
            best = own
            reference[lane] = position[d]
    for k in range(n):
        inside[k, lane] = 1.0 if label[k] == best else 0.0


@kernel(error_model="numpy")
def start_kernel(pattern, position, displacement, weight, precision, losses, inverse_noise, cut, out, cost):
    """First solution of every pixel by itself: one least-squares solution, then one for each entry of losses.

    pattern: tuple of index arrays. displacement (components, pairs, pixels), weight (pairs, pixels): float32;
    precision (pairs,): factor of the weights.
    out (components, dates, pixels): dates of the main part; gaps between them are interpolated in time by
    the neighbour step's increments, so they stay NaN here. cost (pixels,): truncated cost.
    """
    first, second, slot, start, row, target_start, target = pattern
    components, pairs, pixels = displacement.shape
    dates, entries = start.size - 1, row.size
    lanes = np.int64(LANES)
    values, base = np.empty((components, pairs, lanes)), np.empty((pairs, lanes))
    w, square, good = np.empty((pairs, lanes)), np.empty((pairs, lanes)), np.ones((pairs, lanes))
    x, inside = np.empty((components, dates, lanes)), np.empty((dates, lanes))
    work = (np.empty((dates, lanes)), np.empty((dates, lanes)), np.empty((entries, lanes)),
            np.empty((entries, lanes)), np.empty((dates, lanes)))
    label, size = np.empty(dates, np.uint64), np.empty(dates + 1, np.int64)
    reference, parts, sums = np.empty(lanes, np.uint64), np.empty(lanes, np.int64), np.empty(lanes)
    for begin in range(ZERO, np.uint64(pixels), LANES):
        count = min(LANES, np.uint64(pixels) - begin)
        load(displacement, weight, precision, begin, count, values, base)
        solve(pattern, base, values, work, x)
        misfit(first, second, values, x, square)
        for loss in losses:
            reweight(loss, inverse_noise, base, square, good)
            w[:] = base * good
            solve(pattern, w, values, work, x)
            misfit(first, second, values, x, square)
        truncated_cost(components, cut, base, square, sums)
        main_part(start, row, position, work[3], work[4], work[1], label, size, inside, reference, parts)
        for lane in range(count):
            cost[begin + lane] = sums[lane]
        for c in range(np.uint64(components)):
            for d in range(np.uint64(dates)):
                k = position[d]
                for lane in range(count):
                    out[c, d, begin + lane] = x[c, k, lane] if inside[k, lane] > 0.0 else np.nan
