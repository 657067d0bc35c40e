"""Other programs on the cases of `inversion.py`: NumPy least squares, per-pixel IRLS and peers from PyPI.

Peers are called through their own functions, with what each takes: sigma where it weights, nothing where it doesn't.
Those that loop over pixels in Python get SLOW pixels of the image, and their speed is that of those.
"""
import numpy as np

from inversion import best_possible, judge, needed, ours, simulate, timed
from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.inversion.solver import START

SLOW = 200  # pixels
SLOWEST = 40  # pixels, for TICOI: about a hundredth of a second each


class Sample:
    """Some pixels of a case (all: every one), with the errors of weighted least squares that know the wrong pairs."""

    def __init__(self, case, count=None):
        pixels = case.truth[0, 0].size
        self.places = np.random.default_rng(3).permutation(pixels)[:count] if count else np.arange(pixels)
        self.case, self.best = case, best_possible(case)
        self.values, self.truth, reference = (
            a.reshape(*a.shape[:2], -1)[0][:, self.places] for a in (case.values, case.truth, self.best.series))
        self.ideal = reference - self.truth
        self.linked = self.best.quality[START].ravel()[self.places] == 0

    def score(self, series, cpu):
        """(RMSE over the best possible one, million pixel-pairs per CPU second). series: (dates, pixels) m."""
        error = series - series[:1] - self.truth
        use = np.isfinite(self.ideal) & np.isfinite(error) & self.linked
        use[0] = False
        given = use.sum() / max((np.isfinite(self.ideal[1:]) & self.linked).sum(), 1)
        ratio = np.sqrt(np.mean(error[use] ** 2) / np.mean(self.ideal[use] ** 2))
        return {"ratio": float(ratio), "given": float(given), "Mpp/CPU s": self.values.size / cpu / 1e6}


def per_pixel(case, iterations):
    """NumPy least squares of each pixel, Cauchy weights after the first."""
    sample, matrix = Sample(case, SLOW), case.network.design_matrix[:, 1:]

    def run():
        found = np.zeros_like(sample.truth)
        for p in range(found.shape[1]):
            known = np.isfinite(sample.values[:, p])
            root, weight, values = 1 / case.sigma[known], np.ones(known.sum()), sample.values[known, p]
            for _ in range(iterations):
                w = root * weight
                u = np.linalg.lstsq(matrix[known] * w[:, None], values * w, rcond=None)[0]
                weight = np.sqrt(1 / (1 + ((values - matrix[known] @ u) * root / 2.385) ** 2))
            found[1:, p] = u
        return found
    return sample.score(*timed(run))


def mintpy(case):
    """MintPy's estimate_timeseries, pixel by pixel as it does where pairs are missing; weights 1 / sigma."""
    from mintpy.ifgram_inversion import estimate_timeseries
    sample, matrix = Sample(case, SLOW), case.network.design_matrix
    gaps = np.diff(case.network.years)[:, None].astype(np.float32)
    a = matrix[:, 1:].astype(np.float32)
    b = np.array([[gaps[k, 0] * (min(i, j) <= k < max(i, j)) * np.sign(j - i) for k in range(len(gaps))]
                  for i, j in case.network.pairs], np.float32)
    weight = (1 / case.sigma)[:, None].astype(np.float32)

    def run():
        return np.concatenate([estimate_timeseries(a, b, sample.values[:, p:p + 1], gaps, weight_sqrt=weight,
                                                   min_norm_velocity=False, print_msg=False)[0]
                               for p in range(len(sample.places))], axis=1)
    return sample.score(*timed(run))


def insar_rs(case):
    """insar-rs' unweighted SBAS; it takes phase, so displacement is turned with a wavelength of 4 pi m."""
    import insar_rs as peer
    sample, days = Sample(case), np.round(case.network.years * 365.25).astype(np.int64)
    first, second = np.array(case.network.pairs).T
    phase = np.ascontiguousarray(-case.values[0])

    def run():
        try:
            return peer.invert_sbas(phase, first.astype(np.int64), second.astype(np.int64), days, 4 * np.pi)
        except TypeError:
            return peer.invert_sbas(phase, first.tolist(), second.tolist(), days.tolist(), 4 * np.pi)
    u, cpu = timed(run)
    u = np.asarray(u).reshape(len(days), -1)
    return sample.score(-u if np.nanmean(u[-1] * sample.truth[-1]) < 0 else u, cpu)


def ticoi(case):
    """TICOI's inversion with its own start values but no smoothing beyond its least (coef 1), both components alike."""
    from ticoi.core import inversion_core
    sample = Sample(case, SLOWEST)
    dates = np.array([[np.datetime64(case.network.dates[k], "D") for k in pair] for pair in case.network.pairs])
    span = (dates[:, 1] - dates[:, 0]).astype(float)
    every = np.array(case.network.dates, "datetime64[D]")
    error = case.sigma / span * 365

    def run():
        found = np.full_like(sample.truth, np.nan)
        for p in range(len(sample.places)):
            known = np.isfinite(sample.values[:, p])
            value = sample.values[known, p]
            data = [dates[known], np.column_stack([value, value, error[known], error[known], span[known]])]
            table = inversion_core(data, 0, 0, dates_range=every, regu="1", coef=1, apriori_weight=True,
                                   detect_temporal_decorrelation=False, threshold_it=0.001)[1]
            found[:, p] = np.concatenate([[0], np.cumsum(table["result_dx"])])
        return found
    run()  # it compiles
    return sample.score(*timed(run))


def dolphin(case, absolute):
    """dolphin's least squares with weights (0 where a pair is missing), or its least absolute deviations."""
    import jax
    from dolphin.timeseries import invert_stack, invert_stack_l1
    sample = Sample(case)
    valid = np.isfinite(case.values[0])
    if absolute and not valid.all():
        raise ImportError("its least absolute deviations take no missing pairs")
    values = np.where(valid, case.values[0], 0).astype(np.float32)
    weight = (valid * case.sigma[:, None, None] ** -2).astype(np.float32)
    matrix = case.network.design_matrix[:, 1:].astype(np.float32)
    call = (lambda: invert_stack_l1(matrix, values)) if absolute else (lambda: invert_stack(matrix, values, weight))

    def run():
        return np.asarray(jax.block_until_ready(call())[0])
    run()  # it compiles
    u, cpu = timed(run)
    return sample.score(np.concatenate([np.zeros((1, u[0].size)), u.reshape(len(u), -1)]), cpu)


METHODS = {"NumPy least squares": lambda c: per_pixel(c, 1), "per-pixel IRLS": lambda c: per_pixel(c, 10),
           "mintpy": mintpy, "insar-rs": insar_rs, "ticoi": ticoi, "dolphin L2": lambda c: dolphin(c, False),
           "dolphin L1": lambda c: dolphin(c, True)}


def cases(quick):
    shape = (48, 60) if quick else (96, 120)
    yield simulate("40/120 clean", shape, dirty=False, seed=9)
    yield simulate("40/120 dirty", shape, seed=1)
    yield simulate("40/120 dirty, noise smooth in space", shape, correlated=True, seed=20)
    yield simulate("60/180 dirty", shape, dates=60, pairs=180, seed=5)
    yield simulate("120/360 dirty", shape, dates=120, pairs=360, seed=6)


def rows(quick):
    """Rows of the table, and what was not run and why."""
    found, said = [], []
    for case in cases(quick):
        for name, method in METHODS.items():
            try:
                row, memory = needed(lambda run=method, data=case: run(data))
                found.append({"case": case.name, "method": name, **row, "MiB": memory})
            except ImportError as error:
                said.append(f"NOT RUN: {name} ({error})")
        with without_numba():
            found.append(our_row(case, "ours, NumPy twin"))
        found.append(our_row(case, "ours"))
    return found, sorted(set(said))


def our_row(case, name):
    (result, cpu), memory = needed(lambda: ours(case))
    kind = judge(case, best_possible(case), result, cpu)
    return {"case": case.name, "method": name, "ratio": float(kind["ratio"]), "given": float(kind["given"]),
            "Mpp/CPU s": kind["Mpp/CPU s"], "MiB": memory}

