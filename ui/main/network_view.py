"""The network of pairs, painted: baselines over time, and dates on a circle. A click on a line drops or returns a pair.

Painted with Qt: a thousand lines follow a slider at once, which Matplotlib does not.
"""
import math
from datetime import date
from typing import List, Optional, Sequence, Tuple

from qgis.PyQt.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...engine.network.plot_data import (Link, Node, PlotData, colour, control_point, nice_ceiling, on_circle, opacity,
                                         time_ticks)
from ..words import tr
from .look import GREY, RED, Look

Edge = Tuple[date, date]
_NEAR_LINE_PX, _NEAR_DOT_PX, _POINTS = 6.0, 8.0, 24
_SMOOTH_LINES = 1500  # more are one grey anyway, and smoothing them would take a second


class NetworkView(QWidget):
    """What both plots share. Emits `clicked` with the dates of the line under the mouse, `joined` with two dates."""
    clicked = pyqtSignal(object, object)
    joined = pyqtSignal(object, object)

    def __init__(self, name: str, parent=None):
        super().__init__(parent)
        self._data: Optional[PlotData] = None
        self._dropped: Sequence[Edge] = ()
        self._lines: List[Tuple[Edge, List[QPointF], bool]] = []
        self._shapes = self._drawn = None  # the lines as numbers; the picture without what the mouse does
        self._dots: List[Tuple[date, QPointF]] = []
        self._hover: Optional[Edge] = None
        self._first: Optional[date] = None  # of a pair that is being added
        self.message = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setMinimumSize(150, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self):
        return QSize(320, 220)

    def show_network(self, data: Optional[PlotData], dropped: Sequence[Edge] = (), message: str = "") -> None:
        """data: of the network, None with a message where there is none. dropped: lines to be shown as left out."""
        self._data, self._dropped, self.message = data, tuple(dropped), message
        self._hover = self._first = None
        self._place()
        self.update()

    # geometry, by the children

    def _dot_place(self, day: date) -> QPointF:
        raise NotImplementedError

    def _line(self, first: date, second: date) -> List[QPointF]:
        raise NotImplementedError

    def _scale(self, painter: QPainter, look: Look) -> None:
        """Axes below the lines."""

    def _prepare(self) -> None:
        """Sizes that the places need."""

    # inside

    def _place(self) -> None:
        self._lines, self._dots, self._shapes, self._drawn = [], [], None, None
        if self._data is None or not self._data.nodes:
            return
        self._prepare()
        days = {node.day for node in self._data.nodes}
        for edge in self._dropped:
            if edge[0] in days and edge[1] in days:
                self._lines.append((edge, self._line(*edge), True))
        for link in self._data.links:
            edge = (link.first.day, link.second.day)
            self._lines.append((edge, self._line(*edge), False))
        self._dots = [(node.day, self._dot_place(node.day)) for node in self._data.nodes]

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event):
        look, painter = Look(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.base)
        if self._data is None or not self._data.nodes:
            painter.setPen(look.soft)
            painter.drawText(QRectF(self.rect()).adjusted(14, 10, -14, -10),
                             int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), self.message)
            painter.end()
            return
        if self._drawn is None:
            self._drawn = self._picture(look)
        painter.drawPixmap(0, 0, self._drawn)
        links = {(link.first.day, link.second.day): link for link in self._data.links} if self._hover else {}
        for edge, points, dropped in self._lines:
            if edge == self._hover:
                painter.setPen(self._pen(links.get(edge), dropped, True, look))
                painter.drawPolyline(QPolygonF(points))
        for node, (day, place) in zip(self._data.nodes, self._dots):
            if day == self._first:
                self._paint_dot(painter, node, place, look)
        painter.end()

    def _picture(self, look: Look) -> QPixmap:
        """Everything but what the mouse does: kept, since a thousand lines take a while."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(look.base)
        painter = QPainter(picture)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._scale(painter, look)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._lines) <= _SMOOTH_LINES)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        links = {(link.first.day, link.second.day): link for link in self._data.links}
        for edge, points, dropped in self._lines:
            painter.setPen(self._pen(links.get(edge), dropped, False, look))
            painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for node, (_, place) in zip(self._data.nodes, self._dots):
            self._paint_dot(painter, node, place, look)
        painter.end()
        return picture

    def changeEvent(self, event):
        super().changeEvent(event)
        self._drawn = None  # other colours or type
        self.update()

    def _pen(self, link: Optional[Link], dropped: bool, hovered: bool, look: Look) -> QPen:
        if hovered:
            return QPen(QColor(RED), 2.6)
        if dropped or link is None:
            return QPen(QColor(GREY), 1.0, Qt.PenStyle.DotLine)
        shade = QColor(colour(link.first.part))
        if link.bridge:
            return QPen(shade, 2.0, Qt.PenStyle.DashLine)
        share = opacity(len(self._data.links))
        shade.setAlphaF(min(1.0, share * 1.4) if look.dark else share)
        return QPen(shade, 1.2)

    def _paint_dot(self, painter: QPainter, node: Node, place: QPointF, look: Look) -> None:
        chosen = node.day == self._first
        painter.setPen(QPen(QColor(RED) if chosen else QColor(GREY) if node.part < 0 else look.base,
                            2.4 if chosen else 1.2))
        painter.setBrush(look.base if node.part < 0 else QColor(colour(node.part)))
        radius = 3.6 + min(2.2, node.pairs / 14)
        painter.drawEllipse(place, radius, radius)

    def _dot_at(self, place: QPointF) -> Optional[date]:
        near = [(math.hypot(p.x() - place.x(), p.y() - place.y()), day) for day, p in self._dots]
        return min(near)[1] if near and min(near)[0] <= _NEAR_DOT_PX else None

    def _line_at(self, place: QPointF) -> Optional[Edge]:
        if not self._lines:
            return None
        if self._shapes is None:
            self._shapes = Lines([points for _, points, _ in self._lines])
        found = self._shapes.nearest(place.x(), place.y(), _NEAR_LINE_PX)
        return None if found is None else self._lines[found][0]

    def mouseMoveEvent(self, event):
        place = QPointF(event.pos())
        dot = self._dot_at(place)
        edge = None if dot else self._line_at(place)
        self.setCursor(Qt.CursorShape.PointingHandCursor if dot or edge else Qt.CursorShape.ArrowCursor)
        if edge != self._hover:
            self._hover = edge
            self.update()

    def leaveEvent(self, event):
        self._hover = None
        self.update()

    def mousePressEvent(self, event):
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = QPointF(event.pos())
        dot = self._dot_at(place)
        if dot is not None:
            if self._first is not None and self._first != dot:
                first, self._first = self._first, None
                self.joined.emit(min(first, dot), max(first, dot))
            else:
                self._first = None if self._first == dot else dot
            self.update()
            return
        self._first = None
        edge = self._line_at(place)
        if edge is not None:
            self.clicked.emit(*edge)
        self.update()

    def keyPressEvent(self, event):
        if event.key() == Qt.Key.Key_Escape and self._first is not None:
            self._first = None
            self.update()
            return
        super().keyPressEvent(event)

    def event(self, event):
        if event.type() == QEvent.Type.ToolTip:
            place = QPointF(event.pos())
            dot, edge = self._dot_at(place), self._line_at(place)
            if dot is not None:
                text = f"{dot}: " + tr("click here and on another date to add a pair")
            elif edge is not None:
                lost = any(known == edge and dropped for known, _, dropped in self._lines)
                text = f"{edge[0]} – {edge[1]}, {(edge[1] - edge[0]).days} " + tr("days") + "\n" + (
                    tr("Click takes it back") if lost else tr("Click drops this pair"))
            else:
                text = ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


class BaselinePlot(NetworkView):
    """Each pair an arc over its dates, as high as its baseline in days."""

    def _prepare(self) -> None:
        longest = [(b - a).days for a, b in [*((x.first.day, x.second.day) for x in self._data.links), *self._dropped]]
        self._top, self._step = nice_ceiling(max(longest, default=1))
        metrics = QFontMetricsF(self.font())
        left = metrics.horizontalAdvance(f"{self._top:.0f} ") + 12
        self._frame = QRectF(left, 24, self.width() - left - 14, self.height() - 24 - metrics.height() - 14)

    def _x(self, day: date) -> float:
        first, last = self._data.span
        return self._frame.left() + self._frame.width() * (day - first).days / max((last - first).days, 1)

    def _y(self, days: float) -> float:
        return self._frame.bottom() - self._frame.height() * days / self._top

    def _dot_place(self, day: date) -> QPointF:
        return QPointF(self._x(day), self._frame.bottom())

    def _line(self, first: date, second: date) -> List[QPointF]:
        a, b, high = self._x(first), self._x(second), (second - first).days
        angles = [math.pi * i / _POINTS for i in range(_POINTS + 1)]
        return [QPointF((a + b) / 2 - (b - a) / 2 * math.cos(t), self._y(high * math.sin(t))) for t in angles]

    def _scale(self, painter: QPainter, look: Look) -> None:
        metrics = QFontMetricsF(self.font())
        for number in range(round(self._top / self._step) + 1):
            days = number * self._step
            painter.setPen(QPen(look.faint, 1.0))
            painter.drawLine(QPointF(self._frame.left(), self._y(days)), QPointF(self._frame.right(), self._y(days)))
            painter.setPen(look.soft)
            painter.drawText(QRectF(0, self._y(days) - metrics.height() / 2, self._frame.left() - 8, metrics.height()),
                             int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{days:.0f}")
        painter.drawText(QPointF(8, metrics.ascent() + 2), tr("Temporal baseline (days)"))
        free = -1e9
        for day, label in time_ticks(*self._data.span):
            x, width = self._x(day), metrics.horizontalAdvance(label)
            left = min(max(x - width / 2, 2.0), self.width() - width - 2)
            if left > free:
                painter.drawText(QPointF(left, self._frame.bottom() + metrics.ascent() + 9), label)
                free = left + width + 8
        if self._data.split:
            painter.setPen(QPen(QColor(RED), 1.2, Qt.PenStyle.DashLine))
            x = self._x(self._data.split)
            painter.drawLine(QPointF(x, self._frame.top()), QPointF(x, self._frame.bottom()))


class ChordPlot(NetworkView):
    """Dates on a circle, clockwise from the top, and a chord for each pair."""

    def _prepare(self) -> None:
        metrics = QFontMetricsF(self.font())
        words = max((metrics.horizontalAdvance(label) for _, label in time_ticks(*self._data.span)), default=0.0)
        self._middle = QPointF(self.width() / 2, self.height() / 2)
        self._radius = max(20.0, min(self.width() / 2 - words - 18, self.height() / 2 - metrics.height() - 12))

    def _at(self, place: Tuple[float, float]) -> QPointF:
        return QPointF(self._middle.x() + self._radius * place[0], self._middle.y() - self._radius * place[1])

    def _dot_place(self, day: date) -> QPointF:
        return self._at(on_circle(self._data.angle(day)))

    def _line(self, first: date, second: date) -> List[QPointF]:
        one, two = self._data.angle(first), self._data.angle(second)
        a, b, c = on_circle(one), control_point(one, two), on_circle(two)
        shares = [i / _POINTS for i in range(_POINTS + 1)]
        return [self._at(tuple((1 - t) ** 2 * p + 2 * t * (1 - t) * q + t * t * r for p, q, r in zip(a, b, c)))
                for t in shares]

    def _scale(self, painter: QPainter, look: Look) -> None:
        painter.setPen(QPen(look.faint, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self._middle, self._radius, self._radius)
        metrics = QFontMetricsF(self.font())
        painter.setPen(look.soft)
        for day, label in time_ticks(*self._data.span):
            angle = self._data.angle(day)
            x, y = on_circle(angle, 1.0 + 10.0 / self._radius)
            place, width = self._at((x, y)), metrics.horizontalAdvance(label)
            left = place.x() - (0 if x > 0.25 else width if x < -0.25 else width / 2)
            down = metrics.ascent() / 2 + (metrics.ascent() / 2 if y < -0.9 else -metrics.ascent() / 2 if y > 0.9 else 0)
            painter.drawText(QPointF(left, place.y() + down), label)


class Lines:
    """Many lines of equally many points, to find the one under the mouse."""

    def __init__(self, lines: Sequence[Sequence[QPointF]]):
        import numpy as np
        points = np.array([[(p.x(), p.y()) for p in line] for line in lines])
        self._starts, self._steps = points[:, :-1], np.diff(points, axis=1)
        self._lengths = np.maximum((self._steps ** 2).sum(axis=2), 1e-9)
        self._low, self._high = points.min(axis=1), points.max(axis=1)

    def nearest(self, x: float, y: float, reach: float) -> Optional[int]:
        """The line nearest to a place, None where all are farther than `reach` px."""
        import numpy as np
        place = np.array((x, y))
        near = np.flatnonzero(((place >= self._low - reach) & (place <= self._high + reach)).all(axis=1))
        if not near.size:
            return None
        away = place - self._starts[near]
        share = np.clip((away * self._steps[near]).sum(axis=2) / self._lengths[near], 0, 1)
        gaps = np.hypot(*np.moveaxis(away - share[..., None] * self._steps[near], -1, 0)).min(axis=1)
        best = int(np.argmin(gaps))
        return int(near[best]) if gaps[best] <= reach else None
