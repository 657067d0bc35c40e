"""Scenes: classes against the truth of simulated scenes and against other classifiers on real ones, cast shadow,
cataloguing a large archive, quick looks, preparation.

Run: ./run bench benchmarks/scenes.py; options as below where it is run by Python.
Prints tables (Markdown); writes to a temporary folder, with --pictures FOLDER also pictures to look at.
"""
import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from osgeo import gdal
from terrain_motion.engine.core.errors import TerrainMotionError
from terrain_motion.engine.core.flags import CLASS_CLOUD, CLASS_NO_DATA, CLASS_SHADOW, CLASS_SNOW, CLASS_WATER
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.io.products.classes import product_classes
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.io.scene_reader import read_product
from terrain_motion.engine.io.tables import read_scenes
from terrain_motion.engine.io.warp import read_on
from terrain_motion.engine.scenes import castshadow, catalogue, classify, prepare, simulate
from terrain_motion.engine.scenes.castshadow_settings import CastShadowSettings
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings
from terrain_motion.engine.scenes.classify_settings import ClassifySettings
from terrain_motion.engine.scenes.prepare_settings import PrepareSettings
from terrain_motion.engine.scenes.quicklook import quicklook
from terrain_motion.engine.scenes.settings import SimulateSettings
from terrain_motion.engine.scenes.simulation.noise import fractal

BAND_SETS = {"all": "B02,B03,B04,B08,B11,B12,B07,B8A,B10", "no cirrus, no parallax": "B02,B03,B04,B08,B11,B12",
             "blue to near infrared": "B02,B03,B04,B08"}
CLASSES = ((CLASS_CLOUD, "cloud"), (CLASS_SHADOW, "shadow"), (CLASS_WATER, "water"), (CLASS_SNOW, "snow"))
COLOURS = {0: (120, 160, 90), 1: (20, 60, 160), 2: (40, 40, 40), 3: (180, 240, 255), 4: (255, 255, 255), 255: (255, 0, 255)}


def read(path):
    with open_raster(path) as raster:
        return raster.read_raw(1)


def table(*columns):
    print("\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))


def row(*cells):
    print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |", flush=True)


def simulated(arguments, work):
    """Recall and precision of each class, all scenes of a series together."""
    table("scenario", "bands", "seed", "cloud share", "cloud recall", "cloud precision", "shadow recall", "shadow precision",
          "water recall", "snow recall", "CPU s per scene")
    for scenario in ("landslide", "earthquake", "glacier"):
        for name, bands in BAND_SETS.items():
            for seed in arguments.seeds:
                folder = work / f"{scenario}{seed}{len(bands)}"
                simulate.run(SimulateSettings(scenario=scenario, size=arguments.size, dates=arguments.dates, bands=bands,
                                              cloud=25.0, seed=seed), folder)
                scenes = read_scenes(folder / "scenes.gpkg")
                start = time.process_time()
                made = classify.run_scenes(scenes, ClassifySettings(), folder / "classes")
                seconds = (time.process_time() - start) / len(scenes)
                truth = np.stack([read(scene.mask) for scene in scenes])
                found = np.stack([read(scene.mask) for scene in read_scenes(made.scenes)])
                numbers = {}
                for code, word in CLASSES:
                    hit = ((found == code) & (truth == code)).sum()
                    numbers[word] = hit / max((truth == code).sum(), 1), hit / max((found == code).sum(), 1)
                row(scenario, name, seed, float((truth == CLASS_CLOUD).mean()), *map(float, numbers["cloud"]),
                    *map(float, numbers["shadow"]), float(numbers["water"][0]),
                    float(numbers["snow"][0]) if scenario == "glacier" else "-", f"{seconds:.1f}")
                shutil.rmtree(folder)


REAL = ("s2_l1c_s2cloudless_sample/l1c*.tif", "s2_l2a_t29unu_n0400/*.SAFE", "landsat8_c1_l1_016037_overview/LC08*",
        "landsat8_c2_l2_008059_overview/LC08*", "landsat8_c2_l1_l2_017051/LC08_L1*", "landsat8_c2_l1_l2_017051/LC08_L2*",
        "landsat8_c2_l1_pair_227074/*20190809*", "landsat8_c2_l1_pair_227074/*20190825*",
        "s2_l1c_t19udp_overview/l1c/preview", "s2_l1c_t43rfm_n0201/*.SAFE", "s2_l2a_t33twl_pair_120m/S2B*")


def other_classes(path, product, grid):
    """(name, class codes) of another classifier on a grid, or (empty, None)."""
    if product.classes:
        kind = next(iter(product.classes))
        with open_raster(product.classes[kind]) as raster:
            return kind, product_classes(kind, read_on(raster, 1, grid, method="near").astype(float))
    beside = path.parent / "s2cloudless_mask.tif"
    return ("s2cloudless", np.where(read(beside) == 1, CLASS_CLOUD, 0)) if beside.exists() else ("", None)


def real(arguments, work):
    """Agreement with other classifiers, which are no truth."""
    table("product", "other", "class", "share there", "share here", "of theirs found", "of ours confirmed", "agreement",
          "usual cloud height m", "CPU s")
    for pattern in REAL:
        path, target = next((arguments.data / "archive").glob(pattern)), work / "classes.tif"
        start = time.process_time()
        try:
            made = classify.run(path, ClassifySettings(), target)
        except TerrainMotionError as error:
            row(path.name[:40], "", "refused: " + str(error).split(": ", 1)[1].split(" The rules")[0], *[""] * 7)
            continue
        seconds = f"{time.process_time() - start:.1f}"
        product = read_product(path, dated=False)
        with open_raster(target) as raster:
            grid, found = raster.grid, raster.read_raw(1)
        name, other = other_classes(path, product, grid)
        for code, word in CLASSES if other is not None else CLASSES[:1]:
            if other is None:
                known = found != CLASS_NO_DATA
                row(path.name[:40], "-", word, "-", float((found == code)[known].mean()), "-", "-", "-",
                    f"{made.cloud_height:.0f}", seconds)
                continue
            known = (found != CLASS_NO_DATA) & (other != CLASS_NO_DATA)
            ours, theirs = (found == code)[known], (other == code)[known]
            if theirs.any() or code == CLASS_CLOUD:
                row(path.name[:40], name, word, float(theirs.mean()), float(ours.mean()),
                    float((ours & theirs).sum() / max(theirs.sum(), 1)), float((ours & theirs).sum() / max(ours.sum(), 1)),
                    float((ours == theirs).mean()), f"{made.cloud_height:.0f}", seconds)
        if arguments.pictures:
            picture(arguments.pictures / f"{path.parent.name}_{path.name[:30]}.png", path, found, other)
        target.unlink()


def picture(target, path, *classes):
    """Quick look beside class rasters."""
    look = quicklook(path, 400)
    lines = [np.linspace(0, classes[0].shape[axis] - 1, look.shape[axis + 1]).astype(int) for axis in (0, 1)]
    palette = np.zeros((256, 3), np.uint8)
    for code, colour in COLOURS.items():
        palette[code] = colour
    parts = [look] + [palette[c[lines[0]][:, lines[1]]].transpose(2, 0, 1) for c in classes if c is not None]
    image = np.ascontiguousarray(np.concatenate(parts, 2))
    memory = gdal.GetDriverByName("MEM").Create("", image.shape[2], image.shape[1], 3, gdal.GDT_Byte)
    memory.WriteArray(image)
    target.parent.mkdir(parents=True, exist_ok=True)
    gdal.GetDriverByName("PNG").CreateCopy(str(target), memory)


def archive(arguments, work):
    """What the catalogue says of every real product, and what it costs to look at and to prepare it."""
    found = catalogue.run(arguments.data / "archive", CatalogueSettings())
    table("product", "acquired", "level", "orbit", "tile", "cloud %", "sun", "baseline", "offset of B04", "footprints",
          "quick look s", "prepare at 60 m s")
    for number, scene in enumerate(found.scenes):
        product = read_product(scene.path)
        red = product.bands.get("B04") or product.bands.get("B4")
        offset = red.offset if red else product.offsets.get("B04", 0.0) / 10000.0
        sun = "-" if scene.sun_azimuth is None else f"{scene.sun_azimuth:.1f} / {scene.sun_elevation:.1f}"
        times = []
        for what in (lambda s=scene: quicklook(s), lambda s=scene, n=number: prepare.run([s], PrepareSettings(
                source="none", pixel_size=60.0), work / f"prepared{n}")):
            start = time.process_time()
            try:
                what() if product.bands else None
                times.append(f"{time.process_time() - start:.2f}" if product.bands else "no images")
            except TerrainMotionError as error:
                times.append(str(error))
        row(Path(scene.path).name[:44], f"{scene.acquired:%Y-%m-%d %H:%M:%S}", scene.level, scene.orbit, scene.tile,
            "-" if scene.cloud is None else f"{scene.cloud:.1f}", sun, product.baseline or "-",
            f"{offset:.3f}", f"{len(product.detectors)} {Path(scene.detectors).suffix}".strip()
            if product.detectors else "-", *times)
    for path, reason in found.skipped:
        print(f"\nLeft out: {Path(path).name}: {reason.split(' has ', 1)[-1]}")


def shadow(arguments, work):
    """A DEM of 3600 x 3600 px, in degrees."""
    size = arguments.dem
    heights = 500.0 * fractal(np.random.default_rng(1), (size, size), 4.2, size / 4.0, 8.0) + 1500.0
    grid = Grid("EPSG:4326", (7.0, 1 / 3600, 0.0, 47.0, 0.0, -1 / 3600), size, size)
    with new_raster(work / "dem.tif", grid, [Band("elevation", "m")]) as writer:
        writer.write({"elevation": heights.astype(np.float32)})
    castshadow.shadow_of(heights[:64, :64].astype(np.float32), Grid("", grid.transform, 64, 64), 10.0, 10.0)  # compiles
    table("sun elevation", "in shadow", "CPU s", "s")
    for elevation in (60.0, 40.0, 20.0, 10.0, 5.0):
        start, wall = time.process_time(), time.perf_counter()
        made = castshadow.run(work / "dem.tif", CastShadowSettings(147.0, elevation), work / "shadow.tif")
        row(f"{elevation:.0f}°", f"{made.dark / made.known:.1%}", f"{time.process_time() - start:.1f}",
            f"{time.perf_counter() - wall:.1f}")


def many(arguments, work):
    """1,000 scenes: copies of real products, half Sentinel-2 SAFE with footprints, half Landsat folders."""
    safe = next((arguments.data / "archive/s2_headers").glob("*N0206*"))
    landsat = next((arguments.data / "archive/landsat8_c2_l1_pair_227074").glob("*20190809*"))
    for source, ending in ((safe, ".SAFE"), (landsat, "")):
        for number in range(500):
            copy = work / "many" / f"{source.name[:40]}_{number:04d}{ending}"
            for folder, _, files in os.walk(source):
                place = copy / Path(folder).relative_to(source)
                place.mkdir(parents=True)
                for file in files:
                    os.symlink(Path(folder) / file, place / file)
    table("archive", "scenes", "CPU s", "s")
    for pattern in ("S2*", "LC*", "all"):
        root = work / "many"
        if pattern != "all":
            root = work / f"only{pattern[:2]}"
            root.mkdir()
            for place in (work / "many").glob(pattern):
                os.symlink(place, root / place.name)
        start, wall = time.process_time(), time.perf_counter()
        found = catalogue.run(root, CatalogueSettings())
        name = {"S2*": "Sentinel-2 SAFE folders", "LC*": "Landsat folders", "all": "both"}[pattern]
        row(name, len(found.scenes) + len(found.skipped), f"{time.process_time() - start:.1f}",
            f"{time.perf_counter() - wall:.1f}")


PARTS = {"simulated": simulated, "real": real, "archive": archive, "shadow": shadow, "catalogue": many}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--dates", type=int, default=6)
    parser.add_argument("--dem", type=int, default=3600)
    parser.add_argument("--seeds", type=int, nargs="*", default=[3])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--part", nargs="*", choices=list(PARTS), default=list(PARTS))
    arguments = parser.parse_args()
    for part in arguments.part:
        with tempfile.TemporaryDirectory() as work:
            PARTS[part](arguments, Path(work))


if __name__ == "__main__":
    main()
