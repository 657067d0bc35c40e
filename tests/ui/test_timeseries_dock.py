"""The time-series dock on real widgets: click, look, export, save, open."""
import csv
from types import SimpleNamespace

import numpy as np
import pytest


@pytest.fixture
def dock(iface, series, wait):
    """An open dock whose project holds the small series; `.click(row, column)` clicks on the map and waits."""
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
def click(iface, dock, small, wait):
    """click(row, column): a left click on the middle of a pixel, with the dock's tool, and the answer."""
    from qgis.core import QgsPointXY
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest
    dock.view.actions["pick"].trigger()

    def do(row, column, button=Qt.MouseButton.LeftButton, expect_answer=True):
        place = iface.canvas.getCoordinateTransform().transform(QgsPointXY(*small.xy(row, column)))
        spot = SimpleNamespace(x=round(place.x()), y=round(place.y()))
        from qgis.PyQt.QtCore import QPoint
        QTest.mouseClick(iface.canvas.viewport(), button, Qt.KeyboardModifier.NoModifier, QPoint(spot.x, spot.y))
        if expect_answer:
            wait(lambda: all(p.note or p.history and p.history.sigmas for p in dock.controller.store.state.points))
    return do


def drawn(dock):
    """(times, values) of every curve on the axes."""
    return [container.lines[0].get_xydata() for container in dock.view._axes.containers]


def choose(dock, component):
    box = dock.view.component
    box.setCurrentIndex(box.findData(component))
    box.activated.emit(box.currentIndex())


def test_click_draws_the_history_of_that_pixel(dock, click, small):
    click(10, 39)
    (curve,) = drawn(dock)
    # along the motion of 3 m/yr east and 4 m/yr south: 5 m/yr; float32 keeps seven digits
    assert curve[:, 1] == pytest.approx(5.0 * small.years(), rel=1e-5)
    choose(dock, "north")
    assert drawn(dock)[0][:, 1] == pytest.approx(small.NORTH_RATE * small.years(), rel=1e-5)
    assert dock.view._axes.get_ylabel() == "North displacement (m)"


def test_error_bars_are_one_sigma(dock, click, small):
    click(10, 39)
    choose(dock, "east")
    bars = dock.view._axes.containers[0].lines[2][0].get_segments()
    assert [bar[1][1] - bar[0][1] for bar in bars] == pytest.approx([2 * small.SIGMA] * len(small.DATES), abs=1e-6)
    dock.view.actions["errors"].trigger()
    assert not dock.view._axes.containers[0].has_yerr


def test_several_points_have_the_same_colours_on_map_and_plot(dock, click):
    from matplotlib.colors import to_hex
    for row, column in ((10, 39), (20, 20), (30, 10)):
        click(row, column)
    on_map = [marker.colour for marker in dock.controller.on_map.markers.values()]
    on_plot = [to_hex(container.lines[0].get_color()) for container in dock.view._axes.containers]
    assert on_map == on_plot and len(set(on_map)) == 3
    assert [marker.text for marker in dock.controller.on_map.markers.values()] == ["1", "2", "3"]


def test_click_in_another_coordinate_system_reads_the_same_pixel(dock, iface, click, small, wait):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    iface.canvas.setDestinationCrs(degrees)
    there = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:32632"), degrees, QgsProject.instance())
    dock.controller.add_point(there.transform(QgsPointXY(*small.xy(10, 39))))
    wait(lambda: dock.controller.store.state.points[0].history)
    history = dock.controller.store.state.points[0].history
    assert (history.x, history.y) == pytest.approx(small.xy(10, 39))


def test_missing_pixel_says_why_in_words(dock, click, small):
    click(*small.CLOUDY)
    assert "Point 1: no value here: cloud." in dock.view.notes.text()
    assert dock.view.notes.isVisible() and drawn(dock) == []


def test_pixel_seen_late_says_since_when(dock, click, small):
    click(*small.LATE)
    assert f"4 of 6 dates have a value, the first on {small.DATES[2].isoformat()}" in dock.view.notes.text()
    assert len(drawn(dock)[0]) == 4


def test_place_outside_the_series_says_so(dock, small, wait):
    from qgis.core import QgsPointXY
    dock.controller.add_point(QgsPointXY(small.ORIGIN[0] - 500, small.ORIGIN[1]))
    wait(lambda: dock.view.notes.isVisible())
    assert "outside the series" in dock.view.notes.text()


def test_right_click_takes_a_point_away_and_clear_all(dock, click):
    from qgis.PyQt.QtCore import Qt
    click(10, 39)
    click(30, 10)
    click(10, 39, Qt.MouseButton.RightButton, expect_answer=False)
    assert [point.number for point in dock.controller.store.state.points] == [2]
    dock.view.actions["clear"].trigger()
    assert drawn(dock) == [] and dock.controller.on_map.markers == {}


def test_reference_point_is_taken_away_from_all(dock, click, small, wait):
    click(10, 39)
    dock.view.actions["reference"].trigger()
    click(20, 39)
    wait(lambda: dock.controller.store.state.reference.history)
    assert len(dock.controller.store.state.points) == 1
    assert drawn(dock)[0][:, 1] == pytest.approx(np.zeros(len(small.DATES)), abs=1e-6)
    dock.view.actions["reference"].trigger()
    assert dock.controller.store.state.reference is None
    assert drawn(dock)[0][-1, 1] > 4


def test_csv_has_units_signs_reference_places_and_dates(dock, click, small, tmp_path):
    click(10, 39)
    click(*small.CLOUDY)
    path = dock.controller.save_table(str(tmp_path / "table.csv"))
    lines = path.read_text(encoding="utf-8").splitlines()
    header = [line for line in lines if line.startswith("#")]
    for words in ("m since the first date", "positive north", "median of stable ground", "EPSG:32632", "series.json"):
        assert any(words in line for line in header), words
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    first = [row for row in rows if row["point"] == "1"]
    assert [row["date"] for row in first] == [day.isoformat() for day in small.DATES]
    assert [float(row["north_m"]) for row in first] == pytest.approx(list(small.NORTH_RATE * small.years()), abs=1e-4)
    assert {row["sigma_east_m"] for row in first} == {"0.2500"}
    assert (float(first[0]["x"]), float(first[0]["y"])) == small.xy(10, 39)
    assert [row["missing_because"] for row in rows if row["point"] == "2"] == ["cloud"]


@pytest.mark.parametrize("name, begins", [("plot.png", b"\x89PNG"), ("plot.svg", b"<?xml"), ("plot.pdf", b"%PDF")])
def test_plot_is_saved_as_picture(dock, click, tmp_path, name, begins):
    click(10, 39)
    path = dock.controller.save_picture(str(tmp_path / name))
    assert path.read_bytes().startswith(begins) and path.stat().st_size > 5000


def test_a_name_that_cannot_be_written_is_said_in_the_message_bar(dock, iface, click, tmp_path):
    click(10, 39)
    assert dock.controller.save_table(str(tmp_path / "no" / "table.csv")) is None
    assert "could not be saved" in iface.bar.currentItem().text()


def test_points_come_back_with_the_project(dock, click, small, tmp_path, wait):
    from qgis.core import QgsProject
    click(10, 39)
    click(20, 20)
    choose(dock, "north")
    project = QgsProject.instance()
    assert project.write(str(tmp_path / "study.qgz"))
    project.clear()
    assert dock.controller.store.state.points == () and dock.controller.on_map.markers == {}
    assert project.read(str(tmp_path / "study.qgz"))
    wait(lambda: dock.controller.store.state.points and all(p.history for p in dock.controller.store.state.points))
    state = dock.controller.store.state
    assert state.component == "north" and [p.number for p in state.points] == [1, 2]
    assert drawn(dock)[0][:, 1] == pytest.approx(small.NORTH_RATE * small.years(), rel=1e-5)


def test_moved_project_and_results_find_each_other(dock, click, tmp_path, wait):
    from qgis.core import QgsProject
    click(10, 39)
    project = QgsProject.instance()
    project.write(str(tmp_path / "study.qgz"))
    project.clear()
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("study.qgz", "slide"):
        (tmp_path / name).rename(moved / name)
    assert project.read(str(moved / "study.qgz"))
    wait(lambda: dock.controller.store.state.points and dock.controller.store.state.points[0].history)
    assert dock.controller.store.state.series == str(moved / "slide" / "series.json")


def test_another_series_is_read_at_the_same_places(dock, iface, click, small, tmp_path, wait):
    from qgis.core import QgsProject
    from terrain_motion.ui.layers import load_series
    click(10, 39)
    other = small.write_small_series(tmp_path / "other", sigmas=False)
    iface.setActiveLayer(load_series(other, QgsProject.instance())[0])
    wait(lambda: dock.controller.store.state.points[0].history)
    assert dock.view.series.currentText() == "other" and dock.view.series.count() == 2
    assert dock.controller.store.state.points[0].history.sigmas == {}


def test_removed_layers_take_their_series_out_of_the_list(dock, wait):
    from qgis.core import QgsProject
    QgsProject.instance().removeAllMapLayers()
    wait(lambda: dock.view.series.count() == 0)
    assert dock.controller.store.state.series == ""


def test_a_damaged_series_is_reported_in_the_dock(dock, iface, small, tmp_path, wait):
    from qgis.core import QgsProject
    from terrain_motion.ui.layers import load_series
    other = small.write_small_series(tmp_path / "other")
    layers = load_series(other, QgsProject.instance())
    (tmp_path / "other" / "north.tif").write_bytes(b"gone")
    iface.setActiveLayer(layers[0])
    wait(lambda: "north.tif" in dock.view.notes.text())


def test_missing_matplotlib_is_said_with_the_command(iface, series, wait, monkeypatch):
    import sys
    from terrain_motion.ui.timeseries.dock import TimeSeriesDock
    monkeypatch.setitem(sys.modules, "matplotlib.dates", None)
    made = TimeSeriesDock(iface)
    wait(lambda: "matplotlib" in made.view.waiting.text())
    assert "apt install python3-matplotlib" in made.view.waiting.text() and made.view.plot_canvas is None
    made.controller.close()
    made.deleteLater()


def test_hover_draws_a_passing_curve(dock, click, small, wait):
    from qgis.core import QgsPointXY
    dock.view.actions["hover"].trigger()
    dock.controller.tool.moved.emit(QgsPointXY(*small.xy(10, 39)))
    wait(lambda: dock.controller.store.state.hover)
    assert len(drawn(dock)) == 1 and dock.controller.on_map.markers == {}
    dock.view.actions["hover"].trigger()
    assert drawn(dock) == []


def test_closing_during_a_read_is_safe(dock, small):
    from qgis.core import QgsPointXY
    for column in range(8, 30):
        dock.controller.add_point(QgsPointXY(*small.xy(10, column)))
    dock.controller.close()
    dock.controller.close()


def test_dark_palette_is_taken_over(dock, iface, click, wait):
    from matplotlib.colors import to_hex
    from qgis.PyQt.QtGui import QColor, QPalette
    click(10, 39)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#101010"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#f0f0f0"))
    iface.window.setPalette(palette)
    wait(lambda: to_hex(dock.view._axes.get_facecolor()) == "#101010")
    assert to_hex(dock.view._axes.yaxis.label.get_color()) == "#f0f0f0"


def test_text_that_would_vanish_on_its_ground_becomes_readable(dock, iface, wait):
    from matplotlib.colors import to_hex
    from qgis.PyQt.QtGui import QColor, QPalette
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#222222"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#111111"))
    iface.window.setPalette(palette)
    wait(lambda: to_hex(dock.view._axes.get_facecolor()) == "#222222")
    assert to_hex(dock.view._axes.yaxis.label.get_color()) == "#ffffff"
