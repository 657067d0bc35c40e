"""The time-series dock beyond single points: areas, models, pairs, stations, days, units, other programs' series."""
import csv

import numpy as np
import pytest


@pytest.fixture
def stack(small, series):
    """All pairs of the small series, one of them 6 m off; the series says that it was made of them."""
    import json
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.core.stack import PairEntry, StackManifest
    from terrain_motion.engine.io.displacement import new_displacement
    from terrain_motion.engine.io.manifests import write_stack
    folder = series.parent.parent / "stack"
    (folder / "pairs").mkdir(parents=True)
    grid = Grid("EPSG:32632", (small.ORIGIN[0], small.PIXEL, 0.0, small.ORIGIN[1], 0.0, -small.PIXEL), *[small.SIZE] * 2)
    share = np.broadcast_to(np.arange(small.SIZE) / (small.SIZE - 1), grid.shape)
    entries = []
    for i, first in enumerate(small.DATES):
        for j in range(i + 1, len(small.DATES)):
            years = small.years()[j] - small.years()[i]
            bands = {"east": small.EAST_RATE * years * share + 6.0 * ((i, j) == (1, 4)) + 0.01 * (j - i),
                     "north": small.NORTH_RATE * years * share, "correlation": share * 0 + .9}
            entries.append(PairEntry(first, small.DATES[j], f"pairs/{first:%Y%m%d}_{small.DATES[j]:%Y%m%d}.tif"))
            with new_displacement(folder / entries[-1].file, grid, ("east", "north"), "correlation") as target:
                target.write({name: band.astype(np.float32) for name, band in bands.items()})
    write_stack(folder, StackManifest("optical", ("east", "north"), grid, tuple(entries)))
    manifest = json.loads(series.read_text(encoding="utf-8"))
    series.write_text(json.dumps({**manifest, "stack": "../stack/stack.json"}), encoding="utf-8")
    return folder / "stack.json"


@pytest.fixture
def dock(iface, series, stack, wait):
    """An open dock whose project holds the small series with its stack."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject
    from qgis.PyQt.QtCore import Qt
    from terrain_motion.ui.layers import load_series
    from terrain_motion.ui.timeseries.dock import TimeSeriesDock
    iface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    iface.layer = load_series(series, QgsProject.instance())[0]
    iface.zoomToActiveLayer()
    made = TimeSeriesDock(iface)
    iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, made)
    wait(lambda: made.view.plot_canvas is not None and made.controller.store.state.available)
    yield made
    made.controller.close()
    made.deleteLater()


@pytest.fixture
def add(dock, small, wait):
    """add(row, column): a point, and its history with error bars."""
    from qgis.core import QgsPointXY

    def do(row, column):
        dock.controller.add_point(QgsPointXY(*small.xy(row, column)))
        wait(lambda: all(p.history and p.history.sigmas or p.note for p in state(dock).points))
    return do


def state(dock):
    return dock.controller.store.state


def drawn(dock):
    return [container.lines[0].get_xydata() for container in dock.view._axes.containers]


def mouse(dock, places, small, iface, end=True):
    """Clicks on the map at (row, column)s; a right click at the end."""
    from qgis.core import QgsPointXY
    from qgis.PyQt.QtCore import QPoint, Qt
    from qgis.PyQt.QtTest import QTest
    for number, place in enumerate([*places, *([places[-1]] if end else [])]):
        spot = iface.canvas.getCoordinateTransform().transform(QgsPointXY(*small.xy(*place)))
        button = Qt.MouseButton.RightButton if number == len(places) else Qt.MouseButton.LeftButton
        QTest.mouseClick(iface.canvas.viewport(), button, Qt.KeyboardModifier.NoModifier,
                         QPoint(round(spot.x()), round(spot.y())))


CORNERS = [(8, 28), (8, 35), (16, 35), (16, 28)]


def test_an_area_shows_mean_and_spread(dock, iface, small, wait):
    dock.view.actions["polygon"].trigger()
    assert iface.canvas.mapTool() is dock.controller.area_tool
    mouse(dock, CORNERS, small, iface)
    wait(lambda: state(dock).points and state(dock).points[0].history)
    (point,) = state(dock).points
    # columns 28 to 35 move at a share of 28/39 to 35/39; a click is exact to about a pixel of the canvas
    assert drawn(dock)[0][-1, 1] == pytest.approx(5.0 * 31.5 / 39 * small.years()[-1], rel=0.03)
    assert point.pixels >= 49 and np.nanmax(point.spread["east"]) == pytest.approx(3.0 * 2.2 / 39, rel=0.25)
    bands = [artist for artist in dock.view._axes.collections if artist.get_alpha() == 0.18]
    assert len(bands) == 1 and "mean of" in dock.view._axes.containers[0].get_label()
    assert len(dock.controller.on_map.markers) == 1


def test_reference_area_is_taken_away(dock, iface, small, add, wait):
    add(12, 39)
    dock.view.actions["referenceArea"].trigger()
    mouse(dock, CORNERS, small, iface)
    wait(lambda: state(dock).reference and state(dock).reference.history)
    assert drawn(dock)[0][-1, 1] == pytest.approx(5.0 * (1 - 31.5 / 39) * small.years()[-1], rel=0.1)
    assert "reference area R" in dock.view.notes.text()
    dock.view.actions["referenceArea"].trigger()
    assert state(dock).reference is None


def test_a_dragged_point_takes_its_curve_along(dock, small, add, wait):
    from qgis.core import QgsPointXY
    add(10, 39)
    dock.controller.drag(QgsPointXY(*small.xy(10, 39)), QgsPointXY(*small.xy(10, 13)))
    wait(lambda: state(dock).points[0].history.x == small.xy(10, 13)[0])
    assert drawn(dock)[0][-1, 1] == pytest.approx(5.0 * 13 / 39 * small.years()[-1], rel=1e-4)
    assert len(state(dock).points) == 1


def test_reference_moves_by_a_click_with_ctrl(dock, small, add, wait):
    from qgis.core import QgsPointXY
    add(10, 39)
    for column, left in ((39, 0.0), (13, 5.0 * 26 / 39)):
        dock.controller.tool.referenceClicked.emit(QgsPointXY(*small.xy(20, column)))
        wait(lambda x=small.xy(20, column)[0]: state(dock).reference.history and state(dock).reference.history.x == x)
        assert drawn(dock)[0][-1, 1] == pytest.approx(left * small.years()[-1], abs=1e-4)


def test_a_model_is_fitted_live_with_sigmas(dock, small, add):
    add(10, 39)
    dock.view.actions["panel"].trigger()
    box = dock.view.panel.model.choice
    box.setCurrentIndex(box.findData("linear"))
    box.activated.emit(box.currentIndex())
    tree = dock.view.panel.model.tree
    assert tree.topLevelItem(0).text(0) == "Point 1"
    row = tree.topLevelItem(0).child(0)
    # sigma .25 m at six dates over a year: sigma / sqrt(sum (t - mean)^2) = .25 / sqrt(.7) = .30 m/yr
    assert row.text(0) == "Velocity" and row.text(1).startswith("5.00 ± 0.3") and row.text(2) == "m/yr"
    dock.controller.choose_unit("mm/day")
    assert tree.topLevelItem(0).child(0).text(2) == "mm/day"
    assert tree.topLevelItem(0).child(0).text(1).startswith("13.69 ±")
    dock.view.panel.model.residuals.setChecked(True)
    assert drawn(dock)[0][:, 1] == pytest.approx(np.zeros(6), abs=1e-5)
    dock.controller.choose_unit("m/yr")


def test_a_click_on_the_plot_sets_a_step_when_asked(dock, small, add):
    add(10, 39)
    dock.view.actions["panel"].trigger()
    box = dock.view.panel.model.choice
    box.setCurrentIndex(box.findData("step"))
    box.activated.emit(box.currentIndex())
    assert dock.view.panel.model.step.isChecked()
    dock.controller.pick_day(small.DATES[3])
    assert state(dock).fit.steps == small.DATES[3].isoformat() and not dock.view.panel.model.step.isChecked()
    names = [dock.view.panel.model.tree.topLevelItem(0).child(i).text(0) for i in range(3)]
    assert f"Step {small.DATES[3].isoformat()} ?" in names  # steady motion: a step that is not significant


def test_pairs_behind_a_point_name_the_bad_one(dock, small, add, wait):
    add(10, 20)
    dock.view.actions["panel"].trigger()
    dock.view.panel.setCurrentIndex(1)
    tab = dock.view.panel.pairs
    assert tab.read.isEnabled()
    tab.read.click()
    wait(lambda: tab.tree.topLevelItemCount() == 15)
    assert tab.tree.topLevelItem(0).text(0) == f"{small.DATES[1].isoformat()} – {small.DATES[4].isoformat()}"
    assert tab.tree.topLevelItem(0).text(2).startswith("6.03 m") and "1 pair is more than" in tab.words.text()
    tab.tree.setCurrentItem(tab.tree.topLevelItem(0))
    assert state(dock).pair == (small.DATES[1], small.DATES[4])
    assert len(dock.view._axes.patches) == 1


def station_table(folder, small):
    path = folder / "gnss.csv"
    lines = [f"ABCD,{day.isoformat()},{3000 * t:.2f},{-4000 * t:.2f},2.0,2.0"
             for day, t in zip(small.DATES, small.years())]
    path.write_text("station,date,east_mm,north_mm,sigma_east_mm,sigma_north_mm\n" + "\n".join(lines), encoding="utf-8")
    return path


def test_station_stands_beside_the_curves_in_metres(dock, small, add, wait, tmp_path):
    add(10, 39)
    dock.view.actions["panel"].trigger()
    dock.view.panel.setCurrentIndex(2)
    dock.controller.beside.add_stations(str(station_table(tmp_path, small)))
    wait(lambda: state(dock).loaded)
    dots = [line for line in dock.view._axes.lines if line.get_marker() == "."]
    assert dots[0].get_ydata() == pytest.approx(5.0 * small.years(), abs=1e-3)
    item = dock.view.panel.stations.tree.topLevelItem(0)
    assert item.text(0) == "ABCD" and item.child(0).text(1) == "Point 1"
    assert float(item.child(0).text(2).split()[0]) < 1e-3


def test_a_table_that_is_none_is_explained(dock, iface, tmp_path, wait):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    dock.controller.beside.add_stations(str(path))
    wait(lambda: iface.bar.currentItem() is not None)
    assert "needs a column 'date'" in iface.bar.currentItem().text()


def test_a_day_on_the_plot_is_shown_on_the_map_and_back(dock, iface, small, add):
    add(10, 39)
    dock.view.dayPicked.emit(small.DATES[2])
    assert iface.canvas.temporalRange().begin().date().toPyDate() == small.DATES[2]
    assert state(dock).marked == small.DATES[2]
    from qgis.core import QgsDateTimeRange
    from qgis.PyQt.QtCore import QDate, QDateTime, QTime
    end = small.DATES[4]
    iface.canvas.setTemporalRange(QgsDateTimeRange(QDateTime(QDate(2020, 1, 1), QTime(0, 0)), QDateTime(
        QDate(end.year, end.month, end.day), QTime(12, 0))))
    assert state(dock).marked == end


def test_units_scale_plot_and_label_but_not_the_table(dock, small, add, tmp_path):
    add(10, 39)
    dock.view.units["mm"].trigger()
    assert drawn(dock)[0][-1, 1] == pytest.approx(5000.0 * small.years()[-1], rel=1e-4)
    assert dock.view._axes.get_ylabel().endswith("(mm)")
    lines = dock.controller.save_table(str(tmp_path / "t.csv")).read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert float(rows[-1]["along_m"]) == pytest.approx(5.0 * small.years()[-1], abs=1e-3)
    dock.view.units["m"].trigger()


def test_speed_between_dates_has_its_own_unit(dock, small, add):
    add(10, 39)
    box = dock.view.component
    box.setCurrentIndex(box.findData("speed"))
    box.activated.emit(box.currentIndex())
    assert drawn(dock)[0][:, 1] == pytest.approx(np.full(5, 5.0), rel=1e-4)
    assert dock.view._axes.get_ylabel() == "Speed between dates (m/yr)"


def test_areas_models_units_and_stations_come_back_with_the_project(dock, iface, small, add, wait, tmp_path):
    from qgis.core import QgsPointXY, QgsProject
    from terrain_motion.engine.inversion.settings import ModelSettings
    dock.controller.add_area([QgsPointXY(*small.xy(*corner)) for corner in CORNERS])
    dock.controller.beside.add_stations(str(station_table(tmp_path, small)))
    wait(lambda: state(dock).loaded and state(dock).points[0].history)
    dock.controller.store.update(fit=ModelSettings(seasonal=True), length="cm", panel="model")
    before = state(dock).points[0].area
    project = QgsProject.instance()
    project.write(str(tmp_path / "study.qgz"))
    project.clear()
    assert state(dock).fit is None and state(dock).loaded == ()
    project.read(str(tmp_path / "study.qgz"))
    wait(lambda: state(dock).points and state(dock).points[0].history and state(dock).loaded)
    assert state(dock).points[0].area == before and state(dock).fit == ModelSettings(seasonal=True)
    assert state(dock).length == "cm" and state(dock).panel == "model"


def test_a_raster_with_dates_from_elsewhere_is_a_series(dock, small, wait, tmp_path):
    from qgis.core import QgsPointXY, QgsProject, QgsRasterLayer
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.io.raster import Band, new_raster
    grid = Grid("EPSG:32632", (small.ORIGIN[0], 10.0, 0.0, small.ORIGIN[1], 0.0, -10.0), 40, 40)
    path = tmp_path / "cumulative_up.tif"
    with new_raster(path, grid, [Band(d.isoformat(), "mm") for d in small.DATES]) as target:
        target.write_all((np.arange(6)[:, None, None] * np.ones((6, 40, 40))).astype(np.float32))
    layer = QgsRasterLayer(str(path), "up", "gdal")
    QgsProject.instance().addMapLayer(layer)
    dock.controller.follow_layer(layer)
    wait(lambda: state(dock).available == ("up", "rate"))
    dock.controller.add_point(QgsPointXY(*small.xy(10, 10)))
    wait(lambda: state(dock).points[0].history)
    assert drawn(dock)[0][:, 1] == pytest.approx(np.arange(6) / 1000.0, abs=1e-7)


def test_value_under_the_mouse_is_told(dock, add):
    add(10, 39)
    told = []
    dock.view._mouse._told = told.append
    axes = dock.view._axes
    dock.view.plot_canvas.draw()
    x, y = axes.transData.transform(axes.containers[0].lines[0].get_xydata()[3])
    from matplotlib.backend_bases import MouseEvent
    dock.view._mouse._move(MouseEvent("motion_notify_event", dock.view.plot_canvas, x, y))
    assert "2020-08-07" in told[-1]
    days = []
    dock.view._mouse._picked = days.append
    dock.view._mouse._press(MouseEvent("button_press_event", dock.view.plot_canvas, x + 5, y - 8, 1))
    assert str(days[0]) == "2020-08-07"


def mintpy_file(folder, small):
    h5py = pytest.importorskip("h5py")
    path = folder / "timeseries.h5"
    with h5py.File(path, "w") as file:
        file["timeseries"] = (np.arange(6)[:, None, None] * np.ones((6, 40, 40)) / 100).astype(np.float32)
        file["date"] = np.array([f"{d:%Y%m%d}" for d in small.DATES], "S8")
        file.attrs.update({"X_FIRST": str(small.ORIGIN[0]), "X_STEP": "10", "Y_FIRST": str(small.ORIGIN[1]),
                           "Y_STEP": "-10", "EPSG": "32632", "UNIT": "m"})
    return path


def points_file(folder, small):
    from osgeo import ogr, osr
    path = folder / "insar.gpkg"
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32632)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer("insar", reference, ogr.wkbPoint)
    for name in ("velocity", *(f"D{d:%Y%m%d}" for d in small.DATES)):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal))
    for row in range(0, 40, 10):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("velocity", float(row))
        for number, day in enumerate(small.DATES):
            feature.SetField(f"D{day:%Y%m%d}", 10.0 * number)
        x, y = small.xy(row, 10)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT({x} {y})"))
        layer.CreateFeature(feature)
    layer = source = None
    return path


@pytest.mark.parametrize("make", [mintpy_file, points_file])
def test_series_of_other_programs_open_and_answer_clicks(dock, iface, small, wait, tmp_path, make):
    from qgis.core import QgsPointXY, QgsProject
    from terrain_motion.ui.layers import load_series
    path = make(tmp_path, small)
    (layer,) = load_series(path, QgsProject.instance())
    assert layer.isValid() and layer.crs().authid() == "EPSG:32632"
    assert layer.extent().xMinimum() == pytest.approx(small.ORIGIN[0], abs=120)
    dock.controller.follow_layer(layer)
    wait(lambda: state(dock).series == str(path) and state(dock).available == ("los", "rate"))
    dock.controller.add_point(QgsPointXY(*small.xy(10, 10)))
    wait(lambda: state(dock).points[0].history)
    assert drawn(dock)[0][:, 1] == pytest.approx(np.arange(6) / 100.0, abs=1e-6)
