"""Sentinel-2 L1C and L2A in SAFE form, folders and zips."""
import json
import logging
import re
from dataclasses import replace
from datetime import datetime
from typing import Dict, Optional, Tuple
from xml.etree.ElementTree import Element

from ...core.errors import InputError
from ...core.scene import Scene
from . import footprints
from .files import ProductFiles
from .metadata_xml import number, parse, text
from .model import BandSource, Product, first_of, readable

log = logging.getLogger(__name__)

#: In the order of the metadata's band numbers (0 to 12).
BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
#: The band to match: red has 10 m pixels and the sharpest borders on rock, ice and soil; near infrared is next.
PREFERRED = ("B04", "B08", "B03", "B02", "B8A", "B11")
#: Stored number of a reflectance of 1, where the metadata do not say.
QUANTIFICATION = 10000.0
_OFFSETS_SINCE = 4.0  # processing baseline whose metadata always have offsets
_PRODUCT = r"(?:.*/)?(?:MTD_MSIL(?:1C|2A)|S2[A-D]_OPER_MTD_SAFL(?:1C|2A)_[^/]*)\.xml"
#: The item of the archive that Download puts beside the metadata, with the outline of the part it fetched.
_PART = "item.json"
_IMAGE = re.compile(r".*[_/](B\d\d|B8A)(?:_(\d\d)m)?\.(?:jp2|tiff?)$", re.IGNORECASE)


def product_file(files: ProductFiles) -> Optional[str]:
    """The name of the product metadata, None if this is no Sentinel-2 product."""
    return files.first(_PRODUCT)


def read(files: ProductFiles) -> Product:
    """The product. Raises InputError, naming the file, if its metadata are missing or damaged."""
    name = product_file(files)
    if name is None:
        raise InputError(f"{files.path} is no Sentinel-2 product: it has no MTD_MSIL1C.xml or MTD_MSIL2A.xml. "
                         "Choose the folder that ends with .SAFE, or its zip.")
    with readable(files.path):
        return _read(files, name)


def _read(files: ProductFiles, name: str) -> Product:
    root = name.rpartition("/")[0]
    root = f"{root}/" if root else ""
    general = parse(files.read(name), files.location(name))
    granule, tile = _tile(files, root)
    bands, detectors = _bands(files, granule, general), _detectors(files, granule)
    preferred = first_of(PREFERRED, bands)
    outlined = preferred if preferred in detectors else first_of(PREFERRED, detectors)
    scene = _scene(files, general, tile, detectors.get(outlined, ""))
    scene = replace(scene, footprint=_part(files, root) or scene.footprint)
    scl = sorted(files.find(r".*_SCL_\d\dm\.(?:jp2|tiff?)", granule))
    preview = files.first(r"QI_DATA/(?:.*/)?[^/]*_PVI[^/]*\.(?:jp2|tiff?)", granule)
    return Product(scene, bands, preferred, text(general, "PROCESSING_BASELINE"),
                   {"SCL": files.location(scl[0])} if scl else {}, detectors, offsets=_offsets(general),
                   preview=files.location(preview) if preview else "")


def _tile(files: ProductFiles, root: str) -> Tuple[str, Optional[Element]]:
    """The granule's folder and the first part of its metadata. Header-only products have neither."""
    granules = sorted({n[len(root):].split("/")[1] for n in files.names
                       if n.startswith(f"{root}GRANULE/") and n[len(root):].count("/") > 1})
    if len(granules) > 1:
        raise InputError(f"{files.path} holds {len(granules)} tiles (the form used before December 2016). "
                         "Download the product in its present form, one tile each.")
    if not granules:
        return root + "GRANULE/", None
    granule = f"{root}GRANULE/{granules[0]}/"
    metadata = files.first(r"(?:MTD_TL|S2[A-D]_OPER_MTD_L[^/]*)\.xml", granule)
    if metadata is None:
        return granule, None
    return granule, parse(files.read(metadata), files.location(metadata), until="Mean_Sun_Angle")


def tile_facts(tile: Optional[Element]) -> Dict[str, Optional[float]]:
    """Sun angles (degrees) from tile metadata."""
    sun = None if tile is None else next(tile.iter("Mean_Sun_Angle"), None)
    zenith = number(sun, "ZENITH_ANGLE")
    return {"sun_azimuth": number(sun, "AZIMUTH_ANGLE"), "sun_elevation": None if zenith is None else 90.0 - zenith}


def moment(value: str, source: str) -> datetime:
    """A metadata time, UTC, to the second."""
    try:
        return datetime.fromisoformat(value[:19])
    except ValueError as error:
        raise InputError(f"The acquisition time '{value}' in {source} cannot be read. Get the product again.") \
            from error


def _scene(files: ProductFiles, general: Element, tile: Optional[Element], detectors: str) -> Scene:
    source = str(files.path)
    acquired = moment(text(general, "DATATAKE_SENSING_START", "PRODUCT_START_TIME"), source)
    uri = text(general, "PRODUCT_URI") or files.path.name
    names = re.search(r"_T(\d\d[A-Z]{3})_", uri) or re.search(r"_T(\d\d[A-Z]{3})[_./]", " ".join(files.names))
    orbit = text(general, "SENSING_ORBIT_NUMBER")
    level = re.search(r"(\d[A-C])$", text(general, "PROCESSING_LEVEL").upper().replace("P", ""))
    return Scene(path=source, acquired=acquired, mission=text(general, "SPACECRAFT_NAME") or "Sentinel-2",
                 level=f"L{level.group(1)}" if level else "", tile=f"T{names.group(1)}" if names else "",
                 orbit=str(int(orbit)) if orbit.isdigit() else orbit,
                 cloud=number(general, "Cloud_Coverage_Assessment"), detectors=detectors,
                 footprint=_footprint(general), **tile_facts(tile))


def _footprint(general: Element) -> str:
    values = [float(v) for v in text(general, "EXT_POS_LIST").split()]
    return footprints.polygon((lon, lat) for lat, lon in zip(values[::2], values[1::2]))


def _part(files: ProductFiles, root: str) -> str:
    """The outline of what is here of the tile, where Download left it; else empty."""
    if f"{root}{_PART}" not in files.names:
        return ""
    try:
        ring = json.loads(files.read(f"{root}{_PART}").decode("utf-8"))["geometry"]["coordinates"][0]
        return footprints.polygon((float(x), float(y)) for x, y, *_ in ring)
    except (ValueError, KeyError, TypeError, IndexError):
        return ""


def _bands(files: ProductFiles, granule: str, general: Element) -> Dict[str, BandSource]:
    """Every band that is there, at its finest resolution; reflectance = (number + offset) / quantification."""
    found: Dict[str, Tuple[int, str]] = {}
    for name in files.names:
        match = _IMAGE.match(name) if name.startswith(f"{granule}IMG_DATA/") else None
        if match:
            band, metres = match.group(1).upper(), int(match.group(2) or 0)
            if band not in found or metres < found[band][0]:
                found[band] = (metres, name)
    quantification = number(general, "QUANTIFICATION_VALUE", "BOA_QUANTIFICATION_VALUE",
                            "L2A_BOA_QUANTIFICATION_VALUE") or QUANTIFICATION
    offsets = _offsets(general)
    if found:
        _check_baseline(text(general, "PROCESSING_BASELINE"), bool(offsets), files.path)
    return {band: BandSource(files.location(found[band][1]), 1, 1.0 / quantification,
                             offsets.get(band, 0.0) / quantification, band, 0.0)
            for band in BANDS if band in found}


def _check_baseline(baseline: str, offsets: bool, path) -> None:
    """Say where baseline and offsets contradict each other. What the tags say is applied in any case."""
    if not re.fullmatch(r"\d\d\.\d\d", baseline):
        log.warning("%s says '%s' for its processing baseline, which is none; its offsets are applied as its tags say. "
                    "Get the product's metadata again.", path, baseline)
    elif (float(baseline) >= _OFFSETS_SINCE) != offsets:
        log.warning("%s has processing baseline %s but %s radiometric offsets; reflectance may be wrong by 0.1. Get the "
                    "product's metadata again.", path, baseline, "has" if offsets else "no")


def _offsets(general: Element) -> Dict[str, float]:
    """Offsets by band, where the metadata have them: processing baselines 04.00 and later."""
    found = {}
    for tag in ("RADIO_ADD_OFFSET", "BOA_ADD_OFFSET"):
        for element in general.iter(tag):
            index = int(element.get("band_id", "-1"))
            if 0 <= index < len(BANDS):
                found[BANDS[index]] = float(element.text)
    return found


def _detectors(files: ProductFiles, granule: str) -> Dict[str, str]:
    found = {}
    for name in files.find(r"QI_DATA/.*MSK_DETFOO_.*\.(?:gml|jp2)", granule):
        match = re.search(r"_(B\d\d|B8A)(?:_MSI[^/]*)?\.\w+$", name)
        if match:
            found[match.group(1)] = files.location(name)
    return found
