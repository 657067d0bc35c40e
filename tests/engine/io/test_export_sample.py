"""Sampling a series: the pixel under a point, the mean and spread inside a polygon."""
import csv
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr, osr

sys.path.insert(0, str(Path(__file__).parent))
from series_folder import DATES, GRID, make_series, truth  # noqa: E402

from terrain_motion.engine.core.errors import InputError, SettingsError  # noqa: E402
from terrain_motion.engine.io.exports import sample  # noqa: E402
from terrain_motion.engine.io.exports.settings import SampleSettings  # noqa: E402

LAST, SHARE = "D20190304", 365 / 365.25


def wkb(text):
    return bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb())


def at(column, row):
    return wkb("POINT ({} {})".format(*GRID.xy(column, row)))


def box(left, top, right, bottom):
    corners = [GRID.xy(c, r) for c, r in ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))]
    return wkb("POLYGON ((" + ", ".join(f"{x} {y}" for x, y in corners) + "))")


@pytest.fixture
def optical(tmp_path):
    return make_series(tmp_path / "series")


def run(series, shapes, progress, crs="EPSG:32607", table=None, **settings):
    return sample.run(series, [(s, {"name": n}) for n, s in enumerate(shapes)], crs, SampleSettings(**settings), table,
                      progress)


def test_a_point_takes_its_pixel_along_the_mean_direction(optical, progress):
    (_, attributes, row), = run(optical, [at(10.2, 8.9)], progress).rows
    assert attributes == {"name": 0} and row["unit"] == "m" and row["pixels"] == 1 and row["note"] == ""
    assert row["D20180304"] == 0.0 and row[LAST] == pytest.approx(5.5 * SHARE, rel=1e-6)
    assert row["velocity"] == pytest.approx(5.5) and row["velocity_sigma"] == pytest.approx(0.1)
    assert row["sigma"] == pytest.approx(0.05) and row["coherence"] == pytest.approx(0.9)
    assert row["azimuth"] == pytest.approx(143.13, abs=0.01)


@pytest.mark.parametrize("component, speed", [("east", 3.3), ("north", -4.4)])
def test_a_component_keeps_its_sign(optical, progress, component, speed):
    (_, _, row), = run(optical, [at(10.5, 8.5)], progress, component=component).rows
    assert row[LAST] == pytest.approx(speed * SHARE, rel=1e-6) and row["velocity"] == pytest.approx(speed)
    assert row["component"] == component


def test_line_of_sight_in_millimetres(tmp_path, progress):
    series = make_series(tmp_path / "los", ("los",))
    (_, _, row), = run(series, [at(0.5, 8.5)], progress, unit="mm").rows
    assert row[LAST] == pytest.approx(20 * SHARE, rel=1e-6) and row["unit"] == "mm" and row["component"] == "los"
    assert row["velocity"] == pytest.approx(20.0) and row["velocity_sigma"] == pytest.approx(100.0)
    with pytest.raises(SettingsError, match="no component 'north'"):
        run(series, [at(0.5, 8.5)], progress, component="north")


def test_points_in_degrees_are_found(optical, progress):
    to = osr.CoordinateTransformation(*(_reference(c) for c in (32607, 4326)))
    x, y, _ = to.TransformPoint(*GRID.xy(20.5, 3.5))
    (shape, _, row), = run(optical, [wkb(f"POINT ({x} {y})")], progress, crs="EPSG:4326").rows
    assert row["velocity"] == pytest.approx(6.0)
    assert ogr.CreateGeometryFromWkb(shape).GetX() == x  # the row keeps the layer's own coordinates


def _reference(code):
    made = osr.SpatialReference()
    made.ImportFromEPSG(code)
    made.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return made


def test_a_polygon_gives_mean_and_spread_of_the_pixels_whose_centres_it_holds(optical, progress):
    (shape, _, row), = run(optical, [box(10, 5, 15, 9)], progress, component="east").rows
    inside = truth("east")[:, 5:9, 10:15].reshape(len(DATES), -1)
    assert row["pixels"] == 20 and row[LAST] == pytest.approx(inside[-1].mean(), rel=1e-6)
    assert row["spread"] == pytest.approx(np.median(inside.std(axis=1, ddof=1)), rel=1e-5)
    assert ogr.CreateGeometryFromWkb(shape).GetGeometryType() == ogr.wkbPoint


def test_pixels_without_data_do_not_count_in_a_polygon(optical, progress):
    (_, _, row), = run(optical, [box(2, 0, 6, 4)], progress, component="east").rows
    assert row["pixels"] == 8 and row[LAST] == pytest.approx(truth("east")[-1, :4, 4:6].mean(), rel=1e-6)


def test_a_polygon_smaller_than_a_pixel_takes_that_pixel(optical, progress):
    (_, _, row), = run(optical, [box(10.1, 8.1, 10.3, 8.3)], progress).rows
    assert row["pixels"] == 1 and row["velocity"] == pytest.approx(5.5)


def test_places_without_values_say_why(optical, progress):
    result = run(optical, [at(1.5, 1.5), at(-50, 5), box(0, 0, 2, 2)], progress)
    assert [row["note"] for _, _, row in result.rows] == ["too few observations", "outside the series", "no data"]
    assert all(LAST not in row for _, _, row in result.rows)
    assert "3 places have no values" in result.summary()[1]


def test_every_point_of_a_multipoint_is_a_place_and_lines_are_refused(optical, progress):
    several = wkb("MULTIPOINT ((601050 6749150), (602050 6749150))")
    assert [round(row["velocity"], 3) for _, _, row in run(optical, [several], progress).rows] == [5.5, 6.0]
    with pytest.raises(InputError, match="linestrings; points or polygons"):
        run(optical, [wkb("LINESTRING (601050 6749150, 602050 6749150)")], progress)
    with pytest.raises(InputError, match="no points or polygons"):
        run(optical, [], progress)


def test_table_has_every_component_with_sigma_and_spread(optical, tmp_path, progress):
    run(optical, [at(10.5, 8.5), box(10, 5, 15, 9)], progress, table=str(tmp_path / "t.csv"))
    with open(tmp_path / "t.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * len(DATES)
    last = rows[len(DATES) - 1]
    assert (last["date"], last["days"], last["id"]) == ("2019-03-04", "365", "1")
    assert float(last["east_m"]) == pytest.approx(3.3 * SHARE, rel=1e-6)
    assert float(last["north_m"]) == pytest.approx(-4.4 * SHARE, rel=1e-6)
    assert float(last["displacement_m"]) == pytest.approx(5.5 * SHARE, rel=1e-6)
    assert float(last["sigma_east_m"]) == pytest.approx(0.05) and last["spread_east_m"] == ""
    assert float(rows[-1]["spread_north_m"]) > 0
