"""A file of an archive of which some bytes are here: they survive a broken line, a cancelled run and a new start."""
import hashlib
import json
import logging
import re
from pathlib import Path
from typing import Callable, List, Optional, Sequence, Tuple
from xml.sax.saxutils import escape

from ...core.errors import InputError
from ...core.files import write_text
from ...core.progress import Progress
from .client import BeyondEnd, Busy, Client, shown
from .tiff import Range, merged, without
from .transport import Dropped, Response

log = logging.getLogger(__name__)
_BLOCK = 32 * 1024     # bytes fetched at once while directories are read
_GAP = 64 * 1024       # two ranges this near are fetched as one: faster than another request
_PIECE = 16 * 1024 * 1024
#: Codes of the multihash table (multiformats): name for hashlib.
_HASHES = {0x11: "sha1", 0x12: "sha256", 0x13: "sha512", 0x14: "sha3_512", 0x16: "sha3_256", 0xD5: "md5"}


class Changed(Exception):
    """The file at the archive is not the one whose bytes are here."""


class NoRanges(Exception):
    """The archive sends whole files only."""


class RemoteFile:
    """Bytes of one remote file, in `<base>.data` one behind the other, with `<base>.index` that says where they belong.

    size: of the whole file, None while unknown. One thread at a time.
    """

    def __init__(self, client: Client, url: str, base: Path, told: Callable[[int], None] = lambda count: None):
        self.client, self.url, self._told = client, url, told
        self._data, self._index = base.with_name(base.name + ".data"), base.with_name(base.name + ".index")
        self._data.parent.mkdir(parents=True, exist_ok=True)
        self._forget()
        self._load()

    @property
    def here(self) -> int:
        """Bytes that are here."""
        return sum(length for _, _, length in self._regions)

    def missing(self, ranges: Sequence[Range]) -> List[Range]:
        """The parts of ranges that are not here yet."""
        return without(ranges, [(first, first + length) for first, _, length in self._regions])

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the file, fetched where they are not here."""
        stop = offset + length if self.size is None else min(offset + length, self.size)
        if self.missing([(offset, stop)]):
            first, last = offset // _BLOCK * _BLOCK, -(-stop // _BLOCK) * _BLOCK
            self.fetch([(first, last if self.size is None else min(last, self.size))])
            stop = min(stop, self.size)
        return self._copy(offset, stop)

    def fetch(self, ranges: Sequence[Range]) -> None:
        """Get what is missing of ranges. Raises NoRanges, or Changed, after which nothing is here."""
        for first, last in merged(self.missing(ranges), _GAP):
            for start in range(first, last, _PIECE):
                self._piece(start, min(start + _PIECE, last))

    def _piece(self, first: int, last: int) -> None:
        done = [first]

        def prepare():
            return {"Range": f"bytes={done[0]}-{last - 1}"}, None

        def receive(response: Response) -> None:
            if response.status != 206:
                raise NoRanges()
            stop = self._expected(response, done[0], last)
            if self.size is None:
                raise NoRanges()  # an answer that does not tell the size of the file is of no use
            self._append(response, done, stop)
            if done[0] < stop:
                raise Dropped(f"{stop - done[0]} of {stop - first} bytes are missing")

        self._transfer(prepare, receive, done)

    def _transfer(self, prepare, receive, done: List[int]) -> None:
        try:
            self.client.transfer(self.url, prepare, receive, lambda: done[0])
        except (Changed, BeyondEnd) as error:
            log.warning("%s is not the file any more whose beginning is here", shown(self.url))
            self.discard()
            raise Changed() from error

    def _expected(self, response: Response, first: int, last: int) -> int:
        """The byte after the last that this answer holds. Raises Changed, or Busy for an answer to another question."""
        found = re.match(r"bytes (\d+)-(\d+)/(\d+|\*)$", response.headers.get("content-range", "").strip())
        if not found or int(found.group(1)) != first:
            raise Busy(f"it was asked for bytes from {first} on and answered with "
                       f"'{response.headers.get('content-range', '')}'")
        stop = int(found.group(2)) + 1
        length = response.headers.get("content-length", "")
        if stop > last or stop <= first or (length.isdigit() and int(length) != stop - first):
            raise Busy(f"it announced {length or '?'} bytes for the range {first}-{stop - 1}")
        total = None if found.group(3) == "*" else int(found.group(3))
        self._same_file(total, response.headers.get("etag", ""))
        return stop if self.size is None else min(max(stop, 0), self.size)

    def _same_file(self, total: Optional[int], etag: str) -> None:
        if total is not None and self.size is not None and total != self.size:
            raise Changed()
        if etag and self.etag and etag != self.etag and self._regions:
            raise Changed()
        self.size, self.etag = self.size if total is None else total, etag or self.etag

    def _append(self, response: Response, done: List[int], stop: int) -> None:
        """Write what comes; what came is on record even if the line breaks."""
        begin, place = done[0], self._end
        try:
            with open(self._data, "r+b" if self._data.exists() else "w+b") as target:
                target.seek(place)
                for chunk in response.chunks:
                    chunk = chunk[:stop - done[0]]
                    target.write(chunk)
                    done[0] += len(chunk)
                    self._told(len(chunk))
                    if done[0] >= stop:
                        break
        finally:
            if done[0] > begin:
                self._regions.append((begin, place, done[0] - begin))
                self._end = place + done[0] - begin
                self._save()

    def whole(self) -> Path:
        """The complete file (as `<base>.data`), from where an earlier run stopped. Raises Changed as `fetch` does."""
        sequential = all(first == place for first, place, _ in self._regions)
        if not sequential or len(merged([(f, f + n) for f, _, n in self._regions])) > 1:
            self.discard()
        done = [self.here]

        def prepare():
            return ({"Range": f"bytes={done[0]}-"} if done[0] else {}), None

        def receive(response: Response) -> None:
            if response.headers.get("content-type", "").startswith("text/html"):
                raise InputError(f"{shown(self.url)} answered with a web page instead of the file; most such pages ask "
                                 "to log in. Choose a Login, or another archive.")
            if response.status == 206:
                stop = self._expected(response, done[0], 1 << 62)
            else:
                stop = self._from_the_start(response, done)
            self._append(response, done, stop)
            if self.size is not None and done[0] < self.size:
                raise Dropped(f"{self.size - done[0]} of {self.size} bytes are missing")

        if self.size is None or done[0] < self.size:
            self._transfer(prepare, receive, done)
        self.size = done[0] if self.size is None else self.size
        return self._data

    def _from_the_start(self, response: Response, done: List[int]) -> int:
        """An archive that knows no ranges sends all again; what was here goes."""
        length = response.headers.get("content-length", "")
        if done[0]:
            self._told(-done[0])
        self.discard()
        done[0] = 0
        self._same_file(int(length) if length.isdigit() else None, response.headers.get("etag", ""))
        return self.size if self.size is not None else 1 << 62

    def probe(self) -> Optional[int]:
        """The size of the file, asked by its first bytes; None where the archive does not tell or knows no ranges."""
        if self.size is None:
            try:
                self.read(0, 16)
            except NoRanges:
                return None
        return self.size

    def sparse(self) -> str:
        """A path by which GDAL sees the whole file, zeros where bytes are missing."""
        xml = self._data.with_suffix(".xml")
        name = escape(self._data.name)
        parts = "".join(f'<SubfileRegion><Filename relative="1">{name}</Filename><DestinationOffset>{first}'
                        f"</DestinationOffset><SourceOffset>{place}</SourceOffset><RegionLength>{length}</RegionLength>"
                        "</SubfileRegion>" for first, place, length in self._joined())
        xml.write_text(f"<VSISparseFile><Length>{self.size}</Length>{parts}</VSISparseFile>", encoding="utf-8")
        return f"/vsisparse/{xml.as_posix()}"

    def discard(self) -> None:
        """Forget all bytes."""
        for path in (self._data, self._index, self._data.with_suffix(".xml")):
            if path.exists():
                path.unlink()
        self._forget()

    def _forget(self) -> None:
        self.size: Optional[int] = None
        self.etag = ""
        self._regions: List[Tuple[int, int, int]] = []  # place in the file, place in the data, length
        self._end = 0

    def _joined(self) -> List[Tuple[int, int, int]]:
        """Regions in the order of the file, those that continue each other in both files as one."""
        found: List[Tuple[int, int, int]] = []
        for first, place, length in sorted(self._regions):
            if found and found[-1][0] + found[-1][2] == first and found[-1][1] + found[-1][2] == place:
                found[-1] = (found[-1][0], found[-1][1], found[-1][2] + length)
            else:
                found.append((first, place, length))
        return found

    def _copy(self, offset: int, stop: int) -> bytes:
        parts = []
        with open(self._data, "rb") as data:
            for first, place, length in sorted(self._regions):
                begin, end = max(offset, first), min(stop, first + length)
                if begin < end:
                    data.seek(place + begin - first)
                    parts.append(data.read(end - begin))
                    offset = end
        return b"".join(parts)

    def _save(self) -> None:
        write_text(self._index, json.dumps({"url": shown(self.url), "size": self.size, "etag": self.etag,
                                            "regions": self._joined()}))

    def _load(self) -> None:
        """Take over what an earlier run left, if it is of the same address and complete on disk."""
        try:
            known = json.loads(self._index.read_text(encoding="utf-8"))
            regions = [tuple(int(v) for v in region) for region in known["regions"]]
            if known["url"] == shown(self.url) and self._data.stat().st_size >= max(p + n for _, p, n in regions):
                self.size, self.etag, self._regions = known["size"], str(known["etag"]), regions
                self._end = max(place + length for _, place, length in regions)
                return
        except (OSError, ValueError, KeyError, TypeError):
            pass  # nothing usable is there: begin at the beginning
        self.discard()


def check_sum(path: Path, checksum: str, progress: Progress) -> str:
    """What is wrong with a file by its multihash (STAC file:checksum); empty if nothing is, or if it cannot be told."""
    expected = _parsed(checksum)
    if expected is None:
        return ""
    name, wanted = expected
    found = hashlib.new(name, usedforsecurity=False) if name in ("md5", "sha1") else hashlib.new(name)
    with open(path, "rb") as source:
        for block in iter(lambda: source.read(1024 * 1024), b""):
            progress.check()
            found.update(block)
    return "" if found.hexdigest() == wanted else f"its {name} is {found.hexdigest()[:12]}…, not {wanted[:12]}…"


def _parsed(checksum: str) -> Optional[Tuple[str, str]]:
    """(name of the hash, hex digest) of a multihash; a bare MD5 is taken too, None for what is not understood."""
    text = checksum.strip().lower()
    if not re.fullmatch(r"(?:[0-9a-f]{2})+", text):
        return None
    if len(text) == 32:
        return "md5", text
    data, values = bytes.fromhex(text), []
    while len(values) < 2 and data:  # two numbers of 7 bits per byte, low ones first: the code and the length
        value, shift = 0, 0
        while data:
            byte, data = data[0], data[1:]
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        values.append(value)
    if len(values) < 2 or values[0] not in _HASHES or values[1] != len(data):
        return None
    return _HASHES[values[0]], data.hex()


