"""The main dock: opening it (goal 0.3 s), a network of a thousand pairs, a preview (goal 2 s).

Prints the time from the first import to the painted dock, of reading 200 scenes into the table, of pairing them, of
painting both plots, of previews of a rectangle at its largest, cold and warm, and the longest gaps of the event loop while
a study of sample scenes runs. What the main thread waits for is counted, except where it says "in the background".
"""
import os
import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402

SCENES, STEP_DAYS, SIDE = 200, 10, 1024


def write_scenes(folder: Path):
    """200 entries over two images of 1024 px: reading and pairing look at every file."""
    from scipy.ndimage import gaussian_filter, shift
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.core.scene import Scene
    from terrain_motion.engine.io.raster import Band, new_raster
    from terrain_motion.engine.io.tables import write_scenes as write
    grid = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0), SIDE, SIDE)
    rng = np.random.default_rng(3)
    image = 1000 + 200 * sum(gaussian_filter(rng.normal(size=(SIDE, SIDE)), s) * s for s in (1, 2, 4, 8))
    scenes = []
    for number in range(SCENES):
        path = folder / f"S_{number:03d}.tif"
        if number < 2:
            with new_raster(path, grid, [Band("1")]) as target:
                target.write({"1": (shift(image, (0.0, 1.2 * number), order=3, mode="nearest")).astype(np.float32)})
        else:
            os.link(folder / f"S_{number % 2:03d}.tif", path)
        scenes.append(Scene(str(path), datetime(2015, 1, 1, 10) + timedelta(days=STEP_DAYS * number), footprint=(
            "POLYGON ((7.6 46.85, 7.75 46.85, 7.75 46.95, 7.6 46.95, 7.6 46.85))")))
    return write(folder / "scenes.gpkg", scenes)


class Window:
    """What the dock uses of QGIS's interface."""

    def __init__(self):
        from qgis.gui import QgsMapCanvas, QgsMessageBar
        from qgis.PyQt.QtWidgets import QMainWindow
        self.window = QMainWindow()
        self.canvas, self.bar = QgsMapCanvas(self.window), QgsMessageBar(self.window)
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1366, 768)
        self.window.show()

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def messageBar(self):
        return self.bar

    def setActiveLayer(self, layer):
        """Not needed here."""


def timed(words: str, work):
    start = time.perf_counter()
    found = work()
    print(f"{words}: {1e3 * (time.perf_counter() - start):.0f} ms", flush=True)
    return found


def until(condition):
    from qgis.PyQt.QtTest import QTest
    while not condition():
        QTest.qWait(5)


def main() -> None:
    import sys
    from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
    from qgis.PyQt.QtCore import Qt
    application = QgsApplication([], True)
    application.initQgis()
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    from processing.core.Processing import Processing
    Processing.initialize()
    from terrain_motion.processing_provider.provider import register
    provider = register()  # noqa: F841  # kept for QGIS
    folder, window = Path(tempfile.mkdtemp(prefix="terrain-motion-bench-")), Window()
    application.processEvents()

    def open_dock():
        from terrain_motion.ui.main.dock import MainDock
        made = MainDock(window)
        window.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, made)
        made.show()
        application.processEvents()
        return made

    try:
        dock = timed("opening the dock, imports included", open_dock)
        controller, layer = dock.controller, QgsVectorLayer(str(write_scenes(folder)), "Scenes", "ogr")
        timed(f"{SCENES} scenes into the table", lambda: QgsProject.instance().addMapLayer(layer))
        timed("pairing them, in the background", lambda: until(lambda: controller.pairs.network is not None))
        controller.pairs.page.slider.setRange(6, 390)
        timed("other limits, in the background", lambda: until(
            lambda: controller.store.study.network.limits == (6, 390) and not controller.live.busy("network")))
        dock.view.show_page("pairs")
        application.processEvents()
        page, count = controller.pairs.page, controller.pairs.count
        for plot, name in ((page.baselines, "baseline plot"), (page.chords, "chord diagram")):
            timed(f"{name} of {count} pairs", plot.grab)
        timed("the line under the mouse", lambda: page.baselines._line_at(page.baselines.rect().center()))
        preview(controller)
        QgsProject.instance().clear()
        gaps(controller, folder)
        dock.release()
    finally:
        QgsProject.instance().clear()
        shutil.rmtree(folder)
        sys.stdout.flush()
        os._exit(0)  # the order in which Python takes QGIS apart is not what is measured


def preview(controller) -> None:
    from terrain_motion.engine.matching import preview as stage
    from terrain_motion.engine.matching.settings import PairRunSettings
    pair = next(p for p in controller.pairs.network.pairs if p.days == STEP_DAYS)
    side = 10.0 * stage.MOST_SIDE
    corners = [(402000.0, 5198000.0), (402000.0 + side, 5198000.0), (402000.0 + side, 5198000.0 - side),
               (402000.0, 5198000.0 - side)]
    for words in ("first", "second", "third"):
        for method in ("correlation", "flow", "phase"):
            timed(f"{words} preview of {stage.MOST_SIDE} x {stage.MOST_SIDE} px, {method}, in the background",
                  lambda m=method: stage.run(pair, PairRunSettings(method=m), corners, "EPSG:32632"))


def gaps(controller, folder: Path) -> None:
    """A whole run of a sample of 256 px with the dock open: how long the event loop was not free."""
    from qgis.PyQt.QtCore import QTimer
    controller.scenes.make_sample("landslide", str(folder / "sample"), SIZE=256, DATES=6)
    until(lambda: controller.pairs.network is not None and len(controller.scenes.page.table.rows) == 6)
    controller.store.update(folder=str(folder / "study"))
    ticks, timer = [time.perf_counter()], QTimer()
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(5)
    controller.results.run()
    until(lambda: not controller.results.queue.busy)
    timer.stop()
    waited = np.sort(np.diff(ticks))[::-1]
    (record,) = controller.store.study.runs
    print(f"a run of {ticks[-1] - ticks[0]:.0f} s ({record.state}), longest gaps of the event loop: "
          + ", ".join(f"{1e3 * gap:.0f}" for gap in waited[:5]) + " ms")


if __name__ == "__main__":
    main()
