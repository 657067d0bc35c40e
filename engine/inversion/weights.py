"""How much a pair counts before anything is known about its misclosure. Weights multiply the squared residuals."""
from typing import Optional

import numpy as np

LEAST_QUALITY, MOST_QUALITY = 0.05, 0.99  # correlation or coherence; their variance has no limit at 0 and 1
SIGMA_RANGE = 30.0  # a pixel's sigma may differ so many times from the median of its pair


def short_baselines(days: np.ndarray) -> np.ndarray:
    """(pairs,) weights 1 / (1 + (dT - dT_min)), dT in days (Provost et al. 2022, eq. 3)."""
    length = np.abs(days)
    return 1.0 / (1.0 + (length - length.min()))


def long_baselines(days: np.ndarray) -> np.ndarray:
    """(pairs,) weights 1 / (1 + (dT_max - dT)), dT in days (Provost et al. 2022, eq. 4)."""
    length = np.abs(days)
    return 1.0 / (1.0 + (length.max() - length))


def misclosure_weights(residual, reference_noise: float):
    """1 / (R0^2 + R^2) of residuals R, both m (Provost et al. 2022, eq. 5); 1/m^2."""
    return 1.0 / (reference_noise ** 2 + residual ** 2)


def quality_variance(quality):
    """Relative variance of a displacement of correlation or coherence q, (1 - q^2) / q^2.

    For coherence this is the phase variance of many looks but for its factor 1 / (2 looks) (Rodriguez and Martin
    1992); for correlation the variance of the shift of two images with independent noise.
    """
    q = np.clip(quality, LEAST_QUALITY, MOST_QUALITY)
    return (1.0 - q * q) / (q * q)


def relative_weights(code: str, days: np.ndarray, valid: np.ndarray, sigma: Optional[np.ndarray],
                     quality: Optional[np.ndarray], typical: Optional[np.ndarray] = None) -> np.ndarray:
    """Weights (pairs, ...) float32, 0 where a pair has no value.

    code: as in `InvertSettings.weights`. days: (pairs,). valid: (pairs, ...) bool. sigma (m), quality: (pairs, ...)
    or None. typical: (pairs,) median sigma of each pair; a pixel without one, or with one out of all proportion,
    takes it. With code "variance" the unit is 1/m^2 where sigma is known.
    """
    shape = (-1,) + (1,) * (valid.ndim - 1)
    if code == "variance" and sigma is not None and typical is not None:
        middle = typical.reshape(shape).astype(np.float32)
        known = np.where(np.isfinite(sigma) & (sigma > 0), sigma, middle)
        weight = 1.0 / np.square(np.clip(known, middle / SIGMA_RANGE, middle * SIGMA_RANGE))
    elif code == "variance" and quality is not None:
        weight = 1.0 / quality_variance(np.where(np.isfinite(quality), quality, LEAST_QUALITY))
    elif code == "quality" and quality is not None:
        weight = np.clip(np.where(np.isfinite(quality), quality, LEAST_QUALITY), LEAST_QUALITY, 1.0)
    elif code in ("short", "long"):
        by_pair = short_baselines(days) if code == "short" else long_baselines(days)
        weight = np.broadcast_to(by_pair.reshape(shape), valid.shape)
    else:
        weight = np.ones(valid.shape)
    return np.where(valid, weight, 0).astype(np.float32)
