"""Point reads of a time series."""
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.flags import WORDS, Flag
from terrain_motion.engine.io.series import open_series

_SPEC = importlib.util.spec_from_file_location("small_series", Path(__file__).parents[2] / "ui" / "small_series.py")
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)


@pytest.fixture
def folder(tmp_path):
    return small.write_small_series(tmp_path / "slide").parent


def test_history_of_a_pixel_has_its_values_sigmas_velocity_and_centre(folder):
    with open_series(folder) as series:
        history = series.history(*[v + 4.9 for v in small.xy(10, 39)])
    assert (history.x, history.y) == small.xy(10, 39)
    # float32 keeps seven digits
    assert history.values["east"] == pytest.approx(small.EAST_RATE * small.years(), rel=1e-6)
    assert history.values["north"] == pytest.approx(small.NORTH_RATE * small.years(), rel=1e-6)
    assert history.sigmas["north"] == pytest.approx(np.full(6, small.SIGMA))
    assert history.velocity["velocity_east"] == pytest.approx(small.EAST_RATE)
    assert history.flag == 0 and history.measured and history.why_missing == ""


def test_missing_pixel_says_why(folder):
    with open_series(folder) as series:
        history = series.history(*small.xy(*small.CLOUDY))
    assert not history.measured
    assert np.isnan(history.values["east"]).all()
    assert history.why_missing == WORDS[Flag.CLOUD]


def test_place_outside_the_series_has_no_history(folder):
    with open_series(folder / "series.json") as series:
        assert series.history(small.ORIGIN[0] - 1, small.ORIGIN[1] - 5) is None


def test_series_without_velocity_and_quality_still_has_a_history(folder):
    (folder / "velocity.tif").unlink()
    (folder / "quality.tif").unlink()
    with open_series(folder) as series:
        history = series.history(*small.xy(*small.CLOUDY))
    assert history.velocity == {} and history.flag is None and history.why_missing == "no data"


def test_missing_raster_is_refused_with_its_name(folder):
    (folder / "north.tif").unlink()
    with pytest.raises(InputError, match="north.tif"):
        open_series(folder)


def test_raster_with_other_dates_is_refused(folder):
    (folder / "north.tif").write_bytes((folder / "velocity.tif").read_bytes())
    with pytest.raises(InputError, match="5 bands .* 6 dates"):
        open_series(folder)
