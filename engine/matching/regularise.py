"""Total generalised variation of second order on the quadratic votes of all pixels (Bredies, Kunisch and Pock 2010).

minimise over u (shift) and v (its gradient):  sum 1/2 u'Mu - c'u  +  a1 |grad u - v|  +  a0 |E v|,
solved by the primal-dual algorithm of Chambolle and Pock (2011). |.| couples both components, so that an edge of one
is an edge of the other. E is the symmetrised gradient. Differences are per cell, so v is in px per cell.
"""
from dataclasses import dataclass

import numpy as np

from ..compute.kernels import kernel, pick
from . import pyramid
from .smoothing import add_line

_NORM2 = 12.0       # bound of the squared norm of (u, v) -> (grad u - v, E v)
_CACHED_CELLS = 8192  # cells whose variables (116 bytes each) a processor's cache holds
_STEP_RATIO = 60.0  # root of dual to primal step, per px of cell: converges about five times faster than 1 in these units


@dataclass
class State:
    """Primal and dual variables on one grid. u: (2, rows, cols), v and p: (4, ...), q: (6, ...), all float32."""
    u: np.ndarray
    v: np.ndarray
    p: np.ndarray
    q: np.ndarray

    @classmethod
    def start(cls, u):
        return cls(u.astype(np.float32), *(np.zeros((count,) + u.shape[1:], np.float32) for count in (4, 4, 6)))

    def finer(self) -> "State":
        """The same on a grid of half the cell.

        The dual variables go with it: from zero they take longer to find again than all the coarse grids took. Half
        of a gradient (v) and of a flux between cells (p) belongs to a cell of half the size; q, whose differences
        make p, stays.
        """
        shares = ((self.u, 1.0), (self.v, 0.5), (self.p, 0.5), (self.q, 1.0))
        return State(*(np.stack([pyramid.refine(part, 2) * np.float32(share) for part in parts])
                       for parts, share in shares))


# One line of cells per function: the compiler makes vector instructions of these loops, and of few longer ones.

@kernel
def _climb(dual, step, far, near, slope):
    for x in range(far.size):
        dual[x] += step * (far[x] - near[x] - slope[x])


@kernel
def _climb_kink(dual, step, far, near):
    for x in range(far.size):
        dual[x] += step * (far[x] - near[x])


@kernel
def _add_square(norm, factor, dual):
    for x in range(dual.size):
        norm[x] += factor * dual[x] * dual[x]


@kernel
def _into_disc(norm, bound):
    """What brings vectors of this squared norm into discs of radius `bound`, written over the norm."""
    for x in range(bound.size):
        norm[x] = bound[x] / max(bound[x], np.sqrt(norm[x]))


@kernel
def _times(dual, factor):
    for x in range(dual.size):
        dual[x] *= factor[x]


@kernel
def _dual_row(ub, vb, p, q, a1, a0, step, y, norm):
    """Ascend p and q of one row and bring them back into their discs."""
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5) * step
    norm[:] = 0
    for k in range(2):
        if y < ub.shape[1] - 1:
            _climb(p[2 * k, y], step, ub[k, y + 1], ub[k, y], vb[2 * k, y])
        _climb(p[2 * k + 1, y], step, ub[k, y, 1:], ub[k, y], vb[2 * k + 1, y])
        _add_square(norm, one, p[2 * k, y])
        _add_square(norm, one, p[2 * k + 1, y])
    _into_disc(norm, a1[y])
    for k in range(4):
        _times(p[k, y], norm)
    norm[:] = 0
    for k in range(2):
        if y > 0:
            _climb_kink(q[3 * k, y], step, vb[2 * k, y], vb[2 * k, y - 1])
            _climb_kink(q[3 * k + 2, y], half, vb[2 * k + 1, y], vb[2 * k + 1, y - 1])
        _climb_kink(q[3 * k + 1, y, 1:], step, vb[2 * k + 1, y, 1:], vb[2 * k + 1, y])
        _climb_kink(q[3 * k + 2, y, 1:], half, vb[2 * k, y, 1:], vb[2 * k, y])
        _add_square(norm, one, q[3 * k, y])
        _add_square(norm, one, q[3 * k + 1, y])
        _add_square(norm, two, q[3 * k + 2, y])
    _into_disc(norm, a0[y])
    for k in range(6):
        _times(q[k, y], norm)


@kernel
def _descend(line, old, step, first, second):
    for x in range(old.size):
        line[x] = old[x] + step * (first[x] + second[x])


@kernel
def _solve_data(first, second, a, b, d):
    for x in range(first.size):
        n0, n1 = first[x], second[x]
        first[x] = a[x] * n0 + b[x] * n1
        second[x] = b[x] * n0 + d[x] * n1


@kernel
def _take(old, bar, line):
    """The new values of a row, and the point beyond them that the next ascent looks from."""
    two = np.float32(2)
    for x in range(line.size):
        bar[x] = two * line[x] - old[x]
    for x in range(line.size):
        old[x] = line[x]


@kernel
def _primal_u_row(u, ub, p, inverse, c, step, y, new):
    """Descend u of one row; the data term is solved exactly in each cell."""
    last = u.shape[2] - 1
    for k in range(2):
        _descend(new[k], u[k, y], step, c[k, y], p[2 * k, y])
        add_line(new[k], step, p[2 * k + 1, y])
        if y > 0:
            add_line(new[k], -step, p[2 * k, y - 1])
        add_line(new[k, 1:], -step, p[2 * k + 1, y, :last])
    _solve_data(new[0], new[1], inverse[0, y], inverse[1, y], inverse[2, y])
    for k in range(2):
        _take(u[k, y], ub[k, y], new[k])


@kernel
def _primal_v_row(v, vb, p, q, step, y, new):
    """Descend v of one row."""
    rows = v.shape[1]
    for k in range(2):
        for axis in range(2):
            line, part = new[axis], 2 * k + axis
            along_y, along_x = (3 * k, 3 * k + 2) if axis == 0 else (3 * k + 2, 3 * k + 1)
            line[:] = v[part, y]
            add_line(line, step, p[part, y])
            if y > 0:
                add_line(line, -step, q[along_y, y])
            if y < rows - 1:
                add_line(line, step, q[along_y, y + 1])
            add_line(line[1:], -step, q[along_x, y, 1:])
            add_line(line, step, q[along_x, y, 1:])
            _take(v[part, y], vb[part, y], line)


@kernel
def _iterate_numba(u, v, p, q, inverse, c, a1, a0, primal, dual, iterations):
    """All iterations; several go down the grid together, each two rows behind the one before.

    A row's descent needs the dual variables of the row and of both neighbours only, so this gives the same numbers as
    one iteration after the other, but finds the rows in the processor's cache: the grid does not fit there.
    """
    rows, columns = u.shape[1], u.shape[2]
    ub, vb = u.copy(), v.copy()
    norm, new = np.empty(columns, np.float32), np.empty((2, columns), np.float32)
    together = max(1, min(iterations, _CACHED_CELLS // (2 * columns)))
    for begin in range(0, iterations, together):
        count = min(together, iterations - begin)
        for front in range(rows + 2 * count - 1):
            for k in range(count):
                y = front - 2 * k
                if 0 <= y < rows:
                    _dual_row(ub, vb, p, q, a1, a0, dual, y, norm)
                if 0 < y <= rows:
                    _primal_u_row(u, ub, p, inverse, c, primal, y - 1, new)
                    _primal_v_row(v, vb, p, q, primal, y - 1, new)


def _forward(a, axis):
    out = np.zeros_like(a)
    if axis == 0:
        out[:-1] = a[1:] - a[:-1]
    else:
        out[:, :-1] = a[:, 1:] - a[:, :-1]
    return out


def _backward(a, axis):
    out = np.zeros_like(a)
    if axis == 0:
        out[1:] = a[1:] - a[:-1]
    else:
        out[:, 1:] = a[:, 1:] - a[:, :-1]
    return out


def _forward_adjoint(a, axis):
    out = np.zeros_like(a)
    if axis == 0:
        out[:-1] -= a[:-1]
        out[1:] += a[:-1]
    else:
        out[:, :-1] -= a[:, :-1]
        out[:, 1:] += a[:, :-1]
    return out


def _backward_adjoint(a, axis):
    out = np.zeros_like(a)
    if axis == 0:
        out[1:] += a[1:]
        out[:-1] -= a[1:]
    else:
        out[:, 1:] += a[:, 1:]
        out[:, :-1] -= a[:, 1:]
    return out


def _jumps(u, v):
    """grad u - v, (4, rows, columns): down and right of each component; 0 beyond the edge."""
    out = np.stack([_forward(u[k // 2], k % 2) - v[k] for k in range(4)])
    out[0::2, -1] = 0
    out[1::2, :, -1] = 0
    return out


def _kinks(v):
    """E v, (6, rows, columns): yy, xx, xy of each component."""
    parts = []
    for k in (0, 2):
        parts += [_backward(v[k], 0), _backward(v[k + 1], 1),
                  np.float32(0.5) * (_backward(v[k + 1], 0) + _backward(v[k], 1))]
    return np.stack(parts)


def _norm(p):
    return np.sqrt((p * p).sum(axis=0))


def _norm_symmetric(q):
    return np.sqrt(sum(q[k] ** 2 + q[k + 1] ** 2 + 2 * q[k + 2] ** 2 for k in (0, 3)))


def _iterate_numpy(u, v, p, q, inverse, c, a1, a0, primal, dual, iterations):
    ub, vb = u.copy(), v.copy()
    for _ in range(iterations):
        p += dual * _jumps(ub, vb)
        p *= a1 / np.maximum(a1, _norm(p))
        q += dual * _kinks(vb)
        q *= a0 / np.maximum(a0, _norm_symmetric(q))
        before_u, before_v = u.copy(), v.copy()
        for k in range(2):
            u[k] += primal * (c[k] - _forward_adjoint(p[2 * k], 0) - _forward_adjoint(p[2 * k + 1], 1))
            yy, xx, xy = q[3 * k:3 * k + 3]
            v[2 * k] -= primal * (_backward_adjoint(yy, 0) + _backward_adjoint(xy, 1) - p[2 * k])
            v[2 * k + 1] -= primal * (_backward_adjoint(xy, 0) + _backward_adjoint(xx, 1) - p[2 * k + 1])
        u[:] = inverse[0] * u[0] + inverse[1] * u[1], inverse[1] * u[0] + inverse[2] * u[1]
        np.subtract(2 * u, before_u, out=ub)
        np.subtract(2 * v, before_v, out=vb)


def iterate(state: State, fields, a1, a0, cell: float, iterations: int) -> None:
    """Advance `state` in place.

    fields: (5, rows, columns) of leastsquares.votes. a1, a0: (rows, columns) float32 strengths. cell: px per cell.
    """
    dual = _STEP_RATIO * cell / _NORM2 ** 0.5
    primal = 1.0 / (_NORM2 * dual)
    a, b, d = (np.float32(primal) * fields[k] for k in range(3))
    a, d = a + 1, d + 1
    inverse = np.stack([d, -b, a]) / (a * d - b * b)
    pick(_iterate_numba, _iterate_numpy)(
        state.u, state.v, state.p, state.q, inverse.astype(np.float32), np.ascontiguousarray(fields[3:5]),
        np.ascontiguousarray(a1, np.float32), np.ascontiguousarray(a0, np.float32),
        np.float32(primal), np.float32(dual), iterations)


def edge_weights(state: State, jump: float, kink: float):
    """Shares of the strengths that remain where the field has edges: 1 / (1 + |jump| / scale), for a1 and a0."""
    return (1 / (1 + _norm(_jumps(state.u, state.v)) / np.float32(jump)),
            1 / (1 + _norm_symmetric(_kinks(state.v)) / np.float32(kink)))
