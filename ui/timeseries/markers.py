"""Points on the map: a disc in the colour of the curve, with the point's number."""
from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPen

_RADIUS = 9.0  # px, large enough for two digits
_HALO = 2.0


class PointMarker(QgsMapCanvasItem):
    """A numbered disc at a map position; stays there while the map is moved."""

    def __init__(self, canvas: QgsMapCanvas, position: QgsPointXY, colour: str, text: str):
        super().__init__(canvas)
        self._canvas, self._position = canvas, position
        self._colour, self.text = QColor(colour), text
        self.setZValue(100)
        self.updatePosition()

    @property
    def position(self) -> QgsPointXY:
        return self._position

    @property
    def colour(self) -> str:
        return self._colour.name()

    def updatePosition(self):
        self.setPos(self.toCanvasCoordinates(self._position))

    def boundingRect(self) -> QRectF:
        reach = _RADIUS + _HALO
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter, option=None, widget=None):
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), _HALO))
        painter.setBrush(self._colour)
        painter.drawEllipse(QPointF(0, 0), _RADIUS, _RADIUS)
        font = painter.font()
        font.setPixelSize(11)
        font.setBold(True)
        painter.setFont(font)
        bright = self._colour.lightness() > 140
        painter.setPen(QColor("black" if bright else "white"))
        painter.drawText(QRectF(-_RADIUS, -_RADIUS, 2 * _RADIUS, 2 * _RADIUS),
                         Qt.AlignmentFlag.AlignCenter, self.text)

    def remove(self) -> None:
        """Take the marker off the map for good."""
        scene = self._canvas.scene()
        if scene is not None:
            scene.removeItem(self)
