"""Stripes and jitter on one field beside pystripe, which Provost et al. (2022) adapted: error against the known motion.

    benchmarks/destripe.py        (pystripe from PyPI beside, with its own dependencies; without it only our rows)

Field: 512 x 512 px of 10 m, an oblique strike-slip fault of 1.6 m that ends inside, matching noise 0.3 m, six detectors
with shifts of 0.2 to 0.5 m along a track of 194 degrees, jitter of 1 m amplitude and 1880 m wavelength. pystripe gets
the field turned into the track, once for stripes (its streaks) and once turned by 90 degrees for jitter, and the best of
several of its bandwidths and depths, chosen with the truth in hand; its default depth ends at 64 px, a third of the wave.

Second table: the same field with a ramp as well, after each correction, and what all of them do to a field without any
error. The kept step is the part of the true motion within 300 m of the fault that is left, by least squares.
"""
import importlib.util
import itertools
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("headless", ROOT / "tools" / "headless.py")
headless = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headless)
headless.import_root()

from scipy import ndimage  # noqa: E402

from terrain_motion.engine.core.grid import Grid  # noqa: E402
from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.correction import destripe, jitter, sequence  # noqa: E402
from terrain_motion.engine.correction.settings import (CorrectSettings, DestripeSettings,  # noqa: E402
                                                       JitterSettings)
from terrain_motion.engine.io.displacement import new_displacement, open_displacement  # noqa: E402

SIZE, PIXEL, TRACK = 512, 10.0, 194.0
BANDWIDTHS, DEPTHS = (2, 10, 40, 160, 500), (0, 7, 8)  # px; levels, 0 = its default
LIFT = 100.0  # m: pystripe takes logarithms of positive values; over 1 m that is a straight line


def field():
    """(motion, noise, stripes, waves), (rows, columns) m, east."""
    rows, columns = np.indices((SIZE, SIZE))
    east, north = PIXEL * (columns + 0.5 - SIZE / 2), -PIXEL * (rows + 0.5 - SIZE / 2)
    a = np.radians(TRACK)
    along, across = east * np.sin(a) + north * np.cos(a), east * np.cos(a) - north * np.sin(a)
    reach = np.clip(1.0 - np.hypot(east, north) / 1800.0, 0, 1)
    motion = (1.6 * np.arctan2(60.0, north - 0.4 * east) / np.pi - 0.8) * reach
    shifts = np.array([0.3, -0.4, 0.5, -0.2, 0.4, -0.3])
    stripes = shifts[np.clip(np.floor(across / 1200.0 + 3), 0, 5).astype(int)]
    noise = np.random.default_rng(30).normal(0, 0.3, (SIZE, SIZE))
    return motion, noise, stripes, np.sin(2 * np.pi * along / 1880.0 + 1)


RAMP = 1.2     # m, from the south-west to the north-east corner
NEAR = 300.0   # m on both sides of the fault


def write(values, folder: Path) -> Path:
    """The field as the east component of a displacement, with noise alone to the north."""
    source = folder / "in.tif"
    grid = Grid("EPSG:32632", (400000.0, PIXEL, 0.0, 5100000.0, 0.0, -PIXEL), SIZE, SIZE)
    blank = np.zeros((SIZE, SIZE), np.float32)
    noise = np.random.default_rng(31).normal(0, 0.3, (SIZE, SIZE)).astype(np.float32)
    with new_displacement(source, grid) as writer:
        writer.write({"east": values.astype(np.float32), "north": noise, "correlation": blank + 0.9,
                      "sigma": blank + np.nan, "flag": blank})
    return source


def ours(values, chosen: str, folder: Path):
    """The corrected field."""
    source, target = write(values, folder), folder / "out.tif"
    quiet = Progress()
    if chosen == "stripes":
        destripe.run(source, DestripeSettings(), target, quiet)
    elif chosen == "jitter":
        jitter.run(source, JitterSettings(), target, quiet)
    else:
        sequence.correct(source, CorrectSettings(destripe=True, jitter=True, reference=False), target, quiet)
    with open_displacement(target) as reader:
        return reader.read("east")


def beside(values, chosen: str, truth):
    """The best that pystripe's filter does, turned into the track; None without it."""
    try:
        from pystripe.core import filter_subband
    except ImportError:
        return None
    turned = TRACK - 180.0
    made = []
    for bandwidth, depth in itertools.product(BANDWIDTHS, DEPTHS):
        found = ndimage.rotate(values, turned, reshape=False, mode="nearest", order=3)
        for name, turn in (("stripes", 1), ("jitter", 0)):  # its streaks lie along the rows
            if chosen in (name, "both"):
                found = np.rot90(filter_subband(np.rot90(found, turn) + LIFT, bandwidth, depth, "db5") - LIFT, -turn)
        made.append(ndimage.rotate(found, -turned, reshape=False, mode="nearest", order=3))
    return min(made, key=lambda one: inner_rmse(one, truth))


def inner_rmse(found, truth) -> float:
    """m, without the level and without the corners, which a turned image lacks."""
    inside = (slice(SIZE // 8, -SIZE // 8),) * 2
    error = (found - truth)[inside]
    return float(np.sqrt(np.mean((error - error.mean()) ** 2)))


STEPS = {"ramp": dict(), "ramp, stripes": dict(destripe=True), "ramp, jitter": dict(jitter=True),
         "ramp, stripes, jitter": dict(destripe=True, jitter=True)}


def corrected(values, chosen: str, folder: Path):
    """The field after some of the corrections, as the earthquake service makes them."""
    target = folder / "out.tif"
    sequence.correct(write(values, folder), CorrectSettings(reference=False, **STEPS[chosen]), target, Progress())
    with open_displacement(target) as reader:
        return reader.read("east")


def each_step() -> None:
    """Error and kept step of the fault after each correction, with all errors in the field and without any."""
    motion, noise, stripes, waves = field()
    rows, columns = np.indices((SIZE, SIZE))
    ramp = RAMP * (columns - rows) / (2.0 * SIZE)
    east, north = PIXEL * (columns + 0.5 - SIZE / 2), -PIXEL * (rows + 0.5 - SIZE / 2)
    near = (np.abs(north - 0.4 * east) / np.hypot(1.0, 0.4) < NEAR) & (np.abs(motion) > 0)
    print("\n| field | removed | error, m | error, px | step kept |\n|---|---|---|---|---|")
    for name, wrong in (("ramp, stripes, jitter", ramp + stripes + waves), ("no error", 0.0 * ramp)):
        for chosen in ("nothing", *STEPS):
            with tempfile.TemporaryDirectory() as folder:
                found = motion + noise + wrong
                if chosen != "nothing":
                    found = corrected(found, chosen, Path(folder))
            error = found - motion - noise
            error = error - error.mean()
            kept = 1.0 + (error[near] - error[near].mean()) @ motion[near] / (motion[near] @ motion[near])
            print(f"| {name} | {chosen} | {error.std():.3f} | {error.std() / PIXEL:.4f} | {kept:.3f} |", flush=True)


def main() -> None:
    motion, noise, stripes, waves = field()
    print("| errors in the field | before, m | here, m | pystripe at its best, m |\n|---|---|---|---|")
    for chosen, wrong in (("stripes", stripes), ("jitter", waves), ("both", stripes + waves)):
        values, truth = motion + noise + wrong, motion + noise
        with tempfile.TemporaryDirectory() as folder:
            mine = ours(values, chosen, Path(folder))
        other = beside(values, chosen, truth)
        shown = "not installed" if other is None else f"{inner_rmse(other, truth):.3f}"
        print(f"| {chosen} | {inner_rmse(values, truth):.3f} | {inner_rmse(mine, truth):.3f} | {shown} |", flush=True)
    each_step()


if __name__ == "__main__":
    sys.exit(main())
