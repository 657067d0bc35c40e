"""Menu entry "Try it with sample data": simulated scenes with known motion, made in the background."""
from pathlib import Path
from typing import Callable

from qgis.core import (QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext, QgsProcessingFeedback,
                       QgsProject)

from .words import tr

ALGORITHM = "terrainmotion:simulatescenes"
EXTRA = {}  # further parameters: the defaults are meant for this
_SCENARIO = "landslide"
_LONGEST_WAIT_MS = 3000
_ALIVE = set()  # runs whose thread still uses their context and feedback, whoever else has forgotten them


class SampleRun:
    """One run of the simulator as a task of QGIS. Keeps task, context and feedback alive until it is done.

    ready: called with the series.json of the true motion, on the main thread, when the scenes are loaded.
    """

    def __init__(self, folder, iface, ready: Callable[[str], None]):
        self._iface, self._ready, self.running = iface, ready, False
        self._folder = Path(folder)
        self._context, self._feedback = QgsProcessingContext(), QgsProcessingFeedback()
        algorithm = QgsApplication.processingRegistry().algorithmById(ALGORITHM)
        parameters = {"SCENARIO": _choice(algorithm, "SCENARIO", _SCENARIO), "OUTPUT": str(self._folder),
                      **EXTRA}
        self._task = QgsProcessingAlgRunnerTask(algorithm, parameters, self._context, self._feedback)
        self._task.setDescription(tr("Terrain Motion: sample data"))
        self._task.executed.connect(self._done)

    def start(self) -> None:
        self.running = True
        _ALIVE.add(self)
        QgsApplication.taskManager().addTask(self._task)
        self._iface.messageBar().pushInfo(tr("Terrain Motion"), tr(
            "Making sample scenes of a landslide. The progress is in the status bar."))

    def abandon(self) -> None:
        """Stop, and tell nobody: the plugin goes away. Waits for the thread, which leaves at the next tile."""
        if not self.running:
            return
        self.running = False
        self._feedback.cancel()
        self._task.cancel()
        self._task.waitForFinished(_LONGEST_WAIT_MS)

    def _done(self, successful: bool, results: dict) -> None:
        _ALIVE.discard(self)
        if not self.running:
            return
        self.running = False
        bar = self._iface.messageBar()
        if not successful or not results.get("TRUTH"):
            bar.pushWarning(tr("Terrain Motion"), tr("The sample data could not be made.") + " " + self._reason())
            return
        from .layers import load_scenes
        load_scenes(results["SCENES"], QgsProject.instance())
        self._ready(str(results["TRUTH"]))
        bar.pushSuccess(tr("Terrain Motion"), tr("Sample scenes and their true motion are loaded. Click on the map.")
                        + f" ({self._folder})")

    def _reason(self) -> str:
        lines = [line for line in self._feedback.textLog().splitlines() if line.strip()]
        return lines[-1] if lines else ""


def _choice(algorithm, name: str, wanted: str) -> int:
    """The number that a choice has in the form."""
    options = [option.lower() for option in algorithm.parameterDefinition(name).options()]
    return options.index(wanted)
