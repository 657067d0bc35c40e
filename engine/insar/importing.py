"""Import of interferograms: every product onto one grid, in metres toward the satellite, with look vectors."""
import logging
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..compute.pairs import KEY, finished, fingerprint
from ..compute.threads import map_threads
from ..core import history as histories
from ..core.errors import GridError, InputError, TerrainMotionError
from ..core.grid import Grid
from ..core.progress import Progress
from ..core.stack import NAME, PairEntry, StackManifest
from ..io.imports.grids import common_grid
from ..io.interferograms import find, hyp3, mintpy_series
from ..io.interferograms.look import describe
from ..io.interferograms.model import Product
from ..io.interferograms.settings import FORMATS, ImportInterferogramsSettings
from ..io.manifests import write_stack
from ..io.raster import check_writable
from .geometry import GeometryResult, write_geometry
from .product import write_product

log = logging.getLogger(__name__)

NOT_REFERENCED = "nothing: each interferogram has a constant of its own"
_SMALL_COMMON = 0.8   # share of the largest product below which the log names who shrinks the common area


@dataclass(frozen=True)
class ImportResult:
    """stacks: a stack.json for each track. series: series.json where a time series was imported. lines: what was found,
    taken for granted and done."""
    stacks: Tuple[Path, ...]
    series: Optional[Path]
    pairs: int
    lines: Tuple[str, ...]

    def summary(self) -> List[str]:
        return list(self.lines)


def run(folder, settings: ImportInterferogramsSettings, output, progress: Progress, area=None) -> ImportResult:
    """Read a folder of interferograms and write a stack (a stack in its own folder for each track, if asked for).

    area: `io.area.Area` to import, all without it. What an interrupted run has finished is not done again.
    Raises InputError, GridError or SettingsError with what is wrong, where, and what to do.
    """
    folder, output = Path(folder).resolve(), Path(output).resolve()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Choose the folder that holds the interferograms.")
    if folder == output:
        raise InputError(f"{output} holds the input. Choose another folder for the stack.")
    if mintpy_series.wanted(folder, output, settings):
        series, lines = mintpy_series.run(folder, output, settings, progress)
        return ImportResult((), series, 0, tuple(lines))
    progress.report(0.0, "Looking for interferograms")
    found, code = find.find(folder, output, settings, progress)
    tracks = find.by_track(found.products)
    if settings.several == "refuse":
        find.require_one_track(tracks, folder)
    lines = [f"Format: {dict(FORMATS)[code]} ({'detected' if settings.format == 'detect' else 'declared'}"
             f"{', ' + hyp3.kinds(found.products) if code == 'hyp3' else ''}).", *found.notes]
    stacks, pairs = [], 0
    for number, (label, products) in enumerate(tracks.items()):
        place = output / slug(label, number) if len(tracks) > 1 else output
        part = progress.part(0.05 + 0.95 * number / len(tracks), 0.05 + 0.95 * (number + 1) / len(tracks))
        left_out = found.left_out if number == 0 else ()
        path, count, told = _import_track(products, code, settings, place, part, area, left_out)
        stacks.append(path)
        pairs += count
        lines += told
    progress.report(1.0)
    return ImportResult(tuple(stacks), None, pairs, tuple(lines))


def slug(label: str, number: int) -> str:
    """A folder name for a track."""
    return re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_").lower() or f"track_{number + 1}"


def clock(seconds: float) -> str:
    """HH:MM:SS (UTC) of seconds after midnight."""
    whole = int(round(seconds)) % 86400
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _import_track(products: Sequence[Product], code: str, settings: ImportInterferogramsSettings, output: Path,
                  progress: Progress, area, left_out) -> Tuple[Path, int, List[str]]:
    """One track's stack; returns its manifest, the number of pairs and lines for the log."""
    grid, why = stack_grid(products, settings.cover, area)
    if settings.need_look and code != "geotiff" and not any(p.geometry and p.geometry.kind for p in products):
        raise InputError(_no_look(products[0], code))
    check_writable(output / "pairs")
    (output / NAME).unlink(missing_ok=True)   # until the end, nobody takes the folder for finished
    wavelength = next((p.wavelength for p in products if p.wavelength), None)
    step = histories.step("importinterferograms", settings, format=code, grid=why, wavelength=wavelength)
    geometry = write_geometry(products, grid, output, [step], progress.part(0.0, 0.15))
    outcomes = _write_pairs(products, grid, settings, output, [step], progress.part(0.15, 1.0))
    entries = [outcome for outcome in outcomes if isinstance(outcome, PairEntry)]
    failed = [*left_out, *(outcome for outcome in outcomes if not isinstance(outcome, PairEntry))]
    if not entries:
        raise InputError(f"None of the {len(products)} interferograms could be imported. The first: {failed[-1][1]}")
    track = products[0].track
    facts = {"label": track.label, "relative_orbit": track.orbit, "told_direction": track.direction,
             "told_heading": track.heading, **(geometry.sight.as_dict() if geometry.sight else {})}
    extra = {"wavelength": wavelength, "track": facts, "source_format": code, "reference": None}
    seconds = [p.track.seconds for p in products if p.track.seconds is not None]
    if seconds:
        extra["acquisition_time"] = clock(float(np.median(seconds)))
    if failed:
        extra["failed_pairs"] = [{"pair": name, "reason": reason} for name, reason in failed]
    manifest = StackManifest("insar", ("los",), grid, tuple(entries), "coherence",
                             geometry.path.name if geometry.path else None, (step,), extra)
    path = write_stack(output, manifest)
    return path, len(entries), _lines(products, entries, failed, geometry, why, wavelength)


def stack_grid(products: Sequence[Product], cover: str, area=None) -> Tuple[Grid, str]:
    """(grid of a stack, why in words). Raises GridError where products do not meet or the area is elsewhere."""
    grids = [p.grid for p in products]
    try:
        grid, why = common_grid(grids, [p.source for p in products], cover)
    except GridError as error:
        raise GridError(f"{error} The first interferogram is {products[0].source}.") from error
    if cover == "common" and len(products) > 1:
        largest = max(g.width * g.height * g.pixel_size ** 2 for g in grids)
        if grid.width * grid.height * grid.pixel_size ** 2 < _SMALL_COMMON * largest:
            least = min(products, key=lambda p: p.grid.width * p.grid.height * p.grid.pixel_size ** 2)
            log.warning("The area that all interferograms have in common is %.0f %% of the largest one's; the smallest "
                        "is %s. Set Cover to all area to keep the rest.",
                        100.0 * grid.width * grid.height * grid.pixel_size ** 2 / largest, least.name)
    if area is not None:
        window = area.window(grid)
        if window is None:
            raise GridError(f"The chosen extent does not touch the interferograms, which cover "
                            f"{', '.join(f'{v:g}' for v in grid.bounds)} ({grid.crs[:40]}). Choose one that does.")
        grid = grid.part(window)
        why += f"; cut to {grid.width} x {grid.height} px of the chosen extent"
    return grid, why


def _no_look(product: Product, code: str) -> str:
    hint = {"hyp3": f"{product.name}_lv_theta.tif and _lv_phi.tif are missing. Order the products with look vectors, or",
            "mintpy": "geometryGeo.h5 is missing beside ifgramStack.h5, or holds no incidenceAngle. Add it, or",
            "licsar": "E, N and U (metadata/*.geo.E.tif, …) are missing. Put them into the folder, or"}[code]
    return (f"{product.source} has no look vectors: {hint} switch 'Look vectors are needed' off to stay along the line of "
            "sight.")


def _write_pairs(products, grid: Grid, settings, output: Path, steps, progress: Progress):
    """A PairEntry, or (name, reason) of the failure, for each product, in their order."""
    names: Counter = Counter()
    jobs = []
    recipe = f"{histories.VERSION} importinterferograms {settings.as_dict()} {grid}"
    for product in products:
        name = f"{product.reference:%Y%m%d}_{product.secondary:%Y%m%d}"
        names[name] += 1
        file = f"pairs/{name}{f'_{names[name]}' if names[name] > 1 else ''}.tif"
        jobs.append((product, file, fingerprint(f"{recipe} {product}", *_files(product))))
    quiet = Progress(None, lambda: progress.stopped)
    outcomes = {}
    for number, (job, outcome) in enumerate(map_threads(lambda j: _write_one(j, grid, output, steps, quiet), jobs,
                                                        progress), 1):
        outcomes[job[1]] = outcome
        progress.report(number / len(jobs), f"Importing interferogram {number} of {len(jobs)}")
    return [outcomes[job[1]] for job in jobs]


def _write_one(job, grid: Grid, output: Path, steps, progress: Progress):
    product, file, key = job
    progress.check()
    held = finished(output / file, key)
    if held is None:
        try:
            tally = write_product(product, grid, output / file, steps, {KEY: key}, NOT_REFERENCED, progress)
        except TerrainMotionError as error:
            log.warning("%s was left out: %s", product.name, error)
            return product.name, str(error)
        held = {"mean_quality": tally.mean_quality, "valid_fraction": tally.valid_fraction}
    return PairEntry(product.reference, product.secondary, file, None, product.baseline, held.get("mean_quality"),
                     held.get("valid_fraction"), {"source": product.name})


def _files(product: Product) -> List[str]:
    """The files that a pair is made of; of one inside a zip, the zip."""
    paths = [layer.path for layer in (product.phase, product.coherence) if layer is not None]
    return [re.sub(r"(\.zip)/.*$", r"\1", p[len("/vsizip/"):]) if p.startswith("/vsizip/") else p for p in paths]


def _lines(products, entries: Sequence[PairEntry], failed, geometry: GeometryResult, why: str, wavelength) -> List[str]:
    """What the log says of a track."""
    shares = np.array([entry.valid_fraction or 0.0 for entry in entries])
    coherence = [entry.mean_quality for entry in entries if entry.mean_quality is not None]
    dates = sorted({d for e in entries for d in (e.reference, e.secondary)})
    lines = [*describe(geometry.sight, products[0].track), f"Grid: {why}.",
             "Line of sight: metres, positive toward the satellite"
             + (f"; wavelength {wavelength:.7f} m." if wavelength else "."),
             f"{len(entries)} interferograms of {len(dates)} dates, {dates[0]} to {dates[-1]}; valid pixels: median "
             f"{np.median(shares):.0%}, {shares.min():.0%} to {shares.max():.0%}"
             + (f"; mean coherence {min(coherence):.2f} to {max(coherence):.2f}." if coherence else ".")]
    if not geometry.has_elevation:
        lines.append("There is no elevation: corrections that need it will ask for a DEM.")
    if any(entry.perpendicular_baseline is None for entry in entries):
        lines.append("Perpendicular baselines are not known for all interferograms.")
    counts: Dict[str, int] = Counter(reason for _, reason in failed)
    return lines + [f"{count} left out: {reason}" for reason, count in counts.items()]
