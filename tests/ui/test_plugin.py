"""The plugin in a window: menu, toolbar, dock, and nothing left afterwards."""
import subprocess
import sys

import pytest


def settle():
    from qgis.PyQt.QtCore import QCoreApplication, QEvent
    from qgis.PyQt.QtTest import QTest
    QTest.qWait(30)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def everything(iface):
    from qgis.PyQt.QtWidgets import QAction, QDockWidget, QToolBar
    window = iface.window
    return {"docks": len(window.findChildren(QDockWidget)), "bars": len(window.findChildren(QToolBar)),
            "actions": len(window.findChildren(QAction)), "menu": len(iface.menu),
            "items": len(iface.canvas.scene().items()),
            "canvas": iface.canvas.receivers(iface.canvas.mapToolSet),
            "range": iface.canvas.receivers(iface.canvas.temporalRangeChanged),
            "layer": iface.receivers(iface.currentLayerChanged), "pages": len(iface.factories),
            "layer menus": len(iface.layer_actions)}


def test_menu_offers_the_way_in(plugin, iface):
    texts = [action.text() for action in iface.menu]
    for words in ("sample data", "Study", "Time series", "Run the chain", "Open series", "Help", "About"):
        assert any(words in text for text in texts), words
    texts = [action.text() for action in plugin.toolbar.actions()]
    assert texts[:3] == ["Study: from scenes to results", "Time series", "Pick points of the time series"]


def test_dock_is_made_when_it_is_first_wanted(plugin):
    assert plugin.dock is None
    plugin._actions["dock"].trigger()
    assert plugin.dock.isVisible()
    plugin._actions["dock"].trigger()
    assert not plugin.dock.isVisible()


def test_closing_the_dock_gives_the_map_tool_back(plugin, iface):
    plugin._actions["pick"].trigger()
    assert iface.canvas.mapTool() is plugin.dock.controller.tool
    assert plugin._actions["dock"].isChecked() and plugin._actions["pick"].isChecked()
    plugin.dock.close()
    assert iface.canvas.mapTool() is not plugin.dock.controller.tool
    assert not plugin._actions["dock"].isChecked() and not plugin._actions["pick"].isChecked()


def test_open_series_loads_styled_layers_and_waits_for_a_click(plugin, iface, series, wait):
    from qgis.core import QgsProject
    plugin.open_series(str(series))
    group = QgsProject.instance().layerTreeRoot().findGroup("Terrain Motion: slide")
    names = [node.name() for node in group.findLayers()]
    assert names[0] == "Speed [m/yr]" and "East displacement [m]" in names and "Why a pixel is missing" in names
    assert [node.isVisible() for node in group.findLayers()].count(True) == 1
    assert iface.canvas.mapTool() is plugin.dock.controller.tool
    wait(lambda: plugin.dock.view.series.currentText() == "slide")


def test_a_file_that_is_no_series_is_explained(plugin, iface, tmp_path):
    file = tmp_path / "series.json"
    file.write_text("{}")
    plugin.open_series(str(file))
    assert "is not a time series" in iface.bar.currentItem().text()


def test_dock_opens_with_a_project_that_was_saved_with_it(plugin, series, tmp_path):
    from qgis.core import QgsProject
    plugin.open_series(str(series))
    QgsProject.instance().write(str(tmp_path / "study.qgz"))
    plugin.show_dock(False)
    QgsProject.instance().clear()
    QgsProject.instance().read(str(tmp_path / "study.qgz"))
    assert plugin.dock.isVisible()


def test_unload_leaves_nothing_behind(plugin, iface, series, wait):
    plugin.provider = None
    plugin.unload()
    settle()
    before = everything(iface)
    plugin.initGui()
    plugin.open_series(str(series))
    wait(lambda: plugin.dock.view.plot_canvas is not None and plugin.dock.controller._about is not None)
    from qgis.core import QgsPointXY
    plugin.dock.controller.add_point(QgsPointXY(400100, 5199900))
    wait(lambda: plugin.dock.controller.store.state.points[0].history)
    plugin._actions["profile"].trigger()
    assert plugin._extras.profile.isVisible()
    plugin._actions["study"].trigger()
    assert plugin.study.isVisible()
    plugin.provider = None
    plugin.unload()
    settle()
    assert everything(iface) == before
    assert before["menu"] == before["docks"] == before["bars"] == 0


def test_plugin_can_be_loaded_again(plugin, iface):
    for _ in range(3):
        plugin.provider = None
        plugin.unload()
        plugin.initGui()
    plugin._actions["dock"].trigger()
    assert plugin.dock.isVisible()


def test_starting_the_plugin_imports_no_numerical_package(qgis_bare, plugin_folder):
    """What makes a start slow; benchmarks/start.py measures the time."""
    code = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication
app = QgsApplication([], True); app.initQgis()
from unittest.mock import MagicMock
import qgis.gui
from qgis.PyQt.QtWidgets import QMainWindow
window, canvas = QMainWindow(), qgis.gui.QgsMapCanvas()
iface = MagicMock(); iface.mainWindow.return_value = window; iface.mapCanvas.return_value = canvas
iface.addToolBar.side_effect = window.addToolBar
before = set(sys.modules)
import terrain_motion
plugin = terrain_motion.classFactory(iface); plugin.initGui()
new = {name.split(".")[0] for name in set(sys.modules) - before}
print("new:", *sorted(new & {"numpy", "scipy", "numba", "matplotlib", "pywt", "osgeo"}))
plugin.unload(); os._exit(0 if not sys.stdout.flush() else 1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False,
                          env={**__import__("os").environ, "PYTHONPATH": str(plugin_folder)})
    assert done.stdout.split() == ["new:"], done.stderr


@pytest.fixture
def small_sample(monkeypatch):
    """The simulator in a hurry: three scenes of the smallest size."""
    from terrain_motion.ui import sample
    monkeypatch.setattr(sample, "EXTRA", {"SIZE": 96, "DATES": 3})


def test_sample_data_are_made_in_the_background_and_loaded(plugin, iface, small_sample, tmp_path, wait):
    from qgis.core import QgsProject
    plugin.try_sample(str(tmp_path))
    assert plugin._sample.running
    wait(lambda: not plugin._sample.running, seconds=120)
    assert "Click on the map" in iface.bar.currentItem().text(), iface.bar.currentItem().text()
    names = [layer.name() for layer in QgsProject.instance().mapLayers().values()]
    assert "Scenes" in names and "Speed [m/yr]" in names
    wait(lambda: plugin.dock.controller._about is not None)
    centre = iface.canvas.extent().center()
    plugin.dock.controller.add_point(centre)
    wait(lambda: plugin.dock.controller.store.state.points[0].history)
    assert plugin.dock.controller.store.state.points[0].history.measured


def test_unloading_while_the_sample_is_made_is_safe(plugin, iface, small_sample, tmp_path, wait):
    from qgis.core import QgsApplication, QgsProject
    plugin.try_sample(str(tmp_path))
    plugin.provider = None
    plugin.unload()
    wait(lambda: QgsApplication.taskManager().countActiveTasks() == 0)
    settle()
    assert QgsProject.instance().count() == 0


def test_chain_opens_the_form_of_the_model(plugin, monkeypatch):
    import processing
    opened = []

    def remember(name):
        opened.append(name)
    monkeypatch.setattr(processing, "createAlgorithmDialog", remember)
    plugin.run_chain()
    assert opened and opened[0].startswith("terrainmotion:")
