"""Line-of-sight velocity maps with their look vectors: our series, one raster with its geometry, LiCSBAS folders."""
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..core import series as series_records
from ..core.errors import GridError, InputError
from ..core.grid import Grid, Window
from ..io.manifests import read_series, read_stack
from ..io.raster import PathLike, RasterReader, open_raster
from ..io.stable import box_in
from ..io.warp import read_on

LOOK_BANDS = ("look_east", "look_north", "look_up")
GEOMETRY = "geometry.tif"
LICSBAS_NAME, LICSBAS_UNIT = "vel.geo.tif", "mm/yr"  # its files don't tell the unit
_PER_YEAR = {"m/yr": 1.0, "cm/yr": 0.01, "mm/yr": 0.001, "m/year": 1.0, "cm/year": 0.01, "mm/year": 0.001,
             "m/a": 1.0, "mm/a": 0.001, "m/y": 1.0, "cm/y": 0.01, "mm/y": 0.001, "meter/year": 1.0, "m yr-1": 1.0,
             "m/day": 365.25, "m/d": 365.25}
_UNIT_LENGTH = 0.02  # how far a look vector may be from length 1, after interpolation of angles
_LEAST_SIGMA = 0.1  # of the median: a reference point has sigma 0 by definition, not by knowledge


@dataclass(frozen=True)
class LookSource:
    """Where a look comes from: (file, band) of the velocity, its sigma and the three parts of the look vector.

    scale: of the velocity and its sigma to m/yr. mask: raster whose pixels other than 1 are not used. dates: first and
    last date as ISO text, empty where unknown. assumed: the unit, where the file's name told it and not the file.
    """
    name: str
    velocity: Tuple[str, str]
    sigma: Optional[Tuple[str, str]]
    look: Tuple[Tuple[str, str], ...]
    grid: Grid
    scale: float
    mask: Optional[str] = None
    dates: Tuple[str, str] = ("", "")
    reference: str = ""
    assumed: str = ""


@dataclass(frozen=True)
class Look:
    """A window of a look: velocity, sigma (rows, columns) m/yr, vector (3, rows, columns). NaN = no data."""
    velocity: np.ndarray
    sigma: np.ndarray
    vector: np.ndarray


def find_look(path: PathLike, unit: str = "file") -> LookSource:
    """The look of a series (series.json or folder) or of a velocity raster.

    Look vectors are taken from bands look_east, look_north, look_up of the raster itself, from geometry.tif beside it,
    or from E, N, U rasters beside it (LiCSBAS). Raises InputError with what is missing.
    """
    path = Path(str(path))
    if path.is_dir() or path.suffix == ".json":
        manifest, folder = read_series(path)
        if not manifest.velocity:
            raise InputError(f"{path} has no velocity map. Run Invert again.")
        path = folder / manifest.velocity
    with open_raster(path) as raster:
        band = _velocity_band(raster)
        sigma = _sigma_of(raster, path)
        assumed = LICSBAS_UNIT if unit == "file" and path.name == LICSBAS_NAME and not said_unit(raster, band) else ""
        scale = per_year(raster, band, assumed or unit)
        look = _vector_of(raster, path)
        dates = (raster.metadata.get("TM_REFERENCE_DATE", ""), raster.metadata.get("TM_SECONDARY_DATE", ""))
        reference = raster.metadata.get("TM_REFERENCE", "")
        grid = raster.grid
    mask = next((str(f) for f in sorted(path.parent.glob("mask*.tif"))), None) if band == "1" else None
    name = path.parent.name if path.name in ("velocity.tif", LICSBAS_NAME) else path.stem
    found = LookSource(name, (str(path), band), sigma, look, grid, scale, mask, dates, reference, assumed)
    _check_vector(found)
    return found


def _velocity_band(raster: RasterReader) -> str:
    if raster.has("velocity_los"):
        return "velocity_los"
    if len(raster.bands) == 1 or raster.has("1"):
        return raster.bands[0]
    raise InputError(f"{raster.path} is no line-of-sight velocity: it has the bands {', '.join(raster.bands)}. Choose "
                     "the velocity.tif of an InSAR series, or a raster with one band.")


def _sigma_of(raster: RasterReader, path: Path) -> Optional[Tuple[str, str]]:
    if raster.has("sigma_los"):
        return str(path), "sigma_los"
    beside = sorted(path.parent.glob("vstd*.tif"))
    return (str(beside[0]), "1") if beside else None


def per_year(raster: RasterReader, band: str, unit: str) -> float:
    """The factor from a velocity band to m/yr. unit: as in `DecomposeSettings`."""
    said = said_unit(raster, band)
    if unit != "file":
        return _PER_YEAR[unit]
    if said in _PER_YEAR:
        return _PER_YEAR[said]
    raise InputError(f"{raster.path} doesn't tell the unit of its velocity{f' ({said})' if said else ''}. Choose it "
                     "in the settings: m/yr, cm/yr or mm/yr.")


def said_unit(raster: RasterReader, band: str) -> str:
    """The unit that a file tells of a band, empty where it doesn't."""
    return raster.units[raster.number(band) - 1] or raster.metadata.get("TM_UNIT", "")


def _vector_of(raster: RasterReader, path: Path) -> Tuple[Tuple[str, str], ...]:
    if all(raster.has(name) for name in LOOK_BANDS):
        return tuple((str(path), name) for name in LOOK_BANDS)
    geometry = _geometry_beside(path)
    if geometry is not None:
        with open_raster(geometry) as found:
            if all(found.has(name) for name in LOOK_BANDS):
                return tuple((str(geometry), name) for name in LOOK_BANDS)
        raise InputError(f"{geometry} has no bands look_east, look_north and look_up. Import the interferograms again.")
    beside = [next((f for name in (f"{part}.geo.tif", f"{part}.tif") for f in [path.parent / name] if f.is_file()),
                   None) for part in "ENU"]
    if all(beside):
        return tuple((str(file), "1") for file in beside)
    raise InputError(f"The look vector of {path} is not known: there is no {GEOMETRY} (bands look_east, look_north, "
                     "look_up) and no E, N, U raster beside it. Import the interferograms with their look vectors.")


def _geometry_beside(path: Path) -> Optional[Path]:
    """geometry.tif in the raster's folder, or of the stack that the series there was made of."""
    if (path.parent / GEOMETRY).is_file():
        return path.parent / GEOMETRY
    if not (path.parent / series_records.NAME).is_file():
        return None
    manifest, folder = read_series(path.parent)
    stack = manifest.extra.get(series_records.STACK_KEY)
    if not stack or not (folder / stack).exists():
        return None
    source, place = read_stack(folder / stack)
    return place / source.geometry if source.geometry and (place / source.geometry).is_file() else None


def _check_vector(source: LookSource) -> None:
    """Refuse vectors that are no unit vectors or point down: angles, or vectors from the satellite to the ground."""
    grid = source.grid.coarser(max(1, min(source.grid.shape) // 64))
    with ExitStack() as files:
        parts = np.stack([read_on(files.enter_context(open_raster(p)), b if b != "1" else 1, grid, method="near")
                          for p, b in source.look])
    length = np.sqrt((parts ** 2).sum(axis=0))
    known = np.isfinite(length) & (length > 0)
    if not known.any():
        raise InputError(f"The look vectors of {source.velocity[0]} have no data in its area. Import it again.")
    if abs(float(np.median(length[known])) - 1.0) > _UNIT_LENGTH:
        raise InputError(f"The look vectors in {source.look[0][0]} are no unit vectors (length "
                         f"{float(np.median(length[known])):.2f}). East, north and up parts are needed, not angles.")
    if float(np.median(parts[2][known])) < 0:
        raise InputError(f"The look vectors in {source.look[2][0]} point from the satellite to the ground. They must "
                         "point from the ground to the satellite: turn the signs of all three.")


class LookReader:
    """Reads windows of a look on any grid. One per thread."""

    def __init__(self, source: LookSource, files: ExitStack):
        self.source = source
        paths = {p for p, _ in (source.velocity, *source.look)} | ({source.sigma[0]} if source.sigma else set())
        self._open: Dict[str, RasterReader] = {
            p: files.enter_context(open_raster(p)) for p in sorted(paths | ({source.mask} if source.mask else set()))}

    def read(self, grid: Grid, window: Optional[Window] = None) -> Look:
        velocity = self._band(self.source.velocity, grid, window) * np.float32(self.source.scale)
        if self.source.mask:
            mask = read_on(self._open[self.source.mask], 1, grid, window, "near")
            velocity = np.where(mask == 1, velocity, np.float32(np.nan))
        vector = np.stack([self._band(part, grid, window) for part in self.source.look])
        with np.errstate(invalid="ignore", divide="ignore"):
            length = np.sqrt((vector ** 2).sum(axis=0))
            vector = np.where(length > 0, vector / length, np.float32(np.nan))
        sigma = np.full(velocity.shape, np.nan, np.float32)
        if self.source.sigma:
            sigma = np.abs(self._band(self.source.sigma, grid, window)) * np.float32(self.source.scale)
        return Look(velocity, sigma, vector)

    def _band(self, place: Tuple[str, str], grid: Grid, window: Optional[Window]) -> np.ndarray:
        reader = self._open[place[0]]
        return read_on(reader, place[1] if reader.has(place[1]) else 1, grid, window)


def usable_variance(sigma: np.ndarray, typical: float) -> np.ndarray:
    """Variances from sigmas, (m/yr)^2: at least a tenth of the typical sigma, which also stands for unknown ones."""
    known = np.where(np.isfinite(sigma), sigma, typical)
    return np.square(np.maximum(known, _LEAST_SIGMA * typical)).astype(np.float64)


def joint_grid(sources: List[LookSource]) -> Grid:
    """The pixels of the first look's lattice, in the box where at least two looks reach. Raises InputError if none."""
    first = sources[0].grid
    if abs(first.transform[2]) + abs(first.transform[4]) > 1e-6 * first.pixel_size:
        raise GridError(f"{sources[0].velocity[0]} is on a rotated grid. Warp it to a north-up grid first.")
    boxes = [box_in(source.grid, first.crs) for source in sources]
    pairs = [(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
             for i, a in enumerate(boxes) for b in boxes[i + 1:]]
    pairs = [b for b in pairs if b[2] > b[0] and b[3] > b[1]]
    if not pairs:
        raise InputError("The velocity maps do not overlap: " + ", ".join(s.velocity[0] for s in sources)
                         + ". Choose looks of one area.")
    left, top = (int(np.floor(v + 1e-6)) for v in first.pixel(min(b[0] for b in pairs), max(b[3] for b in pairs)))
    right, bottom = (int(np.ceil(v - 1e-6)) for v in first.pixel(max(b[2] for b in pairs), min(b[1] for b in pairs)))
    return first.part(Window(top, left, bottom - top, right - left))

