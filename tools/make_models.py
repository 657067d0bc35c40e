"""Writes the graphical models of processing_provider/models/ from the algorithms' own parameters.

Run with QGIS's Python after an algorithm's parameters changed: tools/make_models.py
"""
from pathlib import Path

import service_models
from headless import ROOT, start_qgis

FOLDER = ROOT / "processing_provider" / "models"


def main() -> None:
    application = start_qgis()
    _save(_folder_to_velocity(), FOLDER / "folder_to_velocity.model3")
    _save(_interferograms_to_velocity(), FOLDER / "interferograms_to_velocity.model3")
    for service in (service_models.earthquake, service_models.ice, service_models.slide):
        _save(service(_Builder), FOLDER / f"{service.__name__}_steps.model3")
    application.exitQgis()


def _folder_to_velocity():
    """Folder of scenes -> catalogue -> pairs -> matching -> correction -> filter -> series and velocity."""
    from qgis.core import (QgsProcessing, QgsProcessingParameterFile, QgsProcessingParameterMapLayer,
                           QgsProcessingParameterNumber)
    build = _Builder("Folder of scenes to velocity", "folder_to_velocity",
                     "The whole optical chain with default settings: finds the scenes of a folder, pairs and matches "
                     "them, corrects and filters the displacements, inverts them to a time series and maps the mean "
                     "velocity. Open it in the modeler to change a step.")
    build.input(QgsProcessingParameterFile("FOLDER", "Folder of scenes", QgsProcessingParameterFile.Folder))
    build.input(QgsProcessingParameterMapLayer("STABLE", "Stable ground (polygons or raster, optional)",
                                               optional=True, types=[QgsProcessing.TypeVectorPolygon,
                                                                     QgsProcessing.TypeRaster]))
    build.input(QgsProcessingParameterNumber("MAXBASELINE", "Longest temporal baseline [days]",
                                             QgsProcessingParameterNumber.Double, build.default(
                                                 "pairnetwork", "MAXBASELINE"), minValue=0))
    build.step("catalogue", FOLDER=build.given("FOLDER"))
    build.step("pairnetwork", outputs={"OUTPUT": "Pairs"}, INPUT=build.output("catalogue", "OUTPUT"),
               MAXBASELINE=build.given("MAXBASELINE"))
    build.step("matchpairs", PAIRS=build.output("pairnetwork", "OUTPUT"))
    build.step("correctstack", STACK=build.output("matchpairs", "STACK"), STABLE=build.given("STABLE"))
    build.step("filterstack", STACK=build.output("correctstack", "STACK"))
    build.step("invert", outputs={"OUTPUT": "Series"}, STACK=build.output("filterstack", "STACK"),
               STABLE=build.given("STABLE"))
    build.step("fuse", outputs={"OUTPUT": "Velocity"}, STACK=build.output("filterstack", "STACK"))
    return build.model


def _interferograms_to_velocity():
    """Two folders of interferograms -> import, selection, loops, reference, atmosphere, series of each -> east and up."""
    from qgis.core import QgsProcessing, QgsProcessingParameterFile, QgsProcessingParameterMapLayer
    build = _Builder("Interferograms to east and up velocity", "interferograms_to_velocity",
                     "The whole InSAR chain with default settings: imports the interferograms of two tracks, selects them, "
                     "puts errors of unwrapping right, holds stable ground still, takes the atmosphere off, inverts each "
                     "track to a time series and decomposes both into east and up. Open it in the modeler to change a step.")
    tracks = ("ascending", "descending")
    for track in tracks:
        build.input(QgsProcessingParameterFile(track.upper(), f"Interferograms of the {track} track",
                                               QgsProcessingParameterFile.Folder))
    build.input(QgsProcessingParameterMapLayer("STABLE", "Stable ground (polygons or raster)",
                                               types=[QgsProcessing.TypeVectorPolygon, QgsProcessing.TypeRaster]))
    for track in tracks:
        before = build.given(track.upper())
        for algorithm, port in (("importinterferograms", "FOLDER"), ("selectinterferograms", "STACK"),
                                ("closure", "STACK"), ("referencestack", "STACK"), ("troposphere", "STACK"),
                                ("invert", "STACK")):
            name = f"{algorithm}_{track}"
            more = {"STABLE": build.given("STABLE")} if algorithm in ("referencestack", "troposphere", "invert") else {}
            if algorithm == "selectinterferograms":
                more["MAXDAYS"] = build.value("insar", "MAXDAYS")  # the service's: four neighbours, not two
            final = {"invert": {"OUTPUT": f"{track.capitalize()} series"},
                     "closure": {"REPORT": f"Loops of the {track} track"}}.get(algorithm)
            build.step(algorithm, final, name, **{port: before}, **more)
            before = build.output(name, "VELOCITY" if algorithm == "invert" else "STACK")
    build.step("decompose", {"OUTPUT": "East and up velocity"},
               INPUTS=[source for track in tracks for source in build.output(f"invert_{track}", "VELOCITY")])
    return build.model


class _Builder:
    """Builds a model step by step, from left to right."""

    def __init__(self, label: str, name: str, help_text: str):
        from qgis.core import QgsApplication, QgsProcessingModelAlgorithm
        self.registry = QgsApplication.processingRegistry()
        self.model = QgsProcessingModelAlgorithm(label, "Models")
        self.model.setName(name)
        self.model.setHelpContent({"ALG_DESC": help_text})
        self._inputs = self._steps = 0

    def default(self, algorithm: str, parameter: str):
        found = self.registry.algorithmById(f"terrainmotion:{algorithm}").parameterDefinition(parameter)
        return found.defaultValue()

    def input(self, definition) -> None:
        from qgis.core import QgsProcessingModelParameter
        from qgis.PyQt.QtCore import QPointF
        component = QgsProcessingModelParameter(definition.name())
        component.setPosition(QPointF(140 + 240 * self._inputs, 60))
        self.model.addModelParameter(definition, component)
        self._inputs += 1

    def given(self, name: str):
        from qgis.core import QgsProcessingModelChildParameterSource
        return [QgsProcessingModelChildParameterSource.fromModelParameter(name)]

    def value(self, algorithm: str, parameter: str):
        """The default of another algorithm as a fixed value."""
        from qgis.core import QgsProcessingModelChildParameterSource
        return [QgsProcessingModelChildParameterSource.fromStaticValue(self.default(algorithm, parameter))]

    def output(self, step: str, name: str):
        from qgis.core import QgsProcessingModelChildParameterSource
        return [QgsProcessingModelChildParameterSource.fromChildOutput(step, name)]

    def static(self, values):
        """{parameter: source} of fixed values."""
        from qgis.core import QgsProcessingModelChildParameterSource
        return {name: [QgsProcessingModelChildParameterSource.fromStaticValue(value)] for name, value in values.items()}

    def _own_default(self, definition):
        from qgis.core import QgsProcessingModelChildParameterSource
        if definition.isDestination() or definition.defaultValue() is None:
            return None
        return [QgsProcessingModelChildParameterSource.fromStaticValue(definition.defaultValue())]

    def step(self, algorithm: str, outputs=None, name: str = "", **sources) -> None:
        """Add a step. outputs: outputs of it that are results of the model, with their names. name: of the step, where an
        algorithm comes more than once."""
        from qgis.core import QgsProcessingModelChildAlgorithm, QgsProcessingModelOutput
        from qgis.PyQt.QtCore import QPointF
        child = QgsProcessingModelChildAlgorithm(f"terrainmotion:{algorithm}")
        child.setChildId(name or algorithm)
        child.setDescription(child.algorithm().displayName())
        for definition in child.algorithm().parameterDefinitions():
            source = sources.get(definition.name()) or self._own_default(definition)
            if source:
                child.addParameterSources(definition.name(), source)
        position = QPointF(200 + 260 * (self._steps % 4), 200 + 180 * (self._steps // 4))
        child.setPosition(position)
        finals = {}
        for name, label in (outputs or {}).items():
            final = QgsProcessingModelOutput(label)
            final.setChildId(name or algorithm)
            final.setChildOutputName(name)
            final.setPosition(QPointF(position.x() + 30, position.y() + 90))
            finals[label] = final
        child.setModelOutputs(finals)
        self.model.addChildAlgorithm(child)
        self._steps += 1


def _save(model, path: Path) -> None:
    fine, problems = model.validate()
    if not fine:
        raise SystemExit(f"{path.name}: {problems}")
    if not model.toFile(str(path)):
        raise SystemExit(f"{path} could not be written")
    print(path)


if __name__ == "__main__":
    main()
