"""The one base class of all algorithms: parameters from settings, progress, cancel, errors, styles, summary."""
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Type

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingException
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ..engine.core.errors import Cancelled, TerrainMotionError
from ..engine.core.progress import Progress
from ..engine.core.settings import Settings
from . import schema, styling
from .groups import Group
from .layers import ResultPostProcessor
from .outputs import Destination, RasterDestination, RasterResult, Result, TableDestination
from .ports import Port
from .records import POLYGON, feature_of, fields_of

_ROOT = Path(__file__).parent.parent
_ENGINE_LOGGER = __name__.rsplit(".", 2)[0] + ".engine"


@dataclass
class Run:
    """What a stage gets: input values by name, settings, destination paths by name, and progress."""
    values: Dict[str, Any]
    settings: Optional[Settings]
    outputs: Dict[str, Optional[str]]
    progress: Progress


@dataclass
class Outcome:
    """What a stage gives back.

    outputs: further outputs by name. records: scenes or pairs for table destinations. summary: lines for the log.
    series: series.json that loaded layers belong to. extra_layers: (path, kind) of rasters to load besides.
    """
    outputs: Dict[str, Any] = field(default_factory=dict)
    records: Dict[str, Sequence[Any]] = field(default_factory=dict)
    summary: Sequence[str] = ()
    series: str = ""
    group: str = ""
    extra_layers: Sequence[Tuple[str, str]] = ()


class StageAlgorithm(QgsProcessingAlgorithm):
    """An algorithm over one stage of the engine. A child declares its facts and implements `stage`."""

    ID = LABEL = HELP = SOURCE = ""
    GROUP: Group
    SETTINGS: Optional[Type[Settings]] = None
    INPUTS: Sequence[Port] = ()
    OUTPUTS: Sequence[Destination] = ()
    RESULTS: Sequence[Result] = ()
    TAGS: Sequence[str] = ()

    def stage(self, run: Run) -> Outcome:
        """Call the engine. Runs in a background thread: no layers, no canvas, no project."""
        raise NotImplementedError

    # What QGIS asks

    def name(self):
        return self.ID

    def displayName(self):
        return self.LABEL

    def group(self):
        return self.GROUP.value

    def groupId(self):
        return self.GROUP.id

    def icon(self):
        return QIcon(str(_ROOT / "processing_provider" / "icons" / f"{self.GROUP.id}.svg"))

    def tags(self):
        return list(self.TAGS)

    def createInstance(self):
        return type(self)()

    def helpUrl(self):
        page = _ROOT / "docs" / "algorithms.html"
        return QUrl.fromLocalFile(str(page)).toString() + f"#{self.ID}"

    def shortHelpString(self):
        source = f"<p><i>Source: {self.SOURCE}</i></p>" if self.SOURCE else ""
        ports = "".join(f"<li><b>{p.label}</b>: {p.help}</li>" for p in [*self.INPUTS, *self.OUTPUTS] if p.help)
        return f"<p>{self.HELP}</p>{source}{f'<ul>{ports}</ul>' if ports else ''}{schema.help_html(self.SETTINGS)}"

    def initAlgorithm(self, configuration=None):
        for port in self.INPUTS:
            self.addParameter(port.definition())
        for parameter in self.SETTINGS.parameters() if self.SETTINGS else ():
            self.addParameter(schema.definition(parameter))
        for destination in self.OUTPUTS:
            self.addParameter(destination.definition())
        for result in self.RESULTS:
            self.addOutput(result.definition())

    def checkParameterValues(self, parameters, context):
        parameters = schema.normalised(self.SETTINGS, parameters)
        problems = filter(None, (port.problem(parameters) for port in self.INPUTS))
        try:
            if self.SETTINGS:
                schema.read_settings(self.SETTINGS, self, parameters, context)
        except TerrainMotionError as error:
            return False, str(error)
        problem = next(problems, "")
        return (False, problem) if problem else super().checkParameterValues(parameters, context)

    def prepareAlgorithm(self, parameters, context, feedback):
        try:
            self._values = {port.name: port.read(self, parameters, context) for port in self.INPUTS}
            self._settings = schema.read_settings(self.SETTINGS, self, parameters, context) if self.SETTINGS else None
        except TerrainMotionError as error:
            raise QgsProcessingException(str(error)) from error
        rasters = [o for o in [*self.OUTPUTS, *self.RESULTS] if isinstance(o, (RasterDestination, RasterResult))]
        self._dressers = {output.name: ResultPostProcessor(output.kind) for output in rasters}
        # how many further layers a stage has is known only when it ran, but they must be made on this thread
        self._spare_dressers = [ResultPostProcessor("series") for _ in range(4)]
        return True

    def processAlgorithm(self, parameters, context, feedback):
        progress = Progress(_reporter(feedback), feedback.isCanceled)
        with _engine_messages(feedback):
            try:
                paths = {o.name: o.path(self, parameters, context) for o in self.OUTPUTS
                         if not isinstance(o, TableDestination)}
                outcome = self.stage(Run(self._values, self._settings, paths, progress))
                results = {name: path for name, path in paths.items() if path}
                results.update(outcome.outputs)
                results.update(self._write_tables(outcome, parameters, context))
                self._dress(results, outcome, context)
            except Cancelled:
                feedback.pushInfo("Cancelled. What was finished is kept and will not be done again.")
                return {}
            except TerrainMotionError as error:
                raise QgsProcessingException(str(error)) from error
            except OSError as error:
                raise QgsProcessingException(f"{error.filename or 'A file'} could not be read or written "
                                             f"({error.strerror or error}).") from error
        for line in outcome.summary:
            feedback.pushInfo(line)
        return results

    # How results become layers

    def _write_tables(self, outcome: Outcome, parameters, context) -> Dict[str, Any]:
        from qgis.core import QgsCoordinateReferenceSystem, QgsFeatureSink
        made = {}
        for output in self.OUTPUTS:
            if isinstance(output, TableDestination):
                sink, identifier = self.parameterAsSink(
                    parameters, output.name, context, fields_of(output.kind), POLYGON,
                    QgsCoordinateReferenceSystem("EPSG:4326"))
                if sink is None:
                    raise QgsProcessingException(self.invalidSinkError(parameters, output.name))
                for record in outcome.records[output.name]:
                    sink.addFeature(feature_of(output.kind, record), QgsFeatureSink.FastInsert)
                sink.flushBuffer()
                made[output.name] = identifier
        return made

    def _dress(self, results: Dict[str, Any], outcome: Outcome, context: QgsProcessingContext) -> None:
        """Write style files, and prepare the layers that will be loaded."""
        for output in [*self.OUTPUTS, *self.RESULTS]:
            if output.name in self._dressers and results.get(output.name):
                path, dresser = str(results[output.name]), self._dressers[output.name]
                styling.write_style(path, output.kind)
                self._load_later(path, dresser, outcome, context, getattr(output, "load", False))
        for dresser, (path, kind) in zip(self._spare_dressers, outcome.extra_layers):
            styling.write_style(path, kind)
            dresser.kind = kind
            self._load_later(str(path), dresser, outcome, context, load=True)

    def _load_later(self, path: str, dresser: ResultPostProcessor, outcome: Outcome,
                    context: QgsProcessingContext, load: bool) -> None:
        dresser.group, dresser.series = outcome.group or self.LABEL, str(outcome.series)
        if load and context.project() is not None and not context.willLoadLayerOnCompletion(path):
            context.addLayerToLoadOnCompletion(
                path, QgsProcessingContext.LayerDetails(Path(path).stem, context.project(), Path(path).stem))
        if context.willLoadLayerOnCompletion(path):
            context.layerToLoadOnCompletionDetails(path).setPostProcessor(dresser)


def _reporter(feedback):
    """Progress for QGIS: percent, and the message where it changed."""
    last = [""]

    def report(fraction: float, message: str) -> None:
        feedback.setProgress(100.0 * fraction)
        if message and message != last[0]:
            last[0] = message
            feedback.setProgressText(message)
    return report


class _engine_messages(logging.Handler):
    """While active, what the engine logs goes to the Processing log."""

    def __init__(self, feedback):
        super().__init__(logging.INFO)
        self._feedback = feedback

    def __enter__(self):
        logger = logging.getLogger(_ENGINE_LOGGER)
        self._level = logger.level
        logger.setLevel(logging.INFO)
        logger.addHandler(self)
        return self

    def __exit__(self, *_):
        logger = logging.getLogger(_ENGINE_LOGGER)
        logger.removeHandler(self)
        logger.setLevel(self._level)

    def emit(self, record):
        text = self.format(record)
        if record.levelno >= logging.WARNING:
            self._feedback.pushWarning(text)
        else:
            self._feedback.pushInfo(text)


def lines(*texts: str) -> List[str]:
    """Summary lines, empty ones left out."""
    return [text for text in texts if text]
