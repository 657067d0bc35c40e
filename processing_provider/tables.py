"""Points with attributes as a layer that the user chooses a place for."""
from dataclasses import dataclass
from typing import Any, Dict, Sequence, Tuple

from qgis.core import (QgsCoordinateReferenceSystem, QgsFeature, QgsFeatureSink, QgsField, QgsFields, QgsGeometry,
                       QgsPointXY, QgsProcessing, QgsProcessingException, QgsProcessingParameterFeatureSink,
                       QgsWkbTypes)

from .outputs import TableDestination
from .records import field_type


@dataclass(frozen=True)
class PointTable(TableDestination):
    """A point layer."""

    def _definition(self):
        return QgsProcessingParameterFeatureSink(self.name, self.label, QgsProcessing.TypeVectorPoint)


def write_points(algorithm, name: str, columns: Sequence[Tuple[str, str]], points: Sequence[Any], crs: str, parameters,
                 context) -> Dict[str, Any]:
    """Write points (with x, y and an attribute for each column) into a sink; {output: its id}."""
    fields = QgsFields()
    for column, kind in columns:
        fields.append(QgsField(column, field_type(kind)))
    sink, identifier = algorithm.parameterAsSink(parameters, name, context, fields, QgsWkbTypes.Point,
                                                 QgsCoordinateReferenceSystem(crs))
    if sink is None:
        raise QgsProcessingException(algorithm.invalidSinkError(parameters, name))
    for point in points:
        feature = QgsFeature(fields)
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(point.x, point.y)))
        feature.setAttributes([getattr(point, column) for column, _ in columns])
        sink.addFeature(feature, QgsFeatureSink.FastInsert)
    sink.flushBuffer()
    return {name: identifier}
