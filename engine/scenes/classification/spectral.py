"""Spectral tests of the Fmask rules (Zhu and Woodcock 2012; Zhu, Wang and Woodcock 2015; Qiu, Zhu and He 2019).

Reflectances at the top of the atmosphere, temperatures in degrees Celsius, all (rows, cols) float32, NaN = no data.
"""
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ...io.products import roles
from .bands import SceneBands

CIRRUS_LIMIT = 0.01     # reflectance at 1.38 um above which something lies high in the air
_WARM = 27.0            # degrees Celsius: no cloud is warmer
_SNOW_WARMEST = 3.8
_SNOW_SWIR = (0.18, 0.15)  # reflectance at 1.6 and 2.2 um that little snow has


@dataclass(frozen=True)
class Indices:
    """ndsi, temperature, cirrus: None without a band for it. hot: haze-optimised transformation. All of some rows."""
    valid: np.ndarray
    mean: np.ndarray
    ndvi: np.ndarray
    ndsi: Optional[np.ndarray]
    whiteness: np.ndarray
    hot: np.ndarray
    green: np.ndarray
    nir: np.ndarray
    swir1: Optional[np.ndarray]
    swir2: Optional[np.ndarray]
    cirrus: Optional[np.ndarray]
    temperature: Optional[np.ndarray]


def indices(bands: SceneBands, rows: slice) -> Indices:
    """The quantities that all tests share, of some rows."""
    blue, green, red, nir = (bands.read(role, rows) for role in (roles.BLUE, roles.GREEN, roles.RED, roles.NIR))
    swir1, swir2 = bands.read(roles.SWIR1, rows), bands.read(roles.SWIR2, rows)
    cirrus, temperature = bands.read(roles.CIRRUS, rows), bands.read(roles.THERMAL, rows)
    valid = np.isfinite(blue) & np.isfinite(green) & np.isfinite(red) & np.isfinite(nir)
    if swir1 is not None:
        valid &= np.isfinite(swir1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (blue + green + red) / 3.0
        whiteness = (np.abs(blue - mean) + np.abs(green - mean) + np.abs(red - mean)) / np.maximum(mean, 1e-4)
        return Indices(valid, mean, _ratio(nir, red), None if swir1 is None else _ratio(green, swir1), whiteness,
                       blue - 0.5 * red, green, nir, swir1, swir2,
                       None if cirrus is None else np.nan_to_num(cirrus),
                       None if temperature is None else temperature)


def _ratio(first, second):
    """Normalised difference, 0 where both are dark."""
    total = first + second
    return np.where(np.abs(total) > 1e-4, np.clip((first - second) / np.where(total == 0.0, 1.0, total), -1.0, 1.0),
                    np.float32(0.0)).astype(np.float32)


def water(ix: Indices) -> np.ndarray:
    """Water, clear or below thin cloud (Zhu and Woodcock 2012, equation 5)."""
    with np.errstate(invalid="ignore"):
        found = ((ix.ndvi < 0.01) & (ix.nir < 0.11)) | ((ix.ndvi < 0.1) & (ix.nir < 0.05))
        return found & ix.valid


def snow(ix: Indices) -> np.ndarray:
    """Snow and ice (equation 20); without shortwave infrared none can be told from cloud."""
    if ix.ndsi is None:
        return np.zeros(ix.valid.shape, bool)
    with np.errstate(invalid="ignore"):
        found = (ix.ndsi > 0.15) & (ix.nir > 0.11) & (ix.green > 0.10) & ix.valid
        return found if ix.temperature is None else found & ~(ix.temperature >= _SNOW_WARMEST)


def brighter_than_snow(ix: Indices) -> np.ndarray:
    """Brighter in the shortwave infrared than snow is, whose grains absorb there."""
    if ix.swir1 is None:
        return np.zeros(ix.valid.shape, bool)
    with np.errstate(invalid="ignore"):
        found = ix.valid & (ix.swir1 > _SNOW_SWIR[0])
        return found if ix.swir2 is None else found | (ix.valid & (ix.swir2 > _SNOW_SWIR[1]))


def potential_cloud(ix: Indices) -> np.ndarray:
    """Pixels that may be cloud (equations 1 to 4, 6): bright, white, hazy, cold; or seen by the cirrus band."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (ix.ndvi < 0.8) & (ix.whiteness < 0.7) & (ix.hot > 0.08) & ix.valid
        if ix.ndsi is not None:
            found &= (ix.ndsi < 0.8) & (ix.nir > 0.75 * ix.swir1)
        if ix.swir2 is not None:
            found &= ix.swir2 > 0.03
        if ix.temperature is not None:
            found &= ~(ix.temperature >= _WARM)
        if ix.cirrus is not None:
            found |= (ix.cirrus > CIRRUS_LIMIT) & ix.valid
    return found


def built_up(ix: Indices) -> np.ndarray:
    """Ground that passes for cloud: bare or built-up, brighter at 1.6 um than in the near infrared (Qiu et al. 2019)."""
    if ix.swir1 is None:
        return np.zeros(ix.valid.shape, bool)
    with np.errstate(invalid="ignore"):
        index = _ratio(ix.swir1, ix.nir)
        return (index > 0.0) & (index > ix.ndvi) & ~water(ix) & ix.valid
