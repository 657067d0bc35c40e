"""Scenes and pairs as GeoPackage layers (longitude and latitude), written atomically."""
from datetime import date, datetime
from pathlib import Path
from typing import Any, Iterable, List, Sequence, Tuple

from osgeo import gdal, ogr

from ..core.errors import InputError
from ..core.files import replacing
from ..core.pair import PAIR_FIELDS, Pair
from ..core.scene import SCENE_FIELDS, Scene
from .raster import check_writable, spatial_reference

_TYPES = {"text": ogr.OFTString, "number": ogr.OFTReal, "integer": ogr.OFTInteger, "date": ogr.OFTDate,
          "time": ogr.OFTDateTime}


def write_scenes(path, scenes: Sequence[Scene]) -> Path:
    """Write a scenes layer; paths inside the layer's folder are kept absolute, as QGIS needs them."""
    return _write(path, "scenes", SCENE_FIELDS, scenes)


def read_scenes(path) -> List[Scene]:
    """The scenes of a layer. Raises InputError if it is no scenes layer."""
    return [scene_from(values) for values in _read(path, SCENE_FIELDS, ("path", "acquired"), "scenes")]


def write_pairs(path, pairs: Sequence[Pair]) -> Path:
    """Write a pairs layer."""
    return _write(path, "pairs", PAIR_FIELDS, pairs)


def read_pairs(path) -> List[Pair]:
    """The pairs of a layer. Raises InputError if it is no pairs layer."""
    needed = ("reference", "secondary", "reference_date", "secondary_date")
    return [pair_from(values) for values in _read(path, PAIR_FIELDS, needed, "pairs")]


def scene_from(values: dict) -> Scene:
    """A scene from field values (texts, numbers, dates in any of the forms that vector formats give)."""
    record = {name: values.get(name) for name, _ in SCENE_FIELDS}
    for name, kind in SCENE_FIELDS:
        if kind == "text":
            record[name] = str(record[name] or "")
    record["acquired"] = _time(record["acquired"], f"scene {record['path']}")
    return Scene(footprint=values.get("footprint") or "", **record)


def pair_from(values: dict) -> Pair:
    """A pair from field values."""
    record = {name: values.get(name) for name, _ in PAIR_FIELDS if name != "days"}
    for name in ("reference", "secondary", "reference_mask", "secondary_mask", "mission", "orbit"):
        record[name] = str(record[name] or "")
    for name in ("reference_date", "secondary_date"):
        record[name] = _time(record[name], f"pair {record['reference']} - {record['secondary']}").date()
    return Pair(footprint=values.get("footprint"), **record)


def _time(value: Any, what: str) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    text = str(value or "").strip().replace("/", "-").replace(" ", "T").replace("Z", "")
    text = text.split("+")[0].split(".")[0]
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"The date '{value}' of {what} cannot be read. Write it as YYYY-MM-DD or "
                         "YYYY-MM-DDThh:mm:ss in the layer's table.") from error


def _open(path, update=False):
    try:
        return gdal.OpenEx(str(path), gdal.OF_VECTOR)
    except RuntimeError:
        return None


def _read(path, fields: Sequence[Tuple[str, str]], needed: Iterable[str], what: str) -> List[dict]:
    source = _open(path)
    if source is None:
        raise InputError(f"{path} cannot be read as a vector layer. Choose a {what} layer.")
    layer = source.GetLayer(0)
    definition = layer.GetLayerDefn()
    names = {definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())}
    missing = [name for name in needed if name not in names]
    if missing:
        raise InputError(f"{path} is not a {what} layer: the fields {', '.join(missing)} are missing. "
                         f"Make it with {'Catalogue' if what == 'scenes' else 'Pair network'}.")
    rows = []
    for feature in layer:
        values = {name: feature.GetField(name) for name, _ in fields if name in names and feature.IsFieldSet(name)}
        geometry = feature.GetGeometryRef()
        values["footprint"] = geometry.ExportToWkt() if geometry is not None else ""
        rows.append(values)
    return rows


def _write(path, name: str, fields: Sequence[Tuple[str, str]], records: Sequence[Any]) -> Path:
    target = Path(path)
    check_writable(target.parent)
    with replacing(target) as temporary:
        source = ogr.GetDriverByName("GPKG").CreateDataSource(str(temporary))
        layer = source.CreateLayer(name, spatial_reference("EPSG:4326"), ogr.wkbPolygon)
        for field, kind in fields:
            layer.CreateField(ogr.FieldDefn(field, _TYPES[kind]))
        layer.StartTransaction()
        for record in records:
            feature = ogr.Feature(layer.GetLayerDefn())
            for field, kind in fields:
                value = getattr(record, field)
                if value is not None and value != "":
                    feature.SetField(field, _plain(value, kind))
            if record.footprint:
                feature.SetGeometry(ogr.CreateGeometryFromWkt(record.footprint))
            layer.CreateFeature(feature)
        layer.CommitTransaction()
        layer = source = None
    return target


def _plain(value: Any, kind: str):
    if kind == "time":
        return value.strftime("%Y/%m/%d %H:%M:%S+00")
    return value.strftime("%Y/%m/%d") if kind == "date" else value
