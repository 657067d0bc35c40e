"""Search and download as algorithms, through QGIS's network, against an archive on this machine."""
import hashlib
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

_SPEC = importlib.util.spec_from_file_location("archive_server", Path(__file__).parents[1] / "archive_server.py")
archive_server = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(archive_server)

EXTENT = "401003,401997,5098203,5098997 [EPSG:32632]"


@pytest.fixture(scope="module")
def run(qgis_app):
    import processing
    from qgis.core import QgsProcessingFeedback

    def run_algorithm(name, feedback=None, **parameters):
        return processing.run(f"terrainmotion:{name}", parameters, feedback=feedback or QgsProcessingFeedback(False))
    return run_algorithm


@pytest.fixture
def archive(tmp_path):
    server = archive_server.ArchiveServer()
    data = archive_server.write_cog(tmp_path / "B04.tif", archive_server.values_of(4))
    for day in ("2023-08-20", "2023-08-10"):
        name = f"S2B_32TMS_{day.replace('-', '')}_0_L2A"
        red = {"href": server.add_file(f"/cogs/{name}/B04.tif", data), "type": "image/tiff", "roles": ["data"],
               "raster:bands": [{"scale": 1e-4, "offset": -0.1, "nodata": 0}]}
        server.add_item(name, f"{day}T09:58:11Z", {"red": red}, platform="sentinel-2b", **{
            "eo:cloud_cover": 8.0, "grid:code": "MGRS-32TMS", "earthsearch:boa_offset_applied": False})
    yield server
    server.close()


def values(path):
    from terrain_motion.engine.io.raster import open_raster
    with open_raster(path) as raster:
        return raster.read_raw(1)


def test_search_then_download_then_catalogue_through_qgis(run, archive, tmp_path):
    from qgis.core import QgsProcessingFeedback
    feedback = QgsProcessingFeedback(False)
    found = run("search", feedback, ENDPOINT=f"{archive.url}/stac", EXTENT=EXTENT, START="2023-08-01", END="2023-08-31",
                OUTPUT=str(tmp_path / "found.gpkg"))
    assert found["COUNT"] == 2 and "2 scenes from 2023-08-10 to 2023-08-20" in feedback.textLog()
    made = run("download", feedback, INPUT=found["OUTPUT"], EXTENT=EXTENT, BANDS="B04", OUTPUT=str(tmp_path / "scenes"))
    assert made["COUNT"] == 2 and "To fetch: 2 scenes, 2 files, 0." in feedback.textLog()
    expected = archive_server.values_of(4)[100:180, 100:200]
    for day in ("20230810", "20230820"):
        assert np.array_equal(values(tmp_path / "scenes" / f"S2B_32TMS_{day}_0_L2A" / "B04.tif"), expected)
    catalogued = run("catalogue", FOLDER=str(tmp_path / "scenes"), OUTPUT="memory:")["OUTPUT"]
    assert [f["tile"] for f in catalogued.getFeatures()] == ["T32TMS", "T32TMS"]
    paired = run("pairnetwork", INPUT=made["SCENES"], MAXBASELINE=100, OUTPUT="memory:")
    assert paired["COUNT"] == 1
    assert {method for method, *_ in archive.log} == {"GET", "POST"}


def test_found_scenes_have_the_fields_of_a_scenes_layer_and_their_origin(run, archive):
    layer = run("search", ENDPOINT=f"{archive.url}/stac", EXTENT=EXTENT, OUTPUT="memory:")["OUTPUT"]
    assert [f.name() for f in layer.fields()] == [
        "path", "mission", "level", "acquired", "tile", "orbit", "cloud", "sun_azimuth", "sun_elevation", "mask",
        "detectors", "item", "collection", "preview", "stac"]
    feature = next(layer.getFeatures())
    assert feature["path"].startswith(archive.url) and feature["item"] == "S2B_32TMS_20230810_0_L2A"
    assert feature["acquired"].date().day() == 10 and feature.hasGeometry()


def test_a_cancelled_download_leaves_nothing_half_and_goes_on_later(qgis_app, run, archive, tmp_path):
    from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback
    from qgis.PyQt.QtCore import Qt
    found = run("search", ENDPOINT=f"{archive.url}/stac", EXTENT=EXTENT, OUTPUT=str(tmp_path / "found.gpkg"))["OUTPUT"]
    parameters = {"INPUT": found, "EXTENT": EXTENT, "OUTPUT": str(tmp_path / "scenes"), "CONNECTIONS": 1}
    feedback = QgsProcessingFeedback(False)
    feedback.progressChanged.connect(lambda percent: percent > 12 and feedback.cancel(), Qt.ConnectionType.DirectConnection)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("terrainmotion:download")
    results, fine = algorithm.run(parameters, QgsProcessingContext(), feedback)
    assert fine and results == {}
    assert not [p for p in (tmp_path / "scenes").rglob("*.tif") if ".part" not in str(p)]
    before = len(archive.log)
    assert run("download", **parameters)["COUNT"] == 2
    assert len(archive.log) - before < before  # the directories were here already


@pytest.mark.parametrize("fault", [("status", 429, {"Retry-After": "0"}), ("drop", 30000)])
def test_qgis_network_survives_what_happens_on_the_way(run, archive, tmp_path, fault):
    found = run("search", ENDPOINT=f"{archive.url}/stac", EXTENT=EXTENT, OUTPUT=str(tmp_path / "found.gpkg"))["OUTPUT"]
    archive.faults["/cogs/S2B_32TMS_20230820_0_L2A/B04.tif"] = [None, fault]
    assert run("download", INPUT=found, EXTENT=EXTENT, OUTPUT=str(tmp_path / "scenes"))["COUNT"] == 2
    expected = archive_server.values_of(4)[100:180, 100:200]
    assert np.array_equal(values(tmp_path / "scenes" / "S2B_32TMS_20230820_0_L2A" / "B04.tif"), expected)


def test_a_wrong_address_and_a_wrong_area_are_refused_with_words(run, archive):
    from qgis.core import QgsProcessingException
    with pytest.raises(QgsProcessingException, match="neither Earth Search, Planetary Computer"):
        run("search", ENDPOINT="somewhere", EXTENT=EXTENT, OUTPUT="memory:")
    with pytest.raises(QgsProcessingException, match="has no scene of sentinel-2-l2a"):
        run("search", ENDPOINT=f"{archive.url}/stac", EXTENT="1,2,1,2 [EPSG:4326]", OUTPUT="memory:")


def test_the_elevation_model_of_an_area(run, archive, tmp_path):
    heights = np.add.outer(np.linspace(2000, 1000, 400), np.linspace(0, 500, 400)).astype(np.float32)
    data = archive_server.write_cog(tmp_path / "tile.tif", heights, epsg=4326, origin=(8.0, 47.0), pixel=1 / 400,
                                    nodata=None)
    archive.add_file("/dem/N46_00_E008_00.tif", data)
    made = run("downloaddem", EXTENT="8.4,8.45,46.4,46.45 [EPSG:4326]", ADDRESS=f"{archive.url}/dem/{{tile}}.tif",
               GAPADDRESS="", MARGIN=0, OUTPUT=str(tmp_path / "dem.tif"))["OUTPUT"]
    from terrain_motion.engine.io.raster import open_raster
    with open_raster(made) as raster:
        assert raster.grid.crs == "EPSG:32632" and raster.grid.pixel_size == 30.0
        assert np.isfinite(raster.read("elevation")).all() and 1500 < np.median(raster.read("elevation")) < 1700


def test_glacier_outlines_become_stable_ground(run, tmp_path):
    ring = [[7.71, 46.01], [7.71, 46.03], [7.73, 46.03], [7.73, 46.01], [7.71, 46.01]]
    rgi = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"rgi_id": "RGI2000-v7.0-G-11-1"},
                                                      "geometry": {"type": "Polygon", "coordinates": [ring]}}]}
    (tmp_path / "rgi.geojson").write_text(json.dumps(rgi))
    made = run("glacieroutlines", OUTLINES=str(tmp_path / "rgi.geojson"), EXTENT="7.7,7.76,46.0,46.05 [EPSG:4326]",
               OUTPUT=str(tmp_path / "stable.gpkg"))["OUTPUT"]
    from terrain_motion.engine.io.stable import StableGround
    from terrain_motion.engine.core.grid import Grid
    stable = StableGround.from_file(made).mask(Grid("EPSG:4326", (7.7, 0.001, 0, 46.05, 0, -0.001), 60, 50))
    assert not stable[20:40, 11:29].any() and stable[:15].all() and stable[:, 40:].all()


def test_a_login_comes_from_qgis_and_is_sent_to_the_archive_only(qgis_app, run, archive, tmp_path):
    from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsProcessingException
    manager = QgsApplication.authManager()
    manager.setMasterPassword("test", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("archive")
    config.setConfig("username", "me")
    config.setConfig("password", "secret")
    stored = manager.storeAuthenticationConfig(config)
    identifier = config.id() or stored[1].id()
    found = run("search", ENDPOINT=f"{archive.url}/stac", EXTENT=EXTENT, OUTPUT=str(tmp_path / "found.gpkg"))["OUTPUT"]
    archive.password = "Basic bWU6c2VjcmV0"
    with pytest.raises(QgsProcessingException, match="needs a log-in"):
        run("download", INPUT=found, EXTENT=EXTENT, OUTPUT=str(tmp_path / "none"))
    assert run("download", INPUT=found, EXTENT=EXTENT, LOGIN=identifier, OUTPUT=str(tmp_path / "scenes"))["COUNT"] == 2
    with pytest.raises(QgsProcessingException, match="no authentication configuration"):
        run("download", INPUT=found, EXTENT=EXTENT, LOGIN="abcdefg", OUTPUT=str(tmp_path / "none"))


def test_a_user_name_becomes_a_token_where_the_archive_wants_one(qgis_app, archive):
    from terrain_motion.engine.scenes.archive.login import PasswordToken
    from terrain_motion.processing_provider.network import QgisTransport
    archive.handlers["/token"] = lambda handler, body: (200, json.dumps({
        "access_token": hashlib.sha256(body).hexdigest(), "expires_in": 600}).encode())
    with QgisTransport() as transport:
        token = PasswordToken(transport, f"{archive.url}/token", "cdse-public", "me", "a&b")
        headers = token("https://x")
        assert token("https://x") == headers and archive.sent("/token") == 1
    body = b"grant_type=password&client_id=cdse-public&username=me&password=a%26b"
    assert headers == {"Authorization": f"Bearer {hashlib.sha256(body).hexdigest()}"}


def test_a_large_answer_is_not_held_in_memory(qgis_app, archive):
    from terrain_motion.engine.scenes.archive.transport import CHUNK, Request
    from terrain_motion.processing_provider.network import QgisTransport
    data = np.random.default_rng(1).bytes(40 * CHUNK)
    url = archive.add_file("/large.zip", data)
    with QgisTransport() as transport:
        with transport.send(Request(url), lambda: False) as response:
            first = next(response.chunks)
            assert response.status == 200 and response.headers["content-length"] == str(len(data))
            rest = b"".join(response.chunks)
    assert first + rest == data and len(first) <= CHUNK


def test_the_archive_is_chosen_by_name_or_typed_as_an_address(qgis_app):
    from processing.gui.wrappers import WidgetWrapperFactory
    from qgis.core import QgsApplication
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("terrainmotion:search")
    from processing.gui.AlgorithmDialog import AlgorithmDialog
    dialog = AlgorithmDialog(algorithm)
    definition = algorithm.parameterDefinition("ENDPOINT")
    wrapper = WidgetWrapperFactory.create_wrapper(definition, dialog, 0, 0)
    assert wrapper.widget.isEditable() and wrapper.widget.count() == 3
    wrapper.setValue("planetarycomputer")
    assert wrapper.widget.currentText() == "Planetary Computer" and wrapper.value() == "planetarycomputer"
    wrapper.widget.setEditText("https://stac.example.org/v1")
    assert wrapper.value() == "https://stac.example.org/v1"
    dialog.deleteLater()


def test_a_download_runs_in_the_background_as_the_toolbox_starts_it(qgis_app, run, archive, tmp_path):
    from qgis.core import (QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingContext, QgsProcessingFeedback)
    from qgis.PyQt.QtCore import QEventLoop, QTimer
    found = run("search", ENDPOINT=f"{archive.url}/stac", EXTENT=EXTENT, OUTPUT=str(tmp_path / "found.gpkg"))["OUTPUT"]
    algorithm = QgsApplication.processingRegistry().algorithmById("terrainmotion:download")
    context, feedback, loop, outcome = QgsProcessingContext(), QgsProcessingFeedback(False), QEventLoop(), []
    task = QgsProcessingAlgRunnerTask(algorithm, {"INPUT": found, "EXTENT": EXTENT, "OUTPUT": str(tmp_path / "scenes")},
                                      context, feedback)
    task.executed.connect(lambda fine, results: (outcome.append((fine, results)), loop.quit()))
    QTimer.singleShot(60000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert outcome and outcome[0][0] and outcome[0][1]["COUNT"] == 2, feedback.textLog()
