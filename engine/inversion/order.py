"""In which order the tiles of a large stack are read, so that blocks of its files are decompressed once or twice.

A tile needs a margin of one pixel, and with it the neighbouring blocks of every pair's file. Decompressing them takes
longer than solving, and not all fit the memory. Tiles follow one another down a strip of a few rows of blocks, then the
next column of the strip: what the next column shares with this one is still there, and only the blocks above and
below the strip are read again for the next strip.
"""
from typing import List, Tuple

from ..compute import memory
from ..compute.threads import workers
from ..compute.tiles import Tile

BLOCK = 256  # px, side of a block of the pairs' files
BUDGET_SHARE = 2  # decompressed blocks may take so small a part of the memory
MOST_ROWS = 16  # of blocks in a strip


def strip(pairs: int, bands: int, available: int) -> Tuple[int, int]:
    """(rows of blocks in a strip, bytes of decompressed blocks that it needs).

    available: bytes that are kept anyway. A column of the strip with the block above and the one below, and the column
    beside it, are kept at once.
    """
    block = 4 * pairs * bands * BLOCK * BLOCK
    room = max(available, memory.budget() // BUDGET_SHARE)
    spare = 1 + workers() // 2  # threads are some tiles apart
    rows = min(max((room // block - spare) // 2 - 2, 1), MOST_ROWS)
    return rows, min((2 * (rows + 2) + spare) * block, room)


def in_strips(tiles: List[Tile], rows: int) -> List[int]:
    """Numbers of the tiles in the order of reading."""
    return sorted(range(len(tiles)), key=lambda n: (tiles[n].core.row // (rows * BLOCK), tiles[n].core.column,
                                                    tiles[n].core.row))
