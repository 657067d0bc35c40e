"""The page Results: runs and how they go, what they left, how two of them differ."""
from typing import List, Sequence, Tuple

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import (QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QMenu, QPlainTextEdit, QProgressBar,
                                 QPushButton, QSplitter, QTabWidget, QToolButton, QTreeWidget, QTreeWidgetItem,
                                 QVBoxLayout, QWidget)

from ..words import tr
from .look import icon
from .records import DONE, FAILED, RUNNING, STOPPED, WAITING, RunRecord, StepRecord, duration

_STATES = {WAITING: ("waiting", "mIconStopwatch"), RUNNING: ("running", "mTaskRunning"), DONE: ("done", "mTaskComplete"),
           STOPPED: ("stopped", "mTaskOnHold"), FAILED: ("failed", "mTaskTerminated")}
_NUMBER = Qt.ItemDataRole.UserRole
_ICONS = {WAITING: "mTaskQueued", RUNNING: "mTaskRunning", DONE: "mTaskComplete", STOPPED: "mTaskOnHold",
          FAILED: "mTaskTerminated"}


class ResultsPage(QWidget):
    """Widgets of the page."""
    chosen = pyqtSignal(list, int)  # run numbers, step or -1
    cancelRequested = pyqtSignal(int)
    resumeRequested = pyqtSignal(int)
    againRequested = pyqtSignal(int)
    loadRequested = pyqtSignal(int)
    outputRequested = pyqtSignal(str)
    reportRequested = pyqtSignal(int)
    copyRequested = pyqtSignal(int)
    folderRequested = pyqtSignal(int)
    removeRequested = pyqtSignal(int)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._number = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        self.place = QLabel()
        self.place.setWordWrap(True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse
                                           | Qt.TextInteractionFlag.LinksAccessibleByKeyboard)
        layout.addWidget(self.place)
        self.empty = QLabel(f"<h3>{tr('No run yet')}</h3><p>" + tr(
            "A run matches the pairs, corrects and filters them, and solves the history of every pixel. Look at a "
            "preview on the page Matching first, then press Run.") + "</p>")
        self.empty.setWordWrap(True)
        layout.addWidget(self.empty)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._runs())
        self.splitter.addWidget(self._details())
        self.splitter.setSizes([200, 420])
        layout.addWidget(self.splitter, 1)

    def show_runs(self, runs: Sequence[RunRecord]) -> None:
        """Fill the list, newest first; the selection stays."""
        self.empty.setVisible(not runs)
        self.splitter.setVisible(bool(runs))
        shape = [(run.number, len(run.steps)) for run in reversed(runs)]
        now = [(self.tree.topLevelItem(i).data(0, _NUMBER)[0], self.tree.topLevelItem(i).childCount())
               for i in range(self.tree.topLevelItemCount())]
        if shape != now:
            self._refill(runs)
        for place, run in enumerate(reversed(runs)):
            item = self.tree.topLevelItem(place)
            self._fill(item, run.name, run.state, run.started[:16].replace("T", " "), run.seconds)
            for child, step in enumerate(run.steps):
                self._fill(item.child(child), tr(step.label), step.state, "", step.seconds)
                item.child(child).setToolTip(0, step.message or step.algorithm)

    def select(self, number: int) -> None:
        """Select one run."""
        for place in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(place)
            if item.data(0, _NUMBER)[0] == number:
                self.tree.setCurrentItem(item)
                item.setExpanded(True)

    def show_run(self, run: RunRecord, busy: bool) -> None:
        """Buttons and outputs of the selected run."""
        self._number = run.number
        going = run.state in (RUNNING, WAITING) and busy
        self.cancel.setVisible(going)
        self.resume.setVisible(not going and run.state in (STOPPED, FAILED, WAITING))
        self.load.setEnabled(bool(run.result("SERIES") or run.result("DISPLACEMENT") or run.result("OUTPUT")))
        self.load.setVisible(not going)
        failed = next((step for step in run.steps if step.state == FAILED), None)
        self.problem.setText("⚠ " + failed.message if failed else "")
        self.problem.setVisible(failed is not None)
        self._show_outputs(run)

    def show_progress(self, fraction: float, words: str) -> None:
        """How the present run goes; an empty text hides it."""
        self.bar.setVisible(bool(words))
        self.pace.setVisible(bool(words))
        self.bar.setValue(round(1000 * fraction))
        self.pace.setText(words)

    def show_log(self, text: str) -> None:
        if self.log.toPlainText() == text:
            return
        bar = self.log.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self.log.setPlainText(text)
        if at_end:
            bar.setValue(bar.maximum())

    def show_comparison(self, title: str, rows: Sequence[Tuple[str, str, str]], names: Tuple[str, str]) -> None:
        """How two runs differ."""
        self.compared.setHeaderLabels([title, *names])
        self.compared.clear()
        for row in rows:
            item = QTreeWidgetItem(list(row))
            for column, text in enumerate(row):
                item.setToolTip(column, text)
            self.compared.addTopLevelItem(item)
        header = self.compared.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.tabs.setCurrentWidget(self.compared)

    def numbers(self) -> List[int]:
        """Of the selected runs, in the order of their numbers."""
        return sorted({item.data(0, _NUMBER)[0] for item in self.tree.selectedItems()})

    # inside

    def _runs(self) -> QTreeWidget:
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Runs"))
        self.tree.setHeaderLabels([tr("Run"), tr("State"), tr("Time")])
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setToolTip(tr("Select two runs with Ctrl to compare them"))
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(lambda place: self._menu().popup(
            self.tree.viewport().mapToGlobal(place)))
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.itemSelectionChanged.connect(self._selected)
        return self.tree

    def _details(self) -> QWidget:
        self.bar, self.pace, self.problem = QProgressBar(), QLabel(), QLabel()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the run"))
        self.problem.setWordWrap(True)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pace.setWordWrap(True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.outputs = QTreeWidget()
        self.outputs.setHeaderLabels([tr("Output"), tr("File")])
        self.outputs.setRootIsDecorated(False)
        self.outputs.setAccessibleName(tr("Outputs"))
        self.outputs.setToolTip(tr("Double click adds an output to the map"))
        self.outputs.itemActivated.connect(lambda item, _: self.outputRequested.emit(item.data(0, _NUMBER)))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setAccessibleName(tr("Log"))
        self.compared = QTreeWidget()
        self.compared.setRootIsDecorated(False)
        self.compared.setAccessibleName(tr("Differences of two runs"))
        self.compared.setHeaderLabels([tr("Select two runs with Ctrl to compare them")])
        for widget, text in ((self.outputs, tr("Outputs")), (self.log, tr("Log")), (self.compared, tr("Compare"))):
            self.tabs.addTab(widget, text)
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 2, 0, 0)
        for widget in (self.bar, self.pace, self.problem):
            layout.addWidget(widget)
            widget.hide()
        layout.addLayout(self._buttons())
        layout.addWidget(self.tabs, 1)
        return box

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.cancel = self._button(tr("Cancel"), "mTaskCancel", self.cancelRequested)
        self.resume = self._button(tr("Resume"), "mActionStart", self.resumeRequested)
        self.resume.setToolTip(tr("Go on where it stopped: pairs that are done are not done again"))
        self.load = self._button(tr("Add to map"), "mActionAddRasterLayer", self.loadRequested)
        self.again = self._button(tr("Run again with…"), "mActionRefresh", self.againRequested)
        self.again.setToolTip(tr("Bring the settings of this run back to the pages, change some, and run again"))
        self.more = QToolButton()
        self.more.setText("…")
        self.more.setAccessibleName(tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu())
        for button in (self.cancel, self.resume, self.load, self.again):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.more)
        return row

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for text, name, signal in ((tr("Report"), "mActionFilePrint", self.reportRequested),
                                   (tr("Copy as Python"), "mActionEditCopy", self.copyRequested),
                                   (tr("Open the folder"), "mActionFileOpen", self.folderRequested),
                                   (tr("Take off the list"), "mActionDeleteSelected", self.removeRequested)):
            menu.addAction(icon(name), text, lambda s=signal: s.emit(self._number))
        return menu

    def _button(self, text: str, name: str, signal) -> QPushButton:
        button = QPushButton(icon(name), text)
        button.clicked.connect(lambda: signal.emit(self._number))
        return button

    def _refill(self, runs: Sequence[RunRecord]) -> None:
        kept = self.numbers()
        self.tree.blockSignals(True)
        self.tree.clear()
        for run in reversed(runs):
            item = QTreeWidgetItem()
            item.setData(0, _NUMBER, (run.number, -1))
            for index in range(len(run.steps)):
                child = QTreeWidgetItem(item)
                child.setData(0, _NUMBER, (run.number, index))
            self.tree.addTopLevelItem(item)
        self.tree.blockSignals(False)
        newest = runs[-1].number if runs else 0
        self.select(kept[0] if kept and any(run.number == kept[0] for run in runs) and len(runs) > 1
                    and kept[0] == newest else newest)

    @staticmethod
    def _fill(item: QTreeWidgetItem, name: str, state: str, when: str, seconds: float) -> None:
        item.setText(0, f"{name}   {when}".strip())
        item.setIcon(0, icon(_ICONS[state]))
        item.setText(1, tr(_STATES[state][0]))
        item.setText(2, duration(seconds) if seconds else "")
        item.setTextAlignment(2, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))

    def _show_outputs(self, run: RunRecord) -> None:
        rows = [(_label(step.algorithm, name), str(value)) for step in run.steps for name, value in step.results.items()
                if isinstance(value, str) and _shown(name, step)]
        now = [self.outputs.topLevelItem(i).data(0, _NUMBER) for i in range(self.outputs.topLevelItemCount())]
        if [row[1] for row in rows] == now:
            return
        self.outputs.clear()
        for label, path in rows:
            inside = path[len(run.folder):].lstrip("/\\") if path.startswith(run.folder) else path
            item = QTreeWidgetItem([label, inside])
            item.setData(0, _NUMBER, path)
            item.setToolTip(1, path)
            self.outputs.addTopLevelItem(item)
        self.outputs.resizeColumnToContents(0)

    def _selected(self) -> None:
        current = self.tree.currentItem()
        step = current.data(0, _NUMBER)[1] if current is not None else -1
        self.chosen.emit(self.numbers(), step)


def _label(algorithm_id: str, name: str) -> str:
    """What an algorithm calls one of its outputs."""
    algorithm = QgsApplication.processingRegistry().algorithmById(algorithm_id)
    output = algorithm.outputDefinition(name) if algorithm is not None else None
    return output.description() if output is not None else name.lower()


def _shown(name: str, step: StepRecord) -> bool:
    """Folders are shown by what is in them."""
    return not (name == "OUTPUT" and ("STACK" in step.results or "SERIES" in step.results))
