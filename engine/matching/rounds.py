"""The regularised field: rounds of votes at the present shift and total generalised variation, from coarse to fine cells."""
import numpy as np

from . import breaks, leastsquares, pyramid, regularise
from .evidence import CELL, Evidence
from .survey import Mode

#: Iterations on the grids of 8, 4 and 2 px, for each of the rounds: two linearisations, then those with edges.
ALL = ({8: 160, 4: 160, 2: 80}, {4: 120, 2: 80}, {2: 120}, {2: 120}, {2: 120})
FIRST = ALL[:1]
_SMOOTH = 2                 # of them, without edges
_UNSEEN = np.float32(0.5)   # share of the regularisation that holds where nothing was seen


def solve(evidence: Evidence, down, right, mode: Mode, strength: float, rounds, check):
    """Total generalised variation: (down, right, last votes) on cells of 2 px."""
    states, whole = {}, None
    field = np.stack([down, right])
    for number, plan in enumerate(rounds if mode.jump else rounds[:_SMOOTH]):
        fields = evidence.votes(field[0], field[1])
        if number >= _SMOOTH and whole is None:
            whole = breaks.find(fields, field[0], field[1])
        check()
        for cell, iterations in plan.items():
            if cell < mode.finest:
                continue
            factor = cell // CELL
            coarse = np.stack([pyramid.block_sum(f, factor) for f in fields])
            state = states.get(cell)
            if state is None:
                state = _start(states.get(2 * cell), field, factor)
            ties = _ties(evidence.level, cell)
            a1, a0 = ties * np.float32(mode.a1 * cell * strength), ties * np.float32(mode.a0 * strength)
            if number >= _SMOOTH:
                jumps, kinks = regularise.edge_weights(state, mode.jump * cell, mode.kink * cell ** 2)
                a1, a0 = a1 * np.minimum(jumps, whole), a0 * kinks
            regularise.iterate(state, coarse, a1, a0, cell, iterations)
            states[cell] = state
            check()
        field = np.stack([pyramid.refine(part, mode.finest // CELL) for part in states[mode.finest].u])
    if whole is not None:
        field = breaks.without_specks(field, whole)
    return field[0], field[1], fields


def _ties(level: leastsquares.Level, cell: int):
    """Share of the regularisation that holds in each cell of cell x cell px: less across ground that nobody saw.

    A body between masked patches would otherwise be pulled toward its still surroundings: a jump costs the same
    wherever it lies, and unseen ground has room for many.
    """
    seen = pyramid.block_sum((level.weight > 0).astype(np.float32), cell) / np.float32(cell * cell)
    return _UNSEEN + (1 - _UNSEEN) * seen


def _start(coarser, field, factor: int) -> regularise.State:
    """Start on a grid from the next coarser one, or from the field itself (cells of 2 px)."""
    if coarser is not None:
        return coarser.finer()
    return regularise.State.start(np.stack([pyramid.block_sum(part, factor) / np.float32(factor ** 2) for part in field]))
