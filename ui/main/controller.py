"""The main dock at work: holds the study, brings the pages together, keeps the study in the project."""
from pathlib import Path
from typing import Any, Callable, Dict, Optional

from qgis.core import Qgis, QgsApplication, QgsCoordinateTransform, QgsCsException, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QObject, QTimer, Qt
from qgis.PyQt.QtWidgets import QFileDialog

from ...engine.core.errors import TerrainMotionError
from ..messages import TITLE, failed
from ..words import tr
from .background import Background
from .jobs import Job
from .matching_controller import MatchingController
from .matching_page import MatchingPage
from .pairs_controller import PairsController
from .pairs_page import PairsPage
from .results_controller import ResultsController
from .results_page import ResultsPage
from .scenes_controller import FOLDER_SETTING, ScenesController
from .scenes_page import ScenesPage
from .standing import ADD, CLICK, MATCHING, PAIRS, PROGRESS, RESUME, RUN, Standing, next_step
from .study import Store, Study, from_text, to_text
from .view import MainView

SCOPE, STUDY_KEY = "terrain_motion", "/study"
_TICK_MS = 250
_LONGEST, _SHOWN_S = 260, 8  # characters in the message bar; seconds that a message stays
_NAME = "terrain_motion_study"


class MainController(QObject):
    """What the pages share: `store`, `project`, `iface`, background threads. Call `close` before the view goes."""

    def __init__(self, iface, view: MainView, open_dock: Optional[Callable[[], None]] = None,
                 project: Optional[QgsProject] = None):
        super().__init__(view)
        self.iface, self.view, self._open_dock = iface, view, open_dock
        self.project = project or QgsProject.instance()
        self.store, self.closed, self.restoring = Store(), False, False
        self.live, self.pictures = Background("live", self), Background("pictures", self)
        self._job: Optional[Job] = None
        self._then = self._dialog = None
        self._pixels: Dict[str, int] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.scenes = ScenesController(self, ScenesPage())
        self.pairs = PairsController(self, PairsPage())
        self.matching = MatchingController(self, MatchingPage())
        self.results = ResultsController(self, ResultsPage())
        for name, part in (("scenes", self.scenes), ("pairs", self.pairs), ("matching", self.matching),
                           ("results", self.results)):
            view.add_page(name, part.page)
        self.store.listen(self._show)
        self._connections = [
            (self.scenes.changed, self._scenes_changed), (self.pairs.changed, self._network_changed),
            (self.matching.measured, self.pairs.again), (self.results.changed, self._show_standing),
            (view.pageChosen, lambda page: self.store.update(page=page)), (view.stepTaken, self.take_step),
            (view.cancelRequested, self.cancel), (self.project.writeProject, self.remember),
            (self.project.readProject, self.restore), (self.project.cleared, self.forget)]
        for signal, slot in self._connections:
            signal.connect(slot)
        self.restore()
        self._show(self.store.study)

    def close(self) -> None:
        """Leave nothing behind: runs, threads, map items, connections."""
        if self.closed:
            return
        self.closed = True
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._timer.stop()
        if self._job is not None:
            self._job.abandon()
        if self._dialog is not None:
            self._dialog.close()
        for part in (self.results, self.matching, self.pairs, self.scenes):
            part.close()
        self.live.close()
        self.pictures.close()

    # what the pages ask for

    def show_page(self, name: str) -> None:
        self.view.show_page(name)

    def warn(self, text: str, details: str = "") -> None:
        short = text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
        failed(self.iface, short, "\n\n".join(filter(None, (text if short != text else "", details))))

    def inform(self, text: str) -> None:
        self.iface.messageBar().pushMessage(tr(TITLE), text, Qgis.MessageLevel.Info, _SHOWN_S)

    def has(self, name: str) -> bool:
        """Whether the provider has an algorithm."""
        return QgsApplication.processingRegistry().algorithmById(f"terrainmotion:{name}") is not None

    def open_dialog(self, name: str, values: Optional[Dict[str, Any]] = None) -> None:
        """The form of an algorithm; its layers are found when they are loaded."""
        import processing
        self._dialog = processing.createAlgorithmDialog(f"terrainmotion:{name}", values or {})
        if self._dialog is None:
            self.warn(tr("The algorithm {0} is missing.").format(name))
            return
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.destroyed.connect(self._dialog_gone)
        self._dialog.show()

    def start(self, algorithm: str, parameters: Dict[str, Any], words: str, then: Callable[[Job], None]) -> None:
        """One short algorithm with its progress in the header."""
        if self._job is not None:
            self.warn(tr("Something is at work already. Wait for it, or cancel it."))
            return
        job = Job(algorithm, parameters, words)
        if not job.start():
            self.warn(job.problem)
            return
        self._job, self._then = job, then
        job.ended.connect(self._ended)
        self._timer.start()
        self._tick()

    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def zoom_to(self, layer) -> None:
        """Show the whole of a layer."""
        canvas = self.iface.mapCanvas()
        crs = self.project.crs() if self.project.crs().isValid() else canvas.mapSettings().destinationCrs()
        if not crs.isValid():
            crs = layer.crs()
        if canvas.mapSettings().destinationCrs() != crs:
            canvas.setDestinationCrs(crs)
        change = QgsCoordinateTransform(layer.crs(), crs, self.project)
        try:
            extent = change.transformBoundingBox(layer.extent())
        except QgsCsException:
            return
        extent.scale(1.05)
        canvas.setExtent(extent)
        canvas.refresh()

    def remember_truth(self, path: str) -> None:
        """Where the sample's true motion is, for a look at it later."""
        self.project.writeEntry(SCOPE, "/truth", self.project.writePath(path) if path else "")

    def study_folder(self, beside: str = "") -> Optional[Path]:
        """Where the study's files go; chosen once, beside the project or the scenes."""
        study = self.store.study
        if not study.folder:
            home = self.project.homePath() or (str(Path(beside).parent.parent) if beside else "") or \
                str(QgsSettings().value(FOLDER_SETTING, "")) or str(Path.home())
            self.store.update(folder=str(Path(home) / _NAME))
        folder = Path(self.store.study.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            self.store.update(folder="")
            self.warn(tr("Nothing can be written to {0} ({1}). Choose another folder on the page Results.").format(
                folder, error.strerror))
            return self.choose_folder()
        return folder

    def choose_folder(self, folder: str = "") -> Optional[Path]:
        """Ask where results go."""
        folder = folder or QFileDialog.getExistingDirectory(self.view, tr("Where results go"), self.store.study.folder)
        if not folder:
            return None
        self.store.update(folder=folder)
        return Path(folder)

    def new_file(self, stem: str, suffix: str, beside: str = "") -> Optional[Path]:
        """A free name in the study's folder."""
        folder = self.study_folder(str(Path(beside) / "x") if beside else "")
        if folder is None:
            return None
        names = (f"{stem}{'' if n == 1 else f'-{n}'}{suffix}" for n in range(1, 10000))
        return next(folder / name for name in names if not (folder / name).exists())

    def cost(self):
        """Expected cost of matching the present network; None while nothing is known of the scenes."""
        from ...engine.matching import estimate
        network = self.pairs.network
        if network is None:
            return None
        path = network.pairs[0].reference
        if path not in self._pixels:
            try:
                self._pixels[path] = estimate.largest(network.pairs[:1])
            except TerrainMotionError:
                self._pixels[path] = 0
        if not self._pixels[path]:
            return None
        return estimate.cost(len(network.pairs), self._pixels[path], self.store.study.matching,
                             self.matching.seconds_per_mpx)

    def take_step(self, step: str) -> None:
        """The button of the header."""
        runs = self.store.study.runs
        actions = {ADD: lambda: self._add(), PAIRS: lambda: self.show_page("pairs"),
                   MATCHING: lambda: self.show_page("matching"), RUN: self.results.run,
                   PROGRESS: lambda: self.show_page("results"),
                   RESUME: lambda: self.results.resume(runs[-1].number), CLICK: self._click}
        if step in actions:
            actions[step]()

    # the project

    def remember(self, *_) -> None:
        """Put the study into the project that is being saved."""
        study = self.store.study
        self.project.writeEntry(SCOPE, STUDY_KEY, to_text(study, self.project.writePath) if study != Study() else "")

    def restore(self, *_) -> None:
        """Take the study of the project that was opened."""
        text, _ = self.project.readEntry(SCOPE, STUDY_KEY, "")
        study = from_text(text, self.project.readPath)
        self.store.put(study)
        self.view.show_page(study.page)

    def forget(self) -> None:
        """The project was closed: a run that is at work stops; what is finished stays on disk and goes on later."""
        self.restoring = True
        try:
            if self._job is not None:
                self._job.abandon(wait=False)
                self._end_job()
            self.results.queue.abandon()
            self.matching.forget()
            self.store.put(Study())
            self.view.show_page("scenes")
        finally:
            self.restoring = False

    # inside

    def _show(self, study: Study) -> None:
        self.scenes.show(study)
        self.pairs.show(study)
        self.matching.show(study)
        self.results.show(study)
        if self.view.page != study.page:
            self.view.show_page(study.page)
        if study.page == "matching":
            self.matching.warm()
        self._show_standing()

    def _scenes_changed(self) -> None:
        self.pairs.show(self.store.study)
        self._show_standing()

    def _network_changed(self) -> None:
        network = self.pairs.network
        self.matching.show_pairs(network.pairs if network else [])
        self._show_standing()

    def _show_standing(self) -> None:
        if self.closed:
            return
        rows, network = self.scenes.page.table.rows, self.pairs.network
        standing = Standing(len(rows), sum(row.used for row in rows), self.pairs.count,
                            len(network.components) if network else 0, self.pairs.problem or "", self.store.study.runs)
        self.view.show_standing(standing, next_step(standing, self.view.page))

    def _add(self) -> None:
        self.show_page("scenes")
        self.scenes.add_folder()

    def _click(self) -> None:
        if self._open_dock is not None:
            self._open_dock()

    def _tick(self) -> None:
        if self._job is not None:
            self.view.show_activity(self._job.description, self._job.pace.fraction)

    def _ended(self, job: Job) -> None:
        then = self._then
        self._end_job()
        if job.successful:
            then(job)
        elif not job.cancelled:
            self.warn(job.problem, job.log)

    def _end_job(self) -> None:
        self._timer.stop()
        self._job = self._then = None
        self.view.show_activity("", 0.0)

    def _dialog_gone(self, *_) -> None:
        self._dialog = None
