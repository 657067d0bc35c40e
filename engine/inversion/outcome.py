"""Compiled results: sums of misclosures, line fit, propagation of the covariance. NumPy twin in `twins.py`.

Blocks and work arrays as in `kernels.py`.
"""
import math

import numpy as np

from ..compute.kernels import kernel
from .kernels import LANES, ONE, ZERO, add_product, add_row, substitute

PRIOR_PAIRS = 10.0  # misclosures that the learnt sigma counts for, against the pixel's own
TWO, THREE, FOUR, SIX = np.uint64(2), np.uint64(3), np.uint64(4), np.uint64(6)
NEAREST = 6755399441055744.0  # 1.5 x 2^52: added and taken off again, it rounds to the nearest whole number


@kernel(error_model="numpy")
def cosine_of_turns(turns):
    """cos(2 pi turns) to 1e-4, by a Taylor series: the library's function would cost more than the solution."""
    part = turns - ((turns + NEAREST) - NEAREST)
    q = part * part * (4.0 * math.pi * math.pi)
    return 1.0 - q * (1 / 2.0) * (1.0 - q * (1 / 12.0) * (1.0 - q * (1 / 30.0) * (1.0 - q * (1 / 56.0) * (
        1.0 - q * (1 / 90.0) * (1.0 - q * (1 / 132.0))))))


@kernel(error_model="numpy")
def collect(first, second, values, x, base, good, square, inside, wavelength, seen, residual, sums):
    """Sums over the pairs of the main part: observations, weights, cosine, sine, chi^2 and r^2 by component.

    seen, residual (1, 64): scratch. Short loops over few arrays: longer ones are not vectorised.
    """
    components = np.uint64(values.shape[0])
    sums[:] = 0.0
    per_turn = 1.0 / wavelength
    for m in range(np.uint64(first.size)):
        i, j = first[m], second[m]
        lane = ZERO
        while lane < LANES:
            seen[ZERO, lane] = inside[i, lane] * inside[j, lane] if base[m, lane] > 0.0 else 0.0
            lane += ONE
        add_row(sums, ZERO, 1.0, seen, ZERO)
        add_product(sums, ONE, seen, ZERO, good, m)
        for c in range(components):
            known, unknown = values[c], x[c]
            lane = ZERO
            while lane < LANES:
                residual[ZERO, lane] = known[m, lane] - unknown[j, lane] + unknown[i, lane]
                lane += ONE
            lane = ZERO
            while lane < LANES:
                sums[TWO, lane] += seen[ZERO, lane] * cosine_of_turns(residual[ZERO, lane] * per_turn)
                lane += ONE
            lane = ZERO
            while lane < LANES:
                sums[THREE, lane] += seen[ZERO, lane] * cosine_of_turns(residual[ZERO, lane] * per_turn - 0.25)
                lane += ONE
            lane = ZERO
            while lane < LANES:
                residual[ZERO, lane] *= residual[ZERO, lane] * seen[ZERO, lane] * good[m, lane]
                lane += ONE
            add_row(sums, SIX + components + c, 1.0, residual, ZERO)
            add_product(sums, SIX + c, residual, ZERO, base, m)


@kernel(error_model="numpy")
def add_statistics(components, base, good, square, leverage, totals):
    """Per pair, over pixels: valid, weight, weight x chi^2 (mean of components), weight x leverage, r^2."""
    for m in range(np.uint64(base.shape[0])):
        total = totals[m]
        lane = ZERO
        while lane < LANES:
            valid = 1.0 if base[m, lane] > 0.0 else 0.0
            total[ZERO, lane] += valid
            total[ONE, lane] += valid * good[m, lane]
            lane += ONE
        lane = ZERO
        while lane < LANES:
            share = good[m, lane] if base[m, lane] > 0.0 else 0.0
            total[TWO, lane] += share * square[m, lane] * base[m, lane]
            total[THREE, lane] += share * leverage[m, lane]
            lane += ONE
        lane = ZERO
        while lane < LANES:
            total[FOUR, lane] += square[m, lane] if base[m, lane] > 0.0 else 0.0
            lane += ONE


@kernel(error_model="numpy")
def fit_line(position, years, inside, reference, g, count, spread, early):
    """Weights g of the line fit's slope, 1/yr; number of dates, sum of squared times and time of the first date."""
    dates = np.uint64(position.size)
    mean = np.zeros(64)
    count[:] = 0.0
    spread[:] = 0.0
    early[:] = 0.0
    for d in range(dates):
        k = position[d]
        for lane in range(LANES):
            count[lane] += inside[k, lane]
            mean[lane] += inside[k, lane] * years[d]
            early[lane] = years[d] if k == reference[lane] else early[lane]
    for lane in range(LANES):
        mean[lane] /= max(count[lane], 1.0)
    for d in range(dates):
        k = position[d]
        for lane in range(LANES):
            t = years[d] - mean[lane]
            g[k, lane] = inside[k, lane] * t
            spread[lane] += g[k, lane] * t
    for k in range(dates):
        for lane in range(LANES):
            g[k, lane] = g[k, lane] / spread[lane] if spread[lane] > 0.0 else 0.0


@kernel(error_model="numpy")
def at_reference(table, reference, out):
    """out: the entry of table (dates, 64) at each pixel's reference; 0 without one."""
    out[:] = 0.0
    for k in range(np.uint64(table.shape[0])):
        for lane in range(LANES):
            out[lane] = table[k, lane] if k == reference[lane] else out[lane]


@kernel(error_model="numpy")
def describe(start, row, position, lower, inverse, years, x, variance, inside, reference, parts, sums, g, column,
             begin, count, fewest, offset, date_variance, starts, series, sigma, velocity, velocity_sigma, rmse,
             quality):
    """Refer each pixel to the first date of its part, fit the line, propagate the covariance, write the outputs.

    starts: arrays of `solver.StartTable`. The part of the elapsed time for which a pixel has moved at its velocity
    before its first date, ratio x elapsed, stands for the elapsed time from here on.
    """
    dates = np.uint64(inverse.shape[0])
    seen, spread, early, own_sigma, missing = np.empty(64), np.empty(64), np.empty(64), np.zeros(64), np.zeros(64)
    fit_line(position, years, inside, reference, g, seen, spread, early)
    unsure = np.zeros(64)
    for lane in range(count):
        quality[2, begin + lane] = early[lane] * 365.25
    moved_for(position, reference, starts, begin, count, early, unsure)
    slope, own = np.empty((dates, 64)), np.empty((dates, 64))
    slope[:] = g
    for k in range(dates):
        for lane in range(LANES):
            column[k, lane] = 1.0 if k == reference[lane] else 0.0
    substitute(start, row, lower, inverse, column)
    substitute(start, row, lower, inverse, slope)
    first_variance, first_slope, first_g = np.empty(64), np.empty(64), np.empty(64)
    at_reference(variance, reference, first_variance)
    at_reference(slope, reference, first_slope)
    at_reference(g, reference, first_g)
    for k in range(dates):
        for lane in range(LANES):
            own_sigma[lane] += g[k, lane] * slope[k, lane]
    for k in range(dates):
        for lane in range(LANES):
            single = variance[k, lane] + first_variance[lane] - 2.0 * column[k, lane]
            single = single if k != reference[lane] else 0.0
            own[k, lane] = single + early[lane] * (early[lane] * own_sigma[lane]
                                                   + 2.0 * (slope[k, lane] - first_slope[lane]))
    for lane in range(LANES):
        missing[lane] = 0.0 if seen[lane] > 1.0 and sums[0, lane] >= fewest else np.nan
    for lane in range(count):
        quality[0, begin + lane] = sums[0, lane]
        quality[1, begin + lane] = parts[lane]
        quality[2, begin + lane] += missing[lane]
        quality[3, begin + lane] = math.sqrt(sums[2, lane] ** 2 + sums[3, lane] ** 2) / (
            sums[0, lane] * x.shape[0]) + missing[lane]
    for c in range(np.uint64(x.shape[0])):
        describe_component(c, position, x, inside, reference, seen, early, unsure, own_sigma, missing, sums, g,
                           first_g, own, begin, count, offset, date_variance, series, sigma, velocity, velocity_sigma, rmse)


@kernel(error_model="numpy")
def moved_for(position, reference, starts, begin, count, early, unsure):
    """early (years since the first date) becomes ratio x early; unsure: its variance, yr^2."""
    row, ratio, doubt = starts
    for d in range(np.uint64(position.size)):
        k, r = position[d], row[d]
        for lane in range(count):
            if k == reference[lane]:
                unsure[lane] = doubt[r, begin + lane] * early[lane] * early[lane]
                early[lane] *= ratio[r, begin + lane]


@kernel(error_model="numpy")
def describe_component(c, position, x, inside, reference, seen, early, unsure, own_sigma, missing, sums, g,
                       first_g, own, begin, count, offset, date_variance, series, sigma, velocity, velocity_sigma, rmse):
    """Outputs of one component. Shared noise of dates adds to the covariance of the pairs' own noise."""
    dates = np.uint64(position.size)
    components = np.uint64(x.shape[0])
    rate, shared, zero, first_date, scale = np.zeros(64), np.zeros(64), np.zeros(64), np.zeros(64), np.empty(64)
    for d in range(dates):
        k = position[d]
        for lane in range(LANES):
            at_first = k == reference[lane]
            zero[lane] = x[c, k, lane] - offset[c, d] if at_first else zero[lane]
            first_date[lane] = date_variance[c, d] if at_first else first_date[lane]
            rate[lane] += g[k, lane] * (x[c, k, lane] - offset[c, d])
            shared[lane] += g[k, lane] * g[k, lane] * date_variance[c, d]
    for lane in range(LANES):
        free = max(sums[1, lane] - seen[lane] + 1.0, 0.0)
        scale[lane] = (sums[np.uint64(6) + c, lane] + PRIOR_PAIRS) / (free + PRIOR_PAIRS)
    for lane in range(count):
        velocity[c, begin + lane] = rate[lane] + missing[lane]
        velocity_sigma[c, begin + lane] = math.sqrt(
            max(scale[lane] * own_sigma[lane], 0.0) + shared[lane]) + missing[lane]
        rmse[c, begin + lane] = math.sqrt(sums[np.uint64(6) + components + c, lane] / sums[1, lane]) + missing[lane]
    for d in range(dates):
        k = position[d]
        for lane in range(count):
            e = early[lane]
            dated = (date_variance[c, d] * (1.0 + 2.0 * e * g[k, lane])
                     + first_date[lane] * (1.0 - 2.0 * e * first_g[lane]))
            dated = e * e * shared[lane] + (dated if k != reference[lane] else 0.0)
            gap = missing[lane] if inside[k, lane] > 0.0 else np.nan
            series[c, d, begin + lane] = x[c, k, lane] - offset[c, d] - zero[lane] + rate[lane] * e + gap
            sigma[c, d, begin + lane] = math.sqrt(
                max(scale[lane] * own[k, lane], 0.0) + max(dated, 0.0) + rate[lane] * rate[lane] * unsure[lane]) + gap
