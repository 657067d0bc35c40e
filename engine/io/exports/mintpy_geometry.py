"""What MintPy wants to know of the radar: attributes, and geometryGeo.h5 from the look vectors of a series."""
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import numpy as np

from ...core.errors import InputError
from ...core.series import STACK_KEY
from ...core.stack import StackManifest
from ..manifests import read_stack
from ..raster import open_raster, same_crs
from .reader import WindowReader

GEOMETRY = "geometry.tif"


def of_radar(reader: WindowReader) -> Dict[str, Any]:
    """Attributes of the radar as far as they are known. ANTENNA_SIDE: -1 looks to the right."""
    stack, _ = _stack(reader)
    extra = {**(stack.extra if stack else {}), **reader.manifest.extra}
    track = extra.get("track") or {}
    heading = track.get("told_heading")
    found = {"WAVELENGTH": extra.get("wavelength"), "HEADING": track.get("heading") if heading is None else heading,
             "ORBIT_DIRECTION": (track.get("orbit_pass") or "").upper() or None,
             "trackNumber": track.get("relative_orbit"),
             "ANTENNA_SIDE": {"right": -1, "left": 1}.get(track.get("look_side"))}
    return {key: value for key, value in found.items() if value is not None}


def write(reader: WindowReader, path: Path, attributes: Dict[str, str], new_hdf5) -> Optional[Path]:
    """Write height, incidenceAngle and azimuthAngle; None where the series has no look vectors on its grid.

    incidenceAngle: degrees from the vertical. azimuthAngle: degrees from north, counter-clockwise, from the ground to the
    satellite. 0 is no data.
    """
    source = _geometry(reader)
    if source is None:
        return None
    with open_raster(source) as raster:
        if not raster.grid.equals(reader.manifest.grid) or not same_crs(raster.grid.crs, reader.manifest.grid.crs):
            return None
        east, north, up = (raster.read(f"look_{part}").astype(np.float64) for part in ("east", "north", "up"))
        height = raster.read("elevation") if raster.has("elevation") else np.full(up.shape, np.nan)
    layers = {"incidenceAngle": np.degrees(np.arccos(np.clip(up, -1.0, 1.0))),
              "azimuthAngle": np.degrees(np.arctan2(-east, north)), "height": height}
    with new_hdf5(path) as file:
        for name, values in layers.items():
            file.create_dataset(name, data=np.nan_to_num(values).astype(np.float32), compression="lzf")
        file.attrs.update({**attributes, "FILE_TYPE": "geometry"})
    return path


def _geometry(reader: WindowReader) -> Optional[Path]:
    """geometry.tif of the series, else of the stack that it was made of."""
    own = reader.folder / GEOMETRY
    if own.is_file():
        return own
    stack, folder = _stack(reader)
    if stack is None or not stack.geometry or not (folder / stack.geometry).is_file():
        return None
    return folder / stack.geometry


def _stack(reader: WindowReader) -> Tuple[Optional[StackManifest], Path]:
    """The stack of a series and its folder; (None, …) where it is gone."""
    link = reader.manifest.extra.get(STACK_KEY)
    if not link or not (reader.folder / str(link)).is_file():
        return None, reader.folder
    try:
        return read_stack(reader.folder / str(link))
    except InputError:
        return None, reader.folder
