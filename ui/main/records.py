"""What is remembered of a run: its steps, how they went, the settings it was made with. No Qt."""
import re
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"
#: Keys of a step's parameters and results that hold paths, so that they move with the project.
_OF = re.compile(r"(\d+) of (\d+)")


@dataclass(frozen=True)
class StepRecord:
    """One algorithm of a run. parameters: plain values. summary: the last lines of its log. seconds: of work."""
    algorithm: str
    label: str
    parameters: Mapping[str, Any]
    state: str = WAITING
    results: Mapping[str, Any] = None
    seconds: float = 0.0
    message: str = ""
    summary: Tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "results", dict(self.results or {}))


@dataclass(frozen=True)
class RunRecord:
    """A run of the chain. settings: snapshot of `study.settings_to_plain`. facts: (name, value) to compare runs by."""
    number: int
    name: str
    folder: str
    started: str
    steps: Tuple[StepRecord, ...]
    settings: Mapping[str, Mapping[str, Any]] = None
    facts: Tuple[Tuple[str, str], ...] = ()

    @property
    def state(self) -> str:
        states = [step.state for step in self.steps]
        for state in (RUNNING, FAILED, STOPPED):
            if state in states:
                return state
        if states and all(state == DONE for state in states):
            return DONE
        return WAITING

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def fraction_of_steps(self) -> float:
        return sum(step.state == DONE for step in self.steps) / max(len(self.steps), 1)

    def result(self, name: str) -> str:
        """The last result of that name, empty where there is none."""
        return next((str(step.results[name]) for step in reversed(self.steps) if step.results.get(name)), "")

    def with_step(self, index: int, **changes: Any) -> "RunRecord":
        steps = list(self.steps)
        steps[index] = replace(steps[index], **changes)
        return replace(self, steps=tuple(steps))

    def first_unfinished(self) -> Optional[int]:
        return next((i for i, step in enumerate(self.steps) if step.state != DONE), None)

    def as_dict(self, shorten: Callable[[str], str]) -> Dict[str, Any]:
        """Plain values. What runs now is a stopped run once the project is opened again."""
        steps = [{"algorithm": s.algorithm, "label": s.label, "state": STOPPED if s.state == RUNNING else s.state,
                  "parameters": _paths(s.parameters, shorten), "results": _paths(s.results, shorten),
                  "seconds": s.seconds, "message": s.message, "summary": list(s.summary)}
                 for s in self.steps]
        return {"number": self.number, "name": self.name, "folder": shorten(self.folder), "started": self.started,
                "steps": steps, "settings": dict(self.settings or {}), "facts": [list(fact) for fact in self.facts]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], lengthen: Callable[[str], str]) -> "RunRecord":
        steps = tuple(StepRecord(s["algorithm"], s["label"], _paths(s["parameters"], lengthen), s["state"],
                                 _paths(s["results"], lengthen), s["seconds"], s["message"], tuple(s["summary"]))
                      for s in values["steps"])
        return cls(values["number"], values["name"], lengthen(values["folder"]), values["started"], steps,
                   values["settings"], tuple((name, value) for name, value in values["facts"]))


def _paths(values: Mapping[str, Any], change: Callable[[str], str]) -> Dict[str, Any]:
    """The values with their paths changed; ids of layers and other texts hold no separator."""
    return {key: change(value) if isinstance(value, str) and ("/" in value or "\\" in value) else value
            for key, value in (values or {}).items()}


@dataclass(frozen=True)
class Pace:
    """How fast a step goes. seconds: since it began. fraction: 0..1. count: (done, of), None where it has no number."""
    seconds: float
    fraction: float
    count: Optional[Tuple[int, int]] = None

    @classmethod
    def of(cls, seconds: float, fraction: float, message: str) -> "Pace":
        found = _OF.search(message)
        return cls(seconds, fraction, (int(found[1]), int(found[2])) if found else None)

    @property
    def remaining(self) -> Optional[float]:
        """Seconds left at this pace; None while too little is known."""
        if self.fraction < 0.02 or self.seconds < 2.0:
            return None
        return self.seconds * (1.0 - self.fraction) / self.fraction

    @property
    def per_minute(self) -> Optional[float]:
        """Things done in a minute, None where they have no number."""
        if not self.count or not self.count[0] or self.seconds < 1.0:
            return None
        return 60.0 * self.count[0] / self.seconds


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 3 min 20 s, 2 h 5 min."""
    whole = int(round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 3600:
        return f"{round(whole / 60)} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def size(count: float) -> str:
    """Bytes as people say them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000.0
    return ""
