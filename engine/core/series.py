"""The manifest of a time series: cumulative displacement at every date on one grid."""
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Dict, Optional, Tuple

from .errors import InputError
from .grid import Grid
from .units import METRE

FORMAT, VERSION = "terrain-motion-series", 1
NAME = "series.json"
STACK_KEY = "stack"  # in `extra`: the stack.json that a series was made of, relative to it
_KNOWN = {"format", "version", "kind", "components", "unit", "crs", "geotransform", "width", "height", "dates",
          "rasters", "sigmas", "velocity", "quality", "reference", "history"}


@dataclass(frozen=True)
class SeriesManifest:
    """What `series.json` says.

    rasters: component -> file with a band per date (m since the first date). sigmas: component -> file of the same
    shape (1 standard deviation, m), where known. reference: what is held still, in words. All paths are relative.
    """
    kind: str
    components: Tuple[str, ...]
    grid: Grid
    dates: Tuple[date, ...]
    rasters: Dict[str, str]
    sigmas: Dict[str, str] = field(default_factory=dict)
    velocity: Optional[str] = "velocity.tif"
    quality: Optional[str] = "quality.tif"
    reference: str = ""
    history: Tuple[Dict[str, Any], ...] = ()
    extra: Dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> Dict[str, Any]:
        return {**self.extra, "format": FORMAT, "version": VERSION, "kind": self.kind,
                "components": list(self.components), "unit": METRE, "crs": self.grid.crs,
                "geotransform": list(self.grid.transform), "width": self.grid.width, "height": self.grid.height,
                "dates": [d.isoformat() for d in self.dates], "rasters": dict(self.rasters),
                "sigmas": dict(self.sigmas), "velocity": self.velocity, "quality": self.quality,
                "reference": self.reference, "history": list(self.history)}

    @classmethod
    def from_json(cls, data: Dict[str, Any], source: str) -> "SeriesManifest":
        """Build from the parsed manifest. source: its path, for messages."""
        if data.get("format") != FORMAT:
            raise InputError(f"{source} is not a time series (its format is '{data.get('format')}'). "
                             "Choose a series.json made by Invert.")
        if data.get("version", 1) > VERSION:
            raise InputError(f"{source} was written by a newer version of Terrain Motion. Update the plugin.")
        try:
            grid = Grid(data.get("crs") or "", tuple(float(v) for v in data["geotransform"]),
                        int(data["width"]), int(data["height"]))
            return cls(data["kind"], tuple(data["components"]), grid,
                       tuple(date.fromisoformat(d[:10]) for d in data["dates"]), dict(data["rasters"]),
                       dict(data.get("sigmas") or {}), data.get("velocity"), data.get("quality"),
                       data.get("reference") or "", tuple(data.get("history") or ()),
                       {k: v for k, v in data.items() if k not in _KNOWN})
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{source} is incomplete or damaged ({error!r}). Run the step that made it again.") \
                from error
