"""Fitting a course in time to many pixels at once: polynomial, seasons, steps, decay, a change of velocity."""
from dataclasses import dataclass, field
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ..core.units import DAYS_PER_YEAR

SINGULAR = 1e-10  # smallest over largest eigenvalue of the scaled normal matrix
FEWEST_AFTER = 3  # dates on either side of a change of velocity
ALIKE = 1e-9  # share by which two dates may differ in what they explain: the earlier one is taken (beside a step)


@dataclass(frozen=True)
class Term:
    """One parameter: its name in bands, unit, and values at the dates."""
    name: str
    unit: str
    values: np.ndarray


@dataclass
class Fit:
    """parameters, sigmas: (terms, pixels), NaN where a term was not used. bic, rmse, chi: (pixels,)."""
    parameters: np.ndarray
    sigmas: np.ndarray
    bic: np.ndarray
    rmse: np.ndarray
    order: np.ndarray = field(default=None)
    change: Optional[np.ndarray] = None


def terms_of(years: np.ndarray, degree: int, seasonal: bool, steps: Sequence[float], decay: str,
             relaxation: float) -> Tuple[List[Term], List[Term]]:
    """Polynomial terms (constant first) and the other ones.

    years: (dates,) since the first date. steps: years of sudden displacements. relaxation: years. Polynomial terms are
    t, t^2 / 2, t^3 / 6 ...: the second parameter is a velocity, the third an acceleration.
    """
    names = ["offset", "velocity", "acceleration", "cubic", "quartic", "quintic"]
    units = ["m", "m/yr", "m/yr^2", "m/yr^3", "m/yr^4", "m/yr^5"]
    factorial = np.cumprod([1.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    polynomial = [Term(names[k], units[k], years ** k / factorial[k]) for k in range(degree + 1)]
    others = []
    if seasonal:
        others += [Term("seasonal_sine", "m", np.sin(2 * np.pi * years)),
                   Term("seasonal_cosine", "m", np.cos(2 * np.pi * years))]
    others += [Term(f"step_{n + 1}", "m", (years >= step).astype(float)) for n, step in enumerate(steps)]
    if decay != "none":
        after = np.maximum(years - (steps[0] if len(steps) else 0.0), 0.0) / relaxation
        others.append(Term("decay", "m", np.log1p(after) if decay == "logarithmic" else 1.0 - np.exp(-after)))
    return polynomial, others


def fit(design: np.ndarray, series: np.ndarray, weight: np.ndarray) -> Fit:
    """Weighted least squares of each pixel.

    design: (dates, terms) or (dates, terms, pixels). series: (dates, pixels) m, NaN = no data. weight: (dates,
    pixels) 1/m^2. Pixels whose dates cannot tell the terms apart are NaN. Sigmas are scaled by the misfit where it is
    larger than the weights say.
    """
    known = np.isfinite(series) & (weight > 0)
    w, y = np.where(known, weight, 0.0), np.where(known, series, 0.0).astype(float)
    normal, right = _normal(design, w, y)
    scale = np.sqrt(np.maximum(np.einsum("pii->pi", normal), 1e-300))
    scaled = normal / scale[:, :, None] / scale[:, None, :]
    values = np.linalg.eigvalsh(scaled)
    terms, count = design.shape[1], known.sum(axis=0)
    good = (values[:, 0] > SINGULAR * values[:, -1]) & (count >= terms)
    inverse = np.full(normal.shape, np.nan)
    if good.any():
        inverse[good] = np.linalg.inv(scaled[good]) / scale[good][:, :, None] / scale[good][:, None, :]
    parameters = np.einsum("pij,pj->ip", inverse, right)
    course = design @ parameters if design.ndim == 2 else np.einsum("dip,ip->dp", design, parameters)
    residual = np.where(known, y - course, 0.0)
    chi = (w * residual ** 2).sum(axis=0)
    free = count - terms
    with np.errstate(invalid="ignore", divide="ignore"):
        reduced = np.where(free > 0, chi / np.maximum(free, 1), 1.0)
        sigmas = np.sqrt(np.einsum("pii->ip", inverse) * np.maximum(reduced, 1.0))
        # weights are taken up to a common factor, which the misfit tells: n ln(chi^2 / n) + k ln n
        bic = np.where(good, count * np.log(np.maximum(chi / count, 1e-12)) + terms * np.log(count), np.inf)
        rmse = np.where(good, np.sqrt((residual ** 2).sum(axis=0) / count), np.nan)
    return Fit(parameters, sigmas, bic, rmse)


def _normal(design: np.ndarray, w: np.ndarray, y: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Normal matrices (pixels, terms, terms) and right sides (pixels, terms)."""
    if design.ndim == 3:
        return (np.einsum("dip,dp,djp->pij", design, w, design, optimize=True),
                np.einsum("dip,dp->pi", design, w * y, optimize=True))
    terms = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    return (w.T @ products).reshape(-1, terms, terms), (w * y).T @ design


def fit_terms(polynomial: List[Term], others: List[Term], series, weight, select: bool) -> Fit:
    """Fit all terms; with `select` the degree (1 to the highest) of the smallest information criterion per pixel."""
    best, total = None, len(polynomial) + len(others)
    lowest = min(2, len(polynomial)) if select else len(polynomial)
    for count in range(lowest, len(polynomial) + 1):
        used = list(range(count)) + list(range(len(polynomial), total))
        design = np.stack([(polynomial + others)[k].values for k in used], axis=1)
        found = fit(design, series, weight)
        full = _spread(found, used, total)
        full.order = np.where(np.isfinite(found.bic), count - 1, np.nan)
        best = full if best is None else _better(best, full)
    return best


def fit_change(polynomial: List[Term], others: List[Term], years, series, weight, start: Fit) -> Fit:
    """Add the change of velocity at the date that explains most, where the information criterion asks for it.

    The date itself counts as one more parameter. Fit.change: years of the change, NaN without one.
    """
    fixed = np.stack([t.values for t in polynomial + others], axis=1)
    terms = fixed.shape[1]
    best = _spread(start, list(range(terms)), terms + 1)
    best.order, best.change = start.order, np.full(series.shape[1], np.nan)
    places = years[FEWEST_AFTER - 1:len(years) - FEWEST_AFTER]
    if not len(places):
        return best
    bends = np.maximum(years[:, None] - places, 0.0)
    gains = _gains(fixed, bends, series, weight)
    when = np.argmax(gains >= gains.max(axis=1, keepdims=True) * (1.0 - ALIKE), axis=1)
    design = np.concatenate([np.repeat(fixed[:, :, None], len(when), axis=2), bends[:, None, when]], axis=1)
    found = fit(design, series, weight)
    found.bic = found.bic + np.log(np.maximum(np.isfinite(series).sum(axis=0), 1))
    found.order, found.change = np.where(np.isfinite(found.bic), len(polynomial) - 1, np.nan), places[when]
    return _better(best, found)


def _gains(fixed: np.ndarray, bends: np.ndarray, series: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(pixels, bends) how much one more column lowers chi^2: -inf where the dates cannot tell it from the others.

    fixed: (dates, terms), bends: (dates, bends). With the part of a bend that the fixed terms do not explain, b', and
    the residuals r of these, it is (b' W r)^2 / (b' W b').
    """
    known = np.isfinite(series) & (weight > 0)
    w, y = np.where(known, weight, 0.0), np.where(known, series, 0.0).astype(float)
    normal, right = _normal(fixed, w, y)
    terms, count = fixed.shape[1], bends.shape[1]
    scale = np.sqrt(np.maximum(np.einsum("pii->pi", normal), 1e-300))
    inverse = np.linalg.pinv(normal / scale[:, :, None] / scale[:, None, :], hermitian=True)
    shared = (w.T @ (fixed[:, :, None] * bends[:, None, :]).reshape(len(fixed), -1)).reshape(-1, terms, count)
    explained = np.matmul(inverse, shared / scale[:, :, None])
    own = w.T @ bends ** 2
    left = own - np.einsum("ptk,ptk->pk", shared / scale[:, :, None], explained)
    product = (w * y).T @ bends - np.einsum("pt,ptk->pk", right / scale, explained)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(left > SINGULAR * own, product ** 2 / left, -np.inf)


def _spread(found: Fit, used: List[int], total: int) -> Fit:
    """The same fit with NaN for the terms that it did not use."""
    parameters, sigmas = (np.full((total, found.bic.size), np.nan) for _ in range(2))
    parameters[used], sigmas[used] = found.parameters[:len(used)], found.sigmas[:len(used)]
    return Fit(parameters, sigmas, found.bic, found.rmse, found.order, found.change)


def _better(first: Fit, second: Fit) -> Fit:
    """Pixel by pixel the fit of the smaller criterion."""
    take = second.bic < first.bic

    def pick(a, b):
        return None if a is None or b is None else np.where(take, b, a)
    return Fit(pick(first.parameters, second.parameters), pick(first.sigmas, second.sigmas),
               pick(first.bic, second.bic), pick(first.rmse, second.rmse), pick(first.order, second.order),
               pick(first.change, second.change))


def steps_in_years(first, dates) -> List[float]:
    """Years from the first date of the series to each step."""
    return [(d - first).days / DAYS_PER_YEAR for d in dates]
