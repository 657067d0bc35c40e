"""The Processing provider `terrainmotion`."""
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..engine.core.history import VERSION

_ROOT = Path(__file__).parent.parent


class TerrainMotionProvider(QgsProcessingProvider):
    """All stages and the example models. Loading it imports no numpy: the engine comes when a stage runs."""

    def id(self):
        return "terrainmotion"

    def name(self):
        return "Terrain Motion"

    def versionInfo(self):
        return VERSION

    def icon(self):
        return QIcon(str(_ROOT / "icon.svg"))

    def supportedOutputRasterLayerExtensions(self):
        return ["tif"]

    def defaultRasterFileExtension(self):
        return "tif"

    def loadAlgorithms(self):
        from . import (archive, correction, exchange, filtering, insar, insar_corrections, insar_workflow, matching,
                       models, pairs, preparation, scenes, timeseries, validation, validation_comparisons, workflows)
        for module in (scenes, archive, preparation, pairs, matching, correction, filtering, timeseries, exchange,
                       insar, insar_corrections, insar_workflow, validation, validation_comparisons, workflows):
            for algorithm in module.ALGORITHMS:
                self.addAlgorithm(algorithm())
        # A model finds its steps in the registry, so models come once this provider is in it.
        if QgsApplication.processingRegistry().providerById(self.id()) is self:
            for model in models.load():
                self.addAlgorithm(model)


def register() -> TerrainMotionProvider:
    """Add the provider to QGIS's registry, models included. The caller keeps the reference and removes it."""
    provider = TerrainMotionProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    provider.refreshAlgorithms()
    return provider
