"""How far regularised correlation may be trusted: what its sigma is over what the information in a window says."""
import numpy as np

from . import quality
from .survey import CLEAN, RADAR, USUAL, Mode, Survey

#: px: pixels that must be distrusted by more err with their neighbours (melt, shadows), beyond the blocks' reach; the
#: rock of Yahtse Glacier scatters by .076 / .094 px with this, by .091 / .112 without.
_INDEPENDENT, _MOST_SHARED = 0.15, 8.0
#: Sigma over that of a window where the regularised field is flat, and what is added to it, in quadrature, where the field
#: varies within _REACH px by more than its error: there the regularisation uses less of what is around.
_FLAT, _VARIED, _REACH = 0.5, 1.1, 12.0
#: Inflation of the votes from which on sigma falls: strong texture leaves less error than the distrust of a pixel assumes.
_EXACT = 0.6
_ROUGH = 0.8        # sigma over that of a window where noise rules
_CLEAR, _UNCLEAR = 0.8, 0.65  # correlation below which sigma grows, and with which power of it
_LEAST_CORRELATION = 0.1
_SPECKLE = 1.6      # what is left of it passes for texture
#: (px, share) of the field's variance within this distance that is smeared; the regularisation keeps edges where noise
#: lets them be seen.
_SMEARED_EDGES, _SMEARED = (3.0, 0.3), (12.0, 0.4)


def shared(distrust: float) -> float:
    """By how much errors that neighbours share raise the variance."""
    return min(max(distrust / _INDEPENDENT, 1.0) ** 2, _MOST_SHARED)


def unclear(correlation):
    """By how much sigma grows where images correlate little around a pixel, as noise's gradients pass for information.

    So much in the same way in snow under 1 % noise and over any ground under 10 % (benchmarks). NaN stays.
    """
    return (np.clip(correlation, _LEAST_CORRELATION, _CLEAR) / np.float32(_CLEAR)) ** np.float32(-_UNCLEAR)


def sigma(information, down, right, window: float, mode: Mode, survey: Survey, regularised: bool):
    """Standard deviation per component of the shift (down, right), px, on cells of 2 px.

    information: (3, rows, columns), see quality.variance. window: px, its Gaussian sigma. What the images say after
    matching comes on top (see `unclear`). The factors were found on scenes with known motion (benchmarks), so that .68
    of the errors are within one sigma.
    """
    edges = mode in (CLEAN, USUAL)
    variance = quality.variance(information, 2, window)
    if mode is RADAR:
        variance *= np.float32(_SPECKLE ** 2)
    elif regularised and edges:
        varied = quality.structure(down, right, 2, _REACH)
        # the regularisation takes a part of the errors that neighbours share away again
        variance *= shared(survey.distrust) ** -0.5 * (_FLAT ** 2 + _VARIED ** 2 * varied / (varied + 0.5 * variance))
        variance *= min(survey.inflation / _EXACT, 1.0) ** 0.5
    elif regularised:
        variance *= np.float32(_ROUGH ** 2 * shared(survey.distrust))
    reach, share = _SMEARED_EDGES if edges else _SMEARED
    return np.sqrt(variance + np.float32(share) * quality.structure(down, right, 2, reach)).astype(np.float32)
