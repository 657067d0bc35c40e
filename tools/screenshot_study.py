"""Pictures of the main dock, for screenshot_session: one function for each page and state."""
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from qgis.core import QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface, plugins

DOCK_WIDTH = 480
_DATES = 5  # the clearest, take part in a run: few, so that it takes seconds


class StudyPictures:
    """The dock on the demo's scenes. tools: the module screenshot_session's functions arrange, settle, wait."""

    def __init__(self, series: str, arrange, settle, wait):
        self.arrange, self.settle, self.wait = arrange, settle, wait
        plugin = plugins["terrain_motion"]
        plugin.show_study()
        self.dock = plugin.study
        self.controller = self.dock.controller
        self.scenes_file = Path(series).parents[1] / "scenes" / "scenes.gpkg"

    def show(self, state: str) -> None:
        """Bring the dock into a state, which is a method's name."""
        self.arrange(with_plot=False)
        iface.mainWindow().resizeDocks([self.dock], [DOCK_WIDTH], Qt.Orientation.Horizontal)
        if state != "begin":
            self._fill()
        getattr(self, state)()
        iface.messageBar().clearWidgets()
        self.settle()

    def begin(self) -> None:
        """Nothing yet."""

    def scenes(self) -> None:
        page = self.controller.scenes.page
        self._draw_area()
        self.wait(lambda: all(row.icon is not None for row in page.table.rows))
        page.view.setCurrentIndex(page.proxy.index(4, 0))

    def network(self) -> None:
        self.dock.view.show_page("pairs")
        QTest.qWait(200)
        edges = self.controller.pairs.network.connections
        for edge in (edges[3], edges[11]):
            self.controller.pairs.toggle(*edge)
        self.wait(lambda: self.controller.pairs.count == len(edges) - 2)

    def preview(self) -> None:
        """Two settings side by side."""
        controller = self.controller.matching
        self.dock.view.show_page("matching")
        self._draw_rectangle()
        controller.keep()
        self.controller.store.update(matching=replace(self.controller.store.study.matching, method="phase"))
        self._matched("phase")

    def cleaning(self) -> None:
        """Before and after corrections and filters."""
        self.dock.view.show_page("matching")
        self._draw_rectangle()
        self.controller.matching.page.how.setCurrentIndex(1)
        self.wait(lambda: not self.controller.matching.page.left.isHidden())

    def running(self) -> None:
        self._begin_run()
        queue = self.controller.results.queue
        self.wait(lambda: queue.job is not None and "matchpairs" in queue.job.algorithm_id and queue.job.pace.fraction > 0.3)
        QTest.qWait(600)

    def result(self) -> None:
        self._begin_run(step=2)
        self.wait(lambda: not self.controller.results.queue.busy)
        QTest.qWait(1500)

    def comparison(self) -> None:
        """Two runs that differ in one setting."""
        self.controller.store.update(correct=False, filter=False)
        self._begin_run(step=4)
        self.wait(lambda: not self.controller.results.queue.busy)
        study = self.controller.store.study
        self.controller.store.update(matching=replace(study.matching, window=31))
        self.controller.results.run()
        self.wait(lambda: not self.controller.results.queue.busy)
        tree = self.controller.results.page.tree
        tree.clearSelection()
        for place in range(2):
            tree.topLevelItem(place).setExpanded(False)
            tree.topLevelItem(place).setSelected(True)

    # inside

    def _fill(self) -> None:
        controller = self.controller
        controller.scenes._add_layer(QgsVectorLayer(str(self.scenes_file), "Scenes", "ogr"))
        self.wait(lambda: controller.pairs.network is not None)
        QTest.qWait(600)  # the project's coordinate system follows a moment later
        controller.scenes.show_image(min(controller.scenes.page.table.rows, key=lambda row: row.scene.cloud).scene.path)

    def _draw_area(self) -> None:
        extent = iface.mapCanvas().extent()
        self.controller.scenes.area._extent(extent.buffered(-0.3 * min(extent.width(), extent.height())))

    def _draw_rectangle(self) -> None:
        extent = iface.mapCanvas().extent()
        side = 0.45 * min(extent.width(), extent.height())
        self.controller.matching.area._extent(QgsRectangle.fromCenterAndSize(extent.center(), side, side))
        self._matched("correlation")

    def _matched(self, method: str) -> None:
        matching = self.controller.matching
        self.wait(lambda: matching._made_with is not None and matching._made_with[1].method == method)

    def _begin_run(self, step: int = 1) -> None:
        controller = self.controller
        self.folder = Path(tempfile.mkdtemp(prefix="terrain-motion-docs-run-"))
        rows = sorted(controller.scenes.page.table.rows, key=lambda row: row.scene.cloud)
        controller.store.update(folder=str(self.folder), unused=tuple(row.scene.path for row in rows[_DATES:]),
                                matching=replace(controller.store.study.matching, step=step))
        controller.scenes.changed.emit()
        self.wait(lambda: controller.pairs.network is not None and controller.pairs.count <= _DATES * (_DATES - 1) // 2)
        controller.results.run()

    def close(self) -> None:
        """Stop what runs and remove what it wrote."""
        self.dock.release()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder, ignore_errors=True)
