"""A small series of known motion, for tests of sampling and export."""
from datetime import date, timedelta

import numpy as np

from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.series import SeriesManifest
from terrain_motion.engine.io.manifests import write_series
from terrain_motion.engine.io.raster import Band, new_raster

DATES = tuple(date(2018, 3, 4) + timedelta(days=d) for d in (0, 12, 36, 60, 365))
GRID = Grid("EPSG:32607", (600000.0, 100.0, 0.0, 6750000.0, 0.0, -100.0), 30, 20)
SPEED = {"east": 3.0, "north": -4.0, "los": 0.02}  # m/yr in the first column; grows by 1 % per column


def speeds(component):
    """(rows, columns) m/yr."""
    return np.broadcast_to(SPEED[component] * (1 + 0.01 * np.arange(GRID.width)), GRID.shape).astype(np.float32)


def truth(component):
    """(dates, rows, columns) m since the first date; NaN in the block of rows and columns 0 to 3."""
    years = np.array([(d - DATES[0]).days for d in DATES]) / 365.25
    values = (years[:, None, None] * speeds(component)).astype(np.float32)
    values[:, :4, :4] = np.nan
    return values


def make_series(folder, components=("east", "north"), sigmas=True):
    """Write the series; returns series.json."""
    folder.mkdir(parents=True, exist_ok=True)
    bands = [Band(d.isoformat(), "m") for d in DATES]
    rasters, deviations = {}, {}
    for component in components:
        rasters[component] = f"{component}.tif"
        with new_raster(folder / rasters[component], GRID, bands, pixel_interleaved=True, block=128) as target:
            target.write_all(truth(component))
        if sigmas:
            deviations[component] = f"sigma_{component}.tif"
            with new_raster(folder / deviations[component], GRID, bands, pixel_interleaved=True, block=128) as target:
                target.write_all(np.where(np.isfinite(truth(component)), np.float32(0.05), np.float32(np.nan)))
    seen = np.isfinite(truth(components[0])[0])
    velocity = {f"velocity_{c}": np.where(seen, speeds(c), np.nan) for c in components}
    if len(components) == 2:
        velocity["speed"] = np.hypot(*(velocity[f"velocity_{c}"] for c in components))
    velocity.update({f"sigma_{c}": np.where(seen, 0.1, np.nan) for c in components})
    with new_raster(folder / "velocity.tif", GRID, [Band(n, "m/yr") for n in velocity]) as target:
        target.write({n: v.astype(np.float32) for n, v in velocity.items()})
    quality = {"temporal_coherence": np.where(seen, 0.9, np.nan), "flag": np.where(seen, 0, 11)}
    with new_raster(folder / "quality.tif", GRID, [Band(n, "1") for n in quality]) as target:
        target.write({n: v.astype(np.float32) for n, v in quality.items()})
    kind = "insar" if components == ("los",) else "optical"
    return write_series(folder, SeriesManifest(kind, components, GRID, DATES, rasters, deviations))
