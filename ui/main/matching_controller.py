"""The page Matching at work: a rectangle on the map is matched in the background with every change of the settings."""
from dataclasses import replace
from typing import List, Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsGeometry
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...engine.core.errors import SettingsError
from ...engine.core.pair import Pair
from ..words import tr
from . import rendering
from .area import AreaOnMap
from .matching_page import CLEANED, MatchingPage
from .preview_view import PreviewOnMap

_PAUSE_MS = 200
_DEGREES = "EPSG:4326"
_COLOUR = "#D55E00"


class MatchingController(QObject):
    """Wires the page to study, map and network. `measured` says that a preview has shown how fast this machine is."""
    measured = pyqtSignal()

    def __init__(self, hub, page: MatchingPage):
        super().__init__(page)
        self.hub, self.page = hub, page
        self.seconds_per_mpx = 0.0
        self.shown: Optional[rendering.Shown] = None
        self._matched = self._kept = self._kept_words = None  # the preview before cleaning; that on the left
        self._made_with = None
        self._pairs: List[Pair] = []
        self._chosen, self._warm = "", False
        canvas = hub.iface.mapCanvas()
        self.canvas = canvas
        self.area = AreaOnMap(canvas, hub.project, _COLOUR)
        self.item = PreviewOnMap(canvas)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._connections = [
            (page.settingsChanged, lambda stage, settings: hub.store.update(**{stage: settings})),
            (page.stepToggled, lambda name, on: hub.store.update(**{name: on})), (page.pairChosen, self._pair_chosen),
            (page.drawRequested, self.area.draw), (page.viewChanged, self._later), (page.keepRequested, self.keep),
            (page.adviceTaken, self.take), (self.area.drawn, self.show_rectangle),
            (canvas.destinationCrsChanged, self._place)]
        for signal, slot in self._connections:
            signal.connect(slot)
        self._say()

    def close(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._pause.stop()
        self.area.close()
        self.item.remove()

    def forget(self) -> None:
        """Another project."""
        self.hub.live.stop("preview")
        self.shown = self._matched = self._kept = self._made_with = None
        self.area.show("")
        self.item.show_picture(None, None, None)
        self._say()

    # the study

    def show(self, study) -> None:
        self.page.show_study(study)
        if self.area.wkt:
            self._later()

    def show_pairs(self, pairs: List[Pair]) -> None:
        """The network changed. Without a choice: the pair of middling length."""
        self._pairs = list(pairs)
        names = [f"{p.reference_date} – {p.secondary_date}  ({p.days:+d} {tr('days')})" for p in self._pairs]
        known = [p.name for p in self._pairs]
        if self._chosen not in known and known:
            self._chosen = sorted(self._pairs, key=lambda p: abs(p.days))[len(known) // 3].name
        self.page.show_pairs(names, known.index(self._chosen) if self._chosen in known else -1)
        if self.area.wkt:
            self._later()

    def warm(self) -> None:
        """Compile and load what a preview needs, before the first one is wanted."""
        if not self._warm and not self.hub.live.busy("preview"):
            self._warm = True
            self.hub.live.ask("warm", rendering.warm, self.hub.store.study.matching, then=lambda _: None)

    # what the user wants

    def show_rectangle(self, wkt: str) -> None:
        """Match the rectangle (WKT, longitude and latitude)."""
        self.area.show(wkt)
        self._later()

    def keep(self) -> None:
        """Hold the present result on the left."""
        self._kept, self._kept_words = self._matched, self._words()
        self._later()

    def take(self, advice) -> None:
        """Change the settings as advised."""
        try:
            self.hub.store.update(matching=replace(self.hub.store.study.matching, **advice.changes))
        except SettingsError as error:
            self.hub.warn(str(error))

    # inside

    def _pair_chosen(self, place: int) -> None:
        self._chosen = self._pairs[place].name
        self._later()

    def _later(self, *_) -> None:
        self._pause.start()

    def _pair(self) -> Optional[Pair]:
        return next((p for p in self._pairs if p.name == self._chosen), None)

    def _words(self) -> str:
        settings = self.hub.store.study.matching
        method = {"correlation": tr("correlation"), "flow": tr("optical flow"), "phase": tr("phase")}[settings.method]
        size = settings.radius if settings.method == "flow" else settings.window
        return tr("{0}, {1} px").format(method, size)

    def _ask(self) -> None:
        pair, study = self._pair(), self.hub.store.study
        if pair is None or not self.area.wkt:
            self._say()
            return
        ring = QgsGeometry.fromWkt(self.area.wkt).boundingBox()
        corners = [(ring.xMinimum(), ring.yMinimum()), (ring.xMaximum(), ring.yMinimum()),
                   (ring.xMaximum(), ring.yMaximum()), (ring.xMinimum(), ring.yMaximum())]
        wanted = (pair, replace(study.matching, scheduler="", average="none"), self.area.wkt)
        cleaning = None
        if self.page.compare == CLEANED:
            cleaning = (study.correction if study.correct else None, study.filtering if study.filter else None, study.dem)
        known = self._matched if wanted == self._made_with else None
        longest = max((abs(p.days) for p in self._pairs), default=0)
        self.page.show_status(tr("Matching the rectangle…"), True)
        self.hub.live.ask("preview", rendering.make, pair, wanted[1], corners, _DEGREES,
                          self._kept if cleaning is None else None, cleaning, self.page.kind, longest, known,
                          then=lambda shown: self._answered(shown, wanted, cleaning is not None),
                          otherwise=self._refused)

    def _answered(self, shown: rendering.Shown, wanted: tuple, cleaned: bool) -> None:
        first = self._made_with is None or self._made_with[1] != wanted[1]
        self.shown, self._made_with = shown, wanted
        self._matched = shown.left if cleaned else shown.right
        if first:
            self.seconds_per_mpx = self._matched.seconds_per_mpx
        left, right = shown.pictures
        self.page.left.setVisible(left is not None)
        if left is not None:
            self.page.left.show_picture(left, shown.base, "A  " + (tr("as matched") if cleaned else self._kept_words),
                                        shown.left.summary())
        self.page.right.show_picture(right, shown.base, ("" if left is None else "B  ")
                                     + (tr("cleaned") if cleaned else self._words()),
                                     shown.right.summary())
        note = tr(" Ramp and reference are those of the rectangle.") if cleaned else (
            tr(" The middle of the rectangle is shown.") if shown.right.cut else "")
        self.page.show_status(tr("{0} × {1} px matched in {2:.1f} s.").format(
            self._matched.grid.width, self._matched.grid.height, self._matched.seconds) + note)
        self.page.show_advice(shown.advice)
        self._place()
        if first:
            self.measured.emit()

    def _refused(self, words: str, details: str) -> None:
        self.page.right.show_picture(None, None, "B", message=words)
        self.page.show_status("")
        self.page.show_advice(())
        self.item.show_picture(None, None, None)
        if details:
            self.hub.warn(words, details)

    def _place(self, *_) -> None:
        if self.shown is None:
            return
        grid = self.shown.right.grid
        crs = QgsCoordinateReferenceSystem()
        crs.createFromUserInput(grid.crs)
        change = QgsCoordinateTransform(crs, self.canvas.mapSettings().destinationCrs(), self.hub.project)
        self.item.show_picture(self.shown.pictures[1], grid, change)
        self.area.hide()

    def _say(self) -> None:
        self.page.left.hide()
        self.page.right.show_picture(None, None, "", message=tr(
            "Press “Preview here” and drag a rectangle on the map. It is matched with the settings below within two "
            "seconds, and again with every change."))
        self.page.show_status("")
        self.page.show_advice(())
