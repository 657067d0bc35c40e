"""The files of a product, in a folder or in a zip that is never unpacked."""
import os
import re
import zipfile
from pathlib import Path
from typing import List, Optional

from ...core.errors import InputError
from ..folders import walk

#: Bytes. The largest metadata of real products (tile metadata, footprints along pixels) are a few MB.
LARGEST_METADATA = 64 * 1024 * 1024
#: Folders below a product that are looked into; Sentinel-2 needs four.
_DEPTH = 6


class ProductFiles:
    """Names (relative, forward slashes), metadata texts and GDAL paths of a product's files."""

    def __init__(self, path):
        self.path = Path(os.path.abspath(path))
        self.zipped = self.path.is_file()
        self.names: List[str] = _zip_names(self.path) if self.zipped else _folder_names(self.path)

    def read(self, name: str) -> bytes:
        """The content of a metadata file. Raises InputError if it is damaged or absurdly large."""
        try:
            if self.zipped:
                with zipfile.ZipFile(self.path) as archive:
                    self._check_size(name, archive.getinfo(name).file_size)
                    return archive.read(name)
            self._check_size(name, (self.path / name).stat().st_size)
            return (self.path / name).read_bytes()
        except (OSError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
            raise InputError(f"{self.path}/{name} cannot be read ({error}). Get the product again.") from error

    def _check_size(self, name: str, size: int) -> None:
        if size > LARGEST_METADATA:
            raise InputError(f"{self.path}/{name} says it is {size / 1e6:.0f} MB, too large for metadata. "
                             "Get the product again from its archive.")

    def location(self, name: str) -> str:
        """The path of a file as GDAL opens it."""
        base = self.path.as_posix()
        return f"/vsizip/{base}/{name}" if self.zipped else f"{base}/{name}"

    def find(self, pattern: str, below: str = "") -> List[str]:
        """Names below a folder (itself with a trailing slash) that match a regular expression as a whole."""
        expression = re.compile(pattern, re.IGNORECASE)
        return [n for n in self.names if n.startswith(below) and expression.fullmatch(n[len(below):])]

    def first(self, pattern: str, below: str = "") -> Optional[str]:
        """The least nested of the names that match, None where there is none."""
        found = sorted(self.find(pattern, below), key=lambda name: (name.count("/"), name))
        return found[0] if found else None


def _zip_names(path: Path) -> List[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not a readable zip ({error}). Download it again.") from error
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name.split("/")[0] or ".." in name.split("/"):
            raise InputError(f"{path} holds the unsafe name '{name}'. Such a zip does not come from an archive of "
                             "satellite images; do not unpack it, and download the product again.")
    return names


def _folder_names(path: Path) -> List[str]:
    found: List[str] = []
    for folder, folders, files in walk(path):
        relative = folder.relative_to(path).as_posix()
        prefix = "" if relative == "." else f"{relative}/"
        if prefix.count("/") >= _DEPTH:
            folders.clear()
        found.extend(prefix + name for name in files)
    return found
