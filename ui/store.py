"""The state of a dock, in one place."""
from dataclasses import replace
from typing import Any, Callable, List


class StateStore:
    """Holds a state (a frozen dataclass) and tells its listeners when it has changed."""

    def __init__(self, state: Any):
        self.state = state
        self._listeners: List[Callable[[Any], None]] = []

    def listen(self, listener: Callable[[Any], None]) -> None:
        self._listeners.append(listener)

    def update(self, **changes: Any) -> None:
        new = replace(self.state, **changes)
        if new == self.state:
            return
        self.state = new
        for listener in self._listeners:
            listener(new)
