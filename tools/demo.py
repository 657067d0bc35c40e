"""The main job from end to end on the embedded sample: ./run demo [folder]

Simulates a landslide, finds the scenes, pairs and matches them, corrects, filters, inverts, compares with the truth,
and writes a QGIS project with styled layers, a map and a time series as pictures. Every step is the Processing
algorithm that users run.
"""
import sys
import time
from pathlib import Path

from headless import ROOT, start_qgis

OUTPUT = ROOT / "demo_output"
SEED = 7


def main(folder: Path) -> None:
    started = time.monotonic()
    application = start_qgis()
    import processing
    from terrain_motion.engine.core.progress import Progress
    from terrain_motion.engine.validation.truth import compare_with_truth

    def run(algorithm, **parameters):
        begun = time.monotonic()
        result = processing.run(f"terrainmotion:{algorithm}", parameters)
        print(f"  {algorithm:15} {time.monotonic() - begun:6.1f} s", flush=True)
        return result

    folder.mkdir(parents=True, exist_ok=True)
    print(f"Terrain Motion: a landslide over two years, measured in {folder}")
    sample = run("simulatescenes", SCENARIO="landslide", SEED=SEED, OUTPUT=str(folder / "scenes"))
    scenes = run("catalogue", FOLDER=str(folder / "scenes"), OUTPUT=str(folder / "catalogue.gpkg"))
    pairs = run("pairnetwork", INPUT=scenes["OUTPUT"], OUTPUT=str(folder / "pairs.gpkg"),
                PLOT=str(folder / "network.html"))
    stack = run("matchpairs", PAIRS=pairs["OUTPUT"], OUTPUT=str(folder / "stack"))
    corrected = run("correctstack", STACK=stack["STACK"], OUTPUT=str(folder / "corrected"))
    filtered = run("filterstack", STACK=corrected["STACK"], OUTPUT=str(folder / "filtered"))
    series = run("invert", STACK=filtered["STACK"], OUTPUT=str(folder / "series"))
    fused = run("fuse", STACK=filtered["STACK"], OUTPUT=str(folder / "velocity.tif"))

    print("\nMeasured against the true motion (default settings of every step):")
    for line in compare_with_truth(series["SERIES"], sample["TRUTH"], Progress()).table():
        print("  " + line)

    from demo_show import write_pictures, write_project
    project = write_project(folder, sample, scenes, pairs, filtered, series, fused)
    pictures = write_pictures(folder, project, series["SERIES"], sample["TRUTH"])
    print(f"\nTook {time.monotonic() - started:.0f} s. Look at:")
    for what, path in (("QGIS project", project), ("network", folder / "network.html"), *pictures):
        print(f"  {what:13} {path}")
    print("Open the project with the plugin loaded:  ./run qgis   (then click on the map with the time-series tool)")
    application.exitQgis()


if __name__ == "__main__":
    if any(argument.startswith("-") for argument in sys.argv[1:]):
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else OUTPUT)
