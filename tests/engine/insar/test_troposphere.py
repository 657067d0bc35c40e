"""Atmosphere of a stack: known delays are found and taken off, motion stays, dates that become worse are left."""
import json
import os
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from insar_stacks import LOOK, days, mountain, neighbours, read_pairs, write_insar

from terrain_motion.engine.core.errors import Cancelled, InputError, SettingsError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import atmospheres, delays, troposphere
from terrain_motion.engine.insar.correction_settings import TroposphereSettings
from terrain_motion.engine.insar.elevation import Profile
from terrain_motion.engine.insar.screen import Beside, Kriging, Variogram
from terrain_motion.engine.io import cds
from terrain_motion.engine.io.manifests import read_stack
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.weather import Weather, read_weather, times_of

ROWS, COLUMNS, DATES = 72, 80, 9
PROFILE = json.loads((Path(__file__).parent / "era5_node.json").read_text(encoding="utf-8"))


class Ground:
    """Stable ground from an array."""
    source = "array"

    def __init__(self, mask):
        self._mask = mask

    def mask(self, grid, window=None):
        return self._mask if window is None else self._mask[window.slices]

    def fingerprint(self):
        return "array"


def smooth(rng, count):
    """Fields that vary over half of the area, m."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS] / 80.0
    waves = rng.normal(0, 0.004, (count, 4))
    return (waves[:, 0, None, None] * np.sin(3 * x) + waves[:, 1, None, None] * np.cos(4 * y)
            + waves[:, 2, None, None] * np.sin(5 * (x + y)) + waves[:, 3, None, None])


@pytest.fixture
def scene(tmp_path):
    """(stack, true motion, stable ground, gradients m/km): a moving patch on the ridge, stratified delay."""
    rng = np.random.default_rng(3)
    gradients = rng.uniform(-0.03, 0.03, DATES)
    motion = np.zeros((ROWS, COLUMNS))
    motion[24:44, 30:50] = 0.01
    moving = np.arange(DATES)[:, None, None] * motion
    height = mountain(ROWS, COLUMNS) / 1000.0
    apparent = gradients[:, None, None] * height + smooth(rng, DATES)
    noise = rng.normal(0, 0.0005, (DATES, ROWS, COLUMNS))
    pairs = neighbours(DATES)
    constants = {n: rng.uniform(-0.05, 0.05) for n in range(len(pairs))}
    stack = write_insar(tmp_path / "stack", moving + apparent + noise, pairs, change=constants)
    return stack, moving, Ground(motion == 0), gradients, pairs


def residual(stack, moving, pairs, ground):
    """What is left beside the motion, each pair about its median on stable ground, m."""
    los, _ = read_pairs(stack)
    left = los - np.array([moving[j] - moving[i] for i, j in pairs])
    return left - np.median(left[:, ground], axis=1)[:, None, None]


def test_stratified_and_smooth_delay_is_taken_off_and_motion_stays(scene, tmp_path):
    stack, moving, stable, gradients, pairs = scene
    result = troposphere.run(stack, TroposphereSettings(), tmp_path / "out", Progress(), stable=stable)
    still = stable.mask(None)
    before, after = (residual(s, moving, pairs, still) for s in (stack, result.stack.stack))
    assert after[:, still].std() < 0.1 * before[:, still].std()
    assert after[:, ~still].std() < 0.3 * before[:, ~still].std()  # interpolated under the moving patch
    found = np.array([q.gradient for q in result.dates])
    assert np.allclose(found - found.mean(), gradients - gradients.mean(), atol=0.004)  # smooth waves look like relief
    assert all(q.applied and q.after < q.before for q in result.dates)


def test_moving_ground_that_is_not_left_out_loses_its_signal(scene, tmp_path):
    """The trap of elevation corrections: motion on the slope is taken for delay where it is not excluded."""
    stack, moving, stable, _, pairs = scene
    everywhere = Ground(np.ones((ROWS, COLUMNS), bool))
    still = stable.mask(None)
    errors = []
    for number, ground in enumerate((stable, everywhere)):
        out = troposphere.run(stack, TroposphereSettings(), tmp_path / f"out{number}", Progress(), stable=ground)
        errors.append(np.abs(residual(out.stack.stack, moving, pairs, still)[:, ~still]).mean())
    assert errors[1] > 3 * errors[0]


def test_without_stable_ground_the_moving_part_is_found(scene, tmp_path):
    stack, moving, stable, gradients, pairs = scene
    result = troposphere.run(stack, TroposphereSettings(), tmp_path / "out", Progress())
    found = np.array([q.gradient for q in result.dates])
    assert np.allclose(found - found.mean(), gradients - gradients.mean(), atol=0.006)
    assert any("move faster" in note for note in result.notes)


def test_stable_ground_too_small_for_the_atmosphere_is_told_and_the_still_part_found(scene, tmp_path):
    stack, moving, ground, _, pairs = scene
    spot = np.zeros((ROWS, COLUMNS), bool)
    spot[2:5, 2:5] = True
    result = troposphere.run(stack, TroposphereSettings(), tmp_path / "out", Progress(), stable=Ground(spot))
    still = ground.mask(None)
    left = residual(result.stack.stack, moving, pairs, still)[:, still].std()
    assert any("too few to find the atmosphere" in note for note in result.notes)
    assert left < 0.6 * residual(stack, moving, pairs, still)[:, still].std()


def test_delays_of_dates_and_their_noise_are_written_for_the_inversion(scene, tmp_path):
    stack, _, stable, gradients, _ = scene
    result = troposphere.run(stack, TroposphereSettings(), tmp_path / "out", Progress(), stable=stable)
    manifest, folder = read_stack(result.stack.stack)
    noise = manifest.extra[troposphere.NOISE]
    assert sorted(noise) == [d.isoformat() for d in days(DATES)]
    with open_raster(folder / noise[days(DATES)[0].isoformat()]) as raster:
        delay, sigma = raster.read("delay"), raster.read("sigma")
    height = mountain(ROWS, COLUMNS)
    slope = np.polyfit(height.ravel() / 1000.0, delay.ravel(), 1)[0]
    assert np.sign(slope) == -np.sign(gradients[0] - gradients.mean())  # a longer path looks like motion away
    assert sigma[34, 40] > sigma[5, 5] > 0  # under the moving patch it is interpolated


def test_a_date_that_becomes_worse_is_left_as_it_is(scene):
    from datetime import date
    settings = TroposphereSettings()
    worse = troposphere._quality(date(2022, 1, 5), 0.004, 0.006, np.nan, settings)
    assert not worse.applied and "worse" in worse.note
    asked = troposphere._quality(date(2022, 1, 5), 0.004, 0.006, np.nan, TroposphereSettings(refuse=False))
    assert asked.applied and "worse" in asked.note


def test_cancel_leaves_no_manifest(scene, tmp_path, progress):
    stack, _, stable, _, _ = scene
    progress.record.cancel_after(30)
    with pytest.raises(Cancelled):
        troposphere.run(stack, TroposphereSettings(), tmp_path / "out", progress, stable=stable)
    assert not (tmp_path / "out" / "stack.json").exists()
    assert not list((tmp_path / "out").rglob("*.part"))


def test_power_law_has_slope_one_per_km_at_the_mean_and_fades_upward():
    profile = Profile("power", 7000.0, 1.4, 3000.0)
    slope = (profile.at(3010.0) - profile.at(2990.0)) / 0.02
    assert np.isclose(slope, 1.0, rtol=1e-3)
    assert profile.at(6500.0) - profile.at(6400.0) < 0.5 * (profile.at(2100.0) - profile.at(2000.0))


def test_steady_motion_without_stable_ground_is_no_noise_of_the_dates(tmp_path):
    """A wide bowl that sinks 20 mm a date on flat ground: nothing to take off, and the noise is that of the dates, 3 mm."""
    rng = np.random.default_rng(12)
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    bowl = 0.02 * np.exp(-((x - 40) / 30.0) ** 2 - ((y - 36) / 30.0) ** 2)
    field = np.kron(rng.normal(0, 0.003, (DATES, ROWS // 8, COLUMNS // 8)), np.ones((8, 8)))
    series = -np.arange(DATES)[:, None, None] * bowl + field
    stack = write_insar(tmp_path / "stack", series, neighbours(DATES), elevation=np.full((ROWS, COLUMNS), 2240.0))
    result = troposphere.run(stack, TroposphereSettings(), tmp_path / "out", Progress())
    assert not any(q.applied for q in result.dates) and any("changes nothing" in note for note in result.notes)
    assert 0.002 < np.median([q.after for q in result.dates]) < 0.0045


def test_variance_grows_away_from_a_single_place_and_is_even_beside_all_ground():
    """Against the mean square of differences of the field itself, at the same distances."""
    variogram, held = Variogram(0.02, 0.9, 1.0, 100.0), (np.array([10.0]), np.array([10.0]))
    beside = Beside.find(variogram, 4, (20, 25), held)
    near, far = beside.at(np.array([10.0, 70.0]), np.array([10.0, 90.0]))
    assert near < 0.1 and far == pytest.approx(2 * 0.9 * np.hypot(60, 80) / 100 + 0.02, rel=0.02)
    y, x = (axis.ravel() for axis in np.mgrid[2:80:8, 2:100:8].astype(float))
    everywhere = Beside.find(variogram, 4, (20, 25), (y, x)).values
    mean = variogram.smooth(np.hypot(y[:, None] - y, x[:, None] - x)).mean()
    assert 0.4 * mean < everywhere.min() and everywhere.mean() == pytest.approx(mean, rel=0.1)


def test_sigma_is_small_beside_a_reference_point_and_larger_far_from_it(scene, tmp_path):
    from terrain_motion.engine.insar import reference
    from terrain_motion.engine.insar.settings import ReferenceStackSettings
    stack, *_ = scene
    manifest, _ = read_stack(stack)
    point = reference.ReferencePoint(*manifest.grid.xy(5.5, 5.5))
    held = reference.run(stack, ReferenceStackSettings(), tmp_path / "held", Progress(), point=point)
    result = troposphere.run(held.result.stack, TroposphereSettings(), tmp_path / "out", Progress())
    with open_raster(sorted((tmp_path / "out" / troposphere.FOLDER).glob("*.tif"))[4]) as raster:
        sigma = raster.read("sigma")
    assert sigma[4:7, 4:7].mean() < 0.6 * result.dates[4].after < sigma[-6:, -6:].mean()


def test_kriging_returns_its_data_and_knows_less_far_away():
    rng = np.random.default_rng(4)
    row, column = rng.uniform(0, 100, (2, 60))
    kriging = Kriging(row, column, Variogram(1e-6, 1.0, 2 / 3, 50.0))
    values = np.sin(row / 20) + column / 60
    weights, variance = kriging.weights(np.append(row, 300.0), np.append(column, 300.0))
    assert np.allclose(weights.sum(axis=1), 1.0)  # a constant stays a constant
    assert np.allclose((weights @ values)[:-1], values, atol=1e-3)
    assert variance[-1] > 10 * variance[:-1].max()


def node(day):
    """The weather above one node of ERA5, repeated over a square of 2 degrees."""
    values = PROFILE["days"][day]
    pressure = np.array(PROFILE["levels_hpa"]) * 100.0
    height, temperature, q = (np.array(values[n]) for n in "ztq")
    ratio = 287.05 / 461.495
    vapour = q * pressure / (ratio + (1 - ratio) * q)
    many = [np.repeat(v, 9).reshape(-1, 3, 3) for v in (height / 9.80665, temperature, vapour)]
    return Weather(datetime.strptime(day + "14", "%Y%m%d%H"), pressure, np.array([33.0, 32.0, 31.0]),
                   np.array([130.0, 131.0, 132.0]), *many)


def zenith(day, as_pyaps):
    weather = node(day)
    table, found = delays.zenith_delays(weather, 3000.0, as_pyaps)
    elevation = np.array(PROFILE["elevation_m"], float)
    return delays.at_ground(weather, table, found, np.full(6, 32.0), np.full(6, 131.0), elevation)


def test_delays_of_a_node_are_those_of_pyaps_within_a_millimetre():
    for day, values in PROFILE["days"].items():
        assert np.abs(zenith(day, True) - values["pyaps_m"]).max() <= 0.001


def test_hydrostatic_delay_is_2_3_m_and_wet_delay_is_that_of_the_integral():
    """An atmosphere whose integral is known: constant temperature, vapour that falls exponentially."""
    z = np.linspace(40000.0, -200.0, 400)
    temperature, scale, e0 = 280.0, 2000.0, 1000.0
    pressure = 101325.0 * np.exp(-9.80665 * z / (delays.DRY * temperature))
    geopotential = z / (1.0 + z / delays.EARTH)
    values = (geopotential, np.full(z.shape, temperature), e0 * np.exp(-z / scale))
    column = [np.repeat(v, 4).reshape(-1, 2, 2) for v in values]
    weather = Weather(datetime(2020, 1, 1), pressure, np.array([1.0, 0.0]), np.array([0.0, 1.0]), *column)
    table, found = delays.zenith_delays(weather, 2000.0)
    h = np.array([0.0, 1500.0])
    got = np.array([np.interp(v, table, found[:, 0, 0]) for v in h])
    wet = 1e-6 * ((delays.K2 - delays.K1 * delays.DRY / delays.VAPOUR) / temperature
                  + delays.K3 / temperature ** 2) * e0 * scale * np.exp(-h / scale)
    dry = 1e-6 * delays.K1 * delays.DRY / delays.GRAVITY * (np.interp(h, z[::-1], pressure[::-1]) - pressure[0])
    assert 2.2 < dry[0] < 2.4 and np.allclose(got, dry + wet, atol=2e-4)


def test_weather_of_the_pyaps_samples_is_read_and_agrees(tmp_path):
    """The GRIB files of PyAPS's source package: set TERRAIN_MOTION_PYAPS to its folder tests/data/ERA5."""
    folder = Path(os.environ.get("TERRAIN_MOTION_PYAPS", ""))
    if not os.environ.get("TERRAIN_MOTION_PYAPS") or not folder.is_dir():
        pytest.skip("data: the sample GRIBs of PyAPS are not there; set TERRAIN_MOTION_PYAPS to their folder.")
    for day, values in PROFILE["days"].items():
        file = next(folder.glob(f"*{day}*.grb"))
        weather = read_weather(file, times_of(file)[0])
        table, found = delays.zenith_delays(weather, 3000.0, as_pyaps=True)
        elevation = np.array(PROFILE["elevation_m"], float)
        got = delays.at_ground(weather, table, found, np.full(6, 32.0), np.full(6, 131.0), elevation)
        assert np.abs(got - values["pyaps_m"]).max() <= 0.001


def write_netcdf(path, times, box, level_name="pressure_level", humid=1.0):
    """ERA5 as the Climate Data Store writes it, through GDAL."""
    from osgeo import gdal
    made = gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path))
    root = made.GetRootGroup()
    west, south, east, north = box
    axes = {"valid_time": np.array([(t - datetime(1970, 1, 1)).total_seconds() for t in times]),
            level_name: np.array(PROFILE["levels_hpa"], float)[::-1],
            "latitude": np.arange(north, south - 0.01, -0.25), "longitude": np.arange(west, east + 0.01, 0.25)}
    number = gdal.ExtendedDataType.Create(gdal.GDT_Float64)
    dimensions = []
    for name, values in axes.items():
        dimensions.append(root.CreateDimension(name, "", "", len(values)))
        array = root.CreateMDArray(name, dimensions[-1:], number)
        if name == "valid_time":
            array.SetUnit("seconds since 1970-01-01")
        array.Write(values)
    shape = [d.GetSize() for d in dimensions]
    for name in "ztq":
        profile = np.array(PROFILE["days"]["20101017"][name])[::-1] * (humid if name == "q" else 1.0)
        values = np.broadcast_to(profile[None, :, None, None], shape).copy()
        if name == "q":
            values *= np.linspace(1.0, 1.5, len(times))[:, None, None, None]
        root.CreateMDArray(name, dimensions, number).Write(values)
    made = root = None
    return path


def test_era5_takes_the_delay_off_between_two_hours(tmp_path):
    """Dates whose weather differs: what the interferogram shows of it is gone within a tenth of a millimetre."""
    dates = days(3)
    weather = tmp_path / "weather"
    weather.mkdir()
    files = []
    for day, humid in zip(dates, (1.0, 1.4, 0.7)):
        times = [datetime.combine(day, datetime.min.time()).replace(hour=h) for h in (12, 13)]
        files.append(write_netcdf(weather / f"{day:%Y%m%d}.nc", times, (73.5, 37.0, 76.0, 39.0), humid=humid))
    height = mountain(40, 44)
    table = []
    share = (56 * 60 + 14) / 3600.0  # 12:56:14
    for file in files:
        parts = [read_weather(file, t) for t in times_of(file)]
        columns = [delays.zenith_delays(w, 6000.0) for w in parts]
        at = [np.interp(height, c[0], c[1][:, 1, 1]) for c in columns]
        table.append(-((1 - share) * at[0] + share * at[1]) / LOOK[2])
    stack = write_insar(tmp_path / "stack", np.array(table), [(0, 1), (1, 2), (0, 2)], elevation=height)
    result = troposphere.run(stack, TroposphereSettings(method="era5"), tmp_path / "out", Progress(), weather)
    los, _ = read_pairs(result.stack.stack)
    assert np.ptp(read_pairs(stack)[0][0]) > 0.005 and np.ptp(los, axis=(1, 2)).max() < 1e-4
    assert all(q.applied for q in result.dates)


def test_missing_weather_writes_the_request_that_is_needed(tmp_path):
    stack = write_insar(tmp_path / "stack", np.zeros((3, 40, 44)))
    (tmp_path / "weather").mkdir()
    with pytest.raises(InputError, match="era5_download.py"):
        troposphere.run(stack, TroposphereSettings(method="era5"), tmp_path / "out", Progress(), tmp_path / "weather")
    asked = json.loads((tmp_path / "out" / "era5_requests.json").read_text(encoding="utf-8"))
    assert [a["request"]["day"] for a in asked] == [["05"], ["17"], ["29"]]
    assert asked[0]["request"]["time"] == ["12:00", "13:00"] and len(asked[0]["request"]["pressure_level"]) == 37
    north, west, south, east = asked[0]["request"]["area"]
    assert south < 38.2 < north and west < 75.0 < east
    compile((tmp_path / "out" / "era5_download.py").read_text(encoding="utf-8"), "era5_download.py", "exec")


class Store:
    """A Climate Data Store that is ready at the second question; keeps what it was asked."""
    has_login = True

    def __init__(self, files, status=200):
        self.files, self.status, self.calls, self._asked = files, status, [], 0

    @contextmanager
    def send(self, call, stopped):
        self.calls.append(call)
        answer = {"jobID": "j", "status": "accepted"}
        if call.url.endswith("/execution"):
            self._day = json.loads(call.body)["inputs"]["day"][0]
        elif call.url.endswith("/results"):
            answer = {"asset": {"value": {"href": "https://object-store.example/file"}}}
        elif "/jobs/" in call.url:
            answer = {"jobID": "j", "status": "successful"}
        body = self.files[self._day].read_bytes() if "object-store" in call.url else json.dumps(answer).encode()
        if self.status != 200:
            body = b'{"title": "no", "detail": "required licences not accepted"}'
        yield SimpleNamespace(status=self.status, headers={"content-length": str(len(body))}, chunks=iter([body]))


def test_weather_is_fetched_with_the_users_key_which_stays_with_the_store(tmp_path, monkeypatch):
    monkeypatch.setattr(cds, "_POLL_SECONDS", (0.0,))
    there = tmp_path / "there"
    there.mkdir()
    files = {}
    for day in days(3):
        times = [datetime.combine(day, datetime.min.time()).replace(hour=h) for h in (12, 13)]
        files[f"{day:%d}"] = write_netcdf(there / f"{day:%Y%m%d}.nc", times, (73.5, 37.0, 76.0, 39.0))
    named = [{**item, "file": item["file"].replace(".grib", ".nc")} for item in cds.requests_for(
        days(3), 46574.0, (74.5, 38.1, 74.9, 38.4))]
    store = Store(files)
    paths = cds.download(named, tmp_path / "got", store, Progress())
    assert [times_of(p)[0].day for p in paths] == [5, 17, 29]
    assert all(call.login == call.url.startswith(cds.API) for call in store.calls)
    before = len(store.calls)
    cds.download(named, tmp_path / "got", store, Progress())
    assert len(store.calls) == before  # what is there is not asked for again


@pytest.mark.parametrize("status, words", [(401, "PRIVATE-TOKEN"), (403, "licences not accepted")])
def test_what_the_store_refuses_is_said_in_words_and_leaves_no_half_file(tmp_path, status, words):
    stack = write_insar(tmp_path / "stack", np.zeros((3, 40, 44)))
    with pytest.raises(InputError, match=words):
        troposphere.run(stack, TroposphereSettings(method="era5"), tmp_path / "out", Progress(), transport=Store({}, status))
    assert not list((tmp_path / "out").rglob("*.part"))


def test_weather_of_another_area_is_refused(tmp_path):
    stack = write_insar(tmp_path / "stack", np.zeros((3, 40, 44)))
    for day in days(3):
        write_netcdf(tmp_path / f"{day:%Y%m%d}.nc", [datetime.combine(day, datetime.min.time()).replace(hour=13)],
                     (10.0, 45.0, 12.0, 47.0))
    with pytest.raises(InputError, match="10.00 to 12.00 E"):
        troposphere.run(stack, TroposphereSettings(method="era5"), tmp_path / "out", Progress(), tmp_path)


def test_a_file_that_is_no_grib_is_named(tmp_path):
    (tmp_path / "era5.grb").write_bytes(b"<html>quota exceeded</html>")
    with pytest.raises(InputError, match="era5.grb cannot be read as GRIB"):
        times_of(tmp_path / "era5.grb")


def test_gacos_files_take_their_delay_off_and_bad_ones_are_refused(tmp_path):
    dates, gacos = days(3), tmp_path / "gacos"
    gacos.mkdir()
    latitude, longitude = np.arange(38.4, 38.2, -0.001), np.arange(74.7, 74.9, 0.001)
    for k, day in enumerate(dates):
        delay = 1.6 + 0.02 * k * np.sin(longitude * 60.0)[None, :] * np.ones((len(latitude), 1))
        delay.astype("<f4").tofile(gacos / f"{day:%Y%m%d}.ztd")
        (gacos / f"{day:%Y%m%d}.ztd.rsc").write_text(
            f"WIDTH {len(longitude)}\nFILE_LENGTH {len(latitude)}\nX_FIRST {longitude[0]}\nY_FIRST {latitude[0]}\n"
            f"X_STEP 0.001\nY_STEP -0.001\n", encoding="utf-8")
    from terrain_motion.engine.core.grid import Grid
    grid = Grid("EPSG:32643", (480000.0, 80.0, 0.0, 4240000.0, 0.0, -80.0), 44, 40)
    east, _ = atmospheres.Positions(grid).window(grid.window)
    truth = np.stack([-0.02 * k * np.sin(east * 60.0) / LOOK[2] for k in range(3)])
    stack = write_insar(tmp_path / "stack", truth, [(0, 1), (1, 2), (0, 2)])
    result = troposphere.run(stack, TroposphereSettings(method="gacos"), tmp_path / "out", Progress(), gacos)
    assert np.ptp(read_pairs(result.stack.stack)[0], axis=(1, 2)).max() < 3e-4  # GACOS pixels of 100 m
    (gacos / f"{dates[1]:%Y%m%d}.ztd").write_bytes(b"1234")
    with pytest.raises(InputError, match="header says"):
        troposphere.run(stack, TroposphereSettings(method="gacos"), tmp_path / "out2", Progress(), gacos)


def test_wrong_time_is_refused():
    with pytest.raises(SettingsError, match="HH:MM"):
        TroposphereSettings(time="quarter to one")
