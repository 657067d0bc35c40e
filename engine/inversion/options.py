"""Two declared options that add to what the pairs say: minimum norm across gaps of the network, temporal smoothing.

Both add a link between each date and the next to the network, and solve again with the robust weights of the result.
"""
from dataclasses import replace

import numpy as np

from ..core.units import DAYS_PER_YEAR
from .kernels import CAUCHY, TUKEY
from .pattern import make_pattern
from .settings import InvertSettings
from .solver import PARTS, START, Network, Noise, Solution, solve_flat

WEAKEST = 1e-7  # weight of a link of minimum norm, against a pair's: it decides only what no pair decides


def with_links(network: Network) -> Network:
    """The network with a link from each date to the next after its pairs."""
    links = tuple((k, k + 1) for k in range(len(network.dates) - 1))
    pairs = network.pairs + links
    return Network(network.dates, pairs, make_pattern(len(network.dates), pairs))


def join_parts(network: Network, values, weight, settings: InvertSettings, noise: Noise, found: Solution) -> None:
    """Give unconnected parts of a pixel the smallest velocities between dates that fit its pairs (in place).

    As the limit of a vanishing weight of the velocities this is the minimum-norm solution that a singular value
    decomposition gives. Dates without any pair stay without value, and no sigma is given outside the main part.
    """
    cut = np.flatnonzero(found.quality[PARTS] > 1)
    if not len(cut):
        return
    values, weight, series = values[:, :, cut], weight[:, cut], found.series[:, :, cut]
    gaps = np.diff(network.years)
    links = np.broadcast_to((WEAKEST * np.median(1.0 / noise.factor) * np.median(weight[weight > 0])
                             * (gaps.mean() / gaps) ** 2)[:, None], (len(gaps), len(cut)))
    joined = _solve_again(network, values, weight, series, np.zeros((len(values), len(gaps), len(cut))), links,
                          settings, noise)
    seen = _observed(network, values, weight)
    found.series[:, :, cut] = np.where(seen, joined.series, np.nan)
    found.velocity[:, cut] = joined.velocity
    found.velocity_sigma[:, cut] = np.nan


def smooth(network: Network, values, weight, settings: InvertSettings, noise: Noise, found: Solution) -> None:
    """Draw the steps between dates toward the pixel's mean velocity (in place), as a prior of sigma `smoothing`.

    The prior is a random walk about even motion: a step over twice the time may differ from it by the root of two more.
    The mean velocity is that of all pairs, and the prior links what the pairs do not: every date that a pair sees
    gets a value, with the sigma that the prior leaves it.
    """
    kept = weight * _robust(network, values, weight, found.series, settings, noise)
    rate = _mean_velocity(network, values, kept)
    gaps = np.diff(network.years)[:, None]
    steps = rate[:, None] * gaps
    solved = np.isfinite(found.velocity).all(axis=0) & np.isfinite(steps).all(axis=(0, 1))
    links = np.where(solved, gaps.mean() / gaps / settings.smoothing ** 2, 0.0)
    smoothed = _solve_again(network, values, weight, found.series, np.where(np.isfinite(steps), steps, 0.0), links,
                            settings, noise)
    seen = _observed(network, values, weight) & solved
    for name in ("series", "sigma"):
        getattr(found, name)[:] = np.where(seen, getattr(smoothed, name), np.nan)
    for name in ("velocity", "velocity_sigma"):
        getattr(found, name)[:] = np.where(solved, getattr(smoothed, name), np.nan)
    found.quality[START] = np.where(solved, network.years[np.argmax(seen, axis=0)] * DAYS_PER_YEAR, np.nan)


def _mean_velocity(network: Network, values, weight):
    """(components, pixels) m/yr: weighted fit of even motion to all pairs."""
    years = network.days[:, None] / DAYS_PER_YEAR
    valid = np.isfinite(values).all(axis=0) & (weight > 0)
    total = (valid * weight * years ** 2).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(valid, values * weight * years, 0.0).sum(axis=1) / total


def _solve_again(network, values, weight, series, steps, links, settings, noise) -> Solution:
    """Least squares of pairs (with the robust weights of `series`) and links (steps m, weights 1/m^2)."""
    kept = weight * _robust(network, values, weight, series, settings, noise)
    longer = with_links(network)
    all_values = np.ascontiguousarray(np.concatenate([values, steps], axis=1), np.float32)
    all_weights = np.ascontiguousarray(np.concatenate([kept, links]), np.float32)
    factor = np.concatenate([noise.factor, np.ones(len(links))])
    plain = replace(settings, robust="none", minimum_norm=False, smoothing=0.0)
    return solve_flat(longer, all_values, all_weights, plain, replace(noise, factor=factor))


def _robust(network: Network, values, weight, series, settings: InvertSettings, noise: Noise) -> np.ndarray:
    """(pairs, pixels) robust weights from the misclosures of a series; 1 where it has no value."""
    first, second = np.array(network.pairs).T
    square = np.mean(np.square(values - series[:, second] + series[:, first]), axis=0)
    square = np.where(np.isfinite(square), square, 0.0)
    chi = square * weight / noise.factor[:, None]
    if settings.robust == "misclosure":
        return 1.0 / (1.0 + square / noise.reference ** 2)
    if settings.robust == "cauchy":
        return 1.0 / (1.0 + chi / CAUCHY ** 2)
    if settings.robust == "tukey":
        return np.maximum(1.0 - chi / TUKEY ** 2, 0.0) ** 2
    return np.ones_like(chi)


def _observed(network: Network, values, weight) -> np.ndarray:
    """(dates, pixels) True where a date has a valid pair."""
    valid = np.isfinite(values).all(axis=0) & (weight > 0)
    seen = np.zeros((len(network.dates), valid.shape[1]), bool)
    for m, ends in enumerate(network.pairs):
        for date in ends:
            seen[date] |= valid[m]
    return seen

