"""NumPy twins of `kernels.py` and `refine.py`: the same steps and numbers, a row of pixels at a time."""
import math

import numpy as np

from .kernels import CAUCHY, FEWEST_GOOD, FLOOR, SMALL, TUKEY, ZERO_PIVOT
from .outcome import PRIOR_PAIRS
from .refine import (GUARD, LEAST_RATIO, MODE_NEIGHBOURS, MODE_PLAIN, MODE_POSTERIOR, MOST_RATIO, PEAK,
                     SPREAD_SHARE, UNCHECKED, UNSEEN)

MAD_TO_SIGMA = 1.4826  # of normal noise
CHUNK = 2048  # pixels at a time: work arrays stay in the cache


class Factor:
    """L D L' of many pixels: rows of arrays are entries, columns pixels."""

    def __init__(self, pattern, weight):
        self.pattern = pattern = [array.astype(np.int64) for array in pattern]
        first, second, slot, start, row, target_start, target = pattern
        dates, pixels = len(start) - 1, weight.shape[1]
        diagonal, entry = np.zeros((dates, pixels)), np.zeros((len(row), pixels))
        for m, (i, j, e) in enumerate(zip(first, second, slot)):
            diagonal[i] += weight[m]
            diagonal[j] += weight[m]
            entry[e] -= weight[m]
        self.before, self.lower, self.inverse = diagonal.copy(), np.zeros_like(entry), np.zeros_like(diagonal)
        for k in range(dates):
            held = diagonal[k] > ZERO_PIVOT * self.before[k]
            self.inverse[k][held] = 1.0 / diagonal[k][held]
            begin, end, t = start[k], start[k + 1], target_start[k]
            self.lower[begin:end] = entry[begin:end] * self.inverse[k]
            for e in range(begin, end):
                diagonal[row[e]] -= self.lower[e] * entry[e]
                count = end - e - 1
                entry[target[t:t + count]] -= self.lower[e] * entry[e + 1:end]
                t += count

    def substitute(self, x):
        """Solve in place."""
        start, row = self.pattern[3], self.pattern[4]
        for k in range(len(start) - 1):
            below = slice(start[k], start[k + 1])
            x[row[below]] -= self.lower[below] * x[k]
            x[k] *= self.inverse[k]
        for k in reversed(range(len(start) - 1)):
            for e in range(start[k], start[k + 1]):
                x[k] -= self.lower[e] * x[row[e]]
        return x

    def solution(self, weight, values):
        """(components, dates, pixels) from weights and displacements of the pairs."""
        first, second = self.pattern[:2]
        x = np.zeros((len(values), *self.inverse.shape))
        for c, component in enumerate(values):
            for m, (i, j) in enumerate(zip(first, second)):
                b = weight[m] * component[m]
                x[c, j] += b
                x[c, i] -= b
            self.substitute(x[c])
        return x

    def selected_inverse(self):
        """Diagonal of the inverse and its entries below it on the pattern."""
        start, row, target_start, target = self.pattern[3:]
        variance, covariance = np.zeros_like(self.inverse), np.zeros_like(self.lower)
        for k in reversed(range(len(start) - 1)):
            begin, end, t = start[k], start[k + 1], target_start[k]
            own = -self.lower[begin:end] * variance[row[begin:end]]
            for e in range(begin, end):
                count = end - e - 1
                c = covariance[target[t:t + count]]
                for f in range(count):
                    own[e - begin] -= self.lower[e + 1 + f] * c[f]
                    own[e - begin + 1 + f] -= self.lower[e] * c[f]
                t += count
            covariance[begin:end] = own
            variance[k] = self.inverse[k]
            for e in range(begin, end):
                variance[k] -= self.lower[e] * covariance[e]
        return variance, covariance

    def main_part(self, position):
        """inside (dates, pixels) bool, reference (pixels,) step of the first date inside, parts (pixels,)."""
        start, row = self.pattern[3], self.pattern[4]
        dates, pixels = self.inverse.shape
        label = np.full((dates + 1, pixels), dates)
        size = np.zeros((dates + 1, pixels), int)
        columns = np.arange(pixels)
        for k in reversed(range(dates)):
            own = np.full(pixels, k)
            for e in reversed(range(start[k], start[k + 1])):
                own = np.where((self.inverse[k] != 0) & (self.lower[e] != 0), label[row[e]], own)
            label[k] = np.where(self.before[k] > 0, own, dates)
            size[label[k], columns] += 1
        size[dates] = 0
        parts = (size > 1).sum(axis=0)
        best, reference = np.full(pixels, dates), np.full(pixels, dates)
        for d in range(dates):
            own = label[position[d]]
            better = (own < dates) & ((best == dates) | (size[own, columns] > size[best, columns]))
            best[better] = own[better]
            reference[better] = position[d]
        return (label[:dates] == best) & (best < dates), reference, parts


def _misfit(i, j, values, x):
    r = values - x[:, j] + x[:, i]
    return np.sum(r * r, axis=0) / len(values)


def _misfit_of_dates(i, j, values, own):
    r = values - own[:, j].astype(float) + own[:, i].astype(float)
    return np.sum(np.where(np.isfinite(r), r * r / len(values), 0.0), axis=0)


def _reweight(loss, inverse_noise, base, square):
    chi = square * base
    if loss == 1:
        return 1.0 / (1.0 + square * inverse_noise)
    if loss == 2:
        return 1.0 / (1.0 + chi / (CAUCHY * CAUCHY))
    if loss == 3:
        return np.maximum(np.maximum(1.0 - chi / (TUKEY * TUKEY), 0.0) ** 2, FLOOR)
    if loss == 4:
        return 0.5 / np.maximum(np.sqrt(chi), 0.5)
    return np.ones_like(base)


def _load(displacement, weight, precision):
    values, base = displacement.astype(float), precision[:, None] * weight
    known = np.isfinite(values).all(axis=0) & (base > 0)
    return np.where(np.isfinite(values), values, 0.0), np.where(known, base, 0.0)


def _chunks(pixels):
    return [slice(begin, begin + CHUNK) for begin in range(0, pixels, CHUNK)]


def start_twin(pattern, position, displacement, weight, precision, losses, inverse_noise, cut, out, cost):
    """See `kernels.start_kernel`."""
    first, second = (pattern[n].astype(np.int64) for n in (0, 1))
    for part in _chunks(weight.shape[1]):
        values, base = _load(displacement[:, :, part], weight[:, part], precision)
        factor = Factor(pattern, base)
        x = factor.solution(base, values)
        square = _misfit(first, second, values, x)
        for loss in losses:
            w = base * _reweight(loss, inverse_noise, base, square)
            factor = Factor(pattern, w)
            x = factor.solution(w, values)
            square = _misfit(first, second, values, x)
        cost[part] = np.minimum(0.5 * len(values) * square * base, cut).sum(axis=0)
        inside = factor.main_part(position.astype(np.int64))[0]
        out[:, :, part] = np.where(inside, x, np.nan)[:, position.astype(np.int64)]


def _evidence(y):
    return np.maximum(1.0 - y / 256.0, 0.0) ** 256


def _predicted(i, j, values, base, prediction, spread, gaps, odds, good):
    """Weight and likelihood ratio of each pair from the neighbours' prediction."""
    known = (base > 0) & (gaps[i] == gaps[j])
    v = 1.0 + SPREAD_SHARE * np.abs(spread[:, j] - spread[:, i]) * base
    r = values - (prediction[:, j] - prediction[:, i])
    ratio = np.prod(np.sqrt(PEAK / v + 1.0) * _evidence(0.5 * r * r * base / v), axis=0)
    good = np.where(known, np.maximum((odds * ratio / (1.0 + odds * ratio)) ** 2, FLOOR), good)
    return good, np.where(known, ratio, 1.0)


def _leverage(factor, weight):
    first, second, slot = factor.pattern[:3]
    variance, covariance = factor.selected_inverse()
    return np.clip(weight * (variance[first] + variance[second] - 2.0 * covariance[slot]), 0.0, 1.0)


def _posterior(components, odds, ratio, base, weight, square, leverage):
    known = base > 0
    rest = np.maximum(1.0 - leverage, SMALL)
    with np.errstate(invalid="ignore", divide="ignore"):
        inverse = np.where(known, weight / (rest * (weight * rest + leverage * base)), 0.0)
    peak = PEAK * rest * rest * inverse + 1.0
    said = np.minimum(ratio, MOST_RATIO)
    said = np.where(rest > UNCHECKED, np.maximum(said, LEAST_RATIO), said)
    o = odds * said * (peak if components > 1 else np.sqrt(peak)) * _evidence(0.5 * components * square * base * inverse)
    good = np.where(known, np.maximum(o / (1.0 + o), FLOOR), 0.0)
    return np.where(good >= FEWEST_GOOD, good, 0.0)


def _trend(years, own):
    """See `refine.follow_trend`: prediction and spread (components, dates, pixels) of some pixels."""
    index = np.arange(len(years))[:, None]
    prediction, spread = np.zeros(own.shape), np.zeros(own.shape)
    for c, u in enumerate(own):
        known = np.isfinite(u)
        last = np.maximum.accumulate(np.where(known, index, -1), axis=0)
        last = np.concatenate([np.full((1, u.shape[1]), -1), last[:-1]])
        use = known & (last >= 0)
        before = np.maximum(last, 0)
        step = np.where(use, u - np.take_along_axis(u, before, axis=0), np.nan).astype(float)
        gap = np.where(use, years[index] - years[before], 1.0)
        rate = _median(step / gap, use)
        scatter = MAD_TO_SIGMA * _median(np.abs(step - rate * gap), use)
        prediction[c], spread[c] = rate * years[:, None], scatter * scatter * index
    return prediction, spread


def _median(values, use):
    """Median over axis 0 of the values in use; 0 where there are none."""
    ordered, count = np.sort(np.where(use, values, np.inf), axis=0), use.sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(values) - 1)
    middle = [np.take_along_axis(ordered, i[None], axis=0)[0] for i in (low, high)]
    return np.where(count > 0, 0.5 * (middle[0] + middle[1]), 0.0)


def _robust_weights(pattern, dates, years, values, base, own, neighbours, own_cost, mode, loss, inverse_noise, odds,
                    cut):
    """Probabilities, leverages and neighbours' ratios of the second step of Cauchy's and Tukey's estimators."""
    first, second = (pattern[n].astype(np.int64) for n in (0, 1))
    mine = _reweight(loss, inverse_noise, base, _misfit_of_dates(*dates, values, own))
    good, ratio, stage = mine, np.ones_like(base), 0
    if mode == MODE_NEIGHBOURS:
        good, ratio = _predicted(*dates, values, base, *neighbours, odds, good)
    while True:
        w = base * good
        factor = Factor(pattern, w)
        square = _misfit(first, second, values, factor.solution(w, values))
        cost = np.minimum(0.5 * len(values) * square * base, cut).sum(axis=0)
        worse = cost - own_cost > GUARD if mode == MODE_NEIGHBOURS else np.zeros(1, bool)
        if stage == 2 or not worse.any():
            break
        if stage == 0:
            prediction, spread = _trend(years, own[..., worse])
            good[:, worse], ratio[:, worse] = _predicted(*dates, values[..., worse], base[:, worse], prediction, spread,
                                                         np.zeros(spread.shape[1:]), odds, good[:, worse])
        else:
            good, ratio = np.where(worse, mine, good), np.where(worse, 1.0, ratio)
        stage += 1
    leverage = _leverage(factor, w)
    return _posterior(len(values), odds, ratio, base, w, square, leverage), leverage, ratio


def finish_twin(pattern, position, dates_first, dates_second, years, displacement, weight, precision, own,
                prediction, spread, gaps, own_cost, mode, loss, inverse_noise, odds, cut, fewest, wavelength, offset,
                date_variance, starts, series, sigma, velocity, velocity_sigma, rmse, quality, statistics):
    """See `refine.finish_kernel`."""
    first, second, position = (v.astype(np.int64) for v in (pattern[0], pattern[1], position))
    dates = dates_first.astype(np.int64), dates_second.astype(np.int64)
    for part in _chunks(weight.shape[1]):
        values, base = _load(displacement[:, :, part], weight[:, part], precision)
        good, leverage = np.ones_like(base), None
        if mode >= MODE_POSTERIOR:
            near = prediction[..., part].astype(float), spread[..., part].astype(float), gaps[:, part]
            good, leverage, ratio = _robust_weights(pattern, dates, years, values, base, own[..., part], near,
                                                    own_cost[part], mode, loss, inverse_noise, odds, cut)
        elif mode != MODE_PLAIN:
            good = _reweight(loss, inverse_noise, base, _misfit_of_dates(*dates, values, own[..., part]))
        w = base * good
        factor = Factor(pattern, w)
        x = factor.solution(w, values)
        square = _misfit(first, second, values, x)
        inside, reference, parts = factor.main_part(position)
        seen = (inside[first] & inside[second] & (base > 0)).astype(float)
        residual = values - x[:, second] + x[:, first]
        sums = _sums(seen, good, base, residual, wavelength)
        if mode >= MODE_POSTERIOR:
            wrong = 1.0 / (1.0 + odds * np.clip(ratio, LEAST_RATIO, MOST_RATIO))
            factor = Factor(pattern, w / (1.0 + leverage ** 32 * wrong * UNSEEN))
        else:
            leverage = _leverage(factor, w)
        valid = (base > 0).astype(float)
        statistics += np.stack([v.sum(axis=1) for v in (
            valid, valid * good, valid * good * square * base, valid * good * leverage, valid * square)], axis=1)
        _describe(factor, position, years, x, inside, reference, parts, sums, fewest, offset, date_variance,
                  (starts[0], starts[1][:, part], starts[2][:, part]), series[..., part], sigma[..., part],
                  velocity[:, part], velocity_sigma[:, part], rmse[:, part], quality[:, part])


def _sums(seen, good, base, residual, wavelength):
    """Observations, weights, coherence, chi^2 and r^2 (components, pixels) of the main part."""
    phase = 2.0 * math.pi * (residual / wavelength - np.floor(residual / wavelength + 0.5))
    coherence = np.abs((seen * np.exp(1j * phase)).sum(axis=(0, 1)))
    r2 = seen * good * residual ** 2
    return seen.sum(axis=0), (seen * good).sum(axis=0), coherence, (r2 * base).sum(axis=1), r2.sum(axis=1)


def _describe(factor, position, years, x, inside, reference, parts, sums, fewest, offset, date_variance, starts,
              series, sigma, velocity, velocity_sigma, rmse, quality):
    """See `outcome.describe`."""
    observations, weights, coherence, chi, r2 = sums
    pixels = np.arange(len(reference))
    inside = inside[position]
    enough = inside.any(axis=0) & (inside.sum(axis=0) > 1) & (observations >= fewest)
    step = np.argsort(position)
    first = np.where(enough, step[np.minimum(reference, len(years) - 1)], 0)  # date number of each pixel's zero
    t = np.where(inside, years[:, None], 0.0)
    count = np.maximum(inside.sum(axis=0), 1)
    t = np.where(inside, years[:, None] - t.sum(axis=0) / count, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        g = np.where((t * t).sum(axis=0) > 0, t / (t * t).sum(axis=0), 0.0)
    column, slope = np.zeros_like(factor.inverse), np.zeros_like(factor.inverse)
    column[position[first], pixels] = 1.0
    slope[position] = g
    column, slope = factor.substitute(column)[position], factor.substitute(slope)[position]
    variance = factor.selected_inverse()[0][position]
    own_sigma, elapsed = (g * slope).sum(axis=0), years[first]
    quality[0], quality[1] = observations, parts
    quality[2] = np.where(enough, elapsed * 365.25, np.nan)
    row, ratio, doubt = starts
    row = row[first].astype(np.int64)
    unsure, elapsed = doubt[row, pixels] * elapsed ** 2, ratio[row, pixels] * elapsed
    with np.errstate(invalid="ignore", divide="ignore"):
        quality[3] = np.where(enough, coherence / (observations * len(x)), np.nan)
    scale = (chi + PRIOR_PAIRS) / (np.maximum(weights - inside.sum(axis=0) + 1, 0.0) + PRIOR_PAIRS)
    date = np.arange(len(years))[:, None]
    own = np.where(date == first, 0.0, variance + variance[first, pixels] - 2.0 * column)
    own = own + elapsed * (elapsed * own_sigma + 2.0 * (slope - slope[first, pixels]))
    for c in range(len(x)):
        u, e = x[c][position] - offset[c][:, None], date_variance[c]
        u = u - u[first, pixels]
        rate, shared = (g * u).sum(axis=0), (g * g * e[:, None]).sum(axis=0)
        dated = elapsed ** 2 * shared + np.where(date == first, 0.0, e[:, None] * (1 + 2 * elapsed * g)
                                                 + e[first] * (1 - 2 * elapsed * g[first, pixels]))
        keep = inside & enough
        series[c] = np.where(keep, u + rate * elapsed, np.nan)
        sigma[c] = np.where(keep, np.sqrt(np.maximum(scale[c] * own, 0) + np.maximum(dated, 0) + rate ** 2 * unsure), np.nan)
        velocity[c] = np.where(enough, rate, np.nan)
        velocity_sigma[c] = np.where(enough, np.sqrt(np.maximum(scale[c] * own_sigma, 0) + shared), np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            rmse[c] = np.where(enough, np.sqrt(r2[c] / weights), np.nan)
