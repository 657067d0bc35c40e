"""Displacement rasters: bands east, north (or los), correlation (or coherence), sigma, flag; found by name."""
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..core import history as histories
from ..core.errors import InputError
from ..core.grid import Grid
from ..core.units import METRE, ONE, SIGN_EAST_NORTH, SIGN_LOS
from .raster import Band, PathLike, RasterReader, RasterWriter, new_raster, open_raster

OPTICAL, INSAR = ("east", "north"), ("los",)
_QUALITIES = ("correlation", "coherence")


@dataclass
class DisplacementReader(RasterReader):
    """A raster with displacement components."""
    components: Tuple[str, ...] = ()
    quality: str = ""

    @property
    def reference_date(self) -> Optional[date]:
        return _date(self.metadata.get("TM_REFERENCE_DATE"))

    @property
    def secondary_date(self) -> Optional[date]:
        return _date(self.metadata.get("TM_SECONDARY_DATE"))

    @property
    def reference(self) -> str:
        """What is held still, in words."""
        return self.metadata.get("TM_REFERENCE", "")

    @property
    def history(self) -> List[Dict[str, Any]]:
        return histories.from_text(self.metadata.get("TM_HISTORY"))


def _date(text: Optional[str]) -> Optional[date]:
    return date.fromisoformat(text[:10]) if text else None


@contextmanager
def open_displacement(path: PathLike) -> Iterator[DisplacementReader]:
    """Open a displacement raster. Raises InputError if it has neither east and north nor los."""
    with open_raster(path) as raster:
        components = next((c for c in (OPTICAL, INSAR) if all(raster.has(n) for n in c)), None)
        if components is None:
            raise InputError(f"{path} is not a displacement: it has the bands {', '.join(raster.bands)}, but "
                             "'east' and 'north' (or 'los') are needed. Use the result of Match or Import.")
        quality = next((q for q in _QUALITIES if raster.has(q)), "")
        yield DisplacementReader(raster.path, raster.grid, raster.bands, raster.units, raster.metadata,
                                 raster._dataset, components, quality)


def displacement_bands(components: Sequence[str], quality: str) -> List[Band]:
    """The bands of a displacement file, in their order."""
    return ([Band(name, METRE) for name in components]
            + ([Band(quality, ONE)] if quality else []) + [Band("sigma", METRE), Band("flag", ONE)])


@contextmanager
def new_displacement(path: PathLike, grid: Grid, components: Sequence[str] = OPTICAL, quality: str = "correlation",
                     reference_date: Optional[date] = None, secondary_date: Optional[date] = None,
                     reference: str = "", history: Sequence[Mapping[str, Any]] = (),
                     metadata: Optional[Mapping[str, str]] = None) -> Iterator[RasterWriter]:
    """Create a displacement raster (atomic, see `new_raster`). reference: what is held still, in words."""
    items = {"TM_UNIT": METRE, "TM_SIGN": SIGN_LOS if tuple(components) == INSAR else SIGN_EAST_NORTH,
             "TM_REFERENCE": reference or "image to image, not referenced to stable ground",
             "TM_HISTORY": histories.to_text(history)}
    if reference_date:
        items["TM_REFERENCE_DATE"] = reference_date.isoformat()[:10]
    if secondary_date:
        items["TM_SECONDARY_DATE"] = secondary_date.isoformat()[:10]
    items.update(metadata or {})
    with new_raster(path, grid, displacement_bands(components, quality), items) as writer:
        yield writer


@contextmanager
def new_displacement_like(path: PathLike, source: DisplacementReader, steps: Sequence[Mapping[str, Any]] = (),
                          reference: str = "") -> Iterator[RasterWriter]:
    """Create the corrected or filtered version of a displacement: same grid, dates and metadata, longer history."""
    items = {key: value for key, value in source.metadata.items() if key.startswith("TM_")}
    with new_displacement(path, source.grid, source.components, source.quality or "correlation",
                          source.reference_date, source.secondary_date, reference or source.reference,
                          [*source.history, *steps],
                          {k: v for k, v in items.items() if k not in ("TM_HISTORY", "TM_REFERENCE")}) as writer:
        yield writer
