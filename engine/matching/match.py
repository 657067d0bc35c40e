"""Match two arrays with any method: masks, radiometry, the method, correlation, flags."""
from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

from ..core.errors import InputError
from ..core.flags import Flag
from ..core.progress import Progress
from . import correlation, flow, phase, prefilter, quality
from .settings import FLOW, PHASE, MatchSettings
from .survey import Survey, combine

LEAST_SIDE = 32     # px: fewer hold no window on the coarse levels
_SURVEYED = 4        # windows in which the noise is measured before a scene is matched by tile
_LEAST_VALID = 0.01  # share of common pixels
_NOISY = 0.7         # usual correlation of a scene below which noise rules: 10 % noise gives .33 to .7, 1 % gives .9
#: What ground must correlate by in WINDOW if its brightness changed as under thin cloud: of such ground in a real pair 9 of
#: 10 pixels do, under cloud over half of simulated ground with strong noise 1 of 50.
_SUSPECT = 0.6


class NothingToMatch(InputError):
    """A pair of arrays without usable texture in common."""


@dataclass
class MatchResult:
    """Shift of every pixel: the reference's content at (r, c) is found in the secondary at (r + rows, c + columns).

    columns, rows, sigma: px, (rows, columns) float32, NaN where flag is not 0. correlation: -1..1, NaN where unknown.
    flag: uint8 codes of core.flags. survey: what was found about the scene, for its other tiles.
    """
    columns: np.ndarray
    rows: np.ndarray
    correlation: np.ndarray
    sigma: np.ndarray
    flag: np.ndarray
    survey: Optional[Survey] = None


def match_arrays(reference, secondary, reference_valid=None, secondary_valid=None,
                 settings: MatchSettings = MatchSettings(), prior=None, progress: Optional[Progress] = None,
                 survey: Optional[Survey] = None, masks=None) -> MatchResult:
    """Match two images of one grid densely.

    reference, secondary: (rows, columns), any number type, NaN = no data. reference_valid, secondary_valid: bool,
    True = usable, or None. prior: (columns, rows) shifts in px around which the range is searched, or None. survey:
    that of another tile of the same scene. masks: flag codes (uint8, 0 = usable) of both images, or None; a masked
    pixel takes no part, and its code becomes the result's flag. Raises InputError where the images cannot be matched.
    """
    progress = progress or Progress()
    images, valids = _prepare(reference, secondary, reference_valid, secondary_valid)
    if masks is not None:
        valids = [valid & (mask == 0) for valid, mask in zip(valids, masks)]
    textured = [prefilter.without_flat(image, valid) for image, valid in zip(images, valids)]
    _require_texture(textured)
    images = _without_speckle(images, textured, settings)
    radiometry = survey.radiometry if survey else prefilter.radiometry(images, textured, settings.logarithm)
    weights = [valid.astype(np.float32) for valid in textured]
    ready = [r.apply(image, weight) for r, image, weight in zip(radiometry, images, weights)]
    progress.check()
    prior = None if prior is None else (np.asarray(prior[1]), np.asarray(prior[0]))
    measured = _method(settings)(ready[0], weights[0], ready[1], weights[1], settings, radiometry, survey, prior,
                                 progress.check)
    progress.check()
    found, measured = _correlate(ready, textured, measured, settings, survey)
    flag = _flags(valids, masks, found, measured, settings)
    bad = flag != Flag.VALID
    for field in (measured.down, measured.right, measured.sigma):
        field[bad] = np.nan
    return MatchResult(measured.right, measured.down, found, measured.sigma, flag, measured.survey)


def _correlate(ready, textured, measured, settings: MatchSettings, survey: Optional[Survey] = None):
    """(correlation of every pixel, the measured field with what follows from it).

    Where noise rules the whole scene, what WINDOW holds scatters by .1 and more, about as much as it correlates: three
    times its side tells ground that is found again from ground that is not; unless most of it is not. survey: of the scene,
    known before; else the usual correlation is added to it.
    """
    moved = quality.warp(ready[1], textured[1], measured.down, measured.right)
    reference = np.where(textured[0], ready[0], np.nan)
    sign = np.float32(1) if measured.inverted is None else np.where(measured.inverted, np.float32(-1), np.float32(1))
    found = sign * quality.correlation(reference, moved, settings.window)
    if survey is None:
        clear = found[np.isfinite(found) & ~measured.changed & ~measured.unrelated]
        usual = float(np.median(clear)) if clear.size else 1.0
        measured = replace(measured, survey=replace(measured.survey, correlation=usual))
    if measured.suspicion is not None:
        measured = replace(measured, unrelated=measured.unrelated | (found < _SUSPECT * measured.suspicion))
    if settings.threshold < measured.survey.correlation < _NOISY:
        found = sign * quality.correlation(reference, moved, 3 * settings.window - 2)
    return found, measured


def _method(settings: MatchSettings):
    """The function that measures: (images and weights, settings, radiometry, survey, prior, check) -> Measured."""
    return {FLOW: flow.measure, PHASE: phase.measure}.get(settings.method, correlation.measure)


def halo(settings: MatchSettings) -> int:
    """Pixels around a tile on which its result depends noticeably."""
    return int(64 + settings.range + 2 * max(settings.window_sigma, settings.radius))


def _prepare(reference, secondary, reference_valid, secondary_valid):
    """Float32 images with 0 where invalid, and their validity."""
    if np.shape(reference) != np.shape(secondary):
        raise InputError(f"The images have different sizes ({np.shape(reference)} and {np.shape(secondary)} rows and "
                         "columns). Bring them to one grid first.")
    if min(np.shape(reference)) < LEAST_SIDE:
        raise InputError(f"The images have only {np.shape(reference)[0]} rows and {np.shape(reference)[1]} columns; "
                         f"{LEAST_SIDE} are needed. Choose a larger area.")
    images, valids = [], []
    for image, valid in ((reference, reference_valid), (secondary, secondary_valid)):
        image = np.asarray(image, np.float32)
        known = np.isfinite(image)
        if valid is not None:
            known &= np.asarray(valid, bool)
        images.append(np.where(known, image, np.float32(0)))
        valids.append(known)
    return images, valids


def _without_speckle(images, textured, settings: MatchSettings):
    return [prefilter.multilook(i, t) for i, t in zip(images, textured)] if settings.radar else images


def _require_texture(textured) -> None:
    for name, valid in zip(("reference", "secondary"), textured):
        if valid.mean() < _LEAST_VALID:
            raise NothingToMatch(f"The {name} image has no usable pixels: it is empty, constant or masked (almost) "
                             "everywhere. Choose another band or scene, or check its mask.")
    if (textured[0] & textured[1]).mean() < _LEAST_VALID / 10:
        raise NothingToMatch("The images have (almost) no valid pixels in common. Choose scenes that cover the same area, "
                         "or check their masks.")


def _flags(valids, masks, found, measured, settings: MatchSettings):
    """Why a pixel has no value; the first reason stays."""
    shape = found.shape
    reasons = masks if masks is not None else [np.zeros(shape, np.uint8)] * 2
    reasons = [np.where(valid, 0, np.where(mask > 0, mask, np.uint8(Flag.OUTSIDE)))
               for valid, mask in zip(valids, reasons)]
    rows = np.rint(np.arange(shape[0])[:, None] + measured.down).astype(int)
    columns = np.rint(np.arange(shape[1])[None] + measured.right).astype(int)
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    there = np.full(shape, np.uint8(Flag.OUTSIDE))
    there[inside] = reasons[1][rows[inside], columns[inside]]
    flag = np.where(reasons[0] > 0, reasons[0], there).astype(np.uint8)
    flag[(flag == 0) & measured.changed] = Flag.CLOUD
    flag[(flag == 0) & measured.wrong] = Flag.OUTLIER
    flag[(flag == 0) & (measured.unrelated | ~(found >= settings.threshold))] = Flag.LOW_CORRELATION
    return flag


def survey_windows(parts, settings: MatchSettings, progress: Progress) -> Survey:
    """What the whole scene has in common, from windows of it.

    parts: [((reference, secondary), (reference_valid, secondary_valid), prior or None), ...] arrays of windows. The
    brightness comes from all windows, the noise from the four with most pixels. Raises NothingToMatch.
    """
    usable = []
    for images, valids, prior in parts:
        images, valids = _prepare(*images, *valids)
        textured = [prefilter.without_flat(i, v) for i, v in zip(images, valids)]
        usable.append((_without_speckle(images, textured, settings), textured, prior and prior[::-1]))
    joined = [[np.concatenate([part[kind][k].ravel() for part in usable])[None] for k in range(2)] for kind in (0, 1)]
    _require_texture(joined[1])
    radiometry = prefilter.radiometry(*joined, settings.logarithm)
    usable.sort(key=lambda part: -int((part[1][0] & part[1][1]).sum()))
    surveys = []
    for images, valids, prior in usable[:_SURVEYED]:
        if surveys and (valids[0] & valids[1]).mean() < 0.3:
            break
        weights = [valid.astype(np.float32) for valid in valids]
        ready = [r.apply(image, weight) for r, image, weight in zip(radiometry, images, weights)]
        measured = _method(settings)(ready[0], weights[0], ready[1], weights[1], settings, radiometry, prior=prior,
                                     check=progress.check)
        surveys.append(_correlate(ready, valids, measured, settings)[1].survey)
    return combine(surveys)
