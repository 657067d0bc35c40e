"""Requests that succeed in the real world: patience with busy archives, broken connections, redirects and log-in."""
import json
import logging
import time
import zlib
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Dict, Optional, TypeVar
from urllib.parse import urljoin, urlsplit

from ...core.errors import InputError
from ...core.progress import Progress
from .endpoints import Endpoint, may_get_login
from .login import Signer
from .transport import Dropped, Request, Response, Transport

log = logging.getLogger(__name__)
Result = TypeVar("Result")

LARGEST_TEXT = 64 * 1024 * 1024  # bytes; items and metadata have kilobytes, pages of a search a few MB
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_MOST_REDIRECTS = 5


@dataclass(frozen=True)
class Patience:
    """attempts: in a row without a new byte. Waits: s, doubled each time, or as long as the archive asks."""
    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_asked: float = 600.0


class NetworkError(InputError):
    """An archive that cannot be reached or does not answer properly; everything else of it would fail too."""


class Refused(NetworkError):
    """The archive does not take the request as it is."""


class LoginNeeded(InputError):
    """The archive wants a log-in, or refuses the one it got."""


class NotThere(InputError):
    """The archive does not have this file."""


class BeyondEnd(Exception):
    """A range was asked for that the file does not have."""


class Busy(Exception):
    """The archive asks to come again. wait: s, as it says, None where it does not."""

    def __init__(self, reason: str, wait: Optional[float] = None):
        super().__init__(reason)
        self.wait = wait


def shown(address: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


class Client:
    """Requests to one archive. Threads may share it."""

    def __init__(self, transport: Transport, archive: Endpoint, progress: Progress, patience: Patience = Patience(),
                 signer: Optional[Signer] = None):
        self.transport, self.archive, self.patience = transport, archive, patience
        self._progress = progress
        self._signer = signer or (Signer(archive.signing_url) if archive.signing_url else None)

    def json(self, url: str, body: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        """A JSON object: of a GET, or of a POST where there is a body."""
        headers = {"Accept": "application/geo+json, application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = self.read(url, headers, None if body is None else json.dumps(body).encode())
        try:
            found = json.loads(data.decode("utf-8"))
        except ValueError as error:
            raise NetworkError(f"{shown(url)} answered with something else than JSON. Is it the address of a STAC "
                               "interface?") from error
        if not isinstance(found, dict):
            raise NetworkError(f"{shown(url)} answered with something else than a JSON object. Is it the address of a "
                               "STAC interface?")
        return found

    def read(self, url: str, headers: Optional[Dict[str, str]] = None, body: Optional[bytes] = None) -> bytes:
        """A small file as bytes."""
        def receive(response: Response) -> bytes:
            parts, size = [], 0
            for chunk in response.chunks:
                size += len(chunk)
                if size > LARGEST_TEXT:
                    raise InputError(f"{shown(url)} is larger than {LARGEST_TEXT / 1e6:.0f} MB, too large for metadata.")
                parts.append(chunk)
            promised = response.headers.get("content-length", "")
            if promised.isdigit() and size != int(promised) and not response.headers.get("content-encoding"):
                raise Dropped(f"{size} of {promised} bytes came")
            return _unpacked(b"".join(parts), response.headers.get("content-encoding", ""))
        return self.transfer(url, lambda: (headers or {}, body), receive)

    def transfer(self, url: str, prepare: Callable[[], tuple], receive: Callable[[Response], Result],
                 position: Callable[[], int] = lambda: 0) -> Result:
        """Send until it works.

        prepare: makes (headers, body) for each try. receive: reads the answer; may be called again after a break.
        position: bytes that are safely here; as long as it grows, the archive is not given up.
        """
        failures, renewed = 0, False
        while True:
            before = position()
            try:
                return self._once(url, prepare, receive)
            except LoginNeeded:
                if self._signer is None or renewed or not self._signer.forget(url):
                    raise
                renewed = True  # a signature that ran out on the way
            except (Busy, Dropped) as trouble:
                failures = 1 if position() > before else failures + 1
                if failures >= self.patience.attempts:
                    raise NetworkError(f"{shown(url)} could not be read: {trouble}, {failures} times in a row. What "
                                       "came so far is kept; check the connection and run again later.") from trouble
                self._wait(url, trouble, failures)

    def _once(self, url: str, prepare: Callable[[], tuple], receive: Callable[[Response], Result]) -> Result:
        address = self._signer.sign(url, self._fetch_signature) if self._signer else url
        for _ in range(_MOST_REDIRECTS + 1):
            self._progress.check()
            headers, body = prepare()
            login = self.transport.has_login and may_get_login(address, self.archive)
            request = Request(address, {"Accept-Encoding": "identity", **headers}, body, login)
            with self.transport.send(request, lambda: self._progress.stopped) as response:
                if response.status not in _REDIRECTS:
                    self._judge(url, response, login)
                    return receive(response)
                address = urljoin(address, response.headers.get("location", ""))
                if not address.startswith(("http://", "https://")):
                    raise NetworkError(f"{shown(url)} leads to {address[:60]}, which is not a web address.")
        raise NetworkError(f"{shown(url)} leads from one address to the next without end.")

    def _fetch_signature(self, url: str) -> Dict[str, Any]:
        return Client(self.transport, Endpoint("", self.archive.label, url), self._progress, self.patience).json(url)

    def _judge(self, url: str, response: Response, login: bool) -> None:
        """Return for a good answer; raise what the status means for anything else."""
        status = response.status
        if 200 <= status < 300:
            return
        if status in _AGAIN:
            raise Busy(f"the archive answered {status}", _retry_after(response.headers.get("retry-after", "")))
        if status == 416:
            raise BeyondEnd()
        if status in (401, 403):
            raise LoginNeeded(login_words(url, self.archive, status, login, self.transport.has_login))
        if status in (404, 405, 410, 501):
            raise NotThere(f"{shown(url)} does not exist ({status}). Run Search again: archives move and replace scenes.")
        detail = b"".join(_first(response, 2000)).decode("utf-8", "replace").strip()
        raise Refused(f"{shown(url)} refused the request ({status}{': ' + detail[:300] if detail else ''}).")

    def _wait(self, url: str, trouble: Exception, failures: int) -> None:
        patience = self.patience
        wait = min(patience.first_wait * 2 ** (failures - 1), patience.longest_wait)
        asked = getattr(trouble, "wait", None)
        if asked is not None:
            if asked > patience.longest_asked:
                raise NetworkError(f"{urlsplit(url).hostname} asks to wait {asked / 60:.0f} minutes. What came so far is "
                                   "kept; run again later.") from trouble
            wait = max(asked, 0.0)
        log.info("%s: %s; trying again in %.0f s", urlsplit(url).hostname, trouble, wait)
        end = time.monotonic() + wait
        while time.monotonic() < end:
            self._progress.check()
            time.sleep(min(0.1, max(end - time.monotonic(), 0.0)))


def _first(response: Response, limit: int):
    size = 0
    for chunk in response.chunks:
        yield chunk[:limit - size]
        size += len(chunk)
        if size >= limit:
            return


def _unpacked(data: bytes, encoding: str) -> bytes:
    """Some servers compress though they were asked not to."""
    if encoding.lower() != "gzip":
        return data
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, LARGEST_TEXT)
    except zlib.error as error:
        raise Dropped(f"a damaged answer ({error})") from error
    return unpacked


def _retry_after(text: str) -> Optional[float]:
    """Seconds of a Retry-After header: a number, or a date."""
    text = text.strip()
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max((moment - datetime.now(timezone.utc)).total_seconds(), 0.0)


def login_words(url: str, archive: Endpoint, status: int, sent: bool, given: bool = False) -> str:
    """What to do where an archive wants a log-in. sent, given: whether it got one, and whether the user chose one."""
    if sent:
        return (f"{shown(url)} refuses the log-in ({status}). Check user name and password in Settings > Options > "
                "Authentication, and whether the account may get this collection.")
    if given:
        return (f"{shown(url)} needs a log-in ({status}), but yours is only sent to {', '.join(archive.domains) or 'nobody'}"
                ", encrypted: the file lies elsewhere. Download it in another way, or use another archive.")
    where = f" Register at {archive.register} (free)," if archive.register else " Get an account there,"
    return (f"{shown(url)} needs a log-in ({status}).{where} add it under Settings > Options > Authentication as Basic "
            "(user name and password) or OAuth2, and choose it as Login. Sentinel-2 of Earth Search and Sentinel-2 and "
            "Landsat of Planetary Computer need none.")
