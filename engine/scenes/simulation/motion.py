"""How the ground of a scenario moves: a field in space, a course in time, and the path of each particle.

Positions are pixels of the scene: (column, row), (0, 0) the centre of the upper-left pixel, rows southward.
The velocity pattern of glacier and landslide is fixed in space and only its strength changes in time. A particle's
displacement is then the flow map of that pattern over an effective time s, with two properties used here: the map of
-s is the exact inverse of the map of s, and what happens between dates i and j depends on s_j - s_i only.
"""
import math
from dataclasses import dataclass

import numpy as np

from ..settings import EARTHQUAKE, GLACIER, LANDSLIDE, SimulateSettings
from .noise import smoothstep
from .schedule import effective_time

#: Down-valley, down-slope and strike direction, degrees clockwise from north.
AXIS = {GLACIER: 155.0, LANDSLIDE: 215.0, EARTHQUAKE: 150.0}

GLACIER_SPEED = 20.0          # px per effective year on the fastest flow line: 200 m/yr at 10 m
GLACIER_END = 0.27            # position of the snout along the axis, shares of the scene
LANDSLIDE_TRAVEL = 2.6        # px over the two years in the middle of the body
LANDSLIDE_AXES = (0.30, 0.13)  # half length and half width, shares of the scene
SLIP = 0.8                    # px, largest offset across the fault
RUPTURE = (-0.30, 0.55)       # centre and half length along strike, shares of the scene
_STEP_PX = 4.0                # longest path of one Runge-Kutta step


@dataclass(frozen=True)
class Frame:
    """The scenario's own axes: `along` the valley, slope or fault, and `across` to its right, shares of the scene."""
    size: int
    azimuth: float

    @property
    def direction(self):
        """Unit vector along the axis, (columns, rows)."""
        angle = math.radians(self.azimuth)
        return math.sin(angle), -math.cos(angle)

    def coordinates(self, columns, rows):
        """(along, across) of positions, 0 in the middle of the scene."""
        centre, (east, south) = (self.size - 1) / 2.0, self.direction
        x, y = (columns - centre) / self.size, (rows - centre) / self.size
        return x * east + y * south, -x * south + y * east


def frame(settings: SimulateSettings) -> Frame:
    """The axes of a scenario, turned by a few degrees by the seed."""
    turn = np.random.default_rng([settings.seed, 11]).uniform(-8.0, 8.0)
    return Frame(settings.size, AXIS[settings.scenario] + turn)


def glacier_shape(along):
    """Centre line and half width of the valley glacier and their slopes, shares of the scene."""
    centre, bend = 0.05 * np.sin(5.0 * along + 0.6), 0.25 * np.cos(5.0 * along + 0.6)
    narrow = 0.5 * (1.0 + np.tanh((along - 0.17) / 0.06))
    width = 0.125 - 0.03 * along - 0.055 * narrow
    slope = -0.03 - 0.055 * 0.5 / 0.06 * (1.0 - np.tanh((along - 0.17) / 0.06) ** 2)
    return centre, width, bend, slope


def glacier_position(along, across):
    """Place between the margins: -1 and 1 on them, 0 on the centre line."""
    centre, width, _, _ = glacier_shape(along)
    return (across - centre) / width


def landslide_radius(along, across):
    """0 in the middle of the body, 1 on its outline."""
    return np.hypot(along / LANDSLIDE_AXES[0], across / LANDSLIDE_AXES[1])


class Motion:
    """The moving ground of one simulated series. times: effective time of each date, the first is 0."""

    def __init__(self, settings: SimulateSettings, dates):
        self.settings, self.frame = settings, frame(settings)
        self.times = effective_time(settings.scenario, dates)

    def displacement(self, columns, rows, first=0, second=-1):
        """Displacement from date `first` to date `second` of what lies at the given positions on date `first`.

        Returns (columns, rows), float64 px, rows southward. second < first gives the way back.
        """
        return self.flow(columns, rows, self.times[second] - self.times[first])

    def flow(self, columns, rows, time):
        """Displacement over an effective time (negative: back) of what lies at the positions now."""
        columns, rows = (np.asarray(v, np.float64) for v in (columns, rows))
        shift = np.zeros((2,) + columns.shape)
        if time == 0.0 or self.settings.motion == 0.0:
            return shift
        if self.settings.scenario == EARTHQUAKE:
            shift[:] = self._offset(columns, rows, time)
            return shift
        moving = self.moving(columns, rows)
        shift[:, moving] = self._path(columns[moving], rows[moving], time)
        return shift

    def moving(self, columns, rows):
        """True where the ground moves."""
        along, across = self.frame.coordinates(columns, rows)
        if self.settings.scenario == EARTHQUAKE:
            return self._slip(along) > 0.0
        return self._speed(along, across) > 0.0

    def _path(self, columns, rows, time):
        fastest = {GLACIER: GLACIER_SPEED, LANDSLIDE: LANDSLIDE_TRAVEL}[self.settings.scenario]
        steps = max(1, math.ceil(abs(time) * fastest * self.settings.motion / _STEP_PX))
        x, y, step = columns.copy(), rows.copy(), time / steps
        for _ in range(steps):
            u1, v1 = self._velocity(x, y)
            u2, v2 = self._velocity(x + 0.5 * step * u1, y + 0.5 * step * v1)
            u3, v3 = self._velocity(x + 0.5 * step * u2, y + 0.5 * step * v2)
            u4, v4 = self._velocity(x + step * u3, y + step * v3)
            x += step / 6.0 * (u1 + 2.0 * u2 + 2.0 * u3 + u4)
            y += step / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4)
        return x - columns, y - rows

    def _velocity(self, columns, rows):
        """Pattern of the velocity, px per effective time, (columns, rows)."""
        along, across = self.frame.coordinates(columns, rows)
        speed, (east, south) = self._speed(along, across), self.frame.direction
        lateral = 0.0
        if self.settings.scenario == GLACIER:  # flow lines keep their place between the margins
            _, width, bend, slope = glacier_shape(along)
            lateral = bend + glacier_position(along, across) * slope
            speed = speed / np.sqrt(1.0 + lateral * lateral)
        return speed * (east - lateral * south), speed * (south + lateral * east)

    def _speed(self, along, across):
        factor = self.settings.motion
        if self.settings.scenario == LANDSLIDE:
            inside = np.minimum(landslide_radius(along, across), 1.0)
            return factor * LANDSLIDE_TRAVEL * (1.0 - inside ** 4)
        plug = 1.0 - np.minimum(np.abs(glacier_position(along, across)), 1.0) ** 4
        course = np.exp(-((along + 0.12) / 0.42) ** 2) * (1.0 - smoothstep(along, GLACIER_END - 0.25, GLACIER_END))
        return factor * GLACIER_SPEED * plug * course

    def _slip(self, along):
        centre, half = RUPTURE
        return SLIP * np.maximum(1.0 - ((along - centre) / half) ** 2, 0.0) ** 0.75

    def _offset(self, columns, rows, time):
        """Right-lateral strike-slip, u = slip / pi * (atan(x / top) - atan(x / bottom)) along strike.

        The surface displacement of screw dislocations between two depths (Segall, Earthquake and Volcano
        Deformation, 2010, ch. 2). x: distance from the fault. The way back inverts it by iteration: slip changes
        slowly along strike and motion never leaves its x, so that each step gains two digits.
        """
        east, south = self.frame.direction
        shift = np.zeros(columns.shape)
        for _ in range(1 if time > 0 else 4):
            start = shift if time < 0 else 0.0
            along, across = self.frame.coordinates(columns + start * east, rows + start * south)
            x = across * self.settings.size * self.settings.pixel_size
            top = np.arctan2(x, self.settings.rupture_top)
            shift = -time * self.settings.motion * self._slip(along) / math.pi * (
                top - np.arctan(x / self.settings.rupture_bottom))
        return shift * east, shift * south

    def fault(self):
        """End points of the rupture, ((column, row), (column, row)); the first may lie outside the scene."""
        east, south = self.frame.direction
        centre = (self.settings.size - 1) / 2.0
        ends = (RUPTURE[0] - RUPTURE[1], RUPTURE[0] + RUPTURE[1])
        return tuple((centre + end * self.settings.size * east, centre + end * self.settings.size * south)
                     for end in ends)
