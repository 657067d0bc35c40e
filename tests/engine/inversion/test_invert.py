import csv
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from inversion_networks import days_to_dates, displacements, moving, optical_network, redundant_pairs, write
from terrain_motion.engine.compute import memory, threads
from terrain_motion.engine.core.errors import Cancelled, GridError, InputError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.stack import StackManifest
from terrain_motion.engine.inversion import invert
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.inversion.solver import make_network
from terrain_motion.engine.io.manifests import read_series, read_stack, write_stack
from terrain_motion.engine.io.raster import open_raster

PLAIN = InvertSettings(weights="none", robust="none", min_observations=1)


@dataclass
class Stable:
    """Stable ground as a mask."""
    pixels: np.ndarray

    def mask(self, grid):
        assert grid.shape == self.pixels.shape
        return self.pixels


def bands(path):
    with open_raster(path) as raster:
        return dict(zip(raster.bands, raster.read_bands()))


def series_of(folder, component="east"):
    with open_raster(folder / f"{component}.tif") as raster:
        return raster.read_bands()


def test_series_velocity_and_quality_are_written_as_designed(tmp_path):
    network = optical_network()
    truth = moving(network)
    stack = write(tmp_path / "stack", network, displacements(network, truth, 0.05), sigma=0.05)
    result = invert.run(stack / "stack.json", InvertSettings(), tmp_path / "out", Progress())
    manifest, folder = read_series(result.series)
    assert folder == tmp_path / "out" and list(manifest.dates) == list(network.dates)
    assert manifest.rasters == {"east": "east.tif", "north": "north.tif"}
    assert manifest.sigmas == {"east": "sigma_east.tif", "north": "sigma_north.tif"}
    assert manifest.history[-1]["step"] == "invert"
    with open_raster(folder / "east.tif") as raster:
        assert raster.bands == tuple(d.isoformat() for d in network.dates)
        assert set(raster.units) == {"m"} and raster.metadata["TM_UNIT"] == "m"
        assert raster.metadata["TM_REFERENCE_DATE"] == network.dates[0].isoformat()
        assert raster._dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE") == "PIXEL"
        assert raster._dataset.GetRasterBand(1).GetBlockSize() == [128, 128]
    velocity = bands(result.velocity)
    assert list(velocity) == ["velocity_east", "velocity_north", "speed", "sigma_east", "sigma_north"]
    quality = bands(result.quality)
    assert list(quality) == ["rmse_east", "rmse_north", "observations", "components", "start", "temporal_coherence",
                             "flag"]
    true_velocity = truth[:, -1] / network.years[-1]
    error = velocity["velocity_east"] - true_velocity[0]
    assert 0.6 < np.mean(np.abs(error) < velocity["sigma_east"]) < 0.78  # 480 pixels: .683 +- .02
    assert velocity["speed"] == pytest.approx(np.hypot(velocity["velocity_east"], velocity["velocity_north"]), rel=1e-5)
    assert quality["observations"].min() == len(network.pairs) and quality["temporal_coherence"].min() > 0.95
    assert np.median(quality["rmse_east"]) == pytest.approx(0.05, rel=0.25)
    assert result.counts["solved"] == 480 and result.dates == 12


def test_tiles_equal_the_whole(tmp_path, monkeypatch):
    network = optical_network(8, 3)
    values = displacements(network, moving(network, (130, 140)), 0.1)
    values[:, np.random.default_rng(0).random(values.shape[1:]) < 0.2] = np.nan
    values[:, np.random.default_rng(1).random(values.shape[1:]) < 0.03] += 3
    stack = write(tmp_path / "stack", network, values, sigma=0.1)
    invert.run(stack, InvertSettings(), tmp_path / "tiles", Progress())  # four tiles of at most 128 px
    monkeypatch.setattr(invert, "_tile_side", lambda *_: 512)
    invert.run(stack, InvertSettings(), tmp_path / "whole", Progress())
    for name in ("east.tif", "sigma_north.tif", "velocity.tif", "quality.tif"):
        first, second = bands(tmp_path / "tiles" / name), bands(tmp_path / "whole" / name)
        for band in first:
            assert np.array_equal(first[band], second[band], equal_nan=True), (name, band)


def test_backward_pairs_give_the_same_motion(tmp_path):
    network = optical_network(8, 3)
    values = displacements(network, moving(network), 0.05)
    forward = write(tmp_path / "forward", network, values)
    backward = write(tmp_path / "backward", network, values, flip={1, 4, 7, 8})
    for stack in (forward, backward):
        invert.run(stack, PLAIN, stack / "out", Progress())
    assert series_of(forward / "out") == pytest.approx(series_of(backward / "out"), abs=1e-5)


def test_line_of_sight_stack_gives_velocity_los(tmp_path):
    network = optical_network(8, 3)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network, components=1), 0.003))
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress())
    assert list(bands(result.velocity)) == ["velocity_los", "sigma_los"]
    assert read_series(result.series)[0].kind == "insar"


def test_sigma_is_learnt_where_the_stack_has_none(tmp_path):
    network = optical_network(10, 4)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network, (24, 24)), 0.2))
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress())
    with open(result.table, newline="", encoding="utf-8") as file:
        sigmas = [float(row["sigma_m"]) for row in csv.DictReader(file)]
    # 576 pixels of two components tell a pair's sigma to about 5 %
    assert np.median(sigmas) == pytest.approx(0.2, rel=0.06)


def test_a_tree_of_pairs_without_sigma_has_unknown_sigma(tmp_path):
    dates = days_to_dates([0, 20, 45, 60])
    network = make_network(list(zip(dates[:-1], dates[1:])))
    stack = write(tmp_path / "stack", network, displacements(network, moving(network)), correlation=np.nan)
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress())
    velocity = bands(result.velocity)
    assert np.isfinite(velocity["velocity_east"]).all() and np.isnan(velocity["sigma_east"]).all()
    assert any("sigmas are unknown" in note for note in result.notes)


def test_stable_ground_tells_the_sigma_of_pairs_that_nothing_checks(tmp_path):
    dates = days_to_dates([0, 20, 45, 60])
    network = make_network(list(zip(dates[:-1], dates[1:])))
    noise = np.array([0.1, 0.4, 0.2])
    values = displacements(network, moving(network, (40, 40)))
    values += np.random.default_rng(5).normal(0, 1, values.shape) * noise[:, None, None]
    stack = write(tmp_path / "stack", network, values.astype(np.float32), correlation=np.nan)
    still = np.zeros((40, 40), bool)
    still[:8], still[-8:] = True, True
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress(), stable=Stable(still))
    with open(result.table, newline="", encoding="utf-8") as file:
        sigmas = [float(row["sigma_m"]) for row in csv.DictReader(file)]
    assert sigmas == pytest.approx(noise, rel=0.1)  # NMAD of 640 pixels of two components: 3 %
    assert np.isfinite(bands(result.velocity)["sigma_east"]).all()
    assert any("scatter of each pair on stable ground" in note for note in result.notes)


def test_a_bad_scene_and_bad_pairs_are_named(tmp_path):
    network = optical_network(10, 4)
    values = displacements(network, moving(network, (24, 24)), 0.05)
    rng = np.random.default_rng(7)
    for m, ends in enumerate(network.pairs):
        if 4 in ends:
            values[:, m] += rng.uniform(2, 6, values[:, m].shape) * rng.choice([-1, 1])
    stack = write(tmp_path / "stack", network, values, sigma=0.05)
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress())
    named = " ".join(result.notes)
    assert network.dates[4].isoformat() in named and "high misclosure" in named
    with open(result.table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row["bad"] == "1" for row in rows if network.dates[4].isoformat() in (row["reference"],
                                                                                    row["secondary"]))


def test_stable_ground_is_zero_at_every_date(tmp_path):
    network = optical_network()
    truth = moving(network)
    shift = np.random.default_rng(2).normal(0, 2, (2, 12, 1, 1)) * (np.arange(12) > 0)[None, :, None, None]
    stack = write(tmp_path / "stack", network, displacements(network, truth + shift, 0.02))
    still = np.zeros((20, 24), bool)
    still[:4], still[-4:] = True, True
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress(), stable=Stable(still))
    series = series_of(tmp_path / "out")
    # exact but for the neighbours' part, which the medians do not see
    assert np.abs(np.median(series[:, still], axis=1)).max() < 0.002
    assert np.sqrt(np.mean((series - truth[0]) ** 2)) < 0.05
    assert "stable ground" in read_series(result.series)[0].reference


def test_unconnected_network_is_said_and_flagged(tmp_path):
    dates = days_to_dates(np.arange(7) * 20)
    network = make_network(redundant_pairs(dates[:4], 2) + redundant_pairs(dates[4:], 2))
    stack = write(tmp_path / "stack", network, displacements(network, moving(network), 0.02))
    result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress())
    assert any("2 unconnected parts" in note for note in result.notes)
    assert (bands(result.quality)["flag"] == Flag.NOT_CONNECTED).all()
    assert np.isnan(series_of(tmp_path / "out")[4:]).all()
    joined = invert.run(stack, InvertSettings(smoothing=0.1), tmp_path / "joined", Progress())
    assert any("joined by temporal smoothing" in note for note in joined.notes)
    assert np.isfinite(series_of(tmp_path / "joined")).all()


def test_cancel_leaves_nothing_behind_and_the_older_result_untouched(tmp_path):
    network = optical_network(8, 3)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network), 0.02))
    invert.run(stack, PLAIN, tmp_path / "out", Progress())
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()}
    told = []

    def cancelled():
        return bool(told) and told[-1] > 0.3
    with pytest.raises(Cancelled):
        invert.run(stack, PLAIN, tmp_path / "out", Progress(lambda f, _: told.append(f), cancelled))
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "out").iterdir()} == before
    with pytest.raises(Cancelled):
        invert.run(stack, PLAIN, tmp_path / "new", Progress(cancelled=lambda: True))
    assert list((tmp_path / "new").iterdir()) == []


def test_inputs_are_untouched(tmp_path):
    network = optical_network(6, 2)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network), 0.02))
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in stack.rglob("*") if p.is_file()}
    invert.run(stack, InvertSettings(), tmp_path / "out", Progress())
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in stack.rglob("*") if p.is_file()} == before


def test_memory_is_bounded_by_smaller_tiles(tmp_path):
    network = optical_network(6, 2)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network, (600, 600)), 0.02))
    threads.set_workers(2)
    with invert.StackSource(stack) as source:
        assert invert._tile_side(source, network) > 128
        memory.set_budget(1 << 20)
        try:
            assert invert._tile_side(source, network) == 128
        finally:
            memory.set_budget(None)
            threads.set_workers(None)


def test_a_large_stack_is_learnt_from_windows_of_it(tmp_path):
    network = optical_network(10, 4)
    shift = np.random.default_rng(2).normal(0, 1, (2, 10, 1, 1)) * (np.arange(10) > 0)[None, :, None, None]
    stack = write(tmp_path / "stack", network, displacements(network, moving(network, (150, 160)) + shift, 0.2))
    still = np.zeros((150, 160), bool)
    still[:, :30] = True
    memory.set_budget(1 << 20)  # of which the sample may be 26 thousand pixels of pairs: windows
    try:
        result = invert.run(stack, InvertSettings(), tmp_path / "out", Progress(), stable=Stable(still))
    finally:
        memory.set_budget(None)
    with open(result.table, newline="", encoding="utf-8") as file:
        assert np.median([float(row["sigma_m"]) for row in csv.DictReader(file)]) == pytest.approx(0.2, rel=0.05)
    # the offset is the median of a sample of some 4000 of 4500 stable pixels
    assert np.abs(np.median(series_of(tmp_path / "out")[:, still], axis=1)).max() < 0.02


def refuse(stack, words, tmp_path, settings=PLAIN, error=InputError, **more):
    with pytest.raises(error, match=words):
        invert.run(stack, settings, tmp_path / "out", Progress(), **more)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_bad_stacks_are_refused_in_words(tmp_path):
    network = optical_network(5, 2)
    values = displacements(network, moving(network), 0.02)
    refuse(tmp_path / "nothing", "does not exist", tmp_path)
    stack = write(tmp_path / "stack", network, values)
    manifest, _ = read_stack(stack)
    refuse(stack, "does not touch", tmp_path, stable=Stable(np.zeros((20, 24), bool)))

    def change(**parts):
        write_stack(stack, StackManifest(**{**{f: getattr(manifest, f) for f in (
            "kind", "components", "grid", "pairs", "quality")}, **parts}))
        return stack
    refuse(change(pairs=()), "has no pairs", tmp_path)
    one = manifest.pairs[0]
    refuse(change(pairs=(type(one)(one.reference, one.reference, one.file),)), "one date", tmp_path)
    refuse(change(pairs=(type(one)(one.reference, date(2021, 1, 1), "pairs/gone.tif"),)), "gone.tif does not exist",
           tmp_path)
    wider = type(manifest.grid)(manifest.grid.crs, manifest.grid.transform, 99, 20)
    refuse(change(grid=wider), "not on the grid", tmp_path, error=GridError)
    refuse(change(components=("los",), kind="insar"), "no band 'los'", tmp_path)
    (tmp_path / "file").write_text("")
    change()
    with pytest.raises(InputError, match="cannot be written"):
        invert.run(stack, PLAIN, tmp_path / "file" / "out", Progress())


def test_a_stack_without_any_value_is_refused(tmp_path):
    network = optical_network(5, 2)
    values = np.full((2, len(network.pairs), 20, 24), np.nan, np.float32)
    refuse(write(tmp_path / "stack", network, values), "No pixel of the stack", tmp_path, InvertSettings())
