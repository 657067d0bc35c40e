"""Pixels that a cloud hides on the first date: where their series begins."""
import numpy as np
import pytest

from inversion_networks import displacements, moving, optical_network, write
from terrain_motion.engine.compute import memory
from terrain_motion.engine.compute.kernels import without_numba
from terrain_motion.engine.core.grid import Grid, Window
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.inversion import invert, starts
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.inversion.solver import START, Noise, StartTable, solve
from terrain_motion.engine.io.raster import open_raster

SHAPE = (96, 120)
NOISE = 0.03  # m
CLOUD = (slice(36, 60), slice(44, 76))  # in the middle of the body


def course(years):
    """Years for which a body that is six times as fast after a third of the time has moved at its first speed."""
    change = years[-1] / 3
    return np.where(years < change, years, change + 6 * (years - change))


def accelerating(network, shape=SHAPE, components=2):
    """A body that is slow at first: (components, dates, rows, columns), m."""
    speed = moving(network, shape, components, 2.0)[:, -1:] / network.years[-1]
    return speed * course(network.years)[:, None, None]


def hide(network, values, dates, part=CLOUD):
    """Take the pairs of some dates away from a part of the pixels."""
    for m, ends in enumerate(network.pairs):
        if set(ends) & set(dates):
            values[(slice(None), m, *part)] = np.nan
    return values


def inverted(tmp_path, network, values, name="out", settings=InvertSettings()):
    """Series, sigmas (components, dates, rows, columns), start (days)."""
    stack = write(tmp_path / f"stack_{name}", network, values, sigma=NOISE)
    invert.run(stack, settings, tmp_path / name, Progress())
    found = []
    for prefix in ("", "sigma_"):
        arrays = []
        for component in (("los",) if len(values) == 1 else ("east", "north")):
            with open_raster(tmp_path / name / f"{prefix}{component}.tif") as raster:
                arrays.append(raster.read_bands())
        found.append(np.stack(arrays))
    with open_raster(tmp_path / name / "quality.tif") as raster:
        return (*found, raster.read("start"))


def rms(values):
    return float(np.sqrt(np.nanmean(np.square(values))))


@pytest.mark.parametrize("components", [1, 2])
def test_motion_that_accelerates_gives_late_pixels_the_truth(tmp_path, components):
    network = optical_network()
    truth = accelerating(network, components=components)
    values = hide(network, displacements(network, truth, NOISE), (0, 1, 2))
    series, sigma, start = inverted(tmp_path, network, values)
    late = start > 0
    assert late.sum() == 24 * 32
    error = (series - truth)[:, 3:, late]
    expected = truth[0, 3, late]
    # velocity x elapsed is wrong by 1.2 m here; what is left is the noise of the ratio and of the pixel's velocity
    rate = (truth[0, -1, late] - expected) / (network.years[-1] - network.years[3])
    assert rms(rate * network.years[3] - expected) > 10 * rms(error)
    assert rms(error) < 1.5 * NOISE
    # .68 of normal errors, and more: sigma takes noise that pixels share as real pairs do, here it is white
    assert 0.6 < np.mean(np.abs(error) < sigma[:, 3:, late]) < 0.95


def test_steady_motion_starts_at_velocity_times_elapsed(tmp_path):
    network = optical_network()
    truth = moving(network, SHAPE)
    series, sigma, start = inverted(tmp_path, network, hide(network, displacements(network, truth, NOISE), (0, 1)))
    late = start > 0
    error = (series - truth)[:, 2:, late]
    assert rms(error) < 1.1 * NOISE  # as large as where the ratio is not learnt
    assert 0.6 < np.mean(np.abs(error) < sigma[:, 2:, late]) < 0.85


def test_still_ground_stays_still_beside_motion(tmp_path):
    network = optical_network()
    truth = accelerating(network)
    corner = (slice(0, 16), slice(0, 20))
    values = hide(network, displacements(network, truth, NOISE), (0, 1, 2), corner)
    series, _, start = inverted(tmp_path, network, values)
    late = start > 0
    assert late[corner].all() and late.sum() == 320
    first = (series - truth)[:, 3, late]
    assert np.abs(truth[:, 3, late]).max() < 0.2 * NOISE
    assert rms(first) < NOISE and np.abs(np.mean(first, axis=1)).max() < 0.2 * NOISE


def test_pixels_first_seen_on_different_dates_follow_one_course(tmp_path):
    network = optical_network()
    truth = accelerating(network)
    values = displacements(network, truth, NOISE)
    for date in range(1, 6):
        hide(network, values, range(date), (slice(30, 66), slice(30 + 10 * date, 40 + 10 * date)))
    series, _, start = inverted(tmp_path, network, values)
    late = start > 0
    assert len(np.unique(start[late])) == 5
    assert rms((series - truth)[:, :, late]) < 1.5 * NOISE


def test_tiles_equal_the_whole_with_late_pixels(tmp_path, monkeypatch):
    network = optical_network(8, 3)
    values = displacements(network, accelerating(network, (270, 150)), NOISE)
    hide(network, values, (0, 1), (slice(90, 170), slice(40, 140)))
    whole = inverted(tmp_path, network, values, "tiles")
    monkeypatch.setattr(invert, "_tile_side", lambda *_: 101)  # no multiple of lattice or cell
    for first, second in zip(whole, inverted(tmp_path, network, values, "whole")):
        assert np.array_equal(first, second, equal_nan=True)


def test_where_nothing_tells_the_course_motion_is_steady_and_sigma_says_so():
    network = optical_network()
    years = network.years
    series = np.full((2, 12, 20, 20), np.nan, np.float32)
    series[:, 4:] = (3.0 * (years - years[4]))[4:, None, None]
    found = starts.ratios(series, np.full((20, 20), 4), years, 4)
    table = found.table(Window(10, 10, 5, 6))
    row = table.rows[4]
    assert (table.ratio[row] == 1).all() and table.doubt[row] == pytest.approx(starts.STEADY ** 2)


def test_a_stack_without_late_pixels_has_no_ratios():
    network = optical_network()
    series = accelerating(network)
    assert starts.ratios(series, np.zeros(SHAPE, int), network.years, 4) is None


def test_wrong_neighbours_do_not_decide_the_course():
    network = optical_network()
    years = network.years
    rng = np.random.default_rng(4)
    series = (moving(network, (40, 40)) + rng.normal(0, NOISE, (2, 12, 40, 40))).astype(np.float32)
    series[:, 4:, rng.random((40, 40)) < 0.05] += 30.0  # a wrong step after the first date
    start = np.zeros((40, 40), int)
    start[:4] = 4
    ratio = starts.ratios(series, start, years, 4).table(Window(60, 60, 40, 40))
    assert ratio.ratio[ratio.rows[4]] == pytest.approx(1.0, abs=0.1)


def test_wholly_moving_ground_is_no_noise():
    network = optical_network()
    rng = np.random.default_rng(5)
    years = network.years
    speed = rng.uniform(0.8, 1.2, (2, 1, 40, 40))
    series = speed * course(years)[:, None, None] + rng.normal(0, NOISE, (2, 12, 40, 40))
    series = (series - series[:, :1]).astype(np.float32)
    start = np.zeros((40, 40), int)
    start[10:20, 10:20] = 3
    rate = np.polyfit(years[3:], course(years)[3:], 1)[0]
    truth = course(years)[3] / (rate * years[3])
    assert truth < 0.5
    table = starts.ratios(series, start, network.years, 4).table(Window(40, 40, 40, 40))
    assert table.ratio[table.rows[3]] == pytest.approx(truth, abs=0.05)


def test_numpy_twin_gives_the_same_start():
    network = optical_network()
    values = hide(network, displacements(network, moving(network), NOISE), (0, 1), (slice(4, 12), slice(3, 20)))
    rows = np.zeros(12, np.uint64)
    rows[2] = 1
    rng = np.random.default_rng(0)
    table = StartTable(rows, *(rng.uniform(0.1, 1.5, (2, 480)).astype(np.float32) for _ in range(2)))
    noise = Noise(np.full(len(network.pairs), NOISE ** 2))
    weight = np.ones(values.shape[1:], np.float32)
    fast = solve(network, values, weight, InvertSettings(), noise, starts=table)
    with without_numba():
        slow = solve(network, values, weight, InvertSettings(), noise, starts=table)
    steady = solve(network, values, weight, InvertSettings(), noise)
    late = fast.quality[START] > 0
    assert fast.series == pytest.approx(slow.series, abs=1e-5, nan_ok=True)
    assert fast.sigma == pytest.approx(slow.sigma, abs=1e-5, nan_ok=True)
    at_start = table.ratio[1].reshape(20, 24)[late] * steady.series[:, 2, late]
    assert fast.series[:, 2, late] == pytest.approx(at_start, abs=1e-5)
    assert np.array_equal(fast.velocity, steady.velocity)
    assert np.array_equal(fast.series[..., ~late], steady.series[..., ~late])


def test_of_a_very_large_stack_blocks_spread_over_it_are_read():
    grid = Grid("EPSG:32632", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 5490, 5490)
    blocks = {(t.core.row // starts.BLOCK, t.core.column // starts.BLOCK) for t in starts._spread(grid, 300, 128)}
    assert sum(t.core.rows * t.core.columns for t in starts._spread(grid, 300, 128)) * 300 < 1.1 * starts.MOST_READ
    # every other block touches one that is read: the neighbourhoods reach it
    every = [(y, x) for y in range(1, 21) for x in range(1, 21)]
    assert all(any((y + b, x + a) in blocks for b in (-1, 0, 1) for a in (-1, 0, 1)) for y, x in every)
    assert len(starts._spread(grid, 60, 512)) == 121  # all of a smaller one


def test_the_lattice_fits_the_memory():
    grid = Grid("EPSG:32632", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 10980, 10980)
    memory.set_budget(1 << 30)
    try:
        step = starts.spacing(grid, 2, 60)
        assert 8 * 2 * 60 * (10980 / step) ** 2 < (1 << 30) / starts.BUDGET_SHARE
        assert starts.spacing(grid.part(Window(0, 0, 256, 256)), 2, 60) == starts.SPACING
    finally:
        memory.set_budget(None)
