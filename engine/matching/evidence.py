"""What the images of a level say about a motion: votes of its pixels, and how far they are trusted."""
from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from . import leastsquares, pyramid

CELL = 2                    # px: side of the cells that the votes of pixels are summed over
_NEIGHBOURHOOD = 4.0        # px
_NOISE_SIGMA = 8.0          # px: distance within which the noise may change
_TEXTURE_SIGMA = 6.0        # px: distance within which the share of texture may change
_LEAST_TEXTURE = 0.05       # less is not told from none


def pixels(down, right, factor: int = CELL):
    """Shifts of cells on their pixels."""
    return pyramid.refine(down, factor), pyramid.refine(right, factor)


@dataclass(frozen=True)
class Evidence:
    """A level of the pyramid and how far it is trusted. Shifts (down, right) are those of cells of CELL px, level px.

    level: the pixels of `everywhere` that take part. noise, distrust: see `leastsquares.votes`. usual: disagreement of
    right matches (see leastsquares). trust: factor on the information of the cells. texture: share of it in the votes of
    the cells, over the square root of the scene's, or None: all of it.
    """
    level: leastsquares.Level
    everywhere: leastsquares.Level
    noise: float
    distrust: float = leastsquares.LEAST_DISTRUST
    usual: float = 1.0
    trust: np.ndarray = np.float32(1)
    texture: Optional[np.ndarray] = None

    def disagreement(self, down, right, neighbourhood: float = _NEIGHBOURHOOD):
        """How far the images disagree at a shift, on the pixels (see leastsquares; neighbourhood: px)."""
        return leastsquares.disagreement(self.everywhere, *pixels(down, right), self.noise, neighbourhood)

    def wrong(self, down, right, neighbourhood: float = _NEIGHBOURHOOD):
        """(rows, columns) bool: where a shift contradicts the images."""
        return self.disagreement(down, right, neighbourhood) > leastsquares.CONTRADICTED * self.usual

    def without(self, wrong) -> "Evidence":
        """The same without pixels whose shift is wrong (bool)."""
        return replace(self, level=self.everywhere.without(wrong))

    def votes(self, down, right):
        """Votes of the cells at a shift."""
        fields = leastsquares.votes(self.level, *pixels(down, right), CELL, self.noise, self.distrust) * self.trust
        return fields if self.texture is None else leastsquares.of_texture(fields, self.texture, down, right)

    def trusted(self, down, right) -> "Evidence":
        """The same with less trust where the residual is larger than the scene's noise."""
        variance = leastsquares.local_variance(self.level, *pixels(down, right), CELL, self.noise, self.distrust,
                                               _NOISE_SIGMA)
        return replace(self, trust=(1 / variance).astype(np.float32))

    def found_again(self, down, right):
        """(share of texture in what passes for it around each cell, the usual one)."""
        share = np.maximum(leastsquares.found_again(self.level, *pixels(down, right), CELL, _TEXTURE_SIGMA),
                           np.float32(_LEAST_TEXTURE))
        there = pyramid.block_sum((self.level.weight > 0).astype(np.float32), CELL) > 0
        return share, float(np.median(share[there])) if there.any() else 1.0

    def of_texture(self, share, usual: float) -> "Evidence":
        """The same with votes that count by their share of texture.

        By the square root of the scene's: whole scenes under noise would otherwise be smoothed until slides shrink, with
        all of it nothing would be gained over noise (landslides over Yahtse and fractal texture, benchmarks).
        """
        return replace(self, texture=share / np.float32(usual ** 0.5))
