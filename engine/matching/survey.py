"""What a first look at a scene finds, the same for all of its tiles, and what every method returns."""
from dataclasses import dataclass, replace
from typing import Optional, Tuple

import numpy as np

from .leastsquares import LEAST_DISTRUST
from .prefilter import Radiometry


@dataclass(frozen=True)
class Mode:
    """How the last steps work; chosen by the noise. Strengths in noise units: see regularise and the study.

    low_pass, high_pass: Gaussian sigmas between which wavelengths count, px. Light on relief changes with the sun at
    long wavelengths, noise rules the short ones. window: factor on the window. jump, kink: px of difference per px,
    and per px², at which an edge is kept; 0 = no edges. finest: px of the finest grid.
    """
    low_pass: float
    high_pass: float
    window: float
    a1: float
    a0: float
    jump: float
    kink: float
    finest: int


CLEAN = Mode(0.7, 1.5, 1.0, 10.0, 10.0, 0.01, 0.004, 2)
USUAL = Mode(0.5, 1.5, 1.0, 10.0, 10.0, 0.01, 0.004, 2)
ROUGH = Mode(0.5, 3.0, 1.0, 10.0, 10.0, 0.01, 0.004, 2)
NOISY = Mode(0.5, 5.0, 2.0, 8.0, 30.0, 0.0, 0.0, 4)
#: Radar amplitude: speckle is averaged before, no light changes long wavelengths, and noise rules whatever is measured.
RADAR = Mode(0.5, 24.0, 1.0, 1.0, 4.0, 0.0, 0.0, 4)
_MODES = ((0.1, CLEAN), (0.7, USUAL), (2.5, ROUGH), (np.inf, NOISY))  # residual noise over gradient, up to


def mode_of(ratio: float, radar: bool = False) -> Mode:
    """The mode for a noise over gradient, as seen in USUAL's band."""
    return RADAR if radar else next((mode for limit, mode in _MODES if ratio <= limit), NOISY)


@dataclass(frozen=True)
class Survey:
    """What a first look at a scene found; the same for all of its tiles, so that tiles cannot differ.

    radiometry: of both images. change: median and limit. noise, ratio: of the residual, and over the gradient, by
    level. distrust: px. inflation: of the variance. disagreement: the usual one (see leastsquares). correlation: the
    usual one in WINDOW. texture: the usual share of it in what the votes take for it, at full and at half size.
    """
    radiometry: Tuple[Radiometry, Radiometry]
    change: Tuple[float, float]
    noise: Tuple[float, ...]
    ratio: Tuple[float, ...]
    distrust: float = LEAST_DISTRUST
    inflation: float = 1.0
    disagreement: float = 1.0
    correlation: float = 1.0
    texture: Tuple[float, float] = (1.0, 1.0)

    def swapped(self) -> "Survey":
        """The survey of the same pair matched from the secondary to the reference."""
        return replace(self, radiometry=self.radiometry[::-1], change=(-self.change[0], self.change[1]))


def combine(surveys) -> Survey:
    """One survey from several windows of a scene, by medians; a coarser pyramid where all windows have it."""
    def median(of):
        return float(np.median([of(s) for s in surveys]))

    levels = range(min(len(s.noise) for s in surveys))
    return Survey(surveys[0].radiometry, (median(lambda s: s.change[0]), median(lambda s: s.change[1])),
                  tuple(median(lambda s, k=k: s.noise[k]) for k in levels),
                  tuple(median(lambda s, k=k: s.ratio[k]) for k in levels),
                  *(median(lambda s, name=name: getattr(s, name))
                    for name in ("distrust", "inflation", "disagreement", "correlation")),
                  tuple(median(lambda s, k=k: s.texture[k]) for k in range(2)))


@dataclass
class Measured:
    """Result of a method. down, right, sigma: (rows, columns) float32, px. changed, unrelated, wrong: (rows,
    columns) bool, ground that changed, whose texture is not found again, whose match contradicts the images.
    inverted: bool, ground that is bright in one image and dark in the other, or None. suspicion: 0..1, how far the
    brightness changed as under thin cloud, or None."""
    down: np.ndarray
    right: np.ndarray
    sigma: np.ndarray
    changed: np.ndarray
    unrelated: np.ndarray
    wrong: np.ndarray
    survey: Survey
    inverted: Optional[np.ndarray] = None
    suspicion: Optional[np.ndarray] = None
