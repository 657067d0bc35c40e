"""Asking for file names, and saving with a word in the message bar. The last folder is remembered."""
from pathlib import Path
from typing import Callable, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtWidgets import QFileDialog

from ..messages import TITLE, failed
from ..words import tr

_SAVE_FOLDER, _OPEN_FOLDER = "terrain_motion/export_folder", "terrain_motion/data_folder"


def ask_save(parent, title: str, filters: str) -> str:
    """A name to save under, empty if the user thought better of it. The first ending of the filter is added."""
    settings = QgsSettings()
    path, chosen = QFileDialog.getSaveFileName(parent, title, settings.value(_SAVE_FOLDER, ""), filters)
    if not path:
        return ""
    if not Path(path).suffix:
        path += chosen[chosen.index("*.") + 1:].split()[0].rstrip(")")
    settings.setValue(_SAVE_FOLDER, str(Path(path).parent))
    return path


def ask_open(parent, title: str, filters: str) -> str:
    """A file to open, empty if the user thought better of it."""
    settings = QgsSettings()
    path, _ = QFileDialog.getOpenFileName(parent, title, settings.value(_OPEN_FOLDER, ""), filters)
    if path:
        settings.setValue(_OPEN_FOLDER, str(Path(path).parent))
    return path


def save(iface, path: str, write: Callable[[str], Path]) -> Optional[Path]:
    """Write a file and say so, or say why not."""
    try:
        saved = write(path)
    except (OSError, ImportError, ValueError) as error:
        failed(iface, f"{path}: {tr('could not be saved')} ({error}).")
        return None
    iface.messageBar().pushSuccess(tr(TITLE), f"{tr('Saved')} {saved}")
    return saved
