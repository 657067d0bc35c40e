"""Clouds and their shadows that no mask announces, found from the series: what is brighter or darker than the same
ground on the other dates.

One pair cannot tell a cloud from fresh snow or from ploughed fields; many dates can. The scenes are compared on cells
of several pixels: the median of the logarithm of brightness over time is the background, its spread in time the
limit. A cloud also casts its shadow in one direction for the whole scene, which finds faint shadows.
"""
import hashlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Optional, Sequence

import numpy as np

from ..compute.pairs import KEY, fingerprint
from ..compute.threads import map_threads
from ..core.errors import TerrainMotionError
from ..core.flags import CLASS_CLOUD, CLASS_NO_DATA, CLASS_SHADOW
from ..core.grid import Grid, Window
from ..core.history import VERSION
from ..core.pair import Pair
from ..core.progress import Progress
from ..io.raster import Band, check_writable, new_raster, open_raster
from . import images
from .settings import PairRunSettings

log = logging.getLogger(__name__)

LEAST_SCENES = 5        # fewer dates have no background
_CELL = 4               # px: fine enough for small clouds
_MOST_CELLS = 40_000_000  # of all scenes together (160 MB); larger areas get larger cells
_SPREADS = 3.0          # sigma of a place in time beyond which it is covered
_LEAST_CHANGE = 0.5     # of the logarithm of brightness: light on slopes changes by less between neighbouring dates
_BRIGHT, _BRIGHT_CHANGE = 0.2, 0.3  # a cloud is brighter than nearly all ground, and brighter than its own place
_RIM_SPREADS, _RIM_CHANGE = 0.7, 0.15  # thin rims of clouds and shadows, beside what was found
_CLOUD_RIM, _SHADOW_RIM = 4, 3          # cells
_ROUNDS = 3             # the background is taken again without what was found
_REACH = 64             # cells that a shadow lies away from its cloud at most
_SHADOW_TRUST = 6.0     # sigma of the direction's peak
_LEAST_CLOUD = 0.005    # share of a scene: less shows no direction
_LEAST_POSITIVE = 0.9   # share of positive values below which there is no logarithm to speak of


def find_unannounced(pairs: Sequence[Pair], settings: PairRunSettings, grid: Grid, output: Path,
                     progress: Progress) -> List[Pair]:
    """Pairs whose scenes without class mask got one, written to `output`/masks as Fmask's codes.

    Scenes with a mask keep it. Masks that were made from the same scenes are used again. Returns the pairs as they
    are where fewer than `LEAST_SCENES` scenes show the area.
    """
    scenes = _scenes(pairs)
    if not settings.detect_change or len(scenes) < LEAST_SCENES or all(scenes.values()):
        return list(pairs)
    cell = _cell(grid, len(scenes))
    key = fingerprint(f"{VERSION} clouds {grid} {settings.bands} {cell}", *scenes)
    files = {path: output / "masks" / f"{Path(path).stem}_{hashlib.sha256(path.encode()).hexdigest()[:8]}.tif"
             for path, mask in scenes.items() if not mask}
    if not all(_is_done(file, key) for file in files.values()):
        if not _write_masks(list(scenes), files, settings, grid, cell, key, progress):
            return list(pairs)
    found = {path: str(file) for path, file in files.items() if file.exists()}
    return [replace(pair, reference_mask=pair.reference_mask or found.get(pair.reference, ""),
                    secondary_mask=pair.secondary_mask or found.get(pair.secondary, "")) for pair in pairs]


def _scenes(pairs: Sequence[Pair]) -> Dict[str, str]:
    scenes: Dict[str, str] = {}
    for pair in pairs:
        scenes[pair.reference] = pair.reference_mask
        scenes[pair.secondary] = pair.secondary_mask
    return scenes


def _cell(grid: Grid, scenes: int) -> int:
    cell = _CELL
    while grid.width * grid.height * scenes > _MOST_CELLS * cell * cell:
        cell *= 2
    return cell


def _is_done(file: Path, key: str) -> bool:
    if not file.exists():
        return False
    with open_raster(file) as raster:
        return raster.metadata.get(KEY) == key


def _write_masks(scenes, files: Dict[str, Path], settings, grid: Grid, cell: int, key: str,
                 progress: Progress) -> bool:
    """Find and write the class rasters of `files`; False where the scenes hold no background."""
    coarse = grid.coarser(cell)
    band = next((name.strip() for name in settings.bands.split(",") if name.strip()), "")
    read: Dict[str, np.ndarray] = {}
    for number, (path, values) in enumerate(
            map_threads(lambda p: brightness(p, band, grid, cell), scenes, progress), 1):
        if values is not None:
            read[path] = values
        progress.report(0.0, f"looking for clouds: {number} of {len(scenes)} scenes")
    if len(read) < LEAST_SCENES:
        return False
    names = [path for path in scenes if path in read]
    cloud, shadow = covered(np.stack([read[path] for path in names]), progress)
    check_writable(next(iter(files.values())).parent)
    for index, path in enumerate(names):
        if path in files:
            classes = np.where(cloud[index], CLASS_CLOUD, np.where(shadow[index], CLASS_SHADOW, 0)).astype(np.uint8)
            classes[~np.isfinite(read[path])] = CLASS_NO_DATA
            with new_raster(files[path], coarse, [Band("class")], {KEY: key}, dtype="uint8",
                            nodata=CLASS_NO_DATA) as target:
                target.write({"class": classes})
    log.info("No mask came with the scenes: clouds on %.0f %% and their shadows on %.0f %% of the area were found by "
             "comparing the dates", 100 * cloud.mean(), 100 * (shadow & ~cloud).mean())
    return True


def brightness(path: str, band: str, grid: Grid, cell: int) -> Optional[np.ndarray]:
    """Logarithm of the mean brightness of each cell, float32, NaN where there is none; None for an unreadable scene."""
    try:
        image = images.open_image(path, band)
        rows = []
        height = max(256 // cell, 1) * cell
        for top in range(0, grid.height // cell * cell, height):
            window = Window(top, 0, min(height, grid.height // cell * cell - top), grid.width // cell * cell)
            values = image.read(grid, window)
            rows.append(values.reshape(window.rows // cell, cell, window.columns // cell, cell).mean((1, 3)))
    except TerrainMotionError:
        return None  # matching names the scene and the reason
    mean = np.concatenate(rows)
    known = np.isfinite(mean)
    positive = known & (mean > 0)
    if positive.sum() < _LEAST_POSITIVE * max(known.sum(), 1):
        return None
    return np.log(np.where(positive, mean, np.nan)).astype(np.float32)


def covered(logarithms, progress: Progress):
    """(cloud, shadow): (dates, rows, columns) bool, with their rims.

    logarithms: (dates, rows, columns) of brightness, NaN = no data.
    """
    from scipy import ndimage
    block = np.ones((1, 3, 3), bool)
    out = np.zeros(logarithms.shape, bool)
    for _ in range(_ROUNDS):
        progress.check()
        level, usual, spread = _background(logarithms, out)
        change = level - usual
        limit = np.maximum(_LEAST_CHANGE, _SPREADS * spread)
        with np.errstate(invalid="ignore"):
            cloud = ndimage.binary_opening(change > limit, block)
            cloud |= (level > np.nanpercentile(usual, 99.5) + _BRIGHT) & (change > _BRIGHT_CHANGE)
            shadow = (change < -limit) | _shadow_zones(cloud, change)
            rim = np.maximum(_RIM_CHANGE, _RIM_SPREADS * spread)
            cloud |= ndimage.binary_dilation(cloud, block, iterations=_CLOUD_RIM) & (change > rim)
            shadow |= ndimage.binary_dilation(shadow, block, iterations=_SHADOW_RIM) & (change < -rim)
        shadow = ndimage.median_filter(shadow.astype(np.uint8), (1, 3, 3)) > 0
        out = cloud | shadow
    return cloud, shadow & ~cloud


def _background(logarithms, out):
    """(level, usual, spread): each scene less its own median; median and robust spread of every place in time."""
    import warnings

    from scipy import ndimage
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # places that no scene shows
        clear = np.where(out, np.nan, logarithms)
        medians = np.nanmedian(clear, axis=(1, 2))
        medians = np.where(np.isfinite(medians), medians, np.nanmedian(logarithms, axis=(1, 2)))[:, None, None]
        clear -= medians
        usual = np.nanmedian(clear, axis=0)
        spread = 1.4826 * np.nanmedian(np.abs(clear - usual), axis=0)
    usual = np.where(np.isfinite(usual), usual, np.nanmedian(usual))
    spread = ndimage.gaussian_filter(np.where(np.isfinite(spread), spread, np.nanmedian(spread)), 2.0)
    return logarithms - medians, usual, spread


def _shadow_zones(cloud, change):
    """Where the clouds of each scene cast their shadow: the clouds moved to where it is darkest, grown by a cell."""
    from scipy import ndimage
    zones = np.zeros(cloud.shape, bool)
    for index in np.nonzero(cloud.mean(axis=(1, 2)) > _LEAST_CLOUD)[0]:
        shift = _shadow_shift(cloud[index], change[index])
        if shift is not None:
            moved = ndimage.shift(cloud[index].astype(np.uint8), shift, order=0)
            zones[index] = ndimage.binary_dilation(moved > 0)
    return zones


def _shadow_shift(cloud, change):
    """(rows, columns) in cells from clouds to shadows, None where no direction stands out.

    Mean darkness under the moved clouds, for every shift at once by correlation.
    """
    reach = min(_REACH, min(cloud.shape) // 2 - 1)
    if reach < 8:
        return None
    dark = np.clip(-np.nan_to_num(change), 0.0, 1.0)
    shape = [side + 2 * reach for side in cloud.shape]
    clouds = np.conj(np.fft.rfft2(cloud.astype(np.float32), shape))
    darkness = np.fft.irfft2(np.fft.rfft2(dark, shape) * clouds, shape)
    inside = np.fft.irfft2(np.fft.rfft2(np.ones_like(dark), shape) * clouds, shape)
    score = np.fft.fftshift(darkness / np.maximum(inside, 0.3 * cloud.sum()))
    middle = [side // 2 for side in shape]
    score = score[middle[0] - reach:middle[0] + reach + 1, middle[1] - reach:middle[1] + reach + 1]
    score[reach - 2:reach + 3, reach - 2:reach + 3] = 0.0  # under the clouds themselves
    median = np.median(score)
    if score.max() - median < _SHADOW_TRUST * 1.4826 * np.median(np.abs(score - median)):
        return None
    row, column = np.unravel_index(np.argmax(score), score.shape)
    return row - reach, column - reach
