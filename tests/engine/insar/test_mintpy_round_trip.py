"""A series exported to MintPy's files comes back with the same numbers, sign, grid and look vectors."""
import numpy as np
import pytest

from interferogram_products import band, imported, simulated
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import importing, reference
from terrain_motion.engine.insar.reference import ReferencePoint
from terrain_motion.engine.insar.settings import ReferenceStackSettings
from terrain_motion.engine.inversion import invert
from terrain_motion.engine.inversion.settings import InvertSettings
from terrain_motion.engine.io.exports import series as export
from terrain_motion.engine.io.exports.settings import ExportSettings
from terrain_motion.engine.io.interferograms.settings import ImportInterferogramsSettings
from terrain_motion.engine.io.manifests import read_series
from terrain_motion.engine.io.raster import open_raster


def test_export_and_import_give_the_same_series(tmp_path):
    h5py = pytest.importorskip("h5py")
    made = simulated(tmp_path / "products", tracks="descending", dates=5, clean=True)
    _, manifest, stack = imported(made.folders["descending"], tmp_path / "stack")
    held = reference.run(stack, ReferenceStackSettings(), tmp_path / "held", Progress(),
                         point=ReferencePoint(*manifest.grid.xy(20.5, 18.5)))
    series = invert.run(held.result.stack, InvertSettings(), tmp_path / "series", Progress()).series
    export.run(series, ExportSettings(format="mintpy"), tmp_path / "mintpy", Progress())
    with h5py.File(tmp_path / "mintpy" / "timeseries.h5") as file:
        assert float(file.attrs["WAVELENGTH"]) == pytest.approx(0.0554658, abs=1e-7)
        assert (file.attrs["ORBIT_DIRECTION"], float(file.attrs["HEADING"])) == ("DESCENDING", 192.4)
        assert all(isinstance(value, str) for value in file.attrs.values())
    result = importing.run(tmp_path / "mintpy", ImportInterferogramsSettings(), tmp_path / "back", Progress())
    before, old = read_series(series)
    after, new = read_series(result.series)
    assert after.dates == before.dates and after.grid.equals(before.grid) and after.grid.crs == before.grid.crs
    with open_raster(old / "los.tif") as one, open_raster(new / "los.tif") as two:
        for number in range(2, len(before.dates) + 1):
            first, second = one.read(number), two.read(number)
            seen = np.isfinite(second)
            assert np.array_equal(first[seen], second[seen]) and seen.mean() > 0.9
    rates = band(old / "velocity.tif", "velocity_los"), band(new / "velocity.tif", "velocity_los")
    assert np.array_equal(*(r[np.isfinite(rates[1])] for r in rates)) and np.nanmax(np.abs(rates[1])) > 0.3
    for name in ("look_east", "look_north", "look_up"):
        assert np.allclose(band(stack / "geometry.tif", name), band(new / "geometry.tif", name), atol=1e-6, equal_nan=True)
