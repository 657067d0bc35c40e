"""The dock around the study."""
from pathlib import Path

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtGui import QIcon

from ..words import tr
from .controller import MainController
from .view import MainView

NAME = "TerrainMotionStudy"
_ICONS = Path(__file__).parents[2] / "processing_provider" / "icons"


class MainDock(QgsDockWidget):
    """Make it when it is first wanted: it needs NumPy a moment later."""

    def __init__(self, iface, open_dock=None):
        """open_dock: what opens the time-series dock for picking points."""
        super().__init__(tr("Terrain Motion"), iface.mainWindow())
        self.setObjectName(NAME)
        icons = {"scenes": "scenes", "pairs": "pairs", "matching": "matching", "results": "timeseries"}
        self.view = MainView({page: QIcon(str(_ICONS / f"{name}.svg")) for page, name in icons.items()}, self)
        self.setWidget(self.view)
        self.controller = MainController(iface, self.view, open_dock)

    def release(self) -> None:
        """Before the dock is thrown away."""
        self.controller.close()
