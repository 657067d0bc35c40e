"""The dock around the study."""
from qgis.gui import QgsDockWidget

from ..words import tr
from .controller import MainController
from .view import MainView

NAME = "TerrainMotionStudy"


class MainDock(QgsDockWidget):
    """Make it when it is first wanted: it needs NumPy a moment later."""

    def __init__(self, iface, open_dock=None):
        """open_dock: what opens the time-series dock for picking points."""
        super().__init__(tr("Terrain Motion"), iface.mainWindow())
        self.setObjectName(NAME)
        self.view = MainView(self)
        self.setWidget(self.view)
        self.controller = MainController(iface, self.view, open_dock)

    def release(self) -> None:
        """Before the dock is thrown away."""
        self.controller.close()
