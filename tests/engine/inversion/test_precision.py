import csv

import numpy as np
import pytest

from inversion_networks import displacements, moving, optical_network, write
from terrain_motion.engine.core.errors import Cancelled, InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.inversion import invert, precision
from terrain_motion.engine.inversion.settings import InvertSettings, PrecisionSettings


class Margin:
    """Everything but the middle is stable."""

    def mask(self, grid):
        mask = np.ones(grid.shape, bool)
        mask[5:35, 5:35] = False
        return mask


class Nowhere:
    def mask(self, grid):
        return np.zeros(grid.shape, bool)


def a_stack(folder, correlation=0.9):
    network = optical_network(8, 4)
    truth = moving(network, (40, 40), speed=30.0)
    return network, write(folder, network, displacements(network, truth * 1.0, 0.5), correlation=correlation)


def test_spread_of_known_noise_is_found_by_cycle_length(tmp_path):
    network, stack = a_stack(tmp_path / "stack")
    settings = PrecisionSettings(measure="nmad", speed=10.0)
    result = precision.run(stack, Margin(), settings, tmp_path / "t.csv", Progress(), tmp_path / "p.png")
    # noise .5 m; the body's foot reaches the margin a little; a pixel is 10 m
    assert result.share == pytest.approx(0.05, rel=0.12)
    assert result.shortest == pytest.approx(result.share * 10 / 10 * 365.25)
    for c in result.classes:
        assert c.velocity == pytest.approx(c.displacement / c.days * 365.25, rel=0.3)
    assert sum(c.pairs for c in result.classes if c.component == "east") == len(network.pairs)
    with open(result.table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(result.classes) and (tmp_path / "p.png").stat().st_size > 1000


def test_equation_6():
    assert precision.shortest_baseline(0.014 * 365.25, 0.1, 10.0) == pytest.approx(71.4, abs=0.1)  # the paper's 72 days


def test_correlation_limit_and_missing_stable_ground_are_refused_in_words(tmp_path):
    _, stack = a_stack(tmp_path / "stack", correlation=0.5)
    with pytest.raises(InputError, match="lower the limit"):
        precision.run(stack, Margin(), PrecisionSettings(min_quality=0.7), tmp_path / "t.csv", Progress())
    with pytest.raises(InputError, match="does not touch"):
        precision.run(stack, Nowhere(), PrecisionSettings(), tmp_path / "t.csv", Progress())
    with pytest.raises(Cancelled):
        precision.run(stack, Margin(), PrecisionSettings(), tmp_path / "t.csv", Progress(cancelled=lambda: True))
    assert not (tmp_path / "t.csv").exists()


def test_a_series_is_measured_between_its_dates(tmp_path):
    network, stack = a_stack(tmp_path / "stack")
    invert.run(stack, InvertSettings(weights="none", robust="none"), tmp_path / "out", Progress())
    result = precision.run(tmp_path / "out", Margin(), PrecisionSettings(measure="nmad"), tmp_path / "t.csv", Progress())
    assert sum(c.pairs for c in result.classes if c.component == "north") == 28
    assert 0.02 < result.share < 0.05  # redundancy: better than a single pair
