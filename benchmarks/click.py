"""Click to curve on a large series: 5490 x 5490 px, 60 dates, east and north with sigmas (issue: at most 100 ms).

Writes a sparse series of about 400 MB into a temporary folder, opens the dock's parts without a window, and prints
medians of cold and warm clicks.
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
        measure(write_series(folder))
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
    reads = {"cold": [], "warm": []}
    draws = []
    for _ in range(CLICKS):
        store = model.Store()
        store.update(component=model.ALONG)
        x, y = reader.manifest.grid.xy(*(rng.integers(0, PATCH, 2) + 0.5))
        for kind in ("cold", "warm"):
            start = time.perf_counter()
            history = reader.history(x, y)
            reads[kind].append(time.perf_counter() - start)
        for _ in range(3):
            store.answer(store.add_point(x, y, "").number, history)
        start = time.perf_counter()
        plot.draw_histories(axes, curves.curves(store.state), model.axis_label(store.state), look)
        widget.draw()
        draws.append(time.perf_counter() - start)
    cold, warm, draw = (1e3 * float(np.median(times)) for times in (reads["cold"], reads["warm"], draws))
    print(f"reading {DATES} dates x 4 rasters: cold {cold:.0f} ms, warm {warm:.1f} ms; drawing 3 curves: {draw:.0f} ms")
    print(f"click to curve, median: cold {cold + draw:.0f} ms, warm {warm + draw:.0f} ms")


if __name__ == "__main__":
    main()
