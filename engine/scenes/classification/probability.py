"""How probable cloud is over land and water, and where that is enough (Zhu and Woodcock 2012, equations 7 to 18)."""
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Sequence

import numpy as np

from . import spectral
from .spectral import Indices

_LOW, _HIGH = 17.5, 82.5      # percentiles of clear ground
_LEAST_CLEAR = 0.001          # share of the scene; with less clear ground everything suspicious is cloud
_TEMPERATURE_MARGIN = 4.0     # degrees
_HOT_MARGIN = 0.04            # reflectance
_CIRRUS_FULL = 0.04           # reflectance at 1.38 um that is cloud for certain
_BRIGHT_WATER = 0.11          # reflectance at 1.6 um that no water has
_WATER_TEMPERATURE_SPAN = 4.0
_VERY_COLD = 35.0             # degrees below the coldest ground
_SAMPLE = 4_000_000           # pixels that percentiles are taken of


@dataclass(frozen=True)
class CloudModel:
    """What clear ground of this scene is like. None where it cannot be told: then all that may be cloud is."""
    hot: Optional[tuple] = None
    land_temperature: Optional[tuple] = None
    water_temperature: Optional[float] = None
    cirrus: float = 0.0
    land_threshold: float = 0.0
    water_threshold: float = 0.5
    enough: bool = True


def fit(blocks: Sequence[slice], at: Callable[[slice], Indices], extra: float) -> CloudModel:
    """The model of a scene. at: gives the indices of some rows. extra: probability above that of clear ground."""
    land: Dict[str, list] = {}
    sea: Dict[str, list] = {}
    valid = 0
    stride = max(1, sum(1 for _ in blocks))
    for rows in blocks:
        ix = at(rows)
        wet, maybe = spectral.water(ix), spectral.potential_cloud(ix)
        valid += int(ix.valid.sum())
        clear_sea = wet & ~maybe
        if ix.swir2 is not None:
            clear_sea &= np.nan_to_num(ix.swir2) < 0.03
        _collect(land, ix, ~wet & ~maybe & ix.valid, _SAMPLE // stride)
        _collect(sea, ix, clear_sea, _SAMPLE // stride)
    dry, wet = ({name: np.concatenate(parts) for name, parts in each.items()} for each in (land, sea))
    if valid == 0 or len(dry["hot"]) + len(wet["hot"]) < _LEAST_CLEAR * valid:
        return CloudModel(enough=False)
    return _model(dry, wet, _LEAST_CLEAR * valid, extra)


def _collect(into: Dict[str, list], ix: Indices, where: np.ndarray, most: int) -> None:
    """Take the quantities of some pixels, at most `most` of them, evenly spread."""
    step = max(1, int(where.sum()) // max(most, 1))
    for name, values in (("hot", ix.hot), ("variability", variability(ix)), ("cirrus", ix.cirrus), ("swir1", ix.swir1),
                         ("temperature", ix.temperature)):
        if values is not None:
            into.setdefault(name, []).append(values[where][::step])


def _model(dry, wet, least: float, extra: float) -> CloudModel:
    """The percentiles and thresholds. dry, wet: quantities of clear land and clear water."""
    ground = dry if len(dry["hot"]) >= least else wet
    hot = tuple(np.percentile(ground["hot"], (_LOW, _HIGH)))
    temperatures = _finite(ground.get("temperature"))
    land_temperature = tuple(np.percentile(temperatures, (_LOW, _HIGH))) if temperatures.size else None
    sea_temperatures = _finite(wet.get("temperature"))
    water_temperature = float(np.percentile(sea_temperatures, _HIGH)) if sea_temperatures.size else None
    cirrus = float(np.median(ground["cirrus"])) if "cirrus" in ground else 0.0
    model = CloudModel(hot, land_temperature, water_temperature, cirrus)
    clear = _land(model, ground["hot"], ground["variability"], ground.get("cirrus"), ground.get("temperature"))
    land_threshold = float(np.percentile(clear, _HIGH)) + extra
    return CloudModel(hot, land_temperature, water_temperature, cirrus, land_threshold)


def _finite(values) -> np.ndarray:
    return np.zeros(0, np.float32) if values is None else values[np.isfinite(values)]


def variability(ix: Indices) -> np.ndarray:
    """1 for a spectrum as flat as a cloud's, less for plants, snow and coloured ground (equation 15)."""
    largest = np.maximum(np.abs(ix.ndvi), ix.whiteness)
    if ix.ndsi is not None:
        largest = np.maximum(largest, np.abs(ix.ndsi))
    return 1.0 - largest


def _land(model: CloudModel, hot, flat, cirrus, temperature):
    """Cloud probability over land: cold (or hazy, without a thermal band) x flat spectrum + cirrus."""
    low, high = model.hot[0] - _HOT_MARGIN, model.hot[1] + _HOT_MARGIN
    cold = np.clip((hot - low) / (high - low), 0.0, 1.0)
    if temperature is not None and model.land_temperature is not None:
        low, high = (model.land_temperature[0] - _TEMPERATURE_MARGIN, model.land_temperature[1] + _TEMPERATURE_MARGIN)
        colder = np.maximum((high - temperature) / (high - low), 0.0)
        cold = np.where(np.isfinite(temperature), colder, cold)
    return cold * flat + _thin(model, cirrus)


def _thin(model: CloudModel, cirrus):
    """Probability by what the cirrus band sees above what clear ground of this scene shows there."""
    return 0.0 if cirrus is None else np.clip((cirrus - model.cirrus) / _CIRRUS_FULL, 0.0, 1.0)


def _water(model: CloudModel, ix: Indices):
    """Cloud probability over water: bright at 1.6 um (without it: near infrared) x cold + cirrus."""
    bright = np.clip((ix.nir if ix.swir1 is None else ix.swir1) / _BRIGHT_WATER, 0.0, 1.0)
    if ix.temperature is not None and model.water_temperature is not None:
        cold = (model.water_temperature - ix.temperature) / _WATER_TEMPERATURE_SPAN
        bright = np.where(np.isfinite(cold), bright * cold, bright)
    return bright + _thin(model, ix.cirrus)


def cloud(ix: Indices, model: CloudModel) -> np.ndarray:
    """Cloud of some rows (equation 18)."""
    maybe = spectral.potential_cloud(ix)
    if not model.enough:
        return maybe
    wet = spectral.water(ix)
    with np.errstate(invalid="ignore"):
        over_land = _land(model, ix.hot, variability(ix), ix.cirrus, ix.temperature)
        found = maybe & np.where(wet, _water(model, ix) > model.water_threshold, over_land > model.land_threshold)
        found |= ix.valid & ~wet & (over_land > 0.99) & (ix.mean > 0.15)
        if ix.temperature is not None and model.land_temperature is not None:
            found |= ix.valid & (ix.temperature < model.land_temperature[0] - _VERY_COLD)
    return found
