"""Settings of the stages: one declaration of default, range, unit, choices and help for forms, presets, docs and code."""
import dataclasses
import typing
from dataclasses import MISSING, dataclass
from datetime import date
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .errors import SettingsError


def field(default: Any, *, label: str, help: str = "", unit: str = "", minimum: Optional[float] = None,
          maximum: Optional[float] = None, choices: Optional[Sequence[Tuple[str, str]]] = None,
          advanced: bool = False, kind: str = "", name: str = ""):
    """A settings field.

    choices: (code, label) pairs; the value is the code. Their order is fixed: saved models keep the index.
    kind: "" by type, or "date" (ISO text), "dates" (ISO texts, comma separated), "multiline", "suggestion" (text for
    which the choices are only proposals).
    name: the Processing parameter, where it is not simply the field's name in capitals without underscores.
    """
    return dataclasses.field(default=default, metadata={
        "label": label, "help": help, "unit": unit, "minimum": minimum, "maximum": maximum,
        "choices": tuple(choices) if choices else None, "advanced": advanced, "kind": kind, "name": name})


def group(settings: "Settings", *, omit: Sequence[str] = (), advanced: bool = False,
          names: Optional[Dict[str, str]] = None):
    """A field that holds the settings of another stage; forms show its fields as if they stood here.

    omit: fields of it that are not shown. advanced: show all of them as advanced. names: {field: Processing
    parameter} where two groups have fields of one name.
    """
    return dataclasses.field(default=settings, metadata={"group": True, "omit": tuple(omit), "advanced": advanced,
                                                         "names": dict(names or {})})


@dataclass(frozen=True)
class Parameter:
    """One settings field as forms and documentation need it. `path` leads to it through nested settings."""
    name: str
    path: Tuple[str, ...]
    type: type
    optional: bool
    default: Any
    label: str
    help: str
    unit: str
    minimum: Optional[float]
    maximum: Optional[float]
    choices: Optional[Tuple[Tuple[str, str], ...]]
    advanced: bool
    kind: str


@dataclass(frozen=True)
class Settings:
    """Base of every stage's settings: immutable, and valid from the moment they exist."""

    def __post_init__(self):
        for parameter in _own_parameters(type(self)):
            value = getattr(self, parameter.path[-1])
            object.__setattr__(self, parameter.path[-1], _valid(parameter, value, type(self).__name__))
        self.check()

    def check(self) -> None:
        """Refuse settings that contradict each other. Raises SettingsError."""

    @classmethod
    def parameters(cls) -> List[Parameter]:
        """Every field, those of nested settings included, in declaration order."""
        return _parameters(cls(), ())

    @classmethod
    def from_parameters(cls, values: Dict[str, Any]) -> "Settings":
        """Settings from {parameter name: value}; missing names keep their default."""
        return _replace(cls(), values, cls.parameters())

    def as_parameters(self) -> Dict[str, Any]:
        """{parameter name: value}."""
        return {p.name: _get(self, p.path) for p in type(self).parameters()}

    def as_dict(self) -> Dict[str, Any]:
        """Plain values, for history and manifests."""
        return dataclasses.asdict(self)


def _own_parameters(cls) -> List[Parameter]:
    hints = typing.get_type_hints(cls)
    found = []
    for item in dataclasses.fields(cls):
        if item.metadata.get("group"):
            continue
        if "label" not in item.metadata or item.default is MISSING:
            raise TypeError(f"{cls.__name__}.{item.name} was not made by settings.field")
        kind = hints[item.name]
        optional = type(None) in typing.get_args(kind)
        if optional:
            kind = next(t for t in typing.get_args(kind) if t is not type(None))
        facts = {k: item.metadata[k] for k in ("label", "help", "unit", "minimum", "maximum", "choices", "advanced",
                                               "kind")}
        found.append(Parameter(name=item.metadata["name"] or item.name.replace("_", "").upper(), path=(item.name,),
                               type=kind, optional=optional, default=item.default, **facts))
    return found


def _parameters(settings: Settings, path: Tuple[str, ...]) -> List[Parameter]:
    own = {p.path[-1]: p for p in _own_parameters(type(settings))}
    found: List[Parameter] = []
    for item in dataclasses.fields(settings):
        value = getattr(settings, item.name)
        if item.metadata.get("group"):
            for nested in _parameters(value, path + (item.name,)):
                if nested.path[-1] not in item.metadata["omit"]:
                    name = item.metadata["names"].get(nested.path[-1], nested.name)
                    found.append(dataclasses.replace(nested, name=name,
                                                     advanced=nested.advanced or item.metadata["advanced"]))
        else:
            found.append(dataclasses.replace(own[item.name], path=path + (item.name,), default=value))
    names = [p.name for p in found]
    if len(set(names)) != len(names):
        raise TypeError(f"{type(settings).__name__}: parameter names are not unique: {sorted(names)}")
    return found


def _get(settings: Settings, path: Tuple[str, ...]) -> Any:
    for name in path:
        settings = getattr(settings, name)
    return settings


def _replace(settings: Settings, values: Dict[str, Any], parameters: Sequence[Parameter]) -> Settings:
    known = {p.name for p in parameters}
    unknown = set(values) - known
    if unknown:
        raise SettingsError(f"Unknown settings {sorted(unknown)}; known are {sorted(known)}.")
    changes: Dict[str, Any] = {}
    for item in dataclasses.fields(settings):
        mine = [p for p in parameters if p.path[0] == item.name]
        if item.metadata.get("group"):
            inner = [dataclasses.replace(p, path=p.path[1:]) for p in mine]
            here = {p.name: values[p.name] for p in inner if p.name in values}
            changes[item.name] = _replace(getattr(settings, item.name), here, inner)
        elif mine and mine[0].name in values:
            changes[item.name] = values[mine[0].name]
    return dataclasses.replace(settings, **changes)


def _valid(parameter: Parameter, value: Any, owner: str) -> Any:
    if value is None or (parameter.optional and value == ""):
        if parameter.optional:
            return None
        raise SettingsError(f"{parameter.label}: a value is needed.")
    if parameter.choices and parameter.kind != "suggestion":
        codes = [code for code, _ in parameter.choices]
        if value not in codes:
            raise SettingsError(f"{parameter.label}: '{value}' is not one of {', '.join(map(str, codes))}.")
        return value
    if parameter.type is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if parameter.kind == "date" and isinstance(value, date):
        value = value.isoformat()[:10]
    if not isinstance(value, parameter.type) or (isinstance(value, bool) and parameter.type is not bool):
        raise SettingsError(f"{parameter.label}: {value!r} is not of the kind {parameter.type.__name__} ({owner}).")
    if parameter.kind in ("date", "dates"):
        for text in filter(None, (t.strip() for t in value.split(","))):
            _check_date(parameter.label, text)
    low, high = parameter.minimum, parameter.maximum
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value != value or (low is not None and value < low) or (high is not None and value > high):
            unit = f" {parameter.unit}" if parameter.unit else ""
            raise SettingsError(f"{parameter.label}: {value}{unit} is outside the allowed range "
                                f"{'' if low is None else low} to {'' if high is None else high}{unit}.")
    return value


def _check_date(label: str, text: str) -> None:
    try:
        date.fromisoformat(text[:10])
    except ValueError as error:
        raise SettingsError(f"{label}: '{text}' is not a date; write it as YYYY-MM-DD.") from error
