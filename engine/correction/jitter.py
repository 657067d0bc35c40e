"""Remove waves across the track: wavelet details of the profile along the track (Provost et al. 2022, 2.2.2).

The jitter of a pushbroom sensor depends on the time, that is on the position along the track, and not on the position
across it. A two-dimensional wavelet transform of a field turned into the track holds it in the horizontal details
alone. Here those details are taken from the median over the whole swath instead of from every column: gaps and
oblique edges need no filling or turning, and motion that does not span the swath is not touched. Waves that run
steadily through the profile are fitted as sines first: a wavelet's levels leak into each other, and a short image has
too few coefficients to tell a wave from a fault.
"""
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np

from ..core.errors import InputError, MissingPackage
from ..core.grid import Window
from ..core.history import step
from ..core.progress import Progress
from ..io.raster import Band, PathLike, new_raster
from ..io.stable import StableGround
from . import track
from .field import Field, open_field, write_field
from .settings import JitterSettings
from .surface import bisquare_weights
from .track import Points

_AROUND = 1  # wavelet levels on each side of the one that holds the wavelength
_WAVES = 2.0  # shortest image, in wavelengths
_CLIP = 1.6  # x median of the coefficients: a wave of steady amplitude reaches 1.41, a fault much more
_CELLS = 8  # cells per wavelength, in which moving ground is recognised
_ALONG = 0.9  # of the track's length that stable ground must cover to be used alone
_LOOKS = 3  # times that moving ground is looked for
_MOVING = 3.0  # x sigma of the cells' medians
_FEWEST = 8  # coefficients of the deepest level from which its median says what is steady
_PARTS = 16  # of a wavelength: the profile's means whose differences show the steady waves
_WIDE = 1.5  # waves are looked for from wavelength / 1.5 to wavelength x 1.5
_SINES = 4  # two scenes with a beat each
_WORTH = 0.85  # of the cost: a further wave must lower it at least to this
_TUNING = 4.685
_FILTER = 10  # steps of a level that its wavelet reaches
_NOTHING = 3.0  # x noise of the profile: smaller waves are no waves


@dataclass(frozen=True)
class Waves:
    """A profile along the track. profile: (components, bins) m; bin k is at start + (k + 0.5) spacing, m."""
    profile: np.ndarray
    start: float
    spacing: float
    angle: float
    field: Field

    def values(self, component: int, window: Window) -> np.ndarray:
        """(rows, columns) m of one component."""
        along, _ = track.rotate(*track.positions(self.field.source.grid, window), self.angle)
        bins = np.arange(self.profile.shape[1]) + 0.5
        return np.interp((along - self.start) / self.spacing, bins, self.profile[component])


@dataclass(frozen=True)
class JitterResult:
    """What was removed. amplitude: component -> standard deviation of the waves, m. angle: of the track, degrees."""
    output: Path
    amplitude: Dict[str, float]
    angle: float
    valid_fraction: Optional[float]
    mean_quality: Optional[float]


def run(displacement: PathLike, settings: JitterSettings, output: PathLike, progress: Progress,
        stable: Optional[StableGround] = None, removed: Optional[PathLike] = None) -> JitterResult:
    """Write the displacement without jitter. removed: where to write the waves themselves, to look at."""
    with open_field(displacement, stable) as field:
        waves, found = estimate(field, settings, progress.part(0.0, 0.6))
        if removed:
            _write_removed(waves, removed, progress.part(0.6, 0.7))
        tally = write_field(field.plus(waves), output, [step("jitter", settings, **found)], field.source.reference,
                            progress.part(0.7, 1.0))
    return JitterResult(Path(output), found["amplitude"], found["angle"], tally.valid_fraction, tally.mean_quality)


def estimate(field: Field, settings: JitterSettings, progress: Progress) -> Tuple[Waves, Dict]:
    """The waves of a field, and what to tell about them. Raises InputError if the image is too short."""
    progress.report(0.0, "finding the jitter")
    points = _ground(field, settings, progress.part(0.0, 0.3))
    angle = settings.angle
    if angle is None:
        angle = track.find_angle(points, lambda some, a: _strength(some, settings, a), progress.part(0.3, 0.7))
    along, across = points.along_across(angle)
    spacing, level = _spacing(points, settings)
    start, count = float(along.min()) - spacing / 2, math.ceil(float(np.ptp(along)) / spacing) + 1
    if count * spacing < _WAVES * settings.wavelength:
        raise InputError(f"{field.source.path} is too short for a jitter of {settings.wavelength:g} m: it has values "
                         f"over {count * spacing:.0f} m along the track, and two wavelengths are needed. "
                         "Correct the whole scene, or switch the jitter correction off.")
    bins = ((along - start) / spacing).astype(np.int64)
    profile = []
    for number, values in enumerate(points.values):
        progress.report(0.7 + 0.3 * number / len(points.values))
        profile.append(_waves_of(bins, across, values, count, spacing, level, settings))
    waves = Waves(np.array(profile), start, spacing, float(angle), field)
    found = {"angle": float(angle), "amplitude": {
        name: round(float(np.std(p)), 5) for name, p in zip(field.source.components, waves.profile)}}
    return waves, found


def _ground(field: Field, settings: JitterSettings, progress: Progress) -> Points:
    """Pixels that tell the waves: of the stable ground if it lies all along the track, else of all ground.

    The waves run through the whole image, and moving ground is recognised by itself: gaps in the profile cost more.
    """
    everywhere = track.sample(replace(field, stable=None), progress.part(0.0, 0.5))
    if field.stable is None:
        return everywhere
    try:
        stable = track.sample(field, progress.part(0.5, 1.0))
    except InputError:
        return everywhere
    azimuth = settings.angle if settings.angle is not None else 0.0  # about: tracks lean little from north-south
    cell = settings.wavelength / _CELLS
    cells = [len(np.unique((points.along_across(azimuth)[0] / cell).astype(np.int64)))
             for points in (everywhere, stable)]
    return stable if cells[1] >= _ALONG * cells[0] else everywhere


def band(profile, wavelet: str, level: int, noise: float) -> np.ndarray:
    """The part of a profile in the wavelet details around a level; coefficients beyond a steady wave's are cut.

    profile: (bins,) m, without its steady waves, which would leak into other levels. noise: standard deviation of its
    values, m: details that do not exceed it are none. A profile too short to tell a steady wave has none.
    """
    try:
        import pywt
    except ImportError as error:
        raise MissingPackage("pywt", "the jitter correction") from error
    deepest = level + _AROUND
    if len(profile) < _FEWEST * 2 ** deepest:
        return np.zeros(len(profile))
    total = -(-(len(profile) + 2 * _FILTER * 2 ** deepest) // 2 ** deepest) * 2 ** deepest
    before = (total - len(profile)) // 2
    padded = np.pad(profile, (before, total - len(profile) - before), mode="reflect", reflect_type="odd")
    coefficients = pywt.wavedec(padded, wavelet, mode="periodization", level=deepest)
    kept = [np.zeros_like(coefficients[0])]
    for depth, detail in zip(range(deepest, 0, -1), coefficients[1:]):
        typical = float(np.median(np.abs(detail)))
        chosen = abs(depth - level) <= _AROUND and typical > _NOTHING * noise
        kept.append(np.clip(detail, -_CLIP * typical, _CLIP * typical) if chosen else np.zeros_like(detail))
    return pywt.waverec(kept, wavelet, mode="periodization")[before:before + len(profile)]


def steady_waves(profile, wavelength: float, noise: float) -> np.ndarray:
    """Sines of about a wavelength that run through a whole profile, (bins,) m.

    Fitted one after the other, then together, to differences of the profile over a sixteenth of the wavelength with
    bisquare weights: there a fault that spans the swath is a single wrong value.

    profile: (bins,) m. wavelength: bins. noise: standard deviation of the profile's values, m.
    """
    width = max(1, round(wavelength / _PARTS))
    count = len(profile) // width
    means = profile[:count * width].reshape(count, width).mean(axis=1)
    middles = (np.arange(count) + 0.5) * width
    error = max(noise / math.sqrt(width), 1e-6)
    chosen: List[float] = []
    fitted, scale = _fit_waves(middles, means, chosen, error)
    for _ in range(_SINES):
        tried = [_fit_waves(middles, means, [*chosen, p], error) for p in _periods(wavelength, chosen)]
        best = int(np.argmin([s for _, s in tried]))
        if tried[best][1] > _WORTH * scale:
            break
        fitted, scale = tried[best]
        chosen.append(float(_periods(wavelength, chosen)[best]))
        fitted, scale = _refined(middles, means, chosen, error)
    return _sines(np.arange(len(profile)) + 0.5, chosen) @ fitted[1:] if chosen else np.zeros(len(profile))


def _periods(wavelength: float, taken) -> np.ndarray:
    """Periods to try, bins; none twice."""
    periods = wavelength * np.geomspace(1.0 / _WIDE, _WIDE, 61)
    return periods[[all(abs(math.log(p / t)) > 0.01 for t in taken) for p in periods]]


def _refined(middles, means, chosen, error: float):
    """Improve the periods (in place) by small changes; the fit and its scale."""
    fitted, scale = _fit_waves(middles, means, chosen, error)
    for size in (0.02, 0.01, 0.005, 0.0025):
        for number in range(len(chosen)):
            for factor in (1.0 - size, 1.0 + size):
                other = list(chosen)
                other[number] *= factor
                found = _fit_waves(middles, means, other, error)
                if found[1] < scale:
                    (fitted, scale), chosen[:] = found, other
    return fitted, scale


def _fit_waves(middles, means, periods, error: float):
    """Coefficients (slope, then sine and cosine of each period) and the robust cost of the differences' residuals, m.

    The cost is the root mean square of residuals that are cut at the bisquare's limit.
    """
    differences = np.diff(means)
    design = np.column_stack([np.diff(middles), np.diff(_sines(middles, periods), axis=0)])
    weights = np.ones(len(differences))
    for _ in range(6):
        root = np.sqrt(weights)
        fitted = np.linalg.lstsq(design * root[:, None], differences * root, rcond=1e-6)[0]
        residuals = differences - design @ fitted
        scale = max(1.4826 * float(np.median(np.abs(residuals))), error)
        weights = bisquare_weights(residuals, scale, _TUNING)
    return fitted, float(np.sqrt(np.mean(np.minimum(np.abs(residuals), _TUNING * scale) ** 2)))


def _sines(x, periods) -> np.ndarray:
    """(n, 2 x periods)."""
    if not len(periods):
        return np.zeros((len(x), 0))
    phase = 2.0 * np.pi * np.asarray(x)[:, None] / np.asarray(periods)[None, :]
    return np.stack([np.sin(phase), np.cos(phase)], axis=2).reshape(len(x), -1)


def _spacing(points: Points, settings: JitterSettings) -> Tuple[float, int]:
    """Width of the bins (m) and the wavelet level in whose middle the wavelength then lies."""
    level = max(2, math.floor(math.log2(settings.wavelength / (math.sqrt(2.0) * points.spacing))))
    return settings.wavelength / (math.sqrt(2.0) * 2 ** level), level


def _waves_of(bins, across, values, count: int, spacing: float, level: int, settings: JitterSettings) -> np.ndarray:
    """(count,) the waves of one component: median over the swath without moving ground, then its wavelet band.

    Moving ground is recognised twice: first by what differs from the profile, in which it has its share, then by what
    differs from the waves that were found.
    """
    cells = (bins * spacing * _CELLS / settings.wavelength).astype(np.int64)
    columns = ((across - across.min()) * _CELLS / settings.wavelength).astype(np.int64)
    cells = cells * (int(columns.max()) + 1) + columns
    expected, _ = track.group_medians(bins, values, count)
    for _ in range(_LOOKS):
        still = _still(cells, values - expected[bins])
        expected = _band_of(bins[still], values[still], count, level, settings)
    return expected


def _still(cells, values) -> np.ndarray:
    """True for pixels in cells whose median is that of most cells."""
    medians, _ = track.group_medians(cells, values, int(cells.max()) + 1)
    there = medians[np.isfinite(medians)]
    centre = np.median(there)
    spread = 1.4826 * np.median(np.abs(there - centre))
    return np.abs(medians - centre)[cells] <= _MOVING * max(spread, 1e-6)


def _band_of(bins, values, count: int, level: int, settings: JitterSettings) -> np.ndarray:
    """(count,) the waves in the median profile of pixels."""
    profile, members = track.group_medians(bins, values, count)
    seen = members > 0
    deviation = 1.4826 * np.median(np.abs(values - profile[bins]))
    noise = 1.2533 * deviation / math.sqrt(max(float(np.median(members[seen])), 1.0))
    profile = np.interp(np.arange(count), np.flatnonzero(seen), profile[seen])
    steady = steady_waves(profile, math.sqrt(2.0) * 2 ** level, noise)
    return steady + band(profile - steady, settings.wavelet, level, noise)


def _strength(points: Points, settings: JitterSettings, angle: float) -> float:
    """How much of the profile along a track of this azimuth is a wave of about the wavelength: variance explained.

    Least squares rather than power: few waves in a short image, and another direction with another wavelength looks
    much the same.
    """
    along, _ = points.along_across(angle)
    spacing = settings.wavelength / 32.0
    bins = ((along - along.min()) / spacing).astype(np.int64)
    members = np.bincount(bins)
    root = np.sqrt(members)
    x = np.arange(len(members)) + 0.5
    ground = root[:, None] * np.stack([np.ones_like(x), x / len(x)], axis=1)
    profiles = np.stack([np.bincount(bins, v) / np.maximum(root, 1.0) for v in track.clipped(points.values)], axis=1)
    best = 0.0
    for period in 32.0 * np.geomspace(1.0 / _WIDE, _WIDE, 41):
        design = np.column_stack([ground, root[:, None] * _sines(x, [period])])
        whole, _ = np.linalg.qr(design)  # its first columns span the slope alone
        best = max(best, float(((whole[:, 2:].T @ profiles) ** 2).sum()))
    return best


def _write_removed(waves: Waves, path: PathLike, progress: Progress) -> None:
    """The waves as a raster with a band for each component, m."""
    source = waves.field.source
    with new_raster(path, source.grid, [Band(name, "m") for name in source.components]) as target:
        for row in range(0, source.grid.height, 256):
            progress.report(row / source.grid.height, "writing the jitter")
            window = Window(row, 0, min(256, source.grid.height - row), source.grid.width)
            target.write({name: waves.values(number, window).astype(np.float32)
                          for number, name in enumerate(source.components)}, window)
