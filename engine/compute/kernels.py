"""Compiled kernels with numba where it is installed, their NumPy twins where it is not.

Import this module (and modules with kernels) only when a stage runs: importing numba takes a second.
"""
import logging
import os
from contextlib import contextmanager

log = logging.getLogger(__name__)

try:
    import numba
except ImportError:
    numba = None

#: TERRAIN_MOTION_NUMBA=0 runs the NumPy twins although numba is there; for tests and for finding errors.
_enabled = os.environ.get("TERRAIN_MOTION_NUMBA", "1") != "0"


def numba_version() -> str:
    """numba's version, empty where it is missing or switched off."""
    return numba.__version__ if numba is not None and _enabled else ""


def kernel(function=None, **options):
    """Compile with njit, without Python's lock, cached on disk where the folder allows it; None without numba.

    Never fastmath: it lets the compiler assume that there is no NaN, and NaN is our no data. A division by zero gives
    infinity or NaN as in NumPy: looking for it in every cell would keep the compiler from vector instructions.
    """
    options = {"nogil": True, "error_model": "numpy", **options}

    def compile_lazily(f):
        if numba is None:
            return None
        # Code on disk refers to its modules by name, but is found by this name alone: the package may be imported
        # as `terrain_motion.engine` by QGIS and as `engine` by a script.
        f.__qualname__ = f"{__name__.replace('.', '_')}__{f.__qualname__}"
        try:
            return numba.njit(cache=True, **options)(f)
        except RuntimeError as error:  # no folder where numba could keep compiled code
            log.info("compiled code is not kept between sessions: %s", error)
            return numba.njit(**options)(f)
    return compile_lazily if function is None else compile_lazily(function)


def pick(compiled, twin):
    """The compiled kernel where numba is there and switched on, else its NumPy twin. Ask at each call."""
    return compiled if compiled is not None and _enabled else twin


@contextmanager
def without_numba():
    """Run the NumPy twins inside this block (tests, benchmarks). Not for threads that run at the same time."""
    global _enabled
    before, _enabled = _enabled, False
    try:
        yield
    finally:
        _enabled = before
