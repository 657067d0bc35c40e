"""Quick looks and clouds of the scenes: asked for in the background, shown in table, timeline and picture."""
from typing import Callable, Dict, Optional

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon

from ..words import tr
from . import pictures
from .scene_table import short_name
from .scenes_page import PICTURE, ScenesPage


class Gallery(QObject):
    """Keeps what was read of every scene while the dock is there. covered: called when a cloud share has come."""

    def __init__(self, hub, page: ScenesPage, covered: Callable[[], None]):
        super().__init__(page)
        self.hub, self.page, self._covered = hub, page, covered
        self._known: Dict[str, object] = {}  # path -> Picture, or why there is none

    def icon(self, path: str) -> Optional[QIcon]:
        """The thumbnail, None until it is there."""
        return pictures.icon_of(self._known.get(path))

    def ask(self) -> None:
        """Read the quick looks that are not known yet."""
        for row in self.page.table.rows:
            path = row.scene.path
            if path not in self._known:
                self.hub.pictures.ask(f"picture:{path}", pictures.load, row.scene, PICTURE * 2,
                                      then=lambda found, p=path: self._answered(p, found),
                                      otherwise=lambda words, _, p=path: self._answered(p, words))

    def ask_covers(self) -> None:
        """Count the clouds over the area of interest."""
        wkt = self.hub.store.study.area
        area = bytes(QgsGeometry.fromWkt(wkt).asWkb()) if wkt else b""
        for row in self.page.table.rows:
            path = row.scene.path
            if not row.scene.mask or not area:
                self.page.table.set_cover(path, None)
                row.covered = False
                continue
            self.hub.pictures.ask(f"cover:{path}", pictures.cover, row.scene, area,
                                  then=lambda found, p=path: self._take_cover(p, found))

    def show(self) -> None:
        """The picture and the facts of what is selected."""
        paths = self.page.selected()
        if len(paths) != 1:
            text = tr("{0} scenes are selected.").format(len(paths)) if paths else tr(
                "Select a scene to see it with its clouds.")
            self.page.show_picture(None, text)
            return
        row = self.page.table.rows[self.page.table.place_of(paths[0])]
        found = self._known.get(paths[0])
        pixmap = None if found is None or isinstance(found, str) else pictures.pixmap_of(
            found, PICTURE, self.page.devicePixelRatioF())
        self.page.show_picture(pixmap, _facts(row, found))

    # inside

    def _answered(self, path: str, found) -> None:
        self._known[path] = found
        if not isinstance(found, str):
            self.page.table.set_icon(path, pictures.icon_of(found))
        if path in self.page.selected():
            self.show()

    def _take_cover(self, path: str, found) -> None:
        self.page.table.set_cover(path, found)
        self._covered()


def hidden(row):
    """Cloud over the area where it is known, else that of the scene."""
    return row.cover.hidden if row.cover is not None else row.scene.cloud


def _facts(row, found) -> str:
    scene = row.scene
    lines = [f"<b>{scene.acquired:%Y-%m-%d %H:%M}</b>", f"{scene.mission} {scene.level} {scene.tile}".strip()]
    if scene.orbit:
        lines.append(f"{tr('Orbit')} {scene.orbit}")
    if scene.sun_elevation is not None:
        lines.append(tr("Sun {0:.0f}° high, from {1:.0f}°").format(scene.sun_elevation, scene.sun_azimuth or 0.0))
    if scene.cloud is not None:
        lines.append(tr("{0:.0f} % cloud in the scene").format(scene.cloud))
    if row.cover is not None:
        lines.append(tr("Area: {0:.0f} % cloud, {1:.0f} % shadow").format(row.cover.cloud, row.cover.shadow))
    if scene.mask:
        lines.append(f"<span style='color:{pictures.CLOUD_COLOUR}'>■</span> {tr('cloud')} "
                     f"<span style='color:{pictures.SHADOW_COLOUR}'>■</span> {tr('shadow')}")
    lines.append(found if isinstance(found, str) else short_name(scene.path))
    return "<br>".join(filter(None, lines))


