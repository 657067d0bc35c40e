"""Glacier outlines (RGI, GLIMS) as ground that moves, and what is left of an area as stable ground.

Corrections and validation take stable ground (STABLE); outlines say the opposite. So the result is the area without
the ice and a buffer around it.
"""
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator, List, Optional, Tuple

from osgeo import gdal, ogr, osr

from ...core.errors import InputError
from ...core.files import replacing
from ...core.progress import Progress
from ...io.area import Area, utm
from ...io.products.files import ProductFiles
from ...io.raster import _quiet, check_writable, spatial_reference
from .archive_settings import OutlineSettings

_VECTORS = (".shp", ".gpkg", ".geojson", ".json", ".fgb")
#: Kinds of GLIMS lines that are ice, and that are rock inside it; lakes, snow lines and debris lie in or beside ice.
_ICE, _ROCK = ("glac_bound",), ("intrnl_rock",)
_CHECK_EVERY = 100


@dataclass(frozen=True)
class OutlineResult:
    """stable, moving: layers written (moving may be None). glaciers: outlines in the area. ice_km2: of them in the
    area. stable_share: of the area."""
    stable: Path
    moving: Optional[Path]
    source: str
    glaciers: int
    ice_km2: float
    stable_share: float


def run(outlines, area: Area, settings: OutlineSettings, stable, moving=None,
        progress: Optional[Progress] = None) -> OutlineResult:
    """Write the stable ground of an area, and the moving if asked for, as polygons in its UTM zone.

    outlines: a vector file, a layer in it ("file.gpkg|layername=x"), or a zip as RGI and GLIMS are handed out. Raises
    InputError where no outline lies in the area, or nothing is left of it.
    """
    progress = progress or Progress()
    crs = utm(area)
    frame = area.polygon(crs)
    opened = _open(str(outlines))  # the source, which its layer needs
    kind = _kind(opened[1])
    ice, rock, count = _collect(opened[1], frame, crs, settings, progress)
    if not count:
        raise InputError(f"No glacier of {outlines} lies in the area. Choose the outlines of this region (RGI is handed out "
                         "in 19 regions), or go without: then stable ground is found by robust statistics.")
    progress.report(0.6, f"{count} glaciers")
    ice = _joined(ice)
    if rock and settings.internal_rock:
        ice = ice.Difference(_joined(rock))
    bare = ice.Intersection(frame)
    progress.check()
    moved = ice.Buffer(settings.buffer, 8).Intersection(frame) if settings.buffer else bare
    progress.check()
    rest = frame.Difference(moved)
    if rest.IsEmpty() or rest.Area() < 1e-6 * frame.Area():
        raise InputError("Nothing of the area is left beside the glaciers. Choose a larger area, or a smaller buffer.")
    made = [_write(Path(stable), "stable", rest, crs)]
    if moving:
        made.append(_write(Path(moving), "moving", moved, crs))
    progress.report(1.0, f"{count} glaciers")
    return OutlineResult(made[0], made[1] if moving else None, kind, count, bare.Area() / 1e6,
                         rest.Area() / frame.Area())


def _open(text: str):
    """(open source, its layer of polygons)."""
    file, *options = text.split("|")
    wanted = dict(option.split("=", 1) for option in options if "=" in option)
    if file.lower().endswith(".zip") and not file.startswith("/vsi"):
        file = _in_zip(file)
    with _quiet():
        try:
            source = gdal.OpenEx(file, gdal.OF_VECTOR)
        except RuntimeError:
            source = None
    if source is None:
        raise InputError(f"{text} cannot be read as a vector layer. Choose RGI or GLIMS outlines (Shapefile, GeoPackage or "
                         "the zip as it was downloaded).")
    layers = [source.GetLayer(i) for i in range(source.GetLayerCount())]
    if "layername" in wanted:
        layers = [layer for layer in layers if layer.GetName() == wanted["layername"]]
    polygons = [layer for layer in layers
                if ogr.GT_Flatten(layer.GetGeomType()) in (ogr.wkbPolygon, ogr.wkbMultiPolygon, ogr.wkbUnknown)]
    if not polygons:
        raise InputError(f"{text} holds no polygons. RGI has centre lines and others beside them: choose the product G "
                         "(glaciers).")
    return source, max(polygons, key=lambda layer: layer.GetFeatureCount())


def _in_zip(path: str) -> str:
    """The file with glaciers inside a zip, as GDAL opens it. Unsafe names are refused."""
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path} is not a readable zip. Download it again.")
    files = ProductFiles(path)
    names = [name for name in files.names if name.lower().endswith(_VECTORS)]
    if not names:
        raise InputError(f"{path} holds no Shapefile, GeoPackage or GeoJSON.")
    # RGI marks its products (G are the glaciers), GLIMS calls its layers polygons, lines, points
    best = min(names, key=lambda name: ("polygon" not in name.lower() and "-g-" not in name.lower(), name.count("/"), name))
    return files.location(best)


def _kind(layer) -> str:
    fields = _fields(layer)
    if "rgi_id" in fields:
        return "RGI 7"
    if "rgiid" in fields:
        return "RGI 6 or older"
    return "GLIMS" if "glac_id" in fields else "other polygons"


def _fields(layer) -> List[str]:
    definition = layer.GetLayerDefn()
    return [definition.GetFieldDefn(i).GetName().lower() for i in range(definition.GetFieldCount())]


def _collect(layer, frame: ogr.Geometry, crs: str, settings: OutlineSettings,
             progress: Progress) -> Tuple[List[ogr.Geometry], List[ogr.Geometry], int]:
    """Polygons of ice and of rock that touch the area or its buffer, in metres, and how many glaciers they are."""
    reach = frame.Buffer(settings.buffer + 1.0)
    own = layer.GetSpatialRef() or spatial_reference("EPSG:4326")
    own.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    metric = spatial_reference(crs)
    box = reach.Clone()
    box.Transform(osr.CoordinateTransformation(metric, own))
    layer.SetSpatialFilter(box)
    to_metres = osr.CoordinateTransformation(own, metric)
    kind_field = next((i for i, name in enumerate(_fields(layer)) if name == "line_type"), None)
    ice, rock, count = [], [], 0
    for number, feature in enumerate(layer):
        if number % _CHECK_EVERY == 0:
            progress.check()
        kind = (feature.GetField(kind_field) or "") if kind_field is not None else _ICE[0]
        geometry = feature.GetGeometryRef()
        if geometry is None or kind not in (*_ICE, *_ROCK):
            continue
        for polygon in _polygons(_sound(geometry, to_metres)):
            if not polygon.Intersects(reach):
                continue
            if kind in _ROCK:
                rock.append(polygon)
            elif polygon.Area() >= settings.min_area * 1e6:
                ice.append(polygon if settings.internal_rock else _filled(polygon))
                count += 1
    return ice, rock, count


def _sound(geometry: ogr.Geometry, change) -> ogr.Geometry:
    """A copy in metres, valid and flat."""
    made = geometry.GetLinearGeometry()
    made.FlattenTo2D()
    made.Transform(change)
    return made if made.IsValid() else made.MakeValid()


def _polygons(geometry: ogr.Geometry) -> Iterator[ogr.Geometry]:
    kind = ogr.GT_Flatten(geometry.GetGeometryType())
    if kind == ogr.wkbPolygon:
        yield geometry
    elif kind in (ogr.wkbMultiPolygon, ogr.wkbGeometryCollection):
        for part in geometry:
            yield from _polygons(part.Clone())


def _filled(polygon: ogr.Geometry) -> ogr.Geometry:
    """A polygon without its holes."""
    made = ogr.Geometry(ogr.wkbPolygon)
    made.AddGeometry(polygon.GetGeometryRef(0))
    return made


def _joined(polygons: Iterable[ogr.Geometry]) -> ogr.Geometry:
    """One geometry of many: GLIMS has a glacier once for each of its dates, one over the other."""
    many = ogr.Geometry(ogr.wkbMultiPolygon)
    for polygon in polygons:
        many.AddGeometry(polygon)
    return many.UnionCascaded()


def _write(path: Path, name: str, geometry: ogr.Geometry, crs: str) -> Path:
    check_writable(path.parent)
    if path.suffix.lower() != ".gpkg":
        raise InputError(f"{path} is not a GeoPackage name. Let the name end in .gpkg.")
    with replacing(path) as temporary:
        source = ogr.GetDriverByName("GPKG").CreateDataSource(str(temporary))
        layer = source.CreateLayer(name, spatial_reference(crs), ogr.wkbPolygon)
        layer.CreateField(ogr.FieldDefn("area_km2", ogr.OFTReal))
        layer.StartTransaction()
        for polygon in _polygons(geometry):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField("area_km2", polygon.Area() / 1e6)
            feature.SetGeometry(polygon)
            layer.CreateFeature(feature)
        layer.CommitTransaction()
        layer = source = None
    return path
