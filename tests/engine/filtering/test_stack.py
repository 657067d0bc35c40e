"""Filters over a stack."""
import datetime

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError, SettingsError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.stack import PairEntry, StackManifest
from terrain_motion.engine.filtering import outliers, stack
from terrain_motion.engine.filtering.settings import FilterSettings, MorphologicalSettings, OutlierSettings
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.manifests import read_stack, write_stack

SHAPE = (90, 110)
DATES = [datetime.date(2020, 1, 1), datetime.date(2020, 3, 1), datetime.date(2020, 7, 1)]


@pytest.fixture
def source(tmp_path, write, grid):
    entries = []
    for number in range(2):
        values = np.random.default_rng(number).normal(0, 0.2, (2, *SHAPE))
        values[:, 20, 30 + number] += 15.0
        quality = np.full(SHAPE, 0.8)
        quality[50:60, :] = 0.1
        entries.append(PairEntry(DATES[number], DATES[number + 1], f"pairs/{number}.tif"))
        write(f"in/pairs/{number}.tif", *values, correlation=quality)
    return write_stack(tmp_path / "in", StackManifest("optical", ("east", "north"), grid(*SHAPE), tuple(entries)))


def test_each_pair_is_filtered_once_and_counted(tmp_path, source, read):
    result = stack.run_stack(source, FilterSettings(), tmp_path / "out", Progress())
    manifest, folder = read_stack(result.stack)
    assert result.done == 2 and result.flags[Flag.LOW_CORRELATION] == 2 * 10 * SHAPE[1]
    for number, entry in enumerate(manifest.pairs):
        flag, = read(folder / entry.file, "flag")
        assert flag[20, 30 + number] == Flag.OUTLIER
        assert entry.valid_fraction == pytest.approx((flag == 0).mean(), abs=1e-6)
        assert entry.mean_quality == pytest.approx(0.8, abs=1e-5)
    again = stack.run_stack(source, FilterSettings(), tmp_path / "out", Progress())
    assert (again.done, again.reused) == (0, 2)


def test_composed_filters_equal_one_after_the_other(tmp_path, source, read):
    from terrain_motion.engine.filtering import morphological
    file = source.parent / "pairs" / "0.tif"
    small = MorphologicalSettings(opening=30.0, closing=40.0, patches="valid")
    outliers.run(file, OutlierSettings(), tmp_path / "a.tif", Progress())
    morphological.run(tmp_path / "a.tif", small, tmp_path / "b.tif", Progress())
    stack.filter_pair(file, FilterSettings(morphology=True, morphological=small), tmp_path / "c.tif", Progress())
    for one, other in zip(read(tmp_path / "b.tif", "east", "flag"), read(tmp_path / "c.tif", "east", "flag")):
        np.testing.assert_array_equal(one, other)
    with open_displacement(tmp_path / "c.tif") as written:
        assert [s["step"] for s in written.history] == ["outlierfilter", "morphologicalfilter"]


def test_parameter_names_are_those_of_the_contract():
    names = {p.name for p in FilterSettings.parameters()}
    assert {"THRESHOLD", "WINDOW", "FACTOR", "MINSLOPE", "MAXSLOPE", "MAXASPECT", "OPENING", "CLOSING"} <= names


def test_refused_with_a_reason(tmp_path, source):
    with pytest.raises(InputError, match="needs a DEM"):
        stack.run_stack(source, FilterSettings(topography=True), tmp_path / "out", Progress())
    with pytest.raises(SettingsError, match="No filter is chosen"):
        FilterSettings(outliers=False)
