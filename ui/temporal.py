"""The temporal controller on QGIS before 3.38: show the band of the date that the map is at.

QGIS 3.38 knows a time range per band (see `processing_provider.layers.set_series_time`) and needs none of this.
"""
from datetime import date
from typing import List, Optional, Sequence

from qgis.core import Qgis, QgsDateTimeRange, QgsInterval, QgsProject, QgsRasterLayer, QgsTemporalNavigationObject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QDate, QDateTime, QTime
from qgis.PyQt.QtWidgets import QDockWidget

from ..processing_provider.layers import KIND_PROPERTY, band_dates

PER_BAND_VERSION = 33800
_DAY_S = 86400


def needed() -> bool:
    return Qgis.QGIS_VERSION_INT < PER_BAND_VERSION


def band_at(dates: List[QDate], moment: QDate) -> Optional[int]:
    """1-based band of the last date that is not after `moment`; None before the first."""
    bands = [number for number, day in enumerate(dates, 1) if day <= moment]
    return bands[-1] if bands else None


def show_day(canvas: QgsMapCanvas, day: Optional[date]) -> None:
    """Let the map show one day: the frame of an animation that is set up, else a fixed range. None: all times."""
    controller, modes = canvas.temporalController(), QgsTemporalNavigationObject.NavigationMode
    navigates = isinstance(controller, QgsTemporalNavigationObject)
    if day is None:
        if navigates and controller.navigationMode() == modes.FixedRange:
            controller.setNavigationMode(modes.NavigationOff)
        elif not navigates:
            canvas.setTemporalRange(QgsDateTimeRange())
        return
    start = QDateTime(QDate(day.year, day.month, day.day), QTime(0, 0))
    period = QgsDateTimeRange(start, start.addDays(1), True, False)
    if not navigates:
        canvas.setTemporalRange(period)
    elif controller.navigationMode() == modes.Animated:
        controller.setCurrentFrameNumber(controller.findBestFrameNumberForFrameStart(start))
    else:
        controller.setTemporalExtents(period)
        controller.setNavigationMode(modes.FixedRange)


def shown_moment(canvas: QgsMapCanvas) -> Optional[QDateTime]:
    """The last moment of the time that a map shows, None where it shows all times."""
    shown: QgsDateTimeRange = canvas.temporalRange()
    if shown.isInfinite():
        return None
    moment = shown.end() if shown.end().isValid() else shown.begin()
    if shown.end().isValid() and not shown.includeEnd():
        moment = moment.addMSecs(-1)  # a range that ends at midnight shows the day before
    return moment


def shown_day(canvas: QgsMapCanvas, dates: Sequence[date]) -> Optional[date]:
    """The date of a series that a map shows: the last one before the end of its time."""
    moment = shown_moment(canvas)
    return None if moment is None else max((day for day in dates if day <= moment.date().toPyDate()), default=None)


def animate(iface, layer) -> bool:
    """Set the temporal controller up for the dates of a series layer, paused at the first, and show its panel.

    Frames are as long as the usual step between two dates. False where there is no such layer or controller.
    """
    controller = iface.mapCanvas().temporalController()
    if not isinstance(layer, QgsRasterLayer) or not isinstance(controller, QgsTemporalNavigationObject):
        return False
    days = band_dates(layer)
    steps = sorted(first.daysTo(second) for first, second in zip(days, days[1:]))
    if not steps:
        return False
    last = days[-1].addDays(steps[len(steps) // 2])
    controller.setTemporalExtents(QgsDateTimeRange(QDateTime(days[0], QTime(0, 0)), QDateTime(last, QTime(0, 0)),
                                                   True, False))
    controller.setFrameDuration(QgsInterval(max(1, steps[len(steps) // 2]) * _DAY_S))
    controller.setNavigationMode(QgsTemporalNavigationObject.NavigationMode.Animated)
    controller.rewindToStart()
    panel = next((dock for dock in iface.mainWindow().findChildren(QDockWidget)
                  if dock.objectName().replace(" ", "").lower().startswith("temporalcontroller")), None)
    if panel is not None:
        panel.show()
    return True


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
        moment = shown_moment(self._canvas)
        if moment is None:
            return
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
