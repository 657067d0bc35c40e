"""Errors that a user can act on. Each message says what is wrong, in which file, and what to do."""


class TerrainMotionError(Exception):
    """Base of everything that the engine raises on purpose, except a cancelled run."""


class InputError(TerrainMotionError):
    """A file or value given by the user cannot be used."""


class GridError(InputError):
    """Rasters do not share a coordinate system, a grid or an area."""


class SettingsError(TerrainMotionError):
    """A setting is out of range, or settings contradict each other."""


class MissingPackage(TerrainMotionError):
    """An optional Python package is needed for what was asked."""

    def __init__(self, package: str, purpose: str):
        super().__init__(
            f"The Python package '{package}' is needed for {purpose} but is not installed. "
            f"Install it into the Python of QGIS (Debian and Ubuntu: 'apt install python3-{package}'; "
            f"Windows: OSGeo4W Shell, 'python -m pip install {package}').")
        self.package = package


class Cancelled(Exception):
    """The user stopped the run. Not an error: nothing half-written is left behind."""
