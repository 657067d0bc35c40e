"""Single raster files, and folders of single-band files that belong to one acquisition (HLS, cloud copies)."""
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from ...core.errors import InputError
from ...core.scene import Scene
from ..raster import grid_of, open_dataset
from . import dates, footprints, sentinel2
from .files import LARGEST_METADATA
from .metadata_xml import number, parse
from .model import BandSource, Product, first_of, readable

RASTERS = (".tif", ".tiff", ".jp2", ".img", ".vrt", ".ntf", ".nitf")
#: A band's name anywhere in a file name: T29UNU_20221005T115411_B04_10m.jp2, HLS.S30...v2.0.B04.tif, B04_20180317.tif.
_BAND = re.compile(r"(?:^|(?<=[._-]))B\d{1,2}A?(?=$|[._-])", re.IGNORECASE)
_RESOLUTION = re.compile(r"[._-]\d\dm$", re.IGNORECASE)
_PREFERRED = ("B04", "B08", "B05", "B03")
CLASS_FILE = re.compile(r"(?:^|[._-])(SCL|Fmask|QA_PIXEL|BQA)(?:[._-]\d\dm)?$", re.IGNORECASE)
_SIDECARS = ("granule_metadata.xml", "MTD_TL.xml", "tileInfo.json")


def band_of_name(stem: str) -> Tuple[str, str]:
    """(the name without its band, the band) of a file name without suffix; the band is empty where there is not one."""
    found = _BAND.findall(stem)
    if len(found) != 1:
        return stem, ""
    before, after = _RESOLUTION.sub("", stem).split(found[0], 1)
    return before.rstrip("._-") + ("~" if before and after else "") + after.strip("._-"), found[0].upper()


def band_groups(names: Iterable[str]) -> Dict[str, Dict[str, str]]:
    """{name without band: {band: file name}} of raster file names that hold a band."""
    found: Dict[str, Dict[str, str]] = {}
    for name in sorted(names):
        stem, suffix = os.path.splitext(name)
        if suffix.lower() in RASTERS and not name.startswith("."):
            acquisition, band = band_of_name(stem)
            if band:
                found.setdefault(acquisition, {}).setdefault(band, name)
    return found


def read_file(path: Path, dated: bool = True) -> Product:
    """One raster file: its bands by description or number, and its sister files if its name holds a band.

    dated: refuse a file without a date of acquisition; otherwise its scene gets `dates.UNKNOWN`.
    """
    stem, band = band_of_name(path.stem)
    groups = band_groups(os.listdir(path.parent)) if band else {}
    if len(groups.get(stem, {})) > 1:
        return read_group(path.parent, groups[stem], path, len(groups) == 1, dated)
    return read_single(path, open_dataset(path), dated)


def read_single(path: Path, dataset, dated: bool = True) -> Product:
    """One open raster file on its own."""
    with readable(path):
        bands = _bands_of(dataset, path, band_of_name(path.stem)[1])
        return Product(_scene(path, path.name, dataset, {}, dated), bands, first_of(("B04",), bands))


def read_folder(folder: Path, dated: bool = True) -> Optional[Product]:
    """The one acquisition of a folder of single-band files; None if it holds none or several."""
    groups = band_groups(os.listdir(folder))
    if len(groups) != 1:
        return None
    (stem, files), = groups.items()
    return read_group(folder, files, folder, True, dated) if len(files) > 1 or not stem else None


def preferred_file(files: Mapping[str, str]) -> str:
    """Of the files of one acquisition the one that stands for the scene."""
    return files[first_of(_PREFERRED, sorted(files, key=_band_order))]


def read_group(folder: Path, files: Mapping[str, str], path: Path, alone: bool, dated: bool = True) -> Product:
    """The single-band files of one acquisition.

    files: band -> file name in `folder`. path: the scene's path, the folder or one of the files, which then is the
    band to match. alone: nothing else is in the folder, so that metadata beside the files are theirs.
    """
    with readable(path):
        sidecar = _sidecars(folder) if alone else {}
        bands = {}
        for name in sorted(files, key=_band_order):
            file = folder / files[name]
            scale, offset = _stated_scaling(sidecar, file) or _own_scaling(open_dataset(file))
            bands[name] = BandSource(file.as_posix(), 1, scale, offset, name, 0.0 if sidecar else None)
        own = [name for name in files if files[name] == path.name]
        preferred = own[0] if own else first_of(_PREFERRED, bands)
        bands = _placed(bands, preferred)
        name = files[preferred] if dates.all_dates(files[preferred]) else folder.name
        dataset = open_dataset(bands[preferred].place or bands[preferred].path)
        scene = _with_sidecar(_scene(path, name, dataset, sidecar, dated), sidecar)
        detectors = {f.stem.rpartition("_")[2]: f.as_posix()
                     for f in sorted(folder.glob("GRANULE/*/QI_DATA/MSK_DETFOO_B*.jp2"))}
        scene = _replaced(scene, detectors=detectors.get(preferred, next(iter(detectors.values()), "")))
        return Product(scene, bands, preferred, str(sidecar.get("baseline", "")),
                       _classes(folder, files[preferred], alone), detectors)


def _placed(bands: Dict[str, BandSource], preferred: str) -> Dict[str, BandSource]:
    """Bands without a coordinate system at the place of a sister of their size that has one."""
    if grid_of(open_dataset(bands[preferred].path)).crs:
        return bands
    grids = {name: grid_of(open_dataset(source.path)) for name, source in bands.items()}
    known = {grid.shape: bands[name].path for name, grid in grids.items() if grid.crs}
    return {name: source if grids[name].crs else replace(source, place=known.get(grids[name].shape, ""))
            for name, source in bands.items()}


def _classes(folder: Path, image: str, alone: bool) -> Dict[str, str]:
    """Class rasters of an acquisition: everything in the folder, or what begins with the same name."""
    found = {}
    beginning = "" if alone else _BAND.split(image)[0]
    for name in sorted(os.listdir(folder)):
        stem, suffix = os.path.splitext(name)
        match = CLASS_FILE.search(stem) if suffix.lower() in RASTERS else None
        if match and name.startswith(beginning):
            found[match.group(1)] = (folder / name).as_posix()
    return found


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
