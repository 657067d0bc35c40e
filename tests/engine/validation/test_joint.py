"""Velocities of images and of radar joined to one field: components that are measured come back, others stay unknown."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar.decomposition import look_vector
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.validation import joint
from terrain_motion.engine.validation.comparison_settings import JoinSettings

TRUTH = {"east": 0.3, "north": -0.5, "up": -0.1}
LOOKS = {"a": look_vector(np.radians(39), np.radians(-12)), "d": look_vector(np.radians(34), np.radians(192))}


@pytest.fixture
def write(tmp_path):
    def write_map(name, bands, origin=(500000.0, 4200000.0), size=(20, 30)):
        grid = Grid("EPSG:32643", (origin[0], 40.0, 0.0, origin[1], 0.0, -40.0), size[1], size[0])
        units = [Band(n, "1" if n.startswith("look") else "m^2/yr^2" if n.startswith("cov") else "m/yr") for n in bands]
        with new_raster(tmp_path / name, grid, units) as target:
            target.write({n: (np.zeros(size) + v).astype(np.float32) for n, v in bands.items()})
        return tmp_path / name
    return write_map


def look(name, offset=0.0, sigma=0.003):
    vector = LOOKS[name]
    los = vector @ [TRUTH["east"], TRUTH["north"], TRUTH["up"]] + offset
    return {"velocity_los": los, "sigma_los": sigma, "look_east": vector[0], "look_north": vector[1], "look_up": vector[2]}


def optical(sigma=0.1, **more):
    return {"velocity_east": TRUTH["east"], "velocity_north": TRUTH["north"], "sigma_east": sigma,
            "sigma_north": sigma, **more}


def run(paths, output, stable=None, **settings):
    result = joint.run(paths, JoinSettings(**settings), output, Progress(), stable)
    with open_raster(result.velocity) as raster:
        return result, {n: raster.read(n) for n in raster.bands}


def test_two_tracks_and_images_give_three_dimensions(write, tmp_path):
    _, got = run([write("a.tif", look("a")), write("d.tif", look("d")), write("o.tif", optical())], tmp_path / "out.tif")
    for name, value in TRUTH.items():
        assert np.allclose(got[f"velocity_{name}"], value, atol=1e-4)
    # Radar tells east to millimetres; images alone know the north, and up inherits a seventh of its doubt.
    assert np.median(got["sigma_east"]) < 0.005 and np.isclose(np.median(got["sigma_north"]), 0.1, rtol=0.05)
    assert 0.01 < np.median(got["sigma_up"]) < 0.03 and np.allclose(got["rows"], 4)


def test_without_the_north_up_is_unknown_and_never_a_guess(write, tmp_path):
    result, got = run([write("a.tif", look("a")), write("d.tif", look("d"))], tmp_path / "out.tif")
    assert np.isnan(got["velocity_up"]).all() and np.isnan(got["velocity_north"]).all()
    assert result.solved["east"] > 0 and "north" in " ".join(result.notes)
    _, assumed = run([tmp_path / "a.tif", tmp_path / "d.tif"], tmp_path / "prior.tif", north_sigma=0.5)
    error = np.abs(assumed["velocity_up"] - TRUTH["up"])
    assert (error < 2 * assumed["sigma_up"]).all() and assumed["sigma_up"].min() > 0.05


def test_correlated_east_and_up_count_as_they_should(write, tmp_path):
    bands = {"velocity_east": 0.30, "velocity_up": -0.1, "sigma_east": 0.02, "sigma_up": 0.02}
    pair = [write("plain.tif", bands), write("o.tif", optical(sigma=0.005))]
    plain = run(pair, tmp_path / "p.tif")[1]
    tied = run([write("tied.tif", {**bands, "covariance_east_up": 0.95 * 0.02 ** 2}), pair[1]], tmp_path / "t.tif")[1]
    assert np.median(tied["sigma_up"]) < 0.5 * np.median(plain["sigma_up"])  # knowing east tells up


def test_constants_are_taken_off_on_stable_ground(write, tmp_path):
    class Ground:
        source = "rock"

        def mask(self, grid, window=None):
            inside = np.zeros(grid.shape, bool)
            inside[:, :10] = True
            return inside if window is None else inside[window.slices]

    still = np.zeros((20, 30))
    still[:, 10:] = 1.0
    moved = {n: v * still if n == "velocity_los" else v for n, v in look("a").items()}
    moved["velocity_los"] = moved["velocity_los"] + 0.04
    images = {n: v * still if n.startswith("velocity") else v for n, v in optical().items()}
    other = {n: v * still if n == "velocity_los" else v for n, v in look("d").items()}
    _, got = run([write("a.tif", moved), write("d.tif", other), write("o.tif", images)], tmp_path / "out.tif", Ground())
    assert np.allclose(got["velocity_up"][:, 12:], TRUTH["up"], atol=1e-4)


def test_contradiction_shows_in_the_misfit(write, tmp_path):
    a, o = write("a.tif", look("a", offset=0.5)), write("o.tif", optical(sigma=0.02, velocity_up=TRUTH["up"], sigma_up=0.02))
    assert np.nanmedian(run([a, o], tmp_path / "out.tif")[1]["misfit"]) > 5


@pytest.mark.parametrize("case, words", [("one", "At least two"), ("sigma", "sigma"), ("apart", "do not overlap")])
def test_what_cannot_be_joined_is_refused_in_words(write, tmp_path, case, words):
    a = write("a.tif", look("a"))
    bare = {n: v for n, v in optical().items() if not n.startswith("sigma")}
    paths = {"one": [a], "sigma": [write("x.tif", bare), write("y.tif", bare)],
             "apart": [a, write("o.tif", optical(), (900000.0, 4200000.0))]}[case]
    with pytest.raises(InputError, match=words):
        run(paths, tmp_path / "out.tif")
    assert not (tmp_path / "out.tif").exists()
