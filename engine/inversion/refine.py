"""Compiled second step: neighbours' prediction, leave-one-out weights, final solution, covariance, velocity.

The NumPy twin is in `twins.py`. Blocks and work arrays as in `kernels.py`; MODE_* tell where the weights come from.
"""
import math

import numpy as np

from ..compute.kernels import kernel
from .kernels import (FEWEST_GOOD, FLOOR, LANES, ONE, SMALL, ZERO, load, main_part, misfit, reweight,
                      selected_inverse, solve, truncated_cost)
from .outcome import add_statistics, collect, describe

MODE_PLAIN, MODE_REWEIGHTED, MODE_POSTERIOR, MODE_NEIGHBOURS = 0, 1, 2, 3
WIDTH = 50.0  # sigmas over which a wrong pair is equally likely to lie
PEAK = WIDTH * WIDTH / (2.0 * math.pi)  # squared density of a good pair at its peak over that of a wrong one
UNSEEN = WIDTH * WIDTH / 24.0  # variance of an error that nothing shows: half of WIDTH^2 / 12, as most are not so large
SPREAD_SHARE = 0.3  # of the neighbours' variance: a median of nine is better than one neighbour
LEAST_RATIO, MOST_RATIO = 0.02, 50.0  # limits of what neighbours may say about a pair
UNCHECKED = 0.05  # of 1 - leverage
GUARD = 8.0  # cost by which the neighbours' start may be worse than the pixel's own


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
def predicted(dates_first, dates_second, values, base, prediction, spread, gaps, begin, count, odds, good, ratio):
    """Weights from the neighbours' prediction. good: kept as it is where there is no prediction.

    ratio: likelihood ratio good : wrong of each pair by its prediction; the density of a wrong pair widens with the
    variance v of the prediction (the + 1). The weight is the square of the probability: with the probability itself
    a precise wrong pair still pulls half of the way (RMSE 1.14 -> 1.04 of the best).
    """
    end = begin + count
    ratio[:] = 1.0
    for m in range(np.uint64(base.shape[0])):
        i, j = dates_first[m], dates_second[m]
        for c in range(np.uint64(values.shape[0])):
            known, here, there = values[c], prediction[c, i, begin:end], prediction[c, j, begin:end]
            doubt_here, doubt_there = spread[c, i, begin:end], spread[c, j, begin:end]
            lane = ZERO
            while lane < count:
                v = 1.0 + SPREAD_SHARE * abs(doubt_there[lane] - doubt_here[lane]) * base[m, lane]
                r = known[m, lane] - (there[lane] - here[lane])
                ratio[m, lane] *= math.sqrt(PEAK / v + 1.0) * evidence(0.5 * r * r * base[m, lane] / v)
                lane += ONE
        gap_here, gap_there = gaps[i, begin:end], gaps[j, begin:end]
        lane = ZERO
        while lane < count:
            known_pair = base[m, lane] > 0.0 and gap_here[lane] == gap_there[lane]
            o = odds * ratio[m, lane]
            p = o / (1.0 + o)
            good[m, lane] = max(p * p, FLOOR) if known_pair else good[m, lane]
            ratio[m, lane] = ratio[m, lane] if known_pair else 1.0
            lane += ONE


@kernel(error_model="numpy")
def leverages(first, second, slot, weight, variance, covariance, leverage):
    """Share of each pair in its own prediction, weight x a' C a."""
    for m in range(np.uint64(first.size)):
        i, j, e = first[m], second[m], slot[m]
        lane = ZERO
        while lane < LANES:
            q = variance[i, lane] + variance[j, lane] - 2.0 * covariance[e, lane]
            leverage[m, lane] = min(max(weight[m, lane] * q, 0.0), 1.0)
            lane += ONE


@kernel(error_model="numpy")
def posterior(components, odds, ratio, base, weight, square, leverage, good):
    """Probability that a pair is good, judged by the prediction of all others (leave one out).

    Neighbours count for no more than MOST_RATIO : 1, except for a pair that nothing in its own pixel checks.
    """
    # With P the present weight: r_loo = r / (1 - h), 1 + q_loo = (P (1 - h) + h) / (P (1 - h)); one division for both.
    for m in range(np.uint64(base.shape[0])):
        for lane in range(LANES):
            h, w, b = leverage[m, lane], weight[m, lane], base[m, lane]
            rest = max(1.0 - h, SMALL)
            inverse = w / (rest * (w * rest + h * b))
            peak = PEAK * rest * rest * inverse + 1.0
            peak = peak if components > 1 else math.sqrt(peak)
            said = min(ratio[m, lane], MOST_RATIO)
            said = max(said, LEAST_RATIO) if rest > UNCHECKED else said
            o = odds * said * peak * evidence(0.5 * components * square[m, lane] * b * inverse)
            p = max(o / (1.0 + o), FLOOR)
            good[m, lane] = p if b > 0.0 else 0.0


@kernel(error_model="numpy")
def finish_kernel(pattern, position, dates_first, dates_second, years, displacement, weight, precision, own,
                  prediction, spread, gaps, own_cost, mode, loss, inverse_noise, odds, cut, fewest, wavelength, offset,
                  date_variance, starts, series, sigma, velocity, velocity_sigma, rmse, quality, statistics):
    """Final solution of every pixel, written into the last seven arguments.

    pattern, position, displacement, weight, precision, inverse_noise, cut: as in `kernels.start_kernel`. own and
    own_cost are its results; prediction, spread, gaps those of `neighbours.predict` (pixels in one axis); all empty
    where the mode does not need them. dates_first, dates_second: (pairs,) date numbers. fewest: valid pairs that a
    pixel needs. wavelength: m. offset, date_variance: (components, dates), see `solver.Noise`. starts:
    arrays of `solver.StartTable`. Outputs: see `solver.Solution`.
    """
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
    seen, residual = np.empty((1, lanes)), np.empty((1, lanes))
    sums = np.empty((6 + 2 * components, lanes))
    kept, steps = np.zeros(lanes, np.bool_), np.empty(dates)
    for begin in range(ZERO, np.uint64(pixels), LANES):
        count = min(LANES, np.uint64(pixels) - begin)
        load(displacement, weight, precision, begin, count, values, base)
        good[:] = 1.0
        if mode != MODE_PLAIN:
            misfit_of_dates(dates_first, dates_second, values, own, begin, count, square)
            reweight(loss, inverse_noise, base, square, good)
        if mode >= MODE_POSTERIOR:
            ratio[:] = 1.0
            if mode == MODE_NEIGHBOURS:
                predicted(dates_first, dates_second, values, base, prediction, spread, gaps, begin, count, odds, good,
                          ratio)
            w[:] = base * good
            solve(pattern, w, values, work, x)
            misfit(first, second, values, x, square)
            if mode == MODE_NEIGHBOURS:
                truncated_cost(components, cut, base, square, cost)
                if guard(begin, count, own_cost, cost, kept) > 0:
                    for lane in range(count):
                        if kept[lane]:
                            follow_trend(begin + lane, years, own, prediction, spread, gaps, steps)
                    predicted(dates_first, dates_second, values, base, prediction, spread, gaps, begin, count, odds,
                              good, ratio)
                    w[:] = base * good
                    solve(pattern, w, values, work, x)
                    misfit(first, second, values, x, square)
                    truncated_cost(components, cut, base, square, cost)
                if guard(begin, count, own_cost, cost, kept) > 0:
                    keep_own(dates_first, dates_second, values, own, begin, count, loss, inverse_noise, base, kept,
                             square, leverage, good, ratio)
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
        collect(first, second, values, x, base, good, square, inside, wavelength, seen, residual, sums)
        if mode >= MODE_POSTERIOR:
            inflate(odds, ratio, leverage, w)
            solve(pattern, w, values[:0], work, x[:0])
        selected_inverse(start, row, target_start, target, work[3], work[4], variance, covariance)
        if mode < MODE_POSTERIOR:
            leverages(first, second, slot, w, variance, covariance, leverage)
        add_statistics(components, base, good, square, leverage, totals)
        describe(start, row, position, work[3], work[4], years, x, variance, inside, reference, parts, sums, g,
                 column, begin, count, fewest, offset, date_variance, starts, series, sigma, velocity, velocity_sigma,
                 rmse, quality)
    for lane in range(LANES):
        statistics += totals[:, :, lane]


@kernel(error_model="numpy")
def misfit_of_dates(dates_first, dates_second, values, own, begin, count, square):
    """As `misfit`, from a solution by date (components, dates, pixels); 0 where it has no value."""
    share, end = 1.0 / values.shape[0], begin + count
    square[:] = 0.0
    for m in range(np.uint64(square.shape[0])):
        i, j = dates_first[m], dates_second[m]
        for c in range(np.uint64(values.shape[0])):
            known, here, there = values[c], own[c, i, begin:end], own[c, j, begin:end]
            lane = ZERO
            while lane < count:
                r = known[m, lane] - np.float64(there[lane]) + np.float64(here[lane])
                square[m, lane] += r * r * share if r == r else 0.0
                lane += ONE


@kernel(error_model="numpy")
def guard(begin, count, own_cost, cost, kept):
    """kept (64,): pixels whose own solution explains their pairs better than the present one; returns how many."""
    worse = 0
    kept[:] = False
    for lane in range(count):
        kept[lane] = cost[lane] - own_cost[begin + lane] > GUARD
        worse += 1 if kept[lane] else 0
    return worse


@kernel(error_model="numpy")
def follow_trend(p, years, own, prediction, spread, gaps, steps):
    """Predict a pixel that does not move as its neighbours do from its own course: median rate and its scatter.

    steps (dates,): scratch. It decides between two contradicting pairs of a date (RMSE on features 2.6 -> 1.4).
    """
    dates = own.shape[1]
    for c in range(own.shape[0]):
        count, last = 0, -1
        for d in range(dates):
            if own[c, d, p] == own[c, d, p]:
                if last >= 0:
                    steps[count] = (own[c, d, p] - own[c, last, p]) / (years[d] - years[last])
                    count += 1
                last = d
        rate = np.median(steps[:count]) if count > 0 else 0.0
        count, last = 0, -1
        for d in range(dates):
            if own[c, d, p] == own[c, d, p]:
                if last >= 0:
                    steps[count] = abs(own[c, d, p] - own[c, last, p] - rate * (years[d] - years[last]))
                    count += 1
                last = d
        scatter = 1.4826 * np.median(steps[:count]) if count > 0 else 0.0
        for d in range(dates):
            prediction[c, d, p] = rate * years[d]
            spread[c, d, p] = scatter * scatter * d
            gaps[d, p] = 0


@kernel(error_model="numpy")
def keep_own(dates_first, dates_second, values, own, begin, count, loss, inverse_noise, base, kept, square, own_good,
             good, ratio):
    """Give guarded pixels their own weights back (own_good: scratch). Without it small features are erased."""
    misfit_of_dates(dates_first, dates_second, values, own, begin, count, square)
    reweight(loss, inverse_noise, base, square, own_good)
    for lane in range(count):
        if kept[lane]:
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
def inflate(odds, ratio, leverage, weight):
    """A pair that no other pair checks (leverage h near 1) may be wrong unnoticed: give it the variance of that.

    What the neighbours say about it (ratio) counts here too. An error of d sigmas shows from d = 3 / sqrt(1 - h) on,
    and what stays unseen has a variance that grows about as h^32: .03 of the whole at h = .9, .2 at .95.
    """
    for m in range(np.uint64(weight.shape[0])):
        lane = ZERO
        while lane < LANES:
            said = max(min(ratio[m, lane], MOST_RATIO), LEAST_RATIO)
            share = leverage[m, lane] * leverage[m, lane]
            share *= share
            share *= share
            share *= share
            share *= share
            weight[m, lane] /= 1.0 + share * UNSEEN / (1.0 + odds * said)
            lane += ONE
