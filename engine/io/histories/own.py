"""Our own series."""
from pathlib import Path

from osgeo import ogr

from ...core.series import STACK_KEY
from ..exports.reader import WindowReader
from ..exports.sample import in_polygon
from .source import About, Area


class OwnSource(WindowReader):
    """series.json with its rasters."""

    def __init__(self, path):
        super().__init__(path)
        manifest = self.manifest
        stack = str(manifest.extra.get(STACK_KEY) or "")
        file = (self.folder / stack).resolve() if stack else None
        self.about = About(str(path), manifest.components, manifest.grid.crs, manifest.dates, manifest.reference,
                           str(file) if file is not None and Path(file).is_file() else "")

    def history(self, x, y, reach=0.0, sigmas=True):
        return super().history(x, y, sigmas)

    def area(self, polygon: bytes) -> Area:
        return Area(*in_polygon(self, ogr.CreateGeometryFromWkb(polygon)))
