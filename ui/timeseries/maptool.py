"""Map tool of the time-series dock: click to add a point, drag one to move it, right click to take it away; draw areas."""
from qgis.core import QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

_DRAG_PX = 5
_COLOUR = "#e07b00"


class PointTool(QgsMapTool):
    """Only says what the mouse does, in map coordinates."""
    clicked = pyqtSignal(QgsPointXY)
    referenceClicked = pyqtSignal(QgsPointXY)  # with Ctrl
    removeRequested = pyqtSignal(QgsPointXY)
    moved = pyqtSignal(QgsPointXY)
    dragged = pyqtSignal(QgsPointXY, QgsPointXY)  # from where, to where
    left = pyqtSignal()

    def __init__(self, canvas):
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._pressed = self._start = None

    def canvasPressEvent(self, event: QgsMapMouseEvent):
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._start = event.pos(), event.mapPoint()

    def canvasReleaseEvent(self, event: QgsMapMouseEvent):
        place, dragging = event.mapPoint(), self._dragging(event)
        self._pressed = None
        if event.button() == Qt.MouseButton.RightButton:
            self.removeRequested.emit(place)
        elif event.button() == Qt.MouseButton.LeftButton:
            if dragging:
                self.dragged.emit(self._start, place)
            elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.referenceClicked.emit(place)
            else:
                self.clicked.emit(place)

    def canvasMoveEvent(self, event: QgsMapMouseEvent):
        if self._pressed is None:
            self.moved.emit(event.mapPoint())
        elif self._dragging(event):
            self.dragged.emit(self._start, event.mapPoint())

    def deactivate(self):
        self._pressed = None
        self.left.emit()
        super().deactivate()

    def _dragging(self, event) -> bool:
        return self._pressed is not None and (event.pos() - self._pressed).manhattanLength() > _DRAG_PX


class ShapeTool(QgsMapTool):
    """Clicks set corners; a right or double click, or Enter, ends the shape; Escape and Backspace take back."""
    finished = pyqtSignal(object)  # list of QgsPointXY

    def __init__(self, canvas, polygon: bool):
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        kind = QgsWkbTypes.GeometryType.PolygonGeometry if polygon else QgsWkbTypes.GeometryType.LineGeometry
        self._kind, self._fewest = kind, 3 if polygon else 2
        self._corners = []
        self._band = QgsRubberBand(canvas, kind)
        self._band.setColor(QColor(_COLOUR))
        self._band.setFillColor(QColor(224, 123, 0, 40))
        self._band.setWidth(2)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent):
        if event.button() == Qt.MouseButton.RightButton:
            self._end()
        elif event.button() == Qt.MouseButton.LeftButton:
            place = event.mapPoint()
            if not self._corners or place != self._corners[-1]:
                self._corners.append(place)
            self._show(place)

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent):
        self._end()

    def canvasMoveEvent(self, event: QgsMapMouseEvent):
        if self._corners:
            self._show(event.mapPoint())

    def keyPressEvent(self, event):
        if event.key() == Qt.Key.Key_Escape:
            self._forget()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and self._corners:
            self._corners.pop()
            self._show(self._corners[-1] if self._corners else None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end()
        else:
            return
        event.accept()

    def deactivate(self):
        self._forget()
        super().deactivate()

    def close(self) -> None:
        """Take the drawing off the map for good."""
        scene = self.canvas().scene() if self.canvas() is not None else None
        if scene is not None and self._band is not None:
            scene.removeItem(self._band)
        self._band = None

    def _show(self, moving) -> None:
        self._band.reset(self._kind)
        for place in [*self._corners, *([moving] if moving is not None and self._corners else [])]:
            self._band.addPoint(place)

    def _end(self) -> None:
        corners = self._corners
        self._forget()
        if len(corners) >= self._fewest:
            self.finished.emit(corners)

    def _forget(self) -> None:
        self._corners = []
        if self._band is not None:
            self._band.reset(self._kind)
