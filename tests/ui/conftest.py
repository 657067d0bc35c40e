"""A QGIS window without QGIS's main program, and a small series whose numbers are known."""
import importlib.util
import time
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("small_series", Path(__file__).with_name("small_series.py"))
_SMALL = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_SMALL)


@pytest.fixture
def small():
    """The module small_series: its constants and functions."""
    return _SMALL


@pytest.fixture
def series(tmp_path):
    return _SMALL.write_small_series(tmp_path / "slide")


@pytest.fixture
def iface(qgis_app):
    """What plugins use of QGIS's interface, on real widgets; remembers what was added and not removed."""
    from qgis.core import QgsProject
    from qgis.gui import QgsMapCanvas, QgsMessageBar
    from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, pyqtSignal
    from qgis.PyQt.QtWidgets import QMainWindow

    class Iface(QObject):
        currentLayerChanged = pyqtSignal(object)

        def __init__(self):
            super().__init__()
            self.window = QMainWindow()
            self.canvas = QgsMapCanvas(self.window)
            self.bar = QgsMessageBar(self.window)
            self.window.setCentralWidget(self.canvas)
            self.window.resize(900, 700)
            self.menu, self.layer, self.factories, self.layer_actions = [], None, [], []

        def mainWindow(self):
            return self.window

        def mapCanvas(self):
            return self.canvas

        def messageBar(self):
            return self.bar

        def activeLayer(self):
            known = QgsProject.instance().mapLayers().values()
            return next((layer for layer in known if layer is self.layer), None)

        def setActiveLayer(self, layer):
            self.layer = layer
            self.currentLayerChanged.emit(layer)

        def zoomToActiveLayer(self):
            self.canvas.setExtent(self.layer.extent())

        def addToolBar(self, name):
            return self.window.addToolBar(name)

        def addPluginToMenu(self, name, action):
            self.menu.append(action)

        def removePluginMenu(self, name, action):
            self.menu.remove(action)

        def addDockWidget(self, area, dock):
            self.window.addDockWidget(area, dock)
            dock.show()

        def registerOptionsWidgetFactory(self, factory):
            self.factories.append(factory)

        def unregisterOptionsWidgetFactory(self, factory):
            self.factories.remove(factory)

        def addCustomActionForLayerType(self, action, menu, kind, all_layers):
            self.layer_actions.append(action)

        def removeCustomActionForLayerType(self, action):
            self.layer_actions.remove(action)

        def removeDockWidget(self, dock):
            self.window.removeDockWidget(dock)

    QgsProject.instance().clear()
    made = Iface()
    made.window.show()
    yield made
    QgsProject.instance().clear()
    made.window.close()
    made.canvas.deleteLater()
    made.window.deleteLater()
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()


@pytest.fixture
def plugin(iface):
    """The plugin in that window; the provider of the session stays for the other tests."""
    from qgis.core import QgsApplication
    import terrain_motion
    registry = QgsApplication.processingRegistry()
    # the provider of the session would be in the way
    session = registry.providerById("terrainmotion")
    made = terrain_motion.classFactory(iface)
    made.initProcessing = lambda: setattr(made, "provider", session)
    made.initGui()
    yield made
    made.provider = None  # stays for the other tests
    if made._actions:
        made.unload()


@pytest.fixture
def wait():
    """wait(condition): let Qt work until it holds; fails after some seconds."""
    from qgis.PyQt.QtTest import QTest

    def until(condition, seconds=20.0):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            QTest.qWait(5)
    return until
