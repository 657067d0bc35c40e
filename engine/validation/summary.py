"""A result in a few numbers, so that two runs can be compared: from manifests and reduced reads, in a moment."""
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.progress import Progress
from ..io.manifests import read_series, read_stack
from ..io.raster import open_raster

_SIDE = 600  # px: enough for medians


def summarise(stack: str, velocity: str, quality: str = "", progress: Optional[Progress] = None) -> List[Tuple[str, str]]:
    """(name, value with unit) of a stack, a velocity map and the quality of a series; empty paths are left out."""
    progress = progress or Progress()
    found: List[Tuple[str, str]] = []
    if stack:
        found += _of_stack(stack)
    progress.check()
    if velocity:
        found += _of_velocity(velocity)
    progress.check()
    if quality:
        found += _of_quality(quality)
    return found


def quality_of(series: str) -> str:
    """The quality raster of a series, empty where it has none."""
    manifest, folder = read_series(series)
    return str(Path(folder) / manifest.quality) if manifest.quality else ""


def _of_stack(path: str) -> List[Tuple[str, str]]:
    manifest, _ = read_stack(path)
    rated = [pair.mean_quality for pair in manifest.pairs if pair.mean_quality is not None]
    valid = [pair.valid_fraction for pair in manifest.pairs if pair.valid_fraction is not None]
    found = [("Pairs", str(len(manifest.pairs)))]
    if valid:
        found.append(("Pixels measured, mean of the pairs", f"{np.mean(valid):.1%}"))
    if rated:
        found.append((f"Mean {manifest.quality}", f"{np.mean(rated):.3f}"))
    return found


def _of_velocity(path: str) -> List[Tuple[str, str]]:
    bands = _reduced(path, ("speed", "velocity_los", "sigma_east", "sigma_north", "sigma_los"))
    main = bands.get("speed", bands.get("velocity_los"))
    if main is None or not np.isfinite(main).any():
        return []
    size = np.abs(main[np.isfinite(main)])
    found = [("Pixels with a velocity", f"{size.size / main.size:.1%}"), ("Median speed", f"{np.median(size):.3f} m/yr"),
             ("99 % of speeds below", f"{np.percentile(size, 99):.2f} m/yr")]
    for name, values in bands.items():
        if name.startswith("sigma") and np.isfinite(values).any():
            found.append((f"Median {name.replace('_', ' of ')} velocity", f"{np.nanmedian(values):.3f} m/yr"))
    return found


def _of_quality(path: str) -> List[Tuple[str, str]]:
    bands = _reduced(path, ("rmse_east", "rmse_north", "rmse_los", "observations"))
    return [(f"Median {name.replace('_', ' of ')}", f"{np.nanmedian(values):.3f} m" if name.startswith("rmse")
             else f"{np.nanmedian(values):.0f}") for name, values in bands.items() if np.isfinite(values).any()]


def _reduced(path: str, names) -> dict:
    with open_raster(path) as raster:
        if not raster.grid.height:
            raise InputError(f"{path} is empty. Run the step again.")
        factor = min(1.0, _SIDE / max(raster.grid.shape))
        rows, columns = (max(1, round(side * factor)) for side in raster.grid.shape)
        return {name: raster.read_reduced(name, rows, columns) for name in names if name in raster.bands}
