"""Tokens: for a user name and password, and the signatures that anybody gets for Planetary Computer's files."""
import json
import threading
import time
from datetime import datetime, timezone
from typing import Any, Callable, Dict, Mapping, Tuple
from urllib.parse import urlencode, urlsplit

from ...core.errors import InputError
from .transport import Dropped, Request, Transport

_SPARE_SECONDS = 60.0  # a token is renewed this long before it ends
_BLOBS = ".blob.core.windows.net"


class PasswordToken:
    """Headers with an access token, got for a user name and password (OpenID Connect) and renewed before it ends."""

    def __init__(self, transport: Transport, token_url: str, client: str, user: str, password: str):
        self._transport, self._url, self._client = transport, token_url, client
        self._user, self._password = user, password
        self._lock = threading.Lock()
        self._token, self._ends = "", 0.0

    def __call__(self, _url: str, stopped: Callable[[], bool] = lambda: False) -> Mapping[str, str]:
        with self._lock:
            if time.monotonic() >= self._ends:
                self._token, seconds = self._fetch(stopped)
                self._ends = time.monotonic() + max(seconds - _SPARE_SECONDS, 1.0)
            return {"Authorization": f"Bearer {self._token}"}

    def _fetch(self, stopped: Callable[[], bool]) -> Tuple[str, float]:
        body = urlencode({"grant_type": "password", "client_id": self._client, "username": self._user,
                          "password": self._password}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        with self._transport.send(Request(self._url, headers, body), stopped) as response:
            data = b"".join(response.chunks)
            status = response.status
        host = urlsplit(self._url).hostname
        if status == 429 or status >= 500:
            raise Dropped(f"{host} answered {status}")  # busy: the request that needs the token is tried again
        if status in (400, 401, 403):
            raise InputError(f"{host} refuses the user name or password ({status}). Check both in Settings > Options > "
                             "Authentication; accounts with a second factor need OAuth2 instead of Basic.")
        try:
            answer = json.loads(data)
            return str(answer["access_token"]), float(answer.get("expires_in", 300))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{host} gave no access token ({status}). Try again later.") from error


class Signer:
    """Signs addresses of Azure's blob storage, one signature per container, as long as it is valid."""

    def __init__(self, signing_url: str, hosts: str = _BLOBS):
        self._url, self._hosts = signing_url.rstrip("/"), hosts
        self._lock = threading.Lock()
        self._tokens: Dict[str, Tuple[str, datetime]] = {}

    def sign(self, url: str, fetch: Callable[[str], Dict[str, Any]]) -> str:
        """The address with its signature; others, and signed ones, as they are. fetch: gets a JSON object."""
        place = self._place(url)
        if not place:
            return url
        with self._lock:
            token, ends = self._tokens.get(place, ("", datetime.min.replace(tzinfo=timezone.utc)))
            if (ends - datetime.now(timezone.utc)).total_seconds() < _SPARE_SECONDS:
                token, ends = self._signature(place, fetch)
                self._tokens[place] = (token, ends)
        return f"{url}{'&' if urlsplit(url).query else '?'}{token}"

    def forget(self, url: str) -> bool:
        """Drop the signature of an address, so that the next one is new. False if it has none."""
        with self._lock:
            return self._tokens.pop(self._place(url), None) is not None

    def _place(self, url: str) -> str:
        """account/container of an address that needs a signature, else an empty text."""
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path.strip("/").split("/")
        if not host.endswith(self._hosts) or "sig=" in parts.query or not path[0]:
            return ""
        return f"{host.split('.')[0]}/{path[0]}"

    def _signature(self, place: str, fetch: Callable[[str], Dict[str, Any]]) -> Tuple[str, datetime]:
        answer = fetch(f"{self._url}/{place}")
        try:
            ends = datetime.fromisoformat(str(answer["msft:expiry"]).split(".")[0].rstrip("Z")[:19])
            return str(answer["token"]), ends.replace(tzinfo=timezone.utc)
        except (KeyError, ValueError) as error:
            raise InputError(f"{urlsplit(self._url).hostname} gave no signature for {place}. Try again later.") from error
