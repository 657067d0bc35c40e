"""Import, reference and inversion of interferograms against known numbers.

    benchmarks/interferograms.py [--data FOLDER] [--size 256]

Mexico City (30 interferograms, as original files and in the HyP3 arrangement), PyRate's 17 interferograms, simulated
products without errors, and, where MintPy is installed, the same products through MintPy's own programs. Prints the rows
of Markdown tables.
"""
import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("headless", ROOT / "tools" / "headless.py")
headless = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headless)
headless.import_root()

import numpy as np  # noqa: E402

from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.insar import importing, reference, selection  # noqa: E402
from terrain_motion.engine.insar.reference import ReferencePoint  # noqa: E402
from terrain_motion.engine.insar.settings import ReferenceStackSettings, SelectSettings  # noqa: E402
from terrain_motion.engine.inversion import invert  # noqa: E402
from terrain_motion.engine.inversion.settings import InvertSettings  # noqa: E402
from terrain_motion.engine.io.interferograms.settings import ImportInterferogramsSettings  # noqa: E402
from terrain_motion.engine.io.manifests import read_series, read_stack  # noqa: E402
from terrain_motion.engine.io.raster import open_raster  # noqa: E402
from terrain_motion.engine.io.stable import StableGround  # noqa: E402
from terrain_motion.engine.io.warp import read_on  # noqa: E402
from terrain_motion.engine.scenes.interferograms import simulate  # noqa: E402
from terrain_motion.engine.scenes.interferograms.settings import SimulateInterferogramsSettings  # noqa: E402

PLAIN = InvertSettings(weights="none", robust="none")
TAGGED = 0.05550415767769124   # m, the wavelength that the original files of Mexico City tell
ORIGIN, PIXEL = (-99.191069781636742, 19.451292623451756), 0.0013888889


def place(row: int, column: int):
    return ORIGIN[0] + (column + 0.5) * PIXEL, ORIGIN[1] - (row + 0.5) * PIXEL


def velocity(folder: Path, products: Path, inversion: InvertSettings, **settings) -> float:
    """Velocity of (row 12, column 90) relative to (row 6, column 6) of Mexico City, mm/yr."""
    stack = importing.run(products, ImportInterferogramsSettings(**settings), folder / "stack", Progress()).stacks[0]
    held = reference.run(stack, ReferenceStackSettings(), folder / "held", Progress(),
                         point=ReferencePoint(*place(6, 6), "EPSG:4326"))
    made = invert.run(held.result.stack, inversion, folder / "series", Progress())
    with open_raster(made.velocity) as raster:
        return 1000.0 * float(raster.read("velocity_los")[raster.grid.index(*place(12, 90))])


def pyrate(folder: Path, data: Path) -> None:
    """Imported lengths beside those of PyRate, which keep the sign of the phase."""
    stack = importing.run(data / "interferograms", ImportInterferogramsSettings(), folder, Progress()).stacks[0]
    manifest, place_of = read_stack(stack)
    largest = 0.0
    for pair in manifest.pairs:
        name = f"ifg_mm_geo_{pair.reference:%y%m%d}-{pair.secondary:%y%m%d}.unw.csv"
        theirs = np.genfromtxt(data / "expected" / "prepifg_mm" / name, delimiter=",")
        with open_raster(place_of / pair.file) as raster:
            largest = max(largest, float(np.nanmax(np.abs(1000.0 * raster.read("los") + theirs))))
    print(f"pyrate_small: {len(manifest.pairs)} interferograms, largest difference {largest:.5f} mm")


def clean(folder: Path, size: int) -> None:
    """Largest error of the line-of-sight velocity without noise, each track, with all defaults."""
    settings = SimulateInterferogramsSettings(size=size, clean=True)
    sample = simulate.run(settings, folder / "sample")
    for track, products in sample.folders.items():
        started = time.perf_counter()
        stack = importing.run(products, ImportInterferogramsSettings(), folder / track / "stack", Progress()).stacks[0]
        seconds = time.perf_counter() - started
        chosen = selection.run(stack, SelectSettings(), folder / track / "chosen.json", Progress())
        held = reference.run(chosen.stack, ReferenceStackSettings(), folder / track / "held", Progress(),
                             stable=StableGround.from_file(sample.stable))
        made = invert.run(held.result.stack, InvertSettings(), folder / track / "series", Progress())
        with open_raster(made.velocity) as found, open_raster(sample.truths[track].parent / "velocity.tif") as true:
            error = np.abs(found.read("velocity_los") - read_on(true, "velocity_los", found.grid))
        print(f"| {track} | {len(read_stack(stack)[0].pairs)} | {len(chosen.kept)} | {1000 * np.nanmax(error):.2g} | "
              f"{seconds:.1f} |")


def mintpy(folder: Path) -> None:
    """Largest differences between our chain and MintPy's own programs on the same products."""
    settings = SimulateInterferogramsSettings(size=64, tracks="ascending", dates=8, extents=False, unwrapping_errors=0,
                                              noise_interferograms=0)
    products = simulate.run(settings, folder / "sample").folders["ascending"]
    _run_mintpy(folder / "mintpy", products)
    ours = importing.run(products, ImportInterferogramsSettings(), folder / "ours", Progress()).stacks[0]
    theirs = importing.run(folder / "mintpy", ImportInterferogramsSettings(), folder / "theirs", Progress()).stacks[0]
    (one, first), (two, second) = read_stack(ours), read_stack(theirs)
    stack = max(_difference(first / a.file, second / b.file, ["los"]) for a, b in zip(one.pairs, two.pairs))
    look = _difference(first / one.geometry, second / two.geometry, ["look_east", "look_north", "look_up"])
    held = reference.run(ours, ReferenceStackSettings(), folder / "held", Progress(),
                         point=ReferencePoint(*one.grid.xy(40.5, 20.5)))
    made = invert.run(held.result.stack, PLAIN, folder / "series", Progress())
    back = importing.run(folder / "mintpy", ImportInterferogramsSettings(result="series"), folder / "back", Progress())
    (_, mine), (_, other) = read_series(made.series), read_series(back.series)
    with open_raster(mine / "los.tif") as raster:
        dates = list(raster.bands)
    print(f"| interferograms, m | {stack:.1g} |\n| look vectors | {look:.1g} |\n"
          f"| series, m | {_difference(mine / 'los.tif', other / 'los.tif', dates):.1g} |\n| velocity, m/yr | "
          f"{_difference(mine / 'velocity.tif', other / 'velocity.tif', ['velocity_los']):.1g} |")


def _run_mintpy(folder: Path, products: Path) -> None:
    """load_data, reference_point, ifgram_inversion and timeseries2velocity of MintPy."""
    folder.mkdir()
    import mintpy as package
    defaults = Path(package.__file__).parent / "defaults" / "smallbaselineApp.cfg"
    (folder / "smallbaselineApp.cfg").write_bytes(defaults.read_bytes())
    layers = {"unwFile": "unw_phase", "corFile": "corr", "demFile": "dem", "incAngleFile": "lv_theta",
              "azAngleFile": "lv_phi"}
    text = "mintpy.load.processor = hyp3\n" + "".join(f"mintpy.load.{key} = {products}/*/*_{layer}.tif\n"
                                                      for key, layer in layers.items())
    (folder / "sample.txt").write_text(text)
    for step in (["load_data", "-t", "smallbaselineApp.cfg", "sample.txt", "--project", "sample"],
                 ["reference_point", "inputs/ifgramStack.h5", "-y", "20", "-x", "40"],
                 ["ifgram_inversion", "inputs/ifgramStack.h5", "-w", "no"], ["timeseries2velocity", "timeseries.h5"]):
        subprocess.run([sys.executable, "-m", "mintpy", *step], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _difference(first: Path, second: Path, bands) -> float:
    with open_raster(first) as one, open_raster(second) as two:
        return max(float(np.nanmax(np.abs(one.read(name) - two.read(name)))) for name in bands)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=os.environ.get("TERRAIN_MOTION_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--size", type=int, default=256)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder, data = Path(temporary), Path(chosen.data) / "mexico_city"
        if data.is_dir():
            for name, products, more in (("original files", "gamma", {}), ("HyP3 arrangement", "hyp3", {}),
                                         ("HyP3 arrangement, WAVELENGTH 0.0555042", "hyp3", {"wavelength": TAGGED})):
                rates = [velocity(folder / f"{name[:4]}{len(more)}{number}", data / products, inversion, **more)
                         for number, inversion in enumerate((PLAIN, InvertSettings()))]
                print(f"| {name} | {rates[0]:.2f} | {rates[1]:.2f} |")
        small = Path(chosen.data) / "pyrate_small"
        if small.is_dir():
            pyrate(folder / "pyrate", small)
        clean(folder / "clean", chosen.size)
        if importlib.util.find_spec("mintpy"):
            (folder / "exchange").mkdir()
            mintpy(folder / "exchange")


if __name__ == "__main__":
    main()
