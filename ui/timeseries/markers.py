"""Points on the map: a disc in the colour of the curve, with the point's number."""
from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

_RADIUS = 9.0  # px, large enough for two digits
_HALO = 2.0
_ICON_SIDE = 64  # px, drawn large for screens of high resolution
REFERENCE_COLOUR, REFERENCE_TEXT = "#222222", "R"


class PointMarker(QgsMapCanvasItem):
    """A numbered disc at a map position; stays there while the map is moved."""

    def __init__(self, canvas: QgsMapCanvas, position: QgsPointXY, colour: str, text: str, tip: str = ""):
        super().__init__(canvas)
        self.setToolTip(tip)
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
        _draw(painter, self._colour, self.text)

    def remove(self) -> None:
        """Take the marker off the map for good."""
        scene = self._canvas.scene()
        if scene is not None:
            scene.removeItem(self)


class StationMarker(PointMarker):
    """A triangle above its place, behind the numbered discs."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.setZValue(90)

    def paint(self, painter, option=None, widget=None):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), _HALO))
        painter.setBrush(self._colour)
        painter.drawPolygon(QPolygonF([QPointF(-8, -17), QPointF(8, -17), QPointF(0, -4)]))

    def boundingRect(self) -> QRectF:
        return QRectF(-12, -22, 24, 24)


def icon(colour: str, text: str) -> QIcon:
    """The same disc for a button."""
    pixmap = QPixmap(_ICON_SIDE, _ICON_SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.translate(_ICON_SIDE / 2, _ICON_SIDE / 2)
    scale = _ICON_SIDE / (2 * (_RADIUS + _HALO))
    painter.scale(scale, scale)
    _draw(painter, QColor(colour), text)
    painter.end()
    return QIcon(pixmap)


def _draw(painter: QPainter, colour: QColor, text: str) -> None:
    """A numbered disc around the origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("white"), _HALO))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(0, 0), _RADIUS, _RADIUS)
    font = painter.font()
    font.setPixelSize(11)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("black" if colour.lightness() > 140 else "white"))
    painter.drawText(QRectF(-_RADIUS, -_RADIUS, 2 * _RADIUS, 2 * _RADIUS), Qt.AlignmentFlag.AlignCenter, text)
