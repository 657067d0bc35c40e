"""Figures of the reports as HTML: maps as PNG, plots as SVG, inside the page."""
import base64
import importlib.util
import io
from pathlib import Path
from typing import List, Sequence, Tuple

import numpy as np

from ..core.flags import WORDS, Flag
from ..core.grid import Window
from ..io.raster import RasterReader, open_raster, spatial_reference
from ..io.series import SeriesReader
from ..network import plots
from ..network.pairing import NetworkResult

_LARGEST = 900  # px of a map in a report
_PERCENTILE = 99.0
_SHARES = {"correlation", "vector_coherence", "temporal_coherence"}
_COMPONENTS = {"velocity_east": "east", "velocity_north": "north", "velocity_up": "up", "velocity_los": "line of sight"}
_PLACES = (50.0, 90.0, 99.0, 99.9)  # percentiles of the speed whose course is drawn


def available() -> bool:
    """True if Matplotlib can draw."""
    return importlib.util.find_spec("matplotlib") is not None


def vectors(path: Path, bands: Sequence[str], title: str) -> str:
    """Maps of signed components with one common stretch."""
    with open_raster(path) as raster:
        maps = [_read(raster, band) for band in bands]
        units = [raster.units[raster.number(band) - 1] for band in bands]
        extent = _extent(raster)
    limit = _limit(np.concatenate([m.ravel() for m in maps]))
    return _png([(m, f"{title}, {_COMPONENTS.get(band, band)} [{unit}]", "RdBu_r", -limit, limit)
                 for m, band, unit in zip(maps, bands, units)], extent)


def magnitudes(path: Path, bands: Sequence[Tuple[str, str]]) -> str:
    """Maps of (band, title) from 0 up; bands that the raster does not have are left out."""
    drawn = []
    with open_raster(path) as raster:
        extent = _extent(raster)
        for band, title in bands:
            if raster.has(band):
                values, unit = _read(raster, band), raster.units[raster.number(band) - 1]
                top = 1.0 if band in _SHARES else _limit(values)
                drawn.append((values, f"{title} [{unit}]" if unit not in ("", "1") else title, "viridis", 0.0, top))
    return _png(drawn, extent) if drawn else ""


def courses(folder: Path) -> str:
    """Displacement over time of a slow, a fast and the fastest places, with one standard deviation."""
    with open_raster(folder / "velocity.tif") as raster:
        speed, step = _read(raster, "speed"), _thinning(raster)
        grid = raster.grid
    finite = np.isfinite(speed)
    if not finite.any():
        return ""
    figure, axes = _new(1, (9, 3.6))
    with SeriesReader(folder) as series:
        for percentile, colour in zip(_PLACES, plots.data.COLOURS):
            wanted = float(np.percentile(speed[finite], percentile))
            row, column = np.unravel_index(np.nanargmin(np.abs(speed - wanted)), speed.shape)
            history = series.history(*grid.xy(column * step + 0.5, row * step + 0.5))
            if history is None:
                continue
            length = np.hypot(*(history.values[c] for c in ("east", "north")))
            sigma = np.sqrt(np.mean([history.sigmas[c] ** 2 for c in history.sigmas], axis=0)) if history.sigmas else None
            axes[0].errorbar(history.dates, length, sigma, fmt="o-", ms=3, lw=1, capsize=2, color=colour,
                             label=f"{percentile:g} %: {wanted:.3g} m/yr")
    axes[0].set_ylabel("Displacement [m]")
    axes[0].grid(alpha=0.3)
    axes[0].legend(fontsize=8)
    return _svg(figure)


def network(result: NetworkResult) -> str:
    """Baseline plot and chord diagram."""
    return _svg(plots.figure(result))


def reasons(path: Path) -> List[Tuple[str, float]]:
    """(why, share) of the pixels of a raster with a band `flag`, most frequent first."""
    counts = np.zeros(256, np.int64)
    with open_raster(path) as raster:
        for row in range(0, raster.grid.height, 256):
            part = raster.read("flag", Window(row, 0, min(256, raster.grid.height - row), raster.grid.width))
            counts += np.bincount(np.nan_to_num(part, nan=float(Flag.OUTSIDE)).astype(np.uint8).ravel(), minlength=256)
    return [(WORDS.get(Flag(int(code)), str(code)), float(counts[code] / counts.sum()))
            for code in np.argsort(-counts) if counts[code]]


def _thinning(raster: RasterReader) -> int:
    return max(1, -(-max(raster.grid.shape) // _LARGEST))


def _read(raster: RasterReader, band: str) -> np.ndarray:
    """(rows, columns) of a band, every n-th pixel of a large raster, row by row so that memory stays small."""
    step = _thinning(raster)
    if step == 1:
        return raster.read(band)
    rows = [raster.read(band, Window(row, 0, 1, raster.grid.width))[0, ::step]
            for row in range(0, raster.grid.height, step)]
    return np.stack(rows)


def _extent(raster: RasterReader) -> Tuple[float, float, float, float, str]:
    """Left, right, bottom, top and their unit: km, or degrees."""
    xmin, ymin, xmax, ymax = raster.grid.bounds
    crs = spatial_reference(raster.grid.crs) if raster.grid.crs else None
    if crs is not None and crs.IsGeographic():
        return xmin, xmax, ymin, ymax, "°"
    return xmin / 1000, xmax / 1000, ymin / 1000, ymax / 1000, "km"


def _limit(values) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return max(float(np.percentile(finite, _PERCENTILE)), 1e-6) if finite.size else 1.0


def _new(columns: int, size: Tuple[float, float]):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=size, constrained_layout=True)
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def _png(maps, extent) -> str:
    figure, axes = _new(len(maps), (5.2 * len(maps), 4.6))
    for ax, (values, title, colours, low, high) in zip(axes, maps):
        ax.set_facecolor("#c8c8c8")
        drawn = ax.imshow(values, cmap=colours, vmin=low, vmax=high, extent=extent[:4], interpolation="nearest")
        ax.set_title(title, fontsize=11)
        ax.set_xlabel(f"East [{extent[4]}]", fontsize=9)
        ax.tick_params(labelsize=8)
        figure.colorbar(drawn, ax=ax, shrink=0.8)
    axes[0].set_ylabel(f"North [{extent[4]}]", fontsize=9)
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    return f'<img alt="map" src="data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}">'


def _svg(figure) -> str:
    content = io.StringIO()
    figure.savefig(content, format="svg")
    return content.getvalue()[content.getvalue().index("<svg"):]
