"""Toolbox group Scenes: what comes from archives."""
from dataclasses import dataclass

from qgis.core import QgsApplication, QgsProcessingParameterAuthConfig, QgsProcessingParameterDefinition

from ..engine.core.errors import InputError
from ..engine.scenes.archive.archive_settings import DownloadSettings, SearchSettings
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import FolderDestination, NumberResult, TableDestination, VectorResult
from .ports import Extent, Port, Table


@dataclass(frozen=True)
class Login(Port):
    """An authentication configuration of QGIS; the engine gets a transport that may use it."""
    name: str = "LOGIN"
    label: str = "Login"
    help: str = ("Authentication configuration, for archives that want one (Copernicus Data Space: user name and password "
                 "as Basic). It is kept in QGIS's encrypted store and sent to the archive's own addresses only.")
    optional: bool = True

    def _definition(self):
        made = QgsProcessingParameterAuthConfig(self.name, self.label, optional=True)
        made.setFlags(made.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        return made

    def problem(self, parameters) -> str:
        login = str(parameters.get(self.name) or "")
        if not login or login in QgsApplication.authManager().configIds():
            return ""
        return (f"{self.label}: QGIS has no authentication configuration '{login}'. Add one under Settings > Options > "
                "Authentication.")

    def read(self, algorithm, parameters, context):
        from .network import QgisTransport
        login = str(parameters.get(self.name) or "")
        if self.problem(parameters):
            raise InputError(self.problem(parameters))
        if login and not QgsApplication.authManager().setMasterPassword(True):
            raise InputError(f"{self.label}: the master password was not given, so the log-in cannot be read.")
        return QgisTransport(login)


class Search(StageAlgorithm):
    """Scenes of an archive as a layer."""
    ID, LABEL, GROUP, SETTINGS = "search", "Search archive", Group.SCENES, SearchSettings
    HELP = ("Finds the scenes of an area and a time in an archive that speaks STAC, and lists them as a layer with date, "
            "cloud cover, orbit and sun angles. Nothing is downloaded: select scenes in the layer, or pair them first, and "
            "hand them to Download.")
    SOURCE = "SpatioTemporal Asset Catalog API 1.0, item search"
    TAGS = ("stac", "earth search", "planetary computer", "copernicus", "sentinel-2", "landsat", "catalogue", "archive")
    INPUTS = (Extent("EXTENT", "Area", "Where the scenes must be.", optional=False), Login())
    OUTPUTS = (TableDestination("OUTPUT", "Found scenes", kind="found"),)
    RESULTS = (NumberResult("COUNT", "Number of scenes"),)

    def stage(self, run):
        from ..engine.scenes.archive import search
        with run.values["LOGIN"] as transport:
            found = search.run(run.values["EXTENT"], run.settings, transport, run.progress)
        dates = [scene.date for scene in found.scenes]
        matched = f" (the archive has {found.matched} of any cloud cover)" if found.matched and not found.left_out else ""
        return Outcome({"COUNT": len(dates)}, {"OUTPUT": found.scenes}, lines(
            f"{len(dates)} scenes from {min(dates)} to {max(dates)}{matched}",
            *(f"Left out: {count} {reason}" for reason, count in found.left_out.items()),
            "" if found.complete else f"The search ended at {run.settings.limit} scenes; there are more."))


class Download(StageAlgorithm):
    """Scenes of an archive as files."""
    ID, LABEL, GROUP, SETTINGS = "download", "Download scenes", Group.SCENES, DownloadSettings
    HELP = ("Fetches scenes that Search found: of cloud-optimised images only the area and the bands, of others the whole "
            "file. The log tells how much it will be before it begins. A run that broke off or was cancelled goes on where "
            "it stopped; what is complete is not fetched again. Lengths and, where the archive gives them, checksums are "
            "proven. The output is a folder per scene, as Catalogue reads it.")
    TAGS = ("stac", "cog", "sentinel-2", "landsat", "resume", "archive", "copernicus")
    INPUTS = (Table("INPUT", "Found scenes", "The layer made by Search; selected scenes only, if you like.", kind="scenes"),
              Extent("EXTENT", "Area", "Only this area is fetched, where the files allow it. Empty: whole images.",
                     optional=True), Login())
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the scenes"),)
    RESULTS = (VectorResult("SCENES", "Scenes layer"), NumberResult("COUNT", "Number of scenes"))

    def stage(self, run):
        from ..engine.scenes.archive import download
        with run.values["LOGIN"] as transport:
            result = download.run(run.values["INPUT"], run.values["EXTENT"], run.settings, run.outputs["OUTPUT"],
                                  transport, run.progress)
        return Outcome({"SCENES": str(result.layer), "COUNT": len(result.scenes)}, summary=lines(
            f"{result.done} scenes fetched ({result.fetched / 1e6:.1f} MB)"
            f"{f', {result.reused} were here already' if result.reused else ''}",
            *(f"Left out {name}: {reason}" for name, reason in result.failed)))


ALGORITHMS = (Search, Download)
