"""The inversion of a large stack: memory, speed, cancel and resume. Needs GDAL and room for the outputs.

    python benchmarks/inversion_scale.py --folder FOLDER [--size 5490] [--pairs 300] [--dates 80] [--minutes 10]

Pairs are links to a few files of noise with gaps and wrong values (still ground), so that making them is quick and
reading them costs what reading real pairs costs. The run is cancelled after the minutes, then goes on for half
as long or to its end. Everything in FOLDER is removed afterwards unless --keep is given; kept pairs are used again.
"""
import argparse
import os
import resource
import shutil
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import inversion as simulated  # noqa: E402  (makes the repository importable)
from terrain_motion.engine.core.errors import Cancelled  # noqa: E402
from terrain_motion.engine.core.grid import Grid  # noqa: E402
from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.core.stack import PairEntry, StackManifest  # noqa: E402
from terrain_motion.engine.inversion import invert  # noqa: E402
from terrain_motion.engine.inversion.settings import InvertSettings  # noqa: E402
from terrain_motion.engine.io.displacement import new_displacement  # noqa: E402
from terrain_motion.engine.io.manifests import write_stack  # noqa: E402

FILES = 6  # different files that the pairs link to
SIGMA = 0.3  # m


def noise_file(path, grid, seed):
    """A displacement of still ground: 10 % gaps, a block without data, 3 % wrong values."""
    rng = np.random.default_rng(seed)
    with new_displacement(path, grid) as target:
        for row in range(0, grid.height, 256):
            rows = min(256, grid.height - row)
            shape = (rows, grid.width)
            gap = rng.random(shape) < 0.1
            gap[:, :grid.width // 8] |= row < grid.height // 4
            wrong = np.where(rng.random(shape) < 0.03, 20 * SIGMA, 0.0)
            values = {name: np.where(gap, np.nan, SIGMA * rng.standard_normal(shape, np.float32) + wrong)
                      for name in ("east", "north")}
            values["correlation"] = np.where(gap, np.nan, 0.8)
            values["sigma"] = np.where(gap, np.nan, SIGMA)
            values["flag"] = gap.astype(np.float32)
            target.write({n: v.astype(np.float32) for n, v in values.items()},
                         grid.window.__class__(row, 0, rows, grid.width))


def make_stack(folder, size, pairs, dates):
    grid = Grid("EPSG:32632", (600000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), size, size)
    if (folder / "stack.json").exists():
        return folder, grid
    (folder / "pairs").mkdir(parents=True)
    sources = [folder / f"noise{n}.tif" for n in range(FILES)]
    for n, source in enumerate(sources):
        noise_file(source, grid, n)
    days, ends = simulated.optical_pairs(np.random.default_rng(1), dates, pairs)
    entries = []
    for n, (a, b) in enumerate(ends):
        first, second = (date(2018, 1, 1) + timedelta(int(days[k])) for k in (a, b))
        file = f"pairs/{first:%Y%m%d}_{second:%Y%m%d}.tif"
        os.symlink(sources[n % FILES], folder / file)
        entries.append(PairEntry(first, second, file))
    write_stack(folder, StackManifest("optical", ("east", "north"), grid, tuple(entries)))
    return folder, grid


class Watch:
    """Largest memory of this process while it runs, MiB, sampled; phases by the first message of each."""

    def __init__(self):
        self.peak, self.phases, self._end = 0.0, {}, threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self):
        while not self._end.wait(0.5):
            self.peak = max(self.peak, now_mib())

    def report(self, fraction, message):
        name = "tiles" if message.startswith("Inverted") else message
        began, _, first = self.phases.get(name, (time.monotonic(), 0, fraction))
        self.phases[name] = (began, time.monotonic(), first)
        self.last, self.message = fraction, message

    def stop(self):
        self._end.set()


def now_mib():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2 ** 20


def one_run(stack, output, minutes, label):
    """Run for some minutes; says what happened."""
    watch, began, cpu, asked = Watch(), time.monotonic(), time.process_time(), []

    def stop():
        if time.monotonic() - began > 60 * minutes:
            asked.append(time.monotonic())
            return True
        return False
    kept = None
    try:
        kept = invert.run(stack, InvertSettings(), output, Progress(watch.report, stop)).kept
        end = "finished"
    except Cancelled:
        end = f"cancelled, {time.monotonic() - asked[0]:.1f} s until it returned"
    watch.stop()
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    print(f"{label}: {end}; {seconds:.0f} s, {cpu:.0f} CPU s ({cpu / seconds:.2f} cores); memory {watch.peak:.0f} MiB; "
          f"'{watch.message}'" + (f"; {kept} tiles kept" if kept is not None else ""), flush=True)
    for name, (first, last, _) in watch.phases.items():
        print(f"    {name}: {last - first:.0f} s", flush=True)
    return watch


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--folder", type=Path, required=True)
    for name, value in (("size", 5490), ("pairs", 300), ("dates", 80)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--keep", action="store_true", help="leave the pairs for another run")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    try:
        began = time.monotonic()
        stack, grid = make_stack(chosen.folder / "stack", chosen.size, chosen.pairs, chosen.dates)
        print(f"{chosen.pairs} pairs of {chosen.dates} dates, {grid.width} x {grid.height} px, made in "
              f"{time.monotonic() - began:.0f} s; memory before {now_mib():.0f} MiB", flush=True)
        one_run(stack, chosen.folder / "out", chosen.minutes, "first run")
        one_run(stack, chosen.folder / "out", chosen.minutes / 2, "second run")
        print(f"peak of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    finally:
        shutil.rmtree(chosen.folder / "out" if chosen.keep else chosen.folder)


if __name__ == "__main__":
    main()
