"""From candidates to clouds: without roofs and without the borders of snow, with their soft edges."""
import numpy as np

from ...io.products import roles
from ..classify_settings import ClassifySettings
from . import parallax
from .bands import SceneBands
from .morphology import dilate, enclosed, erode, groups_with, mean_around, opened, without_small

_ROOF_MARGIN = 2.0       # pixels by which bright ground is eroded: what is left of it is large enough for a cloud
_RIM = 60.0              # m: snow and ground mixed in the pixels of a border look like cloud
_ENCLOSED = 0.6          # share of the border of what looks like snow that is cloud, where it is cloud too
_PARALLAX = 20.0         # m; by which bands see a low cloud in different places
_SNOW_WINDOW = 150.0     # m
_SNOW_AROUND = 0.25      # share of snow around from which it is a field
_DROPLETS = 0.3          # reflectance at 1.6 um of low clouds, which hardly shift; snow mixed with rock is darker
_TELLING = 0.5           # share of the certain clouds' borders that must shift, or the clouds are too low for the test
_EDGE_WINDOW = 300.0     # m; clear ground around, that the edge of a cloud is compared with
_EDGE_BEYOND = 60.0      # m from a cloud, where its edge has ended
_EDGE_BRIGHTER = 0.075   # reflectance of the red band
#: The same of edges that are seen to shift, and of their outermost pixel, which an edge fills in part: in the red band
#: above the ground around, and at 1.6 um above the snow around, which is as bright as cloud in the red.
_SHIFTING_BRIGHTER, _SHIFTING_OUTERMOST = {roles.RED: 0.09, roles.SWIR1: 0.04}, {roles.RED: 0.06, roles.SWIR1: 0.035}


def find(bands: SceneBands, candidates, roofs, snow, bright, valid, settings: ClassifySettings, metres: float):
    """Clouds, (rows, cols) bool.

    candidates, roofs, snow: pixels of the colour of cloud, of bare ground, of snow. bright: too bright at 1.6 um for
    snow. metres: per pixel.
    """
    shifts = parallax.displaced(bands) if settings.displacement and parallax.has_parallax(bands) else None
    cloud = _without_roofs(candidates, roofs, shifts)
    cloud = cloud | enclosed(snow & ~cloud, cloud, _ENCLOSED, bright, valid)  # tops of ice have the colour of snow
    fields = _snow_fields(snow & ~cloud, cloud, metres)
    mixed = dilate(fields, _RIM / metres)
    wide = opened(cloud, 0.5 * _RIM / metres)
    droplets = wide & (np.nan_to_num(bands.read(roles.SWIR1)) > _DROPLETS) if bands.has(roles.SWIR1) else wide
    if shifts is not None and _too_low(cloud & (~mixed | droplets), shifts):
        shifts = None
    cloud &= ~mixed | (wide if shifts is None else shifts | droplets)
    cloud = without_small(cloud, int(round(settings.minimum_cloud / metres ** 2)))
    if settings.cloud_edge < metres or not cloud.any():
        return cloud
    near = valid & dilate(cloud, settings.cloud_edge / metres)
    if shifts is None:
        return cloud | (near & ~fields & (_excess(bands, roles.RED, cloud, valid & ~fields, metres) > _EDGE_BRIGHTER))
    return cloud | _shifting_edges(bands, cloud, near & shifts, valid, fields & ~cloud, metres)


def _without_roofs(cloud, roofs, shifts):
    """Clouds without those that are bare or built-up ground as a whole: none of it shifts, or it is only small."""
    if not (cloud & roofs).any():
        return cloud
    certain = cloud & (~roofs | (erode(cloud, _ROOF_MARGIN) if shifts is None else shifts))
    return groups_with(cloud, erode(certain, 1.0))


def _too_low(certain, shifts) -> bool:
    """Whether most borders of certain clouds do not shift: a fog does not, so that the test would take it for snow."""
    border = certain & ~erode(certain, 1.0)
    return bool(border.any() and shifts[border].mean() < _TELLING)


def _snow_fields(snow, cloud, metres: float):
    """Snow with snow around it, clouds not counted: the rest is edges of clouds, where each band sees another part."""
    apart = ~dilate(cloud, _PARALLAX / metres + 1.0)
    around = mean_around(snow.astype(np.float32), apart, max(3, int(_SNOW_WINDOW / metres)))
    return snow & (around > _SNOW_AROUND)


def _shifting_edges(bands: SceneBands, cloud, near, valid, fields, metres: float):
    """Pixels that shift as clouds do and are brighter than what lies around: ground in red, snow at 1.6 um."""
    inner, outer = np.zeros_like(cloud), np.zeros_like(cloud)
    for role, kind in ((roles.RED, valid & ~fields), (roles.SWIR1, valid & fields)):
        if kind.any() and bands.has(role):
            excess = _excess(bands, role, cloud, kind, metres)
            inner |= kind & (excess > _SHIFTING_BRIGHTER[role])
            outer |= kind & (excess > _SHIFTING_OUTERMOST[role])
    inner &= near
    return inner | (outer & near & dilate(cloud | inner, 1.0))


def _excess(bands: SceneBands, role: str, cloud, kind, metres: float):
    """How much brighter each pixel is than clear pixels of a kind around it; nowhere where there are none.

    The edge of a cloud is too thin for tests of colour, and each band sees it elsewhere; the red one is matched.
    """
    values = np.nan_to_num(bands.read(role))
    clear = kind & ~dilate(cloud, _EDGE_BEYOND / metres)
    if not clear.any():
        return np.full(cloud.shape, -np.inf, np.float32)
    return values - mean_around(values, clear, max(3, int(_EDGE_WINDOW / metres)))
