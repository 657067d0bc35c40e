"""A series as MintPy's timeseries.h5 and velocity.h5: metres, positive toward the satellite, text attributes."""
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np

from ...core.errors import MissingPackage
from ...core.files import replacing
from ...core.grid import Grid
from ...core.history import VERSION
from ...core.progress import Progress
from ..raster import check_writable, spatial_reference
from . import mintpy_geometry
from .reader import WindowReader


def write(reader: WindowReader, folder: Path, progress: Progress) -> List[Path]:
    """Write both files, for east and north into a folder each: MintPy's series have one component."""
    components = reader.manifest.components
    made = []
    for number, component in enumerate(components):
        place = folder if len(components) == 1 else folder / component
        part = progress.part(number / len(components), (number + 1) / len(components))
        still = _timeseries(reader, component, place / "timeseries.h5", part)
        made.append(place / "timeseries.h5")
        velocity = _velocity(reader, component, place / "velocity.h5", still)
        made += [velocity] if velocity else []
        if component == "los":
            geometry = mintpy_geometry.write(reader, place / "geometryGeo.h5", attributes(reader, component), new_hdf5)
            made += [geometry] if geometry else []
    return made


def attributes(reader: WindowReader, component: str) -> Dict[str, str]:
    """The attributes of every file. X_FIRST and Y_FIRST are the corner of the upper-left pixel."""
    manifest, grid = reader.manifest, reader.manifest.grid
    t, days = grid.transform, [f"{d:%Y%m%d}" for d in manifest.dates]
    found = {"LENGTH": grid.height, "WIDTH": grid.width, "X_FIRST": repr(t[0]), "Y_FIRST": repr(t[3]),
             "X_STEP": repr(t[1]), "Y_STEP": repr(t[5]), "REF_DATE": days[0], "START_DATE": days[0],
             "END_DATE": days[-1], "DATA_TYPE": "float32", "PROCESSOR": "terrain-motion", "VERSION": VERSION,
             "DATE12": f"{days[0][2:]}_{days[-1][2:]}", "COMPONENT": component, **_projection(grid),
             **mintpy_geometry.of_radar(reader)}
    return {key: str(value) for key, value in found.items()}


def _projection(grid: Grid) -> Dict[str, Any]:
    if not grid.crs:
        return {}
    reference = spatial_reference(grid.crs)
    code = reference.GetAuthorityCode(None)
    geographic = reference.IsGeographic()
    found: Dict[str, Any] = {"X_UNIT": "degrees" if geographic else "meters", "Y_UNIT": "degrees" if geographic else
                             "meters"}
    if code:
        found["EPSG"] = code
    zone = reference.GetUTMZone()
    if zone:
        found["UTM_ZONE"] = f"{abs(zone)}{'N' if zone > 0 else 'S'}"
    return found


def _timeseries(reader: WindowReader, component: str, path: Path, progress: Progress) -> Dict[str, str]:
    """Write the file; returns REF_Y and REF_X, the pixel that moves least.

    MintPy's tools need a reference pixel. Series here are held still over stable ground or an area, so the pixel
    that comes closest to zero at all dates stands for it.
    """
    manifest, grid = reader.manifest, reader.manifest.grid
    with new_hdf5(path) as file:
        cube = file.create_dataset("timeseries", (len(manifest.dates), *grid.shape), "float32", chunks=True,
                                   compression="lzf", fillvalue=np.nan)
        strips, least, still = reader.strips(), np.inf, {}
        for number, window in enumerate(strips):
            progress.report(number / len(strips), f"Writing {path.name}")
            values, _, _, _ = reader.window(window)
            cube[:, window.row:window.row + window.rows, :] = values[component]
            motion = np.square(values[component], dtype=np.float64).sum(axis=0)
            if np.isfinite(motion).any() and np.nanmin(motion) < least:
                least = np.nanmin(motion)
                row, column = np.unravel_index(np.nanargmin(motion), motion.shape)
                still = {"REF_Y": str(row + window.row), "REF_X": str(column)}
        file.create_dataset("date", data=np.array([f"{d:%Y%m%d}" for d in manifest.dates], "S8"))
        file.create_dataset("bperp", data=np.zeros(len(manifest.dates), np.float32))
        file.attrs.update({**attributes(reader, component), **still, "FILE_TYPE": "timeseries", "UNIT": "m"})
    return still


def _velocity(reader: WindowReader, component: str, path: Path, still: Dict[str, str]) -> Optional[Path]:
    bands = reader.velocity()
    if f"velocity_{component}" not in bands:
        return None
    with new_hdf5(path) as file:
        file.create_dataset("velocity", data=bands[f"velocity_{component}"], compression="lzf")
        if f"sigma_{component}" in bands:
            file.create_dataset("velocityStd", data=bands[f"sigma_{component}"], compression="lzf")
        file.attrs.update({**attributes(reader, component), **still, "FILE_TYPE": "velocity", "UNIT": "m/year"})
    return path


@contextmanager
def new_hdf5(path: Path):
    """An HDF5 file under a temporary name, renamed if the block succeeds, removed if it fails or is cancelled."""
    try:
        import h5py
    except ImportError as error:
        raise MissingPackage("h5py", "the export to MintPy") from error
    check_writable(path.parent)
    with replacing(path) as temporary, h5py.File(temporary, "w") as file:
        yield file
