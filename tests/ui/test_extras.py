"""Settings page, optional packages, layer styles, streamlines, animation."""
from types import SimpleNamespace

import pytest


@pytest.fixture
def clean(qgis_app):
    """The user's settings are as before."""
    from qgis.core import QgsSettings
    from terrain_motion.engine.compute import memory, threads
    yield
    QgsSettings().remove("terrain_motion")
    threads.set_workers(None)
    memory.set_budget(None)


def test_page_keeps_machine_and_units_and_runs_follow(clean):
    from terrain_motion.engine.compute import memory, threads
    from terrain_motion.ui.settings import store
    from terrain_motion.ui.settings.page import SettingsPage
    page = SettingsPage()
    page.machine.editors["THREADS"].set(3)
    page.machine.editors["MEMORY"].set(512)
    page.rate.setCurrentText("cm/day")
    page.apply()
    assert threads.workers() == 3 and memory.budget() == 512 << 20
    assert store.shown_units() == {"length": "m", "rate": "cm/day"}
    again = SettingsPage()
    assert again.machine.value.threads == 3 and again.rate.currentText() == "cm/day"
    again.machine.editors["THREADS"].set(None)
    again.apply()
    assert store.machine().threads is None


def test_unreadable_settings_count_as_not_set(clean):
    from qgis.core import QgsSettings
    from terrain_motion.ui.settings import store
    QgsSettings().setValue("terrain_motion/machine/threads", "many")
    QgsSettings().setValue("terrain_motion/unit_rate", "furlongs")
    assert store.machine().threads is None and store.shown_units()["rate"] == "m/yr"
    QgsSettings().setValue("terrain_motion/machine/memory", -5)
    assert store.machine().memory is None


@pytest.mark.parametrize("where, wanted", [
    ("debian", "sudo apt install python3-numba python3-pywt"), ("fedora", "sudo dnf install python3-numba python3-pywt"),
    ("arch", "sudo pacman -S python-numba python-pywavelets"), ("windows", "python -m pip install --user numba PyWavelets")])
def test_command_is_exact_for_every_system(where, wanted):
    from terrain_motion.ui.packages import found
    packages = [package for package in found.PACKAGES if package.module in ("numba", "pywt")]
    assert found.command(packages, where) == wanted
    assert found.command([], where) == ""


def test_window_offers_the_command_for_what_is_missing(qgis_app, monkeypatch):
    from terrain_motion.ui.packages import dialog, found
    monkeypatch.setattr(found, "installed", lambda package: package.module != "pywt")
    monkeypatch.setattr(found, "system", lambda: found.DEBIAN)
    made = dialog.PackagesDialog()
    assert made.command.text() == "sudo apt install python3-pywt" and "restart QGIS" in made.words.text()
    made.copy.click()
    monkeypatch.setattr(found, "installed", lambda package: True)
    assert dialog.PackagesDialog().command.isHidden()


@pytest.fixture
def layers(qgis_app, series):
    from qgis.core import QgsProject
    from terrain_motion.ui.layers import load_series
    QgsProject.instance().clear()
    yield {layer.name().split(" [")[0]: layer for layer in load_series(series, QgsProject.instance())}
    QgsProject.instance().clear()


def test_legend_speaks_another_unit_and_the_data_stay(layers):
    from terrain_motion.ui import layer_style
    layer = layers["East velocity"]
    limit = layer_style.shader_of(layer).maximumValue()
    assert layer_style.show_in(layer, "mm/yr")
    shader = layer_style.shader_of(layer)
    assert layer.name() == "East velocity [mm/yr]" and shader.maximumValue() == limit
    assert shader.legendSettings().maximumLabel() == f"{layer_style.units.text(1000 * limit)} mm/yr"
    assert not layer_style.show_in(layer, "mm")  # a length is no velocity
    assert layer_style.show_in(layer, "m/yr") and layer.name() == "East velocity [m/yr]"


def test_comparable_layers_share_one_symmetrical_range(layers):
    from terrain_motion.ui import layer_style
    east, north, speed = (layers[name] for name in ("East velocity", "North velocity", "Speed"))
    layer_style.set_limit(east, 1.0)
    assert layer_style.share_stretch([east, north, speed]) == 2
    shaders = [layer_style.shader_of(layer) for layer in (east, north)]
    assert shaders[0].maximumValue() == shaders[1].maximumValue() == -shaders[0].minimumValue()
    values = [item.value for item in shaders[0].colorRampItemList()]
    assert values == sorted(values) and values[3] == pytest.approx(0.0, abs=1e-9)
    assert layer_style.shader_of(speed).minimumValue() == 0.0


def test_range_of_what_is_on_screen(layers, small):
    from qgis.core import QgsRectangle
    from terrain_motion.ui import layer_style
    layer = layers["East velocity"]
    x, y = small.ORIGIN
    assert layer_style.stretch_to(layer, QgsRectangle(x, y - 400, x + 200, y))
    assert layer_style.shader_of(layer).maximumValue() == pytest.approx(3.0 * 19 / 39, rel=0.06)


def test_streamlines_of_a_series_are_added_as_a_layer(iface, series, wait):
    from qgis.core import QgsMeshLayer, QgsProject
    from terrain_motion.ui.streamlines import STREAMLINES, MeshRun
    run = MeshRun(iface, str(series), STREAMLINES)
    run.start()
    wait(lambda: not run.running, seconds=60)
    meshes = [layer for layer in QgsProject.instance().mapLayers().values() if isinstance(layer, QgsMeshLayer)]
    assert len(meshes) == 1, run._feedback.textLog()
    settings = meshes[0].rendererSettings()
    group = settings.activeVectorDatasetGroup()
    assert settings.vectorSettings(group).symbology() == settings.vectorSettings(group).Symbology.Streamlines


def test_animation_has_a_frame_per_date(qgis_app, layers, small):
    from qgis.core import QgsTemporalNavigationObject
    from qgis.PyQt.QtWidgets import QMainWindow
    from terrain_motion.ui import temporal
    controller, window = QgsTemporalNavigationObject(), QMainWindow()
    iface = SimpleNamespace(mapCanvas=lambda: SimpleNamespace(temporalController=lambda: controller),
                            mainWindow=lambda: window)
    assert temporal.animate(iface, layers["East displacement"])
    assert controller.navigationMode() == QgsTemporalNavigationObject.NavigationMode.Animated
    assert controller.totalFrameCount() in (len(small.DATES), len(small.DATES) + 1)
    assert not temporal.animate(iface, None)


def test_layer_menu_offers_what_fits(iface, layers):
    from qgis.PyQt.QtGui import QIcon
    from terrain_motion.ui.extras import Extras
    iface.layer = layers["East velocity"]
    extras = Extras(iface, lambda *_, **__: None, QIcon())
    extras._fill_layer_menu()
    actions = {action.text(): action for action in extras._layer_menu.actions()}
    assert actions["Show in"].isEnabled() and actions["Add streamlines"].isEnabled()
    assert not actions["Animate the dates"].isEnabled()
    extras.show_in("cm/day")
    assert iface.layer.name() == "East velocity [cm/day]"
    extras.close()
    assert iface.factories == [] and iface.layer_actions == []
