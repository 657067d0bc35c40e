"""Networks of pairs with known motion, for the tests of the inversion."""
from datetime import date, timedelta

import numpy as np

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.stack import PairEntry, StackManifest
from terrain_motion.engine.io.displacement import new_displacement
from terrain_motion.engine.io.manifests import write_stack
from terrain_motion.engine.inversion.solver import make_network

FIRST = date(2020, 1, 5)


def days_to_dates(days):
    return [FIRST + timedelta(int(d)) for d in days]


def redundant_pairs(dates, reach=4):
    """Each date with the next `reach` ones."""
    return [(a, b) for i, a in enumerate(dates) for b in dates[i + 1:i + 1 + reach]]


def displacements(network, series, sigma=0.0, seed=0):
    """(components, pairs, ...) of a series (components, dates, ...), with white noise."""
    first, second = np.array(network.pairs).T
    exact = series[:, second] - series[:, first]
    noise = np.random.default_rng(seed).standard_normal(exact.shape) * sigma
    return (exact + noise).astype(np.float32)


def moving(network, shape=(20, 24), components=2, speed=3.0):
    """A body that moves east and, half as fast, south, inside still ground: (components, dates, rows, columns), m."""
    rows, columns = np.indices(shape)
    body = np.exp(-((rows - shape[0] / 2) ** 2 + (columns - shape[1] / 2) ** 2) / (shape[0] / 4) ** 2)
    rates = np.array([speed, -0.5 * speed])[:components]
    return rates[:, None, None, None] * network.years[None, :, None, None] * body


def optical_network(count=12, reach=4):
    """Dates 12 to 40 days apart, each linked to the next ones."""
    gaps = np.random.default_rng(3).integers(12, 40, count - 1)
    return make_network(redundant_pairs(days_to_dates(np.concatenate([[0], np.cumsum(gaps)])), reach))


def write(folder, network, values, sigma=None, correlation=0.9, flip=()):
    """A stack on disk of displacements (components, pairs, rows, columns); pairs in `flip` go backward."""
    components, _, rows, columns = values.shape
    names, quality = (("los",), "coherence") if components == 1 else (("east", "north"), "correlation")
    grid = Grid("EPSG:32632", (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0), columns, rows)
    (folder / "pairs").mkdir(parents=True)
    entries = []
    for m, (i, j) in enumerate(network.pairs):
        a, b, sign = network.dates[i], network.dates[j], 1.0
        if m in flip:
            a, b, sign = b, a, -1.0
        file = f"pairs/{a:%Y%m%d}_{b:%Y%m%d}.tif"
        with new_displacement(folder / file, grid, names, quality, a, b) as target:
            bands = {name: np.float32(sign) * values[c, m] for c, name in enumerate(names)}
            bands[quality] = np.full((rows, columns), correlation, np.float32)
            if sigma is not None:
                bands["sigma"] = np.full((rows, columns), sigma, np.float32)
            bands["flag"] = np.zeros((rows, columns), np.float32)
            target.write(bands)
        entries.append(PairEntry(a, b, file))
    kind = "insar" if components == 1 else "optical"
    write_stack(folder, StackManifest(kind, names, grid, tuple(entries), quality))
    return folder
