"""A velocity map against another one, for example of ITS_LIVE: differences as a raster, numbers and a page."""
import html
import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..compute.tiles import make_tiles
from ..core import history as histories
from ..core.errors import InputError
from ..core.files import write_text
from ..core.grid import Grid, Window
from ..core.progress import Progress
from ..core.units import METRE_PER_YEAR
from ..insar.looks import per_year
from ..insar.robust import spread
from ..io.raster import Band, PathLike, check_writable, new_raster, open_raster, same_crs
from ..io.stable import StableGround
from ..io.velocity import map_axes, turned_axes
from ..io.warp import read_on
from .comparison_settings import CompareSettings
from .joint import COMPONENTS, find_source

log = logging.getLogger(__name__)

TILE, MOST = 512, 400_000  # px; values of each ground that the medians are made of


@dataclass(frozen=True)
class Agreement:
    """Input minus reference on one kind of ground, m/yr. nmad: robust standard deviation. correlation: of both."""
    component: str
    ground: str
    pixels: int
    mean: float
    median: float
    deviation: float
    nmad: float
    correlation: float


@dataclass(frozen=True)
class CompareResult:
    """The raster of differences, the numbers and the page. notes: for the log."""
    raster: Path
    agreements: Tuple[Agreement, ...]
    report: Optional[Path]
    notes: Tuple[str, ...]


class Reference:
    """A velocity in east and north (and up) on any grid. Velocities along map axes are turned."""

    def __init__(self, path: PathLike, unit: str, files: ExitStack):
        self._raster = files.enter_context(open_raster(path))
        self.components = tuple(c for c in COMPONENTS if self._raster.has(f"velocity_{c}"))
        self._los = self._raster.has("velocity_los")
        self._pair = None
        if not self.components and not self._los:
            self._pair = self._axes(Path(str(path)), files)
            self.components = ("east", "north")
        elif self._los:
            self.components = ("los",)
        name = "velocity_los" if self._los else f"velocity_{self.components[0]}" if not self._pair else self._pair[0][1]
        raster = self._pair[0][0] if self._pair else self._raster
        units = raster.units[raster.number(name) - 1] or raster.metadata.get("TM_UNIT", "")
        plain = unit == "file" and not units and self._pair is not None  # ITS_LIVE writes m/yr and seldom says so
        self._scale = 1.0 if plain else per_year(raster, name, unit)
        self.note = f"{path} does not tell its unit: m/yr, as ITS_LIVE has it." if plain else ""

    def _axes(self, path: Path, files: ExitStack):
        """((raster, band), (raster, band)) of the velocity along the map's x and y axes."""
        found = map_axes(self._raster, path, files)
        if found is not None:
            return found
        raise InputError(f"{path} is no velocity: it has the bands {', '.join(self._raster.bands)}. Choose a raster with "
                         "velocity_east and velocity_north, with vx and vy, or *_vx.tif with *_vy.tif beside it.")

    def read(self, grid: Grid, window: Window) -> Dict[str, np.ndarray]:
        """{component: (rows, columns) m/yr}."""
        if self._pair is None:
            names = {"los": "velocity_los"} if self._los else {c: f"velocity_{c}" for c in self.components}
            return {c: read_on(self._raster, name, grid, window) * np.float32(self._scale) for c, name in names.items()}
        x, y = (read_on(raster, band, grid, window) * np.float32(self._scale) for raster, band in self._pair)
        if same_crs(self._raster.grid.crs, grid.crs):
            return {"east": x, "north": y}
        turn = turned_axes(self._raster.grid.crs, grid, window)
        return {"east": turn[0] * x + turn[1] * y, "north": turn[2] * x + turn[3] * y}


def run(velocity: PathLike, reference: PathLike, settings: CompareSettings, output: PathLike, progress: Progress,
        stable: Optional[StableGround] = None, report: Optional[PathLike] = None) -> CompareResult:
    """Write `output` (GeoTIFF): difference_<c> (input minus reference) and reference_<c>, m/yr, on the input's grid.

    velocity: map or series; its components east, north, up are compared where the reference has them. A line of sight is
    compared with the reference projected along its look vectors. report: HTML.
    """
    output = Path(output)
    check_writable(output.parent)
    source = find_source(velocity)
    sums: Dict[Tuple[str, str], List[np.ndarray]] = {}
    with ExitStack() as files:
        theirs = Reference(reference, settings.unit, files)
        names = _shared(source, theirs, velocity, reference)
        bands = [Band(f"{kind}_{c}", METRE_PER_YEAR) for c in names for kind in ("difference", "reference")]
        items = {"TM_UNIT": METRE_PER_YEAR, "TM_SIGN": "input minus reference", "TM_HISTORY": histories.to_text(
            [histories.step("comparevelocity", settings, input=str(velocity), reference=str(reference))])}
        target = files.enter_context(new_raster(output, source.grid, bands, items))
        tiles = make_tiles(source.grid, TILE)
        for number, tile in enumerate(tiles):
            progress.report(number / len(tiles), "Comparing")
            with ExitStack() as own:
                rows = source.read(source.grid, tile.core, "file", own)
            other = _along(theirs.read(source.grid, tile.core), rows, source)
            still = stable.mask(source.grid, tile.core) if stable is not None else None
            speed = np.sqrt(sum(np.square(other[c]) for c in names))
            for c in names:
                mine = rows.values[0 if source.look is not None else source.components.index(c)]
                target.write({f"difference_{c}": (mine - other[c]).astype(np.float32),
                              f"reference_{c}": other[c].astype(np.float32)}, tile.core)
                _collect(sums, c, mine, other[c], speed, still, settings, MOST // len(tiles) + 1)
        if not any(len(v[0]) for pieces in sums.values() for v in pieces):
            raise InputError(f"{velocity} and {reference} have no pixel with a value in common. Do they cover one area?")
        note = theirs.note
    found = tuple(_agreement(key, pieces) for key, pieces in sums.items())
    notes = ([note] if note else []) + [_sentence(a) for a in found]
    for text in notes:
        log.info(text)
    page = write_report(Path(report), velocity, reference, found, sums, notes) if report else None
    return CompareResult(output, found, page, tuple(notes))


def _shared(source, theirs: Reference, velocity, reference) -> Tuple[str, ...]:
    if source.look is not None:
        return ("los",)
    names = tuple(c for c in source.components if c in theirs.components)
    if not names:
        raise InputError(f"{velocity} has {', '.join(source.components)}, {reference} has {', '.join(theirs.components)}: "
                         "they share no component. Decompose the line of sight first, or choose another reference.")
    return names


def _along(other: Dict[str, np.ndarray], rows, source) -> Dict[str, np.ndarray]:
    """The reference in the input's components: projected where the input is a line of sight."""
    if source.look is None or "los" in other:
        return other
    parts = [rows.directions[0, n] * other[c] for n, c in enumerate(COMPONENTS) if c in other]
    return {"los": sum(parts)}


def _collect(sums, component: str, mine, other, speed, still, settings: CompareSettings, most: int) -> None:
    known = np.isfinite(mine) & np.isfinite(other)
    grounds = {"all": known}
    if still is not None:
        grounds["stable"] = known & still
    if settings.moving > 0:
        grounds["moving"] = known & (speed > settings.moving)
    for name, mask in grounds.items():
        a, b = mine[mask].astype(np.float64), other[mask].astype(np.float64)
        thin = slice(None, None, max(1, a.size // most))
        sums.setdefault((component, name), []).append(np.stack([a[thin], b[thin]]))


def _agreement(key, pieces) -> Agreement:
    mine, other = np.concatenate(pieces, axis=1)
    difference = mine - other
    if not difference.size:
        return Agreement(*key, 0, *[float("nan")] * 5)
    varied = difference.size > 2 and mine.std() > 0 and other.std() > 0
    return Agreement(*key, int(difference.size), float(difference.mean()), float(np.median(difference)),
                     float(difference.std()), spread(difference),
                     float(np.corrcoef(mine, other)[0, 1]) if varied else float("nan"))


def _sentence(a: Agreement) -> str:
    return (f"{a.component}, {a.ground} ground: median difference {a.median:+.4g} m/yr, robust standard deviation "
            f"{a.nmad:.4g}, correlation {a.correlation:.3f} ({a.pixels} pixels)")


def write_report(path: Path, velocity, reference, found, sums, notes) -> Path:
    """Write an HTML page with the numbers and, where Matplotlib is there, both velocities against each other."""
    cells = [(a.component, a.ground, a.pixels, *(f"{v:.4g}" for v in (a.mean, a.median, a.deviation, a.nmad)),
              f"{a.correlation:.3f}") for a in found]
    rows = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    text = ("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Velocity comparison</title><style>"
            "body{font:14px sans-serif;margin:2em;max-width:1000px}td,th{padding:2px 12px;text-align:right}"
            "img{max-width:100%}</style>"
            f"</head><body><h1>Velocity comparison</h1><p>{html.escape(str(velocity))} minus {html.escape(str(reference))}, "
            "m/yr.</p><table><tr><th>Component</th><th>Ground</th><th>Pixels</th><th>Mean</th><th>Median</th><th>Standard "
            f"deviation</th><th>NMAD</th><th>Correlation</th></tr>\n{rows}\n</table>{_drawn(sums)}"
            + "".join(f"<p>{html.escape(n)}</p>" for n in notes) + "</body></html>\n")
    check_writable(path.parent)
    return write_text(path, text)


def _drawn(sums) -> str:
    """Both velocities against each other, as an image inside the page; empty without Matplotlib."""
    import base64
    import io
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return ""
    names = [c for c, ground in sums if ground == "all"]
    figure = Figure(figsize=(4 * len(names), 3.6), constrained_layout=True)
    FigureCanvasAgg(figure)
    for axes, name in zip(np.atleast_1d(figure.subplots(1, len(names))), names):
        mine, other = np.concatenate(sums[name, "all"], axis=1)
        limit = float(np.percentile(np.abs(np.concatenate([mine, other])), 99.5)) or 1.0
        axes.hist2d(other, mine, bins=120, range=[[-limit, limit]] * 2, cmin=1, norm="log", cmap="viridis")
        axes.plot([-limit, limit], [-limit, limit], color="#D55E00", lw=0.8)
        axes.set(xlabel=f"reference {name} [m/yr]", ylabel=f"input {name} [m/yr]")
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110, format="png")
    return f'<p><img alt="Both velocities" src="data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"></p>'


