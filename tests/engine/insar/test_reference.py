"""What is held still: a point, stable ground, or ground that is found; in stacks and in finished series."""
import numpy as np
import pytest

from interferogram_products import band, imported, simulated
from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import reference, reference_series, selection
from terrain_motion.engine.insar.reference import ReferencePoint
from terrain_motion.engine.insar.settings import ReferenceStackSettings, SelectSettings
from terrain_motion.engine.inversion import invert
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.manifests import read_series, read_stack
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.stable import StableGround

QUICK = InvertSettings(weights="none", robust="none")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Constants and turbulent atmosphere, nothing else: (what was simulated, folder of the stack)."""
    folder = tmp_path_factory.mktemp("reference")
    made = simulated(folder / "products", tracks="ascending", dates=5, noise_interferograms=0, unwrapping_errors=0,
                     turbulent=0.001, stratified=0.005)
    return made, imported(made.folders["ascending"], folder / "stack")[2]


def run(stack, output, progress=None, stable=None, point=None, outlines=None, **settings):
    return reference.run(stack, ReferenceStackSettings(**settings), output, progress or Progress(), stable, point, outlines)


def middle(stack, row=20, column=20):
    manifest, _ = read_stack(stack)
    return manifest.grid.xy(column + 0.5, row + 0.5)


def test_a_point_is_zero_in_every_pair_and_named_in_every_file(sample, tmp_path):
    made = run(sample[1], tmp_path, point=ReferencePoint(*middle(sample[1])))
    before, folder = read_stack(sample[1])
    after, place = read_stack(made.result.stack)
    assert after.extra["reference"]["method"] == "point" and after.extra["reference"]["pixels"] == 1
    for old, new in zip(before.pairs, after.pairs):
        values, first = band(place / new.file, "los"), band(folder / old.file, "los")
        seen = np.isfinite(first)
        assert np.array_equal(seen, np.isfinite(values)) and values[20, 20] == 0
        assert np.allclose((first - values)[seen], first[20, 20], atol=1e-7)
        with open_displacement(place / new.file) as raster:
            assert "row 20, column 20" in raster.reference and raster.history[-1]["step"] == "referencestack"
    assert (place / after.geometry).is_file() and band(made.mask, "reference").sum() == 1


def test_later_steps_find_the_reference_where_it_is(sample, tmp_path):
    made = run(sample[1], tmp_path / "held", point=ReferencePoint(*middle(sample[1])))
    chosen = selection.run(made.result.stack, SelectSettings(), tmp_path / "far" / "chosen.json", Progress())
    manifest, folder = read_stack(chosen.stack)
    assert (folder / manifest.extra["reference"]["file"]).resolve() == made.mask.resolve()


def test_a_point_may_have_another_coordinate_system_and_a_radius(sample, tmp_path):
    from osgeo import osr
    from terrain_motion.engine.io.raster import spatial_reference
    x, y = middle(sample[1])
    change = osr.CoordinateTransformation(spatial_reference("EPSG:32643"), spatial_reference("EPSG:4326"))
    longitude, latitude, _ = change.TransformPoint(x, y)
    made = run(sample[1], tmp_path, point=ReferencePoint(longitude, latitude, "EPSG:4326"), radius=2)
    mask = band(made.mask, "reference")
    assert mask[20, 20] == 1 and mask.sum() == 13
    after, place = read_stack(made.result.stack)
    assert np.median(band(place / after.pairs[0].file, "los")[mask == 1]) == pytest.approx(0, abs=1e-8)


def test_the_median_of_stable_ground_is_zero(sample, tmp_path):
    stable = StableGround.from_file(sample[0].stable)
    made = run(sample[1], tmp_path, stable=stable)
    after, place = read_stack(made.result.stack)
    inside = stable.mask(after.grid)
    for pair in after.pairs:
        values = band(place / pair.file, "los")[inside]
        assert np.median(values[np.isfinite(values)]) == pytest.approx(0, abs=1e-7)
    assert "stable.gpkg" in after.extra["reference"]["words"]


def test_the_automatic_reference_is_coherent_still_and_near_the_mean_elevation(sample, tmp_path):
    made = run(sample[1], tmp_path)
    after, place = read_stack(made.result.stack)
    mask = band(made.mask, "reference") > 0
    elevation = band(place / after.geometry, "elevation")
    moving = ~StableGround.from_file(sample[0].stable).mask(after.grid)
    assert mask.sum() >= 20 and np.abs(elevation[mask] - np.nanmean(elevation)).max() <= 201
    glaciers = StableGround.from_file(sample[0].glaciers).mask(after.grid)
    assert (mask & glaciers).sum() <= 0.02 * mask.sum() and moving.mean() > 0.1


def test_outlines_keep_the_automatic_reference_away(sample, tmp_path):
    glaciers = StableGround.from_file(sample[0].glaciers)
    made = run(sample[1], tmp_path, outlines=glaciers)
    assert not (band(made.mask, "reference") > 0)[glaciers.mask(read_stack(made.result.stack)[0].grid)].any()


def test_a_reference_can_be_changed_afterwards(sample, tmp_path):
    point = ReferencePoint(*middle(sample[1]))
    once = run(sample[1], tmp_path / "once", point=point)
    first = run(sample[1], tmp_path / "first")
    twice = run(first.result.stack, tmp_path / "twice", point=point)
    for one, two in zip(read_stack(once.result.stack)[0].pairs, read_stack(twice.result.stack)[0].pairs):
        assert np.allclose(band(tmp_path / "once" / one.file, "los"), band(tmp_path / "twice" / two.file, "los"),
                           atol=1e-7, equal_nan=True)


def test_the_reference_stays_visible_in_the_series_and_can_be_changed_there(sample, tmp_path):
    one, two = ReferencePoint(*middle(sample[1])), ReferencePoint(*middle(sample[1], 6, 30))
    series = {}
    for name, point in (("one", one), ("two", two)):
        made = run(sample[1], tmp_path / f"stack_{name}", point=point)
        series[name] = invert.run(made.result.stack, QUICK, tmp_path / f"series_{name}", Progress()).series
        assert made.reference.words == read_series(series[name])[0].reference
    changed = reference_series.run(series["one"], ReferenceStackSettings(), tmp_path / "changed", Progress(), point=two)
    manifest, folder = read_series(changed.series)
    other = read_series(series["two"])[1]
    assert "row 6, column 30" in manifest.reference
    # a pixel that some pairs do not see is solved from others than the reference
    whole = band(folder / "quality.tif", "observations") == len(read_stack(sample[1])[0].pairs)
    with open_raster(folder / "los.tif") as got, open_raster(other / "los.tif") as wanted:
        for number in range(1, len(manifest.dates) + 1):
            assert np.allclose(got.read(number)[whole], wanted.read(number)[whole], atol=1e-7)
    velocity = band(changed.velocity, "velocity_los")
    assert np.allclose(velocity[whole], band(other / "velocity.tif", "velocity_los")[whole], atol=1e-6)
    assert whole.mean() > 0.9
    assert velocity[6, 30] == 0 and np.nanmin(band(changed.velocity, "sigma_los")) > 0
    assert (folder / manifest.extra["stack"]).resolve() == (tmp_path / "stack_one" / "stack.json").resolve()
    assert "referenceseries" in open_metadata(changed.velocity)


def open_metadata(path):
    with open_raster(path) as raster:
        return raster.metadata["TM_HISTORY"]


def test_pairs_that_do_not_see_the_reference_are_left_out_and_named(sample, tmp_path):
    manifest, folder = read_stack(sample[1])
    import shutil
    copy = shutil.copytree(sample[1], tmp_path / "stack")
    from osgeo import gdal
    dataset = gdal.Open(str(copy / manifest.pairs[0].file), gdal.GA_Update)
    values = dataset.GetRasterBand(1).ReadAsArray()
    values[20, 20] = np.nan
    dataset.GetRasterBand(1).WriteArray(values)
    dataset = None
    made = run(copy, tmp_path / "out", point=ReferencePoint(*middle(copy)))
    assert [name for name, _ in made.result.failed] == [manifest.pairs[0].name]
    assert "0 valid pixels on the reference" in made.result.failed[0][1]


def test_bad_references_are_refused(sample, tmp_path):
    with pytest.raises(InputError, match="outside the area"):
        run(sample[1], tmp_path, point=ReferencePoint(0.0, 0.0))
    with pytest.raises(SettingsError, match="choose one reference"):
        run(sample[1], tmp_path, stable=StableGround.from_file(sample[0].stable), point=ReferencePoint(*middle(sample[1])))
    with pytest.raises(InputError, match="overwrite its own input"):
        run(sample[1], sample[1], point=ReferencePoint(*middle(sample[1])))


def test_cancel_leaves_no_manifest(sample, tmp_path, progress):
    progress.record.cancel_after(12)
    with pytest.raises(Cancelled):
        run(sample[1], tmp_path / "out", progress, point=ReferencePoint(*middle(sample[1])))
    assert not list((tmp_path / "out").glob("*.json")) and not list((tmp_path / "out").rglob("*.part"))
