"""Loops of three interferograms: what they add up to, and which pair is to blame. Arrays only."""
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np

MOST_ROUNDS = 6  # errors of one pixel that are told apart
FEWEST_LOOPS = 2  # that must agree on a pair's error: one loop cannot say which of its three pairs is wrong
UNKNOWN = np.int8(127)  # a loop that lacks a pair


@dataclass(frozen=True)
class Loops:
    """pairs: (loops, 3) numbers of the pairs a-b, b-c, a-c. of_pair: for each pair (loop, sign) of its loops; the loop adds
    a-b and b-c and takes a-c off."""
    pairs: np.ndarray
    of_pair: Tuple[Tuple[Tuple[int, int], ...], ...]

    def __len__(self) -> int:
        return len(self.pairs)


def find_loops(ends: Sequence[Tuple[int, int]]) -> Loops:
    """All triplets of a network. ends: (earlier, later) date numbers of each pair."""
    number: Dict[Tuple[int, int], int] = {tuple(pair): n for n, pair in enumerate(ends)}
    later: Dict[int, List[int]] = {}
    for a, b in number:
        later.setdefault(a, []).append(b)
    found = [(number[a, b], number[b, c], number[a, c]) for a, b in number for c in later.get(b, ()) if (a, c) in number]
    found.sort()
    of_pair: List[List[Tuple[int, int]]] = [[] for _ in ends]
    for loop, members in enumerate(found):
        for member, sign in zip(members, (1, 1, -1)):
            of_pair[member].append((loop, sign))
    return Loops(np.array(found, int).reshape(-1, 3), tuple(tuple(p) for p in of_pair))


def misclosures(loops: Loops, los: np.ndarray) -> np.ndarray:
    """(loops, ...) m: a-b plus b-c minus a-c; NaN where one is missing. los: (pairs, ...) m."""
    first, second, third = loops.pairs.T
    return los[first] + los[second] - los[third]


def whole_cycles(misclosure: np.ndarray, cycle: float, tolerance: float) -> np.ndarray:
    """(loops, ...) int8: cycles that loops are off by, 0 within the tolerance, UNKNOWN without a value."""
    turns = misclosure / cycle
    near = np.where(np.abs(turns) > tolerance, np.sign(turns) * np.maximum(np.rint(np.abs(turns)), 1.0), 0.0)
    return np.where(np.isfinite(turns), np.clip(near, -100, 100), UNKNOWN).astype(np.int8)


def solve(loops: Loops, cycles: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """(whole cycles to take off (pairs, pixels) int8, to be masked (pairs, pixels) bool).

    cycles: (loops, pixels) int8, see `whole_cycles`. A pair is corrected where all its loops, two at least, are off by the
    same number: two loops share only one pair, so that no other single pair explains them. Where nothing more can be
    corrected, the pairs with the largest share of wrong loops are masked until all remaining loops close.
    """
    count, pixels = len(loops.of_pair), cycles.shape[1]
    take_off = np.zeros((count, pixels), np.int8)
    masked = np.zeros((count, pixels), bool)
    active = np.flatnonzero(((cycles != 0) & (cycles != UNKNOWN)).any(axis=0))
    if not active.size:
        return take_off, masked
    left = cycles[:, active].copy()
    fixed, hidden = np.zeros((count, active.size), np.int8), np.zeros((count, active.size), bool)
    for _ in range(MOST_ROUNDS):
        if not _correct_once(loops, left, fixed):
            break
    for _ in range(count):
        if not _mask_once(loops, left, hidden):
            break
    take_off[:, active], masked[:, active] = fixed, hidden
    return take_off, masked


def _correct_once(loops: Loops, left: np.ndarray, fixed: np.ndarray) -> bool:
    """Correct one pair in each pixel where one is to blame (in place): that with most agreeing loops."""
    best = np.zeros(left.shape[1], np.int16)
    blamed = np.full(left.shape[1], -1)
    amount = np.zeros(left.shape[1], np.int8)
    for pair, members in enumerate(loops.of_pair):
        if len(members) < FEWEST_LOOPS:
            continue
        votes = np.stack([np.where(left[loop] == UNKNOWN, UNKNOWN, sign * left[loop]) for loop, sign in members])
        known = votes != UNKNOWN
        high = np.where(known, votes, -128).max(axis=0)
        low = np.where(known, votes, 127).min(axis=0)
        agree = np.where((high == low) & (high != 0), known.sum(axis=0), 0)
        better = (agree >= FEWEST_LOOPS) & (agree > best)
        best[better], blamed[better], amount[better] = agree[better], pair, high[better]
    for pair in np.unique(blamed[blamed >= 0]):
        here = blamed == pair
        fixed[pair, here] += amount[here]
        for loop, sign in loops.of_pair[pair]:
            values = left[loop, here]
            left[loop, here] = np.where(values == UNKNOWN, UNKNOWN, values - sign * amount[here])
    return bool((blamed >= 0).any())


def _mask_once(loops: Loops, left: np.ndarray, hidden: np.ndarray) -> bool:
    """Hide one pair in each pixel that still has a wrong loop (in place); its loops are unknown from then on."""
    most = np.zeros(left.shape[1])
    worst = np.full(left.shape[1], -1)
    for pair, members in enumerate(loops.of_pair):
        if not members:
            continue
        values = left[[loop for loop, _ in members]]
        known = (values != UNKNOWN).sum(axis=0)
        wrong = ((values != 0) & (values != UNKNOWN)).sum(axis=0)
        share = np.where(wrong > 0, wrong / np.maximum(known, 1) + 0.01 * wrong, 0.0)
        better = share > most
        most[better], worst[better] = share[better], pair
    for pair in np.unique(worst[worst >= 0]):
        here = worst == pair
        hidden[pair, here] = True
        for loop, _ in loops.of_pair[pair]:
            left[loop, here] = UNKNOWN
    return bool((worst >= 0).any())
