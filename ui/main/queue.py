"""Runs one after the other: each step is a Processing algorithm in the background; a stopped run can go on."""
from dataclasses import replace
from typing import List, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..words import tr
from .jobs import Job
from .records import DONE, FAILED, RUNNING, STOPPED, WAITING, RunRecord

_TICK_MS = 250
_SUMMARY_LINES = 14


class RunQueue(QObject):
    """Emits `changed` with the record whenever a step begins or ends, `ticked` while one is at work, `finished` once a
    run has ended in any way."""
    changed = pyqtSignal(object)
    ticked = pyqtSignal()
    finished = pyqtSignal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._waiting: List[RunRecord] = []
        self.record: Optional[RunRecord] = None
        self.job: Optional[Job] = None
        self.logs = {}  # (run number, step) -> text
        self._index = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.ticked)

    @property
    def busy(self) -> bool:
        return self.record is not None

    def add(self, record: RunRecord) -> None:
        """Start a run, or go on with one: steps that are done stay done. Behind others it waits."""
        steps = tuple(step if step.state == DONE else replace(step, state=WAITING, message="") for step in record.steps)
        record = replace(record, steps=steps)
        self._waiting.append(record)
        self.changed.emit(record)
        if not self.busy:
            self._next_run()

    def cancel(self, number: int) -> None:
        """Stop a run, or take it out of the queue."""
        if self.record is not None and self.record.number == number and self.job is not None:
            self.job.cancel()
            return
        for record in [r for r in self._waiting if r.number == number]:
            self._waiting.remove(record)
            index = record.first_unfinished()
            self.changed.emit(record.with_step(index, state=STOPPED))

    def abandon(self) -> None:
        """Stop everything and tell nobody."""
        self._waiting.clear()
        self._timer.stop()
        if self.job is not None:
            self.job.ended.disconnect(self._ended)
            self.job.abandon()
        self.record = self.job = None

    def fraction(self) -> float:
        """Of the present run, by steps; matching is most of the work and counts for most."""
        if self.record is None:
            return 0.0
        weights = [_weight(step.algorithm) for step in self.record.steps]
        done = sum(w for w, step in zip(weights, self.record.steps) if step.state == DONE)
        if self.job is not None:
            done += weights[self._index] * self.job.pace.fraction
        return done / sum(weights)

    def log(self, number: int, index: int) -> str:
        """The log of a step that ran in this session."""
        if self.record is not None and self.record.number == number and index == self._index and self.job is not None:
            return self.job.log
        return self.logs.get((number, index), "")

    # inside

    def _next_run(self) -> None:
        self.record = self._waiting.pop(0) if self._waiting else None
        if self.record is not None:
            self._timer.start()
            self._next_step()
        else:
            self._timer.stop()

    def _next_step(self) -> None:
        index = self.record.first_unfinished()
        if index is None:
            self._end()
            return
        self._index = index
        step = self.record.steps[index]
        job = Job(step.algorithm, dict(step.parameters), tr(step.label))
        if not job.start():
            self._put(state=FAILED, message=job.problem)
            self._end()
            return
        self.job = job
        job.ended.connect(self._ended)
        self._put(state=RUNNING)

    def _ended(self, job: Job) -> None:
        self.logs[(self.record.number, self._index)] = job.log
        self.job = None
        seconds = round(self.record.steps[self._index].seconds + job.seconds, 1)
        if job.successful:
            self._put(state=DONE, results=job.results, seconds=seconds, summary=tuple(job.summary[-_SUMMARY_LINES:]))
            self._next_step()
            return
        state = STOPPED if job.cancelled else FAILED
        self._put(state=state, seconds=seconds, message="" if job.cancelled else job.problem)
        self._end()

    def _put(self, **changes) -> None:
        self.record = self.record.with_step(self._index, **changes)
        self.changed.emit(self.record)

    def _end(self) -> None:
        record, self.record = self.record, None
        self.finished.emit(record)
        self._next_run()


def _weight(algorithm: str) -> float:
    return {"matchpairs": 8.0, "pairnetwork": 0.3, "invert": 2.0, "prepare": 2.0}.get(algorithm.rsplit(":", 1)[-1], 1.0)
