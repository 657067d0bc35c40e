"""The memory that a run may use: one setting, a quarter of the machine by default."""
import ctypes
import os
from typing import Optional

_budget: Optional[int] = None


def machine_memory() -> int:
    """Bytes of memory of this machine; 4 GiB where the system does not tell."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if os.name == "nt":
        class Status(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
                (name, ctypes.c_ulonglong) for name in ("total", "free", "page_total", "page_free",
                                                        "virtual_total", "virtual_free", "extended")]
        status = Status()
        status.length = ctypes.sizeof(Status)
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            return status.total
    return 4 << 30


def budget() -> int:
    """Bytes that a run may hold in arrays: the user's setting, TERRAIN_MOTION_MEMORY (MiB) or a quarter of RAM."""
    if _budget:
        return _budget
    asked = os.environ.get("TERRAIN_MOTION_MEMORY", "")
    return int(asked) << 20 if asked.isdigit() and int(asked) > 0 else machine_memory() // 4


def set_budget(size: Optional[int]) -> None:
    """The user's budget in bytes; None returns to the default."""
    global _budget
    _budget = size
