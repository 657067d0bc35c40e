"""Total generalised variation of second order on the quadratic votes of all pixels (Bredies, Kunisch and Pock 2010).

minimise over u (shift) and v (its gradient):  sum 1/2 u'Mu - c'u  +  a1 |grad u - v|  +  a0 |E v|,
solved by the primal-dual algorithm of Chambolle and Pock (2011). |.| couples both components, so that an edge of one
is an edge of the other. E is the symmetrised gradient. Differences are per cell, so v is in px per cell.
"""
from dataclasses import dataclass

import numpy as np

from ..compute.kernels import kernel, pick

_NORM2 = 12.0       # bound of the squared norm of (u, v) -> (grad u - v, E v)
_STEP_RATIO = 60.0  # root of dual to primal step, per px of cell: converges about five times faster than 1 in these units


@dataclass
class State:
    """Primal and dual variables on one grid. u: (2, rows, cols), v and p: (4, ...), q: (6, ...), all float32."""
    u: np.ndarray
    v: np.ndarray
    p: np.ndarray
    q: np.ndarray

    @classmethod
    def start(cls, u, v=None):
        shape = u.shape[1:]
        v = np.zeros((4,) + shape, np.float32) if v is None else v
        return cls(u.astype(np.float32), v.astype(np.float32), np.zeros((4,) + shape, np.float32),
                   np.zeros((6,) + shape, np.float32))


@kernel
def _dual_row(ub, vb, p, q, a1, a0, step, y, norm, scale):
    """Ascend p and q of one row and bring them back into their discs."""
    rows, columns = ub.shape[1], ub.shape[2]
    last, first = columns - 1, y > 0
    for x in range(columns):
        norm[x] = 0
    for k in range(2):
        here = ub[k, y]
        if y < rows - 1:
            below, target, slope = ub[k, y + 1], p[2 * k, y], vb[2 * k, y]
            for x in range(columns):
                target[x] += step * (below[x] - here[x] - slope[x])
            for x in range(columns):
                norm[x] += target[x] * target[x]
        right, target, slope = here[1:], p[2 * k + 1, y], vb[2 * k + 1, y]
        for x in range(last):
            target[x] += step * (right[x] - here[x] - slope[x])
        for x in range(last):
            norm[x] += target[x] * target[x]
    bound = a1[y]
    for x in range(columns):
        scale[x] = bound[x] / max(bound[x], np.sqrt(norm[x]))
    for k in range(4):
        target = p[k, y]
        for x in range(columns):
            target[x] *= scale[x]
    half = np.float32(0.5) * step
    for x in range(columns):
        norm[x] = 0
    for k in range(2):
        vy, vx = vb[2 * k, y], vb[2 * k + 1, y]
        yy, xx, xy = q[3 * k, y], q[3 * k + 1, y], q[3 * k + 2, y]
        if first:
            up_y, up_x = vb[2 * k, y - 1], vb[2 * k + 1, y - 1]
            for x in range(columns):
                yy[x] += step * (vy[x] - up_y[x])
            for x in range(columns):
                xy[x] += half * (vx[x] - up_x[x])
        xx1, xy1, vx1, vy1 = xx[1:], xy[1:], vx[1:], vy[1:]
        for x in range(last):
            xx1[x] += step * (vx1[x] - vx[x])
        for x in range(last):
            xy1[x] += half * (vy1[x] - vy[x])
        for x in range(columns):
            norm[x] += yy[x] * yy[x] + xx[x] * xx[x] + 2 * xy[x] * xy[x]
    bound = a0[y]
    for x in range(columns):
        scale[x] = bound[x] / max(bound[x], np.sqrt(norm[x]))
    for k in range(6):
        target = q[k, y]
        for x in range(columns):
            target[x] *= scale[x]


@kernel
def _primal_u_row(u, ub, p, inverse, c, step, y, new):
    """Descend u of one row; the data term is solved exactly in each cell."""
    columns = u.shape[2]
    last = columns - 1
    for k in range(2):
        line, old = new[k], u[k, y]
        py, px, vote = p[2 * k, y], p[2 * k + 1, y], c[k, y]
        for x in range(columns):
            line[x] = old[x] + step * (vote[x] + py[x] + px[x])
        if y > 0:
            above = p[2 * k, y - 1]
            for x in range(columns):
                line[x] -= step * above[x]
        shifted = line[1:]
        for x in range(last):
            shifted[x] -= step * px[x]
    a, b, d = inverse[0, y], inverse[1, y], inverse[2, y]
    n0, n1 = new[0], new[1]
    for x in range(columns):
        first = a[x] * n0[x] + b[x] * n1[x]
        n1[x] = b[x] * n0[x] + d[x] * n1[x]
        n0[x] = first
    for k in range(2):
        line, old, bar = new[k], u[k, y], ub[k, y]
        for x in range(columns):
            bar[x] = 2 * line[x] - old[x]
        for x in range(columns):
            old[x] = line[x]


@kernel
def _primal_v_row(v, vb, p, q, step, y, new):
    """Descend v of one row."""
    rows, columns = v.shape[1], v.shape[2]
    last = columns - 1
    for k in range(2):
        for axis in range(2):
            line, old, bar = new[axis], v[2 * k + axis, y], vb[2 * k + axis, y]
            dual = p[2 * k + axis, y]
            along_y = q[3 * k, y] if axis == 0 else q[3 * k + 2, y]
            along_x = q[3 * k + 2, y] if axis == 0 else q[3 * k + 1, y]
            for x in range(columns):
                line[x] = old[x] + step * dual[x]
            if y > 0:
                for x in range(columns):
                    line[x] -= step * along_y[x]
            if y < rows - 1:
                below = q[3 * k, y + 1] if axis == 0 else q[3 * k + 2, y + 1]
                for x in range(columns):
                    line[x] += step * below[x]
            shifted, next_x = line[1:], along_x[1:]
            for x in range(last):
                shifted[x] -= step * next_x[x]
            for x in range(last):
                line[x] += step * next_x[x]
            for x in range(columns):
                bar[x] = 2 * line[x] - old[x]
            for x in range(columns):
                old[x] = line[x]


@kernel
def _iterate_numba(u, v, p, q, inverse, c, a1, a0, primal, dual, iterations):
    rows, columns = u.shape[1], u.shape[2]
    ub, vb = u.copy(), v.copy()
    norm, scale = np.empty(columns, np.float32), np.empty(columns, np.float32)
    new = np.empty((2, columns), np.float32)
    for _ in range(iterations):
        for y in range(rows):
            _dual_row(ub, vb, p, q, a1, a0, dual, y, norm, scale)
        for y in range(rows):
            _primal_u_row(u, ub, p, inverse, c, primal, y, new)
            _primal_v_row(v, vb, p, q, primal, y, new)


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
