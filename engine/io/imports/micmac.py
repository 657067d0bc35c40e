"""MicMac: Px1 (columns) and Px2 (rows, positive down) in pixels, and Correl, a folder for each pair."""
import re
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from ...core.errors import InputError
from ..raster import open_raster, require_same_grid
from . import naming
from .model import PIXELS, Layer, PairSource, settle_unit
from .settings import ImportSettings

_PX = re.compile(r"^(?P<rest>.*?)Px(?P<axis>[12])(?P<tail>(?=[_\-.]|$).*)$", re.IGNORECASE)
_CORREL = re.compile(r"^(?P<rest>.*?)Correl(?=[_\-.]|$)", re.IGNORECASE)
_NUMBER = re.compile(r"Num_?(\d+)", re.IGNORECASE)
_ZOOM = re.compile(r"DeZoom(\d+)", re.IGNORECASE)
#: Correl is a grey value: 0 is a correlation of -1, 127.5 of 0, 255 of 1.
_GREY = (1.0 / 127.5, -1.0)


def is_px(path: Path) -> bool:
    return bool(_PX.match(path.stem)) and path.suffix.lower() in (".tif", ".tiff")


def find(files: Sequence[Path], root: Path, settings: ImportSettings) -> List[PairSource]:
    """Every pair: the last step at full resolution of each folder. Raises InputError where Px1 or Px2 is missing."""
    groups: Dict[tuple, Dict[str, List[Path]]] = {}
    for path in files:
        match = _PX.match(path.stem) if is_px(path) else None
        if match:
            groups.setdefault((path.parent, match["rest"]), {}).setdefault(match["axis"], []).append(path)
    return [_pair(axes, _correl(files, folder, rest), root, settings)
            for (folder, rest), axes in sorted(groups.items())]


def _order(path: Path) -> tuple:
    """Later is better: the smallest DeZoom, then the highest step."""
    zoom, number = _ZOOM.search(path.stem), _NUMBER.search(path.stem)
    return (-int(zoom[1]) if zoom else 0, int(number[1]) if number else -1)


def _correl(files: Sequence[Path], folder: Path, rest: str) -> Optional[Path]:
    found = [p for p in files if p.parent == folder and p.suffix.lower() in (".tif", ".tiff")
             and (match := _CORREL.match(p.stem)) and match["rest"] == rest]
    return max(found, key=_order) if found else None


def _pair(axes: Dict[str, List[Path]], correl: Optional[Path], root: Path, settings: ImportSettings) -> PairSource:
    if len(axes) < 2:
        there = max(next(iter(axes.values())), key=_order)
        raise InputError(f"{there} has no partner {'Px2' if '1' in axes else 'Px1'}. Add the file, or take this one "
                         "away.")
    x, y = (max(axes[axis], key=_order) for axis in "12")
    if _order(x) != _order(y):
        raise InputError(f"{x} and {y} are of different steps of the matching. Finish the run of MicMac.")
    with open_raster(x) as first, open_raster(y) as second:
        require_same_grid(first, second)
        grid, items = first.grid, first.metadata
        quality, scale = None, (1.0, 0.0)
        if correl is not None:
            with open_raster(correl) as grey:
                if grey.grid.shape == grid.shape:
                    quality = Layer(str(correl))
                    scale = _GREY if grey.read_raw(1).dtype.kind in "ui" else (1.0, 0.0)
    unit, source = settle_unit(settings.unit, None, PIXELS, str(x))
    return PairSource(Layer(str(x)), Layer(str(y)), *naming.pair_dates(x, root, settings, items), grid, unit, source,
                      y_down=settings.north != "up", quality=quality, quality_scale=scale)
