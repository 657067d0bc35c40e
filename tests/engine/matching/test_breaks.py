"""Breaks: a fault over faint texture stays a step, and a shear margin is none."""
import numpy as np
import pytest

from terrain_motion.engine.matching import breaks
from terrain_motion.engine.matching.match import match_arrays

from motion_images import flow, fractal, inside, moved

SIZE = 320


def images(down, right, seed, contrast=0.18):
    """Two images of faint texture, like snow, with 1 % noise."""
    rng = np.random.default_rng(seed)
    faint = 0.2 * (fractal(SIZE, seed) / 0.2) ** contrast
    return [i * (1 + 0.01 * rng.standard_normal(i.shape)) for i in moved(faint, down, right)]


def unbroken(fields, down, right):
    return np.ones(down.shape, np.float32)


@pytest.mark.parametrize("degrees", [17, 70, 130])
def test_a_fault_over_faint_texture_keeps_its_height(degrees, monkeypatch):
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    distance = x * np.cos(np.deg2rad(degrees)) + y * np.sin(np.deg2rad(degrees))
    pair = images(np.zeros(x.shape), 0.2 * np.sign(distance), degrees)

    def height():
        found = np.where(np.hypot(y, x) < SIZE / 2 - 20, match_arrays(*pair).columns, np.nan)
        return np.nanmean(found[(distance > 6) & (distance < 14)]) - np.nanmean(found[(distance < -6) & (distance > -14)])
    assert 0.36 < height() < 0.44
    monkeypatch.setattr(breaks, "find", unbroken)
    assert height() < 0.34


@pytest.mark.parametrize("largest", [1.0, 3.0])
def test_a_shear_margin_is_no_break(largest, monkeypatch):
    down, right = flow(SIZE, largest)
    pair = images(down, right, 2)

    def error():
        return np.sqrt(np.nanmean(inside(match_arrays(*pair).columns - right) ** 2))
    with_breaks = error()
    monkeypatch.setattr(breaks, "find", unbroken)
    assert with_breaks < 1.1 * error()


def test_a_median_on_breaks_removes_specks_and_keeps_the_step():
    field = np.where(np.arange(20) < 10, 0.0, 0.4)[None, None] * np.ones((2, 20, 1))
    speckled = field.copy()
    speckled[:, 5, 9], speckled[:, 12, 2] = 2.0, 2.0
    whole = np.ones((20, 20))
    whole[:, 8:12] = 0.02
    found = breaks.without_specks(speckled, whole)
    assert np.array_equal(found[:, :, 4:], field[:, :, 4:])
    assert (found[:, 12, 2] == 2.0).all()  # away from breaks nothing is touched
