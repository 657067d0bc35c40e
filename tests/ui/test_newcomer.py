"""Someone who has never seen the plugin: sample data, network, preview, run, click, export, save, open again."""
import csv
from dataclasses import replace


def press(widget, place):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_a_newcomer_goes_from_sample_data_to_a_saved_history(plugin, iface, tmp_path, wait):
    from qgis.core import QgsApplication, QgsProject
    plugin._actions["study"].trigger()
    controller, view, project = plugin.study.controller, plugin.study.view, QgsProject.instance()
    make_sample(controller, view, tmp_path, wait)
    look_at_a_preview(controller, view, wait)
    record = run_all(controller, view, wait)
    assert project.mapLayersByName("Speed [m/yr]") and "1</b> result" in view.status.text()
    controller.results.copy(1)
    assert QgsApplication.clipboard().text().count("processing.run(") == len(record.steps)

    view.step.click()
    dock = plugin.dock
    assert view.step.text() == "Click on the map" and iface.canvas.mapTool() is dock.controller.tool
    wait(lambda: dock.controller.store.state.available and dock.view.plot_canvas is not None)
    iface.canvas.setExtent(project.mapLayersByName("Speed [m/yr]")[0].extent())
    press(iface.canvas.viewport(), iface.canvas.viewport().rect().center())
    wait(lambda: dock.controller.store.state.points and dock.controller.store.state.points[0].history)
    path = dock.controller.save_table(str(tmp_path / "history.csv"))
    rows = list(csv.DictReader(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")))
    assert len(rows) == 4 and float(rows[-1]["north_m"]) < -1.0  # the slide's middle moves toward south-south-west
    comes_back(controller, project, tmp_path, wait)


def make_sample(controller, view, folder, wait):
    controller.scenes.make_sample("landslide", str(folder), SIZE=128, DATES=4)
    assert not view.activity.isHidden()
    wait(lambda: controller.pairs.network is not None, seconds=60)
    assert view.activity.isHidden() and controller.store.study.stable.endswith("stable.gpkg")
    # a run takes a few seconds
    controller.store.update(folder=str(folder / "study"),
                            matching=replace(controller.store.study.matching, range=4, step=2))
    for text, page in (("Next: Pairs", "pairs"), ("Next: Matching", "matching")):
        assert view.step.text() == text
        view.step.click()
        assert view.page == page


def look_at_a_preview(controller, view, wait):
    controller.matching.page.draw.click()
    wait(lambda: not controller.iface.mapCanvas().extent().isEmpty())  # the map goes to the scenes by itself
    extent = controller.iface.mapCanvas().extent()
    extent.scale(0.4)
    controller.matching.area._extent(extent)
    wait(lambda: controller.matching.shown is not None, seconds=60)
    assert "matched in" in controller.matching.page.status.text()


def run_all(controller, view, wait):
    assert view.step.text() == f"Run {controller.pairs.count} pairs"
    view.step.click()
    assert view.page == "results" and controller.results.queue.busy
    wait(lambda: not controller.results.queue.busy, seconds=120)
    (record,) = controller.store.study.runs
    assert record.state == "done", controller.results.page.log.toPlainText()
    assert [step.label for step in record.steps] == ["Pair network", "Match pairs", "Correct", "Filter", "Invert"]
    return record


def comes_back(controller, project, folder, wait):
    assert project.write(str(folder / "study.qgz"))
    study = controller.store.study
    project.clear()
    assert not controller.store.study.runs and not controller.scenes.page.table.rows
    project.read(str(folder / "study.qgz"))
    assert controller.store.study.runs == study.runs and controller.store.study.network == study.network
    wait(lambda: controller.pairs.network is not None)
    assert len(controller.scenes.page.table.rows) == 4
