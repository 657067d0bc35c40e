"""Phase and coherence of the interferograms of one track: motion, atmosphere, noise, errors."""
import math
from dataclasses import dataclass
from typing import Dict, Tuple

import numpy as np

from ..simulation.noise import fractal
from .ground import Ground
from .settings import SimulateInterferogramsSettings
from .track import SLANT_RANGE, WAVELENGTH, Track, look_vector

RAD_PER_METRE = -4.0 * math.pi / WAVELENGTH    # phase of motion toward the satellite
CYCLE = 2.0 * math.pi
LOOKS = 30.0                     # independent looks, after the phase filter
ROCK_TIME, ICE_TIME = 300.0, 60.0      # days in which coherence falls to 1 / e
FAST_ICE = 0.5                   # m/yr; ice of this speed keeps its coherence half as long
TURBULENCE_EXPONENT = 8.0 / 3.0  # of the power spectrum in two dimensions
PATCH_RADIUS = 0.09              # of a patch off by a cycle, share of the area's width
MOST_DAYS_OF_PATCH = 24
NOISE_COHERENCE = 0.045          # mean of products of noise is 1.25 times it
NOISE_PHASE = 40.0               # rad; unwrapping of noise wanders by many cycles across the area


@dataclass(frozen=True)
class Errors:
    """What is wrong with which pair. cycles: pair -> (row, column, radius (px), cycles). noise: pairs."""
    gradients: np.ndarray
    turbulence: np.ndarray
    constants: Dict[Tuple[int, int], float]
    cycles: Dict[Tuple[int, int], Tuple[int, int, float, int]]
    noise: Tuple[Tuple[int, int], ...]


class Signal:
    """The interferograms of one track, made one by one, from any thread."""

    def __init__(self, track: Track, ground: Ground, settings: SimulateInterferogramsSettings, theta, phi):
        self.track, self._ground, self._settings = track, ground, settings
        look = look_vector(theta.astype(np.float64), phi.astype(np.float64))
        self.velocity = look[0] * ground.east + look[1] * ground.north + look[2] * ground.up   # m/yr toward satellite
        self._height = (ground.elevation - ground.elevation.mean()) / 1000.0                    # km
        self._seed = [settings.seed, 73, ord(track.name[0])]
        self._topography = self._dem_error(theta)
        self._land, self._time = self._coherence_of_ground()
        self._delays = self._atmosphere()
        self.errors = self._choose_errors()

    def _rng(self, *numbers: int):
        return np.random.default_rng([*self._seed, *numbers])

    def _dem_error(self, theta):
        """Displacement toward the satellite per metre of perpendicular baseline, m/m."""
        if not self._settings.dem_error:
            return 0.0
        error = fractal(self._rng(1), theta.shape, 2.0, 0.15 * theta.shape[0], 3.0) * self._settings.dem_error
        return error / (SLANT_RANGE * np.cos(theta.astype(np.float64)))   # sin(incidence) = cos(theta)

    def _coherence_of_ground(self):
        """(coherence without time, days of decay) of each pixel."""
        ground, rng = self._ground, self._rng(2)
        rock = 0.80 + 0.10 * fractal(rng, ground.ice.shape, 2.5, 0.2 * ground.ice.shape[0], 3.0)
        land = np.clip(rock * (1.0 - ground.ice) + 0.78 * ground.ice, 0.3, 0.97)
        on_ice = ICE_TIME / (1.0 + ground.speed / FAST_ICE)
        return land, ROCK_TIME * (1.0 - ground.ice) + on_ice * ground.ice

    def _atmosphere(self) -> np.ndarray:
        """(passes, rows, cols) delay of each date along the line of sight, m; gradients are kept, m/km."""
        settings, count = self._settings, len(self.track.passes)
        rng = self._rng(3)
        self._gradients = rng.uniform(-1.0, 1.0, count) * settings.stratified
        self._deviations = rng.uniform(2.0 / 3.0, 4.0 / 3.0, count) * settings.turbulent
        size = self._height.shape[0]
        delays = np.zeros((count, *self._height.shape), np.float32)
        for number in range(count):
            delays[number] = self._gradients[number] * self._height
            if settings.turbulent:   # twice the area: the field must not be periodic in it
                field = fractal(self._rng(4, number), (2 * size, 2 * size), TURBULENCE_EXPONENT, size, 2.0)[:size, :size]
                delays[number] += self._deviations[number] * (field - field.mean()) / field.std()
        return delays

    def _choose_errors(self) -> Errors:
        settings, rng = self._settings, self._rng(5)
        pairs = list(self.track.pairs)
        constants = {pair: float(rng.uniform(-2.0, 2.0) * CYCLE) if settings.constants else 0.0 for pair in pairs}
        order = [pairs[i] for i in rng.permutation(len(pairs))]
        noise = tuple(order[:self._share(settings.noise_interferograms)])
        short = [pair for pair in order if pair not in noise and self.track.days(pair) <= MOST_DAYS_OF_PATCH]
        cycles = {}
        size = settings.size
        for pair in short[:self._share(settings.unwrapping_errors)]:
            angle, reach = rng.uniform(0, CYCLE), rng.uniform(0.25, 0.36) * size
            cycles[pair] = (int(size / 2 + reach * math.sin(angle)), int(size / 2 + reach * math.cos(angle)),
                            PATCH_RADIUS * size, int(rng.choice((-1, 1))))
        return Errors(self._gradients, self._deviations, constants, cycles, noise)

    def _share(self, count: int) -> int:
        """This track's part of a number of errors; the first track takes the odd one."""
        names = self._settings.track_names
        return (count + len(names) - 1 - names.index(self.track.name)) // len(names)

    def render(self, pair: Tuple[int, int]):
        """(unwrapped phase, coherence) of a pair, (rows, cols) float32. Phase: rad, positive away."""
        rng = self._rng(6, *pair)
        if pair in self.errors.noise:
            return self._pure_noise(rng)
        years = self.track.days(pair) / 365.25
        los = self.velocity * years - (self._delays[pair[1]].astype(np.float64) - self._delays[pair[0]])
        los = los + self._topography * self.track.baseline(pair)
        phase = RAD_PER_METRE * los + self.errors.constants[pair]
        coherence = np.clip(self._land * np.exp(-self.track.days(pair) / self._time), 0.02, 0.98)
        if self._settings.decorrelation:
            deviation = np.sqrt((1.0 - coherence ** 2) / (2.0 * LOOKS * coherence ** 2))
            phase = phase + deviation * rng.standard_normal(phase.shape)
            spread = (1.0 - coherence ** 2) / math.sqrt(2.0 * LOOKS)
            coherence = np.clip(coherence + spread * rng.standard_normal(phase.shape), 0.01, 0.999)
        if pair in self.errors.cycles:
            phase = phase + CYCLE * self.patch(pair)
        return phase.astype(np.float32), coherence.astype(np.float32)

    def patch(self, pair: Tuple[int, int]) -> np.ndarray:
        """(rows, cols) whole cycles that the unwrapping of a pair is wrong by."""
        size = self._settings.size
        row, column, radius, cycles = self.errors.cycles[pair]
        distance = np.hypot(np.arange(size)[:, None] - row, np.arange(size)[None, :] - column)
        return np.where(distance < radius, cycles, 0)

    def _pure_noise(self, rng):
        shape = self._height.shape
        phase = NOISE_PHASE * fractal(rng, shape, 2.0, 0.4 * shape[0], 2.0) + rng.uniform(-math.pi, math.pi, shape)
        coherence = np.clip(rng.rayleigh(NOISE_COHERENCE, shape), 0.002, 1.0)
        return phase.astype(np.float32), coherence.astype(np.float32)

    def facts(self) -> Dict[str, object]:
        """What was put in, for people and tests."""
        name = self.track.product_name
        return {"track": self.track.name, "wavelength": WAVELENGTH,
                "dates": [p.time.date().isoformat() for p in self.track.passes],
                "baselines": [p.baseline for p in self.track.passes],
                "stratified_m_per_km": [round(float(v), 6) for v in self.errors.gradients],
                "turbulent_m": [round(float(v), 6) for v in self.errors.turbulence],
                "noise": [name(pair) for pair in self.errors.noise],
                "cycles": [{"product": name(pair), "row": r, "column": c, "radius": radius, "cycles": n}
                           for pair, (r, c, radius, n) in self.errors.cycles.items()],
                "products": [name(pair) for pair in self.track.pairs]}


def edges_of_swath(size: int, tilt: float, shift: float) -> np.ndarray:
    """(rows, cols) bool, False beyond the slanting edge of what the satellite saw, in one corner of the area.

    tilt: degrees of the track from north. shift: share of the width by which the edge moves inward.
    """
    line = (np.arange(size) + 0.5) / size
    slope = math.tan(math.radians(tilt))
    return line[None, :] < 1.12 - shift - abs(slope) * (line[:, None] if slope > 0 else 1.0 - line[:, None])


