"""The true motion in the formats of results: velocity east and up, and series per track along its line of sight."""
from datetime import date
from pathlib import Path
from typing import Dict, Sequence

import numpy as np

from ...core.grid import Grid
from ...core.history import step, to_text
from ...core.series import SeriesManifest
from ...core.settings import Settings
from ...core.units import DAY, METRE, METRE_PER_YEAR, ONE, SIGN_LOS
from ...io.manifests import write_series
from ...io.raster import Band, new_raster

REFERENCE = "the ground before any motion; no error of the satellite"
SIGN_ENU = "positive east, north and up: motion of the ground"
_TILE = 128


def write_velocity(path: Path, grid: Grid, velocities: Dict[str, np.ndarray], settings: Settings, sign: str) -> Path:
    """A velocity map: velocity_<component> and sigma_<component> = 0, m/yr."""
    bands = [*(f"velocity_{n}" for n in velocities), *(f"sigma_{n}" for n in velocities)]
    items = {"TM_UNIT": METRE_PER_YEAR, "TM_SIGN": sign, "TM_REFERENCE": REFERENCE,
             "TM_HISTORY": to_text([step("simulateinterferograms", settings)])}
    with new_raster(path, grid, [Band(name, METRE_PER_YEAR) for name in bands], items) as raster:
        raster.write({f"velocity_{n}": v.astype(np.float32) for n, v in velocities.items()})
        raster.write({f"sigma_{n}": np.zeros(grid.shape, np.float32) for n in velocities})
    return path


def write_true_series(folder: Path, grid: Grid, dates: Sequence[date], velocities: Dict[str, np.ndarray],
                      settings: Settings) -> Path:
    """A series of even motion. velocities: component -> (rows, cols) m/yr. Returns its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    history = (step("simulateinterferograms", settings),)
    sign = SIGN_LOS if tuple(velocities) == ("los",) else SIGN_ENU
    items = {"TM_UNIT": METRE, "TM_SIGN": sign, "TM_REFERENCE": REFERENCE, "TM_REFERENCE_DATE": dates[0].isoformat(),
             "TM_SECONDARY_DATE": dates[-1].isoformat(), "TM_HISTORY": to_text(history)}
    years = np.array([(day - dates[0]).days / 365.25 for day in dates], np.float32)
    for name, velocity in velocities.items():
        with new_raster(folder / f"{name}.tif", grid, [Band(day.isoformat(), METRE) for day in dates], items,
                        pixel_interleaved=True, block=_TILE) as raster:
            raster.write_all(years[:, None, None] * velocity.astype(np.float32))
    write_velocity(folder / "velocity.tif", grid, velocities, settings, sign)
    _write_quality(folder / "quality.tif", grid, len(dates), tuple(velocities), items)
    manifest = SeriesManifest("insar", tuple(velocities), grid, tuple(dates), {n: f"{n}.tif" for n in velocities},
                              reference=REFERENCE, history=history)
    return write_series(folder, manifest)


def _write_quality(path: Path, grid: Grid, dates: int, components: Sequence[str], items) -> None:
    values = {**{f"rmse_{name}": 0 for name in components}, "observations": dates, "components": 1, "start": 0,
              "temporal_coherence": 1, "flag": 0}
    units = {**{f"rmse_{name}": METRE for name in components}, "start": DAY}
    with new_raster(path, grid, [Band(name, units.get(name, ONE)) for name in values], items) as raster:
        raster.write({name: np.full(grid.shape, value, np.float32) for name, value in values.items()})
