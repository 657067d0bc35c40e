"""Waves across the track are removed, motion is kept."""
import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.correction import field, jitter
from terrain_motion.engine.correction.settings import JitterSettings
from terrain_motion.engine.io.raster import open_raster

pytest.importorskip("pywt")

SHAPE, NOISE, ANGLE, PIXEL = (512, 480), 0.4, 194.0, 10.0


def noise(seed):
    return np.random.default_rng(seed).normal(0, NOISE, SHAPE)


def along():
    rows, columns = np.indices(SHAPE)
    a = np.radians(ANGLE)
    return PIXEL * (columns - SHAPE[1] / 2) * np.sin(a) - PIXEL * (rows - SHAPE[0] / 2) * np.cos(a)


def wave(amplitude, wavelength=1870.0, phase=0.7):
    return amplitude * np.sin(2 * np.pi * along() / wavelength + phase)


def run(path, output, progress=None, removed=None, **settings):
    return jitter.run(path, JitterSettings(**settings), output, progress or Progress(), removed=removed)


def rms(values):
    return float(np.sqrt(np.nanmean(values ** 2)))


@pytest.mark.parametrize("angle", [ANGLE, ANGLE - 180, None])
@pytest.mark.parametrize("wavelength", [1800.0, 1900.0, 2000.0])
def test_jitter_of_3_m_leaves_less_than_a_hundredth_of_a_pixel(tmp_path, write, read, angle, wavelength):
    truth = noise(1), noise(2)
    path = write("in.tif", truth[0] + wave(3.0, wavelength), truth[1] + wave(-1.5, wavelength))
    result = run(path, tmp_path / "out.tif", angle=angle)
    for component, expected in zip(read(result.output), truth):
        assert rms(component - expected) < 0.01 * PIXEL
    assert result.amplitude["east"] == pytest.approx(3.0 / np.sqrt(2), rel=0.1)


def test_field_without_jitter_is_left_alone(tmp_path, write, read):
    truth = noise(3), noise(4)
    for component, expected in zip(read(run(write("in.tif", *truth), tmp_path / "o.tif").output), truth):
        assert rms(component - expected) < 0.003 * PIXEL


def test_landslide_and_gaps_are_kept_beside_the_jitter(tmp_path, write, read):
    rows, columns = np.indices(SHAPE)
    motion = 6.0 * np.exp(-(((rows - 250) / 45.0) ** 4 + ((columns - 150) / 70.0) ** 4))
    east = motion + noise(5) + wave(2.0)
    expected = motion + (east - motion - wave(2.0))
    gap = (columns > 300) & (rows > 100) & (rows < 180)
    east[gap] = np.nan
    out, _ = read(run(write("in.tif", east, noise(6)), tmp_path / "o.tif", angle=ANGLE).output)
    np.testing.assert_array_equal(np.isnan(out), gap)
    assert rms(out - expected) < 0.01 * PIXEL
    inside = motion > 5.5
    assert np.mean(out[inside]) == pytest.approx(np.mean(motion[inside]), rel=0.03)


def test_fault_across_the_whole_swath_keeps_its_step(tmp_path, write, read):
    """The step of a fault at right angles to the track depends on the position along it as the jitter does."""
    motion = 2.0 * np.sign(along())
    out, _ = read(run(write("in.tif", motion + noise(7) + wave(0.8), noise(8)), tmp_path / "o.tif",
                      angle=ANGLE).output)
    near = (np.abs(along()) > 300) & (np.abs(along()) < 800)

    def step(values):
        return np.mean(values[near & (along() > 0)]) - np.mean(values[near & (along() < 0)])

    assert step(out) == pytest.approx(4.0, rel=0.03)
    clean, _ = read(run(write("n.tif", motion + noise(7), noise(8)), tmp_path / "c.tif", angle=ANGLE).output)
    assert step(clean) == pytest.approx(4.0, rel=0.03)


def test_both_scenes_of_a_pair_have_their_own_wave(tmp_path, write, read):
    truth = noise(13)
    path = write("in.tif", truth + wave(2.0, 1810.0) + wave(1.5, 1990.0, 2.5), noise(14))
    east, _ = read(run(path, tmp_path / "o.tif").output)
    # The mean of a wave over 2.7 periods is no jitter but level: referencing takes it.
    assert np.std(east - truth) < 0.01 * PIXEL


def test_wave_of_changing_strength_on_a_long_track(tmp_path, write, read):
    shape = (3000, 100)
    rows = np.arange(shape[0])[:, None] * PIXEL + np.zeros(shape)
    swell = 2.0 * (1 + 0.3 * np.sin(2 * np.pi * rows / 20000.0)) * np.sin(2 * np.pi * rows / 1900.0)
    truth = np.random.default_rng(15).normal(0, 0.2, shape)
    east, _ = read(run(write("in.tif", truth + swell, truth), tmp_path / "o.tif", angle=180.0).output)
    assert rms(east - truth) < 0.1 * rms(swell)


def test_what_was_removed_can_be_looked_at_and_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    path = write("in.tif", noise(9) + wave(2.0), noise(10))
    whole, _ = read(run(path, tmp_path / "a.tif", removed=tmp_path / "waves.tif", angle=ANGLE).output)
    with open_raster(tmp_path / "waves.tif") as waves, open_raster(path) as before:
        np.testing.assert_allclose(waves.read("east"), before.read("east") - whole, atol=1e-5)
    monkeypatch.setattr(field, "_TILE", 100)
    np.testing.assert_array_equal(read(run(path, tmp_path / "b.tif", angle=ANGLE).output)[0], whole)


def test_refused_and_cancelled_without_a_file(tmp_path, write, progress):
    path = write("in.tif", noise(11), noise(12))
    with pytest.raises(InputError, match="too short for a jitter of 5000 m"):
        run(path, tmp_path / "o.tif", wavelength=5000.0)
    progress.record.cancel_after(3)
    with pytest.raises(Cancelled):
        run(path, tmp_path / "o.tif", progress)
    assert [p.name for p in tmp_path.iterdir()] == ["in.tif"]
