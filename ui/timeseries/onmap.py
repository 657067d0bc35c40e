"""What the dock shows on the map: numbered discs, outlines of areas, stations."""
from typing import Dict, List, Optional

from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsPointXY,
                       QgsProject, QgsWkbTypes)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtGui import QColor

from . import model
from .markers import REFERENCE_COLOUR, REFERENCE_TEXT, PointMarker, StationMarker

_NEAR_PX = 14
_STATION_COLOUR = "#9467bd"


class OnMap:
    """Markers of one dock on one canvas; drawn anew whenever the places change."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject):
        self._canvas, self._project = canvas, project
        self.markers: Dict[int, PointMarker] = {}
        self._others: List = []
        self._shown = None

    def show(self, state: model.State) -> None:
        """Place markers and outlines of a state, in the map's coordinate system."""
        target = self._canvas.mapSettings().destinationCrs()
        places = [*state.points, *([state.reference] if state.reference else [])]
        wanted = ([(p.number, p.x, p.y, p.crs, p.area) for p in places], [s.place for s in state.loaded], target.toWkt())
        if wanted == self._shown:
            return
        self.clear()
        self._shown = wanted
        for place in places:
            reference = place.number == model.REFERENCE
            colour, text = (REFERENCE_COLOUR, REFERENCE_TEXT) if reference else (place.colour, str(place.number))
            if place.area:
                self._outline(place, colour, target)
            where = moved(QgsPointXY(place.x, place.y), place.crs, target, self._project)
            if where is not None:  # else it is not on this map: the curve stays, the marker can't
                self.markers[place.number] = PointMarker(self._canvas, where, colour, text)
        for station in state.loaded:
            where = moved(QgsPointXY(*station.place[:2]), station.place[2], target, self._project) if station.place else None
            if where is not None:
                self._others.append(StationMarker(self._canvas, where, _STATION_COLOUR, "", station.name))

    def near(self, place: QgsPointXY) -> Optional[int]:
        """The number of the marker under the mouse."""
        reach = _NEAR_PX * self._canvas.mapUnitsPerPixel()
        found = [(marker.position.distance(place), number) for number, marker in self.markers.items()
                 if marker.position.distance(place) <= reach]
        return min(found)[1] if found else None

    def clear(self) -> None:
        """Take everything off the map."""
        scene = self._canvas.scene()
        for item in [*self.markers.values(), *self._others]:
            if isinstance(item, PointMarker):
                item.remove()
            elif scene is not None:
                scene.removeItem(item)
        self.markers, self._others, self._shown = {}, [], None

    def _outline(self, place: model.Point, colour: str, target: QgsCoordinateReferenceSystem) -> None:
        shape = QgsGeometry.fromWkt(place.area)
        try:
            shape.transform(QgsCoordinateTransform(QgsCoordinateReferenceSystem(place.crs), target, self._project))
        except QgsCsException:
            return
        band = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        band.setToGeometry(shape, None)
        band.setWidth(2)
        band.setColor(QColor(colour))
        band.setSecondaryStrokeColor(QColor(255, 255, 255, 200))
        fill = QColor(colour)
        fill.setAlpha(40)
        band.setFillColor(fill)
        self._others.append(band)


def moved(place: QgsPointXY, source: str, target: QgsCoordinateReferenceSystem, project: QgsProject):
    """A place in another coordinate system, None where it has none there."""
    try:
        return QgsCoordinateTransform(QgsCoordinateReferenceSystem(source), target, project).transform(place)
    except QgsCsException:
        return None
