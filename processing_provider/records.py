"""Scenes and pairs as QGIS features, and back."""
from typing import Sequence

from qgis.core import Qgis, QgsFeature, QgsField, QgsFields, QgsGeometry, QgsWkbTypes
from qgis.PyQt.QtCore import QDate, QDateTime, Qt

from ..engine.core.errors import InputError
from ..engine.core.pair import PAIR_FIELDS
from ..engine.core.scene import SCENE_FIELDS
from ..engine.scenes.archive.found import FOUND_FIELDS, FoundScene

FIELDS = {"scenes": SCENE_FIELDS, "found": FOUND_FIELDS, "pairs": PAIR_FIELDS}
NEEDED = {"scenes": ("path", "acquired"), "found": ("path", "acquired"),
          "pairs": ("reference", "secondary", "reference_date", "secondary_date")}
MAKER = {"scenes": "Catalogue", "found": "Search archive", "pairs": "Pair network"}
POLYGON = QgsWkbTypes.Polygon


def field_type(kind: str):
    """The type of a field; QGIS 3.38 moved from QVariant's types to QMetaType's."""
    names = {"text": "QString", "number": "Double", "integer": "Int", "date": "QDate", "time": "QDateTime"}
    if Qgis.QGIS_VERSION_INT >= 33800:
        from qgis.PyQt.QtCore import QMetaType
        return getattr(QMetaType.Type, names[kind])
    from qgis.PyQt.QtCore import QVariant
    return getattr(QVariant, {"text": "String", "date": "Date", "time": "DateTime"}.get(kind, names[kind]))


def fields_of(kind: str) -> QgsFields:
    """The attribute table of a scenes or pairs layer."""
    fields = QgsFields()
    for name, type_name in FIELDS[kind]:
        fields.append(QgsField(name, field_type(type_name)))
    return fields


def feature_of(kind: str, record) -> QgsFeature:
    """A scene or pair as a feature."""
    feature = QgsFeature(fields_of(kind))
    for name, type_name in FIELDS[kind]:
        value = getattr(record, name)
        if value is None or value == "":
            continue
        if type_name == "date":
            value = QDate(value.year, value.month, value.day)
        elif type_name == "time":
            value = QDateTime.fromString(value.strftime("%Y-%m-%dT%H:%M:%SZ"), Qt.DateFormat.ISODate)
        feature.setAttribute(name, value)
    if record.footprint:
        feature.setGeometry(QgsGeometry.fromWkt(record.footprint))
    return feature


def record_from_feature(kind: str, feature, names: Sequence[str], to_degrees, label: str):
    """The scene or pair of a feature. Raises InputError if the layer is of another kind."""
    from ..engine.io.tables import pair_from, scene_from
    missing = [name for name in NEEDED[kind] if name not in names]
    if missing:
        raise InputError(f"{label}: the layer has no field {', '.join(missing)}, so it is not a {kind} layer. "
                         f"Make one with the algorithm {MAKER[kind]}.")
    values = {name: _plain(feature[name]) for name, _ in FIELDS[kind] if name in names}
    geometry = QgsGeometry(feature.geometry())
    if not geometry.isNull():
        geometry.transform(to_degrees)
        values["footprint"] = geometry.asWkt(8)
    if kind == "pairs":
        return pair_from(values)
    scene = scene_from(values)
    more = {name: str(values.get(name) or "") for name, _ in FOUND_FIELDS[len(SCENE_FIELDS):]}
    return FoundScene(**vars(scene), **more) if kind == "found" else scene


def _plain(value):
    """A Python value of an attribute; QGIS gives NULL as an invalid QVariant."""
    if isinstance(value, (QDate, QDateTime)):
        return value.toString(Qt.DateFormat.ISODate) if value.isValid() else None
    return value if isinstance(value, (str, int, float)) else None
