"""Previews as pictures: one stretch for what is compared. Runs in the background; the dock only shows the result."""
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import List, Optional, Tuple

from qgis.PyQt.QtGui import QImage

SIZE, EAST, NORTH, CORRELATION, FLAG = "size", "east", "north", "correlation", "flag"
KINDS = ((SIZE, "Displacement"), (EAST, "East"), (NORTH, "North"), (CORRELATION, "Correlation"), (FLAG, "Why missing"))
_SEQUENTIAL = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
_DIVERGING = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")
_ARROWS = 12  # along the longer side
_OPACITY = 205


@dataclass(frozen=True)
class Picture:
    """A preview drawn. arrows: (column, row, east, north) in px and m. legend: its ends, with unit. limit: shared."""
    image: QImage
    arrows: List[Tuple[float, float, float, float]]
    low: str
    high: str
    colours: Tuple[str, ...]
    flags: Tuple[Tuple[str, str], ...] = ()


def clean(preview, correction, filtering, dem: str, progress):
    """The preview corrected and filtered as the run would do; None in place of settings leaves a step out."""
    from ...engine.correction import sequence
    from ...engine.filtering import stack
    from ...engine.io.displacement import open_displacement
    from ...engine.io.vectors import read_vectors
    folder = Path(tempfile.mkdtemp(prefix="terrain-motion-preview-"))
    try:
        path = _written(preview, folder / "matched.tif")
        if correction is not None:
            sequence.correct(path, correction, folder / "corrected.tif", progress)
            path = folder / "corrected.tif"
        if filtering is not None:
            stack.filter_pair(path, filtering, folder / "filtered.tif", progress, dem=dem or None)
            path = folder / "filtered.tif"
        with open_displacement(path) as source:
            vectors = read_vectors(source)
        return replace(preview, east=vectors.values[0], north=vectors.values[1], sigma=vectors.sigma, flag=vectors.flag,
                       correlation=vectors.quality)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(preview, path: Path) -> Path:
    from ...engine.io.displacement import new_displacement
    with new_displacement(path, preview.grid) as target:
        target.write({"east": preview.east, "north": preview.north, "correlation": preview.correlation,
                      "sigma": preview.sigma, "flag": preview.flag.astype("float32")})
    return path


def limits(previews, kind: str) -> float:
    """One stretch for all, m."""
    import numpy as np
    found = []
    for preview in previews:
        values = _values(preview, kind)
        known = np.abs(values[np.isfinite(values)])
        if known.size:
            found.append(float(np.percentile(known, 98)))
    return max(found, default=0.0) or 1e-3


def draw(preview, kind: str, limit: float) -> Picture:
    """The preview as a picture with arrows."""
    import numpy as np
    values = _values(preview, kind)
    if kind == FLAG:
        return _flags(preview)
    if kind == CORRELATION:
        colours, share, low, high = _SEQUENTIAL, np.clip(values, 0, 1), "0", "1"
    elif kind == SIZE:
        colours, share, low, high = _SEQUENTIAL, values / limit, "0", f"{limit:.2g} m"
    else:
        colours, share, low, high = _DIVERGING, 0.5 + 0.5 * values / limit, f"−{limit:.2g}", f"{limit:.2g} m"
    return Picture(_image(_coloured(share, colours)), _arrows(preview) if kind == SIZE else [], low, high, colours)


def _values(preview, kind: str):
    return {SIZE: preview.size, EAST: preview.east, NORTH: preview.north, CORRELATION: preview.correlation,
            FLAG: preview.flag}[kind]


def _coloured(share, colours):
    """(rows, columns, 4) uint8 of values 0..1; NaN is transparent."""
    import numpy as np
    stops = np.array([[int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in colours], float)
    known = np.isfinite(share)
    place = np.clip(np.where(known, share, 0), 0, 1) * (len(stops) - 1)
    below = np.minimum(place.astype(int), len(stops) - 2)
    part = (place - below)[..., None]
    pixels = np.empty((*share.shape, 4), np.uint8)
    pixels[..., :3] = np.round(stops[below] * (1 - part) + stops[below + 1] * part)
    pixels[..., 3] = np.where(known, _OPACITY, 0)
    return pixels


def _image(pixels) -> QImage:
    import numpy as np
    data = np.ascontiguousarray(pixels)
    return QImage(data.tobytes(), data.shape[1], data.shape[0], 4 * data.shape[1], QImage.Format.Format_RGBA8888).copy()


def _flags(preview) -> Picture:
    import numpy as np
    from ...engine.core.flags import WORDS, Flag
    from ...processing_provider.styling import _CLASS_COLOURS as COLOURS
    pixels = np.zeros((*preview.flag.shape, 4), np.uint8)
    present = []
    for code in np.unique(preview.flag):
        flag = Flag(int(code))
        if flag == Flag.VALID:
            continue
        colour = COLOURS[flag]
        pixels[preview.flag == code] = [*(int(colour[i:i + 2], 16) for i in (1, 3, 5)), 235]
        present.append((WORDS[flag], colour))
    return Picture(_image(pixels), [], "", "", (), tuple(present))


def _arrows(preview) -> List[Tuple[float, float, float, float]]:
    """Medians over blocks; where half of a block is measured."""
    import numpy as np
    step = max(6, max(preview.flag.shape) // _ARROWS)
    found = []
    for row in range(step // 2, preview.flag.shape[0], step):
        for column in range(step // 2, preview.flag.shape[1], step):
            block = (slice(max(0, row - step // 2), row + step // 2), slice(max(0, column - step // 2), column + step // 2))
            east, north = preview.east[block], preview.north[block]
            if np.isfinite(east).mean() >= 0.5:
                found.append((column + 0.5, row + 0.5, float(np.nanmedian(east)), float(np.nanmedian(north))))
    return found


def base_image(preview) -> QImage:
    """The reference image in grey, to lie under the colours."""
    import numpy as np
    values = preview.image
    known = np.isfinite(values)
    low, high = np.percentile(values[known], (1, 99)) if known.any() else (0.0, 1.0)
    grey = np.clip((np.where(known, values, low) - low) / max(high - low, 1e-9), 0, 1)
    pixels = np.full((*values.shape, 4), 255, np.uint8)
    pixels[..., :3] = (40 + 190 * grey).astype(np.uint8)[..., None]
    return _image(pixels)


@dataclass(frozen=True)
class Shown:
    """What a request gives back: previews and their pictures, the right one last."""
    left: Optional[object]
    right: object
    pictures: Tuple[Optional[Picture], Picture]
    base: QImage
    advice: Tuple = ()


def make(pair, settings, corners, crs: str, kept, cleaning, kind: str, longest: int, known, progress) -> Shown:
    """In the background: match (unless `known` is that preview), clean, draw both sides with one stretch.

    kept: a preview to compare with, or None. cleaning: (correction, filtering, dem) for before and after, or None.
    """
    from ...engine.matching import advice, preview
    right = known if known is not None else preview.run(pair, settings, corners, crs, progress)
    plain, left = right, kept
    if cleaning is not None:
        left, right = plain, clean(plain, *cleaning, progress)
    limit = limits([p for p in (left, right) if p is not None], kind)
    pictures = (draw(left, kind, limit) if left is not None else None, draw(right, kind, limit))
    return Shown(left, right, pictures, base_image(right),
                 tuple(advice.advise(plain, settings, longest)))


def warm(settings, progress) -> None:
    """In the background: match a scrap, so that the first preview does not wait for compilers and imports."""
    import numpy as np
    from ...engine.matching.match import match_arrays
    scrap = np.random.default_rng(1).uniform(100, 200, (64, 64)).astype(np.float32)
    match_arrays(scrap, scrap, settings=settings.match_settings(), progress=progress)
