"""MintPy, LiCSAR and mapped GeoTIFFs become the same stack as anything else; wrong units are noticed."""
import numpy as np
import pytest
from osgeo import gdal

from interferogram_products import band, imported, write_tif
from terrain_motion.engine.core.errors import InputError, SettingsError
from terrain_motion.engine.core.grid import Grid
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import importing
from terrain_motion.engine.io.interferograms.settings import ImportInterferogramsSettings
from terrain_motion.engine.io.manifests import read_series
from terrain_motion.engine.io.raster import open_raster

WAVELENGTH = 0.0554658
UTM = Grid("EPSG:32643", (470000.0, 80.0, 0.0, 4240000.0, 0.0, -80.0), 12, 10)
DEGREES = Grid("EPSG:4326", (30.0, 0.001, 0.0, 40.0, 0.0, -0.001), 12, 10)
DAYS = ("20220105", "20220117", "20220129")
PAIRS = ((0, 1), (1, 2), (0, 2))
UP = np.linspace(0.001, 0.03, 120).reshape(10, 12)     # m per 12 days, smooth enough to have been unwrapped
LOOK = (-0.55, -0.11, np.sqrt(1 - 0.55 ** 2 - 0.11 ** 2))
LOS = UP * LOOK[2]


def phase(pair):
    """Away from the satellite is positive, so uplift is negative."""
    return (-4 * np.pi / WAVELENGTH * LOS * (pair[1] - pair[0])).astype(np.float32)


@pytest.fixture
def mintpy(tmp_path):
    """A MintPy folder: ifgramStack.h5 and geometryGeo.h5, attributes as texts, corner of the upper-left pixel."""
    h5py = pytest.importorskip("h5py")
    folder = tmp_path / "mintpy" / "inputs"
    folder.mkdir(parents=True)
    t = UTM.transform
    items = {"X_FIRST": repr(t[0]), "Y_FIRST": repr(t[3]), "X_STEP": repr(t[1]), "Y_STEP": repr(t[5]), "UTM_ZONE": "43N",
             "WAVELENGTH": repr(WAVELENGTH), "HEADING": "-11.3", "ORBIT_DIRECTION": "ASCENDING", "RLOOKS": "20",
             "ALOOKS": "4", "LENGTH": "10", "WIDTH": "12"}
    with h5py.File(folder / "ifgramStack.h5", "w") as file:
        file["unwrapPhase"] = np.stack([phase(pair) for pair in PAIRS])
        coherence = np.full((3, 10, 12), 0.7, np.float32)
        coherence[:, 0, 0] = 0
        file["coherence"] = coherence
        file["date"] = np.array([[DAYS[a], DAYS[b]] for a, b in PAIRS], "S8")
        file["bperp"] = np.array([10.0, -30.0, -20.0], np.float32)
        file["dropIfgram"] = np.array([True, True, False])   # False is the one that MintPy dropped
        file.attrs.update(items)
    with h5py.File(folder / "geometryGeo.h5", "w") as file:
        file["height"] = np.full((10, 12), 4000.0, np.float32)
        file["incidenceAngle"] = np.full((10, 12), np.degrees(np.arccos(LOOK[2])), np.float32)
        file["azimuthAngle"] = np.full((10, 12), np.degrees(np.arctan2(-LOOK[0], LOOK[1])), np.float32)
        file.attrs.update(items)
    return tmp_path / "mintpy"


def check_displacement(manifest, folder, pairs=PAIRS, tolerance=2e-6):
    assert [(p.reference, p.secondary) for p in manifest.pairs] == sorted((p.reference, p.secondary)
                                                                          for p in manifest.pairs)
    for pair in manifest.pairs:
        los = band(folder / pair.file, "los")
        seen = np.isfinite(los)
        assert np.allclose(los[seen], (LOS * pair.days / 12)[seen], atol=tolerance) and seen.mean() >= 0.9


def test_mintpy_keeps_sign_corner_and_look_vectors(mintpy, tmp_path):
    result, manifest, folder = imported(mintpy, tmp_path / "stack")
    assert manifest.grid.equals(UTM) and manifest.grid.crs == "EPSG:32643"
    check_displacement(manifest, folder)
    assert np.isnan(band(folder / manifest.pairs[0].file, "los")[0, 0])   # coherence 0
    for name, value in zip(("look_east", "look_north", "look_up"), LOOK):
        assert np.allclose(band(folder / manifest.geometry, name), value, atol=1e-6)
    assert any("ascending pass" in line for line in result.lines)


def test_dropifgram_true_means_keep(mintpy, tmp_path):
    result, manifest, _ = imported(mintpy, tmp_path / "stack")
    assert [p.name for p in manifest.pairs] == ["20220105_20220117", "20220117_20220129"]
    assert [p.perpendicular_baseline for p in manifest.pairs] == [10.0, -30.0]
    assert any("1 of 3 interferograms were dropped" in line for line in result.lines)


def test_mintpy_in_radar_coordinates_or_without_geometry_is_refused(mintpy, tmp_path):
    h5py = pytest.importorskip("h5py")
    (mintpy / "inputs" / "geometryGeo.h5").unlink()
    with pytest.raises(InputError, match="geometryGeo.h5 is missing"):
        imported(mintpy, tmp_path / "stack")
    with h5py.File(mintpy / "inputs" / "ifgramStack.h5", "a") as file:
        del file.attrs["X_FIRST"]
    with pytest.raises(InputError, match="radar coordinates.*geocode.py"):
        imported(mintpy, tmp_path / "stack")


def test_a_time_series_of_mintpy_becomes_a_series(mintpy, tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(mintpy / "inputs" / "geometryGeo.h5") as file:
        items = dict(file.attrs)
    for name in ("timeseries.h5", "timeseries_ERA5_demErr.h5"):
        with h5py.File(mintpy / name, "w") as file:
            file["timeseries"] = np.stack([LOS * (n - 1) for n in range(3)]).astype(np.float32)  # counted from the second
            file["timeseries"][:, 0, 0] = 0
            file["date"] = np.array(DAYS, "S8")
            file.attrs.update({**items, "UNIT": "m", "REF_Y": "3", "REF_X": "4", "REF_DATE": DAYS[1]})
    result = importing.run(mintpy, ImportInterferogramsSettings(result="series"), tmp_path / "series", Progress())
    manifest, folder = read_series(result.series)
    assert manifest.components == ("los",) and "row 3, column 4" in manifest.reference
    assert "timeseries_ERA5_demErr.h5" in result.lines[0]
    with open_raster(folder / "los.tif") as raster:
        last = raster.read(3)
    seen = np.isfinite(last)
    assert np.allclose(last[seen], 2 * LOS[seen], atol=1e-6) and not seen[0, 0] and seen.sum() == 119
    velocity = band(folder / "velocity.tif", "velocity_los")
    assert np.allclose(velocity[seen], (LOS / 12 * 365.25)[seen], rtol=1e-5)
    assert np.allclose(band(folder / "geometry.tif", "look_east"), LOOK[0], atol=1e-6)


@pytest.fixture
def licsar(tmp_path):
    """A LiCSAR frame: coherence as bytes, phase 0 where there is no data, baselines and heading in `metadata`."""
    folder, frame = tmp_path / "014A_04939_131313", "014A_04939_131313"
    for a, b in PAIRS:
        name = f"{DAYS[a]}_{DAYS[b]}"
        values = phase((a, b))
        values[0] = 0
        write_tif(folder / "interferograms" / name / f"{name}.geo.unw.tif", values, DEGREES, 0)
        write_tif(folder / "interferograms" / name / f"{name}.geo.cc.tif", np.full((10, 12), 128), DEGREES, 0,
                  gdal.GDT_Byte)
    for letter, value in zip("ENU", LOOK):
        write_tif(folder / "metadata" / f"{frame}.geo.{letter}.tif", np.full((10, 12), value), DEGREES)
    write_tif(folder / "metadata" / f"{frame}.geo.hgt.tif", np.full((10, 12), 700.0), DEGREES)
    (folder / "metadata" / "metadata.txt").write_text("master=20220105\nheading=-11.3\n")
    (folder / "metadata" / "baselines").write_text("20220105 20220105 0 0\n20220105 20220117 10.5 12\n"
                                                   "20220105 20220129 -20 24\n")
    return folder


def test_licsar_has_byte_coherence_baselines_and_unit_vectors(licsar, tmp_path):
    result, manifest, folder = imported(licsar, tmp_path / "stack")
    check_displacement(manifest, folder, tolerance=1e-5)
    first = folder / manifest.pairs[0].file
    assert np.isnan(band(first, "los")[0]).all() and np.nanmean(band(first, "coherence")) == pytest.approx(128 / 255)
    assert [p.perpendicular_baseline for p in manifest.pairs] == [10.5, -20.0, -30.5]
    assert np.allclose(band(folder / manifest.geometry, "look_up"), LOOK[2], atol=1e-6)
    assert any("frame 014A_04939_131313" in line for line in result.lines)


def test_two_frames_of_licsar_are_refused(licsar, tmp_path):
    for a, b in PAIRS:
        name = f"{DAYS[a]}_{DAYS[b]}"
        write_tif(tmp_path / "021D_05266_252525" / name / f"{name}.geo.unw.tif", phase((a, b)), DEGREES)
    with pytest.raises(InputError, match="014A_04939_131313.*021D_05266_252525"):
        imported(tmp_path, tmp_path / "stack")


def write_mapped(folder, values, unit=None, tag=None, **items):
    for a, b in PAIRS:
        write_tif(folder / f"site_{DAYS[a]}-{DAYS[b]}_unw.tif", values((a, b)), UTM,
                  items={**({"DATA_UNITS": tag} if tag else {}), **items})
        write_tif(folder / f"site_{DAYS[a]}-{DAYS[b]}_coh.tif", np.full((10, 12), 0.6), UTM)
    return folder


@pytest.mark.parametrize("unit, scale", [("m", 1.0), ("cm", 100.0), ("mm", 1000.0)])
@pytest.mark.parametrize("positive, sign", [("away", -1), ("toward", 1)])
def test_mapped_lengths_have_the_declared_unit_and_sign(tmp_path, unit, scale, positive, sign):
    folder = write_mapped(tmp_path / "in", lambda pair: sign * scale * LOS * (pair[1] - pair[0]))
    _, manifest, place = imported(folder, tmp_path / "stack", value_unit=unit, positive=positive)
    check_displacement(manifest, place)


def test_mapped_phase_needs_its_wavelength_and_has_the_look_of_the_angles(tmp_path):
    folder = write_mapped(tmp_path / "in", phase)
    with pytest.raises(SettingsError, match="wavelength"):
        imported(folder, tmp_path / "stack")
    _, manifest, place = imported(folder, tmp_path / "stack", wavelength=WAVELENGTH, incidence=34.0, heading=-12.0)
    check_displacement(manifest, place)
    assert band(place / manifest.geometry, "look_east").mean() == pytest.approx(-np.sin(np.radians(34)) * np.cos(
        np.radians(12)), abs=1e-6)


def test_wrong_units_of_a_mapping_are_noticed(tmp_path):
    noisy = np.random.default_rng(5).normal(size=(10, 12))
    radians = write_mapped(tmp_path / "radians", lambda pair: phase(pair) + noisy)
    with pytest.raises(InputError, match="unit of the values right"):
        imported(radians, tmp_path / "stack", value_unit="m")
    metres = write_mapped(tmp_path / "metres", lambda pair: 0.002 * noisy)
    with pytest.raises(InputError, match="unit of the values right"):
        imported(metres, tmp_path / "stack", wavelength=WAVELENGTH)
    told = write_mapped(tmp_path / "told", phase, tag="RADIANS")
    with pytest.raises(SettingsError, match="says that its unit is radians, but millimetres"):
        imported(told, tmp_path / "stack", value_unit="mm")


def test_mixed_wavelengths_are_refused_naming_both(tmp_path):
    folder = write_mapped(tmp_path / "in", phase, tag="RADIANS", WAVELENGTH_METRES=repr(WAVELENGTH))
    write_tif(folder / "site_20220210-20220222_unw.tif", phase((0, 1)), UTM, items={"WAVELENGTH_METRES": "0.2362"})
    with pytest.raises(InputError, match="different wavelengths.*0.0554658.*0.2362000"):
        imported(folder, tmp_path / "stack")


def test_names_with_two_short_dates_and_no_dates_at_all(tmp_path):
    write_tif(tmp_path / "in" / "geo_220105-220117_unw.tif", phase((0, 1)), UTM)
    _, manifest, place = imported(tmp_path / "in", tmp_path / "stack", wavelength=WAVELENGTH)
    assert manifest.pairs[0].name == "20220105_20220117"
    write_tif(tmp_path / "none" / "flood_unw.tif", phase((0, 1)), UTM)
    with pytest.raises(InputError, match="two dates of .*flood_unw.tif cannot be read"):
        imported(tmp_path / "none", tmp_path / "other", wavelength=WAVELENGTH)
    _, manifest, place = imported(tmp_path / "none", tmp_path / "third", wavelength=WAVELENGTH,
                                  reference_date="2022-01-05", secondary_date="2022-01-17")
    check_displacement(manifest, place)


def test_a_pair_that_runs_backward_is_turned(tmp_path):
    write_tif(tmp_path / "in" / "20220117_20220105_unw.tif", phase((1, 0)), UTM)
    _, manifest, place = imported(tmp_path / "in", tmp_path / "stack", wavelength=WAVELENGTH)
    check_displacement(manifest, place)
