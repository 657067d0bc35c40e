"""Limits of baselines and coherence, the spanning tree, isolated dates, and the plot of the network."""
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from interferogram_products import imported, simulated
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.stack import PairEntry
from terrain_motion.engine.insar import network_plot, selection
from terrain_motion.engine.insar.settings import SelectSettings
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.manifests import read_stack, write_stack
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.io.stable import StableGround

A, B, C, D = (date(2022, 1, day) for day in (1, 13, 25, 30))


def pair(first, second, baseline=0.0, coherence=0.5):
    return PairEntry(first, second, "x.tif", None, baseline, coherence)


def choose(entries, **settings):
    return selection.choose(entries, [e.mean_quality for e in entries], SelectSettings(**settings))


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("selection")
    made = simulated(folder / "products", tracks="ascending", dates=6, noise_interferograms=1, unwrapping_errors=0)
    return imported(made.folders["ascending"], folder / "stack")[2]


def test_each_limit_takes_its_pairs_and_says_so():
    entries = [pair(A, B), pair(A, D, 10), pair(B, C, -301), pair(C, D, coherence=0.09), pair(A, C, 300, 0.1)]
    chosen = choose(entries, max_days=24)
    assert [c.reason for c in chosen] == ["", selection.DAYS, selection.PERPENDICULAR, selection.COHERENCE, ""]


def test_unknown_baseline_and_coherence_keep_a_pair():
    assert not choose([pair(A, B, None, None)])[0].reason


def test_spanning_tree_keeps_the_most_coherent_link_of_a_date():
    entries = [pair(A, B), pair(B, C), pair(A, D, coherence=0.05), pair(B, D, coherence=0.08), pair(A, C)]
    chosen = choose(entries, spanning_tree=True)
    assert [bool(c.reason) for c in chosen] == [False, False, True, False, False] and chosen[3].tree
    assert [bool(c.reason) for c in choose(entries)] == [False, False, True, True, False]


def test_pairs_and_dates_are_left_out_by_hand_even_from_the_tree():
    entries = [pair(A, B), pair(B, C)]
    chosen = choose(entries, drop_dates=C.isoformat(), spanning_tree=True)
    assert chosen[1].reason == selection.BY_HAND
    with pytest.raises(InputError, match="no pair 20990101_20990113"):
        choose(entries, drop_pairs="20990101_20990113")


def test_selection_points_at_the_same_rasters(stack, tmp_path):
    result = selection.run(stack, SelectSettings(), tmp_path / "elsewhere" / "selected.json", Progress())
    before, _ = read_stack(stack)
    after, folder = read_stack(result.stack)
    assert len(before.pairs) == 12 and len(after.pairs) == len(result.kept) < 12
    assert all((folder / p.file).resolve().parent == (stack / "pairs").resolve() for p in after.pairs)
    assert (folder / after.geometry).resolve() == (stack / "geometry.tif").resolve()
    assert all(abs(p.days) <= 30 and p.mean_quality >= 0.1 for p in after.pairs)
    assert after.extra["wavelength"] == before.extra["wavelength"]
    assert {p["reason"] for p in after.extra["not_selected"]} == {selection.DAYS, selection.COHERENCE}
    with open_displacement(folder / after.pairs[0].file) as raster:
        assert raster.components == ("los",)


def test_coherence_over_an_area_decides_instead_of_the_whole(stack, tmp_path):
    manifest, _ = read_stack(stack)
    with new_raster(tmp_path / "area.tif", manifest.grid, [Band("area")]) as target:
        values = np.zeros(manifest.grid.shape, np.float32)
        values[5:9, 5:9] = 1
        target.write({"area": values})
    area = StableGround.from_file(tmp_path / "area.tif")
    result = selection.run(stack, SelectSettings(), tmp_path / "a.json", Progress(), area)
    means = {p.entry.name: p.coherence for p in result.pairs}
    whole = {p.name: p.mean_quality for p in manifest.pairs}
    with open_displacement(stack / manifest.pairs[0].file) as raster:
        name = manifest.pairs[0].name
        assert means[name] == pytest.approx(float(raster.read("coherence")[5:9, 5:9].mean()), abs=1e-6) != whole[name]


def test_isolated_dates_and_parts_are_named_and_drawn(stack, tmp_path):
    manifest, _ = read_stack(stack)
    days = manifest.dates
    drop = ",".join(p.name for p in manifest.pairs if days[0] in (p.reference, p.secondary))
    result = selection.run(stack, SelectSettings(drop_pairs=drop, max_days=12, min_coherence=0), tmp_path / "s.json",
                           Progress())
    assert result.isolated == (days[0],) and len(result.parts) == 1
    assert any(str(days[0]) in line for line in result.summary())
    page = network_plot.write_plot(result, tmp_path / "plot.html").read_text()
    assert "<svg" in page and manifest.pairs[0].name in page and "left out by hand" in page
    assert network_plot.write_plot(result, tmp_path / "plot.png").stat().st_size > 10000
    with pytest.raises(InputError, match="html or .png"):
        network_plot.write_plot(result, tmp_path / "plot.pdf")


def test_baselines_of_dates_follow_from_those_of_pairs():
    chosen = choose([pair(A, B, 40.0), pair(B, C, -60.0), pair(A, C, -20.0)])
    position = network_plot.positions(chosen)
    assert position[B] - position[A] == pytest.approx(40) and position[C] - position[B] == pytest.approx(-60)


def test_nothing_left_and_overwriting_are_refused(stack, tmp_path):
    with pytest.raises(InputError, match="None of the 12 .* below the lowest mean coherence"):
        selection.run(stack, SelectSettings(min_coherence=0.99), tmp_path / "s.json", Progress())
    with pytest.raises(InputError, match="would overwrite"):
        selection.run(stack, SelectSettings(), stack, Progress())


def test_coherence_that_the_manifest_does_not_know_is_read(stack, tmp_path):
    manifest, _ = read_stack(stack)
    bare = [replace(p, mean_quality=None, file=str(stack / p.file)) for p in manifest.pairs]
    write_stack(tmp_path, replace(manifest, pairs=tuple(bare), geometry=None))
    known = selection.run(stack, SelectSettings(), tmp_path / "a.json", Progress())
    found = selection.run(tmp_path, SelectSettings(), tmp_path / "b.json", Progress())
    assert [p.entry.name for p in known.kept] == [p.entry.name for p in found.kept]
