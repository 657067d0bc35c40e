"""A series read by windows of all dates, beside single histories."""
from typing import Dict, List, Tuple

import numpy as np

from ...core.grid import Window
from ..series import SeriesReader

_ROWS = 128  # the rasters' tiles


class WindowReader(SeriesReader):
    """An open series; use it from one thread at a time."""

    def window(self, window: Window):
        """(values, sigmas, velocity, quality) of a window: {component: (dates, rows, columns)} twice, then
        {band: (rows, columns)} twice; float32, NaN = no data."""
        stacks = [{name: raster.read_bands(window) for name, raster in group.items()}
                  for group in (self._values, self._sigmas)]
        maps = [{} if raster is None else dict(zip(raster.bands, raster.read_bands(window)))
                for raster in (self._velocity, self._quality)]
        return (*stacks, *maps)

    def side_bands(self) -> List[Tuple[str, str]]:
        """(name, unit) of the bands of velocity.tif and quality.tif."""
        return [pair for raster in (self._velocity, self._quality) if raster is not None
                for pair in zip(raster.bands, raster.units)]

    def velocity(self) -> Dict[str, np.ndarray]:
        """{band: (rows, columns)} of velocity.tif, empty where there is none."""
        return {} if self._velocity is None else dict(zip(self._velocity.bands, self._velocity.read_bands()))

    def strips(self, step: int = 1) -> List[Window]:
        """Windows of whole rows, of a height that is a multiple of `step` and close to the tiles' own."""
        grid = self.manifest.grid
        rows = max(_ROWS // step, 1) * step
        return [Window(row, 0, min(rows, grid.height - row), grid.width) for row in range(0, grid.height, rows)]
