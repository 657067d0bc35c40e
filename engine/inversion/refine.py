"""Compiled second step: neighbours' prediction, leave-one-out weights, final solution, covariance, velocity.

The NumPy twin is in `twins.py`. Blocks and work arrays as in `kernels.py`; MODE_* tell where the weights come from.
"""
import math

import numpy as np

from ..compute.kernels import kernel
from .kernels import (FEWEST_GOOD, FLOOR, LANES, ONE, SMALL, ZERO, load, main_part, misfit, reweight,
                      selected_inverse, solve, substitute, truncated_cost)

MODE_PLAIN, MODE_REWEIGHTED, MODE_POSTERIOR, MODE_NEIGHBOURS = 0, 1, 2, 3
WIDTH = 50.0  # sigmas over which a wrong pair is equally likely to lie
SPREAD_SHARE = 0.3  # of the neighbours' variance: a median of nine is better than one neighbour
LEAST_RATIO, MOST_RATIO = 0.02, 50.0  # limits of what neighbours may say about a pair
GUARD = 8.0  # cost by which the neighbours' start may be worse than the pixel's own
PRIOR_PAIRS = 10.0  # misclosures that the learnt sigma counts for, against the pixel's own


@kernel(error_model="numpy")
def evidence(y):
    """exp(-y) for y >= 0 as (1 - y / 256)^256, by multiplications only: 4 % off at y = 4.5, vectorised."""
    z = max(1.0 - y * (1.0 / 256.0), 0.0)
    z *= z
    z *= z
    z *= z
    z *= z
    z *= z
    z *= z
    z *= z
    return z * z


@kernel(error_model="numpy")
def widened(components, q):
    """Density of a good pair's peak over that of a wrong one; the +1 widens the wrong one with the prediction."""
    a = WIDTH * WIDTH / (2.0 * math.pi * (1.0 + q)) + 1.0
    return math.sqrt(a) if components == 1 else a


@kernel(error_model="numpy")
def predicted(dates_first, dates_second, values, base, own, prediction, spread, gaps, begin, count, odds, good, ratio):
    """Weights from the neighbours' prediction. good: probability (kept as it is where there is no prediction).

    ratio: likelihood ratio good : wrong of each pair by its prediction, limited to LEAST_RATIO .. MOST_RATIO.
    """
    components = values.shape[0]
    for m in range(np.uint64(base.shape[0])):
        i, j = dates_first[m], dates_second[m]
        for lane in range(count):
            p = begin + lane
            ratio[m, lane] = 1.0
            if base[m, lane] > 0.0 and gaps[i, p] == gaps[j, p]:
                likelihood = 1.0
                for c in range(components):
                    v = SPREAD_SHARE * abs(spread[c, j, p] - spread[c, i, p]) * base[m, lane]
                    r = values[c, m, lane] - (prediction[c, j, p] - prediction[c, i, p])
                    likelihood *= widened(1, v) * evidence(0.5 * r * r * base[m, lane] / (1.0 + v))
                good[m, lane] = max(odds * likelihood / (1.0 + odds * likelihood), FLOOR)
                ratio[m, lane] = min(max(likelihood, LEAST_RATIO), MOST_RATIO)


@kernel(error_model="numpy")
def leverages(first, second, slot, weight, variance, covariance, leverage):
    """Share of each pair in its own prediction, weight x a' C a."""
    for m in range(np.uint64(first.size)):
        i, j, e = first[m], second[m], slot[m]
        for lane in range(LANES):
            q = variance[i, lane] + variance[j, lane] - 2.0 * covariance[e, lane]
            leverage[m, lane] = min(max(weight[m, lane] * q, 0.0), 1.0)


@kernel(error_model="numpy")
def posterior(components, odds, ratio, base, weight, square, leverage, good):
    """Probability that a pair is good, judged by the prediction of all others (leave one out)."""
    for m in range(np.uint64(base.shape[0])):
        for lane in range(LANES):
            rest = max(1.0 - leverage[m, lane], SMALL)
            known = base[m, lane] > 0.0
            own = weight[m, lane] if known else 1.0
            q = leverage[m, lane] * base[m, lane] / (own * rest)
            chi = components * square[m, lane] * base[m, lane] / (rest * rest)
            o = odds * ratio[m, lane] * widened(components, q) * evidence(0.5 * chi / (1.0 + q))
            good[m, lane] = max(o / (1.0 + o), FLOOR) if known else 0.0


@kernel(error_model="numpy")
def finish_kernel(pattern, position, dates_first, dates_second, years, displacement, weight, own, prediction, spread,
                  gaps, own_cost, mode, loss, inverse_noise, odds, cut, fewest, wavelength, offset, date_variance,
                  series, sigma, velocity, velocity_sigma, rmse, quality, statistics):
    """Final solution of every pixel. Shapes and meaning of all arguments: `solver.Tile` and `twins.finish_twin`."""
    first, second, slot, start, row, target_start, target = pattern
    components, pairs, pixels = displacement.shape
    dates, entries = start.size - 1, row.size
    lanes = np.int64(LANES)
    values, base = np.empty((components, pairs, lanes)), np.empty((pairs, lanes))
    w, square, good = np.empty((pairs, lanes)), np.empty((pairs, lanes)), np.ones((pairs, lanes))
    ratio, leverage = np.ones((pairs, lanes)), np.zeros((pairs, lanes))
    x, g = np.empty((components, dates, lanes)), np.empty((dates, lanes))
    work = (np.empty((dates, lanes)), np.empty((dates, lanes)), np.empty((entries, lanes)),
            np.empty((entries, lanes)), np.empty((dates, lanes)))
    variance, covariance = np.empty((dates, lanes)), np.empty((entries, lanes))
    inside, column = np.empty((dates, lanes)), np.empty((dates, lanes))
    label, size = np.empty(dates, np.uint64), np.empty(dates + 1, np.int64)
    reference, parts = np.empty(lanes, np.uint64), np.empty(lanes, np.int64)
    cost, totals = np.empty(lanes), np.zeros((pairs, 5, lanes))
    sums = np.empty((6 + 2 * components, lanes))
    for begin in range(ZERO, np.uint64(pixels), LANES):
        count = min(LANES, np.uint64(pixels) - begin)
        load(displacement, weight, begin, count, values, base)
        good[:] = 1.0
        if mode != MODE_PLAIN:
            misfit_of_dates(dates_first, dates_second, values, own, begin, count, square)
            reweight(loss, inverse_noise, base, square, good)
        if mode >= MODE_POSTERIOR:
            ratio[:] = 1.0
            if mode == MODE_NEIGHBOURS:
                predicted(dates_first, dates_second, values, base, own, prediction, spread, gaps, begin, count, odds,
                          good, ratio)
            w[:] = base * good
            solve(pattern, w, values, work, x)
            misfit(first, second, values, x, square)
            if mode == MODE_NEIGHBOURS:
                truncated_cost(components, cut, base, square, cost)
                if guard(begin, count, own_cost, cost) > 0:
                    keep_own(dates_first, dates_second, values, own, begin, count, loss, inverse_noise, base, cost,
                             own_cost, square, leverage, good, ratio)
                    w[:] = base * good
                    solve(pattern, w, values, work, x)
                    misfit(first, second, values, x, square)
            selected_inverse(start, row, target_start, target, work[3], work[4], variance, covariance)
            leverages(first, second, slot, w, variance, covariance, leverage)
            posterior(components, odds, ratio, base, w, square, leverage, good)
            drop(good)
        w[:] = base * good
        solve(pattern, w, values, work, x)
        misfit(first, second, values, x, square)
        main_part(start, row, position, work[3], work[4], work[1], label, size, inside, reference, parts)
        collect(first, second, values, x, base, good, square, inside, wavelength, sums)
        if mode >= MODE_POSTERIOR:
            inflate(odds, leverage, w)
            solve(pattern, w, values[:0], work, x[:0])
        selected_inverse(start, row, target_start, target, work[3], work[4], variance, covariance)
        if mode < MODE_POSTERIOR:
            leverages(first, second, slot, w, variance, covariance, leverage)
        add_statistics(components, base, good, square, leverage, totals)
        describe(start, row, position, work[3], work[4], years, x, variance, inside, reference, parts, sums, g,
                 column, begin, count, fewest, offset, date_variance, series, sigma, velocity, velocity_sigma, rmse,
                 quality)
    for lane in range(LANES):
        statistics += totals[:, :, lane]


@kernel(error_model="numpy")
def misfit_of_dates(dates_first, dates_second, values, own, begin, count, square):
    """As `misfit`, from a solution by date (components, dates, pixels); 0 where it has no value."""
    components = values.shape[0]
    square[:] = 0.0
    for m in range(np.uint64(square.shape[0])):
        i, j = dates_first[m], dates_second[m]
        for c in range(components):
            for lane in range(count):
                r = values[c, m, lane] - np.float64(own[c, j, begin + lane]) + np.float64(own[c, i, begin + lane])
                square[m, lane] += r * r / components if r == r else 0.0


@kernel(error_model="numpy")
def guard(begin, count, own_cost, cost):
    """Number of pixels whose own solution explains their pairs better than the neighbours' does."""
    worse = 0
    for lane in range(count):
        if cost[lane] - own_cost[begin + lane] > GUARD:
            worse += 1
    return worse


@kernel(error_model="numpy")
def keep_own(dates_first, dates_second, values, own, begin, count, loss, inverse_noise, base, cost, own_cost, square,
             own_good, good, ratio):
    """Give guarded pixels their own weights back (own_good: scratch). Without it small features are erased."""
    misfit_of_dates(dates_first, dates_second, values, own, begin, count, square)
    reweight(loss, inverse_noise, base, square, own_good)
    for lane in range(count):
        if cost[lane] - own_cost[begin + lane] > GUARD:
            for m in range(np.uint64(base.shape[0])):
                good[m, lane] = own_good[m, lane]
                ratio[m, lane] = 1.0


@kernel(error_model="numpy")
def drop(good):
    """Pairs that are almost certainly wrong link nothing: a date that hangs on them alone is not connected."""
    for m in range(np.uint64(good.shape[0])):
        for lane in range(LANES):
            good[m, lane] = good[m, lane] if good[m, lane] >= FEWEST_GOOD else 0.0


@kernel(error_model="numpy")
def inflate(odds, leverage, weight):
    """A pair that no other pair checks (leverage near 1) may be wrong unnoticed: give it the variance of that."""
    wrong = 1.0 / (1.0 + odds)
    for m in range(np.uint64(weight.shape[0])):
        for lane in range(LANES):
            h2 = leverage[m, lane] * leverage[m, lane]
            h4 = h2 * h2
            weight[m, lane] /= 1.0 + wrong * h4 * h4 * h4 * (WIDTH * WIDTH / 12.0)


@kernel(error_model="numpy")
def collect(first, second, values, x, base, good, square, inside, wavelength, sums):
    """Sums over the pairs of the main part: observations, weights, cosine, sine, chi^2 and r^2 by component."""
    components = np.uint64(values.shape[0])
    sums[:] = 0.0
    turn = 2.0 * math.pi
    for m in range(np.uint64(first.size)):
        i, j = first[m], second[m]
        for lane in range(LANES):
            seen = inside[i, lane] * inside[j, lane] if base[m, lane] > 0.0 else 0.0
            sums[0, lane] += seen
            sums[1, lane] += seen * good[m, lane]
        for c in range(components):
            a, b = np.uint64(6) + c, np.uint64(6) + components + c
            for lane in range(LANES):
                seen = inside[i, lane] * inside[j, lane] if base[m, lane] > 0.0 else 0.0
                r = values[c, m, lane] - x[c, j, lane] + x[c, i, lane]
                r2 = seen * good[m, lane] * r * r
                sums[a, lane] += r2 * base[m, lane]
                sums[b, lane] += r2
                phase = r / wavelength
                phase = turn * (phase - np.floor(phase + 0.5))
                q = phase * phase
                # Taylor series to 1e-4 within half a turn; library functions would cost more than the solution
                cosine = 1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (
                    1.0 - q / 90.0 * (1.0 - q / 132.0)))))
                sine = phase * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0 * (
                    1.0 - q / 110.0)))))
                sums[2, lane] += seen * cosine
                sums[3, lane] += seen * sine


@kernel(error_model="numpy")
def add_statistics(components, base, good, square, leverage, totals):
    """Per pair, over pixels: valid, weight, weight x chi^2 (mean of components), weight x leverage, r^2."""
    for m in range(np.uint64(base.shape[0])):
        for lane in range(LANES):
            valid = 1.0 if base[m, lane] > 0.0 else 0.0
            share = valid * good[m, lane]
            totals[m, 0, lane] += valid
            totals[m, 1, lane] += share
            totals[m, 2, lane] += share * square[m, lane] * base[m, lane]
            totals[m, 3, lane] += share * leverage[m, lane]
            totals[m, 4, lane] += valid * square[m, lane]


@kernel(error_model="numpy")
def describe(start, row, position, lower, inverse, years, x, variance, inside, reference, parts, sums, g, column,
             begin, count, fewest, offset, date_variance, series, sigma, velocity, velocity_sigma, rmse, quality):
    """Refer each pixel to the first date of its part, fit the line, propagate the covariance, write the outputs."""
    components, dates = np.uint64(x.shape[0]), np.uint64(inverse.shape[0])
    column[:] = 0.0
    for lane in range(LANES):
        if reference[lane] < dates:
            column[reference[lane], lane] = 1.0
    substitute(start, row, lower, inverse, column)
    n, mean, spread, early = np.zeros(64), np.zeros(64), np.zeros(64), np.zeros(64)
    for d in range(dates):
        k = position[d]
        for lane in range(LANES):
            n[lane] += inside[k, lane]
            mean[lane] += inside[k, lane] * years[d]
    for lane in range(LANES):
        mean[lane] = mean[lane] / n[lane] if n[lane] > 0.0 else 0.0
    for d in range(dates):
        k = position[d]
        for lane in range(LANES):
            t = years[d] - mean[lane]
            spread[lane] += inside[k, lane] * t * t
            g[k, lane] = inside[k, lane] * t
            if k == reference[lane]:
                early[lane] = years[d]
    slope = np.empty((dates, LANES))
    for k in range(dates):
        for lane in range(LANES):
            g[k, lane] = g[k, lane] / spread[lane] if spread[lane] > 0.0 else 0.0
    slope[:] = g
    substitute(start, row, lower, inverse, slope)
    own_sigma = np.zeros(64)
    for k in range(dates):
        for lane in range(LANES):
            own_sigma[lane] += g[k, lane] * slope[k, lane]
    for lane in range(count):
        quality[0, begin + lane] = sums[0, lane]
        quality[1, begin + lane] = parts[lane]
        enough = n[lane] > 1.0 and sums[0, lane] >= fewest
        quality[2, begin + lane] = early[lane] * 365.25 if enough else np.nan
        quality[3, begin + lane] = (math.sqrt(sums[2, lane] ** 2 + sums[3, lane] ** 2)
                                    / (sums[0, lane] * x.shape[0])) if enough else np.nan
    for c in range(components):
        for lane in range(count):
            p = begin + lane
            enough = n[lane] > 1.0 and sums[0, lane] >= fewest
            if not enough:
                velocity[c, p] = velocity_sigma[c, p] = rmse[c, p] = np.nan
                for d in range(dates):
                    series[c, d, p] = sigma[c, d, p] = np.nan
                continue
            s = reference[lane]
            chi, square = sums[np.uint64(6) + c, lane], sums[np.uint64(6) + components + c, lane]
            free = max(sums[1, lane] - n[lane] + 1.0, 0.0)
            scale = (chi + PRIOR_PAIRS) / (free + PRIOR_PAIRS)
            rate, shared, first_variance, zero = 0.0, 0.0, 0.0, 0.0
            for d in range(dates):
                k = position[d]
                if k == s:
                    zero, first_variance = offset[c, d], date_variance[c, d]
                if inside[k, lane] > 0.0:
                    rate += g[k, lane] * (x[c, k, lane] - offset[c, d])
                    shared += g[k, lane] * g[k, lane] * date_variance[c, d]
            elapsed = early[lane]
            velocity[c, p] = rate
            velocity_sigma[c, p] = math.sqrt(max(scale * own_sigma[lane], 0.0) + shared)
            rmse[c, p] = math.sqrt(square / sums[1, lane])
            for d in range(dates):
                k = position[d]
                if inside[k, lane] <= 0.0:
                    series[c, d, p] = sigma[c, d, p] = np.nan
                    continue
                value = x[c, k, lane] - x[c, s, lane] - offset[c, d] + zero
                own = variance[k, lane] + variance[s, lane] - 2.0 * column[k, lane] if k != s else 0.0
                own += elapsed * (elapsed * own_sigma[lane] + 2.0 * (slope[k, lane] - slope[s, lane]))
                dated = elapsed * elapsed * shared
                if k != s:
                    dated += (date_variance[c, d] * (1.0 + 2.0 * elapsed * g[k, lane])
                              + first_variance * (1.0 - 2.0 * elapsed * g[s, lane]))
                series[c, d, p] = value + rate * elapsed
                sigma[c, d, p] = math.sqrt(max(scale * own, 0.0) + max(dated, 0.0))
