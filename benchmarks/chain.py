"""Accuracy of the whole optical chain with the default settings of every step, on simulated landslides.

    benchmarks/chain.py [--seeds 201 202] [--folder FOLDER] [--announced]

12 scenes over two years, 512 x 512 px, each mis-registered by up to 0.2 px, 15 % clouds that no mask announces
(--announced: with class masks), real sun and seasons, sensor errors. Prints a row of a Markdown table per seed.
"""
import argparse
import importlib.util
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("headless", ROOT / "tools" / "headless.py")
headless = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headless)
headless.import_root()

from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.correction import sequence  # noqa: E402
from terrain_motion.engine.correction.settings import CorrectSettings  # noqa: E402
from terrain_motion.engine.filtering import stack as filtering  # noqa: E402
from terrain_motion.engine.filtering.settings import FilterSettings  # noqa: E402
from terrain_motion.engine.inversion import invert  # noqa: E402
from terrain_motion.engine.inversion.settings import InvertSettings  # noqa: E402
from terrain_motion.engine.matching import pairs  # noqa: E402
from terrain_motion.engine.matching.settings import PairRunSettings  # noqa: E402
from terrain_motion.engine.network import pairing  # noqa: E402
from terrain_motion.engine.network.settings import PairNetworkSettings  # noqa: E402
from terrain_motion.engine.scenes import catalogue, simulate  # noqa: E402
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings  # noqa: E402
from terrain_motion.engine.scenes.settings import SimulateSettings  # noqa: E402
from terrain_motion.engine.validation.truth import compare_with_truth  # noqa: E402


def measure(folder: Path, settings: SimulateSettings):
    """(comparison with the truth, seconds of matching, seconds of the rest) of one simulated series."""
    quiet = Progress()
    simulate.run(settings, folder / "scenes", quiet)
    scenes = catalogue.run(folder / "scenes", CatalogueSettings(), quiet).scenes
    network = pairing.run(scenes, PairNetworkSettings(), quiet)
    start = time.monotonic()
    stack = pairs.run(network.pairs, PairRunSettings(), folder / "stack", quiet).stack
    matched = time.monotonic()
    stack = sequence.run_stack(stack, CorrectSettings(), folder / "corrected", quiet).stack
    stack = filtering.run_stack(stack, FilterSettings(), folder / "filtered", quiet).stack
    series = invert.run(stack, InvertSettings(), folder / "series", quiet).series
    end = time.monotonic()
    return compare_with_truth(series, folder / "scenes" / "truth", quiet), matched - start, end - matched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[201, 202, 203, 204])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--announced", action="store_true")
    options = parser.parse_args()
    print("| seed | moving: RMSE px | measured | velocity m/yr | stable: RMSE px | measured | velocity m/yr | "
          "matching s | rest s |\n|---|---|---|---|---|---|---|---|---|")
    for seed in options.seeds:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.folder or Path(temporary)) / str(seed)
            found, matching, rest = measure(folder, SimulateSettings(
                seed=seed, cloud=15.0, misregistration=0.2, mask_clouds=options.announced))
        cells = [f"{e.displacement_rmse / found.pixel_size:.3f} | {e.measured:.3f} | {e.velocity_rmse:.2f}"
                 for e in (found.moving, found.stable)]
        print(f"| {seed} | {cells[0]} | {cells[1]} | {matching:.0f} | {rest:.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
