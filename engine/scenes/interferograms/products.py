"""Writing of simulated products: files, names and layout of HyP3's GAMMA interferograms."""
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from ...core.grid import Grid, Window
from ...io.raster import Band, new_raster
from .ground import Ground
from .settings import SimulateInterferogramsSettings
from .signal import edges_of_swath
from .track import Track, local_incidence, parameters_text

VARIANTS = 5             # extents of one track
LARGEST_CUT = 0.04       # of the width or height, from each side
LARGEST_SHIFT = 0.03     # of the swath's edge
_UNITS = {"unw_phase": "rad", "dem": "m", "lv_theta": "rad", "lv_phi": "rad", "inc_map": "rad"}


@dataclass(frozen=True)
class Extent:
    """What a product covers. window: of the area. seen: (rows, cols) of the window, False where there is no data."""
    window: Window
    seen: np.ndarray


def make_extents(track: Track, settings: SimulateInterferogramsSettings) -> List[Extent]:
    """The extents among which the products of a track are dealt."""
    size = settings.size
    if not settings.extents:
        return [Extent(Window(0, 0, size, size), np.ones((size, size), bool))]
    rng = np.random.default_rng([settings.seed, 74, ord(track.name[0])])
    tilt = track.place.heading if track.place.heading < 90.0 else track.place.heading - 180.0
    found = []
    for _ in range(VARIANTS):
        top, bottom, left, right = (int(v) for v in rng.integers(0, max(2, round(LARGEST_CUT * size)) + 1, 4))
        window = Window(top, left, size - top - bottom, size - left - right)
        found.append(Extent(window, edges_of_swath(size, tilt, float(rng.uniform(0, LARGEST_SHIFT)))[window.slices]))
    return found


class ProductWriter:
    """Writes the products of one track into a folder. What products of one extent share is written once and copied."""

    def __init__(self, folder: Path, spare: Path, track: Track, ground: Ground, theta, phi,
                 settings: SimulateInterferogramsSettings):
        self._folder, self._track, self._settings = folder, track, settings
        self._grid = ground.grid
        self._extents = make_extents(track, settings)
        rng = np.random.default_rng([settings.seed, 75, ord(track.name[0])])
        self._choice = dict(zip(track.pairs, rng.integers(0, len(self._extents), len(track.pairs))))
        self._shared = [self._write_shared(spare / f"{track.name}{number}", extent, ground, theta, phi)
                        for number, extent in enumerate(self._extents)]

    def _write_shared(self, folder: Path, extent: Extent, ground: Ground, theta, phi) -> Dict[str, Path]:
        folder.mkdir(parents=True)
        layers = {"dem": ground.elevation, "lv_theta": theta, "lv_phi": phi,
                  "inc_map": local_incidence(theta, phi, ground.elevation)}
        written = {}
        for name, values in layers.items():
            part = values[extent.window.slices]
            if name != "dem":
                part = np.where(extent.seen, part, 0.0)
            written[name] = _write(folder / f"{name}.tif", self._grid.part(extent.window), name, part)
        return written

    def write(self, pair: Tuple[int, int], phase: np.ndarray, coherence: np.ndarray) -> Path:
        """Write one product; returns its folder or zip."""
        number = int(self._choice[pair])
        extent, name = self._extents[number], self._track.product_name(pair)
        product = self._folder / name
        product.mkdir()
        grid = self._grid.part(extent.window)
        for layer, values in (("unw_phase", phase), ("corr", coherence)):
            _write(product / f"{name}_{layer}.tif", grid, layer, np.where(extent.seen, values[extent.window.slices], 0.0))
        for layer, path in self._shared[number].items():
            shutil.copyfile(path, product / f"{name}_{layer}.tif")
        (product / f"{name}.txt").write_text(parameters_text(self._track, pair), encoding="utf-8")
        return _zipped(product) if self._settings.archives else product


def _write(path: Path, grid: Grid, name: str, values: np.ndarray) -> Path:
    """A layer as HyP3 has it: one float band, 0 is no data."""
    with new_raster(path, grid, [Band("", _UNITS.get(name, ""))], {"AREA_OR_POINT": "Area"},
                    nodata=None if name == "dem" else 0.0) as raster:
        raster.write({"": values.astype(np.float32)})
    return path


def _zipped(product: Path) -> Path:
    """The product as a zip that holds its folder; the folder goes."""
    archive = product.with_name(f"{product.name}.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for file in sorted(product.iterdir()):
            target.write(file, f"{product.name}/{file.name}")
    shutil.rmtree(product)
    return archive
