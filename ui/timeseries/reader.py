"""Reads histories in one background thread, which alone holds the open files.

Not QgsTask: its threads are as many as the processors have cores, and while algorithms run on all of them a click
would wait for minutes.
"""
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Callable

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.core.errors import TerrainMotionError
from . import canvas

OUTSIDE = "outside the series"
_SHORT_S = 0.012  # reads that take longer show their values before the error bars are read


class HistoryReader(QObject):
    """Answers come as signals on the thread that made this object, with the number of the request."""
    opened = pyqtSignal(int, object)  # request, About
    refused = pyqtSignal(int, str)  # request, what is wrong with the series
    answered = pyqtSignal(int, int, object, str)  # request, point's number, History or None, why it is None
    measured = pyqtSignal(int, int, object, str)  # request, number, Area or None, why it is None
    plotReady = pyqtSignal()
    plotFailed = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="terrain-motion-histories")
        self._series = None
        self._closed = False
        self._wanted = {}  # number -> the last question about it

    def load_plot(self) -> None:
        """Import Matplotlib; `plotReady` or `plotFailed` follows."""
        self._submit(self._load_plot)

    def open(self, request: int, path: str) -> None:
        """Take another series; `opened` or `refused` follows. An empty path closes the present one."""
        self._submit(self._open_series, request, path)

    def read(self, request: int, number: int, x: float, y: float, reach: float = 0.0) -> None:
        """Read the history at a position in the series' coordinate system; `answered` follows.

        Twice where the error bars take long: first without, then with them. A newer question for the same number
        goes before an older one that waits.
        """
        self._wanted[number] = (request, x, y)
        self._submit(self._read, request, number, x, y, reach)

    def read_area(self, request: int, number: int, polygon: bytes) -> None:
        """Read mean and spread inside a polygon (WKB, series' coordinate system); `measured` follows."""
        self._submit(self._read_area, request, number, polygon)

    def close(self) -> None:
        """Close the files and end the thread. What is being read is waited for: one small read at most."""
        if self._closed:
            return
        self._submit(self._close_series)
        self._closed = True
        self._worker.shutdown(wait=True)

    def _submit(self, work: Callable, *arguments) -> None:
        if not self._closed:
            self._worker.submit(work, *arguments).add_done_callback(_tell)

    # in the background thread

    def _load_plot(self) -> None:
        try:
            canvas.import_matplotlib()
        except TerrainMotionError as error:
            self.plotFailed.emit(str(error))
        else:
            self.plotReady.emit()

    def _open_series(self, request: int, path: str) -> None:
        from ...engine.io.histories.source import open_histories
        self._close_series()
        if not path:
            return
        try:
            self._series = open_histories(path)
        except (TerrainMotionError, OSError) as error:
            self.refused.emit(request, str(error))
        else:
            self.opened.emit(request, self._series.about)

    def _read(self, request: int, number: int, x: float, y: float, reach: float) -> None:
        if self._series is None or self._wanted.get(number) != (request, x, y):
            return
        start = time.monotonic()
        try:
            history = self._series.history(x, y, reach, sigmas=False)
            if history is not None and time.monotonic() - start > _SHORT_S:
                self._tell(request, number, _without_errors(history))
            if history is not None:
                history = self._series.with_sigmas(history)
        except (TerrainMotionError, OSError) as error:
            self.answered.emit(request, number, None, str(error))
            return
        self._tell(request, number, history)

    def _tell(self, request: int, number: int, history) -> None:
        self.answered.emit(request, number, history, OUTSIDE if history is None else history.why_missing)

    def _read_area(self, request: int, number: int, polygon: bytes) -> None:
        if self._series is None:
            return
        try:
            area = self._series.area(polygon)
        except (TerrainMotionError, OSError) as error:
            self.measured.emit(request, number, None, str(error))
            return
        note = OUTSIDE if area.history is None else area.history.why_missing
        self.measured.emit(request, number, area, note)

    def _close_series(self) -> None:
        if self._series is not None:
            self._series.close()
            self._series = None


def _without_errors(history):
    """A history whose sigmas are not read yet: its RMSE must not stand for them on the plot."""
    return replace(history, quality={name: value for name, value in history.quality.items() if "rmse" not in name})


def _tell(done: Future) -> None:
    """An error nobody expected goes to the message log instead of vanishing with the thread's result."""
    if done.exception() is not None:
        QgsMessageLog.logMessage(f"Reading a time series failed: {done.exception()!r}", "Terrain Motion",
                                 Qgis.MessageLevel.Critical)
