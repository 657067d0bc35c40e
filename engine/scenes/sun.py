"""Where the sun stands, from the time of the acquisition and the place, for scenes whose metadata do not say."""
import math
from datetime import datetime
from typing import Optional, Tuple

from osgeo import ogr

from ..core.scene import Scene

_J2000 = datetime(2000, 1, 1, 12)


def sun_of_scene(scene: Scene) -> Optional[Tuple[float, float]]:
    """(azimuth, elevation) of the sun, degrees, of a scene: from its metadata, else from its time and footprint.

    None where neither is known (a date without a time is no time) or the sun is below the horizon.
    """
    if scene.sun_azimuth is not None and scene.sun_elevation is not None:
        return (scene.sun_azimuth, scene.sun_elevation) if scene.sun_elevation > 0.0 else None
    if not scene.footprint or scene.acquired.time() == datetime.min.time():
        return None
    outline = ogr.CreateGeometryFromWkt(scene.footprint)
    if outline is None or outline.IsEmpty():
        return None
    middle = outline.Centroid()
    found = sun_position(scene.acquired, middle.GetX(), middle.GetY())
    return found if found[1] > 0.0 else None


def sun_position(moment: datetime, longitude: float, latitude: float) -> Tuple[float, float]:
    """(azimuth clockwise from north, elevation) of the sun, degrees, without refraction.

    moment: UTC. Low-precision formulae of the Astronomical Almanac: 0.01 degrees between 1950 and 2050.
    """
    days = (moment - _J2000).total_seconds() / 86400.0
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360.0)
    mean = (280.460 + 0.9856474 * days) % 360.0
    ecliptic = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly))
    tilt = math.radians(23.439 - 0.0000004 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal = math.radians((280.46061837 + 360.98564736629 * days + longitude) % 360.0)
    angle, phi = sidereal - ascension, math.radians(latitude)
    sine = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(angle)
    azimuth = math.atan2(-math.cos(declination) * math.sin(angle),
                         math.sin(declination) * math.cos(phi) - math.cos(declination) * math.sin(phi) * math.cos(angle))
    return math.degrees(azimuth) % 360.0, math.degrees(math.asin(sine))
