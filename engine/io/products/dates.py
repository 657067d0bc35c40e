"""Acquisition times from names and metadata items, in the usual forms; what is ambiguous is refused."""
import re
from datetime import datetime, timedelta, timezone
from typing import List, Mapping, Optional

from ...core.errors import InputError

#: Stands for a date that nobody asked for.
UNKNOWN = datetime.min
_EARLIEST_YEAR = 1900
_TIME = r"(?:[T_ -]?(?P<h>[01]\d|2[0-3]):?(?P<min>[0-5]\d):?(?P<s>[0-5]\d)(?:\.\d+)?Z?(?![0-9]))?"
_DAY = re.compile(r"(?<![0-9])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
                  r"(?=$|[^0-9])" + _TIME)
_SEPARATED = re.compile(r"(?<![0-9])(?P<y>(?:19|20)\d\d)(?P<sep>[-_.:/])(?P<m>0[1-9]|1[0-2])(?P=sep)"
                        r"(?P<d>0[1-9]|[12]\d|3[01])(?![0-9])" + _TIME)
_DAY_OF_YEAR = re.compile(r"(?<![0-9])(?P<y>(?:19|20)\d\d)(?P<doy>[0-3]\d\d)(?=$|[^0-9])" + _TIME)
#: Landsat's old name: sensor, path, row, year and day of the year, station, version.
_OLD_LANDSAT = re.compile(r"L[COTEM]\d\d{6}(?P<y>(?:19|20)\d\d)(?P<doy>[0-3]\d\d)[A-Z]{3}\d\d")
#: Names in which the first of several dates is the acquisition, the others processing: Sentinel-2 and Landsat.
_FIRST_COUNTS = re.compile(r"^(?:S2[A-D]_|T\d\d[A-Z]{3}_|L[COTEM]\d\d_L\d)")

#: Metadata items that say when the image was taken, best first (compared in capitals).
_ACQUIRED = ("ACQUISITION_DATETIME", "ACQUISITIONDATETIME", "ACQUISITION_TIME", "SENSING_TIME", "ACQUIRED",
             "ACQUISITION_DATE", "DATE_ACQUIRED", "ACQUISITION", "PRODUCT_START_TIME", "DATATAKE_SENSING_START")
#: The item of the TIFF format; many programs put the time of writing there, so a date in the name goes before it.
_WRITTEN = "TIFFTAG_DATETIME"


def acquired(name: str, items: Mapping[str, str], source: str) -> datetime:
    """When an image was taken, UTC: from metadata items that say so, the name, or TIFFTAG_DATETIME.

    Raises InputError, naming `source`, where there is no date or more than one.
    """
    upper = {key.upper(): value for key, value in items.items()}
    for key in _ACQUIRED:
        found = all_dates(re.split(r"[;,]", upper.get(key, ""))[0])
        if found:
            return found[0]
    found = from_name(name, source)
    if found is None:
        found = next(iter(all_dates(upper.get(_WRITTEN, ""))), None)
    if found is None:
        raise InputError(f"{source} has no date that can be read, neither in its name nor in its metadata. "
                         "Put the day of acquisition into the name, as in B04_20200131.tif.")
    return found


def from_name(name: str, source: str) -> Optional[datetime]:
    """The one date in a file or folder name, None where there is none; raises InputError for several."""
    found = all_dates(name)
    if not found:
        return None
    days = sorted({moment.date() for moment in found})
    if len(days) > 1 and not _FIRST_COUNTS.match(name):
        raise InputError(f"{source} holds several dates in its name ({', '.join(map(str, days))}). "
                         "Leave only the day of acquisition in the name.")
    same_day = [moment for moment in found if moment.date() == found[0].date()]
    return next((moment for moment in same_day if moment.time() != datetime.min.time()), same_day[0])


def all_dates(text: str) -> List[datetime]:
    """Every date in a text, in order. Days of the year count only where there is no calendar date."""
    for patterns in ((_DAY, _SEPARATED), (_DAY_OF_YEAR, _OLD_LANDSAT)):
        matches = sorted((m for pattern in patterns for m in pattern.finditer(text)), key=lambda m: m.start())
        found = [moment for moment in map(_moment, matches) if moment is not None]
        if found:
            return found
    return []


def _moment(match) -> Optional[datetime]:
    parts = match.groupdict()
    try:
        if parts.get("doy"):
            moment = datetime(int(parts["y"]), 1, 1) + timedelta(days=int(parts["doy"]) - 1)
            if int(parts["doy"]) < 1 or moment.year != int(parts["y"]):
                return None
        else:
            moment = datetime(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None
    if moment.year < _EARLIEST_YEAR or moment > _now() + timedelta(days=1):
        return None
    if parts.get("h"):
        moment = moment.replace(hour=int(parts["h"]), minute=int(parts["min"]), second=int(parts["s"]))
    return moment


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
