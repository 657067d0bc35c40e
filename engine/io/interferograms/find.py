"""Interferograms of a folder, whatever format they have, sorted into tracks."""
from pathlib import Path
from typing import Dict, List, Tuple

from ...core.errors import InputError
from . import geotiff, hyp3, mintpy
from .model import Found, Product
from .settings import FORMATS, ImportInterferogramsSettings

_FINDERS = {"hyp3": hyp3.find, "mintpy": mintpy.find, "licsar": geotiff.find_licsar, "geotiff": geotiff.find}
_SHOWN = 2e-4    # relative difference of wavelengths that is more than rounding


def find(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings, progress) -> Tuple[Found, str]:
    """(products and notes, code of the format). Raises InputError where there are none."""
    code = settings.format if settings.format != "detect" else format_of(folder, leave_out, settings)
    found = _FINDERS[code](folder, leave_out, settings, progress)
    if not found.products:
        reasons = [reason for _, reason in found.left_out]
        raise InputError(f"{folder} holds no interferograms of the format {dict(FORMATS)[code]} that can be read. "
                         + (f"The first of {len(reasons)}: {reasons[0]}" if reasons else
                            " ".join(found.notes) or "Choose another folder or format."))
    return found, code


def format_of(folder: Path, leave_out: Path, settings: ImportInterferogramsSettings) -> str:
    """The code of the one format in a folder, from names. Raises InputError where there is none or more than one."""
    files = geotiff.files_below(folder, leave_out)
    codes = []
    if mintpy.present(folder, leave_out):
        codes.append("mintpy")
    if hyp3.present(folder, leave_out):
        codes.append("hyp3")
    if geotiff.present(files, settings, True):
        codes.append("licsar")
    if not codes and geotiff.present(files, settings, False):
        codes.append("geotiff")
    if len(codes) == 2 and "mintpy" in codes:
        raise InputError(f"{folder} holds {dict(FORMATS)[codes[1]]} interferograms and MintPy's copy of them. Choose one "
                         "under Format.")
    if len(codes) > 1:
        raise InputError(f"{folder} holds several formats ({', '.join(dict(FORMATS)[c] for c in codes)}). Choose one "
                         "under Format, or a folder with one.")
    if not codes:
        raise InputError(f"{folder} holds no interferograms that are recognised ({len(files)} rasters looked at). "
                         "Expected are products of HyP3 (…_unw_phase.tif, folders or zips), MintPy's ifgramStack.h5, "
                         "LiCSAR's *.geo.unw.tif, or *unw*.tif with two dates in the name. Choose the folder above "
                         "them, or give the names under GeoTIFF.")
    return codes[0]


def by_track(products) -> Dict[str, List[Product]]:
    """Products sorted by track, each by dates. Raises InputError where wavelengths or dates make no sense."""
    tracks: Dict[str, List[Product]] = {}
    for product in sorted(products, key=lambda p: (p.reference, p.secondary, p.name)):
        if product.reference == product.secondary:
            raise InputError(f"{product.source}: both dates are {product.reference}. Check its name.")
        tracks.setdefault(product.track.label, []).append(product)
    for members in tracks.values():
        _require_one_wavelength(members)
    return tracks


def require_one_track(tracks: Dict[str, List[Product]], folder: Path) -> None:
    """Raise InputError, naming the tracks, unless there is one."""
    if len(tracks) > 1:
        words = "; ".join(f"{label or 'unknown'} ({len(members)} interferograms, e.g. {members[0].name})"
                          for label, members in tracks.items())
        raise InputError(f"{folder} holds interferograms of {len(tracks)} tracks, which see the ground from different "
                         f"sides and cannot go into one stack: {words}. Put each track into a folder of its own, or "
                         "choose 'A stack for each' under Several tracks.")


def _require_one_wavelength(products: List[Product]) -> None:
    known = [p for p in products if p.wavelength]
    if not known:
        return
    low, high = min(known, key=lambda p: p.wavelength), max(known, key=lambda p: p.wavelength)
    if high.wavelength / low.wavelength - 1.0 > _SHOWN:
        raise InputError(f"The interferograms have different wavelengths: {low.source} has {low.wavelength:.7f} m, "
                         f"{high.source} has {high.wavelength:.7f} m. Import each sensor into its own stack, or give the "
                         "right one under Wavelength.")
