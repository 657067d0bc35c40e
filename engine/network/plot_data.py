"""What the plots of a network show, as numbers: dates, arcs, chords, colours, texts. No drawing here."""
import math
from dataclasses import dataclass
from datetime import date
from typing import List, Optional, Tuple

from .pairing import NetworkResult

#: Colours for colour-blind readers (Okabe and Ito 2008): one for each part of the network, the last for the rest.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
SPLIT = "#D55E00"
ISOLATED = "#8A8A8A"
#: Share of the circle that stays open between the last and the first date.
_GAP = 0.10


@dataclass(frozen=True)
class Node:
    """A date. angle: rad on the circle, clockwise from the top. part: its component, -1 if isolated."""
    day: date
    pairs: int
    part: int
    angle: float


@dataclass(frozen=True)
class Link:
    """A connection of two dates. bridge: without it a part of three or more dates falls in two."""
    first: Node
    second: Node
    bridge: bool

    @property
    def days(self) -> int:
        return (self.second.day - self.first.day).days


@dataclass(frozen=True)
class PlotData:
    """nodes: by time. links: longest first, so that short ones are drawn on top."""
    nodes: List[Node]
    links: List[Link]
    split: Optional[date]

    @property
    def span(self) -> Tuple[date, date]:
        return self.nodes[0].day, self.nodes[-1].day

    def angle(self, day: date) -> float:
        return angle_of(day, *self.span)


def angle_of(day: date, first: date, last: date) -> float:
    """Angle of a day on the circle of time, rad clockwise from the top."""
    share = (day - first).days / max((last - first).days, 1)
    return 2 * math.pi * (_GAP / 2 + share * (1 - _GAP))


def on_circle(angle: float, radius: float = 1.0) -> Tuple[float, float]:
    """(right, up) of a point on the circle of time."""
    return radius * math.sin(angle), radius * math.cos(angle)


def control_point(first: float, second: float) -> Tuple[float, float]:
    """The point that pulls a chord between two angles inward: just inside for neighbours, the centre for far dates."""
    apart = abs(second - first)
    return on_circle((first + second) / 2, max(0.0, 1.0 - apart / 1.5))


def plot_data(result: NetworkResult) -> PlotData:
    """The dates and connections of a network, ready to be drawn."""
    parts = {day: index for index, part in enumerate(result.components) for day in part.dates}
    counts = result.pairs_per_date
    days = sorted(counts)
    nodes = {day: Node(day, counts[day], parts.get(day, -1), angle_of(day, days[0], days[-1])) for day in days}
    weak = {edge for edge in result.bridges if len(result.components[parts[edge[0]]].dates) > 2}
    links = [Link(nodes[a], nodes[b], (a, b) in weak) for a, b in result.connections]
    split = result.settings.split_date
    return PlotData([nodes[day] for day in days], sorted(links, key=lambda link: -link.days),
                    date.fromisoformat(split[:10]) if split else None)


def colour(part: int) -> str:
    """The colour of a part of the network."""
    return ISOLATED if part < 0 else COLOURS[min(part, len(COLOURS) - 1)]


def opacity(links: int) -> float:
    """Fewer lines are drawn stronger, so that both ten and a thousand can be read."""
    return max(0.10, min(0.8, 7.0 / math.sqrt(links + 1.0) / 2.0))


def time_ticks(first: date, last: date) -> List[Tuple[date, str]]:
    """A handful of ticks: years, quarters, months or days, as the span needs."""
    span = (last - first).days
    if span > 365 * 9:
        step = math.ceil(span / 365 / 8)
        return [(date(y, 1, 1), str(y)) for y in range(first.year + 1, last.year + 1) if y % step == 0]
    for months, limit in ((12, 365 * 5), (6, 365 * 2.2), (3, 300), (1, 75)):
        if span > limit:
            return _months(first, last, months)
    step = max(1, math.ceil(span / 4))
    start = first.toordinal()
    return [(date.fromordinal(d), date.fromordinal(d).isoformat()) for d in range(start, last.toordinal() + 1, step)]


def _months(first: date, last: date, step: int) -> List[Tuple[date, str]]:
    found = []
    for count in range(first.year * 12, last.year * 12 + 12, step):
        day = date(count // 12, count % 12 + 1, 1)
        if first <= day <= last:
            found.append((day, str(day.year) if step == 12 else f"{day:%Y-%m}"))
    return found


def nice_ceiling(value: float) -> Tuple[float, float]:
    """(upper limit, step) of a baseline axis with four to six round ticks."""
    raw = max(value, 1.0) / 5.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw)
    step = max(1.0, math.ceil(step))
    return math.ceil(max(value, 1.0) / step) * step, step


def headline(result: NetworkResult) -> str:
    """The network in one sentence."""
    low, high = result.baselines
    days = f"{low} days" if low == high else f"{low} to {high} days"
    text = f"{len(result.pairs)} pair{'' if len(result.pairs) == 1 else 's'} of {len(result.dates)} dates, {days}"
    parts = len(result.components)
    text += ", all connected" if parts == 1 and not result.isolated else f", in {parts} parts" if parts > 1 else ""
    if result.isolated:
        text += f", {len(result.isolated)} {'date' if len(result.isolated) == 1 else 'dates'} without a pair"
    return text


def facts(result: NetworkResult) -> List[Tuple[str, str]]:
    """(name, value) of the numbers to be shown."""
    low, high = result.baselines
    unknowns = sum(len(part.dates) - 1 for part in result.components)
    settings = result.settings
    found = [("Pairs", str(len(result.pairs))), ("Dates", str(len(result.dates))),
             ("Baselines", f"{low} days" if low == high else f"{low} to {high} days"),
             ("Limits", f"{settings.limits[0]} to {settings.limits[1]} {settings.unit}, {settings.direction}"),
             ("Pairs per unknown", f"{len(result.connections) / max(unknowns, 1):.1f}"),
             ("Weak links", str(sum(link.bridge for link in plot_data(result).links)))]
    if result.slowest_speed:
        found.append(("Slowest motion resolved", f"{result.slowest_speed:.3g} m/yr "
                                                 f"({settings.sensitivity:g} px of {result.pixel_size:g} m)"))
    return found


def part_rows(result: NetworkResult) -> List[Tuple[str, ...]]:
    """The table of the parts: number, dates, first, last, pairs, loops, pairs per unknown."""
    return [(str(index), str(len(part.dates)), part.dates[0].isoformat(), part.dates[-1].isoformat(), str(part.pairs),
             str(part.loops), f"{part.redundancy:.1f}") for index, part in enumerate(result.components, 1)]


PART_HEADER = ("Part", "Dates", "First", "Last", "Pairs", "Loops", "Pairs per unknown")
