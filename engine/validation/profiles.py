"""Offset across a fault every few hundred metres (Provost et al. 2022, section 3.1).

At each place a profile runs from the left of the fault to its right. The offset is the step at the fault between fits to
the displacement on either side, without the zone in which matching smooths the step (see `fault_fit`).

Signs do not depend on the direction in which the fault was drawn: parallel is positive where the motion is
right-lateral, normal where the fault opens.
"""
import math
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np
from osgeo import ogr

from ..core.errors import InputError
from ..core.files import replacing
from ..core.progress import Progress
from ..io.ground import metres_per_pixel
from ..io.raster import PathLike, check_writable, spatial_reference
from ..io.stable import project_polygons
from . import fault_fit, swath
from .profile_source import ProfileSource
from .profiles_settings import FaultOffsetSettings

#: Columns of the result, in order: name, kind.
FIELDS = (("fault", "integer"), ("distance", "number"), ("parallel", "number"), ("sigma_parallel", "number"),
          ("normal", "number"), ("sigma_normal", "number"), ("offset", "number"), ("azimuth", "number"),
          ("pixels", "integer"))
_ZONE = 20.0  # px
_LAYER = -1   # of a series the last date


@dataclass(frozen=True)
class FaultPoint:
    """Offset at one place. x, y: on the fault. distance: from the fault's first point, m. parallel: positive
    right-lateral; normal: positive opening; offset: length of both, all in the unit of the map. azimuth: of the fault,
    degrees clockwise from north. pixels: that decided."""
    x: float
    y: float
    fault: int
    distance: float
    parallel: float
    sigma_parallel: float
    normal: float
    sigma_normal: float
    azimuth: float
    pixels: int

    @property
    def offset(self) -> float:
        return math.hypot(self.parallel, self.normal)


@dataclass(frozen=True)
class FaultOffsetResult:
    """points: by place. skipped: places without enough values on both sides. unit: of the offsets."""
    points: Tuple[FaultPoint, ...]
    skipped: int
    unit: str
    crs: str
    plot: Optional[Path]

    def summary(self) -> List[str]:
        """Lines for the log."""
        largest = max(self.points, key=lambda p: abs(p.parallel))
        sense = "right-lateral" if largest.parallel > 0 else "left-lateral"
        return [f"Offsets at {len(self.points)} places; {self.skipped} have too few values on a side, "
                "or only such near the fault",
                f"Largest parallel offset: {abs(largest.parallel):.3g} ± {largest.sigma_parallel:.2g} {self.unit} "
                f"{sense}, {largest.distance:.0f} m along the fault",
                f"Median sigma: {np.median([p.sigma_parallel for p in self.points]):.2g} {self.unit} parallel, "
                f"{np.median([p.sigma_normal for p in self.points]):.2g} {self.unit} normal"]


def run(displacement: PathLike, lines: Sequence[bytes], crs: str, settings: FaultOffsetSettings, progress: Progress,
        plot: Optional[PathLike] = None) -> FaultOffsetResult:
    """Offsets across faults. lines: WKB of (multi)lines in `crs`. plot: PNG, SVG or PDF.

    Raises InputError for a map without east and north, one in degrees, or if no place has values on both sides.
    """
    with ProfileSource(displacement) as source:
        pixel = _require_metres(source, displacement)
        faults = _vertices(lines, crs, source.about.crs)
        zone = settings.zone if settings.zone is not None else _ZONE * pixel
        stations = [(number, *station) for number, line in enumerate(faults, 1)
                    for station in _stations(line, settings.spacing)]
        profiles = []
        for done, (_, _, x, y, azimuth) in enumerate(stations):
            progress.report(done / len(stations), "offsets across the fault")
            profiles.append(_profile(source, x, y, azimuth, settings, progress))
        unit, system = source.about.unit, source.about.crs
    points = _points(stations, profiles, settings.reach, zone, progress)
    if not points:
        raise InputError(f"None of {len(stations)} places along the fault has values on both sides in {displacement}. "
                         "Check that the fault crosses the map, or take another reach or a narrower zone.")
    made = FaultOffsetResult(tuple(points), len(stations) - len(points), unit, system,
                             None if plot is None else Path(plot))
    if plot is not None:
        draw(Path(plot), made)
    return made


def _profile(source: ProfileSource, x: float, y: float, azimuth: float, settings: FaultOffsetSettings,
             progress: Progress) -> Optional[swath.Swath]:
    """The displacement across the fault at one place, None outside the map."""
    right = math.radians(azimuth + 90.0)
    east, north = math.sin(right) * settings.reach, math.cos(right) * settings.reach
    spacing = fault_fit.bin_width(settings.reach, source.grid.pixel_size)
    try:
        return source.sample([(x - east, y - north), (x + east, y + north)], settings.width, spacing,
                             Progress(None, lambda: progress.stopped))
    except InputError:
        return None


def _points(stations, profiles: Sequence[Optional[swath.Swath]], reach: float, zone: float,
            progress: Progress) -> List[FaultPoint]:
    """The offsets at the places with values on both sides."""
    # Along the profile is to the right of the fault: opening. Across is to its left, the direction of the fault.
    steps = []
    for name in (swath.ACROSS, swath.ALONG):
        progress.check()
        steps.append(fault_fit.fit_steps([None if p is None else (p.distance - reach, p.mean[name][_LAYER])
                                          for p in profiles], reach, zone))
    points = []
    for (number, distance, x, y, azimuth), profile, across, along in zip(stations, profiles, *steps):
        if across is not None and along is not None:
            outside = np.abs(profile.distance - reach) >= zone / 2.0
            points.append(FaultPoint(x, y, number, distance, -across.offset, across.sigma, along.offset, along.sigma,
                                     azimuth % 360.0, int(profile.count[_LAYER][outside].sum())))
    return points


def _stations(line: np.ndarray, spacing: float):
    """(distance, x, y, azimuth) of places along a line, the first half a spacing from its beginning.

    The azimuth is that of the chord over one spacing, so that a crooked trace does not turn the profiles.
    """
    lengths = np.hypot(*np.diff(line, axis=0).T)
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    total = float(ends[-1])

    def at(distance):
        return np.array([np.interp(distance, ends, line[:, axis]) for axis in (0, 1)])
    first = min(spacing, total) / 2.0
    for distance in np.arange(first, total, spacing):
        chord = at(min(distance + spacing / 2.0, total)) - at(max(distance - spacing / 2.0, 0.0))
        yield (float(distance), *map(float, at(distance)), math.degrees(math.atan2(chord[0], chord[1])))


def _vertices(lines: Sequence[bytes], crs: str, target: str) -> List[np.ndarray]:
    """(points, 2) of every part of the lines in the map's system."""
    found = []
    for wkb, _ in project_polygons(lines, crs, target, "The fault"):
        geometry = ogr.CreateGeometryFromWkb(wkb).GetLinearGeometry()
        parts = [geometry] if geometry.GetGeometryCount() == 0 else [geometry.GetGeometryRef(i) for i in
                                                                      range(geometry.GetGeometryCount())]
        for part in parts:
            if ogr.GT_Flatten(part.GetGeometryType()) == ogr.wkbLineString and part.Length() > 0:
                found.append(np.array([point[:2] for point in part.GetPoints()], np.float64))
    if not found:
        raise InputError("The fault layer holds no line in the area of the map. Draw the trace of the fault as a line.")
    return found


def _require_metres(source: ProfileSource, path: PathLike) -> float:
    """Side of a pixel, m. Raises InputError unless the map is in metres and has east and north."""
    if not {"east", "north"} <= set(source.about.components):
        raise InputError(f"{path} has no bands east and north, so that a fault's offset cannot be turned into the "
                         "directions of the fault. Choose a displacement or a velocity map.")
    reference = spatial_reference(source.grid.crs) if source.grid.crs else None
    if reference is not None and (reference.IsGeographic() or reference.GetLinearUnits() != 1.0):
        raise InputError(f"{path} is not in metres on the map. Reproject it to a metric system such as UTM.")
    return float(math.sqrt(abs(np.linalg.det(metres_per_pixel(source.grid)))))


def draw(path: Path, result: FaultOffsetResult) -> None:
    """Offsets along the fault with one standard deviation."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    check_writable(path.parent)
    kind = path.suffix.lower().lstrip(".") or "png"
    if kind not in ("png", "svg", "pdf"):
        raise InputError(f"The plot {path} cannot be written: its name must end with .png, .svg or .pdf.")
    figure = Figure(figsize=(9, 4), constrained_layout=True)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for name, colour, label in (("parallel", "#0072B2", "parallel, right-lateral positive"),
                                ("normal", "#D55E00", "normal, opening positive")):
        for number in sorted({p.fault for p in result.points}):
            own = [p for p in result.points if p.fault == number]
            axes.errorbar([p.distance / 1000 for p in own], [getattr(p, name) for p in own],
                          [getattr(p, f"sigma_{name}") for p in own], fmt="o-", ms=4, lw=1, capsize=2, color=colour,
                          label=label if number == min(p.fault for p in result.points) else None)
    axes.axhline(0.0, color="#888888", lw=0.8)
    axes.set(xlabel="Distance along the fault [km]", ylabel=f"Offset [{result.unit}]")
    axes.legend(fontsize=9)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=150, format=kind)
