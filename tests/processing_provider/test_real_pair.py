"""The Landsat-8 pair of Yahtse Glacier through the chain: catalogue, pair network, matching, reference, fused velocity."""
import numpy as np
import pytest

DAYS_PER_YEAR = 365.25


@pytest.fixture(scope="module")
def yahtse(qgis_app, data, tmp_path_factory):
    """(velocity east, velocity north) m/day after reference to rock, mask of rock, all on the image grid."""
    import processing
    from terrain_motion.engine.io.raster import open_raster
    from terrain_motion.engine.io.stable import StableGround
    folder, source = tmp_path_factory.mktemp("yahtse"), data / "yahtse"

    def run(name, **parameters):
        return processing.run(f"terrainmotion:{name}", parameters)
    scenes = run("catalogue", FOLDER=str(source), OUTPUT=str(folder / "scenes.gpkg"))
    pairs = run("pairnetwork", INPUT=scenes["OUTPUT"], OUTPUT=str(folder / "pairs.gpkg"))
    stack = run("matchpairs", PAIRS=pairs["OUTPUT"], RANGE=20, OUTPUT=str(folder / "stack"))
    still = run("correctstack", STACK=stack["STACK"], DERAMP=False, STABLE=str(source / "rock_outlines.geojson"),
                OUTPUT=str(folder / "still"))
    velocity = run("fuse", STACK=still["STACK"], OUTPUT=str(folder / "velocity.tif"))
    with open_raster(velocity["OUTPUT"]) as raster:
        rock = StableGround.from_file(source / "rock_outlines.geojson").mask(raster.grid)
        return pairs["COUNT"], *(raster.read(f"velocity_{c}") / DAYS_PER_YEAR for c in ("east", "north")), rock


def test_the_two_scenes_make_one_pair(yahtse):
    assert yahtse[0] == 1


def test_fast_trunk_ice_moves_14_9_m_a_day_where_the_readme_says(yahtse):
    # 14.89 m/day by plain correlation of 48 px templates at row 726, column 1006; windows differ by some tenths there.
    _, east, north, _ = yahtse
    assert np.hypot(east[726, 1006], north[726, 1006]) == pytest.approx(14.89, abs=0.5)
    assert east[726, 1006] < 0 and north[726, 1006] < 0  # toward the sea, south-west


def test_rock_stands_still_within_a_tenth_of_a_pixel(yahtse):
    # README: plain correlation of 48 px templates leaves an NMAD of 0.057 and 0.063 px (15 m, 16 days) on the rock
    # that it keeps; single pixels are measured here.
    _, east, north, rock = yahtse
    for velocity in (east, north):
        shift = velocity[rock & np.isfinite(velocity)] * 16.0 / 15.0
        assert abs(np.median(shift)) < 0.02
        assert 1.4826 * np.median(np.abs(shift - np.median(shift))) < 0.11
