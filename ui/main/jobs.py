"""One Processing algorithm at work in the background: progress, log, cancel, result. Also its place in the history."""
import time
from typing import Any, Dict

from qgis.core import (QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext, QgsProcessingFeedback,
                       QgsProject)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..words import tr
from .records import Pace

_LONGEST_WAIT_MS = 3000
_ALIVE = set()  # jobs whose thread still uses their context and feedback, whoever else has forgotten them


class _Feedback(QgsProcessingFeedback):
    """Keeps the latest step in words; the log is the base class's."""

    def __init__(self):
        super().__init__(False)
        self.step, self.infos = "", []

    def pushInfo(self, info):
        self.infos.append(info)
        super().pushInfo(info)

    def setProgressText(self, text):
        self.step = text
        super().setProgressText(text)


class Job(QObject):
    """A run of an algorithm. `ended(job)` comes once, on the main thread, unless the job was abandoned."""
    ended = pyqtSignal(object)

    def __init__(self, algorithm_id: str, parameters: Dict[str, Any], description: str = ""):
        super().__init__()
        self.algorithm_id, self.parameters = algorithm_id, dict(parameters)
        self.algorithm = QgsApplication.processingRegistry().algorithmById(algorithm_id)
        self.description = description or (self.algorithm.displayName() if self.algorithm else algorithm_id)
        self.running = self.successful = self.cancelled = False
        self.results: Dict[str, Any] = {}
        self.problem = ""
        self._begun = self._finished = 0.0
        self._context, self._feedback, self._task = QgsProcessingContext(), _Feedback(), None

    def start(self) -> bool:
        """Begin. False, with `problem` in words, where the parameters make no sense."""
        if self.algorithm is None:
            self.problem = tr("The algorithm {0} is missing. Is the plugin Processing switched on?").format(
                self.algorithm_id)
            return False
        self._context.setTransformContext(QgsProject.instance().transformContext())
        fine, words = self.algorithm.checkParameterValues(self.parameters, self._context)
        if not fine:
            self.problem = words
            return False
        self._task = QgsProcessingAlgRunnerTask(self.algorithm, self.parameters, self._context, self._feedback)
        self._task.setDescription(tr("Terrain Motion: {0}").format(self.description))
        self._task.executed.connect(self._done)
        self.running, self._begun = True, time.monotonic()
        _ALIVE.add(self)
        remember(self.python_command(), self.algorithm_id, self.parameters)
        QgsApplication.taskManager().addTask(self._task)
        return True

    def cancel(self) -> None:
        """Ask to stop; what is finished stays."""
        self.cancelled = True
        self._feedback.cancel()
        if self._task is not None and self.running:
            self._task.cancel()

    def abandon(self, wait: bool = True) -> None:
        """Stop, and tell nobody: the dock goes away. The thread leaves at its next tile."""
        if not self.running:
            return
        self.running = False
        self.cancel()
        self._task.cancel()
        if wait:
            self._task.waitForFinished(_LONGEST_WAIT_MS)

    @property
    def seconds(self) -> float:
        return (self._finished or time.monotonic()) - self._begun if self._begun else 0.0

    @property
    def pace(self) -> Pace:
        return Pace.of(self.seconds, self._feedback.progress() / 100.0, self._feedback.step)

    @property
    def step(self) -> str:
        return self._feedback.step

    @property
    def summary(self):
        """What the algorithm said of its result, line by line."""
        return list(self._feedback.infos)

    @property
    def log(self) -> str:
        return self._feedback.textLog()

    def python_command(self) -> str:
        """The call that does the same from the Python console."""
        return python_command(self.algorithm_id, self.parameters)

    def _done(self, successful: bool, results: Dict[str, Any]) -> None:
        _ALIVE.discard(self)
        self._finished = time.monotonic()
        if not self.running:
            return
        self.running = False
        self.cancelled = self.cancelled or self._feedback.isCanceled()
        self.successful = bool(successful) and bool(results) and not self.cancelled
        self.results = {name: value for name, value in dict(results).items()
                        if isinstance(value, (str, int, float, bool))}
        if not self.successful and not self.cancelled:
            lines = [line for line in self.log.splitlines() if line.strip()]
            self.problem = lines[-1] if lines else tr("The run ended without a message.")
        self.ended.emit(self)


def python_command(algorithm_id: str, parameters: Dict[str, Any]) -> str:
    """processing.run(…), as the toolbox would write it."""
    algorithm = QgsApplication.processingRegistry().algorithmById(algorithm_id)
    if algorithm is None:
        return ""
    return algorithm.asPythonCommand(dict(parameters), QgsProcessingContext())


def remember(command: str, algorithm_id: str, parameters: Dict[str, Any]) -> None:
    """Put a run into Processing's own history, from where it can be repeated and copied."""
    if not command:
        return
    try:
        from qgis.gui import QgsGui
        registry = QgsGui.historyProviderRegistry()
    except (ImportError, AttributeError):  # QGIS before 3.24
        from processing.core.ProcessingLog import ProcessingLog
        ProcessingLog.addToLog(command)
        return
    registry.addEntry("processing", {"python_command": command, "algorithm_id": algorithm_id,
                                     "parameters": dict(parameters)})
