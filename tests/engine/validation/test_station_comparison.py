"""Stations beside series and maps: known motion agrees, the line of sight is projected, what is missing is named."""
import csv
from datetime import date, timedelta

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.series import SeriesManifest
from terrain_motion.engine.io.manifests import write_series
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.validation import station_comparison
from terrain_motion.engine.validation.comparison_settings import StationSettings

DATES = [date(2022, 1, 5) + timedelta(days=12 * n) for n in range(20)]
LOOK, GRID = (-0.59, -0.13, 0.797), Grid("EPSG:32643", (500000.0, 40.0, 0.0, 4200000.0, 0.0, -40.0), 10, 8)
MOTION = np.array([0.2, 0.1, -0.3])  # m/yr


@pytest.fixture
def series(tmp_path):
    folder = tmp_path / "series"
    folder.mkdir()
    years = np.arange(20) * 12 / 365.25
    rate = float(np.dot(LOOK, MOTION))
    with new_raster(folder / "los.tif", GRID, [Band(d.isoformat(), "m") for d in DATES], pixel_interleaved=True,
                    block=128) as target:
        target.write_all((years[:, None, None] * rate * np.ones((8, 10))).astype(np.float32))
    with new_raster(folder / "velocity.tif", GRID, [Band("velocity_los", "m/yr"), Band("sigma_los", "m/yr")]) as target:
        target.write({"velocity_los": np.full((8, 10), rate, np.float32), "sigma_los": np.full((8, 10), 0.004, np.float32)})
    with new_raster(folder / "geometry.tif", GRID, [Band(f"look_{n}") for n in ("east", "north", "up")]) as target:
        target.write({f"look_{n}": np.full((8, 10), v, np.float32) for n, v in zip(("east", "north", "up"), LOOK)})
    return write_series(folder, SeriesManifest("insar", ("los",), GRID, tuple(DATES), {"los": "los.tif"}, quality=None))


@pytest.fixture
def stations(tmp_path):
    path = tmp_path / "stations.csv"
    rng = np.random.default_rng(16)
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["station", "date", "lon", "lat", "east_mm", "north_mm", "up_mm"])
        for name, lon, lat in (("IN", 75.001, 37.9464), ("OUT", 80.0, 37.9)):
            for n in range(0, 240, 3):
                values = 1000 * MOTION * n / 365.25 + 5000 + rng.normal(0, 1, 3)
                table.writerow([name, DATES[0] + timedelta(days=n), lon, lat, *values])
    return path


def test_a_station_inside_agrees_along_the_line_of_sight(series, stations, tmp_path):
    result = station_comparison.run(series, stations, StationSettings(), tmp_path / "table.csv", Progress(),
                                    tmp_path / "plot.png")
    row = next(r for r in result.rows if r.station == "IN")
    assert row.component == "los" and row.dates == 20 and row.rms < 0.001  # a millimetre of noise, five values each
    assert abs(row.velocity - row.station_velocity) < 3 * row.station_sigma and row.correlation > 0.999
    assert (tmp_path / "plot.png").stat().st_size > 5000
    with open(tmp_path / "table.csv", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert {t["station"]: t["note"] for t in table}["OUT"] == "outside the series"


def test_a_velocity_map_is_compared_with_the_slope_of_the_station(series, stations, tmp_path):
    result = station_comparison.run(series.parent / "velocity.tif", stations, StationSettings(), tmp_path / "t.csv",
                                    Progress())
    row = next(r for r in result.rows if r.station == "IN")
    assert abs(row.velocity - row.station_velocity) < 3 * row.station_sigma and result.plot is None


def test_x_and_y_of_a_table_are_in_the_coordinates_of_the_series(series, stations, tmp_path):
    x, y = GRID.xy(5, 5)
    text = stations.read_text(encoding="utf-8").replace("lon,lat", "x,y").replace("75.001,37.9464", f"{x!r},{y!r}")
    (tmp_path / "xy.csv").write_text(text, encoding="utf-8")
    found = [station_comparison.run(series, table, StationSettings(), tmp_path / "t.csv", Progress()).rows
             for table in (stations, tmp_path / "xy.csv")]
    mine, theirs = (next(r for r in rows if r.station == "IN") for rows in found)
    assert theirs.dates == mine.dates == 20 and theirs.station_velocity == pytest.approx(mine.station_velocity, rel=0.05)


def test_stations_without_a_place_are_refused(series, tmp_path):
    (tmp_path / "bare.csv").write_text("station,date,east\nA,2022-01-05,0.1\n", encoding="utf-8")
    with pytest.raises(InputError, match="where its stations are"):
        station_comparison.run(series, tmp_path / "bare.csv", StationSettings(), tmp_path / "t.csv", Progress())
