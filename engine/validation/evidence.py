"""The pairs behind one place of a series, with what each of them says against it: why is this point noisy?"""
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..core.errors import InputError
from ..core.flags import WORDS, Flag
from ..core.grid import Window
from ..core.progress import Progress
from ..core.stack import PairEntry
from ..io.displacement import open_displacement
from ..io.manifests import read_stack
from ..io.raster import same_crs
from ..io.series import History

_MAD = 1.4826  # median absolute deviation of normal numbers x this = their standard deviation
_SUSPICIOUS = 3.0  # robust deviations
_OUTSIDE = "outside the pair"
_UNKNOWN = (float("nan"), float("nan"))  # sigma and quality


@dataclass(frozen=True)
class PairValue:
    """One pair at one pixel. measured, residual: component -> m, NaN where the pair has no value; residual is the
    pair minus what the series says between its dates. sigma: m. quality: correlation or coherence. note: why there
    is no value, in words."""
    reference: date
    secondary: date
    file: str
    measured: Dict[str, float]
    residual: Dict[str, float]
    sigma: float
    quality: float
    note: str = ""

    @property
    def days(self) -> int:
        return (self.secondary - self.reference).days

    @property
    def misfit(self) -> float:
        """Length of the residual, m."""
        return float(np.sqrt(sum(value ** 2 for value in self.residual.values())))


@dataclass(frozen=True)
class Evidence:
    """All pairs of a pixel, the largest misfit first, those without a value last. spread: robust standard deviation
    of the residuals' lengths about zero, m."""
    pairs: Tuple[PairValue, ...]
    spread: float

    @property
    def used(self) -> List[PairValue]:
        return [pair for pair in self.pairs if np.isfinite(pair.misfit)]

    @property
    def suspicious(self) -> List[PairValue]:
        """Pairs that lie further off than three robust deviations."""
        return [pair for pair in self.used if pair.misfit > _SUSPICIOUS * self.spread]

    def sentences(self) -> List[str]:
        """Why the point is as noisy as it is, in words."""
        used, bad = self.used, self.suspicious
        lines = [f"{len(used)} of {len(self.pairs)} pairs have a value here; a typical pair is {self.spread:.3g} m off "
                 "the series."]
        if bad:
            many = "1 pair is" if len(bad) == 1 else f"{len(bad)} pairs are"
            lines.append(f"{many} more than {_SUSPICIOUS:g} times as far off, the worst {bad[0].reference} to "
                         f"{bad[0].secondary} by {bad[0].misfit:.3g} m.")
            days = [day for pair in bad for day in (pair.reference, pair.secondary)]
            common = max(set(days), key=days.count)
            if len(bad) > 2 and days.count(common) > len(bad) / 2:
                lines.append(f"{days.count(common)} of these share the scene of {common}: look at that image.")
        reasons = [pair.note for pair in self.pairs if pair.note]
        if reasons:
            common = max(set(reasons), key=reasons.count)
            lines.append(f"{len(reasons)} {'pair has' if len(reasons) == 1 else 'pairs have'} no value, most often because "
                         f"of: {common}.")
        return lines


def pairs_at(stack, history: History, crs: str, progress: Optional[Progress] = None) -> Evidence:
    """Every pair of a stack (stack.json or its folder) at the pixel of a history. crs: of the history's position.

    Raises InputError where the place is outside the stack.
    """
    manifest, folder = read_stack(stack)
    if not same_crs(crs, manifest.grid.crs):
        raise InputError(f"{stack} has another coordinate system than the series. Choose the stack it was made of.")
    at = {day: number for number, day in enumerate(history.dates)}
    found = []
    for number, pair in enumerate(manifest.pairs):
        if progress is not None:
            progress.report(number / len(manifest.pairs), "Reading the pairs")
        found.append(_value(folder / pair.file, pair, history, at))
    if all(pair.note == _OUTSIDE for pair in found):
        raise InputError(f"The place is outside {stack}. Choose the stack that the series was made of.")
    found.sort(key=lambda pair: -pair.misfit if np.isfinite(pair.misfit) else np.inf)
    misfits = [pair.misfit for pair in found if np.isfinite(pair.misfit)]
    return Evidence(tuple(found), _MAD * float(np.median(misfits)) if misfits else float("nan"))


def _value(path: Path, pair: PairEntry, history: History, at: Dict[date, int]) -> PairValue:
    with open_displacement(path) as reader:
        index = reader.grid.index(history.x, history.y)
        nothing = {c: float("nan") for c in reader.components}
        if index is None:
            return PairValue(pair.reference, pair.secondary, pair.file, nothing, nothing, *_UNKNOWN, _OUTSIDE)
        window = Window(*index, 1, 1)

        def value(band: str) -> float:
            return float(reader.read(band, window)[0, 0]) if band and reader.has(band) else float("nan")

        measured = {c: value(c) for c in reader.components}
        sigma, quality, flag = value("sigma"), value(reader.quality), value("flag")
    if not np.isfinite(sigma) and pair.sigma:
        sigma = float(pair.sigma)
    note = "" if all(map(np.isfinite, measured.values())) else _reason(flag)
    return PairValue(pair.reference, pair.secondary, pair.file, measured,
                     {c: value - _said(history, c, pair, at) for c, value in measured.items()}, sigma, quality, note)


def _reason(flag: float) -> str:
    known = np.isfinite(flag) and int(flag) in list(Flag) and flag != Flag.VALID
    return WORDS[Flag(int(flag))] if known else "no data"


def _said(history: History, component: str, pair: PairEntry, at: Dict[date, int]) -> float:
    """What the series says a pair should be; NaN where it has no value on one of its dates."""
    if component not in history.values or pair.reference not in at or pair.secondary not in at:
        return float("nan")
    values = history.values[component]
    return float(values[at[pair.secondary]] - values[at[pair.reference]])
