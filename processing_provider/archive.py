"""Toolbox group Scenes: what comes from archives."""
from dataclasses import dataclass

from qgis.core import (QgsApplication, QgsProcessingParameterAuthConfig, QgsProcessingParameterDefinition,
                       QgsProcessingParameterFile, QgsProject, QgsVectorLayer)

from ..engine.core.errors import InputError
from ..engine.scenes.archive.archive_settings import DownloadSettings, ElevationSettings, OutlineSettings, SearchSettings
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import (FolderDestination, NumberResult, RasterDestination, TableDestination, VectorDestination,
                      VectorResult)
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


@dataclass(frozen=True)
class Outlines(Port):
    """Polygons of a file of any kind, zips included; the engine gets the path."""

    def _definition(self):
        # "All files": a layer's source and a zip are taken too.
        return QgsProcessingParameterFile(
            self.name, self.label, QgsProcessingParameterFile.File, optional=self.optional,
            fileFilter="Outlines (*.zip *.shp *.gpkg *.geojson *.json *.fgb);;All files (*)")

    def _read(self, algorithm, parameters, context):
        value = parameters[self.name]
        layer = value if isinstance(value, QgsVectorLayer) else QgsProject.instance().mapLayer(str(value))
        if layer is None:
            return algorithm.parameterAsString(parameters, self.name, context)
        if layer.providerType() != "ogr":
            raise InputError(f"{self.label}: the layer '{layer.name()}' is not a file on this machine. Save it as "
                             "GeoPackage first.")
        return layer.source()


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
        return Outcome({"COUNT": len(dates)}, {"OUTPUT": found.scenes}, lines(
            f"{len(dates)} scenes from {min(dates)} to {max(dates)}",
            *(f"Left out: {count} {reason}" for reason, count in found.left_out.items()),
            "" if found.complete else f"The search ended at {run.settings.limit} of {found.matched or 'more'} scenes."))


class Download(StageAlgorithm):
    """Scenes of an archive as files."""
    ID, LABEL, GROUP, SETTINGS = "download", "Download scenes", Group.SCENES, DownloadSettings
    HELP = ("Fetches scenes that Search found: of cloud-optimised images only the area and the bands, of others the whole "
            "file. The log tells how much it will be before it begins. A run that broke off or was cancelled goes on where "
            "it stopped; what is complete is not fetched again. Lengths and, where the archive gives them, checksums are "
            "proven. The output is a folder per scene, as Catalogue reads it.")
    TAGS = ("stac", "cog", "sentinel-2", "landsat", "resume", "archive", "copernicus")
    INPUTS = (Table("INPUT", "Found scenes", "The layer made by Search; selected scenes only, if you like.", kind="found"),
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


class DownloadDem(StageAlgorithm):
    """The elevation model of an area."""
    ID, LABEL, GROUP, SETTINGS = "downloaddem", "Download elevation model", Group.SCENES, ElevationSettings
    HELP = ("Fetches the Copernicus elevation model GLO-30 of an area, of each tile only what is needed, and puts it on one "
            "grid in metres, as cast shadows, classification and the topographic filter want it. No log-in. Heights are in "
            "metres above EGM2008; open sea is 0.")
    SOURCE = "Copernicus DEM, European Space Agency, doi:10.5270/ESA-c5d3d65"
    TAGS = ("dem", "glo-30", "copernicus", "elevation", "height", "terrain")
    INPUTS = (Extent("EXTENT", "Area", "The scenes' area.", optional=False),)
    OUTPUTS = (RasterDestination("OUTPUT", "Elevation", kind=""),)

    def stage(self, run):
        from ..engine.scenes.archive import elevation
        from .network import QgisTransport
        with QgisTransport() as transport:
            found = elevation.run(run.values["EXTENT"], run.settings, run.outputs["OUTPUT"], transport, run.progress)
        return Outcome(summary=lines(
            f"{len(found.tiles) + len(found.gaps)} tiles, {found.fetched / 1e6:.1f} MB fetched; "
            f"{found.lowest:.0f} to {found.highest:.0f} m",
            f"From GLO-90, for GLO-30 leaves them out: {', '.join(found.gaps)}" if found.gaps else "",
            f"Open sea, 0 m: {', '.join(found.sea)}" if found.sea else ""))


class GlacierOutlines(StageAlgorithm):
    """Stable ground beside glaciers."""
    ID, LABEL, GROUP, SETTINGS = "glacieroutlines", "Stable ground from glacier outlines", Group.SCENES, OutlineSettings
    HELP = ("Turns glacier outlines into the stable ground that corrections, inversion and precision take as STABLE: the "
            "area without the ice and a buffer around it. Outlines are a file of the Randolph Glacier Inventory (RGI 6, 7) "
            "or of GLIMS, also as the zip that is handed out; any other polygons of moving ground serve as well.")
    SOURCE = "RGI 7.0 Consortium 2023, doi:10.5067/f6jmovy5navz; GLIMS Consortium, doi:10.7265/N5V98602"
    TAGS = ("rgi", "glims", "glacier", "outline", "stable", "mask", "moving ground", "exclude")
    INPUTS = (Outlines("OUTLINES", "Glacier outlines", "A layer, or a file: Shapefile, GeoPackage, GeoJSON, zip."),
              Extent("EXTENT", "Area", "Stable ground is looked for here.", optional=False))
    OUTPUTS = (VectorDestination("OUTPUT", "Stable ground"),
               VectorDestination("MOVING", "Glaciers with buffer", optional=True))

    def stage(self, run):
        from ..engine.scenes.archive import outlines
        found = outlines.run(run.values["OUTLINES"], run.values["EXTENT"], run.settings, run.outputs["OUTPUT"],
                             run.outputs["MOVING"], run.progress)
        return Outcome(summary=lines(f"{found.glaciers} outlines ({found.source}) with {found.ice_km2:.1f} km² of ice in "
                                     f"the area; {found.stable_share:.0%} of it is stable ground"))


ALGORITHMS = (Search, Download, DownloadDem, GlacierOutlines)
