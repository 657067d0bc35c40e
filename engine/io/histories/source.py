"""What every kind of time series has in common, and which files are one."""
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Protocol, Sequence, Tuple

from ...core.errors import InputError
from ...core.series import NAME
from ...core.units import METRE
from ..products.dates import all_dates
from ..series import History

#: What a component is called that a file does not name.
UNNAMED = "displacement"
FEWEST_DATES = 3
_COMPONENTS = {"east": ("east", "e", "ew", "x"), "north": ("north", "n", "ns", "y"), "up": ("up", "u", "vertical"),
               "los": ("los", "line-of-sight")}
_HDF5 = (".h5", ".he5", ".hdf5")
_VECTORS = (".gpkg", ".shp", ".geojson", ".json", ".fgb", ".csv", ".gml", ".parquet")
_TO_METRES = {"": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "cm": 0.01, "mm": 0.001,
              "millimetre": 0.001, "millimetres": 0.001, "millimeters": 0.001, "centimetres": 0.01}


@dataclass(frozen=True)
class About:
    """A series in short. components: as in `History.values`. reference: what is held still, in words.

    stack: path of the stack.json behind it, empty where there is none. remark: what the reader had to assume.
    """
    path: str
    components: Tuple[str, ...]
    crs: str
    dates: Tuple[date, ...]
    reference: str = ""
    stack: str = ""
    remark: str = ""


@dataclass(frozen=True, eq=False)
class Area:
    """The mean history of an area. spread: component -> (dates,) standard deviation between its pixels, m."""
    history: Optional[History]
    spread: Dict[str, object]
    pixels: int


class HistorySource(Protocol):
    """An open series; use it from one thread at a time."""
    about: About

    def history(self, x: float, y: float, reach: float = 0.0, sigmas: bool = True) -> Optional[History]:
        """The history at a position in `about.crs`; None outside. reach: how far a point may be away, map units."""

    def with_sigmas(self, history: History) -> History:
        """A history that was read without its sigmas, with them."""

    def area(self, polygon: bytes) -> Area:
        """Mean and spread inside a polygon (WKB, in `about.crs`)."""

    def close(self) -> None:
        """Close the files."""


def open_histories(path) -> HistorySource:
    """Open a series of any kind. path: series.json or its folder, timeseries.h5, a raster with a date per band, or
    points with a column per date ("file|layername=name" for one of several layers).

    Raises InputError where it is none of these.
    """
    text, suffix = str(path), Path(str(path).split("|")[0]).suffix.lower()
    if Path(text).is_dir() or Path(text).name == NAME:
        from .own import OwnSource
        return OwnSource(text)
    if suffix in _HDF5:
        from .mintpy import MintPySource
        return MintPySource(text)
    if suffix in _VECTORS or "|" in text:
        if suffix == ".json" and _is_manifest(text):
            from .own import OwnSource
            return OwnSource(text)
        from .points import PointSource
        return PointSource(text)
    from .bands import BandSource
    return BandSource(text)


def _is_manifest(path: str) -> bool:
    """True for a series.json under another name."""
    try:
        with open(path, encoding="utf-8") as file:
            return '"terrain-motion-' in file.read(400)
    except (OSError, UnicodeDecodeError):
        return False


def date_of(name: str) -> Optional[date]:
    """The day in the name of a band or column: 2020-01-31, D20200131, 20200131; None where it names none or several."""
    found = {moment.date() for moment in all_dates(name)} or {
        moment.date() for moment in all_dates(name.lstrip("Dd_"))}
    return found.pop() if len(found) == 1 else None


def dated(names: Sequence[str]) -> List[Tuple[date, int]]:
    """(day, position in `names`) of names that are a date and little else, sorted by day, each day once."""
    found: Dict[date, int] = {}
    for number, name in enumerate(names):
        rest = sum(character.isalpha() for character in name)
        day = date_of(name) if rest <= 4 else None
        if day is not None:
            found.setdefault(day, number)
    return sorted(found.items())


def component_of(text: str) -> str:
    """The component that a name ends or begins with, UNNAMED where it says nothing."""
    words = [word for word in text.lower().replace("-", "_").replace(" ", "_").split("_") if word]
    for word in (words[-1:] + words[:1]):
        for component, names in _COMPONENTS.items():
            if word in names and (len(word) > 1 or len(words) == 1):
                return component
    return UNNAMED


def metres_per(unit: str, default: str = METRE) -> float:
    """How many metres one of a unit is. Raises InputError for units that are no length."""
    text = (unit or default).strip().lower()
    if text not in _TO_METRES:
        raise InputError(f"The unit '{unit}' is no length that is known here. Use m, cm or mm.")
    return _TO_METRES[text]
