"""Archives by name: where their STAC interface is, and who has to log in."""
from dataclasses import dataclass
from typing import Tuple
from urllib.parse import urlsplit

from ...core.errors import SettingsError


@dataclass(frozen=True)
class Endpoint:
    """An archive.

    url: landing page of its STAC interface. domains: hosts (and hosts below them) that get the user's login.
    token_url: where a user name and password become a token; empty where the login is sent as it is. signing_url:
    where anybody gets the signatures that its files need. register: where people get a login; empty if none is needed.
    """
    code: str
    label: str
    url: str
    domains: Tuple[str, ...] = ()
    token_url: str = ""
    client: str = ""
    signing_url: str = ""
    register: str = ""


EARTH_SEARCH = Endpoint("earthsearch", "Earth Search", "https://earth-search.aws.element84.com/v1")
PLANETARY_COMPUTER = Endpoint("planetarycomputer", "Planetary Computer",
                              "https://planetarycomputer.microsoft.com/api/stac/v1",
                              signing_url="https://planetarycomputer.microsoft.com/api/sas/v1/token")
CDSE = Endpoint("cdse", "Copernicus Data Space (CDSE)", "https://stac.dataspace.copernicus.eu/v1",
                domains=("dataspace.copernicus.eu",), client="cdse-public",
                token_url="https://identity.dataspace.copernicus.eu/auth/realms/CDSE/protocol/openid-connect/token",  # noqa: S106
                register="https://dataspace.copernicus.eu")
ENDPOINTS = (EARTH_SEARCH, PLANETARY_COMPUTER, CDSE)
_SHORT = {"cdse": CDSE, "earth search": EARTH_SEARCH, "planetary computer": PLANETARY_COMPUTER}
_LOCAL = ("127.0.0.1", "localhost", "::1")


def endpoint(text: str) -> Endpoint:
    """The archive of a name, its number in the list, or an address. Raises SettingsError with the names there are."""
    wanted = str(text).strip()
    for number, known in enumerate(ENDPOINTS):
        if wanted.lower() in (known.code, known.label.lower(), str(number)) or wanted.rstrip("/") == known.url:
            return known
    if wanted.lower() in _SHORT:
        return _SHORT[wanted.lower()]
    parts = urlsplit(wanted)
    if parts.scheme in ("http", "https") and parts.hostname:
        address = wanted.rstrip("/")
        address = address[:-len("/search")] if address.endswith("/search") else address
        return Endpoint("", parts.hostname, address, (parts.hostname,))
    raise SettingsError(f"Archive: '{wanted}' is neither {', '.join(known.label for known in ENDPOINTS)} nor an address "
                        "that begins with https://.")


def endpoint_of(address: str) -> Endpoint:
    """The archive that an item's address belongs to."""
    host = urlsplit(address).hostname or ""
    for known in ENDPOINTS:
        if host == urlsplit(known.url).hostname or within(host, known.domains):
            return known
    return Endpoint("", host, address, (host,))


def within(host: str, domains: Tuple[str, ...]) -> bool:
    """True if a host is one of these or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def may_get_login(address: str, archive: Endpoint) -> bool:
    """True if the user's login may be sent to an address: the archive's own hosts, and never unencrypted."""
    parts = urlsplit(address)
    encrypted = parts.scheme == "https" or parts.hostname in _LOCAL
    return encrypted and within(parts.hostname or "", archive.domains)
