"""When a simulated series is seen, where the sun stands, and how far the motion has come by then."""
import math
from datetime import date, timedelta

import numpy as np

from ..settings import EARTHQUAKE, GLACIER, LANDSLIDE, SimulateSettings

#: First date, length in days, longest gap in days (a glacier must not outrun the matcher), place of the scenario.
_COURSE = {GLACIER: (date(2019, 4, 3), 350, 35), LANDSLIDE: (date(2017, 7, 2), 760, 760),
           EARTHQUAKE: (date(2019, 5, 22), 120, 60)}
_REPEAT_DAYS = 5                 # of the two Sentinel-2 satellites together
_YEAR = 365.25
LATITUDE, LOCAL_HOUR = 45.0, 10.5
SUMMER_DAY = 196                 # the sun of all dates without seasons: 15 July
SPEED_UP, SPEED_UP_DAY = 0.45, 190   # share by which a glacier is faster in early July
ACCELERATION = date(2018, 4, 20)     # the landslide's
_HIGH_SUN = 35.0                 # degrees
_LANDSLIDE_BEFORE, _LANDSLIDE_ONSET_DAYS = 0.12, 60.0  # share of the final rate, time constant


def acquisition_dates(settings: SimulateSettings):
    """Dates of the scenes, on the satellite's repeat cycle, a little irregular as clouds make them.

    A landslide is watched while the sun is high, as far as the number of scenes allows: in winter the mountains lie in
    shade and snow, and nobody would match such scenes with those of summer.
    """
    start, span, longest = _COURSE[settings.scenario]
    rng = np.random.default_rng([settings.seed, 12])
    usable = _usable_cycles(settings)
    span = (len(usable) - 1) * _REPEAT_DAYS
    gap = min(max(span / (settings.dates - 1), _REPEAT_DAYS), longest) / _REPEAT_DAYS
    jitter = rng.uniform(-0.3, 0.3, settings.dates) * min(gap - 1.0, 6.0)
    places = np.round(np.arange(settings.dates) * gap + jitter * (np.arange(settings.dates) > 0)).astype(int)
    for index in range(1, settings.dates):
        places[index] = max(places[index], places[index - 1] + 1)
    beyond = np.maximum(places - (len(usable) - 1), 0)  # more scenes than passes: the series becomes longer
    return [start + timedelta(days=int(usable[p - b] + b) * _REPEAT_DAYS) for p, b in zip(places, beyond)]


def _usable_cycles(settings: SimulateSettings):
    """Passes of the satellite, counted from the first, among which the scenes are chosen."""
    start, span, _ = _COURSE[settings.scenario]
    every = np.arange(span // _REPEAT_DAYS + 1)
    if settings.scenario != LANDSLIDE:
        return every
    days = [start + timedelta(days=int(c) * _REPEAT_DAYS) for c in every]
    high = np.array([sun_position(d.timetuple().tm_yday)[1] >= _HIGH_SUN for d in days])
    return every[high] if high.sum() >= settings.dates else every


def event_date(settings: SimulateSettings, dates):
    """Day of the earthquake (between the two middle dates) or of the landslide's acceleration; None for a glacier."""
    if settings.scenario == EARTHQUAKE:
        before = dates[(len(dates) - 1) // 2]
        return before + timedelta(days=2)
    return ACCELERATION if settings.scenario == LANDSLIDE else None


def effective_time(scenario: str, dates):
    """Strength of the motion up to each date, 0 on the first.

    Glacier: years, faster in summer. Landslide: shares of its whole travel, slow before its acceleration.
    Earthquake: 0 before, 1 after.
    """
    if scenario == EARTHQUAKE:
        return np.where(np.arange(len(dates)) <= (len(dates) - 1) // 2, 0.0, 1.0)
    days = np.array([(d - dates[0]).days for d in dates], float)
    if scenario == GLACIER:
        phase = 2.0 * math.pi * (dates[0].timetuple().tm_yday - SPEED_UP_DAY) / _YEAR
        years = days / _YEAR
        return years + SPEED_UP / (2.0 * math.pi) * (np.sin(2.0 * math.pi * years + phase) - math.sin(phase))
    start, span, _ = _COURSE[LANDSLIDE]
    travel = _landslide_travel(np.array([(d - start).days for d in dates], float))
    return (travel - travel[0]) / _landslide_travel(np.array([float(span)]))[0]


def _landslide_travel(days):
    """Integral of the rate b + (1 - b) (1 - exp(-t / onset)) after the acceleration, b before it."""
    after = np.maximum(days - (ACCELERATION - _COURSE[LANDSLIDE][0]).days, 0.0)
    onset = _LANDSLIDE_ONSET_DAYS
    return _LANDSLIDE_BEFORE * days + (1.0 - _LANDSLIDE_BEFORE) * (after - onset * (1.0 - np.exp(-after / onset)))


def sun_position(day_of_year: int, latitude: float = LATITUDE, hour: float = LOCAL_HOUR):
    """(azimuth clockwise from north, elevation) of the sun, degrees, at a local solar time."""
    declination = math.radians(-23.44 * math.cos(2.0 * math.pi * (day_of_year + 10) / _YEAR))
    phi, angle = math.radians(latitude), math.radians(15.0 * (hour - 12.0))
    sine = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(angle)
    azimuth = math.atan2(-math.cos(declination) * math.sin(angle),
                         math.cos(phi) * math.sin(declination)
                         - math.sin(phi) * math.cos(declination) * math.cos(angle))
    return math.degrees(azimuth) % 360.0, math.degrees(math.asin(sine))


def sun_of(settings: SimulateSettings, day: date):
    """(azimuth, elevation) of the sun of one scene."""
    return sun_position(day.timetuple().tm_yday if settings.seasons else SUMMER_DAY)


def greenness(settings: SimulateSettings, day: date) -> float:
    """0 in winter to 1 in early summer: how green the plants are."""
    number = day.timetuple().tm_yday if settings.seasons else SUMMER_DAY
    return 0.5 + 0.5 * math.cos(2.0 * math.pi * (number - 175) / _YEAR)


def snow_share(settings: SimulateSettings, day: date) -> float:
    """Share of the scene under snow: glacier scenario only, most in February."""
    if settings.scenario != GLACIER or not settings.seasons:
        return 0.0
    return 0.06 + 0.45 * (0.5 + 0.5 * math.cos(2.0 * math.pi * (day.timetuple().tm_yday - 35) / _YEAR)) ** 1.5
