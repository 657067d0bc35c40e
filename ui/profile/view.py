"""Widgets of the profile dock: show a state, and say what the user wants. No arithmetic here."""
from typing import Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (QAction, QBoxLayout, QComboBox, QHBoxLayout, QLabel, QMenu, QScrollArea, QSizePolicy,
                                 QSplitter, QToolBar, QToolButton, QVBoxLayout, QWidget)

from ...engine.validation.swath_settings import ProfileSettings
from ..main.form import SettingsForm
from ..timeseries import canvas
from ..words import tr
from . import model, plot

_ICON = QSize(18, 18)
_WIDE = 620  # px; below, the lists go under the buttons
_BOTTOM_INCHES = 0.6  # room for the label of the horizontal axis
_LOOKS = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)


class ProfileView(QWidget):
    """The content of the dock."""
    drawToggled = pyqtSignal(bool)
    clearRequested = pyqtSignal()
    sourceChosen = pyqtSignal(str)
    componentChosen = pyqtSignal(str)
    shownChosen = pyqtSignal(str)
    settingsChanged = pyqtSignal(object)
    faultPicked = pyqtSignal(float)  # distance, m
    hovered = pyqtSignal(object)  # distance in m, None beyond the plot
    pictureRequested = pyqtSignal()
    tableRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self._state, self._drawn = model.State(), None
        self._canvas = self._axes = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._draw)
        self._build()

    # what the controller calls

    def show_state(self, state: model.State) -> None:
        """Show line, lists, settings and curves."""
        self._state = state
        _fill(self.source, [(name, path) for path, name in state.sources], state.source)
        _fill(self.component, [(tr(model.COMPONENTS.get(c, (c,))[0]), c) for c in state.components], state.component)
        shown = [(day.isoformat(), str(number)) for number, day in enumerate(state.dates)]
        if shown:
            shown = [(tr("Last date"), ""), (tr("All dates"), model.ALL), (tr("Offset over time"), model.OVER_TIME), *shown]
        _fill(self.shown, shown, state.shown)
        self.shown.setVisible(bool(shown))
        self.form.set(state.settings)
        for name in ("WHERE", "ZONE"):
            self.form.set_visible(name, state.settings.fault)
        for action in (self.picture, self.table):
            action.setEnabled(state.swath is not None)
        self.clear.setEnabled(bool(state.line))
        drawn = model.drawing(state)
        texts = [state.message, model.offset_text(state, drawn, tr) if drawn is not None and state.settings.fault else "",
                 tr("Choose Fit the offset of a fault to see it over time.") if state.shown == model.OVER_TIME
                 and not state.settings.fault else ""]
        self.notes.setText("\n".join(filter(None, texts)))
        self.notes.setVisible(any(texts))
        self._draw()

    def show_tool(self, active: bool) -> None:
        self.draw.setChecked(active)

    def plot_ready(self) -> None:
        """Matplotlib is there."""
        if self._canvas is not None:
            return
        self._canvas, self._axes = canvas.new_canvas(bottom=_BOTTOM_INCHES)
        self._canvas.setAccessibleName(tr("Profile"))
        self._canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._canvas.mpl_connect("button_press_event", self._pressed)
        self._canvas.mpl_connect("motion_notify_event", self._moved)
        self._canvas.mpl_connect("figure_leave_event", lambda _: self.hovered.emit(None))
        self.split.replaceWidget(0, self._canvas)
        self.waiting.hide()
        self._draw()

    def plot_failed(self, text: str) -> None:
        """Say why there is no plot."""
        self.waiting.setText(text)

    @property
    def plot_canvas(self):
        """Matplotlib's widget, None until it is loaded."""
        return self._canvas

    # inside

    def changeEvent(self, event):
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._later.start()

    def resizeEvent(self, event):
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        self._head.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _draw(self) -> None:
        if self._canvas is None:
            return
        wanted = (self._state, canvas.look_of(self.notes))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        plot.draw(self._axes, self._state, model.drawing(self._state), wanted[1], self._hint(), tr)
        self._canvas.draw_idle()

    def _hint(self) -> str:
        if not self._state.sources:
            return tr("No velocity map, displacement or series is loaded.\nTerrain Motion > Open series…")
        if self._state.line:
            return tr("Sampling…") if not self._state.message else ""
        return tr("Draw a line on the map: click its points, right click ends it.")

    def _distance(self, event) -> Optional[float]:
        if event.inaxes is not self._axes or self._state.swath is None or self._state.shown == model.OVER_TIME:
            return None
        distance = self._state.swath.distance * self._state.metres
        return event.xdata * model.distance_unit(distance)[0]

    def _pressed(self, event) -> None:
        distance = self._distance(event)
        if distance is not None and event.button == 1 and self._state.settings.fault:
            self.faultPicked.emit(distance)

    def _moved(self, event) -> None:
        self.hovered.emit(self._distance(event))

    def _build(self) -> None:
        self.source, self.component, self.shown = QComboBox(), QComboBox(), QComboBox()
        for box, name, signal in ((self.source, tr("Map or series"), self.sourceChosen),
                                  (self.component, tr("Component"), self.componentChosen),
                                  (self.shown, tr("Dates"), self.shownChosen)):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            box.setMaximumWidth(240)
            box.activated.connect(lambda _, b=box, s=signal: s.emit(b.currentData() or ""))
        self.waiting = QLabel(tr("Loading the plot…"))
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.waiting.setWordWrap(True)
        self.form = SettingsForm(ProfileSettings)
        self.form.changed.connect(self.settingsChanged)
        side = QScrollArea()
        side.setWidgetResizable(True)
        side.setFrameShape(QScrollArea.Shape.NoFrame)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.form)
        column.addStretch(1)
        side.setWidget(inside)
        side.setMinimumWidth(230)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.waiting)
        self.split.addWidget(side)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([640, 260])
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setVisible(False)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        choices = QHBoxLayout()
        for box in (self.source, self.component, self.shown):
            choices.addWidget(box, 1)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.addWidget(self._toolbar())
        self._head.addLayout(choices, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 4)
        layout.addLayout(self._head)
        layout.addWidget(self.split, 1)
        layout.addWidget(self.notes)

    def _toolbar(self) -> QToolBar:
        bar = QToolBar()
        bar.setIconSize(_ICON)
        self.draw = QAction(_icon("mActionAddPolyline"), tr("Draw a line"), self)
        self.draw.setCheckable(True)
        self.draw.setToolTip(f"<b>{tr('Draw a line')}</b><br>{tr('Click its points on the map, right click ends it')}")
        self.draw.triggered.connect(self.drawToggled.emit)
        self.clear = QAction(_icon("mActionDeleteSelected"), tr("Clear"), self)
        self.clear.setToolTip(tr("Take the line away"))
        self.clear.triggered.connect(lambda _: self.clearRequested.emit())
        bar.addAction(self.draw)
        bar.addAction(self.clear)
        menu = QMenu(self)
        self.picture = menu.addAction(tr("Plot as PNG, SVG or PDF…"))
        self.picture.triggered.connect(lambda _: self.pictureRequested.emit())
        self.table = menu.addAction(tr("Values as CSV…"))
        self.table.triggered.connect(lambda _: self.tableRequested.emit())
        save = QToolButton()
        save.setIcon(_icon("mActionFileSave"))
        save.setToolTip(tr("Save the plot or its values"))
        save.setAccessibleName(tr("Save"))
        save.setMenu(menu)
        save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        bar.addWidget(save)
        return bar


def _fill(box: QComboBox, items, current: str) -> None:
    """Texts and data into a list, only if they have changed."""
    if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != list(items):
        box.clear()
        for text, data in items:
            box.addItem(text, data)
    box.setCurrentIndex(box.findData(current))


def _icon(name: str):
    return QgsApplication.getThemeIcon(f"/{name}.svg")
