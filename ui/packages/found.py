"""Which optional packages are missing, and the exact command that installs them here. No Qt; imports none of them."""
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence, Tuple


@dataclass(frozen=True)
class Package:
    """module: what is imported. names: system -> package. purpose: what does not work (or is slow) without it."""
    name: str
    module: str
    purpose: str
    debian: str = ""
    fedora: str = ""
    arch: str = ""
    pip: str = ""
    conda: str = ""


PACKAGES: Tuple[Package, ...] = (
    Package("numba", "numba", "Speed: matching and inversion are many times faster with it", "python3-numba",
            "python3-numba", "python-numba", "numba", "numba"),
    Package("SciPy", "scipy", "Filters and sub-pixel methods", "python3-scipy", "python3-scipy", "python-scipy", "scipy",
            "scipy"),
    Package("Matplotlib", "matplotlib", "Plots of time series, profiles and networks", "python3-matplotlib",
            "python3-matplotlib", "python-matplotlib", "matplotlib", "matplotlib"),
    Package("PyWavelets", "pywt", "Removing satellite jitter", "python3-pywt", "python3-pywt", "python-pywavelets",
            "PyWavelets", "pywavelets"),
    Package("h5py", "h5py", "Reading and writing MintPy's files", "python3-h5py", "python3-h5py", "python-h5py", "h5py",
            "h5py"),
    Package("Dask distributed", "distributed", "Runs on a cluster", "python3-distributed", "python3-distributed",
            "python-distributed", "dask[distributed]", "dask distributed"))
DEBIAN, FEDORA, ARCH, CONDA, WINDOWS, MACOS, OTHER = "debian", "fedora", "arch", "conda", "windows", "macos", "other"


def installed(package: Package) -> bool:
    """True if it can be imported; nothing is imported to find out."""
    try:
        return importlib.util.find_spec(package.module) is not None
    except (ImportError, ValueError):
        return False


def missing() -> List[Package]:
    """What is not installed in QGIS's Python."""
    return [package for package in PACKAGES if not installed(package)]


def system() -> str:
    """How packages come into the Python that runs QGIS."""
    if (Path(sys.prefix) / "conda-meta").is_dir():
        return CONDA
    if os.name == "nt":
        return WINDOWS
    if sys.platform == "darwin":
        return MACOS
    for command, name in (("apt-get", DEBIAN), ("dnf", FEDORA), ("pacman", ARCH)):
        if shutil.which(command):
            return name
    return OTHER


def command(packages: Sequence[Package], where: str = "") -> str:
    """The command that installs packages, to be pasted as it is."""
    where = where or system()
    if not packages:
        return ""
    starts: Dict[str, Tuple[str, str]] = {
        DEBIAN: ("sudo apt install", "debian"), FEDORA: ("sudo dnf install", "fedora"),
        ARCH: ("sudo pacman -S", "arch"), CONDA: (f'conda install -p "{sys.prefix}" -c conda-forge', "conda"),
        WINDOWS: ("python -m pip install --user", "pip"), MACOS: (f'"{_python()}" -m pip install --user', "pip"),
        OTHER: (f'"{_python()}" -m pip install --user', "pip")}
    start, kind = starts[where]
    names = [getattr(package, kind) for package in packages]
    return " ".join([start, *(f'"{name}"' if "[" in name else name for name in names)])


def place(where: str = "") -> str:
    """Where the command is to be run, in words; without a translation."""
    where = where or system()
    if where == WINDOWS:
        return "Start > OSGeo4W Shell (it comes with QGIS)"
    return "a terminal"


def _python() -> str:
    """QGIS's own Python; on macOS sys.executable is QGIS itself."""
    for folder in (Path(sys.prefix) / "bin", Path(sys.exec_prefix) / "bin"):
        for name in (f"python{sys.version_info.major}.{sys.version_info.minor}", "python3"):
            if (folder / name).is_file():
                return str(folder / name)
    return "python3"
