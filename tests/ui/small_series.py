"""A small series whose numbers are known: motion grows from column to column."""
from datetime import date, timedelta

import numpy as np

DATES = tuple(date(2020, 1, 1) + timedelta(days=73 * i) for i in range(6))  # 1 year
SIZE = 40
ORIGIN = (400000.0, 5200000.0)
PIXEL = 10.0
EAST_RATE, NORTH_RATE = 3.0, -4.0  # m/yr at the last column; grows linearly from 0 at the first
SIGMA = 0.25
CLOUDY = (5, 5)  # row, column without data, flag 2
LATE = (6, 6)  # row, column first seen on the third date


def xy(row, column):
    """Map position of a pixel's centre."""
    return ORIGIN[0] + (column + .5) * PIXEL, ORIGIN[1] - (row + .5) * PIXEL


def years():
    return np.array([(day - DATES[0]).days for day in DATES]) / 365.25


def write_small_series(folder, sigmas=True):
    """Write the series into a folder; returns its series.json."""
    from terrain_motion.engine.core.grid import Grid
    from terrain_motion.engine.core.series import SeriesManifest
    from terrain_motion.engine.io.manifests import write_series
    from terrain_motion.engine.io.raster import Band, new_raster
    folder.mkdir(parents=True, exist_ok=True)
    grid = Grid("EPSG:32632", (ORIGIN[0], PIXEL, 0.0, ORIGIN[1], 0.0, -PIXEL), SIZE, SIZE)
    bands = [Band(day.isoformat(), "m") for day in DATES]
    share = np.broadcast_to(np.arange(SIZE) / (SIZE - 1), (SIZE, SIZE))
    for name, rate in (("east", EAST_RATE), ("north", NORTH_RATE)):
        values = (years()[:, None, None] * rate * share).astype(np.float32)
        values[:, CLOUDY[0], CLOUDY[1]] = np.nan
        values[:2, LATE[0], LATE[1]] = np.nan
        with new_raster(folder / f"{name}.tif", grid, bands, pixel_interleaved=True, block=16) as target:
            target.write_all(values)
        if sigmas:
            spread = np.full_like(values, SIGMA)
            with new_raster(folder / f"sigma_{name}.tif", grid, bands, pixel_interleaved=True, block=16) as target:
                target.write_all(spread)
    _write_sides(folder, grid, share)
    files = {"east": "east.tif", "north": "north.tif"}
    manifest = SeriesManifest("optical", ("east", "north"), grid, DATES, files,
                              {name: f"sigma_{file}" for name, file in files.items()} if sigmas else {},
                              reference="median of stable ground")
    return write_series(folder, manifest)


def _write_sides(folder, grid, share):
    from terrain_motion.engine.io.raster import Band, new_raster
    velocity = {"velocity_east": EAST_RATE * share, "velocity_north": NORTH_RATE * share, "speed": 5 * share,
                "sigma_east": np.full(grid.shape, .1), "sigma_north": np.full(grid.shape, .1)}
    with new_raster(folder / "velocity.tif", grid, [Band(name, "m/yr") for name in velocity]) as target:
        target.write({name: band.astype(np.float32) for name, band in velocity.items()})
    flag = np.zeros(grid.shape, np.float32)
    flag[CLOUDY] = 2
    with new_raster(folder / "quality.tif", grid, [Band("rmse_east", "m"), Band("rmse_north", "m"), Band("flag")]) as target:
        target.write({"rmse_east": flag + .5, "rmse_north": flag + .5, "flag": flag})
