"""Toolbox group Scenes: from scenes to what matching reads."""
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (QgsProcessing, QgsProcessingParameterBoolean, QgsProcessingParameterDefinition,
                       QgsProcessingParameterMapLayer, QgsRasterLayer, QgsVectorLayer)

from ..engine.core.errors import InputError
from ..engine.scenes.castshadow_settings import CastShadowSettings
from ..engine.scenes.classify_settings import ClassifySettings
from ..engine.scenes.prepare_settings import PrepareSettings
from . import styling
from .base import Outcome, StageAlgorithm, lines
from .groups import Group
from .outputs import FolderDestination, NumberResult, RasterDestination, RasterResult, VectorResult
from .ports import Extent, Port, Raster, Table, layer_path, records_of

_FMASK = ("Zhu and Woodcock 2012; Zhu, Wang and Woodcock 2015; Frantz et al. 2018 (displacement index); "
          "Qiu, Zhu and He 2019 (Fmask 4)")


@dataclass(frozen=True)
class ScenesOrRaster(Port):
    """A scenes layer, read as records, or one raster with several bands, read as its path."""

    def _definition(self):
        return QgsProcessingParameterMapLayer(self.name, self.label, optional=self.optional,
                                              types=[QgsProcessing.TypeVectorPolygon, QgsProcessing.TypeRaster])

    def _read(self, algorithm, parameters, context):
        layer = algorithm.parameterAsLayer(parameters, self.name, context)
        if isinstance(layer, QgsRasterLayer):
            return layer_path(layer, self.label)
        if not isinstance(layer, QgsVectorLayer):
            raise InputError(f"{self.label}: '{parameters[self.name]}' is neither a scenes layer nor a raster.")
        selected = algorithm.parameterAsBoolean(parameters, "SELECTED", context)
        features = layer.getSelectedFeatures() if selected else layer.getFeatures()
        return records_of("scenes", features, layer.fields(), layer.crs(), context, self.label)


@dataclass(frozen=True)
class Selected(Port):
    """Whether only selected features count, for inputs that may be rasters and so have no switch of their own."""
    name: str = "SELECTED"
    label: str = "Selected scenes only"
    help: str = "Of a scenes layer, only what is selected."

    def _definition(self):
        made = QgsProcessingParameterBoolean(self.name, self.label, False)
        made.setFlags(made.flags() | QgsProcessingParameterDefinition.FlagAdvanced)
        return made

    def read(self, algorithm, parameters, context) -> bool:
        return algorithm.parameterAsBoolean(parameters, self.name, context)


class Prepare(StageAlgorithm):
    """Scenes on one grid."""
    ID, LABEL, GROUP, SETTINGS = "prepare", "Prepare scenes", Group.SCENES, PrepareSettings
    HELP = ("Brings scenes of any products to one grid: the area of interest, the chosen bands as reflectance, a class mask "
            "for each scene and, with an elevation model, the cast shadow of its sun. Scenes on the lattice of the first "
            "are not interpolated. The result is a scenes layer as Catalogue makes it, for Pair network. A second run goes "
            "on where the first was stopped.")
    TAGS = ("grid", "clip", "crop", "reflectance", "resample", "mask", "sentinel-2", "landsat", "area of interest")
    INPUTS = (Table("INPUT", "Scenes"),
              Extent("EXTENT", "Area", "Only this area. Empty: what all scenes have in common."),
              Raster("DEM", "Elevation model", "For masks of cast shadow, and for cloud shadows that fall on the terrain.",
                     optional=True))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the prepared scenes"),)
    RESULTS = (VectorResult("SCENES", "Scenes layer"), NumberResult("COUNT", "Number of scenes"))

    def stage(self, run):
        from ..engine.scenes import prepare
        made = prepare.run(run.values["INPUT"], run.settings, run.outputs["OUTPUT"], run.progress,
                           extent=run.values["EXTENT"], dem=run.values["DEM"])
        masks = Path(run.outputs["OUTPUT"]) / "masks"
        for kind, pattern in (("classes", "mask_*.tif"), ("shadow", "shadow_*.tif")):
            for path in sorted(masks.glob(pattern)):
                styling.write_style(path, kind)
        return Outcome({"SCENES": str(made.scenes), "COUNT": made.done + made.reused}, summary=lines(*made.summary()))


class Classify(StageAlgorithm):
    """Cloud, shadow, snow, water."""
    ID, LABEL, GROUP, SETTINGS = "classify", "Classify scenes", Group.SCENES, ClassifySettings
    HELP = ("Tells clear ground (0), water (1), cloud shadow (2), snow (3), cloud (4) and no data (255) apart, as Fmask "
            "does: bright, white and hazy pixels are potential clouds; what is clear in the scene itself says how probable "
            "each is; a cloud's shadow is the dark hollow that fits it when it is moved away from the sun. Needs blue, "
            "green, red and near infrared, better also shortwave infrared (without it, snow is taken for cloud), the cirrus "
            "band and a thermal band; one band alone cannot be classified. Of a scenes layer the result is a folder with a "
            "mask per scene and a scenes layer that names them; of a raster it is one raster.")
    SOURCE = _FMASK
    TAGS = ("cloud", "mask", "fmask", "snow", "water", "shadow", "SCL", "QA_PIXEL")
    INPUTS = (ScenesOrRaster("INPUT", "Scenes or raster"), Selected(),
              Raster("DEM", "Elevation model", "Cloud shadows then fall on the terrain, and shadows of mountains are left "
                                               "out.", optional=True))
    OUTPUTS = (FolderDestination("OUTPUT", "Folder of the masks",
                                 "Of one raster or scene also a file name that ends in .tif."),)
    RESULTS = (VectorResult("SCENES", "Scenes layer with masks"), RasterResult("CLASSES", "Classes", kind="classes"))

    def stage(self, run):
        from ..engine.scenes import classify
        given, output, dem = run.values["INPUT"], Path(run.outputs["OUTPUT"]), run.values["DEM"]
        single = output.suffix.lower() in (".tif", ".tiff")
        if isinstance(given, str) or (single and len(given) == 1):
            scene = given if isinstance(given, str) else given[0].path
            target = output if single else output / "classes.tif"
            made = classify.run(scene, run.settings, target, run.progress, dem)
            return Outcome({"OUTPUT": made.path, "CLASSES": made.path}, summary=lines(made.words()))
        if single:
            raise InputError(f"{len(given)} scenes need a folder for their masks, but the output is the file {output}. "
                             "Choose a folder.")
        made = classify.run_scenes(given, run.settings, output, run.progress, dem)
        for result in made.made.values():
            styling.write_style(result.path, "classes")
        return Outcome({"SCENES": str(made.scenes)}, summary=lines(*made.summary()))


class CastShadow(StageAlgorithm):
    """Shadow of mountains."""
    ID, LABEL, GROUP, SETTINGS = "castshadow", "Cast shadow", Group.SCENES, CastShadowSettings
    HELP = ("Finds the ground that mountains keep in the dark (cast shadow) or that faces away from the sun (self shadow): "
            "1 shadow, 0 lit, 255 no height. From each pixel the ray toward the sun is followed until it clears the "
            "terrain, with the curvature of the earth. Elevation models in degrees or in metres, azimuth from true north.")
    TAGS = ("shadow", "sun", "horizon", "hillshade", "DEM", "illumination")
    INPUTS = (Raster("DEM", "Elevation model"),)
    OUTPUTS = (RasterDestination("OUTPUT", "Shadow", kind="shadow"),)

    def stage(self, run):
        from ..engine.scenes import castshadow
        made = castshadow.run(run.values["DEM"], run.settings, run.outputs["OUTPUT"], run.progress)
        return Outcome(summary=lines(f"{made.dark / max(made.known, 1):.1%} of the ground is in shadow"))


ALGORITHMS = (Prepare, Classify, CastShadow)
