"""Corrections over a stack: each pair once, failures on record, a second run makes nothing again."""
import datetime
import hashlib
import json

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.core.stack import PairEntry, StackManifest
from terrain_motion.engine.correction import sequence
from terrain_motion.engine.correction.settings import CorrectSettings, DerampSettings, DestripeSettings
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.manifests import read_stack, write_stack

SHAPE, NOISE = (96, 128), 0.2
DATES = [datetime.date(2020, 1, 1), datetime.date(2020, 3, 1), datetime.date(2020, 7, 1)]


@pytest.fixture
def stack(tmp_path, write, grid):
    """Three pairs with ramps; the second one holds nothing but no data if `empty`."""
    def make(empty=False, name="stack"):
        x, y = np.meshgrid(np.linspace(-1, 1, SHAPE[1]), np.linspace(-1, 1, SHAPE[0]))
        pairs = []
        for number, (first, second) in enumerate([(0, 1), (1, 2), (0, 2)]):
            values = np.random.default_rng(number).normal(0, NOISE, (2, *SHAPE)) + (number + 1) * (x - y)
            values[:, :8, :8] = np.nan
            if empty and number == 1:
                values[:] = np.nan
            entry = PairEntry(DATES[first], DATES[second], f"pairs/{number}.tif", extra={"note": number})
            write(f"{name}/{entry.file}", *values, reference_date=entry.reference, secondary_date=entry.secondary)
            pairs.append(entry)
        return write_stack(tmp_path / name, StackManifest("optical", ("east", "north"), grid(*SHAPE), tuple(pairs),
                                                          extra={"site": "test"}))
    return make


def run(stack, output, progress=None, **settings):
    return sequence.run_stack(stack, CorrectSettings(**settings), output, progress or Progress())


def checksums(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_every_pair_is_corrected_and_told_in_the_manifest(tmp_path, stack, read):
    source = stack()
    before = checksums(source.parent)
    result = run(source, tmp_path / "out")
    assert (result.done, result.reused, result.failed) == (3, 0, ())
    manifest, folder = read_stack(result.stack)
    assert [p.file for p in manifest.pairs] == ["pairs/20200101_20200301.tif", "pairs/20200301_20200701.tif",
                                                "pairs/20200101_20200701.tif"]
    assert [p.extra["note"] for p in manifest.pairs] == [0, 1, 2] and manifest.extra["site"] == "test"
    assert manifest.history[-1]["step"] == "correctstack"
    for entry in manifest.pairs:
        assert entry.valid_fraction == pytest.approx(1 - 64 / (SHAPE[0] * SHAPE[1]), abs=1e-6)
        assert entry.mean_quality == pytest.approx(0.9, abs=1e-5)
        east, north = read(folder / entry.file)
        assert np.nanstd(east) < 1.02 * NOISE and abs(np.nanmean(north)) < 0.01
        with open_displacement(folder / entry.file) as corrected:
            assert [s["step"] for s in corrected.history] == ["deramp", "reference"]
            assert corrected.reference_date == entry.reference
    assert checksums(source.parent) == before


def test_stripes_slot_in_between_ramp_and_reference(tmp_path, stack, read):
    result = run(stack(), tmp_path / "out", destripe=True)
    manifest, folder = read_stack(result.stack)
    with open_displacement(folder / manifest.pairs[0].file) as corrected:
        assert [s["step"] for s in corrected.history] == ["deramp", "destripe", "deramp", "reference"]
    assert np.nanstd(read(folder / manifest.pairs[0].file)[0]) < 1.02 * NOISE


def test_earthquake_with_ramp_stripes_and_jitter_keeps_its_step(tmp_path, write, read):
    size, pixel = 512, 10.0
    rows, columns = np.indices((size, size))
    east, north = pixel * (columns + 0.5 - size / 2), -pixel * (rows + 0.5 - size / 2)
    a = np.radians(194.0)
    along, across = east * np.sin(a) + north * np.cos(a), east * np.cos(a) - north * np.sin(a)
    distance = north - 0.4 * east  # oblique strike-slip fault, 1.6 m, that ends inside the image
    reach = np.clip(1.0 - np.hypot(east, north) / 1800.0, 0, 1)
    motion = 1.6 * np.arctan2(60.0, distance) / np.pi * reach - 0.8 * reach
    shifts = np.array([0.3, -0.4, 0.5, -0.2, 0.4, -0.3])
    wrong = (shifts[np.clip(np.floor(across / 1200.0 + 3), 0, 5).astype(int)]
             + 1.0 * np.sin(2 * np.pi * along / 1880.0 + 1) + 0.8 * east / 2500.0 - 0.5 * north / 2500.0 + 0.7)
    noise = np.random.default_rng(30).normal(0, 0.3, (2, size, size))
    path = write("in.tif", motion + noise[0] + wrong, noise[1])
    left = []
    for number, chosen in enumerate([{}, {"destripe": True}, {"destripe": True, "jitter": True}]):
        settings = CorrectSettings(stripes=DestripeSettings(angle=194.0), **chosen)
        sequence.correct(path, settings, tmp_path / f"{number}.tif", Progress())
        corrected, _ = read(tmp_path / f"{number}.tif")
        left.append(float(np.sqrt(np.mean((corrected - motion - noise[0]) ** 2))))
    assert left[0] > left[1] > left[2]
    assert left[2] < 0.1  # m, 0.01 px, of 1.1 m before
    near = (np.abs(distance) > 150) & (np.abs(distance) < 500) & (np.abs(east) < 600)
    slope = np.sum((corrected - corrected[near].mean())[near] * (motion - motion[near].mean())[near]) \
        / np.sum((motion - motion[near].mean())[near] ** 2)
    assert slope == pytest.approx(1.0, abs=0.05)


def test_motion_that_all_pairs_share_is_not_taken_for_a_ramp(tmp_path, stack, write, read):
    x, y = np.meshgrid(np.linspace(-1, 1, SHAPE[1]), np.linspace(-1, 1, SHAPE[0]))
    motion = np.stack([1.5 * y, -x])  # a tilt
    known = motion.copy()
    known[:, 20:30, 20:30] = np.nan  # not known everywhere
    moved = stack(name="moved")
    for entry in read_stack(moved)[0].pairs:
        values = np.array(read(moved.parent / entry.file)[:2]) + motion
        write(f"moved/{entry.file}", *values, reference_date=entry.reference, secondary_date=entry.secondary)
    shared = write("shared.tif", *known)
    for given, error in ((shared, motion), (None, 0.0 * motion)):
        result = sequence.run_stack(moved, CorrectSettings(), tmp_path / f"out{given is None}", Progress(), motion=given)
        manifest, folder = read_stack(result.stack)
        found = np.array(read(folder / manifest.pairs[0].file)[:2])
        assert np.isfinite(found[:, 20:30, 20:30]).all()
        noise = found - error - np.nanmean(found, axis=(1, 2), keepdims=True)
        # planes of 12 000 values with a noise of 0.2 m are known to a few mm
        np.testing.assert_allclose(np.nanstd(noise, axis=(1, 2)), NOISE, rtol=0.02)


def test_a_second_run_makes_only_what_changed(tmp_path, stack):
    source = stack()
    run(source, tmp_path / "out")
    (tmp_path / "out" / "pairs" / "20200301_20200701.tif").unlink()
    again = run(source, tmp_path / "out")
    assert (again.done, again.reused) == (1, 2)
    assert [p.valid_fraction for p in read_stack(again.stack)[0].pairs].count(None) == 0
    other = run(source, tmp_path / "out", ramp=DerampSettings(order="quadratic"))
    assert (other.done, other.reused) == (3, 0)


def test_an_empty_pair_is_left_out_with_its_reason(tmp_path, stack):
    result = run(stack(empty=True), tmp_path / "out")
    assert result.done == 2
    assert [name for name, _ in result.failed] == ["20200301_20200701"]
    written = json.loads(result.stack.read_text())
    assert len(written["pairs"]) == 2
    assert "no pixel in it has a value" in written["failed_pairs"][0]["reason"]


def test_cancel_leaves_no_manifest_and_no_half_file(tmp_path, stack, progress):
    progress.record.cancel_after(8)
    with pytest.raises(Cancelled):
        run(stack(), tmp_path / "out", progress)
    assert not (tmp_path / "out" / "stack.json").exists()
    assert not [p for p in (tmp_path / "out").rglob("*") if ".part" in p.name]


def test_refused_with_a_reason(tmp_path, stack):
    source = stack()
    with pytest.raises(InputError, match="overwrite its own input"):
        run(source, source.parent)
    assert source.exists()
    with pytest.raises(SettingsError, match="No correction is chosen"):
        CorrectSettings(deramp=False, reference=False)
    with pytest.raises(InputError, match="does not exist|has no stack.json"):
        run(tmp_path / "nowhere", tmp_path / "out")
