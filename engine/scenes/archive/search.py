"""Search: the scenes of an archive in an area and a time, page by page, as a scenes layer."""
import difflib
import json
import logging
from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple
from urllib.parse import quote, urlencode, urljoin

from osgeo import ogr

from ...core.errors import InputError
from ...core.progress import Progress
from ...io.area import Area
from .archive_settings import SearchSettings
from .client import Client, NotThere, Patience, Refused, shown
from .endpoints import endpoint
from .found import FoundScene
from .stac import Item, newest_processing, scene_of
from .transport import Transport, UrlTransport

log = logging.getLogger(__name__)
_PAGE = 100
_CLOUD = "eo:cloud_cover"


@dataclass(frozen=True)
class SearchResult:
    """scenes: by time. matched: how many the archive says there are, None if it does not say. left_out: counts by
    reason. complete: False where the limit ended the search."""
    scenes: List[FoundScene]
    matched: Optional[int]
    left_out: Dict[str, int]
    complete: bool


def run(area: Area, settings: SearchSettings, transport: Optional[Transport] = None,
        progress: Optional[Progress] = None, patience: Patience = Patience()) -> SearchResult:
    """Find scenes, sorted by time. Raises InputError where there is none, with what to change."""
    progress = progress or Progress()
    archive = endpoint(settings.endpoint)
    client = Client(transport or UrlTransport(), archive, progress, patience)
    progress.report(0.0, f"Asking {archive.label}")
    landing = _landing(client, archive.url)
    abilities = tuple(str(text) for text in landing.get("conformsTo") or ())
    pages = _Pages(client, archive.url, _search_links(landing, archive.url), _question(area, settings, abilities))
    items: Dict[Tuple[Any, Any], Item] = {}
    left_out: Counter = Counter()
    complete = True
    for item in pages:
        if (item.get("collection"), item.get("id")) in items:
            continue
        reason = _unwanted(item, area, settings)
        if reason:
            left_out[reason] += 1
            continue
        if len(items) >= settings.limit:
            complete = False
            break
        items[item.get("collection"), item.get("id")] = item
        share = len(items) / max(min(pages.matched or settings.limit, settings.limit), 1)
        progress.report(min(share, 0.99), f"{len(items)} scenes")
    found = list(items.values())
    if settings.newest_processing:
        found, older = newest_processing(found)
        left_out.update({"processed again later": older} if older else {})
    scenes = sorted((scene_of(item, archive.url) for item in found), key=lambda s: (s.acquired, s.path))
    if not scenes:
        _check_collections(client, archive.url, settings.collections)
        raise InputError(_nothing(archive.label, settings, left_out))
    if not complete:
        log.warning("The search ended at %d scenes; more match. Narrow area or dates, or raise 'Most scenes'.",
                    settings.limit)
    progress.report(1.0, f"{len(scenes)} scenes")
    return SearchResult(scenes, pages.matched, dict(left_out), complete)


def _landing(client: Client, base: str) -> Mapping[str, Any]:
    """The landing page; empty where an interface has none but may have a search all the same."""
    try:
        return client.json(base)
    except NotThere:
        return {}


def _check_collections(client: Client, base: str, wanted) -> None:
    """Raise InputError, with the names there are, for a collection that the archive does not have."""
    for name in wanted:
        try:
            client.json(f"{base}/collections/{quote(name)}")
        except NotThere as error:
            try:
                known = [str(c.get("id")) for c in client.json(f"{base}/collections").get("collections") or ()]
            except NotThere:
                return
            close = difflib.get_close_matches(name, known, 8, 0.4) or sorted(known)[:20]
            raise InputError(f"{shown(base)} has no collection '{name}'; it has {', '.join(close) or 'none'}"
                             f"{' and others' if len(known) > len(close) else ''}.") from error


def _search_links(landing: Mapping[str, Any], base: str) -> List[Tuple[str, str]]:
    """(method, address) of an archive's search, in the order to try. POST first: long questions fit."""
    found = {}
    for link in landing.get("links") or ():
        if link.get("rel") == "search":
            found[str(link.get("method", "GET")).upper()] = urljoin(f"{base}/", str(link.get("href", "")))
    if not found:
        found = {"POST": f"{base}/search", "GET": f"{base}/search"}
    return [(method, found[method]) for method in ("POST", "GET") if method in found]


def _question(area: Area, settings: SearchSettings, abilities) -> Dict[str, Any]:
    """The search as the body of a POST. What the archive cannot filter is filtered here in any case."""
    west, south, east, north = area.degrees()
    asked: Dict[str, Any] = {"collections": list(settings.collections), "limit": min(_PAGE, settings.limit),
                             "bbox": [round(v, 7) for v in (west, south, east - 360 if east > 180 else east, north)]}
    if settings.start or settings.end:
        first = f"{settings.start}T00:00:00Z" if settings.start else ".."
        last = f"{settings.end}T23:59:59Z" if settings.end else ".."
        asked["datetime"] = f"{first}/{last}"
    if any("#sort" in ability for ability in abilities):
        asked["sortby"] = [{"field": "properties.datetime", "direction": "asc"}]
    if settings.max_cloud < 100 and any(a.endswith("item-search#query") for a in abilities):
        asked["query"] = {_CLOUD: {"lte": settings.max_cloud}}
    return asked


class _Pages:
    """The items of a search, page by page; `matched` is known after the first page where the archive tells."""

    def __init__(self, client: Client, base: str, links: List[Tuple[str, str]], question: Dict[str, Any]):
        self._client, self._base, self._links, self._question = client, base, links, question
        self.matched: Optional[int] = None

    def __iter__(self) -> Iterator[Item]:
        seen = set()
        (method, address), page = self._first()
        body = self._question
        while True:
            key = (method, address, json.dumps(body, sort_keys=True))
            if key in seen:  # a next link that leads back
                return
            seen.add(key)
            page = page or self._page(method, address, body)
            features = page.get("features")
            if not isinstance(features, list):
                raise InputError(f"{shown(address)} answered without items. Is it the address of a STAC interface?")
            if self.matched is None:
                count = page.get("numberMatched", (page.get("context") or {}).get("matched"))
                self.matched = count if isinstance(count, int) else None
            yield from features
            link = next((x for x in page.get("links") or () if x.get("rel") == "next"), None)
            if link is None or not features:
                return
            method = str(link.get("method", "GET")).upper()
            further = link.get("body") or {}
            body = {**self._question, **further} if link.get("merge") else dict(further)
            address, page = urljoin(address, str(link.get("href", ""))), None

    def _first(self):
        """The link that answers, and its answer."""
        for number, (method, address) in enumerate(self._links, 1):
            try:
                return (method, address), self._page(method, address, self._question)
            except (NotThere, Refused) as error:
                _check_collections(self._client, self._base, self._question["collections"])
                if isinstance(error, Refused):
                    raise
                if number == len(self._links):
                    raise InputError(f"{shown(address)} offers no search. A static catalogue cannot be searched: give the "
                                     "address of a STAC interface (its landing page).") from error
        raise AssertionError("there is always a link")

    def _page(self, method: str, address: str, body: Dict[str, Any]) -> Dict[str, Any]:
        return self._client.json(address, body) if method == "POST" else self._client.json(_as_query(address, body))


def _as_query(address: str, question: Mapping[str, Any]) -> str:
    """A GET with the question in the address."""
    if not question:
        return address
    plain = {key: ",".join(map(str, value)) if isinstance(value, list) and key != "sortby" else value
             for key, value in question.items() if key != "sortby"}
    if "query" in plain:
        plain["query"] = json.dumps(plain["query"])
    return f"{address}{'&' if '?' in address else '?'}{urlencode(plain)}"


def _unwanted(item: Item, area: Area, settings: SearchSettings) -> str:
    """Why an item is left out, empty if it is not. Archives take the box of a footprint, which may miss the area."""
    cloud = (item.get("properties") or {}).get(_CLOUD)
    if isinstance(cloud, (int, float)) and cloud > settings.max_cloud:
        return "too cloudy"
    if not item.get("id"):
        return "without a name"
    try:
        scene = scene_of(item, "https://unknown")
    except InputError:
        return "without a date that can be read"
    day = scene.date.isoformat()
    if (settings.start and day < settings.start) or (settings.end and day > settings.end):
        return "outside the dates"
    if settings.orbit and scene.orbit and scene.orbit != settings.orbit.strip().lstrip("Rr").lstrip("0"):
        return "of another orbit"
    return "" if _touches(scene.footprint, area) else "beside the area"


def _touches(footprint: str, area: Area) -> bool:
    outline, wanted = ogr.CreateGeometryFromWkt(footprint) if footprint else None, area.polygon()
    if outline is None or not outline.IsValid():
        return True
    (west, east), (first, last) = outline.GetEnvelope()[:2], wanted.GetEnvelope()[:2]
    if east > 180 or last > 180 or east - west > 180 or last - first > 180:
        return True  # near the 180th meridian the archive's own answer stands
    return bool(outline.Intersects(wanted))


def _nothing(label: str, settings: SearchSettings, left_out: Mapping[str, int]) -> str:
    reasons = "; ".join(f"{count} {reason}" for reason, count in left_out.items())
    dates = f"from {settings.start or 'the beginning'} to {settings.end or 'now'}"
    cloud = f", at most {settings.max_cloud:g} % cloud" if settings.max_cloud < 100 else ""
    return (f"{label} has no scene of {', '.join(settings.collections)} here {dates}{cloud}"
            f"{f' (left out: {reasons})' if reasons else ''}. Allow more cloud, or other dates or another area.")
