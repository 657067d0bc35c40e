"""Cloud displacement index: clouds shift between near infrared bands that look at slightly different angles."""
import numpy as np

from ...io.products import roles
from .bands import SceneBands

_WINDOW = 7             # pixels of 20 m (Frantz et al. 2018)
_SMOOTH = 2.0           # pixels; single pixels are noisy
_CLOUD = -0.5           # index below which it is cloud


def displaced(bands: SceneBands) -> np.ndarray:
    """Where near-infrared bands see cloud shift (Frantz et al. 2018): (rows, cols) bool.

    Index = (V(B8A, B7) - V(B8A, B8)) / (V(B8A, B7) + V(B8A, B8)), V the local variance of the ratio of two bands: B8A
    and B7 look in almost one direction, B8A and B8 do not, so high objects raise the second alone.
    """
    from scipy import ndimage
    narrow = bands.read(roles.NIR_NARROW)
    variances = []
    for role in (roles.RED_EDGE, roles.NIR_WIDE):
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.nan_to_num(bands.read(role) / np.maximum(narrow, 1e-3), nan=1.0)
        mean = ndimage.uniform_filter(ratio, _WINDOW)
        variances.append(np.maximum(ndimage.uniform_filter(ratio * ratio, _WINDOW) - mean * mean, 0.0))
    index = (variances[0] - variances[1]) / np.maximum(variances[0] + variances[1], 1e-9)
    return ndimage.gaussian_filter(index, _SMOOTH) < _CLOUD


def has_parallax(bands: SceneBands) -> bool:
    return bands.has(roles.RED_EDGE, roles.NIR_WIDE, roles.NIR_NARROW)
