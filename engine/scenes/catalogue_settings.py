"""Settings of the catalogue."""
from dataclasses import dataclass

from ..core.settings import Settings, field


@dataclass(frozen=True)
class CatalogueSettings(Settings):
    """Find the scenes of a folder."""
    recursive: bool = field(True, label="Look into subfolders",
                            help="Archives keep one folder or zip per scene; off, only the folder itself is read.")
