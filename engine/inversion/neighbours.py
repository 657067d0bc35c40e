"""What the neighbouring pixels say: medians over 3 x 3 pixels of the step from date to date, summed up again.

Medians of the steps, not of the cumulative displacement: a wrong step at one date would shift all later dates.
"""
import numpy as np

from ..compute.kernels import kernel, pick

#: Sorts nine values in 25 comparisons; each is a minimum and a maximum over a whole row of pixels.
_COMPARE = np.array([(0, 3), (1, 7), (2, 5), (4, 8), (0, 7), (2, 4), (3, 8), (5, 6), (0, 2), (1, 3), (4, 5), (7, 8),
                     (1, 4), (3, 6), (5, 7), (0, 1), (2, 4), (3, 5), (6, 8), (2, 3), (4, 5), (6, 7), (1, 2), (3, 4),
                     (5, 6)], dtype=np.uint64)
FEWEST = 3  # neighbours, the pixel included
#: By number of values: rank of the lower of two symmetric values, and sigma over their distance (normal noise).
_RANK = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2], dtype=np.int64)
_FACTOR = np.array([0, 0, 0, 0.591, 0.486, 1.010, 0.779, 0.660, 1.057, 0.877])
LARGEST = np.float32(3e38)  # sorts behind every value


# Unsigned, and loops over pixels with `while`: numba 0.56 vectorises little else.
ZERO, ONE, TWO, THREE = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)


@kernel(error_model="numpy")
def _steps_of_row(own, c, y, years, filled, steps):
    """Steps from date to date of one row (dates, columns + 2), LARGEST where unknown and beyond both ends.

    Gaps between two known dates are filled linearly in time first.
    """
    dates, columns = filled.shape
    for x in range(columns):
        last = -1
        for d in range(dates):
            v = own[c, d, y, x]
            filled[d, x] = v
            if v == v:
                if last >= 0 and last < d - 1:
                    slope = (v - filled[last, x]) / (years[d] - years[last])
                    for k in range(last + 1, d):
                        filled[k, x] = filled[last, x] + slope * (years[k] - years[last])
                last = d
    steps[:] = LARGEST
    for d in range(ONE, np.uint64(dates)):
        for x in range(np.uint64(columns)):
            step = filled[d, x] - filled[d - ONE, x]
            steps[d, x + ONE] = step if step == step else LARGEST


@kernel(error_model="numpy")
def _sort_row(steps, empty, slots, d, compare, ranks, count):
    """Sort the nine neighbours of each pixel of a row; slots: rows of `steps` (3, dates, columns + 2), 3 = outside."""
    columns = np.uint64(count.size)
    count[:] = 0
    place = np.uint64(0)
    for slot in slots:
        source = empty if slot == THREE else steps[slot, d]
        for shift in range(THREE):
            near = source[shift:shift + columns]
            x = ZERO
            while x < columns:
                ranks[place, x] = near[x]
                count[x] += 1 if near[x] < LARGEST else 0
                x += ONE
            place += ONE
    for pair in range(np.uint64(compare.shape[0])):
        a, b = compare[pair, 0], compare[pair, 1]
        x = ZERO
        while x < columns:
            low, high = ranks[a, x], ranks[b, x]
            ranks[a, x] = low if low < high else high
            ranks[b, x] = high if low < high else low
            x += ONE


@kernel(error_model="numpy")
def _predict_numba(own, years, compare, rank, factor, floor, prediction, spread, gaps):
    components, dates, rows, columns = own.shape
    steps = np.empty((3, dates, columns + 2), np.float32)
    empty = np.full(columns + 2, LARGEST, np.float32)
    filled = np.empty((dates, columns), np.float32)
    ranks = np.empty((9, columns), np.float32)
    count = np.empty(columns, np.int32)
    slots = np.empty(3, np.uint64)
    for c in range(np.uint64(components)):
        _steps_of_row(own, c, np.uint64(0), years, filled, steps[0])
        for y in range(np.uint64(rows)):
            if y + ONE < np.uint64(rows):
                _steps_of_row(own, c, y + ONE, years, filled, steps[(y + ONE) % THREE])
            slots[0] = THREE if y == 0 else (y + TWO) % THREE
            slots[1] = y % THREE
            slots[2] = THREE if y + ONE == np.uint64(rows) else (y + ONE) % THREE
            prediction[c, 0, y] = 0.0
            spread[c, 0, y] = 0.0
            gaps[0, y] = 0
            for d in range(ONE, np.uint64(dates)):
                _sort_row(steps, empty, slots, d, compare, ranks, count)
                for x in range(np.uint64(columns)):
                    n = count[x]
                    middle, width = ranks[4, x], factor[9] * (ranks[6, x] - ranks[2, x])
                    if n < 9:
                        few = n < FEWEST
                        middle = 0.5 * (ranks[(n - 1) // 2, x] + ranks[n // 2, x]) if not few else 0.0
                        width = factor[n] * (ranks[n - 1 - rank[n], x] - ranks[rank[n], x]) if not few else 0.0
                    variance = max(width * width, floor) if n >= FEWEST else 0.0
                    prediction[c, d, y, x] = prediction[c, d - ONE, y, x] + middle
                    spread[c, d, y, x] = spread[c, d - ONE, y, x] + variance
                    gaps[d, y, x] = gaps[d - ONE, y, x] + (1 if n < FEWEST else 0)


def _predict_numpy(own, years, compare, rank, factor, floor, prediction, spread, gaps):
    components, dates, rows, columns = own.shape
    prediction[:, 0] = spread[:, 0] = gaps[0] = 0
    for c in range(components):
        filled = _fill_numpy(own[c], years)
        for d in range(1, dates):
            steps = np.full((rows + 2, columns + 2), np.nan, np.float32)
            steps[1:-1, 1:-1] = filled[d] - filled[d - 1]
            near = np.stack([steps[i:i + rows, j:j + columns] for i in range(3) for j in range(3)])
            n = np.isfinite(near).sum(axis=0)
            near = np.sort(np.where(np.isfinite(near), near, LARGEST), axis=0)
            enough = n >= FEWEST

            def ranked(position, near=near):
                return np.take_along_axis(near, np.clip(position, 0, 8)[None], axis=0)[0]

            with np.errstate(over="ignore"):
                middle = np.float32(0.5) * (ranked((n - 1) // 2) + ranked(n // 2))
                width = factor[n] * (ranked(n - 1 - rank[n]) - ranked(rank[n]))
                prediction[c, d] = prediction[c, d - 1] + np.where(enough, middle, 0)
                spread[c, d] = spread[c, d - 1] + np.where(enough, np.maximum(width * width, floor), 0)
            gaps[d] = gaps[d - 1] + ~enough


def _fill_numpy(values, years):
    """As `_fill_row` for (dates, rows, columns)."""
    dates = len(years)
    known = np.isfinite(values)
    index = np.arange(dates).reshape(-1, 1, 1)
    before = np.maximum.accumulate(np.where(known, index, -1), axis=0)
    after = np.minimum.accumulate(np.where(known, index, dates)[::-1], axis=0)[::-1]
    gap = ~known & (before >= 0) & (after < dates)
    low, high = np.maximum(before, 0), np.minimum(after, dates - 1)
    first, last = (np.take_along_axis(values, i, axis=0) for i in (low, high))
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (last - first) / (years[high] - years[low])
        between = (first + slope * (years[index] - years[low])).astype(np.float32)
    return np.where(gap, between, values)


def predict(own, years, floor):
    """Displacement of every date from the neighbours' steps.

    own: (components, dates, rows, columns) float32, each pixel's own solution, m, NaN = not known. years: (dates,).
    floor: m^2, least variance of a step. Returns prediction (m, zero on the first date), spread (its variance as a
    running sum, m^2), both (components, dates, rows, columns), and gaps (dates, rows, columns) int16: the number of
    steps before that nobody near knows. Two dates with different gaps have no predicted difference.
    """
    own = np.ascontiguousarray(own, np.float32)
    prediction, spread = np.empty_like(own), np.empty_like(own)
    gaps = np.empty(own.shape[1:], np.int16)
    pick(_predict_numba, _predict_numpy)(own, years, _COMPARE, _RANK, _FACTOR, float(floor), prediction, spread, gaps)
    return prediction, spread, gaps
