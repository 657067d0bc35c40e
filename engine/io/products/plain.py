"""Single raster files, and folders of single-band files that belong to one acquisition (HLS, cloud copies)."""
import json
import re
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ...core.errors import InputError
from ...core.scene import Scene
from ..raster import grid_of, open_dataset
from . import dates, footprints, sentinel2
from .files import LARGEST_METADATA
from .metadata_xml import number, parse
from .model import BandSource, Product, first_of

RASTERS = (".tif", ".tiff", ".jp2", ".img", ".vrt", ".ntf", ".nitf")
#: A band's name at the end of a file name: T29UNU_20221005T115411_B04_10m.jp2, HLS.S30...v2.0.B04.tif, B04.tif.
_BAND_FILE = re.compile(r"^(?P<stem>.*?)(?:^|[._-])(?P<band>B\d{1,2}A?)(?:[._-]\d\dm)?$", re.IGNORECASE)
_PREFERRED = ("B04", "B08", "B05", "B03")
_CLASSES = re.compile(r"(?:^|[._-])(SCL|Fmask|QA_PIXEL|BQA)(?:[._-]\d\dm)?$", re.IGNORECASE)
_SIDECARS = ("granule_metadata.xml", "MTD_TL.xml", "tileInfo.json")


def band_of_name(stem: str) -> Tuple[str, str]:
    """(what is before, the band) of a file name without suffix; the band is empty where the name has none."""
    match = _BAND_FILE.match(stem)
    return (match.group("stem"), match.group("band").upper()) if match else (stem, "")


def read_file(path: Path, dated: bool = True) -> Product:
    """One raster file: its bands by description or number, and its sister files if its name ends with a band.

    dated: refuse a file without a date of acquisition; otherwise its scene gets `dates.UNKNOWN`.
    """
    stem, band = band_of_name(path.stem)
    sisters = _groups(path.parent).get(stem, {}) if band else {}
    if len(sisters) > 1:
        return _of_group(stem, sisters, path, band, dated)
    dataset = open_dataset(path)
    bands = _bands_of(dataset, path, band)
    return Product(_scene(path, path.name, dataset, {}, dated), bands, first_of(("B04",), bands) if bands else "")


def read_folder(folder: Path, dated: bool = True) -> Optional[Product]:
    """The one acquisition of a folder of single-band files; None if it holds none or several."""
    groups = _groups(folder)
    if len(groups) != 1:
        return None
    (stem, files), = groups.items()
    if len(files) < 2 and stem:
        return None
    return _of_group(stem, files, folder, "", dated)


def _groups(folder: Path) -> Dict[str, Dict[str, Path]]:
    """{name without band: {band: file}} of a folder."""
    found: Dict[str, Dict[str, Path]] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in RASTERS and not file.name.startswith("."):
            stem, band = band_of_name(file.stem)
            if band:
                found.setdefault(stem, {}).setdefault(band, file)
    return found


def _of_group(stem: str, files: Mapping[str, Path], path: Path, band: str, dated: bool) -> Product:
    folder = next(iter(files.values())).parent
    sidecar = _sidecars(folder) if not stem or len(_groups(folder)) == 1 else {}
    bands = {}
    for name in sorted(files, key=_band_order):
        scale, offset = _stated_scaling(sidecar, files[name]) or _own_scaling(open_dataset(files[name]))
        bands[name] = BandSource(files[name].as_posix(), 1, scale, offset, name, 0.0 if sidecar else None)
    preferred = band or first_of(_PREFERRED, bands)
    dataset = open_dataset(files[preferred])
    name = files[preferred].name if dates.all_dates(files[preferred].name) else folder.name
    scene = _with_sidecar(_scene(path, name, dataset, sidecar, dated), sidecar)
    detectors = {f.stem.rpartition("_")[2]: f.as_posix()
                 for f in sorted(folder.glob("GRANULE/*/QI_DATA/MSK_DETFOO_B*.jp2"))}
    classes = {}
    for file in sorted(folder.iterdir()):
        match = _CLASSES.search(file.stem) if file.suffix.lower() in RASTERS else None
        if match and file.stem.startswith(stem):
            classes[match.group(1)] = file.as_posix()
    scene = _replaced(scene, detectors=detectors.get(preferred, next(iter(detectors.values()), "")))
    return Product(scene, bands, preferred, str(sidecar.get("baseline", "")), classes, detectors)


def _band_order(name: str) -> Tuple[int, str]:
    digits = re.sub(r"\D", "", name)
    return int(digits or 0), name


def _replaced(scene: Scene, **values: Any) -> Scene:
    known = {key: value for key, value in values.items() if value not in (None, "")}
    return Scene(**{**scene.__dict__, **known})


# --- what a raster says of itself ---

def _bands_of(dataset, path: Path, band: str) -> Dict[str, BandSource]:
    found = {}
    for index in range(1, dataset.RasterCount + 1):
        raster = dataset.GetRasterBand(index)
        name = raster.GetDescription() or (band if band and dataset.RasterCount == 1 else str(index))
        scale, offset = _own_scaling(dataset, index)
        found.setdefault(name, BandSource(path.as_posix(), index, scale, offset, name))
    if not found:
        raise InputError(f"{path} holds no raster band. Choose an image file.")
    return found


def _own_scaling(dataset, index: int = 1) -> Tuple[float, float]:
    raster = dataset.GetRasterBand(index)
    return raster.GetScale() or 1.0, raster.GetOffset() or 0.0


def _scene(path: Path, name: str, dataset, sidecar: Mapping[str, Any], dated: bool) -> Scene:
    items = dict(dataset.GetMetadata() or {})
    items.update(dataset.GetMetadata("IMAGERY") or {})
    upper = {key.upper(): value for key, value in items.items()}
    moment = sidecar.get("acquired") or (dates.acquired(name, items, str(path)) if dated else dates.UNKNOWN)
    zenith = _value(upper, "MEAN_SUN_ZENITH_ANGLE", "SUN_ZENITH")
    elevation = _value(upper, "SUN_ELEVATION", "SUN_ELEVATION_ANGLE")
    if elevation is None and zenith is not None:
        elevation = 90.0 - zenith
    tile = re.search(r"(?:^|[._])T?(\d\d[C-X][A-Z]{2})(?=[._])", name)
    return Scene(path=path.as_posix() if path.is_dir() else str(path), acquired=moment,
                 mission=upper.get("MISSION") or upper.get("SATELLITEID") or _mission(name),
                 level=upper.get("LEVEL", ""), tile=upper.get("TILE") or (f"T{tile.group(1)}" if tile else ""),
                 orbit=upper.get("ORBIT", ""), cloud=_value(upper, "CLOUD", "CLOUD_COVERAGE", "CLOUDCOVER"),
                 sun_azimuth=_value(upper, "SUN_AZIMUTH", "MEAN_SUN_AZIMUTH_ANGLE"), sun_elevation=elevation,
                 footprint=footprints.from_grid(grid_of(dataset)))


def _mission(name: str) -> str:
    for pattern, words in ((r"S2SIM", "simulated"), (r"S2([A-D])_", "Sentinel-2{}"), (r"HLS\.([LS]30)", "HLS {}"),
                           (r"T\d\d[C-X][A-Z]{2}_", "Sentinel-2"), (r"L[COTEM]0?(\d)", "Landsat {}"),
                           (r"\d{8}_\d{6}_.*(?:3B|1B)_", "PlanetScope")):
        match = re.match(pattern, name)
        if match:
            return words.format(*match.groups())
    return ""


def _value(items: Mapping[str, str], *names: str) -> Optional[float]:
    for name in names:
        try:
            value = float(items.get(name, ""))
        except ValueError:
            continue
        if value == value:
            return value
    return None


# --- files that describe a folder of bands ---

def _sidecars(folder: Path) -> Dict[str, Any]:
    """What tile metadata, tileInfo.json or a STAC item beside the bands (or one folder up) say."""
    found: Dict[str, Any] = {}
    for place in (folder, folder.parent):
        for file in sorted(place.glob("*.json")) + [place / name for name in _SIDECARS if name.endswith("xml")]:
            if file.is_file() and file.stat().st_size <= LARGEST_METADATA:
                for key, value in (_from_xml(file) if file.suffix == ".xml" else _from_json(file)).items():
                    found.setdefault(key, value)
        if found:
            break
    return found


def _from_xml(file: Path) -> Dict[str, Any]:
    tree = parse(file.read_bytes(), str(file))
    facts: Dict[str, Any] = {"cloud": number(tree, "CLOUDY_PIXEL_PERCENTAGE"), **sentinel2.tile_facts(tree)}
    return {key: value for key, value in facts.items() if value is not None}


def _from_json(file: Path) -> Dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    if "productName" in data and "timestamp" in data:
        return {"uri": data["productName"], "acquired": sentinel2.moment(data["timestamp"], str(file)),
                "cloud": data.get("cloudyPixelPercentage"), "footprint": _tile_outline(data),
                "baseline": ".".join(next(iter(re.findall(r"_N(\d\d)(\d\d)_", data["productName"])), ()))}
    properties = data.get("properties")
    if data.get("type") != "Feature" or not isinstance(properties, dict) or not properties.get("datetime"):
        return {}
    return {"uri": properties.get("s2:product_uri", data.get("id", "")), "cloud": properties.get("eo:cloud_cover"),
            "acquired": sentinel2.moment(properties["datetime"], str(file)), "baseline":
            properties.get("s2:processing_baseline", ""), "sun_azimuth": properties.get("view:sun_azimuth"),
            "sun_elevation": properties.get("view:sun_elevation"), "footprint": _outline(data.get("geometry")),
            "scaling": _stac_scaling(data)}


def _stac_scaling(item: Mapping[str, Any]) -> Dict[str, Tuple[float, float]]:
    """{file name: (scale, offset)}. Where the copy says that the offset is already applied, it is not applied again."""
    applied = item["properties"].get("earthsearch:boa_offset_applied") is True
    found = {}
    for asset in (item.get("assets") or {}).values():
        raster = (asset.get("raster:bands") or [{}])[0]
        if raster.get("scale"):
            found[str(asset.get("href", "")).rpartition("/")[2]] = (
                float(raster["scale"]), 0.0 if applied else float(raster.get("offset") or 0.0))
    return found


def _outline(geometry: Optional[Mapping[str, Any]]) -> str:
    if not geometry or geometry.get("type") != "Polygon":
        return ""
    return footprints.polygon((float(p[0]), float(p[1])) for p in geometry["coordinates"][0])


def _tile_outline(data: Mapping[str, Any]) -> str:
    geometry = data.get("tileDataGeometry") or data.get("tileGeometry") or {}
    code = str(geometry.get("crs", {}).get("properties", {}).get("name", "")).rpartition(":")[2]
    if geometry.get("type") != "Polygon" or not code.isdigit():
        return ""
    return footprints.project([(float(p[0]), float(p[1])) for p in geometry["coordinates"][0]], f"EPSG:{code}")


def _with_sidecar(scene: Scene, sidecar: Mapping[str, Any]) -> Scene:
    uri = str(sidecar.get("uri", ""))
    names = re.search(r"S2([A-D])_MSI(L\d[A-C])_.*_R(\d{3})_(T\d\d[A-Z]{3})", uri)
    known: Dict[str, Any] = {key: sidecar.get(key) for key in ("cloud", "sun_azimuth", "sun_elevation", "footprint")}
    if names:
        known.update(mission=f"Sentinel-2{names.group(1)}", level=names.group(2), orbit=str(int(names.group(3))),
                     tile=names.group(4))
    return _replaced(scene, **known)


def _stated_scaling(sidecar: Mapping[str, Any], file: Path) -> Optional[Tuple[float, float]]:
    """Reflectance scaling from the sidecar; Sentinel-2's fixed scale where only its tile metadata are there."""
    stated = sidecar.get("scaling", {}).get(file.name)
    if stated:
        return stated
    return (1.0 / sentinel2.QUANTIFICATION, 0.0) if str(sidecar.get("uri", "")).startswith("S2") else None
