"""What is known of a product without reading a pixel."""
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Dict, Iterable, Iterator, Optional

from ...core.errors import InputError
from ...core.scene import Scene

_BAND_NUMBER = re.compile(r"^(?:S[RT]_)?B?0*(\d{1,2})(A?)$")


@dataclass(frozen=True)
class BandSource:
    """Where a band's pixels are: value = stored number * scale + offset (reflectance where the product says how).

    path: what GDAL opens. number: 1-based band in it. nodata: stored number that means no data, where the product
    defines one that its files do not declare (0 in Sentinel-2 and Landsat). place: a sister file of the same size whose
    place on Earth the band shares, where its own file tells none (previews of cloud copies).
    """
    path: str
    number: int = 1
    scale: float = 1.0
    offset: float = 0.0
    name: str = ""
    nodata: Optional[float] = None
    place: str = ""


@dataclass(frozen=True)
class Product:
    """A scene and its bands.

    bands: by name, in the product's order. preferred: the band an expert matches first, empty if there is none.
    classes: class rasters that came with the product (SCL, QA_PIXEL, ...). detectors: band -> its CCD footprints.
    values: the metadata as they stand, where they are a plain list of names and values (Landsat). preview: the
    product's own small picture in colours, empty if it has none. offsets: stored number to add before scaling, by band,
    where the metadata have such tags; the bands' own scaling holds it already.
    """
    scene: Scene
    bands: Dict[str, BandSource]
    preferred: str = ""
    baseline: str = ""
    classes: Dict[str, str] = field(default_factory=dict)
    detectors: Dict[str, str] = field(default_factory=dict)
    values: Dict[str, str] = field(default_factory=dict)
    preview: str = ""
    offsets: Dict[str, float] = field(default_factory=dict)

    def band(self, name: str = "") -> BandSource:
        """The band of that name ("B4", "b04" and "4" are the same), or the preferred one. Raises InputError."""
        if not name and self.preferred:
            return self.bands[self.preferred]
        if name in self.bands:
            return self.bands[name]
        for known, source in self.bands.items():
            if name and band_key(known) == band_key(name):
                return source
        there = ", ".join(self.bands) or "none at all"
        wanted = f"The band {name}" if name else "A band to match"
        raise InputError(f"{wanted} is missing in {self.scene.path}; the bands there are: {there}. "
                         "Choose one of these or get the complete product.")


@contextmanager
def readable(path) -> Iterator[None]:
    """Turn a value that is not what the format promises into an InputError that names the product."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"The metadata of {path} hold a value that cannot be read ({error!r}). "
                         "Get the product again.") from error


def band_key(name: str) -> str:
    """A form in which "B4", "B04", "SR_B4" and "b04" are equal."""
    text = name.strip().upper()
    match = _BAND_NUMBER.match(text)
    return f"B{int(match.group(1))}{match.group(2)}" if match else text


def first_of(wanted: Iterable[str], bands: Iterable[str]) -> str:
    """The first of the wanted names that is there, else the first band, else an empty text."""
    there = list(bands)
    keys = {band_key(name): name for name in reversed(there)}
    return next((keys[band_key(name)] for name in wanted if band_key(name) in keys), there[0] if there else "")
