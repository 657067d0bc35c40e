"""Several measurements of one pair of dates become one."""
import datetime

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, GridError, InputError
from terrain_motion.engine.core.flags import Flag
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.correction import average
from terrain_motion.engine.correction.settings import AverageSettings
from terrain_motion.engine.io.displacement import open_displacement

SHAPE, NOISE = (60, 80), 0.3
EARLY, LATE = datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)


def noise(seed):
    return np.random.default_rng(seed).normal(0, NOISE, SHAPE)


def run(paths, output, progress=None, **settings):
    return average.run(paths, AverageSettings(**settings), output, progress or Progress())


def test_backward_displacement_is_turned_round_and_noise_falls_with_the_root_of_the_number(tmp_path, write, read):
    paths = [write(f"{i}.tif", 2 + noise(i), -1 + noise(10 + i)) for i in range(3)]
    paths.append(write("back.tif", -2 + noise(4), 1 + noise(14), reference_date=LATE, secondary_date=EARLY))
    result = run(paths, tmp_path / "out.tif")
    east, north, sigma = read(result.output, "east", "north", "sigma")
    # 4800 pixels of 0.15 m: mean to 0.002 m, 3 sigma; standard deviation to 1 %.
    assert np.mean(east) == pytest.approx(2, abs=0.0065) and np.mean(north) == pytest.approx(-1, abs=0.0065)
    assert np.std(east) == pytest.approx(NOISE / 2, rel=0.08)  # the outlier limit costs a little
    assert np.sqrt(np.mean(sigma ** 2)) == pytest.approx(NOISE / 2, rel=0.2)
    assert (result.inputs, result.turned) == (4, 1) and result.spread == pytest.approx(NOISE, rel=0.2)
    with open_displacement(result.output) as source:
        assert (source.reference_date, source.secondary_date) == (EARLY, LATE)


def test_backward_first_gives_a_forward_result(tmp_path, write, read):
    paths = [write("b.tif", -2 + noise(1), noise(2), reference_date=LATE, secondary_date=EARLY),
             write("f.tif", 2 + noise(3), noise(4))]
    result = run(paths, tmp_path / "out.tif")
    assert np.mean(read(result.output)[0]) == pytest.approx(2, abs=0.01)
    with open_displacement(result.output) as source:
        assert (source.reference_date, source.secondary_date) == (EARLY, LATE)


def test_one_wrong_measurement_of_three_is_left_out(tmp_path, write, read):
    wrong = np.zeros(SHAPE, bool)
    wrong[20:30, 20:50] = True
    paths = [write("a.tif", noise(1) + 12 * wrong, noise(2)), write("b.tif", noise(3), noise(4)),
             write("c.tif", noise(5), noise(6))]
    east, = read(run(paths, tmp_path / "out.tif").output, "east")
    assert abs(np.mean(east[wrong])) < 3 * NOISE / np.sqrt(2 * wrong.sum())


def test_gaps_are_filled_by_the_others_and_reasons_kept(tmp_path, write, read):
    first, second = noise(1), noise(2)
    first[:10], second[5:15] = np.nan, np.nan
    flag = np.where(np.isnan(first), float(Flag.CLOUD), 0.0)
    paths = [write("a.tif", first, first, flag=flag), write("b.tif", second, second)]
    east, found = read(run(paths, tmp_path / "out.tif").output, "east", "flag")
    np.testing.assert_allclose(east[:5], second[:5], rtol=1e-6)
    assert (found[5:10] == Flag.CLOUD).all() and np.isnan(east[5:10]).all()
    _, found = read(run(paths, tmp_path / "two.tif", min_count=2).output, "east", "flag")
    assert (found[:5] == Flag.TOO_FEW).all() and (found[15:] == 0).all()


def test_tiles_equal_whole(tmp_path, write, read, monkeypatch):
    paths = [write(f"{i}.tif", noise(i), noise(10 + i)) for i in range(3)]
    whole = read(run(paths, tmp_path / "a.tif").output, "east", "sigma")
    monkeypatch.setattr(average, "_TILES", (16,))
    for one, other in zip(whole, read(run(paths, tmp_path / "b.tif").output, "east", "sigma")):
        np.testing.assert_array_equal(one, other)


def event_pairs(write, shift=3.0):
    """All pairs of three dates before and three after an event, one of them backward; an error for each scene."""
    days = [datetime.date(2019, month, 5) for month in (5, 6, 7, 8, 9, 10)]
    errors = [(noise(20 + i), noise(30 + i)) for i in range(6)]
    paths = []
    for i in range(3):
        for j in range(3, 6):
            east, north = (after - before for after, before in zip(errors[j], errors[i]))
            east = east + shift
            back = (i, j) == (1, 4)
            first, second = (j, i) if back else (i, j)
            paths.append(write(f"{i}{j}.tif", *(-v if back else v for v in (east, north)), reference_date=days[first],
                               secondary_date=days[second]))
    return paths, days


def test_pairs_across_an_event_are_averaged_with_the_sigma_of_their_scenes(tmp_path, write, read):
    paths, days = event_pairs(write)
    result = run(paths, tmp_path / "out.tif", split_date="2019-07-20")
    east, sigma = read(result.output, "east", "sigma")
    # The mean of 9 pairs of 3 + 3 scenes has the error of two means of three scenes, not of nine independent pairs.
    expected = NOISE * np.sqrt(2 / 3)
    assert np.mean(east) == pytest.approx(3.0, abs=3 * expected / np.sqrt(east.size))
    assert np.std(east) == pytest.approx(expected, rel=0.05)
    assert np.sqrt(np.mean(sigma ** 2)) == pytest.approx(expected, rel=0.3)
    assert result.dates == (days[2], days[3]) and result.turned == 1
    with open_displacement(result.output) as source:
        assert (source.reference_date, source.secondary_date) == (days[2], days[3])


def test_a_pair_that_does_not_bridge_the_event_is_refused(tmp_path, write):
    paths, _ = event_pairs(write)
    with pytest.raises(InputError, match="does not bridge the split date 2019-09-20"):
        run(paths, tmp_path / "out.tif", split_date="2019-09-20")


def test_refused_with_a_reason(tmp_path, write):
    path = write("a.tif", noise(1), noise(2))
    with pytest.raises(InputError, match="at least two"):
        run([path], tmp_path / "out.tif")
    with pytest.raises(InputError, match="same two dates"):
        run([path, write("b.tif", noise(3), noise(4), secondary_date=datetime.date(2022, 1, 1))], tmp_path / "out.tif")
    with pytest.raises(GridError, match="different grids"):
        run([path, write("c.tif", np.zeros((10, 10)), np.zeros((10, 10)))], tmp_path / "out.tif")


def test_cancel_leaves_no_file(tmp_path, write, progress, monkeypatch):
    paths = [write(f"{i}.tif", noise(i), noise(10 + i)) for i in range(2)]
    monkeypatch.setattr(average, "_TILES", (16,))
    progress.record.cancel_after(4)
    with pytest.raises(Cancelled):
        run(paths, tmp_path / "out.tif", progress)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.tif", "1.tif"]
