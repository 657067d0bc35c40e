"""What stands beside the docks: profile, settings page, optional packages, a menu on layers, animation."""
from typing import List

from qgis.core import Qgis, QgsApplication, QgsCoordinateTransform, QgsProject, QgsRasterLayer
from qgis.gui import QgsOptionsWidgetFactory
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QDialog, QMenu

from .settings import store
from .words import tr

TITLE = "Terrain Motion"
_SCOPE, _OPEN_KEY = "terrain_motion", "/profile/open"


class SettingsFactory(QgsOptionsWidgetFactory):
    """The page in Settings > Options; it is made when it is looked at."""

    def __init__(self, icon: QIcon):
        super().__init__(tr(TITLE), icon)

    def createWidget(self, parent):
        from .settings.page import SettingsPage
        return SettingsPage(parent)


class Extras:
    """Registers everything with QGIS; `close` takes it all back. add: the plugin's way to add an action."""

    def __init__(self, iface, add, icon: QIcon):
        self._iface, self._add = iface, add
        self.profile = None
        self._runs: List = []
        self._dialogs: List[QDialog] = []
        store.apply_machine()
        self._factory = SettingsFactory(icon)
        iface.registerOptionsWidgetFactory(self._factory)
        self._layer_menu = QMenu(tr(TITLE), iface.mainWindow())
        self._layer_menu.setIcon(icon)
        self._layer_menu.aboutToShow.connect(self._fill_layer_menu)
        self._layer_action = QAction(icon, tr("Terrain Motion"), iface.mainWindow())
        self._layer_action.setMenu(self._layer_menu)
        iface.addCustomActionForLayerType(self._layer_action, "", _raster_type(), True)
        project = QgsProject.instance()
        self._connections = [(project.readProject, self._project_read), (project.writeProject, self._project_written)]
        for signal, slot in self._connections:
            signal.connect(slot)

    def add_actions(self) -> None:
        """The menu entries, in the plugin's menu."""
        theme = QgsApplication.getThemeIcon
        self._profile_action = self._add("profile", theme("/mActionAddPolyline.svg"), tr("Profile"), self.show_profile,
                                         checkable=True, toolbar=True)
        self._add("packages", theme("/mActionOptions.svg"), tr("Optional packages…"), self.show_packages)

    def close(self) -> None:
        """Leave nothing behind."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        for run in self._runs:
            run.abandon()
        for dialog in self._dialogs:
            dialog.close()
        self._iface.unregisterOptionsWidgetFactory(self._factory)
        self._iface.removeCustomActionForLayerType(self._layer_action)
        for thing in (self._layer_action, self._layer_menu):
            thing.deleteLater()
        if self.profile is not None:
            self.profile.release()
            self._iface.removeDockWidget(self.profile)
            self.profile.deleteLater()
        self.profile, self._runs, self._dialogs, self._connections = None, [], [], []

    def show_profile(self, visible: bool = True) -> None:
        """Open or close the profile dock; it is made when first opened."""
        if visible and self.profile is None:
            from .profile.dock import ProfileDock
            self.profile = ProfileDock(self._iface)
            self.profile.closedStateChanged.connect(self._profile_closed)
            if not self._iface.mainWindow().restoreDockWidget(self.profile):
                self._iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.profile)
        if self.profile is not None:
            self.profile.setUserVisible(visible)
        if self._profile_action is not None:
            self._profile_action.setChecked(visible)

    def show_packages(self) -> None:
        from .packages.dialog import PackagesDialog
        dialog = PackagesDialog(self._iface.mainWindow())
        self._dialogs.append(dialog)
        dialog.destroyed.connect(lambda *_: self._dialogs.remove(dialog) if dialog in self._dialogs else None)
        dialog.show()

    def show_in(self, unit: str) -> None:
        """Show the chosen layers in another unit."""
        from . import layer_style
        for layer in self._chosen():
            layer_style.show_in(layer, unit)

    def share_stretch(self) -> None:
        """One range for the chosen layers that can be compared; for all of the project where only one is chosen."""
        from . import layer_style
        chosen = self._chosen()
        layers = chosen if len(chosen) > 1 else layer_style.project_layers(QgsProject.instance())
        count = layer_style.share_stretch(layers)
        words = tr("{count} layers share their range with another now.").format(count=count) if count else tr(
            "There are no two layers of one unit to compare.")
        self._iface.messageBar().pushInfo(tr(TITLE), words)

    def stretch_to_view(self) -> None:
        """The range of what is on screen, symmetrical where there are both signs."""
        from . import layer_style
        canvas = self._iface.mapCanvas()
        for layer in self._chosen():
            turn = QgsCoordinateTransform(canvas.mapSettings().destinationCrs(), layer.crs(), QgsProject.instance())
            layer_style.stretch_to(layer, turn.transformBoundingBox(canvas.extent()).intersect(layer.extent()))

    def draw_directions(self, look: str) -> None:
        """Streamlines or arrows of the active layer's series."""
        from .project_series import series_of
        from .streamlines import MeshRun
        series = series_of(self._iface.activeLayer())
        if not series.endswith(".json"):
            return
        run = MeshRun(self._iface, series, look)
        self._runs = [old for old in self._runs if old.running] + [run]
        run.start()

    def animate(self) -> None:
        """Set the temporal controller up for the active layer's dates and show its panel."""
        from . import temporal
        temporal.animate(self._iface, self._iface.activeLayer())

    def _chosen(self) -> List[QgsRasterLayer]:
        view = self._iface.layerTreeView() if hasattr(self._iface, "layerTreeView") else None
        layers = view.selectedLayersRecursive() if view is not None else []
        return [layer for layer in layers or [self._iface.activeLayer()] if isinstance(layer, QgsRasterLayer)]

    def _fill_layer_menu(self) -> None:
        from ..processing_provider.layers import KIND_PROPERTY
        from . import layer_style, units
        from .project_series import series_of
        from .streamlines import ARROWS, STREAMLINES
        menu, layer = self._layer_menu, self._iface.activeLayer()
        menu.clear()
        raster = layer if isinstance(layer, QgsRasterLayer) else None
        coloured = raster is not None and layer_style.shader_of(raster) is not None
        choices = units.choices(layer_style.stored_unit(raster)) if coloured else {}
        unit_menu = menu.addMenu(tr("Show in"))
        unit_menu.setEnabled(bool(choices))
        for unit in choices:
            action = unit_menu.addAction(unit, lambda u=unit: self.show_in(u))
            action.setCheckable(True)
            action.setChecked(unit == layer_style.shown_unit(raster))
        menu.addAction(tr("One range for comparable layers"), self.share_stretch).setEnabled(bool(choices))
        menu.addAction(tr("Range of what is on screen"), self.stretch_to_view).setEnabled(coloured)
        menu.addSeparator()
        directed = series_of(layer).endswith(".json")
        menu.addAction(tr("Add streamlines"), lambda: self.draw_directions(STREAMLINES)).setEnabled(directed)
        menu.addAction(tr("Add arrows"), lambda: self.draw_directions(ARROWS)).setEnabled(directed)
        series = raster is not None and raster.customProperty(KIND_PROPERTY) == "series"
        menu.addAction(tr("Animate the dates"), self.animate).setEnabled(bool(series))

    def _project_read(self, *_) -> None:
        if QgsProject.instance().readBoolEntry(_SCOPE, _OPEN_KEY, False)[0]:
            self.show_profile()

    def _project_written(self, *_) -> None:
        if self.profile is not None:
            QgsProject.instance().writeEntryBool(_SCOPE, _OPEN_KEY, not self.profile.isHidden())

    def _profile_closed(self, closed: bool) -> None:
        self._profile_action.setChecked(not closed)
        if closed:
            self.profile.controller.draw(False)


def _raster_type():
    """The kind of layer that the menu is for; QGIS 3.30 has moved it."""
    if Qgis.QGIS_VERSION_INT >= 33000:
        return Qgis.LayerType.Raster
    from qgis.core import QgsMapLayerType
    return QgsMapLayerType.RasterLayer
