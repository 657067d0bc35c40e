"""Loops of three: whole cycles in one pair are found and taken off, what nothing explains is masked."""
import numpy as np
import pytest
from insar_stacks import CYCLE, neighbours, read_pairs, write_insar

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import closure
from terrain_motion.engine.insar.correction_settings import ClosureSettings
from terrain_motion.engine.insar.loops import UNKNOWN, find_loops, solve
from terrain_motion.engine.io.raster import open_raster

DATES, ROWS, COLUMNS = 6, 40, 50
PAIRS = neighbours(DATES, 3)


def patch(cycles, rows=slice(8, 24), columns=slice(10, 30)):
    found = np.zeros((ROWS, COLUMNS))
    found[rows, columns] = cycles * CYCLE
    return found


def run(tmp_path, change, progress=None, **settings):
    rng = np.random.default_rng(6)
    series = np.cumsum(rng.normal(0, 0.01, (DATES, ROWS, COLUMNS)), axis=0)
    constants = {n: rng.uniform(-3, 3) * CYCLE for n in range(len(PAIRS))}
    clean = {n: np.full((ROWS, COLUMNS), c) for n, c in constants.items()}
    change = {n: clean[n] + change.get(n, 0.0) + rng.normal(0, 0.0005, (ROWS, COLUMNS)) for n in clean}
    stack = write_insar(tmp_path / "stack", series, PAIRS, change=change)
    result = closure.run(stack, ClosureSettings(**settings), tmp_path / "out", tmp_path / "closure.tif",
                         progress or Progress(), tmp_path / "report.html")
    los, flag = read_pairs(result.stack.stack)
    truth = np.array([series[j] - series[i] for i, j in PAIRS])
    return result, los - truth - np.array([constants[n] for n in range(len(PAIRS))])[:, None, None], flag


def test_loops_of_a_network_are_all_triplets_with_their_signs():
    loops = find_loops([(0, 1), (1, 2), (0, 2), (2, 3), (1, 3)])
    assert loops.pairs.tolist() == [[0, 1, 2], [1, 3, 4]]
    assert loops.of_pair[1] == ((0, 1), (1, 1)) and loops.of_pair[2] == ((0, -1),)


@pytest.mark.parametrize("pair, cycles", [(4, 1), (5, -2)])
def test_a_patch_off_by_whole_cycles_in_one_pair_is_put_right(tmp_path, pair, cycles):
    result, error, flag = run(tmp_path, {pair: patch(cycles)})
    assert np.abs(error).max() < 0.003 and (flag == 0).all()  # noise of half a millimetre
    assert [p.name for p in result.pairs if p.corrected] == [result.pairs[pair].name]
    with open_raster(result.raster) as raster:
        wrong = raster.read("wrong_loops")
    assert (wrong[10:20, 12:28] == len(find_loops(PAIRS).of_pair[pair])).all() and wrong[30:].max() == 0


def test_two_patches_in_two_pairs_that_overlap_are_put_right(tmp_path):
    _, error, flag = run(tmp_path, {4: patch(1), 8: patch(-1, slice(15, 35))})
    assert np.abs(error).max() < 0.003 and (flag == 0).all()


def test_an_interferogram_of_noise_is_masked_and_the_others_kept(tmp_path):
    noise = np.random.default_rng(7).uniform(-3, 3, (ROWS, COLUMNS)) * CYCLE
    result, error, flag = run(tmp_path, {6: noise})
    assert (flag[6] == Flag.OUTLIER).mean() > 0.7
    others = np.delete(flag, 6, axis=0)
    assert (others == 0).mean() > 0.97
    assert np.abs(np.delete(error, 6, axis=0)[others == 0]).max() < 0.003
    assert result.pairs[6].wrong > 0.7 and result.pairs[6].name in " ".join(result.notes)


def test_single_pixels_are_masked_not_corrected(tmp_path):
    _, _, flag = run(tmp_path, {4: patch(1, slice(8, 10), slice(10, 12))})
    assert (flag[4][8:10, 10:12] == Flag.OUTLIER).all() and (flag == 0).sum() == flag.size - 4


def test_nothing_is_changed_where_it_is_switched_off(tmp_path):
    _, error, flag = run(tmp_path, {4: patch(1)}, correct=False, mask=False)
    assert np.isclose(np.median(error[4][10:20, 12:28]), CYCLE, atol=1e-3) and (flag == 0).all()


def test_a_pair_of_one_loop_is_not_blamed_alone():
    loops = find_loops([(0, 1), (1, 2), (0, 2)])
    take_off, masked = solve(loops, np.array([[1, 0, UNKNOWN]], np.int8))
    assert not take_off.any() and masked[:, 0].any() and not masked[:, 1:].any()


def test_no_data_stays_no_data_and_tiles_equal_whole(tmp_path, monkeypatch):
    gap = patch(1)
    gap[0:5, 0:5] = np.nan
    _, whole, flag = run(tmp_path / "a", {4: gap})
    monkeypatch.setattr(closure, "MOST_WORK", 1)
    monkeypatch.setattr(closure, "LEAST_SIDE", 16)
    assert np.isnan(whole[4][0:5, 0:5]).all() and (flag[4][0:5, 0:5] == Flag.OUTSIDE).all()
    _, parts, _ = run(tmp_path / "b", {4: gap})
    assert np.allclose(whole, parts, equal_nan=True)


def test_a_network_without_loops_is_refused(tmp_path):
    stack = write_insar(tmp_path / "stack", np.zeros((3, 12, 12)), [(0, 1), (1, 2)])
    with pytest.raises(InputError, match="loop"):
        closure.run(stack, ClosureSettings(), tmp_path / "out", tmp_path / "c.tif", Progress())


def test_cancel_leaves_no_manifest(tmp_path, progress):
    progress.record.cancel_after(20)
    with pytest.raises(Cancelled):
        run(tmp_path, {4: patch(1)}, progress)
    assert not (tmp_path / "out" / "stack.json").exists() and not list(tmp_path.rglob("*.part"))
