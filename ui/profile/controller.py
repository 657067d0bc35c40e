"""The profile dock at work: line on the map, sampling in the background, plot, export."""
from dataclasses import replace
from pathlib import Path
from typing import List, Optional, Tuple

from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsDistanceArea, QgsGeometry,
                       QgsMapLayer, QgsPointXY, QgsProject, QgsRasterLayer, QgsWkbTypes)
from qgis.gui import QgsRubberBand, QgsVertexMarker
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QColor

from ...processing_provider.layers import KIND_PROPERTY
from ..main.background import Background
from ..project_series import all_series, series_of
from ..settings.store import shown_units
from ..timeseries import canvas as plot_canvas
from ..timeseries import saving
from ..timeseries.maptool import ShapeTool
from ..timeseries.onmap import moved
from ..words import tr
from . import model
from .view import ProfileView

SCOPE, STATE_KEY = "terrain_motion", "/profile/state"
_COLOUR, _FILL = QColor("#1f86cc"), QColor(31, 134, 204, 50)
_SETTLE_MS = 300
_MAPS = ("velocity", "displacement")  # kinds of our results that are maps


class ProfileController(QObject):
    """Wires one view to one map canvas and project. Call `close` before the view goes."""

    def __init__(self, iface, view: ProfileView, project: Optional[QgsProject] = None):
        super().__init__(view)
        self.iface, self.view = iface, view
        self.project = project or QgsProject.instance()
        self.canvas = iface.mapCanvas()
        self.store = model.Store()
        self.tool = ShapeTool(self.canvas, polygon=False)
        self.background = Background("profiles", self)
        self._band = QgsRubberBand(self.canvas, QgsWkbTypes.GeometryType.LineGeometry)
        self._swath = QgsRubberBand(self.canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._place = QgsVertexMarker(self.canvas)
        self._dress()
        self._sampled = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.refresh_sources)
        self.store.update(**shown_units())
        self.store.listen(self._show)
        self._connections = self._all_connections()
        for signal, slot in self._connections:
            signal.connect(slot)
        self.background.ask("plot", lambda progress: plot_canvas.import_matplotlib(), then=lambda _: view.plot_ready(),
                            otherwise=lambda text, _: view.plot_failed(text))
        self.view.show_state(self.store.state)
        self.restore()
        self.refresh_sources()

    def close(self) -> None:
        """Leave nothing behind: drawings, map tool, connections, thread."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections = []
        self._settle.stop()
        if self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        self.tool.close()
        scene = self.canvas.scene()
        for item in (self._band, self._swath, self._place):
            scene.removeItem(item)
        self.background.close()
        self.tool.deleteLater()

    # the user

    def draw(self, active: bool) -> None:
        """Take the map tool that draws the line, or give it back."""
        if active:
            self.canvas.setMapTool(self.tool)
        elif self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        self._show_tool()

    def set_line(self, corners) -> None:
        """A line was drawn, in the map's coordinate system."""
        self.refresh_sources()
        crs = self.canvas.mapSettings().destinationCrs()
        settings = replace(self.store.state.settings, where=None)  # of another line
        self.store.update(line=tuple((p.x(), p.y()) for p in corners), settings=settings, swath=None, message="",
                          crs=crs.authid() or crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED))

    def clear(self) -> None:
        self.store.update(line=(), swath=None, message="")

    def choose_source(self, path: str) -> None:
        """Sample another map or series along the same line."""
        self.store.update(source=path, swath=None, message="", components=(), dates=(), shown="")

    def pick_fault(self, distance: float) -> None:
        """The fault lies where the plot was clicked."""
        self.store.update(settings=replace(self.store.state.settings, where=round(distance, 3)))

    def show_place(self, distance: Optional[float]) -> None:
        """Mark the place on the map that the mouse is over on the plot."""
        state, place = self.store.state, None
        if distance is not None and state.swath is not None and self._sampled:
            away = abs(state.swath.distance * state.metres - distance)
            point = QgsPointXY(*state.swath.points[int(away.argmin())])
            place = moved(point, self._sampled[1], self.canvas.mapSettings().destinationCrs(), self.project)
        self._place.setVisible(place is not None)
        if place is not None:
            self._place.setCenter(place)

    def save_picture(self, path: str = "") -> Optional[Path]:
        """Save the plot; asks for a name where none is given."""
        from .export import write_picture
        return self._save(path, tr("Save the profile"), "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)", write_picture)

    def save_table(self, path: str = "") -> Optional[Path]:
        """Save the values; asks for a name where none is given."""
        from .export import write_csv
        return self._save(path, tr("Save the values"), "CSV (*.csv)", write_csv)

    # the project

    def refresh_sources(self) -> None:
        """Fill the list from the project's layers; take the active layer's where nothing is chosen."""
        sources = _sources(self.project)
        paths = [path for path, _ in sources]
        state = self.store.state
        changes = {"sources": tuple(sources)}
        if state.source not in paths:
            active = series_of(self.iface.activeLayer())
            changes.update(source=active if active in paths else paths[0] if paths else "", swath=None)
        self.store.update(**changes)

    def remember(self, *_) -> None:
        state = self.store.state
        self.project.writeEntry(SCOPE, STATE_KEY, model.to_text(replace(state, source=self.project.writePath(state.source))))

    def restore(self, *_) -> None:
        """Take the state from the project, which has been opened."""
        text, found = self.project.readEntry(SCOPE, STATE_KEY, "")
        changes = model.from_text(text) if found and text else None
        if changes and changes["line"]:
            changes["source"] = self.project.readPath(changes["source"])
            self.store.update(**changes, sources=tuple(_sources(self.project)))

    def forget(self) -> None:
        """The project was closed."""
        self.background.stop("swath")
        state = self.store.state
        self.store.update(**{**vars(model.State()), "length": state.length, "rate": state.rate})

    # inside

    def _show(self, state: model.State) -> None:
        self.view.show_state(state)
        self._draw_line(state)
        self._sample(state)

    def _sample(self, state: model.State) -> None:
        """Ask for the swath if line, source or its width have changed."""
        wanted = (state.source, state.line, state.crs, state.settings.width, state.settings.spacing)
        if not state.line or not state.source:
            self._sampled = None
            self.background.stop("swath")
            return
        if self._sampled and self._sampled[0] == wanted:
            return
        self._sampled = (wanted, "")
        metres_of = _ground_length(state.line, state.crs, self.project)
        self.background.ask("swath", _swath, wanted, metres_of, self.project.transformContext(),
                            then=lambda found: self._answer(wanted, *found),
                            otherwise=lambda text, _: self.store.update(message=text, swath=None))

    def _answer(self, wanted, about, swath, metres: float, components: Tuple[str, ...]) -> None:
        self._sampled = (wanted, about.crs)
        state = self.store.state
        component = state.component if state.component in components else components[0]
        self.store.update(swath=swath, components=components, component=component, unit=about.unit, dates=about.dates,
                          metres=metres, message="")

    def _draw_line(self, state: model.State) -> None:
        target = self.canvas.mapSettings().destinationCrs()
        places = [moved(QgsPointXY(*point), state.crs, target, self.project) for point in state.line]
        for band in (self._band, self._swath):
            band.reset(QgsWkbTypes.GeometryType.LineGeometry if band is self._band
                       else QgsWkbTypes.GeometryType.PolygonGeometry)
        if len(places) < 2 or None in places:
            self._place.hide()
            return
        line = QgsGeometry.fromPolylineXY(places)
        self._band.setToGeometry(line, None)
        ground = _ground_length([(p.x(), p.y()) for p in places], target.authid() or target.toWkt(), self.project)
        half = state.settings.width / 2 * (line.length() / ground if ground else 1.0)
        if half > 0:
            self._swath.setToGeometry(line.buffer(half, 8, QgsGeometry.CapFlat, QgsGeometry.JoinStyleRound, 2.0), None)

    def _dress(self) -> None:
        self._band.setColor(_COLOUR)
        self._band.setSecondaryStrokeColor(QColor(255, 255, 255, 200))
        self._band.setWidth(2)
        self._swath.setColor(QColor(31, 134, 204, 110))
        self._swath.setFillColor(_FILL)
        self._place.setIconType(QgsVertexMarker.ICON_CIRCLE)
        self._place.setColor(QColor("#d55e00"))
        self._place.setPenWidth(3)
        self._place.hide()

    def _show_tool(self, *_) -> None:
        self.view.show_tool(self.canvas.mapTool() is self.tool)

    def _save(self, path: str, title: str, filters: str, write) -> Optional[Path]:
        path = path or saving.ask_save(self.view, title, filters)
        return saving.save(self.iface, path, lambda target: write(target, self.store.state)) if path else None

    def _all_connections(self):
        view, update, project = self.view, self.store.update, self.project
        return [(view.drawToggled, self.draw), (view.clearRequested, self.clear), (view.sourceChosen, self.choose_source),
                (view.componentChosen, lambda name: update(component=name)),
                (view.shownChosen, lambda name: update(shown=name)),
                (view.settingsChanged, lambda settings: update(settings=settings)),
                (view.faultPicked, self.pick_fault), (view.hovered, self.show_place),
                (view.pictureRequested, self.save_picture), (view.tableRequested, self.save_table),
                (self.tool.finished, self.set_line), (self.canvas.mapToolSet, self._show_tool),
                (self.canvas.destinationCrsChanged, lambda: self._draw_line(self.store.state)),
                (project.layersAdded, lambda _: self._settle.start()),
                (project.layersRemoved, lambda _: self._settle.start()), (project.writeProject, self.remember),
                (project.readProject, self.restore), (project.cleared, self.forget)]


def _sources(project: QgsProject) -> List[Tuple[str, str]]:
    """(path, name) of everything that a profile can be drawn of, the project's series first."""
    found = dict(all_series(project))
    found = {path: name for path, name in found.items() if "|" not in path and not path.endswith((".gpkg", ".shp", ".csv"))}
    for node in project.layerTreeRoot().findLayers():
        layer = node.layer()
        if isinstance(layer, QgsRasterLayer) and layer.isValid() and _is_map(layer):
            path = layer.source()
            found.setdefault(path, f"{Path(path).parent.name}/{Path(path).stem}" if layer.customProperty(KIND_PROPERTY)
                             else layer.name())
    return list(found.items())


def _is_map(layer: QgsMapLayer) -> bool:
    """Our maps, and rasters of other programs with one band: elevation, coherence, somebody's velocity."""
    kind = layer.customProperty(KIND_PROPERTY)
    if kind:
        return kind in _MAPS
    return Path(layer.source()).is_file() and layer.bandCount() == 1 and not series_of(layer)


def _ground_length(line, crs: str, project: QgsProject) -> float:
    """Length of a line on the ground, m."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(QgsCoordinateReferenceSystem(crs), project.transformContext())
    measure.setEllipsoid(project.ellipsoid() or "WGS84")
    return measure.measureLine([QgsPointXY(*point) for point in line])


def _swath(wanted, ground: float, context, progress):
    """In the background: (about, swath, metres per unit along the line, components)."""
    from ...engine.core.errors import InputError
    from ...engine.validation.profile_source import ProfileSource, components_of
    source, line, crs, width, spacing = wanted
    with ProfileSource(source) as opened:
        transform = QgsCoordinateTransform(QgsCoordinateReferenceSystem(crs),
                                           QgsCoordinateReferenceSystem(opened.about.crs), context)
        try:
            places = [transform.transform(QgsPointXY(*point)) for point in line]
        except QgsCsException as error:
            raise InputError(tr("The line is outside the coordinate system of the data.")) from error
        planar = QgsGeometry.fromPolylineXY(places).length()
        metres = ground / planar if planar > 0 and ground > 0 else 1.0
        found = opened.sample([(p.x(), p.y()) for p in places], width / metres, spacing / metres, progress)
        return opened.about, found, metres, tuple(name for name in components_of(opened.about) if name in found.mean)
