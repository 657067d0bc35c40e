"""The demo's QGIS project and pictures."""
from pathlib import Path

import numpy as np


def write_project(folder: Path, sample, scenes, pairs, stack, series, fused) -> Path:
    """A project with the results as styled layers in groups over the last scene; returns its path."""
    from qgis.core import (QgsCoordinateReferenceSystem, QgsHillshadeRenderer, QgsProject, QgsRasterLayer,
                           QgsVectorLayer)
    from terrain_motion.engine.io.manifests import read_series, read_stack
    from terrain_motion.processing_provider.layers import load
    project = QgsProject.instance()
    project.clear()
    project.setTitle("Terrain Motion: a landslide, simulated and measured")
    root = project.layerTreeRoot()
    manifest, home = read_series(series["SERIES"])
    results = root.addGroup("Time series")
    velocity = load(home / manifest.velocity, "velocity", project, results, series["SERIES"])[0]
    for file in manifest.rasters.values():
        load(home / file, "series", project, results, series["SERIES"], visible=False)
    load(home / manifest.quality, "quality", project, results, series["SERIES"], visible=False)
    load(fused["OUTPUT"], "velocity", project, root.addGroup("Mean velocity of all pairs"), visible=False)
    stack_manifest, stack_home = read_stack(stack["STACK"])
    longest = max(stack_manifest.pairs, key=lambda pair: pair.days)
    load(stack_home / longest.file, "displacement", project,
         root.addGroup(f"Pair {longest.reference} – {longest.secondary}"), visible=False)
    truth, truth_home = read_series(sample["TRUTH"])
    load(truth_home / truth.velocity, "velocity", project, root.addGroup("True motion"), sample["TRUTH"], visible=False)
    inputs = root.addGroup("Scenes and pairs")
    for title, path in (("Pairs", pairs["OUTPUT"]), ("Scenes", scenes["OUTPUT"])):
        layer = QgsVectorLayer(str(path), title, "ogr")
        project.addMapLayer(layer, False)
        inputs.addLayer(layer).setItemVisibilityChecked(False)
    picture = QgsRasterLayer(_first_scene(scenes["OUTPUT"]), "The first scene", "gdal")
    relief = QgsRasterLayer(sample["DEM"], "Relief", "gdal")
    relief.setRenderer(QgsHillshadeRenderer(relief.dataProvider(), 1, 315, 45))
    for layer, visible in ((picture, False), (relief, True)):
        project.addMapLayer(layer, False)
        inputs.addLayer(layer).setItemVisibilityChecked(visible)
    for group in root.children():
        group.setExpanded(group is results)
    project.setCrs(QgsCoordinateReferenceSystem(velocity.crs()))
    _view(project, velocity)
    path = folder / "terrain_motion_demo.qgz"
    project.write(str(path))
    return path


def _first_scene(scenes) -> str:
    from terrain_motion.engine.io.tables import read_scenes
    return read_scenes(scenes)[0].path


def _view(project, layer) -> None:
    from qgis.core import QgsReferencedRectangle
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(layer.extent(), layer.crs()))


def write_pictures(folder: Path, project: Path, series, truth):
    """Map and time series as PNG; returns (what, path) pairs."""
    map_path, series_path = folder / "velocity_map.png", folder / "time_series.png"
    _map(map_path, series)
    _histories(series_path, series, truth)
    return ("map", map_path), ("time series", series_path)


def _map(path: Path, series) -> None:
    """The velocity of the series over the relief, with legend, scale bar and title, from a print layout."""
    from osgeo import gdal
    from qgis.core import (QgsLayoutExporter, QgsLayoutItemLabel, QgsLayoutItemLegend, QgsLayoutItemMap,
                           QgsLayoutItemScaleBar, QgsLayoutPoint, QgsLayoutSize, QgsPrintLayout, QgsProject)
    project = QgsProject.instance()
    layers = project.mapLayers().values()
    velocity = next(layer for layer in layers if layer.name().startswith("Speed")
                    and Path(layer.source()).parent == Path(series).parent)
    relief = next(layer for layer in layers if layer.name() == "Relief")
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(200, 165))
    item = QgsLayoutItemMap(layout)
    layout.addLayoutItem(item)
    item.attemptMove(QgsLayoutPoint(5, 15))
    item.attemptResize(QgsLayoutSize(145, 145))
    velocity.setOpacity(0.6)
    item.setLayers([velocity, relief])
    item.setExtent(velocity.extent())
    item.setFrameEnabled(True)
    title = QgsLayoutItemLabel(layout)
    title.setText("Speed of the simulated landslide, measured from 12 scenes")
    layout.addLayoutItem(title)
    title.attemptMove(QgsLayoutPoint(5, 5))
    title.attemptResize(QgsLayoutSize(190, 8))
    legend = QgsLayoutItemLegend(layout)
    layout.addLayoutItem(legend)
    legend.setAutoUpdateModel(False)
    tree = legend.model().rootGroup()
    tree.removeAllChildren()
    tree.addLayer(velocity)
    legend.attemptMove(QgsLayoutPoint(153, 15))
    bar = QgsLayoutItemScaleBar(layout)
    layout.addLayoutItem(bar)
    bar.setLinkedMap(item)
    bar.applyDefaultSize()
    bar.attemptMove(QgsLayoutPoint(10, 145))
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 150
    gdal.PushErrorHandler("CPLQuietErrorHandler")  # a PNG can't hold the georeference that QGIS tries to add
    written = QgsLayoutExporter(layout).exportToImage(str(path), settings)
    gdal.PopErrorHandler()
    if written != QgsLayoutExporter.Success:
        raise SystemExit(f"{path} could not be written")
    velocity.setOpacity(1.0)


def _histories(path: Path, series, truth) -> None:
    """Measured and true history at the fastest place, half-way out and on stable ground."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from terrain_motion.engine.io.series import open_series
    figure = Figure(figsize=(8, 5), dpi=130, constrained_layout=True)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    with open_series(series) as measured, open_series(truth) as true:
        for (label, x, y), colour in zip(_places(measured, true), ("#d7301f", "#2b8cbe", "#4d4d4d")):
            found, known = measured.history(x, y), true.history(x, y)
            axes.errorbar(found.dates, _along(found, known), _sigma(found), fmt="o", ms=4, capsize=2, color=colour,
                          label=f"{label}, measured ± 1 sigma")
            axes.plot(known.dates, _along(known, known), "--", lw=1.2, color=colour, label=f"{label}, true")
    axes.set_ylabel("Displacement along the true direction (m)")
    axes.set_title("Time series of the simulated landslide")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    axes.tick_params(axis="x", rotation=30)
    figure.savefig(path)


def _places(measured, true):
    """The fastest measured place of the truth, one of half its motion, and one that stands still."""
    from terrain_motion.engine.io.raster import open_raster
    with open_raster(true.folder / true.manifest.velocity) as raster:
        speed = raster.read("speed")
    with open_raster(measured.folder / measured.manifest.velocity) as raster:
        seen = np.isfinite(raster.read("speed"))
    top = np.nanmax(speed)
    for label, wanted in (("fast", 0.95 * top), ("half as fast", 0.5 * top), ("stable", 0.0)):
        candidates = np.where(seen & np.isfinite(speed), np.abs(speed - wanted), np.inf)
        row, column = np.unravel_index(np.argmin(candidates), candidates.shape)
        yield (label, *measured.manifest.grid.xy(column + 0.5, row + 0.5))


def _along(history, known):
    """Displacement (m) along the true direction of motion; east where the truth stands still."""
    east, north = known.values["east"][-1], known.values["north"][-1]
    length = float(np.hypot(east, north))
    east, north = (east / length, north / length) if length > 0 else (1.0, 0.0)
    return history.values["east"] * east + history.values["north"] * north


def _sigma(history):
    sigmas = [np.nan_to_num(values) for values in history.sigmas.values()]
    return np.sqrt(np.mean(np.square(sigmas), axis=0)) if sigmas else np.zeros(len(history.dates))
