"""The scenes over time: a dot each, hollow where it is not used; a click selects it."""
from datetime import date
from typing import List, Optional, Sequence, Set, Tuple

from qgis.PyQt.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QPainter, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..words import tr
from .look import BLUE, GREY, ORANGE, Look

_MARGIN, _RADIUS, _NEAR_PX = 14.0, 4.5, 9.0


class Timeline(QWidget):
    """Emits `selected` with the paths of the scenes under a click (with Ctrl: added to those selected)."""
    selected = pyqtSignal(list, bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._dots: List[Tuple[date, str, bool, Optional[float]]] = []
        self._chosen: Set[str] = set()
        self._ticks: Sequence[Tuple[date, str]] = ()
        self.setMinimumHeight(46)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Timeline of the scenes"))
        self.setToolTipDuration(8000)

    def sizeHint(self):
        return QSize(300, 46)

    def show_scenes(self, dots, ticks) -> None:
        """dots: (day, path, used, hidden share in % or None), by time. ticks: (day, label)."""
        self._dots, self._ticks = list(dots), ticks
        self.update()

    def show_selected(self, paths) -> None:
        self._chosen = set(paths)
        self.update()

    # inside

    def _x(self, day: date) -> float:
        first, last = self._dots[0][0], self._dots[-1][0]
        span = max((last - first).days, 1)
        return _MARGIN + (self.width() - 2 * _MARGIN) * (day - first).days / span

    def paintEvent(self, event):
        if not self._dots:
            return
        look, painter = Look(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        level = 16.0
        painter.setPen(QPen(look.faint, 1.5))
        painter.drawLine(QPointF(_MARGIN, level), QPointF(self.width() - _MARGIN, level))
        self._paint_ticks(painter, look, level)
        for day, path, used, hidden in self._dots:
            colour = QColor(GREY if not used else ORANGE if hidden is not None and hidden > 50 else BLUE)
            chosen = path in self._chosen
            painter.setPen(QPen(look.highlight if chosen else colour, 3.0 if chosen else 1.3))
            painter.setBrush(colour if used else look.base)
            radius = _RADIUS + (1.5 if chosen else 0.0)
            painter.drawEllipse(QPointF(self._x(day), level), radius, radius)
        painter.end()

    def _paint_ticks(self, painter: QPainter, look: Look, level: float) -> None:
        metrics, free = QFontMetricsF(self.font()), -1e9
        painter.setPen(look.soft)
        for day, label in self._ticks:
            x, width = self._x(day), metrics.horizontalAdvance(label)
            left = min(max(x - width / 2, 2.0), self.width() - width - 2.0)
            painter.drawLine(QPointF(x, level + 7), QPointF(x, level + 11))
            if left > free:
                painter.drawText(QRectF(left, level + 11, width + 2, metrics.height()), Qt.AlignmentFlag.AlignLeft, label)
                free = left + width + 6

    def _under(self, place) -> List[int]:
        if not self._dots:
            return []
        near = [(abs(self._x(dot[0]) - place.x()), i) for i, dot in enumerate(self._dots)]
        closest = min(near)[0]
        return [i for distance, i in near if distance <= closest + 0.5] if closest <= _NEAR_PX else []

    def mousePressEvent(self, event):
        found = self._under(event.pos())
        if found and event.button() == Qt.MouseButton.LeftButton:
            more = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.selected.emit([self._dots[i][1] for i in found], more)

    def event(self, event):
        if event.type() == QEvent.Type.ToolTip:
            found = self._under(event.pos())
            texts = [f"{self._dots[i][0]}" + ("" if self._dots[i][3] is None else f", {self._dots[i][3]:.0f} % "
                                              + tr("hidden by clouds")) for i in found]
            QToolTip.showText(event.globalPos(), "\n".join(texts), self)
            return True
        return super().event(event)
