"""Published interferograms: the numbers that others found in them come back through the chain."""
import numpy as np
import pytest

from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import importing, reference
from terrain_motion.engine.insar.reference import ReferencePoint
from terrain_motion.engine.insar.settings import ReferenceStackSettings
from terrain_motion.engine.inversion import invert
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.interferograms.settings import ImportInterferogramsSettings
from terrain_motion.engine.io.manifests import read_stack
from terrain_motion.engine.io.raster import open_raster

ORIGIN, PIXEL = (-99.191069781636742, 19.451292623451756), 0.0013888889
PUBLISHED, TAGGED = -294.70, 0.05550415767769124   # mm/yr; m, the wavelength that it was found with


def need(data, name):
    if not (data / name).is_dir():
        pytest.skip(f"data: {name} is not there")
    return data / name


@pytest.mark.parametrize("files, settings", (("gamma", {}), ("hyp3", {"wavelength": TAGGED})))
def test_subsidence_of_mexico_city_is_the_published_one(data, tmp_path, files, settings):
    """(row 12, column 90) relative to (row 6, column 6), unweighted; the source gives two decimals."""
    products = need(data, "mexico_city") / files
    def place(row, column):
        return ORIGIN[0] + (column + 0.5) * PIXEL, ORIGIN[1] - (row + 0.5) * PIXEL
    stack = importing.run(products, ImportInterferogramsSettings(**settings), tmp_path / "stack", Progress()).stacks[0]
    held = reference.run(stack, ReferenceStackSettings(), tmp_path / "held", Progress(),
                         point=ReferencePoint(*place(6, 6), "EPSG:4326"))
    made = invert.run(held.result.stack, InvertSettings(weights="none", robust="none"), tmp_path / "series", Progress())
    with open_raster(made.velocity) as raster:
        found = 1000.0 * float(raster.read("velocity_los")[raster.grid.index(*place(12, 90))])
    assert found == pytest.approx(PUBLISHED, abs=0.1)


def test_lengths_of_pyrate_are_ours_with_the_other_sign(data, tmp_path):
    """Its tables have three decimals of a millimetre and keep the sign of the phase, positive away."""
    small = need(data, "pyrate_small")
    made = importing.run(small / "interferograms", ImportInterferogramsSettings(), tmp_path / "stack", Progress())
    manifest, folder = read_stack(made.stacks[0])
    assert len(manifest.pairs) == 17 and manifest.extra["wavelength"] == pytest.approx(0.0562356424)
    for pair in manifest.pairs:
        name = f"ifg_mm_geo_{pair.reference:%y%m%d}-{pair.secondary:%y%m%d}.unw.csv"
        expected = np.genfromtxt(small / "expected" / "prepifg_mm" / name, delimiter=",")
        with open_displacement(folder / pair.file) as source:
            rest = 1000.0 * source.read("los") + expected
        assert np.isfinite(rest).sum() == np.isfinite(expected).sum() and np.nanmax(np.abs(rest)) < 6e-4
