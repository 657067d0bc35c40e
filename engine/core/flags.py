"""Why a pixel has no value. The first reason that removed a pixel stays."""
from enum import IntEnum


class Flag(IntEnum):
    """Codes of the band `flag`."""
    VALID = 0
    OUTSIDE = 1
    CLOUD = 2
    SHADOW = 3
    WATER = 4
    SNOW = 5
    LOW_CORRELATION = 6
    OUTLIER = 7
    TOPOGRAPHIC = 8
    MORPHOLOGICAL = 9
    NOT_CONNECTED = 10
    TOO_FEW = 11
    NO_REFERENCE = 12


WORDS = {
    Flag.VALID: "valid",
    Flag.OUTSIDE: "outside the images or no data",
    Flag.CLOUD: "cloud",
    Flag.SHADOW: "shadow",
    Flag.WATER: "water",
    Flag.SNOW: "snow",
    Flag.LOW_CORRELATION: "low correlation or coherence",
    Flag.OUTLIER: "outlier",
    Flag.TOPOGRAPHIC: "removed by the topographic filter",
    Flag.MORPHOLOGICAL: "removed by the morphological filter",
    Flag.NOT_CONNECTED: "not connected in time",
    Flag.TOO_FEW: "too few observations",
    Flag.NO_REFERENCE: "reference missing",
}

#: Class rasters (Fmask's codes) and the flag that a masked class gives.
CLASS_CLEAR, CLASS_WATER, CLASS_SHADOW, CLASS_SNOW, CLASS_CLOUD, CLASS_NO_DATA = 0, 1, 2, 3, 4, 255
CLASS_FLAGS = {CLASS_WATER: Flag.WATER, CLASS_SHADOW: Flag.SHADOW, CLASS_SNOW: Flag.SNOW,
               CLASS_CLOUD: Flag.CLOUD, CLASS_NO_DATA: Flag.OUTSIDE}
