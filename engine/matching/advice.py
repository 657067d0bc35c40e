"""Advice on window and range from what a preview has measured."""
from dataclasses import dataclass
from typing import Any, Dict, List

import numpy as np

from ..core.flags import Flag
from .preview import Preview
from .settings import CORRELATION, FLOW, PairRunSettings

#: Share of the range beyond which matches at its end are cut off, and below which range is wasted.
_NEAR_END, _WASTED = 0.8, 0.25
_LEAST_RANGE, _LEAST_WINDOW, _MOST_WINDOW = 4, 7, 61
_POOR, _RICH = 0.55, 0.93  # median correlation of windows with too little texture, and with more than needed
_LOST = 0.35               # share of pixels lost to low correlation or as outliers


@dataclass(frozen=True)
class Advice:
    """One sentence with its reason, and the fields it would change."""
    text: str
    changes: Dict[str, Any]


def advise(preview: Preview, settings: PairRunSettings, longest_days: int = 0) -> List[Advice]:
    """What to change, most important first; empty where nothing is to be gained.

    longest_days: of the network; motion grows with it, where the preview's pair is shorter.
    """
    good = preview.flag == Flag.VALID
    if good.sum() < 50:
        return [Advice("Almost nothing was measured here. Choose another pair with less cloud, a larger window or a "
                       "lower threshold.", _larger(settings))]
    return [*_range(preview, settings, good, longest_days), *_window(preview, settings, good)]


def _range(preview: Preview, settings: PairRunSettings, good, longest_days: int) -> List[Advice]:
    if settings.method == FLOW:  # the pyramid decides
        return []
    pixel = preview.grid.pixel_size
    largest = float(max(np.percentile(np.abs(part[good]), 99.5) for part in (preview.east, preview.north))) / pixel
    moving = float(np.percentile(preview.size[good], 99) - np.median(preview.size[good])) / pixel
    growth = longest_days / preview.days if preview.days and longest_days > preview.days else 1.0
    expected = largest + moving * (growth - 1.0)
    if expected > _NEAR_END * settings.range:
        wanted = int(np.ceil(1.3 * expected)) + 1
        longer = f", and up to {expected:.0f} px in {longest_days} days" if growth > 1.2 else ""
        if wanted <= settings.range:
            return []
        return [Advice(f"Motion of {largest:.1f} px was found{longer}: take a search range of {min(wanted, 256)} px.",
                       {"range": min(wanted, 256)})]
    wanted = max(_LEAST_RANGE, int(np.ceil(1.6 * expected)) + 1)
    if expected < _WASTED * settings.range and wanted < settings.range:
        return [Advice(f"Motion stays below {max(expected, 0.1):.1f} px here: a search range of {wanted} px is enough, "
                       "faster, and makes fewer wrong matches.", {"range": wanted})]
    return []


def _window(preview: Preview, settings: PairRunSettings, good) -> List[Advice]:
    quality = float(np.nanmedian(preview.correlation[np.isfinite(preview.correlation)]))
    lost = float(np.isin(preview.flag, (Flag.LOW_CORRELATION, Flag.OUTLIER)).mean())
    if (quality < _POOR or lost > _LOST) and settings.window < _MOST_WINDOW:
        why = f"{lost:.0%} of the pixels are lost" if lost > _LOST else f"the correlation is only {quality:.2f}"
        return [Advice(f"A larger window holds more texture: {why}. Take {_larger(settings)['window']} px.",
                       _larger(settings))]
    if quality > _RICH and settings.window > 21 and settings.method == CORRELATION:
        return [Advice(f"The ground is rich in texture (correlation {quality:.2f}): a window of 21 px follows narrow "
                       "features better.", {"window": 21})]
    return []


def _larger(settings: PairRunSettings) -> Dict[str, Any]:
    wanted = int(settings.window * 1.5) // 2 * 2 + 1
    return {"window": max(_LEAST_WINDOW, min(wanted, _MOST_WINDOW))}
