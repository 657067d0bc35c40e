"""What a band of a product sees: blue, green, red, near infrared and so on, whatever its sensor numbers it."""
import re
from typing import Dict, Mapping, Optional, Sequence, Tuple

from .model import BandSource, Product, band_key

BLUE, GREEN, RED, NIR = "blue", "green", "red", "nir"
SWIR1, SWIR2, CIRRUS, THERMAL = "swir1", "swir2", "cirrus", "thermal"
#: Near infrared at 0.78, 0.84 and 0.865 um (Sentinel-2's B07, B08, B8A), whose looks differ by parallax.
RED_EDGE, NIR_WIDE, NIR_NARROW = "red_edge", "nir_wide", "nir_narrow"

#: Band of each role by sensor; of several the first that is there counts.
_SENTINEL2 = {BLUE: ("B2",), GREEN: ("B3",), RED: ("B4",), NIR: ("B8A", "B8"), SWIR1: ("B11",), SWIR2: ("B12",),
              CIRRUS: ("B10",), RED_EDGE: ("B7",), NIR_WIDE: ("B8",), NIR_NARROW: ("B8A",)}
_OLI = {BLUE: ("B2",), GREEN: ("B3",), RED: ("B4",), NIR: ("B5",), SWIR1: ("B6",), SWIR2: ("B7",), CIRRUS: ("B9",),
        THERMAL: ("B10",)}
_TM = {BLUE: ("B1",), GREEN: ("B2",), RED: ("B3",), NIR: ("B4",), SWIR1: ("B5",), SWIR2: ("B7",), THERMAL: ("B6",)}
#: Words in band descriptions, where the sensor's numbering is not known.
_WORDS = {BLUE: r"blue", GREEN: r"green(?:[_ ]?ii)?", RED: r"red", NIR: r"nir|near[_ -]?infra-?red",
          SWIR1: r"swir(?:[_ ]?(?:1|16))?", SWIR2: r"swir[_ ]?(?:2|22)", CIRRUS: r"cirrus",
          THERMAL: r"thermal|tir|lwir(?:[_ ]?11)?|st|surface[_ ]temperature"}
_SENTINEL2_ONLY = ("B8A", "B11", "B12")


def roles(product: Product) -> Dict[str, BandSource]:
    """{role: band} of a product, the roles that are known only. Descriptions in words go before band numbers."""
    found = _worded(product.bands)
    keys: Dict[str, BandSource] = {}
    for name, source in product.bands.items():
        keys.setdefault(band_key(name), source)
    for role, wanted in (_numbering(product, keys) or {}).items():
        source = next((keys[key] for key in wanted if key in keys), None)
        if source is not None:
            found.setdefault(role, source)
    return found


def natural(product: Product) -> Tuple[BandSource, ...]:
    """(red, green, blue) where all are known; otherwise the band to match, three times."""
    known = roles(product)
    if all(role in known for role in (RED, GREEN, BLUE)):
        return known[RED], known[GREEN], known[BLUE]
    if all(role in known for role in (NIR, RED, GREEN)):
        return known[NIR], known[RED], known[GREEN]
    if len(product.bands) >= 3 and set(product.bands) >= {"1", "2", "3"}:
        return product.bands["1"], product.bands["2"], product.bands["3"]
    return (product.band(),) * 3


def _worded(bands: Mapping[str, BandSource]) -> Dict[str, BandSource]:
    found: Dict[str, BandSource] = {}
    for name, source in bands.items():
        for role, words in _WORDS.items():
            if re.fullmatch(words, name.strip(), re.IGNORECASE):
                found.setdefault(role, source)
    return found


def _numbering(product: Product, keys: Sequence[str]) -> Optional[Dict[str, Sequence[str]]]:
    """The numbering of the sensor, by mission; by band names that only Sentinel-2 has; None where it is not known."""
    mission = product.scene.mission.lower()
    landsat = re.search(r"landsat[ _-]?(\d)", mission)
    if landsat:
        return _OLI if int(landsat.group(1)) >= 8 else _TM
    if "l30" in mission:
        return _OLI
    if "sentinel-2" in mission or "s30" in mission or any(key in keys for key in _SENTINEL2_ONLY):
        return _SENTINEL2
    numbered = [key for key in keys if re.fullmatch(r"B\d+A?", key)]
    return _SENTINEL2 if "B8" in numbered and "B4" in numbered else None
