"""Files of a run that is not complete. A run that was cancelled or killed leaves them, and the next one goes on.

A draft is a folder inside the output folder. Its record says which recipe (inputs and settings) it follows and which
parts of the rasters are finished; it is written after the rasters were flushed, so that it never promises too much.
"""
import json
import logging
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence

import numpy as np

from ..core.errors import InputError
from ..core.grid import Grid
from .raster import Band, PathLike, RasterWriter, check_writable, continue_raster, create_raster, is_raster

log = logging.getLogger(__name__)

FOLDER, RECORD, LOCK, SUFFIX = ".unfinished", "record.npz", "lock", ".part"
_TEXT = "record"  # array of the record file that holds the plain values as JSON


class Draft:
    """Context manager of the draft in an output folder.

    found: the record of an earlier run of the same recipe, arrays and plain values by name; None if there is none.
    Nothing is kept at the end unless `save` was called; `publish` moves the rasters to their names.
    """

    def __init__(self, output: PathLike, recipe: str):
        """recipe: fingerprint of all that the result depends on. A draft of another recipe is removed."""
        self.output, self.folder = Path(output), Path(output) / FOLDER
        self._recipe = recipe
        self._writers: Dict[str, RasterWriter] = {}
        self._lock: Optional[_Lock] = None
        self.found: Optional[Dict[str, Any]] = None
        self._kept = False

    def __enter__(self) -> "Draft":
        check_writable(self.folder)
        self._lock = _Lock(self.folder / LOCK, self.output)
        self.found = self._load()
        if self.found is not None and not all(is_raster(self.folder / (n + SUFFIX)) for n in self.found["rasters"]):
            log.warning("The unfinished result in %s is damaged; the run begins anew.", self.folder)
            self.found = None
        self._kept = self.found is not None
        if not self._kept:
            self._remove_files()
        return self

    def __exit__(self, *_):
        for writer in self._writers.values():
            writer.drop()
        if not self._kept:
            self._remove_files()
        self._lock.release()
        if not self._kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def raster(self, name: str, grid: Grid, bands: Sequence[Band], metadata: Mapping[str, str],
               pixel_interleaved: bool = False, block: int = 256) -> RasterWriter:
        """The raster that will be `name`, begun or gone on with."""
        file, target = self.folder / (name + SUFFIX), self.output / name
        if self.found is not None and name in self.found["rasters"]:
            writer = continue_raster(file, target, grid, bands)
        else:
            writer = create_raster(file, target, grid, bands, metadata, pixel_interleaved, block)
        self._writers[name] = writer
        return writer

    def save(self, plain: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Flush the rasters, then record what is done. plain: values for JSON."""
        for writer in self._writers.values():
            writer.flush()
        text = json.dumps({"recipe": self._recipe, "rasters": list(self._writers), **plain})
        temporary = self.folder / (RECORD + SUFFIX)
        with open(temporary, "wb") as file:
            np.savez(file, **{_TEXT: np.array(text)}, **arrays)
        os.replace(temporary, self.folder / RECORD)
        self._kept = True

    def publish(self) -> None:
        """Close the rasters and give them their names in the output folder; the draft ends."""
        for writer in self._writers.values():
            writer.close()
        (self.folder / RECORD).unlink(missing_ok=True)  # from here on there is nothing to go on with
        for name in self._writers:
            os.replace(self.folder / (name + SUFFIX), self.output / name)
        self._kept = False

    def _load(self) -> Optional[Dict[str, Any]]:
        """The record, if it is of this recipe."""
        try:
            with np.load(self.folder / RECORD, allow_pickle=False) as record:
                arrays = {name: record[name] for name in record.files}
            plain = json.loads(str(arrays.pop(_TEXT)))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):  # there is none, or the disk spoilt it
            return None
        return {**plain, **arrays} if plain.get("recipe") == self._recipe else None

    def _remove_files(self) -> None:
        for file in self.folder.iterdir():
            if file.name != LOCK:
                file.unlink()


class _Lock:
    """Two runs must not write one draft. The system lets go of the lock when a program ends, however it ends."""

    def __init__(self, path: Path, output: Path):
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)
        try:
            _take(self._file)
        except OSError as error:
            os.close(self._file)
            raise InputError(f"Another run is writing to {output}. Wait for it, or choose another folder.") from error

    def release(self) -> None:
        os.close(self._file)


def _take(file: int) -> None:
    """Lock an open file for this descriptor alone, at once or not at all (OSError)."""
    if os.name == "nt":
        import msvcrt
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
