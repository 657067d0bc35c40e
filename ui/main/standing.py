"""Where a study stands, and what comes next. No Qt."""
from dataclasses import dataclass
from typing import Tuple

from . import records

ADD, TICK, PAIRS, MATCHING, RUN, PROGRESS, WAIT, RESUME, CLICK = (
    "add", "tick", "pairs", "matching", "run", "progress", "wait", "resume", "click")


@dataclass(frozen=True)
class Standing:
    """Facts for the header. pairs: of the network drawn now. problem: why there is no network."""
    scenes: int = 0
    used: int = 0
    pairs: int = 0
    parts: int = 0
    problem: str = ""
    runs: Tuple = ()

    @property
    def done(self) -> int:
        return sum(run.state == records.DONE for run in self.runs)

    @property
    def running(self) -> bool:
        return any(run.state == records.RUNNING for run in self.runs)

    def marks(self):
        """{page: whether its part of the work is done}."""
        return {"scenes": self.used >= 2, "pairs": self.pairs > 0, "matching": bool(self.runs), "results": self.done > 0}


def next_step(standing: Standing, page: str) -> str:
    """What the button of the header does."""
    if not standing.scenes:
        return ADD
    if standing.used < 2:
        return TICK
    if standing.running:
        return WAIT if page == "results" else PROGRESS
    last = standing.runs[-1].state if standing.runs else ""
    if page == "scenes":
        return PAIRS
    if page == "pairs":
        return MATCHING if standing.pairs else PAIRS
    if page == "matching":
        return RUN if standing.pairs else PAIRS
    if last in (records.STOPPED, records.FAILED):
        return RESUME
    if last == records.DONE:
        return CLICK
    return RUN if standing.pairs else PAIRS
