"""Two rasters into a displacement raster: units, signs, tiles, other grids, refusals, cancel."""
from datetime import date

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, GridError, InputError
from terrain_motion.engine.core.flags import CLASS_CLOUD, CLASS_WATER, Flag
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.raster import Band, new_raster, open_raster
from terrain_motion.engine.matching import runner
from terrain_motion.engine.matching.settings import MatchSettings, PairRunSettings

from motion_images import flow, fourier_shift, fractal, moved

GRID = Grid("EPSG:32632", (500000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 160, 160)


def write(path, values, grid=GRID, dtype="float32"):
    with new_raster(path, grid, [Band("1")], dtype=dtype) as target:
        target.write({"1": values})
    return str(path)


def read(path, *names):
    with open_displacement(path) as source:
        return [source.read(name) for name in names]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    image = fractal(160, 3)
    return write(folder / "a.tif", image), write(folder / "b.tif", fourier_shift(image, 0.5, 0.25))


def test_displacement_is_in_metres_east_and_north_of_the_reference(pair, tmp_path):
    result = runner.run(*pair, MatchSettings(), tmp_path / "d.tif", reference_date=date(2020, 1, 1),
                        secondary_date=date(2020, 2, 1))
    east, north, sigma, flag = read(tmp_path / "d.tif", "east", "north", "sigma", "flag")
    assert np.nanmedian(east) == pytest.approx(2.5, abs=0.03)    # 0.25 px to the right
    assert np.nanmedian(north) == pytest.approx(-5.0, abs=0.03)  # 0.5 px down is southward
    assert (np.isfinite(east) == (flag == 0)).all()
    assert 0 < np.nanmedian(sigma) < 1.0
    assert result.valid_fraction > 0.95 and result.summary()
    with open_displacement(tmp_path / "d.tif") as source:
        assert source.reference_date == date(2020, 1, 1) and source.secondary_date == date(2020, 2, 1)
        assert source.history[0]["step"] == "match"


def test_step_makes_a_coarser_grid_with_block_means(pair, tmp_path):
    runner.run(*pair, MatchSettings(), tmp_path / "fine.tif")
    runner.run(*pair, MatchSettings(step=5), tmp_path / "coarse.tif")
    fine, = read(tmp_path / "fine.tif", "east")
    coarse, = read(tmp_path / "coarse.tif", "east")
    with open_displacement(tmp_path / "coarse.tif") as source:
        assert source.grid == GRID.coarser(5)
    blocks = np.nanmean(fine.reshape(32, 5, 32, 5), axis=(1, 3))
    assert np.nanmax(np.abs(blocks - coarse)) < 0.01


def test_tiles_equal_the_whole(tmp_path, monkeypatch):
    down, right = flow(416, 3.0)
    images = moved(fractal(416, 9), down, right, 2)
    grid = Grid(GRID.crs, GRID.transform, 416, 416)
    paths = [write(tmp_path / name, image, grid) for name, image in zip(("a.tif", "b.tif"), images)]
    monkeypatch.setattr(runner, "_TILE", 208)
    surveyed = []
    survey = runner._surveys
    monkeypatch.setattr(runner, "_surveys", lambda *a: surveyed.append(survey(*a)) or surveyed[0])
    monkeypatch.setattr(runner, "_WHOLE", 300)
    runner.run(*paths, MatchSettings(), tmp_path / "tiles.tif")
    monkeypatch.setattr(runner, "_WHOLE", 500)
    monkeypatch.setattr(runner, "_tiles", lambda grid, *others: runner.make_tiles(grid, 500))
    job = runner._job
    monkeypatch.setattr(runner, "_job", lambda *a: runner.replace(job(*a), surveys=surveyed[0]))
    runner.run(*paths, MatchSettings(), tmp_path / "whole.tif")
    tiles, whole = (np.stack(read(tmp_path / name, "east", "north")) / 10 for name in ("tiles.tif", "whole.tif"))
    difference = np.abs(tiles - whole)
    assert np.nanpercentile(difference, 99) < 0.002  # px, issue 4
    assert np.nanmax(difference[:, 190:226, 190:226]) < 0.01


def test_class_masks_become_flags(pair, tmp_path):
    classes = np.zeros((160, 160), np.uint8)
    classes[20:60, 20:60], classes[90:120, 90:120] = CLASS_CLOUD, CLASS_WATER
    mask = write(tmp_path / "mask.tif", classes, dtype="uint8")
    runner.run(*pair, MatchSettings(), tmp_path / "d.tif", reference_mask=mask)
    flag, = read(tmp_path / "d.tif", "flag")
    assert (flag[22:58, 22:58] == Flag.CLOUD).all() and (flag[92:118, 92:118] == Flag.WATER).all()
    runner.run(*pair, MatchSettings(mask_water=False), tmp_path / "e.tif", secondary_mask=mask)
    flag, = read(tmp_path / "e.tif", "flag")
    assert (flag[22:58, 22:58] == Flag.CLOUD).all() and (flag[92:118, 92:118] == Flag.VALID).all()


def test_shifted_extents_of_one_lattice_are_cut_to_the_overlap(tmp_path):
    image = fractal(160, 3)
    first = write(tmp_path / "a.tif", image)
    east = Grid(GRID.crs, (500100.0, 10.0, 0.0, 5099800.0, 0.0, -10.0), 150, 140)
    second = write(tmp_path / "b.tif", fourier_shift(image, 0.0, 0.5)[20:, 10:], east)
    runner.run(first, second, MatchSettings(), tmp_path / "d.tif")
    with open_displacement(tmp_path / "d.tif") as source:
        assert source.grid == east
        assert np.nanmedian(source.read("east")) == pytest.approx(5.0, abs=0.05)


def test_another_resolution_is_resampled_onto_the_reference(tmp_path):
    image = fractal(160, 3)
    first = write(tmp_path / "a.tif", image)
    coarse = Grid(GRID.crs, (500000.0, 20.0, 0.0, 5100000.0, 0.0, -20.0), 80, 80)
    values = fourier_shift(image, 0.0, 1.0).reshape(80, 2, 80, 2).mean(axis=(1, 3))
    second = write(tmp_path / "b.tif", values, coarse)
    runner.run(first, second, MatchSettings(), tmp_path / "d.tif")
    east, north = read(tmp_path / "d.tif", "east", "north")
    assert np.nanmedian(east) == pytest.approx(10.0, abs=0.3)  # a coarse pixel is 20 m
    assert np.nanmedian(north) == pytest.approx(0.0, abs=0.3)


def test_images_without_georeference_work_in_pixels(tmp_path):
    image = fractal(96, 3)
    grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 96, 96)
    paths = [write(tmp_path / "a.tif", image, grid), write(tmp_path / "b.tif", fourier_shift(image, 0.5, 0.0), grid)]
    runner.run(*paths, MatchSettings(), tmp_path / "d.tif")
    north, = read(tmp_path / "d.tif", "north")
    assert np.nanmedian(north) == pytest.approx(-0.5, abs=0.02)


@pytest.mark.parametrize("grid, words", [
    (Grid("EPSG:32633", GRID.transform, 160, 160), "different coordinate systems"),
    (Grid(GRID.crs, (700000.0, 10.0, 0.0, 5100000.0, 0.0, -10.0), 160, 160), "do not overlap"),
])
def test_pairs_that_do_not_fit_are_refused_naming_both(pair, tmp_path, grid, words):
    other = write(tmp_path / "other.tif", fractal(160, 3), grid)
    with pytest.raises(GridError, match=words) as error:
        runner.run(pair[0], other, MatchSettings(), tmp_path / "d.tif")
    assert "a.tif" in str(error.value) and "other.tif" in str(error.value)
    assert not (tmp_path / "d.tif").exists()


@pytest.mark.parametrize("values", [np.full((160, 160), np.nan), np.ones((160, 160))])
def test_an_empty_or_constant_image_is_refused_and_leaves_nothing(pair, tmp_path, values):
    other = write(tmp_path / "other.tif", values)
    with pytest.raises(InputError, match="no usable pixels"):
        runner.run(pair[0], other, MatchSettings(), tmp_path / "d.tif")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other.tif"]


def test_a_stopped_run_leaves_nothing(pair, tmp_path):
    asked = []
    with pytest.raises(Cancelled):
        runner.run(*pair, MatchSettings(), tmp_path / "d.tif", Progress(None, lambda: asked.append(1) or len(asked) > 4))
    assert list(tmp_path.iterdir()) == []


def test_both_directions_and_bands_are_averaged(tmp_path):
    image = fractal(128, 3)
    grid = Grid(GRID.crs, GRID.transform, 128, 128)
    for name, shift in (("a.tif", 0.0), ("b.tif", 0.4)):
        with new_raster(tmp_path / name, grid, [Band("red"), Band("nir")]) as target:
            target.write({"red": fourier_shift(image, 0, shift), "nir": fourier_shift(fractal(128, 5), 0, shift)})
    settings = PairRunSettings(average="both", bands="red, nir")
    runner.run(str(tmp_path / "a.tif"), str(tmp_path / "b.tif"), settings, tmp_path / "d.tif")
    east, = read(tmp_path / "d.tif", "east")
    assert np.nanmedian(east) == pytest.approx(4.0, abs=0.03)
    with open_raster(tmp_path / "d.tif") as source:
        assert source.bands == ("east", "north", "correlation", "sigma", "flag")
