"""Which files of an item are asked for, how their numbers become reflectance, and what they are called here."""
import re
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import unquote, urljoin, urlsplit

from ...core.errors import InputError
from ...io.products import landsat, plain, sentinel2
from ...io.products.model import band_key, first_of
from .stac import Item

_SAFE = re.compile(r"([^/]+\.SAFE)/(.+)$")
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*$")
_IMAGE_TYPES = ("image/tiff", "image/vnd.stac.geotiff", "image/jp2", "image/jpeg2000")
_IMAGE_SUFFIXES = (".tif", ".tiff", ".jp2")
_NO_BANDS = ("thumbnail", "overview", "metadata", "visual")
#: Files beside the images that readers need: product, tile and Landsat metadata.
_METADATA = re.compile(r"(?:MTD_MSIL(?:1C|2A)\.xml|MTD_TL\.xml|granule_metadata\.xml|.*_MTL\.txt)$")
_PRODUCT_METADATA = re.compile(r"MTD_MSIL(?:1C|2A)\.xml$")
_NEEDED_METADATA = re.compile(r"(?:MTD_MSIL(?:1C|2A)\.xml|_MTL\.txt)$")
_ZIPS = ("application/zip", "application/x-zip-compressed")


@dataclass(frozen=True)
class Asset:
    """One file. href: its web address. name: the band, kind of classes, or empty. path: where it goes, relative to the
    scene's folder. scale, offset: reflectance = number * scale + offset, None where the item does not say.
    """
    key: str
    href: str
    name: str
    path: str
    tiff: bool
    scale: Optional[float] = None
    offset: Optional[float] = None
    nodata: Optional[float] = None
    size: Optional[int] = None
    checksum: str = ""


@dataclass(frozen=True)
class Selection:
    """What to fetch of an item. folder: name of its folder. metadata: small files. product: the complete product."""
    folder: str
    images: Tuple[Asset, ...] = ()
    metadata: Tuple[Asset, ...] = ()
    product: Optional[Asset] = None


def select(item: Item, address: str, bands: Sequence[str], classes: bool, whole: bool) -> Selection:
    """The files of an item. Raises InputError naming the bands there are, or why none can be fetched."""
    assets = [(key, asset) for key, asset in (item.get("assets") or {}).items() if isinstance(asset, Mapping)]
    folder = _safe_name(str(item["id"]))
    product = next((replace(_asset(key, asset, address, item, ""), path=f"{folder}.zip", tiff=False)
                    for key, asset in assets if _is_product(key, asset)), None)
    if product is not None and not product.href:
        product = None
    if whole and product is not None:
        return Selection(folder, product=product)
    known = _bands(assets, address, item)
    wanted = _chosen(known, bands, item)
    if any(not asset.href for asset in wanted):
        if product is not None:
            return Selection(folder, product=product)
        raise InputError(f"{item.get('id')}: the archive gives {wanted[0].key} only at an address that needs its own "
                         "software (s3://). Search in Planetary Computer or Earth Search instead.")
    if classes:
        wanted += [asset for asset in _class_rasters(assets, address, item) if asset.href]
    metadata = [asset for asset in (_asset(key, a, address, item, "") for key, a in assets)
                if asset.href and _METADATA.search(asset.path)]
    folder = _folder(item, metadata)
    if not folder.endswith(".SAFE"):
        wanted, metadata = ([replace(a, path=a.path.rpartition("/")[2]) for a in part] for part in (wanted, metadata))
    return Selection(folder, tuple(wanted), tuple(metadata))


def is_needed(asset: Asset) -> bool:
    """True for metadata without which the images cannot be read: they hold the offsets."""
    return bool(_NEEDED_METADATA.search(asset.path))


def _is_product(key: str, asset: Mapping[str, Any]) -> bool:
    """A zip of everything, which CDSE calls Product."""
    kind = str(asset.get("type", "")).lower()
    return kind in _ZIPS and (key.lower() in ("product", "safe", "archive", "data") or "data" in asset.get("roles", ()))


def _bands(assets: Iterable[Tuple[str, Mapping[str, Any]]], address: str, item: Item) -> Dict[str, Tuple[Asset, set]]:
    """{band: (its best file, every name it goes by)}; finest resolution first, GeoTIFF before JPEG 2000."""
    found: Dict[str, Tuple[Tuple, Asset, set]] = {}
    for key, asset in assets:
        if not _is_image(asset) or any(role in _NO_BANDS for role in asset.get("roles") or ()) or _class_name(key, asset):
            continue
        names = _names(key, asset)
        made = _asset(key, asset, address, item, names[0])
        rank = (not made.href, _metres(key, asset), not made.tiff)
        if names[0] not in found or rank < found[names[0]][0]:
            found[names[0]] = (rank, made, {band_key(name) for name in names})
    return {name: (asset, names) for name, (_, asset, names) in found.items()}


def _names(key: str, asset: Mapping[str, Any]) -> List[str]:
    """What a band is called: by its file (B04), its key (red, B04_10m) and its description."""
    base = re.sub(r"[_-](?:\d\d?m|jp2)$", "", key)
    stem = _basename(str(asset.get("href", ""))).rsplit(".", 1)[0]
    band = plain.band_of_name(stem)[1]
    described = [d for d in (*(asset.get("eo:bands") or ()), *(asset.get("bands") or ())) if isinstance(d, Mapping)]
    more = [str(d[name]) for d in described[:1] for name in ("name", "common_name", "eo:common_name") if d.get(name)]
    return [name for name in dict.fromkeys([band, base, key, *(more if len(described) == 1 else ())]) if name]


def _chosen(known: Mapping[str, Tuple[Asset, set]], wanted: Sequence[str], item: Item) -> List[Asset]:
    there = ", ".join(known) or "none"
    if not wanted:
        platform = str((item.get("properties") or {}).get("platform", ""))
        order = landsat.PREFERRED if platform.lower().startswith("landsat") else (*sentinel2.PREFERRED, "red")
        name = first_of(order, known)
        if not name:
            raise InputError(f"{item.get('id')} has no image. Choose another collection.")
        return [known[name][0]]
    chosen = []
    for name in wanted:
        found = next((asset for asset, names in known.values() if band_key(name) in names), None)
        if found is None:
            raise InputError(f"{item.get('id')} has no band {name}; it has {there}.")
        chosen.append(found)
    return list(dict.fromkeys(chosen))


def _class_rasters(assets: Iterable[Tuple[str, Mapping[str, Any]]], address: str, item: Item) -> List[Asset]:
    found: Dict[str, Tuple[Tuple, Asset]] = {}
    for key, asset in assets:
        name = _class_name(key, asset) if _is_image(asset) else ""
        if name:
            made = _asset(key, asset, address, item, name)
            rank = (not made.href, _metres(key, asset), not made.tiff)
            if name not in found or rank < found[name][0]:
                found[name] = (rank, made)
    return [asset for _, asset in found.values()]


def _class_name(key: str, asset: Mapping[str, Any]) -> str:
    stem = _basename(str(asset.get("href", ""))).rsplit(".", 1)[0]
    match = plain.CLASS_FILE.search(stem)
    return match.group(1) if match else ""


def _is_image(asset: Mapping[str, Any]) -> bool:
    kind = str(asset.get("type", "")).split(";")[0].strip().lower()
    return kind in _IMAGE_TYPES or (not kind and _basename(str(asset.get("href", ""))).lower().endswith(_IMAGE_SUFFIXES))


def _metres(key: str, asset: Mapping[str, Any]) -> float:
    raster = _raster(asset)
    for value in (asset.get("gsd"), raster.get("spatial_resolution"), *(asset.get("proj:transform") or ())[:1]):
        if isinstance(value, (int, float)) and value > 0:
            return float(value)
    found = re.search(r"_(\d\d)m", key)
    return float(found.group(1)) if found else 1e9


def _raster(asset: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a file's numbers are stored: raster:bands of STAC 1.0, bands or the asset itself of 1.1."""
    for bands in (asset.get("raster:bands"), asset.get("bands")):
        if isinstance(bands, list) and bands and isinstance(bands[0], Mapping):
            return {**_unprefixed(asset), **_unprefixed(bands[0])}
    return _unprefixed(asset)


def _unprefixed(values: Mapping[str, Any]) -> Dict[str, Any]:
    keys = ("scale", "offset", "nodata", "spatial_resolution")
    return {key: values.get(f"raster:{key}", values.get(key)) for key in keys
            if values.get(f"raster:{key}", values.get(key)) is not None}


def _asset(key: str, asset: Mapping[str, Any], address: str, item: Item, name: str) -> Asset:
    original = str(asset.get("href", ""))
    href = next((h for h in _addresses(asset, address)), "")
    raster = _raster(asset)
    scale, offset = _number(raster.get("scale")), _number(raster.get("offset"))
    if (item.get("properties") or {}).get("earthsearch:boa_offset_applied") is True:
        offset = 0.0  # the item still lists the offset, but the copies have it in their numbers
    size = asset.get("file:size")
    path = _path(original, key)
    tiff = path.lower().endswith((".tif", ".tiff"))
    return Asset(key, href, name, path, tiff, scale, offset if scale else None, _number(raster.get("nodata")),
                 size if isinstance(size, int) else None, str(asset.get("file:checksum") or asset.get("checksum:multihash")
                                                              or ""))


def _addresses(asset: Mapping[str, Any], address: str) -> Iterable[str]:
    alternates = asset.get("alternate")
    others = [a.get("href", "") for a in alternates.values() if isinstance(a, Mapping)] \
        if isinstance(alternates, Mapping) else []
    for href in (asset.get("href", ""), *others):
        joined = urljoin(address, str(href))
        if href and joined.startswith(("http://", "https://")):
            yield joined


def _number(value: Any) -> Optional[float]:
    """A number, also as a text ("nan" counts as none: GDAL knows it from the file)."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number else None


# --- names on this disk ---

def _basename(href: str) -> str:
    return unquote(urlsplit(href).path).rstrip("/").rpartition("/")[2]


def _path(href: str, key: str) -> str:
    """Where a file goes below the scene's folder: as in the product's SAFE folder, or its plain name."""
    inside = _SAFE.search(unquote(urlsplit(href).path))
    parts = inside.group(2).split("/") if inside else [_basename(href)]
    if all(_NAME.match(part) for part in parts):
        return "/".join(parts)
    return _safe_name(key)  # e.g. $value


def _folder(item: Item, metadata: Sequence[Asset]) -> str:
    """The SAFE folder's name where the product's own metadata come too (readers then know it), else the item's id."""
    for asset in metadata:
        original = str(item["assets"][asset.key].get("href", ""))
        inside = _SAFE.search(unquote(urlsplit(original).path))
        if inside and _PRODUCT_METADATA.search(asset.path) and _NAME.match(inside.group(1)):
            return inside.group(1)
    return _safe_name(str(item["id"]))


def _safe_name(text: str) -> str:
    """A name that no file system and no shell takes for something else."""
    name = re.sub(r"[^\w.+-]+", "_", text).strip("._-")[:120]
    if not name:
        raise InputError(f"The archive calls a scene '{text[:40]}', which is no name for a folder.")
    return name
