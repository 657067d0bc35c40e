"""Directions on the map: a series as a mesh layer with streamlines or arrows, made in the background."""
from pathlib import Path

from qgis.core import (QgsApplication, QgsMeshLayer, QgsMeshRendererVectorSettings, QgsProcessingAlgRunnerTask,
                       QgsProcessingContext, QgsProcessingFeedback, QgsProject)
from qgis.PyQt.QtGui import QColor

from ..processing_provider.layers import SERIES_PROPERTY
from .messages import TITLE, failed
from .words import tr

ALGORITHM = "terrainmotion:exportseries"
STREAMLINES, ARROWS = "streamlines", "arrows"
_GROUP = "velocity"
_SLOWEST = 0.08  # of the fastest; below, directions are those of noise
_DENSITY = 0.05
_WAIT_MS = 3000
_ALIVE = set()  # runs whose thread still uses their context and feedback


class MeshRun:
    """One export of a series as mesh, then the layer. look: STREAMLINES or ARROWS."""

    def __init__(self, iface, series: str, look: str):
        self._iface, self._series, self._look, self.running = iface, series, look, False
        self._context, self._feedback = QgsProcessingContext(), QgsProcessingFeedback()
        algorithm = QgsApplication.processingRegistry().algorithmById(ALGORITHM)
        formats = [option.lower() for option in algorithm.parameterDefinition("FORMAT").options()]
        parameters = {"SERIES": series, "FORMAT": formats.index("mesh"),
                      "OUTPUT": str(Path(series).parent / "mesh")}
        self._task = QgsProcessingAlgRunnerTask(algorithm, parameters, self._context, self._feedback)
        self._task.setDescription(tr("Terrain Motion: mesh of the motion"))
        self._task.executed.connect(self._done)

    def start(self) -> None:
        self.running = True
        _ALIVE.add(self)
        QgsApplication.taskManager().addTask(self._task)

    def abandon(self) -> None:
        """Stop and tell nobody."""
        if self.running:
            self.running = False
            self._feedback.cancel()
            self._task.cancel()
            self._task.waitForFinished(_WAIT_MS)

    def _done(self, successful: bool, results: dict) -> None:
        _ALIVE.discard(self)
        if not self.running:
            return
        self.running = False
        files = sorted((Path(self._series).parent / "mesh").glob("*.nc")) if successful else []
        if not files:
            failed(self._iface, tr("The mesh could not be made."), self._feedback.textLog())
            return
        layer = add_mesh(files[0], self._series, QgsProject.instance(), self._look)
        if layer is None:
            failed(self._iface, tr("The series has no directions on the map: it needs east and north."))
        else:
            self._iface.messageBar().pushSuccess(tr(TITLE), tr("Added {name}").format(name=layer.name()))


def add_mesh(path, series: str, project: QgsProject, look: str = STREAMLINES):
    """Load a mesh on top and draw its velocity as streamlines or arrows; None where it holds no vectors."""
    title = tr("Streamlines of the motion") if look == STREAMLINES else tr("Arrows of the motion")
    layer = QgsMeshLayer(str(path), title, "mdal")
    if not layer.isValid():
        return None
    vectors = [index for index in layer.datasetGroupsIndexes()
               if layer.datasetGroupMetadata(_first(index)).isVector()]
    named = [index for index in vectors if _GROUP in layer.datasetGroupMetadata(_first(index)).name().lower()]
    chosen = next(iter(named or vectors), None)
    if chosen is None:
        return None
    settings = layer.rendererSettings()
    settings.setActiveVectorDatasetGroup(chosen)
    settings.setActiveScalarDatasetGroup(-1)
    drawn = settings.vectorSettings(chosen)
    kinds = QgsMeshRendererVectorSettings.Symbology
    drawn.setSymbology(kinds.Streamlines if look == STREAMLINES else kinds.Arrows)
    drawn.setColor(QColor(20, 20, 20))
    drawn.setLineWidth(0.3)
    drawn.setFilterMin(_SLOWEST * layer.datasetGroupMetadata(_first(chosen)).maximum())
    lines = drawn.streamLinesSettings()
    lines.setSeedingMethod(lines.SeedingStartPointsMethod.Random)
    lines.setSeedingDensity(_DENSITY)
    drawn.setStreamLinesSettings(lines)
    if look == ARROWS:
        drawn.setOnUserDefinedGrid(True)
        drawn.setUserGridCellWidth(28)
        drawn.setUserGridCellHeight(28)
    settings.setVectorSettings(chosen, drawn)
    layer.setRendererSettings(settings)
    layer.setCustomProperty(SERIES_PROPERTY, series)
    project.addMapLayer(layer, False)
    project.layerTreeRoot().insertLayer(0, layer)
    return layer


def _first(group: int):
    from qgis.core import QgsMeshDatasetIndex
    return QgsMeshDatasetIndex(group, 0)
