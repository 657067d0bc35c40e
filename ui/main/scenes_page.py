"""The page Scenes: where they come from, which are used, what they look like. Says what the user wants; no work here."""
from typing import List, Optional, Sequence

from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import (QAbstractItemView, QHBoxLayout, QHeaderView, QLabel, QMenu, QPushButton, QSizePolicy,
                                 QStackedWidget, QToolButton, QTreeView, QVBoxLayout, QWidget)

from ..words import tr
from .look import icon
from .scene_table import CLOUD, DATE, SceneTable, sorted_view
from .timeline import Timeline

THUMBNAIL = QSize(44, 34)
PICTURE = 190


class ScenesPage(QWidget):
    """Widgets of the page."""
    folderRequested = pyqtSignal()
    searchRequested = pyqtSignal()
    sampleRequested = pyqtSignal(str)
    prepareRequested = pyqtSignal()
    downloadRequested = pyqtSignal()
    layerChosen = pyqtSignal(object)
    areaRequested = pyqtSignal(str)  # "draw", "map", "selection", "clear"
    chosen = pyqtSignal(list)  # paths selected
    imageRequested = pyqtSignal(str)  # path of a scene to be added to the map
    useRequested = pyqtSignal(str)  # "all", "none", "selected", "clear"

    def __init__(self, parent=None):
        super().__init__(parent)
        self.table = SceneTable(self)
        self._telling = True
        self._build()

    def selected(self) -> List[str]:
        """Paths of the selected rows."""
        rows = self.view.selectionModel().selectedRows()
        return [self.table.rows[self.proxy.mapToSource(index).row()].scene.path for index in rows]

    def select(self, paths: Sequence[str]) -> None:
        """Select rows without saying so."""
        if set(paths) == set(self.selected()):
            return
        selection, last = QItemSelection(), None
        for path in paths:
            place = self.table.place_of(path)
            if place >= 0:
                last = self.proxy.mapFromSource(self.table.index(place, 0))
                selection.select(last, last)
        self._telling = False
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)
        if last is not None:
            self.view.scrollTo(last)
        self._telling = True

    def show_rows(self) -> None:
        """After the table was filled."""
        self.stack.setCurrentWidget(self.filled if self.table.rows else self.empty)
        self.proxy.sort(DATE)

    def show_picture(self, pixmap: Optional[QPixmap], text: str) -> None:
        """The quick look and the facts of the selected scene."""
        if pixmap is None:
            self.picture.clear()
        else:
            self.picture.setPixmap(pixmap)
        self.picture.setVisible(pixmap is not None)
        self.facts.setText(text)

    def show_area(self, text: str, known: bool) -> None:
        self.area_text.setText(text)
        self.area_clear.setEnabled(known)

    def offer(self, search: bool, prepare: bool, download: bool) -> None:
        """Which algorithms are there."""
        self.download.setVisible(download)
        for button in (self.search, self.search_first):
            button.setVisible(search)
        self.prepare.setVisible(prepare)

    # inside

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 4)
        self.stack = QStackedWidget()
        self.empty, self.filled = self._first_steps(), self._scenes()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.filled)
        layout.addWidget(self.stack)

    def _first_steps(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        words = QLabel(f"<h3>{tr('Where are the scenes?')}</h3><p>" + tr(
            "A study begins with satellite scenes of one place on several dates: Sentinel-2, Landsat, or any dated "
            "GeoTIFF. New here? The sample data take a minute and need no download.") + "</p>")
        words.setWordWrap(True)
        layout.addWidget(words)
        self.folder_first = self._big(tr("Add a folder of scenes…"), "mActionFileOpen", self.folderRequested)
        self.search_first = self._big(tr("Search an archive…"), "search", self.searchRequested)
        self.sample_first = self._big(tr("Try it with sample data"), "mActionAddRasterLayer", None)
        self.sample_first.setMenu(self._sample_menu())
        for button in (self.folder_first, self.search_first, self.sample_first):
            layout.addWidget(button)
        layout.addStretch(2)
        return page

    def _scenes(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._sources())
        layout.addLayout(self._area())
        layout.addWidget(self._table(), 1)
        self.timeline = Timeline()
        layout.addWidget(self.timeline)
        layout.addLayout(self._details())
        return page

    def _sources(self) -> QHBoxLayout:
        self.layers = QgsMapLayerComboBox()
        self.layers.setAccessibleName(tr("Scenes layer"))
        self.layers.setToolTip(tr("Layer of the scenes. Its footprints on the map follow the selection here."))
        self.layers.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.layers.layerChanged.connect(lambda layer: self.layerChosen.emit(layer))
        self.add = QToolButton()
        self.add.setText(tr("Add"))
        self.add.setIcon(icon("symbologyAdd"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add)
        menu.addAction(icon("mActionFileOpen"), tr("Folder of scenes…"), self.folderRequested.emit)
        self.search = menu.addAction(icon("search"), tr("Search an archive…"), self.searchRequested.emit)
        self.download = menu.addAction(icon("mActionFileSave"), tr("Download scenes of the list…"),
                                       self.downloadRequested.emit)
        samples = self._sample_menu()
        samples.setTitle(tr("Sample data"))
        menu.addMenu(samples)
        self.prepare = menu.addAction(tr("Prepare: one grid, area and masks…"), self.prepareRequested.emit)
        self.add.setMenu(menu)
        row = QHBoxLayout()
        row.addWidget(self.layers, 1)
        row.addWidget(self.add)
        return row

    def _area(self) -> QHBoxLayout:
        self.area_text = QLabel()
        self.area_text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.area = QToolButton()
        self.area.setText(tr("Area"))
        self.area.setIcon(icon("mActionAddBasicRectangle"))
        self.area.setToolTip(tr("Area of interest: clouds are counted there, and results can be limited to it"))
        self.area.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.area.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.area.clicked.connect(lambda: self.areaRequested.emit("draw"))
        menu = QMenu(self.area)
        for name, text in (("draw", tr("Draw a rectangle on the map")), ("map", tr("Take what the map shows")),
                           ("selection", tr("Take the selected polygons of the active layer"))):
            menu.addAction(text, lambda n=name: self.areaRequested.emit(n))
        self.area_clear = menu.addAction(tr("No area"), lambda: self.areaRequested.emit("clear"))
        self.area.setMenu(menu)
        self.use = QToolButton()
        self.use.setText(tr("Use"))
        self.use.setToolTip(tr("Which scenes are used"))
        self.use.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        uses = QMenu(self.use)
        for name, text in (("all", tr("All")), ("none", tr("None")), ("selected", tr("Only the selected ones")),
                           ("clear", tr("Those with less than 30 % cloud"))):
            uses.addAction(text, lambda n=name: self.useRequested.emit(n))
        self.use.setMenu(uses)
        row = QHBoxLayout()
        row.addWidget(self.area)
        row.addWidget(self.area_text, 1)
        row.addWidget(self.use)
        return row

    def _table(self) -> QTreeView:
        self.view = QTreeView()
        self.view.setAccessibleName(tr("Scenes"))
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setAlternatingRowColors(True)
        self.view.setSortingEnabled(True)
        self.view.setIconSize(THUMBNAIL)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.proxy = sorted_view(self.table, self)
        self.view.setModel(self.proxy)
        self.view.sortByColumn(DATE, Qt.SortOrder.AscendingOrder)
        header = self.view.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((166, 48, 92, 44, 38, 110, 180)):
            header.resizeSection(column, width)
        header.setSectionResizeMode(CLOUD, QHeaderView.ResizeMode.Fixed)
        self.view.doubleClicked.connect(lambda index: self.imageRequested.emit(
            self.table.rows[self.proxy.mapToSource(index).row()].scene.path))
        self.view.setToolTip(tr("Double click adds the image to the map"))
        self.view.selectionModel().selectionChanged.connect(self._selection)
        return self.view

    def _details(self) -> QHBoxLayout:
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(tr("Quick look"))
        self.picture.hide()
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(self.picture)
        row.addWidget(self.facts, 1)
        return row

    def _sample_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, text in (("landslide", tr("A landslide (two years)")), ("glacier", tr("A glacier")),
                           ("earthquake", tr("An earthquake"))):
            menu.addAction(text, lambda n=name: self.sampleRequested.emit(n))
        return menu

    def _big(self, text: str, name: str, signal) -> QPushButton:
        button = QPushButton(icon(name), text)
        button.setMinimumHeight(34)
        if signal is not None:
            button.clicked.connect(lambda: signal.emit())
        return button

    def _selection(self, *_) -> None:
        if self._telling:
            self.chosen.emit(self.selected())
