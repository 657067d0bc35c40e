"""The main dock on real widgets, page by page, and what is kept of it (the whole way: test_newcomer)."""
import pytest


@pytest.fixture(scope="module")
def scenes_file(qgis_app, tmp_path_factory):
    """Four small simulated scenes with a moving body, on disk."""
    import processing
    folder = tmp_path_factory.mktemp("sample")
    made = processing.run("terrainmotion:simulatescenes", {"SIZE": 128, "DATES": 4, "OUTPUT": str(folder)})
    return made["SCENES"]


@pytest.fixture
def dock(iface):
    from qgis.PyQt.QtCore import Qt
    from terrain_motion.ui.main.dock import MainDock
    made = MainDock(iface)
    iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, made)
    yield made
    made.release()
    made.deleteLater()


@pytest.fixture
def filled(dock, scenes_file, wait):
    """The dock with a scenes layer and its network."""
    from qgis.core import QgsProject, QgsVectorLayer
    layer = QgsVectorLayer(str(scenes_file), "Scenes", "ogr")
    QgsProject.instance().addMapLayer(layer)
    dock.controller.zoom_to(layer)
    wait(lambda: dock.controller.pairs.network is not None)
    return dock


def test_an_empty_study_says_how_to_begin(dock):
    page = dock.controller.scenes.page
    assert page.stack.currentWidget() is page.empty
    assert "Begin with scenes" in dock.view.status.text()
    assert dock.view.step.text() == "Add scenes…"


def test_a_scenes_layer_fills_table_network_and_header(filled):
    controller = filled.controller
    assert len(controller.scenes.page.table.rows) == 4
    assert controller.pairs.count == len(controller.pairs.network.pairs) > 0
    assert "<b>4</b> of 4 scenes" in filled.view.status.text()
    assert filled.view.step.text() == "Next: Pairs"


def small_run(dock, tmp_path):
    """Settings with which a run takes a few seconds."""
    from dataclasses import replace
    study = dock.controller.store.study
    dock.controller.store.update(folder=str(tmp_path / "study"), matching=replace(study.matching, range=4, step=2))


def pair_line(plot, edge):
    """A point of the plot on the line of a pair, away from others' dots."""
    points = next(points for known, points, _ in plot._lines if known == edge)
    return points[len(points) // 2].toPoint()


def press(widget, place):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_selection_is_the_same_in_table_on_map_and_timeline(filled):
    page, layer = filled.controller.scenes.page, filled.controller.scenes.layer
    second = page.table.rows[1]
    layer.selectByIds([second.feature])
    assert page.selected() == [second.scene.path]
    index = page.proxy.mapFromSource(page.table.index(2, 0))
    page.view.setCurrentIndex(index)
    assert layer.selectedFeatureIds() == [page.table.rows[2].feature]
    press(page.timeline, page.timeline.rect().topLeft() + page.timeline.rect().topLeft().__class__(
        round(page.timeline._x(page.table.rows[0].scene.date)), 16))
    assert layer.selectedFeatureIds() == [page.table.rows[0].feature]


def test_quick_look_and_facts_of_the_selected_scene_arrive(filled, wait):
    page = filled.controller.scenes.page
    page.view.setCurrentIndex(page.proxy.index(0, 0))
    wait(lambda: page.picture.pixmap() is not None and not page.picture.pixmap().isNull())
    assert "Sentinel-2" in page.facts.text()
    wait(lambda: all(row.icon is not None for row in page.table.rows))


def test_cloud_is_counted_over_the_area_that_was_drawn(filled, iface, wait):
    controller = filled.controller
    controller.scenes.choose_area("map")
    rows = controller.scenes.page.table.rows
    wait(lambda: all(row.cover is not None for row in rows))
    assert "km²" in controller.scenes.page.area_text.text() and controller.store.study.area
    controller.scenes.choose_area("clear")
    assert not controller.store.study.area and rows[0].cover is None


def test_unticked_scenes_leave_the_network(filled, wait):
    from qgis.PyQt.QtCore import Qt
    controller = filled.controller
    before, table = controller.pairs.count, controller.scenes.page.table
    table.setData(table.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    wait(lambda: controller.pairs.count < before)
    assert controller.store.study.unused == (table.rows[0].scene.path,)
    assert "<b>3</b> of 4 scenes" in filled.view.status.text()
    controller.scenes.use("none")
    wait(lambda: controller.pairs.network is None)
    assert "Tick at least two" in controller.pairs.problem and not filled.view.step.isEnabled()
    controller.scenes.use("all")
    wait(lambda: controller.pairs.count == before)


def test_a_click_on_a_line_drops_the_pair_and_another_takes_it_back(filled, wait):
    controller, page = filled.controller, filled.controller.pairs.page
    filled.view.show_page("pairs")
    page.baselines.resize(400, 220)
    before, edge = controller.pairs.count, controller.pairs.network.connections[-1]
    press(page.baselines, pair_line(page.baselines, edge))
    wait(lambda: controller.pairs.count == before - 1)
    assert edge not in controller.pairs.network.connections and not page.edits.isHidden()
    press(page.chords, pair_line(page.chords, edge))
    wait(lambda: controller.pairs.count == before)


def test_two_dates_make_a_pair_that_the_limits_are_against(filled, wait):
    from dataclasses import replace
    controller, page = filled.controller, filled.controller.pairs.page
    days = [row.scene.date for row in controller.scenes.page.table.rows]
    longest = (days[-1] - days[0]).days
    controller.pairs.change(replace(controller.store.study.network, max_baseline=longest - 1))
    wait(lambda: controller.pairs.network is not None and (days[0], days[-1]) not in controller.pairs.network.connections)
    page.baselines.joined.emit(days[0], days[-1])
    wait(lambda: (days[0], days[-1]) in controller.pairs.network.connections)
    page.edits.click()
    wait(lambda: (days[0], days[-1]) not in controller.pairs.network.connections)


def test_slider_and_presets_write_the_same_settings(filled, wait):
    controller, page = filled.controller, filled.controller.pairs.page
    page.slider.setRange(10, 300)
    wait(lambda: controller.store.study.network.limits == (10, 300))
    assert page.form.value.min_baseline == 10 and page.form.row("MAXBASELINE").value() == 300
    page.presets["ice"].click()
    assert controller.store.study.network.limits == (5, 100) and controller.store.study.preset == "ice"
    page.form.row("MAXBASELINE").setValue(90)
    assert controller.store.study.preset == "custom"
    page.presets["earthquake"].click()
    assert not page.split_hint.isHidden()


def test_limits_without_a_pair_are_explained_in_place_of_the_network(filled, wait):
    from dataclasses import replace
    controller = filled.controller
    controller.pairs.change(replace(controller.store.study.network, min_baseline=1, max_baseline=1))
    wait(lambda: controller.pairs.network is None)
    assert "No pair can be made" in controller.pairs.page.baselines.message
    assert filled.view.step.text() == "Next: Pairs"


def test_a_rectangle_is_matched_in_place_and_compared_with_other_settings(filled, iface, wait):
    controller, page = filled.controller, filled.controller.matching.page
    filled.view.show_page("matching")
    controller.scenes.choose_area("map")
    controller.matching.show_rectangle(controller.store.study.area)
    wait(lambda: controller.matching.shown is not None)
    assert page.right.picture is not None and page.left.isHidden()
    assert controller.matching.item.boundingRect().width() > 10
    page.keep.click()
    page.forms["matching"].row("METHOD").setCurrentIndex(2)
    wait(lambda: controller.matching._made_with[1].method == "phase" and not page.left.isHidden())
    page.how.setCurrentIndex(1)
    wait(lambda: page.left.title.endswith("as matched"))
    assert controller.matching.shown.right.valid_fraction <= controller.matching.shown.left.valid_fraction
    assert controller.matching.seconds_per_mpx > 0


def test_a_setting_that_makes_no_sense_is_explained_and_not_taken(dock):
    form = dock.controller.matching.page.forms["matching"]
    form.row("WINDOW").setValue(20)
    assert "even" in form.problem.text() and dock.controller.store.study.matching.window == 21
    form.row("WINDOW").setValue(25)
    assert form.problem.isHidden() and dock.controller.store.study.matching.window == 25


def test_a_run_is_cancelled_resumed_and_compared(filled, tmp_path, wait):
    controller, page = filled.controller, filled.controller.results.page
    small_run(filled, tmp_path)
    controller.store.update(correct=False, filter=False, invert=False, fuse=True)
    controller.results.run()
    wait(lambda: controller.results.queue.job is not None and "matchpairs" in controller.results.queue.job.algorithm_id)
    page.cancel.click()
    wait(lambda: not controller.results.queue.busy)
    assert controller.store.study.runs[0].state == "stopped" and filled.view.step.text() == "Resume the run"
    page.resume.click()
    wait(lambda: not controller.results.queue.busy, seconds=60)
    assert controller.store.study.runs[0].state == "done"
    page.again.click()
    page_of_settings = controller.matching.page.forms["matching"]
    page_of_settings.row("RANGE").setValue(5)
    controller.results.run()
    wait(lambda: not controller.results.queue.busy, seconds=60)
    assert [run.folder[-6:] for run in controller.store.study.runs] == ["run-01", "run-02"]
    page.tree.clearSelection()
    for place in range(2):
        page.tree.topLevelItem(place).setSelected(True)
    first = page.compared.topLevelItem(0)
    assert [first.text(i) for i in range(3)] == ["Search range [px]", "4", "5"]


def test_a_run_that_fails_says_why_and_keeps_its_log(filled, iface, tmp_path, wait):
    controller = filled.controller
    small_run(filled, tmp_path)
    from dataclasses import replace
    controller.store.update(matching=replace(controller.store.study.matching, bands="B99"))
    controller.results.run()
    wait(lambda: not controller.results.queue.busy, seconds=60)
    assert controller.store.study.runs[0].state == "failed"
    assert "B99" in controller.results.page.problem.text() and "B99" in controller.results.page.log.toPlainText()
    assert iface.bar.currentItem() is not None


@pytest.mark.parametrize("what", ["dock", "project"])
def test_closing_during_a_run_is_safe(filled, tmp_path, wait, what):
    from qgis.core import QgsApplication, QgsProject
    controller = filled.controller
    small_run(filled, tmp_path)
    controller.results.run()
    wait(lambda: controller.results.queue.job is not None and "matchpairs" in controller.results.queue.job.algorithm_id)
    if what == "dock":
        filled.release()
    else:
        QgsProject.instance().clear()
        assert not controller.store.study.runs
    wait(lambda: QgsApplication.taskManager().countActiveTasks() == 0)


def test_every_widget_of_the_forms_has_a_name_and_help(dock):
    for form in (*dock.controller.matching.page.forms.values(), dock.controller.pairs.page.form):
        for name, made in form.editors.items():
            assert made.widget.accessibleName() and made.widget.toolTip(), name


def test_a_run_stays_inside_the_area_of_interest(filled, iface, tmp_path, wait):
    from terrain_motion.engine.io.manifests import read_stack
    controller = filled.controller
    small_run(filled, tmp_path)
    extent = iface.canvas.extent()
    extent.scale(0.5)
    controller.scenes.area._extent(extent)
    controller.store.update(correct=False, filter=False, invert=False, fuse=True)
    controller.results.run()
    wait(lambda: not controller.results.queue.busy, seconds=60)
    (record,) = controller.store.study.runs
    assert record.state == "done", controller.results.page.log.toPlainText()
    manifest, _ = read_stack(record.result("STACK"))
    assert manifest.grid.width < 50  # 64 for the whole scene with STEP 2
    wait(lambda: controller.store.study.runs[0].facts)
    assert dict(controller.store.study.runs[0].facts)["Pairs"] == str(controller.pairs.count)


def test_an_earthquake_runs_as_its_service(dock, tmp_path, wait):
    controller = dock.controller
    controller.scenes.make_sample("earthquake", str(tmp_path), SIZE=128, DATES=4)
    wait(lambda: controller.pairs.network is not None, seconds=60)
    days = [row.scene.date for row in controller.scenes.page.table.rows]
    controller.pairs.take_preset("earthquake")
    page = controller.pairs.page
    assert not page.split_hint.isHidden()
    from qgis.PyQt.QtCore import QDate
    page.form.row("SPLITDATE").setDate(QDate(days[2].year, days[2].month, days[2].day))
    wait(lambda: controller.store.study.network.split_date and not controller.live.busy("network"))
    assert controller.store.study.preset == "earthquake" and page.split_hint.isHidden()
    controller.store.update(folder=str(tmp_path / "study"))
    controller.results.run()
    wait(lambda: not controller.results.queue.busy, seconds=120)
    (record,) = controller.store.study.runs
    assert record.state == "done", controller.results.page.log.toPlainText()
    assert record.result("DISPLACEMENT") and record.result("REPORT")
