"""Files that are there only when they are complete."""
import csv
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable, Iterator, Sequence, Union


@contextmanager
def replacing(path: Union[str, Path]) -> Iterator[Path]:
    """A name beside `path` to write to; it takes the place of `path` if the block succeeds, and goes if it fails.

    The name keeps the ending, from which many libraries know the format.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{os.getpid()}.part{target.suffix}")
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Union[str, Path], text: str) -> Path:
    """Write a text file (UTF-8) as a whole; returns its path."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


def write_rows(path: Union[str, Path], columns: Sequence[str], rows: Iterable[Sequence]) -> Path:
    """Write a CSV table as a whole; returns its path."""
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(rows)
    return Path(path)
