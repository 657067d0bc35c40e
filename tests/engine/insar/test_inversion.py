"""Interferograms in the shared inversion: what is different from displacements of images."""
import numpy as np
from insar_stacks import neighbours, write_insar

from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.inversion import invert
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.io.raster import open_raster

DATES, ROWS, COLUMNS = 13, 16, 20


def test_ground_seen_in_a_few_short_pairs_gets_no_velocity(tmp_path):
    """At the edge of the swath: 5 of 23 pairs of 12 and 24 days. Their noise becomes metres per year."""
    rng = np.random.default_rng(15)
    series = np.arange(DATES)[:, None, None] * 0.002 + rng.normal(0, 0.003, (DATES, ROWS, COLUMNS))
    pairs = neighbours(DATES)
    edge = np.zeros((ROWS, COLUMNS))
    edge[:, 17:] = np.nan
    seen = {3, 4, 5, 12, 13}
    stack = write_insar(tmp_path / "stack", series, pairs, change={n: edge for n in range(len(pairs)) if n not in seen})
    velocity = {}
    for least in (0, 1):
        made = invert.run(stack, InvertSettings(min_observations=least), tmp_path / f"out{least}", Progress())
        with open_raster(made.velocity) as raster:
            velocity[least] = raster.read("velocity_los")
    assert np.isnan(velocity[0][:, 17:]).all() and np.isfinite(velocity[0][:, :17]).all()
    assert np.isfinite(velocity[1]).all()


def test_a_quarter_is_for_interferograms_only():
    settings = InvertSettings()
    assert settings.for_stack("optical", 108) == settings and settings.for_stack("insar", 108).min_observations == 27
    assert InvertSettings(min_observations=3).for_stack("insar", 108).min_observations == 3
