"""What stands beside the curves: the pairs behind a point and stations, read in the background."""
from typing import Sequence

from qgis.PyQt.QtCore import QObject

from ..main.background import Background
from ..messages import failed
from ..words import tr
from . import model, saving
from .panel import SidePanel

_STATION_FILES = "*.csv *.txt *.tenv3 *.gpkg *.shp *.geojson"


class Beside(QObject):
    """Wires the panel's tabs of pairs and stations to the store."""

    def __init__(self, iface, panel: SidePanel, store: model.Store):
        super().__init__(panel)
        self._iface, self._panel, self._store = iface, panel, store
        self.background = Background("pairs", self)

    def connections(self):
        """(signal, slot) for the controller, which connects and disconnects."""
        panel, update = self._panel, self._store.update
        return [(panel.pairsWanted, self.read_pairs), (panel.pairChosen, self._show_pair),
                (panel.stackWanted, self.choose_stack), (panel.stationFileWanted, self.add_stations),
                (panel.stationsCleared, lambda: update(stations=(), loaded=()))]

    def close(self) -> None:
        """End the thread."""
        self.background.close()

    def read_pairs(self, number) -> None:
        """Ask for the pairs behind a point."""
        state = self._store.state
        point = next((p for p in state.points if p.number == number), None)
        if point is None or point.history is None or not state.stack:
            return
        from ...engine.validation.evidence import pairs_at
        tab = self._panel.pairs
        tab.show_words(tr("Reading the pairs…"))
        self.background.ask("pairs", pairs_at, self._store.state.stack, point.history, state.crs,
                            then=lambda found: tab.show_evidence(self._store.state, found),
                            otherwise=lambda message, _: tab.show_words(message))

    def choose_stack(self, path: str = "") -> None:
        """The stack behind a series that does not say it itself."""
        path = path or saving.ask_open(self._panel, tr("Choose the stack of the series"), "stack.json (*.json)")
        if path:
            self._store.update(stack=path)

    def add_stations(self, path: str = "") -> None:
        """Put the stations of a table beside the curves."""
        path = path or saving.ask_open(self._panel, tr("Choose a table of stations"), tr("Tables and vector files")
                                       + f" ({_STATION_FILES})")
        if path and path not in self._store.state.stations:
            self.load_stations((*self._store.state.stations, path))

    def load_stations(self, paths: Sequence[str]) -> None:
        """Read tables again, or one more."""
        from ...engine.io.histories.stations import read_stations

        def read(progress):
            found = []
            for path in paths:
                progress.check()
                found += read_stations(path)
            return tuple(found)
        self.background.ask("stations", read, otherwise=lambda text, details: failed(self._iface, text, details),
                            then=lambda loaded: self._store.update(stations=tuple(paths), loaded=loaded))

    def _show_pair(self, pair) -> None:
        self._store.update(pair=None if pair is None else (pair.reference, pair.secondary))
