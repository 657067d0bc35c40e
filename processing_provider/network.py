"""The network of archives, by QGIS: its proxies, certificates and user agent, and log-in from its encrypted store.

All requests of a run go through one thread with an event loop and a QgsNetworkAccessManager of its own. So the thread
that waits for them, which may be the main one, never runs an event loop of its own; connections are kept open; and
cancelling waits for nothing.
"""
import queue
import threading
from contextlib import contextmanager
from typing import Callable, Iterator
from urllib.parse import urlsplit

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsNetworkAccessManager
from qgis.PyQt.QtCore import QByteArray, QObject, QThread, QUrl, pyqtSignal
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..engine.core.errors import Cancelled, InputError
from ..engine.scenes.archive.endpoints import ENDPOINTS, within
from ..engine.scenes.archive.login import PasswordToken
from ..engine.scenes.archive.transport import CHUNK, Dropped, Request, Response

_LOOK_SECONDS = 0.2   # how often a waiting request looks whether it was cancelled
_WAITING = 8          # chunks of one answer that wait to be taken
_START_SECONDS = 20.0


class QgisTransport:
    """See `engine.scenes.archive.transport.Transport`. Make it on the main thread; use it as a context manager.

    login: id of an authentication configuration of QGIS, empty for none. A user name and password (Basic) of an
    archive that wants tokens are exchanged for one; every other method is left to QGIS.
    """

    def __init__(self, login: str = ""):
        QgsNetworkAccessManager.instance()  # the main thread's must be there before another thread's is made
        self._login, self._thread = login, None
        self._token = self._token_login(login) if login else None

    @property
    def has_login(self) -> bool:
        return bool(self._login)

    def __enter__(self) -> "QgisTransport":
        self._thread = _NetworkThread(in_main_thread=QThread.currentThread() == QgsApplication.instance().thread())
        self._thread.start()
        if not self._thread.ready.wait(_START_SECONDS):
            raise InputError("The network of QGIS did not start. Start QGIS again.")
        return self

    def __exit__(self, *_):
        self._thread.quit()
        self._thread.wait()
        self._thread = None

    @contextmanager
    def send(self, request: Request, stopped: Callable[[], bool]) -> Iterator[Response]:
        """Open a request; from any thread."""
        headers, login = dict(request.headers), ""
        if request.login and self.has_login:
            archive = self._archive(request.url)
            if self._token is not None and archive is not None and archive.token_url:
                headers.update(self._token(request.url, stopped))
            else:
                login = self._login
        exchange = _Exchange(request, headers, login)
        desk = self._thread.desk
        desk.wanted.emit(exchange)
        try:
            status, found = exchange.take(desk, stopped)
            yield Response(status, found, exchange.chunks(desk, stopped))
        finally:
            desk.left.emit(exchange)

    def _token_login(self, login: str):
        """Exchanges user name and password for tokens; None for other methods. Runs on the main thread."""
        config = QgsAuthMethodConfig()
        loaded = QgsApplication.authManager().loadAuthenticationConfig(login, config, True)
        fine, config = loaded if isinstance(loaded, tuple) else (loaded, config)
        if not fine or config.method() != "Basic":
            return None
        archive = next(known for known in ENDPOINTS if known.token_url)
        return PasswordToken(self, archive.token_url, archive.client, config.config("username"), config.config("password"))

    @staticmethod
    def _archive(url: str):
        host = urlsplit(url).hostname or ""
        return next((known for known in ENDPOINTS if within(host, known.domains)), None)


class _NetworkThread(QThread):
    """Runs the event loop of a transport."""

    def __init__(self, in_main_thread: bool):
        super().__init__()
        self.ready, self.desk, self._in_main_thread = threading.Event(), None, in_main_thread

    def run(self):
        manager = QgsNetworkAccessManager.instance()  # of this thread
        # QGIS would ask for a user name in a dialog of the main thread, which may be waiting for this one: the
        # archives' own words about log-in are better, and nobody waits for the other.
        manager.authenticationRequired.disconnect()
        if self._in_main_thread:
            manager.sslErrors.disconnect()
        self.desk = _Desk(manager)
        self.ready.set()
        self.exec()
        self.desk = None


class _Desk(QObject):
    """Takes requests from other threads and hands out what comes."""
    wanted = pyqtSignal(object)
    more = pyqtSignal(object)
    left = pyqtSignal(object)

    def __init__(self, manager: QgsNetworkAccessManager):
        super().__init__()
        self._manager = manager
        self.wanted.connect(self._begin)
        self.more.connect(self._read)
        self.left.connect(self._end)

    def _begin(self, exchange: "_Exchange") -> None:
        try:
            self._start(exchange)
        except (RuntimeError, TypeError, ValueError) as error:  # or the thread that asked would wait for ever
            exchange.put(InputError(f"QGIS could not send a request ({error})."))

    def _start(self, exchange: "_Exchange") -> None:
        request = QNetworkRequest(QUrl(exchange.request.url))
        for name, value in exchange.headers.items():
            request.setRawHeader(QByteArray(name.encode()), QByteArray(value.encode()))
        attribute, control = QNetworkRequest.Attribute, QNetworkRequest.CacheLoadControl
        request.setAttribute(attribute.RedirectPolicyAttribute, _plain(QNetworkRequest.RedirectPolicy.ManualRedirectPolicy))
        request.setAttribute(attribute.CacheLoadControlAttribute, _plain(control.AlwaysNetwork))
        request.setAttribute(attribute.CacheSaveControlAttribute, False)
        if exchange.login:
            updated = QgsApplication.authManager().updateNetworkRequest(request, exchange.login)
            fine, request = updated if isinstance(updated, tuple) else (updated, request)
            if not fine:
                exchange.put(InputError("QGIS could not apply the log-in. Check it under Settings > Options > "
                                        "Authentication."))
                return
        if exchange.request.body is None:
            reply = self._manager.get(request)
        else:
            reply = self._manager.post(request, QByteArray(exchange.request.body))
        reply.setReadBufferSize(4 * CHUNK)
        exchange.reply = reply
        reply.readyRead.connect(lambda: self._read(exchange))
        reply.finished.connect(lambda: self._read(exchange))
        self._read(exchange)

    def _read(self, exchange: "_Exchange") -> None:
        """Hand out what is here, as far as there is room."""
        reply = exchange.reply
        if reply is None or exchange.ended:
            return
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        if not exchange.announced and status is not None and (reply.bytesAvailable() or reply.isFinished()):
            exchange.announced = True
            exchange.put((int(status), {bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1")
                                        for name, value in reply.rawHeaderPairs()}))
        while exchange.announced and reply.bytesAvailable() and exchange.room():
            exchange.put(bytes(reply.read(CHUNK)))
        if reply.isFinished() and not reply.bytesAvailable():
            exchange.ended = True
            broken = not exchange.announced or (reply.error() and int(status) < 300)
            exchange.put(Dropped(reply.errorString()) if broken else b"")

    def _end(self, exchange: "_Exchange") -> None:
        reply, exchange.reply = exchange.reply, None
        if reply is not None:
            reply.readyRead.disconnect()
            reply.finished.disconnect()
            if not reply.isFinished():
                reply.abort()
            reply.deleteLater()


class _Exchange:
    """One request and the mailbox through which its answer comes."""

    def __init__(self, request: Request, headers, login: str):
        self.request, self.headers, self.login = request, headers, login
        self.reply, self.announced, self.ended = None, False, False
        self._mail: queue.Queue = queue.Queue()

    def put(self, item) -> None:
        self._mail.put(item)

    def room(self) -> bool:
        return self._mail.qsize() < _WAITING

    def take(self, desk: _Desk, stopped: Callable[[], bool]):
        """The next piece of the answer."""
        while True:
            if stopped():
                raise Cancelled()
            try:
                item = self._mail.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, Exception):
                raise item
            if self._mail.qsize() < _WAITING // 2:
                desk.more.emit(self)
            return item

    def chunks(self, desk: _Desk, stopped: Callable[[], bool]) -> Iterator[bytes]:
        while True:
            chunk = self.take(desk, stopped)
            if not chunk:
                return
            yield chunk


def _plain(value):
    """The number of an enumeration, which Qt 5 has as such and Qt 6 as a class."""
    return getattr(value, "value", value)
