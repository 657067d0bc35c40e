"""The page Matching: settings of matching, corrections, filters and inversion, and a live preview of them."""
import html
from typing import Sequence, Tuple

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (QCheckBox, QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton,
                                 QSizePolicy, QSplitter, QTabWidget, QToolButton, QVBoxLayout, QWidget)

from ...engine.correction.settings import CorrectSettings
from ...engine.filtering.settings import FilterSettings
from ...engine.inversion.settings import InvertSettings
from ...engine.matching.settings import CORRELATION, FLOW, PHASE, PairRunSettings
from ..words import tr
from .form import SettingsForm
from .look import icon
from .pairs_page import scroller
from .preview_view import PreviewPanel
from .rendering import KINDS

#: Fields that only one method reads.
_ONLY = {"REGULARISATION": (CORRELATION, PHASE), "RADIUS": (FLOW,), "LEVELS": (FLOW,), "RANK": (FLOW,),
         "ITERATIONS": (FLOW, PHASE), "WINDOW": (CORRELATION, PHASE), "RANGE": (CORRELATION, PHASE)}
KEPT, CLEANED = "kept", "cleaned"


class MatchingPage(QWidget):
    """Widgets of the page."""
    settingsChanged = pyqtSignal(str, object)  # stage, settings
    stepToggled = pyqtSignal(str, bool)  # "correct", "filter", "invert", "fuse"
    pairChosen = pyqtSignal(int)
    drawRequested = pyqtSignal()
    viewChanged = pyqtSignal()
    keepRequested = pyqtSignal()
    adviceTaken = pyqtSignal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.forms, self.steps = {}, {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._preview())
        splitter.addWidget(self._settings())
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([540, 180])
        layout.addWidget(splitter)

    def show_study(self, study) -> None:
        """Show settings without saying that they changed."""
        for stage, form in self.forms.items():
            form.set(getattr(study, stage))
        for name, box in self.steps.items():
            box.blockSignals(True)
            box.setChecked(getattr(study, name))
            box.blockSignals(False)
        for name, methods in _ONLY.items():
            self.forms["matching"].set_visible(name, study.matching.method in methods)
        for stage, name in (("correction", "correct"), ("filtering", "filter"), ("inversion", "invert")):
            self.forms[stage].setEnabled(getattr(study, name))

    def show_pairs(self, names: Sequence[str], chosen: int) -> None:
        """The pairs of the network."""
        self.pair.blockSignals(True)
        if [self.pair.itemText(i) for i in range(self.pair.count())] != list(names):
            self.pair.clear()
            self.pair.addItems(list(names))
        self.pair.setCurrentIndex(chosen)
        self.pair.blockSignals(False)

    def show_advice(self, advice: Sequence) -> None:
        """Sentences with a button that takes them."""
        while self._advice.count():
            item = self._advice.takeAt(0).widget()
            if item is not None:
                item.hide()
                item.deleteLater()
        for one in advice:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            words = QLabel(f"<b>{tr('Advice')}:</b> {html.escape(tr(one.text))}")
            words.setWordWrap(True)
            take = QToolButton()
            take.setText(tr("Take it"))
            take.setAccessibleName(tr("Take the advice"))
            take.clicked.connect(lambda _, a=one: self.adviceTaken.emit(a))
            line.addWidget(words, 1)
            line.addWidget(take)
            self._advice.addWidget(row)

    def show_status(self, text: str, busy: bool = False) -> None:
        self.status.setText(text)
        self.waiting.setVisible(busy)

    @property
    def kind(self) -> str:
        return self.what.currentData()

    @property
    def compare(self) -> str:
        return self.how.currentData()

    # inside

    def _preview(self) -> QWidget:
        self.pair, self.what, self.how = QComboBox(), QComboBox(), QComboBox()
        self.pair.setAccessibleName(tr("Pair of the preview"))
        self.pair.setToolTip(tr("Pair of the preview"))
        self.pair.activated.connect(self.pairChosen)
        for code, text in KINDS:
            self.what.addItem(tr(text), code)
        self.what.setAccessibleName(tr("What the preview shows"))
        self.how.addItem(tr("Two settings"), KEPT)
        self.how.addItem(tr("Before and after cleaning"), CLEANED)
        self.how.setAccessibleName(tr("What is compared"))
        self.how.setToolTip(tr("Compare two settings, or the match before and after corrections and filters"))
        for box in (self.pair, self.what, self.how):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for box in (self.what, self.how):
            box.currentIndexChanged.connect(lambda _: self.viewChanged.emit())
        self.draw = QPushButton(icon("mActionAddBasicRectangle"), tr("Preview here"))
        self.draw.setToolTip(tr("Drag a rectangle on the map: it is matched with the settings below, again with every "
                                "change"))
        self.draw.clicked.connect(lambda: self.drawRequested.emit())
        self.keep = QToolButton()
        self.keep.setText(tr("Keep as A"))
        self.keep.setToolTip(tr("Hold this result on the left, then change settings and compare"))
        self.keep.clicked.connect(lambda: self.keepRequested.emit())
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.draw)
        first.addWidget(self.pair, 1)
        for widget in (self.what, self.how, self.keep):
            second.addWidget(widget)
        self.left, self.right = PreviewPanel(tr("Preview A")), PreviewPanel(tr("Preview B"))
        sides = QHBoxLayout()
        sides.setSpacing(4)
        sides.addWidget(self.left)
        sides.addWidget(self.right)
        self.waiting = QProgressBar()
        self.waiting.setRange(0, 0)
        self.waiting.setMaximumHeight(4)
        self.waiting.setTextVisible(False)
        policy = self.waiting.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.waiting.setSizePolicy(policy)
        self.waiting.hide()
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._advice = QVBoxLayout()
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for row in (first, second):
            layout.addLayout(row)
        layout.addLayout(sides, 1)
        layout.addWidget(self.waiting)
        layout.addWidget(self.status)
        layout.addLayout(self._advice)
        return box

    def _settings(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._form("matching", PairRunSettings, {}), tr("Match"))
        tabs.addTab(self._form("correction", CorrectSettings, {
            "ramp": (tr("Ramp"), "DERAMP"), "stripes": (tr("Stripes"), "DESTRIPE"), "waves": (tr("Jitter"), "JITTER"),
            "stable": (tr("Stable ground"), "REFERENCE")}, ("correct", tr("Correct the displacements"))), tr("Correct"))
        tabs.addTab(self._form("filtering", FilterSettings, {
            "outlier": (tr("Outliers"), "OUTLIERS"), "topographic": (tr("Topography"), "TOPOGRAPHY"),
            "morphological": (tr("Patches"), "MORPHOLOGY")}, ("filter", tr("Filter the displacements"))), tr("Filter"))
        tabs.addTab(self._form("inversion", InvertSettings, {}, ("invert", tr("Solve a time series and the velocity")),
                               ("fuse", tr("Also the mean velocity of all pairs, with its coherence"))), tr("Time series"))
        return tabs

    def _form(self, stage: str, kind, sections, *switches: Tuple[str, str]) -> QWidget:
        form = SettingsForm(kind, sections=sections)
        form.changed.connect(lambda settings: self.settingsChanged.emit(stage, settings))
        self.forms[stage] = form
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(4, 6, 8, 4)
        for name, text in switches:
            box = QCheckBox(text)
            font = box.font()
            font.setBold(True)
            box.setFont(font)
            box.toggled.connect(lambda on, n=name: self.stepToggled.emit(n, on))
            self.steps[name] = box
            layout.addWidget(box)
        layout.addWidget(form)
        layout.addStretch(1)
        return scroller(inner)


