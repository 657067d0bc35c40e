"""Breaks: lines along which the shift jumps, such as faults, found from the votes of all pixels along them.

Total generalised variation bends a field sooner than it breaks it: where images say little, a step becomes a ramp of
many pixels, and no place on it says otherwise clearly. Many places along a line do. Along lines of many directions,
three questions are put to the votes: does a jump explain what a smooth field does not; does the present field still
miss a part of it; and is that part large? A shear margin answers no to the last, however strong its motion is.
"""
import numpy as np

from . import pyramid
from .leastsquares import left_over
from .smoothing import masked_mean

_CELL = 4               # px
_DIRECTIONS = 24        # every 7.5 degrees: half of that turns a line by 2 px at _LENGTH
_LENGTH = 32.0          # px: Gaussian sigma along the line
_SMOOTH = 20.0          # px: Gaussian sigma of the field without jumps
_SMEARED = 8.0          # px: how far the regularisation smears a jump, as it does where information is low (snow, 1 % noise)
_EXPLAINED = 18.0       # chi² of two degrees of freedom; noise alone stays below 9 at 999 of 1000 places
_MISSED = 2.3           # sigma of what the present field misses of the jump
_SHARE = 0.22           # of the jump: faults over snow .2 to .7, wide shear margins and faults over land (sharp) < .13
_STEEPNESS = 8          # of the change from below to above these
_REMAINS = 0.02         # share of the regularisation that holds across a break
_NEIGHBOURS = (1, 2, 4)  # cells of 2 px on both sides among which a break is where the jump explains most


def find(fields, down, right):
    """Share of the regularisation of jumps that remains in every cell, (rows, columns) float32: 1 away from breaks.

    fields: (5, rows, columns) of leastsquares.votes at the present shift (down, right), px; all on cells of 2 px.
    """
    explained, missed, share, angle = _evidence(fields, down, right)
    if explained.max() < 0.5 * _EXPLAINED:
        return np.ones(down.shape, np.float32)
    broken = np.float32(1)
    for found, limit in ((explained, _EXPLAINED), (missed, _MISSED), (share, _SHARE)):
        broken = broken * _beyond(pyramid.refine(found, 2), limit)
    from scipy import ndimage
    lines = np.where(_crest(pyramid.refine(explained, 2), pyramid.repeat(angle, 2)), broken, np.float32(0))
    closed = ndimage.maximum_filter(lines, footprint=ndimage.generate_binary_structure(2, 1))
    return np.float32(_REMAINS) ** closed


def without_specks(field, whole):
    """The field (components, rows, columns) with medians of 3 x 3 cells on breaks: cells that are hardly tied to others
    follow their noise, and a median keeps the step. whole: of `find`."""
    from scipy import ndimage
    return np.where(whole < 0.5, ndimage.median_filter(field, (1, 3, 3)), field)


def _beyond(value, limit: float):
    """From 0 far below the limit to 1 far above it."""
    power = np.clip(value / np.float32(limit), 0, 10) ** _STEEPNESS
    return power / (1 + power)


def _crest(height, angle):
    """Where `height` is highest across the direction `angle` of its cell, bool."""
    from scipy import ndimage
    y, x = np.mgrid[:height.shape[0], :height.shape[1]].astype(np.float32)
    crest = np.ones(height.shape, bool)
    for distance in (sign * d for d in _NEIGHBOURS for sign in (-1, 1)):
        at = [y + distance * np.cos(angle), x - distance * np.sin(angle)]
        crest &= height >= ndimage.map_coordinates(height, at, order=1, mode="nearest")
    return crest


def _templates():
    """[(angle, jump in a smooth field, what a smeared jump misses)]: odd across a line of this angle, (side, side)."""
    from scipy.special import erfc
    reach = int(np.ceil(2.5 * _LENGTH / _CELL))
    y, x = np.mgrid[-reach:reach + 1, -reach:reach + 1].astype(np.float32) * _CELL
    made = []
    for angle in np.pi / _DIRECTIONS * np.arange(_DIRECTIONS):
        along, across = y * np.sin(angle) + x * np.cos(angle), y * np.cos(angle) - x * np.sin(angle)
        odd = np.exp(-0.5 * (along / _LENGTH) ** 2) * np.clip(across / _CELL, -1, 1)
        made.append((angle, odd * erfc(np.abs(across) / (_SMOOTH * 2 ** 0.5)), odd * np.exp(-np.abs(across) / _SMEARED)))
    return made


def _evidence(fields, down, right):
    """For the likeliest direction in each cell of 4 px: (chi² of a jump, sigma and share of it missed, angle)."""
    ones = np.ones_like(down)
    without = [masked_mean(part, ones, _SMOOTH / 2) for part in (down, right)]
    sums = [pyramid.block_sum(part, _CELL // 2)
            for part in (*fields[:3], *left_over(fields, *without), *left_over(fields, down, right))]
    templates = _templates()
    along = _Convolver(sums, templates[0][1].shape[0])
    best = np.zeros((4,) + sums[0].shape, np.float32)
    for angle, jump, smeared in templates:
        chi2, height = _fit(*along.both(jump, (0, 1, 2), (3, 4)))
        (myy, myx, mxx), (asked_down, asked_right) = along.both(smeared, (0, 1, 2), (5, 6))
        # of the jump's own vector, so that one degree of freedom is left
        asked = height[0] * asked_down + height[1] * asked_right
        information = np.maximum(height[0] ** 2 * myy + 2 * height[0] * height[1] * myx + height[1] ** 2 * mxx, 1e-12)
        found = np.stack([chi2, asked / np.sqrt(information), asked / information, np.full_like(chi2, angle)])
        best = np.where(chi2 > best[0], found, best)
    return best


def _fit(information, asked):
    """(chi², vector) of the template's amplitude."""
    (a, b, d), (y, x) = information, asked
    determinant = np.maximum(a * d - b * b, 1e-3 * (a + d) ** 2 + 1e-9)
    height = (d * y - b * x) / determinant, (a * x - b * y) / determinant
    return y * height[0] + x * height[1], height


class _Convolver:
    """Sums of fields under a template around every cell; zero outside."""

    def __init__(self, parts, side: int):
        from scipy import fft
        self._fft, self._shape, self._reach = fft, parts[0].shape, side // 2
        self._padded = [fft.next_fast_len(n + side, True) for n in self._shape]
        self._spectra = [fft.rfft2(np.asarray(part, np.float32), self._padded) for part in parts]

    def both(self, template, even, odd):
        """(fields `even` under the template squared, fields `odd` under the template), lists."""
        # an odd template correlates with the opposite sign of its convolution; both signs of a jump count alike here
        return self._under(template ** 2, even), self._under(template, odd)

    def _under(self, template, numbers):
        rows, columns = self._shape
        inner = slice(self._reach, self._reach + rows), slice(self._reach, self._reach + columns)
        spectrum = self._fft.rfft2(template.astype(np.float32), self._padded)
        return [self._fft.irfft2(self._spectra[number] * spectrum, self._padded)[inner] for number in numbers]
