"""Widgets of the time-series dock: show a state, and say what the user wants. No arithmetic here."""
from typing import Dict, Sequence, Tuple

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (QAction, QBoxLayout, QComboBox, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolBar,
                                 QToolButton, QVBoxLayout, QWidget)

from ..words import tr
from . import canvas, markers, model, plot

_ICON = QSize(18, 18)
_WIDE = 520  # px; below, the lists go under the buttons
_LOOKS = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class TimeSeriesView(QWidget):
    """The content of the dock."""
    seriesChosen = pyqtSignal(str)
    componentChosen = pyqtSignal(str)
    pickToggled = pyqtSignal(bool)
    referenceToggled = pyqtSignal(bool)
    hoverToggled = pyqtSignal(bool)
    errorsToggled = pyqtSignal(bool)
    gridToggled = pyqtSignal(bool)
    clearRequested = pyqtSignal()
    pictureRequested = pyqtSignal()
    tableRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.actions: Dict[str, QAction] = {}
        self._canvas = self._axes = self._drawn = None
        self._state = model.State()
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
        texts = model.notes(state)
        self.notes.setText("\n".join(texts))
        self.notes.setVisible(bool(texts))
        self._draw()

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

    def show_tool(self, picking: bool, referencing: bool) -> None:
        """Which map tool is active."""
        self._check("pick", picking)
        self._check("reference", referencing)

    def plot_ready(self) -> None:
        """Matplotlib is there: put the plot in the place of the waiting text."""
        if self._canvas is not None:
            return
        self._canvas, self._axes = canvas.new_canvas()
        self._canvas.setAccessibleName(tr("Time series"))
        self.layout().replaceWidget(self.waiting, self._canvas)
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

    def changeEvent(self, event):
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._later.start()  # the labels get theirs after this widget

    def resizeEvent(self, event):
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        self._head.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _draw(self) -> None:
        if self._canvas is None:
            return
        state = self._state
        wanted = (model.drawn_of(state), canvas.look_of(self.notes), self._hint())
        if wanted == self._drawn:
            return  # a new point without its history changes nothing on the plot
        self._drawn = wanted
        plot.draw_histories(self._axes, model.curves(state), model.axis_label(state), wanted[1], state.errors,
                            state.grid, wanted[2])
        self._canvas.draw_idle()

    def _hint(self) -> str:
        if not self._series:
            return tr("No time series is loaded.\nTerrain Motion > Open series…")
        if self._state.points:
            return ""
        return tr("Click on the map.\nRight click on a point takes it away.")

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
        choices = QHBoxLayout()
        choices.addWidget(self.series)
        choices.addWidget(self.component)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.addWidget(self._toolbar(), 1)
        head.addLayout(choices, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.addLayout(head)
        layout.addWidget(self.waiting, 1)
        layout.addWidget(self.notes)

    def _toolbar(self) -> QToolBar:
        bar = QToolBar()
        bar.setIconSize(_ICON)
        self._add(bar, "pick", "mActionCapturePoint", tr("Pick points"),
                  tr("Click on the map to see the history there; right click on a point takes it away"),
                  self.pickToggled)
        reference = self._add(bar, "reference", "", tr("Reference point"), tr(
            "Click on the map: the motion there is taken away from all others. Press again to end it"),
            self.referenceToggled)
        reference.setIcon(markers.icon(markers.REFERENCE_COLOUR, markers.REFERENCE_TEXT))
        self._add(bar, "hover", "tracking", tr("Follow the mouse"),
                  tr("Show the history under the mouse while picking points"), self.hoverToggled)
        self._add(bar, "clear", "mActionDeleteSelected", tr("Clear"), tr("Take all points away"), self.clearRequested)
        bar.addSeparator()
        errors = self._add(bar, "errors", "", "±", tr("Error bars: 1 standard deviation"), self.errorsToggled)
        errors.setIconText("±")
        self._add(bar, "grid", "vector_grid", tr("Grid"), tr("Grid lines"), self.gridToggled)
        bar.addSeparator()
        menu = QMenu(self)
        for name, text, signal in (("picture", tr("Plot as PNG, SVG or PDF…"), self.pictureRequested),
                                   ("table", tr("Values as CSV…"), self.tableRequested)):
            self.actions[name] = menu.addAction(text)
            self.actions[name].triggered.connect(lambda _=False, s=signal: s.emit())
        save = QToolButton()
        save.setIcon(_icon("mActionFileSave"))
        save.setToolTip(tr("Save the plot or its values"))
        save.setAccessibleName(tr("Save"))
        save.setMenu(menu)
        save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        bar.addWidget(save)
        return bar

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
