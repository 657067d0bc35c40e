"""HyP3 products become a stack: signs, grids, validity, geometry, tracks, and what is refused."""
import os
import shutil

import numpy as np
import pytest

from interferogram_products import band, change, imported, renamed, set_crs, simulated
from terrain_motion.engine.core.errors import Cancelled, GridError, InputError
from terrain_motion.engine.core.units import years
from terrain_motion.engine.io.area import Area
from terrain_motion.engine.io.interferograms.look import from_angles, from_incidence
from terrain_motion.engine.io.raster import open_raster


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("clean"), clean=True)


@pytest.fixture
def ascending(clean, tmp_path):
    """A copy of the clean ascending track that a test may damage."""
    return shutil.copytree(clean.folders["ascending"], tmp_path / "products")


@pytest.mark.parametrize("track", ["ascending", "descending"])
def test_displacement_is_the_true_motion_toward_the_satellite(clean, tmp_path, track):
    _, manifest, folder = imported(clean.folders[track], tmp_path / "stack", cover="all")
    velocity = band(clean.truths[track].parent / "velocity.tif", "velocity_los")
    with open_raster(clean.dem) as whole:
        column, row = (round(v) for v in whole.grid.pixel(manifest.grid.transform[0], manifest.grid.transform[3]))
    inside = velocity[row:row + manifest.grid.height, column:column + manifest.grid.width]
    assert len(manifest.pairs) == 6 and manifest.kind == "insar" and manifest.components == ("los",)
    for pair in manifest.pairs:
        los = band(folder / pair.file, "los")
        seen = np.isfinite(los)
        # float32 of phases of a few radians
        assert np.allclose(los[seen], inside[seen] * years(pair.days), atol=1e-6) and seen.mean() > 0.85
    assert np.abs(inside).max() > 0.3


def test_ground_whose_phase_is_exactly_zero_is_valid(clean, tmp_path):
    _, manifest, folder = imported(clean.folders["ascending"], tmp_path)
    los = band(folder / manifest.pairs[0].file, "los")
    assert (los == 0).mean() > 0.5


def test_zeros_below_the_coherence_of_the_unwrapping_are_no_phases(ascending, tmp_path):
    for product in ascending.iterdir():
        text = product / f"{product.name}.txt"
        text.write_text(text.read_text().replace("Unwrapping threshold: none", "Unwrapping threshold: 0.95"))
    _, manifest, folder = imported(ascending, tmp_path / "stack")
    los, coherence = (band(folder / manifest.pairs[0].file, name) for name in ("los", "coherence"))
    assert np.isnan(los[coherence < 0.95]).mean() > 0.5 and not (los[coherence < 0.95] == 0).any()


@pytest.mark.parametrize("track, east", [("ascending", -1), ("descending", 1)])
def test_look_vectors_and_elevation_are_those_of_the_products(clean, tmp_path, track, east):
    result, manifest, folder = imported(clean.folders[track], tmp_path)
    look = [band(folder / manifest.geometry, f"look_{part}") for part in ("east", "north", "up")]
    seen = np.isfinite(look[0])   # a corner lies beyond the swath
    assert np.allclose(np.sqrt(sum(part ** 2 for part in look))[seen], 1.0, atol=1e-6) and seen.mean() > 0.9
    assert (np.sign(look[0][seen]) == east).all() and np.nanmin(look[2]) > 0.7
    elevation, dem = band(folder / manifest.geometry, "elevation"), band(clean.dem, "elevation")
    with open_raster(clean.dem) as whole:
        column, row = (round(v) for v in whole.grid.pixel(manifest.grid.transform[0], manifest.grid.transform[3]))
    assert np.array_equal(elevation[seen], dem[row:row + elevation.shape[0], column:column + elevation.shape[1]][seen])
    assert any(track in line and "looking to the right" in line for line in result.lines)
    assert manifest.extra["track"]["orbit_pass"] == track
    assert manifest.extra["acquisition_time"][:5] == ("12:56" if track == "ascending" else "01:15")


def test_common_area_is_in_every_product_and_all_area_holds_them(clean, tmp_path):
    _, common, folder = imported(clean.folders["ascending"], tmp_path / "common")
    _, whole, _ = imported(clean.folders["ascending"], tmp_path / "all", cover="all")
    grids = []
    for product in clean.folders["ascending"].iterdir():
        with open_raster(product / f"{product.name}_corr.tif") as raster:
            grids.append(raster.grid)
    boxes = np.array([grid.bounds for grid in grids])
    assert common.grid.bounds == (*boxes[:, :2].max(0), *boxes[:, 2:].min(0))
    assert whole.grid.bounds == (*boxes[:, :2].min(0), *boxes[:, 2:].max(0))
    assert common.grid.width < whole.grid.width


def test_only_the_chosen_extent_is_imported(clean, tmp_path):
    _, whole, _ = imported(clean.folders["ascending"], tmp_path / "a")
    xmin, ymin, xmax, ymax = whole.grid.bounds
    area = Area((xmin + 800, ymin + 800, xmax - 1600, ymax - 400), whole.grid.crs)
    _, part, _ = imported(clean.folders["ascending"], tmp_path / "b", area=area)
    assert part.grid.bounds == area.bounds
    with pytest.raises(GridError, match="does not touch"):
        imported(clean.folders["ascending"], tmp_path / "c", area=Area((0, 0, 100, 100), whole.grid.crs))


def test_zips_give_the_same_as_folders(clean, tmp_path):
    zipped = simulated(tmp_path / "zips", clean=True, archives=True)
    _, one, first = imported(clean.folders["ascending"], tmp_path / "a")
    _, two, second = imported(zipped.folders["ascending"], tmp_path / "b")
    assert [p.name for p in one.pairs] == [p.name for p in two.pairs]
    for pair in one.pairs:
        assert np.array_equal(band(first / pair.file, "los"), band(second / pair.file, "los"), equal_nan=True)
    assert one.pairs[0].perpendicular_baseline == two.pairs[0].perpendicular_baseline is not None


@pytest.mark.parametrize("name", ["S1_123456_IW2_20220105_20220117_VV_INT80_77F1",
                                  "S1_064_000000s1n00-136231s2n02-000000s3n00_IW_20220105_20220117_VV_INT80_77F1"])
def test_bursts_have_zeros_for_no_data_in_every_layer(ascending, tmp_path, name):
    first, *others = sorted(ascending.iterdir())
    for other in others:
        shutil.rmtree(other)
    product = renamed(first, name)
    for layer in ("unw_phase", "corr", "dem", "lv_theta", "lv_phi"):
        change(product / f"{name}_{layer}.tif", lambda values: np.pad(values[3:], ((3, 0), (0, 0))))
    result, manifest, folder = imported(ascending, tmp_path / "stack")
    assert (manifest.pairs[0].reference.isoformat(), manifest.pairs[0].secondary.isoformat()) == ("2022-01-05",
                                                                                                  "2022-01-17")
    for file, layer in ((manifest.pairs[0].file, "los"), (manifest.geometry, "elevation"),
                        (manifest.geometry, "look_up")):
        values = band(folder / file, layer)
        assert np.isnan(values[:3]).all() and np.isfinite(values[4:, :30]).all()
    assert any("burst" in line for line in result.lines)


def test_coherence_gives_sigma_and_mean_quality(tmp_path):
    made = simulated(tmp_path / "products", tracks="ascending", noise_interferograms=1, unwrapping_errors=0, dates=5)
    _, manifest, folder = imported(made.folders["ascending"], tmp_path / "stack")
    assert sorted(p.mean_quality for p in manifest.pairs)[0] < 0.1 < sorted(p.mean_quality for p in manifest.pairs)[1]
    path = folder / manifest.pairs[0].file
    coherence, sigma = band(path, "coherence"), band(path, "sigma")
    order = np.argsort(coherence[np.isfinite(coherence)])
    assert (np.diff(sigma[np.isfinite(sigma)][order]) <= 1e-9).all()
    # 20 x 4 looks, half of them independent: (1 - g^2) / (2 L g^2) at the median coherence
    g = np.nanmedian(coherence)
    assert np.nanmedian(sigma) == pytest.approx(0.0554658 / (4 * np.pi) * np.sqrt((1 - g * g) / (80 * g * g)), rel=0.01)


def test_two_tracks_are_refused_by_name_or_imported_apart(clean, tmp_path):
    folder = clean.folders["ascending"].parent
    with pytest.raises(InputError, match="ascending.*descending"):
        imported(folder, tmp_path / "stack")
    result, manifest, place = imported(folder, tmp_path / "each", several="each")
    assert len(result.stacks) == 2 and result.pairs == 12 and len(manifest.pairs) == 6
    assert {path.parent.name.rsplit("_", 1)[-1] for path in result.stacks} == {"ascending", "descending"}


def test_tracks_without_text_files_are_told_by_their_time_of_day(clean, tmp_path):
    folder = tmp_path / "both"
    for track in clean.folders.values():
        shutil.copytree(track, folder / track.name)
    for text in folder.rglob("*.txt"):
        text.unlink()
    with pytest.raises(InputError, match=r"passes at 12:56 UTC.*passes at 01:15|passes at 01:15.*passes at 12:56"):
        imported(folder, tmp_path / "stack")


def test_missing_look_vectors_are_refused_unless_not_needed(ascending, tmp_path):
    for file in ascending.rglob("*_lv_*.tif"):
        file.unlink()
    with pytest.raises(InputError, match="no look vectors.*Order the products with look vectors"):
        imported(ascending, tmp_path / "stack")
    result, manifest, folder = imported(ascending, tmp_path / "stack", need_look=False)
    assert np.isnan(band(folder / manifest.geometry, "look_up")).all() and any("unknown" in line for line in result.lines)


def test_the_ellipsoidal_incidence_and_the_heading_stand_in_for_look_vectors(ascending, clean, tmp_path):
    for file in ascending.rglob("*_lv_theta.tif"):
        change(file, lambda theta: np.where(theta == 0, 0, np.pi / 2 - theta))
        file.rename(file.with_name(file.name.replace("lv_theta", "inc_map_ell")))
    _, one, first = imported(ascending, tmp_path / "a")
    _, two, second = imported(clean.folders["ascending"], tmp_path / "b")
    for name in ("look_east", "look_north", "look_up"):
        assert np.allclose(band(first / one.geometry, name), band(second / two.geometry, name), atol=1e-6, equal_nan=True)


def test_look_vectors_of_one_product_serve_all(ascending, clean, tmp_path):
    for product in sorted(ascending.iterdir())[:-1]:
        for file in product.glob("*_lv_*.tif"):
            file.unlink()
    _, manifest, folder = imported(ascending, tmp_path / "stack")
    assert np.isfinite(band(folder / manifest.geometry, "look_up")).mean() > 0.9


def test_a_heading_that_contradicts_the_look_vectors_is_told(ascending, tmp_path):
    for text in ascending.rglob("*.txt"):
        text.write_text(text.read_text().replace("Heading: -12.4", "Heading: 60.0"))
    result, _, _ = imported(ascending, tmp_path / "stack")
    assert any("differ by 72°" in line for line in result.lines)


def test_look_vectors_in_degrees_are_refused(ascending, tmp_path):
    for file in ascending.rglob("*_lv_*.tif"):
        change(file, np.degrees)
    with pytest.raises(InputError, match="no unit vectors.*units"):
        imported(ascending, tmp_path / "stack")


def test_two_utm_zones_are_refused_naming_both(ascending, tmp_path):
    first = sorted(ascending.iterdir())[0]
    for file in first.glob("*.tif"):
        set_crs(file, 32644)
    with pytest.raises(GridError, match="32644.*32643"):
        imported(ascending, tmp_path / "stack")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_file_is_left_out_and_named(ascending, tmp_path, share):
    product = sorted(ascending.iterdir())[2]
    file = product / f"{product.name}_unw_phase.tif"
    change(file, lambda values: values + np.random.default_rng(1).normal(size=values.shape).astype(np.float32))
    os.truncate(file, int(file.stat().st_size * share))
    result, manifest, _ = imported(ascending, tmp_path / "stack")
    assert len(manifest.pairs) == 5 and any("1 left out" in line and file.name in line for line in result.lines)
    assert product.name in str(manifest.extra["failed_pairs"]) and not list((tmp_path / "stack").rglob("*.part"))


def test_products_without_correlation_are_left_out(ascending, tmp_path):
    for file in list(ascending.rglob("*_corr.tif")):
        file.unlink()
    with pytest.raises(InputError, match="_corr.tif is missing"):
        imported(ascending, tmp_path / "stack")


def test_an_interrupted_import_goes_on(clean, tmp_path, progress):
    progress.record.cancel_after(14)
    with pytest.raises(Cancelled):
        imported(clean.folders["ascending"], tmp_path, progress)
    assert not (tmp_path / "stack.json").exists() and not list(tmp_path.rglob("*.part"))
    done = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "pairs").glob("*.tif")}
    _, manifest, folder = imported(clean.folders["ascending"], tmp_path)
    assert len(manifest.pairs) == 6
    assert {n: (folder / "pairs" / n).stat().st_mtime_ns for n in done} == done
    again = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "pairs").glob("*.tif")}
    imported(clean.folders["ascending"], tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "pairs").glob("*.tif")} == again
    imported(clean.folders["ascending"], tmp_path, wavelength=0.24)
    assert all(path.stat().st_mtime_ns > again[path.name] for path in (tmp_path / "pairs").glob("*.tif"))


def test_an_empty_folder_and_the_folder_itself_are_refused(clean, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no interferograms that are recognised"):
        imported(tmp_path / "empty", tmp_path / "stack")
    with pytest.raises(InputError, match="holds the input"):
        imported(clean.folders["ascending"], clean.folders["ascending"])


def test_angles_and_incidence_with_heading_give_one_look_vector():
    theta, heading = np.radians(90.0 - 37.0), np.radians(-12.4)
    by_angles = from_angles(np.array([theta]), np.array([np.pi - heading]))
    assert np.allclose(by_angles, from_incidence(np.array([np.radians(37.0)]), heading))
