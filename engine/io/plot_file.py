"""A plot as a file: a page with the drawing inside, or a picture."""
from pathlib import Path
from typing import Callable, Union

from ..core.errors import InputError
from ..core.files import replacing
from .raster import check_writable


def write_plot(path: Union[str, Path], figure: Callable, page: Callable[[], str]) -> Path:
    """Write to .html (what `page` returns) or .png (the Matplotlib figure that `figure` returns); returns the path.

    Raises InputError for another ending or a folder that cannot be written.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in (".html", ".htm", ".png"):
        raise InputError(f"The plot {target} cannot be written: its name must end with .html or .png.")
    check_writable(target.parent)
    with replacing(target) as temporary:
        if kind == ".png":
            figure().savefig(temporary, dpi=150)
        else:
            temporary.write_text(page(), encoding="utf-8")
    return target
