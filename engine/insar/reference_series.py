"""Another reference for a finished series, without inverting again: every date relative to another place."""
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional

import numpy as np

from ..core import history as histories
from ..core import series as series_records
from ..core.errors import InputError
from ..core.grid import Window
from ..core.progress import Progress
from ..io.manifests import read_series, relative, write_series
from ..io.raster import Band, check_writable, new_raster, open_raster
from ..io.stable import StableGround
from .reference import NAME, Reference, ReferencePoint, find, write_mask
from .settings import ReferenceStackSettings

_ROWS = 128


@dataclass(frozen=True)
class ReferenceSeriesResult:
    """series, velocity: of the new folder. rates: component -> velocity of the reference that was taken off, m/yr."""
    series: Path
    velocity: Optional[Path]
    reference: Reference
    rates: Dict[str, float]

    def summary(self) -> List[str]:
        rates = ", ".join(f"{name} {1000 * value:+.2f} mm/yr" for name, value in self.rates.items())
        return [f"Held still: {self.reference.words}", *([f"Velocity taken off: {rates}"] if rates else []),
                f"Series: {self.series}"]


def run(series, settings: ReferenceStackSettings, output, progress: Progress, stable: Optional[StableGround] = None,
        point: Optional[ReferencePoint] = None) -> ReferenceSeriesResult:
    """Write the series relative to a point or to stable ground (its median at each date)."""
    manifest, folder = read_series(series)
    output = Path(output)
    if stable is None and point is None:
        raise InputError("Nothing is given to hold still. Choose stable ground or a point.")
    if output.resolve() == folder.resolve():
        raise InputError(f"The result would overwrite its own input in {folder}. Choose another output folder.")
    reference = find(manifest.grid, settings, stable, point, None)
    check_writable(output)
    (output / series_records.NAME).unlink(missing_ok=True)
    step = histories.step("referenceseries", settings, held_still=reference.words)
    files = [*manifest.rasters.values(), *manifest.sigmas.values()]
    for number, file in enumerate(files):
        part = progress.part(0.9 * number / len(files), 0.9 * (number + 1) / len(files))
        _write(folder / file, output / file, reference, step, part, number >= len(manifest.rasters))
    rates = _velocity(folder, output, manifest, reference, step)
    for file in (manifest.quality, "geometry.tif"):
        if file and (folder / file).is_file():
            shutil.copyfile(folder / file, output / file)
    write_mask(output / NAME, manifest.grid, reference)
    extra = {**manifest.extra, "reference": reference.as_dict(manifest.grid)}
    if extra.get(series_records.STACK_KEY):
        extra[series_records.STACK_KEY] = relative(folder / extra[series_records.STACK_KEY], output)
    path = write_series(output, replace(manifest, reference=reference.words, history=(*manifest.history, step),
                                        extra=extra))
    progress.report(1.0)
    return ReferenceSeriesResult(path, output / manifest.velocity if manifest.velocity else None, reference, rates)


def _write(source: Path, target: Path, reference: Reference, step, progress: Progress, sigma: bool) -> None:
    """One raster of the series relative to the reference; sigmas get that of the reference added (in squares), whose
    pixels count as independent."""
    with open_raster(source) as raster:
        held = _on_reference(raster, reference, sigma)
        bands = [Band(name, unit) for name, unit in zip(raster.bands, raster.units)]
        with new_raster(target, raster.grid, bands, _items(raster.metadata, reference, step), pixel_interleaved=True,
                        block=_ROWS) as writer:
            for row in range(0, raster.grid.height, _ROWS):
                progress.report(row / raster.grid.height, f"Writing {target.name}")
                window = Window(row, 0, min(_ROWS, raster.grid.height - row), raster.grid.width)
                values = raster.read_bands(window).astype(np.float64)
                shift = held[:, None, None]
                writer.write_all((np.hypot(values, shift) if sigma else values - shift).astype(np.float32), window)


def _on_reference(raster, reference: Reference, sigma: bool) -> np.ndarray:
    """(bands,) median of the reference at each date. Raises InputError where a date has none."""
    found = []
    for name in raster.bands:
        values = raster.read(name)[reference.mask]
        values = values[np.isfinite(values)]
        if not values.size:
            raise InputError(f"{raster.path}: the reference ({reference.words}) has no value on {name}. Choose a place "
                             "that is seen at every date.")
        middle = float(np.median(values.astype(np.float64)))
        found.append(middle / np.sqrt(values.size) if sigma else middle)
    return np.array(found)


def _velocity(folder: Path, output: Path, manifest, reference: Reference, step) -> Dict[str, float]:
    if not manifest.velocity:
        return {}
    with open_raster(folder / manifest.velocity) as raster:
        bands = {name: raster.read(name) for name in raster.bands}
        rates, parts = {}, {}
        for component in manifest.components:
            name, sigma = f"velocity_{component}", f"sigma_{component}"
            if name not in bands:
                continue
            values = bands[name][reference.mask]
            values = values[np.isfinite(values)].astype(np.float64)
            if not values.size:
                raise InputError(f"{raster.path}: the reference ({reference.words}) has no velocity. Choose another.")
            rates[component] = float(np.median(values))
            parts[name] = bands[name] - rates[component]
            if sigma in bands:
                own = bands[sigma][reference.mask]
                own = own[np.isfinite(own)]
                parts[sigma] = np.hypot(bands[sigma], np.median(own) / np.sqrt(own.size)) if own.size else bands[sigma]
        bands.update(parts)
        if "speed" in bands and {"velocity_east", "velocity_north"} <= set(bands):
            bands["speed"] = np.hypot(bands["velocity_east"], bands["velocity_north"])
        with new_raster(output / manifest.velocity, raster.grid, [Band(n, u) for n, u in zip(raster.bands, raster.units)],
                        _items(raster.metadata, reference, step)) as target:
            target.write({name: values.astype(np.float32) for name, values in bands.items()})
    return rates


def _items(metadata: Dict[str, str], reference: Reference, step) -> Dict[str, str]:
    items = {key: value for key, value in metadata.items() if key.startswith("TM_")}
    steps = histories.from_text(metadata.get("TM_HISTORY"))
    return {**items, "TM_REFERENCE": reference.words, "TM_HISTORY": histories.to_text([*steps, step])}
