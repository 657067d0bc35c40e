"""Services on small simulated scenes: near the truth, resumed, cancelled, refused, reported."""
import json
from dataclasses import replace

import numpy as np
import pytest

from terrain_motion.engine.core.errors import Cancelled, SettingsError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.io.displacement import open_displacement
from terrain_motion.engine.io.manifests import read_series
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.io.stable import StableGround
from terrain_motion.engine.io.tables import read_scenes
from terrain_motion.engine.scenes import simulate
from terrain_motion.engine.scenes.settings import SimulateSettings
from terrain_motion.engine.workflows import earthquake, slide
from terrain_motion.engine.workflows.settings import EARTHQUAKE, ICE, SLIDE, EarthquakeSettings, SlideSettings

PIXEL = 10.0


@pytest.fixture(scope="module")
def quake(tmp_path_factory):
    """Folder of two scenes before and two after an earthquake, without clouds; its day; its result."""
    folder = tmp_path_factory.mktemp("quake")
    # A ramp cannot be told from the motion of a fault that crosses all of 2.6 km; on 1.6 km a stripe or jitter cannot.
    simulate.run(SimulateSettings(scenario="earthquake", size=256, dates=4, seed=2, cloud=0.0, ramp=0.0), folder / "scenes")
    day = json.loads((folder / "scenes" / "artefacts.json").read_text())["event"]
    settings = EarthquakeSettings.from_parameters({"SPLITDATE": day, "AVERAGE": "none", "DERAMP": False})
    return folder, settings, run_quake(folder, settings)


def run_quake(folder, settings, progress=None, output="out"):
    return earthquake.run(read_scenes(folder / "scenes" / "scenes.gpkg"), settings, folder / output, progress,
                          stable=StableGround.from_file(folder / "scenes" / "stable.gpkg"))


def truth(folder):
    manifest, place = read_series(folder / "scenes" / "truth")
    found = []
    for name in ("east", "north"):
        with open_raster(place / manifest.rasters[name]) as raster:
            found.append(raster.read(len(raster.bands)))
    return np.array(found)


def test_displacement_across_the_event_is_near_the_truth(quake):
    folder, settings, result = quake
    with open_displacement(result.displacement) as raster:
        found = np.array([raster.read("east"), raster.read("north")])
        assert raster.reference_date.isoformat() < settings.network.split_date <= raster.secondary_date.isoformat()
        assert raster.has("sigma") and [s["step"] for s in raster.history][-1] == "average"
    known = truth(folder)
    moving = np.hypot(*known) > 0.2 * PIXEL
    # Median: close to the fault lies what is smeared. Measured: .04 to .06 px, by the ground.
    assert np.nanmedian(np.abs(found - known)[:, moving]) < 0.09 * PIXEL
    seen = moving & np.isfinite(found[1])
    assert np.corrcoef(found[1][seen], known[1][seen])[0, 1] > 0.5  # with a wrong sign it would be negative
    assert np.isfinite(found).mean() > 0.9


def test_the_report_tells_settings_precision_and_reasons_without_anything_from_outside(quake):
    folder, _, result = quake
    text = result.report.read_text(encoding="utf-8")
    for words in ("Matching the pairs", "Regularisation", "Precision on stable ground", "metres, positive east and north",
                  "Held still", "The jitter was left", "Software", "data:image/png;base64", "<svg"):
        assert words in text
    assert "src=\"http" not in text and "<script" not in text
    assert str(folder) not in text.split("<h2>Scenes and pairs")[1].split("</details>")[0]  # names, not places


def test_a_finished_service_is_not_run_again_and_a_changed_step_redoes_what_follows(quake):
    folder, settings, result = quake
    files = sorted((folder / "out").rglob("*.tif"))
    before = {file: file.stat().st_mtime_ns for file in files}
    run_quake(folder, settings)
    assert {file: file.stat().st_mtime_ns for file in files} == before
    run_quake(folder, replace(settings, averaging=replace(settings.averaging, factor=2.5)))
    changed = {file.name for file in files if file.stat().st_mtime_ns != before[file]}
    assert changed == {"displacement.tif"}


def test_cancel_stops_and_the_next_run_goes_on(quake, progress):
    folder, settings, _ = quake
    settings = replace(settings, matching=replace(settings.matching, bands="B04", threads=1))

    def stop(fraction, message):
        if "2 of 4 pairs" in message:
            stopped.append(True)
    stopped = []
    with pytest.raises(Cancelled):
        run_quake(folder, settings, Progress(stop, lambda: bool(stopped)), "cancelled")
    out = folder / "cancelled"
    assert (out / "pairs.gpkg").exists() and not (out / "displacement.tif").exists()
    assert not [p for p in out.rglob("*") if ".part" in p.name]
    made = {p: p.stat().st_mtime_ns for p in (out / "matched" / "pairs").glob("*.tif")}
    run_quake(folder, settings, output="cancelled")
    assert {p: p.stat().st_mtime_ns for p in made} == made


def test_refused_without_the_day_of_the_earthquake(quake):
    with pytest.raises(SettingsError, match="day of the earthquake is needed"):
        run_quake(quake[0], EARTHQUAKE)


def test_landslide_moves_as_in_truth(tmp_path):
    simulate.run(SimulateSettings(scenario="landslide", size=144, dates=4, seed=4, cloud=0.0), tmp_path / "scenes")
    settings = SlideSettings.from_parameters({"MINBASELINE": 60, "WINDOW": 9, "MINSLOPE": 0.0, "OPENING": 20.0,
                                              "CLOSING": 20.0})
    result = slide.run(read_scenes(tmp_path / "scenes" / "scenes.gpkg"), settings, tmp_path / "out", None,
                       dem=str(tmp_path / "scenes" / "dem.tif"))
    with open_raster(result.velocity) as found, open_raster(tmp_path / "scenes" / "truth" / "velocity.tif") as known:
        fast = known.read("speed") > 0.7 * known.read("speed").max()
        ratio = found.read("speed")[fast] / known.read("speed")[fast]
    assert np.nanmedian(ratio) == pytest.approx(1.0, abs=0.2)
    assert "No stable ground was given" in result.report.read_text(encoding="utf-8")


def test_presets_are_those_of_the_paper():
    m, c = EARTHQUAKE.matching, EARTHQUAKE.correction
    assert (m.window, m.regularisation, m.range, m.average) == (5, 0.3, 2, "both")
    assert c.deramp and c.destripe and c.jitter and c.waves.wavelet == "db5"
    assert ICE.network.limits[1] == 100 and ICE.matching.threshold == ICE.filters.outlier.threshold == 0.3
    assert not ICE.correction.jitter and not SLIDE.correction.jitter
    assert SLIDE.network.limits == (500, 1500) and SLIDE.inversion.weights == "none"
    assert SLIDE.filters.topography and SLIDE.filters.morphology and SLIDE.filters.outliers
