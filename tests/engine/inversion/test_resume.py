import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inversion_networks import displacements, moving, optical_network, write
from terrain_motion.engine.compute import threads
from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.inversion import invert, resume
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.io import draft
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.stack_source import StackSource

RASTERS = ("east.tif", "north.tif", "sigma_east.tif", "sigma_north.tif", "velocity.tif", "quality.tif")
SETTINGS = InvertSettings()
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def three_threads():
    """The size of the tiles depends on their number."""
    threads.set_workers(3)
    yield
    threads.set_workers(None)


@pytest.fixture
def stack(tmp_path):
    """Six tiles of 128 px."""
    network = optical_network(6, 2)
    values = displacements(network, moving(network, (200, 300)), 0.1)
    values[:, np.random.default_rng(0).random(values.shape[1:]) < 0.1] = np.nan
    return write(tmp_path / "stack", network, values, sigma=0.1)


def stopped_after(tiles, stack, output, settings=SETTINGS):
    """Run until so many tiles are finished, then cancel."""
    seen = []

    def report(fraction, message):
        seen.append(message)
    with pytest.raises(Cancelled):
        invert.run(stack, settings, output, Progress(
            report, lambda: any(m.startswith(f"Inverted tile {tiles} ") for m in seen)))


def reads(monkeypatch):
    """Windows of tiles that are read from now on."""
    windows = []
    whole = StackSource.read

    def read(self, window, *rest):
        windows.append(window)
        return whole(self, window, *rest)
    monkeypatch.setattr(StackSource, "read", read)
    return windows


def same(first, second):
    for name in RASTERS:
        with open_raster(first / name) as a, open_raster(second / name) as b:
            assert a.bands == b.bands and a.metadata == b.metadata
            assert np.array_equal(a.read_bands(), b.read_bands(), equal_nan=True), name


def test_a_cancelled_run_goes_on_where_it_stopped(tmp_path, stack, monkeypatch):
    whole = invert.run(stack, SETTINGS, tmp_path / "whole", Progress())
    stopped_after(3, stack, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == [draft.FOLDER]
    windows = reads(monkeypatch)
    learnt = []
    monkeypatch.setattr(invert, "learn_stack", lambda *_: learnt.append(1))
    fractions = []
    result = invert.run(stack, SETTINGS, tmp_path / "out", Progress(lambda f, _: fractions.append(f)))
    assert len(windows) == 6 - result.kept and result.kept >= 3 and not learnt
    assert fractions[0] > 0.35 + 0.65 * 0.5
    same(tmp_path / "whole", tmp_path / "out")
    assert result.counts == whole.counts and result.medians == whole.medians
    assert result.table.read_text() == whole.table.read_text()
    assert f"{result.kept} tiles were finished by an earlier run" in result.notes[0]
    assert not (tmp_path / "out" / draft.FOLDER).exists()


def test_a_killed_run_keeps_the_tiles_that_were_recorded(tmp_path, stack):
    code = f"""
import os, sys
sys.path.insert(0, {str(ROOT / 'tests')!r})
import conftest
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.inversion import invert, resume
from terrain_motion.engine.inversion.settings import InvertSettings
resume.EVERY = 0.0
def report(fraction, message):
    if message.startswith("Inverted tile 4 "):
        os._exit(9)
invert.run({str(stack)!r}, InvertSettings(), {str(tmp_path / 'out')!r}, Progress(report))
"""
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TERRAIN_MOTION_THREADS": "3"}, check=False)
    assert done.returncode == 9
    assert invert.run(stack, SETTINGS, tmp_path / "out", Progress()).kept == 4
    invert.run(stack, SETTINGS, tmp_path / "whole", Progress())
    same(tmp_path / "whole", tmp_path / "out")


def test_other_settings_or_inputs_begin_anew(tmp_path, stack):
    stopped_after(2, stack, tmp_path / "out")
    other = replace(SETTINGS, robust="tukey")
    stopped_after(2, stack, tmp_path / "out", other)
    pair = next((stack / "pairs").glob("*.tif"))
    os.utime(pair, (1, 1))
    assert invert.run(stack, other, tmp_path / "out", Progress()).kept == 0


def test_a_damaged_draft_is_not_used(tmp_path, stack, caplog):
    stopped_after(2, stack, tmp_path / "out")
    (tmp_path / "out" / draft.FOLDER / "east.tif.part").write_bytes(b"II*\0")
    assert invert.run(stack, SETTINGS, tmp_path / "out", Progress()).kept == 0
    assert "begins anew" in caplog.text
    stopped_after(2, stack, tmp_path / "out")
    (tmp_path / "out" / draft.FOLDER / draft.RECORD).write_bytes(b"PK")
    assert invert.run(stack, SETTINGS, tmp_path / "out", Progress()).kept == 0


def test_two_runs_do_not_write_one_folder(tmp_path, stack):
    with draft.Draft(tmp_path / "out", "other"), pytest.raises(InputError, match="Another run"):
        invert.run(stack, SETTINGS, tmp_path / "out", Progress())
    assert list((tmp_path / "out").iterdir()) == []


def test_learning_is_kept_before_the_first_tile(tmp_path, stack, monkeypatch):
    monkeypatch.setattr(resume, "WORTH", 0.0)
    told = []

    def cancelled():
        return (tmp_path / "out" / draft.FOLDER / draft.RECORD).exists()
    with pytest.raises(Cancelled):
        invert.run(stack, SETTINGS, tmp_path / "out", Progress(lambda *_: told.append(1), cancelled))
    monkeypatch.setattr(invert, "learn_stack", None)
    invert.run(stack, SETTINGS, tmp_path / "out", Progress())
