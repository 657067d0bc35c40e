"""Files below a folder, also behind symbolic links: people link products together rather than copying them."""
import os
from pathlib import Path
from typing import Callable, Iterator, List, Set, Tuple


def walk(folder) -> Iterator[Tuple[Path, List[str], List[str]]]:
    """(folder, its folders, its files) of a folder and all below it, sorted; hidden ones are left out.

    Links to folders are followed, and every real folder comes once, so that links in a circle end. As with `os.walk`, what
    the caller takes out of the list of folders is not entered.
    """
    seen: Set[str] = set()
    for base, folders, names in os.walk(str(folder), followlinks=True):
        real = os.path.realpath(base)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(base), folders, sorted(name for name in names if not name.startswith("."))


def files_below(folder, wanted: Callable[[str], bool] = lambda name: True, leave_out=None) -> List[Path]:
    """All files whose name is wanted. leave_out: a folder that is not entered."""
    found: List[Path] = []
    for base, folders, names in walk(folder):
        folders[:] = [name for name in folders if leave_out is None or base / name != leave_out]
        found += [base / name for name in names if wanted(name)]
    return found
