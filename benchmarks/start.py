"""What a user waits for before anything is measured: loading the provider, cataloguing a large archive.

Prints the processor time of importing and filling the provider, and of starting the whole plugin, after QGIS itself is
up (goal: 0.3 s each), and the time to
catalogue 1,000 scenes in one folder (goal: 30 s).
"""
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

SCENES = 1000
LOAD = """
import os, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication
app = QgsApplication([], False); app.initQgis()
import qgis.gui, qgis.PyQt.QtGui
start = time.process_time()
from terrain_motion.processing_provider.provider import TerrainMotionProvider
provider = TerrainMotionProvider(); provider.refreshAlgorithms()
print(time.process_time() - start)
"""


PLUGIN = """
import os, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication
app = QgsApplication([], True); app.initQgis()
from unittest.mock import MagicMock
import qgis.gui
from qgis.PyQt.QtWidgets import QMainWindow
window, canvas = QMainWindow(), qgis.gui.QgsMapCanvas()
iface = MagicMock(); iface.mainWindow.return_value = window; iface.mapCanvas.return_value = canvas
iface.addToolBar.side_effect = window.addToolBar
start = time.process_time()
import terrain_motion
plugin = terrain_motion.classFactory(iface); plugin.initGui()
print(time.process_time() - start, flush=True)
plugin.unload(); os._exit(0)
"""


def load(code: str = LOAD) -> float:
    """Seconds of processor time, the best of five new processes."""
    return min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
               for _ in range(5))


def catalogue(folder: Path) -> float:
    """Seconds to catalogue SCENES small GeoTIFFs with dates in their names."""
    import numpy as np
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.io.raster import Band, new_raster
    from terrain_motion.engine.scenes import catalogue as stage
    from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings
    grid = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0), 64, 64)
    first = folder / "S2SIM_20000101_B04.tif"
    with new_raster(first, grid, [Band("B04", "")]) as target:
        target.write_all(np.ones((1, 64, 64), np.float32))
    for day in range(1, SCENES):
        shutil.copy(first, folder / f"S2SIM_{date(2000, 1, 1) + timedelta(day):%Y%m%d}_B04.tif")
    start = time.perf_counter()
    found = stage.run(folder, CatalogueSettings())
    assert len(found.scenes) == SCENES
    return time.perf_counter() - start


def main() -> None:
    print(f"loading the provider: {load():.2f} s; starting the whole plugin: {load(PLUGIN):.2f} s")
    folder = Path(tempfile.mkdtemp(prefix="terrain-motion-bench-"))
    try:
        print(f"cataloguing {SCENES} scenes: {catalogue(folder):.1f} s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
