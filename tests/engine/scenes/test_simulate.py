"""The simulated series as files: what is written, that it is the same every time, and that nothing half is left."""
import json
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.io.manifests import read_series
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.tables import read_scenes
from terrain_motion.engine.scenes import simulate
from terrain_motion.engine.scenes.settings import SimulateSettings

SMALL = dict(size=128, dates=4)


@pytest.fixture(scope="module")
def quake(tmp_path_factory):
    """An earthquake with three bands and much cloud."""
    folder = tmp_path_factory.mktemp("simulated") / "quake"
    settings = SimulateSettings(scenario="earthquake", cloud=25.0, bands="B03, B04,B08", **SMALL)
    return settings, simulate.run(settings, folder)


def layer(path):
    source = ogr.Open(str(path))
    features = [(f.GetField(0), f.GetGeometryRef().Clone()) for f in source.GetLayer(0)]
    return features


def test_scenes_layer_names_files_that_exist_with_date_sun_and_cloud(quake):
    settings, result = quake
    scenes = read_scenes(result.scenes)
    assert len(scenes) == settings.dates == result.count
    assert [s.acquired for s in scenes] == sorted(s.acquired for s in scenes)
    for scene in scenes:
        assert Path(scene.path).name == f"S2SIM_{scene.acquired:%Y%m%d}.tif"
        assert Path(scene.mask).is_file() and Path(scene.detectors).is_file()
        assert 90.0 < scene.sun_azimuth < 180.0 and 15.0 < scene.sun_elevation < 70.0
        with open_raster(scene.path) as raster:
            assert raster.bands == ("B03", "B04", "B08") and raster.grid.crs == "EPSG:32632"
            assert raster.metadata["ACQUISITION_DATE"].startswith(scene.acquired.strftime("%Y-%m-%d"))
            assert 1 <= np.nanmin(raster.read("B04")) and np.nanmax(raster.read("B04")) < 16000
        with open_raster(scene.mask) as raster:
            classes = raster.read_raw(1)
            assert set(np.unique(classes)) <= {0, 1, 2, 3, 4}
            assert 100.0 * (classes == 4).mean() == pytest.approx(scene.cloud, abs=0.01)


def test_truth_is_a_series_with_the_step_between_the_middle_dates(quake):
    settings, result = quake
    manifest, folder = read_series(result.truth)
    assert manifest.components == ("east", "north") and len(manifest.dates) == settings.dates
    assert manifest.dates[1].isoformat() < manifest.extra["event"] < manifest.dates[2].isoformat()
    with open_raster(folder / manifest.rasters["north"]) as raster:
        assert raster.bands == tuple(d.isoformat() for d in manifest.dates) and raster.units[0] == "m"
        north = raster.read_bands()
    assert not north[:2].any() and np.array_equal(north[2], north[3])
    assert 3.0 < np.ptp(north[3]) < 8.0  # 0.8 px of 10 m, less what strikes east and tapers
    with open_raster(folder / manifest.velocity) as raster:
        assert raster.bands == ("velocity_east", "velocity_north", "speed", "sigma_east", "sigma_north")
    with open_raster(folder / manifest.quality) as raster:
        assert (raster.read("observations") == settings.dates).all() and not raster.read("flag").any()


def test_stable_polygons_hold_still_and_cover_enough_to_correct_with(quake):
    settings, result = quake
    manifest, folder = read_series(result.truth)
    with open_raster(folder / "east.tif") as east, open_raster(folder / "north.tif") as north:
        moved, grid = np.hypot(east.read(settings.dates), north.read(settings.dates)), east.grid
    polygons = layer(result.stable)
    assert sum(g.GetArea() for _, g in polygons) > 0.05 * moved.size * grid.pixel_size ** 2
    for _, polygon in polygons:
        point = polygon.PointOnSurface()
        assert moved[grid.index(point.GetX(), point.GetY())] < 0.01 * grid.pixel_size


def test_right_lateral_step_lies_on_the_fault_line(quake):
    settings, result = quake
    (_, line), = layer(result.fault)
    (x0, y0, *_), (x1, y1, *_) = line.GetPoints()
    along = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
    right = np.array([along[1], -along[0]])
    manifest, folder = read_series(result.truth)
    with open_raster(folder / "east.tif") as east, open_raster(folder / "north.tif") as north:
        field, grid = np.stack([east.read(4), north.read(4)]), east.grid
    middle = np.array([x0 + 0.55 * (x1 - x0), y0 + 0.55 * (y1 - y0)])
    sides = [field[(slice(None),) + grid.index(*(middle + s * 25.0 * right))] @ along for s in (-1, 1)]
    assert sides[0] > 1.0 and sides[1] == pytest.approx(-sides[0], rel=0.05)  # the right side comes nearer


def test_detector_outlines_are_where_the_offsets_change(quake):
    from terrain_motion.engine.scenes.simulation.sensor import detector_index
    from terrain_motion.engine.scenes.simulation.terrain import scene_grid
    settings, result = quake
    grid, polygons = scene_grid(settings), layer(result.detectors)
    assert 4 <= len(polygons) <= 12
    rng = np.random.default_rng(1)
    for column, row in rng.integers(0, settings.size, (60, 2)):
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(*grid.xy(column + 0.5, row + 0.5))
        inside = [number for number, polygon in polygons if polygon.Contains(point)]
        assert inside == [detector_index(settings, column, row) + 1]


def test_the_seed_decides_everything(tmp_path, quake):
    settings, first = quake
    second = simulate.run(settings, tmp_path / "again")
    other = simulate.run(SimulateSettings(**{**settings.as_dict(), "seed": 2}), tmp_path / "other")
    names = sorted(p.name for p in first.scenes.parent.glob("S2SIM*.tif"))
    assert names == sorted(p.name for p in second.scenes.parent.glob("S2SIM*.tif"))
    with open_raster(first.scenes.parent / names[2]) as a, open_raster(second.scenes.parent / names[2]) as b:
        assert np.array_equal(a.read_bands(), b.read_bands())
    with open_raster(first.dem) as a, open_raster(other.dem) as b:
        assert not np.allclose(a.read(1), b.read(1))


def test_unannounced_clouds_are_there_but_not_in_the_layer(tmp_path):
    result = simulate.run(SimulateSettings(mask_clouds=False, cloud=20.0, **SMALL), tmp_path / "out")
    assert all(scene.mask == "" for scene in read_scenes(result.scenes))
    assert result.clouds == pytest.approx(20.0, abs=3.0)
    assert not (tmp_path / "out/masks").exists() and len(list((tmp_path / "out/truth/classes").iterdir())) == 4


def test_a_new_simulation_replaces_the_old_one(tmp_path):
    simulate.run(SimulateSettings(scenario="earthquake", **SMALL), tmp_path / "out")
    result = simulate.run(SimulateSettings(scenario="glacier", **{**SMALL, "dates": 3}), tmp_path / "out")
    assert len(list((tmp_path / "out").glob("S2SIM_*.tif"))) == 3 == len(list((tmp_path / "out/masks").iterdir()))
    assert result.fault is None and not (tmp_path / "out/fault.gpkg").exists()


def test_cancel_leaves_no_half_result(tmp_path, progress):
    progress.record.cancel_after(4)
    with pytest.raises(Cancelled):
        simulate.run(SimulateSettings(**SMALL), tmp_path / "out", progress)
    assert not (tmp_path / "out").exists()


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        simulate.run(SimulateSettings(**SMALL), tmp_path / "file" / "out")


def test_settings_are_refused_in_words():
    with pytest.raises(SettingsError, match="B99"):
        SimulateSettings(bands="B04,B99")
    with pytest.raises(SettingsError, match="Top of the rupture"):
        SimulateSettings(rupture_top=1500.0)
    with pytest.raises(SettingsError, match="glacier, landslide, earthquake"):
        SimulateSettings(scenario="volcano")


def test_artefacts_are_written_down(quake):
    settings, result = quake
    facts = json.loads(result.artefacts.read_text())
    assert len(facts["scenes"]) == settings.dates and facts["track_azimuth"] == 194.0
    for scene in facts["scenes"]:
        assert 0.1 <= np.hypot(*scene["misregistration"]) <= 0.3
        assert 1800.0 <= scene["jitter_wavelength"] <= 2000.0 and len(scene["detectors"]) == 12
