"""Click to curve on a large series: 5490 x 5490 px, 60 dates, east and north with sigmas (goal: at most 100 ms).

Writes a sparse series of about 400 MB into a temporary folder and prints medians: of cold and warm clicks part by part,
of clicks in the whole dock until its plot is painted, and the time that opening the docks takes (goal: 0.3 s).
"""
import os
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402
from osgeo import gdal  # noqa: E402

SIZE, DATES, BLOCK, CLICKS = 5490, 60, 128, 15
PATCH = 1280  # px, the part that holds data
FIRST = date(2018, 1, 1)


def write_series(folder: Path) -> Path:
    from terrain_motion.engine.core.grid import Grid, Window
    from terrain_motion.engine.core.series import SeriesManifest
    from terrain_motion.engine.io import manifests
    from terrain_motion.engine.io.raster import Band, new_raster
    rng = np.random.default_rng(7)
    grid = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0), SIZE, SIZE)
    dates = tuple(FIRST + timedelta(days=12 * i) for i in range(DATES))
    bands = [Band(day.isoformat(), "m") for day in dates]
    files = {}
    for name in ("east", "north", "sigma_east", "sigma_north"):
        files[name] = f"{name}.tif"
        with new_raster(folder / files[name], grid, bands, pixel_interleaved=True, block=BLOCK) as target:
            for row in range(0, PATCH, BLOCK):
                part = np.cumsum(rng.normal(0, 0.2, (DATES, BLOCK, PATCH)).astype(np.float32), axis=0)
                target.write_all(part, Window(row, 0, BLOCK, PATCH))
    return manifests.write_series(folder, SeriesManifest(
        "optical", ("east", "north"), grid, dates, {n: files[n] for n in ("east", "north")},
        {n: files[f"sigma_{n}"] for n in ("east", "north")}, velocity=None, quality=None))


def main() -> None:
    from qgis.core import QgsApplication
    app = QgsApplication([], True)
    app.initQgis()
    folder = Path(tempfile.mkdtemp(prefix="terrain-motion-bench-"))
    try:
        path = write_series(folder)
        measure(path)
        in_the_dock(path)
    finally:
        shutil.rmtree(folder)


def measure(path: Path) -> None:
    from terrain_motion.engine.io.series import open_series
    from terrain_motion.ui.timeseries import canvas, curves, model, plot
    start = time.perf_counter()
    canvas.import_matplotlib()
    print(f"import of Matplotlib (in the background): {1e3 * (time.perf_counter() - start):.0f} ms")
    widget, axes = canvas.new_canvas()
    widget.resize(1000, 300)
    look = canvas.look_of(widget)
    start = time.perf_counter()
    reader = open_series(path)
    print(f"opening the series: {1e3 * (time.perf_counter() - start):.0f} ms")
    gdal.SetCacheMax(256 << 20)
    rng = np.random.default_rng(1)
    times = {"values": [], "sigmas": [], "warm": [], "draw": []}

    def timed(name, work):
        start = time.perf_counter()
        result = work()
        times[name].append(time.perf_counter() - start)
        return result
    for _ in range(CLICKS):
        store = model.Store()
        store.update(component=model.ALONG)
        x, y = reader.manifest.grid.xy(*(rng.integers(0, PATCH, 2) + 0.5))
        gdal.SetCacheMax(0)
        gdal.SetCacheMax(256 << 20)
        history = timed("values", lambda x=x, y=y: reader.history(x, y, sigmas=False))
        history = timed("sigmas", lambda h=history: reader.with_sigmas(h))
        timed("warm", lambda x=x, y=y: reader.history(x, y))
        for _ in range(3):
            store.answer(store.add_point(x, y, "").number, history)

        def draw(state=store.state):
            plot.draw_histories(axes, curves.curves(state), model.axis_label(state), look)
            widget.draw()
        timed("draw", draw)
    values, sigmas, warm, draw = (1e3 * float(np.median(times[name])) for name in ("values", "sigmas", "warm", "draw"))
    print(f"reading {DATES} dates, cold: values {values:.0f} ms, then error bars {sigmas:.0f} ms; warm: {warm:.1f} ms; "
          f"drawing 3 curves: {draw:.0f} ms")
    print(f"click to curve, median: cold {values + draw:.0f} ms, warm {warm + draw:.0f} ms")


def in_the_dock(path: Path) -> None:
    """The whole way in the real dock: from the click to the painted plot, without and with the first read of a tile."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject, QgsRasterLayer
    from qgis.gui import QgsMapCanvas, QgsMessageBar
    from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal
    from qgis.PyQt.QtWidgets import QMainWindow
    from terrain_motion.processing_provider.layers import SERIES_PROPERTY

    class Iface(QObject):
        currentLayerChanged = pyqtSignal(object)

        def __init__(self):
            super().__init__()
            self.window = QMainWindow()
            self.canvas, self.bar = QgsMapCanvas(self.window), QgsMessageBar(self.window)
            self.mainWindow, self.mapCanvas = lambda: self.window, lambda: self.canvas
            self.messageBar, self.activeLayer = lambda: self.bar, lambda: None

    iface = Iface()
    layer = QgsRasterLayer(str(path.parent / "east.tif"), "east", "gdal")
    layer.setCustomProperty(SERIES_PROPERTY, str(path))
    QgsProject.instance().addMapLayer(layer)
    iface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32632"))

    def until(condition):
        while not condition():
            QCoreApplication.processEvents()
    from terrain_motion.ui.profile.dock import ProfileDock
    from terrain_motion.ui.timeseries.dock import TimeSeriesDock
    opening = {}
    for name, kind in (("time series", TimeSeriesDock), ("profile", ProfileDock)):
        start = time.perf_counter()
        dock = kind(iface)
        dock.resize(1000, 330)
        dock.show()
        QCoreApplication.processEvents()
        opening[name] = time.perf_counter() - start
        until(lambda dock=dock: dock.view.plot_canvas is not None)
        if kind is TimeSeriesDock:
            series = dock
        else:
            dock.release()
    print("opening the docks: " + ", ".join(f"{name} {1e3 * value:.0f} ms" for name, value in opening.items()))
    dock, painted = series, []
    until(lambda: dock.controller.store.state.available)
    dock.view.plot_canvas.mpl_connect("draw_event", lambda _: painted.append(bool(dock.view._axes.containers)))
    rng = np.random.default_rng(3)
    times, gaps = [], []
    for _ in range(CLICKS):
        dock.controller.clear()
        until(lambda: not dock.view._axes.containers)
        QCoreApplication.processEvents()
        gdal.SetCacheMax(0)
        gdal.SetCacheMax(256 << 20)
        place = dock.controller._about and QgsPointXY(*_grid(path).xy(*(rng.integers(0, PATCH, 2) + 0.5)))
        painted.clear()
        start = before = time.perf_counter()
        dock.controller.add_point(place)
        while not any(painted):
            QCoreApplication.processEvents()
            gaps.append(time.perf_counter() - before)
            before = time.perf_counter()
        times.append(time.perf_counter() - start)
        until(lambda: dock.controller.store.state.points[0].history.sigmas)
    print(f"click to painted plot in the dock, cold, median: {1e3 * float(np.median(times)):.0f} ms; "
          f"longest gap of the event loop: {1e3 * max(gaps):.0f} ms")
    dock.release()


def _grid(path: Path):
    from terrain_motion.engine.io.manifests import read_series
    return read_series(path)[0].grid


if __name__ == "__main__":
    main()
