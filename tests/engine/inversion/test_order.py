"""The order in which tiles of a large stack are read."""
from collections import OrderedDict

import pytest
from terrain_motion.engine.compute import memory, threads
from terrain_motion.engine.compute.tiles import make_tiles
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.inversion import order

GRID = Grid("EPSG:32632", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 2500, 2100)  # 10 x 9 blocks


def decompressed(tiles, numbers, kept):
    """How often a block is decompressed where so many of the last ones are kept."""
    cache, count = OrderedDict(), 0
    for window in (tiles[n].outer for n in numbers):
        for row in range(window.row // order.BLOCK, (window.row + window.rows - 1) // order.BLOCK + 1):
            for column in range(window.column // order.BLOCK, (window.column + window.columns - 1) // order.BLOCK + 1):
                count += (row, column) not in cache
                cache[row, column] = True
                cache.move_to_end((row, column))
                if len(cache) > kept:
                    cache.popitem(last=False)
    return count / 90


@pytest.mark.parametrize("rows, most", [(1, 3.0), (3, 1.67), (9, 1.0)])
def test_only_the_blocks_above_and_below_a_strip_are_read_again(rows, most):
    tiles = make_tiles(GRID, 128, halo=1)
    numbers = order.in_strips(tiles, rows)
    assert sorted(numbers) == list(range(len(tiles)))
    assert decompressed(tiles, numbers, 2 * (rows + 2) + 2) <= most
    by_block = sorted(range(len(tiles)), key=lambda n: (tiles[n].core.row // 256, tiles[n].core.column // 256))
    assert decompressed(tiles, by_block, 5) > 3.5  # what fits a twentieth of 24 GB with 300 pairs


def test_strips_fit_the_memory():
    block = 4 * 300 * 3 * 256 * 256
    try:
        threads.set_workers(2)
        memory.set_budget(24 * block)
        assert order.strip(300, 3, 0) == (3, 12 * block)
        memory.set_budget(2 * block)
        assert order.strip(300, 3, 5 * block) == (1, 5 * block)  # what is kept anyway
        assert order.strip(10, 2, 0)[0] == order.MOST_ROWS
        threads.set_workers(16)
        assert order.strip(300, 3, 24 * block) == (5, 23 * block)
    finally:
        threads.set_workers(None)
        memory.set_budget(None)
