"""The page Scenes at work: layer and table, selection on map and list, quick looks, clouds over the area, sources."""
from pathlib import Path
from typing import Dict, List

from qgis.core import (QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsFillSymbol,
                       QgsProcessingFeatureSourceDefinition, QgsRasterLayer, QgsSettings, QgsSimpleLineSymbolLayer,
                       QgsSingleSymbolRenderer, QgsVectorLayer)
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QFileDialog

from ...engine.core.errors import TerrainMotionError
from ...engine.core.scene import Scene
from ...processing_provider.records import NEEDED, feature_of, record_from_feature
from ..words import tr
from .area import AreaOnMap
from .gallery import Gallery, hidden
from .look import BLUE
from .plan import extent
from .scene_table import by_date, short_name
from .scenes_page import ScenesPage

FOLDER_SETTING = "terrain_motion/data_folder"
_DEGREES = "EPSG:4326"
_SETTLE_MS = 200
_CLEAR = 30.0
_POLAR = 83.0  # degrees


class ScenesController(QObject):
    """Wires the page to the study, the map and the project. `changed` says that the scenes in use are others."""
    changed = pyqtSignal()

    def __init__(self, hub, page: ScenesPage):
        super().__init__(page)
        self.hub, self.page, self.project = hub, page, hub.project
        self.layer = None
        self.scenes: Dict[int, Scene] = {}
        self.area = AreaOnMap(hub.iface.mapCanvas(), self.project)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._read)
        self.gallery = Gallery(hub, page, self._draw_timeline)
        self._expecting = False  # the result of a form that was opened here
        self._connections = [
            (page.folderRequested, self.add_folder), (page.searchRequested, self.search),
            (page.prepareRequested, self.prepare), (page.downloadRequested, self.download),
            (page.sampleRequested, self.make_sample),
            (page.layerChosen, self._layer_chosen), (page.areaRequested, self.choose_area),
            (page.chosen, self._chosen), (page.useRequested, self.use),
            (page.imageRequested, self.show_image), (page.table.ticked, self._ticked),
            (page.timeline.selected, self._timeline_clicked), (self.area.drawn, self._area_drawn),
            (self.project.layersAdded, self._layers_added),
            (self.project.layersWillBeRemoved, self._layers_going)]
        for signal, slot in self._connections:
            signal.connect(slot)
        self._offer_layers()
        page.offer(hub.has("search"), hub.has("prepare"), hub.has("download"))

    def close(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._settle.stop()
        self._leave_layer()
        self.area.close()

    def used(self) -> List[Scene]:
        """The ticked scenes, by time."""
        return [row.scene for row in self.page.table.rows if row.used]

    # the study

    def show(self, study) -> None:
        """Follow the study: another layer, other ticks, another area."""
        current = self.layer.id() if self.layer is not None else ""
        if study.layer != current:
            layer = self.project.mapLayer(study.layer) if study.layer else None
            self._take(layer if is_scenes(layer) else None)
        else:
            self.page.table.set_used(set(study.unused))
            self._draw_timeline()
        if self.area.wkt != study.area:
            self.area.show(study.area)
            self.gallery.ask_covers()
        self.page.show_area(self.area.words(), bool(study.area))

    # what the user wants

    def add_folder(self, folder: str = "") -> None:
        """Catalogue a folder in the background; its scenes join those that are there."""
        settings = QgsSettings()
        if not folder:
            folder = QFileDialog.getExistingDirectory(self.page, tr("Folder of scenes"),
                                                      settings.value(FOLDER_SETTING, ""))
            if not folder:
                return
            settings.setValue(FOLDER_SETTING, folder)
        target = self.hub.new_file("scenes", ".gpkg", beside=folder)
        if target is None:
            return
        self.hub.start("terrainmotion:catalogue", {"FOLDER": folder, "OUTPUT": str(target)}, tr("Looking for scenes"),
                       lambda job: self._catalogued(str(target), Path(folder).name))

    def make_sample(self, scenario: str, folder: str = "", **further) -> None:
        """Simulate scenes in the background."""
        settings = QgsSettings()
        if not folder:
            folder = QFileDialog.getExistingDirectory(self.page, tr("Where to put the sample data"),
                                                      settings.value(FOLDER_SETTING, ""))
            if not folder:
                return
            settings.setValue(FOLDER_SETTING, folder)
        target = Path(folder) / f"terrain_motion_{scenario}"
        self.hub.start("terrainmotion:simulatescenes", {"SCENARIO": scenario, "OUTPUT": str(target), **further},
                       tr("Making sample scenes"), lambda job: self._sampled(job, target, scenario))

    def search(self) -> None:
        """The form of the search; its result becomes the scenes of the study."""
        self._open("search", {"EXTENT": extent(self.hub.store.study.area)} if self.hub.store.study.area else {})

    def download(self) -> None:
        """The form of the download, for the selected scenes or all."""
        self._open("download", self._input())

    def prepare(self) -> None:
        self._open("prepare", self._input())

    def _input(self) -> dict:
        """The scenes, selected ones only where some are selected, and the area."""
        values = {}
        if self.layer is not None:
            chosen = bool(self.layer.selectedFeatureCount())
            values["INPUT"] = QgsProcessingFeatureSourceDefinition(self.layer.id(), chosen)
        if self.hub.store.study.area:
            values["EXTENT"] = extent(self.hub.store.study.area)
        return values

    def _open(self, name: str, values: dict) -> None:
        self._expecting = True
        self.hub.open_dialog(name, values)

    def choose_area(self, how: str) -> None:
        if how == "draw":
            self.area.draw()
        elif how == "map":
            self.area.take_map()
        elif how == "selection":
            if not self.area.take_selection(self.hub.iface.activeLayer()):
                self.hub.warn(tr("Select one or more polygons of the active layer first."))
        else:
            self._area_drawn("")

    def use(self, which: str) -> None:
        """Tick many scenes at once."""
        chosen = set(self.page.selected())
        rows = self.page.table.rows
        kept = {"all": lambda row: True, "none": lambda row: False, "selected": lambda row: row.scene.path in chosen,
                "clear": lambda row: hidden(row) is None or hidden(row) < _CLEAR}[which]
        self.hub.store.update(unused=tuple(row.scene.path for row in rows if not kept(row)))
        self.changed.emit()

    # layers of the project

    def _offer_layers(self) -> None:
        others = [layer for layer in self.project.mapLayers().values() if not is_scenes(layer)]
        self.page.layers.blockSignals(True)
        self.page.layers.setExceptedLayerList(others)
        self.page.layers.setLayer(self.layer)
        self.page.layers.blockSignals(False)

    def _layers_added(self, layers) -> None:
        self._offer_layers()
        found = [layer for layer in layers if is_scenes(layer)]
        if found and (self.layer is None or self._expecting) and not self.hub.restoring:
            self._expecting = False
            self._layer_chosen(found[-1])

    def _layers_going(self, ids) -> None:
        if self.layer is not None and self.layer.id() in ids:
            self._take(None)
            if not self.hub.restoring:
                self.hub.store.update(layer="")
        QTimer.singleShot(0, self._offer_if_open)

    def _offer_if_open(self) -> None:
        if not self.hub.closed:
            self._offer_layers()

    def _layer_chosen(self, layer) -> None:
        if layer is not None and is_scenes(layer):
            self.hub.store.update(layer=layer.id(), unused=())

    def _take(self, layer) -> None:
        """Show another layer."""
        self._leave_layer()
        self.layer = layer
        if layer is not None:
            layer.selectionChanged.connect(self._selected_on_map)
            for signal in (layer.featureAdded, layer.featureDeleted, layer.dataChanged, layer.subsetStringChanged):
                signal.connect(self._later)
        self._offer_layers()
        self._read()

    def _leave_layer(self) -> None:
        if self.layer is None:
            return
        layer, self.layer = self.layer, None
        layer.selectionChanged.disconnect(self._selected_on_map)
        for signal in (layer.featureAdded, layer.featureDeleted, layer.dataChanged, layer.subsetStringChanged):
            signal.disconnect(self._later)

    def _later(self, *_) -> None:
        self._settle.start()

    def _read(self) -> None:
        """Read the layer into the table."""
        self.scenes = {}
        if self.layer is not None:
            names = [field.name() for field in self.layer.fields()]
            to_degrees = QgsCoordinateTransform(self.layer.crs(), QgsCoordinateReferenceSystem(_DEGREES), self.project)
            try:
                self.scenes = {feature.id(): record_from_feature("scenes", feature, names, to_degrees, self.layer.name())
                               for feature in self.layer.getFeatures()}
            except TerrainMotionError as error:
                self.hub.warn(str(error))
        unused = set(self.hub.store.study.unused)
        self.page.table.fill(by_date(self.scenes, unused))
        for row in self.page.table.rows:
            row.icon = self.gallery.icon(row.scene.path)
        self.page.show_rows()
        self.page.show_picture(None, "")
        self._draw_timeline()
        self.gallery.ask()
        self.gallery.ask_covers()
        self._selected_on_map()
        self.changed.emit()

    # what background work brings

    def _catalogued(self, path: str, name: str) -> None:
        layer = QgsVectorLayer(path, tr("Scenes: {0}").format(name), "ogr")
        if not layer.isValid() or not layer.featureCount():
            self.hub.warn(tr("No scenes were found in this folder."))
            return
        if self.layer is None:
            self._add_layer(layer)
            return
        known = {scene.path for scene in self.scenes.values()}
        degrees = QgsCoordinateTransform()
        names = [field.name() for field in layer.fields()]
        new = [record_from_feature("scenes", feature, names, degrees, name) for feature in layer.getFeatures()]
        new = [scene for scene in new if scene.path not in known]
        done, _ = self.layer.dataProvider().addFeatures([feature_of("scenes", scene) for scene in new])
        if not done and new:  # a layer that cannot be written
            self._add_layer(layer)
            return
        self.layer.updateExtents()
        self._read()
        self.hub.inform(tr("Scenes added: {0}.").format(len(new)))

    def _sampled(self, job, folder: Path, scenario: str) -> None:
        layer = QgsVectorLayer(job.results["SCENES"], tr("Scenes: sample {0}").format(scenario), "ogr")
        stable = folder / "stable.gpkg"
        self._add_layer(layer)
        clearest = min(self.page.table.rows, key=lambda row: row.scene.cloud or 0.0, default=None)
        if clearest is not None:
            self.show_image(clearest.scene.path)
        self.hub.store.update(stable=str(stable) if stable.is_file() else "", dem=str(job.results.get("DEM", "")))
        self.hub.remember_truth(str(job.results.get("TRUTH", "")))
        self.hub.inform(tr("The sample scenes are here. Look at them, then go on to the pairs."))

    def _add_layer(self, layer: QgsVectorLayer) -> None:
        symbol = QgsFillSymbol()
        symbol.changeSymbolLayer(0, QgsSimpleLineSymbolLayer(QColor(BLUE), 0.45))  # a fill would hide the images
        layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        alone = not self.project.count()
        self.project.addMapLayer(layer)
        self.hub.store.update(layer=layer.id(), unused=())
        # QGIS takes the coordinate system of a first layer a moment later: degrees, which would squeeze the images
        QTimer.singleShot(_SETTLE_MS if alone else 0, lambda: self._arrange(layer.id(), alone))

    def _arrange(self, layer_id: str, alone: bool) -> None:
        layer = None if self.hub.closed else self.project.mapLayer(layer_id)
        if layer is None:
            return
        if alone:
            self.project.setCrs(_zone(layer.extent().center()))
        self.hub.zoom_to(layer)

    def show_image(self, path: str) -> None:
        """Add the image of a scene to the map, under the footprints."""
        from ...engine.io.scene_reader import band_source
        try:
            source = band_source(path)
        except TerrainMotionError as error:
            self.hub.warn(str(error))
            return
        row = self.page.table.rows[self.page.table.place_of(path)]
        image = QgsRasterLayer(source.path, f"{row.scene.acquired:%Y-%m-%d} {short_name(source.path)}", "gdal")
        if not image.isValid():
            self.hub.warn(tr("{0} cannot be shown on the map.").format(source.path))
            return
        self.project.addMapLayer(image, False)
        root = self.project.layerTreeRoot()
        node = root.findLayer(self.layer) if self.layer is not None else None
        place = node.parent().children().index(node) + 1 if node is not None else 0
        (node.parent() if node is not None else root).insertLayer(place, image)

    def _draw_timeline(self) -> None:
        from ...engine.network.plot_data import time_ticks
        rows = self.page.table.rows
        ticks = time_ticks(rows[0].scene.date, rows[-1].scene.date) if rows else ()
        self.page.timeline.show_scenes([(row.scene.date, row.scene.path, row.used, hidden(row)) for row in rows], ticks)

    # the selection

    def _chosen(self, paths: List[str]) -> None:
        """Selected in the table: the same on the map."""
        if self.layer is not None:
            wanted = {number for number, scene in self.scenes.items() if scene.path in set(paths)}
            if set(self.layer.selectedFeatureIds()) != wanted:
                self.layer.selectByIds(list(wanted))
        self.page.timeline.show_selected(paths)
        self.gallery.show()

    def _selected_on_map(self, *_) -> None:
        if self.layer is None:
            return
        paths = [self.scenes[number].path for number in self.layer.selectedFeatureIds() if number in self.scenes]
        self.page.select(paths)
        self.page.timeline.show_selected(paths)
        self.gallery.show()

    def _timeline_clicked(self, paths: List[str], more: bool) -> None:
        chosen = [*self.page.selected(), *paths] if more else paths
        self.page.select(chosen)
        self._chosen(chosen)

    def _ticked(self) -> None:
        self.hub.store.update(unused=self.page.table.unused())
        self.changed.emit()

    def _area_drawn(self, wkt: str) -> None:
        self.hub.store.update(area=wkt)


def is_scenes(layer) -> bool:
    """Whether a layer can be a scenes layer."""
    return isinstance(layer, QgsVectorLayer) and layer.isValid() and all(
        layer.fields().indexOf(name) >= 0 for name in (*NEEDED["scenes"], "sun_azimuth"))


def _zone(place) -> QgsCoordinateReferenceSystem:
    """The UTM zone of a place in longitude and latitude; the polar projections beyond."""
    if abs(place.y()) > _POLAR:
        return QgsCoordinateReferenceSystem("EPSG:3413" if place.y() > 0 else "EPSG:3031")
    zone = int((place.x() + 180.0) // 6) % 60 + 1
    return QgsCoordinateReferenceSystem(f"EPSG:{(32600 if place.y() >= 0 else 32700) + zone}")
