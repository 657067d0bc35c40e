"""The time-series dock at work: listens to map, project and view, keeps the model, asks for histories."""
from dataclasses import replace
from pathlib import Path
from typing import Dict, Optional

from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsProject,
                       QgsSettings)
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QFileDialog

from ..project_series import all_series, series_of
from ..words import tr
from . import model
from .maptool import PointTool
from .markers import REFERENCE_COLOUR, REFERENCE_TEXT, PointMarker
from .reader import HistoryReader
from .view import TimeSeriesView

SCOPE, STATE_KEY = "terrain_motion", "/timeseries/state"
_FOLDER_SETTING = "terrain_motion/export_folder"
_HOVER, _REFERENCE = -1, 0  # numbers of requests that are no point's
_SETTLE_MS = 300  # layers get their properties shortly after they were added
_HOVER_MS = 40
_NEAR_PX = 14


class TimeSeriesController(QObject):
    """Wires one view to one map canvas and project. Call `close` before the view goes."""

    def __init__(self, iface, view: TimeSeriesView, project: Optional[QgsProject] = None):
        super().__init__(view)
        self.iface, self.view = iface, view
        self.project = project or QgsProject.instance()
        self.canvas = iface.mapCanvas()
        self.store = model.Store()
        self.tool = PointTool(self.canvas)
        self.reader = HistoryReader(self)
        self._markers: Dict[int, PointMarker] = {}
        self._request = 0  # answers to older requests are dropped
        self._manifest = None
        self._referencing = self._hovering = False
        self._hover_place: Optional[QgsPointXY] = None
        self._settle, self._hover_timer = QTimer(self), QTimer(self)
        for timer, milliseconds, action in ((self._settle, _SETTLE_MS, self.refresh_series),
                                            (self._hover_timer, _HOVER_MS, self._read_hover)):
            timer.setSingleShot(True)
            timer.setInterval(milliseconds)
            timer.timeout.connect(action)
        self.store.listen(self._show)
        self._connections = [*self._view_connections(), *self._outer_connections()]
        for signal, slot in self._connections:
            signal.connect(slot)
        self.reader.load_plot()
        self.view.show_state(self.store.state)
        self.restore()
        self.refresh_series()

    def close(self) -> None:
        """Leave nothing behind: markers, map tool, connections, thread, open files."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections = []
        self._settle.stop()
        self._hover_timer.stop()
        if self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        self._clear_markers()
        self.reader.close()
        self.tool.deleteLater()

    # the user

    def pick(self, active: bool) -> None:
        """Take the map tool that adds points, or give it back."""
        self._referencing = False
        self._take_tool(active)

    def pick_reference(self, active: bool) -> None:
        """The next click sets the reference point; switched off, there is none any more."""
        self._referencing = active
        if active:
            self._take_tool(True)
        else:
            self.store.update(reference=None)
            self._show_tool()

    def add_point(self, place: QgsPointXY) -> None:
        """A click on the map, in the map's coordinate system."""
        self.refresh_series()
        crs = _text(self.canvas.mapSettings().destinationCrs())
        if self._referencing:
            self._referencing = False
            self.store.update(reference=model.Point(_REFERENCE, place.x(), place.y(), crs))
            self._read(self.store.state.reference, _REFERENCE)
            self._show_tool()
            return
        point = self.store.add_point(place.x(), place.y(), crs)
        if point:
            self._read(point, point.number)

    def remove_near(self, place: QgsPointXY) -> None:
        """Take away the point under a right click."""
        reach = _NEAR_PX * self.canvas.mapUnitsPerPixel()
        near = [(marker.position.distance(place), number) for number, marker in self._markers.items()
                if marker.position.distance(place) <= reach]
        if not near:
            return
        number = min(near)[1]
        if number == _REFERENCE:
            self.store.update(reference=None)
        else:
            self.store.remove_point(number)

    def clear(self) -> None:
        self.store.update(points=(), reference=None, hover=None, message="")

    def choose_series(self, path: str) -> None:
        """Show another series at the same places."""
        if path != self.store.state.series:
            self._open(path)

    def follow_layer(self, layer) -> None:
        """The active layer changed: show its series if it belongs to one."""
        self.refresh_series()
        path = series_of(layer)
        if path:
            self.choose_series(path)

    def hover(self, active: bool) -> None:
        self._hovering = active
        if active:
            self.pick(True)
        self._end_hover()

    def save_picture(self, path: str = "") -> Optional[Path]:
        """Save the plot; asks for a name where none is given."""
        from .export import write_picture
        return self._save(path, tr("Save the plot"), "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)", write_picture)

    def save_table(self, path: str = "") -> Optional[Path]:
        """Save the values; asks for a name where none is given."""
        from .export import write_csv
        return self._save(path, tr("Save the values"), "CSV (*.csv)", write_csv)

    # the project

    def refresh_series(self) -> None:
        """Fill the list of series from the project's layers; show the first where none is shown."""
        series = all_series(self.project)
        paths = [path for path, _ in series]
        self.view.show_series(series)
        if self.store.state.series not in paths:
            active = series_of(self.iface.activeLayer())
            self._open(active if active in paths else paths[0] if paths else "")

    def remember(self, *_) -> None:
        """Write the state into the project, which is being saved."""
        text = model.to_text(replace(self.store.state, series=self.project.writePath(self.store.state.series)))
        self.project.writeEntry(SCOPE, STATE_KEY, text)

    def restore(self, *_) -> None:
        """Take the state from the project, which has been opened."""
        text, found = self.project.readEntry(SCOPE, STATE_KEY, "")
        changes = model.from_text(text) if found and text else None
        if not changes:
            return
        path = self.project.readPath(changes.pop("series"))
        component = changes["component"]
        self.store.update(**changes)
        if path and Path(path).is_file():
            self._open(path, component)

    def forget(self) -> None:
        """The project was closed."""
        self._request += 1
        self._manifest = None
        self.reader.open(self._request, "")
        self.store.update(series="", available=(), component="", points=(), reference=None, hover=None, message="")
        self.view.show_series([])

    # answers of the reader

    def _opened(self, request: int, manifest) -> None:
        if request != self._request:
            return
        self._manifest = manifest
        available = model.components_of(manifest.components)
        component = self.store.state.component
        self.store.update(available=available, component=component if component in available else available[0],
                          crs=manifest.grid.crs, held_still=manifest.reference, message="")
        for point in self.store.state.points:
            self._read(point, point.number)
        if self.store.state.reference:
            self._read(self.store.state.reference, _REFERENCE)

    def _refused(self, request: int, text: str) -> None:
        if request == self._request:
            self.store.update(message=text)

    def _answered(self, request: int, number: int, history, note: str) -> None:
        if request != self._request:
            return
        state = self.store.state
        if number == _HOVER:
            place = self._hover_place
            if self._hovering and place is not None:
                self.store.update(hover=model.Point(0, place.x(), place.y(), "", history, note))
        elif number == _REFERENCE:
            if state.reference:
                self.store.update(reference=replace(state.reference, history=history, note=note))
        else:
            self.store.answer(number, history, note)

    # inside

    def _open(self, path: str, component: str = "") -> None:
        """Read another series: what was read of the old one is dropped, the places stay."""
        self._request += 1
        self._manifest = None
        state = self.store.state
        unread = tuple(replace(point, history=None, note="") for point in state.points)
        reference = replace(state.reference, history=None, note="") if state.reference else None
        self.store.update(series=path, available=(), points=unread, reference=reference, hover=None,
                          component=component or state.component, message="")
        self.reader.open(self._request, path)

    def _read(self, point: model.Point, number: int) -> None:
        if self._manifest is None:
            return  # read when the series is open
        target = QgsCoordinateReferenceSystem(self._manifest.grid.crs)
        source = QgsCoordinateReferenceSystem(point.crs)
        try:
            place = QgsCoordinateTransform(source, target, self.project).transform(QgsPointXY(point.x, point.y))
        except QgsCsException:
            self._answered(self._request, number, None, tr("outside the coordinate system of the series"))
            return
        self.reader.read(self._request, number, place.x(), place.y())

    def _moved(self, place: QgsPointXY) -> None:
        if self._hovering:
            self._hover_place = place
            if not self._hover_timer.isActive():
                self._hover_timer.start()

    def _read_hover(self) -> None:
        if self._hover_place is not None:
            crs = _text(self.canvas.mapSettings().destinationCrs())
            self._read(model.Point(0, self._hover_place.x(), self._hover_place.y(), crs), _HOVER)

    def _end_hover(self) -> None:
        self._hover_place = None
        self.store.update(hover=None)

    def _take_tool(self, active: bool) -> None:
        if active:
            self.canvas.setMapTool(self.tool)
        elif self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        self._show_tool()

    def _show_tool(self, *_) -> None:
        active = self.canvas.mapTool() is self.tool
        self._referencing = self._referencing and active
        self.view.show_tool(active, self._referencing or self.store.state.reference is not None)

    def _show(self, state: model.State) -> None:
        self.view.show_state(state)
        self._show_tool()
        self._place_markers(state)

    def _place_markers(self, *_) -> None:
        state = self.store.state
        self._clear_markers()
        target = self.canvas.mapSettings().destinationCrs()
        places = [(p, p.colour, str(p.number)) for p in state.points]
        if state.reference:
            places.append((state.reference, REFERENCE_COLOUR, REFERENCE_TEXT))
        for point, colour, text in places:
            transform = QgsCoordinateTransform(QgsCoordinateReferenceSystem(point.crs), target, self.project)
            try:
                place = transform.transform(QgsPointXY(point.x, point.y))
            except QgsCsException:
                continue  # not on this map: the curve stays, the marker can't
            self._markers[point.number] = PointMarker(self.canvas, place, colour, text)

    def _clear_markers(self) -> None:
        for marker in self._markers.values():
            marker.remove()
        self._markers = {}

    def _save(self, path: str, title: str, filters: str, write) -> Optional[Path]:
        settings = QgsSettings()
        if not path:
            path, chosen = QFileDialog.getSaveFileName(self.view, title, settings.value(_FOLDER_SETTING, ""), filters)
            if not path:
                return None
            if not Path(path).suffix:
                path += chosen[chosen.index("*.") + 1:].rstrip(")")
            settings.setValue(_FOLDER_SETTING, str(Path(path).parent))
        try:
            saved = write(path, self.store.state)
        except (OSError, ImportError, ValueError) as error:
            self.iface.messageBar().pushWarning(tr("Terrain Motion"), f"{path}: {tr('could not be saved')} ({error}).")
            return None
        self.iface.messageBar().pushSuccess(tr("Terrain Motion"), f"{tr('Saved')} {saved}")
        return saved

    def _view_connections(self):
        view, update = self.view, self.store.update
        return [(view.seriesChosen, self.choose_series), (view.pickToggled, self.pick),
                (view.componentChosen, lambda name: update(component=name)),
                (view.referenceToggled, self.pick_reference), (view.hoverToggled, self.hover),
                (view.errorsToggled, lambda on: update(errors=on)), (view.gridToggled, lambda on: update(grid=on)),
                (view.clearRequested, self.clear), (view.pictureRequested, self.save_picture),
                (view.tableRequested, self.save_table)]

    def _outer_connections(self):
        project, reader = self.project, self.reader
        return [(self.tool.clicked, self.add_point), (self.tool.removeRequested, self.remove_near),
                (self.tool.moved, self._moved), (self.tool.left, self._end_hover),
                (self.canvas.mapToolSet, self._show_tool), (self.canvas.destinationCrsChanged, self._place_markers),
                (self.iface.currentLayerChanged, self.follow_layer),
                (project.layersAdded, lambda _: self._settle.start()),
                (project.layersRemoved, lambda _: self._settle.start()),
                (project.writeProject, self.remember), (project.readProject, self.restore),
                (project.cleared, self.forget),
                (reader.opened, self._opened), (reader.refused, self._refused), (reader.answered, self._answered),
                (reader.plotReady, self.view.plot_ready), (reader.plotFailed, self.view.plot_failed)]


def _text(crs: QgsCoordinateReferenceSystem) -> str:
    """A coordinate system as text that leads back to it."""
    return crs.authid() or crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)
