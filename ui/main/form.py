"""Widgets made from settings: label, editor with range and unit, help, a section for experts. One factory for all."""
from dataclasses import replace
from typing import Any, Dict, Mapping, Optional, Sequence, Type

from qgis.gui import QgsCollapsibleGroupBox, QgsDateEdit, QgsDoubleSpinBox, QgsSpinBox
from qgis.PyQt.QtCore import QDate, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ...engine.core.errors import SettingsError
from ...engine.core.settings import Parameter, Settings
from ..words import tr

_WIDEST = 2 ** 31 - 1


class Editor:
    """One field's widget. value() and set() speak the settings' own values."""

    def __init__(self, parameter: Parameter, widget: QWidget, changed):
        self.parameter, self.widget = parameter, widget
        changed_signal = getattr(widget, changed)
        self.changed = changed_signal
        name = tr(parameter.label)
        widget.setAccessibleName(f"{name} ({parameter.unit})" if parameter.unit else name)
        widget.setAccessibleDescription(tr(parameter.help))
        widget.setWhatsThis(tr(parameter.help))
        widget.setToolTip(tooltip(parameter))
        widget.setObjectName(parameter.name)

    def value(self) -> Any:
        raise NotImplementedError

    def set(self, value: Any) -> None:
        raise NotImplementedError


class _Choice(Editor):
    def __init__(self, parameter: Parameter):
        box = QComboBox()
        for code, label in parameter.choices:
            box.addItem(tr(label), code)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        super().__init__(parameter, box, "currentIndexChanged")

    def value(self):
        return self.widget.currentData()

    def set(self, value):
        self.widget.setCurrentIndex(self.widget.findData(value))


class _Check(Editor):
    def __init__(self, parameter: Parameter):
        super().__init__(parameter, QCheckBox(tr(parameter.label)), "toggled")

    def value(self):
        return self.widget.isChecked()

    def set(self, value):
        self.widget.setChecked(bool(value))


class _Number(Editor):
    """A spin box; where a field may be empty, the value below its minimum stands for that."""

    def __init__(self, parameter: Parameter):
        whole = parameter.type is int
        box = QgsSpinBox() if whole else QgsDoubleSpinBox()
        low = parameter.minimum if parameter.minimum is not None else -_WIDEST
        high = parameter.maximum if parameter.maximum is not None else _WIDEST
        if whole:
            low, high = int(low), int(high)
            self._step = 2 if parameter.label.startswith("Window") and low % 2 == 1 else 1
        else:
            box.setDecimals(_decimals(parameter))
            self._step = _step(parameter)
        self._empty = low - self._step if parameter.optional else None
        box.setRange(low if self._empty is None else self._empty, high)
        box.setSingleStep(self._step)
        if parameter.unit:
            box.setSuffix(f" {parameter.unit}")
        if self._empty is not None:
            box.setSpecialValueText(tr("automatic"))
        box.setClearValue(self._empty if parameter.default is None else parameter.default)
        box.setKeyboardTracking(False)
        super().__init__(parameter, box, "valueChanged")

    def value(self):
        number = self.widget.value()
        if self._empty is not None and number < (self.parameter.minimum or 0):
            return None
        return int(number) if self.parameter.type is int else float(number)

    def set(self, value):
        self.widget.setValue(self._empty if value is None else value)


class _Date(Editor):
    def __init__(self, parameter: Parameter):
        edit = QgsDateEdit()
        edit.setAllowNull(True)
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setNullRepresentation(tr("none"))
        edit.clear()
        super().__init__(parameter, edit, "dateChanged")

    def value(self):
        day = self.widget.date()
        return None if self.widget.isNull() or not day.isValid() else day.toString("yyyy-MM-dd")

    def set(self, value):
        if value:
            self.widget.setDate(QDate.fromString(value[:10], Qt.DateFormat.ISODate))
        else:
            self.widget.clear()


class _Text(Editor):
    def __init__(self, parameter: Parameter):
        edit = QLineEdit()
        edit.setClearButtonEnabled(True)
        super().__init__(parameter, edit, "editingFinished")

    def value(self):
        text = self.widget.text().strip()
        return None if not text and self.parameter.optional else text

    def set(self, value):
        self.widget.setText(value or "")


def editor(parameter: Parameter) -> Editor:
    """The widget of one settings field."""
    if parameter.choices and parameter.kind != "suggestion":
        return _Choice(parameter)
    if parameter.kind == "date":
        return _Date(parameter)
    if parameter.type is bool:
        return _Check(parameter)
    if parameter.type in (int, float):
        return _Number(parameter)
    return _Text(parameter)


def tooltip(parameter: Parameter) -> str:
    """Help with range and default, as rich text that wraps."""
    default = dict(parameter.choices).get(parameter.default) if parameter.choices else parameter.default
    shown = "" if default in (None, "") or isinstance(default, bool) else (
        f"<br><i>{tr('Default')}: {default:g}" if isinstance(default, float) else f"<br><i>{tr('Default')}: {default}")
    unit = f" {parameter.unit}" if shown and parameter.unit else ""
    return f"<b>{tr(parameter.label)}</b><br>{tr(parameter.help)}{shown}{unit}{'</i>' if shown else ''}"


def _decimals(parameter: Parameter) -> int:
    smallest = min(abs(v) for v in (parameter.minimum, parameter.default, 1.0) if v)
    decimals = 0
    while round(smallest, decimals) != smallest and decimals < 6:
        decimals += 1
    return max(decimals, 2 if (parameter.maximum or 0) <= 10 else 1)


def _step(parameter: Parameter) -> float:
    if parameter.maximum is not None and parameter.maximum <= 1.0:
        return 0.05
    if parameter.maximum is not None and parameter.maximum <= 10.0:
        return 0.1
    return 1.0


class SettingsForm(QWidget):
    """All fields of a settings class. Emits `changed` with valid settings only; says in words what is wrong."""
    changed = pyqtSignal(object)

    def __init__(self, kind: Type[Settings], omit: Sequence[str] = (), sections: Optional[Mapping[str, tuple]] = None,
                 parent=None):
        """omit: fields without a widget; they keep their value. sections: {field of nested settings: (title, name of
        the switch that turns it on)}."""
        super().__init__(parent)
        self.kind, self._value = kind, kind()
        self.editors: Dict[str, Editor] = {}
        self._sections: Dict[str, QWidget] = {}
        self._switches: Dict[str, str] = {}
        self._labels: Dict[str, QLabel] = {}
        self._layouts: Dict[str, QFormLayout] = {}
        self._hidden = set()
        self._filling = False
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setObjectName("problem")
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._build([p for p in kind.parameters() if p.name not in omit], sections or {})

    @property
    def value(self) -> Settings:
        return self._value

    def set(self, settings: Settings) -> None:
        """Show settings without saying that they changed."""
        if settings == self._value and self.problem.isHidden():
            return
        self._value = settings
        self._filling = True
        values = settings.as_parameters()
        for name, made in self.editors.items():
            if made.value() != values[name]:
                made.set(values[name])
        self._filling = False
        self.problem.hide()
        self._show_sections()

    def row(self, name: str) -> QWidget:
        """The widget of a parameter."""
        return self.editors[name].widget

    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide a field with its label."""
        if visible != (name not in self._hidden):
            self._hidden.symmetric_difference_update({name})
            self._lay_out(self._layouts[name])

    def _lay_out(self, form: QFormLayout) -> None:
        """Rows anew: hidden ones would leave gaps."""
        while form.rowCount():
            form.takeRow(0)
        for name, layout in self._layouts.items():
            if layout is not form:
                continue
            made, shown = self.editors[name], name not in self._hidden
            label = self._labels.get(name)
            for widget in filter(None, (made.widget, label)):
                widget.setVisible(shown)
            if shown and label is not None:
                form.addRow(label, made.widget)
            elif shown:
                form.addRow(made.widget)

    # inside

    def _build(self, parameters: Sequence[Parameter], sections: Mapping[str, tuple]) -> None:
        plain = [p for p in parameters if len(p.path) == 1 and not p.advanced]
        self._layout.addLayout(self._rows(plain))
        for section, (title, switch) in sections.items():
            mine = [p for p in parameters if p.path[0] == section and len(p.path) > 1]
            if mine:
                box = self._group(title, mine)
                self._sections[section], self._switches[section] = box, switch
        advanced = [p for p in parameters if p.advanced and len(p.path) == 1]
        if advanced:
            self._group(tr("Advanced"), advanced)
        self._layout.addWidget(self.problem)
        self._show_sections()

    def _group(self, title: str, parameters: Sequence[Parameter]) -> QWidget:
        box = QgsCollapsibleGroupBox(title)
        box.setSaveCollapsedState(False)
        box.setLayout(self._rows(parameters))
        box.setCollapsed(True)
        self._layout.addWidget(box)
        return box

    def _rows(self, parameters: Sequence[Parameter]) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(5)
        for parameter in parameters:
            made = editor(parameter)
            self.editors[parameter.name], self._layouts[parameter.name] = made, form
            made.set(parameter.default)
            made.changed.connect(self._edited)
            made.widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if isinstance(made, _Check):
                form.addRow(made.widget)
                continue
            label = QLabel(tr(parameter.label))
            label.setBuddy(made.widget)
            label.setToolTip(tooltip(parameter))
            self._labels[parameter.name] = label
            form.addRow(label, made.widget)
        return form

    def _edited(self, *_) -> None:
        if self._filling:
            return
        values = {name: made.value() for name, made in self.editors.items()}
        try:
            kept = {**self._value.as_parameters(), **values}
            settings = self.kind.from_parameters(kept)
        except SettingsError as error:
            self.problem.setText("⚠ " + str(error))
            self.problem.show()
            return
        self.problem.hide()
        self._show_sections()
        if settings != self._value:
            self._value = settings
            self.changed.emit(settings)

    def _show_sections(self) -> None:
        for section, box in self._sections.items():
            switch = self._switches[section]
            box.setVisible(not switch or bool(self.editors[switch].value()))


def with_values(settings: Settings, **values: Any) -> Settings:
    """Settings with other values, None if these contradict each other: for sliders, which pass such states."""
    try:
        return replace(settings, **values)
    except SettingsError:
        return None
