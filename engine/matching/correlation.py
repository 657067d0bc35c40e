"""Regularised correlation: pyramid, correlation volume, least-squares matching, total generalised variation."""
from dataclasses import dataclass, replace
from typing import Callable, Optional

import numpy as np

from . import change, confidence, leastsquares, prefilter, pyramid, quality, rounds, search, volume
from .evidence import Evidence, pixels
from .settings import MatchSettings
from .survey import CLEAN, RADAR, USUAL, Measured, Mode, Survey, mode_of

_LABELS = 10                # largest shift on the coarsest level, level px
_COARSE_LEVEL = 2           # coarser levels only for larger ranges: changed light leaves less of them
_HIGH_PASS = 3.0            # px of the full size, for the coarse levels: relief shading is longer, and light changes it
_VOLUME_SIGMAS = (2.0, 5.0)
#: Windows of least-squares matching on the coarse levels, level px, by noise over gradient (up to).
_LEVEL_WINDOWS = ((0.3, 3.0), (0.7, 5.0), (np.inf, 8.0))
_STILL_RANGE = 24           # px: up to this range changed ground is masked before the first search
_SECOND_RANGE = 16          # px: the second search looks for motion up to this
_BLOCK = 4                  # cells of 2 px: side of the blocks in which errors of neighbours are compared
#: What matches of large motion are measured by at the end, in scenes that agree better than this: of motion of 36 px over
#: land 99.9 % of the right matches disagree by less than .7 (within 6 px), nearly all that are wrong by > .3 px by more.
_LEAST_DISAGREEMENT, _WIDE_NEIGHBOURHOOD = 0.28, 6.0
#: Windows before the regularisation, times WINDOW, where noise does not rule: what they smear is not all brought back
#: (glacier over hills: .023 px with 1, .017 with .85); .7 costs .001 px on stable ground under the light of other seasons.
_START = 0.85
_SMOOTH_ROUNDS = 2          # on half size
_REGULAR = 0.3              # REGULARISATION that gives the strengths below


@dataclass
class _Scene:
    """Padded images with their pyramids."""
    reference: list
    secondary: list
    settings: MatchSettings
    check: Callable[[], None]

    def mode(self, ratio: float) -> Mode:
        """How the last steps work, by the noise over the gradient at full size."""
        return mode_of(ratio, self.settings.radar)

    def coarse_high_pass(self, number: int) -> float:
        """Longest wavelengths that count on a level, sigma in level px."""
        return max(1.5, (RADAR.high_pass if self.settings.radar else _HIGH_PASS) / 2 ** number)

    def level(self, number: int, masked, shift, mode: Optional[Mode] = None) -> leastsquares.Level:
        """One level ready for matching.

        mode: whose band of wavelengths counts, at full size; the coarse levels have their own. masked: bool on the
        pixels of the change level, True = leave out. shift: present (down, right) of the level's pixels: each image is
        also masked where the other one is, or their band-passes would differ beside a mask.
        """
        made = []
        high, low = (mode.high_pass, mode.low_pass) if mode else (self.coarse_high_pass(number), 0.0)
        (reference, weight), (secondary, other) = self.reference[number], self.secondary[number]
        pairs = ((reference, weight * change.looked_up(other, *shift)),
                 (secondary, other * change.looked_up(weight, -shift[0], -shift[1])))
        for image, weight in pairs:
            made.append(prefilter.equalise(prefilter.band_pass(image, weight, high, low), weight, number))
            self.check()
        (reference, weight), (secondary, other) = made
        level = leastsquares.make_level(reference, weight, secondary, other)
        self.check()
        return level.without(_resize(masked, weight.shape)) if masked.any() else level


def _resize(mask, shape):
    """A mask on a grid that is a power of two finer or coarser."""
    if mask.shape[0] <= shape[0]:
        return pyramid.repeat(mask, shape[0] // mask.shape[0])
    factor = mask.shape[0] // shape[0]
    return pyramid.block_sum(mask.astype(np.float32), factor) > 0


def coarsest_level(search: int, shape) -> int:
    """Level on which the search range is at most 10 px, fewer where the image would become tiny."""
    level = _COARSE_LEVEL
    while search / 2 ** level > _LABELS and min(shape) / 2 ** (level + 1) >= 16:
        level += 1
    return level


def measure(reference, reference_weight, secondary, secondary_weight, settings: MatchSettings,
            radiometry, survey: Optional[Survey] = None, prior=None,
            check: Callable[[], None] = lambda: None) -> Measured:
    """Shift of every pixel by regularised correlation.

    Images as `Radiometry.apply` gives them, (rows, columns) float32, weights 0 or 1. prior: (down, right), px, or
    None: shifts around which the range is searched.
    """
    shape = reference.shape
    coarse = coarsest_level(settings.range, shape)
    multiple = max(16, 2 ** coarse)
    pairs = [(pyramid.pad(image, multiple, 0), pyramid.pad(weight, multiple, 0))
             for image, weight in ((reference, reference_weight), (secondary, secondary_weight))]
    scene = _Scene(*(pyramid.build(*pair, coarse + 1) for pair in pairs), settings, check)
    check()
    down, right, masked, limits = _coarse(scene, coarse, _coarse_prior(prior, multiple, coarse), survey)
    down, right, masked, unrelated, suspect, looked = _descend(scene, coarse, down, right, masked, limits, survey)
    level, noise, ratio = _full_level(scene, down, right, masked | unrelated, survey)
    window = settings.window_sigma * scene.mode(ratio).window
    clear = settings.regularisation > 0 and scene.mode(ratio) in (CLEAN, USUAL)
    start = window * (_START if clear else 1.0)
    down, right = _windows(scene, level, down, right, 2, start, noise, 2)
    known = survey or Survey(radiometry, limits, (noise,) + looked[0], (ratio,) + looked[1], texture=(1.0, looked[2]))
    data, share, wrong, known = _evidence(level, down, right, known, survey is None)
    mode = scene.mode(known.ratio[0])
    down, right, information, window = _finish(scene, data, down, right, mode, window)
    if settings.range > _STILL_RANGE:
        wrong = replace(data, usual=max(known.disagreement, _LEAST_DISAGREEMENT)).wrong(down, right, _WIDE_NEIGHBOURHOOD)
    bridged = confidence.bridged(down, right, share, known.texture[0])
    spread = confidence.sigma(information, down, right, window, share, known, settings.radar,
                              settings.regularisation > 0)
    return Measured(quality.to_pixels(down, 2, shape), quality.to_pixels(right, 2, shape),
                    quality.to_pixels(spread, 2, shape), change.to_pixels(masked, shape),
                    change.to_pixels(unrelated, shape) | pyramid.repeat(bridged, 2)[:shape[0], :shape[1]],
                    wrong[:shape[0], :shape[1]], known,
                    suspicion=None if settings.radar else change.to_pixels(suspect, shape))


def _evidence(level, down, right, known: Survey, first: bool):
    """What full size says of a motion and how far to trust it: (evidence, share of texture, wrong pixels, survey).

    first: the survey holds what the coarser levels found, and is completed.
    """
    data = Evidence(level, level, known.noise[0])
    if first:
        known = replace(known, disagreement=_usual_disagreement(data, down, right))
    data = replace(data, usual=max(known.disagreement, 1.0))
    wrong = data.wrong(down, right)
    data = data.without(wrong)
    if first:
        known = replace(known, distrust=leastsquares.noise_level(data.level, *pixels(down, right))[2])
    data = replace(data, distrust=known.distrust).trusted(down, right)
    share, usual = data.found_again(down, right)
    if first:
        inflation = leastsquares.inflation(data.votes(down, right), down, right, _BLOCK)
        known = replace(known, texture=(usual, known.texture[1]), inflation=confidence.shared(known.distrust) * inflation)
    data = replace(data, trust=data.trust / np.float32(max(known.inflation, 1.0))).of_texture(share, known.texture[0])
    return data, share, wrong, known


def _usual_disagreement(data: Evidence, down, right) -> float:
    apart = data.disagreement(down, right)[data.everywhere.weight > 0]
    return float(np.median(apart)) if apart.size else 1.0


def _coarse_prior(prior, multiple: int, level: int):
    """The prior on the coarsest level, level px; zero where it is unknown."""
    if prior is None:
        return None
    factor = 2 ** level
    fields = [pyramid.pad(np.nan_to_num(part.astype(np.float32)), multiple, 0) for part in prior]
    return [pyramid.block_sum(part, factor) / np.float32(factor ** 3) for part in fields]


def _change_limits(scene: _Scene, survey: Optional[Survey]):
    if not scene.settings.detect_change:
        return 0.0, np.inf
    if survey is not None:
        return survey.change
    return change.limits(*change.difference(*scene.reference[change.LEVEL], *scene.secondary[change.LEVEL]))


def _change_mask(scene: _Scene, limits, shift=None):
    secondary = scene.secondary[change.LEVEL]
    if not np.isfinite(limits[1]):
        return np.zeros(secondary[0].shape, bool)
    if shift is not None:
        secondary = change.shifted(*secondary, *shift)
    return change.changed(*change.difference(*scene.reference[change.LEVEL], *secondary), *limits)


def _median(down, right):
    from scipy import ndimage
    for _ in range(2):
        down, right = ndimage.median_filter(down, 3), ndimage.median_filter(right, 3)
    return down, right


def _coarse(scene: _Scene, number: int, prior, survey):
    """Whole-pixel shifts on the coarsest level: (down, right, changed ground, change limits)."""
    limits = _change_limits(scene, survey)
    start = None
    if prior is not None:
        scale = np.float32(2 ** (number - change.LEVEL))
        start = [pyramid.refine(part * scale, int(scale)) for part in prior]
    # large motion itself changes brightness in place: there the coarse match comes before the look for change
    first = limits if scene.settings.range <= _STILL_RANGE or prior is not None else (0.0, np.inf)
    masked = _change_mask(scene, first, start)
    secondary = scene.secondary[number]
    if prior is not None:
        secondary = change.shifted(*secondary, *prior)
    made = []
    for image, weight in (scene.reference[number], secondary):
        band = prefilter.band_pass(image, weight, scene.coarse_high_pass(number), 0.0)
        made.append(prefilter.equalise(band, weight, number)[0])
        made.append(weight)
    made[1] = np.where(_resize(masked, made[1].shape), 0, made[1])
    radius = int(np.ceil(scene.settings.range / 2 ** number))
    radius = max(2, min(radius, min(made[0].shape) // 2 - 1))
    costs = volume.correlation_costs(*made, radius, _VOLUME_SIGMAS, scene.check)
    if prior is None:
        costs = volume.lean_to_usual(costs)
    total = volume.semi_global(costs, max(scene.settings.regularisation / _REGULAR, 0.1))
    scene.check()
    down, right = _median(*volume.best_shift(total))
    if prior is not None:
        down, right = down + prior[0], right + prior[1]
    return down, right, masked, limits


def _descend(scene: _Scene, coarse: int, down, right, masked, limits, survey):
    """Least-squares matching from the coarsest level to half size.

    Returns (down, right) on cells of 2 px at full size, changed ground, ground without relation and how far ground is
    suspected of change (on the change level), and (noise, ratio) of the levels from 1 and the share of texture there.
    """
    noises, ratios, unrelated, suspect = [], [], np.zeros(masked.shape, bool), np.zeros(masked.shape, np.float32)
    for number in range(coarse, 0, -1):
        factor = 1 if number >= _COARSE_LEVEL else 2
        if number < coarse and factor == 1:
            down, right = pyramid.refine(down, 2), pyramid.refine(right, 2)
        if number < coarse:
            down, right = 2 * down, 2 * right
        level = scene.level(number, masked | unrelated, pixels(down, right, factor))
        if survey is None:
            noise, gradient, _ = leastsquares.noise_level(level, *pixels(down, right, factor), 2)
            ratio = noise / gradient
        else:
            known = min(number, len(survey.noise) - 1)
            noise, ratio = survey.noise[known], survey.ratio[known]
        noises.insert(0, noise)
        ratios.insert(0, ratio)
        sigma = next(width for limit, width in _LEVEL_WINDOWS if ratio <= limit)
        start = down, right
        down, right = _windows(scene, level, down, right, factor, sigma, noise, 3)
        down, right = (before + np.clip(now - before, -1, 1) for before, now in zip(start, (down, right)))
        down, right = leastsquares.better(level, down, right, *start, factor, sigma)
        if number == 1:
            down, right = _again(scene, level, down, right, factor, noise)
            down, right, texture = _smooth(scene, level, down, right, noise, survey)
        down, right = _median(down, right)
        scene.check()
        if number == change.LEVEL and np.isfinite(limits[1]):
            moved = change.shifted(*scene.secondary[number], down, right)
            difference, seen = change.difference(*scene.reference[number], *moved)
            masked = change.changed(difference, seen, *limits)
            suspect = change.suspicion(difference, limits[0])
            unrelated = change.unrelated(*scene.reference[number], *moved, masked, suspect, scene.settings.radar)
    return (2 * pyramid.refine(down, 2), 2 * pyramid.refine(right, 2), masked, unrelated, suspect,
            (tuple(noises), tuple(ratios), texture))


def _again(scene: _Scene, level, down, right, factor: int, noise: float):
    """Search again on half size where the images contradict the match (see search), then refine."""
    image, weight = scene.secondary[1]
    band = prefilter.band_pass(image, weight, scene.coarse_high_pass(1), 0.0)
    limit = int(np.ceil(min(scene.settings.range, _SECOND_RANGE) / 2))
    new = search.again(level, band, weight, down, right, factor, noise, 1.0, limit, scene.check)
    if all(np.array_equal(a, b) for a, b in zip(new, (down, right))):
        return down, right
    refined = _windows(scene, level, *new, factor, _LEVEL_WINDOWS[0][1], noise, 2)
    refined = [before + np.clip(now - before, -1, 1) for before, now in zip(new, refined)]
    return leastsquares.better(level, *refined, down, right, factor, _LEVEL_WINDOWS[0][1])


def _smooth(scene: _Scene, level, down, right, noise: float, survey):
    """Regularise on half size, a little: (down, right, the usual share of texture).

    Full size follows single waves and does not find back from a wrong one: over the snow of Yahtse the error of still
    ground is .012 px with this and .019 without. Strength falls with the share of texture, or small slides would be lost
    in much noise.
    """
    data = Evidence(level, level, noise).trusted(down, right)
    share, usual = data.found_again(down, right)
    usual = survey.texture[1] if survey else usual
    strength = scene.settings.regularisation / _REGULAR * usual ** 2
    if strength > 0:
        data = data.of_texture(share, usual)
        for _ in range(_SMOOTH_ROUNDS):
            down, right, _votes = rounds.solve(data, down, right, USUAL, strength, rounds.FIRST, scene.check)
    return down, right, usual


def _full_level(scene: _Scene, down, right, masked, survey):
    """(level, noise, ratio) at full size, in the band of wavelengths that the noise asks for."""
    shift = pixels(down, right)
    if survey is not None:
        return scene.level(0, masked, shift, scene.mode(survey.ratio[0])), survey.noise[0], survey.ratio[0]
    level = scene.level(0, masked, shift, USUAL)
    noise, gradient, _ = leastsquares.noise_level(level, *shift)
    ratio = noise / gradient
    mode = scene.mode(ratio)
    if (mode.low_pass, mode.high_pass) != (USUAL.low_pass, USUAL.high_pass):
        level = scene.level(0, masked, shift, mode)
        noise = leastsquares.noise_level(level, *shift)[0]
    return level, noise, ratio


def _windows(scene: _Scene, level, down, right, factor: int, sigma: float, noise: float, iterations: int):
    """Least-squares matching in Gaussian windows (sigma: level px); shifts on cells of factor x factor px."""
    for _ in range(iterations):
        fields = leastsquares.votes(level, *pixels(down, right, factor), factor, noise)
        down, right, _ = leastsquares.solve_window(fields, down, right, sigma / factor)
        scene.check()
    return down, right


def _finish(scene: _Scene, data: Evidence, down, right, mode: Mode, window: float):
    """The regularised field at full size: (down, right, information, its window in px) on cells of 2 px."""
    strength = scene.settings.regularisation / _REGULAR
    if mode in (CLEAN, USUAL):
        # trust already falls with errors that neighbours share; as much regularisation on top of it only spreads them:
        # landslide over land .057 px without, .045 with; rock of Yahtse Glacier .063 / .046 without, .053 / .054 with
        strength *= confidence.shared(data.distrust) ** -0.5
    if strength > 0:
        if scene.settings.range > _STILL_RANGE:
            # neighbours carry their motion over places that the windows had wrong: a first, short solution shows them
            down, right, _ = rounds.solve(data, down, right, mode, strength, rounds.FIRST, scene.check)
            data = data.without(data.wrong(down, right))
        down, right, fields = rounds.solve(data, down, right, mode, strength, rounds.ALL, scene.check)
        window = max(8.0, window * 0.5)
    else:
        fields = data.votes(down, right)
    return down, right, fields[:3], window
