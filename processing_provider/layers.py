"""Results as styled layers in a group. Runs on the main thread only."""
from collections import deque
from typing import List, Optional

from qgis.core import (Qgis, QgsDateTimeRange, QgsLayerTreeGroup, QgsProcessingLayerPostProcessorInterface,
                       QgsProject, QgsRasterLayer, QgsRasterLayerTemporalProperties)
from qgis.PyQt.QtCore import QDate, QDateTime, QTime, Qt
from qgis.PyQt.QtXml import QDomDocument

from .styling import style_texts

#: Custom layer property that leads from a layer to its series.json.
SERIES_PROPERTY = "terrain_motion/series"
KIND_PROPERTY = "terrain_motion/kind"


class ResultPostProcessor(QgsProcessingLayerPostProcessorInterface):
    """Styles a result when Processing has loaded it. Make it on the main thread; it keeps itself alive."""

    _alive = deque(maxlen=256)  # Processing holds no reference of its own

    def __init__(self, kind: str):
        super().__init__()
        self.kind, self.group, self.series = kind, "", ""
        self._alive.append(self)

    def postProcessLayer(self, layer, context, feedback):
        if isinstance(layer, QgsRasterLayer):
            present(layer, self.kind, context.project() or QgsProject.instance(), self.group, self.series)


def present(layer: QgsRasterLayer, kind: str, project: Optional[QgsProject], group: str = "", series: str = "") -> None:
    """Style a loaded result; bands worth a look of their own become further layers in the same group."""
    texts = style_texts(layer.source(), kind)
    if not texts:
        return
    dress(layer, texts[0], kind, series)
    node = project.layerTreeRoot().findLayer(layer.id()) if project else None
    if node is None or not group:
        return
    home = project.layerTreeRoot().findGroup(group) or project.layerTreeRoot().insertGroup(0, group)
    if node.parent() is not home:
        home.insertChildNode(len(home.children()), node.clone())
        node.parent().removeChildNode(node)
    for extra in texts[1:]:
        _add(layer.source(), extra, kind, series, project, home, visible=False)


def load(path, kind: str, project: QgsProject, group: QgsLayerTreeGroup, series: str = "",
         visible: bool = True) -> List[QgsRasterLayer]:
    """Load a result raster into a group: its main band on top, its other bands as hidden layers."""
    return [_add(str(path), text, kind, series, project, group, visible and number == 0)
            for number, text in enumerate(style_texts(path, kind))]


def _add(source: str, text, kind: str, series: str, project: QgsProject, group: QgsLayerTreeGroup,
         visible: bool) -> QgsRasterLayer:
    options = QgsRasterLayer.LayerOptions(True)
    layer = QgsRasterLayer(source, text[0].title, "gdal", options)
    dress(layer, text, kind, series)
    project.addMapLayer(layer, False)
    node = group.addLayer(layer)
    node.setItemVisibilityChecked(visible)
    node.setExpanded(visible)
    return layer


def dress(layer: QgsRasterLayer, text, kind: str, series: str) -> None:
    """Give a layer its style, name, temporal range and the way to its series."""
    style, qml = text
    document = QDomDocument()
    document.setContent(qml)
    layer.importNamedStyle(document)
    unit = _unit(layer, style.band)
    layer.setName(f"{style.title} [{unit}]" if unit else style.title)
    layer.setCustomProperty(KIND_PROPERTY, kind)
    if series:
        layer.setCustomProperty(SERIES_PROPERTY, series)
    if kind == "series":
        set_series_time(layer)
    layer.triggerRepaint()


def _unit(layer: QgsRasterLayer, band: str) -> str:
    from ..engine.io.raster import open_raster
    with open_raster(layer.source()) as raster:
        unit = raster.units[raster.number(band) - 1]
    return "" if unit == "1" else unit


def band_dates(layer: QgsRasterLayer) -> List[QDate]:
    """The dates of a series raster's bands, from their descriptions."""
    from ..engine.io.raster import open_raster
    with open_raster(layer.source()) as raster:
        return [QDate.fromString(name, Qt.DateFormat.ISODate) for name in raster.bands]


def set_series_time(layer: QgsRasterLayer) -> None:
    """Let the temporal controller show each date from its day until the next date.

    QGIS 3.38 knows a range per band; before, the layer is temporal over the whole series and `ui.temporal`
    switches the band.
    """
    starts = [QDateTime(day, QTime(0, 0)) for day in band_dates(layer)]
    ends = starts[1:] + [starts[-1].addDays(1)]
    properties = layer.temporalProperties()
    if Qgis.QGIS_VERSION_INT >= 33800:
        properties.setMode(Qgis.RasterTemporalMode.FixedRangePerBand)
        properties.setFixedRangePerBand({number: QgsDateTimeRange(start, end, True, False)
                                         for number, (start, end) in enumerate(zip(starts, ends), 1)})
    else:
        properties.setMode(QgsRasterLayerTemporalProperties.ModeFixedTemporalRange)
        properties.setFixedTemporalRange(QgsDateTimeRange(starts[0], ends[-1]))
    properties.setIsActive(True)
