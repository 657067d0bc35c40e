"""Which pairs and scenes contradict the others: a table beside the result and sentences for the log."""
from pathlib import Path
from typing import List, Sequence, Tuple

import numpy as np

from ..core.files import write_rows
from ..core.stack import PairEntry

HIGH_MISCLOSURE = 3.0  # times the median of all pairs
MANY_WRONG = 0.3  # share of a pair's pixels
UNCHECKED, FEWEST_CHECKED = 0.9, 5  # share of a pair in its own prediction; pairs to compare with
NAMED = 10  # pairs or scenes named in one sentence
COLUMNS = ("reference", "secondary", "days", "valid_pixels", "rms_misclosure_m", "rejected_share", "sigma_m", "bad")


def judge(statistics: np.ndarray, robust: bool) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """rms misclosure (m), share of rejected pixels (NaN unless robust), bad (bool), all (pairs,).

    Only pairs that others check (mean leverage below UNCHECKED) are judged and compared.
    """
    valid = np.maximum(statistics[:, 0], 1.0)
    rms = np.where(statistics[:, 0] > 0, np.sqrt(statistics[:, 4] / valid), np.nan)
    rejected = 1.0 - statistics[:, 1] / valid if robust else np.full(len(rms), np.nan)
    checked = (statistics[:, 3] < UNCHECKED * statistics[:, 1]) & np.isfinite(rms)
    if checked.sum() < FEWEST_CHECKED:
        return rms, rejected, np.zeros(len(rms), bool)
    with np.errstate(invalid="ignore"):
        return rms, rejected, checked & ((rms > HIGH_MISCLOSURE * np.median(rms[checked])) | (rejected > MANY_WRONG))


def bad_scenes(pairs: Sequence[PairEntry], bad: np.ndarray) -> List[str]:
    """Dates whose every pair is bad (two at least)."""
    found = []
    for date in sorted({d for p in pairs for d in (p.reference, p.secondary)}):
        own = [bool(b) for p, b in zip(pairs, bad) if date in (p.reference, p.secondary)]
        if len(own) > 1 and all(own):
            found.append(date.isoformat())
    return found


def sentences(pairs: Sequence[PairEntry], statistics: np.ndarray, robust: bool) -> List[str]:
    """What the user should know about pairs and scenes."""
    rms, _, bad = judge(statistics, robust)
    scenes = bad_scenes(pairs, bad)
    said = []
    empty = [p.name for p, n in zip(pairs, statistics[:, 0]) if n == 0]
    if empty:
        said.append(f"{len(empty)} of {len(pairs)} pairs have no valid pixel: {_names(empty)}.")
    if scenes:
        said.append(f"Every pair of {len(scenes)} scenes contradicts the others: {_names(scenes)}. "
                    "Look at these images, or leave them out.")
    worst = [pairs[n] for n in np.argsort(-np.nan_to_num(rms)) if bad[n]]
    if worst:
        said.append(f"{len(worst)} of {len(pairs)} pairs have a high misclosure: {_names([p.name for p in worst])}.")
    return said


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def write_table(path: Path, pairs: Sequence[PairEntry], statistics: np.ndarray, sigma: np.ndarray,
                robust: bool) -> Path:
    """Write misclosure.csv: a row per pair. sigma: (pairs,) m, typical standard deviation of a pixel, NaN = unknown."""
    rms, rejected, bad = judge(statistics, robust)
    return write_rows(path, COLUMNS, (
        [pair.reference, pair.secondary, pair.days, int(statistics[n, 0]), _number(rms[n]), _number(rejected[n]),
         _number(sigma[n]), int(bad[n])] for n, pair in enumerate(pairs)))


def _number(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""
