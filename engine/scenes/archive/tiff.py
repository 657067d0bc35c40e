"""Which bytes of a TIFF hold a window: its directories are read, its pixels are not.

GDAL can read remote files itself, but not through QGIS's network (proxies, certificates, log-in) and not so that a
broken or cancelled read goes on where it stopped. So the few ranges of bytes that GDAL will need are fetched first.
Format: TIFF 6.0 (Adobe 1992), sections 2 and 15; BigTIFF.
"""
import struct
from dataclasses import dataclass
from typing import Callable, Dict, List, Sequence, Tuple

from ...core.errors import InputError
from ...core.grid import Window

#: (offset, length) -> bytes; fewer at the end of the file.
ReadBytes = Callable[[int, int], bytes]
Range = Tuple[int, int]  # first byte, byte after the last

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_WIDTH, _HEIGHT, _SAMPLES, _PLANAR, _ROWS_PER_STRIP = 256, 257, 277, 284, 278
_STRIP_OFFSETS, _STRIP_COUNTS, _TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS = 273, 279, 322, 323, 324, 325
_NUMBERS = (_WIDTH, _HEIGHT, _SAMPLES, _PLANAR, _ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_COUNTS, _TILE_WIDTH,
            _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS)
_MOST_DIRECTORIES = 64
_MOST_BYTES = 64 * 1024 * 1024  # of one tag's values


@dataclass(frozen=True)
class Image:
    """One image of a TIFF: its size, its blocks' size, and where each block is, by plane, row and column."""
    width: int
    height: int
    block_width: int
    block_height: int
    planes: int
    offsets: Sequence[int]
    counts: Sequence[int]

    def ranges(self, window: Window) -> List[Range]:
        """Byte ranges of the blocks that a window touches; blocks that were never written have none."""
        across = -(-self.width // self.block_width)
        down = -(-self.height // self.block_height)
        found = []
        for plane in range(self.planes):
            for row in range(window.row // self.block_height, -(-(window.row + window.rows) // self.block_height)):
                for column in range(window.column // self.block_width,
                                    -(-(window.column + window.columns) // self.block_width)):
                    index = (plane * down + row) * across + column
                    if self.counts[index]:
                        found.append((self.offsets[index], self.offsets[index] + self.counts[index]))
        return found


def images(read: ReadBytes, name: str) -> List[Image]:
    """Every image of a TIFF: the full one, overviews and masks. Raises InputError for what is no TIFF."""
    order, entry, offset = _header(read(0, 16), name)
    found: List[Image] = []
    seen = set()
    while offset and offset not in seen and len(seen) < _MOST_DIRECTORIES:
        seen.add(offset)
        values, offset = _directory(read, offset, order, entry, name)
        if values.get(_WIDTH) and values.get(_HEIGHT):
            found.append(_image(values, name))
    if not found:
        raise InputError(f"{name} is a TIFF without an image. It is damaged at the archive.")
    return found


def _header(start: bytes, name: str):
    """(byte order, sizes of an entry's parts, offset of the first directory)."""
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None or len(start) < 16:
        raise InputError(f"{name} is no TIFF, though the archive calls it one.")
    version = struct.unpack(f"{order}H", start[2:4])[0]
    if version == 42:
        return order, ("H", "I", 4), struct.unpack(f"{order}I", start[4:8])[0]
    if version == 43:
        return order, ("Q", "Q", 8), struct.unpack(f"{order}Q", start[8:16])[0]
    raise InputError(f"{name} is no TIFF, though the archive calls it one.")


def _directory(read: ReadBytes, offset: int, order: str, entry, name: str):
    """({tag: numbers}, offset of the next directory). Values of every tag are read, for GDAL will."""
    count_code, value_code, inline = entry
    head = struct.calcsize(count_code)
    count = struct.unpack(order + count_code, _exactly(read, offset, head, name))[0]
    if count > 4096:
        raise InputError(f"{name} has a directory of {count} entries; it is damaged at the archive.")
    size = 4 + 2 * inline
    data = _exactly(read, offset + head, count * size + inline, name)
    values: Dict[int, Sequence[int]] = {}
    for number in range(count):
        part = data[number * size:(number + 1) * size]
        tag, kind = struct.unpack(f"{order}HH", part[:4])
        length = struct.unpack(order + value_code, part[4:4 + inline])[0]
        total = length * _SIZES.get(kind, 1)
        if total > _MOST_BYTES:
            raise InputError(f"{name} has a tag of {total / 1e6:.0f} MB; it is damaged at the archive.")
        raw = part[4 + inline:4 + inline + total]
        if total > inline:
            raw = _exactly(read, struct.unpack(order + value_code, part[4 + inline:])[0], total, name)
        if tag in _NUMBERS and kind in _CODES:
            values[tag] = struct.unpack(f"{order}{length}{_CODES[kind]}", raw[:total])
    return values, struct.unpack(order + value_code, data[count * size:])[0]


def _exactly(read: ReadBytes, offset: int, length: int, name: str) -> bytes:
    data = read(offset, length)
    if len(data) < length:
        raise InputError(f"{name} ends before its own directory does; it is damaged at the archive.")
    return data


def _image(values: Dict[int, Sequence[int]], name: str) -> Image:
    width, height = values[_WIDTH][0], values[_HEIGHT][0]
    planes = values.get(_SAMPLES, (1,))[0] if values.get(_PLANAR, (1,))[0] == 2 else 1
    if _TILE_OFFSETS in values:
        block = values.get(_TILE_WIDTH, (0,))[0], values.get(_TILE_HEIGHT, (0,))[0]
        offsets, counts = values[_TILE_OFFSETS], values.get(_TILE_COUNTS, ())
    else:
        block = width, min(values.get(_ROWS_PER_STRIP, (height,))[0], height)
        offsets, counts = values.get(_STRIP_OFFSETS, ()), values.get(_STRIP_COUNTS, ())
    needed = planes * -(-width // max(block[0], 1)) * -(-height // max(block[1], 1))
    if not all(block) or len(offsets) < needed or len(counts) < needed:
        raise InputError(f"{name} does not say where its pixels are; it is damaged at the archive.")
    return Image(width, height, block[0], block[1], planes, offsets, counts)


def merged(ranges: Sequence[Range], gap: int = 0) -> List[Range]:
    """Sorted ranges; those that touch, or lie at most `gap` bytes apart, become one."""
    found: List[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + gap:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(ranges: Sequence[Range], there: Sequence[Range]) -> List[Range]:
    """The parts of ranges that others do not cover."""
    left = []
    covers = merged(there)
    for first, last in merged(ranges):
        for start, stop in covers:
            if stop <= first or start >= last:
                continue
            if start > first:
                left.append((first, start))
            first = max(first, stop)
        if first < last:
            left.append((first, last))
    return left
