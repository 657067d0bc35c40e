"""Small stacks of interferograms in files: dates every 12 days, each with its next neighbours."""
from datetime import date, timedelta

import numpy as np

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.stack import PairEntry, StackManifest
from terrain_motion.engine.io.displacement import new_displacement
from terrain_motion.engine.io.manifests import write_stack
from terrain_motion.engine.io.raster import Band, new_raster

WAVELENGTH = 0.0554658
CYCLE = WAVELENGTH / 2.0  # m of one turn of the phase
PIXEL = 80.0
LOOK = (-0.59, -0.13, 0.797)  # ascending, about 37 degrees from the vertical


def days(count):
    return [date(2022, 1, 5) + timedelta(days=12 * n) for n in range(count)]


def neighbours(count, reach=2):
    return [(i, j) for i in range(count) for j in range(i + 1, min(i + 1 + reach, count))]


def mountain(rows, columns):
    """Elevation, m: a ridge of 2 km."""
    y, x = np.mgrid[0:rows, 0:columns]
    return 3000.0 + 2000.0 * np.sin(np.pi * y / rows) * np.abs(np.sin(2.3 * np.pi * x / columns))


def write_insar(folder, series, pairs=None, elevation=None, coherence=0.8, change=None, baselines=None, sigma=0.002,
                origin=(480000.0, 4240000.0), look=LOOK, extra=None):
    """A stack of los = series[j] - series[i]. series: (dates, rows, columns) m. change: {pair number: array to add}."""
    count, rows, columns = series.shape
    grid = Grid("EPSG:32643", (origin[0], PIXEL, 0.0, origin[1], 0.0, -PIXEL), columns, rows)
    dates, pairs = days(count), pairs or neighbours(count)
    (folder / "pairs").mkdir(parents=True, exist_ok=True)
    entries = []
    for number, (i, j) in enumerate(pairs):
        los = series[j] - series[i] + (change or {}).get(number, 0.0)
        file = f"pairs/{dates[i]:%Y%m%d}_{dates[j]:%Y%m%d}.tif"
        with new_displacement(folder / file, grid, ("los",), "coherence", dates[i], dates[j]) as target:
            target.write({"los": los.astype(np.float32), "coherence": np.full(los.shape, coherence, np.float32),
                          "sigma": np.full(los.shape, sigma, np.float32),
                          "flag": np.where(np.isfinite(los), 0, 1).astype(np.float32)})
        baseline = None if baselines is None else float(baselines[j] - baselines[i])
        entries.append(PairEntry(dates[i], dates[j], file, None, baseline, coherence, 1.0,
                                 {"source": f"S1AA_{dates[i]:%Y%m%d}T125614_{dates[j]:%Y%m%d}T125614_VVP012_INT80"}))
    height = mountain(rows, columns) if elevation is None else elevation
    with new_raster(folder / "geometry.tif", grid, [Band("look_east"), Band("look_north"), Band("look_up"),
                                                    Band("elevation", "m")]) as target:
        parts = {f"look_{n}": np.full((rows, columns), v, np.float32) for n, v in zip(("east", "north", "up"), look)}
        target.write({**parts, "elevation": height.astype(np.float32)})
    manifest = StackManifest("insar", ("los",), grid, tuple(entries), "coherence", "geometry.tif", (),
                             {"wavelength": WAVELENGTH, **(extra or {})})
    return write_stack(folder, manifest)


def read_pairs(stack):
    """(pairs, rows, columns) los and flag of a written stack."""
    from terrain_motion.engine.io.displacement import open_displacement
    from terrain_motion.engine.io.manifests import read_stack

    manifest, folder = read_stack(stack)
    los, flag = [], []
    for pair in manifest.pairs:
        with open_displacement(folder / pair.file) as source:
            los.append(source.read("los"))
            flag.append(source.read("flag"))
    return np.array(los), np.array(flag)
