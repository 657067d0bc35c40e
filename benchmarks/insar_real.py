"""Decomposition and ERA5 against known numbers: the North Anatolian Fault's GNSS, and the delays of PyAPS.

    benchmarks/insar_real.py [--data FOLDER] [--pyaps FOLDER --python PYTHON]

--data: with the folder naf. --pyaps: tests/data of the source package of pyaps3 0.3.7; --python: a Python that can import
pyaps3. Prints Markdown tables.
"""
import argparse
import importlib.util
import os
import subprocess
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("headless", ROOT / "tools" / "headless.py")
headless = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headless)
headless.import_root()

import numpy as np  # noqa: E402

from terrain_motion.engine.core.grid import Grid  # noqa: E402
from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.core.stack import PairEntry, StackManifest  # noqa: E402
from terrain_motion.engine.insar import decompose, troposphere  # noqa: E402
from terrain_motion.engine.insar.correction_settings import DecomposeSettings, TroposphereSettings  # noqa: E402
from terrain_motion.engine.insar.decompose import KnownMotion  # noqa: E402
from terrain_motion.engine.io.displacement import new_displacement  # noqa: E402
from terrain_motion.engine.io.manifests import write_stack  # noqa: E402
from terrain_motion.engine.io.raster import Band, new_raster, open_raster  # noqa: E402
from terrain_motion.engine.io.warp import read_on  # noqa: E402

FRAMES = ("014A_04939_131313", "087A_04904_121313", "094D_04913_101213", "167D_04884_131212")
DATES = (date(2010, 10, 17), date(2011, 1, 17))
INCIDENCE = 39.0  # degrees
GRID = Grid("EPSG:4326", (130.3, 0.01, 0.0, 32.6, 0.0, -0.01), 90, 130)
#: Runs in the other Python. The second pass enters each sum of the wet delay at its own layer.
PYAPS = """
import sys, types, numpy, pyaps3, pyaps3.processor as processor
from scipy import integrate
given = numpy.load(sys.argv[1])
made = {}
for name in ("released", "entered right"):
    if name != "released":
        right = lambda y, x, axis: integrate.cumulative_trapezoid(y, x=x, axis=axis, initial=0)[..., :-1]
        processor.intg = types.SimpleNamespace(cumulative_trapezoid=right)
    made[name] = [pyaps3.PyAPS(file, dem=given["height"], inc=float(given["incidence"]), lat=given["latitude"],
                               lon=given["longitude"], grib="ERA5", verb=False).getdelay() for file in sys.argv[3:]]
numpy.savez(sys.argv[2], **made)
"""


def fault(data: Path, folder: Path) -> None:
    """East velocity of four frames minus GNSS, for each way of tying them."""
    known = KnownMotion(*(str(data / "naf" / "GNSS" / f"gnss_interp_{part}.tif") for part in "EN"))
    looks = [data / "naf" / frame / "vel.geo.tif" for frame in FRAMES]
    print("| tie | pixels | mean | standard deviation | median | looks differ, sigmas |\n|---|---|---|---|---|---|")
    for tie in ("constant", "plane", "quadratic", "waves", "auto"):
        made = decompose.run(looks, DecomposeSettings(tie=tie), folder / "naf.tif", Progress(), known)
        with open_raster(made.velocity) as found, open_raster(known.east) as gnss:
            rest = 1000.0 * found.read("velocity_east") - read_on(gnss, 1, found.grid)
        rest = rest[np.isfinite(rest)]
        misfit = next((note.split("by ")[1].split(" ")[0] for note in made.notes if "looks meet" in note), "")
        print(f"| {tie} | {rest.size} | {rest.mean():+.2f} | {rest.std():.2f} | {np.median(rest):+.2f} | {misfit} |")


def weather(samples: Path, python: str, folder: Path) -> None:
    """Change of the zenith delay that the algorithm finds between two dates, against that of PyAPS, mm."""
    y, x = np.mgrid[0:GRID.height, 0:GRID.width]
    height = 1500.0 * np.sin(np.pi * y / GRID.height) + 1200.0 * (1.0 + np.sin(x / 7.0)) * (x > 10) * 0.6
    files = [next((samples / "ERA5").glob(f"*{day:%Y%m%d}*.grb")) for day in DATES]
    np.savez(folder / "given.npz", height=height, incidence=INCIDENCE, latitude=GRID.transform[3] - 0.01 * (y + 0.5),
             longitude=GRID.transform[0] + 0.01 * (x + 0.5))
    subprocess.run([python, "-c", PYAPS, str(folder / "given.npz"), str(folder / "pyaps.npz"), *map(str, files)], check=True,
                   stdout=subprocess.DEVNULL)
    stack = flat_stack(folder / "stack", height)
    theirs = np.load(folder / "pyaps.npz")
    print("| PyAPS 0.3.7 | here | mean | standard deviation | largest | its range |\n|---|---|---|---|---|---|")
    for name, as_pyaps in (("released", True), ("entered right", False), ("released", False)):
        settings = TroposphereSettings(method="era5", refuse=False, time="14:00", as_pyaps=as_pyaps)
        made = troposphere.run(stack, settings, folder / f"out{as_pyaps}", Progress(), samples / "ERA5")
        ours = 0.0
        for day, sign in zip(DATES, (-1.0, 1.0)):
            with open_raster(made.stack.stack.parent / troposphere.FOLDER / f"{day:%Y%m%d}.tif") as raster:
                ours = ours + sign * raster.read("delay")
        zenith = np.cos(np.radians(INCIDENCE))
        change = (theirs[name][1] - theirs[name][0]) * zenith
        rest = 1000.0 * (ours * zenith - change)
        print(f"| {name} | {'as PyAPS' if as_pyaps else 'default'} | {rest.mean():+.2f} | {rest.std():.2f} | "
              f"{np.abs(rest).max():.2f} | {1000.0 * np.ptp(change):.1f} |")


def flat_stack(folder: Path, height: np.ndarray) -> Path:
    """A stack of one interferogram that shows nothing."""
    (folder / "pairs").mkdir(parents=True)
    file = f"pairs/{DATES[0]:%Y%m%d}_{DATES[1]:%Y%m%d}.tif"
    with new_displacement(folder / file, GRID, ("los",), "coherence", *DATES) as target:
        target.write({name: np.full(height.shape, value, np.float32)
                      for name, value in (("los", 0.0), ("coherence", 0.9), ("sigma", 0.001), ("flag", 0.0))})
    up = np.cos(np.radians(INCIDENCE))
    look = {"look_east": -np.sqrt(1.0 - up ** 2), "look_north": 0.0, "look_up": up}
    with new_raster(folder / "geometry.tif", GRID, [*map(Band, look), Band("elevation", "m")]) as target:
        target.write({**{name: np.full(height.shape, value, np.float32) for name, value in look.items()},
                      "elevation": height.astype(np.float32)})
    return write_stack(folder, StackManifest("insar", ("los",), GRID, (PairEntry(*DATES, file),), "coherence",
                                             "geometry.tif", (), {}))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("TERRAIN_MOTION_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--pyaps", type=Path)
    parser.add_argument("--python")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if (Path(given.data) / "naf").is_dir():
            fault(Path(given.data), Path(work))
        if given.pyaps and given.python:
            weather(given.pyaps, given.python, Path(work))


if __name__ == "__main__":
    main()
