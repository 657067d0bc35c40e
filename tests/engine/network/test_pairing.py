"""Rules of pairing, the graph of dates, and what is said when nothing can be paired."""
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.scene import Scene
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.network import graph, pairing, rules
from terrain_motion.engine.network.settings import PairNetworkSettings, connection_text
from terrain_motion.engine.scenes import catalogue
from terrain_motion.engine.scenes.catalogue_settings import CatalogueSettings

SQUARE = "POLYGON ((7 45, 8 45, 8 46, 7 46, 7 45))"
START = datetime(2018, 1, 1, 10)


def scene(day, **values):
    """A scene so many days after the start. Its file is not there: the network works from the layer alone."""
    known = {"footprint": SQUARE, "orbit": "65", "mission": "Sentinel-2A", **values}
    return Scene(known.pop("path", f"/away/{day}_{known.get('tile', '')}.tif"), START + timedelta(days=day), **known)


def scenes(*days, **values):
    return [scene(day, **values) for day in days]


def run(found, progress=None, **settings):
    return pairing.run(found, PairNetworkSettings(**settings), progress)


def baselines(result):
    return sorted(pair.days for pair in result.pairs)


def image(path, crs="EPSG:32632", size=10.0, x=400000.0):
    with new_raster(path, Grid(crs, (x, size, 0, 5000000.0, 0, -size), 64, 64), [Band("b")], dtype="uint16") as file:
        file.write({"b": np.ones((64, 64), "uint16")})
    return path


# --- limits ---

def test_pairs_are_those_between_the_limits_both_included():
    result = run(scenes(0, 10, 30, 60), min_baseline=10, max_baseline=50)
    assert baselines(result) == [10, 20, 30, 30, 50]
    assert result.refused == {rules.BASELINE: 1}
    assert all(pair.reference_date < pair.secondary_date for pair in result.pairs)


def test_acquisitions_count_dates_not_days():
    result = run(scenes(0, 1, 100, 500), unit="acquisitions", min_baseline=1, max_baseline=2)
    assert baselines(result) == [1, 99, 100, 400, 499]
    assert run(scenes(*range(0, 90, 9)), unit="acquisitions").settings.limits == (1, 5)


def test_backward_pairs_have_the_later_reference_and_both_are_twice_as_many():
    forward, backward, both = (run(scenes(0, 10, 20), direction=d) for d in ("forward", "backward", "both"))
    assert baselines(backward) == [-20, -10, -10]
    assert len(both.pairs) == 6 and both.connections == forward.connections == backward.connections
    assert all(pair.reference_date > pair.secondary_date for pair in backward.pairs)


def test_split_date_pairs_only_across_the_event():
    result = run(scenes(0, 10, 20, 30), split_date="2018-01-21")  # the third scene is of that very day: after
    found = [(p.reference_date.day, p.secondary_date.day) for p in result.pairs]
    assert found == [(1, 21), (1, 31), (11, 21), (11, 31)]
    assert result.refused == {rules.SPLIT: 2}


def test_cloudy_scenes_are_dropped_and_unknown_cloud_is_kept():
    found = [scene(0, cloud=10.0), scene(10, cloud=80.0), scene(20)]
    result = run(found, max_cloud=50)
    assert baselines(result) == [20]
    assert result.dropped == [("/away/10_.tif", "80 % cloud, more than the 50 % allowed")]


def test_same_orbit_pairs_within_orbits_and_counts_acquisitions_there():
    found = scenes(0, 10, 20, orbit="65") + scenes(5, 15, 25, orbit="108")
    assert len(run(found).pairs) == 15
    within = run(found, same_orbit=True, unit="acquisitions", max_baseline=1)
    assert baselines(within) == [10, 10, 10, 10]
    assert {pair.orbit for pair in within.pairs} == {"65", "108"} and len(within.components) == 2


def test_pixels_and_speed_set_the_minimum_baseline_of_equation_6():
    """Slumgullion: 14 mm/day is seen by 10 m pixels and a tenth of a pixel after 72 days (Provost et al. 2022, 4.2)."""
    days = rules.minimum_baseline(0.014 * 365.25, 10.0, 0.1)
    assert 71 < days <= 72
    assert rules.slowest_speed(days, 10.0, 0.1) == pytest.approx(0.014 * 365.25)


def test_slowest_motion_raises_the_minimum_baseline(tmp_path):
    found = [scene(day, path=str(image(tmp_path / f"{day}.tif"))) for day in (0, 50, 100)]
    result = run(found, min_speed=0.014 * 365.25)
    assert baselines(result) == [100] and result.pixel_size == 10.0
    assert result.slowest_speed == pytest.approx(0.1 * 10 / 100 * 365.25)


@pytest.mark.parametrize("days, least", [(range(0, 730, 66), 2.0), (range(0, 730, 18), 5.0), ((0, 16), 1.0),
                                         ((0, 10), 1.0), ((0, 365, 731), 1.0)])
def test_default_network_is_connected_and_redundant(days, least):
    result = run(scenes(*days))
    assert len(result.components) == 1 and not result.isolated
    assert result.components[0].redundancy >= least


def test_limits_that_exclude_each_other_are_refused():
    with pytest.raises(SettingsError, match=r"minimum baseline \(50 days\) is longer than the maximum \(20 days\)"):
        PairNetworkSettings(min_baseline=50, max_baseline=20)
    assert PairNetworkSettings(max_baseline=3).limits == (1, 3)
    assert PairNetworkSettings(min_baseline=500).limits == (500, 500)


# --- several scenes of a day, several places ---

def test_two_products_of_one_day_and_tile_make_one_date():
    found = [scene(0, tile="T32TLR", level="L2A"), scene(0, tile="T32TLR", level="L1C", path="/away/x.tif"),
             scene(20, tile="T32TLR", level="L2A")]
    result = run(found)
    assert len(result.pairs) == 1 and result.pairs[0].reference == "/away/0_T32TLR.tif"
    assert result.dropped == [("/away/x.tif", "the same day and place as /away/0_T32TLR.tif")]


def test_neighbouring_tiles_are_not_paired_across_their_border():
    east = "POLYGON ((7.9 45, 8.9 45, 8.9 46, 7.9 46, 7.9 45))"
    found = scenes(0, 10, tile="T32TLR") + scenes(0, 10, tile="T32TMR", footprint=east)
    result = run(found)
    assert len(result.pairs) == 2 and all(p.reference[-7:] == p.secondary[-7:] for p in result.pairs)


def test_footprint_of_a_pair_is_the_overlap():
    result = run([scene(0), scene(10, footprint="POLYGON ((7.5 45.5, 8.5 45.5, 8.5 46.5, 7.5 46.5, 7.5 45.5))")])
    assert "7.5 45.5" in result.pairs[0].footprint and "8 46" in result.pairs[0].footprint


def test_overlap_across_the_180th_meridian_is_found():
    west = "POLYGON ((179 -17, 181 -17, 181 -16, 179 -16, 179 -17))"
    east = "POLYGON ((-180 -17, -178 -17, -178 -16, -180 -16, -180 -17))"
    assert len(run([scene(0, footprint=west), scene(10, footprint=east)]).pairs) == 1


# --- nothing to pair ---

@pytest.mark.parametrize("found, settings, message", [
    ([], {}, "scenes layer is empty"),
    (scenes(0), {}, r"only one scene \(/away/0_\.tif\); a pair needs two"),
    (scenes(0, 0), {}, r"the same day and place"),
    ([scene(0, cloud=90.0), scene(10, cloud=5.0)], {"max_cloud": 20}, r"90 % cloud.*Relax the limits"),
    (scenes(0, 1000), {}, r"1 with baselines outside the limits\. The limits are 5 to 400 days; the dates are 1000 to "
                          r"1000 days apart\. Change the minimum"),
    ([scene(0, orbit="1"), scene(10, orbit="2")], {"same_orbit": True}, "Switch off 'Same orbit only'"),
    (scenes(0, 10), {"split_date": "2020-01-01"}, "other side of the split date"),
    ([scene(0), scene(10, footprint="POLYGON ((1 1, 2 1, 2 2, 1 2, 1 1))")], {},
     r"1 that do not overlap.*/away/0_\.tif and /away/10_\.tif.*Choose scenes of one place")])
def test_why_there_is_no_pair_is_said(found, settings, message):
    with pytest.raises(InputError, match=message):
        run(found, **settings)


def test_scenes_of_different_coordinate_systems_or_pixels_are_not_paired(tmp_path):
    first = scene(0, path=str(image(tmp_path / "a.tif")))
    other = scene(10, path=str(image(tmp_path / "b.tif", crs="EPSG:32633")))
    with pytest.raises(InputError, match=r"in different coordinate systems.*a\.tif and .*b\.tif.*Prepare"):
        run([first, other])
    coarse = scene(10, path=str(image(tmp_path / "c.tif", size=20.0)))
    with pytest.raises(InputError, match="with different pixel sizes"):
        run([first, coarse])


def test_scene_that_cannot_be_opened_is_dropped_with_its_reason(tmp_path):
    (tmp_path / "bad.tif").write_text("no raster")
    found = [scene(d, path=str(image(tmp_path / f"{d}.tif"))) for d in (0, 20)]
    result = run([*found, scene(40, path=str(tmp_path / "bad.tif"))])
    assert len(result.pairs) == 1 and "cannot be read as a raster" in result.dropped[0][1]


def test_absent_files_are_noted():
    assert "2 scenes are not where the layer says" in run(scenes(0, 10)).notes[0]


def test_cancel_stops(progress):
    progress.record.cancel_after(1)
    with pytest.raises(Cancelled):
        run(scenes(*range(0, 100, 5)), progress)


# --- the graph ---

def days(*numbers):
    return [date(2020, 1, n) for n in numbers]


def edges(*pairs):
    return graph.edges(tuple(days(*pair)) for pair in pairs)


def test_parts_bridges_and_redundancy_of_a_known_network():
    """Two triangles joined by one pair, and a chain apart."""
    known = edges((1, 2), (2, 3), (1, 3), (3, 4), (4, 5), (5, 6), (4, 6), (10, 11), (11, 12))
    parts = graph.components(known)
    assert [part.dates for part in parts] == [tuple(days(*range(1, 7))), tuple(days(10, 11, 12))]
    assert [(part.pairs, part.loops, part.redundancy) for part in parts] == [(7, 2, 1.4), (2, 0, 1.0)]
    assert graph.bridges(known) == edges((3, 4), (10, 11), (11, 12))


def test_bridges_are_those_whose_loss_makes_one_more_part():
    """Against the definition, on random networks."""
    import random
    for _ in range(30):
        known = edges(*({tuple(random.sample(range(1, 13), 2)) for _ in range(14)}))
        count = len(graph.components(known)) - _lonely(known)
        by_definition = [edge for edge in known
                         if len(graph.components([e for e in known if e != edge])) - _lonely(
                             [e for e in known if e != edge]) > count]
        assert graph.bridges(known) == by_definition


def _lonely(known):
    """Minus the number of days without a pair: each counts as a part of its own."""
    return len({day for edge in known for day in edge}) - 12


def test_directions_and_tiles_do_not_count_twice():
    a, b = days(1, 2)
    assert graph.edges([(a, b), (b, a), (a, b), (a, a)]) == [(a, b)]


def test_isolated_dates_are_reported():
    result = run(scenes(0, 10, 2000))
    assert result.isolated == [(START + timedelta(days=2000)).date()]
    assert list(result.pairs_per_date.values()) == [1, 1, 0]
    assert result.baselines == (10, 10)


def test_thousand_scenes_are_paired_in_seconds():
    """497,500 combinations, of which 58,170 within 60 acquisitions; measured 0.5 s."""
    assert len(run(scenes(*range(0, 5000, 5)), unit="acquisitions", max_baseline=60).pairs) == 60 * 1000 - 60 * 61 // 2


def test_real_yahtse_scenes_make_one_pair_of_16_days(data):
    found = catalogue.run(data / "yahtse", CatalogueSettings()).scenes
    result = pairing.run(found, PairNetworkSettings())
    assert baselines(result) == [16] and result.pixel_size == 15.0
    assert result.pairs[0].mission == "Landsat 8" and result.pairs[0].footprint.startswith("POLYGON")


def test_real_archive_pairs_only_what_belongs_together(data):
    found = catalogue.run(data / "archive", CatalogueSettings()).scenes
    result = pairing.run(found, PairNetworkSettings())
    assert {(p.reference_date.isoformat(), p.days) for p in result.pairs} == {("2019-08-09", 16), ("2023-08-15", 5)}


def test_a_pair_dropped_by_hand_is_left_out_and_one_added_is_made_against_the_limits():
    days = [datetime(2020, 1, 1), datetime(2020, 1, 11), datetime(2020, 1, 21), datetime(2021, 6, 1)]
    scenes = [Scene(f"/gone/{day:%Y%m%d}.tif", day) for day in days]
    plain = pairing.run(scenes, PairNetworkSettings(max_baseline=30))
    dropped, added = (days[0].date(), days[1].date()), (days[2].date(), days[3].date())
    chosen = PairNetworkSettings(max_baseline=30, drop=connection_text([dropped]), add="20210601_20200121")
    edited = pairing.run(scenes, chosen)
    assert set(edited.connections) == set(plain.connections) - {dropped} | {added}
    assert edited.refused["dropped by hand"] == 1


def test_a_dropped_pair_that_is_no_pair_of_dates_is_refused_in_words():
    with pytest.raises(SettingsError, match="YYYYMMDD_YYYYMMDD"):
        PairNetworkSettings(drop="20200132_20200201")
