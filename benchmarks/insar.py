"""Accuracy of the InSAR service on simulated HyP3 products of a glacier area, and what each correction gives.

Run: ./run bench benchmarks/insar.py [--size 256] [--dates 38] [--seeds 1 2 3] [--only NAME] [--clean]
Prints a table (Markdown) with errors in mm/yr: RMSE on stable and on moving ground, share within one sigma.
"""
import argparse
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar.correction_settings import TroposphereSettings
from terrain_motion.engine.insar.settings import SelectSettings
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.stable import StableGround
from terrain_motion.engine.io.warp import read_on
from terrain_motion.engine.scenes.interferograms import simulate
from terrain_motion.engine.scenes.interferograms.settings import SimulateInterferogramsSettings
from terrain_motion.engine.workflows import insar
from terrain_motion.engine.workflows.insar_settings import INSAR, NETWORK

HEADER = ("| seed | chain | east stable | moving | up stable | moving | east in 1 sigma, stable | moving | up, stable "
          "| moving | both | valid | s |\n|" + "---|" * 13)

#: name -> (settings, stable ground is given)
CHAINS = {
    "defaults": (INSAR, True),
    "30 days (Xu)": (replace(INSAR, selection=SelectSettings()), True),
    "interferograms of noise kept": (replace(INSAR, selection=replace(NETWORK, min_coherence=0.0)), True),
    "the same, least squares": (replace(INSAR, selection=replace(NETWORK, min_coherence=0.0), inversion=InvertSettings(
        weights="none", robust="none"), closing=replace(INSAR.closing, correct=False, mask=False)), True),
    "loops not looked at": (replace(INSAR, closing=replace(INSAR.closing, correct=False, mask=False)), True),
    "the same, least squares (coherence kept)": (replace(INSAR, closing=replace(INSAR.closing, correct=False, mask=False),
                                                         inversion=InvertSettings(weights="none", robust="none")), True),
    "elevation only": (replace(INSAR, atmosphere=TroposphereSettings(turbulence=False)), True),
    "elevation only, no stable ground": (INSAR, False),
    "every pair alike": (replace(INSAR, inversion=InvertSettings(weights="none", robust="none")), True),
}


def errors(found, truth, mask, bands):
    """{band: (errors in mm/yr, sigmas in mm/yr)} on a mask, finite ones."""
    with open_raster(found) as a, open_raster(truth) as b:
        inside = mask.mask(a.grid)
        valid = np.isfinite(a.read(bands[0]))
        made = {}
        for band in bands:
            error = 1000.0 * (a.read(band) - read_on(b, band, a.grid))
            sigma = 1000.0 * a.read(band.replace("velocity", "sigma"))
            use = inside & np.isfinite(error)
            made[band] = error[use], sigma[use]
    return made, float(valid.mean())


def measure(sample, settings, given, output):
    stable = StableGround.from_file(sample.stable)
    start = time.process_time()
    made = insar.run(sample.folders["ascending"], sample.folders["descending"], settings, output, Progress(),
                     stable if given else None)
    return made.velocity, time.process_time() - start


def row(sample, velocity):
    bands = ("velocity_east", "velocity_up")
    stable, moving = StableGround.from_file(sample.stable), StableGround.from_file(sample.glaciers)
    on_stable, valid = errors(velocity, sample.truth, stable, bands)
    on_moving, _ = errors(velocity, sample.truth, moving, bands)
    rmse = [f"{np.sqrt(np.mean(ground[band][0] ** 2)):.2f}" for band in bands for ground in (on_stable, on_moving)]
    inside = [np.abs(ground[band][0]) < ground[band][1] for band in bands for ground in (on_stable, on_moving)]
    return [*rmse, *(f"{i.mean():.2f}" for i in inside), f"{np.concatenate(inside).mean():.2f}", f"{valid:.2f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--dates", type=int, default=38)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--only", default="")
    parser.add_argument("--clean", action="store_true")
    given = parser.parse_args()
    print(HEADER)
    with tempfile.TemporaryDirectory() as work:
        for seed in given.seeds:
            chosen = SimulateInterferogramsSettings(size=given.size, dates=given.dates, seed=seed, clean=given.clean)
            sample = simulate.run(chosen, Path(work) / f"sample{seed}")
            for name, (settings, stable) in CHAINS.items():
                if given.only and given.only not in name:
                    continue
                output = Path(work) / "result"
                velocity, seconds = measure(sample, settings, stable, output)
                print(f"| {seed} | {name} | " + " | ".join([*row(sample, velocity), f"{seconds:.0f}"]) + " |", flush=True)
                shutil.rmtree(output)


if __name__ == "__main__":
    main()
