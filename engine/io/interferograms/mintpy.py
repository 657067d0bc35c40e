"""MintPy's ifgramStack.h5 with geometryGeo.h5.

Phase: rad, of the second minus the first date, positive away from the satellite. X_FIRST, Y_FIRST: the corner of the
upper-left pixel. `dropIfgram` True means that the interferogram is kept. All attributes are texts. incidenceAngle:
degrees from the vertical; azimuthAngle: degrees from north, counter-clockwise, ground to satellite.
Source: MintPy's documentation of its HDF5 files and attributes.
"""
from datetime import date, datetime
from pathlib import Path
from typing import Dict, List, Optional

from ...core.errors import InputError
from ...core.grid import Grid
from ...core.units import los_from_phase
from ..folders import files_below
from .layers import attributes, open_hdf5, text_of
from .model import CONSTANT, INCIDENCE_AZIMUTH, INDEPENDENT, Found, Geometry, Layer, Product, Track
from .settings import ImportInterferogramsSettings

STACK = ("ifgramStack.h5", "geo_ifgramStack.h5")
GEOMETRY = ("geometryGeo.h5", "geo_geometryRadar.h5", "geo_geometryGeo.h5")


def named(folder: Path, leave_out: Path, names) -> List[Path]:
    """The files of some names in a folder and below, the least nested first, geocoded ones before others."""
    found = files_below(folder, lambda name: name in names, leave_out)
    return sorted(set(found), key=lambda path: (len(path.parts), not path.name.startswith("geo_"), str(path)))


def present(folder: Path, leave_out: Path) -> bool:
    """True if a folder holds interferograms of MintPy."""
    return bool(named(folder, leave_out, STACK))


def find(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings, progress) -> Found:
    """The interferograms of a MintPy folder; those that MintPy dropped are left out."""
    stacks = named(folder, leave_out, STACK)
    if not stacks:
        raise InputError(f"{folder} holds no ifgramStack.h5. Choose MintPy's folder (or its folder inputs).")
    path = stacks[0]
    with open_hdf5(path) as file:
        items = attributes(file)
        names = [name for name in file if name.startswith("unwrapPhase")]
        if settings.dataset not in names:
            raise InputError(f"{path} has no dataset '{settings.dataset}'; it has {', '.join(names) or 'no phases'}. "
                             "Choose one of them.")
        if "date" not in file:
            raise InputError(f"{path} has no dataset 'date'. Load the data with MintPy again.")
        pairs = [[text_of(day) for day in pair] for pair in file["date"][:]]
        keep = file["dropIfgram"][:].astype(bool) if "dropIfgram" in file else [True] * len(pairs)
        baselines = file["bperp"][:] if "bperp" in file else [None] * len(pairs)
        coherence = "coherence" in file
        height, width = file[settings.dataset].shape[1:]
    grid = grid_of_attributes(items, str(path), height, width)
    wavelength = settings.wavelength or _number(items, "WAVELENGTH")
    if not wavelength:
        raise InputError(f"{path} does not tell the wavelength (attribute WAVELENGTH). Give it under Wavelength.")
    track, geometry = track_of(items), geometry_of(folder, leave_out, path, items, grid)
    looks = settings.looks or _looks(items)
    products = []
    for number, (first, second) in enumerate(pairs):
        if not keep[number]:
            continue
        layer = Layer(str(path), dataset=settings.dataset, index=number, zero=not coherence)
        products.append(Product(
            f"{first}_{second}", f"{path}, {first}_{second}", _day(first), _day(second), layer, grid,
            los_from_phase(1.0, wavelength), track, wavelength,
            Layer(str(path), dataset="coherence", index=number, zero=True) if coherence else None, looks=looks,
            baseline=None if baselines[number] is None else float(baselines[number]), geometry=geometry).forward())
    dropped = len(pairs) - len(products)
    notes = [f"{path}: {dropped} of {len(pairs)} interferograms were dropped in MintPy and are left out."] if dropped else []
    return Found(tuple(products), tuple(notes))


def grid_of_attributes(items: Dict[str, str], path: str, height: int, width: int) -> Grid:
    """The grid of a geocoded file; those in radar coordinates are refused."""
    try:
        x, dx, y, dy = (float(items[key]) for key in ("X_FIRST", "X_STEP", "Y_FIRST", "Y_STEP"))
    except (KeyError, ValueError) as error:
        raise InputError(f"{path} is in radar coordinates (it has no {error.args[0]}). Geocode it with MintPy's "
                         "geocode.py first.") from error
    return Grid(_crs(items), (x, dx, 0.0, y, 0.0, dy), width, height)


def _crs(items: Dict[str, str]) -> str:
    if items.get("EPSG", "").strip():
        return f"EPSG:{int(float(items['EPSG']))}"
    zone = items.get("UTM_ZONE", "").strip().upper()
    if zone:
        digits = int("".join(filter(str.isdigit, zone)))
        return f"EPSG:{(32700 if zone.endswith('S') else 32600) + digits}"
    return "EPSG:4326" if items.get("X_UNIT", "degrees").lower().startswith("deg") else ""


def track_of(items: Dict[str, str]) -> Track:
    """What the attributes tell of the orbit."""
    direction = items.get("ORBIT_DIRECTION", "").strip().lower()
    direction = {"a": "ascending", "d": "descending"}.get(direction[:1], "")
    orbit = items.get("trackNumber") or items.get("relative_orbit") or ""
    label = f"relative orbit {int(float(orbit))}" if orbit.replace(".", "").isdigit() else ""
    name = ", ".join(filter(None, (label, direction))) or "of MintPy"
    return Track(name, direction, _number(items, "HEADING"), int(float(orbit)) if label else None,
                 _number(items, "CENTER_LINE_UTC"))


def geometry_of(folder: Path, leave_out: Path, path: Path, items: Dict[str, str], grid: Grid) -> Optional[Geometry]:
    """From the geometry file, or one angle from the attributes INCIDENCE_ANGLE and HEADING."""
    files = named(folder, leave_out, GEOMETRY) or named(path.parent, leave_out, GEOMETRY)
    incidence, heading = _number(items, "INCIDENCE_ANGLE"), _number(items, "HEADING")
    constant = incidence is not None and heading is not None
    if not files:
        return Geometry(CONSTANT, grid, incidence=incidence, heading=heading) if constant else None
    with open_hdf5(files[0]) as file:
        own = attributes(file)
        names = set(file)
        shape = file["height"].shape if "height" in names else grid.shape
    layer = {name: Layer(str(files[0]), dataset=name, zero=name != "azimuthAngle")
             for name in ("height", "incidenceAngle", "azimuthAngle") if name in names}
    place = grid_of_attributes(own, str(files[0]), *shape)
    elevation = layer.get("height")
    if "incidenceAngle" in layer and "azimuthAngle" in layer:
        return Geometry(INCIDENCE_AZIMUTH, place, (layer["incidenceAngle"], layer["azimuthAngle"]), elevation)
    if "incidenceAngle" in layer and heading is not None:
        return Geometry(INCIDENCE_AZIMUTH, place, (layer["incidenceAngle"],), elevation)
    if constant:
        return Geometry(CONSTANT, place, (), elevation, incidence, heading)
    return Geometry("", place, (), elevation)


def _looks(items: Dict[str, str]) -> Optional[float]:
    correlated = _number(items, "NCORRLOOKS")
    if correlated:
        return correlated
    across, along = _number(items, "RLOOKS"), _number(items, "ALOOKS")
    return across * along * INDEPENDENT if across and along else None


def _number(items: Dict[str, str], key: str) -> Optional[float]:
    try:
        return float(items[key])
    except (KeyError, ValueError):
        return None


def _day(text: str) -> date:
    """MintPy writes YYYYMMDD, or YYYYMMDDTHHMM."""
    return datetime.strptime(text[:8], "%Y%m%d").date()
