"""Landsat 4 to 9: pre-collection, Collection 1 and 2, level 1 and 2, by their MTL file."""
import re
from datetime import datetime
from pathlib import Path
from typing import Dict, List, Optional

from ...core.errors import InputError
from ...core.scene import Scene
from . import footprints
from .files import LARGEST_METADATA
from .metadata_xml import parse
from .model import BandSource, Product, first_of, readable

MTL = re.compile(r"(?P<product>.+)_MTL\.(?:txt|xml)$", re.IGNORECASE)
#: The band to match: panchromatic (15 m) where there is one, then red, near infrared, green.
PREFERRED = ("B8", "B4", "B5", "B3", "B2")
_CLASSES = ("QA_PIXEL", "BQA")


def metadata_files(folder: Path) -> List[Path]:
    """The MTL file of each product in a folder; the text form where both are there."""
    found: Dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        match = MTL.match(file.name)
        if match and (match.group("product") not in found or file.suffix.lower() == ".txt"):
            found[match.group("product")] = file
    return list(found.values())


def metadata_for(image: Path) -> Optional[Path]:
    """The MTL file of the product that an image file belongs to, None if it is no Landsat file."""
    if not re.match(r"L[COTEM]\d", image.name, re.IGNORECASE):
        return None
    for suffix in ("txt", "xml"):
        parts = image.stem.split("_")
        for count in range(len(parts) - 1, 0, -1):
            candidate = image.with_name(f"{'_'.join(parts[:count])}_MTL.{suffix}")
            if candidate.is_file():
                return candidate
    return None


def read(metadata: Path, path: str) -> Product:
    """The product of an MTL file. path: what the scene is called (folder, MTL or image file).

    Raises InputError, naming the file and what is missing, if the metadata have no date or no place in the grid.
    """
    with readable(metadata):
        return _read(metadata, path)


def _read(metadata: Path, path: str) -> Product:
    values = metadata_values(metadata)
    images = _images(metadata)
    bands = {}
    for name, file in images.items():
        scale, offset = _scaling(values, name)
        bands[name] = BandSource(file.as_posix(), 1, scale, offset, name, 0.0)
    preferred = first_of(PREFERRED, bands)
    classes = {}
    for kind in _CLASSES:
        found = next(iter(_siblings(metadata, rf"{kind}(?:_.*)?\.tiff?")), None)
        if found:
            classes[kind] = found.as_posix()
    return Product(_scene(metadata, values, path), bands, preferred, classes=classes, values=values)


def metadata_values(metadata: Path) -> Dict[str, str]:
    """{name: value} of an MTL file. Of a name that comes again for an earlier level, the first is kept."""
    if metadata.stat().st_size > LARGEST_METADATA:
        raise InputError(f"{metadata} is too large for metadata. Get the product again.")
    values: Dict[str, str] = {}
    if metadata.suffix.lower() == ".xml":
        for element in parse(metadata.read_bytes(), str(metadata)).iter():
            if len(element) == 0:
                values.setdefault(element.tag, (element.text or "").strip())
        return values
    for line in metadata.read_text(encoding="utf-8", errors="replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip() not in ("GROUP", "END_GROUP"):
            values.setdefault(name.strip(), value.strip().strip('"'))
    return values


def _siblings(metadata: Path, rest: str) -> List[Path]:
    product = MTL.match(metadata.name).group("product")
    expression = re.compile(rf"{re.escape(product)}_{rest}", re.IGNORECASE)
    return [file for file in sorted(metadata.parent.iterdir()) if expression.fullmatch(file.name)]


def _images(metadata: Path) -> Dict[str, Path]:
    """Band name -> file, for the files that are there. Of Landsat 7's two thermal gains the low one is B6."""
    found: Dict[str, Path] = {}
    pattern = re.compile(r"_(?:S[RT]_)?(B\d{1,2})(?:_.*)?$", re.IGNORECASE)
    for file in _siblings(metadata, r"(?:S[RT]_)?B\d{1,2}(?:_.*)?\.(?:tiff?|jp2)"):
        product = MTL.match(metadata.name).group("product")
        found.setdefault(pattern.match(file.stem[len(product):]).group(1).upper(), file)
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def _scaling(values: Dict[str, str], band: str) -> tuple:
    """(scale, offset): reflectance without sun angle correction at level 1, surface reflectance or kelvin at level 2.

    (1, 0), the stored numbers, where the metadata do not say (thermal bands of level 1, old products).
    """
    for kind, suffix in (("REFLECTANCE", band[1:]), ("TEMPERATURE", f"ST_{band}")):
        scale, offset = (_number(values, f"{kind}_{what}_BAND_{suffix}") for what in ("MULT", "ADD"))
        if scale:
            return scale, offset or 0.0
    return 1.0, 0.0


def _number(values: Dict[str, str], name: str) -> Optional[float]:
    try:
        return float(values.get(name, ""))
    except ValueError:
        return None


def _scene(metadata: Path, values: Dict[str, str], path: str) -> Scene:
    date = values.get("DATE_ACQUIRED") or values.get("ACQUISITION_DATE") or ""
    time = (values.get("SCENE_CENTER_TIME") or values.get("SCENE_CENTER_SCAN_TIME") or "00:00:00").split(".")[0]
    try:
        acquired = datetime.fromisoformat(f"{date}T{time.rstrip('Z')}")
    except ValueError as error:
        raise InputError(f"{metadata} holds no readable DATE_ACQUIRED (found '{date}'). "
                         "Get the product's MTL file again.") from error
    track, row = values.get("WRS_PATH", ""), values.get("WRS_ROW") or values.get("STARTING_ROW", "")
    cloud = _number(values, "CLOUD_COVER")
    tile = f"{int(track):03d}{int(row):03d}" if track.isdigit() and row.isdigit() else ""
    return Scene(path=path, acquired=acquired, level=values.get("PROCESSING_LEVEL") or values.get("DATA_TYPE", ""),
                 mission=values.get("SPACECRAFT_ID", "Landsat").replace("_", " ").replace("LANDSAT", "Landsat"),
                 tile=tile, orbit=str(int(track)) if track.isdigit() else "",
                 cloud=cloud if cloud is not None and cloud >= 0 else None,
                 sun_azimuth=_number(values, "SUN_AZIMUTH"), sun_elevation=_number(values, "SUN_ELEVATION"),
                 footprint=_footprint(values))


def _footprint(values: Dict[str, str]) -> str:
    """The corners of the whole scene. Readers replace them by the outline of the images, which may be a part."""
    corners = []
    for corner in ("UL", "UR", "LR", "LL"):
        longitude, latitude = (_number(values, f"CORNER_{corner}_{what}_PRODUCT") for what in ("LON", "LAT"))
        if longitude is None or latitude is None:
            return ""
        corners.append((longitude, latitude))
    return footprints.polygon(corners)
