"""Hold a place still in every interferogram: a point, stable ground, or ground that is found automatically."""
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..core.errors import InputError, SettingsError
from ..core.grid import Grid, Window
from ..core.history import step
from ..core.progress import Progress
from ..io.displacement import DisplacementReader, new_displacement_like, open_displacement
from ..io.manifests import read_stack, write_stack
from ..io.raster import Band, check_writable, new_raster, same_crs, spatial_reference
from ..io.stable import StableGround
from ..io.vectors import Tally, read_vectors
from .reference_choice import choose
from .settings import ReferenceStackSettings

NAME = "reference.tif"
POINT, STABLE, AUTOMATIC = "point", "stable", "automatic"
_STRIP = 512  # rows


@dataclass(frozen=True)
class ReferencePoint:
    """A place, x first. crs: "EPSG:n" or WKT, empty = that of the stack or series."""
    x: float
    y: float
    crs: str = ""

    def on(self, grid: Grid) -> Tuple[int, int]:
        """(row, column) of the pixel that holds it. Raises InputError outside the grid."""
        x, y = self.x, self.y
        if self.crs and grid.crs and not same_crs(self.crs, grid.crs):
            from osgeo import osr
            change = osr.CoordinateTransformation(spatial_reference(self.crs), spatial_reference(grid.crs))
            x, y, _ = change.TransformPoint(x, y)
        index = grid.index(x, y) if np.isfinite(x + y) else None
        if index is None:
            raise InputError(f"The reference point {self.x:g}, {self.y:g} lies outside the area "
                             f"({', '.join(f'{v:.6g}' for v in grid.bounds)} in {grid.crs[:40]}). Choose one inside, or "
                             "check its coordinate system.")
        return index


@dataclass(frozen=True)
class Reference:
    """What is held still. mask: (rows, columns) bool. words: for TM_REFERENCE. notes: for the log."""
    method: str
    mask: np.ndarray
    words: str
    notes: Tuple[str, ...] = ()

    def as_dict(self, grid: Grid) -> Dict[str, Any]:
        """For the manifest: method, words, number of pixels and the middle of them."""
        rows, columns = np.nonzero(self.mask)
        x, y = grid.xy(float(np.median(columns)) + 0.5, float(np.median(rows)) + 0.5)
        return {"method": self.method, "words": self.words, "pixels": int(len(rows)), "x": x, "y": y, "file": NAME}


@dataclass(frozen=True)
class ReferenceResult:
    """result: the stack. mask: raster, 1 = held still."""
    result: StackResult
    reference: Reference
    mask: Path
    shifts: Tuple[float, ...]

    def summary(self) -> List[str]:
        size = float(np.median(np.abs(self.shifts))) if self.shifts else 0.0
        return [f"Held still: {self.reference.words}", *self.reference.notes,
                f"Constants taken off: median size {1000 * size:.1f} mm", f"Where it is: {self.mask}"]


def run(stack, settings: ReferenceStackSettings, output, progress: Progress, stable: Optional[StableGround] = None,
        point: Optional[ReferencePoint] = None, outlines: Optional[StableGround] = None) -> ReferenceResult:
    """Subtract from each pair what the reference shows in it, and write the new stack.

    stable: stable ground, whose median is held still. point: a place. Neither: found (see `reference_choice`), outside
    `outlines` of what moves. A reference can be changed at any time by running this on the result.
    """
    manifest, folder = read_stack(stack)
    if manifest.kind != "insar":
        raise InputError(f"{stack} is a stack of images. Use Correct a stack, which refers both components.")
    reference = find(manifest.grid, settings, stable, point,
                     lambda: choose(stack, settings, progress.part(0.0, 0.4), outlines))
    output = check_writable(output)

    def one_pair(source: Path, target: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        return refer(source, reference, settings, target, items, pair_progress)

    inputs = fingerprint(f"{reference.words} {np.packbits(reference.mask).tobytes()!r}")
    result = run_pairs(stack, output, "referencestack", settings, one_pair, progress.part(0.4, 1.0), inputs)
    write_mask(output / NAME, manifest.grid, reference)
    made, _ = read_stack(result.stack)
    write_stack(result.stack, replace(made, extra={**made.extra, "reference": reference.as_dict(manifest.grid)}))
    return ReferenceResult(result, reference, output / NAME, tuple(_shifts(made, output)))


def find(grid: Grid, settings: ReferenceStackSettings, stable: Optional[StableGround], point: Optional[ReferencePoint],
         automatic) -> Reference:
    """The reference that was asked for. automatic: () -> (mask, words, notes), called where nothing was given."""
    if stable is not None and point is not None:
        raise SettingsError("Stable ground and a point were both given: choose one reference.")
    if point is not None:
        row, column = point.on(grid)
        distance = np.hypot(np.arange(grid.height)[:, None] - row, np.arange(grid.width)[None, :] - column)
        crs = f" {point.crs}" if point.crs and len(point.crs) < 20 else ""
        around = f", median of {settings.radius} px around it" if settings.radius else ""
        return Reference(POINT, distance <= settings.radius,
                         f"point {point.x:.10g}, {point.y:.10g}{crs} (row {row}, column {column}{around})")
    if stable is not None:
        mask = stable.mask(grid)
        return Reference(STABLE, mask, f"median of stable ground ({stable.source}, {int(mask.sum())} pixels)")
    mask, words, notes = automatic()
    return Reference(AUTOMATIC, mask, words, tuple(notes))


def refer(source: Path, reference: Reference, settings: ReferenceStackSettings, target: Path, items: Dict[str, str],
          progress: Progress) -> Tally:
    """Write one pair relative to the reference."""
    tally = Tally()
    with open_displacement(source) as raster:
        values = values_on(raster, reference.mask)
        if values.size < settings.min_pixels:
            raise InputError(f"{source.name} has {values.size} valid pixels on the reference ({reference.words}). Choose "
                             "another point or more ground, or import without this interferogram.")
        shift = float(np.median(values))
        found = step("referencestack", settings, method=reference.method, shift=round(shift, 6), pixels=int(values.size))
        with new_displacement_like(target, raster, [found], reference.words) as writer:
            for row in range(0, raster.grid.height, _STRIP):
                progress.check()
                window = Window(row, 0, min(_STRIP, raster.grid.height - row), raster.grid.width)
                vectors = read_vectors(raster, window)
                vectors = replace(vectors, values=vectors.values - np.float64(shift))
                tally.add(vectors)
                writer.write(vectors.bands(raster), window)
            writer.set_metadata({**items, **tally.as_items(), "TM_REFERENCE_SHIFT": repr(shift)})
    return tally


def values_on(raster: DisplacementReader, mask: np.ndarray) -> np.ndarray:
    """(pixels,) float64 valid line-of-sight values where a mask is true."""
    found = []
    for row in range(0, raster.grid.height, _STRIP):
        part = mask[row:row + _STRIP]
        lines = np.flatnonzero(part.any(axis=1))
        if lines.size:
            first, last = int(lines[0]), int(lines[-1]) + 1
            columns = np.flatnonzero(part.any(axis=0))
            left, right = int(columns[0]), int(columns[-1]) + 1
            values = raster.read("los", Window(row + first, left, last - first, right - left))
            found.append(values[part[first:last, left:right] & np.isfinite(values)])
    return np.concatenate(found).astype(np.float64) if found else np.empty(0)


def write_mask(path: Path, grid: Grid, reference: Reference) -> Path:
    """1 where ground is held still, 0 elsewhere."""
    with new_raster(path, grid, [Band("reference")], {"TM_REFERENCE": reference.words}, dtype="uint8") as target:
        target.write({"reference": reference.mask.astype(np.uint8)})
    return path


def _shifts(manifest, folder: Path) -> List[float]:
    found = []
    for pair in manifest.pairs:
        with open_displacement(folder / pair.file) as raster:
            found.append(float(raster.metadata.get("TM_REFERENCE_SHIFT", "nan")))
    return [value for value in found if np.isfinite(value)]
