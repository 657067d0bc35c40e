"""Kernels of the cast shadow: follow the ray from each pixel toward the sun until it clears the terrain."""
import math

import numpy as np

from ..compute.kernels import kernel, pick

EARTH_RADIUS = 6_371_000.0  # m; a ridge 10 km away stands 8 m lower than on a flat earth
BLOCKS = (8, 64)            # pixels; rays above the highest pixel of a block pass it in one step


def cast_shadow(elevation, rows, columns, step, tangent):
    """Pixels of a part of a DEM that terrain toward the sun keeps in the dark, or that face away from it.

    elevation: (rows, cols) float32, m, NaN = unknown, which shades nothing. rows, columns: slices of the part.
    step: (columns, rows, metres) of one step toward the sun, the larger of the first two +-1. tangent: of the sun's
    elevation. Returns (rows, cols) bool of the part. The ray from a pixel's centre is compared with the terrain
    wherever it crosses a line through a row or a column of centres, interpolated linearly between the two pixels
    beside the crossing, with the curvature of the earth.
    """
    elevation = np.ascontiguousarray(elevation, np.float32)
    terrain = np.where(np.isfinite(elevation), elevation, np.float32(-1e9))
    part = (rows.start, rows.stop, columns.start, columns.stop)
    dark = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.bool_)
    run = pick(_cast_numba, _cast_numpy)
    fine, coarse = (block_maxima(terrain, size) for size in BLOCKS)
    run(terrain, part, float(step[0]), float(step[1]), float(step[2]), float(tangent), fine, coarse, dark)
    dark |= facing_away(elevation, rows, columns, step, tangent)
    return dark & np.isfinite(elevation[rows, columns])


def block_maxima(terrain, size):
    """Highest pixel that rays inside each block can meet: of the block, one before and two after it on each axis."""
    height, width = terrain.shape
    padded = np.full((-(-height // size) * size, -(-width // size) * size), np.float32(-1e9))
    padded[:height, :width] = terrain
    for axis in (0, 1):
        near, far = np.moveaxis(padded.copy(), axis, 0), np.moveaxis(padded, axis, 0)
        for shift in (1, 2):
            np.maximum(far[:-shift], near[shift:], out=far[:-shift])
        np.maximum(far[1:], near[:-1], out=far[1:])
    return padded.reshape(padded.shape[0] // size, size, padded.shape[1] // size, size).max((1, 3))


def facing_away(elevation, rows, columns, step, tangent):
    """Pixels whose slope along the sun's direction falls away from the sun more steeply than its light.

    Central differences; the ground's normal and the direction to the sun make a right angle or more.
    """
    below, above = max(rows.start - 1, 0), min(rows.stop + 1, elevation.shape[0])
    before, after = max(columns.start - 1, 0), min(columns.stop + 1, elevation.shape[1])
    part = elevation[below:above, before:after]
    if min(part.shape) < 2:
        return np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.bool_)
    per_row, per_column = np.gradient(part)
    inner = (slice(rows.start - below, rows.stop - below), slice(columns.start - before, columns.stop - before))
    rise = per_column[inner] * np.float32(step[0] / step[2]) + per_row[inner] * np.float32(step[1] / step[2])
    with np.errstate(invalid="ignore"):
        return rise > np.float32(tangent)


@kernel
def _steps_out(x, y, step_column, step_row, size):
    """Steps from a position until the ray is in another block."""
    leave = 1e9
    if step_column > 0.0:
        leave = (math.floor(x / size) * size + size - x) / step_column
    elif step_column < 0.0:
        leave = (math.floor(x / size) * size - x) / step_column
    if step_row > 0.0:
        leave = min(leave, (math.floor(y / size) * size + size - y) / step_row)
    elif step_row < 0.0:
        leave = min(leave, (math.floor(y / size) * size - y) / step_row)
    return max(1, int(math.ceil(leave)))


@kernel
def _height_between(terrain, y, x):
    """Terrain at a position on a line of centres, linear between the two pixels beside it."""
    r, c = int(y), int(x)
    fy, fx = y - r, x - c
    if fy > 0.0:
        return terrain[r, c] * (1.0 - fy) + terrain[r + 1, c] * fy
    if fx > 0.0:
        return terrain[r, c] * (1.0 - fx) + terrain[r, c + 1] * fx
    return float(terrain[r, c])


@kernel
def _meets_terrain(terrain, fine, coarse, peak, row, column, step_column, step_row, metres, tangent):
    """Whether the ray from one pixel meets higher terrain."""
    bottom, right = terrain.shape[0] - 1, terrain.shape[1] - 1
    bend = metres * metres / (2.0 * 6_371_000.0)
    start = terrain[row, column]
    by_columns = abs(step_column) >= abs(step_row)
    minor = step_row if by_columns else step_column
    k = 1
    while True:
        # What is compared at k lies between the steps k - 1 and k, where the ray is no lower than this.
        low = start + (k - 1) * (metres * tangent + (k - 1) * bend)
        if low > peak:
            return False
        y, x = row + k * step_row, column + k * step_column
        inside = y >= 0.0 and x >= 0.0 and y <= bottom and x <= right
        if inside:
            r, c = int(y), int(x)
            if low > fine[r // 8, c // 8]:
                k += _steps_out(x, y, step_column, step_row, 64 if low > coarse[r // 64, c // 64] else 8)
                continue
            if _height_between(terrain, y, x) > start + k * (metres * tangent + k * bend):
                return True
        # The line of the other axis that was passed since the step before, if any.
        line = math.floor(abs(k * minor))
        if line > math.floor(abs((k - 1) * minor)) and line != abs(k * minor):
            t = line / abs(minor)
            sign = 1.0 if minor > 0.0 else -1.0
            if by_columns:
                y, x = row + sign * line, column + t * step_column
            else:
                y, x = row + t * step_row, column + sign * line
            if y >= 0.0 and x >= 0.0 and y <= bottom and x <= right:
                if _height_between(terrain, y, x) > start + t * (metres * tangent + t * bend):
                    return True
        if not inside:
            return False
        k += 1


@kernel
def _cast_numba(terrain, part, step_column, step_row, metres, tangent, fine, coarse, dark):
    peak = fine.max()
    for row in range(part[0], part[1]):
        for column in range(part[2], part[3]):
            dark[row - part[0], column - part[2]] = _meets_terrain(
                terrain, fine, coarse, peak, row, column, step_column, step_row, metres, tangent)


def _cast_numpy(terrain, part, step_column, step_row, metres, tangent, fine, coarse, dark):
    """The same with whole arrays: after a distance t every ray lies at the same place between its two pixels."""
    top, bottom, left, right = part
    start = terrain[top:bottom, left:right]
    bend, peak = metres * metres / (2.0 * EARTH_RADIUS), float(fine.max())
    lowest = float(start.min(where=start > -1e8, initial=peak))
    minor = min(abs(step_column), abs(step_row))
    distances = set(range(1, sum(terrain.shape)))
    if minor > 0.0:
        distances |= {line / minor for line in range(1, sum(terrain.shape))}
    for t in sorted(distances):
        ray = t * metres * tangent + t * t * bend
        if lowest + ray > peak or not _compare(terrain, part, t * step_row, t * step_column, start + ray, dark):
            return


def _compare(terrain, part, down, across, rays, dark) -> bool:
    """Mark what the terrain `down` and `across` from each pixel hides; False where all of that is outside."""
    height, width = terrain.shape
    top, bottom, left, right = part
    down, across = (float(round(v)) if abs(v - round(v)) < 1e-9 else v for v in (down, across))
    r, c = math.floor(down), math.floor(across)
    fy, fx = down - r, across - c
    first_row, last_row = max(top, math.ceil(-down)), min(bottom, math.floor(height - 1 - down) + 1)
    first, last = max(left, math.ceil(-across)), min(right, math.floor(width - 1 - across) + 1)
    if last_row <= first_row or last <= first:
        return False
    ground = terrain[first_row + r:last_row + r, first + c:last + c]
    if fy > 0.0:
        ground = ground * (1.0 - fy) + terrain[first_row + r + 1:last_row + r + 1, first + c:last + c] * fy
    elif fx > 0.0:
        ground = ground * (1.0 - fx) + terrain[first_row + r:last_row + r, first + c + 1:last + c + 1] * fx
    inner = (slice(first_row - top, last_row - top), slice(first - left, last - left))
    dark[inner] |= ground > rays[inner]
    return True
