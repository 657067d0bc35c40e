"""Time-series inversion beside plain least squares, per-pixel IRLS and peers from PyPI, on simulated networks.

    python benchmarks/inversion.py [--quick] [--write benchmarks/results-inversion.md]

Needs NumPy only; numba and the peers (mintpy, insar-rs, ticoi, dolphin) are used where they are installed, and what is
not run is said. The generator below is the benchmark's own: no data set of it was used to choose a parameter but seed 1.

ratio: RMSE over that of weighted least squares that knows sigma and the wrong pairs, at dates linked by good pairs.
A ratio below .98 would be a sign of smoothing. Speed: million pixel-pairs (of one component) per CPU second of one
thread, the best of a few runs where learning is not part of it. Memory: what a method needs beside its input (Linux).
Bandwidth: bytes that must be moved at least over those that a copy moves in the same time.
"""
import argparse
import importlib.util
import os
import resource
import sys
import time
import warnings
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # rates are per thread; before NumPy is imported

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
sys.modules.setdefault("inversion", sys.modules[__name__])  # one copy, also where this is the program
if "terrain_motion" not in sys.modules:
    spec = importlib.util.spec_from_file_location("terrain_motion", ROOT / "__init__.py",
                                                  submodule_search_locations=[str(ROOT)])
    sys.modules["terrain_motion"] = importlib.util.module_from_spec(spec)

from terrain_motion.engine.compute.kernels import numba_version  # noqa: E402
from terrain_motion.engine.inversion import dates as shared_dates, kernels, neighbours, refine  # noqa: E402
from terrain_motion.engine.inversion.learning import learn, roughness  # noqa: E402
from terrain_motion.engine.inversion.settings import InvertSettings  # noqa: E402
from terrain_motion.engine.inversion.solver import START, Noise, make_network, solve  # noqa: E402

PLAIN = InvertSettings(weights="variance", robust="none", min_observations=1)
ROBUST = InvertSettings(min_observations=1)
MOST_WORK, ROUGH_SAMPLE = 1e7, 40000  # pixel-pairs of a tile, pixels; as in `invert`, which needs GDAL


@dataclass
class Case:
    """A simulated stack: values (components, pairs, rows, columns) m, truth (components, dates, rows, columns) m."""
    name: str
    network: object
    values: np.ndarray
    sigma: np.ndarray
    truth: np.ndarray
    wrong: np.ndarray

    @property
    def weight(self):
        return np.broadcast_to((1 / self.sigma ** 2)[:, None, None], self.values.shape[1:]).astype(np.float32)

    @property
    def pixel_pairs(self):
        return self.values.size


def smooth_field(rng, count, shape, length):
    """(count, rows, columns) Gaussian fields of variance 1 and a correlation length in pixels."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(shape[0]), np.fft.fftfreq(shape[1]), indexing="ij"))
    shape_of = np.exp(-0.5 * (2 * np.pi * frequency * length) ** 2)
    fields = np.fft.ifft2(np.fft.fft2(rng.standard_normal((count, *shape))) * shape_of).real
    return (fields / fields.std(axis=(1, 2), keepdims=True)).astype(np.float32)


def optical_pairs(rng, count, pairs):
    """Irregular dates; every date with the next two, the rest drawn among gaps of up to ten dates."""
    days = np.cumsum(rng.integers(5, 35, count))
    linked = [(i, i + k) for k in (1, 2) for i in range(count - k)][:pairs]
    others = [(i, j) for i in range(count) for j in range(i + 3, min(i + 11, count))]
    more = rng.permutation(len(others))[:max(pairs - len(linked), 0)]
    return days, linked + [others[k] for k in more]


def radar_pairs(count, nearest):
    return np.arange(count) * 12, [(i, i + k) for i in range(count) for k in range(1, nearest + 1) if i + k < count]


def simulate(name, shape=(100, 120), dates=40, pairs=120, nearest=0, components=1, seed=1, dirty=True, shared=0.0,
             correlated=False, scale=1.0):
    """A valley that moves with the seasons, a body that slows down, one that steps; noise as asked.

    shared: sigma of noise that all pairs of a date have in common; correlated: noise smooth over 4 pixels.
    """
    rng = np.random.default_rng(seed)
    days, ends = radar_pairs(dates, nearest) if nearest else optical_pairs(rng, dates, pairs)
    network = make_network([(date(2018, 1, 1) + timedelta(int(days[a])), date(2018, 1, 1) + timedelta(int(days[b])))
                            for a, b in ends])
    t = network.years[:, None, None]
    y, x = np.mgrid[0:1:shape[0] * 1j, 0:1:shape[1] * 1j]
    valley = np.exp(-((x - 0.3) / 0.12) ** 2) * (20 * t + 2 * np.sin(2 * np.pi * t))
    slowing = np.exp(-(((x - 0.7) ** 2 + (y - 0.3) ** 2) / 0.02)) * 8 * (1 - np.exp(-2 * t))
    step = ((x - 0.7) ** 2 + (y - 0.75) ** 2 < 0.02) * 1.5 * (t > t[len(t) // 2])
    motion = (valley + slowing + step) * scale
    truth = np.stack([motion, -0.4 * motion][:components]).astype(np.float32)
    truth -= truth[:, :1]
    sigma = (rng.uniform(0.1, 0.5, len(ends)) * scale).astype(np.float32)
    first, second = np.array(network.pairs).T
    values = truth[:, second] - truth[:, first]
    for c in range(components):
        noise = (smooth_field(rng, len(ends), shape, 4) if correlated
                 else rng.standard_normal(values.shape[1:]).astype(np.float32))
        values[c] += sigma[:, None, None] * noise
        if shared:
            common = smooth_field(rng, dates, shape, 6) * shared * scale
            values[c] += common[second] - common[first]
    wrong = np.zeros(values.shape[1:], bool)
    if dirty:
        wrong = rng.random(values.shape[1:]) < 0.03
        size = rng.uniform(1.5, 12, wrong.sum()) * rng.choice([-1, 1], wrong.sum()) * scale
        for c in range(components):
            values[c][wrong] += size * rng.choice([-1, 1]) * rng.uniform(0.5, 1.0)
        missing = rng.random(values.shape[1:]) < 0.10
        for m in np.flatnonzero(rng.random(len(ends)) < 0.4):
            a, b = rng.integers(0, shape[0]), rng.integers(0, shape[1])
            missing[m, a:a + shape[0] // 3, b:b + shape[1] // 3] = True
        values[:, missing] = np.nan
    return Case(name, network, values.astype(np.float32), sigma, truth, wrong)


def with_features(case, seed=5):
    """The case with moving features of 1, 2 x 1 and 2 x 2 pixels on still ground; returns it and their mask."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(case.truth.shape[2:], bool)
    extra = np.zeros_like(case.truth)
    t = case.network.years
    for n, (rows, columns) in enumerate([(1, 1), (2, 1), (2, 2)] * 12):
        y, x = rng.integers(3, mask.shape[0] - 5), int(rng.choice([rng.integers(3, 12), mask.shape[1] - 8]))
        if mask[y - 2:y + rows + 2, x - 2:x + columns + 2].any():
            continue
        mask[y:y + rows, x:x + columns] = True
        course = (-3.0 * t, 4.0 * (t > t[len(t) // 3]), 20.0 * t)[n % 3]
        extra[:, :, y:y + rows, x:x + columns] = course[None, :, None, None]
    first, second = np.array(case.network.pairs).T
    return replace(case, values=case.values + extra[:, second] - extra[:, first], truth=case.truth + extra), mask


def noise_given(case):
    """The true sigmas are in the weights. `invert` learns the typical variance once for all tiles."""
    return Noise(np.ones(len(case.network.pairs)), typical=float(np.median(case.sigma) ** 2))


def noise_learnt(case, known, settings=ROBUST):
    """As `invert.run` does it: 4000 pixels, sigma per pair, noise shared by dates."""
    flat = case.values.reshape(*case.values.shape[:2], -1)
    weight = case.weight if known else np.isfinite(case.values).all(axis=0).astype(np.float32)
    weight = weight.reshape(len(weight), -1)
    chosen = np.sort(np.random.default_rng(1).permutation(flat.shape[2])[:4000])
    values, sample = np.ascontiguousarray(flat[:, :, chosen]), np.ascontiguousarray(weight[:, chosen])
    rows = case.values[:, :, ::max(case.truth[0, 0].size // ROUGH_SAMPLE, 1)]
    noise = learn(case.network, values, sample, settings, known, roughness(rows))
    alone = replace(settings, neighbours=False)
    there = np.where(np.isfinite(values).all(axis=0), sample, 0)
    shared = shared_dates.date_variance(case.network, [solve(case.network, values, sample, alone, noise)], noise,
                                        shared_dates.expected_weight(there, noise.wrong))
    return replace(noise, date_variance=shared), weight.reshape(case.values.shape[1:])


def best_possible(case):
    values = case.values.copy()
    values[:, case.wrong] = np.nan
    return solve(case.network, values, case.weight, PLAIN, noise_given(case))


def timed(function):
    start = time.process_time()
    found = function()
    return found, time.process_time() - start


def resting(function, tries=3):
    """Result and the least CPU seconds of several runs: other jobs of the machine only ever add."""
    found, times = None, []
    for _ in range(tries):
        found, cpu = timed(function)
        times.append(cpu)
    return found, min(times)


def needed(function):
    """Result of a call and the MiB that it needs at most beside what there was; NaN where the system does not tell."""
    def status(name):
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the largest so far
        before = status("VmRSS")
    except OSError:
        return function(), float("nan")
    return function(), status("VmHWM") - before


def bandwidth():
    """Bytes per second that one thread moves in copying large arrays (read and written)."""
    source = np.ones(1 << 25)
    target = np.empty_like(source)
    _, cpu = resting(lambda: np.copyto(target, source), 5)
    return 2 * source.nbytes / cpu


def traffic(case, robust):
    """Bytes that the solver must move at least: inputs once per step, results and what the steps hand on once."""
    components, pairs, dates = len(case.values), len(case.network.pairs), len(case.network.dates)
    passes, maps = (2, 2 + 2 * 4) if robust else (1, 2)  # own solution, prediction, spread: written and read
    return 4 * case.truth[0, 0].size * (passes * pairs * (components + 1) + maps * components * dates)


def judge(case, best, found, cpu, where=None):
    """One row of the table as a dictionary."""
    linked = np.isfinite(best.series) & (best.quality[START] == 0)
    linked[:, 0] = False
    if where is not None:
        linked &= where
    given = linked & np.isfinite(found.series)
    unlinked = ~np.isfinite(lost_dates(case))
    error, ideal = (found.series - case.truth)[given], (best.series - case.truth)[given]
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.abs(error / found.sigma[given])
        t = case.network.years - case.network.years.mean()
        true_rate = np.tensordot(t / (t @ t), case.truth, axes=(0, 1))
        rate = np.abs((found.velocity - true_rate) / found.velocity_sigma)
    complete = np.isfinite(found.series).all(axis=1)
    return {"case": case.name, "ratio": np.sqrt(np.mean(error ** 2) / np.mean(ideal ** 2)),
            "given": given.sum() / linked.sum(), "lost given": int(np.isfinite(found.series)[unlinked].sum()),
            "1 sigma": np.mean(z < 1), "> 3 sigma e-3": 1e3 * np.mean(z > 3),
            "velocity 1 sigma": np.mean(rate[complete & np.isfinite(rate)] < 1),
            "Mpp/CPU s": case.pixel_pairs / cpu / 1e6}


def lost_dates(case):
    """(components, dates, rows, columns) NaN where a pixel's date has no valid pair at all."""
    seen = np.zeros(case.truth.shape, bool)
    valid = np.isfinite(case.values).all(axis=0)
    for m, ends in enumerate(case.network.pairs):
        for end in ends:
            seen[:, end] |= valid[m]
    return np.where(seen, 0.0, np.nan)


def ours(case, learnt="given", settings=ROBUST):
    """Result and CPU seconds of our chain, learning included. learnt: sigma given, checked or unknown."""
    if learnt == "given":
        return resting(lambda: solve(case.network, case.values, case.weight, settings, noise_given(case)))

    def chain():
        noise, weight = noise_learnt(case, learnt == "checked", settings)
        return solve(case.network, case.values, weight, settings, noise)
    return timed(chain)


def cases(quick):
    """Lists of cases that are judged together: fields of smooth noise are few samples, so that several are drawn."""
    shape = (48, 60) if quick else (100, 120)
    seeds = 2 if quick else 5
    yield [simulate("40/120 dirty", shape, seed=1)]
    yield [simulate("40/120 dirty, seed 2", shape, seed=2)]
    yield [simulate("40/120 dirty, east and north", shape, components=2, seed=3)]
    yield [simulate("40/120 dirty, m / 100", shape, seed=4, scale=0.01)]
    yield [simulate("60/180 dirty", shape, dates=60, pairs=180, seed=5)]
    yield [simulate("120/360 dirty", shape, dates=120, pairs=360, seed=6)]
    yield [simulate("60, 3 nearest, dirty", shape, dates=60, nearest=3, seed=7)]
    yield [simulate("120, 3 nearest, dirty", shape, dates=120, nearest=3, seed=8)]
    yield [simulate("40/120 clean", shape, dirty=False, seed=9)]
    yield [simulate("40/120 dirty, noise smooth in space", shape, correlated=True, seed=20 + n) for n in range(seeds)]
    yield [simulate("40/120 dirty, noise of dates .2 m", shape, shared=0.2, seed=30 + n) for n in range(seeds)]
    yield [simulate("40/120 dirty, both", shape, shared=0.2, correlated=True, seed=40 + n) for n in range(seeds)]


def table(rows):
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        lines.append("| " + " | ".join(f"{v:.4g}" if isinstance(v, float) else str(v) for v in row.values()) + " |")
    return lines


def mean_row(name, rows):
    """Rows of several cases as one."""
    return {"sigma": name, **{k: v if isinstance(v, (str, int)) else float(np.mean([r[k] for r in rows]))
                              for k, v in rows[0].items()}, "lost given": sum(r["lost given"] for r in rows)}


def our_rows(quick):
    rows = []
    for group in cases(quick):
        bests = [best_possible(case) for case in group]
        shared = "dates" in group[0].name or "both" in group[0].name
        for learnt in ("checked", "unknown") if shared else ("given", "checked", "unknown"):
            rows.append(mean_row(learnt, [judge(case, best, *ours(case, learnt)) for case, best in zip(group, bests)]))
        if group[0].name.endswith("clean"):
            rows.append(mean_row("least squares", [judge(group[0], bests[0], *ours(group[0], "given", PLAIN))]))
    case, mask = with_features(simulate("features of 1 to 4 px", (48, 60) if quick else (100, 120), seed=12))
    best = best_possible(case)
    for name, settings in (("given", ROBUST), ("no neighbours", replace(ROBUST, neighbours=False))):
        rows.append(mean_row(name, [judge(case, best, *ours(case, "given", settings), mask)]))
    return rows


def growth_rows(quick):
    """Speed, memory and bandwidth by the number of dates, three pairs for each, and for a larger image."""
    rows, most = [], bandwidth()
    shape, large = ((48, 60), (96, 120)) if quick else ((100, 120), (300, 400))
    for dates in (40, 60, 120):
        for dirty in (True, False):
            case = simulate(f"{dates}/{3 * dates} {'dirty' if dirty else 'clean'}", shape, dates=dates,
                            pairs=3 * dates, seed=5, dirty=dirty)
            for name, settings in (("robust", ROBUST), ("least squares", PLAIN)):
                rows.append(growth_row(case, name, settings, most))
    case = simulate(f"40/120 dirty, {large[0]} x {large[1]} px", large, seed=5)
    rows.append(growth_row(case, "robust", ROBUST, most))
    rows.append(growth_row(case, "robust, noise learnt", ROBUST, most, "unknown"))
    return rows, most


def in_tiles(case, learnt, settings):
    """CPU seconds of our chain as `invert` runs it: a large image in tiles of MOST_WORK pixel-pairs, results let go."""
    parts = np.array_split(np.arange(case.values.shape[2]), int(np.ceil(case.pixel_pairs / MOST_WORK)))

    def chain():
        noise, weight = (noise_given(case), case.weight) if learnt == "given" else noise_learnt(
            case, learnt == "checked", settings)
        for rows in parts:
            solve(case.network, case.values[:, :, rows], weight[:, rows], settings, noise)
    return resting(chain)


def growth_row(case, name, settings, most, learnt="given"):
    (_, cpu), memory = needed(lambda: in_tiles(case, learnt, settings))
    pixels = case.truth[0, 0].size
    return {"case": case.name, "method": name, "Mpp/CPU s": case.pixel_pairs / cpu / 1e6,
            "us per pixel": 1e6 * cpu / pixels, "MiB": memory, "bytes per pixel": 2 ** 20 * memory / pixels,
            "% of bandwidth": 100 * traffic(case, settings is ROBUST) / most / cpu}


def where_rows(quick):
    """CPU time and least traffic of the steps of the robust chain, 120 pairs of 40 dates."""
    shape, most, rows = (96, 120) if quick else (200, 240), bandwidth(), []
    case = simulate("40/120 dirty", shape, seed=5)
    pixels, maps = case.truth[0, 0].size, len(case.values) * len(case.network.dates)
    inputs = len(case.network.pairs) * (len(case.values) + 1)
    steps = {"each pixel alone": (kernels, "start_kernel", inputs + maps),
             "medians of neighbours": (neighbours, "predict", 3.5 * maps),
             "neighbours' word, last solutions, sigmas": (refine, "finish_kernel", inputs + 5.5 * maps)}
    ours(case)  # whatever is compiled or cached
    for name, (module, function, values) in steps.items():
        cpu = min(_within(case, module, function) for _ in range(3))
        rows.append({"step": name, "us per pixel": 1e6 * cpu / pixels, "bytes per pixel": int(4 * values),
                     "% of bandwidth": 100 * 4 * values * pixels / most / cpu})
    return rows


def _within(case, module, name):
    """CPU seconds that one solution of the case spends in a function of a module."""
    function, spent = getattr(module, name), []

    def watched(*given):
        found, cpu = timed(lambda: function(*given))
        spent.append(cpu)
        return found
    setattr(module, name, watched)
    try:
        solve(case.network, case.values, case.weight, ROBUST, noise_given(case))
    finally:
        setattr(module, name, function)
    return sum(spent)


def growth(quick):
    rows, most = growth_rows(quick)
    return [f"A copy moves {most / 1e9:.1f} GB/s.", "", *table(rows)]


def where(quick):
    return ["Least number of bytes of each step over what a copy moves in the same time:", "", *table(where_rows(quick))]


def peers(quick):
    place = importlib.util.spec_from_file_location("inversion_peers", ROOT / "benchmarks" / "inversion_peers.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    rows, said = module.rows(quick)
    return [*table(rows), "", *said]


PARTS = {"ours": lambda quick: table(our_rows(quick)), "growth": growth, "where": where, "peers": peers}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="small images")
    arguments.add_argument("--parts", default="ours,growth,where,peers", help="which tables")
    arguments.add_argument("--write", help="write the tables to this file")
    chosen = arguments.parse_args()
    warnings.simplefilter("ignore")
    sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != ROOT / "benchmarks"]  # it hides the package click
    warm = simulate("warm", (12, 14), dates=8, pairs=16)
    _, cold = timed(lambda: ours(warm, "checked"))
    lines = [f"NumPy {np.__version__}, numba {numba_version() or 'none'}, Python {sys.version.split()[0]}; first run "
             f"of a small case (compilation or its cache): {cold:.1f} CPU s.", ""]
    for part in chosen.parts.split(","):
        lines += PARTS[part](chosen.quick) + [""]
        print("\n".join(lines), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines += [f"Peak memory of this process: {peak:.0f} MiB."]
    text = "\n".join(lines)
    print(lines[-1])
    if chosen.write:
        Path(chosen.write).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
