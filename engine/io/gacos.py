"""Zenith total delays of GACOS: YYYYMMDD.ztd (float32, m) with YYYYMMDD.ztd.rsc, or YYYYMMDD.ztd.tif."""
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Dict, Tuple

import numpy as np

from ..core.errors import InputError
from .folders import files_below
from .raster import PathLike, open_raster

_NAME = re.compile(r"(?:^|\D)(\d{8})\.ztd(?:\.tif)?$", re.IGNORECASE)
_LARGEST = 4.0  # m: more is no zenith delay


@dataclass(frozen=True)
class ZenithDelay:
    """Zenith delay of one date. delay: (rows, columns) m, NaN = no data. first: longitude and latitude of the first
    pixel's centre, degrees; step: of a pixel, degrees (north-up: the second is negative)."""
    delay: np.ndarray
    first: Tuple[float, float]
    step: Tuple[float, float]
    source: str

    def at(self, latitude, longitude) -> np.ndarray:
        """Bilinear; NaN outside."""
        from scipy.ndimage import map_coordinates

        rows = (np.asarray(latitude) - self.first[1]) / self.step[1]
        columns = (np.asarray(longitude) - self.first[0]) / self.step[0]
        edge = 0.51  # px: the area of a pixel reaches half a pixel beyond its centre
        inside = ((rows >= -edge) & (rows <= self.delay.shape[0] - 1 + edge)
                  & (columns >= -edge) & (columns <= self.delay.shape[1] - 1 + edge))
        values = map_coordinates(self.delay, [np.where(inside, rows, 0), np.where(inside, columns, 0)], order=1,
                                 mode="nearest")
        return np.where(inside, values, np.nan)


def gacos_files(folder: PathLike) -> Dict[date, Path]:
    """Files by date. Raises InputError where there is none."""
    found = {}
    for file in files_below(str(folder)):
        match = _NAME.search(file.name)
        if match:
            try:
                found[datetime.strptime(match.group(1), "%Y%m%d").date()] = file
            except ValueError:
                continue
    if not found:
        raise InputError(f"{folder} holds no GACOS file (YYYYMMDD.ztd with YYYYMMDD.ztd.rsc, or YYYYMMDD.ztd.tif).")
    return found


def read_gacos(path: Path) -> ZenithDelay:
    """Read one date. Raises InputError where the header is missing or does not fit the file."""
    if path.suffix.lower() == ".tif":
        with open_raster(path) as raster:
            t = raster.grid.transform
            return _checked(raster.read(1), (t[0] + 0.5 * t[1], t[3] + 0.5 * t[5]), (t[1], t[5]), path)
    header = _header(path)
    width, rows = int(header["WIDTH"]), int(header["FILE_LENGTH"])
    values = np.fromfile(path, "<f4")
    if values.size != width * rows:
        raise InputError(f"{path} has {values.size} values but its header says {width} x {rows}. Get both files again.")
    return _checked(values.reshape(rows, width), (float(header["X_FIRST"]), float(header["Y_FIRST"])),
                    (float(header["X_STEP"]), float(header["Y_STEP"])), path)


def _header(path: Path) -> Dict[str, str]:
    file = next((f for f in (path.with_name(path.name + ".rsc"), path.with_suffix(".rsc")) if f.is_file()), None)
    if file is None:
        raise InputError(f"{path} has no header beside it. Put {path.name}.rsc into the same folder.")
    items = dict(line.split()[:2] for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
                 if len(line.split()) >= 2)
    missing = [k for k in ("WIDTH", "FILE_LENGTH", "X_FIRST", "Y_FIRST", "X_STEP", "Y_STEP") if k not in items]
    if missing:
        raise InputError(f"{file} lacks {', '.join(missing)}. Get the file again.")
    return items


def _checked(delay: np.ndarray, first, step, path: Path) -> ZenithDelay:
    delay = np.where((delay == 0) | ~np.isfinite(delay), np.float32(np.nan), delay)
    known = delay[np.isfinite(delay)]
    if not known.size or not 0.0 < float(np.median(known)) < _LARGEST:
        raise InputError(f"{path} holds no zenith delays in metres (median "
                         f"{float(np.median(known)) if known.size else float('nan'):.3g}). Get the file again.")
    return ZenithDelay(delay, first, step, str(path))
