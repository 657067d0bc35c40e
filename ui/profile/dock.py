"""The dock around the profile view."""
from qgis.gui import QgsDockWidget

from ..words import tr
from .controller import ProfileController
from .view import ProfileView

NAME = "TerrainMotionProfile"


class ProfileDock(QgsDockWidget):
    """Make it when it is first wanted."""

    def __init__(self, iface):
        super().__init__(tr("Profile"), iface.mainWindow())
        self.setObjectName(NAME)
        self.view = ProfileView(self)
        self.setWidget(self.view)
        self.controller = ProfileController(iface, self.view)

    def release(self) -> None:
        """Before the dock is thrown away."""
        self.controller.close()
