"""Settings of search, download, elevation and outlines."""
from dataclasses import dataclass
from typing import Optional

from ...core.errors import SettingsError
from ...core.settings import Settings, field
from .endpoints import ENDPOINTS, endpoint

_CHOICES = tuple((known.code, known.label) for known in ENDPOINTS)
_GLO_30 = ("https://copernicus-dem-30m.s3.amazonaws.com/Copernicus_DSM_COG_10_{tile}_DEM/"
           "Copernicus_DSM_COG_10_{tile}_DEM.tif")
_GLO_90 = ("https://copernicus-dem-90m.s3.amazonaws.com/Copernicus_DSM_COG_30_{tile}_DEM/"
           "Copernicus_DSM_COG_30_{tile}_DEM.tif")


@dataclass(frozen=True)
class SearchSettings(Settings):
    """Find scenes in an archive."""
    endpoint: str = field("earthsearch", label="Archive", choices=_CHOICES, kind="suggestion",
                          help="A named archive, or the address of any STAC interface (https://…). Earth Search and "
                               "Planetary Computer need no log-in; the Copernicus Data Space needs one to download.")
    collection: str = field("sentinel-2-l2a", label="Collection",
                            help="As the archive calls it; several are separated by commas. sentinel-2-l2a is in all "
                                 "three; landsat-c2-l2 (Planetary Computer) needs no log-in either. A wrong name is "
                                 "answered with the names there are.")
    start: Optional[str] = field(None, label="From", kind="date", help="First day, UTC. Empty: from the beginning.")
    end: Optional[str] = field(None, label="To", kind="date", help="Last day, UTC, itself included. Empty: until now.")
    max_cloud: float = field(60.0, label="Maximum cloud", name="MAXCLOUD", unit="%", minimum=0.0, maximum=100.0,
                             help="Share of the whole scene; your area may be clear in a scene with 60 %. Scenes whose "
                                  "share is unknown are kept. 100 keeps all.")
    limit: int = field(2000, label="Most scenes", minimum=1, maximum=100000, advanced=True,
                       help="Stops there, with a warning; the earliest are kept where the archive can sort.")
    newest_processing: bool = field(True, label="Newest processing only", advanced=True,
                                    help="Archives keep Sentinel-2 acquisitions that were processed again beside the "
                                         "old ones. On: only the newest of each.")
    orbit: str = field("", label="Relative orbit or path", advanced=True,
                       help="Keep only this one, e.g. 79. Empty: all. Scenes of one orbit look from the same side, "
                            "which leaves out the relief's errors.")

    def check(self) -> None:
        endpoint(self.endpoint)
        if not self.collections:
            raise SettingsError("Collection: name at least one, e.g. sentinel-2-l2a.")
        if self.start and self.end and self.start > self.end:
            raise SettingsError(f"The first day ({self.start}) is later than the last ({self.end}). Swap them.")

    @property
    def collections(self):
        """Names of collections, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.collection.split(",") if name.strip()))


@dataclass(frozen=True)
class DownloadSettings(Settings):
    """Get scenes of an archive."""
    bands: str = field("", label="Bands",
                       help="Comma separated, as in the product or as colours: B04, B08 or red, nir. Empty: the one "
                            "that is matched first (red of Sentinel-2, panchromatic of Landsat, else red).")
    classes: bool = field(True, label="Class rasters too", advanced=True,
                          help="SCL, QA_PIXEL or Fmask of the same area, where there is one: clouds and water for "
                               "little data.")
    whole: bool = field(False, label="Whole products", advanced=True,
                        help="The complete product (zip) where the archive has it, with all bands and detector "
                             "footprints: about 1 GB each. Off: only the bands, and of images that allow it only the area.")
    max_size: float = field(20000.0, label="Largest download", name="MAXSIZE", unit="MB", minimum=1.0, maximum=1e7,
                            advanced=True, help="A run that would fetch more is refused before it begins, with its size.")
    connections: int = field(4, label="Connections", minimum=1, maximum=16, advanced=True,
                             help="Files fetched at once. Archives slow down or refuse those who ask for many.")

    @property
    def band_names(self):
        """Bands as asked for, each once; empty for the one that is matched first."""
        return tuple(dict.fromkeys(name.strip() for name in self.bands.split(",") if name.strip()))


@dataclass(frozen=True)
class ElevationSettings(Settings):
    """Get the Copernicus elevation model of an area."""
    crs: str = field("", label="Coordinate system",
                     help="EPSG:n. Empty: the UTM zone of the area's centre, as Sentinel-2 and Landsat have it.")
    pixel_size: float = field(30.0, label="Pixel size", unit="m", minimum=1.0, maximum=1000.0,
                              help="The model has 30 m; smaller pixels only interpolate. Of a coordinate system in "
                                   "degrees, pixels get this size in latitude.")
    margin: float = field(1000.0, label="Margin", unit="m", minimum=0.0, maximum=50000.0,
                          help="Ground around the area that is taken too: ridges outside it cast shadows into it.")
    address: str = field(_GLO_30, label="Address of a tile", advanced=True,
                         help="{tile} stands for e.g. N46_00_E008_00. Copernicus GLO-30 on AWS needs no log-in.")
    gap_address: str = field(_GLO_90, label="Address where a tile is missing", advanced=True,
                             help="GLO-30 leaves out some countries; GLO-90 has them. What is in neither is open sea, "
                                  "0 m. Empty: missing tiles are taken as sea at once.")
    max_size: float = field(4000.0, label="Largest download", name="MAXSIZE", unit="MB", minimum=1.0, maximum=1e6,
                            advanced=True, help="A run that would fetch more is refused before it begins.")

    def check(self) -> None:
        for address in filter(None, (self.address, self.gap_address)):
            if "{tile}" not in address or not address.startswith(("http://", "https://")):
                raise SettingsError(f"Address of a tile: '{address}' must begin with https:// and hold {{tile}}.")
        if not self.address:
            raise SettingsError("Address of a tile: it is empty. Restore the default.")


@dataclass(frozen=True)
class OutlineSettings(Settings):
    """Glacier outlines as ground that moves."""
    buffer: float = field(100.0, label="Buffer", unit="m", minimum=0.0, maximum=5000.0,
                          help="Ground this near to ice is taken as moving too: outlines are years old, moraines creep, "
                               "and a match sees what lies within its window.")
    min_area: float = field(0.0, label="Smallest glacier", name="MINAREA", unit="km²", minimum=0.0, maximum=1000.0,
                            advanced=True, help="Smaller outlines are ignored. 0 keeps all.")
    internal_rock: bool = field(True, label="Rock inside glaciers is stable", name="INTERNALROCK", advanced=True,
                                help="Nunataks: holes of RGI outlines, and GLIMS lines of the kind intrnl_rock. The "
                                     "buffer is kept there too.")
