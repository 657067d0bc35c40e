"""Kernels: median and median absolute deviation of each vector's neighbours, and how many of them agree with it.

After the normalised median test of Westerweel and Scarano (2005), Experiments in Fluids 39, 1096-1100.
"""
import numpy as np

from ..compute.kernels import kernel, pick

FEWEST = 4  # neighbours without which a vector is not judged
MAD_TO_SIGMA = 1.4826
_TWIN_BYTES = 64 << 20


def median_and_mad(values, radius: int, where=None):
    """Median of the neighbours of each pixel, without the pixel itself, and their median absolute deviation from it.

    values: (components, rows, columns) float32, NaN = no data. radius: px; the neighbourhood is a square of side
    2 radius + 1, cut at the edge. where: (rows, columns) bool, only these pixels are asked for; None = all. Returns
    two float32 arrays of the same shape, NaN where fewer than 4 neighbours have a value and where not asked for.
    """
    values = np.ascontiguousarray(values, np.float32)
    where = np.ones(values.shape[1:], bool) if where is None else where
    median, mad = np.full_like(values, np.nan), np.full_like(values, np.nan)
    pick(_median_and_mad_numba, _median_and_mad_numpy)(values, radius, where, median, mad)
    return median, mad


def farthest(values, radius: int):
    """Distance of each vector to the farthest value in its neighbourhood, (components, rows, columns), 0 = no data.

    An upper limit of the distance to their median, for a fraction of its time.
    """
    from scipy import ndimage
    side = 2 * radius + 1
    made = np.zeros(values.shape, np.float32)
    for band, out in zip(values, made):
        known = np.isfinite(band)
        high = ndimage.maximum_filter(np.where(known, band, -np.inf), side, mode="nearest")
        low = ndimage.minimum_filter(np.where(known, band, np.inf), side, mode="nearest")
        out[known] = np.maximum(high - band, band - low)[known]
    return made


def agreement(values, scale, radius: int, factor: float, where=None):
    """Share (0..1) of a pixel's neighbours with a value that lie within factor x scale of the pixel's own vector.

    values: as in `median_and_mad`. scale: the same shape, m, > 0: sqrt(sum over components (difference / scale)^2)
    <= factor agrees. where: (rows, columns) bool, only these pixels are asked for; None = all. Returns (rows, columns)
    float32, NaN where the pixel has no value, no neighbour has one, or it was not asked for.
    """
    values, scale = (np.ascontiguousarray(a, np.float32) for a in (values, scale))
    where = np.ones(values.shape[1:], bool) if where is None else where
    share = np.full(values.shape[1:], np.nan, np.float32)
    pick(_agreement_numba, _agreement_numpy)(values, scale, radius, np.float32(factor * factor), where, share)
    return share


@kernel
def _middle(buffer, count):
    """Median of the first `count` values, which are reordered (Hoare's selection)."""
    middle = count // 2
    left, right = 0, count - 1
    while left < right:
        pivot = buffer[middle]
        i, j = left, right
        while i <= j:
            while buffer[i] < pivot:
                i += 1
            while pivot < buffer[j]:
                j -= 1
            if i <= j:
                buffer[i], buffer[j] = buffer[j], buffer[i]
                i += 1
                j -= 1
        if j < middle:
            left = i
        if middle < i:
            right = j
    upper = buffer[middle]
    if count % 2 == 1:
        return upper
    lower = buffer[0]
    for i in range(1, middle):
        lower = max(lower, buffer[i])
    return np.float32(0.5) * (lower + upper)


@kernel
def _median_and_mad_numba(values, radius, where, median, mad):
    components, rows, columns = values.shape
    buffer = np.empty((2 * radius + 1) ** 2, np.float32)
    for component in range(components):
        for row in range(rows):
            for column in range(columns):
                if not where[row, column]:
                    continue
                count = 0
                for r in range(max(row - radius, 0), min(row + radius + 1, rows)):
                    for c in range(max(column - radius, 0), min(column + radius + 1, columns)):
                        value = values[component, r, c]
                        if (r != row or c != column) and value == value:
                            buffer[count] = value
                            count += 1
                if count < 4:  # FEWEST; global names would be frozen at compilation
                    continue
                centre = _middle(buffer, count)
                for i in range(count):
                    buffer[i] = abs(buffer[i] - centre)
                median[component, row, column] = centre
                mad[component, row, column] = _middle(buffer, count)


@kernel
def _agreement_numba(values, scale, radius, limit, where, share):
    components, rows, columns = values.shape
    for row in range(rows):
        for column in range(columns):
            if not where[row, column] or values[0, row, column] != values[0, row, column]:
                continue
            seen, agree = 0, 0
            for r in range(max(row - radius, 0), min(row + radius + 1, rows)):
                for c in range(max(column - radius, 0), min(column + radius + 1, columns)):
                    if (r == row and c == column) or values[0, r, c] != values[0, r, c]:
                        continue
                    seen += 1
                    distance = np.float32(0.0)
                    for component in range(components):
                        off = (values[component, r, c] - values[component, row, column]) / scale[component, row, column]
                        distance += off * off
                    if distance <= limit:
                        agree += 1
            if seen > 0:
                share[row, column] = np.float32(agree) / np.float32(seen)


def _median_and_mad_numpy(values, radius, where, median, mad):
    for component, band in enumerate(values):
        for rows, neighbours in _neighbourhoods(band, radius):
            count = np.isfinite(neighbours).sum(axis=0)
            centre = _median_of_sorted(np.sort(neighbours, axis=0), count)
            spread = _median_of_sorted(np.sort(np.abs(neighbours - centre), axis=0), count)
            enough = (count >= FEWEST) & where[rows]
            median[component, rows] = np.where(enough, centre, np.nan)
            mad[component, rows] = np.where(enough, spread, np.nan)


def _agreement_numpy(values, scale, radius, limit, where, share):
    rows, columns = values.shape[1:]
    padded = np.pad(values, ((0, 0), (radius, radius), (radius, radius)), constant_values=np.nan)
    seen, agree = np.zeros((rows, columns), np.float32), np.zeros((rows, columns), np.float32)
    for r in range(2 * radius + 1):
        for c in range(2 * radius + 1):
            if r == radius and c == radius:
                continue
            off = (padded[:, r:r + rows, c:c + columns] - values) / scale
            distance = np.zeros((rows, columns), np.float32)
            for component in off:
                distance += component * component
            seen += np.isfinite(padded[0, r:r + rows, c:c + columns])
            agree += distance <= limit
    judged = np.isfinite(values[0]) & (seen > 0) & where
    share[judged] = agree[judged] / seen[judged]


def _neighbourhoods(band, radius):
    """Slices of rows and (neighbours, rows, columns) float32 of them, few rows at a time to bound memory."""
    rows, columns = band.shape
    side = 2 * radius + 1
    padded = np.pad(band, radius, constant_values=np.nan)
    some = max(1, _TWIN_BYTES // (4 * side * side * columns))
    for first in range(0, rows, some):
        count = min(some, rows - first)
        yield slice(first, first + count), np.stack(
            [padded[first + r:first + r + count, c:c + columns] for r in range(side) for c in range(side)
             if (r, c) != (radius, radius)])


def _median_of_sorted(ordered, count):
    """Median along the first axis of values in order with NaN last; count: finite ones."""
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(ordered) - 1)
    lower, upper = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (low, high))
    return np.where(count % 2 == 1, upper, np.float32(0.5) * (lower + upper))
