"""Offsets across faults of known slip: value, sign, sigma, refusals."""
import math

import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.validation import profiles
from terrain_motion.engine.validation.profiles_settings import FaultOffsetSettings

SHAPE, PIXEL, NOISE = (200, 240), 10.0, 0.3
LEFT, TOP = 400000.0, 5100000.0  # of the fixture's grid
AZIMUTH = 30.0  # of the fault, degrees clockwise from north
MIDDLE = (LEFT + 1200.0, TOP - 1000.0)


def across():
    """Distance to the right of the fault, m."""
    rows, columns = np.indices(SHAPE)
    east, north = LEFT + PIXEL * (columns + .5) - MIDDLE[0], TOP - PIXEL * (rows + .5) - MIDDLE[1]
    a = math.radians(AZIMUTH)
    return east * math.cos(a) - north * math.sin(a)


def fault(turned=False):
    a = math.radians(AZIMUTH)
    ends = [(MIDDLE[0] + s * math.sin(a), MIDDLE[1] + s * math.cos(a)) for s in (-900, 900)]
    points = ", ".join(f"{x} {y}" for x, y in (ends[::-1] if turned else ends))
    return bytes(ogr.CreateGeometryFromWkt(f"LINESTRING ({points})").ExportToWkb())


def moved(parallel, normal, seed=1, smoothing=40.0):
    """East, north of a step over `smoothing` m: right-lateral by `parallel`, opened by `normal`, with a slope and noise."""
    a, d = math.radians(AZIMUTH), across()
    right = 0.5 * np.tanh(d / smoothing)
    along, opening = -parallel * right + 1e-4 * d, normal * right
    noise = np.random.default_rng(seed).normal(0, NOISE, (2, *SHAPE))
    return along * math.sin(a) + opening * math.cos(a) + noise[0], along * math.cos(a) - opening * math.sin(a) + noise[1]


def run(path, lines=None, progress=None, plot=None, **settings):
    return profiles.run(path, lines or [fault()], "EPSG:32632", FaultOffsetSettings(**{"reach": 600.0, **settings}),
                        progress or Progress(), plot)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("parallel, normal", [(4.0, 1.0), (-2.5, -0.7)])
def test_right_lateral_and_opening_are_positive_whatever_the_direction_of_the_line(tmp_path, write, turned, parallel,
                                                                                  normal):
    found = run(write("d.tif", *moved(parallel, normal)), [fault(turned)])
    assert len(found.points) >= 6 and found.unit == "m"
    # 1000 px of 0.3 m on either side, extrapolated: 0.3 x 2 x sqrt(2 / 1000) = 0.03 m for one place.
    assert np.mean([p.parallel for p in found.points]) == pytest.approx(parallel, abs=0.05)
    assert np.mean([p.normal for p in found.points]) == pytest.approx(normal, abs=0.05)
    assert [p.distance for p in found.points][:2] == [125.0, 375.0]
    assert found.points[0].azimuth == pytest.approx((AZIMUTH + 180 * turned) % 360, abs=0.1)


def test_sigma_is_the_scatter_of_the_offsets(tmp_path, write):
    offsets, sigmas = [], []
    for seed in range(6):
        found = run(write(f"{seed}.tif", *moved(3.0, 0.0, seed)), width=100.0)
        offsets += [p.parallel - 3.0 for p in found.points]
        sigmas += [p.sigma_parallel for p in found.points]
    assert np.std(offsets) == pytest.approx(np.sqrt(np.mean(np.square(sigmas))), rel=0.35)  # of 40 values: 11 % each


def test_sigma_holds_for_errors_that_are_alike_over_hundreds_of_metres(tmp_path, write):
    from scipy.ndimage import gaussian_filter
    scores = []
    for seed in range(5):
        east, north = moved(3.0, 0.0, seed)
        smooth = [gaussian_filter(v, 10.0) for v in np.random.default_rng(50 + seed).normal(0, 8.0, (2, *SHAPE))]
        found = run(write(f"{seed}.tif", east + smooth[0], north + smooth[1]))
        scores += [(p.parallel - 3.0) / p.sigma_parallel for p in found.points]
    # Neighbouring places share their errors: some 15 independent values, 18 % of their spread.
    assert 0.6 < np.sqrt(np.mean(np.square(scores))) < 1.5


def test_motion_that_decays_away_from_the_fault_does_not_lower_the_offset(tmp_path, write):
    """A screw dislocation that ends at 0.8 of the reach: straight lines would lose 5 % of its step."""
    a, d = math.radians(AZIMUTH), across()
    along = -4.0 * (np.sign(d) / 2 - np.arctan(d / 480.0) / math.pi)
    path = write("d.tif", along * math.sin(a), along * math.cos(a))
    assert np.mean([p.parallel for p in run(path).points]) == pytest.approx(4.0, rel=0.02)


def test_places_that_the_edge_cuts_near_the_fault_are_left_out(tmp_path, write):
    east, north = moved(2.0, 0.0)
    beyond = across() > 250.0
    east[beyond], north[beyond] = np.nan, np.nan
    with pytest.raises(InputError, match="values on both sides"):
        run(write("d.tif", east, north))
    assert len(run(write("e.tif", east, north), reach=350.0).points) >= 6


def test_the_smoothed_zone_does_not_lower_the_offset(tmp_path, write):
    path = write("d.tif", *moved(4.0, 0.0, smoothing=40.0))
    assert np.mean([p.parallel for p in run(path).points]) == pytest.approx(4.0, rel=0.02)
    assert np.mean([p.parallel for p in run(path, zone=0.0).points]) < 3.8


def test_places_without_values_are_skipped_and_counted(tmp_path, write):
    east, north = moved(2.0, 0.0)
    east[:100], north[:100] = np.nan, np.nan
    found = run(write("d.tif", east, north))
    assert found.skipped > 0 and all(p.y < TOP - 900 for p in found.points)


def test_plot_is_written_whole(tmp_path, write):
    found = run(write("d.tif", *moved(2.0, 0.0)), plot=tmp_path / "p.png")
    assert found.plot.read_bytes()[:4] == b"\x89PNG" and not list(tmp_path.glob("*.part"))
    assert "right-lateral" in found.summary()[1]


def test_refused_with_a_reason(tmp_path, write):
    path = write("d.tif", *moved(2.0, 0.0))
    with pytest.raises(InputError, match="no line in the area"):
        run(path, [bytes(ogr.CreateGeometryFromWkt("POINT (1 2)").ExportToWkb())])
    far = bytes(ogr.CreateGeometryFromWkt("LINESTRING (0 0, 0 1000)").ExportToWkb())
    with pytest.raises(InputError, match="values on both sides"):
        run(path, [far])
    with pytest.raises(SettingsError, match="takes all of the profile"):
        FaultOffsetSettings(zone=3000.0)
    with pytest.raises(InputError, match="must end with"):
        run(path, plot=tmp_path / "p.doc")


def test_cancel_stops(write, progress, tmp_path):
    path = write("d.tif", *moved(2.0, 0.0))
    progress.record.cancel_after(2)
    with pytest.raises(Cancelled):
        run(path, progress=progress, plot=tmp_path / "p.png")
    assert not (tmp_path / "p.png").exists()
