"""What a study is: scenes, settings of every stage, results. No Qt, nothing computed; it is saved in the project."""
import json
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Callable, Dict, List, Mapping, Tuple, Type

from ...engine.core.errors import SettingsError
from ...engine.core.settings import Settings
from ...engine.correction.settings import CorrectSettings
from ...engine.filtering.settings import FilterSettings
from ...engine.inversion.settings import InvertSettings
from ...engine.matching.settings import PairRunSettings
from ...engine.network.settings import PairNetworkSettings
from .records import RunRecord

FORMAT = 1
PAGES = ("scenes", "pairs", "matching", "results")
CUSTOM = "custom"
#: Stages whose settings a study holds, in the order of the work.
STAGES: Dict[str, Type[Settings]] = {"network": PairNetworkSettings, "matching": PairRunSettings,
                                     "correction": CorrectSettings, "filtering": FilterSettings,
                                     "inversion": InvertSettings}


@dataclass(frozen=True)
class Study:
    """One study. layer: id of the scenes layer. unused: paths of scenes that are not ticked. area: WKT polygon,
    longitude and latitude. stable, dem: layer id or path, empty where there is none. preset: key or "custom".
    """
    folder: str = ""
    layer: str = ""
    unused: Tuple[str, ...] = ()
    area: str = ""
    stable: str = ""
    dem: str = ""
    preset: str = CUSTOM
    network: PairNetworkSettings = PairNetworkSettings()
    matching: PairRunSettings = PairRunSettings()
    correction: CorrectSettings = CorrectSettings()
    filtering: FilterSettings = FilterSettings()
    inversion: InvertSettings = InvertSettings()
    correct: bool = True
    filter: bool = True
    invert: bool = True
    fuse: bool = False
    runs: Tuple[RunRecord, ...] = ()
    page: str = PAGES[0]

    def stages(self) -> Dict[str, Settings]:
        """{stage: its settings}."""
        return {name: getattr(self, name) for name in STAGES}

    def run(self, number: int) -> RunRecord:
        """The run with a number. Raises KeyError."""
        for record in self.runs:
            if record.number == number:
                return record
        raise KeyError(number)

    def with_run(self, record: RunRecord) -> "Study":
        """The study with a run added, or in place of the one with its number."""
        known = [run.number for run in self.runs]
        if record.number in known:
            runs = tuple(record if run.number == record.number else run for run in self.runs)
        else:
            runs = (*self.runs, record)
        return replace(self, runs=runs)

    def next_number(self) -> int:
        return max((run.number for run in self.runs), default=0) + 1


@dataclass
class Store:
    """Holds the study and tells its listeners when it has changed."""
    study: Study = field(default_factory=Study)
    _listeners: List[Callable[[Study], None]] = field(default_factory=list)

    def listen(self, listener: Callable[[Study], None]) -> None:
        self._listeners.append(listener)

    def update(self, **changes: Any) -> None:
        self.put(replace(self.study, **changes))

    def put(self, study: Study) -> None:
        if study == self.study:
            return
        self.study = study
        for listener in list(self._listeners):
            listener(study)


def to_text(study: Study, shorten: Callable[[str], str] = str) -> str:
    """The study as text. shorten: makes a path relative to the project, so that both can be moved together."""
    plain = {name: getattr(study, name) for name in ("layer", "area", "stable", "dem", "preset", "correct", "filter",
                                                     "invert", "fuse", "page")}
    return json.dumps({"format": FORMAT, **plain, "folder": shorten(study.folder) if study.folder else "",
                       "unused": [shorten(path) for path in study.unused],
                       "settings": settings_to_plain(study.stages()),
                       "runs": [run.as_dict(shorten) for run in study.runs]}, sort_keys=True)


def from_text(text: str, lengthen: Callable[[str], str] = str) -> Study:
    """The study that `to_text` wrote; what another version wrote and this one does not know keeps its default."""
    if not text:
        return Study()
    try:
        values = json.loads(text)
    except ValueError:
        return Study()
    if not isinstance(values, dict):
        return Study()
    known = {name: values[name] for name in ("layer", "area", "stable", "dem", "preset", "correct", "filter", "invert",
                                             "fuse", "page") if isinstance(values.get(name), type(getattr(Study, name)))}
    if known.get("page") not in PAGES:
        known.pop("page", None)
    folder = values.get("folder") or ""
    return Study(**known, folder=lengthen(folder) if folder else "",
                 unused=tuple(lengthen(path) for path in values.get("unused", ())),
                 **settings_from_plain(values.get("settings", {})),
                 runs=tuple(RunRecord.from_dict(run, lengthen) for run in values.get("runs", ())))


def settings_to_plain(stages: Mapping[str, Settings]) -> Dict[str, Dict[str, Any]]:
    """{stage: {parameter: value}} of what differs from the defaults: a later version's better default counts then."""
    plain = {}
    for name, settings in stages.items():
        usual = {p.name: p.default for p in type(settings).parameters()}
        plain[name] = {key: value for key, value in settings.as_parameters().items() if value != usual[key]}
    return plain


def settings_from_plain(plain: Mapping[str, Mapping[str, Any]]) -> Dict[str, Settings]:
    """The other way; values that are no longer valid become the default."""
    found: Dict[str, Settings] = {}
    for name, kind in STAGES.items():
        names = {p.name for p in kind.parameters()}
        values = {key: value for key, value in (plain.get(name) or {}).items() if key in names}
        try:
            found[name] = kind.from_parameters(values)
        except SettingsError:
            found[name] = kind()
    return found


def differences(first: Mapping[str, Mapping[str, Any]], second: Mapping[str, Mapping[str, Any]]):
    """[(label with unit, value, value)] of settings that differ between two snapshots of `settings_to_plain`."""
    rows = []
    for name, kind in STAGES.items():
        for parameter in kind.parameters():
            a, b = (plain.get(name, {}).get(parameter.name, parameter.default) for plain in (first, second))
            if a != b:
                unit = f" [{parameter.unit}]" if parameter.unit else ""
                rows.append((f"{parameter.label}{unit}", *(worded(parameter, value) for value in (a, b))))
    return rows


def worded(parameter, value: Any) -> str:
    """A setting's value as people read it."""
    if value is None or value == "":
        return "–"
    if parameter.choices:
        return dict(parameter.choices).get(value, str(value))
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return f"{value:g}" if isinstance(value, float) else str(value)


def run_folder(study: Study, number: int) -> str:
    """Where a run writes."""
    return str(PurePath(study.folder) / f"run-{number:02d}")
