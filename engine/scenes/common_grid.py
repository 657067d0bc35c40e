"""One grid for many scenes: coordinate system, lattice, pixel size and area."""
import math
from collections import Counter
from typing import List, Optional, Sequence, Tuple

from ..core.errors import GridError
from ..core.grid import Grid, Window
from ..io.area import Area

_LEAST_COMMON = 0.25  # share of the smallest scene that all must have in common for the grid to be cut to it


def common_grid(grids: Sequence[Grid], names: Sequence[str], pixel_size: Optional[float], extent: Optional[Area]) -> Grid:
    """The grid that scenes are brought to.

    grids: of the band of each scene. pixel_size: units of the coordinate system, None for the finest of the grids.
    The coordinate system is that of most scenes, the lattice that of the first of them, so that their pixels are not
    interpolated. The area is the extent; without one what all scenes cover, or, where that is less than a quarter of
    the smallest, all of them. Raises GridError where the extent touches none.
    """
    crs = Counter(grid.crs for grid in grids).most_common(1)[0][0]
    lead = min((grid for grid in grids if grid.crs == crs), key=lambda grid: grid.pixel_size)
    size = pixel_size or lead.pixel_size
    boxes = [_bounds(grid, crs, name) for grid, name in zip(grids, names)]
    every = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    if extent is not None:
        xs, ys = zip(*extent.outline(crs or extent.crs))
        asked = min(xs), min(ys), max(xs), max(ys)
        if not any(_overlap(asked, box) for box in boxes):
            raise GridError(f"The extent touches none of the {len(grids)} scenes: it covers x {asked[0]:.0f} to "
                            f"{asked[2]:.0f}, y {asked[1]:.0f} to {asked[3]:.0f}, they x {every[0]:.0f} to {every[2]:.0f}, "
                            f"y {every[1]:.0f} to {every[3]:.0f} ({crs or 'no coordinate system'}). Choose another extent.")
        return _snapped(asked, lead, size, outward=True)
    shared = (max(b[0] for b in boxes), max(b[1] for b in boxes), min(b[2] for b in boxes), min(b[3] for b in boxes))
    smallest = min(_area(box) for box in boxes)
    if _area(shared) < _LEAST_COMMON * smallest:
        return _snapped(every, lead, size, outward=True)
    return _snapped(shared, lead, size, outward=False)


def _bounds(grid: Grid, crs: str, name: str) -> Tuple[float, float, float, float]:
    if grid.crs == crs:
        return grid.bounds
    if not grid.crs or not crs:
        raise GridError(f"{name} has no coordinate system, but other scenes have one. Give it its coordinate system, or "
                        "prepare it on its own.")
    xs, ys = zip(*Area(grid.bounds, grid.crs).outline(crs))
    return min(xs), min(ys), max(xs), max(ys)


def _area(box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _overlap(first, second) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _snapped(box, lead: Grid, size: float, outward: bool) -> Grid:
    """A north-up grid of a pixel size whose corners lie on the lattice through the lead's corner."""
    x0, y0 = lead.transform[0], lead.transform[3]
    near, far = (math.floor, math.ceil) if outward else (math.ceil, math.floor)
    slack = -1e-6 if near is math.ceil else 1e-6
    left, right = near((box[0] - x0) / size + slack), far((box[2] - x0) / size - slack)
    top, bottom = near((y0 - box[3]) / size + slack), far((y0 - box[1]) / size - slack)
    whole = Grid(lead.crs, (x0, size, 0.0, y0, 0.0, -size), max(right - left, 1), max(bottom - top, 1))
    return whole.part(Window(top, left, whole.height, whole.width))


def touching(grid: Grid, grids: Sequence[Grid]) -> List[bool]:
    """Which grids have pixels on the common one."""
    return [_overlap(grid.bounds, _bounds(other, grid.crs, "")) for other in grids]
