"""Loading what earlier runs have left: whole series and single pairs, styled and grouped."""
from pathlib import Path
from typing import Iterator, List

from qgis.core import QgsLayerTreeGroup, QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer

from ..engine.io.manifests import read_series, read_stack
from ..processing_provider import layers

GROUP = "Terrain Motion"


def load_series(path, project: QgsProject) -> List[QgsMapLayer]:
    """Velocity, displacements and quality of a series in one group. path: series.json or its folder, or a series of
    another program, which becomes one layer."""
    if Path(path).suffix.lower() not in ("", ".json"):
        from .foreign import load
        return load(str(path), project)
    return [layer for layers in load_series_slowly(path, project) for layer in layers]


def load_series_slowly(path, project: QgsProject, name: str = "") -> Iterator[List[QgsRasterLayer]]:
    """The same, one file after the other, so that the window can breathe between them. name: of the group."""
    manifest, folder = read_series(path)
    series = Path(path) if Path(path).suffix == ".json" else folder / "series.json"
    group = new_group(project, name or folder.name)
    made = []
    files = [(manifest.velocity, "velocity")] + [(file, "series") for file in manifest.rasters.values()]
    files.append((manifest.quality, "quality"))
    for file, kind in files:
        if file and (folder / file).is_file():
            # one map on top is enough to look at; the others wait in the group
            found = layers.load(folder / file, kind, project, group, str(series.resolve()), visible=not made)
            made += found
            yield found
    _collapse(group)


def _collapse(group: QgsLayerTreeGroup) -> None:
    """Close the legends of hidden layers. The tree shows long ones open although their nodes say closed."""
    for node in group.findLayers():
        if not node.itemVisibilityChecked():
            node.setExpanded(True)
            node.setExpanded(False)


def load_pair(stack, file: str, project: QgsProject) -> List[QgsRasterLayer]:
    """Displacement of one pair of a stack. file: as the manifest names it."""
    _, folder = read_stack(stack)
    return layers.load(folder / file, "displacement", project, new_group(project, Path(file).stem))


def load_scenes(path, project: QgsProject) -> List[QgsVectorLayer]:
    """The footprints of a scenes file, and the image of its first scene."""
    footprints = QgsVectorLayer(str(path), "Scenes", "ogr")
    group = new_group(project, Path(path).parent.name)
    made = [footprints] if footprints.isValid() else []
    first = next(iter(footprints.getFeatures()), None) if made else None
    if first is not None and Path(str(first["path"])).exists():
        image = QgsRasterLayer(str(first["path"]), Path(str(first["path"])).stem, "gdal")
        if image.isValid():
            made.append(image)
    for layer in made:
        project.addMapLayer(layer, False)
        group.addLayer(layer).setItemVisibilityChecked(isinstance(layer, QgsRasterLayer))
    return made


def new_group(project: QgsProject, name: str) -> QgsLayerTreeGroup:
    """A group "Terrain Motion: name" at the top of the layer tree."""
    return project.layerTreeRoot().insertGroup(0, f"{GROUP}: {name}")
