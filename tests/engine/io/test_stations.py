"""Tables of stations: units, sigmas, places, other formats, and what is refused."""
from datetime import date

import numpy as np
import pytest
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.io.histories.stations import compare, read_stations, relative


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_table_of_two_stations_in_millimetres(tmp_path):
    found = read_stations(write(tmp_path / "a.csv", "# a remark\nstation;date;east_mm;up (cm);sigma_east_mm;lon;lat\n"
                                "B;2020-01-02;20;3;2;7.5;46\nA;2020-01-01;10;1;2;7;45\nB;2020-01-01;5;;2;7.5;46\n"))
    by_name = {station.name: station for station in found}
    assert by_name["B"].dates == (date(2020, 1, 1), date(2020, 1, 2))
    assert by_name["B"].values["east"] == pytest.approx([0.005, 0.020])
    assert np.isnan(by_name["B"].values["up"][0]) and by_name["B"].values["up"][1] == pytest.approx(0.03)
    assert by_name["A"].sigmas["east"] == pytest.approx([0.002]) and by_name["A"].place == (7.0, 45.0, "EPSG:4326")


def test_points_of_a_vector_layer_bring_their_own_place(tmp_path):
    from osgeo import ogr, osr
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32632)
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "s.gpkg"))
    layer = source.CreateLayer("s", reference, ogr.wkbPoint)
    for name, kind in (("site", ogr.OFTString), ("date", ogr.OFTDate), ("north", ogr.OFTReal)):
        layer.CreateField(ogr.FieldDefn(name, kind))
    for day in (1, 2):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("site", "X")
        feature.SetField("date", f"2021/03/0{day}")
        feature.SetField("north", 0.1 * day)
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT(400000 5200000)"))
        layer.CreateFeature(feature)
    layer = source = None
    (station,) = read_stations(tmp_path / "s.gpkg")
    assert station.place == (400000.0, 5200000.0, "EPSG:32632") and station.dates[1] == date(2021, 3, 2)
    assert station.values["north"] == pytest.approx([0.1, 0.2])


def test_tenv3_of_nevada(tmp_path):
    head = "site YYMMMDD yyyy.yyyy __MJD week d reflon _e0(m) __east(m) ____n0(m) _north(m) u0(m) ____up(m) _ant(m) " \
           "sig_e(m) sig_n(m) sig_u(m) __corr_en __corr_eu __corr_nu _latitude(deg) _longitude(deg) __height(m)\n"
    line = ("P123 20JAN05 2020.0110 58853 2086 0 -118.0 1000 0.25 2000 0.5 300 0.75 0.008 0.001 0.002 0.003 0 0 0 37.0 "
            "242.0 1\n")
    (station,) = read_stations(write(tmp_path / "P123.tenv3", head + line))
    assert station.dates == (date(2020, 1, 5),) and station.values["east"][0] == pytest.approx(1000.25)
    assert station.sigmas["up"][0] == pytest.approx(0.003) and station.place == (-118.0, 37.0, "EPSG:4326")


def test_values_begin_at_zero_on_the_first_day_of_the_series(tmp_path):
    days = "\n".join(f"2020-01-{day:02d},{day / 10}" for day in range(1, 31))
    (station,) = read_stations(write(tmp_path / "a.csv", "date,east\n" + days))
    values = relative(station, "east", date(2020, 1, 15), window=2)
    assert values[14] == pytest.approx(0.0) and values[-1] == pytest.approx(1.5)
    assert relative(station, "east", date(2010, 1, 1))[0] == pytest.approx(0.0)  # its own first day


def test_difference_ignores_a_constant(tmp_path):
    dates = tuple(date(2020, 1, day) for day in range(1, 21))
    station = np.arange(20.0)
    assert compare(dates, station, dates[::2], station[::2] + 7.0, window=0) == (pytest.approx(0.0), 10)
    deviation, count = compare(dates, station, dates[::2], station[::2] + [0, 1] * 5, window=0)
    assert deviation == pytest.approx(0.5) and count == 10


@pytest.mark.parametrize("text, words", [("a,b\n1,2\n", "needs a column 'date'"), ("date,east\nsoon,1\n", "YYYY-MM-DD"),
                                         ("", "is empty")])
def test_tables_that_cannot_be_read_say_why(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_stations(write(tmp_path / "x.csv", text))
