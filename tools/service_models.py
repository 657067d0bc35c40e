"""The three services as graphical models: the same steps and settings as `earthquake`, `ice` and `slide`, to change."""
from headless import import_root


def _parameters(settings, omit=()):
    """{parameter: value as Processing takes it} of a settings instance; choices by index."""
    found = {}
    for parameter in type(settings).parameters():
        value = settings
        for name in parameter.path:
            value = getattr(value, name)
        if value is None or parameter.name in omit:
            continue
        if parameter.choices and parameter.kind != "suggestion":
            value = [code for code, _ in parameter.choices].index(value)
        found[parameter.name] = value
    return found


def _inputs(build, *more):
    from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSource, QgsProcessingParameterMapLayer
    build.input(QgsProcessingParameterFeatureSource("INPUT", "Scenes", [QgsProcessing.TypeVector]))
    build.input(QgsProcessingParameterMapLayer("STABLE", "Stable ground (polygons or raster, optional)", optional=True,
                                               types=[QgsProcessing.TypeVectorPolygon, QgsProcessing.TypeRaster]))
    for definition in more:
        build.input(definition)


def earthquake(builder):
    """Scenes -> pairs across the date -> displacements -> corrected -> their mean, which corrects them again."""
    from qgis.core import QgsProcessingParameterDateTime, QgsProcessingParameterString
    import_root()
    from terrain_motion.engine.workflows import settings
    preset = settings.EARTHQUAKE
    build = builder("Earthquake, step by step", "earthquake_steps",
                    "The earthquake service as steps to change: pairs across the split date, matching in both directions, "
                    "ramp, stripes and jitter removed twice (the second time without the motion that all pairs share), "
                    "all pairs averaged (Provost et al. 2022, section 3.1). Name the "
                    "bands to average, for example B02,B03,B04,B08; empty takes the best one.")
    _inputs(build, QgsProcessingParameterDateTime("SPLITDATE", "Day of the earthquake",
                                                  QgsProcessingParameterDateTime.Date),
            QgsProcessingParameterString("BANDS", "Bands", optional=True))
    build.step("pairnetwork", outputs={"OUTPUT": "Pairs"}, INPUT=build.given("INPUT"),
               SPLITDATE=build.given("SPLITDATE"), **build.static(_parameters(preset.network, ("SPLITDATE",))))
    build.step("matchpairs", PAIRS=build.output("pairnetwork", "OUTPUT"), BANDS=build.given("BANDS"),
               **build.static(_parameters(preset.matching, ("BANDS",))))
    corrections = dict(STACK=build.output("matchpairs", "STACK"), STABLE=build.given("STABLE"),
                       **build.static(_parameters(preset.correction)))
    build.step("correctstack", name="first_corrections", **corrections)
    build.step("average", name="shared_motion", STACK=build.output("first_corrections", "STACK"),
               SPLITDATE=build.given("SPLITDATE"))
    build.step("correctstack", outputs={"OUTPUT": "Corrected"}, MOTION=build.output("shared_motion", "OUTPUT"),
               **corrections)
    build.step("average", outputs={"OUTPUT": "Displacement"}, STACK=build.output("correctstack", "STACK"),
               SPLITDATE=build.given("SPLITDATE"))
    return build.model


def ice(builder):
    """Scenes -> pairs under 100 days -> displacements -> corrected -> filtered -> mean velocity and series."""
    import_root()
    from terrain_motion.engine.workflows.settings import ICE
    return _motion(builder("Ice, step by step", "ice_steps",
                           "The ice service as steps to change: pairs of less than 100 days, matching forward and "
                           "backward, corrections, filters, mean velocity and time series (Provost et al. 2022, section "
                           "3.2)."), ICE)


def slide(builder):
    """Scenes -> pairs of 500 to 1500 days -> displacements -> corrected -> filtered -> mean velocity and series."""
    import_root()
    from terrain_motion.engine.workflows.settings import SLIDE
    return _motion(builder("Slide, step by step", "slide_steps",
                           "The slide service as steps to change: pairs of 500 to 1500 days, matching, corrections, "
                           "outlier, topographic and morphological filters, mean velocity and unweighted time series "
                           "(Provost et al. 2022, sections 2.2.3 and 3.3)."), SLIDE)


def _motion(build, preset):
    from qgis.core import QgsProcessingParameterRasterLayer
    needed = preset.filters.topography
    _inputs(build, QgsProcessingParameterRasterLayer("DEM", "Elevation model", optional=not needed))
    build.step("pairnetwork", outputs={"OUTPUT": "Pairs"}, INPUT=build.given("INPUT"),
               **build.static(_parameters(preset.network)))
    build.step("matchpairs", PAIRS=build.output("pairnetwork", "OUTPUT"), **build.static(_parameters(preset.matching)))
    build.step("correctstack", STACK=build.output("matchpairs", "STACK"), STABLE=build.given("STABLE"),
               **build.static(_parameters(preset.correction)))
    build.step("filterstack", STACK=build.output("correctstack", "STACK"), DEM=build.given("DEM"),
               **build.static(_parameters(preset.filters)))
    build.step("fuse", outputs={"OUTPUT": "Mean velocity"}, STACK=build.output("filterstack", "STACK"),
               **build.static(_parameters(preset.fusion)))
    build.step("invert", outputs={"OUTPUT": "Series"}, STACK=build.output("filterstack", "STACK"),
               STABLE=build.given("STABLE"), **build.static(_parameters(preset.inversion)))
    return build.model
