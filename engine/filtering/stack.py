"""The filters one after the other over every pair of a stack; each pair is written once."""
from pathlib import Path
from typing import Dict, Optional

from ..compute.pairs import StackResult, fingerprint, run_pairs
from ..core.errors import InputError
from ..core.history import step
from ..core.progress import Progress
from ..io.displacement import open_displacement
from ..io.raster import PathLike
from ..io.vectors import Tally
from . import morphological, outliers, topographic
from .passes import filter_displacement
from .settings import FilterSettings


def run_stack(stack: PathLike, settings: FilterSettings, output_folder: PathLike, progress: Progress,
              dem: Optional[PathLike] = None) -> StackResult:
    """Filter all pairs of a stack. dem: needed by the topographic filter. Pairs that fail are left out and counted."""
    if settings.topography and not dem:
        raise InputError("The topographic filter needs a DEM. Choose one, or switch this filter off.")

    def one_pair(source: Path, output: Path, items: Dict[str, str], pair_progress: Progress) -> Tally:
        return filter_pair(source, settings, output, pair_progress, dem, items)

    return run_pairs(stack, output_folder, "filterstack", settings, one_pair, progress,
                     inputs=fingerprint(str(dem or ""), *([dem] if dem else [])))


def filter_pair(displacement: PathLike, settings: FilterSettings, output: PathLike, progress: Progress,
                dem: Optional[PathLike] = None, items: Optional[Dict[str, str]] = None) -> Tally:
    """Apply the chosen filters to one displacement in one pass. items: metadata to write with it."""
    with open_displacement(displacement) as source:
        filters, steps = [], []
        if settings.outliers:
            filters.append(outliers.prepare(source, settings.outlier))
            steps.append(step("outlierfilter", settings.outlier))
        if settings.topography:
            filters.append(topographic.prepare(source, settings.topographic, dem))
            steps.append(step("topographicfilter", settings.topographic, dem=str(dem)))
        if settings.morphology:
            filters.append(morphological.prepare(source, settings.morphological))
            steps.append(step("morphologicalfilter", settings.morphological))
        return filter_displacement(source, filters, steps, output, progress, items)[1]
