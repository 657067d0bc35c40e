"""Wires provider, menu, toolbar and docks into QGIS. Everything heavy is imported when it is first wanted."""
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QTranslator, Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction, QFileDialog, QMessageBox

from .ui.words import tr

ROOT = Path(__file__).parent
NAME = "Terrain Motion"
_SCOPE, _OPEN_KEY, _STUDY_KEY = "terrain_motion", "/timeseries/open", "/study/open"
_FOLDER_SETTING = "terrain_motion/data_folder"
#: Our own, MintPy's, rasters with a date per band, points with a column per date.
_SERIES_FILES = " (series.json *.h5 *.he5 *.tif *.vrt *.gpkg *.shp *.geojson *.csv)"
_HELP_PAGES = ("docs/index.html", "docs/guide.md", "README.md")
_HOMEPAGE = "https://github.com/terrain-motion/terrain-motion"


class TerrainMotionPlugin:
    """What QGIS loads."""

    def __init__(self, iface):
        self.iface = iface
        self.provider = self.toolbar = self.dock = self.study = None
        self._actions, self._connections, self._extras = {}, [], None
        self._switcher = self._sample = self._translator = self._dialog = None

    # what QGIS calls

    def initProcessing(self):
        """Only the algorithms; enough for qgis_process."""
        from .processing_provider.provider import register
        if self.provider is None:
            self.provider = register()

    def initGui(self):
        self._translate()
        self.initProcessing()
        from .ui.extras import Extras
        self._extras = Extras(self.iface, self._add, QIcon(str(ROOT / "icon.svg")))
        self._make_actions()
        self._connect()
        from .ui import temporal
        if temporal.needed():
            self._switcher = temporal.BandSwitcher(self.iface.mapCanvas())
        # a project that was open before the plugin was loaded; after QGIS has finished loading plugins
        QTimer.singleShot(0, self._project_read)

    def unload(self):
        """Leave QGIS as it was."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections = []
        if self._sample:
            self._sample.abandon()
        if self._dialog:
            self._dialog.close()
        if self._switcher:
            self._switcher.close()
        if self._extras:
            self._extras.close()
        for dock in filter(None, (self.study, self.dock)):
            dock.release()
            self.iface.removeDockWidget(dock)
            dock.deleteLater()
        for action in self._actions.values():
            self.iface.removePluginMenu(NAME, action)
            action.deleteLater()
        self._actions = {}
        if self.toolbar:
            self.iface.mainWindow().removeToolBar(self.toolbar)
            self.toolbar.deleteLater()
        if self.provider:
            QgsApplication.processingRegistry().removeProvider(self.provider)
        if self._translator:
            QCoreApplication.removeTranslator(self._translator)
        self.provider = self.toolbar = self.dock = self.study = None
        self._switcher = self._sample = self._translator = self._dialog = self._extras = None

    # what the menu does

    def show_study(self, visible=True):
        """Open or close the main dock; it is made when first opened."""
        if visible and self.study is None:
            from .ui.main.dock import MainDock
            self.study = MainDock(self.iface, self.pick_points)
            self.study.closedStateChanged.connect(self._study_closed)
            if not self.iface.mainWindow().restoreDockWidget(self.study):
                self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.study)
        if self.study is not None:
            self.study.setUserVisible(visible)
        self._actions["study"].setChecked(visible)

    def show_dock(self, visible=True):
        """Open or close the time-series dock; it is made when first opened."""
        if visible and self.dock is None:
            from .ui.timeseries.dock import TimeSeriesDock
            self.dock = TimeSeriesDock(self.iface)
            self.dock.closedStateChanged.connect(self._dock_closed)
            if not self.iface.mainWindow().restoreDockWidget(self.dock):
                self.iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        if self.dock is not None:
            self.dock.setUserVisible(visible)
        self._actions["dock"].setChecked(visible)

    def pick_points(self, active=True):
        """Take the map tool of the dock."""
        if active:
            self.show_dock()
        if self.dock is not None:
            self.dock.controller.pick(active)

    def open_series(self, path=""):
        """Load a whole series as styled layers and show it in the dock."""
        from .engine.core.errors import TerrainMotionError
        from .ui.layers import load_series
        if not path:
            path, _ = QFileDialog.getOpenFileName(self.iface.mainWindow(), tr("Open a time series"),
                                                  QgsSettings().value(_FOLDER_SETTING, ""),
                                                  tr("Time series") + _SERIES_FILES)
            if not path:
                return
            QgsSettings().setValue(_FOLDER_SETTING, str(Path(path).parent))
        try:
            layers = load_series(path, QgsProject.instance())
        except (TerrainMotionError, OSError) as error:
            self.iface.messageBar().pushCritical(tr(NAME), str(error))
            return
        if layers:
            self.iface.setActiveLayer(layers[0])
            self.iface.zoomToActiveLayer()
        self.pick_points()

    def try_sample(self, folder=""):
        """Simulate a landslide in the background and load it."""
        from .ui.sample import SampleRun
        if self._sample and self._sample.running:
            self.iface.messageBar().pushInfo(tr(NAME), tr("The sample data are being made already."))
            return
        if not folder:
            folder = QFileDialog.getExistingDirectory(self.iface.mainWindow(), tr("Where to put the sample data"),
                                                      QgsSettings().value(_FOLDER_SETTING, ""))
            if not folder:
                return
            QgsSettings().setValue(_FOLDER_SETTING, folder)
        self._sample = SampleRun(Path(folder) / "terrain_motion_landslide", self.iface, self._sample_ready)
        self._sample.start()

    def run_chain(self):
        """The form of the chain: a model from a folder of scenes to velocity; the toolbox where there is none."""
        import processing
        from qgis.core import QgsProcessingModelAlgorithm
        models = [algorithm for algorithm in self.provider.algorithms()
                  if isinstance(algorithm, QgsProcessingModelAlgorithm)]
        self._dialog = processing.createAlgorithmDialog(models[0].id()) if models else None
        if self._dialog is None:
            self.iface.messageBar().pushInfo(tr(NAME), tr("The steps are in the Processing toolbox: Terrain Motion."))
            return
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.destroyed.connect(self._dialog_gone)
        self._dialog.show()

    def show_help(self):
        page = next((ROOT / name for name in _HELP_PAGES if (ROOT / name).is_file()), None)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)) if page else QUrl(_HOMEPAGE))

    def show_about(self):
        from .engine.core.history import VERSION
        QMessageBox.about(self.iface.mainWindow(), tr(NAME), (
            f"<h3>Terrain Motion {VERSION}</h3><p>"
            + tr("Displacements and time series of the ground from optical and radar satellite images.")
            + f'</p><p><a href="{_HOMEPAGE}">{_HOMEPAGE}</a></p><p>GPL-2.0-or-later</p>'))

    # inside

    def _make_actions(self):
        self.toolbar = self.iface.addToolBar(NAME)
        self.toolbar.setObjectName("TerrainMotionToolBar")
        icon, theme = QIcon(str(ROOT / "icon.svg")), QgsApplication.getThemeIcon
        self._add("sample", theme("/mActionAddRasterLayer.svg"), tr("Try it with sample data…"), self.try_sample)
        self._add("study", icon, tr("Study: from scenes to results"), self.show_study, checkable=True, toolbar=True)
        self._add("dock", QIcon(str(ROOT / "processing_provider" / "icons" / "timeseries.svg")),
                  tr("Time series"), self.show_dock, checkable=True, toolbar=True)
        self._add("pick", theme("/mActionCapturePoint.svg"), tr("Pick points of the time series"), self.pick_points,
                  checkable=True, toolbar=True)
        self._add("chain", theme("/processingAlgorithm.svg"), tr("Run the chain…"), self.run_chain)
        self._add("open", theme("/mActionFileOpen.svg"), tr("Open series…"), self.open_series)
        self._extras.add_actions()
        self._add("help", theme("/mActionHelpContents.svg"), tr("Help"), self.show_help)
        self._add("about", icon, tr("About Terrain Motion"), self.show_about)

    def _add(self, name, icon, text, slot, checkable=False, toolbar=False):
        action = QAction(icon, text, self.iface.mainWindow())
        action.setObjectName(f"TerrainMotion_{name}")
        action.setCheckable(checkable)
        # `triggered` says whether the action is checked: of interest only where it can be
        action.triggered.connect(slot if checkable else lambda _: slot())
        self.iface.addPluginToMenu(NAME, action)
        if toolbar:
            self.toolbar.addAction(action)
        self._actions[name] = action
        return action

    def _connect(self):
        project = QgsProject.instance()
        self._connections = [(project.readProject, self._project_read), (project.writeProject, self._project_written),
                             (self.iface.mapCanvas().mapToolSet, self._tool_changed)]
        for signal, slot in self._connections:
            signal.connect(slot)

    def _project_read(self, *_):
        """Open the docks with projects that were saved with them."""
        if self._actions and QgsProject.instance().readBoolEntry(_SCOPE, _STUDY_KEY, False)[0]:
            self.show_study()
        if self._actions and QgsProject.instance().readBoolEntry(_SCOPE, _OPEN_KEY, False)[0]:
            self.show_dock()

    def _project_written(self, *_):
        if self.study is not None:
            QgsProject.instance().writeEntryBool(_SCOPE, _STUDY_KEY, not self.study.isHidden())
        if self.dock is not None:
            QgsProject.instance().writeEntryBool(_SCOPE, _OPEN_KEY, not self.dock.isHidden())

    def _tool_changed(self, *_):
        active = self.dock is not None and self.iface.mapCanvas().mapTool() is self.dock.controller.tool
        self._actions["pick"].setChecked(active)

    def _study_closed(self, closed):
        self._actions["study"].setChecked(not closed)

    def _dock_closed(self, closed):
        self._actions["dock"].setChecked(not closed)
        if closed:
            self.dock.controller.pick(False)

    def _dialog_gone(self, *_):
        self._dialog = None

    def _sample_ready(self, truth):
        """The sample is loaded: show where to click."""
        if self._actions and truth:
            self.open_series(truth)

    def _translate(self):
        language = str(QgsSettings().value("locale/userLocale", "en"))[:2]
        file = ROOT / "i18n" / f"terrain_motion_{language}.qm"
        if file.is_file():
            self._translator = QTranslator()
            self._translator.load(str(file))
            QCoreApplication.installTranslator(self._translator)
