"""Which time series a project holds, found through its layers."""
from pathlib import Path
from typing import Dict, List, Optional, Tuple
from urllib.parse import unquote, urlparse

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer

from ..engine.core.series import NAME
from ..processing_provider.layers import SERIES_PROPERTY

_FEWEST_DATES = 3
_MOST_KNOWN = 500
_known: Dict[Tuple[str, str], str] = {}


def series_of(layer: Optional[QgsMapLayer]) -> str:
    """The time series that a layer belongs to or is, as `open_histories` takes it; empty where there is none.

    The layer's own property names a series.json; where project and results were moved together, it lies beside the
    layer. Layers of other programs are series by themselves: a raster with a date per band, points with a column per
    date, MintPy's timeseries.h5.
    """
    if not isinstance(layer, (QgsRasterLayer, QgsVectorLayer)) or not layer.isValid():
        return ""
    named = layer.customProperty(SERIES_PROPERTY)
    if not named:
        return _foreign(layer)
    beside = Path(layer.source().split("|")[0]).parent / NAME
    path = Path(str(named))
    if path.is_dir():
        path = path / NAME
    if path.suffix != ".json":  # a series of another program
        return str(named) if Path(str(named).split("|")[0]).is_file() else _foreign(layer)
    return str(path) if path.is_file() or not beside.is_file() else str(beside)


def _foreign(layer: QgsMapLayer) -> str:
    """A series of another program; what was found is remembered, as every click asks."""
    key = (layer.id(), layer.source())
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = _look(layer)
    return _known[key]


def _look(layer: QgsMapLayer) -> str:
    """A series of another program, by the names of its bands or columns."""
    if isinstance(layer, QgsVectorLayer):
        if layer.dataProvider().name() not in ("ogr", "delimitedtext"):
            return ""
        if not _dated([field.name() for field in layer.fields()]):
            return ""
        if layer.dataProvider().name() == "ogr":
            return layer.source().split("|subset=")[0]
        return unquote(urlparse(layer.source()).path)
    source = layer.source()
    if source.upper().startswith("HDF5:") and "timeseries" in source:
        return source.split('"')[1] if '"' in source else source.split(":")[1]
    if not Path(source).is_file() or layer.bandCount() < _FEWEST_DATES:
        return ""
    beside = Path(source).parent / NAME
    if beside.is_file():
        return ""  # a raster of one of our series, opened by hand: the series itself is chosen through its layers
    return source if _dated([layer.bandName(number) for number in range(1, layer.bandCount() + 1)], bands=True) else ""


def _dated(names: List[str], bands: bool = False) -> bool:
    """True if enough names are days. Names of bands are "Band 1: 2020-01-31"."""
    from ..engine.io.histories.source import dated
    return len(dated([name.split(": ", 1)[-1] if bands else name for name in names])) >= _FEWEST_DATES


def all_series(project: QgsProject) -> List[Tuple[str, str]]:
    """(path, name) of every series of a project, each once, in the order of the layer tree."""
    paths = list(dict.fromkeys(filter(None, (series_of(node.layer())
                                             for node in project.layerTreeRoot().findLayers()))))
    names = [Path(path).parent.name if Path(path).name == NAME else Path(path.split("|")[0]).stem for path in paths]
    return [(path, name if names.count(name) == 1 else f"{Path(path).parent.parent.name}/{name}")
            for path, name in zip(paths, names)]
