"""Many pairs into a stack: one grid, resume, failures on record, a cluster."""
import json
import os
from datetime import date

import numpy as np
import pytest

from terrain_motion.engine.core.errors import InputError, MissingPackage
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.pair import Pair
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.manifests import read_stack
from terrain_motion.engine.io.raster import Band, new_raster
from terrain_motion.engine.matching import pairs
from terrain_motion.engine.matching.settings import PairRunSettings

from motion_images import fourier_shift, fractal

GRID = Grid("EPSG:32632", (500000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 96, 96)
DATES = [date(2020, 1, 1), date(2020, 1, 11), date(2020, 1, 21)]


@pytest.fixture
def scenes(tmp_path):
    image = fractal(96, 3)
    made = []
    for number, day in enumerate(DATES):
        path = tmp_path / f"S_{day:%Y%m%d}.tif"
        part = GRID if number < 2 else Grid(GRID.crs, (500080.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 88, 96)
        with new_raster(path, part, [Band("1")]) as target:
            target.write({"1": fourier_shift(image, 0.0, 0.3 * number)[:, 96 - part.width:]})
        made.append(str(path))
    return made


def network(scenes):
    return [Pair(scenes[i], scenes[j], DATES[i], DATES[j]) for i, j in ((0, 1), (1, 2), (2, 0))]


def test_every_pair_is_on_the_common_grid_with_its_sign(scenes, tmp_path):
    result = pairs.run(network(scenes), PairRunSettings(), tmp_path / "stack")
    manifest, folder = read_stack(result.stack)
    assert (manifest.grid.width, manifest.grid.height) == (88, 96)
    for entry, expected in zip(manifest.pairs, (3.0, 3.0, -6.0)):  # m; the last pair runs backward in time
        with open_displacement(folder / entry.file) as source:
            assert source.grid.equals(manifest.grid)
            assert np.nanmedian(source.read("east")) == pytest.approx(expected, abs=0.05)
        assert entry.valid_fraction > 0.9 and entry.mean_quality > 0.9
    assert result.done == 3 and not result.failed and result.summary()


def test_a_finished_pair_is_not_matched_again(scenes, tmp_path):
    pairs.run(network(scenes), PairRunSettings(), tmp_path / "stack")
    again = pairs.run(network(scenes), PairRunSettings(), tmp_path / "stack")
    assert (again.done, again.reused) == (0, 3)
    assert again.mean_correlation > 0.9
    os.utime(scenes[0])  # this image changed: its two pairs are matched again
    assert pairs.run(network(scenes), PairRunSettings(), tmp_path / "stack").done == 2
    assert pairs.run(network(scenes), PairRunSettings(window=15), tmp_path / "stack").done == 3


def test_a_failing_pair_is_recorded_and_the_others_go_on(scenes, tmp_path):
    bad = Pair(scenes[0], str(tmp_path / "missing.tif"), DATES[0], date(2020, 5, 5))
    result = pairs.run([*network(scenes), bad], PairRunSettings(), tmp_path / "stack")
    assert result.done == 3 and len(result.failed) == 1
    recorded = json.loads(result.stack.read_text())["failed_pairs"]
    assert recorded[0]["pair"] == bad.name and "missing.tif" in recorded[0]["reason"]


def test_if_all_fail_the_run_fails_without_a_manifest(scenes, tmp_path):
    bad = Pair(scenes[0], str(tmp_path / "missing.tif"), DATES[0], date(2020, 5, 5))
    with pytest.raises(InputError, match="missing.tif"):
        pairs.run([bad], PairRunSettings(), tmp_path / "stack")
    assert not (tmp_path / "stack" / "stack.json").exists()
    with pytest.raises(InputError, match="no pairs"):
        pairs.run([], PairRunSettings(), tmp_path / "stack")


def test_scheduler_gives_the_same_numbers_or_says_what_is_missing(scenes, tmp_path):
    settings = PairRunSettings(scheduler="tcp://127.0.0.1:1")
    try:
        import distributed  # noqa: F401
    except ImportError:
        with pytest.raises(MissingPackage, match="distributed"):
            pairs.run(network(scenes), settings, tmp_path / "stack")
        return
    with pytest.raises(InputError, match="does not answer"):
        pairs.run(network(scenes), settings, tmp_path / "stack")
