"""What carries requests: the form that QGIS's network and plain Python's share, and the latter."""
import queue
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Callable, ContextManager, Dict, Iterator, Mapping, Optional, Protocol

from ...core.errors import Cancelled, InputError
from ...core.history import VERSION

USER_AGENT = f"Terrain-Motion/{VERSION}"
CHUNK = 256 * 1024
TIMEOUT_SECONDS = 60.0  # without a single byte
_LOOK_SECONDS = 0.2     # how often a waiting request looks whether it was cancelled


@dataclass(frozen=True)
class Request:
    """login: send the user's login along (the client decides for which hosts)."""
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Optional[bytes] = None
    login: bool = False


@dataclass(frozen=True)
class Response:
    """An answer whose headers are here (names in lower case) and whose body comes in chunks."""
    status: int
    headers: Dict[str, str]
    chunks: Iterator[bytes]


class Dropped(Exception):
    """The connection could not be made, or broke. Worth another try."""


class Transport(Protocol):
    """Sends one request; follows no redirects and repeats nothing, which the client does.

    Raises Dropped, from `send` or from the chunks; Cancelled within a second once `stopped()` is true.
    """
    has_login: bool

    def send(self, request: Request, stopped: Callable[[], bool]) -> ContextManager[Response]:
        ...


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class UrlTransport:
    """The transport of plain Python: urllib, with the proxies of the environment.

    login: makes the headers of the user's login for an address. Each request has a thread of its own, so that
    cancelling never waits for a socket: the thread is left behind and ends by itself.
    """

    def __init__(self, login: Optional[Callable[[str], Mapping[str, str]]] = None, timeout: float = TIMEOUT_SECONDS):
        self._login, self._timeout = login, timeout
        self._opener = urllib.request.build_opener(_NoRedirects)

    @property
    def has_login(self) -> bool:
        return self._login is not None

    @contextmanager
    def send(self, request: Request, stopped: Callable[[], bool]) -> Iterator[Response]:
        """Open a request (see `Transport`)."""
        if not request.url.startswith(("http://", "https://")):
            raise InputError(f"{request.url[:80]} is not a web address.")
        headers = {"User-Agent": USER_AGENT, **request.headers}
        if request.login and self._login is not None:
            headers.update(self._login(request.url))
        exchange = _Exchange(self._opener, urllib.request.Request(request.url, request.body, headers), self._timeout)  # noqa: S310
        try:
            status, found = exchange.take(stopped)
            yield Response(status, found, exchange.chunks(stopped))
        finally:
            exchange.leave()


class _Exchange:
    """One request in its thread, and the mailbox through which its answer comes; at most 2 MB wait in it."""

    def __init__(self, opener, request, timeout: float):
        self._mail: queue.Queue = queue.Queue(8)
        self._left = threading.Event()
        threading.Thread(target=self._run, args=(opener, request, timeout), daemon=True,
                         name="terrain-motion-request").start()

    def _run(self, opener, request, timeout: float) -> None:
        try:
            try:
                answer = opener.open(request, timeout=timeout)
            except urllib.error.HTTPError as error:
                answer = error  # has status, headers and body as any answer
            with answer:
                self._put((answer.status, {k.lower(): v for k, v in answer.headers.items()}))
                while not self._left.is_set():
                    chunk = answer.read1(CHUNK) if hasattr(answer, "read1") else answer.read(CHUNK)
                    self._put(chunk)
                    if not chunk:
                        return
        except (OSError, HTTPException) as error:
            self._put(Dropped(str(getattr(error, "reason", "") or error) or type(error).__name__))

    def _put(self, item) -> None:
        while not self._left.is_set():
            try:
                self._mail.put(item, timeout=_LOOK_SECONDS)
                return
            except queue.Full:
                continue

    def take(self, stopped: Callable[[], bool]):
        """The next piece of the answer."""
        while True:
            if stopped():
                raise Cancelled()
            try:
                item = self._mail.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, Dropped):
                raise item
            return item

    def chunks(self, stopped: Callable[[], bool]) -> Iterator[bytes]:
        while True:
            chunk = self.take(stopped)
            if not chunk:
                return
            yield chunk

    def leave(self) -> None:
        self._left.set()
