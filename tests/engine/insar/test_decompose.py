"""East and up from several looks: known motion comes back, signs, north, ties, refusals."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import decompose as stage
from terrain_motion.engine.insar.correction_settings import DecomposeSettings
from terrain_motion.engine.insar.decomposition import decompose, look_vector
from terrain_motion.engine.io.raster import Band, new_raster, open_raster

ASCENDING, DESCENDING = look_vector(np.radians(39.0), np.radians(-12.0)), look_vector(np.radians(34.0), np.radians(192.0))
BANDS = [Band("velocity_los", "m/yr"), Band("sigma_los", "m/yr"), Band("look_east"), Band("look_north"), Band("look_up")]


def seen(look, east, north, up):
    return look[0] * east + look[1] * north + look[2] * up


@pytest.fixture
def write(tmp_path):
    """Write a velocity map of a look: write(name, los, look, sigma=…, origin=…, size=…, unit=…) -> path."""
    def write_map(name, los, look, sigma=0.003, origin=(500000.0, 4200000.0), size=40.0, unit="m/yr"):
        grid = Grid("EPSG:32643", (origin[0], size, 0.0, origin[1], 0.0, -size), los.shape[1], los.shape[0])
        bands = [Band("velocity_los", unit), Band("sigma_los", unit), *BANDS[2:]]
        with new_raster(tmp_path / name, grid, bands, {"TM_REFERENCE": "rock"}) as target:
            target.write({"velocity_los": los.astype(np.float32), "sigma_los": np.full(los.shape, sigma, np.float32),
                          **{f"look_{part}": np.full(los.shape, value, np.float32)
                             for part, value in zip(("east", "north", "up"), look)}})
        return tmp_path / name
    return write_map


def run(paths, output, known=stage.KnownMotion(), stable=None, **settings):
    result = stage.run(paths, DecomposeSettings(**settings), output, Progress(), known, stable)
    with open_raster(result.velocity) as raster:
        return result, {name: raster.read(name) for name in raster.bands}, raster.grid


def test_satellite_is_west_of_an_ascending_and_east_of_a_descending_track():
    assert ASCENDING[0] < -0.5 and DESCENDING[0] > 0.5
    assert ASCENDING[2] > 0.7 and np.isclose(np.linalg.norm(ASCENDING), 1.0)


def test_equation_2_of_the_paper_counts_positive_away_from_the_satellite():
    incidence, heading, up, east = np.radians(39.0), np.radians(-12.0), 0.1, 0.3
    paper = -np.cos(incidence) * up + np.sin(incidence) * np.cos(heading) * east
    assert np.isclose(paper, -seen(look_vector(incidence, heading), east, 0.0, up))


def test_uplift_is_positive_on_both_tracks_and_comes_back():
    los = np.array([[seen(ASCENDING, 0, 0, 0.1)], [seen(DESCENDING, 0, 0, 0.1)]])
    assert (los > 0).all()
    found = decompose(los, np.full((2, 1), 1e-6), np.stack([ASCENDING, DESCENDING])[:, :, None])
    assert np.allclose(found.velocity[:, 0], [0.0, 0.1], atol=1e-12)


def test_covariance_is_that_of_many_noisy_decompositions():
    rng = np.random.default_rng(1)
    sigma = np.array([0.002, 0.005])[:, None]
    looks = np.repeat(np.stack([ASCENDING, DESCENDING])[:, :, None], 20000, axis=2)
    found = decompose(rng.normal(0, 1, (2, 20000)) * sigma, np.broadcast_to(sigma ** 2, (2, 20000)), looks)
    expected = np.cov(found.velocity)
    got = found.covariance[:, 0]
    assert np.allclose([got[0], got[1], got[2]], [expected[0, 0], expected[1, 1], expected[0, 1]],
                       rtol=0.05, atol=2e-7)  # 20000 draws: 1 % of a variance


def test_neglected_north_adds_what_its_band_says_and_a_known_one_nothing():
    east, north, up = 0.2, 0.5, -0.1
    looks = np.stack([ASCENDING, DESCENDING])[:, :, None]
    los = np.array([[seen(look, east, north, up)] for look in (ASCENDING, DESCENDING)])
    found = decompose(los, np.full((2, 1), 1e-6), looks)
    assert np.allclose(found.velocity[:, 0] - [east, up], found.north[:, 0] * north, atol=1e-12)
    assert np.allclose(decompose(los, np.full((2, 1), 1e-6), looks, np.array([north])).velocity[:, 0], [east, up])


def test_uncertain_north_makes_sigma_larger_by_its_own_share():
    looks = np.stack([ASCENDING, DESCENDING])[:, :, None]
    los = np.zeros((2, 1))
    plain = decompose(los, np.full((2, 1), 1e-6), looks)
    unsure = decompose(los, np.full((2, 1), 1e-6), looks, north_variance=0.04)
    assert np.allclose(unsure.covariance[:2] - plain.covariance[:2], 0.04 * plain.north ** 2, rtol=1e-6)


def test_a_third_look_that_sees_north_tells_it():
    across = np.array([-0.1, 0.8, 0.6])  # a satellite that looks along the meridian
    looks = np.stack([ASCENDING, DESCENDING, across])[:, :, None]
    los = np.array([[seen(look, 0.2, 0.5, -0.1)] for look in looks[:, :, 0]])
    found = decompose(los, np.full((3, 1), 1e-6), looks, north_variance=100.0)
    assert np.allclose(found.velocity[:, 0], [0.2, -0.1], atol=1e-4)


def test_looks_of_one_direction_get_no_value():
    near = look_vector(np.radians(44.0), np.radians(-12.0))
    found = decompose(np.ones((2, 3)), np.ones((2, 3)), np.repeat(np.stack([ASCENDING, near])[:, :, None], 3, axis=2),
                      min_angle=np.radians(20.0))
    assert np.isnan(found.velocity).all() and (found.looks == 0).all()


def test_maps_on_different_grids_give_one_field_where_both_reach(write, tmp_path):
    a = write("a.tif", np.full((50, 60), seen(ASCENDING, 0.3, 0, -0.2)), ASCENDING)
    b = write("b.tif", np.full((30, 40), seen(DESCENDING, 0.3, 0, -0.2)), DESCENDING, origin=(500413.0, 4199577.0),
              size=60.0)
    _, bands, grid = run([a, b], tmp_path / "out.tif")
    inner = (slice(3, -3), slice(3, -3))
    assert grid.width < 60 and np.isfinite(bands["velocity_east"][inner]).all()
    assert np.allclose(bands["velocity_east"][inner], 0.3, atol=1e-6)
    assert np.allclose(bands["velocity_up"][inner], -0.2, atol=1e-6)
    assert (bands["sigma_east"][inner] > 0.002).all()


def test_no_data_of_one_look_is_no_data_of_the_result(write, tmp_path):
    los = np.full((20, 20), 0.1)
    los[3:6, 4:7] = np.nan
    a, b = write("a.tif", los, ASCENDING), write("b.tif", np.full((20, 20), 0.1), DESCENDING)
    _, bands, _ = run([a, b], tmp_path / "out.tif")
    assert np.array_equal(np.isnan(bands["velocity_up"]), np.isnan(los))


def test_tiles_equal_whole(write, tmp_path, monkeypatch):
    rng = np.random.default_rng(2)
    a = write("a.tif", rng.normal(0, 1, (40, 50)), ASCENDING)
    b = write("b.tif", rng.normal(0, 1, (40, 50)), DESCENDING, origin=(500013.0, 4199977.0))
    whole = run([a, b], tmp_path / "whole.tif")[1]
    monkeypatch.setattr(stage, "TILE", 16)
    parts = run([a, b], tmp_path / "parts.tif")[1]
    assert all(np.allclose(whole[n], parts[n], atol=1e-6, equal_nan=True) for n in whole)


def test_looks_with_other_references_are_tied_to_stable_ground(write, tmp_path):
    truth = np.zeros((60, 60))
    truth[20:40, 20:40] = 0.2
    a = write("a.tif", seen(ASCENDING, truth, 0, 0) + 0.03, ASCENDING)
    b = write("b.tif", seen(DESCENDING, truth, 0, 0) - 0.05, DESCENDING)
    result, bands, _ = run([a, b], tmp_path / "out.tif", tie="constant")
    assert np.allclose(bands["velocity_east"], truth, atol=1e-6)
    assert "tied by +30.0 mm/yr" in " ".join(result.notes)


@pytest.mark.parametrize("case, word", [("one", "at least two"), ("twice", "twice"), ("unit", "unit"),
                                        ("down", "ground to the satellite"), ("apart", "do not overlap"),
                                        ("vector", "look vector")])
def test_what_cannot_be_decomposed_is_refused_in_words(write, tmp_path, case, word):
    los = np.zeros((10, 10))
    a = write("a.tif", los, ASCENDING)
    b = {"one": None, "twice": a, "unit": lambda: write("b.tif", los, DESCENDING, unit="feet"),
         "down": lambda: write("b.tif", los, -DESCENDING),
         "apart": lambda: write("b.tif", los, DESCENDING, origin=(900000.0, 4200000.0)), "vector": None}[case]
    if case == "vector":
        (tmp_path / "bare").mkdir()
        b = tmp_path / "bare" / "b.tif"
        with new_raster(b, Grid("EPSG:32643", (500000.0, 40.0, 0.0, 4200000.0, 0.0, -40.0), 10, 10),
                        [Band("velocity_los", "m/yr")]) as target:
            target.write({"velocity_los": los.astype(np.float32)})
    paths = [a] if case == "one" else [a, b() if callable(b) else b]
    with pytest.raises(InputError, match=word):
        run(paths, tmp_path / "out.tif")
    assert not (tmp_path / "out.tif").exists()


def test_the_tie_that_fits_the_input_is_chosen(write, tmp_path):
    """Nothing for looks that share a reference, a constant with stable ground, long waves with a known east velocity."""
    paths = [write(f"{n}.tif", np.full((60, 60), seen(look, 0.03, 0.0, 0.0) + 0.01), look)
             for n, look in enumerate((ASCENDING, DESCENDING))]
    with new_raster(tmp_path / "east.tif", Grid("EPSG:32643", (499000.0, 400.0, 0.0, 4201000.0, 0.0, -400.0), 12, 12),
                    [Band("velocity_east", "m/yr")]) as target:
        target.write({"velocity_east": np.full((12, 12), 0.03, np.float32)})
    result, bands, _ = run(paths, tmp_path / "a.tif")
    assert np.nanmax(np.abs(bands["velocity_up"])) > 0.01 and not any("tied" in note for note in result.notes)
    _, bands, _ = run(paths, tmp_path / "b.tif", stage.KnownMotion(str(tmp_path / "east.tif")))
    assert np.allclose(bands["velocity_east"], 0.03, atol=1e-5) and np.allclose(bands["velocity_up"], 0.0, atol=1e-5)


def test_velocity_of_licsbas_that_tells_no_unit_is_in_millimetres(tmp_path):
    grid = Grid("EPSG:32643", (500000.0, 40.0, 0.0, 4200000.0, 0.0, -40.0), 12, 12)
    paths = []
    for name, look in (("asc", ASCENDING), ("desc", DESCENDING)):
        (tmp_path / name).mkdir()
        for part, value in zip(("E", "N", "U", "vel"), (*look, 1000.0 * seen(look, 0.03, 0.0, -0.01))):
            with new_raster(tmp_path / name / f"{part}.geo.tif", grid, [Band("", "")]) as target:
                target.write({"": np.full((12, 12), value, np.float32)})
        paths.append(tmp_path / name / "vel.geo.tif")
    result, bands, _ = run(paths, tmp_path / "out.tif")
    assert np.allclose(bands["velocity_east"], 0.03, atol=1e-6) and np.allclose(bands["velocity_up"], -0.01, atol=1e-6)
    assert any("mm/yr, the unit of LiCSBAS" in note for note in result.notes)


def test_four_frames_tied_to_gnss_agree_with_it(data, tmp_path):
    """North Anatolian Fault; its README reports 3.1 to 4.4 mm/yr by the way of tying."""
    naf = data / "naf"
    if not naf.is_dir():
        pytest.skip("data: naf is not there")
    frames = [naf / f / "vel.geo.tif" for f in ("014A_04939_131313", "087A_04904_121313", "094D_04913_101213",
                                                 "167D_04884_131212")]
    known = stage.KnownMotion(str(naf / "GNSS" / "gnss_interp_E.tif"), str(naf / "GNSS" / "gnss_interp_N.tif"))
    _, bands, grid = run(frames, tmp_path / "out.tif", known)
    from terrain_motion.engine.io.warp import read_on
    with open_raster(known.east) as gnss:
        difference = 1e3 * bands["velocity_east"] - read_on(gnss, 1, grid)
    difference = difference[np.isfinite(difference)]
    assert difference.size > 45000 and abs(difference.mean()) <= 1.0 and difference.std() <= 3.5
