"""Pairs behind a pixel: residuals of known errors, reasons in words."""
from datetime import date, timedelta

import numpy as np
import pytest
from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.stack import PairEntry, StackManifest
from terrain_motion.engine.io.displacement import new_displacement
from terrain_motion.engine.io.manifests import write_stack
from terrain_motion.engine.io.series import History
from terrain_motion.engine.validation.evidence import pairs_at

GRID = Grid("EPSG:32632", (0.0, 10.0, 0.0, 200.0, 0.0, -10.0), 20, 20)
DATES = tuple(date(2020, 1, 1) + timedelta(days=30 * i) for i in range(6))
BAD = 3  # scene whose pairs are 5 m off


@pytest.fixture
def stack(tmp_path):
    """All pairs of six dates; 1 m per 30 days east; one bad scene; one pair under cloud."""
    entries = []
    for i in range(6):
        for j in range(i + 1, 6):
            east = np.full(GRID.shape, j - i + 5.0 * ((j == BAD) - (i == BAD)), np.float32)
            east += np.float32(0.01 * (i - j))
            flag = np.zeros(GRID.shape, np.float32)
            if (i, j) == (0, 1):
                east[:], flag[:] = np.nan, 2
            file = f"pairs/{DATES[i]:%Y%m%d}_{DATES[j]:%Y%m%d}.tif"
            (tmp_path / "pairs").mkdir(exist_ok=True)
            with new_displacement(tmp_path / file, GRID, ("east", "north"), "correlation", DATES[i], DATES[j]) as target:
                target.write({"east": east, "north": east * 0, "correlation": flag + .8, "sigma": flag + .1, "flag": flag})
            entries.append(PairEntry(DATES[i], DATES[j], file))
    write_stack(tmp_path, StackManifest("optical", ("east", "north"), GRID, tuple(entries)))
    return tmp_path


def history(x=55.0, y=55.0):
    return History(x, y, DATES, {"east": np.arange(6, dtype=np.float32), "north": np.zeros(6, np.float32)})


def test_pairs_of_a_bad_scene_come_first_and_are_named(stack):
    found = pairs_at(stack, history(), "EPSG:32632")
    assert len(found.pairs) == 15 and len(found.used) == 14
    worst = found.pairs[:5]
    assert all(DATES[BAD] in (pair.reference, pair.secondary) for pair in worst)
    assert worst[0].misfit == pytest.approx(5.0, abs=0.06)  # and hundredths of a metre per 30 days
    assert worst[0].sigma == pytest.approx(0.1) and worst[0].quality == pytest.approx(0.8)
    assert any(f"share the scene of {DATES[BAD]}" in line for line in found.sentences())


def test_residual_is_pair_minus_series(stack):
    found = {(pair.reference, pair.secondary): pair for pair in pairs_at(stack, history(), "EPSG:32632").pairs}
    pair = found[DATES[0], DATES[2]]
    assert pair.measured["east"] == pytest.approx(1.98) and pair.residual["east"] == pytest.approx(-0.02, abs=1e-6)


def test_missing_pair_says_why(stack):
    found = pairs_at(stack, history(), "EPSG:32632")
    assert found.pairs[-1].note == "cloud" and np.isnan(found.pairs[-1].misfit)
    assert any("cloud" in line for line in found.sentences())


def test_another_place_is_refused(stack):
    with pytest.raises(InputError, match="outside"):
        pairs_at(stack, history(9999.0, 55.0), "EPSG:32632")
    with pytest.raises(InputError, match="coordinate system"):
        pairs_at(stack, history(), "EPSG:4326")
