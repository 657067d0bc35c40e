"""How far regularised correlation may be trusted: what its sigma is over what the information in a window says."""
import numpy as np

from . import pyramid, quality
from .smoothing import masked_mean, smooth
from .survey import Survey

#: px: pixels that must be distrusted by more err with their neighbours (melt, shadows), beyond the blocks' reach; the
#: rock of Yahtse Glacier scatters by .076 / .094 px with this, by .091 / .112 without.
_INDEPENDENT, _MOST_SHARED = 0.15, 8.0
_KEPT = 0.4         # power of that which stays in the variance of the regularised field
#: Sigma over that of a window where the regularised field is flat, and what is added to it, in quadrature, where the field
#: varies within _REACH px as much as it errs: there the regularisation uses less of what is around.
_FLAT, _VARIED, _REACH, _AS_MUCH = 0.218, 0.89, 12.0, 0.025
#: Powers of the share of texture around a pixel, that the variance rises with, and of the scene's, that it falls with, when
#: the votes' information knows both: what is known around a place is carried to it, but not to a whole scene.
_TEXTURE, _OF_SCENE = 0.5, 2.4
#: Inflation of the votes from which on sigma falls: strong texture leaves less error than the distrust of a pixel assumes.
_EXACT, _POWER = 0.83, 0.5
_LEAST = 0.0009     # px: what interpolation errs by without any noise
#: Variance over that of a window, times the share of texture squared for radar, where speckle is carried along, and times
#: the scene's share where nothing is regularised.
_SPECKLE, _WINDOWS = 0.72, 0.65
#: (px, share) of the field's variance within this distance that is smeared; the regularisation keeps edges where noise
#: lets them be seen, windows do not.
_SMEARED, _SMEARED_BY_WINDOWS = (3.0, 0.25), (12.0, 0.4)
#: Ground has little texture where its share is below this part of the usual one. Motion is carried over it from around, and
#: misses by more than sigma says (big motion over Yahtse's snow: by up to 2.7 px) where what the motion around varies by
#: (within _AROUND px), times the share of such ground (within _GAP px) squared, is over _GUESSED px: what a smooth field
#: misses grows with the square of the gap.
_LITTLE, _AROUND, _GAP, _GUESSED = 0.8, 20.0, 16.0, 0.35
_COARSE = 4         # cells: sides of the blocks that wide variation is looked at in


def shared(distrust: float) -> float:
    """By how much errors that neighbours share raise the variance."""
    return min(max(distrust / _INDEPENDENT, 1.0) ** 2, _MOST_SHARED)


def bridged(down, right, share, usual: float):
    """Cells (bool) whose motion was carried over from around although it varies there: the images say too little.

    What varies is the motion of the ground around with its texture; across ground without the field may be flat.
    """
    rows, columns = down.shape
    ends = ((0, -rows % _COARSE), (0, -columns % _COARSE))
    little = share < _LITTLE * usual
    told = pyramid.block_sum(np.pad((~little).astype(np.float32), ends), _COARSE) / np.float32(_COARSE ** 2)
    if not little.any() or not told.any():
        return np.zeros_like(little)

    reach = _AROUND / 2 / _COARSE
    weight = np.maximum(smooth(told, reach), 1e-6)
    varied = np.zeros_like(told)
    for part in (down, right):
        apart = np.pad(np.where(little, 0, part - np.median(part[~little])), ends)
        mean, square = (smooth(pyramid.block_sum(power, _COARSE) / np.float32(_COARSE ** 2), reach) / weight
                        for power in (apart, apart * apart))
        varied += np.float32(0.5) * (square - mean * mean)
    gap = 1 - masked_mean(told, np.ones_like(told), _GAP / 2 / _COARSE)
    return little & (pyramid.refine(varied * gap ** 4, _COARSE)[:rows, :columns] > _GUESSED ** 2)


def sigma(information, down, right, window: float, share, survey: Survey, radar: bool, regularised: bool):
    """Standard deviation per component of the shift (down, right), px, on cells of 2 px.

    information: (3, rows, columns) of the last votes, see quality.variance. window: px, its Gaussian sigma. share: of
    texture in the votes. The factors were found on scenes with known motion (benchmarks), so that .68 of the errors are
    within one sigma.
    """
    variance = quality.variance(information, 2, window)
    if radar or not regularised:
        reach, smeared = _SMEARED_BY_WINDOWS
        variance *= _SPECKLE / share ** 2 if radar else np.float32(_WINDOWS / survey.texture[0])
        return np.sqrt(variance + np.float32(smeared) * quality.structure(down, right, 2, reach)).astype(np.float32)
    # most of what the scene as a whole was distrusted by, the regularisation takes away
    distrusted = max(survey.inflation, 1.0) / shared(survey.distrust) ** _KEPT
    own = variance * share ** _TEXTURE / np.float32(distrusted * survey.texture[0] ** _OF_SCENE)
    varied = quality.structure(down, right, 2, _REACH)
    own *= np.float32(_FLAT ** 2) + np.float32(_VARIED ** 2) * varied / (varied + np.float32(_AS_MUCH) * own)
    reach, smeared = _SMEARED
    return np.sqrt(own * np.float32(min(survey.inflation / _EXACT, 1.0) ** _POWER) + np.float32(_LEAST ** 2)
                   + np.float32(smeared) * quality.structure(down, right, 2, reach)).astype(np.float32)
