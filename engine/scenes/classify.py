"""Classify scenes: clear ground, water, cloud shadow, snow and cloud, after the published Fmask rules."""
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..compute.pairs import fingerprint
from ..core.errors import GridError, InputError, TerrainMotionError
from ..core.flags import CLASS_CLEAR, CLASS_CLOUD, CLASS_NO_DATA, CLASS_SHADOW, CLASS_SNOW, CLASS_WATER
from ..core.grid import Grid
from ..core.history import VERSION, step, to_text
from ..core.progress import Progress
from ..core.scene import Scene
from ..io.products.classes import KINDS, product_classes
from ..io.products.model import Product
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster
from ..io.scene_reader import read_product
from ..io.tables import write_scenes
from ..io.warp import read_on
from .classification.bands import read_bands
from .classification.scene import Classified, classify_bands
from .classify_settings import PRODUCT, ClassifySettings
from .sun import sun_of_scene

log = logging.getLogger(__name__)

SCENES = "scenes.gpkg"  # written last: a folder without it is unfinished
KEY = "CLASSES_KEY"     # metadata item: what a class raster was made from
_NAMES = {CLASS_CLEAR: "clear", CLASS_WATER: "water", CLASS_SHADOW: "cloud shadow", CLASS_SNOW: "snow",
          CLASS_CLOUD: "cloud", CLASS_NO_DATA: "no data"}


@dataclass(frozen=True)
class ClassResult:
    """The classes of one scene. shares: of the pixels with data, by class code. source: who made them."""
    path: str
    shares: Dict[int, float]
    source: str
    cloud_height: float = float("nan")
    reused: bool = False

    def words(self) -> str:
        """A line for the log."""
        parts = ", ".join(f"{share:.1%} {_NAMES[code]}" for code, share in sorted(self.shares.items()))
        height = f"; clouds {self.cloud_height:.0f} m above the ground" if self.cloud_height == self.cloud_height else ""
        return f"{parts or 'no data at all'} ({self.source}{height})"


@dataclass(frozen=True)
class ClassifyResult:
    """scenes: the layer, with `mask` set. made: by scene path. failed: (scene path, reason); those keep their mask."""
    scenes: Path
    made: Dict[str, ClassResult] = field(default_factory=dict)
    failed: Tuple[Tuple[str, str], ...] = ()

    def summary(self) -> List[str]:
        """Lines for the log."""
        lines = [f"{len(self.made)} scenes classified: {self.scenes}"]
        lines += [f"{Path(path).name}: {result.words()}" for path, result in self.made.items()]
        return lines + [f"Not classified, {path}: {reason}" for path, reason in self.failed]


def run(scene: PathLike, settings: ClassifySettings, output: PathLike, progress: Optional[Progress] = None,
        dem: Optional[PathLike] = None) -> ClassResult:
    """Classify one raster with several bands, or one product, into a class raster.

    dem: heights in metres on any grid; shadows then fall on the terrain, and those of mountains are left out.
    """
    return classify_scene(read_product(scene, dated=False), None, settings, Path(output), progress or Progress(), dem)


def run_scenes(scenes: Sequence[Scene], settings: ClassifySettings, output: PathLike,
               progress: Optional[Progress] = None, dem: Optional[PathLike] = None) -> ClassifyResult:
    """Classify many scenes into a folder: `masks/mask_<date>.tif` and scenes.gpkg with `mask` set, written last.

    A scene whose classes were made from the same files by the same settings is not classified again. A scene that
    cannot be classified is kept without new mask; if none can, InputError is raised.
    """
    progress = progress or Progress()
    if not scenes:
        raise InputError("There are no scenes to classify. Choose a scenes layer made by Catalogue.")
    folder = check_writable(output)
    check_writable(folder / "masks")
    (folder / SCENES).unlink(missing_ok=True)
    made, failed, rows = {}, [], []
    for number, (scene, name) in enumerate(zip(scenes, names(scenes))):
        part = progress.part(number / len(scenes), (number + 1) / len(scenes))
        progress.report(number / len(scenes), f"Classifying {scene.date}, {number + 1} of {len(scenes)} scenes")
        target = folder / "masks" / f"mask_{name}.tif"
        try:
            made[scene.path] = classify_scene(read_product(scene.path, dated=False), scene, settings, target, part, dem)
            rows.append(replace(scene, mask=str(target)))
        except TerrainMotionError as error:
            log.warning("%s was not classified: %s", scene.path, error)
            failed.append((scene.path, str(error)))
            rows.append(scene)
    if not made:
        raise InputError(f"None of the {len(scenes)} scenes could be classified. The first: {failed[0][1]}")
    return ClassifyResult(write_scenes(folder / SCENES, rows), made, tuple(failed))


def names(scenes: Sequence[Scene]) -> List[str]:
    """A name for the files of each scene: its day, with tile or number where several share one."""
    days = [scene.acquired.strftime("%Y%m%d") for scene in scenes]
    tiled = [day if days.count(day) == 1 else f"{day}_{scene.tile}".rstrip("_") for day, scene in zip(days, scenes)]
    return [name if tiled.count(name) == 1 else f"{name}_{tiled[:index].count(name) + 1}"
            for index, name in enumerate(tiled)]


def classify_scene(product: Product, scene: Optional[Scene], settings: ClassifySettings, target: Path,
                   progress: Progress, dem: Optional[PathLike] = None) -> ClassResult:
    """Classify a product and write its class raster. scene: as the layer says, which may know more than the files."""
    files = sorted({source.path for source in product.bands.values()} | set(product.classes.values()))
    key = fingerprint(f"{VERSION} classify {sorted(settings.as_dict().items())} {dem}", *files, *([dem] if dem else []))
    held = _finished(target, key)
    if held is not None:
        return held
    kind = next((kind for kind in KINDS if kind in product.classes), "") if settings.source == PRODUCT else ""
    if kind:
        grid, classes, height = *_of_product(product, kind), float("nan")
    else:
        grid, classes, height = _by_rules(product, scene or product.scene, settings, progress, dem)
    known = classes != CLASS_NO_DATA
    counts = np.bincount(classes[known], minlength=5)
    shares = {code: float(counts[code] / max(known.sum(), 1)) for code in range(5) if counts[code]}
    result = ClassResult(str(target), shares, kind or "rules", height)
    history = step("classify", settings, source=result.source, dem=str(dem or ""), shares={
        _NAMES[code]: round(share, 4) for code, share in shares.items()})
    metadata = {"TM_HISTORY": to_text([history]), KEY: key, **_facts(scene or product.scene)}
    with new_raster(target, grid, [Band("class")], metadata, dtype="uint8", nodata=CLASS_NO_DATA) as raster:
        raster.write({"class": classes})
    return result


def _finished(target: Path, key: str) -> Optional[ClassResult]:
    """What a finished class raster of the same recipe holds; None where it must be made."""
    if not target.exists():
        return None
    try:
        with open_raster(target) as raster:
            if raster.metadata.get(KEY) != key:
                return None
            counts = np.bincount(raster.read_raw(1).ravel(), minlength=256)
    except InputError:
        return None
    total = max(int(counts[:5].sum()), 1)
    return ClassResult(str(target), {c: float(counts[c] / total) for c in range(5) if counts[c]}, "found finished",
                       reused=True)


def _facts(scene: Scene) -> Dict[str, str]:
    known = scene.acquired.year > 1
    return {"ACQUISITION_DATE": scene.acquired.strftime("%Y-%m-%dT%H:%M:%SZ")} if known else {}


def _of_product(product: Product, kind: str) -> Tuple[Grid, np.ndarray]:
    """The product's own class raster in our codes."""
    with open_raster(product.classes[kind]) as raster:
        return raster.grid, product_classes(kind, raster.read_raw(1).astype(np.float64))


def _by_rules(product: Product, scene: Scene, settings: ClassifySettings, progress: Progress, dem):
    """(grid, classes, usual cloud height) by the rules."""
    bands = read_bands(product, progress.part(0.0, 0.6), settings.displacement)
    elevation = None if not dem else elevation_on(dem, bands.grid, str(product.scene.path))
    sun = sun_of_scene(scene) or sun_of_scene(product.scene)
    if sun is None:
        log.warning("%s: the position of the sun is not known, so no cloud shadows are looked for", scene.path)
    if "swir1" not in bands.stored:
        log.warning("%s has no shortwave infrared band: snow and ice pass for cloud. Where there are some, use the classes "
                    "of the product or add the shortwave infrared bands", scene.path)
    found: Classified = classify_bands(bands, settings, sun, elevation, progress.part(0.6, 1.0))
    return bands.grid, found.classes, found.cloud_height


def elevation_on(dem: PathLike, grid: Grid, name: str) -> np.ndarray:
    """(rows, columns) float32 heights of a DEM on a grid, m, NaN outside. Raises GridError if it covers none of it."""
    with open_raster(dem) as source:
        elevation = read_on(source, 1, grid)
    if not np.isfinite(elevation).any():
        raise GridError(f"The DEM {dem} does not cover {name}. Choose a DEM of this area, or check its coordinate "
                        "system.")
    return elevation
