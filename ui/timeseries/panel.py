"""The side of the time-series dock: fitted model, pairs behind a point, stations. Shows a state, says what is wanted."""
from typing import List, Sequence

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (QAbstractItemView, QCheckBox, QComboBox, QHBoxLayout, QHeaderView, QLabel, QPushButton,
                                 QScrollArea, QTabWidget, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget)

from ...engine.inversion.settings import ModelSettings
from ..main.form import SettingsForm
from ..words import tr
from . import model, rows
from .curves import Curve, StationCurve

NONE, LINEAR, QUADRATIC, SEASONAL, STEP, CHANGE, CUSTOM = (
    "none", "linear", "quadratic", "seasonal", "step", "change", "custom")
PRESETS = {LINEAR: ModelSettings(select=False), QUADRATIC: ModelSettings(degree=2, select=False),
           SEASONAL: ModelSettings(seasonal=True, select=False), CHANGE: ModelSettings(change=True, select=False)}
MODEL, PAIRS, STATIONS = "model", "pairs", "stations"
TABS = (MODEL, PAIRS, STATIONS)


class SidePanel(QTabWidget):
    """Three tabs; emits what the user wants."""
    fitChosen = pyqtSignal(object)  # ModelSettings or None
    residualsToggled = pyqtSignal(bool)
    stepToggled = pyqtSignal(bool)
    pairsWanted = pyqtSignal(int)
    pairChosen = pyqtSignal(object)  # PairValue or None
    stackWanted = pyqtSignal()
    stationFileWanted = pyqtSignal()
    stationsCleared = pyqtSignal()
    tabChosen = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setMinimumWidth(250)
        self.setAccessibleName(tr("Model, pairs and stations"))
        self.model, self.pairs, self.stations = _ModelTab(self), _PairsTab(self), _StationsTab(self)
        for tab, title, tip in ((self.model, tr("Model"), tr("A course in time fitted to every curve")),
                                (self.pairs, tr("Pairs"), tr("The image pairs behind a point: why is it noisy?")),
                                (self.stations, tr("Stations"), tr("GNSS and other stations beside the curves"))):
            number = self.addTab(tab, title)
            self.setTabToolTip(number, tip)
        self.currentChanged.connect(lambda number: self.tabChosen.emit(TABS[number]))

    def show_state(self, state: model.State, curves: Sequence[Curve], stations: Sequence[StationCurve]) -> None:
        """Show only what can be seen: filling tables takes time."""
        self.blockSignals(True)
        if state.panel in TABS:
            self.setCurrentIndex(TABS.index(state.panel))
        self.blockSignals(False)
        if state.panel == MODEL:
            self.model.show_state(state, curves)
        elif state.panel == PAIRS:
            self.pairs.show_state(state)
        elif state.panel == STATIONS:
            self.stations.show_state(state, curves, stations)


class _ModelTab(QWidget):
    def __init__(self, panel: SidePanel):
        super().__init__(panel)
        self._panel, self._shown = panel, None
        self.choice = QComboBox()
        for code, text in ((NONE, tr("No model")), (LINEAR, tr("Linear: constant velocity")),
                           (QUADRATIC, tr("Acceleration")), (SEASONAL, tr("Linear and seasonal")),
                           (STEP, tr("Linear with steps")), (CHANGE, tr("Change of velocity")), (CUSTOM, tr("Custom"))):
            self.choice.addItem(text, code)
        self.choice.setAccessibleName(tr("Model"))
        self.choice.setToolTip(tr("What is fitted to every curve, weighted by its error bars"))
        self.choice.activated.connect(self._chosen)
        self.residuals = QCheckBox(tr("Residuals"))
        self.residuals.setToolTip(tr("Draw what the model leaves"))
        self.residuals.toggled.connect(panel.residualsToggled)
        self.step = QPushButton(tr("Pick step"))
        self.step.setCheckable(True)
        self.step.setToolTip(tr("The next click on the plot sets the day of a sudden displacement"))
        self.step.toggled.connect(panel.stepToggled)
        self.tree = _tree([tr("Parameter"), tr("Value"), tr("Unit")], tr("Fitted parameters"))
        self.form = SettingsForm(ModelSettings)
        self.form.changed.connect(panel.fitChosen)
        self.options = QgsCollapsibleGroupBox(tr("All options"))
        self.options.setSaveCollapsedState(False)
        self.options.setLayout(QVBoxLayout())
        self.options.layout().setContentsMargins(4, 2, 4, 2)
        self.options.layout().addWidget(self.form)
        self.options.setCollapsed(True)
        self._build()

    def _build(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.choice, 1)
        line.addWidget(self.step)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(line)
        column.addWidget(self.tree, 1)
        column.addWidget(self.residuals)
        column.addWidget(self.options)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _chosen(self, _) -> None:
        code = self.choice.currentData()
        if code == CUSTOM:
            self.options.setCollapsed(False)
            self._panel.fitChosen.emit(self.form.value)
        elif code == STEP:
            steps = self.form.value.steps
            self._panel.fitChosen.emit(ModelSettings(select=False, steps=steps))
            if not steps:
                self.step.setChecked(True)
        else:
            self._panel.fitChosen.emit(PRESETS.get(code))

    def show_state(self, state: model.State, curves: Sequence[Curve]) -> None:
        fit = state.fit
        code = NONE if fit is None else next((c for c, preset in PRESETS.items() if preset == fit), None)
        if code is None:
            code = STEP if fit.steps and fit == ModelSettings(select=False, steps=fit.steps) else CUSTOM
        if fit is not None and fit.steps == "" and self.choice.currentData() == STEP and code == LINEAR:
            code = STEP  # waits for its first day
        self.choice.setCurrentIndex(self.choice.findData(code))
        if fit is not None:
            self.form.set(fit)
        self.residuals.blockSignals(True)
        self.residuals.setChecked(state.residuals)
        self.residuals.blockSignals(False)
        for widget in (self.residuals, self.step):
            widget.setEnabled(fit is not None)
        self._fill(state, curves)

    def _fill(self, state: model.State, curves: Sequence[Curve]) -> None:
        self.tree.clear()
        for group in rows.of_models(state, curves, tr):
            top = QTreeWidgetItem([group.title])
            top.setFirstColumnSpanned(True)
            top.setForeground(0, QColor(group.colour))
            self.tree.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            for name, value, unit in group.rows:
                item = QTreeWidgetItem([name, value, unit])
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                top.addChild(item)
            top.setExpanded(True)
        _fit_columns(self.tree)


class _PairsTab(QWidget):
    def __init__(self, panel: SidePanel):
        super().__init__(panel)
        self._panel, self._pairs = panel, ()
        self.place = QComboBox()
        self.place.setAccessibleName(tr("Point"))
        self.read = QPushButton(tr("Why is it noisy?"))
        self.read.setToolTip(tr("Read every image pair at this point and compare it with the series"))
        self.read.clicked.connect(lambda _: panel.pairsWanted.emit(self.place.currentData()))
        self.stack = QPushButton(tr("Stack…"))
        self.stack.setToolTip(tr("Choose the stack.json that the series was made of"))
        self.stack.clicked.connect(lambda _: panel.stackWanted.emit())
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tree = _tree([tr("Pair"), tr("Days"), tr("Residual"), tr("Quality")], tr("Pairs, the worst first"))
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.currentItemChanged.connect(self._selected)
        head = QHBoxLayout()
        head.addWidget(self.place)
        head.addWidget(self.read, 1)
        head.addWidget(self.stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.tree, 1)

    def show_state(self, state: model.State) -> None:
        numbers = [point.number for point in state.points if point.history is not None and not point.area]
        if numbers != [self.place.itemData(i) for i in range(self.place.count())]:
            kept = self.place.currentData()
            self.place.clear()
            for number in numbers:
                self.place.addItem(str(number), number)
            self.place.setCurrentIndex(numbers.index(kept) if kept in numbers else len(numbers) - 1)
        self.read.setEnabled(bool(numbers and state.stack))
        if not state.stack:
            self.show_words(tr("The series does not say from which pairs it was made. Choose its stack."))
        elif not numbers:
            self.show_words(tr("Click on the map, then ask for the pairs of that point."))

    def show_words(self, text: str) -> None:
        self.tree.clear()
        self.words.setText(text)

    def show_evidence(self, state: model.State, evidence) -> None:
        """The pairs of a place, the worst first, and what they say in words."""
        self.words.setText(" ".join(evidence.sentences()))
        self.tree.clear()
        self._pairs = evidence.pairs
        bad = {id(pair) for pair in evidence.suspicious}
        for number, pair in enumerate(evidence.pairs):
            item = QTreeWidgetItem(rows.of_pair(pair, state, tr))
            item.setData(0, Qt.ItemDataRole.UserRole, number)
            item.setToolTip(0, rows.pair_tip(pair, state, tr))
            for column in (1, 2, 3):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if id(pair) in bad:
                item.setIcon(0, QgsApplication.getThemeIcon("/mIconWarning.svg"))
            self.tree.addTopLevelItem(item)
        _fit_columns(self.tree)

    def _selected(self, item, _) -> None:
        self._panel.pairChosen.emit(None if item is None else self._pairs[item.data(0, Qt.ItemDataRole.UserRole)])


class _StationsTab(QWidget):
    def __init__(self, panel: SidePanel):
        super().__init__(panel)
        add = QPushButton(tr("Add stations…"))
        add.setToolTip(tr("A CSV table or vector file with the columns date, east, north, up (or los), perhaps station, "
                          "sigma_east, lon and lat; or Nevada's tenv3"))
        add.clicked.connect(lambda _: panel.stationFileWanted.emit())
        self.clear = QPushButton(tr("Remove all"))
        self.clear.clicked.connect(lambda _: panel.stationsCleared.emit())
        self.words = QLabel(tr("Stations are drawn as dots, from zero on the first day of the series."))
        self.words.setWordWrap(True)
        self.tree = _tree([tr("Station"), tr("Compared with"), tr("Difference"), tr("Dates")], tr("Stations"))
        head = QHBoxLayout()
        head.addWidget(add, 1)
        head.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.tree, 1)

    def show_state(self, state: model.State, curves: Sequence[Curve], stations: Sequence[StationCurve]) -> None:
        self.clear.setEnabled(bool(state.stations))
        self.tree.clear()
        shown = {station.name: station for station in stations}
        for station in state.loaded:
            missing = "" if station.name in shown else tr("does not have this component")
            item = QTreeWidgetItem([station.name, missing, "", ""])
            self.tree.addTopLevelItem(item)
            if station.name in shown:
                item.setForeground(0, QColor(shown[station.name].colour))
                for texts in rows.of_station(state, curves, shown[station.name], tr):
                    item.addChild(QTreeWidgetItem(["", *texts]))
            item.setExpanded(True)
        _fit_columns(self.tree)


def _tree(titles: List[str], name: str) -> QTreeWidget:
    tree = QTreeWidget()
    tree.setHeaderLabels(titles)
    tree.setAccessibleName(name)
    tree.setAlternatingRowColors(True)
    tree.setIndentation(12)
    tree.setUniformRowHeights(True)
    tree.setMinimumHeight(56)
    tree.header().setStretchLastSection(False)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return tree


def _fit_columns(tree: QTreeWidget) -> None:
    for column in range(1, tree.columnCount()):
        tree.resizeColumnToContents(column)
