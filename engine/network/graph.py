"""The network of dates and pairs: its parts, weak links and redundancy."""
from dataclasses import dataclass
from datetime import date
from typing import Dict, Iterable, List, Sequence, Set, Tuple

Edge = Tuple[date, date]


@dataclass(frozen=True)
class Component:
    """Dates that pairs connect. loops: pairs beyond those that just hold the dates together."""
    dates: Tuple[date, ...]
    pairs: int

    @property
    def loops(self) -> int:
        return self.pairs - len(self.dates) + 1

    @property
    def redundancy(self) -> float:
        """Pairs per unknown displacement; 1 is a chain in which no error can be noticed."""
        return self.pairs / max(len(self.dates) - 1, 1)


def edges(pairs: Iterable[Edge]) -> List[Edge]:
    """Every connection once, earlier date first, whatever its direction and number of images."""
    return sorted({(min(a, b), max(a, b)) for a, b in pairs if a != b})


def components(connections: Sequence[Edge]) -> List[Component]:
    """The parts of the network, largest first, dates without a pair left out."""
    neighbours = _neighbours(connections)
    left, found = set(neighbours), []
    while left:
        part, waiting = set(), [min(left)]
        while waiting:
            node = waiting.pop()
            if node not in part:
                part.add(node)
                waiting.extend(neighbours[node] - part)
        left -= part
        found.append(Component(tuple(sorted(part)), sum(a in part for a, _ in connections)))
    return sorted(found, key=lambda c: (-len(c.dates), c.dates))


def bridges(connections: Sequence[Edge]) -> List[Edge]:
    """Connections without which a part would fall in two (Tarjan's low points, without recursion)."""
    neighbours = _neighbours(connections)
    order: Dict[date, int] = {}
    low: Dict[date, int] = {}
    found = []
    for root in sorted(neighbours):
        if root in order:
            continue
        order[root] = low[root] = len(order)
        stack = [(root, None, iter(sorted(neighbours[root])))]
        while stack:
            node, parent, rest = stack[-1]
            child = next(rest, None)
            if child is None:
                stack.pop()
                if parent is not None:
                    low[parent] = min(low[parent], low[node])
                    if low[node] > order[parent]:
                        found.append((min(parent, node), max(parent, node)))
            elif child not in order:
                order[child] = low[child] = len(order)
                stack.append((child, node, iter(sorted(neighbours[child]))))
            elif child != parent:
                low[node] = min(low[node], order[child])
    return sorted(found)


def pairs_per_date(dates: Iterable[date], connections: Sequence[Edge]) -> Dict[date, int]:
    """How many connections each date has; 0 for an isolated one."""
    counts = dict.fromkeys(sorted(set(dates)), 0)
    for edge in connections:
        for day in edge:
            counts[day] = counts.get(day, 0) + 1
    return counts


def _neighbours(connections: Iterable[Edge]) -> Dict[date, Set[date]]:
    found: Dict[date, Set[date]] = {}
    for a, b in connections:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found
