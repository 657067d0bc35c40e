"""Which time series a project holds, found through its layers."""
from pathlib import Path
from typing import List, Optional, Tuple

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer

from ..engine.core.series import NAME
from ..processing_provider.layers import SERIES_PROPERTY


def series_of(layer: Optional[QgsMapLayer]) -> str:
    """The series.json that a layer belongs to, empty where it belongs to none.

    The layer's own property names it; where project and results were moved together, it lies beside the layer.
    """
    if not isinstance(layer, QgsRasterLayer):
        return ""
    named = layer.customProperty(SERIES_PROPERTY)
    if not named:
        return ""
    beside = Path(layer.source().split("|")[0]).parent / NAME
    path = Path(str(named))
    if path.is_dir():
        path = path / NAME
    return str(path) if path.is_file() or not beside.is_file() else str(beside)


def all_series(project: QgsProject) -> List[Tuple[str, str]]:
    """(path, name) of every series of a project, each once, in the order of the layer tree."""
    paths = list(dict.fromkeys(filter(None, (series_of(node.layer())
                                             for node in project.layerTreeRoot().findLayers()))))
    names = [Path(path).parent.name for path in paths]
    return [(path, name if names.count(name) == 1 else f"{Path(path).parent.parent.name}/{name}")
            for path, name in zip(paths, names)]
