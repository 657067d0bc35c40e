"""The InSAR sample: layout of HyP3, signs, and each error where it was announced."""
import json
import math
import re
import zipfile

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled
from terrain_motion.engine.io.manifests import read_series
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.scenes.interferograms import simulate
from terrain_motion.engine.scenes.interferograms.settings import SimulateInterferogramsSettings

LAYERS = ("unw_phase", "corr", "dem", "lv_theta", "lv_phi", "inc_map")
WAVELENGTH = 299792458.0 / 5.405e9


def make(folder, progress=None, **settings):
    return simulate.run(SimulateInterferogramsSettings(**{"size": 48, "dates": 6, **settings}), folder, progress)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return make(tmp_path_factory.mktemp("clean"), clean=True, extents=False)


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    return make(tmp_path_factory.mktemp("noisy"), dates=10)


def read(product, layer):
    with open_raster(product / f"{product.name}_{layer}.tif") as raster:
        # a phase of exactly 0 is a phase: only the coherence tells what was seen
        values = raster.read_raw(1) if layer == "unw_phase" else raster.read(1)
        return values.astype(np.float64), raster.grid


def days_of(product):
    return int(re.search(r"_VVP(\d{3})_", product.name).group(1))


def test_products_have_names_and_files_of_hyp3(noisy):
    products = sorted(noisy.folders["ascending"].iterdir())
    assert len(products) == 3 * 10 - 6
    for product in products:
        assert re.fullmatch(r"S1AA_\d{8}T\d{6}_\d{8}T\d{6}_VVP\d{3}_INT80_G_ueF_[0-9A-F]{4}", product.name)
        assert {f.name for f in product.iterdir()} == {f"{product.name}.txt", *(f"{product.name}_{n}.tif"
                                                                              for n in LAYERS)}
    text = (products[0] / f"{products[0].name}.txt").read_text()
    for key in ("Reference Granule", "Reference Pass Direction: ASCENDING", "Baseline", "Heading", "Earth radius at nadir"):
        assert key in text


@pytest.mark.parametrize("track, east", [("ascending", -1), ("descending", 1)])
def test_phase_is_motion_away_from_a_satellite_on_the_side_of_the_track(clean, track, east):
    product = next(p for p in sorted(clean.folders[track].iterdir()) if days_of(p) == 36)
    phase, _ = read(product, "unw_phase")
    theta, phi = (read(product, name)[0] for name in ("lv_theta", "lv_phi"))
    assert np.sign(np.cos(phi)).mean() == east and 0.6 < np.sin(theta).mean() < 0.9
    with open_raster(clean.truth) as truth:
        velocity = {name: truth.read(f"velocity_{name}") for name in ("east", "up")}
    los = (velocity["east"] * np.cos(theta) * np.cos(phi) + velocity["up"] * np.sin(theta)) * 36 / 365.25
    # float32 of some radians
    assert np.allclose(-WAVELENGTH / (4 * math.pi) * phase, los, atol=1e-6)


def test_fastest_ice_moves_as_asked_and_sinks_by_a_third(clean):
    with open_raster(clean.truth) as truth:
        assert truth.read("velocity_east").min() == pytest.approx(-0.9) and truth.read("velocity_east").max() > 0.2
        assert truth.read("velocity_up").min() == pytest.approx(-0.3)


def test_true_series_of_a_track_is_its_projected_velocity(clean):
    manifest, folder = read_series(clean.truths["descending"])
    assert manifest.components == ("los",) and len(manifest.dates) == 6
    with open_raster(folder / "los.tif") as series, open_raster(folder / "velocity.tif") as velocity:
        years = (manifest.dates[-1] - manifest.dates[0]).days / 365.25
        assert np.allclose(series.read(6), velocity.read("velocity_los") * years, atol=1e-6)
        assert np.abs(velocity.read("velocity_los")).max() > 0.3


def test_extents_differ_and_nothing_lies_outside_the_swath(noisy):
    products = sorted(noisy.folders["descending"].iterdir())
    assert len({(g.transform, g.width, g.height) for g in (read(p, "corr")[1] for p in products)}) > 2
    coherence, _ = read(products[0], "corr")
    with open_raster(products[0] / f"{products[0].name}_unw_phase.tif") as raster:
        assert np.array_equal(raster.read_raw(1) == 0, np.isnan(coherence))
    assert 0 < np.isnan(coherence).mean() < 0.1


def test_a_long_series_misses_two_passes_and_has_about_216_products():
    from terrain_motion.engine.scenes.interferograms.track import make_track
    track = make_track("ascending", SimulateInterferogramsSettings())
    days = np.diff([p.time.date().toordinal() for p in track.passes])
    assert len(track.pairs) == 108 and set(days) <= {12, 24} and (days == 24).sum() == 2
    assert track.years_since_first(-1) == pytest.approx(1.3, abs=0.05)


def test_noise_and_patches_are_where_the_list_says(noisy):
    for track in json.loads(noisy.artefacts.read_text())["tracks"]:
        folder = noisy.folders[track["track"]]
        assert len(track["noise"]) == 1 and len(track["cycles"]) == 1
        for name in track["products"]:
            mean = np.nanmean(read(folder / name, "corr")[0])
            assert (mean < 0.1) == (name in track["noise"])


def test_a_patch_is_one_cycle_off(tmp_path):
    with_patch = make(tmp_path / "a", tracks="ascending", unwrapping_errors=1, noise_interferograms=0, extents=False)
    without = make(tmp_path / "b", tracks="ascending", unwrapping_errors=0, noise_interferograms=0, extents=False)
    patch = json.loads(with_patch.artefacts.read_text())["tracks"][0]["cycles"][0]
    first, second = (read(r.folders["ascending"] / patch["product"], "unw_phase")[0] for r in (with_patch, without))
    difference = np.round((first - second) / (2 * math.pi), 5)
    assert set(np.unique(difference)) == {0, patch["cycles"]}
    assert difference[patch["row"], patch["column"]] == patch["cycles"]


def test_stratified_delay_follows_the_elevation(tmp_path):
    made = make(tmp_path, tracks="descending", clean=False, turbulent=0.0, decorrelation=False, constants=False,
                motion=0.0, unwrapping_errors=0, noise_interferograms=0)
    facts = json.loads(made.artefacts.read_text())["tracks"][0]
    product = made.folders["descending"] / facts["products"][0]
    phase, elevation = read(product, "unw_phase")[0], read(product, "dem")[0]
    seen = np.isfinite(read(product, "corr")[0])
    slope = np.polyfit(elevation[seen] / 1000.0, phase[seen] * WAVELENGTH / (4 * math.pi), 1)[0]
    first, second = facts["stratified_m_per_km"][:2]
    assert slope == pytest.approx(second - first, abs=1e-6) and abs(slope) <= 0.06


def test_zips_hold_the_product_folder(tmp_path):
    made = make(tmp_path, tracks="ascending", archives=True, dates=4, neighbours=1)
    archives = sorted(made.folders["ascending"].iterdir())
    assert [a.suffix for a in archives] == [".zip"] * 3
    with zipfile.ZipFile(archives[0]) as archive:
        assert f"{archives[0].stem}/{archives[0].stem}_unw_phase.tif" in archive.namelist()


def test_the_same_seed_gives_the_same_products(tmp_path):
    phases = [read(sorted(make(tmp_path / str(n), tracks="ascending", dates=4, seed=3).folders["ascending"].iterdir())[1],
                   "unw_phase")[0] for n in (1, 2)]
    assert np.array_equal(phases[0], phases[1], equal_nan=True)


def test_cancel_leaves_nothing_behind(tmp_path, progress):
    progress.record.cancel_after(6)
    with pytest.raises(Cancelled):
        make(tmp_path / "new", progress)
    assert not (tmp_path / "new").exists()
