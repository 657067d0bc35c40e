import numpy as np
import pytest

from inversion_networks import displacements, moving, optical_network, write
from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.units import DAYS_PER_YEAR
from terrain_motion.engine.fusion import fuse
from terrain_motion.engine.fusion.kernels import fuse as fuse_tile
from terrain_motion.engine.fusion.kernels import vector_coherence
from terrain_motion.engine.fusion.settings import FuseSettings
from terrain_motion.engine.io.raster import open_raster


def bands(path):
    with open_raster(path) as raster:
        return dict(zip(raster.bands, raster.read_bands()))


@pytest.mark.parametrize("method", ["mean", "median", "weighted"])
def test_even_motion_gives_its_velocity_and_coherence_one(tmp_path, method):
    network = optical_network()
    truth = moving(network)
    stack = write(tmp_path / "stack", network, displacements(network, truth), sigma=0.1, flip={2, 5})
    result = fuse.run(stack, FuseSettings(method=method), tmp_path / "velocity.tif", Progress())
    found = bands(result.velocity)
    assert list(found) == ["velocity_east", "velocity_north", "speed", "sigma_east", "sigma_north",
                           "vector_coherence", "observations"]
    assert found["velocity_east"] == pytest.approx(truth[0, -1] / network.years[-1], abs=1e-5)
    assert found["velocity_north"] == pytest.approx(truth[1, -1] / network.years[-1], abs=1e-5)
    assert found["vector_coherence"] == pytest.approx(1.0, abs=1e-5)
    assert (found["observations"] == len(network.pairs)).all() and result.solved == 480


def test_vector_coherence_is_equation_1():
    d = np.array([[3.0, -1.0, 2.0], [4.0, 0.0, 0.0]])[:, :, None]
    total = np.hypot(3 - 1 + 2, 4)
    assert vector_coherence(d, np.ones(3)) == pytest.approx(total / (5 + 1 + 2))
    assert vector_coherence(d, np.array([1, -1, 1])) == pytest.approx(np.hypot(6, 4) / 8)
    assert np.isnan(vector_coherence(np.zeros((2, 3, 1)), np.ones(3))).all()


def test_one_wrong_pair_does_not_move_the_median():
    years = np.full(9, 0.1)
    d = np.full((2, 9, 1, 1), 0.5, np.float32)
    d[:, 4] = 50.0
    assert fuse_tile(d, years, "median", 10).velocity[:, 0, 0] == pytest.approx([5, 5])
    assert fuse_tile(d, years, "mean", 10).velocity[0, 0, 0] == pytest.approx(5 + 495 / 9)


def test_weights_are_baseline_over_sigma_squared():
    years = np.array([0.1, 1.0])
    d = np.array([0.2, 1.0], np.float32).reshape(1, 2, 1, 1)
    sigma = np.array([0.1, 0.2], np.float32).reshape(2, 1, 1)
    weight = (years / sigma[:, 0, 0]) ** 2
    found = fuse_tile(d, years, "weighted", 3, sigma)
    assert found.velocity[0, 0, 0] == pytest.approx((weight * [2.0, 1.0]).sum() / weight.sum(), rel=1e-5)


@pytest.mark.parametrize("method", ["mean", "median"])
def test_sigma_holds_two_thirds_of_the_errors_of_independent_pairs(method):
    rng = np.random.default_rng(1)
    d = rng.normal(0.3, 0.1, (1, 15, 60, 60)).astype(np.float32)
    found = fuse_tile(d, np.full(15, 0.1), method, 16)
    share = np.mean(np.abs(found.velocity - 3.0) < found.sigma)
    assert 0.6 < share < 0.71  # Student's t with 14 degrees of freedom: .665; MAD of 15 values is noisier


def test_missing_pairs_are_left_out_and_empty_pixels_are_no_data(tmp_path):
    network = optical_network()
    values = displacements(network, moving(network))
    values[:, :, 0, 0] = np.nan
    values[:, 1:, 0, 1] = np.nan
    values[0, 3, 5, 5] = np.nan  # one component missing: the pair is
    stack = write(tmp_path / "stack", network, values)
    found = bands(fuse.run(stack, FuseSettings(), tmp_path / "v.tif", Progress()).velocity)
    assert np.isnan([found[b][0, 0] for b in found if b != "observations"]).all()
    assert found["observations"][0, :2].tolist() == [0, 1] and found["observations"][5, 5] == len(network.pairs) - 1
    assert np.isfinite(found["velocity_east"][0, 1]) and np.isnan(found["sigma_east"][0, 1])
    few = bands(fuse.run(stack, FuseSettings(min_observations=2), tmp_path / "w.tif", Progress()).velocity)
    assert np.isnan(few["velocity_east"][0, 1])


def test_line_of_sight_has_one_velocity(tmp_path):
    network = optical_network(6, 2)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network, components=1)))
    found = bands(fuse.run(stack, FuseSettings(), tmp_path / "v.tif", Progress()).velocity)
    assert list(found) == ["velocity_los", "sigma_los", "vector_coherence", "observations"]


def test_tiles_equal_the_whole(tmp_path, monkeypatch):
    network = optical_network(5, 2)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network, (70, 80)), 0.1), sigma=0.1)
    monkeypatch.setattr(fuse, "_tile_side", lambda _: 32)
    first = bands(fuse.run(stack, FuseSettings(method="weighted"), tmp_path / "a.tif", Progress()).velocity)
    monkeypatch.setattr(fuse, "_tile_side", lambda _: 1024)
    second = bands(fuse.run(stack, FuseSettings(method="weighted"), tmp_path / "b.tif", Progress()).velocity)
    for name in first:
        assert first[name] == pytest.approx(second[name], rel=1e-6, nan_ok=True)


def test_cancel_and_refusal_leave_no_file(tmp_path):
    network = optical_network(5, 2)
    stack = write(tmp_path / "stack", network, displacements(network, moving(network)))
    with pytest.raises(Cancelled):
        fuse.run(stack, FuseSettings(), tmp_path / "out" / "v.tif", Progress(cancelled=lambda: True))
    with pytest.raises(InputError, match="does not exist"):
        fuse.run(tmp_path / "none", FuseSettings(), tmp_path / "out" / "v.tif", Progress())
    assert list((tmp_path / "out").iterdir()) == []
    with pytest.raises(SettingsError, match="Method"):
        FuseSettings(method="mode")
    assert DAYS_PER_YEAR == 365.25


def test_velocity_of_a_period_takes_pairs_by_their_middle(tmp_path):
    network = optical_network(16, 2)
    truth = np.zeros((2, 16, 4, 4))
    late = network.years > network.years[8]
    truth[0] = (np.where(late, network.years * 5 - 4 * network.years[8], network.years))[:, None, None]
    stack = write(tmp_path / "stack", network, displacements(network, truth))
    middle = network.dates[8].isoformat()
    before = fuse.run(stack, FuseSettings(end=network.dates[7].isoformat()), tmp_path / "a.tif", Progress())
    after = fuse.run(stack, FuseSettings(start=network.dates[10].isoformat()), tmp_path / "b.tif", Progress())
    assert bands(before.velocity)["velocity_east"] == pytest.approx(1.0, abs=1e-4)
    assert bands(after.velocity)["velocity_east"] == pytest.approx(5.0, abs=1e-4)
    assert before.pairs + after.pairs < len(network.pairs)
    summer = FuseSettings(season="summer")
    assert summer.takes(network.dates[0].replace(month=6), network.dates[0].replace(month=8))
    assert not summer.takes(network.dates[0].replace(month=1), network.dates[0].replace(month=3))
    with pytest.raises(InputError, match="chosen period"):
        fuse.run(stack, FuseSettings(end="1999-01-01"), tmp_path / "c.tif", Progress())
    with pytest.raises(SettingsError, match="later than"):
        FuseSettings(start=middle, end="2000-01-01")
