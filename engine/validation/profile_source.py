"""What a profile can be drawn of: a series (a layer per date), a velocity map, a displacement, any single band."""
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.series import NAME
from ..core.units import METRE
from ..io.histories.source import open_histories
from ..io.raster import open_raster
from . import swath

_PREFIX = "velocity_"
_COMPONENTS = ("east", "north", "up", "los")


@dataclass(frozen=True)
class ProfileAbout:
    """components: as sampled, without the profile's own. unit: m or m/yr or what the file says. dates: of the layers
    of a series, empty for a map."""
    path: str
    components: Tuple[str, ...]
    unit: str
    crs: str
    dates: Tuple[date, ...] = ()


class ProfileSource:
    """An open source of profiles; use it from one thread at a time."""

    def __init__(self, path):
        self._files = ExitStack()
        try:
            if Path(str(path)).is_dir() or Path(str(path)).name == NAME or str(path).lower().endswith((".h5", ".he5")):
                self._open_series(str(path))
            else:
                self._open_map(str(path))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "ProfileSource":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._files.close()

    def sample(self, line: swath.Vertices, width: float, spacing: float, progress: Progress) -> swath.Swath:
        """The swath along a line, in the source's coordinate system."""
        return swath.sample(self._read, self.grid, line, width, spacing, progress)

    def _open_series(self, path: str) -> None:
        source = open_histories(path)
        self._files.callback(source.close)
        self.grid: Grid = source.manifest.grid
        self.about = ProfileAbout(path, source.about.components, METRE, source.about.crs, source.about.dates)
        self._read = lambda window: source.window(window)[0]

    def _open_map(self, path: str) -> None:
        raster = self._files.enter_context(open_raster(path))
        bands = _bands(raster.bands)
        unit = raster.units[raster.number(next(iter(bands.values()))) - 1]
        self.grid = raster.grid
        self.about = ProfileAbout(path, tuple(bands), "" if unit == "1" else unit, raster.grid.crs)

        def read(window: Window) -> Dict[str, np.ndarray]:
            return {name: raster.read(band, window)[None] for name, band in bands.items()}
        self._read = read


def _bands(names) -> Dict[str, object]:
    """{component: band} of the displacement or velocity in a raster; its first band where it has neither."""
    for prefix in ("", _PREFIX):
        found = {c: prefix + c for c in _COMPONENTS if prefix + c in names}
        if found:
            return found
    first = names[0]
    return {first if not first.isdigit() else "value": 1}


def components_of(about: ProfileAbout) -> List[str]:
    """What can be drawn of a source, the most telling first."""
    turned = [swath.ALONG, swath.ACROSS] if {"east", "north"} <= set(about.components) else []
    return turned + list(about.components)
