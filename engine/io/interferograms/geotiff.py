"""Folders of unwrapped GeoTIFFs with a mapping by the user, and LiCSAR's, which are a mapping of ours.

LiCSAR: phase in rad, positive away from the satellite, 0 = no data; coherence 0..255 or 0..1; E, N, U: unit vector from
the ground to the satellite. Source: COMET's description of its products, LiCSBAS.
"""
import fnmatch
import logging
import os
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from ...core.errors import InputError, SettingsError
from ...core.units import los_from_phase
from .. import folders
from ..products.dates import all_dates
from ..raster import open_raster
from .model import CONSTANT, INDEPENDENT, SENTINEL1, VECTOR, Found, Geometry, Layer, Product, Track
from .settings import RADIANS, TOWARD, UNITS, ImportInterferogramsSettings, patterns

_LOG = logging.getLogger(__name__)
_RASTERS = (".tif", ".tiff", ".vrt", ".img")
_SHORT_DAY = re.compile(r"(?<![0-9])(\d{6})[-_](\d{6})(?![0-9])")
_FRAME = re.compile(r"\d{3}([AD])_\d{5}_\d{6}")
_METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_SPELLINGS = {RADIANS: ("rad", "radian", "radians"), "mm": ("mm", "millimetres", "millimeters"),
              "cm": ("cm", "centimetres", "centimeters"), "m": ("m", "metres", "meters", "metre", "meter")}
_LICSAR_LOOKS = 20 * 4
_LICSAR = dict(phase_files="*.geo.unw.tif", coherence_files="*.geo.cc.tif",
               elevation_files="*.geo.hgt.tif, *hgt.geo.tif, hgt.tif",
               look_files="*E.geo.tif|*.geo.E.tif, *N.geo.tif|*.geo.N.tif, *U.geo.tif|*.geo.U.tif")


def present(files: Sequence[Path], settings: ImportInterferogramsSettings, licsar: bool) -> bool:
    """True if names of phases of LiCSAR, or of the mapping, are there."""
    wanted = (_LICSAR["phase_files"],) if licsar else patterns(settings.phase_files)
    return any(_matches(path, wanted) for path in files)


def files_below(folder: Path, leave_out: Path) -> List[Path]:
    """Every raster below a folder, sorted."""
    return folders.files_below(folder, lambda name: name.lower().endswith(_RASTERS), leave_out)


def find_licsar(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings, progress) -> Found:
    """Interferograms of LiCSAR, with baselines and heading from the metadata where they are there."""
    files = files_below(folder, leave_out)
    if not present(files, settings, True):
        raise InputError(f"{folder} holds no *.geo.unw.tif. Choose the folder of a LiCSAR frame.")
    mapped = replace(settings, **_LICSAR, value_unit=RADIANS, positive="away", looks=settings.looks
                     or _LICSAR_LOOKS * INDEPENDENT)
    found = _find(files, folder, mapped, progress, SENTINEL1)
    facts = _key_values(_nearby(folder, "metadata.txt"))
    heading = _number(facts.get("heading"))
    baselines = _baselines(_nearby(folder, "baselines"))
    products = []
    for product in found.products:
        frame = _FRAME.search(product.source) or _FRAME.search(str(folder))
        track = product.track
        if frame:
            track = Track(f"frame {frame.group(0)}", "ascending" if frame.group(1) == "A" else "descending", heading,
                          int(frame.group(0)[:3]))
        track = replace(track, heading=heading, seconds=_seconds(facts.get("center_time")))
        both = baselines.get(product.reference), baselines.get(product.secondary)
        known = None if None in both else both[1] - both[0]
        products.append(replace(product, track=track, baseline=known, phase=replace(product.phase, zero=True),
                                mapped=False))
    return replace(found, products=tuple(products))


def find(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings, progress) -> Found:
    """Interferograms by the mapping of the settings."""
    files = files_below(folder, leave_out)
    if not present(files, settings, False):
        raise InputError(f"{folder} holds no file '{settings.phase_files}' among {len(files)} rasters. Give the names "
                         "of the phases under GeoTIFF.")
    return _find(files, folder, settings, progress, None)


def _find(files: Sequence[Path], folder: Path, settings, progress, wavelength: Optional[float]) -> Found:
    phases = [path for path in files if _matches(path, patterns(settings.phase_files))]
    if settings.reference_date and len(phases) > 1:
        raise InputError(f"First and second date were given, but {folder} holds {len(phases)} phases. Put the dates into "
                         "the names of the files.")
    coherences = _by_dates([path for path in files if path not in set(phases)
                            and _matches(path, patterns(settings.coherence_files))])
    left_out, products, units = [], [], Counter()
    for path in phases:
        progress.check()
        try:
            product, unit = _product(path, files, coherences, settings, wavelength)
        except InputError as error:
            left_out.append((path.name, str(error)))
            _LOG.warning("Left out %s: %s", *left_out[-1])
            continue
        products.append(product)
        units[unit] += 1
    notes = [f"Unit of {count} interferograms: {unit}." for unit, count in units.items()]
    notes.append(f"Positive values are motion {settings.positive} from the satellite.".replace("toward from", "toward"))
    if products and not any(p.coherence for p in products):
        notes.append("No coherence was found: values of 0 are taken as no data, and pairs can't be weighted by it.")
    return Found(tuple(products), tuple(notes), tuple(left_out))


def _product(path: Path, files, coherences, settings, wavelength) -> Tuple[Product, str]:
    with open_raster(path) as raster:
        items, grid, declared = raster.metadata, raster.grid, raster.units[0]
        zero = raster._dataset.GetRasterBand(1).GetNoDataValue()
    reference, secondary = _dates(path, items, settings)
    wavelength = settings.wavelength or _number(items.get("WAVELENGTH_METRES") or items.get("WAVELENGTH")) or wavelength
    unit, origin = _unit(path, settings, items.get("DATA_UNITS") or declared)
    if unit == RADIANS and not wavelength:
        raise SettingsError(f"{path} does not tell the wavelength of its radar. Give it under Wavelength "
                            "(Sentinel-1: 0.0554658 m).")
    factor = los_from_phase(1.0, wavelength) if unit == RADIANS else -_METRES[unit]
    factor = -factor if settings.positive == TOWARD else factor
    coherence = _nearest(path, coherences.get((reference, secondary), ()))
    layer, scale = _coherence(coherence)
    frame = _FRAME.search(str(path))
    product = Product(path.name, str(path), reference, secondary, Layer(str(path), zero=layer is None or zero == 0), grid,
                      factor, Track(frame.group(0) if frame else items.get("TRACK", "")), wavelength, layer, scale,
                      settings.looks, None, _geometry(path, files, settings), mapped=True)
    return product.forward(), f"{dict(UNITS)[unit]} ({origin})"


def _unit(path: Path, settings, said: str) -> Tuple[str, str]:
    """(code, where it is known from). Raises SettingsError where the mapping contradicts the file."""
    told = next((code for code, words in _SPELLINGS.items() if said.strip().lower() in words), None)
    asked = settings.value_unit
    if told and asked and told != asked:
        raise SettingsError(f"{path} says that its unit is {dict(UNITS)[told]}, but {dict(UNITS)[asked]} was chosen. "
                            "Leave the unit empty, or correct it.")
    if asked:
        return asked, "declared"
    return (told, "the files") if told else (RADIANS, "taken for granted")


def _coherence(path: Optional[Path]) -> Tuple[Optional[Layer], float]:
    """The layer and what brings it to 0..1: bytes are 0..255."""
    if path is None:
        return None, 1.0
    with open_raster(path) as raster:
        bytes_ = raster._dataset.GetRasterBand(1).DataType == 1
    return Layer(str(path), zero=True), 1.0 / 255.0 if bytes_ else 1.0


def _dates(path: Path, items: Dict[str, str], settings) -> Tuple[date, date]:
    if settings.reference_date:
        return date.fromisoformat(settings.reference_date), date.fromisoformat(settings.secondary_date)
    for first, second in (("FIRST_DATE", "SECOND_DATE"), ("TM_REFERENCE_DATE", "TM_SECONDARY_DATE"),
                          ("REFERENCE_DATE", "SECONDARY_DATE")):
        found = [all_dates(items.get(key, "")) for key in (first, second)]
        if all(found):
            return found[0][0].date(), found[1][0].date()
    found = _days_in(path)
    if found is None:
        raise InputError(f"the two dates of {path} cannot be read. Put both into the name, as in "
                         "20180106_20180130_unw.tif.")
    return found


def _days_in(path: Path) -> Optional[Tuple[date, date]]:
    """Two dates of a file's name, else of its folder's: YYYYMMDD, or YYMMDD-YYMMDD."""
    for name in (path.name, path.parent.name):
        days = list(dict.fromkeys(moment.date() for moment in all_dates(name)))
        if len(days) == 2:
            return days[0], days[1]
        short = _SHORT_DAY.search(name)
        if short:
            try:
                first, second = (datetime.strptime(text, "%y%m%d").date() for text in short.groups())
            except ValueError:
                continue
            return first, second
    return None


def _by_dates(paths: Iterable[Path]) -> Dict[Tuple[date, date], List[Path]]:
    found: Dict[Tuple[date, date], List[Path]] = {}
    for path in paths:
        days = _days_in(path)
        if days:
            found.setdefault(days, []).append(path)
    return found


def _geometry(path: Path, files: Sequence[Path], settings) -> Optional[Geometry]:
    """The elevation and the look vector that lie nearest to a file."""
    elevation = _nearest(path, [f for f in files if _matches(f, patterns(settings.elevation_files))
                                and _days_in(f) is None])
    parts = [_nearest(path, [f for f in files if _matches(f, tuple(wanted.split("|"))) and f != path])
             for wanted in patterns(settings.look_files)]
    height = _elevation(elevation)
    if parts and all(parts):
        with open_raster(parts[0]) as raster:
            return Geometry(VECTOR, raster.grid, tuple(Layer(str(p)) for p in parts), height)
    if elevation is None and settings.incidence is None:
        return None
    with open_raster(elevation or path) as raster:
        grid = raster.grid
    if settings.incidence is not None:
        return Geometry(CONSTANT, grid, (), height, settings.incidence, settings.heading)
    return Geometry("", grid, (), height)


def _elevation(path: Optional[Path]) -> Optional[Layer]:
    if path is None:
        return None
    with open_raster(path) as raster:
        return Layer(str(path), zero=raster._dataset.GetRasterBand(1).GetNoDataValue() == 0)


def _nearest(path: Path, candidates: Sequence[Path]) -> Optional[Path]:
    """The candidate with the longest common beginning of its path."""
    return max(candidates, key=lambda other: (len(os.path.commonprefix([path.parts, other.parts])), -len(other.parts)),
               default=None)


def _matches(path: Path, wanted: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(path.name.lower(), pattern.lower()) for pattern in wanted)


def _nearby(folder: Path, name: str) -> Optional[Path]:
    """A text file of LiCSAR: below the folder, or in `metadata` beside it."""
    inside = sorted(folders.files_below(folder, lambda other: other == name), key=lambda path: len(path.parts))
    beside = folder.parent / "metadata" / name
    return inside[0] if inside else beside if beside.is_file() else None


def _key_values(path: Optional[Path]) -> Dict[str, str]:
    if path is None:
        return {}
    pairs = (line.split("=", 1) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
             if "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _baselines(path: Optional[Path]) -> Dict[date, float]:
    """date -> perpendicular baseline from the frame's primary date; lines are "primary date baseline days"."""
    found: Dict[date, float] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path else ():
        parts = line.split()
        if len(parts) >= 3 and _number(parts[2]) is not None and all(re.fullmatch(r"\d{8}", p) for p in parts[:2]):
            found[datetime.strptime(parts[1], "%Y%m%d").date()] = float(parts[2])
            found.setdefault(datetime.strptime(parts[0], "%Y%m%d").date(), 0.0)
    return found


def _seconds(text: Optional[str]) -> Optional[float]:
    """Seconds of the day of "HH:MM:SS.s"."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)", (text or "").strip())
    return sum(float(part) * unit for part, unit in zip(match.groups(), (3600, 60, 1))) if match else None


def _number(text) -> Optional[float]:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
