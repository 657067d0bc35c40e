"""Outputs of algorithms: destinations that a form shows, and results that follow from them."""
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (QgsProcessing, QgsProcessingOutputFile, QgsProcessingOutputHtml, QgsProcessingOutputNumber,
                       QgsProcessingOutputRasterLayer, QgsProcessingOutputVectorLayer,
                       QgsProcessingParameterDefinition, QgsProcessingParameterFeatureSink,
                       QgsProcessingParameterFileDestination, QgsProcessingParameterFolderDestination,
                       QgsProcessingParameterRasterDestination, QgsProcessingParameterVectorDestination)

from ..engine.core.errors import InputError


@dataclass(frozen=True)
class Destination:
    """Something the user chooses a place for."""
    name: str
    label: str
    help: str = ""
    optional: bool = False

    def definition(self) -> QgsProcessingParameterDefinition:
        made = self._definition()
        made.setHelp(self.help)
        return made


@dataclass(frozen=True)
class RasterDestination(Destination):
    """A GeoTIFF. kind: how it is styled (see `styling.STYLES`)."""
    kind: str = "displacement"

    def _definition(self):
        return QgsProcessingParameterRasterDestination(self.name, self.label, optional=self.optional,
                                                       createByDefault=not self.optional)

    def path(self, algorithm, parameters, context):
        """Where to write. Registers the layer for loading where the user asked for it."""
        path = algorithm.parameterAsOutputLayer(parameters, self.name, context)
        if path and Path(path).suffix.lower() not in (".tif", ".tiff"):
            raise InputError(f"{self.label}: {path} is not a GeoTIFF name. Let the name end in .tif.")
        return path or None


@dataclass(frozen=True)
class FolderDestination(Destination):
    """A folder."""

    def _definition(self):
        return QgsProcessingParameterFolderDestination(self.name, self.label, optional=self.optional,
                                                       createByDefault=not self.optional)

    def path(self, algorithm, parameters, context):
        return algorithm.parameterAsFileOutput(parameters, self.name, context)


@dataclass(frozen=True)
class FileDestination(Destination):
    """A file: plot, table or report. filter: as in file dialogs, the first suffix is the default."""
    filter: str = "HTML (*.html);;PNG (*.png)"
    optional: bool = True

    def _definition(self):
        return QgsProcessingParameterFileDestination(self.name, self.label, self.filter, optional=self.optional,
                                                     createByDefault=not self.optional)

    def path(self, algorithm, parameters, context):
        return algorithm.parameterAsFileOutput(parameters, self.name, context) or None


@dataclass(frozen=True)
class TableDestination(Destination):
    """A layer of scenes or pairs."""
    kind: str = "scenes"

    def _definition(self):
        return QgsProcessingParameterFeatureSink(self.name, self.label, QgsProcessing.TypeVectorPolygon)


@dataclass(frozen=True)
class VectorDestination(Destination):
    """A polygon layer that the engine writes (GeoPackage)."""

    def _definition(self):
        return QgsProcessingParameterVectorDestination(self.name, self.label, QgsProcessing.TypeVectorPolygon,
                                                       optional=self.optional, createByDefault=not self.optional)

    def path(self, algorithm, parameters, context):
        return algorithm.parameterAsOutputLayer(parameters, self.name, context) or None


@dataclass(frozen=True)
class Result:
    """A file that follows from a destination, e.g. stack.json of the output folder, so that algorithms chain."""
    name: str
    label: str

    def definition(self):
        return QgsProcessingOutputFile(self.name, self.label)


@dataclass(frozen=True)
class RasterResult(Result):
    """A raster inside the output folder; loaded with the results unless `load` is False."""
    kind: str = "velocity"
    load: bool = True

    def definition(self):
        return QgsProcessingOutputRasterLayer(self.name, self.label)


@dataclass(frozen=True)
class VectorResult(Result):
    """A vector layer inside the output folder."""

    def definition(self):
        return QgsProcessingOutputVectorLayer(self.name, self.label, QgsProcessing.TypeVectorPolygon)


@dataclass(frozen=True)
class NumberResult(Result):
    """A number."""

    def definition(self):
        return QgsProcessingOutputNumber(self.name, self.label)


@dataclass(frozen=True)
class HtmlResult(Result):
    """A page; QGIS lists it in its results viewer."""

    def definition(self):
        return QgsProcessingOutputHtml(self.name, self.label)
