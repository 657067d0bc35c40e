"""Threads, tiles and the choice between numba and NumPy."""
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from terrain_motion.engine.compute import kernels, memory, threads
from terrain_motion.engine.compute.tiles import make_tiles, tiles
from terrain_motion.engine.core.errors import Cancelled
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress

GRID = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 250, 130)


def test_tile_cores_cover_each_pixel_once_and_inner_cuts_the_halo_off():
    seen = np.zeros(GRID.shape, int)
    whole = np.arange(GRID.width * GRID.height).reshape(GRID.shape)
    for tile in make_tiles(GRID, 100, halo=7):
        seen[tile.core.slices] += 1
        np.testing.assert_array_equal(whole[tile.outer.slices][tile.inner], whole[tile.core.slices])
    assert (seen == 1).all()


def test_cancel_stops_between_tiles(progress):
    progress.record.cancel_after(2)
    with pytest.raises(Cancelled):
        list(tiles(GRID, progress, size=50))


def test_results_of_threads_belong_to_their_items():
    found = dict(threads.map_threads(lambda n: n * n, range(50), Progress(), threads=3))
    assert found == {n: n * n for n in range(50)}


def test_an_error_in_a_thread_ends_the_run():
    with pytest.raises(ZeroDivisionError):
        list(threads.map_threads(lambda n: 1 // n, [3, 0, 2], Progress(), threads=2))


def test_cancel_drops_what_has_not_begun():
    stop, begun = threading.Event(), []

    def work(number):
        begun.append(number)
        stop.set()
        time.sleep(0.05)

    with pytest.raises(Cancelled):
        list(threads.map_threads(work, range(1000), Progress(cancelled=stop.is_set), threads=2))
    assert len(begun) <= 4


def test_without_numba_the_twin_is_picked():
    def compiled():
        return "numba"

    def twin():
        return "numpy"
    with kernels.without_numba():
        assert kernels.pick(compiled, twin) is twin
    assert kernels.pick(None, twin) is twin


def test_parts_of_progress_fill_the_whole():
    seen = []
    whole = Progress(lambda fraction, message: seen.append((fraction, message)))
    whole.part(0.5, 0.7).part(0.5, 1.0).report(1.0, "b")
    assert seen == [(pytest.approx(0.7), "b")]


def test_memory_budget_is_a_quarter_unless_set():
    assert memory.budget() == memory.machine_memory() // 4
    memory.set_budget(123)
    assert memory.budget() == 123
    memory.set_budget(None)


def test_compiled_code_on_disk_serves_both_names_of_the_package(root, plugin_folder):
    pytest.importorskip("numba")
    script = "import numpy; from {}engine.matching.smoothing import smooth; smooth(numpy.ones((9, 9), 'f4'), 1.0)"
    for prefix, path in (("terrain_motion.", plugin_folder), ("", root), ("terrain_motion.", plugin_folder)):
        done = subprocess.run([sys.executable, "-c", script.format(prefix)], cwd=path, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(path)})
        assert done.returncode == 0, done.stderr
