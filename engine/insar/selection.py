"""Selection of interferograms by baselines and coherence; the new stack points at the same rasters."""
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..compute.pairs import moved_links
from ..core import history as histories
from ..core.errors import InputError
from ..core.progress import Progress
from ..core.stack import NAME, PairEntry, StackManifest
from ..io.displacement import open_displacement
from ..io.manifests import read_stack, relative, write_stack
from ..io.raster import check_writable
from ..io.stable import StableGround
from .settings import SelectSettings

DAYS, PERPENDICULAR, COHERENCE, BY_HAND = ("longer than the temporal limit", "longer than the perpendicular limit",
                                           "below the lowest mean coherence", "left out by hand")


@dataclass(frozen=True)
class Chosen:
    """One pair with what the decision rests on. reason: why it is left out, "" where it is kept. tree: kept because it
    holds dates together."""
    entry: PairEntry
    coherence: Optional[float]
    reason: str = ""
    tree: bool = False


@dataclass(frozen=True)
class SelectResult:
    """stack: the new manifest. pairs: all of the input, kept or not. isolated: dates without any pair left. parts:
    dates of each connected part of what is kept, the largest first."""
    stack: Path
    pairs: Tuple[Chosen, ...]
    isolated: Tuple[date, ...]
    parts: Tuple[Tuple[date, ...], ...]
    settings: SelectSettings

    @property
    def kept(self) -> List[Chosen]:
        return [pair for pair in self.pairs if not pair.reason]

    def summary(self) -> List[str]:
        """Lines for the log."""
        kept = self.kept
        dates = {d for p in kept for d in (p.entry.reference, p.entry.secondary)}
        lines = [f"{len(kept)} of {len(self.pairs)} interferograms kept, {len(dates)} dates: {self.stack}"]
        for reason, count in Counter(p.reason for p in self.pairs if p.reason).items():
            names = [p.entry.name for p in self.pairs if p.reason == reason]
            lines.append(f"{count} left out, {reason}: {', '.join(names[:8])}{', …' if count > 8 else ''}")
        tree = [p.entry.name for p in kept if p.tree]
        if tree:
            lines.append(f"{len(tree)} kept only because they hold dates together: {', '.join(tree)}")
        if self.isolated:
            lines.append("Dates without any pair left: " + ", ".join(map(str, self.isolated)))
        if len(self.parts) > 1:
            words = "; ".join(f"{min(part)} to {max(part)} ({len(part)} dates)" for part in self.parts)
            lines.append(f"The network has {len(self.parts)} parts that no pair connects: {words}. One time series needs "
                         "one part: allow longer baselines, or keep the spanning tree.")
        unknown = sum(p.entry.perpendicular_baseline is None for p in self.pairs)
        if unknown:
            lines.append(f"The perpendicular baseline of {unknown} pairs is not known; its limit was not applied to them.")
        return lines


def run(stack, settings: SelectSettings, output, progress: Progress, area: Optional[StableGround] = None) -> SelectResult:
    """Write a stack of the interferograms within all limits. output: a .json file, or a folder for stack.json.

    area: polygons or raster over which the coherence is averaged; the whole area without it (as the manifest says).
    Raises InputError where nothing would be left.
    """
    manifest, folder = read_stack(stack)
    target = Path(output).absolute()
    target = target if target.suffix.lower() == ".json" else target / NAME
    source = Path(stack).absolute()
    if target.resolve() == (source if source.suffix.lower() == ".json" else source / NAME).resolve():
        raise InputError(f"The selection would overwrite the stack {target}. Choose another file.")
    coherences = [_coherence(entry, folder, manifest, area, progress.part(i / len(manifest.pairs),
                                                                         (i + 1) / len(manifest.pairs)))
                  for i, entry in enumerate(manifest.pairs)]
    pairs = choose(manifest.pairs, coherences, settings)
    kept = [pair for pair in pairs if not pair.reason]
    if not kept:
        reasons = ", ".join(f"{count} {reason}" for reason, count in Counter(p.reason for p in pairs).items())
        raise InputError(f"None of the {len(pairs)} interferograms of {stack} is left ({reasons}). Widen the limits.")
    before, after = dates_of(pairs), dates_of(kept)
    step = histories.step("selectinterferograms", settings, kept=len(kept), of=len(pairs))
    check_writable(target.parent)
    entries = tuple(replace(pair.entry, file=relative(folder / pair.entry.file, target.parent)) for pair in kept)
    extra = moved_links(manifest.extra, folder, target.parent)
    extra["not_selected"] = [{"pair": p.entry.name, "reason": p.reason} for p in pairs if p.reason]
    geometry = relative(folder / manifest.geometry, target.parent) if manifest.geometry else None
    path = write_stack(target, replace(manifest, pairs=entries, geometry=geometry, extra=extra,
                                       history=(*manifest.history, step)))
    progress.report(1.0)
    return SelectResult(path, tuple(pairs), tuple(sorted(before - after)), connected(kept), settings)


def choose(entries: Sequence[PairEntry], coherences: Sequence[Optional[float]], settings: SelectSettings) -> List[Chosen]:
    """Each pair with its reason to be left out, "" where it is kept."""
    names = {name.strip() for name in settings.drop_pairs.split(",") if name.strip()}
    unknown = names - {entry.name for entry in entries}
    if unknown:
        raise InputError(f"There is no pair {', '.join(sorted(unknown))} in the stack. Its names are like "
                         f"{entries[0].name}.")
    days = {date.fromisoformat(text.strip()[:10]) for text in settings.drop_dates.split(",") if text.strip()}
    pairs = [Chosen(entry, coherence, _reason(entry, coherence, settings, names, days))
             for entry, coherence in zip(entries, coherences)]
    if settings.spanning_tree:
        tree = spanning_tree([pair for pair in pairs if pair.reason != BY_HAND])
        pairs = [replace(p, reason="", tree=True) if p.reason and id(p) in tree else p for p in pairs]
    return pairs


def _reason(entry: PairEntry, coherence: Optional[float], settings: SelectSettings, names, days) -> str:
    if entry.name in names or entry.reference in days or entry.secondary in days:
        return BY_HAND
    if abs(entry.days) > settings.max_days:
        return DAYS
    if entry.perpendicular_baseline is not None and abs(entry.perpendicular_baseline) > settings.max_perpendicular:
        return PERPENDICULAR
    if coherence is not None and coherence < settings.min_coherence:
        return COHERENCE
    return ""


def spanning_tree(pairs: Sequence[Chosen]) -> Dict[int, Chosen]:
    """id -> pairs that connect all dates with the highest coherence (Kruskal); pairs within the limits come first."""
    order = sorted(pairs, key=lambda p: (bool(p.reason), -(p.coherence if p.coherence is not None else 0.0),
                                         abs(p.entry.days)))
    parent: Dict[date, date] = {}
    return {id(pair): pair for pair in order if _join(parent, pair.entry.reference, pair.entry.secondary)}


def connected(pairs: Sequence[Chosen]) -> Tuple[Tuple[date, ...], ...]:
    """Dates of each connected part, the largest first."""
    parent: Dict[date, date] = {}
    for pair in pairs:
        _join(parent, pair.entry.reference, pair.entry.secondary)
    parts: Dict[date, List[date]] = {}
    for day in sorted(parent):
        parts.setdefault(_root(parent, day), []).append(day)
    return tuple(sorted(map(tuple, parts.values()), key=lambda part: (-len(part), part)))


def dates_of(pairs: Sequence[Chosen]) -> set:
    return {day for pair in pairs for day in (pair.entry.reference, pair.entry.secondary)}


def _join(parent: Dict[date, date], first: date, second: date) -> bool:
    """Connect two dates; False where they were connected already."""
    a, b = _root(parent, first), _root(parent, second)
    parent[a] = b
    return a != b


def _root(parent: Dict[date, date], day: date) -> date:
    parent.setdefault(day, day)
    while parent[day] != day:
        parent[day] = parent[parent[day]]
        day = parent[day]
    return day


def _coherence(entry: PairEntry, folder: Path, manifest: StackManifest, area: Optional[StableGround],
               progress: Progress) -> Optional[float]:
    """Mean coherence of a pair: that of the manifest, or over an area, or of the raster where nobody knows it."""
    progress.report(0.0, "Looking at the coherence")
    if area is None and entry.mean_quality is not None:
        return entry.mean_quality
    with open_displacement(folder / entry.file) as source:
        if not source.quality:
            return None
        values = source.read(source.quality)
    inside = np.isfinite(values)
    if area is not None:
        inside &= area.mask(manifest.grid)
    return float(values[inside].mean(dtype=np.float64)) if inside.any() else 0.0
