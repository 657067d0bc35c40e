"""A raster whose bands are dates, from whatever program."""
from pathlib import Path

import numpy as np
from osgeo import ogr

from ...core.errors import InputError
from ...core.grid import Window
from ...core.series import SeriesManifest
from ..exports.sample import in_polygon
from ..raster import open_raster
from ..series import History
from .source import FEWEST_DATES, About, Area, component_of, dated, metres_per


class BandSource:
    """Band descriptions (or names) hold the days; the band's unit is metres where it says nothing else."""

    def __init__(self, path: str):
        self._context = open_raster(path)
        self._raster = self._context.__enter__()
        try:
            self._describe(path)
        except Exception:
            self.close()
            raise

    def _describe(self, path: str) -> None:
        raster = self._raster
        days = dated(raster.bands)
        if len(days) < FEWEST_DATES:
            raise InputError(f"{path} is no time series: {len(days)} of its {len(raster.bands)} bands have a date as "
                             "their description. Name each band after its day, as in 2020-01-31.")
        self._numbers = [number + 1 for _, number in days]
        unit = raster.units[self._numbers[0] - 1]
        self._scale = metres_per(unit)
        component = component_of(Path(path).stem)
        dates = tuple(day for day, _ in days)
        self.manifest = SeriesManifest("raster", (component,), raster.grid, dates, {})
        self.about = About(path, (component,), raster.grid.crs, dates, raster.metadata.get("TM_REFERENCE", ""), remark=(
            "" if unit else "The raster states no unit: its values are taken for metres."))

    def close(self) -> None:
        self._context.__exit__(None, None, None)

    def history(self, x, y, reach=0.0, sigmas=True):
        index = self.manifest.grid.index(x, y)
        if index is None:
            return None
        values = self.window(Window(*index, 1, 1))[0]
        return History(*self.manifest.grid.xy(index[1] + .5, index[0] + .5), self.about.dates,
                       {name: array[:, 0, 0] for name, array in values.items()})

    def with_sigmas(self, history: History) -> History:
        return history

    def window(self, window: Window):
        """(values, {}, {}, {}) as `WindowReader.window`."""
        values = self._raster.read_bands(window, self._numbers) * np.float32(self._scale)
        return {self.about.components[0]: values}, {}, {}, {}

    def area(self, polygon: bytes) -> Area:
        return Area(*in_polygon(self, ogr.CreateGeometryFromWkb(polygon)))
