"""The time-series dock at work: listens to map, project and view, keeps the model, asks for histories."""
from dataclasses import replace
from pathlib import Path
from typing import Optional

from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsPointXY,
                       QgsProject, QgsSettings)
from qgis.PyQt.QtCore import QObject, QTimer

from .. import temporal, units
from ..project_series import all_series, series_of
from ..settings.store import shown_units
from ..words import tr
from . import model, saving
from .beside import Beside
from .maptool import PointTool, ShapeTool
from .onmap import OnMap, moved
from .panel import MODEL
from .reader import HistoryReader
from .view import TimeSeriesView

SCOPE, STATE_KEY = "terrain_motion", "/timeseries/state"
_SETTLE_MS = 300  # layers get their properties shortly after they were added
_HOVER_MS = 40
_REACH_PX = 14  # how far a click may be from a point of a point layer


class TimeSeriesController(QObject):
    """Wires one view to one map canvas and project. Call `close` before the view goes."""

    def __init__(self, iface, view: TimeSeriesView, project: Optional[QgsProject] = None):
        super().__init__(view)
        self.iface, self.view = iface, view
        self.project = project or QgsProject.instance()
        self.canvas = iface.mapCanvas()
        self.store = model.Store()
        self.tool, self.area_tool = PointTool(self.canvas), ShapeTool(self.canvas, polygon=True)
        self.reader = HistoryReader(self)
        self.beside = Beside(iface, view.panel, self.store)
        self.on_map = OnMap(self.canvas, self.project)
        self._request = 0  # answers to older requests are dropped
        self._about = None
        self._referencing = self._hovering = self._stepping = False
        self._hover_place: Optional[QgsPointXY] = None
        self._grabbed = None  # (number of the marker, where the drag began)
        self._settle, self._hover_timer = QTimer(self), QTimer(self)
        for timer, milliseconds, action in ((self._settle, _SETTLE_MS, self.refresh_series),
                                            (self._hover_timer, _HOVER_MS, self._read_hover)):
            timer.setSingleShot(True)
            timer.setInterval(milliseconds)
            timer.timeout.connect(action)
        self.store.update(**shown_units())
        self.store.listen(self._show)
        self._connections = [*self._view_connections(), *self._panel_connections(), *self._outer_connections()]
        for signal, slot in self._connections:
            signal.connect(slot)
        self.reader.load_plot()
        self.view.show_state(self.store.state)
        self.restore()
        self.refresh_series()

    def close(self) -> None:
        """Leave nothing behind: markers, map tools, connections, threads, open files."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections = []
        self._settle.stop()
        self._hover_timer.stop()
        self.on_map.clear()
        self.area_tool.close()
        for tool in (self.tool, self.area_tool):
            self.canvas.unsetMapTool(tool)  # does nothing where another tool is active
            tool.deleteLater()
        self.reader.close()
        self.beside.close()

    # the user

    def pick(self, active: bool) -> None:
        """Take the map tool that adds points, or give it back."""
        self._referencing = False
        self._take_tool(self.tool, active)

    def draw_area(self, active: bool) -> None:
        """Take the map tool that draws areas, or give it back."""
        self._referencing = False
        self._take_tool(self.area_tool, active)

    def pick_reference(self, active: bool) -> None:
        """The next click sets the reference point; switched off, there is none any more."""
        self._set_reference(active, self.tool)

    def draw_reference(self, active: bool) -> None:
        """The next area is the reference; switched off, there is none any more."""
        self._set_reference(active, self.area_tool)

    def add_point(self, place: QgsPointXY) -> None:
        """A click on the map, in the map's coordinate system."""
        self.refresh_series()
        if self._referencing:
            self._referencing = False
            self.set_reference(place)
            return
        point = self.store.add_point(place.x(), place.y(), self._map_crs(), tr=tr)
        if point:
            self._read(point)

    def set_reference(self, place: QgsPointXY) -> None:
        """Put the reference point there, or move it there."""
        self.store.update(reference=model.Point(model.REFERENCE, place.x(), place.y(), self._map_crs()))
        self._read(self.store.state.reference)
        self._show_tool()

    def add_area(self, corners) -> None:
        """An area was drawn, in the map's coordinate system."""
        self.refresh_series()
        shape = QgsGeometry.fromPolygonXY([corners])
        inner = shape.pointOnSurface().asPoint()
        if self._referencing:
            self._referencing = False
            self.store.update(reference=model.Point(model.REFERENCE, inner.x(), inner.y(), self._map_crs(),
                                                    area=shape.asWkt()))
            self._read(self.store.state.reference)
            self._take_tool(self.tool, True)
            return
        point = self.store.add_point(inner.x(), inner.y(), self._map_crs(), shape.asWkt(), tr)
        if point:
            self._read(point)

    def drag(self, start: QgsPointXY, place: QgsPointXY) -> None:
        """A point follows the mouse, and its curve with it."""
        if self._grabbed is None or self._grabbed[1] != start:
            self._grabbed = (self.on_map.near(start), start)
        number = self._grabbed[0]
        point = None if number is None else self.store.move_point(number, place.x(), place.y(), self._map_crs())
        if point is not None:
            self._read(point)

    def remove_near(self, place: QgsPointXY) -> None:
        """Take away the point under a right click."""
        number = self.on_map.near(place)
        if number == model.REFERENCE:
            self.store.update(reference=None)
        elif number is not None:
            self.store.remove_point(number)

    def clear(self) -> None:
        self.store.update(points=(), reference=None, hover=None, message="", pair=None)

    def choose_series(self, path: str) -> None:
        """Show another series at the same places."""
        if path and path != self.store.state.series:
            self._open(path)

    def follow_layer(self, layer) -> None:
        """The active layer changed: show its series if it belongs to one."""
        self.refresh_series()
        self.choose_series(series_of(layer))

    def hover(self, active: bool) -> None:
        self._hovering = active
        if active:
            self.pick(True)
        self._end_hover()

    def pick_day(self, day) -> None:
        """A day was clicked on the plot: a step of the model if one is asked for, else the map shows that day."""
        state = self.store.state
        if self._stepping and state.fit is not None:
            self.view.panel.model.step.setChecked(False)
            days = sorted({*(d.isoformat() for d in state.fit.step_dates), day.isoformat()})
            self.store.update(fit=replace(state.fit, steps=", ".join(days)))
            return
        again = day == state.marked
        self.store.update(marked=None if again else day)
        temporal.show_day(self.canvas, None if again else day)

    def choose_unit(self, unit: str) -> None:
        """Show displacements, or velocities, in another unit, from now on."""
        kind, setting = ("rate", units.RATE_SETTING) if units.is_rate(unit) else ("length", units.LENGTH_SETTING)
        self.store.update(**{kind: unit})
        QgsSettings().setValue(setting, unit)

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
        state = self.store.state
        kept = replace(state, series=self.project.writePath(state.series),
                       stations=tuple(map(self.project.writePath, state.stations)))
        self.project.writeEntry(SCOPE, STATE_KEY, model.to_text(kept))

    def restore(self, *_) -> None:
        """Take the state from the project, which has been opened."""
        text, found = self.project.readEntry(SCOPE, STATE_KEY, "")
        changes = model.from_text(text) if found and text else None
        if not changes:
            return
        path, component = self.project.readPath(changes.pop("series")), changes["component"]
        stations = tuple(map(self.project.readPath, changes.pop("stations")))
        self.store.update(**changes)
        if stations:
            self.beside.load_stations(stations)
        if path and Path(path.split("|")[0]).exists():
            self._open(path, component)

    def forget(self) -> None:
        """The project was closed."""
        self._request += 1
        self._about = None
        self.reader.open(self._request, "")
        state = self.store.state
        self.store.update(**{**vars(model.State()), "errors": state.errors, "grid": state.grid, "length": state.length,
                             "rate": state.rate, "panel": state.panel})
        self.view.show_series([])

    # answers of the reader

    def _opened(self, request: int, about) -> None:
        if request != self._request:
            return
        self._about = about
        available = model.components_of(about.components)
        component = self.store.state.component
        self.store.update(available=available, component=component if component in available else available[0],
                          crs=about.crs, held_still=about.reference, message="", remark=about.remark,
                          stack=about.stack)
        for point in self.store.state.points:
            self._read(point)
        if self.store.state.reference:
            self._read(self.store.state.reference)

    def _refused(self, request: int, text: str) -> None:
        if request == self._request:
            self.store.update(message=text)

    def _answered(self, request: int, number: int, history, note: str) -> None:
        if request != self._request:
            return
        if number != model.HOVER:
            self.store.answer(number, history, note)
            return
        place = self._hover_place
        if self._hovering and place is not None:
            self.store.update(hover=model.Point(model.HOVER, place.x(), place.y(), "", history, note))

    def _measured(self, request: int, number: int, area, note: str) -> None:
        if request == self._request:
            self.store.answer(number, area.history if area else None, note, area.spread if area else None,
                              area.pixels if area else 0)

    # inside

    def _open(self, path: str, component: str = "") -> None:
        """Read another series: what was read of the old one is dropped, the places stay."""
        self._request += 1
        self._about = None
        state = self.store.state
        unread = tuple(replace(point, history=None, note="") for point in state.points)
        reference = replace(state.reference, history=None, note="") if state.reference else None
        self.store.update(series=path, available=(), points=unread, reference=reference, hover=None, stack="",
                          component=component or state.component, message="", remark="", pair=None)
        self.view.panel.pairs.show_words("")
        self.reader.open(self._request, path)

    def _read(self, point: model.Point) -> None:
        if self._about is None:
            return  # read when the series is open
        target, number = QgsCoordinateReferenceSystem(self._about.crs), point.number
        if point.area:
            shape = QgsGeometry.fromWkt(point.area)
            try:
                shape.transform(QgsCoordinateTransform(QgsCoordinateReferenceSystem(point.crs), target, self.project))
            except QgsCsException:
                self._answered(self._request, number, None, "outside the coordinate system of the series")
                return
            self.reader.read_area(self._request, number, bytes(shape.asWkb()))
            return
        place = moved(QgsPointXY(point.x, point.y), point.crs, target, self.project)
        if place is None:
            self._answered(self._request, number, None, "outside the coordinate system of the series")
            return
        self.reader.read(self._request, number, place.x(), place.y(), self._reach(point, place, target))

    def _reach(self, point: model.Point, place: QgsPointXY, target) -> float:
        """How far a click may be from a point, in units of the series."""
        step = _REACH_PX * self.canvas.mapUnitsPerPixel()
        beside = moved(QgsPointXY(point.x + step, point.y), point.crs, target, self.project) \
            if point.crs == self._map_crs() else None
        return place.distance(beside) if beside is not None else 0.0

    def _moved(self, place: QgsPointXY) -> None:
        if self._hovering:
            self._hover_place = place
            if not self._hover_timer.isActive():
                self._hover_timer.start()

    def _read_hover(self) -> None:
        if self._hover_place is not None:
            self._read(model.Point(model.HOVER, self._hover_place.x(), self._hover_place.y(), self._map_crs()))

    def _end_hover(self) -> None:
        self._hover_place = None
        self.store.update(hover=None)

    def _set_reference(self, active: bool, tool) -> None:
        self._referencing = active
        if active:
            self._take_tool(tool, True)
        else:
            self.store.update(reference=None)
            self._show_tool()

    def _take_tool(self, tool, active: bool) -> None:
        if active:
            self.canvas.setMapTool(tool)
        elif self.canvas.mapTool() is tool:
            self.canvas.unsetMapTool(tool)
        self._show_tool()

    def _show_tool(self, *_) -> None:
        tool, reference = self.canvas.mapTool(), self.store.state.reference
        self._referencing = self._referencing and tool in (self.tool, self.area_tool)
        by_area = bool(reference and reference.area)
        self.view.show_tool(tool is self.tool, tool is self.area_tool and not self._referencing,
                            (self._referencing and tool is self.tool) or (reference is not None and not by_area),
                            (self._referencing and tool is self.area_tool) or by_area)

    def _show(self, state: model.State) -> None:
        self.view.show_state(state)
        self._show_tool()
        self.on_map.show(state)

    def _follow_time(self) -> None:
        """The map shows another day: mark it on the plot."""
        if self._about is not None:
            self.store.update(marked=temporal.shown_day(self.canvas, self._about.dates))

    def _step_toggled(self, active: bool) -> None:
        self._stepping = active
        self.view.show_stepping(active)

    def _map_crs(self) -> str:
        return _text(self.canvas.mapSettings().destinationCrs())

    def _save(self, path: str, title: str, filters: str, write) -> Optional[Path]:
        path = path or saving.ask_save(self.view, title, filters)
        return saving.save(self.iface, path, lambda target: write(target, self.store.state)) if path else None

    def _view_connections(self):
        view, update = self.view, self.store.update
        return [(view.seriesChosen, self.choose_series), (view.pickToggled, self.pick),
                (view.polygonToggled, self.draw_area), (view.componentChosen, lambda name: update(component=name)),
                (view.referenceToggled, self.pick_reference), (view.referenceAreaToggled, self.draw_reference),
                (view.hoverToggled, self.hover), (view.unitChosen, self.choose_unit),
                (view.dayPicked, self.pick_day),
                (view.errorsToggled, lambda on: update(errors=on)), (view.gridToggled, lambda on: update(grid=on)),
                (view.panelToggled, lambda on: update(panel=MODEL if on else "")),
                (view.clearRequested, self.clear), (view.pictureRequested, self.save_picture),
                (view.tableRequested, self.save_table)]

    def _panel_connections(self):
        panel, update = self.view.panel, self.store.update
        return [(panel.fitChosen, lambda fit: update(fit=fit)), (panel.stepToggled, self._step_toggled),
                (panel.residualsToggled, lambda on: update(residuals=on)),
                (panel.tabChosen, lambda name: update(panel=name)), *self.beside.connections()]

    def _outer_connections(self):
        project, reader = self.project, self.reader
        return [(self.tool.clicked, self.add_point), (self.tool.removeRequested, self.remove_near),
                (self.tool.referenceClicked, self.set_reference), (self.tool.dragged, self.drag),
                (self.tool.moved, self._moved), (self.tool.left, self._end_hover),
                (self.area_tool.finished, self.add_area), (self.canvas.temporalRangeChanged, self._follow_time),
                (self.canvas.mapToolSet, self._show_tool),
                (self.canvas.destinationCrsChanged, lambda: self.on_map.show(self.store.state)),
                (self.iface.currentLayerChanged, self.follow_layer),
                (project.layersAdded, lambda _: self._settle.start()),
                (project.layersRemoved, lambda _: self._settle.start()),
                (project.writeProject, self.remember), (project.readProject, self.restore),
                (project.cleared, self.forget), (reader.measured, self._measured),
                (reader.opened, self._opened), (reader.refused, self._refused), (reader.answered, self._answered),
                (reader.plotReady, self.view.plot_ready), (reader.plotFailed, self.view.plot_failed)]


def _text(crs: QgsCoordinateReferenceSystem) -> str:
    """A coordinate system as text that leads back to it."""
    return crs.authid() or crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)
