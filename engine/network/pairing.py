"""Pair network: scenes to pairs, with the parts of the network and what was left out and why."""
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Dict, List, Optional, Sequence, Tuple

from ..core.errors import InputError
from ..core.grid import Grid
from ..core.pair import Pair
from ..core.progress import Progress
from ..core.scene import Scene
from . import graph, overlap, rules
from .graph import Component, Edge
from .settings import PairNetworkSettings

_ADVICE = {
    rules.SAME_DAY: "Add scenes of other days.",
    rules.BASELINE: "Change the minimum or maximum baseline.",
    rules.ORBIT: "Switch off 'Same orbit only' or add scenes of one orbit.",
    rules.SPLIT: "Add scenes from the other side of the split date, or change it.",
    rules.DROPPED: "Take some of the dropped pairs back.",
    overlap.CRS: "Reproject them to one coordinate system with Prepare.",
    overlap.PIXELS: "Bring them to one pixel size with Prepare.",
    overlap.APART: "Choose scenes of one place.",
    overlap.TILES: "Choose scenes of one tile.",
}


@dataclass(frozen=True)
class NetworkResult:
    """pairs: by date. dates: of all scenes that could be paired. components: largest first; isolated: dates in no
    pair; bridges: pairs on which a part hangs. dropped: (scene path, reason). refused: combinations by reason.
    pixel_size: m, 0 where unknown.
    """
    pairs: List[Pair]
    dates: List[date]
    components: List[Component]
    isolated: List[date]
    bridges: List[Edge]
    dropped: List[Tuple[str, str]]
    refused: Dict[str, int]
    settings: PairNetworkSettings
    pixel_size: float = 0.0
    notes: List[str] = field(default_factory=list)

    @property
    def connections(self) -> List[Edge]:
        """Every connection of two dates once, earlier date first."""
        return graph.edges((p.reference_date, p.secondary_date) for p in self.pairs)

    @property
    def pairs_per_date(self) -> Dict[date, int]:
        return graph.pairs_per_date(self.dates, self.connections)

    @property
    def baselines(self) -> Tuple[int, int]:
        """Shortest and longest temporal baseline, days."""
        days = [abs(pair.days) for pair in self.pairs]
        return min(days), max(days)

    @property
    def slowest_speed(self) -> Optional[float]:
        """Slowest motion (m/yr) that the longest pair resolves (eq. 6), None where the pixel size is unknown."""
        if not self.pixel_size:
            return None
        return rules.slowest_speed(self.baselines[1], self.pixel_size, self.settings.sensitivity)


def run(scenes: Sequence[Scene], settings: PairNetworkSettings, progress: Optional[Progress] = None) -> NetworkResult:
    """Pair scenes. Raises InputError, with the reasons in numbers, if not a single pair can be made."""
    progress = progress or Progress()
    if len(scenes) < 2:
        raise InputError("The scenes layer is empty. Run Catalogue on a folder with scenes." if not scenes else
                         f"There is only one scene ({scenes[0].path}); a pair needs two. Add another date.")
    dropped: List[Tuple[str, str]] = []
    notes: List[str] = []
    usable = _clear(scenes, settings, dropped)
    grids = _grids(usable, dropped, notes, progress.part(0.0, 0.5))
    usable = _one_per_day([scene for scene in usable if scene.path in grids], dropped)
    acquisitions = _acquisitions(usable, grids, settings)
    pairs, refused = _pairs(usable, acquisitions, settings, progress.part(0.5, 1.0))
    if not pairs:
        raise InputError(_nothing(usable, acquisitions, refused, dropped, settings))
    connections = graph.edges((p.reference_date, p.secondary_date) for p in pairs)
    dates = sorted({scene.date for scene in usable})
    counts = graph.pairs_per_date(dates, connections)
    sizes = Counter(a.pixel_size for a in acquisitions if a.pixel_size)
    return NetworkResult(pairs, dates, graph.components(connections), [d for d, n in counts.items() if not n],
                         graph.bridges(connections), dropped, dict(refused), settings,
                         sizes.most_common(1)[0][0] if sizes else 0.0, notes)


def _clear(scenes: Sequence[Scene], settings: PairNetworkSettings, dropped: List[Tuple[str, str]]) -> List[Scene]:
    """Scenes under the cloud limit, by time."""
    kept = []
    for scene in sorted(scenes, key=lambda s: (s.acquired, s.path)):
        if scene.cloud is not None and scene.cloud > settings.max_cloud:
            dropped.append((scene.path, f"{scene.cloud:.0f} % cloud, more than the {settings.max_cloud:g} % allowed"))
        else:
            kept.append(scene)
    return kept


def _grids(scenes: Sequence[Scene], dropped, notes, progress: Progress) -> Dict[str, Optional[Grid]]:
    """The grid of each scene that has a band to match; None where the file is not here to be looked at."""
    found: Dict[str, Optional[Grid]] = {}
    away = []
    for index, scene in enumerate(scenes):
        progress.report(index / len(scenes), "Grids of the scenes")
        if not scene.path.startswith("/vsi") and not os.path.exists(scene.path):
            away.append(scene.path)
            found[scene.path] = None
            continue
        try:
            found[scene.path] = overlap.scene_grid(scene)
        except InputError as error:
            dropped.append((scene.path, str(error)))
    if away:
        notes.append(f"{len(away)} scenes are not where the layer says (for example {away[0]}); they are paired by "
                     "date and footprint alone.")
    return found


def _one_per_day(scenes: Sequence[Scene], dropped: List[Tuple[str, str]]) -> List[Scene]:
    """Of several products of one day and place the one of the usual level, then the least cloudy."""
    levels = Counter((scene.mission.split("-")[0].split(" ")[0], scene.level) for scene in scenes)
    kept: Dict[tuple, Scene] = {}
    best_first = sorted(scenes, key=lambda s: (-levels[(s.mission.split("-")[0].split(" ")[0], s.level)],
                                               101.0 if s.cloud is None else s.cloud, s.path))
    for scene in best_first:
        key = (scene.date, scene.tile or scene.footprint or scene.path, scene.orbit, scene.mission)
        if key in kept:
            dropped.append((scene.path, f"the same day and place as {kept[key].path}"))
        else:
            kept[key] = scene
    return sorted(kept.values(), key=lambda s: (s.acquired, s.path))


def _acquisitions(scenes, grids, settings: PairNetworkSettings) -> List[rules.Acquisition]:
    """Scenes as the rules see them. With 'Same orbit only' acquisitions are counted within an orbit."""
    ranks: Dict[str, int] = {}
    for orbit in {scene.orbit if settings.same_orbit else "" for scene in scenes}:
        mine = [s for s in scenes if not settings.same_orbit or s.orbit == orbit]
        ranks.update(zip((s.path for s in mine), rules.ranks([s.date for s in mine])))
    return [overlap.describe(scene, ranks[scene.path], grids[scene.path]) for scene in scenes]


def _pairs(scenes, acquisitions, settings: PairNetworkSettings, progress: Progress):
    footprints = overlap.Footprints()
    pairs: List[Pair] = []
    refused: Counter = Counter()
    for i, first in enumerate(scenes):
        progress.report(i / len(scenes), f"{len(pairs)} pairs")
        for j in range(i + 1, len(scenes)):
            reason = (rules.refusal(acquisitions[i], acquisitions[j], settings)
                      or overlap.refusal(acquisitions[i], acquisitions[j]))
            common = None
            if not reason:
                reason, common = footprints.common(first, scenes[j])
            if reason:
                refused[reason] += 1
                continue
            pairs.extend(_pair(first, scenes[j], forward, common) for forward in rules.orders(settings.direction))
    return sorted(pairs, key=lambda p: (min(p.reference_date, p.secondary_date), abs(p.days), p.days < 0)), refused


def _pair(earlier: Scene, later: Scene, forward: bool, common: Optional[str]) -> Pair:
    reference, secondary = (earlier, later) if forward else (later, earlier)
    missions = list(dict.fromkeys(filter(None, (reference.mission, secondary.mission))))
    return Pair(reference.path, secondary.path, reference.date, secondary.date, reference.mask, secondary.mask,
                ", ".join(missions), reference.orbit if reference.orbit == secondary.orbit else "", common)


def _nothing(scenes, acquisitions, refused: Counter, dropped, settings: PairNetworkSettings) -> str:
    if len(scenes) < 2:
        path, reason = dropped[0]
        return (f"{len(dropped)} scenes were left out and {len(scenes)} remain, but a pair needs two. For example "
                f"{path}: {reason.rstrip('.')}. Relax the limits or add scenes.")
    reasons = ", ".join(f"{count} {reason}" for reason, count in refused.most_common())
    main = refused.most_common(1)[0][0]
    detail = ""
    if rules.BASELINE in refused:
        low, high = settings.limits
        days = sorted({a.day for a in acquisitions})
        gaps = [(b - a).days for a, b in zip(days, days[1:])]
        detail = (f" The limits are {low} to {high} {settings.unit}; the dates are {min(gaps)} to "
                  f"{(days[-1] - days[0]).days} days apart.")
    examples = ""
    if main in (overlap.CRS, overlap.PIXELS, overlap.APART, overlap.TILES):
        examples = f" For example {scenes[0].path} and {scenes[-1].path}."
    return (f"No pair can be made of {len(scenes)} scenes: of their combinations there are {reasons}.{detail}"
            f"{examples} {_ADVICE[main]}")
