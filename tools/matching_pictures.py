#!/usr/bin/env python3
"""Makes the pictures of docs/matching.md from simulated scenes, by the plugin's own matching (called by `./run docs`).

    tools/matching_pictures.py [--output docs/images] [--only NAME]
"""
import argparse
import tempfile
from pathlib import Path

import numpy as np
from headless import ROOT, import_root

SIZE, SEED = 256, 7
_LABELS = (("correlation", "Regularised correlation"), ("flow", "Optical flow"), ("phase", "Phase correlation"))


def simulated(scenario: str, **settings):
    """(reference, secondary, true shift to the right in px) of the first and the last simulated date."""
    from terrain_motion.engine.core.progress import Progress
    from terrain_motion.engine.io.raster import open_raster
    from terrain_motion.engine.scenes import simulate
    from terrain_motion.engine.scenes.settings import SimulateSettings
    with tempfile.TemporaryDirectory() as folder:
        simulate.run(SimulateSettings(scenario=scenario, size=SIZE, seed=SEED, cloud=0.0, misregistration=0.0, dates=2,
                                      jitter=0.0, detector_offset=0.0, ramp=0.0, **settings), Path(folder), Progress())
        with open_raster(Path(folder) / "truth" / "east.tif") as source:
            east = source.read(len(source.bands)) - source.read(1)
            pixel = source.grid.pixel_size
        images = []
        for path in sorted(Path(folder).glob("S2SIM_*.tif")):
            with open_raster(path) as source:
                images.append(source.read(1))
    return images[0], images[-1], east / pixel


def match(reference, secondary, **settings):
    from terrain_motion.engine.matching.match import match_arrays
    from terrain_motion.engine.matching.settings import MatchSettings
    return match_arrays(reference, secondary, settings=MatchSettings(**settings))


def panels(path: Path, fields, columns: int, largest: float) -> None:
    """Maps of shifts to the right side by side: [(title, field)], one colour scale, grey where nothing was measured."""
    import matplotlib.pyplot as plt
    rows = -(-len(fields) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(2.6 * columns + 0.8, 3.1 * rows), layout="constrained",
                                squeeze=False)
    colours = plt.get_cmap("RdBu_r").copy()
    colours.set_bad("0.6")
    for axis, (title, field) in zip(axes.ravel(), fields):
        shown = axis.imshow(field, cmap=colours, vmin=-largest, vmax=largest, interpolation="nearest")
        axis.set_title(title, fontsize=9)
        axis.set_xticks([])
        axis.set_yticks([])
    figure.colorbar(shown, ax=axes, label="shift to the right, px", shrink=0.8)
    figure.savefig(path, dpi=85)
    plt.close(figure)


def _titled(name: str, field, true) -> str:
    error = (field - true)[8:-8, 8:-8]
    return f"{name}\n{np.isfinite(error).mean():.0%} measured, RMSE {np.sqrt(np.nanmean(error ** 2)):.3f} px"


def methods(path: Path) -> None:
    """The three methods on one glacier."""
    reference, secondary, true = simulated("glacier", seasons=False)
    fields = [("The true motion", true)]
    for method, label in _LABELS:
        found = match(reference, secondary, method=method).columns
        fields.append((_titled(label, found, true), found))
    panels(path, fields, 4, float(np.abs(true).max()))


def windows(path: Path) -> None:
    """Windows with and without regularisation, on a landslide with change of the ground."""
    reference, secondary, true = simulated("landslide", seasons=False, change=0.4)
    fields = []
    for strength in (0.0, 0.3):
        for window in (9, 21, 61):
            found = match(reference, secondary, window=window, regularisation=strength).columns
            fields.append((_titled(f"window {window}, regularisation {strength:g}", found, true), found))
    panels(path, fields, 3, 1.2 * float(np.abs(true).max()))


def radar(path: Path) -> None:
    """A tongue of 4 px over land as radar amplitude of four looks whose speckle changed completely."""
    from scipy import ndimage
    reference = simulated("landslide", seasons=False, motion=0.0)[0].astype(np.float64)
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE
    true = 4.0 * np.exp(-((y - 0.5) / 0.14) ** 4 - ((x - 0.5) / 0.32) ** 4)
    at = np.mgrid[:SIZE, :SIZE].astype(float)
    start = at[1].copy()
    for _ in range(6):
        at[1] = start - ndimage.map_coordinates(true, at, order=1, mode="nearest")
    secondary = ndimage.map_coordinates(reference, at, order=3, mode="reflect")
    rng = np.random.default_rng(SEED)
    amplitude = [np.sqrt(np.maximum(image, 1.0) * rng.gamma(4, 0.25, image.shape)) for image in (reference, secondary)]
    fields = [("The true motion", true)]
    for label, settings in (("default", {}), ("RADAR, window 31", {"radar": True, "window": 31})):
        found = match(*amplitude, **settings).columns
        fields.append((_titled(label, found, true), found))
    panels(path, fields, 3, float(np.abs(true).max()))


def staircase(path: Path) -> None:
    """Mean error of constant shifts between 0 and 1 px."""
    import matplotlib.pyplot as plt
    reference = simulated("landslide", seasons=False, motion=0.0)[0].astype(np.float64)
    rim = SIZE // 4
    padded = np.fft.fft2(np.pad(reference, rim, mode="reflect"))
    shifts = np.arange(0.0, 1.01, 0.1)
    figure, axis = plt.subplots(figsize=(6.4, 3.0), layout="constrained")
    for method, label in _LABELS:
        bias = []
        for shift in shifts:
            turned = padded * np.exp(-2j * np.pi * np.fft.fftfreq(padded.shape[1])[None] * shift)
            secondary = np.fft.ifft2(turned).real[rim:-rim, rim:-rim]
            bias.append(np.nanmean(match(reference, secondary, method=method).columns[16:-16, 16:-16]) - shift)
        axis.plot(shifts, bias, marker="o", markersize=3, label=label)
    axis.axhline(0.0, color="0.5", linewidth=0.8)
    axis.set(xlabel="true shift, px", ylabel="mean error, px", ylim=(-0.03, 0.03))
    axis.legend(fontsize=8, ncol=3)
    figure.savefig(path, dpi=85)
    plt.close(figure)


PICTURES = {"matching-methods": methods, "matching-windows": windows, "matching-radar": radar,
            "matching-staircase": staircase}


def make(name: str, output: Path) -> Path:
    """Make one picture; returns its path."""
    import matplotlib
    matplotlib.use("Agg")
    import_root()
    path = output / f"{name}.png"
    PICTURES[name](path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", choices=sorted(PICTURES))
    arguments = parser.parse_args()
    for name in PICTURES:
        if arguments.only in (None, name):
            print(make(name, arguments.output))


if __name__ == "__main__":
    main()
