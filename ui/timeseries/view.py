"""Widgets of the time-series dock: show a state, and say what the user wants. No arithmetic here."""
from pathlib import Path
from typing import Dict, Sequence, Tuple

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (QAction, QActionGroup, QBoxLayout, QComboBox, QHBoxLayout, QLabel, QMenu, QSizePolicy,
                                 QSplitter, QToolBar, QToolButton, QToolTip, QVBoxLayout, QWidget)

from .. import units
from ..words import tr
from . import canvas, markers, model, plot
from .curves import curves, station_curves
from .panel import SidePanel

_ICON = QSize(18, 18)
_ICONS = Path(__file__).resolve().parents[1] / "icons"
_WIDE = 520  # px; below, the lists go under the buttons
_LOOKS = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class TimeSeriesView(QWidget):
    """The content of the dock."""
    seriesChosen = pyqtSignal(str)
    componentChosen = pyqtSignal(str)
    pickToggled = pyqtSignal(bool)
    polygonToggled = pyqtSignal(bool)
    referenceToggled = pyqtSignal(bool)
    referenceAreaToggled = pyqtSignal(bool)
    panelToggled = pyqtSignal(bool)
    unitChosen = pyqtSignal(str)
    dayPicked = pyqtSignal(object)
    hoverToggled = pyqtSignal(bool)
    errorsToggled = pyqtSignal(bool)
    gridToggled = pyqtSignal(bool)
    clearRequested = pyqtSignal()
    pictureRequested = pyqtSignal()
    tableRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.actions: Dict[str, QAction] = {}
        self.units: Dict[str, QAction] = {}
        self._mouse = None
        self._canvas = self._axes = self._drawn = None
        self._state, self._filled = model.State(), None
        self._series: Sequence[Tuple[str, str]] = ()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._draw)
        self._build()

    # what the controller calls

    def show_state(self, state: model.State) -> None:
        """Show points, component and choices."""
        self._state = state
        for name, checked in (("errors", state.errors), ("grid", state.grid)):
            self._check(name, checked)
        self._show_components(state)
        self._select(self.series, state.series)
        self.actions["clear"].setEnabled(bool(state.points or state.reference))
        for name in ("picture", "table"):
            self.actions[name].setEnabled(bool(state.points))
        for unit in (state.length, state.rate):
            self.units[unit].setChecked(True)
        texts = model.notes(state, tr)
        self.notes.setText("  ".join(texts))
        self.notes.setVisible(bool(texts))
        self._check("panel", bool(state.panel))
        self.panel.setVisible(bool(state.panel))
        drawn = curves(state, tr) if self._canvas is not None or state.panel else []
        stations = station_curves(state, drawn) if state.loaded else []
        self._draw(drawn, stations)
        if state.panel and self._filled != (model.drawn_of(state), state.panel, state.stack):
            self._filled = (model.drawn_of(state), state.panel, state.stack)
            self.panel.show_state(state, drawn, stations)

    def show_series(self, series: Sequence[Tuple[str, str]]) -> None:
        """Fill the list of series. series: (path, name)."""
        if list(series) == list(self._series):
            return
        self._series = list(series)
        self.series.blockSignals(True)
        self.series.clear()
        for path, name in series:
            self.series.addItem(name, path)
            self.series.setItemData(self.series.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
        self.series.blockSignals(False)
        self._select(self.series, self._state.series)
        self._draw()

    def show_tool(self, picking: bool, drawing: bool, referencing: bool, referencing_area: bool) -> None:
        """Which map tool is active."""
        self._check("pick", picking)
        self._check("polygon", drawing)
        self._check("reference", referencing)
        self._check("referenceArea", referencing_area)

    def show_stepping(self, active: bool) -> None:
        """Whether the next click on the plot sets a step."""
        if self._canvas is not None:
            self._canvas.setCursor(Qt.CursorShape.CrossCursor if active else Qt.CursorShape.ArrowCursor)

    def plot_ready(self) -> None:
        """Matplotlib is there: put the plot in the place of the waiting text."""
        if self._canvas is not None:
            return
        self._canvas, self._axes = canvas.new_canvas()
        self._canvas.setAccessibleName(tr("Time series"))
        self._canvas.setAccessibleDescription(tr("Curves of displacement over time; their values can be saved as a table"))
        self._mouse = canvas.PlotMouse(self._canvas, self._axes, self.dayPicked.emit, self._tell)
        self.split.replaceWidget(0, self._canvas)
        self.waiting.hide()
        self._canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._draw()

    def plot_failed(self, text: str) -> None:
        """Say why there is no plot. The table can still be saved."""
        self.waiting.setText(text)

    @property
    def plot_canvas(self):
        """Matplotlib's widget, None until it is loaded."""
        return self._canvas

    # inside

    def _tell(self, text: str) -> None:
        if text:
            QToolTip.showText(self.cursor().pos(), text, self._canvas)
        else:
            QToolTip.hideText()

    def changeEvent(self, event):
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._later.start()  # the labels get theirs after this widget

    def resizeEvent(self, event):
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        self._head.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _draw(self, drawn=None, stations=None) -> None:
        if self._canvas is None:
            return
        state = self._state
        wanted = (model.drawn_of(state), canvas.look_of(self.notes), self._hint())
        if wanted == self._drawn:
            return  # a new point without its history changes nothing on the plot
        self._drawn = wanted
        drawn = curves(state, tr) if drawn is None else drawn
        stations = station_curves(state, drawn) if stations is None else stations
        plot.draw_histories(self._axes, drawn, model.axis_label(state, tr), wanted[1], plot.options_of(
            state, stations, self._hint()))
        self._canvas.draw_idle()

    def _hint(self) -> str:
        if not self._series:
            return tr("No time series is loaded.\nTerrain Motion > Open series…")
        if self._state.points:
            return ""
        return tr("Click on the map.\nDrag a point to move it, right click to take it away.")

    def _build(self) -> None:
        self.series, self.component = QComboBox(), QComboBox()
        self.series.setAccessibleName(tr("Series"))
        self.component.setAccessibleName(tr("Component"))
        for box in (self.series, self.component):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(9)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMaximumWidth(260)
        self.series.activated.connect(lambda _: self.seriesChosen.emit(self.series.currentData() or ""))
        self.component.activated.connect(lambda _: self.componentChosen.emit(self.component.currentData() or ""))
        self.waiting = QLabel(tr("Loading the plot…"))
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.waiting.setWordWrap(True)
        self.waiting.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.waiting.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setVisible(False)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.series.setToolTip(tr("Time series of the project"))
        self.component.setToolTip(tr("Component of the displacement"))
        self.panel = SidePanel(self)
        self.panel.hide()
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.waiting)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([600, 370])
        choices = QHBoxLayout()
        choices.addWidget(self.series)
        choices.addWidget(self.component)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.addWidget(self._toolbar(), 1)
        head.addLayout(choices, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.addLayout(head)
        layout.addWidget(self.split, 1)
        layout.addWidget(self.notes)

    def _toolbar(self) -> QToolBar:
        bar = QToolBar()
        bar.setIconSize(_ICON)
        self._add(bar, "pick", "mActionCapturePoint", tr("Pick points"), tr(
            "Click on the map to see the history there; drag a point to move it, right click takes it away"),
            self.pickToggled)
        self._add(bar, "polygon", "mActionCapturePolygon", tr("Draw an area"), tr(
            "Click its corners, right click ends it: mean of its pixels and the spread between them"),
            self.polygonToggled)
        self._reference_button(bar)
        self._add(bar, "hover", "tracking", tr("Follow the mouse"),
                  tr("Show the history under the mouse while picking points"), self.hoverToggled)
        self._add(bar, "clear", "mActionDeleteSelected", tr("Clear"), tr("Take all points away"), self.clearRequested)
        bar.addSeparator()
        errors = self._add(bar, "errors", "", "±", tr("Error bars: 1 standard deviation"), self.errorsToggled)
        errors.setIconText("±")
        self._add(bar, "grid", "vector_grid", tr("Grid"), tr("Grid lines"), self.gridToggled)
        panel = self._add(bar, "panel", "", tr("Model, pairs, stations"), tr(
            "Fit a model, see the pairs behind a point, put stations beside it"), self.panelToggled)
        panel.setIcon(QIcon(str(_ICONS / "panel.svg")))
        bar.addSeparator()
        bar.addWidget(self._menu_button(_icon("mActionFileSave"), tr("Save"), tr("Save the plot or its values"),
                                        self._save_menu()))
        bar.addWidget(self._menu_button(_icon("mActionOptions"), tr("Units"), tr("Units of displacement and velocity"),
                                        self._unit_menu()))
        return bar

    def _reference_button(self, bar: QToolBar) -> None:
        """The point by a click, the area from the menu beside it."""
        reference = self._add(bar, "reference", "", tr("Reference point"), tr(
            "Click on the map: the motion there is taken away from all others. Drag R, or Ctrl and click, to move it; "
            "press again to end it"), self.referenceToggled)
        reference.setIcon(markers.icon(markers.REFERENCE_COLOUR, markers.REFERENCE_TEXT))
        area = QAction(_icon("mActionCapturePolygon"), tr("Reference area"), self)
        area.setCheckable(True)
        area.setToolTip(tr("Draw an area on the map: its mean motion is taken away from all others"))
        area.triggered.connect(self.referenceAreaToggled.emit)
        self.actions["referenceArea"] = area
        button = bar.widgetForAction(reference)
        menu = QMenu(self)
        menu.addAction(reference)
        menu.addAction(area)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def _save_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, text, signal in (("picture", tr("Plot as PNG, SVG or PDF…"), self.pictureRequested),
                                   ("table", tr("Values as CSV…"), self.tableRequested)):
            self.actions[name] = menu.addAction(text)
            self.actions[name].triggered.connect(lambda _=False, s=signal: s.emit())
        return menu

    def _unit_menu(self) -> QMenu:
        menu = QMenu(self)
        for title, names in ((tr("Displacement"), units.LENGTHS), (tr("Velocity"), units.RATES)):
            menu.addSection(title)
            group = QActionGroup(menu)
            for name in names:
                action = menu.addAction(name)
                action.setCheckable(True)
                action.triggered.connect(lambda _=False, n=name: self.unitChosen.emit(n))
                group.addAction(action)
                self.units[name] = action
        return menu

    @staticmethod
    def _menu_button(icon: QIcon, name: str, tip: str, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _add(self, bar: QToolBar, name: str, icon: str, text: str, tip: str, signal) -> QAction:
        action = QAction(text, self)
        if icon:
            action.setIcon(_icon(icon))
        action.setToolTip(f"<b>{text}</b><br>{tip}")
        if name == "clear":
            action.triggered.connect(lambda _: signal.emit())
        else:
            action.setCheckable(True)
            action.triggered.connect(signal.emit)
        bar.addAction(action)
        self.actions[name] = action
        return action

    def _check(self, name: str, checked: bool) -> None:
        self.actions[name].setChecked(checked)  # `triggered` is not emitted by this

    def _show_components(self, state: model.State) -> None:
        names = [self.component.itemData(i) for i in range(self.component.count())]
        if names != list(state.available):
            self.component.blockSignals(True)
            self.component.clear()
            for name in state.available:
                self.component.addItem(tr(model.COMPONENTS[name][0]), name)
            self.component.blockSignals(False)
        self._select(self.component, state.component)

    @staticmethod
    def _select(box: QComboBox, value: str) -> None:
        box.setCurrentIndex(box.findData(value))


def _icon(name: str) -> QIcon:
    return QgsApplication.getThemeIcon(f"/{name}.svg")
