"""What matching owes to its parts, how its cost grows, and what it does at the ends: sub-pixel staircase, radar, a whole
scene by tile, cancel, a Dask cluster.

Run: ./run bench benchmarks/matching_more.py [--parts ablation growth staircase radar tile cluster] [--rows 1098]
"""
import argparse
import os
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import matching
import matching_data
import numpy as np
from scipy import ndimage
from terrain_motion.engine.compute import threads as work
from terrain_motion.engine.core.errors import Cancelled
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.pair import Pair
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.matching import confidence, correlation, leastsquares, pairs, rounds, runner, survey
from terrain_motion.engine.matching.evidence import Evidence
from terrain_motion.engine.matching.match import match_arrays
from terrain_motion.engine.matching.settings import METHODS, MatchSettings, PairRunSettings

TRANSFORM = (500000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0)


def judged(scene, found):
    """RMSE of all and of moving ground, share of valid pixels."""
    error = np.stack([found.rows - scene.down, found.columns - scene.right])
    part, good = matching.good_pixels(scene, found.rows, found.flag == Flag.VALID)
    return matching.rms(error[:, good]), matching.rms(error[:, good & scene.moving]), good.sum() / part.sum()


@contextmanager
def changed(module, name, value):
    """A module's constant with another value."""
    kept = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, kept)


def without_edges():
    modes = tuple((limit, replace(mode, jump=0.0, kink=0.0)) for limit, mode in survey._MODES)
    return changed(survey, "_MODES", modes)


def long_waves():
    modes = tuple((limit, replace(mode, high_pass=5.0)) for limit, mode in survey._MODES)
    return changed(survey, "_MODES", modes)


def from_zero():
    start = rounds._start

    def bare(*given):
        state = start(*given)
        state.p[:], state.q[:] = 0, 0
        return state
    return changed(rounds, "_start", bare)


#: What is taken away: (label, settings, context with other constants).
ABLATIONS = (
    ("all of it", {}, None), ("no regularisation (window of 21 px)", {"regularisation": 0.0}, None),
    ("no regularisation, window of 31 px", {"regularisation": 0.0, "window": 31}, None),
    ("half the regularisation", {"regularisation": 0.15}, None), ("window of 11 px", {"window": 11}, None),
    ("window of 31 px", {"window": 31}, None), ("no edges", {}, without_edges),
    ("a quarter of the iterations", {}, lambda: changed(rounds, "ALL", tuple(
        {cell: count // 4 for cell, count in plan.items()} for plan in rounds.ALL))),
    ("dual variables from zero on each grid", {}, from_zero),
    ("noise not told from texture", {}, lambda: changed(Evidence, "of_texture", lambda data, share, usual: data)),
    ("no regularisation on half size", {}, lambda: changed(correlation, "_SMOOTH_ROUNDS", 0)),
    ("errors that neighbours share not asked for", {}, lambda: changed(confidence, "shared", lambda distrust: 1.0)),
    ("wavelengths up to 5 px count", {}, long_waves),
    ("every pixel trusted as its noise says", {}, lambda: changed(leastsquares, "LEAST_DISTRUST", 0.02)),
    ("no second search", {}, lambda: changed(correlation, "_again", lambda s, level, down, right, *o: (down, right))),
    ("no look for change", {"detect_change": False}, None), ("no logarithm", {"logarithm": False}, None))


def ablation(data, show):
    """RMSE of scenes with one part of the method taken away."""
    images = dict(matching.textures(data, 384, []))
    for texture in ("land", "Yahtse E"):
        ablated(texture, images[texture], show)


def ablated(texture, image, show):
    """One table of it."""
    names = ("shift", "glacier", "step", "landslide")
    scenes = [matching_data.SCENES[n](n, image, np.random.default_rng(0)) for n in names]
    show(f"\n| {texture}, without | " + " | ".join(f"{n}: all, moving" for n in names[:-1])
         + " | landslide: all, moving, valid | step height |\n|" + "---|" * (len(names) + 2))
    for label, settings, context in ABLATIONS:
        cells, height = [], float("nan")
        for scene in scenes:
            with context() if context else changed(survey, "_MODES", survey._MODES):
                found = match_arrays(scene.reference, scene.secondary, settings=MatchSettings(**settings))
            all_of, moving, valid = judged(scene, found)
            cells.append(f"{all_of:.4f}" + ("" if scene.name == "shift" else f", {moving:.4f}")
                         + (f", {valid:.2f}" if scene.name == "landslide" else ""))
            if scene.name == "step":
                height = matching.step_height(found.columns, found.flag == Flag.VALID)
        show(f"| {label} | " + " | ".join(cells) + f" | {height:.3f} |")


def growth(show):
    """Cost by size and range, default method."""
    show("\n| size px | range px | CPU s/Mpx | wall s/Mpx | memory MB/Mpx |\n|---|---|---|---|---|")
    for size, reach in ((256, 16), (512, 16), (1024, 16), (512, 8), (512, 32), (512, 64), (512, 128)):
        images = [matching_data.fractal(size, 5)] * 2
        images[1] = images[0] * (1 + 0.01 * np.random.default_rng(1).standard_normal(images[0].shape))
        _, cost = matching.timed(match_arrays, *images, settings=MatchSettings(range=reach))
        mpx = size * size / 1e6
        show(f"| {size} | {reach} | {cost.cpu / mpx:.1f} | {cost.wall / mpx:.1f} | {cost.memory / mpx / 1e6:.0f} |")


def staircase(data, show):
    """Bias of constant shifts from 0 to 1 px: peak-locking would show as a wave."""
    image = dict(matching.textures(data, 256, []))["land"]
    show("\n| shift right px | " + " | ".join(label for _, label in METHODS) + " |\n|" + "---|" * (len(METHODS) + 1))
    fine = matching_data.finer(image)
    reference, nothing = matching_data.area_mean(fine), np.zeros(image.shape, np.float32)
    for shift in np.arange(0.0, 1.01, 0.1):
        secondary = matching_data.moved(fine, nothing, np.full(image.shape, shift, np.float32))
        found = [match_arrays(reference, secondary, settings=MatchSettings(method=m)).columns[12:-12, 12:-12]
                 for m, _ in METHODS]
        show(f"| {shift:.1f} | " + " | ".join(f"{np.nanmean(f) - shift:+.4f}" for f in found) + " |")


def speckle(scene, looks, coherence, rng):
    """The scene as radar amplitude: (reference, secondary). The coherent share of the speckle moves with the ground."""
    shape = scene.down.shape
    at = np.mgrid[:shape[0], :shape[1]].astype(float)
    start = at.copy()
    for _ in range(6):
        at = start - np.stack([ndimage.map_coordinates(d, at, order=1, mode="nearest") for d in (scene.down, scene.right)])

    def circular():
        return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / 2 ** 0.5

    power = np.zeros((2,) + shape)
    for _ in range(looks):
        ground = circular()
        carried = [ndimage.map_coordinates(part, at, order=5, mode="reflect") for part in (ground.real, ground.imag)]
        for k, common in enumerate((ground, carried[0] + 1j * carried[1])):
            power[k] += np.abs(coherence ** 0.5 * common + (1 - coherence) ** 0.5 * circular()) ** 2 / looks
    return [np.sqrt(np.maximum(image, 1e-9) * p) for image, p in zip((scene.reference, scene.secondary), power)]


def radar(data, show):
    """Amplitude with speckle over the glacier of scene B: RADAR on and off."""
    show("\n| texture | looks | coherence | settings | all | moving | valid | in 1 sigma |\n|" + "---|" * 8)
    images = {**dict(matching.textures(data, 384, [6]))}
    for name in ("hills", "fractal 6"):
        scene = matching_data.glacier(name, images[name], np.random.default_rng(1))
        for looks, coherence in ((4, 0.0), (1, 0.0), (1, 0.6)):
            amplitude = speckle(scene, looks, coherence, np.random.default_rng(2))
            for label, settings in (("RADAR, window 31", {"radar": True}), ("not told, window 31", {}),
                                    ("phase correlation, window 63", {"method": "phase", "window": 63})):
                found = match_arrays(*amplitude, settings=MatchSettings(**{"window": 31, **settings}))
                good = found.flag == Flag.VALID
                all_of, moving, valid = judged(scene, found)
                error = np.stack([found.rows - scene.down, found.columns - scene.right])[:, good]
                show(f"| {name} | {looks} | {coherence:g} | {label} | {all_of:.3f} | {moving:.3f} | {valid:.2f} | "
                     f"{np.mean(np.abs(error) < found.sigma[good]):.2f} |")


def _write(path, grid, values):
    with new_raster(path, grid, [Band("1")], dtype="uint16") as target:
        target.write({"1": values})
    return str(path)


def tile(show, rows):
    """A Sentinel-2 band, or a strip of it, by tile: memory and time of the whole; time from cancel to stop."""
    columns, part = 10980, matching_data.fractal(1098, 7)
    image = (np.tile(part, (-(-rows // 1098), 10))[:rows] * 10000).astype(np.uint16)
    noise = 1 + 0.01 * np.random.default_rng(3).standard_normal((1098, 1098))
    other = (ndimage.shift(part, (0.4, 1.7), order=3, mode="grid-wrap") * noise)
    other = (np.tile(other, (-(-rows // 1098), 10))[:rows] * 10000).astype(np.uint16)
    grid = Grid("EPSG:32632", TRANSFORM, columns, rows)
    with tempfile.TemporaryDirectory() as folder:
        paths = [_write(Path(folder) / name, grid, i) for name, i in (("a.tif", image), ("b.tif", other))]
        del image, other
        output = Path(folder) / "d.tif"
        _, cost = matching.timed(runner.run, *paths, MatchSettings(), output, threads=2)
        show(f"\n{columns} x {rows} px by tile, 2 threads: CPU {cost.cpu:.0f} s, wall {cost.wall:.0f} s, memory "
             f"{cost.memory / 1e9:.2f} GB.")
        waits = [_stopped_after(paths, output, delay) for delay in (2.0, 5.0, 9.0)]
        show("From cancel to stop: " + ", ".join(f"{w:.2f} s" for w in waits))


def _stopped_after(paths, output, delay):
    """Seconds from cancel to the end of a run that is cancelled after `delay` seconds."""
    stop = threading.Event()
    timer = threading.Timer(delay, stop.set)
    asked = []
    timer.start()
    try:
        runner.run(*paths, MatchSettings(), output, Progress(None, lambda: stop.is_set() and (asked.append(
            time.perf_counter()) or True)), threads=2)
    except Cancelled:
        return time.perf_counter() - asked[0]
    finally:
        timer.cancel()
    return float("nan")


def cluster(show):
    """The same pairs on this machine's threads and on two worker processes of a Dask cluster, compared to the bit."""
    try:
        from distributed import LocalCluster
    except ImportError:
        show("\nDask: the package distributed is not installed, NOT RUN")
        return
    grid = Grid("EPSG:32632", TRANSFORM, 192, 192)
    image = matching_data.fractal(192, 5)
    with tempfile.TemporaryDirectory() as folder:
        folder, days = Path(folder), [date(2020, 1, 1) + timedelta(10 * k) for k in range(4)]
        scenes = [_write(folder / f"s_{day:%Y%m%d}.tif", grid,
                         (1e4 * ndimage.shift(image, (0.3 * k, -0.4 * k), order=3, mode="grid-wrap")).astype(np.uint16))
                  for k, day in enumerate(days)]
        network = [Pair(scenes[i], scenes[j], days[i], days[j]) for i in range(4) for j in range(i + 1, 4)]
        here = pairs.run(network, PairRunSettings(), folder / "here")
        with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local:
            there = pairs.run(network, PairRunSettings(scheduler=local.scheduler_address), folder / "there")
            again = pairs.run(network, PairRunSettings(scheduler=local.scheduler_address), folder / "there")
        equal = all(_same(path, folder / "there" / "pairs" / path.name)
                    for path in sorted((folder / "here" / "pairs").glob("*.tif")))
        show(f"\nDask, local scheduler, two worker processes: {there.done} pairs matched ({here.done} on threads), every "
             f"band the same to the bit: {equal}; a second run matched {again.done} and found {again.reused} finished.")


def _same(first, second):
    with open_raster(first) as a, open_raster(second) as b:
        return all(np.array_equal(a.read(band), b.read(band), equal_nan=True) for band in a.bands)


def main():
    default = os.environ.get("TERRAIN_MOTION_DATA", str(Path(__file__).resolve().parents[2] / "shared" / "data"))
    names = ("ablation", "growth", "staircase", "radar", "tile", "cluster")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="*", default=names, choices=names)
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--rows", type=int, default=1098, help="of the strip that is matched by tile")
    options = parser.parse_args()

    def show(line):
        print(line, flush=True)

    warm = matching_data.fractal(96, 1)
    for method, _ in METHODS:
        match_arrays(warm, warm, settings=MatchSettings(method=method))  # compile
    show(f"{work.workers()} cores")
    data = options.data
    parts = {"ablation": lambda: ablation(data, show), "growth": lambda: growth(show),
             "staircase": lambda: staircase(data, show), "radar": lambda: radar(data, show),
             "tile": lambda: tile(show, options.rows), "cluster": lambda: cluster(show)}
    for part in options.parts:
        parts[part]()


if __name__ == "__main__":
    main()
