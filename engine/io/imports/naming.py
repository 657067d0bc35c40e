"""What names of files, folders and bands say: components, quality, the two dates of a pair."""
import re
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from ...core.errors import InputError
from ..folders import walk
from ..products.dates import all_dates
from .settings import ImportSettings

#: Products of Landsat and Sentinel-2, whose names hold the day of acquisition and then others.
_PRODUCT = re.compile(r"(?:L[COTEM]\d\d_L\d[A-Z]{2}_\d{6}_|S2[A-D]_MSIL\d[AC]_)((?:19|20)\d{6})")
RASTERS = (".tif", ".tiff", ".img", ".vrt", ".jp2", ".nc", ".hdr")
_X = ("vx", "dx", "ux", "east", "ew", "e-w", "east-west", "px1", "velocity-east", "displacement-east",
      "velocity-x", "displacement-x", "offset-x", "x-velocity", "x-displacement", "u", "x", "e")
_Y = ("vy", "dy", "uy", "north", "ns", "n-s", "north-south", "px2", "velocity-north", "displacement-north",
      "velocity-y", "displacement-y", "offset-y", "y-velocity", "y-displacement", "v", "y", "n")
PAIRS = dict(zip(_X, _Y))
_ROLES = {"quality": ("correlation", "correl", "corr", "cc", "ncc", "snr", "coherence", "quality"),
          "sigma": ("sigma", "error", "err", "std", "stderr")}


def plain(text: str) -> str:
    """A name with one kind of separator, in lower case."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def files_below(folder: Path, leave_out: Path) -> List[Path]:
    """Every raster-like file below a folder, sorted; what lies in `leave_out` is not an input."""
    found = []
    for base, folders, names in walk(folder):
        folders[:] = [f for f in folders if (base / f).resolve() != leave_out]
        found += [base / name for name in names if Path(name).suffix.lower() in RASTERS]
    return found


def component(name: str, settings: ImportSettings) -> Optional[Tuple[str, str, str]]:
    """("x" or "y", the rest of the name, the pair of marks) of a file's stem; None where it is neither component.

    Two files are partners if the rest and the marks are the same. The mark is the last separated part of the name
    (…_vx), as in most products, or the first (vx_…).
    """
    if settings.x_pattern:
        lower = name.lower()
        for axis, pattern in (("x", settings.x_pattern.lower()), ("y", settings.y_pattern.lower())):
            at = lower.rfind(pattern)
            if at >= 0:
                return axis, name[:at] + name[at + len(pattern):], settings.x_pattern
        return None
    parts = re.split(r"[_\-. ]", name)
    for at in (len(parts) - 1, 0):
        mark = plain(parts[at])
        if mark in PAIRS or mark in PAIRS.values():
            if at == 0 and len(mark) == 1:
                continue  # a single letter in front says something else as often as not
            axis = "x" if mark in PAIRS else "y"
            rest = [part for number, part in enumerate(parts) if number != at % len(parts)]
            return axis, "_".join(rest), mark if axis == "x" else _X[_Y.index(mark)]
    return None


def role(name: str) -> Optional[Tuple[str, str]]:
    """("quality" or "sigma", the rest of the name) if the last part of a file's stem says so."""
    parts = re.split(r"[_\-. ]", name)
    kind = next((kind for kind, words in _ROLES.items() if parts[-1].lower() in words), None)
    return (kind, "_".join(parts[:-1])) if kind else None


def bands(names: Sequence[str], settings: ImportSettings) -> Dict[str, int]:
    """{"x", "y", "quality", "sigma": band number} of what the bands' names say."""
    found: Dict[str, int] = {}
    for number, name in enumerate(names, 1):
        words = re.sub(r"(-(displacement|component|offset|m|px|pixels|metres|meters))+$", "", plain(name))
        if settings.x_pattern:
            kind = ("x" if settings.x_pattern.lower() in name.lower()
                    else "y" if settings.y_pattern.lower() in name.lower() else None)
        else:
            kind = "x" if words in PAIRS else "y" if words in PAIRS.values() else None
        kind = kind or next((k for k, w in _ROLES.items() if words in w), None)
        if kind is not None:
            found.setdefault(kind, number)
    return found


def pair_dates(path: Path, root: Path, settings: ImportSettings, items=()) -> Tuple[date, date]:
    """The two dates of a pair: from metadata, the file's name, or the nearest folder that has both.

    items: metadata of the file. Raises InputError where there are not exactly two, unless they are declared.
    """
    if settings.reference_date:
        return date.fromisoformat(settings.reference_date[:10]), date.fromisoformat(settings.secondary_date[:10])
    items = dict(items)
    if items.get("TM_REFERENCE_DATE") and items.get("TM_SECONDARY_DATE"):
        return (date.fromisoformat(items["TM_REFERENCE_DATE"][:10]),
                date.fromisoformat(items["TM_SECONDARY_DATE"][:10]))
    names = [path.stem]
    for folder in path.parents:
        names.append(folder.name)
        if folder == root:
            break
    for name in names:
        days = days_in(name)
        if len(days) == 2:
            return days[0], days[1]
        if len(days) > 2:
            raise InputError(f"{path} holds {len(days)} dates in its name ({', '.join(map(str, days))}). Leave only "
                             "the two days of acquisition in the name of the file or of its folder.")
    raise InputError(f"The two dates of {path} cannot be read. Put both days of acquisition into the name of the file "
                     "or of its folder, as in 20180304_20180405, or declare First date and Second date.")


def days_in(name: str) -> List[date]:
    """The different days in a name, in order. Of the names of two products, the days of acquisition."""
    products = _PRODUCT.findall(name)
    if len(products) == 2:
        return [moment.date() for text in products for moment in all_dates(text)]
    halves = re.split(r"_X_|_x_|_vs_|__", name)
    if len(halves) == 2:
        first = [all_dates(half) for half in halves]
        if all(first):
            return [found[0].date() for found in first]
    days: List[date] = []
    for moment in all_dates(name):
        if moment.date() not in days:
            days.append(moment.date())
    return days
