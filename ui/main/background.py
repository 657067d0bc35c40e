"""Short work for the interface in one background thread: quick looks, the network, previews.

Not QgsTask: its threads are as many as the processor has cores, and while algorithms run on all of them a preview
would wait for minutes.
"""
import itertools
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.core.errors import Cancelled, TerrainMotionError
from ...engine.core.progress import Progress


class _Request:
    """One piece of work; `stopped` is read from the thread."""

    def __init__(self, then, otherwise):
        self.then, self.otherwise, self.stopped = then, otherwise, False


class Background(QObject):
    """Runs functions one after the other; answers arrive on the thread that made this object."""
    _answered = pyqtSignal(int, str, object, str)  # request, kind, result, what went wrong

    def __init__(self, name: str, parent=None):
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"terrain-motion-{name}")
        self._numbers = itertools.count(1)
        self._waiting: Dict[int, _Request] = {}
        self._latest: Dict[str, int] = {}
        self._closed = False
        self._answered.connect(self._deliver)

    def ask(self, kind: str, function: Callable[..., Any], *arguments, then: Callable[[Any], None],
            otherwise: Optional[Callable[[str, str], None]] = None) -> None:
        """Call function(*arguments, progress). then(result), or otherwise(message, details), follows.

        A new request stops an older one of its kind, whose answer is dropped.
        """
        if self._closed:
            return
        self.stop(kind)
        number = next(self._numbers)
        request = self._waiting[number] = _Request(then, otherwise)
        self._latest[kind] = number
        self._worker.submit(self._work, number, kind, request, function, arguments)

    def stop(self, kind: str) -> None:
        """Forget the present request of a kind."""
        request = self._waiting.pop(self._latest.pop(kind, 0), None)
        if request is not None:
            request.stopped = True

    def busy(self, kind: str) -> bool:
        return kind in self._latest

    def close(self) -> None:
        """End the thread: what is at work leaves at its next question whether to stop."""
        if self._closed:
            return
        self._closed = True
        for request in self._waiting.values():
            request.stopped = True
        self._waiting.clear()
        self._worker.shutdown(wait=True)

    # in the background thread

    def _work(self, number: int, kind: str, request: _Request, function, arguments) -> None:
        if request.stopped:
            return
        result, problem = None, ""
        try:
            result = function(*arguments, Progress(None, lambda: request.stopped))
        except Cancelled:
            return
        except (TerrainMotionError, OSError, ImportError) as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001  # nobody sees a thread's exception otherwise
            problem = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        if not request.stopped:
            self._answered.emit(number, kind, result, problem)

    # back on the main thread

    def _deliver(self, number: int, kind: str, result: Any, problem: str) -> None:
        request = self._waiting.pop(number, None)
        if request is None or self._closed:
            return
        if self._latest.get(kind) == number:
            del self._latest[kind]
        if problem:
            if request.otherwise is not None:
                message, _, details = problem.partition("\n")
                request.otherwise(message, details)
            return
        request.then(result)
