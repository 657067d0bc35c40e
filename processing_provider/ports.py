"""Inputs and outputs of algorithms: what a form shows, and what the engine gets.

`read` runs on the main thread (in prepareAlgorithm) and turns layers into paths and plain values; the engine and
processAlgorithm never see a layer.
"""
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsFeatureRequest, QgsMapLayer,
                       QgsProcessing, QgsProcessingFeatureSourceDefinition, QgsProcessingParameterExtent,
                       QgsProcessingParameterFeatureSource,
                       QgsProcessingParameterFile, QgsProcessingParameterMapLayer,
                       QgsProcessingParameterMultipleLayers, QgsProcessingParameterRasterLayer,
                       QgsRasterLayer, QgsVectorLayer)

from ..engine.core.errors import InputError
from .records import record_from_feature


@dataclass(frozen=True)
class Port:
    """One input. optional inputs are read as None where nothing was given."""
    name: str
    label: str
    help: str = ""
    optional: bool = False

    def definition(self):
        made = self._definition()
        made.setHelp(self.help)
        return made

    def given(self, parameters) -> bool:
        return parameters.get(self.name) not in (None, "")

    def problem(self, parameters) -> str:
        """What is wrong with the value, where that can be said better than QGIS does; empty where nothing is."""
        return ""

    def read(self, algorithm, parameters, context) -> Any:
        """The engine's value, or None where an optional input was left empty."""
        if self.optional and not self.given(parameters):
            return None
        if not self.given(parameters):
            raise InputError(f"{self.label}: nothing was chosen.")
        return self._read(algorithm, parameters, context)


def _file_of(value: Any) -> Optional[str]:
    """The path if a parameter's value is a path to something that exists."""
    return value if isinstance(value, str) and Path(value).exists() else None


def layer_path(layer: QgsMapLayer, label: str) -> str:
    if layer.providerType() not in ("gdal", "ogr"):
        raise InputError(f"{label}: the layer '{layer.name()}' is not a file on this machine "
                         f"(provider {layer.providerType()}). Save it as GeoTIFF first.")
    return layer.source().split("|")[0]


@dataclass(frozen=True)
class Raster(Port):
    """A raster: layer, layer id or path; the engine gets the path."""

    def _definition(self):
        return QgsProcessingParameterRasterLayer(self.name, self.label, optional=self.optional)

    def problem(self, parameters) -> str:
        value = parameters.get(self.name)
        if not _file_of(value):
            return ""
        from ..engine.io.raster import open_dataset
        try:
            open_dataset(value)
        except InputError as error:
            return f"{self.label}: {error}"
        return ""

    def _read(self, algorithm, parameters, context) -> str:
        value = parameters[self.name]
        if _file_of(value):
            return value  # the engine opens it itself and says precisely what is wrong with it
        layer = algorithm.parameterAsRasterLayer(parameters, self.name, context)
        if layer is None:
            raise InputError(f"{self.label}: {_shown(value)} is neither a raster layer nor a raster file. "
                             "Choose a GeoTIFF or a loaded layer.")
        return layer_path(layer, self.label)


@dataclass(frozen=True)
class Rasters(Port):
    """Several rasters; the engine gets a list of paths."""

    def _definition(self):
        return QgsProcessingParameterMultipleLayers(self.name, self.label, QgsProcessing.TypeRaster,
                                                    optional=self.optional)

    def _read(self, algorithm, parameters, context):
        values = parameters[self.name]
        values = values if isinstance(values, (list, tuple)) else [values]
        paths = []
        for value in values:
            layer = None if _file_of(value) else _map_layer(value, context)
            if layer is None and not _file_of(value):
                raise InputError(f"{self.label}: {_shown(value)} is neither a raster layer nor a raster file.")
            paths.append(value if layer is None else layer_path(layer, self.label))
        return paths


@dataclass(frozen=True)
class Manifest(Port):
    """A stack.json or series.json, or the folder that holds it."""

    def _definition(self):
        # "All files": QGIS would refuse a folder, which has no suffix.
        return QgsProcessingParameterFile(self.name, self.label, QgsProcessingParameterFile.File,
                                          optional=self.optional, fileFilter="Manifests (*.json);;All files (*)")

    def _read(self, algorithm, parameters, context) -> str:
        value = parameters[self.name]
        if isinstance(value, QgsRasterLayer):  # a loaded velocity or series layer stands for its folder
            value = str(Path(value.source()).parent)
        return str(value)


@dataclass(frozen=True)
class Folder(Port):
    """A folder."""

    def _definition(self):
        return QgsProcessingParameterFile(self.name, self.label, QgsProcessingParameterFile.Folder,
                                          optional=self.optional)

    def _read(self, algorithm, parameters, context) -> str:
        return algorithm.parameterAsString(parameters, self.name, context)


@dataclass(frozen=True)
class Extent(Port):
    """A rectangle; the engine gets an `Area`."""
    name: str = "EXTENT"
    label: str = "Extent"
    help: str = "Only this area. Empty: everything."
    optional: bool = True

    def _definition(self):
        return QgsProcessingParameterExtent(self.name, self.label, optional=self.optional)

    def _read(self, algorithm, parameters, context):
        from ..engine.io.area import Area
        box = algorithm.parameterAsExtent(parameters, self.name, context)
        crs = algorithm.parameterAsExtentCrs(parameters, self.name, context)
        if box.isEmpty():
            raise InputError(f"{self.label}: {_shown(parameters[self.name])} is no rectangle. Write it as xmin, xmax, "
                             "ymin, ymax [EPSG:n].")
        return Area((box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()),
                    crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt())


@dataclass(frozen=True)
class Table(Port):
    """A scenes or pairs layer; the engine gets records. "Selected features only" is honoured."""
    kind: str = "scenes"

    def _definition(self):
        return QgsProcessingParameterFeatureSource(self.name, self.label, [QgsProcessing.TypeVector],
                                                   optional=self.optional)

    def _read(self, algorithm, parameters, context):
        source = algorithm.parameterAsSource(parameters, self.name, context)
        if source is None:
            raise InputError(f"{self.label}: {_shown(parameters[self.name])} is not a vector layer. "
                             f"Choose a {self.kind} layer.")
        return records_of(self.kind, source.getFeatures(), source.fields(), source.sourceCrs(), context, self.label)


def records_of(kind: str, features, fields, crs, context, label: str):
    """The records of a scenes or pairs layer. Raises InputError if there are none."""
    to_degrees = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem("EPSG:4326"), context.transformContext())
    names = [field.name() for field in fields]
    records = [record_from_feature(kind, feature, names, to_degrees, label) for feature in features]
    if not records:
        raise InputError(f"{label}: the {kind} layer has no features (or none is selected).")
    return records


class _Areas(Port):
    """Polygons or a raster."""

    def _definition(self):
        return QgsProcessingParameterMapLayer(self.name, self.label, optional=self.optional,
                                              types=[QgsProcessing.TypeVectorPolygon, QgsProcessing.TypeRaster])


@dataclass(frozen=True)
class Stable(_Areas):
    """Stable ground: polygons or a raster whose non-zero pixels are stable."""
    name: str = "STABLE"
    label: str = "Stable ground"
    help: str = ("Polygons, or a raster (non-zero = stable), of ground that does not move. Left empty, the moving "
                 "part is found and left out by robust statistics.")
    optional: bool = True

    def _read(self, algorithm, parameters, context):
        from ..engine.io.stable import StableGround
        value = parameters[self.name]
        if _file_of(value):
            return StableGround.from_file(value)
        layer = algorithm.parameterAsLayer(parameters, self.name, context)
        if isinstance(layer, QgsRasterLayer):
            return StableGround.from_file(layer_path(layer, self.label))
        if isinstance(layer, QgsVectorLayer):
            request = QgsFeatureRequest().setNoAttributes()
            polygons = [bytes(f.geometry().asWkb()) for f in layer.getFeatures(request) if f.hasGeometry()]
            return StableGround.from_polygons(polygons, layer.crs().toWkt())
        raise InputError(f"{self.label}: {_shown(value)} is neither a polygon layer nor a raster.")


@dataclass(frozen=True)
class Detectors(_Areas):
    """Footprints of the sensor's detectors; the engine gets the path of the file."""
    name: str = "DETECTORS"
    label: str = "Detector footprints"
    help: str = ("Polygons of the sensor's detectors (Sentinel-2: MSK_DETFOO as GML or JPEG 2000). Left empty, the "
                 "borders are found in the displacement.")
    optional: bool = True

    def _read(self, algorithm, parameters, context):
        value = parameters[self.name]
        if _file_of(value):
            return value
        layer = algorithm.parameterAsLayer(parameters, self.name, context)
        if layer is None:
            raise InputError(f"{self.label}: {_shown(value)} is neither a layer nor a file.")
        return layer_path(layer, self.label)


@dataclass(frozen=True)
class Points(Port):
    """A vector layer handed to the engine as (WKB geometries, attribute dicts, CRS)."""

    def _definition(self):
        return QgsProcessingParameterFeatureSource(self.name, self.label, [QgsProcessing.TypeVectorAnyGeometry],
                                                   optional=self.optional)

    def _read(self, algorithm, parameters, context):
        source = algorithm.parameterAsSource(parameters, self.name, context)
        if source is None:
            raise InputError(f"{self.label}: {_shown(parameters[self.name])} is not a vector layer.")
        names = [f.name() for f in source.fields()]
        rows = [(bytes(f.geometry().asWkb()), dict(zip(names, f.attributes())))
                for f in source.getFeatures() if f.hasGeometry()]
        return rows, source.sourceCrs().toWkt()


def _map_layer(value: Any, context) -> Optional[QgsMapLayer]:
    from qgis.core import QgsProcessingUtils
    if isinstance(value, QgsMapLayer):
        return value
    return QgsProcessingUtils.mapLayerFromString(str(value), context)


def _shown(value: Any) -> str:
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source.staticValue() if hasattr(value.source, "staticValue") else value.source
    return f"'{value.name()}'" if isinstance(value, QgsMapLayer) else f"'{value}'"
