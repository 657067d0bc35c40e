"""The frame of the main dock: header, the way through the pages, the pages. Shows; does not do."""
from typing import Dict

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QStackedWidget, QTabBar,
                                 QToolButton, QVBoxLayout, QWidget)

from ..words import tr
from .look import icon
from .standing import ADD, CLICK, MATCHING, PAIRS, PROGRESS, RESUME, RUN, TICK, WAIT, Standing
from .study import PAGES

_TITLES = {"scenes": "Scenes", "pairs": "Pairs", "matching": "Matching", "results": "Results"}
_STEPS = {ADD: ("Add scenes…", "mActionFileOpen"), TICK: ("Tick two scenes", ""),
          PAIRS: ("Next: Pairs", "mActionArrowRight"),
          MATCHING: ("Next: Matching", "mActionArrowRight"), RUN: ("Run {0} pairs", "mActionStart"),
          PROGRESS: ("Show the progress", "mActionArrowRight"), RESUME: ("Resume the run", "mActionStart"),
          WAIT: ("Running…", ""), CLICK: ("Click on the map", "mActionCapturePoint")}
_WIDTH = 400


class MainView(QWidget):
    """The content of the dock."""
    pageChosen = pyqtSignal(str)
    stepTaken = pyqtSignal(str)
    cancelRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self._step = ADD
        self.pages: Dict[str, QWidget] = {}
        self.setMinimumWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        self.tabs = QTabBar()
        self.tabs.setExpanding(True)
        self.tabs.setDrawBase(True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName(tr("Pages of the study"))
        for number, name in enumerate(PAGES, 1):
            self.tabs.addTab(f"{number} {tr(_TITLES[name])}")
        self.tabs.currentChanged.connect(self._turned)
        layout.addWidget(self.tabs)
        self.stack = QStackedWidget()
        layout.addWidget(self.stack, 1)

    def add_page(self, name: str, page: QWidget) -> None:
        """Pages are added left to right."""
        self.pages[name] = page
        self.stack.addWidget(page)

    @property
    def page(self) -> str:
        return PAGES[self.tabs.currentIndex()]

    def show_page(self, name: str) -> None:
        self.tabs.setCurrentIndex(PAGES.index(name))
        self.stack.setCurrentIndex(PAGES.index(name))

    def show_standing(self, standing: Standing, step: str) -> None:
        """Where the study stands, and the next step."""
        self._step = step
        text, symbol = _STEPS[step]
        one = step == RUN and standing.pairs == 1
        self.step.setText(tr("Run 1 pair") if one else tr(text).format(standing.pairs))
        self.step.setIcon(icon(symbol) if symbol else QIcon())
        self.step.setEnabled(step not in (TICK, WAIT))
        self.status.setText(_words(standing))
        for number, name in enumerate(PAGES):
            mark = "✓" if standing.marks()[name] else str(number + 1)
            self.tabs.setTabText(number, f"{mark} {tr(_TITLES[name])}")

    def show_activity(self, text: str, fraction: float) -> None:
        """Something short is at work (a catalogue, sample data); an empty text ends it."""
        self.activity.setVisible(bool(text))
        self.activity_text.setText(text)
        self.activity_bar.setRange(0, 0 if fraction <= 0 else 100)
        self.activity_bar.setValue(int(100 * fraction))

    # inside

    def _header(self) -> QWidget:
        header = QWidget()
        layout = QVBoxLayout(header)
        layout.setContentsMargins(8, 6, 8, 6)
        row = QHBoxLayout()
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setAccessibleName(tr("Where the study stands"))
        self.status.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.step = QPushButton()
        self.step.setObjectName("nextStep")
        self.step.setDefault(True)
        self.step.setMinimumHeight(30)
        font = self.step.font()
        font.setBold(True)
        self.step.setFont(font)
        self.step.clicked.connect(lambda: self.stepTaken.emit(self._step))
        row.addWidget(self.status, 1)
        row.addWidget(self.step, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(row)
        layout.addWidget(self._activity())
        return header

    def _activity(self) -> QWidget:
        self.activity = QWidget()
        row = QHBoxLayout(self.activity)
        row.setContentsMargins(0, 0, 0, 0)
        self.activity_text, self.activity_bar = QLabel(), QProgressBar()
        self.activity_bar.setMaximumHeight(14)
        self.activity_bar.setTextVisible(False)
        stop = QToolButton()
        stop.setIcon(icon("mTaskCancel"))
        stop.setToolTip(tr("Cancel"))
        stop.setAccessibleName(tr("Cancel"))
        stop.clicked.connect(lambda: self.cancelRequested.emit())
        row.addWidget(self.activity_text)
        row.addWidget(self.activity_bar, 1)
        row.addWidget(stop)
        self.activity.hide()
        return self.activity

    def _turned(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.pageChosen.emit(PAGES[number])


def _words(standing: Standing) -> str:
    """Where the study stands, in one line."""
    if not standing.scenes:
        return tr("A new study. Begin with scenes.")
    parts = [tr("<b>{0}</b> of {1} scenes").format(standing.used, standing.scenes)]
    if standing.problem:
        parts.append(tr("no pair yet"))
    elif standing.pairs:
        parts.append((tr("<b>1</b> pair") if standing.pairs == 1 else tr("<b>{0}</b> pairs").format(standing.pairs))
                     + (tr(" in {0} parts").format(standing.parts) if standing.parts > 1 else ""))
    if standing.running:
        parts.append(tr("<b>running</b>"))
    elif standing.done:
        parts.append(tr("<b>{0}</b> results").format(standing.done) if standing.done > 1 else tr("<b>1</b> result"))
    return " · ".join(parts)
