"""The three services on the embedded scenarios: errors on moving and stable ground with and without each step.

    benchmarks/services.py [--services earthquake ice slide] [--seeds 1 2] [--folder FOLDER] [--size 512] [--steps]
                           [--places]

Simulated scenes with clouds announced by masks, real sun and seasons, sensor errors of the scenario. Prints Markdown
tables; folders that are given are kept, and what is finished there is not done again. --steps: the earthquake with single
corrections as well. --places: its offsets place by place.
"""
import argparse
import importlib.util
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("headless", ROOT / "tools" / "headless.py")
headless = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headless)
headless.import_root()

from osgeo import ogr  # noqa: E402

from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.correction import average, sequence  # noqa: E402
from terrain_motion.engine.filtering import stack as filtering  # noqa: E402
from terrain_motion.engine.inversion import invert  # noqa: E402
from terrain_motion.engine.io.displacement import new_displacement, open_displacement  # noqa: E402
from terrain_motion.engine.io.manifests import read_series, read_stack  # noqa: E402
from terrain_motion.engine.io.raster import open_raster  # noqa: E402
from terrain_motion.engine.io.stable import StableGround  # noqa: E402
from terrain_motion.engine.io.tables import read_scenes  # noqa: E402
from terrain_motion.engine.scenes import simulate  # noqa: E402
from terrain_motion.engine.scenes.settings import SimulateSettings  # noqa: E402
from terrain_motion.engine.scenes.simulation.sensor import SceneArtefacts, content_shift  # noqa: E402
from terrain_motion.engine.validation import profiles  # noqa: E402
from terrain_motion.engine.validation.profiles_settings import FaultOffsetSettings  # noqa: E402
from terrain_motion.engine.validation.truth import MOVING_PIXELS, compare_with_truth  # noqa: E402
from terrain_motion.engine.workflows import earthquake, ice, slide, stages  # noqa: E402
from terrain_motion.engine.workflows.settings import EarthquakeSettings, IceSettings, SlideSettings  # noqa: E402

QUIET = Progress()
SCENARIOS = {"earthquake": dict(scenario="earthquake", bands="B02,B03,B04,B08"), "ice": dict(scenario="glacier"),
             "slide": dict(scenario="landslide")}
TRUE_STEP = FaultOffsetSettings(reach=150.0, zone=0.0)  # close to the fault the truth is a straight line on each side


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--services", nargs="+", default=list(SCENARIOS), choices=list(SCENARIOS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--places", action="store_true")
    options = parser.parse_args()
    for service in options.services:
        print(f"\n{service}\n\n{HEADS[service]}", flush=True)
        for seed in options.seeds:
            with tempfile.TemporaryDirectory() as temporary:
                folder = (options.folder or Path(temporary)) / f"{service}{seed}"
                scenes = folder / "scenes"
                if not (scenes / "scenes.gpkg").exists():
                    simulate.run(SimulateSettings(seed=seed, size=options.size, **SCENARIOS[service]), scenes, QUIET)
                MEASURE[service](folder, seed, options)


def measure_earthquake(folder: Path, seed: int, options) -> None:
    scenes, stable = folder / "scenes", StableGround.from_file(folder / "scenes" / "stable.gpkg")
    day = json.loads((scenes / "artefacts.json").read_text())["event"]
    settings = EarthquakeSettings.from_parameters({"SPLITDATE": day})
    records = read_scenes(scenes / "scenes.gpkg")
    made = earthquake.run(records, settings, folder / "out", QUIET, stable)
    truth = _truth(scenes, folder / "truth.tif")
    full = settings.correction
    single = {"reference": replace(full, deramp=False, destripe=False, jitter=False),
              "+ ramp": replace(full, destripe=False, jitter=False),
              "+ stripes": replace(full, jitter=False),
              "ramp and jitter": replace(full, destripe=False)} if options.steps else {}
    maps = {"no correction": _corrected(folder, records, None, settings, stable, "no correction")}
    maps.update({name: _corrected(folder, records, correction, settings, stable, name)
                 for name, correction in single.items()})
    maps["all, one round"], maps["all"] = folder / "out" / stages.SHARED, made.displacement
    maps["the true errors instead"] = _without_errors(folder, settings, truth)
    for name, displacement in maps.items():
        _earthquake_row(seed, name, displacement, truth, scenes / "fault.gpkg")
    if options.places:
        _places(maps["all"], maps["the true errors instead"], truth, scenes / "fault.gpkg")


def _without_errors(folder: Path, settings, truth: Path) -> Path:
    """The mean of all pairs from which the sensor's true errors were taken: what the matching alone leaves."""
    facts = json.loads((folder / "scenes" / "artefacts.json").read_text())
    simulated = SimulateSettings(**facts["settings"])
    rows, columns = np.indices((simulated.size, simulated.size))
    shifts = {}
    for scene in facts["scenes"]:
        errors = SceneArtefacts(**{name: scene[name] for name in SceneArtefacts.__dataclass_fields__})
        east, south = content_shift(simulated, errors, columns, rows) * simulated.pixel_size
        shifts[scene["date"]] = np.array([east, -south])
    manifest, place = read_stack(folder / "out" / stages.MATCHED / "stack.json")
    known, files = _read(truth), []
    for pair in manifest.pairs:
        off = shifts[pair.secondary.isoformat()] - shifts[pair.reference.isoformat()]
        values = _read(place / pair.file) - off
        values -= np.nanmedian(values - known, axis=(1, 2))[:, None, None]
        files.append(folder / "known" / Path(pair.file).name)
        files[-1].parent.mkdir(exist_ok=True)
        with open_displacement(place / pair.file) as source, new_displacement(
                files[-1], source.grid, reference_date=pair.reference, secondary_date=pair.secondary) as writer:
            writer.write({"east": values[0], "north": values[1],
                          **{band: source.read(band) for band in ("correlation", "sigma", "flag")}})
    target = folder / "known.tif"
    average.run(files, replace(settings.averaging, split_date=settings.network.split_date), target, QUIET)
    return target


def _read(path: Path) -> np.ndarray:
    with open_displacement(path) as source:
        return np.array([source.read("east"), source.read("north")])


def _corrected(folder: Path, records, correction, settings, stable, name: str) -> Path:
    """The mean of all pairs with other corrections."""
    stack = folder / "out" / stages.MATCHED / "stack.json"
    if correction is not None:
        stack = sequence.run_stack(stack, correction, folder / name, QUIET, stable, stages.detectors_of(records)).stack
    manifest, place = read_stack(stack)
    target = folder / f"{name}.tif"
    average.run([place / pair.file for pair in manifest.pairs],
                replace(settings.averaging, split_date=settings.network.split_date), target, QUIET)
    return target


def _truth(scenes: Path, target: Path) -> Path:
    """The true displacement between the first and the last date as a displacement raster."""
    manifest, place = read_series(scenes / "truth")
    values = {}
    for name in ("east", "north"):
        with open_raster(place / manifest.rasters[name]) as raster:
            values[name] = raster.read(len(raster.bands))
    blank = np.zeros_like(values["east"])
    with new_displacement(target, manifest.grid) as writer:
        writer.write({**values, "correlation": blank + 1, "sigma": blank, "flag": blank})
    return target


def _earthquake_row(seed: int, name: str, displacement: Path, truth: Path, fault: Path) -> None:
    with open_displacement(displacement) as found, open_displacement(truth) as true:
        known = np.array([true.read("east"), true.read("north")])
        error = np.array([found.read("east"), found.read("north")]) - known
        pixel = found.grid.pixel_size
    moving = np.hypot(*known) > MOVING_PIXELS * pixel
    errors = " | ".join(f"{np.sqrt(np.nanmean(error[:, ground] ** 2)) / pixel:.3f}" for ground in (moving, ~moving))
    print(f"| {seed} | {name} | {errors} | {_offsets(displacement, truth, fault)} |", flush=True)


def _points(displacement: Path, fault: Path, settings: FaultOffsetSettings) -> dict:
    """{distance along the fault: its point}."""
    source = ogr.Open(str(fault))
    layer = source.GetLayer(0)
    lines = [bytes(feature.GetGeometryRef().ExportToWkb()) for feature in layer]
    crs = layer.GetSpatialRef().ExportToWkt()
    return {p.distance: p for p in profiles.run(displacement, lines, crs, settings, QUIET).points}


def _offsets(displacement: Path, truth: Path, fault: Path) -> str:
    """Slope, R2 and RMSE of the parallel offset against the true one, and the scatter in units of its sigma."""
    true = _points(truth, fault, TRUE_STEP)
    points = [p for p in _points(displacement, fault, FaultOffsetSettings()).values() if p.distance in true]
    x, y = np.array([true[p.distance].parallel for p in points]), np.array([p.parallel for p in points])
    slope, start = np.polyfit(x, y, 1)
    score = np.sqrt(np.mean(((y - x) / np.array([p.sigma_parallel for p in points])) ** 2))
    return (f"{len(points)} | {slope:.3f} | {(x @ y) / (x @ x):.3f} | {np.corrcoef(x, y)[0, 1] ** 2:.3f} | "
            f"{np.sqrt(np.mean((y - x) ** 2)):.2f} | {score:.1f}")


def _places(displacement: Path, known: Path, truth: Path, fault: Path) -> None:
    """Offsets place by place."""
    true = _points(truth, fault, TRUE_STEP)
    found, bound = (_points(path, fault, FaultOffsetSettings()) for path in (displacement, known))
    with open_displacement(truth) as source:
        grid = source.grid
    print("\n| along the fault, m | to the edge, m | true, m | measured | sigma | errors known | pixels |\n"
          "|---|---|---|---|---|---|---|")
    for distance, point in sorted(true.items()):
        column, row = grid.pixel(point.x, point.y)
        edge = min(column, row, grid.width - column, grid.height - row) * grid.pixel_size
        one, other = found.get(distance), bound.get(distance)
        cells = f"{one.parallel:.2f} | {one.sigma_parallel:.2f}" if one else "left out | "
        print(f"| {distance:.0f} | {edge:.0f} | {point.parallel:.2f} | {cells} | "
              f"{f'{other.parallel:.2f}' if other else ''} | {one.pixels if one else ''} |")
    print(flush=True)


def measure_ice(folder: Path, seed: int, _options) -> None:
    _measure_motion(folder, seed, ice, IceSettings())


def measure_slide(folder: Path, seed: int, _options) -> None:
    # Two years hold few pairs of 500 days: the preset first, then all from 60 days on.
    _measure_motion(folder, seed, slide, SlideSettings(), "preset, ")
    _measure_motion(folder, seed, slide, SlideSettings.from_parameters({"MINBASELINE": 60}), "from 60 days, ")


def _measure_motion(folder: Path, seed: int, service, settings, label: str = "") -> None:
    scenes, stable = folder / "scenes", StableGround.from_file(folder / "scenes" / "stable.gpkg")
    out = folder / f"out{settings.network.limits[0]}"
    made = service.run(read_scenes(scenes / "scenes.gpkg"), settings, out, QUIET, stable, str(scenes / "dem.tif"))
    _motion_row(seed, f"{label}all", made.series, scenes)
    for name, stack, filters in (("no correction, no filter", out / stages.MATCHED, None),
                                 ("corrected, no filter", out / stages.CORRECTED, None),
                                 ("filtered, not corrected", out / stages.MATCHED, settings.filters)):
        if filters is not None:
            stack = filtering.run_stack(stack, filters, folder / f"{name}", QUIET, str(scenes / "dem.tif")).stack
        series = invert.run(stack, settings.inversion, folder / f"series {label}{name}", QUIET, stable=stable).series
        _motion_row(seed, f"{label}{name}", series, scenes)


def _motion_row(seed: int, name: str, series: Path, scenes: Path) -> None:
    found = compare_with_truth(series, scenes / "truth", QUIET)
    cells = " | ".join(f"{e.displacement_rmse / found.pixel_size:.3f} | {e.measured:.2f} | {e.velocity_rmse:.2f}"
                       for e in (found.moving, found.stable))
    print(f"| {seed} | {name} | {cells} |", flush=True)


MEASURE = {"earthquake": measure_earthquake, "ice": measure_ice, "slide": measure_slide}
_MOTION = ("| seed | steps | moving: RMSE px | measured | velocity m/yr | stable: RMSE px | measured | velocity m/yr |\n"
           "|---|---|---|---|---|---|---|---|")
HEADS = {"earthquake": "| seed | corrections | moving: RMSE px | stable: RMSE px | places | slope | through zero | R² | "
                       "RMSE m | scatter / sigma |\n|---|---|---|---|---|---|---|---|---|---|",
         "ice": _MOTION, "slide": _MOTION}

if __name__ == "__main__":
    sys.exit(main())
