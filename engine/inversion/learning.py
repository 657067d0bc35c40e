"""What a sample of pixels tells about the noise: variance of each pair, share of wrong pairs, R0 of equation 5."""
from dataclasses import replace
from typing import Optional

import numpy as np

from .dates import typical_weight
from .settings import InvertSettings
from .solver import Network, Noise, solve

ROUNDS = 15
LAST_ROUNDS = 3  # of all sample pixels; a share of them is enough to get near
FEW = 1000  # pixels of the rounds before
COMMON_ROUNDS = 3  # first rounds, in which all pairs share one factor
ACCELERATION = 1.7  # exponent of each correction; EM alone would need twice the rounds
LEAST_REDUNDANCY = 0.02  # share of free misclosures below which they tell nothing
LEAST_WRONG, MOST_WRONG = 0.003, 0.25
SAMPLE = 4000  # pixels
FEWEST_STABLE, LEAST_SIGMA = 50, 1e-4  # pixels; m
FINEST = 1e-6  # m; less than any measurement, more than the rounding of data without noise, which must not become weights
MOST_UNLIKE = 5.0  # times the median sigma, or a fifth of it, that roughness may tell
_VALID, _GOOD, _CHI, _LEVERAGE, _SQUARE = range(5)  # columns of the statistics


def learn(network: Network, displacement: np.ndarray, weight: np.ndarray, settings: InvertSettings,
          sigma_known: bool, rough: Optional[np.ndarray] = None) -> Noise:
    """Noise of a stack from sample pixels.

    displacement: (components, pairs, pixels) m; weight: (pairs, pixels) relative. sigma_known: weights are 1 / sigma^2
    in 1/m^2. rough: see `roughness`; with it pairs begin unlike where their sigmas are unknown. Two pairs that are the
    only ones of a date show the sum of their variances and never the shares, so that the beginning decides them.
    Without redundancy nothing can be learnt: given sigmas are believed, others are unknown.
    """
    by_pair = settings.weights == "variance" and settings.learn_sigma
    count = len(network.pairs)
    few = _share(displacement, weight, FEW)
    start, reference = _first_scale(network, *few)
    if start is None:
        scatter = 1.0 if sigma_known else _scatter(network, displacement, weight)
        return Noise(np.full(count, scatter), reference=settings.reference_noise or np.sqrt(scatter), known=sigma_known)
    reference = settings.reference_noise or reference
    if sigma_known and not by_pair:
        start = 1.0
    alike = np.ones(count) if rough is None or sigma_known or not by_pair else _relative(rough, weight)
    floor = FINEST ** 2 * np.nan_to_num(typical_weight(weight))
    noise = Noise(np.maximum(start * alike, floor), reference=reference)
    if settings.robust == "misclosure":
        return noise
    plain = settings.robust == "none"
    alone = replace(settings, neighbours=False, robust="none" if plain else "cauchy", min_observations=1)
    rounds = ROUNDS if by_pair else COMMON_ROUNDS
    for number in range(rounds):
        sample = few if number < rounds - LAST_ROUNDS else (displacement, weight)
        statistics = solve(network, *sample, alone, noise).statistics
        factor = noise.factor
        if not sigma_known or by_pair:
            factor = factor * (_common(statistics) if number < COMMON_ROUNDS else _by_pair(statistics))
        noise = replace(noise, factor=np.maximum(factor, floor), wrong=noise.wrong if plain else _wrong(statistics))
    return noise


def _share(displacement: np.ndarray, weight: np.ndarray, most: int):
    """Every so many-th pixel of a sample."""
    step = max(weight.shape[1] // most, 1)
    return np.ascontiguousarray(displacement[:, :, ::step]), np.ascontiguousarray(weight[:, ::step])


def from_stable(noise: Noise, displacement: np.ndarray, weight: np.ndarray) -> Noise:
    """Variances of pairs that nothing checks from their scatter over stable ground.

    displacement (components, pairs, pixels) and weight (pairs, pixels) of stable pixels. A pair with fewer than
    FEWEST_STABLE of them takes the median. The noise as it was where no pair has so many.
    """
    found = np.full(len(weight), np.nan)
    for number in range(len(found)):
        use = weight[number] > 0
        values = displacement[:, number, use]
        if values.shape[1] >= FEWEST_STABLE:
            off = np.abs(values - np.median(values, axis=1, keepdims=True))
            found[number] = max(1.4826 * np.median(off), LEAST_SIGMA) ** 2 * np.median(weight[number, use])
    if not np.isfinite(found).any():
        return noise
    return replace(noise, factor=np.where(np.isfinite(found), found, np.nanmedian(found)), known=True)


def roughness(displacement: np.ndarray) -> np.ndarray:
    """(pairs,) m, scatter of the steps between neighbouring columns of images (components, pairs, rows, columns).

    Ground moves much alike in neighbouring pixels; what differs is noise. NaN for a pair without neighbours.
    """
    steps = np.abs(np.diff(displacement, axis=3)).swapaxes(0, 1).reshape(displacement.shape[1], -1)
    return np.array([1.05 * np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in steps])


def _relative(rough: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(pairs,) factors of variance about 1 from roughness; 1 where it is unknown or too coarsely rounded to tell."""
    middle = np.nanmedian(rough) if np.isfinite(rough).any() else 0.0
    if not middle > 0:
        return np.ones(len(rough))
    sigma = np.clip(np.where(np.isfinite(rough), rough, middle) / middle, 1.0 / MOST_UNLIKE, MOST_UNLIKE)
    typical = typical_weight(weight)
    return sigma ** 2 * np.where(np.isfinite(typical), typical / np.nanmedian(typical), 1.0)


def _first_scale(network: Network, displacement, weight):
    """Variance factor and R0 from medians of misclosures of absolute-value solutions; None without redundancy."""
    settings = InvertSettings(weights="none", robust="cauchy", iterations=5, neighbours=False, min_observations=1)
    valid = np.isfinite(displacement).all(axis=0) & (weight > 0)
    if not valid.any():
        return None, 1.0
    matrix = network.design_matrix
    factor, reference = None, 1.0
    scale = float(np.median(weight[valid]) * np.median(np.square(displacement[:, valid]))) or 1.0
    for _ in range(3):
        found = solve(network, displacement, weight, settings, Noise(np.full(len(network.pairs), scale)))
        statistics = found.statistics
        free = 1.0 - statistics[:, _LEVERAGE].sum() / max(statistics[:, _GOOD].sum(), 1e-9)
        if free < LEAST_REDUNDANCY:
            return None, 1.0
        residual = displacement - _of_pairs(matrix, found.series)
        known = np.isfinite(residual)
        spread = np.abs(residual) * np.sqrt(weight)
        factor = scale = max((1.4826 * float(np.median(spread[known]))) ** 2 / free, 1e-30)
        reference = max(1.4826 * float(np.median(np.abs(residual[known]))) / np.sqrt(free), 1e-15)
    return factor, reference


def _scatter(network: Network, displacement, weight) -> float:
    """Variance factor from the deviations of the pairs from even motion: an upper limit, for want of misclosures."""
    days = network.days[:, None]
    valid = np.isfinite(displacement).all(axis=0) & (weight > 0)
    total = np.maximum((valid * weight * days ** 2).sum(axis=0), 1e-30)
    rate = np.where(valid, displacement * weight * days, 0.0).sum(axis=1) / total
    deviation = np.abs(displacement - rate[:, None] * days) * np.sqrt(weight)
    known = np.broadcast_to(valid & (valid.sum(axis=0) > 1), deviation.shape)
    return max((1.4826 * float(np.median(deviation[known]))) ** 2, 1e-12) if known.any() else 1.0


def _of_pairs(matrix: np.ndarray, series: np.ndarray) -> np.ndarray:
    """Displacement of the pairs (components, pairs, pixels) from a series (components, dates, pixels)."""
    return series[:, np.argmax(matrix == 1, axis=1)] - series[:, np.argmax(matrix == -1, axis=1)]


def _common(statistics: np.ndarray) -> float:
    """Correction of one factor for all pairs: chi^2 per free misclosure."""
    total = statistics.sum(axis=0)
    free = total[_GOOD] - total[_LEVERAGE]
    return float(np.clip(total[_CHI] / free, 0.1, 10.0)) if free > LEAST_REDUNDANCY * total[_GOOD] else 1.0


def _by_pair(statistics: np.ndarray) -> np.ndarray:
    """Correction of each pair's factor by expectation and maximisation, accelerated.

    sigma^2 <- sum(good r^2 + leverage sigma^2) / sum(good): a pair that nothing checks keeps its sigma.
    """
    good = statistics[:, _GOOD]
    ratio = (statistics[:, _CHI] + statistics[:, _LEVERAGE]) / np.maximum(good, 1e-9)
    return np.where(good > 1.0, np.clip(ratio, 0.2, 5.0) ** ACCELERATION, 1.0)


def _wrong(statistics: np.ndarray) -> float:
    """Share of wrong pairs, from the probabilities of pairs that others check."""
    total = statistics.sum(axis=0)
    return float(np.clip(1.0 - total[_GOOD] / max(total[_VALID], 1.0), LEAST_WRONG, MOST_WRONG))
