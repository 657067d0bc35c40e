"""The dock around the time-series view."""
from qgis.gui import QgsDockWidget

from ..words import tr
from .controller import TimeSeriesController
from .view import TimeSeriesView

NAME = "TerrainMotionTimeSeries"


class TimeSeriesDock(QgsDockWidget):
    """Make it when it is first wanted: it needs NumPy and, a moment later, Matplotlib."""

    def __init__(self, iface):
        super().__init__(tr("Time series"), iface.mainWindow())
        self.setObjectName(NAME)
        self.view = TimeSeriesView(self)
        self.setWidget(self.view)
        self.controller = TimeSeriesController(iface, self.view)

    def release(self) -> None:
        """Before the dock is thrown away."""
        self.controller.close()
