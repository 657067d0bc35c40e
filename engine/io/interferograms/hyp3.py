"""ASF HyP3: GAMMA products, single and multiple bursts (ISCE), in folders or zips.

Phase: rad, positive away from the satellite. Look vector: lv_theta, lv_phi, rad. Validity: correlation > 0; bursts use 0
for no data in every layer, the DEM included.
Source: ASF's product guides for InSAR and burst InSAR.
"""
import logging
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from ...core.errors import InputError, TerrainMotionError
from ...core.units import los_from_phase
from ..products.files import ProductFiles
from ..raster import grid_of, open_dataset
from .model import ANGLES, INCIDENCE_HEADING, INDEPENDENT, SENTINEL1, Found, Geometry, Layer, Product, Track
from .settings import ImportInterferogramsSettings

_LOG = logging.getLogger(__name__)
_PHASE = re.compile(r"(?P<stem>.+?)_unw_phase(?P<clip>(?:_[A-Za-z0-9]+)*)\.tiff?", re.IGNORECASE)
_TIMES = re.compile(r"(?<![0-9])(\d{8})(?:T(\d{6}))?_(\d{8})(?:T(\d{6}))?(?![0-9])")
_GAMMA = re.compile(r"S1[A-D]{2}_\d{8}T\d{6}_\d{8}T\d{6}_[VH]{2}[A-Z]\d{3}_INT\d+_G_", re.IGNORECASE)
_BURST = re.compile(r"S1[A-D]?_(\d{6})_(IW\d)_\d{8}", re.IGNORECASE)
_MULTI = re.compile(r"S1[A-D]?_(\d{3})_(.+?)_\d{8}", re.IGNORECASE)
_GRANULE = re.compile(r"S1([A-D])_")
#: Relative orbit = (absolute - offset) mod 175 + 1, of each Sentinel-1.
_ORBIT_OFFSET = {"A": 73, "B": 27, "C": 172}
_CYCLE = 175
UNWRAPPED_FROM = 0.1   # coherence below which GAMMA's products were not unwrapped, where the text does not tell
_GAP = 600    # seconds; passes of one track come at the same time of day


@dataclass(frozen=True)
class _Named:
    """A product's files by role, and what its name tells."""
    files: ProductFiles
    stem: str
    roles: Dict[str, str]

    def path(self, role: str) -> Optional[str]:
        return self.files.location(self.roles[role]) if role in self.roles else None

    @property
    def name(self) -> str:
        return self.stem.rsplit("/", 1)[-1]


def present(folder: Path, leave_out: Path) -> bool:
    """True if a folder holds HyP3 products."""
    return next(_products(folder, leave_out, []), None) is not None


def find(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings, progress) -> Found:
    """All products below a folder. Those that cannot be read are left out with a warning."""
    notes: List[str] = []
    found, left_out = [], []
    for named in _products(folder, leave_out, notes):
        progress.check()
        try:
            found.append(_product(named, settings))
        except TerrainMotionError as error:
            left_out.append((named.name, str(error)))
            _LOG.warning("Left out %s: %s", *left_out[-1])
    return Found(tuple(_with_time_of_day(found)), tuple(notes), tuple(left_out))


def _products(folder: Path, leave_out: Path, notes: List[str]) -> Iterator[_Named]:
    seen: Dict[str, str] = {}
    for files in _containers(folder, leave_out, notes):
        for name in files.names:
            match = _PHASE.fullmatch(name)
            if not match or os.path.basename(name).startswith("."):
                continue
            stem = match.group("stem")
            product = stem.rsplit("/", 1)[-1]
            if product in seen:
                notes.append(f"{product} is there twice ({seen[product]} and {files.path}); the first was taken.")
                continue
            seen[product] = str(files.path)
            yield _Named(files, stem, _roles(files, stem, match.group("clip"), name))


def _containers(folder: Path, leave_out: Path, notes: List[str]) -> Iterator[ProductFiles]:
    """The folder itself, then each zip in it and below it."""
    everything = ProductFiles(folder)
    inside = [name for name in everything.names if leave_out not in (everything.path / name).parents]
    everything.names = inside
    yield everything
    for name in inside:
        if name.lower().endswith(".zip"):
            try:
                yield ProductFiles(everything.path / name)
            except InputError as error:
                notes.append(f"Left out: {error}")
                _LOG.warning(notes[-1])


def _roles(files: ProductFiles, stem: str, clip: str, phase: str) -> Dict[str, str]:
    """role -> file. A clipped phase (…_unw_phase_clip.tif) goes with layers clipped alike, else with the whole ones."""
    names = {name.lower(): name for name in files.names if name.startswith(stem)}
    roles = {"unw_phase": phase}
    for role in ("corr", "dem", "lv_theta", "lv_phi", "inc_map_ell", "inc_map"):
        for ending in (f"_{role}{clip}.tif", f"_{role}{clip}.tiff", f"_{role}.tif", f"_{role}.tiff"):
            if (stem + ending).lower() in names:
                roles[role] = names[(stem + ending).lower()]
                break
    if f"{stem}.txt".lower() in names:
        roles["txt"] = names[f"{stem}.txt".lower()]
    return roles


def _product(named: _Named, settings: ImportInterferogramsSettings) -> Product:
    moments = _moments(named.name)
    if moments is None:
        raise InputError(f"the name of {named.stem} does not hold the two dates. Keep the names of HyP3.")
    if "corr" not in named.roles:
        raise InputError(f"{named.stem}_corr.tif is missing: without the correlation nothing tells where the phase is "
                         "valid. Get the product again.")
    facts = parameters(named.files, named.roles["txt"]) if "txt" in named.roles else {}
    dataset = open_dataset(named.path("unw_phase"))
    items = dict(dataset.GetMetadata() or {})
    grid, dataset = grid_of(dataset), None
    wavelength = settings.wavelength or _number(facts.get("Wavelength") or items.get("WAVELENGTH_METRES")
                                                or items.get("WAVELENGTH")) or SENTINEL1
    track = _track(named.name, facts)
    return Product(named.name, named.path("unw_phase"), moments[0].date(), moments[1].date(),
                   Layer(named.path("unw_phase")), grid, los_from_phase(1.0, wavelength), track, wavelength,
                   Layer(named.path("corr"), zero=True), looks=settings.looks or _looks(facts, named.name),
                   baseline=_number(facts.get("Baseline")), geometry=_geometry(named, track),
                   unwrapped_from=_number(facts.get("Unwrapping threshold")) or UNWRAPPED_FROM).forward()


def parameters(files: ProductFiles, name: str) -> Dict[str, str]:
    """The lines "key: value" of a product's text file."""
    text = files.read(name).decode("utf-8", "replace")
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _moments(name: str) -> Optional[Tuple[datetime, datetime]]:
    match = _TIMES.search(name)
    if not match:
        return None
    first, second = (f"{day}{clock or '000000'}" for day, clock in (match.group(1, 2), match.group(3, 4)))
    try:
        return datetime.strptime(first, "%Y%m%d%H%M%S"), datetime.strptime(second, "%Y%m%d%H%M%S")
    except ValueError:
        return None


def _track(name: str, facts: Dict[str, str]) -> Track:
    """What the product is of: burst and swath, or path and burst area, or relative orbit."""
    direction = facts.get("Reference Pass Direction", "").strip().lower()
    heading = _number(facts.get("Heading"))
    seconds = _number(facts.get("UTC time"))
    if seconds is None and _GAMMA.match(name):
        seconds = float(_clock(name))
    burst, multi = _BURST.match(name), _MULTI.match(name)
    if burst:
        return Track(f"burst {burst.group(1)} {burst.group(2).upper()}", direction, heading, None, seconds)
    if multi and not _GAMMA.match(name):
        path = int(multi.group(1))
        return Track(f"path {path}, {multi.group(2)}", direction, heading, path, seconds)
    orbit = _relative_orbit(facts)
    label = f"relative orbit {orbit}" if orbit else ""
    return Track(f"{label}{', ' if label and direction else ''}{direction}", direction, heading, orbit, seconds)


def _relative_orbit(facts: Dict[str, str]) -> Optional[int]:
    satellite = _GRANULE.match(facts.get("Reference Granule", ""))
    absolute = _number(facts.get("Reference Orbit Number"))
    if not satellite or satellite.group(1) not in _ORBIT_OFFSET or not absolute:
        return None
    return int(absolute - _ORBIT_OFFSET[satellite.group(1)]) % _CYCLE + 1


def _with_time_of_day(products: Sequence[Product]) -> List[Product]:
    """Products without a text file get a label by the time of day in their names: tracks pass at different times."""
    unknown = [p for p in products if not p.track.label]
    clocks = sorted({_clock(p.name) for p in unknown})
    groups: Dict[int, int] = {}
    for number, clock in enumerate(clocks):
        groups[clock] = groups[clocks[number - 1]] if number and clock - clocks[number - 1] < _GAP else clock
    made = []
    for product in products:
        if not product.track.label:
            start = groups[_clock(product.name)]
            label = f"passes at {start // 3600:02d}:{start // 60 % 60:02d} UTC"
            product = replace(product, track=replace(product.track, label=label))
        made.append(product)
    return made


def _clock(name: str) -> int:
    """Seconds of the day of the first image of a product."""
    clock = _TIMES.search(name).group(2) or "000000"
    return int(clock[:2]) * 3600 + int(clock[2:4]) * 60 + int(clock[4:])


def _geometry(named: _Named, track: Track) -> Optional[Geometry]:
    burst = not _GAMMA.match(named.name)
    elevation = Layer(named.path("dem"), zero=burst) if "dem" in named.roles else None
    if "lv_theta" in named.roles and "lv_phi" in named.roles:
        layers, kind = (Layer(named.path("lv_theta")), Layer(named.path("lv_phi"))), ANGLES
    elif "inc_map_ell" in named.roles and track.heading is not None:
        layers, kind = (Layer(named.path("inc_map_ell")),), INCIDENCE_HEADING
    else:
        layers, kind = (), ""
    if elevation is None and not layers:
        return None
    return Geometry(kind, grid_of(open_dataset((layers[0] if layers else elevation).path)), layers, elevation)


def _looks(facts: Dict[str, str], name: str) -> Optional[float]:
    across, along = _number(facts.get("Range looks")), _number(facts.get("Azimuth looks"))
    return across * along * INDEPENDENT if across and along else None


def _number(text) -> Optional[float]:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if value == value else None


def kinds(products: Sequence[Product]) -> str:
    """Which naming schemes were met, in words."""
    counts = Counter("single burst" if _BURST.match(p.name) else "GAMMA" if _GAMMA.match(p.name) else "multi-burst"
                     for p in products)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())
