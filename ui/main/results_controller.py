"""The page Results at work: starts runs, follows them, brings their results to the map."""
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import List

from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices

from ...engine.core.errors import TerrainMotionError
from ..words import tr
from . import plan
from .jobs import python_command
from .queue import RunQueue
from .records import DONE, RUNNING, STOPPED, RunRecord, duration
from .results_page import ResultsPage
from .study import CUSTOM, differences, run_folder, settings_from_plain

_BREATH_MS = 15


class ResultsController(QObject):
    """Wires the page to the queue and the study."""
    changed = pyqtSignal()

    def __init__(self, hub, page: ResultsPage):
        super().__init__(page)
        self.hub, self.page = hub, page
        self.queue = RunQueue(self)
        self._chosen: List[int] = []
        self._step = -1
        self._connections = [
            (self.queue.changed, self._record_changed), (self.queue.ticked, self._tick),
            (self.queue.finished, self._finished), (page.chosen, self._choose), (page.cancelRequested, self.queue.cancel),
            (page.resumeRequested, self.resume), (page.againRequested, self.again), (page.loadRequested, self.load),
            (page.outputRequested, self.load_output), (page.reportRequested, self.report),
            (page.copyRequested, self.copy), (page.folderRequested, self._open_folder),
            (page.removeRequested, self.remove), (page.place.linkActivated, lambda _: self.hub.choose_folder())]
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self.queue.abandon()

    def show(self, study) -> None:
        self.page.show_runs(study.runs)
        shown = study.folder or tr("not chosen yet")
        self.page.place.setText(tr("Results go to {0}").format(f"<a href='#'>{shown}</a>"))
        self._show_chosen()

    # what the user wants

    def run(self) -> None:
        """Start the whole chain with the present settings."""
        study = self.hub.store.study
        scenes = self.hub.scenes.used()
        folder = self.hub.study_folder(scenes[0].path if scenes else "")
        if folder is None:
            return
        study = self.hub.store.study
        number = study.next_number()
        while Path(run_folder(study, number)).exists():  # of a study that was not saved
            number += 1
        home = Path(run_folder(study, number))
        try:
            from ...engine.io.tables import write_scenes
            home.mkdir(parents=True)
            write_scenes(home / plan.SCENES_FILE, scenes)
        except (OSError, TerrainMotionError) as error:
            self.hub.warn(tr("The run cannot begin: {0}").format(error))
            return
        record = plan.plan(study, number, str(home), datetime.now().isoformat(timespec="seconds"))
        self._start(record)

    def resume(self, number: int) -> None:
        """Go on with a run that was stopped or failed."""
        self._start(self.hub.store.study.run(number))

    def again(self, number: int) -> None:
        """Bring the settings of a run back to the pages."""
        record = self.hub.store.study.run(number)
        names = {step.algorithm.rsplit(":", 1)[-1] for step in record.steps}
        service = plan.EARTHQUAKE in names
        steps = {} if service else {"correct": "correctstack" in names, "filter": "filterstack" in names,
                                    "fuse": "fuse" in names, "invert": "invert" in names}
        self.hub.store.update(**settings_from_plain(record.settings or {}), **steps,
                              preset=plan.EARTHQUAKE if service else CUSTOM, page="matching")
        self.hub.inform(tr("The settings of {0} are back on the pages. Change some, then press Run.").format(record.name))

    def load(self, number: int) -> None:
        """Add the results of a run to the map."""
        record = self.hub.store.study.run(number)
        series, velocity = record.result("SERIES"), record.result("OUTPUT")
        if record.result("DISPLACEMENT"):
            self._load_next(iter([self._load_raster(record.result("DISPLACEMENT"), "displacement", record.name)]), True)
        elif series:
            from ..layers import load_series_slowly
            self._load_next(load_series_slowly(series, self.hub.project, record.name), True)
        else:
            self._load_next(iter([self._load_raster(velocity, "velocity", record.name)]), True)

    def _load_next(self, rest, first: bool) -> None:
        """Load one file, and the others when the window has had its turn."""
        if self.hub.closed:
            return
        try:
            layers = next(rest, None)
        except (TerrainMotionError, OSError, RuntimeError) as error:  # RuntimeError: the project was closed meanwhile
            self.hub.warn(str(error))
            return
        if layers is None:
            return
        if first and layers:
            self.hub.iface.setActiveLayer(layers[0])
            self.hub.zoom_to(layers[0])
        QTimer.singleShot(_BREATH_MS, lambda: self._load_next(rest, first and not layers))

    def load_output(self, path: str) -> None:
        """Add one output to the map, or open it where it is a page."""
        file = Path(path)
        if file.suffix.lower() in (".html", ".htm", ".png", ".csv"):
            QDesktopServices.openUrl(QUrl.fromLocalFile(path))
        elif file.name == "series.json":
            from ..layers import load_series
            load_series(path, self.hub.project)
        elif file.name == "stack.json":
            self._load_longest(path)
        elif file.suffix.lower() in (".gpkg", ".shp"):
            layer = QgsVectorLayer(path, file.stem, "ogr")
            if layer.isValid():
                self.hub.project.addMapLayer(layer)
        elif file.suffix.lower() == ".tif":
            self._load_raster(path, "velocity", file.parent.name)
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def report(self, number: int) -> None:
        """Write the page about a run and open it."""
        from ...engine.core.history import VERSION
        record = self.hub.store.study.run(number)
        try:
            page = record.result("REPORT") or plan.write_report(record, VERSION)
        except OSError as error:
            self.hub.warn(tr("The report cannot be written: {0}").format(error))
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(page))

    def copy(self, number: int) -> None:
        """The calls of a run as Python, to the clipboard."""
        record = self.hub.store.study.run(number)
        calls = [python_command(step.algorithm, dict(step.parameters)) for step in record.steps]
        QgsApplication.clipboard().setText("import processing\n\n" + "\n".join(filter(None, calls)) + "\n")
        self.hub.inform(tr("Calls on the clipboard: {0}.").format(len(calls)))

    def remove(self, number: int) -> None:
        """Take a run off the list; its files stay."""
        record = self.hub.store.study.run(number)
        if self.queue.busy and record.state == RUNNING:
            self.hub.warn(tr("This run is at work. Cancel it first."))
            return
        study = self.hub.store.study
        self.hub.store.put(replace(study, runs=tuple(run for run in study.runs if run.number != number)))
        self.hub.inform(tr("The files of {0} stay in {1}").format(record.name, record.folder))

    # inside

    def _start(self, record: RunRecord) -> None:
        self.queue.add(record)
        self._step = -1
        self.hub.show_page("results")
        self.page.select(record.number)
        self.page.tabs.setCurrentWidget(self.page.log)

    def _record_changed(self, record: RunRecord) -> None:
        self.hub.store.put(self.hub.store.study.with_run(record))
        self.changed.emit()

    def _finished(self, record: RunRecord) -> None:
        self.page.show_progress(0.0, "")
        self._show_chosen()
        self.changed.emit()
        if record.state == DONE:
            self._ask_facts(record)
            self.load(record.number)
            self.page.tabs.setCurrentWidget(self.page.outputs)
            self.hub.inform(tr("{0} is done after {1}. Click on the map to see the history of a place.").format(
                record.name, duration(record.seconds)))
        elif record.state != STOPPED:
            failed = next(step for step in record.steps if step.message)
            self.hub.warn(f"{tr(failed.label)}: {failed.message}", self.queue.log(record.number,
                                                                                  record.steps.index(failed)))

    def _ask_facts(self, record: RunRecord) -> None:
        """Numbers to compare runs by, in the background."""
        self.hub.live.ask(f"facts {record.number}", _facts, record.result("STACK"), record.result("SERIES"),
                          record.result("VELOCITY") or record.result("OUTPUT"),
                          then=lambda facts: self._keep_facts(record.number, facts))

    def _keep_facts(self, number: int, facts) -> None:
        study = self.hub.store.study
        if number in [run.number for run in study.runs]:
            self.hub.store.put(study.with_run(replace(study.run(number), facts=tuple(facts))))
        if number in self._chosen and len(self._chosen) == 2:
            self._compare(*(self.hub.store.study.run(chosen) for chosen in self._chosen))

    def _tick(self) -> None:
        record, job = self.queue.record, self.queue.job
        if record is None or job is None:
            return
        pace, words = job.pace, [job.description]
        if pace.count:
            words.append(tr("{0} of {1}").format(*pace.count))
        if pace.per_minute:
            words.append(tr("{0:.1f} per minute").format(pace.per_minute))
        if pace.remaining is not None:
            words.append(tr("{0} left in this step").format(duration(pace.remaining)))
        self.page.show_progress(self.queue.fraction(), f"<b>{record.name}</b>: " + " · ".join(words))
        self._show_log()

    def _choose(self, numbers: List[int], step: int) -> None:
        self._chosen, self._step = numbers, step
        self._show_chosen()
        if len(numbers) == 2:
            self._compare(*(self.hub.store.study.run(number) for number in numbers))

    def _show_chosen(self) -> None:
        if not self._chosen:
            return
        try:
            record = self.hub.store.study.run(self._chosen[-1])
        except KeyError:
            self._chosen = []
            return
        self.page.show_run(record, self.queue.busy)
        self._show_log()

    def _show_log(self) -> None:
        if not self._chosen:
            return
        try:
            record = self.hub.store.study.run(self._chosen[-1])
        except KeyError:
            return
        steps = range(len(record.steps)) if self._step < 0 else [self._step]
        parts = []
        for index in steps:
            step = record.steps[index]
            text = self.queue.log(record.number, index) or "\n".join(step.summary)
            if text or step.message:
                parts.append(f"── {tr(step.label)} ──\n{text.strip()}" + (f"\n{step.message}" if step.message else ""))
        self.page.show_log("\n\n".join(parts))

    def _compare(self, first: RunRecord, second: RunRecord) -> None:
        rows = list(differences(first.settings or {}, second.settings or {}))
        if not rows:
            rows = [(tr("The settings are the same"), "", "")]
        facts = [dict(record.facts) for record in (first, second)]
        rows += [(tr(name), facts[0].get(name, "–"), facts[1].get(name, "–")) for name in {**facts[0], **facts[1]}]
        times = [{step.algorithm: step for step in record.steps} for record in (first, second)]
        for algorithm, step in {**times[0], **times[1]}.items():
            rows.append((f"{tr(step.label)}: {tr('time')}",
                         *(duration(known[algorithm].seconds) if algorithm in known else "–" for known in times)))
        self.page.show_comparison(tr("What differs"), rows, (first.name, second.name))

    def _load_raster(self, path: str, kind: str, name: str) -> List[QgsRasterLayer]:
        from ...processing_provider import layers
        from ..layers import new_group
        return layers.load(path, kind, self.hub.project, new_group(self.hub.project, name)) if path else []

    def _load_longest(self, path: str) -> None:
        from ...engine.io.manifests import read_stack
        from ..layers import load_pair
        manifest, _ = read_stack(path)
        entry = max(manifest.pairs, key=lambda pair: abs((pair.secondary - pair.reference).days))
        load_pair(path, entry.file, self.hub.project)

    def _open_folder(self, number: int) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.hub.store.study.run(number).folder))


def _facts(stack: str, series: str, velocity: str, progress):
    """In the background: the result in a few numbers."""
    from ...engine.validation.summary import quality_of, summarise
    is_map = velocity.lower().endswith((".tif", ".tiff"))
    return summarise(stack, velocity if is_map else "", quality_of(series) if series else "", progress)
