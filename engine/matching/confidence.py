"""How far regularised correlation may be trusted: what its sigma is over what the information in a window says."""
import numpy as np

from . import quality
from .survey import CLEAN, RADAR, USUAL, Mode, Survey

#: px: pixels that must be distrusted by more err with their neighbours (melt, shadows), beyond the blocks' reach; the
#: rock of Yahtse Glacier scatters by .076 / .094 px with this, by .091 / .112 without.
_INDEPENDENT, _MOST_SHARED = 0.15, 8.0
_REGULARISED = 0.7  # a window holds less information than the whole field that the regularisation uses
_SPECKLE = 1.6      # what is left of it passes for texture
#: What was smeared, as quality.sigma takes it; where noise lets edges be seen, the regularisation keeps them.
_SMEARED_EDGES, _SMEARED = (3.0, 0.3), (12.0, 0.4)


def shared(distrust: float) -> float:
    """By how much errors that neighbours share raise the variance."""
    return min(max(distrust / _INDEPENDENT, 1.0) ** 2, _MOST_SHARED)


def sigma(information, down, right, window: float, mode: Mode, survey: Survey, ratio: float, regularised: bool):
    """Standard deviation per component of the shift (down, right), px, on cells of 2 px.

    information: (3, rows, columns), see quality.sigma. window: px, its Gaussian sigma. ratio: noise over gradient. The
    factors were found on scenes with known motion (benchmarks), so that .68 of the errors are within one sigma.
    """
    edges = mode in (CLEAN, USUAL)
    if mode is RADAR:
        excess = _SPECKLE
    elif not regularised:
        excess = 1.0
    elif edges:  # the regularisation takes a part of the errors that neighbours share away again
        excess = _REGULARISED * shared(survey.distrust) ** -0.25
    else:        # strong noise passes for information in the gradients
        excess = (ratio * shared(survey.distrust)) ** 0.5
    return quality.sigma(information / np.float32(excess ** 2), down, right, 2, window,
                         _SMEARED_EDGES if edges else _SMEARED)
