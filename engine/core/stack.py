"""The manifest of a stack: displacements of many pairs on one grid."""
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Dict, List, Optional, Tuple

from .errors import InputError
from .grid import Grid
from .units import METRE, SIGN_EAST_NORTH, SIGN_LOS

FORMAT, VERSION = "terrain-motion-stack", 1
NAME = "stack.json"


@dataclass(frozen=True)
class PairEntry:
    """One pair of a stack. file: path relative to the manifest. sigma: m, where one number holds for the pair."""
    reference: date
    secondary: date
    file: str
    sigma: Optional[float] = None
    perpendicular_baseline: Optional[float] = None
    mean_quality: Optional[float] = None
    valid_fraction: Optional[float] = None
    extra: Dict[str, Any] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Temporal baseline, days; negative for a backward pair."""
        return (self.secondary - self.reference).days

    @property
    def name(self) -> str:
        return f"{self.reference:%Y%m%d}_{self.secondary:%Y%m%d}"


@dataclass(frozen=True)
class StackManifest:
    """What `stack.json` says. extra: keys that this version does not know; they are kept."""
    kind: str
    components: Tuple[str, ...]
    grid: Grid
    pairs: Tuple[PairEntry, ...]
    quality: str = "correlation"
    geometry: Optional[str] = None
    history: Tuple[Dict[str, Any], ...] = ()
    extra: Dict[str, Any] = field(default_factory=dict)

    @property
    def dates(self) -> List[date]:
        """Every date of the network, sorted."""
        return sorted({d for p in self.pairs for d in (p.reference, p.secondary)})

    def as_json(self) -> Dict[str, Any]:
        return {**self.extra, "format": FORMAT, "version": VERSION, "kind": self.kind,
                "components": list(self.components), "quality": self.quality, "unit": METRE,
                "sign": SIGN_LOS if self.kind == "insar" else SIGN_EAST_NORTH,
                "crs": self.grid.crs, "geotransform": list(self.grid.transform),
                "width": self.grid.width, "height": self.grid.height, "geometry": self.geometry,
                "pairs": [_pair_json(p) for p in self.pairs], "history": list(self.history)}

    @classmethod
    def from_json(cls, data: Dict[str, Any], source: str) -> "StackManifest":
        """Build from the parsed manifest. source: its path, for messages."""
        if data.get("format") != FORMAT:
            raise InputError(f"{source} is not a stack of displacements (its format is "
                             f"'{data.get('format')}'). Choose a stack.json made by Match pairs or an import.")
        if data.get("version", 1) > VERSION:
            raise InputError(f"{source} was written by a newer version of Terrain Motion. Update the plugin.")
        known = {"format", "version", "kind", "components", "quality", "unit", "sign", "crs", "geotransform", "width",
                 "height", "geometry", "pairs", "history"}
        try:
            kind = data["kind"]
            grid = Grid(data.get("crs") or "", tuple(float(v) for v in data["geotransform"]),
                        int(data["width"]), int(data["height"]))
            return cls(kind, tuple(data["components"]), grid, tuple(_pair(p) for p in data["pairs"]),
                       data.get("quality") or ("coherence" if kind == "insar" else "correlation"),
                       data.get("geometry"), tuple(data.get("history") or ()),
                       {k: v for k, v in data.items() if k not in known})
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{source} is incomplete or damaged ({error!r}). Run the step that made it again.") \
                from error


_PAIR_KEYS = ("reference", "secondary", "file", "sigma", "perpendicular_baseline", "mean_quality", "valid_fraction")


def _pair_json(pair: PairEntry) -> Dict[str, Any]:
    values = {key: getattr(pair, key) for key in _PAIR_KEYS}
    values.update(reference=pair.reference.isoformat(), secondary=pair.secondary.isoformat())
    return {**pair.extra, **values}


def _pair(data: Dict[str, Any]) -> PairEntry:
    values = {key: data.get(key) for key in _PAIR_KEYS}
    values.update(reference=date.fromisoformat(data["reference"][:10]),
                  secondary=date.fromisoformat(data["secondary"][:10]), file=data["file"])
    return PairEntry(**values, extra={k: v for k, v in data.items() if k not in _PAIR_KEYS})
