"""A scene: one acquisition of a satellite, as the scenes layer describes it."""
from dataclasses import dataclass
from datetime import date, datetime
from typing import Optional

#: Fields of the scenes layer, in order: name, kind ("text", "number", "time").
SCENE_FIELDS = (("path", "text"), ("mission", "text"), ("level", "text"), ("acquired", "time"), ("tile", "text"),
                ("orbit", "text"), ("cloud", "number"), ("sun_azimuth", "number"), ("sun_elevation", "number"),
                ("mask", "text"), ("detectors", "text"))


@dataclass(frozen=True)
class Scene:
    """One scene.

    path: image file or product folder. acquired: UTC. cloud: % of the scene. Sun angles: degrees, azimuth clockwise
    from north. mask: class raster (Fmask's codes). detectors: footprints of the CCD detectors. footprint: WKT
    polygon, longitude and latitude (EPSG:4326). An empty text or None means unknown.
    """
    path: str
    acquired: datetime
    mission: str = ""
    level: str = ""
    tile: str = ""
    orbit: str = ""
    cloud: Optional[float] = None
    sun_azimuth: Optional[float] = None
    sun_elevation: Optional[float] = None
    mask: str = ""
    detectors: str = ""
    footprint: str = ""

    @property
    def date(self) -> date:
        return self.acquired.date()
