"""Reading and writing stack.json and series.json. Written last and atomically: a folder without one is unfinished."""
import json
import os
from pathlib import Path
from typing import Any, Dict, Tuple

from ..core import series as series_records
from ..core import stack as stack_records
from ..core.errors import InputError
from ..core.files import write_text
from ..core.series import SeriesManifest
from ..core.stack import StackManifest


def read_stack(path) -> Tuple[StackManifest, Path]:
    """The manifest of a stack and the folder its paths refer to. path: stack.json or its folder."""
    file = _manifest_file(path, stack_records.NAME)
    return StackManifest.from_json(_load(file), str(file)), file.parent


def read_series(path) -> Tuple[SeriesManifest, Path]:
    """The manifest of a series and the folder its paths refer to. path: series.json or its folder."""
    file = _manifest_file(path, series_records.NAME)
    return SeriesManifest.from_json(_load(file), str(file)), file.parent


def write_stack(path, manifest: StackManifest) -> Path:
    """Write stack.json (path: the file or its folder); returns its path."""
    return _save(_manifest_file(path, stack_records.NAME, must_exist=False), manifest.as_json())


def write_series(path, manifest: SeriesManifest) -> Path:
    """Write series.json (path: the file or its folder); returns its path."""
    return _save(_manifest_file(path, series_records.NAME, must_exist=False), manifest.as_json())


def relative(path, folder) -> str:
    """`path` relative to `folder` with forward slashes; absolute where they are on different drives."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return Path(path).as_posix()


def _manifest_file(path, name: str, must_exist: bool = True) -> Path:
    file = Path(path)
    if file.suffix.lower() != ".json":
        file = file / name
    if must_exist and not file.is_file():
        if file.parent.is_dir():
            raise InputError(f"{file.parent} has no {name}: the step that writes it has not finished. "
                             "Run it again; what is done is kept.")
        raise InputError(f"{file} does not exist. Choose a {name} or its folder.")
    return file


def _load(file: Path) -> Dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read ({error}). Run the step that made it again.") from error
    if not isinstance(data, dict):
        raise InputError(f"{file} is not a manifest. Run the step that made it again.")
    return data


def _save(file: Path, data: Dict[str, Any]) -> Path:
    return write_text(file, json.dumps(data, indent=1, ensure_ascii=False, default=str))
