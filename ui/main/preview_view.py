"""A preview in the dock and in its place on the map: colours, arrows, legend."""
from typing import Optional, Sequence, Tuple

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsPointXY
from qgis.gui import QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import (QColor, QFontMetricsF, QImage, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF,
                              QTransform)
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from .look import Look
from .rendering import Picture

_HEAD = 3.2
_LOW = 280    # px: a lower panel leaves room for the picture
_APART = 13.0  # px between arrows at least


def paint_arrows(painter: QPainter, arrows, place, length_of) -> None:
    """Arrows in black on white, so that they stand out of every colour. place: (column, row) -> QPointF."""
    path = QPainterPath()
    for column, row, east, north in arrows:
        start = place(column, row)
        dx, dy = length_of(east), -length_of(north)
        size = (dx * dx + dy * dy) ** 0.5
        if size < 2.5:
            continue
        end = QPointF(start.x() + dx, start.y() + dy)
        path.moveTo(start)
        path.lineTo(end)
        ux, uy = dx / size, dy / size
        for side in (-1, 1):
            path.moveTo(end)
            path.lineTo(end.x() - _HEAD * (ux - 0.7 * side * uy), end.y() - _HEAD * (uy + 0.7 * side * ux))
    for colour, width in (("white", 3.0), ("black", 1.3)):
        painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path)


def thinned(arrows, scale: float):
    """Fewer arrows where the picture is small. scale: px of the screen per px of the picture."""
    for axis in (0, 1):
        places = sorted({arrow[axis] for arrow in arrows})
        if len(places) > 1:
            every = max(1, round(_APART / max(scale * (places[1] - places[0]), 0.1)))
            kept = set(places[every // 2::every])
            arrows = [arrow for arrow in arrows if arrow[axis] in kept]
    return arrows


def _longest(arrows) -> float:
    return max(((east * east + north * north) ** 0.5 for _, _, east, north in arrows), default=0.0) or 1.0


class PreviewPanel(QWidget):
    """One side: picture over the grey image, title above, numbers below, a legend."""

    def __init__(self, name: str, parent=None):
        super().__init__(parent)
        self._picture: Optional[Picture] = None
        self._base: Optional[QImage] = None
        self.title, self.message, self._facts = "", "", ()
        self.setAccessibleName(name)
        self.setMinimumSize(150, 190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self):
        return QSize(190, 250)

    def show_picture(self, picture: Optional[Picture], base: Optional[QImage], title: str,
                     facts: Sequence[Tuple[str, str]] = (), message: str = "") -> None:
        """message: in the place of a picture that is not there."""
        self._picture, self._base, self.title = picture, base, title
        self._facts, self.message = tuple(facts), message
        self.setAccessibleDescription(f"{title} " + ", ".join(f"{n}: {v}" for n, v in facts) + message)
        self.update()

    @property
    def picture(self) -> Optional[Picture]:
        return self._picture

    def paintEvent(self, event):
        look, painter = Look(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.base)
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        painter.setPen(look.text)
        painter.drawText(QRectF(6, 2, self.width() - 12, line + 2), Qt.AlignmentFlag.AlignLeft, metrics.elidedText(
            self.title, Qt.TextElideMode.ElideRight, self.width() - 12))
        facts = self._facts if self.height() > _LOW else self._facts[:2]
        below = line * (len(facts) + 1.6) + 4
        room = QRectF(6, line + 6, self.width() - 12, self.height() - line - 10 - below)
        if self._picture is None:
            painter.setPen(look.soft)
            painter.drawText(room.adjusted(6, 0, -6, 0), int(Qt.AlignmentFlag.AlignCenter)
                             | int(Qt.TextFlag.TextWordWrap), self.message)
            painter.end()
            return
        image = self._picture.image
        scale = min(room.width() / image.width(), room.height() / image.height())
        frame = QRectF(0, 0, image.width() * scale, image.height() * scale)
        frame.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(frame, self._base)
        painter.drawImage(frame, image)
        if self._picture.arrows:
            most, reach = _longest(self._picture.arrows), max(frame.width(), frame.height(), 130.0) / 11
            paint_arrows(painter, thinned(self._picture.arrows, scale),
                         lambda c, r: QPointF(frame.left() + c * scale, frame.top() + r * scale),
                         lambda metres: metres / most * reach)
        self._paint_legend(painter, look, QRectF(6, room.bottom() + 4, self.width() - 12, line))
        self._paint_facts(painter, look, room.bottom() + line * 1.6 + 2, line, facts)
        painter.end()

    def _paint_legend(self, painter: QPainter, look: Look, room: QRectF) -> None:
        picture, metrics = self._picture, QFontMetricsF(self.font())
        painter.setPen(look.soft)
        if picture.flags:
            left = room.left()
            for words, colour in picture.flags:
                painter.fillRect(QRectF(left, room.top() + 3, 9, 9), QColor(colour))
                painter.drawText(QPointF(left + 13, room.top() + metrics.ascent()), words)
                left += 20 + metrics.horizontalAdvance(words)
            return
        if not picture.colours:
            return
        low, high = metrics.horizontalAdvance(picture.low) + 6, metrics.horizontalAdvance(picture.high) + 6
        painter.drawText(QPointF(room.left(), room.top() + metrics.ascent()), picture.low)
        painter.drawText(QPointF(room.right() - high + 6, room.top() + metrics.ascent()), picture.high)
        bar = QRectF(room.left() + low, room.top() + 4, room.width() - low - high, room.height() - 7)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for number, colour in enumerate(picture.colours):
            ramp.setColorAt(number / (len(picture.colours) - 1), QColor(colour))
        painter.fillRect(bar, ramp)

    def _paint_facts(self, painter: QPainter, look: Look, top: float, line: float, facts) -> None:
        for number, (name, value) in enumerate(facts):
            room = QRectF(6, top + number * line, self.width() - 12, line)
            painter.setPen(look.soft)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(look.text)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, value)


class PreviewOnMap(QgsMapCanvasItem):
    """The preview in its place; moves with the map."""

    def __init__(self, canvas):
        super().__init__(canvas)
        self._canvas = canvas
        self._picture: Optional[Picture] = None
        self._grid = self._to_map = None
        self.setZValue(60)

    def show_picture(self, picture: Optional[Picture], grid, to_map: Optional[QgsCoordinateTransform]) -> None:
        """to_map: from the grid's coordinate system to the map's."""
        self._picture, self._grid, self._to_map = picture, grid, to_map
        self.updatePosition()
        self.update()

    def updatePosition(self):
        self.setPos(0, 0)
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        corners = self._corners()
        return QPolygonF(corners).boundingRect().adjusted(-4, -4, 4, 4) if corners else QRectF()

    def _place(self, column: float, row: float) -> QPointF:
        return self.toCanvasCoordinates(self._to_map.transform(QgsPointXY(*self._grid.xy(column, row))))

    def _corners(self):
        if self._picture is None or self._grid is None:
            return []
        width, height = self._grid.width, self._grid.height
        try:
            return [self._place(c, r) for c, r in ((0, 0), (width, 0), (width, height), (0, height))]
        except QgsCsException:  # no place on this map
            return []

    def paint(self, painter, option=None, widget=None):
        corners = self._corners()
        if not corners:
            return
        image, turn = self._picture.image, QTransform()
        source = QPolygonF([QPointF(0, 0), QPointF(image.width(), 0), QPointF(image.width(), image.height()),
                            QPointF(0, image.height())])
        if not QTransform.quadToQuad(source, QPolygonF(corners), turn):
            return
        painter.save()
        painter.setTransform(turn, True)
        painter.drawImage(0, 0, image)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._picture.arrows:
            span = QPolygonF(corners).boundingRect()
            most, reach = _longest(self._picture.arrows), max(span.width(), span.height()) / 12
            paint_arrows(painter, self._picture.arrows, self._place, lambda metres: metres / most * reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("black"), 1.2, Qt.PenStyle.DashLine))
        painter.drawPolygon(QPolygonF(corners))

    def remove(self) -> None:
        """Take it off the map for good."""
        if self._canvas.scene() is not None:
            self._canvas.scene().removeItem(self)
