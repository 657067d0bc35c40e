"""A rectangle on the map: the area of interest, or the place of a preview."""
from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsDistanceArea, QgsGeometry,
                       QgsProject, QgsRectangle, QgsVectorLayer, QgsWkbTypes)
from qgis.gui import QgsMapToolExtent, QgsRubberBand
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ..words import tr
from .look import ORANGE

_DEGREES = "EPSG:4326"


class AreaOnMap(QObject):
    """Draws the area and takes a map tool for a new one. `drawn`: WKT polygon in longitude and latitude."""
    drawn = pyqtSignal(str)

    def __init__(self, canvas, project: QgsProject, colour: str = ORANGE, parent=None):
        super().__init__(parent)
        self.canvas, self.project, self.wkt = canvas, project, ""
        self._band = QgsRubberBand(canvas, QgsWkbTypes.PolygonGeometry)
        self._band.setColor(QColor(colour))
        self._band.setFillColor(QColor(0, 0, 0, 0))
        self._band.setWidth(2)
        self._band.setLineStyle(Qt.PenStyle.DashLine)
        self.tool = QgsMapToolExtent(canvas)
        self._before = None
        self._connections = [(self.tool.extentChanged, self._extent), (canvas.destinationCrsChanged, self._place)]
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)
        if self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        if self.canvas.scene() is not None:
            self.canvas.scene().removeItem(self._band)
        self.tool.deleteLater()

    def draw(self) -> None:
        """The next rectangle dragged on the map is the area."""
        self._before = self.canvas.mapTool()
        self.canvas.setMapTool(self.tool)

    def take_map(self) -> None:
        self._extent(self.canvas.extent())

    def take_selection(self, layer) -> bool:
        """The selected polygons of a layer; False where there are none."""
        if not isinstance(layer, QgsVectorLayer) or layer.geometryType() != QgsWkbTypes.PolygonGeometry:
            return False
        shapes = [feature.geometry() for feature in layer.selectedFeatures() if feature.hasGeometry()]
        if not shapes:
            return False
        whole = QgsGeometry.unaryUnion(shapes)
        whole.transform(QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem(_DEGREES), self.project))
        self.drawn.emit(whole.asWkt(8))
        return True

    def show(self, wkt: str) -> None:
        """Show an area; an empty text takes it off the map."""
        self.wkt = wkt
        self._place()

    def hide(self) -> None:
        """Take the outline off the map: something else is drawn there."""
        self._band.reset(QgsWkbTypes.PolygonGeometry)

    def words(self) -> str:
        """How large the area is."""
        if not self.wkt:
            return tr("No area of interest: whole scenes")
        measure = QgsDistanceArea()
        measure.setEllipsoid("WGS84")
        size = measure.measureArea(QgsGeometry.fromWkt(self.wkt)) / 1e6
        return tr("Area of interest: {0} km²").format(f"{size:,.0f}" if size >= 100 else f"{size:.1f}")

    def _extent(self, extent: QgsRectangle) -> None:
        if extent.isEmpty():
            return
        shape = QgsGeometry.fromRect(extent).densifyByCount(4)
        crs = self.canvas.mapSettings().destinationCrs()
        try:
            shape.transform(QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(_DEGREES), self.project))
        except QgsCsException:
            return
        if self.canvas.mapTool() is self.tool:
            self.tool.clearRubberBand()
            if self._before is not None:
                self.canvas.setMapTool(self._before)
            else:
                self.canvas.unsetMapTool(self.tool)
        self._before = None
        self.drawn.emit(shape.asWkt(8))

    def _place(self, *_) -> None:
        self._band.reset(QgsWkbTypes.PolygonGeometry)
        if not self.wkt:
            return
        shape = QgsGeometry.fromWkt(self.wkt)
        crs = self.canvas.mapSettings().destinationCrs()
        try:
            shape.transform(QgsCoordinateTransform(QgsCoordinateReferenceSystem(_DEGREES), crs, self.project))
        except QgsCsException:
            return
        self._band.setToGeometry(shape, None)
