"""Toolbox group Time series: results of other programs in, and series out."""
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (QgsCoordinateReferenceSystem, QgsFeature, QgsFeatureSink, QgsField, QgsFields, QgsGeometry,
                       QgsProcessing, QgsProcessingException, QgsProcessingParameterFeatureSink, QgsWkbTypes)

from ..engine.io.exports.settings import ExportSettings, SampleSettings
from ..engine.io.imports.settings import ImportSettings
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FileDestination, FolderDestination, Result, TableDestination
from .ports import Folder, Manifest, Points
from .records import field_type


class ImportDisplacements(StageAlgorithm):
    """A stack from displacements that other programs measured."""
    ID, LABEL, GROUP, SETTINGS = "importdisplacements", "Import displacements", Group.TIMESERIES, ImportSettings
    HELP = ("Results that you already have become a stack: GeoTIFF pairs, autoRIFT, ITS_LIVE granules, MicMac, "
            "COSI-Corr. Velocities become displacements, pixels become metres, and maps of different grids are "
            "resampled once to one grid. Units and signs are read or declared, and the log says which; where neither "
            "is possible, the run stops. Components stay along the axes of the map's coordinate system; where these "
            "are not east and north (polar projections), the log gives the angle.")
    TAGS = ("ITS_LIVE", "autoRIFT", "MicMac", "COSI-Corr", "velocity maps", "offsets")
    INPUTS = (Folder("FOLDER", "Folder of displacements", "Searched with its subfolders."),)
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the stack"),)
    RESULTS = (Result("STACK", "Stack (stack.json)"),)

    def stage(self, run):
        from ..engine.io.imports import displacements
        result = displacements.run(run.values["FOLDER"], run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome({"STACK": str(result.stack)}, summary=result.summary())


@dataclass(frozen=True)
class Places(Points):
    """Points or polygons with their table."""

    def _read(self, algorithm, parameters, context):
        rows, crs = super()._read(algorithm, parameters, context)
        source = algorithm.parameterAsSource(parameters, self.name, context)
        return rows, crs, source.fields(), source.sourceCrs()


@dataclass(frozen=True)
class PointsDestination(TableDestination):
    """A point layer; the algorithm itself writes it."""

    def _definition(self):
        return QgsProcessingParameterFeatureSink(self.name, self.label, QgsProcessing.TypeVectorPoint)


class SampleSeries(StageAlgorithm):
    """Histories at points and in polygons."""
    ID, LABEL, GROUP, SETTINGS = "sampleseries", "Sample a series", Group.TIMESERIES, SampleSettings
    HELP = ("The history at points, or the mean and its spread over the pixels of polygons, as a point layer with a "
            "column DYYYYMMDD for each date (opens in InSAR Explorer and PS Time Series Viewer), and as a CSV with "
            "every component. A point takes the pixel that holds it.")
    TAGS = ("time series", "points", "InSAR Explorer", "PS Time Series Viewer", "CSV")
    INPUTS = (Manifest("SERIES", "Series"), Places("POINTS", "Points or polygons"))
    OUTPUTS = (PointsDestination("OUTPUT", "Sampled points"), FileDestination("CSV", "Table", filter="CSV (*.csv)"))

    def stage(self, run):
        from ..engine.io.exports import sample
        rows, crs, fields, place_crs = run.values["POINTS"]
        result = sample.run(run.values["SERIES"], rows, crs, run.settings, run.outputs["CSV"], run.progress)
        return Outcome(records={"OUTPUT": (result, fields, place_crs)}, summary=result.summary())

    def _write_tables(self, outcome, parameters, context):
        result, own, crs = outcome.records["OUTPUT"]
        taken = {name.lower() for name, _ in result.fields} | {"fid"}
        kept = [field for field in own if field.name().lower() not in taken]
        fields = QgsFields()
        for field in kept:
            fields.append(field)
        for name, kind in result.fields:
            fields.append(QgsField(name, field_type(kind)))
        sink, identifier = self.parameterAsSink(parameters, "OUTPUT", context, fields, QgsWkbTypes.Point,
                                                QgsCoordinateReferenceSystem(crs))
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        for wkb, attributes, columns in result.rows:
            feature, geometry = QgsFeature(fields), QgsGeometry()
            geometry.fromWkb(wkb)
            feature.setGeometry(geometry)
            feature.setAttributes([attributes[f.name()] for f in kept] + [columns.get(n) for n, _ in result.fields])
            sink.addFeature(feature, QgsFeatureSink.FastInsert)
        sink.flushBuffer()
        return {"OUTPUT": identifier}


class ExportSeries(StageAlgorithm):
    """A series for other programs."""
    ID, LABEL, GROUP, SETTINGS = "exportseries", "Export a series", Group.TIMESERIES, ExportSettings
    HELP = ("Writes a series for other programs: NetCDF (CF), COG, mesh for arrows and streamlines, MintPy, points for "
            "InSAR Explorer. The output is a folder (series.nc, mesh.nc, points.gpkg, …); for NetCDF, mesh and points "
            "a file name with its ending (.nc, .gpkg) is written as such.")
    TAGS = ("NetCDF", "COG", "mesh", "streamlines", "MintPy", "InSAR Explorer", "UGRID")
    INPUTS = (Manifest("SERIES", "Series"),)
    OUTPUTS = (FolderDestination("OUTPUT", "Folder, or file"),)
    RESULTS = (Result("FILE", "Main file"),)

    def stage(self, run):
        from ..engine.io.exports import series
        result = series.run(run.values["SERIES"], run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome({"FILE": str(Path(result.file))}, summary=result.summary())


ALGORITHMS = (ImportDisplacements, SampleSeries, ExportSeries)
