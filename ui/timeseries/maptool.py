"""Map tool of the time-series dock: click to add a point, right click on a point to take it away."""
from qgis.core import QgsPointXY
from qgis.gui import QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import Qt, pyqtSignal


class PointTool(QgsMapTool):
    """Only says what the mouse does, in map coordinates."""
    clicked = pyqtSignal(QgsPointXY)
    removeRequested = pyqtSignal(QgsPointXY)
    moved = pyqtSignal(QgsPointXY)
    left = pyqtSignal()

    def __init__(self, canvas):
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent):
        place = event.mapPoint()
        if event.button() == Qt.MouseButton.RightButton:
            self.removeRequested.emit(place)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(place)

    def canvasMoveEvent(self, event: QgsMapMouseEvent):
        self.moved.emit(event.mapPoint())

    def deactivate(self):
        self.left.emit()
        super().deactivate()
