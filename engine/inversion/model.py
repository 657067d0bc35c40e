"""A course in time for every pixel of a series: maps of its parameters with sigmas and t-values."""
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from ..compute.threads import map_threads
from ..compute.tiles import Tile, make_tiles
from ..core import history as histories
from ..core.errors import InputError
from ..core.progress import Progress
from ..core.series import SeriesManifest
from ..core.units import DAYS_PER_YEAR
from ..io.manifests import read_series
from ..io.raster import Band, check_writable, new_raster, open_raster
from .settings import ModelSettings
from .temporal import Fit, Term, fit_change, fit_terms, steps_in_years, terms_of

TILE = 128  # px, the block of a series


@dataclass(frozen=True)
class ModelResult:
    """The raster, its parameters and counts. significant: parameter -> share of pixels with |t| > 2."""
    parameters: Path
    terms: Tuple[str, ...]
    pixels: int
    fitted: int
    significant: Dict[str, float]


def run(series, settings: ModelSettings, output, progress: Progress) -> ModelResult:
    """Fit a series (series.json or its folder) into one raster `output` (GeoTIFF).

    Bands of every component c and parameter p: p_c, sigma_p_c, t_p_c, then rmse_c and degree_c, and with a change of
    velocity change_days_c (days from the first date). Sigmas of the series weight its dates where they are known.
    """
    manifest, folder = read_series(series)
    output = Path(output)
    check_writable(output.parent)
    polynomial, others = _terms(manifest, settings)
    names = [t.name for t in polynomial + others] + (["velocity_change"] if settings.change else [])
    units = [t.unit for t in polynomial + others] + (["m/yr"] if settings.change else [])
    tally = {name: [0, 0] for name in names}
    fitted = 0
    with new_raster(output, manifest.grid, _bands(manifest, names, units, settings), _metadata(manifest, settings)) \
            as target:
        tiles = make_tiles(manifest.grid, TILE)

        def work(tile: Tile):
            return {c: _fit_tile(manifest, folder, c, tile, polynomial, others, settings) for c in manifest.components}

        for done, (tile, found) in enumerate(map_threads(work, tiles, progress)):
            shape = (tile.core.rows, tile.core.columns)
            for component, fit in found.items():
                target.write({k: v.reshape(shape).astype(np.float32) for k, v in _named(component, names, fit).items()},
                             tile.core)
                for k, name in enumerate(names):
                    known = np.isfinite(fit.parameters[k])
                    tally[name][0] += int(known.sum())
                    with np.errstate(invalid="ignore", divide="ignore"):
                        tally[name][1] += int((np.abs(fit.parameters[k] / fit.sigmas[k]) > 2).sum())
            fitted += int(np.isfinite(found[manifest.components[0]].rmse).sum())
            progress.report((done + 1) / len(tiles), f"Fitted tile {done + 1} of {len(tiles)}")
    significant = {name: (hits / count if count else 0.0) for name, (count, hits) in tally.items()}
    return ModelResult(output, tuple(names), manifest.grid.width * manifest.grid.height, fitted, significant)


def _terms(manifest: SeriesManifest, settings: ModelSettings) -> Tuple[List[Term], List[Term]]:
    dates, steps = manifest.dates, settings.step_dates
    outside = [d.isoformat() for d in steps if not dates[0] < d <= dates[-1]]
    if outside:
        raise InputError(f"The step {outside[0]} is outside the series ({dates[0]} to {dates[-1]}). Choose a date after "
                         "the first and not after the last one.")
    between = {sum(d >= step for d in dates) for step in steps}
    if len(between) < len(steps):
        raise InputError("Two steps lie between the same two dates of the series and cannot be told apart. "
                         "Leave one of them out.")
    polynomial, others = terms_of(_years(manifest), settings.degree, settings.seasonal,
                                  steps_in_years(dates[0], steps), settings.decay, settings.relaxation / DAYS_PER_YEAR)
    wanted = len(polynomial) + len(others) + (2 if settings.change else 0)
    if len(dates) <= wanted:
        raise InputError(f"The series has {len(dates)} dates, too few for {wanted} parameters. Choose a simpler model.")
    return polynomial, others


def _years(manifest: SeriesManifest) -> np.ndarray:
    return np.array([(d - manifest.dates[0]).days for d in manifest.dates]) / DAYS_PER_YEAR


def _fit_tile(manifest: SeriesManifest, folder: Path, component: str, tile: Tile, polynomial, others,
              settings: ModelSettings) -> Fit:
    years = _years(manifest)
    with open_raster(folder / manifest.rasters[component]) as raster:
        values = raster.read_bands(tile.core).reshape(len(years), -1)
    weight = np.ones(values.shape)
    if component in manifest.sigmas:
        with open_raster(folder / manifest.sigmas[component]) as raster:
            weight = _weights(raster.read_bands(tile.core).reshape(len(years), -1))
    found = fit_terms(polynomial, others, values, weight, settings.select)
    if settings.change:
        found = fit_change(polynomial, others, years, values, weight, found)
    return found


def _weights(sigma: np.ndarray) -> np.ndarray:
    """1 / sigma^2; the first date, exact by definition, takes the pixel's median; equal where none is known."""
    usable = np.isfinite(sigma) & (sigma > 0)
    ordered = np.sort(np.where(usable, sigma, np.inf), axis=0)
    count = usable.sum(axis=0)
    middle = np.take_along_axis(ordered, np.maximum(count - 1, 0)[None] // 2, axis=0)
    middle = np.where(np.isfinite(middle), middle, 1.0)
    return 1.0 / np.square(np.maximum(np.where(usable, sigma, middle), 0.1 * middle))


def _named(component: str, names: List[str], fit: Fit) -> Dict[str, np.ndarray]:
    bands = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for k, name in enumerate(names):
            bands[f"{name}_{component}"] = fit.parameters[k]
            bands[f"sigma_{name}_{component}"] = fit.sigmas[k]
            bands[f"t_{name}_{component}"] = fit.parameters[k] / fit.sigmas[k]
    bands[f"rmse_{component}"], bands[f"degree_{component}"] = fit.rmse, fit.order
    if fit.change is not None:
        bands[f"change_days_{component}"] = fit.change * DAYS_PER_YEAR
    return bands


def _bands(manifest: SeriesManifest, names, units, settings: ModelSettings) -> List[Band]:
    bands = []
    for c in manifest.components:
        for name, unit in zip(names, units):
            bands += [Band(f"{name}_{c}", unit), Band(f"sigma_{name}_{c}", unit), Band(f"t_{name}_{c}")]
        bands += [Band(f"rmse_{c}", "m"), Band(f"degree_{c}")]
        if settings.change:
            bands.append(Band(f"change_days_{c}", "days"))
    return bands


def _metadata(manifest: SeriesManifest, settings: ModelSettings) -> Dict[str, str]:
    return {"TM_REFERENCE_DATE": manifest.dates[0].isoformat(), "TM_SECONDARY_DATE": manifest.dates[-1].isoformat(),
            "TM_REFERENCE": manifest.reference,
            "TM_HISTORY": histories.to_text([*manifest.history, histories.step("model", settings)])}
