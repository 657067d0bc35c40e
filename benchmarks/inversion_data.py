"""The inversion on real data with known answers. Needs GDAL (the Python of QGIS has it) and the data folder.

    python benchmarks/inversion_data.py --data FOLDER

pyrate_small: cumulative displacement of PyRate's singular value decomposition. mexico_city: rates of unweighted least
squares. kaskawulsh: 32 velocity maps on two grids against three GNSS stations.
"""
import argparse
import csv
import gzip
import math
import re
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import inversion as simulated  # noqa: E402,F401  (makes the repository importable)
from terrain_motion.engine.core.progress import Progress  # noqa: E402
from terrain_motion.engine.fusion import fuse  # noqa: E402
from terrain_motion.engine.fusion.settings import FuseSettings  # noqa: E402
from terrain_motion.engine.inversion import invert  # noqa: E402
from terrain_motion.engine.inversion.settings import InvertSettings  # noqa: E402
from terrain_motion.engine.inversion.solver import Noise, make_network, solve  # noqa: E402
from terrain_motion.engine.io.imports import displacements  # noqa: E402
from terrain_motion.engine.io.imports.settings import ImportSettings  # noqa: E402
from terrain_motion.engine.io.raster import open_raster  # noqa: E402
from terrain_motion.engine.io.stable import StableGround  # noqa: E402
from terrain_motion.engine.validation import station_comparison  # noqa: E402
from terrain_motion.engine.validation.comparison_settings import StationSettings  # noqa: E402

PLAIN = InvertSettings(weights="none", robust="none", min_observations=1)
LEFT_OUT = {"061002-070219", "061211-070813", "070115-070326", "070115-070917", "070219-070604"}


def pyrate(data):
    """Largest difference (mm) to PyRate's series of the 12 pairs of its tree, pixels valid in all of them."""
    expected = data / "pyrate_small" / "expected"
    dates, values = [], []
    for file in sorted((expected / "ref_phase_corrected_mm").iterdir()):
        name = re.search(r"(\d{6})-(\d{6})", file.name)
        if name.group(0) not in LEFT_OUT:
            dates.append(tuple(datetime.strptime(t, "%y%m%d").date() for t in name.groups()))
            values.append(np.loadtxt(file, delimiter=","))
    values = np.array(values)
    values[values == 0] = np.nan
    network = make_network(dates)
    found = solve(network, (values / 1000)[None].astype(np.float32), np.isfinite(values), PLAIN,
                  Noise(np.ones(len(dates))))
    with gzip.open(next((expected / "time_series").glob("ts_cum*method2.csv.gz"))) as file:
        series = np.loadtxt(file, delimiter=",").reshape((72, 47, 12), order="F")
    whole = np.isfinite(values).all(axis=0)
    ours = np.moveaxis(found.series[0, 1:] * 1000, 0, -1)
    return f"pyrate_small: {whole.sum()} pixels, largest difference {np.abs(ours - series)[whole].max():.5f} mm (< .001)"


def mexico(data):
    """Rates of unweighted least squares, mm/yr toward the satellite, relative to row 6, column 6."""
    folder, values, dates = data / "mexico_city" / "gamma", [], []
    for file in sorted(folder.glob("cropA_*_unw.tif")):
        name = re.search(r"(\d{8})-(\d{8})", file.name)
        dates.append(tuple(datetime.strptime(t, "%Y%m%d").date() for t in name.groups()))
        with open_raster(file) as raster:
            phase = raster.read(1)
        phase[phase == 0] = np.nan
        values.append(-phase * 0.05550415767769124 / (4 * math.pi))
    values = np.array(values)
    values -= values[:, 6:7, 6:7]
    found = solve(make_network(dates), values[None].astype(np.float32), np.isfinite(values), PLAIN,
                  Noise(np.ones(len(dates))))
    rate = np.where(np.isfinite(values).all(axis=0), found.velocity[0] * 1000, np.nan)
    row, column = np.unravel_index(np.nanargmin(rate), rate.shape)
    return (f"mexico_city: {rate[12, 90]:.2f} mm/yr at row 12, column 90 (-294.70); minimum {rate[row, column]:.2f} at "
            f"row {row}, column {column} (-302.56 at 8, 99)")


def kaskawulsh_stack(data, folder):
    """One stack of the 32 maps of two lattices, by `importdisplacements`; m. Their files do not say m/day."""
    found = displacements.run(data / "kaskawulsh" / "velocity", ImportSettings(unit="m/day"), folder, Progress())
    return found.stack.parent, found.lines


def stations(data):
    """(start, end, x, y, velocity east, velocity north) of every GNSS interval with a velocity; m/day."""
    with open(data / "kaskawulsh" / "gnss_displacements.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["vx_m_per_day"]:
                yield (date.fromisoformat(row["date_start"]), date.fromisoformat(row["date_end"]),
                       float(row["easting_start"]), float(row["northing_start"]), float(row["vx_m_per_day"]),
                       float(row["vy_m_per_day"]))


def station_table(data, path):
    """Positions of the stations as a table for `comparestations`: m since the first record, place of that record."""
    known = {}
    with open(data / "kaskawulsh" / "gnss_displacements.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for end in ("start", "end"):
                if row[f"easting_{end}"]:
                    known[row["station"], row[f"date_{end}"]] = [float(row[f"{a}_{end}"]) for a in ("easting", "northing")]
    with open(path, "w", newline="", encoding="utf-8") as file:
        table, first = csv.writer(file), {}
        table.writerow(("station", "date", "x", "y", "east", "north"))
        for (name, day), place in sorted(known.items()):
            x, y = first.setdefault(name, place)
            table.writerow((name, day, x, y, place[0] - x, place[1] - y))
    return path


def against_velocities(table, folder):
    """Velocity of the series minus that of the stations over the same dates, m/day, and rms of the series, m."""
    found = station_comparison.run(folder, table, StationSettings(window=1), folder / "stations.csv", Progress())
    return "; ".join(f"{r.station} {r.component} {(r.velocity - r.station_velocity) / 365.25:+.3f} m/day of "
                     f"{r.station_velocity / 365.25:+.3f} ({r.dates} dates, rms {r.rms:.2f} m)" for r in found.rows)


def nmad(values):
    values = np.array(values)
    values = values[np.isfinite(values)]
    return 1.4826 * np.median(np.abs(values - np.median(values)))


def kaskawulsh(data):
    """NMAD (m/day) of the series against the GNSS displacements of the same intervals, and velocity."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stack, lines = kaskawulsh_stack(data, folder / "stack")
        lines = [f"kaskawulsh, imported: {line}" for line in lines]
        table = station_table(data, folder / "gnss.csv")
        rock = StableGround.from_file(data / "kaskawulsh" / "bedrock_V1.shp")
        for label, settings, stable in (
                ("least squares", PLAIN, None), ("default", InvertSettings(), None),
                ("temporal smoothing .4 m", InvertSettings(smoothing=0.4), None),
                ("default, sigma of each map from the rock", InvertSettings(), rock),
                ("sigma from the rock, temporal smoothing .4 m", InvertSettings(smoothing=0.4), rock)):
            result = invert.run(stack, settings, folder / label, Progress(), stable=stable)
            lines.append(f"kaskawulsh, {label}: " + against_stations(data, result.series.parent))
            lines += [f"    velocity minus GNSS: {against_velocities(table, result.series.parent)}"]
            lines += [f"    {note}" for note in result.notes]
        fused = fuse.run(stack, FuseSettings(), folder / "fused.tif", Progress())
        lines.append(f"kaskawulsh, fused: median speed {fused.median_speed / 365.25:.3f} m/day")
    return "\n".join(lines)


def against_stations(data, folder):
    """One sentence: NMAD and median of series minus GNSS, m/day."""
    errors, inside = [], []
    with open_raster(folder / "east.tif") as east, open_raster(folder / "north.tif") as north, \
            open_raster(folder / "sigma_east.tif") as sigma:
        u, v, s, days = east.read_bands(), north.read_bands(), sigma.read_bands(), [date.fromisoformat(b)
                                                                                  for b in east.bands]
        grid = east.grid
    for start, end, x, y, east_rate, north_rate in stations(data):
        place = grid.index(x, y)
        if start in days and end in days and place:
            a, b, length = days.index(start), days.index(end), (end - start).days
            step = np.array([w[b][place] - w[a][place] for w in (u, v)]) / length
            errors.append(step - (east_rate, north_rate))
            inside.append(np.hypot(s[a][place], s[b][place]) / length)
    errors = np.array(errors)
    known = np.isfinite(errors).all(axis=1)
    return (f"series minus GNSS, {known.sum()} of {len(errors)} intervals: NMAD {nmad(errors[:, 0]):.3f} / "
            f"{nmad(errors[:, 1]):.3f} m/day (single maps .074 / .129; wanted .06 / .09), median "
            f"{np.median(errors[known, 0]):+.3f} / {np.median(errors[known, 1]):+.3f}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", required=True, type=Path)
    data = arguments.parse_args().data
    for name, check in (("pyrate_small", pyrate), ("mexico_city", mexico), ("kaskawulsh", kaskawulsh)):
        print(check(data) if (data / name).is_dir() else f"NOT RUN: {data / name} is not there")


if __name__ == "__main__":
    main()
