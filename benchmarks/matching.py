"""Accuracy and cost of matching on scenes with known motion, and on real pairs with known answers.

Run: ./run bench benchmarks/matching.py [--size 1024] [--data FOLDER] [--textures land] [--peers]
Prints a table (Markdown) with errors in px per component; writes nothing.
"""
import argparse
import contextlib
import ctypes
import os
import re
import time
from dataclasses import dataclass
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
#: Textures from the data folder: (name, folder, start of the file's name, row, column, offset of the product, largest
#: side that is ground of this kind).
TEXTURES = (
    ("Yahtse E", "yahtse", "LC80630182016200LGN00_B8_20160718", 63, 674, 0, 1024),  # ice, rock, snow of little contrast
    ("Yahtse W", "yahtse", "LC80630182016200LGN00_B8_20160718", 0, 0, 0, 1024),     # more of that snow; a third is E's
    ("land", "archive/s2_l2a_t29unu_n0400", "T29UNU_20221005T115411_B04_60m", 100, 0, 1000, 384),  # Ireland
    ("hills", "archive/s2_l2a_t33twl_pair_120m/S2A_33TWL_20230815_0_L2A", "B04", 300, 300, 0, 600),  # Abruzzo
    ("plain", "archive/landsat8_c2_l1_pair_227074", "LC08_L1TP_227074_20190809_20200827_02_T1_B4", 0, 0, 5000, 400))
LEAST = 50       # counts: a floor for the darkest pixels
THIN, DENSE = 0.15, 0.5  # cover of cloud: through thin cloud the ground is seen, and matched rightly or not
HEADER = ("| scene | all | still | moving | core | bias down, right | valid | > 1 px | in 1 sigma | without worst 5 % "
          "| cloud kept | thin cloud kept: share, RMSE | slide | step | CPU s/Mpx |\n|" + "---|" * 15)


def textures(data, size, seeds):
    """(name, image) of real textures, where the data are there, and of fractal ones; `size` is the largest side."""
    for name, folder, start, row, column, offset, largest in TEXTURES:
        path = next((p for p in sorted((data / folder).rglob(f"{start}*")) if p.suffix.lower() in (".tif", ".jp2")), None)
        if path is None:
            print(f"{name}: no {start} in {data / folder}, NOT RUN", flush=True)
            continue
        with open_raster(path) as raster:
            side = min(size, largest)
            image = raster.read(1)[row:row + side, column:column + side].astype(np.float64)
        yield name, np.maximum(image[:min(image.shape), :min(image.shape)] - offset, LEAST)
    for seed in seeds:
        yield f"fractal {seed}", matching_data.fractal(size, seed)


def rms(values):
    return float(np.sqrt(np.mean(values ** 2))) if values.size else float("nan")


def good_pixels(scene, down, valid=None):
    """(what is judged, what is judged and measured), bool."""
    judged = scene.clear.copy()
    judged[:RIM] = judged[-RIM:] = judged[:, :RIM] = judged[:, -RIM:] = False
    return judged, judged & (np.isfinite(down) if valid is None else valid)


def row(scene, found, cpu):
    """One line of the table of the default method."""
    error = np.stack([found.rows - scene.down, found.columns - scene.right])
    judged, good = good_pixels(scene, found.rows, found.flag == Flag.VALID)
    core = ndimage.binary_erosion(scene.moving, iterations=16)
    parts = [rms(error[:, good & part]) for part in (judged, ~scene.moving, scene.moving, core)]
    bias = error[:, good].mean(axis=1)
    keep = good & (found.sigma <= np.nanpercentile(found.sigma[good], 95))
    cells = [scene.name, *(f"{p:.4f}" for p in parts), f"{bias[0]:+.4f} {bias[1]:+.4f}",
             f"{good.sum() / judged.sum():.3f}", f"{np.mean(np.abs(error[:, good]).max(axis=0) > 1):.5f}",
             f"{np.mean(np.abs(error[:, good]) < found.sigma[good]):.2f}", f"{rms(error[:, keep]):.4f}"]
    if scene.cover is None:
        cells += ["", ""]
    else:
        kept = found.flag == Flag.VALID
        thin = (scene.cover > THIN) & (scene.cover <= DENSE)
        cells += [f"{np.mean(kept[scene.cover > DENSE]):.4f}",
                  f"{np.mean(kept[thin]):.2f}, {rms(error[:, kept & thin]):.3f}"]
    cells.append(f"{slide_height(scene, found.rows, found.columns, good):.3f}" if "landslide" in scene.name else "")
    cells.append(f"{step_height(found.columns, found.flag == Flag.VALID):.3f}" if "step" in scene.name else "")
    return "| " + " | ".join([*cells, f"{cpu / judged.size * 1e6:.1f}"]) + " |"


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


@dataclass(frozen=True)
class Cost:
    """Seconds of processor and of waiting, and bytes above what was in use before."""
    cpu: float
    wall: float
    memory: float


def timed(function, *arguments, **named):
    """(result, Cost). Memory is known on Linux only."""
    with contextlib.suppress(OSError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)        # what was freed before counts as free
        Path("/proc/self/clear_refs").write_text("5")  # and the highest use so far is forgotten
    before, start, wall = memory("VmRSS"), time.process_time(), time.perf_counter()
    result = function(*arguments, **named)
    return result, Cost(time.process_time() - start, time.perf_counter() - wall, memory("VmHWM") - before)


def memory(name):
    """A line of the process's status, bytes; NaN elsewhere."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith(name)), float("nan"))


def methods(peers):
    """[(label, function (reference, secondary, range) -> (down, right, MatchResult or None))]."""
    def own(method):
        def run(reference, secondary, reach):
            found = match_arrays(reference, secondary, settings=MatchSettings(method=method, range=reach))
            return found.rows, found.columns, found
        return run

    def other(function):
        return lambda *arguments: (*function(*arguments), None)

    return ([(label, own(method)) for method, label in METHODS]
            + [(label, other(function)) for label, function in (PEERS if peers else ())])


def known_motion(data, size, seeds, names, peers, show, wanted=()):
    """Rows of the default method, then all methods side by side."""
    warm = matching_data.fractal(128, 1)
    for _, method in methods(peers):  # compile, import
        with contextlib.suppress(ImportError):
            method(warm, warm, 16)
    table, costs, columns = {}, {}, []
    for number, (texture, image) in enumerate(textures(data, size, seeds)):
        if wanted and not texture.startswith(tuple(wanted)):
            continue
        columns.append(texture)
        show(f"{texture}: {image.shape[0]} x {image.shape[1]} px, contrast {matching_data.contrast(image):.3f}")
        for name in names:
            scene = matching_data.SCENES[name](f"{name}, {texture}", image, np.random.default_rng(100 + number))
            kept = None
            for label, method in methods(peers):
                try:
                    (down, right, found), cost = timed(method, scene.reference, scene.secondary,
                                                       40 if name == "big" else 16)
                except ImportError as error:
                    table[name, label, texture] = f"no {error.name}"
                    continue
                if kept is None:
                    show(row(scene, found, cost.cpu))
                    kept = good_pixels(scene, down, found.flag == Flag.VALID)[1]
                table[name, label, texture] = compared(scene, down, right, found, kept)
                costs.setdefault((name == "big", label), []).append((cost, image.size))
    side_by_side(table, costs, columns, names, show)


def compared(scene, down, right, found, kept):
    """RMSE of a method, and its valid share where it leaves pixels out; others are judged where the default measures."""
    judged, good = good_pixels(scene, down, None if found is None else found.flag == Flag.VALID)
    if found is None:
        good = good & kept
    error = rms(np.stack([down - scene.down, right - scene.right])[:, good])
    return (f"{error:.4f}" if error < 100 else "> 100") + ("" if found is None else f" ({good.sum() / judged.sum():.2f})")


def side_by_side(table, costs, columns, names, show):
    """RMSE of every method on every scene, and what it costs."""
    show("\n| scene | method | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 2))
    labels = list(dict.fromkeys(label for _, label, _ in table))
    for name in names:
        for label in labels:
            show(f"| {name} | {label} | " + " | ".join(table.get((name, label, c), "") for c in columns) + " |")
    show("\n| method | range px | CPU s/Mpx | wall s/Mpx | memory MB/Mpx |\n|---|---|---|---|---|")
    for (large, label), measured in costs.items():
        each = [[1e6 * getattr(cost, name) / size for cost, size in measured] for name in ("cpu", "wall", "memory")]
        show(f"| {label} | {40 if large else 16} | " + " | ".join(f"{v:.1f}" for v in map(np.median, each[:2]))
             + f" | {max(each[2]) / 1e6:.0f} |")


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
    found, cost = timed(match_arrays, *images, settings=MatchSettings(range=20))
    good = rock & (found.flag == Flag.VALID)
    offset = [float(np.median(f[good])) for f in (found.columns, found.rows)]
    scatter = [1.4826 * float(np.median(np.abs(f[good] - o))) for f, o in zip((found.columns, found.rows), offset)]
    speed = np.hypot(found.columns[726, 1006] - offset[0], found.rows[726, 1006] - offset[1]) * grid.pixel_size / 16
    show(f"\nYahtse: rock NMAD {scatter[0]:.3f} / {scatter[1]:.3f} px (offset {offset[0]:+.3f} / {offset[1]:+.3f}, "
         f"{good.sum() / rock.sum():.0%} measured), trunk {speed:.2f} m/day, valid {np.mean(found.flag == 0):.0%}, "
         f"CPU {cost.cpu / rock.size * 1e6:.1f} s/Mpx")


def main():
    default = os.environ.get("TERRAIN_MOTION_DATA", str(Path(__file__).resolve().parents[2] / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024)
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
