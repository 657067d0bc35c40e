"""The temporal controller shows the date of the map."""
import pytest


@pytest.fixture
def east(iface, series):
    from qgis.core import QgsProject
    from terrain_motion.ui.layers import load_series
    layers = load_series(series, QgsProject.instance())
    return next(layer for layer in layers if layer.name().startswith("East displacement"))


def move_to(canvas, first, last):
    from qgis.core import QgsDateTimeRange
    from qgis.PyQt.QtCore import QDate, QDateTime, QTime
    start, end = (QDateTime(QDate(day.year, day.month, day.day), QTime(0, 0)) for day in (first, last))
    canvas.setTemporalRange(QgsDateTimeRange(start, end, True, False))


def test_band_follows_the_time_range_and_the_limits_stay(iface, east, small):
    from datetime import timedelta
    from terrain_motion.ui.temporal import BandSwitcher
    switcher = BandSwitcher(iface.canvas)
    limits = east.renderer().classificationMin(), east.renderer().classificationMax()
    assert east.renderer().band() == len(small.DATES)
    for number, day in enumerate(small.DATES, 1):
        move_to(iface.canvas, day, day + timedelta(days=1))
        assert east.renderer().band() == number
    move_to(iface.canvas, small.DATES[1] + timedelta(days=10), small.DATES[2])
    assert east.renderer().band() == 2  # the range ends where the third begins
    assert (east.renderer().classificationMin(), east.renderer().classificationMax()) == limits
    switcher.close()
    move_to(iface.canvas, small.DATES[4], small.DATES[5])
    assert east.renderer().band() == 2


def test_before_the_first_date_the_band_stays(iface, east, small):
    from datetime import timedelta
    from terrain_motion.ui.temporal import BandSwitcher
    switcher = BandSwitcher(iface.canvas)
    move_to(iface.canvas, small.DATES[0] - timedelta(days=20), small.DATES[0] - timedelta(days=10))
    assert east.renderer().band() == len(small.DATES)
    switcher.close()


def test_layers_are_temporal_over_the_whole_series(east, small):
    properties = east.temporalProperties()
    assert properties.isActive()
