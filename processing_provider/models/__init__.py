"""Graphical models that come with the plugin: open them in the modeler to see and change their steps."""
from pathlib import Path
from typing import List

from qgis.core import QgsProcessingModelAlgorithm

FOLDER = Path(__file__).parent


def load() -> List[QgsProcessingModelAlgorithm]:
    """Every model of this folder that the running QGIS can read."""
    models = []
    for path in sorted(FOLDER.glob("*.model3")):
        model = QgsProcessingModelAlgorithm()
        if model.fromFile(str(path)):
            model.setSourceFilePath(str(path))
            models.append(model)
    return models
