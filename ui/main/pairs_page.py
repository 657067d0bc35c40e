"""The page Pairs: limits of the network, and the network itself, drawn as they move."""
from typing import Sequence

from qgis.gui import QgsRangeSlider
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy,
                                 QSplitter, QToolButton, QVBoxLayout, QWidget)

from ...engine.network.settings import PairNetworkSettings
from ..words import tr
from .form import SettingsForm, with_values
from .network_view import BaselinePlot, ChordPlot
from .study import CUSTOM

PRESET_LABELS = {"earthquake": "Earthquake", "ice": "Ice", "slide": "Landslide", CUSTOM: "Custom"}
_PRESET_TIPS = {"earthquake": "Scenes before the event with scenes after it: set the split date",
                "ice": "Baselines under 100 days: glaciers lose their texture", CUSTOM: "Your own limits",
                "slide": "Baselines of 500 to 1500 days: slow motion needs time to be seen"}
_PAUSE_MS = 60
_SLIDER_DAYS = 1500
_BY_HAND = ("DROP", "ADD")


class PairsPage(QWidget):
    """Widgets of the page."""
    settingsChanged = pyqtSignal(object)
    presetChosen = pyqtSignal(str)
    pairClicked = pyqtSignal(object, object)
    datesJoined = pyqtSignal(object, object)
    editsCleared = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._slid)
        self._build()

    def show_settings(self, settings: PairNetworkSettings, preset: str, span: int) -> None:
        """Show settings without saying that they changed. span: days between the first and the last scene."""
        self.form.set(settings)
        low, high = settings.limits
        most = max(span, high, 30) if settings.unit == "days" else max(20, high)
        self.slider.blockSignals(True)
        self.slider.setRangeLimits(1, min(most, max(_SLIDER_DAYS, high)))
        self.slider.setRange(low, high)
        self.slider.blockSignals(False)
        self._say_limits(low, high, settings.unit)
        for name, button in self.presets.items():
            button.setChecked(name == preset)
        self.edits.setVisible(bool(settings.drop or settings.add))
        self.edits.setText(tr("{0} dropped, {1} added by hand").format(len(settings.dropped), len(settings.added))
                           + "  ✕")
        self.split_hint.setVisible(preset == "earthquake" and not settings.split_date)

    def show_network(self, data, dropped: Sequence[tuple], headline: str, facts: Sequence[tuple], warning: str) -> None:
        """The network, or what is wrong with it in place of the plots (data None)."""
        for plot in (self.baselines, self.chords):
            plot.show_network(data, dropped, "" if plot is self.chords else warning)
        self.chords.setVisible(data is not None)
        self.headline.setText(headline)
        self.facts.setText(" · ".join(f"{name}&nbsp;<b>{value}</b>".replace(" ", "&nbsp;") for name, value in facts))
        self.warning.setText("⚠ " + warning)
        self.warning.setVisible(bool(warning) and data is not None)

    # inside

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        layout.addLayout(self._presets())
        self.headline = QLabel()
        self.headline.setWordWrap(True)
        self.headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.baselines, self.chords = BaselinePlot(tr("Baseline plot")), ChordPlot(tr("Chord diagram"))
        for plot in (self.baselines, self.chords):
            plot.clicked.connect(self.pairClicked)
            plot.joined.connect(self.datesJoined)
        plots = QSplitter(Qt.Orientation.Vertical)
        plots.setChildrenCollapsible(False)
        plots.addWidget(self.baselines)
        plots.addWidget(self.chords)
        plots.setSizes([220, 300])
        layout.addWidget(self.headline)
        layout.addLayout(self._limits())
        for widget in self._notes():
            layout.addWidget(widget)
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.setChildrenCollapsible(False)
        whole.addWidget(plots)
        whole.addWidget(self._settings())
        whole.setStretchFactor(0, 1)
        whole.setSizes([480, 170])
        layout.addWidget(whole, 1)

    def _presets(self) -> QHBoxLayout:
        row, group = QHBoxLayout(), QButtonGroup(self)
        row.setSpacing(2)
        self.presets = {}
        for name, text in PRESET_LABELS.items():
            button = QPushButton(tr(text))
            button.setCheckable(True)
            button.setToolTip(tr(_PRESET_TIPS[name]))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _, n=name: self.presetChosen.emit(n))
            group.addButton(button)
            row.addWidget(button)
            self.presets[name] = button
        return row

    def _limits(self) -> QVBoxLayout:
        self.limits = QLabel()
        self.slider = QgsRangeSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Minimum and maximum baseline"))
        self.slider.setToolTip(tr("Shortest and longest time between the scenes of a pair. Drag the ends, or both."))
        self.slider.setMinimumHeight(22)
        self.slider.rangeChanged.connect(self._sliding)
        self.edits = QToolButton()
        self.edits.setToolTip(tr("Take back all pairs that were dropped or added by hand"))
        self.edits.clicked.connect(self.editsCleared)
        first = QHBoxLayout()
        first.addWidget(self.limits, 1)
        first.addWidget(self.edits)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(first)
        column.addWidget(self.slider)
        return column

    def _notes(self):
        self.warning, self.split_hint, self.facts = QLabel(), QLabel(tr(
            "⚠ Set the split date to the day of the earthquake: only scenes on both sides of it are paired.")), QLabel()
        for label in (self.warning, self.split_hint, self.facts):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.warning.hide()
        return self.warning, self.split_hint, self.facts

    def _settings(self) -> QScrollArea:
        self.form = SettingsForm(PairNetworkSettings, omit=_BY_HAND)
        self.form.changed.connect(self.settingsChanged)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(2, 4, 8, 4)
        layout.addWidget(self.form)
        layout.addStretch(1)
        return scroller(inner)

    def _say_limits(self, low: int, high: int, unit: str) -> None:
        words = tr("days") if unit == "days" else tr("acquisitions")
        self.limits.setText(tr("Baselines of <b>{0}</b> to <b>{1}</b> {2}").format(low, high, words))

    def _sliding(self, low: int, high: int) -> None:
        self._say_limits(low, high, self.form.value.unit)
        self._pause.start()

    def _slid(self) -> None:
        settings = with_values(self.form.value, min_baseline=self.slider.lowerValue(),
                               max_baseline=self.slider.upperValue())
        if settings is not None:
            self.settingsChanged.emit(settings)


def scroller(inner: QWidget) -> QScrollArea:
    """A widget that scrolls up and down where there is too little room."""
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
