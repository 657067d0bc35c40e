"""STAC items as scenes: missions, levels, tiles, orbits and sun angles under the names that archives use."""
import json
import re
from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import quote, urljoin

from osgeo import ogr

from ...core.errors import InputError
from ...io.products import footprints
from ...io.products.sentinel2 import moment
from .found import FoundScene

Item = Mapping[str, Any]


def scene_of(item: Item, base: str) -> FoundScene:
    """The scene that an item describes. base: landing page of the archive. Raises InputError without a date."""
    properties = _properties(item)
    address = item_address(item, base)
    when = properties.get("datetime") or properties.get("start_datetime")
    if not when:
        raise InputError(f"The item {item.get('id')} has no date.")
    elevation = _number(properties, "view:sun_elevation")
    zenith = _number(properties, "s2:mean_solar_zenith")
    return FoundScene(
        path=address, acquired=_utc(str(when), address), mission=_mission(properties, str(item.get("id", ""))),
        level=_level(properties, item), tile=_tile(properties), orbit=_orbit(properties),
        cloud=_number(properties, "eo:cloud_cover"),
        sun_azimuth=_number(properties, "view:sun_azimuth", "s2:mean_solar_azimuth"),
        sun_elevation=elevation if elevation is not None or zenith is None else 90.0 - zenith,
        footprint=outline(item.get("geometry")), item=str(item.get("id", "")),
        collection=str(item.get("collection") or ""), preview=_preview(item, address),
        stac="" if own_address(item) else json.dumps(item))


def own_address(item: Item) -> str:
    """The address that an item gives of itself; empty where it gives none."""
    for link in item.get("links") or ():
        if link.get("rel") == "self" and str(link.get("href", "")).startswith(("http://", "https://")):
            return str(link["href"])
    return ""


def item_address(item: Item, base: str) -> str:
    """The address of an item: its own, or the one that the interface's rules give."""
    collection = quote(str(item.get("collection") or "unknown"))
    return own_address(item) or f"{base}/collections/{collection}/items/{quote(str(item.get('id')))}"


def outline(geometry: Optional[Mapping[str, Any]]) -> str:
    """WKT polygon of a GeoJSON geometry; of several polygons their hull, of anything else an empty text."""
    kind = (geometry or {}).get("type")
    if kind == "Polygon":
        return footprints.polygon((float(p[0]), float(p[1])) for p in geometry["coordinates"][0])
    if kind == "MultiPolygon":
        points = [p for part in geometry["coordinates"] for p in part[0]]
        longitudes = [float(p[0]) for p in points]
        beyond = max(longitudes) - min(longitudes) > 180
        cloud = ogr.Geometry(ogr.wkbMultiPoint)
        for longitude, point in zip(longitudes, points):
            single = ogr.Geometry(ogr.wkbPoint)
            single.AddPoint_2D(longitude + 360 if beyond and longitude < 0 else longitude, float(point[1]))
            cloud.AddGeometry(single)
        hull = cloud.ConvexHull()
        return hull.ExportToWkt() if ogr.GT_Flatten(hull.GetGeometryType()) == ogr.wkbPolygon else ""
    return ""


def newest_processing(items: Sequence[Item]) -> Tuple[List[Item], int]:
    """Of Sentinel-2 granules that were processed more than once the newest; returns them and how many were left out.

    The same granule is the same tile from the same start of a datastrip (the S time of its id).
    """
    best: Dict[Any, Item] = {}
    for number, item in enumerate(items):
        properties = _properties(item)
        start = re.search(r"_S(\d{8}T\d{6})_", str(_of(properties, "s2:datastrip_id", "eopf:datastrip_id")))
        key = (item.get("collection"), _tile(properties), start.group(1)) if start and _tile(properties) else number
        if key not in best or _processed(item) > _processed(best[key]):
            best[key] = item
    return list(best.values()), len(items) - len(best)


def _processed(item: Item) -> Tuple[str, str]:
    properties = _properties(item)
    baseline = str(_of(properties, "s2:processing_baseline", "processing:version"))
    return baseline, str(_of(properties, "s2:generation_time", "processing:datetime", "created"))


def _properties(item: Item) -> Mapping[str, Any]:
    found = item.get("properties")
    return found if isinstance(found, Mapping) else {}


def _of(properties: Mapping[str, Any], *names: str) -> Any:
    return next((properties[name] for name in names if properties.get(name) not in (None, "")), "")


def _number(properties: Mapping[str, Any], *names: str) -> Optional[float]:
    for name in names:
        value = properties.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None


def _utc(text: str, source: str) -> datetime:
    zone = re.search(r"([+-]\d\d):?(\d\d)$", text)
    if not zone or zone.group(1) in ("+00", "-00"):
        return moment(text, source)
    aware = datetime.fromisoformat(f"{text[:19]}{zone.group(1)}:{zone.group(2)}")
    return aware.astimezone(timezone.utc).replace(tzinfo=None)


def _mission(properties: Mapping[str, Any], name: str) -> str:
    platform = str(_of(properties, "platform", "constellation"))
    sentinel = re.match(r"sentinel-?(\d)-?([a-d])?$", platform, re.IGNORECASE)
    landsat = re.match(r"landsat[-_ ]?(\d)$", platform, re.IGNORECASE)
    if sentinel:
        return f"Sentinel-{sentinel.group(1)}{(sentinel.group(2) or '').upper()}"
    if landsat:
        return f"Landsat {landsat.group(1)}"
    hls = re.match(r"HLS\.([LS]30)", name)
    return f"HLS {hls.group(1)}" if hls else platform


def _level(properties: Mapping[str, Any], item: Item) -> str:
    level = str(_of(properties, "processing:level", "landsat:correction"))
    if level:
        return level
    found = re.search(r"MSI(?:L)?(\d[A-C])", str(_of(properties, "s2:product_type", "product:type")))
    found = found or re.search(r"l(\d[a-c])$", str(item.get("collection", "")))
    return f"L{found.group(1).upper()}" if found else ""


def _tile(properties: Mapping[str, Any]) -> str:
    code = re.match(r"MGRS-(\d{1,2})([C-X][A-Z]{2})$", str(_of(properties, "grid:code")))
    if code:
        return f"T{int(code.group(1)):02d}{code.group(2)}"
    tile = str(_of(properties, "s2:mgrs_tile", "s2:tile_id"))
    found = re.match(r"T?(\d\d[C-X][A-Z]{2})$", tile)
    if found:
        return f"T{found.group(1)}"
    path, row = (str(_of(properties, f"landsat:wrs_{what}")) for what in ("path", "row"))
    return f"{int(path):03d}{int(row):03d}" if path.isdigit() and row.isdigit() else ""


def _orbit(properties: Mapping[str, Any]) -> str:
    orbit = str(_of(properties, "sat:relative_orbit", "landsat:wrs_path"))
    if not orbit:
        uri = re.search(r"_R(\d{3})_", str(_of(properties, "s2:product_uri")))
        orbit = uri.group(1) if uri else ""
    return str(int(orbit)) if orbit.isdigit() else orbit


def _preview(item: Item, address: str) -> str:
    assets: Iterable[Tuple[str, Any]] = (item.get("assets") or {}).items()
    for key, asset in assets:
        roles = asset.get("roles") or ()
        if "thumbnail" in roles or key in ("thumbnail", "rendered_preview"):
            href = urljoin(address, str(asset.get("href", "")))
            if href.startswith(("http://", "https://")):
                return href
    return ""
