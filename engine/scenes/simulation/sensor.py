"""What the sensor does: mis-registration, ramp, jitter, detector offsets, pixels and noise."""
import math
from dataclasses import asdict, dataclass
from typing import Tuple

import numpy as np

from ..settings import SimulateSettings

TRACK_AZIMUTH = 194.0     # descending Sentinel-2 at 45 deg N, degrees clockwise from north
DETECTORS = 12
_STRIP_M = 24_000.0       # width of a detector's strip; small scenes get narrower ones, so that several cross them
_STRIPS_ACROSS = 4.5
_NOISE_REFLECTANCE = 0.2  # where the setting `noise` holds
_READ_SHARE = 0.3         # of the noise variance there; the rest is shot noise
JITTER_M = (1800.0, 2000.0)


@dataclass(frozen=True)
class SceneArtefacts:
    """Errors of one scene: shift of the image's content in pixels, to the right and downward.

    misregistration: (columns, rows). ramp: ((columns per column, columns per row), (rows per column, rows per row)),
    zero in the middle. jitter: amplitude (columns, rows), wavelength (m), phase (rad at the middle). detectors: one
    (columns, rows) for each detector.
    """
    misregistration: Tuple[float, float]
    ramp: Tuple[Tuple[float, float], Tuple[float, float]]
    jitter_amplitude: Tuple[float, float]
    jitter_wavelength: float
    jitter_phase: float
    detectors: Tuple[Tuple[float, float], ...]

    def as_dict(self):
        return asdict(self)


def make_artefacts(settings: SimulateSettings, rng) -> SceneArtefacts:
    """Draw the errors of one scene."""
    asked = settings.artefacts
    length = settings.misregistration * rng.uniform(1.0 / 3.0, 1.0)
    angle, swing = rng.uniform(0.0, 2.0 * math.pi, 2)
    tilts = rng.uniform(-0.5, 0.5, (2, 2)) * asked.ramp / settings.size
    offsets = rng.normal(0.0, 1.0, (DETECTORS, 2)) * asked.detector_offset
    return SceneArtefacts(
        (length * math.cos(angle), length * math.sin(angle)), tuple(map(tuple, tilts.tolist())),
        (asked.jitter * math.cos(swing), asked.jitter * math.sin(swing)), float(rng.uniform(*JITTER_M)),
        float(rng.uniform(0.0, 2.0 * math.pi)), tuple(map(tuple, offsets.tolist())))


def track_position(settings: SimulateSettings, columns, rows):
    """(along, across) track, m from the middle of the scene; across is positive to the right of the flight."""
    angle, middle = math.radians(TRACK_AZIMUTH), (settings.size - 1) / 2.0
    x, y = (columns - middle) * settings.pixel_size, (rows - middle) * settings.pixel_size
    return x * math.sin(angle) - y * math.cos(angle), x * math.cos(angle) + y * math.sin(angle)


def strip_width(settings: SimulateSettings) -> float:
    """Width of a detector's strip, m."""
    return min(_STRIP_M, settings.size * settings.pixel_size / _STRIPS_ACROSS)


def detector_index(settings: SimulateSettings, columns, rows):
    """Detector (0 to 11) that saw each position; the scene lies in the middle of the swath."""
    _, across = track_position(settings, columns, rows)
    index = np.floor(across / strip_width(settings) + DETECTORS / 2.0 + 0.3).astype(np.int64)
    return np.clip(index, 0, DETECTORS - 1)


def content_shift(settings: SimulateSettings, errors: SceneArtefacts, columns, rows):
    """(columns, rows): by how much the content seen at each image position was shifted there, px.

    Image position q shows the ground of q - content_shift(q).
    """
    columns, rows = np.broadcast_arrays(columns, rows)
    middle = (settings.size - 1) / 2.0
    along, _ = track_position(settings, columns, rows)
    wave = np.sin(2.0 * math.pi * along / errors.jitter_wavelength + errors.jitter_phase)
    offsets = np.asarray(errors.detectors)[detector_index(settings, columns, rows)]
    shift = np.empty((2,) + columns.shape)
    for axis in (0, 1):
        tilt = errors.ramp[axis]
        shift[axis] = (errors.misregistration[axis] + tilt[0] * (columns - middle) + tilt[1] * (rows - middle)
                       + errors.jitter_amplitude[axis] * wave + offsets[..., axis])
    return shift


def detector_outlines(settings: SimulateSettings, grid):
    """[(detector 1 to 12, WKT polygon in the grid's system)] of the strips that cross the scene."""
    width, reach = strip_width(settings), 0.75 * settings.size * settings.pixel_size
    angle = math.radians(TRACK_AZIMUTH)
    x, y = grid.xy(settings.size / 2.0, settings.size / 2.0)
    found = []
    seen = np.unique(detector_index(settings, np.arange(settings.size)[None, :], np.arange(settings.size)[:, None]))
    for index in seen:
        left = (index - DETECTORS / 2.0 - 0.3) * width
        corners = [(-reach, left), (reach, left), (reach, left + width), (-reach, left + width), (-reach, left)]
        points = [(x + a * math.sin(angle) + b * math.cos(angle), y + a * math.cos(angle) - b * math.sin(angle))
                  for a, b in corners]
        found.append((int(index) + 1, "POLYGON ((" + ", ".join(f"{u:.2f} {v:.2f}" for u, v in points) + "))"))
    return found


def digital_numbers(reflectance, noise: float, rng):
    """Reflectance to DN (x 10000, uint16) with shot and read noise. noise: DN, 1 deviation at reflectance 0.2."""
    values = reflectance * np.float32(10000.0)
    if noise > 0.0:
        shot = (1.0 - _READ_SHARE) * np.maximum(reflectance, 0.0) / _NOISE_REFLECTANCE
        values += np.float32(noise) * np.sqrt(np.float32(_READ_SHARE) + shot) * rng.standard_normal(
            values.shape, dtype=np.float32)
    return np.clip(np.rint(values), 1, 65535).astype(np.uint16)
