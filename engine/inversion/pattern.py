"""The network as a sparse matrix: which entries its Laplacian and its factor L D L' have, found once per network.

Unknowns are the displacements at the dates. A pair of weight w adds w to two diagonal entries and -w to one other, so
every pixel has the same pattern and a missing pair is a weight of zero. No date is held: the pivot of the last date of
each connected part becomes zero, and that date is then the part's zero.
"""
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np


@dataclass(frozen=True)
class Pattern:
    """Flat lists for the factorisation, in order of elimination. All indices uint64.

    numba 0.56 vectorises loops over pixels only if row indices are unsigned (factorisation: 0.84 -> 0.32 us).
    """
    dates: int
    order: np.ndarray     # (dates,) date eliminated at each step
    first: np.ndarray     # (pairs,) step at which a pair's reference date is eliminated
    second: np.ndarray    # (pairs,) the same for its secondary date
    slot: np.ndarray      # (pairs,) entry of L that a pair adds to
    start: np.ndarray     # (dates + 1,) first entry of each column of L
    row: np.ndarray       # (entries,) row of each entry
    target_start: np.ndarray  # (dates,) first target of each column
    target: np.ndarray    # entry that the product of two entries of a column (first < second) adds to

    @property
    def entries(self) -> int:
        return len(self.row)


def make_pattern(dates: int, pairs: Sequence[Tuple[int, int]]) -> Pattern:
    """Symbolic factorisation by greedy minimum degree. pairs: (reference, secondary) date numbers, not equal."""
    order, columns = _eliminate(dates, pairs)
    step = {date: number for number, date in enumerate(order)}
    entry: Dict[Tuple[int, int], int] = {}
    start, row = [0], []
    for number, date in enumerate(order):
        for below in sorted(step[d] for d in columns[date]):
            entry[number, below] = len(row)
            row.append(below)
        start.append(len(row))
    target_start, target = [], []
    for number in range(dates):
        target_start.append(len(target))
        below = row[start[number]:start[number + 1]]
        target.extend(entry[a, b] for i, a in enumerate(below) for b in below[i + 1:])
    first = [step[a] for a, _ in pairs]
    second = [step[b] for _, b in pairs]
    slot = [entry[min(a, b), max(a, b)] for a, b in zip(first, second)]
    return Pattern(dates, *(np.array(v, dtype=np.uint64) for v in
                            (order, first, second, slot, start, row, target_start, target)))


def _eliminate(dates: int, pairs: Sequence[Tuple[int, int]]) -> Tuple[List[int], Dict[int, set]]:
    """Order of elimination and, for each date, the dates it is still linked to when its turn comes."""
    linked: Dict[int, set] = {date: set() for date in range(dates)}
    for a, b in pairs:
        linked[a].add(b)
        linked[b].add(a)
    order, columns = [], {}
    while linked:
        date = min(linked, key=lambda d: (len(linked[d]), d))
        neighbours = linked.pop(date)
        for other in neighbours:
            linked[other] |= neighbours
            linked[other] -= {date, other}
        order.append(date)
        columns[date] = neighbours
    return order, columns


def count_parts(dates: int, pairs: Sequence[Tuple[int, int]]) -> List[int]:
    """The part of the network (numbered by first date) that each date belongs to."""
    part = list(range(dates))

    def root(date: int) -> int:
        while part[date] != date:
            part[date] = part[part[date]]
            date = part[date]
        return date

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        part[high] = low
    return [root(date) for date in range(dates)]
