"""A course in time fitted to one history, with sigmas: the models of `model.run` for a curve that is looked at."""
from dataclasses import dataclass
from datetime import date, timedelta
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.units import DAYS_PER_YEAR
from .settings import ModelSettings
from .temporal import FEWEST_AFTER, Fit, Term, fit, fit_terms, steps_in_years, terms_of

_LEAST_SIGMA = 0.1  # of the median: the first date is exact by definition, but must not hold the whole curve


@dataclass(frozen=True)
class Parameter:
    """value ± sigma (1 standard deviation), in `unit`. name: as the bands of `model`."""
    name: str
    unit: str
    value: float
    sigma: float

    @property
    def significant(self) -> bool:
        """True if it is more than two sigmas from zero."""
        return bool(abs(self.value) > 2 * self.sigma)


@dataclass(frozen=True, eq=False)
class CurveFit:
    """A fitted curve. days: (n,), from the first date, close enough to draw; values: (n,) m. residuals: (dates,) m.

    rmse: m. change: day of the change of velocity, None without one. observations: dates that were used.
    """
    parameters: Tuple[Parameter, ...]
    dates: Tuple[date, ...]
    values: np.ndarray
    residuals: np.ndarray
    rmse: float
    change: Optional[date]
    observations: int


def fit_curve(dates: Sequence[date], values: np.ndarray, sigmas: Optional[np.ndarray],
              settings: ModelSettings) -> CurveFit:
    """Fit one history. values: (dates,) m, NaN = no data; sigmas: (dates,) m or None.

    Steps that lie outside the dates with values are left out. A seasonal term adds its amplitude and the day of its
    maximum. Raises InputError where there are too few dates for the model.
    """
    years = np.array([(day - dates[0]).days for day in dates]) / DAYS_PER_YEAR
    known = np.isfinite(values)
    steps = [s for s in steps_in_years(dates[0], settings.step_dates) if (years[known] < s).any()
             and (years[known] >= s).any()]
    terms = _terms(years, settings, steps)
    wanted = len(terms[0]) + len(terms[1]) + (2 if settings.change else 0)
    if known.sum() <= wanted:
        raise InputError(f"{int(known.sum())} dates with a value are too few for {wanted} parameters. Choose a simpler "
                         "model.")
    series, weight = values.astype(np.float64)[:, None], _weights(values, sigmas)[:, None]
    found = fit_terms(*terms, series, weight, settings.select)
    if settings.change:
        found = _with_change(terms, years, series, weight, found)
    if not np.isfinite(found.rmse[0]):
        raise InputError("The dates with a value cannot tell the parameters of this model apart. Choose a simpler model.")
    change = None if found.change is None or not np.isfinite(found.change[0]) else float(found.change[0])
    fine = np.arange(0, (dates[-1] - dates[0]).days + 1, _spacing(dates), dtype=float)
    fine = np.union1d(fine, np.concatenate([[s * DAYS_PER_YEAR - .01, s * DAYS_PER_YEAR] for s in steps] or [[0.0]]))
    drawn = _predict(fine / DAYS_PER_YEAR, settings, steps, found, change)
    residuals = values - _predict(years, settings, steps, found, change)
    parameters = _parameters(terms, found, change is not None)
    return CurveFit(tuple(parameters + _season(parameters)), tuple(dates[0] + timedelta(days=float(d)) for d in fine),
                    drawn, residuals, float(found.rmse[0]),
                    None if change is None else dates[0] + timedelta(days=round(change * DAYS_PER_YEAR)),
                    int(known.sum()))


def _terms(years, settings: ModelSettings, steps) -> Tuple[List[Term], List[Term]]:
    return terms_of(years, settings.degree, settings.seasonal, steps, settings.decay,
                    settings.relaxation / DAYS_PER_YEAR)


def _with_change(terms, years: np.ndarray, series: np.ndarray, weight: np.ndarray, start: Fit) -> Fit:
    """The change of velocity that `temporal.fit_change` finds for one history, with all its days tried at once."""
    places = years[FEWEST_AFTER - 1:len(years) - FEWEST_AFTER]
    if not len(places):
        return start
    fixed = np.stack([term.values for term in terms[0] + terms[1]], axis=1)
    bends = np.maximum(years[:, None] - places, 0.0)
    design = np.concatenate([np.repeat(fixed[:, :, None], len(places), axis=2), bends[:, None, :]], axis=1)
    found = fit(design, np.repeat(series, len(places), axis=1), np.repeat(weight, len(places), axis=1))
    bic = found.bic + np.log(max(np.isfinite(series).sum(), 1))  # the day itself is one more parameter
    best = int(np.argmin(bic))
    if not bic[best] < start.bic[0]:
        return start
    one = slice(best, best + 1)
    return Fit(found.parameters[:, one], found.sigmas[:, one], bic[one], found.rmse[one], change=places[one])


def _weights(values: np.ndarray, sigmas: Optional[np.ndarray]) -> np.ndarray:
    """1 / sigma^2; dates without a sigma, and the first with its 0, take the median; equal where none is known."""
    if sigmas is None:
        return np.ones(len(values))
    usable = np.isfinite(sigmas) & (sigmas > 0)
    if not usable.any():
        return np.ones(len(values))
    middle = float(np.median(sigmas[usable]))
    return 1.0 / np.square(np.maximum(np.where(usable, sigmas, middle), _LEAST_SIGMA * middle))


def _spacing(dates: Sequence[date]) -> int:
    """Days between points of the drawn curve: some hundreds of points in all."""
    return max(1, (dates[-1] - dates[0]).days // 400)


def _predict(years: np.ndarray, settings: ModelSettings, steps, found: Fit, change: Optional[float]) -> np.ndarray:
    polynomial, others = _terms(years, settings, steps)
    parameters = np.nan_to_num(found.parameters[:, 0])
    total = sum(p * term.values for p, term in zip(parameters, polynomial + others))
    return total if change is None else total + parameters[-1] * np.maximum(years - change, 0.0)


def _parameters(terms, found: Fit, changed: bool) -> List[Parameter]:
    names = [(term.name, term.unit) for term in terms[0] + terms[1]] + ([("velocity_change", "m/yr")] if changed else [])
    made = [Parameter(name, unit, float(value), float(sigma))
            for (name, unit), value, sigma in zip(names, found.parameters[:, 0], found.sigmas[:, 0])]
    return [parameter for parameter in made if np.isfinite(parameter.value)]


def _season(parameters: List[Parameter]) -> List[Parameter]:
    """Amplitude, with the sigma of its direction in the plane of sine and cosine taken as independent."""
    by_name = {p.name: p for p in parameters}
    if "seasonal_sine" not in by_name or "seasonal_cosine" not in by_name:
        return []
    sine, cosine = by_name["seasonal_sine"], by_name["seasonal_cosine"]
    amplitude = float(np.hypot(sine.value, cosine.value))
    if amplitude == 0:
        return []
    sigma = float(np.hypot(sine.value * sine.sigma, cosine.value * cosine.sigma)) / amplitude
    return [Parameter("seasonal_amplitude", "m", amplitude, sigma)]
