"""Prepare scenes: one common grid, reflectance of the chosen bands, class masks and cast shadow."""
import logging
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..compute.pairs import fingerprint
from ..compute.threads import map_threads
from ..compute.tiles import make_tiles
from ..core.errors import GridError, InputError, TerrainMotionError
from ..core.flags import CLASS_CLEAR, CLASS_NO_DATA, CLASS_SHADOW, CLASS_SNOW
from ..core.grid import Grid, Window
from ..core.history import VERSION, step, to_text
from ..core.progress import Progress
from ..core.scene import Scene
from ..io.area import Area
from ..io.ground import metres_per_pixel
from ..io.products import footprints, roles
from ..io.products.classes import KINDS, product_classes
from ..io.products.model import BandSource, Product
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster
from ..io.scene_reader import band_grid, open_source, read_product
from ..io.tables import write_scenes
from ..io.warp import read_on
from .castshadow import shadow_of
from .classification.bands import read_bands, reflectance_factor
from .classification.scene import classify_bands
from .classify import elevation_on, names
from .classify_settings import NONE, PRODUCT
from .common_grid import common_grid, touching
from .prepare_settings import PrepareSettings
from .sun import sun_of_scene

log = logging.getLogger(__name__)

SCENES = "scenes.gpkg"   # written last: a folder without it is unfinished
KEY = "PREPARE_KEY"      # metadata item: what a prepared scene was made from
_TILE = 1024
_LOOKED_AT = 256         # px of the shorter side, on which the extent of a DEM is looked at
_FARTHEST = 20_000.0     # m: mountains farther away throw no shadow that counts


@dataclass(frozen=True)
class PrepareResult:
    """A prepared series. masks, shadows: how many scenes got one. failed: (scene path, reason); they are left out."""
    scenes: Path
    grid: Grid
    done: int
    reused: int
    masks: int
    shadows: int
    failed: Tuple[Tuple[str, str], ...] = ()

    def summary(self) -> List[str]:
        """Lines for the log."""
        return [f"{self.done} scenes prepared, {self.reused} found finished: {self.scenes}",
                f"Grid: {self.grid.width} x {self.grid.height} pixels of {self.grid.pixel_size:g}, {self.grid.crs[:40]}",
                f"{self.masks} class masks, {self.shadows} masks of cast shadow",
                *(f"Left out {path}: {reason}" for path, reason in self.failed)]


@dataclass(frozen=True)
class _Job:
    """One scene that can be read. bands: output name -> where it is."""
    scene: Scene
    product: Product
    name: str
    bands: Dict[str, BandSource]
    grid: Grid


def run(scenes: Sequence[Scene], settings: PrepareSettings, output: PathLike, progress: Optional[Progress] = None,
        extent: Optional[Area] = None, dem: Optional[PathLike] = None) -> PrepareResult:
    """Bring scenes to one grid in a folder: scene_<date>.tif, masks/mask_<date>.tif, masks/shadow_<date>.tif and,
    written last, scenes.gpkg, which pair network and matching read.

    extent: area of interest. dem: heights in metres on any grid. A scene that is finished, made from the same files by
    the same settings, is not made again. A scene that cannot be prepared is left out, with its reason; if none can,
    InputError is raised.
    """
    progress = progress or Progress()
    if not scenes:
        raise InputError("There are no scenes to prepare. Choose a scenes layer made by Catalogue.")
    folder = check_writable(output)
    check_writable(folder / "masks")
    (folder / SCENES).unlink(missing_ok=True)
    jobs, failed = _jobs(scenes, settings, progress.part(0.0, 0.05))
    grid = common_grid([job.grid for job in jobs], [job.scene.path for job in jobs], settings.pixel_size, extent)
    if dem:
        elevation_on(dem, grid.coarser(max(1, min(grid.shape) // 64)), "the scenes")
    rows, reused, masks, shadows = [], 0, 0, 0
    for number, (job, touches) in enumerate(zip(jobs, touching(grid, [job.grid for job in jobs]))):
        part = progress.part(0.05 + 0.95 * number / len(jobs), 0.05 + 0.95 * (number + 1) / len(jobs))
        part.report(0.0, f"Preparing {job.scene.date}, {number + 1} of {len(jobs)} scenes")
        try:
            if not touches:
                raise GridError(f"{job.scene.path} does not overlap the common area of the other scenes or the extent.")
            row, kept, shaded = _prepare(job, settings, folder, grid, dem, part)
        except TerrainMotionError as error:
            log.warning("%s was left out: %s", job.scene.path, error)
            failed.append((job.scene.path, str(error)))
            continue
        rows.append(row)
        reused, masks, shadows = reused + kept, masks + bool(row.mask), shadows + shaded
    if not rows:
        raise InputError(f"None of the {len(scenes)} scenes could be prepared. The first: {failed[0][1]}")
    return PrepareResult(write_scenes(folder / SCENES, rows), grid, len(rows) - reused, reused, masks, shadows,
                         tuple(failed))


def _jobs(scenes: Sequence[Scene], settings: PrepareSettings, progress: Progress):
    """(jobs, failed): the scenes whose bands are there, and why the others are not used."""
    jobs, failed = [], []
    for number, (scene, name) in enumerate(zip(scenes, names(scenes))):
        progress.report(number / len(scenes), "Reading what the scenes say of themselves")
        try:
            product = read_product(scene.path, dated=False)
            bands = _bands(product, settings)
            grid = min((band_grid(source) for source in bands.values()), key=lambda g: g.pixel_size)
            jobs.append(_Job(scene, product, name, bands, grid))
        except TerrainMotionError as error:
            failed.append((scene.path, str(error)))
    if not jobs:
        raise InputError(f"None of the {len(scenes)} scenes can be read. The first: {failed[0][1]}")
    return jobs, failed


def _bands(product: Product, settings: PrepareSettings) -> Dict[str, BandSource]:
    """The bands that were asked for, by the names that the product gives them."""
    known = roles.roles(product)
    found = [known[name.lower()] if name.lower() in known else product.band(name) for name in settings.band_names]
    return {source.name or f"B{number}": source for number, source in enumerate(found or [product.band()], 1)}


def _prepare(job: _Job, settings: PrepareSettings, folder: Path, grid: Grid, dem: Optional[PathLike], progress: Progress):
    """(row of the scenes layer, whether it was found finished, whether it has a mask of cast shadow)."""
    target, mask = folder / f"scene_{job.name}.tif", folder / "masks" / f"mask_{job.name}.tif"
    shadow = folder / "masks" / f"shadow_{job.name}.tif"
    files = [source.path for source in job.bands.values()] + list(job.product.classes.values())
    recipe = f"{VERSION} prepare {sorted(settings.as_dict().items())} {grid} {job.scene.mask} {dem}"
    key = fingerprint(recipe, *files, *(path for path in (job.scene.mask, dem) if path))
    kept = _is_finished(target, key)
    if not kept:
        shaded = _write_shadow(job, grid, dem, shadow)
        _write_mask(job, settings, grid, dem, shaded if settings.shade else None, mask, progress.part(0.0, 0.6))
        _write_bands(job, settings, grid, target, key, progress.part(0.6, 1.0))  # last: its key says that all is done
    row = replace(job.scene, path=str(target), mask=str(mask) if mask.exists() else "",
                  footprint=footprints.from_grid(grid) or job.scene.footprint)
    return row, kept, shadow.exists()


def _is_finished(target: Path, key: str) -> bool:
    try:
        with open_raster(target) as raster:
            return raster.metadata.get(KEY) == key
    except InputError:
        return False


def _write_bands(job: _Job, settings: PrepareSettings, grid: Grid, target: Path, key: str, progress: Progress) -> None:
    """The bands as reflectance. Bands that are finer than the grid are averaged, others interpolated by a cubic."""
    factor = reflectance_factor(job.product)
    thermal = roles.roles(job.product).get(roles.THERMAL)

    def work(window: Window) -> Dict[str, np.ndarray]:
        found = {}
        for name, source in job.bands.items():
            with open_source(source) as reader:
                finer = reader.grid.crs == grid.crs and reader.grid.pixel_size < 0.75 * grid.pixel_size
                values = reader.read_on(grid, window, "average" if finer else "cubic")
            found[name] = values if source == thermal else values * np.float32(factor)
        return found

    windows = [tile.core for tile in make_tiles(grid, _TILE)]
    with new_raster(target, grid, [Band(name) for name in job.bands], {**_facts(job), KEY: key, "TM_HISTORY": to_text(
            [step("prepare", settings, scene=job.scene.path, baseline=job.product.baseline)])}) as raster:
        seen = False
        for number, (window, values) in enumerate(map_threads(work, windows, progress), 1):
            seen = seen or any(np.isfinite(band).any() for band in values.values())
            raster.write(values, window)
            progress.report(number / len(windows), "Writing reflectance")
        if not seen:
            raise GridError(f"{job.scene.path} has no image in the common area, only its empty margin.")


def _facts(job: _Job) -> Dict[str, str]:
    """Metadata items that Catalogue reads."""
    scene = job.scene
    facts: Dict[str, Any] = {"ACQUISITION_DATE": scene.acquired.strftime("%Y-%m-%dT%H:%M:%SZ"), "MISSION": scene.mission,
                             "LEVEL": scene.level, "TILE": scene.tile, "ORBIT": scene.orbit, "CLOUD": scene.cloud,
                             "SUN_AZIMUTH": scene.sun_azimuth, "SUN_ELEVATION": scene.sun_elevation}
    return {name: str(value) for name, value in facts.items() if value not in (None, "")}


def _write_shadow(job: _Job, grid: Grid, dem: Optional[PathLike], target: Path) -> Optional[np.ndarray]:
    """The cast shadow of the scene's sun on the grid, 1 = shadow; None without DEM or sun."""
    target.unlink(missing_ok=True)
    sun = sun_of_scene(job.scene) or sun_of_scene(job.product.scene)
    if not dem or sun is None:
        if dem:
            log.warning("%s: the position of the sun is not known, so its cast shadow is not either", job.scene.path)
        return None
    around, inner = _with_surroundings(grid, dem, sun[1])
    shadow = shadow_of(elevation_on(dem, around, job.scene.path), around, *sun)[inner]
    with new_raster(target, grid, [Band("shadow")], _facts(job), dtype="uint8", nodata=CLASS_NO_DATA) as raster:
        raster.write({"shadow": shadow})
    return shadow


def _with_surroundings(grid: Grid, dem: PathLike, elevation: float):
    """(a larger grid that holds what may throw shadow onto this one, slices of this one in it)."""
    heights = elevation_on(dem, grid.coarser(max(1, min(grid.shape) // 256)), "the scenes")
    relief = 2.0 * float(np.nanmax(heights) - np.nanmin(heights)) + 100.0  # mountains outside may be higher
    metres = float(np.sqrt(abs(np.linalg.det(metres_per_pixel(grid)))))
    margin = int(math.ceil(min(relief / math.tan(math.radians(elevation)), _FARTHEST) / metres))
    top, bottom, left, right = _within_dem(grid, dem, margin)
    around = grid.part(Window(-top, -left, grid.height + top + bottom, grid.width + left + right))
    return around, (slice(top, top + grid.height), slice(left, left + grid.width))


def _within_dem(grid: Grid, dem: PathLike, margin: int) -> Tuple[int, int, int, int]:
    """Margins above, below, left and right of a grid, px, no larger than the DEM has heights for."""
    around = grid.part(Window(-margin, -margin, grid.height + 2 * margin, grid.width + 2 * margin))
    step = max(1, min(around.shape) // _LOOKED_AT)
    known = np.isfinite(elevation_on(dem, around.coarser(step), "the scenes"))
    found = []
    for axis, size in ((1, grid.height), (0, grid.width)):
        lines = np.flatnonzero(known.any(axis=axis)) * step
        found += [margin - int(lines[0]), int(lines[-1]) + 2 * step - margin - size]
    top, bottom, left, right = (min(max(width, 0), margin) for width in found)
    return top, bottom, left, right


def _write_mask(job: _Job, settings: PrepareSettings, grid: Grid, dem, shaded: Optional[np.ndarray], target: Path,
                progress: Progress) -> None:
    """The class mask: the layer's own, the product's, or by the rules; cast shadow on clear ground and snow is shadow."""
    target.unlink(missing_ok=True)
    classes, source = _classes(job, settings, grid, dem, target.with_name(f".{target.name}"), progress)
    if classes is None:
        if shaded is None:
            return
        classes, source = np.full(grid.shape, CLASS_CLEAR, np.uint8), "cast shadow only"
    if shaded is not None:
        classes[(shaded == 1) & ((classes == CLASS_CLEAR) | (classes == CLASS_SNOW))] = CLASS_SHADOW
    history = step("prepare", settings, classes=source, dem=str(dem or ""))
    with new_raster(target, grid, [Band("class")], {**_facts(job), "TM_HISTORY": to_text([history])}, dtype="uint8",
                    nodata=CLASS_NO_DATA) as raster:
        raster.write({"class": classes})


def _classes(job: _Job, settings: PrepareSettings, grid: Grid, dem, aside: Path, progress: Progress):
    """((rows, columns) uint8 class codes on the grid or None, who made them)."""
    product = job.product
    if job.scene.mask:
        with open_raster(job.scene.mask) as raster:
            return _codes(read_on(raster, 1, grid, method="near")), job.scene.mask
    if settings.source == NONE:
        return None, ""
    kind = next((kind for kind in KINDS if kind in product.classes), "") if settings.source == PRODUCT else ""
    if kind:
        with open_raster(product.classes[kind]) as raster:
            return product_classes(kind, read_on(raster, 1, grid, method="near").astype(np.float64)), kind
    try:
        bands = read_bands(product, progress.part(0.0, 0.6), settings.classes.displacement, grid)
    except InputError as error:
        log.warning("no class mask: %s", error)
        return None, ""
    elevation = elevation_on(dem, bands.grid, job.scene.path) if dem else None
    found = classify_bands(bands, settings.classes, sun_of_scene(job.scene) or sun_of_scene(product.scene), elevation,
                           progress.part(0.6, 1.0))
    return _onto(found.classes, bands.grid, grid, aside), "rules"


def _codes(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, CLASS_NO_DATA).astype(np.uint8)


def _onto(classes: np.ndarray, own: Grid, grid: Grid, aside: Path) -> np.ndarray:
    """Classes on another grid, nearest neighbour. aside: a file for the time being."""
    try:
        with new_raster(aside, own, [Band("class")], dtype="uint8", nodata=CLASS_NO_DATA) as raster:
            raster.write({"class": classes})
        with open_raster(aside) as raster:
            return _codes(read_on(raster, 1, grid, method="near"))
    finally:
        aside.unlink(missing_ok=True)
