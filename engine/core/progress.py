"""Progress of a stage: a fraction, a message, and the question whether to stop."""
from typing import Callable, Optional

from .errors import Cancelled


class Progress:
    """Reports how far a stage is and raises `Cancelled` once the user asks to stop.

    report: called with (fraction 0..1, message), from any thread. cancelled: returns True to stop.
    `part` makes the progress of a sub-step, so that a stage never knows where in a workflow it runs.
    """

    def __init__(self, report: Optional[Callable[[float, str], None]] = None,
                 cancelled: Optional[Callable[[], bool]] = None, start: float = 0.0, span: float = 1.0):
        self._report, self._cancelled = report, cancelled
        self._start, self._span = start, span

    def report(self, fraction: float, message: str = "") -> None:
        """Tell the fraction done of this part; also the place where a run notices that it was cancelled."""
        self.check()
        if self._report is not None:
            self._report(self._start + self._span * min(max(fraction, 0.0), 1.0), message)

    def check(self) -> None:
        """Raise `Cancelled` if the user asked to stop."""
        if self.stopped:
            raise Cancelled()

    @property
    def stopped(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    def part(self, start: float, stop: float) -> "Progress":
        """The progress of the share start..stop (0..1) of this one."""
        return Progress(self._report, self._cancelled,
                        self._start + self._span * start, self._span * (stop - start))
