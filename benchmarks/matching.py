"""Accuracy and cost of matching on scenes with known motion, and on real pairs with known answers.

Run: ./run bench benchmarks/matching.py [--size 512] [--data FOLDER] [--textures land] [--peers]
Prints a table (Markdown) with errors in px per component; writes nothing.
"""
import argparse
import os
import re
import time
from pathlib import Path

import matching_data
import numpy as np
from matching_peers import PEERS
from scipy import ndimage
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.matching.match import match_arrays
from terrain_motion.engine.matching.settings import METHODS, MatchSettings

RIM = 6  # px at the edge of a scene where content comes from outside
TEXTURES = (("A", 64, 1152), ("B", 0, 0), ("C", 500, 900))  # corners in the Landsat-8 scene; "C" was not tuned on
#: Farmland and hills of a Sentinel-2 scene (60 m): (folder in the data, start of the file's name, row, column, px).
LAND = ("archive/s2_l2a_t29unu_n0400", "T29UNU_20221005T115411_B04_60m", 100, 0, 384)
OFFSET, LEAST = 1000, 50  # counts: the product's offset (baseline 04.00), and a floor for its darkest pixels
COVER = 0.15              # clouds denser than this are "cloud"; fainter ones and shadows are "rims"
HEADER = ("| scene | method | all | still | moving | core | bias | valid | > 1 px | in 1 sigma | without worst 5 % "
          "| cloud kept | rims kept | slide | step | CPU s/Mpx |\n|" + "---|" * 16)


def textures(data, size, seeds):
    """(name, image) of real textures, where the data are there, and of fractal ones."""
    folder, name, row, column, largest = LAND
    path = next((data / folder).rglob(f"{name}*.jp2"), None)
    if path is None:
        print(f"land: no {name} in {data / folder}, NOT RUN: the rows of real land are missing", flush=True)
    else:
        with open_raster(path) as raster:
            image = raster.read(1)
        side = min(size, largest)
        yield "land", np.maximum(image[row:row + side, column:column + side].astype(np.float64) - OFFSET, LEAST)
    path = data / "yahtse" / "LC80630182016200LGN00_B8_20160718.tif"
    if path.is_file():
        with open_raster(path) as raster:
            image = raster.read(1)
        for name, row, column in TEXTURES:
            part = image[row:row + size, column:column + size]
            if part.shape == (size, size):
                yield f"real {name}", part.astype(np.float64)
    else:
        print(f"real A, B, C: no {path.name} in {path.parent}, NOT RUN", flush=True)
    for seed in seeds:
        yield f"fractal {seed}", matching_data.fractal(size, seed)


def rms(values):
    return float(np.sqrt(np.mean(values ** 2))) if values.size else float("nan")


def row(scene, method, down, right, cpu, sigma=None, valid=None):
    """One line of the table."""
    error = np.stack([down - scene.down, right - scene.right])
    usable = np.isfinite(error[0]) if valid is None else valid
    inner = np.zeros(usable.shape, bool)
    inner[RIM:-RIM, RIM:-RIM] = True
    good = usable & inner & scene.clear
    core = ndimage.binary_erosion(scene.moving, iterations=16)
    parts = [rms(error[:, good & part]) for part in (inner, ~scene.moving, scene.moving, core)]
    bias = error[:, good].mean(axis=1) if good.any() else (np.nan, np.nan)
    gross = np.mean(np.abs(error[:, good]).max(axis=0) > 1) if good.any() else np.nan
    cells = [scene.name, method, *(f"{p:.4f}" for p in parts), f"{bias[0]:+.4f} {bias[1]:+.4f}",
             f"{np.mean(usable[inner & scene.clear]):.3f}", f"{gross:.5f}"]
    if sigma is None:
        cells += ["", ""]
    else:
        keep = good & (sigma <= np.nanpercentile(sigma[good], 95))
        cells += [f"{np.mean(np.abs(error[:, good]) < sigma[good]):.2f}", f"{rms(error[:, keep]):.4f}"]
    if scene.cover is None:
        cells += ["", ""]
    else:
        parts = scene.cover > COVER, ~scene.clear & (scene.cover <= COVER)
        cells += [f"{np.mean(usable[part & inner]):.4f}" for part in parts]
    cells.append(f"{slide_height(scene, down, right, good):.3f}" if "landslide" in scene.name else "")
    cells.append(f"{step_height(right, usable):.3f}" if "step" in scene.name else "")
    return "| " + " | ".join([*cells, f"{cpu / usable.size * 1e6:.1f}"]) + " |"


def slide_height(scene, down, right, good):
    """Measured over true height of the slide's core: 1 is right, less is shrunk."""
    core = good & (np.hypot(scene.down - matching_data.MISFIT[0], scene.right - matching_data.MISFIT[1]) > 1.55)
    found = [part - misfit for part, misfit in zip((down, right), matching_data.MISFIT)]
    true = [part - misfit for part, misfit in zip((scene.down, scene.right), matching_data.MISFIT)]
    return float(sum((f * t)[core].sum() for f, t in zip(found, true)) / sum((t * t)[core].sum() for t in true))


def step_height(right, usable):
    """Difference of the means 6 to 14 px on both sides of the fault."""
    distance = matching_data.fault_distance(right.shape[0])
    sides = [right[usable & (s * distance > 6) & (s * distance < 14)].mean() for s in (1, -1)]
    return sides[0] - sides[1]


def timed(function, *arguments, **named):
    start = time.process_time()
    return function(*arguments, **named), time.process_time() - start


def known_motion(data, size, seeds, names, peers, show, wanted=()):
    """Rows of the scenes with known motion."""
    warm = matching_data.fractal(128, 1)
    for method, _ in METHODS:
        match_arrays(warm, warm, settings=MatchSettings(method=method))  # compile
    for number, (texture, image) in enumerate(textures(data, size, seeds)):
        if wanted and not texture.startswith(tuple(wanted)):
            continue
        for name in names:
            scene = matching_data.SCENES[name](f"{name}, {texture}", image, np.random.default_rng(number))
            for method, label in METHODS:
                settings = MatchSettings(method=method, range=40 if name == "big" else 16)
                found, cpu = timed(match_arrays, scene.reference, scene.secondary, settings=settings)
                show(row(scene, label, found.rows, found.columns, cpu, found.sigma, found.flag == Flag.VALID))
            for label, peer in PEERS if peers else ():
                try:
                    found, cpu = timed(peer, scene.reference, scene.secondary, 40 if name == "big" else 16)
                except ImportError as error:
                    show(f"| {scene.name} | {label} | not installed: {error.name} |")
                    continue
                show(row(scene, label, *found, cpu))


def medicis(data, show):
    """Real Sentinel-2 pairs with exact shifts: bias of every method, px."""
    show("\n| pair | method | bias right | bias down | scatter |\n|---|---|---|---|---|")
    for folder in sorted((data / "medicis").glob("*/r*")):
        with open_raster(folder / "left.tif") as left, open_raster(folder / "right.tif") as right:
            images = left.read(1), right.read(1)
        true = [float(v) for v in re.match(r"r([+-][\d.]+)c([+-][\d.]+)", folder.name).groups()]
        for method, label in METHODS:
            found = match_arrays(*images, settings=MatchSettings(method=method))
            inner = slice(8, -8)
            columns, rows = found.columns[inner, inner], found.rows[inner, inner]
            show(f"| {folder.parent.name} {folder.name} | {label} | {np.nanmean(columns) - true[1]:+.4f} | "
                 f"{np.nanmean(rows) - true[0]:+.4f} | {np.nanstd(columns):.3f} {np.nanstd(rows):.3f} |")


def yahtse(data, show):
    """Yahtse Glacier, Landsat 8, 16 days: scatter on rock and speed at the trunk (README: 14.9 m/day)."""
    from osgeo import gdal
    folder = data / "yahtse"
    paths = [next(folder.glob(f"*{day}.tif")) for day in ("20160718", "20160803")]
    images = []
    for path in paths:
        with open_raster(path) as raster:
            images.append(raster.read(1))
            grid = raster.grid
    rock = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1)
    rock.SetGeoTransform(grid.transform)
    outlines = gdal.OpenEx(str(folder / "rock_outlines.geojson"), gdal.OF_VECTOR)
    gdal.RasterizeLayer(rock, [1], outlines.GetLayer(0), burn_values=[1])
    rock = rock.ReadAsArray() > 0
    found, cpu = timed(match_arrays, *images, settings=MatchSettings(range=20))
    good = rock & (found.flag == Flag.VALID)
    offset = [float(np.median(f[good])) for f in (found.columns, found.rows)]
    scatter = [1.4826 * float(np.median(np.abs(f[good] - o))) for f, o in zip((found.columns, found.rows), offset)]
    speed = np.hypot(found.columns[726, 1006] - offset[0], found.rows[726, 1006] - offset[1]) * grid.pixel_size / 16
    show(f"\nYahtse: rock NMAD {scatter[0]:.3f} / {scatter[1]:.3f} px (offset {offset[0]:+.3f} / {offset[1]:+.3f}, "
         f"{good.sum() / rock.sum():.0%} measured), trunk {speed:.2f} m/day, valid {np.mean(found.flag == 0):.0%}, "
         f"CPU {cpu / rock.size * 1e6:.1f} s/Mpx")


def main():
    default = os.environ.get("TERRAIN_MOTION_DATA", str(Path(__file__).resolve().parents[2] / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seeds", type=int, nargs="*", default=[5, 6])
    parser.add_argument("--scenes", nargs="*", default=list(matching_data.SCENES), choices=list(matching_data.SCENES))
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--textures", nargs="*", help="only textures whose names start so, for example land")
    parser.add_argument("--peers", action="store_true", help="also run peers that are installed")
    options = parser.parse_args()

    def show(line):
        print(line, flush=True)

    show(HEADER)
    known_motion(options.data, options.size, options.seeds, options.scenes, options.peers, show, options.textures or ())
    for part in () if options.textures else (medicis, yahtse):
        if (options.data / part.__name__).is_dir():
            part(options.data, show)
        else:
            show(f"\n{part.__name__}: no data in {options.data}, not run")


if __name__ == "__main__":
    main()
