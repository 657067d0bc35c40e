"""Series of other programs as layers: MintPy's timeseries.h5, rasters with a date per band, points with dated columns."""
from pathlib import Path
from typing import List

from osgeo import gdal
from qgis.core import (QgsClassificationQuantile, QgsColorRampShader, QgsGradientColorRamp, QgsGradientStop,
                       QgsGraduatedSymbolRenderer, QgsMapLayer, QgsProject, QgsRasterLayer, QgsRasterShader,
                       QgsSingleBandPseudoColorRenderer, QgsSymbol, QgsVectorLayer)
from qgis.PyQt.QtGui import QColor

from ..engine.core.errors import InputError
from ..engine.io.histories.source import open_histories
from ..engine.io.raster import spatial_reference
from ..processing_provider.layers import SERIES_PROPERTY

_COLOURS = ("#2166ac", "#67a9cf", "#f7f7f7", "#ef8a62", "#b2182b")
_HDF5 = (".h5", ".he5", ".hdf5")
_VECTORS = (".gpkg", ".shp", ".geojson", ".fgb", ".csv", ".gml")
_VELOCITIES = ("velocity", "mean_velocity", "vel")
_CLASSES, _POINT_MM = 9, 1.4


def load(path: str, project: QgsProject) -> List[QgsMapLayer]:
    """Open a series and show it: a raster at its last date, or its points. Raises InputError where it is none."""
    source = open_histories(path)
    about = source.about
    source.close()
    name, suffix = Path(path.split("|")[0]).stem, Path(path.split("|")[0]).suffix.lower()
    if suffix in _VECTORS or "|" in path:
        layer = QgsVectorLayer(path, name, "ogr")
    else:
        layer = QgsRasterLayer(_georeferenced(path, about) if suffix in _HDF5 else path, name, "gdal")
    if not layer.isValid():
        raise InputError(f"{path} cannot be shown as a layer ({layer.error().message()}).")
    layer.setCustomProperty(SERIES_PROPERTY, path)
    if isinstance(layer, QgsRasterLayer):
        colour_raster(layer, layer.bandCount())
    else:
        _colour_points(layer)
    project.addMapLayer(layer)
    return [layer]


def colour_raster(layer: QgsRasterLayer, band: int) -> None:
    """Draw one band blue to red, symmetrical about 0."""
    low, high = layer.dataProvider().cumulativeCut(band, 0.02, 0.98, layer.extent(), 250_000)
    limit = max(abs(low), abs(high)) or 1.0
    shader = QgsColorRampShader(-limit, limit, _ramp(), QgsColorRampShader.Type.Interpolated)
    last = len(_COLOURS) - 1
    items = [(limit * (2.0 * number / last - 1.0), colour) for number, colour in enumerate(_COLOURS)]
    shader.setColorRampItemList([QgsColorRampShader.ColorRampItem(value, QColor(colour), f"{value:.3g}")
                                 for value, colour in items])
    whole = QgsRasterShader(-limit, limit)
    whole.setRasterShaderFunction(shader)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, whole)
    renderer.setClassificationMin(-limit)
    renderer.setClassificationMax(limit)
    layer.setRenderer(renderer)


def _colour_points(layer: QgsVectorLayer) -> None:
    """Points coloured by their velocity, where they have one."""
    names = {field.name().lower(): field.name() for field in layer.fields()}
    field = next((names[name] for name in _VELOCITIES if name in names), None)
    if field is None:
        return
    symbol = QgsSymbol.defaultSymbol(layer.geometryType())
    symbol.setSize(_POINT_MM)
    symbol.symbolLayer(0).setStrokeStyle(0)
    renderer = QgsGraduatedSymbolRenderer(field)
    renderer.setClassificationMethod(QgsClassificationQuantile())
    renderer.setSourceSymbol(symbol)
    renderer.setSourceColorRamp(_ramp())
    renderer.updateClasses(layer, _CLASSES)
    renderer.updateColorRamp(_ramp())
    layer.setRenderer(renderer)


def _ramp() -> QgsGradientColorRamp:
    last = len(_COLOURS) - 1
    return QgsGradientColorRamp(QColor(_COLOURS[0]), QColor(_COLOURS[-1]), False, [
        QgsGradientStop(number / last, QColor(colour)) for number, colour in enumerate(_COLOURS) if 0 < number < last])


def _georeferenced(path: str, about) -> str:
    """The cube of a MintPy file as a virtual raster with its place and dates: GDAL does not know MintPy's attributes."""
    from ..engine.io.histories.mintpy import MintPySource
    source = MintPySource(path)
    grid = source.manifest.grid
    source.close()
    made = gdal.GetDriverByName("VRT").Create("", grid.width, grid.height, len(about.dates), gdal.GDT_Float32)
    made.SetGeoTransform(grid.transform)
    if grid.crs:
        made.SetProjection(spatial_reference(grid.crs).ExportToWkt())
    for number, day in enumerate(about.dates, 1):
        band = made.GetRasterBand(number)
        band.SetDescription(day.isoformat())
        band.SetNoDataValue(0.0)  # MintPy's masked pixels
        xml = (f'<SimpleSource><SourceFilename relativeToVRT="0">HDF5:"{path}"://timeseries</SourceFilename>'
               f"<SourceBand>{number}</SourceBand></SimpleSource>")
        band.SetMetadataItem("source_0", xml, "new_vrt_sources")
    made.FlushCache()
    return made.GetMetadata("xml:VRT")[0]
