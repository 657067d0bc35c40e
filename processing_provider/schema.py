"""Settings dataclasses as Processing parameters, and back. The only place that knows both sides."""
from datetime import date, datetime
from typing import Any, Dict, Optional, Type

from qgis.core import (QgsProcessingParameterBoolean, QgsProcessingParameterDateTime, QgsProcessingParameterDefinition,
                       QgsProcessingParameterEnum, QgsProcessingParameterNumber, QgsProcessingParameterString)
from qgis.PyQt.QtCore import QDate, QDateTime

from ..engine.core.settings import Parameter, Settings


def definition(parameter: Parameter) -> QgsProcessingParameterDefinition:
    """The Processing parameter of one settings field: same default, range, unit and choices."""
    label = f"{parameter.label} [{parameter.unit}]" if parameter.unit else parameter.label
    common = dict(name=parameter.name, description=label, optional=parameter.optional or parameter.type is str)
    if parameter.choices and parameter.kind != "suggestion":
        codes = [code for code, _ in parameter.choices]
        made = QgsProcessingParameterEnum(**common, options=[text for _, text in parameter.choices],
                                          defaultValue=(None if parameter.default is None
                                                        else codes.index(parameter.default)))
    elif parameter.kind == "date":
        made = QgsProcessingParameterDateTime(**common, type=QgsProcessingParameterDateTime.Date,
                                              defaultValue=parameter.default or None)
    elif parameter.type is bool:
        made = QgsProcessingParameterBoolean(parameter.name, label, parameter.default)
    elif parameter.type in (int, float):
        made = _number(parameter, common)
    else:
        made = QgsProcessingParameterString(**common, defaultValue=parameter.default,
                                            multiLine=parameter.kind == "multiline")
        if parameter.kind == "suggestion":
            # by name: the widget's module needs QGIS's windows, which scripts don't have
            made.setMetadata({"widget_wrapper": {"class": f"{__package__}.suggestions.SuggestionWrapper",
                                                 "choices": [list(choice) for choice in parameter.choices]}})
    made.setHelp(parameter.help)
    if parameter.advanced:
        made.setFlags(made.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
    return made


def _number(parameter: Parameter, common: Dict[str, Any]) -> QgsProcessingParameterNumber:
    kind = QgsProcessingParameterNumber.Integer if parameter.type is int else QgsProcessingParameterNumber.Double
    limits = {}
    if parameter.minimum is not None:
        limits["minValue"] = parameter.minimum
    if parameter.maximum is not None:
        limits["maxValue"] = parameter.maximum
    return QgsProcessingParameterNumber(**common, type=kind, defaultValue=parameter.default, **limits)


def normalised(settings: Optional[Type[Settings]], parameters: Dict[str, Any]) -> Dict[str, Any]:
    """Parameter values in the forms that QGIS accepts: choices given as code or label become their index,
    Python dates become ISO text."""
    values = dict(parameters)
    for parameter in settings.parameters() if settings else ():
        value = values.get(parameter.name)
        if parameter.choices and parameter.kind != "suggestion" and isinstance(value, str):
            index = _choice_index(parameter, value)
            if index is not None:
                values[parameter.name] = index
        elif parameter.kind == "date" and value is not None:
            values[parameter.name] = iso_date(value) or None
    return values


def _choice_index(parameter: Parameter, text: str) -> Optional[int]:
    wanted = text.strip().lower()
    for index, (code, label) in enumerate(parameter.choices):
        if wanted in (code.lower(), label.lower(), str(index)):
            return index
    return None


def iso_date(value: Any) -> str:
    """A date parameter's value (Qt or Python date, or text) as ISO text; empty where there is none."""
    if isinstance(value, QDateTime):
        value = value.date()
    if isinstance(value, QDate):
        return value.toString("yyyy-MM-dd") if value.isValid() else ""
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return str(value or "").strip()[:10]


def read_settings(settings: Type[Settings], algorithm, parameters: Dict[str, Any], context) -> Settings:
    """The settings that the parameters of a run mean. Raises SettingsError where they make no sense."""
    parameters = normalised(settings, parameters)
    values = {p.name: _value(p, algorithm, parameters, context) for p in settings.parameters()}
    return settings.from_parameters(values)


def _value(parameter: Parameter, algorithm, parameters: Dict[str, Any], context) -> Any:
    name = parameter.name
    if parameter.choices and parameter.kind != "suggestion":
        if parameter.optional and parameters.get(name) in (None, ""):
            return None if name in parameters else parameter.default
        return parameter.choices[algorithm.parameterAsEnum(parameters, name, context)][0]
    if parameter.kind == "date":
        return iso_date(parameters.get(name)) or (parameter.default if name not in parameters else None)
    if parameter.type is bool:
        return algorithm.parameterAsBoolean(parameters, name, context)
    if parameter.type in (int, float):
        if parameter.optional and parameters.get(name) is None:
            return None if name in parameters else parameter.default
        read = algorithm.parameterAsInt if parameter.type is int else algorithm.parameterAsDouble
        return read(parameters, name, context)
    return algorithm.parameterAsString(parameters, name, context)


def help_html(settings: Optional[Type[Settings]]) -> str:
    """The settings as an HTML list for the help panel: label, unit, default and reason."""
    items = []
    for p in settings.parameters() if settings else ():
        default = dict(p.choices).get(p.default, p.default) if p.choices and p.default is not None else p.default
        shown = "" if default in (None, "") else f" (default {default}{' ' + p.unit if p.unit else ''})"
        items.append(f"<li><b>{p.label}</b>{shown}: {p.help}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""
