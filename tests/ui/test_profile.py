"""The profile dock on real widgets: draw a line, read the swath, fit a fault, export, save, open."""
import csv

import numpy as np
import pytest


@pytest.fixture
def dock(iface, series, small, wait):
    """An open profile dock whose project holds the small series."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject
    from qgis.PyQt.QtCore import Qt
    from terrain_motion.ui.layers import load_series
    from terrain_motion.ui.profile.dock import ProfileDock
    iface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    QgsProject.instance().setEllipsoid("NONE")
    iface.layer = load_series(series, QgsProject.instance())[0]
    iface.zoomToActiveLayer()
    made = ProfileDock(iface)
    iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, made)
    wait(lambda: made.view.plot_canvas is not None and made.controller.store.state.source)
    yield made
    made.controller.close()
    made.deleteLater()


def state(dock):
    return dock.controller.store.state


def line(dock, iface, small, wait, places=((20, 2), (20, 37))):
    """Click a line on the map and wait for its swath."""
    from qgis.core import QgsPointXY
    from qgis.PyQt.QtCore import QPoint, Qt
    from qgis.PyQt.QtTest import QTest
    dock.view.draw.trigger()
    for number, place in enumerate([*places, places[-1]]):
        spot = iface.canvas.getCoordinateTransform().transform(QgsPointXY(*small.xy(*place)))
        button = Qt.MouseButton.RightButton if number == len(places) else Qt.MouseButton.LeftButton
        QTest.mouseClick(iface.canvas.viewport(), button, Qt.KeyboardModifier.NoModifier,
                         QPoint(round(spot.x()), round(spot.y())))
    wait(lambda: state(dock).swath is not None)


def choose(box, data):
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_profile_shows_displacement_along_and_across(dock, iface, small, wait):
    line(dock, iface, small, wait)
    assert state(dock).component == "along"
    drawn = dock.view._axes.lines[0].get_xydata()
    drawn = drawn[np.isfinite(drawn[:, 1])]  # the last place may be too short for a pixel
    # eastward line: along is east, 3 m/yr at the last column of 40, over one year; clicks are exact to a pixel
    rate = small.EAST_RATE * small.years()[-1] / 39 / 10
    assert np.polyfit(drawn[:, 0], drawn[:, 1], 1)[0] == pytest.approx(rate, rel=0.02)
    assert dock.view._axes.get_xlabel() == "Distance (m)" and dock.view._axes.get_ylabel() == "Along the profile (m)"
    choose(dock.view.component, "across")
    values = [v for v in dock.view._axes.lines[0].get_ydata() if np.isfinite(v)]
    assert values[-1] < values[0]  # southward motion is to the right of an eastward line
    assert dock.controller._band.numberOfVertices() == 2


def test_all_dates_of_a_series_are_drawn(dock, iface, small, wait):
    line(dock, iface, small, wait)
    choose(dock.view.shown, "all")
    assert len([curve for curve in dock.view._axes.lines if len(curve.get_xdata()) > 5]) == len(small.DATES)
    choose(dock.view.shown, "2")
    assert state(dock).layer == 2


@pytest.fixture
def fault(tmp_path, small):
    """A displacement with a step of 2 m north in column 20."""
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.io.displacement import new_displacement
    from terrain_motion.processing_provider.layers import load
    from qgis.core import QgsProject
    grid = Grid("EPSG:32632", (small.ORIGIN[0], 10.0, 0.0, small.ORIGIN[1], 0.0, -10.0), 40, 40)
    north = np.where(np.arange(40) < 20, 0.0, 2.0) + np.random.default_rng(1).normal(0, .05, (40, 40))
    path = tmp_path / "quake.tif"
    with new_displacement(path, grid, ("east", "north"), "correlation") as target:
        target.write({"north": north.astype(np.float32), "east": np.zeros((40, 40), np.float32)})
    project = QgsProject.instance()
    return load(path, "displacement", project, project.layerTreeRoot())


def test_offset_of_a_fault_with_its_sigma(dock, iface, small, fault, wait):
    dock.controller.refresh_sources()
    choose(dock.view.source, next(path for path, _ in state(dock).sources if path.endswith("quake.tif")))
    line(dock, iface, small, wait)
    choose(dock.view.component, "north")
    dock.view.form.editors["FAULT"].widget.setChecked(True)
    from terrain_motion.ui.profile import model
    fit = model.drawing(state(dock)).fit
    # 20 columns of pixels with sigma .05 averaged over 20 rows of the swath on either side
    assert fit.offset == pytest.approx(2.0, abs=4 * fit.sigma) and fit.sigma < 0.03
    assert fit.where == pytest.approx(180, abs=15) and "Offset 2.0" in dock.view.notes.text()
    dock.view.faultPicked.emit(150.0)
    assert state(dock).settings.where == 150.0 and dock.view.form.editors["WHERE"].value() == 150.0


def test_offset_over_time_of_a_series(dock, iface, small, wait):
    line(dock, iface, small, wait)
    dock.view.form.editors["FAULT"].widget.setChecked(True)
    choose(dock.view.shown, "time")
    assert len(dock.view._axes.containers[0].lines[0].get_xdata()) == len(small.DATES)


def test_place_under_the_mouse_is_marked_on_the_map(dock, iface, small, wait):
    line(dock, iface, small, wait)
    dock.view.hovered.emit(100.0)
    assert dock.controller._place.isVisible()
    assert dock.controller._place.center().x() == pytest.approx(small.xy(20, 2)[0] + 100, abs=12)
    dock.view.hovered.emit(None)
    assert not dock.controller._place.isVisible()


def test_profile_is_saved_as_table_and_picture(dock, iface, small, wait, tmp_path):
    line(dock, iface, small, wait)
    rows = list(csv.DictReader(text for text in dock.controller.save_table(str(tmp_path / "p.csv")).read_text(
        encoding="utf-8").splitlines() if not text.startswith("#")))
    assert len(rows) == len(small.DATES) * len(state(dock).swath.distance)
    assert {"distance_m", "date", "along", "spread_across", "pixels"} <= set(rows[0])
    assert dock.controller.save_picture(str(tmp_path / "p.svg")).stat().st_size > 5000


def test_line_outside_the_data_is_explained(dock, wait):
    from qgis.core import QgsPointXY
    dock.controller.set_line([QgsPointXY(0, 0), QgsPointXY(100, 0)])
    wait(lambda: dock.view.notes.text())
    assert "Draw it over the data" in dock.view.notes.text()


def test_profile_comes_back_with_the_project_and_goes_with_it(dock, iface, small, wait, tmp_path):
    from qgis.core import QgsProject
    line(dock, iface, small, wait)
    before = state(dock).line
    project = QgsProject.instance()
    project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert state(dock).line == () and dock.controller._band.numberOfVertices() == 0
    project.read(str(tmp_path / "p.qgz"))
    wait(lambda: state(dock).swath is not None)
    assert state(dock).line == before


def test_closing_leaves_no_drawing(dock, iface, small, wait):
    line(dock, iface, small, wait)
    count = len(iface.canvas.scene().items())
    dock.controller.close()
    assert len(iface.canvas.scene().items()) <= count - 4
    dock.controller.close = lambda: None
