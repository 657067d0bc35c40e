"""Accuracy of the InSAR service on simulated HyP3 products of a glacier area, and what each correction gives.

    benchmarks/insar.py [--size 256] [--dates 38] [--seeds 1 2 3] [--only NAMES] [--clean] [--series] [--work FOLDER]

Prints a table (Markdown) with errors in mm/yr: RMSE on stable and on moving ground, share within one sigma.
"""
import argparse
import importlib.util
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("headless", ROOT / "tools" / "headless.py")
headless = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headless)
headless.import_root()

import numpy as np  # noqa: E402

from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.insar import decompose, demerror, filterseries  # noqa: E402
from terrain_motion.engine.insar.correction_settings import (DemErrorSettings, FilterSeriesSettings,  # noqa: E402
                                                             TroposphereSettings)
from terrain_motion.engine.insar.settings import SelectSettings  # noqa: E402
from terrain_motion.engine.inversion import invert  # noqa: E402
from terrain_motion.engine.inversion.settings import InvertSettings  # noqa: E402
from terrain_motion.engine.io.raster import open_raster  # noqa: E402
from terrain_motion.engine.io.stable import StableGround  # noqa: E402
from terrain_motion.engine.io.warp import read_on  # noqa: E402
from terrain_motion.engine.scenes.interferograms import simulate  # noqa: E402
from terrain_motion.engine.scenes.interferograms.settings import SimulateInterferogramsSettings  # noqa: E402
from terrain_motion.engine.workflows import insar  # noqa: E402
from terrain_motion.engine.workflows.insar_settings import INSAR, NETWORK  # noqa: E402

HEADER = ("| seed | chain | east stable | moving | up stable | moving | east in 1 sigma, stable | moving | up, stable "
          "| moving | both | valid | s |\n|" + "---|" * 13)
TRACKS = ("ascending", "descending")
BANDS = ("velocity_east", "velocity_up")
SQUARES = InvertSettings(weights="none", robust="none")
UNCHECKED = replace(INSAR.closing, correct=False, mask=False)
KEPT = replace(NETWORK, min_coherence=0.0)
ELEVATION = TroposphereSettings(turbulence=False)

#: name -> (settings, stable ground is given)
CHAINS = {
    "defaults": (INSAR, True),
    "30 days (Xu)": (replace(INSAR, selection=SelectSettings()), True),
    "loops not looked at": (replace(INSAR, closing=UNCHECKED), True),
    "elevation only": (replace(INSAR, atmosphere=ELEVATION), True),
    "elevation only, no stable ground given": (INSAR, False),
    "every pair alike": (replace(INSAR, inversion=SQUARES), True),
    "noise kept": (replace(INSAR, selection=KEPT), True),
    "noise kept, loops not looked at": (replace(INSAR, selection=KEPT, closing=UNCHECKED), True),
    "plain: elevation only, no loops, every pair alike": (
        replace(INSAR, atmosphere=ELEVATION, closing=UNCHECKED, inversion=SQUARES), True),
    "plain, noise kept": (
        replace(INSAR, selection=KEPT, atmosphere=ELEVATION, closing=UNCHECKED, inversion=SQUARES), True),
}


def left_in(run: Path, output: Path, stable) -> list:
    """Series of the stacks as they were before the correction of the atmosphere."""
    return [invert.run(run / track / insar.REFERENCED, INSAR.inversion, output / track, Progress(), stable=stable).series
            for track in TRACKS]


def filtered(run: Path, output: Path, _stable) -> list:
    return [filterseries.run(run / track / insar.SERIES, FilterSeriesSettings(), output / track, Progress()).series
            for track in TRACKS]


def without_dem_error(run: Path, output: Path, _stable) -> list:
    return [demerror.run(run / track / insar.SERIES, DemErrorSettings(), output / track, Progress()).series
            for track in TRACKS]


#: What is made from the result of the defaults: name -> (folder of the run, output, stable ground) -> series
AFTER = {"atmosphere left in": left_in, "defaults, then filterseries": filtered,
         "defaults, then demerror": without_dem_error}


def errors(found, truth, mask):
    """{band: (errors in mm/yr, sigmas in mm/yr)} on a mask, finite ones; share of the pixels with a value."""
    with open_raster(found) as a, open_raster(truth) as b:
        inside = mask.mask(a.grid)
        valid = np.isfinite(a.read(BANDS[0]))
        made = {}
        for band in BANDS:
            error = 1000.0 * (a.read(band) - read_on(b, band, a.grid))
            sigma = 1000.0 * a.read(band.replace("velocity", "sigma"))
            use = inside & np.isfinite(error)
            made[band] = error[use], sigma[use]
    return made, float(valid.mean())


def row(sample, velocity, clean: bool):
    """Cells of the table for an east and up velocity; the largest errors instead of their squares' mean where clean."""
    size = (lambda e: f"{np.abs(e).max():.4f}") if clean else (lambda e: f"{np.sqrt(np.mean(e ** 2)):.2f}")
    on_stable, valid = errors(velocity, sample.truth, StableGround.from_file(sample.stable))
    on_moving, _ = errors(velocity, sample.truth, StableGround.from_file(sample.glaciers))
    grounds = [ground[band] for band in BANDS for ground in (on_stable, on_moving)]
    inside = [np.abs(error) < sigma for error, sigma in grounds]
    return [*(size(error) for error, _ in grounds), *(f"{i.mean():.2f}" for i in inside),
            f"{np.concatenate(inside).mean():.2f}", f"{valid:.2f}"]


def date_row(sample, series):
    """RMSE (mm) of the displacement of all dates of both tracks, on stable and on moving ground."""
    rest = {True: [], False: []}
    for track, manifest in series.items():
        still = StableGround.from_file(sample.stable)
        with open_raster(manifest.parent / "los.tif") as found, open_raster(sample.truths[track].parent / "los.tif") as true:
            moving = StableGround.from_file(sample.glaciers).mask(found.grid)
            dates = [name for name in found.bands if true.has(name)][1:]
            for name in dates:
                error = 1000.0 * (found.read(name) - read_on(true, name, found.grid))
                for ground, mask in ((True, still.mask(found.grid)), (False, moving)):
                    rest[ground].append(error[mask & np.isfinite(error)])
    return [f"{np.sqrt(np.mean(np.concatenate(rest[ground]) ** 2)):.1f}" for ground in (True, False)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--dates", type=int, default=38)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--only", nargs="*", default=[], help="names of rows")
    parser.add_argument("--clean", action="store_true")
    parser.add_argument("--series", action="store_true", help="errors of the dates, in mm, behind each row")
    parser.add_argument("--work", type=Path, help="folder for samples and results, which stay")
    given = parser.parse_args()
    print(HEADER)
    with tempfile.TemporaryDirectory() as temporary:
        for seed in given.seeds:
            chosen = SimulateInterferogramsSettings(size=given.size, dates=given.dates, seed=seed, clean=given.clean)
            folder = (given.work or Path(temporary)) / f"seed{seed}{'c' * given.clean}"
            sample = simulate.run(chosen, folder / "sample")
            one_seed(sample, folder, given)


def one_seed(sample, folder: Path, given) -> None:
    stable = StableGround.from_file(sample.stable)
    asked = [name for name in (*CHAINS, *AFTER) if not given.only or name in given.only]

    def tell(name, velocity, seconds, series):
        cells = [folder.name[4:], name, *row(sample, velocity, given.clean), f"{seconds:.0f}"]
        cells += date_row(sample, series) if given.series else []
        print("| " + " | ".join(cells) + " |", flush=True)

    for name, (settings, known) in CHAINS.items():
        if name not in asked and not (name == "defaults" and set(asked) & set(AFTER)):
            continue
        output = folder / ("defaults" if name == "defaults" else "other")
        shutil.rmtree(output, ignore_errors=True)
        start = time.process_time()
        made = insar.run(*(sample.folders[track] for track in TRACKS), settings, output, Progress(),
                         stable if known else None)
        tell(name, made.velocity, time.process_time() - start, made.series)
    for name in [n for n in AFTER if n in asked]:
        output = folder / "after"
        shutil.rmtree(output, ignore_errors=True)
        start = time.process_time()
        series = AFTER[name](folder / "defaults", output, stable)
        made = decompose.run(series, INSAR.decomposition, output / "velocity.tif", Progress())
        tell(name, made.velocity, time.process_time() - start, dict(zip(TRACKS, series)))


if __name__ == "__main__":
    main()
