"""The temporal controller on QGIS before 3.38: show the band of the date that the map is at.

QGIS 3.38 knows a time range per band (see `processing_provider.layers.set_series_time`) and needs none of this.
"""
from typing import List, Optional

from qgis.core import Qgis, QgsDateTimeRange, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QDate

from ..processing_provider.layers import KIND_PROPERTY, band_dates

PER_BAND_VERSION = 33800


def needed() -> bool:
    return Qgis.QGIS_VERSION_INT < PER_BAND_VERSION


def band_at(dates: List[QDate], moment: QDate) -> Optional[int]:
    """1-based band of the last date that is not after `moment`; None before the first."""
    bands = [number for number, day in enumerate(dates, 1) if day <= moment]
    return bands[-1] if bands else None


class BandSwitcher:
    """Follows the time range of one canvas; layers keep their colours and limits."""

    def __init__(self, canvas: QgsMapCanvas, project: Optional[QgsProject] = None):
        self._canvas, self._project = canvas, project or QgsProject.instance()
        self._dates = {}  # layer id -> dates; read once
        canvas.temporalRangeChanged.connect(self.follow)
        self._project.layersWillBeRemoved.connect(self._forget)

    def close(self) -> None:
        self._canvas.temporalRangeChanged.disconnect(self.follow)
        self._project.layersWillBeRemoved.disconnect(self._forget)

    def follow(self) -> None:
        """Switch every series layer to the date shown: the last one before the end of the range."""
        shown: QgsDateTimeRange = self._canvas.temporalRange()
        if shown.isInfinite():
            return
        moment = shown.end() if shown.end().isValid() else shown.begin()
        if shown.end().isValid() and not shown.includeEnd():
            moment = moment.addMSecs(-1)  # a range that ends at midnight shows the day before
        for layer in self._project.mapLayers().values():
            if isinstance(layer, QgsRasterLayer) and layer.customProperty(KIND_PROPERTY) == "series":
                self._switch(layer, moment.date())

    def _switch(self, layer: QgsRasterLayer, moment: QDate) -> None:
        if layer.id() not in self._dates:
            self._dates[layer.id()] = band_dates(layer) if layer.isValid() else []
        band, renderer = band_at(self._dates[layer.id()], moment), layer.renderer()
        if band is None or not hasattr(renderer, "setBand") or renderer.band() == band:
            return
        renderer.setBand(band)
        layer.triggerRepaint()

    def _forget(self, layers) -> None:
        for identifier in layers:
            self._dates.pop(identifier, None)
