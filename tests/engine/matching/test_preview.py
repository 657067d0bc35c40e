"""A rectangle matched at once, its cost and the advice drawn from it."""
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.pair import Pair
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.matching import preview
from terrain_motion.engine.matching.advice import advise
from terrain_motion.engine.matching.estimate import cost
from terrain_motion.engine.matching.settings import PairRunSettings

from motion_images import fourier_shift, fractal

GRID = Grid("EPSG:32632", (500000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 160, 160)
RECTANGLE = [(500400.0, 5099600.0), (501000.0, 5099600.0), (501000.0, 5099000.0), (500400.0, 5099000.0)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """1.5 px east (15 m) in 20 days."""
    folder, image = tmp_path_factory.mktemp("pair"), fractal(160, 3)
    for name, shift in (("a", 0.0), ("b", 1.5)):
        with new_raster(folder / f"{name}.tif", GRID, [Band("1")]) as target:
            target.write({"1": fourier_shift(image, 0.0, shift)})
    return Pair(str(folder / "a.tif"), str(folder / "b.tif"), date(2020, 1, 1), date(2020, 1, 21))


@pytest.fixture(scope="module")
def found(pair):
    return preview.run(pair, PairRunSettings(), RECTANGLE, "EPSG:32632")


def test_the_rectangle_moves_east_by_15_m(found):
    assert found.grid.shape == (60, 60) and found.grid.transform[0] == 500400.0 and not found.cut
    # a real run finds this shift within .02 px on this texture; the preview's halo is shorter
    assert np.nanmedian(found.east) == pytest.approx(15.0, abs=0.3)
    assert abs(np.nanmedian(found.north)) < 0.3
    assert dict(found.summary())["Measured"].endswith("%")


def test_corners_in_degrees_lead_to_the_same_place(pair, found):
    from osgeo import osr
    from terrain_motion.engine.io.raster import spatial_reference
    change = osr.CoordinateTransformation(spatial_reference("EPSG:32632"), spatial_reference("EPSG:4326"))
    degrees = [change.TransformPoint(x, y)[:2] for x, y in RECTANGLE]
    again = preview.run(pair, PairRunSettings(), degrees, "EPSG:4326")
    assert abs(again.grid.width - 60) <= 1 and np.nanmedian(again.east) == pytest.approx(15.0, abs=0.3)


def test_a_rectangle_beside_the_scenes_is_refused_in_words(pair):
    with pytest.raises(InputError, match="Drag another one"):
        preview.run(pair, PairRunSettings(), [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)], "EPSG:32632")


def test_advice_raises_a_range_that_motion_exceeds_and_lowers_a_wasteful_one(found):
    small, large = (advise(found, PairRunSettings(range=r)) for r in (1, 60))
    assert small[0].changes["range"] >= 2
    assert 2 <= large[0].changes["range"] < 10


def test_advice_on_a_poor_correlation_is_a_larger_window(found):
    poor = replace(found, correlation=np.full_like(found.correlation, 0.3))
    assert any(advice.changes.get("window", 0) > 21 for advice in advise(poor, PairRunSettings()))
    nothing = replace(found, flag=np.full_like(found.flag, 6))
    assert "Almost nothing" in advise(nothing, PairRunSettings())[0].text


def test_cost_grows_with_pairs_pixels_and_directions():
    assert cost(10, 10 ** 6, PairRunSettings()).seconds > 0
    one = cost(10, 10 ** 6, PairRunSettings(threads=1))
    assert cost(20, 10 ** 6, PairRunSettings(threads=1)).seconds == pytest.approx(2 * one.seconds)
    assert cost(10, 10 ** 6, PairRunSettings(threads=1, average="both")).seconds == pytest.approx(2 * one.seconds)
    assert cost(10, 10 ** 6, PairRunSettings(threads=1, step=2)).bytes == pytest.approx(one.bytes / 4)
