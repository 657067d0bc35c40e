"""The journal of a service: which steps are finished, with what, and what they said. A stopped run goes on from it."""
import json
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

from ..core.files import write_text
from ..compute.pairs import fingerprint
from ..core.history import VERSION
from ..core.progress import Progress
from ..core.settings import Settings
from ..io.raster import check_writable

NAME = "service.json"
_FORMAT = "terrain-motion-service"


@dataclass(frozen=True)
class Step:
    """One finished step. settings: {label: (value with unit, value of the preset)}. said: lines for people.
    facts: plain values for the report. seconds: how long it took when it was done; reused: found finished."""
    name: str
    title: str
    key: str
    settings: Dict[str, Tuple[str, str]]
    said: Tuple[str, ...]
    facts: Dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    reused: bool = False


#: progress -> (lines for people, plain facts)
Work = Callable[[Progress], Tuple[Sequence[str], Dict[str, Any]]]


class Journal:
    """Runs the steps of a service one after the other; each depends on all before it."""

    def __init__(self, folder, service: str, progress: Progress, inputs: str = ""):
        """inputs: fingerprint of what the first step takes."""
        self.folder, self.service, self.progress = check_writable(folder), service, progress
        self._old = {step.name: step for step in _load(self.folder / NAME, service)}
        self._key = fingerprint(f"{VERSION} {service} {inputs}")
        self.steps: List[Step] = []

    def step(self, name: str, title: str, settings: Settings, products: Sequence[str], work: Work,
             share: Tuple[float, float], inputs: str = "", preset: Settings = None) -> Step:
        """Do a step, or find that it was done with the same inputs and settings and its products are there.

        products: names in the folder. share: part of the whole progress. preset: settings to compare with.
        """
        self._key = fingerprint(f"{self._key} {name} {json.dumps(settings.as_dict(), sort_keys=True, default=str)} "
                                f"{inputs}")
        old = self._old.get(name)
        if old is not None and old.key == self._key and all((self.folder / p).exists() for p in products):
            self.progress.part(*share).report(1.0, f"{title}: found finished")
            return self._add(Step(**{**asdict(old), "settings": old.settings, "said": tuple(old.said), "reused": True}))
        start = time.monotonic()
        part = self.progress.part(*share)
        part.report(0.0, title)
        said, facts = work(part)
        return self._add(Step(name, title, self._key, described(settings, preset), tuple(said), facts,
                              round(time.monotonic() - start, 1)))

    def _add(self, step: Step) -> Step:
        self.steps.append(step)
        data = {"format": _FORMAT, "service": self.service, "version": VERSION,
                "steps": [{k: v for k, v in asdict(s).items() if k != "reused"} for s in self.steps]}
        # Steps beyond a changed one stay known until they are reached; their keys tell that they are old.
        done = {s.name for s in self.steps}
        data["steps"] += [{k: v for k, v in asdict(s).items() if k != "reused"}
                          for s in self._old.values() if s.name not in done]
        write_text(self.folder / NAME, json.dumps(data, indent=1, ensure_ascii=False, default=str))
        return step

    def path(self, name: str) -> Path:
        """A file or folder of the service."""
        return self.folder / name

    def find(self, name: str) -> Step:
        """A step that is done."""
        return next(step for step in self.steps if step.name == name)

    def remove(self, name: str) -> None:
        """Delete a folder of an earlier run with other settings."""
        shutil.rmtree(self.folder / name, ignore_errors=True)


def described(settings: Settings, preset: Settings = None) -> Dict[str, Tuple[str, str]]:
    """{label: (value, value of the preset)}, as texts with units."""
    usual = {p.path: _text(p, _value(preset, p.path)) for p in type(settings).parameters()} if preset else {}
    found = {}
    for p in type(settings).parameters():
        found[p.label] = (_text(p, _value(settings, p.path)), usual.get(p.path, ""))
    return found


def _value(settings, path):
    for name in path:
        settings = getattr(settings, name)
    return settings


def _text(parameter, value) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if parameter.choices:
        return dict(parameter.choices).get(value, str(value))
    number = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{number} {parameter.unit}" if parameter.unit else number


def _load(path: Path, service: str) -> List[Step]:
    """The steps of an earlier run of the service; none where it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(data, dict) or data.get("service") != service:
        return []
    try:
        return [Step(**{**step, "said": tuple(step["said"])}) for step in data["steps"]]
    except (KeyError, TypeError):
        return []
