"""Import, sampling and export as Processing algorithms."""
import csv
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine" / "io"))


@pytest.fixture
def made(tmp_path):
    from series_folder import make_series
    return str(make_series(tmp_path / "series"))


@pytest.fixture
def run(qgis_app):
    """Run an algorithm of the provider; `.log` holds what the last run wrote."""
    import processing
    from qgis.core import QgsProcessingFeedback

    class Recorder(QgsProcessingFeedback):
        def __init__(self):
            super().__init__(False)
            self.lines = []

        def pushInfo(self, text):  # noqa: N802
            self.lines.append(text)

        def pushWarning(self, text):  # noqa: N802
            self.lines.append(text)

    def call(name, **parameters):
        feedback = Recorder()
        result = processing.run(f"terrainmotion:{name}", parameters, feedback=feedback)
        call.log = "\n".join(feedback.lines)
        return result
    return call


@pytest.fixture
def places(tmp_path):
    file = tmp_path / "places.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": {"type": "name", "properties": {
        "name": "urn:ogc:def:crs:EPSG::32607"}}, "features": [
            {"type": "Feature", "properties": {"name": "hut", "Unit": "x"},
             "geometry": {"type": "Point", "coordinates": [601050, 6749150]}},
            {"type": "Feature", "properties": {"name": "far", "Unit": None},
             "geometry": {"type": "Point", "coordinates": [0, 0]}}]}))
    return str(file)


def test_parameters_and_choices_are_those_of_the_design(qgis_app):
    from qgis.core import QgsApplication, QgsProcessingParameterDefinition
    registry = QgsApplication.processingRegistry()
    expected = {"importdisplacements": ("FOLDER FORMAT UNIT OUTPUT", "OUTPUT STACK"),
                "sampleseries": ("SERIES POINTS OUTPUT CSV", "OUTPUT CSV"),
                "exportseries": ("SERIES FORMAT OUTPUT", "OUTPUT")}
    for name, (parameters, outputs) in expected.items():
        algorithm = registry.algorithmById(f"terrainmotion:{name}")
        assert set(parameters.split()) <= {d.name() for d in algorithm.parameterDefinitions()}
        assert set(outputs.split()) <= {d.name() for d in algorithm.outputDefinitions()}
        for d in algorithm.parameterDefinitions():  # everything beyond the design has a default
            extra = d.name() not in parameters.split()
            assert not extra or d.flags() & (QgsProcessingParameterDefinition.FlagOptional
                                             | QgsProcessingParameterDefinition.FlagAdvanced)
        assert algorithm.shortHelpString()
    options = {("importdisplacements", "FORMAT"): ["Detect", "GeoTIFF", "autoRIFT", "ITS_LIVE", "MicMac", "COSI-Corr"],
               ("importdisplacements", "UNIT"): ["metres", "pixels", "m/yr", "m/day"],
               ("exportseries", "FORMAT"): ["NetCDF", "COG", "mesh", "MintPy", "InSAR Explorer"]}
    for (name, parameter), labels in options.items():
        assert registry.algorithmById(f"terrainmotion:{name}").parameterDefinition(parameter).options() == labels


@pytest.mark.parametrize("unit", [3, "m/day"])
def test_velocity_maps_become_a_stack(run, data, tmp_path, unit):
    result = run("importdisplacements", FOLDER=str(data / "kaskawulsh" / "velocity"), UNIT=unit,
                 OUTPUT=str(tmp_path / "stack"))
    manifest = json.loads(Path(result["STACK"]).read_text())
    assert len(manifest["pairs"]) == 32 and manifest["unit"] == "m" and manifest["components"] == ["east", "north"]
    assert "8 are resampled" in run.log and "m/day (from: declared)" in run.log


@pytest.mark.parametrize("parameters", [{}, {"UNIT": None}])
def test_undeclared_unit_is_an_error_in_words(run, data, tmp_path, parameters):
    from qgis.core import QgsProcessingException
    with pytest.raises(QgsProcessingException, match="does not say its unit"):
        run("importdisplacements", FOLDER=str(data / "kaskawulsh" / "velocity"), OUTPUT=str(tmp_path / "s"), **parameters)


def test_sampled_points_keep_their_table_and_get_dates(run, made, places, tmp_path):
    from qgis.core import QgsVectorLayer
    result = run("sampleseries", SERIES=made, POINTS=places, OUTPUT=str(tmp_path / "out.gpkg"), CSV=str(tmp_path / "o.csv"))
    layer = QgsVectorLayer(result["OUTPUT"], "out", "ogr")
    names = [f.name() for f in layer.fields()]
    assert {"name", "velocity", "coherence", "D20180304", "D20190304"} <= set(names) and names.count("unit") == 1
    near, far = layer.getFeatures()
    assert near["name"] == "hut" and near["velocity"] == pytest.approx(5.5) and near["unit"] == "m"
    assert near["D20190304"] == pytest.approx(5.5 * 365 / 365.25) and near.geometry().asPoint().x() == 601050
    assert far["note"] == "outside the series" and not isinstance(far["D20190304"], float)
    with open(tmp_path / "o.csv") as stream:
        assert len(list(csv.DictReader(stream))) == 5
    assert "1 places have no values" in run.log


def test_sampling_into_memory_and_from_selected_features(run, made, places):
    from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProject, QgsVectorLayer
    layer = QgsVectorLayer(places, "places", "ogr")
    layer.selectByExpression("name = 'hut'")
    QgsProject.instance().addMapLayer(layer)
    source = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    result = run("sampleseries", SERIES=made, POINTS=source, OUTPUT="TEMPORARY_OUTPUT")["OUTPUT"]
    assert result.featureCount() == 1 and result.crs().authid() == "EPSG:32607"
    QgsProject.instance().removeMapLayer(layer.id())


@pytest.mark.parametrize("code, name", [(0, "series.nc"), (1, "east.tif"), (2, "mesh.nc"), (3, "east/timeseries.h5"),
                                        (4, "points.gpkg")])
def test_each_export_writes_into_a_folder(run, made, tmp_path, code, name):
    result = run("exportseries", SERIES=made, FORMAT=code, OUTPUT=str(tmp_path / "out"))
    assert Path(result["FILE"]) == tmp_path / "out" / name and Path(result["FILE"]).is_file()
    assert result["OUTPUT"] == str(tmp_path / "out")


def test_export_to_a_file_and_to_a_temporary_folder(run, made, tmp_path):
    assert run("exportseries", SERIES=made, OUTPUT=str(tmp_path / "my.nc"))["OUTPUT"] == str(tmp_path / "my.nc")
    assert (tmp_path / "my.nc").is_file()
    assert Path(run("exportseries", SERIES=made, OUTPUT="TEMPORARY_OUTPUT")["FILE"]).is_file()
