"""Delay of radar waves in the atmosphere, from weather models: refractivity integrated from the ground upward.

N = k1 p_d / T + k2 e / T + k3 e / T^2 (Smith and Weintraub 1953). With the gas law and hydrostatic balance the first part
depends on the pressure alone (Davis et al. 1985):
    delay(z) = 1e-6 [k1 Rd (p(z) - p_top) / g + integral from z upward of (k2 - k1 Rd / Rv) e / T + k3 e / T^2 dz].
"""
from typing import Tuple

import numpy as np

from ..io.weather import Weather

K1, K2, K3 = 0.776, 0.716, 3750.0  # K/Pa, K/Pa, K^2/Pa
DRY, VAPOUR = 287.05, 461.495  # J/(kg K), gas constants
GRAVITY = 9.81  # m/s^2, that of the sources; its error is 0.3 % of a delay's change with time
STEP = 40.0  # m between the heights of the tables
LOWEST = -300.0  # m
EARTH = 6371000.0  # m
# PyAPS 0.3 tabulates the wet delay in layers of about 160 m and enters each sum one layer too low: its wet delay is that
# of ground which lies one layer higher (up to 11 mm less in total and 8 mm in a change; both agree within 1 mm with the
# shift). Only for comparisons.
PYAPS_LAYERS, PYAPS_LOWEST = 300, -200.0  # m


def zenith_delays(weather: Weather, highest: float, as_pyaps: bool = False) -> Tuple[np.ndarray, np.ndarray]:
    """(heights (n,) m, delays (n, rows, columns) m) above every node of the model, longer = positive.

    highest: m, elevation up to which delays are needed. The delay above the uppermost level is left out: 2 mm at 1 hPa,
    the same at all places and dates to a tenth of a millimetre. as_pyaps: shift the wet part by a layer, see
    `PYAPS_LAYERS`.
    """
    shift = (weather.height.max() - PYAPS_LOWEST) / (PYAPS_LAYERS - 1) if as_pyaps else 0.0
    table = np.arange(LOWEST, highest + 2 * STEP, STEP)
    rows, columns = weather.height.shape[1:]
    found = np.empty((len(table), rows, columns))
    for i in range(rows):
        for j in range(columns):
            found[:, i, j] = _column(table, weather.height[:, i, j], weather.pressure, weather.temperature[:, i, j],
                                     weather.vapour[:, i, j], shift)
    return table, found


def _column(table, height, pressure, temperature, vapour, shift: float) -> np.ndarray:
    """Delay at the heights of a table above one node. Level arrays run downward (height decreasing). shift: m."""
    from scipy.interpolate import PchipInterpolator

    z, t, e, p = height[::-1], temperature[::-1], vapour[::-1], pressure[::-1]  # upward
    geometric = z * EARTH / (EARTH - z)
    z, t, e, p = _down_to(LOWEST - 1.0, geometric, t, e, p)
    # Pressure is nearly exponential with height, and the wet refractivity falls by half every 1 to 2 km.
    dry = 1e-6 * K1 * DRY / GRAVITY * (np.exp(PchipInterpolator(z, np.log(p))(table)) - pressure[0])
    wet = (K2 - K1 * DRY / VAPOUR) * e / t + K3 * e / t ** 2
    integral = PchipInterpolator(z, wet).antiderivative()
    return dry + 1e-6 * (integral(z[-1]) - integral(table + shift))


def _down_to(lowest: float, z, t, e, p):
    """Levels continued below the lowest one, with its lapse rate in the temperature and constant mixing of vapour."""
    if z[0] <= lowest:
        return z, t, e, p
    step = z[0] - lowest
    below = t[0] + 0.0065 * step
    pressure = p[0] * np.exp(9.80665 * step / (DRY * 0.5 * (below + t[0])))
    return (np.concatenate([[lowest], z]), np.concatenate([[below], t]),
            np.concatenate([[e[0] * pressure / p[0]], e]), np.concatenate([[pressure], p]))


def at_ground(weather: Weather, table: np.ndarray, delays: np.ndarray, latitude, longitude, elevation) -> np.ndarray:
    """Zenith delay (m) at places, bilinear between nodes; NaN outside the model or without an elevation."""
    from scipy.ndimage import map_coordinates

    rows = np.interp(-np.asarray(latitude), -weather.latitude, np.arange(len(weather.latitude)), np.nan, np.nan)
    columns = np.interp(longitude, weather.longitude, np.arange(len(weather.longitude)), np.nan, np.nan)
    levels = (np.asarray(elevation, np.float64) - table[0]) / STEP
    known = np.isfinite(rows) & np.isfinite(columns) & np.isfinite(levels)
    places = np.where(known, np.stack(np.broadcast_arrays(levels, rows, columns)), 0.0)
    return np.where(known, map_coordinates(delays, places, order=1, mode="nearest"), np.nan)
