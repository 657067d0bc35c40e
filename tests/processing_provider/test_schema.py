"""Every algorithm's form comes from its settings: same defaults, ranges, units and choices, in both directions."""
from datetime import date

import pytest

IDS = {
    "simulatescenes": ("SCENARIO SIZE DATES SEED OUTPUT", "OUTPUT SCENES DEM TRUTH"),
    "simulateinterferograms": ("TRACKS SIZE DATES SEED OUTPUT", "OUTPUT ASCENDING DESCENDING DEM TRUTH STABLE"),
    "importinterferograms": ("FOLDER FORMAT COVER EXTENT OUTPUT", "OUTPUT STACK"),
    "selectinterferograms": ("STACK MAXDAYS MAXPERPENDICULAR MINCOHERENCE OUTPUT PLOT", "OUTPUT STACK"),
    "referencestack": ("STACK STABLE POINT OUTPUT", "OUTPUT STACK"),
    "referenceseries": ("SERIES STABLE POINT OUTPUT", "OUTPUT SERIES VELOCITY"),
    "catalogue": ("FOLDER RECURSIVE OUTPUT", "OUTPUT"),
    "search": ("ENDPOINT COLLECTION EXTENT START END MAXCLOUD OUTPUT", "OUTPUT"),
    "download": ("INPUT EXTENT BANDS OUTPUT", "OUTPUT SCENES"),
    "downloaddem": ("EXTENT OUTPUT", "OUTPUT"), "glacieroutlines": ("OUTLINES EXTENT BUFFER OUTPUT", "OUTPUT"),
    "pairnetwork": ("INPUT UNIT MINBASELINE MAXBASELINE DIRECTION SPLITDATE MAXCLOUD SAMEORBIT OUTPUT PLOT",
                    "OUTPUT PLOT COUNT"),
    "match": ("REFERENCE SECONDARY REFERENCEMASK SECONDARYMASK METHOD WINDOW RANGE REGULARISATION THRESHOLD STEP RADIUS "
              "LEVELS ITERATIONS RANK OUTPUT", "OUTPUT"),
    "matchpairs": ("PAIRS METHOD WINDOW RANGE REGULARISATION THRESHOLD STEP RADIUS LEVELS ITERATIONS RANK AVERAGE BANDS "
                   "SCHEDULER OUTPUT", "OUTPUT STACK"),
    "deramp": ("INPUT STABLE OUTPUT", "OUTPUT"), "destripe": ("INPUT STABLE DETECTORS ANGLE OUTPUT", "OUTPUT"),
    "jitter": ("INPUT STABLE WAVELET WAVELENGTH OUTPUT", "OUTPUT"), "reference": ("INPUT STABLE OUTPUT", "OUTPUT"),
    "correctstack": ("STACK DERAMP DESTRIPE JITTER REFERENCE STABLE OUTPUT", "OUTPUT STACK"),
    "average": ("INPUTS OUTPUT", "OUTPUT"),
    "outlierfilter": ("INPUT THRESHOLD WINDOW FACTOR OUTPUT", "OUTPUT"),
    "topographicfilter": ("INPUT DEM MINSLOPE MAXSLOPE MAXASPECT OUTPUT", "OUTPUT"),
    "morphologicalfilter": ("INPUT OPENING CLOSING OUTPUT", "OUTPUT"),
    "filterstack": ("STACK DEM THRESHOLD WINDOW FACTOR MINSLOPE MAXSLOPE MAXASPECT OPENING CLOSING OUTPUT",
                    "OUTPUT STACK"),
    "fuse": ("STACK METHOD OUTPUT", "OUTPUT"),
    "importdisplacements": ("FOLDER FORMAT UNIT OUTPUT", "OUTPUT STACK"),
    "sampleseries": ("SERIES POINTS OUTPUT CSV", "OUTPUT CSV"), "exportseries": ("SERIES FORMAT OUTPUT", "OUTPUT"),
    "model": ("SERIES DEGREE SEASONAL STEPS DECAY OUTPUT", "OUTPUT"),
    "precision": ("STACK SERIES STABLE OUTPUT PLOT", "OUTPUT PLOT"),
    "faultoffset": ("INPUT FAULT SPACING WIDTH OUTPUT PLOT", "OUTPUT PLOT"),
    "closure": ("STACK OUTPUT REPORT", "OUTPUT REPORT STACK"),
    "troposphere": ("STACK METHOD FOLDER STABLE OUTPUT", "OUTPUT STACK"),
    "demerror": ("SERIES OUTPUT", "OUTPUT SERIES"), "filterseries": ("SERIES OUTPUT", "OUTPUT SERIES"),
    "decompose": ("INPUTS OUTPUT", "OUTPUT"),
    "comparestations": ("SERIES STATIONS OUTPUT PLOT", "OUTPUT PLOT"),
    "comparevelocity": ("INPUT REFERENCE OUTPUT REPORT", "OUTPUT REPORT"), "joinvelocity": ("INPUTS OUTPUT", "OUTPUT"),
    "insar": ("ASCENDING DESCENDING STABLE OUTPUT", "OUTPUT ASCENDINGSERIES DESCENDINGSERIES VELOCITY"),
    "earthquake": ("INPUT SPLITDATE EXTENT DEM STABLE OUTPUT WINDOW RANGE REGULARISATION BANDS DESTRIPE JITTER",
                   "OUTPUT STACK DISPLACEMENT REPORT"),
    "ice": ("INPUT EXTENT DEM STABLE OUTPUT MAXBASELINE FILTERTHRESHOLD", "OUTPUT STACK SERIES VELOCITY REPORT"),
    "slide": ("INPUT EXTENT DEM STABLE OUTPUT MINBASELINE MINSLOPE WEIGHTS", "OUTPUT STACK SERIES VELOCITY REPORT"),
    "invert": ("STACK WEIGHTS ROBUST ITERATIONS MINOBSERVATIONS STABLE OUTPUT", "OUTPUT SERIES VELOCITY"),
}
CHOICES = {("simulatescenes", "SCENARIO"): 3, ("pairnetwork", "UNIT"): 2, ("pairnetwork", "DIRECTION"): 3,
           ("match", "METHOD"): 3, ("matchpairs", "AVERAGE"): 2, ("fuse", "METHOD"): 3,
           ("importdisplacements", "FORMAT"): 6, ("importdisplacements", "UNIT"): 4,
           ("exportseries", "FORMAT"): 5, ("troposphere", "METHOD"): 3, ("importinterferograms", "COVER"): 2,
           ("invert", "WEIGHTS"): 5, ("invert", "ROBUST"): 4}


@pytest.fixture(scope="module")
def algorithms(qgis_app):
    from qgis.core import QgsApplication
    provider = QgsApplication.processingRegistry().providerById("terrainmotion")
    return {a.name(): a for a in provider.algorithms()}


@pytest.mark.parametrize("name", IDS)
def test_algorithm_has_the_parameters_and_outputs_of_the_design(algorithms, name):
    parameters, outputs = (set(text.split()) for text in IDS[name])
    algorithm = algorithms[name]
    assert parameters <= {d.name() for d in algorithm.parameterDefinitions()}
    assert outputs <= {d.name() for d in algorithm.outputDefinitions()}


@pytest.mark.parametrize("name, parameter", CHOICES)
def test_choices_are_in_the_order_of_the_design(algorithms, name, parameter):
    assert len(algorithms[name].parameterDefinition(parameter).options()) == CHOICES[name, parameter]


def test_every_parameter_beyond_the_inputs_has_a_default_and_help(algorithms):
    for algorithm in algorithms.values():
        if not hasattr(algorithm, "SETTINGS") or algorithm.SETTINGS is None:
            continue
        for parameter in algorithm.SETTINGS.parameters():
            definition = algorithm.parameterDefinition(parameter.name)
            assert parameter.help, f"{algorithm.name()} {parameter.name} has no help"
            assert definition.help() == parameter.help
            if not parameter.choices and parameter.type in (int, float) and parameter.minimum is not None:
                assert definition.minimum() == parameter.minimum


def test_every_algorithm_has_icon_help_group_and_tags(algorithms):
    for name in IDS:
        algorithm = algorithms[name]
        assert not algorithm.icon().isNull() and algorithm.group() and algorithm.tags() and algorithm.helpUrl()
        assert len(algorithm.shortHelpString()) > 80


def test_settings_survive_the_way_through_a_form(algorithms):
    from qgis.core import QgsProcessingContext
    from terrain_motion.processing_provider import schema
    algorithm, context = algorithms["pairnetwork"], QgsProcessingContext()
    wanted = {"UNIT": 1, "MINBASELINE": 2, "MAXBASELINE": 6, "DIRECTION": 2, "SPLITDATE": "2019-07-05"}
    settings = schema.read_settings(algorithm.SETTINGS, algorithm, wanted, context)
    assert (settings.unit, settings.direction, settings.split_date) == ("acquisitions", "both", "2019-07-05")
    assert settings.min_baseline == 2 and settings.max_baseline == 6


@pytest.mark.parametrize("value", ["2019-07-05", date(2019, 7, 5), "qdate", "qdatetime"])
def test_a_date_may_be_text_or_a_date(algorithms, value):
    from qgis.core import QgsProcessingContext
    from qgis.PyQt.QtCore import QDate, QDateTime, QTime
    from terrain_motion.processing_provider import schema
    value = {"qdate": QDate(2019, 7, 5), "qdatetime": QDateTime(QDate(2019, 7, 5), QTime(3, 0))}.get(value, value)
    algorithm = algorithms["pairnetwork"]
    settings = schema.read_settings(algorithm.SETTINGS, algorithm, {"SPLITDATE": value}, QgsProcessingContext())
    assert settings.split_date == "2019-07-05"


def test_a_choice_may_be_named(algorithms):
    from qgis.core import QgsProcessingContext
    from terrain_motion.processing_provider import schema
    algorithm = algorithms["invert"]
    settings = schema.read_settings(algorithm.SETTINGS, algorithm, {"WEIGHTS": "short", "ROBUST": "1"},
                                    QgsProcessingContext())
    assert (settings.weights, settings.robust) == ("short", "misclosure")


def test_settings_that_make_no_sense_are_refused_before_the_run(algorithms):
    from qgis.core import QgsProcessingContext
    fine, message = algorithms["matchpairs"].checkParameterValues(
        {"PAIRS": "a.gpkg", "WINDOW": 6, "OUTPUT": "b"}, QgsProcessingContext())
    assert not fine and "even" in message


def test_a_file_that_is_no_raster_is_named_before_the_run(algorithms, tmp_path):
    from qgis.core import QgsProcessingContext
    (tmp_path / "notes.tif").write_text("no raster")
    fine, message = algorithms["outlierfilter"].checkParameterValues(
        {"INPUT": str(tmp_path / "notes.tif"), "OUTPUT": "b.tif"}, QgsProcessingContext())
    assert not fine and "notes.tif cannot be read as a raster" in message


@pytest.mark.parametrize("name, steps", (("folder_to_velocity", 7), ("interferograms_to_velocity", 13)))
def test_the_model_opens_and_every_step_is_an_algorithm_of_today(algorithms, name, steps):
    model = algorithms[name]
    fine, problems = model.validate()
    assert fine, problems
    children = model.childAlgorithms().values()
    assert all(s.algorithm() is not None and s.isActive() for s in children) and len(children) == steps


@pytest.mark.parametrize("name", ("folder_to_velocity", "interferograms_to_velocity"))
def test_the_model_was_written_with_the_defaults_of_today(algorithms, name):
    from qgis.core import QgsProcessingModelChildParameterSource
    static = QgsProcessingModelChildParameterSource.fromStaticValue(0).source()  # the enum moved between versions
    services = {"selectinterferograms": algorithms["insar"]}  # whose network the model takes
    for step in algorithms[name].childAlgorithms().values():
        owner = services.get(step.algorithmId().split(":")[1], step.algorithm())
        for name, sources in step.parameterSources().items():
            definition = owner.parameterDefinition(name) or step.algorithm().parameterDefinition(name)
            for source in sources:
                if source.source() == static:
                    written, default = source.staticValue(), definition.defaultValue()
                    same = written == default or {written, default} == {None, ""}  # an empty text is None on 3.44
                    assert same, f"run tools/make_models.py ({name})"
