"""Runs inside QGIS (`qgis --code`), told by TERRAIN_MOTION_JOB what to show; saves one picture and quits."""
import json
import os
import sys
import traceback
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import QgsPointXY, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QToolBar
from qgis.utils import iface, plugins

JOB = json.loads(os.environ["TERRAIN_MOTION_JOB"])
SIZE = tuple(JOB.get("size", (1440, 900)))
HIDDEN_DOCKS = ("Browser", "Browser2", "LayerOrder", "Overview", "AdvancedDigitizingTools", "MessageLog")
SHOWN_BARS = ("mFileToolBar", "mMapNavToolBar", "mAttributesToolBar", "TerrainMotionToolBar")
DOCK_HEIGHT = 330
SMOOTH_PX = 9  # points are chosen on a smoothed speed, or they would sit on outliers


def arrange(with_plot):
    """A window without what distracts."""
    window = iface.mainWindow()
    window.showNormal()
    window.setGeometry(0, 0, *SIZE)
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() in HIDDEN_DOCKS:
            dock.hide()
    for bar in window.findChildren(QToolBar):
        if isinstance(bar.parent(), type(window)) or bar.parent() is window:
            bar.setVisible(bar.objectName() in SHOWN_BARS)
    QTest.qWait(300)
    if with_plot:
        dock = plugins["terrain_motion"].dock
        window.resizeDocks([dock], [DOCK_HEIGHT], Qt.Orientation.Vertical)
    layers = window.findChild(QDockWidget, "Layers")
    window.resizeDocks([layers], [330], Qt.Orientation.Horizontal)
    QTest.qWait(500)


def open_result():
    """The demo's project, else the series over its hillshade."""
    plugin, project = plugins["terrain_motion"], QgsProject.instance()
    if JOB["project"]:
        iface.addProject(JOB["project"])
        iface.setActiveLayer(next(node.layer() for node in project.layerTreeRoot().findLayers()
                                  if node.name().startswith("Speed")))
        plugin.pick_points()
    else:
        plugin.open_series(JOB["series"])
        relief = Path(JOB["series"]).parent / "hillshade.tif"
        if relief.is_file():
            layer = QgsRasterLayer(str(relief), "Hillshade", "gdal")
            project.addMapLayer(layer, False)
            project.layerTreeRoot().addLayer(layer).setExpanded(False)
            for top in project.mapLayersByName("Speed [m/yr]"):
                top.renderer().setOpacity(0.65)
    iface.messageBar().clearWidgets()


def wait(condition, seconds=150):
    for _ in range(seconds * 20):
        if condition():
            return
        QTest.qWait(50)
    raise TimeoutError(condition)


def fast_places():
    """Map places (series' coordinates): fastest ground, half as fast, standing still."""
    dataset = gdal.Open(str(Path(JOB["series"]).parent / "velocity.tif"))
    names = [dataset.GetRasterBand(i).GetDescription() for i in range(1, dataset.RasterCount + 1)]
    speed = dataset.GetRasterBand(names.index("speed") + 1).ReadAsArray()
    height, width = (side // SMOOTH_PX for side in speed.shape)
    blocks = speed[:height * SMOOTH_PX, :width * SMOOTH_PX].reshape(height, SMOOTH_PX, width, SMOOTH_PX)
    smooth = np.median(blocks, axis=(1, 3))  # NaN where any pixel is missing
    rows, columns = np.mgrid[0:height, 0:width]
    inner = np.isfinite(smooth) & (np.minimum(rows, height - 1 - rows) > 3) & (np.minimum(columns, width - 1 - columns) > 3)
    top = np.unravel_index(np.argmax(np.where(inner, smooth, -1)), smooth.shape)
    far = np.hypot(rows - top[0], columns - top[1])
    chosen = [top]
    for share, distance in ((0.5, 6), (0.0, 14)):
        score = np.abs(smooth - share * smooth[top]) + np.where(inner & (far >= distance), 0, np.inf) + 0.002 * far
        chosen.append(np.unravel_index(np.nanargmin(score), smooth.shape))
    return [place_of(dataset, (row + .5) * SMOOTH_PX, (column + .5) * SMOOTH_PX) for row, column in chosen]


def missing_place():
    """The middle of the largest run of missing pixels in a row."""
    dataset = gdal.Open(str(Path(JOB["series"]).parent / "velocity.tif"))
    missing = np.isnan(dataset.GetRasterBand(1).ReadAsArray())
    missing[:20], missing[-20:], missing[:, :20], missing[:, -20:] = False, False, False, False
    run, best, where = np.zeros(missing.shape[1], int), 0, None
    for row in range(missing.shape[0]):
        run = np.where(missing[row], run + 1, 0)
        if run.max() > best:
            best, where = run.max(), (row - run.max() // 2, int(np.argmax(run)))
    return place_of(dataset, where[0] + .5, where[1] + .5) if where else None


def place_of(dataset, row, column):
    t = dataset.GetGeoTransform()
    return QgsPointXY(t[0] + column * t[1] + row * t[2], t[3] + column * t[4] + row * t[5])


def click(place):
    canvas = iface.mapCanvas()
    spot = canvas.getCoordinateTransform().transform(place)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
                     QPoint(round(spot.x()), round(spot.y())))
    controller = plugins["terrain_motion"].dock.controller
    wait(lambda: all(point.history or point.note for point in controller.store.state.points))


def timeseries(extra=()):
    open_result()
    dock = plugins["terrain_motion"].dock
    wait(lambda: dock.view.plot_canvas is not None and dock.controller.store.state.available)
    arrange(with_plot=True)
    iface.zoomToActiveLayer()
    settle()
    for place in [*fast_places(), *filter(None, extra)]:
        click(place)
    settle()


def missing():
    timeseries([missing_place()])


def model():
    """A model with a change of velocity, its parameters beside the plot."""
    timeseries()
    dock = plugins["terrain_motion"].dock
    from terrain_motion.engine.inversion.settings import ModelSettings
    dock.controller.store.update(panel="model", fit=ModelSettings(change=True, select=False))
    settle()


def pairs():
    """The pairs behind the first point, the worst one selected."""
    timeseries()
    dock = plugins["terrain_motion"].dock
    dock.controller.store.update(panel="pairs")
    tab = dock.view.panel.pairs
    tab.place.setCurrentIndex(0)
    tab.read.click()
    wait(lambda: tab.tree.topLevelItemCount() > 0)
    tab.tree.setCurrentItem(tab.tree.topLevelItem(0))
    settle()


def area():
    """An area with its spread, beside a reference area and a station."""
    timeseries()
    controller = plugins["terrain_motion"].dock.controller
    fast, _, still = fast_places()
    controller.clear()
    controller.add_area(square(fast, 200))
    controller.draw_reference(True)
    controller.add_area(square(still, 300))
    controller.beside.add_stations(write_station(fast))
    controller.store.update(panel="stations")
    wait(lambda: controller.store.state.loaded)
    settle()


def profile():
    """A profile across the fastest ground, all dates of the series."""
    open_result()
    plugins["terrain_motion"].show_dock(False)
    dock = show_profile()
    middle = fast_places()[0]
    dock.controller.choose_source(JOB["series"])
    dock.controller.set_line([QgsPointXY(middle.x() - 1100, middle.y() + 700),
                              QgsPointXY(middle.x() + 1500, middle.y() - 500)])
    wait(lambda: dock.controller.store.state.swath is not None)
    dock.controller.store.update(shown="all", component="across")
    settle()


def fault():
    """An earthquake's displacement across its fault, with the fitted offset."""
    import processing
    folder = Path(JOB["scratch"]) / "earthquake"
    made = processing.run("terrainmotion:simulatescenes", {"SCENARIO": 2, "SIZE": 256, "DATES": 3, "OUTPUT": str(folder)})
    plugin = plugins["terrain_motion"]
    plugin.open_series(made["TRUTH"])
    plugin.show_dock(False)
    dock = show_profile()
    extent, settings = iface.activeLayer().extent(), dock.controller.store.state.settings
    middle = extent.center()
    from dataclasses import replace
    dock.controller.store.update(settings=replace(settings, fault=True, zone=150.0))
    dock.controller.set_line([QgsPointXY(middle.x() - 0.42 * extent.width(), middle.y() - 0.3 * extent.height()),
                              QgsPointXY(middle.x() + 0.42 * extent.width(), middle.y() + 0.3 * extent.height())])
    wait(lambda: dock.controller.store.state.swath is not None)
    dock.controller.store.update(component="across")
    settle()


def show_profile():
    """The open profile dock, and the map on the active layer."""
    extras = plugins["terrain_motion"]._extras
    extras.show_profile()
    dock = extras.profile
    wait(lambda: dock.view.plot_canvas is not None and dock.controller.store.state.sources)
    arrange(with_plot=False)
    iface.mainWindow().resizeDocks([dock], [DOCK_HEIGHT], Qt.Orientation.Vertical)
    iface.zoomToActiveLayer()
    settle()
    return dock


def settings():
    """The page of the plugin in the options, as a window of its own."""
    from terrain_motion.ui.settings.page import SettingsPage
    page = SettingsPage()
    page.setWindowTitle("Terrain Motion")
    page.resize(640, 520)
    page.show()
    QTest.qWait(800)
    return page


def packages():
    """The window of optional packages, as if two were missing."""
    from terrain_motion.ui.packages import dialog, found
    known = found.installed
    found.installed = lambda package: known(package) and package.module not in ("numba", "pywt")
    window = dialog.PackagesDialog(iface.mainWindow())
    window.show()
    QTest.qWait(800)
    return window


def streamlines():
    """The series as streamlines over the speed."""
    open_result()
    plugins["terrain_motion"].show_dock(False)
    arrange(with_plot=False)
    iface.zoomToActiveLayer()
    from terrain_motion.ui.streamlines import MeshRun
    run = MeshRun(iface, JOB["series"], JOB.get("look", "streamlines"))
    run.start()
    wait(lambda: not run.running)
    iface.messageBar().clearWidgets()
    settle()


def square(middle, side):
    return [QgsPointXY(middle.x() + x * side, middle.y() + y * side) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def write_station(place):
    """A table like those of a GNSS receiver: the true motion of the place with noise, every three days."""
    from osgeo import osr
    series = JOB.get("truth") or JOB["series"]
    folder, rng = Path(series).parent, np.random.default_rng(5)
    days, columns = None, []
    for name in ("east", "north"):
        dataset = gdal.Open(str(folder / f"{name}.tif"))
        t = dataset.GetGeoTransform()
        values = dataset.ReadAsArray(int((place.x() - t[0]) / t[1]), int((place.y() - t[3]) / t[5]), 1, 1)[:, 0, 0]
        dates = [dataset.GetRasterBand(i).GetDescription() for i in range(1, dataset.RasterCount + 1)]
        numbers = np.array(dates, "datetime64[D]").astype(int)
        known = np.isfinite(values)
        days = np.arange(numbers[0], numbers[-1] + 1, 3)
        columns.append(np.interp(days, numbers[known], values[known]) + rng.normal(0, 0.02, len(days)))
    source, target = osr.SpatialReference(), osr.SpatialReference()
    source.ImportFromWkt(dataset.GetProjection())
    target.ImportFromEPSG(4326)
    for reference in (source, target):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    lon, lat, _ = osr.CoordinateTransformation(source, target).TransformPoint(place.x(), place.y())
    path = Path(JOB["scratch"]) / "station.csv"
    lines = [f"GNSS 1,{np.datetime64(int(d), 'D')},{e:.4f},{n:.4f},0.01,0.01,{lon:.6f},{lat:.6f}"
             for d, e, n in zip(days, *columns)]
    path.write_text("station,date,east,north,sigma_east,sigma_north,lon,lat\n" + "\n".join(lines), encoding="utf-8")
    return str(path)


def toolbox():
    """The toolbox with the provider open, and the form of one algorithm."""
    open_result()
    plugins["terrain_motion"].show_dock(False)
    arrange(with_plot=False)
    window = iface.mainWindow()
    box = window.findChild(QDockWidget, "ProcessingToolbox")
    box.show()
    window.resizeDocks([box], [360], Qt.Orientation.Horizontal)
    from qgis.PyQt.QtWidgets import QTreeView
    tree = box.findChild(QTreeView)
    tree.collapseAll()
    model = tree.model()
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        if index.data() == "Terrain Motion":
            tree.setExpanded(index, True)
            for child in range(model.rowCount(index)):
                tree.setExpanded(model.index(child, 0, index), True)
            tree.scrollTo(index, tree.ScrollHint.PositionAtTop)
    settle()


def study():
    """The main dock in the state that the job names."""
    import terrain_motion
    sys.path.insert(0, str(Path(terrain_motion.__file__).resolve().parent / "tools"))
    from screenshot_study import StudyPictures
    pictures = StudyPictures(JOB["series"], arrange, settle, wait)
    pictures.show(JOB["state"])
    iface.mainWindow().statusBar().clearMessage()
    picture = iface.mainWindow().grab()
    pictures.close()
    return Taken(picture)


class Taken:
    """A picture that was taken before things were cleared away."""

    def __init__(self, picture):
        self.picture = picture

    def grab(self):
        return self.picture


def settle():
    """Until the map is drawn and nothing is waiting."""
    QTest.qWait(700)
    wait(lambda: not iface.mapCanvas().isDrawing())
    QTest.qWait(700)


SCENES = (timeseries, missing, toolbox, model, pairs, area, profile, fault, settings, packages, streamlines, study)


def run():
    try:
        shown = {scene.__name__: scene for scene in SCENES}[JOB["scene"]]()
        iface.mainWindow().statusBar().clearMessage()
        (shown or iface.mainWindow()).grab().save(JOB["target"])
    except Exception:  # the outer script prints it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)  # the profile is thrown away: nothing to save, and no questions to answer


QTimer.singleShot(3000, run)
