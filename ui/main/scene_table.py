"""The scenes as a table that can be ticked and sorted."""
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon

from ...engine.core.scene import Scene
from ..words import tr

DATE, CLOUD, AREA_CLOUD, ORBIT, SUN, MISSION, NAME = range(7)
SORT_ROLE = Qt.ItemDataRole.UserRole + 1
_ALIGNED = (CLOUD, AREA_CLOUD, SUN)


@dataclass
class Row:
    """A scene in the table. cover: what hides the area; icon: its quick look. Both come later."""
    feature: int
    scene: Scene
    used: bool = True
    cover: Optional[Any] = None
    covered: bool = field(default=False)  # cover was asked for and answered
    icon: Optional[QIcon] = None


class SceneTable(QAbstractTableModel):
    """Rows of scenes. Emits `ticked` when the user changes which are used."""
    ticked = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.rows: List[Row] = []
        self._headers = (tr("Date"), tr("Cloud"), tr("Cloud in area"), tr("Orbit"), tr("Sun"), tr("Mission"), tr("Name"))
        self._tips = (tr("Day of acquisition. Ticked scenes are used."), tr("Cloud of the whole scene, as announced"),
                      tr("Cloud and its shadow over the area of interest, from the class mask"),
                      tr("Relative orbit or path"), tr("Elevation of the sun"), tr("Satellite and level"), tr("File"))

    def fill(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def set_used(self, unused: Set[str]) -> None:
        """Tick all but the paths given."""
        changed = False
        for row in self.rows:
            used = row.scene.path not in unused
            changed, row.used = changed or row.used != used, used
        if changed and self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, NAME))

    def unused(self) -> Tuple[str, ...]:
        return tuple(row.scene.path for row in self.rows if not row.used)

    def place_of(self, path: str) -> int:
        return next((i for i, row in enumerate(self.rows) if row.scene.path == path), -1)

    def set_icon(self, path: str, icon: QIcon) -> None:
        self._set(path, DATE, icon=icon)

    def set_cover(self, path: str, cover) -> None:
        self._set(path, AREA_CLOUD, cover=cover, covered=True)

    def _set(self, path: str, column: int, **values) -> None:
        place = self.place_of(path)
        if place < 0:
            return
        for name, value in values.items():
            setattr(self.rows[place], name, value)
        self.dataChanged.emit(self.index(place, column), self.index(place, column))

    # what Qt asks

    def rowCount(self, parent=QModelIndex()):
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent=QModelIndex()):
        return 0 if parent.isValid() else len(self._headers)

    def flags(self, index):
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == DATE else flags

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        return {Qt.ItemDataRole.DisplayRole: self._headers, Qt.ItemDataRole.ToolTipRole: self._tips}.get(
            role, (None,) * len(self._headers))[section]

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        row, column = self.rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._texts(row)[column]
        if role == SORT_ROLE:
            return self._keys(row)[column]
        if role == Qt.ItemDataRole.CheckStateRole and column == DATE:
            return Qt.CheckState.Checked if row.used else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column == DATE:
            return row.icon
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _ALIGNED:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.scene.path
        return None

    def setData(self, index, value, role=Qt.ItemDataRole.EditRole):
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        checked = value == Qt.CheckState.Checked or value == getattr(Qt.CheckState.Checked, "value", 2)
        self.rows[index.row()].used = checked
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    @staticmethod
    def _texts(row: Row) -> Tuple[str, ...]:
        scene = row.scene
        hidden = "" if not row.covered else "–" if row.cover is None else f"{row.cover.hidden:.0f} %"
        return (f"{scene.acquired:%Y-%m-%d}", "" if scene.cloud is None else f"{scene.cloud:.0f} %", hidden, scene.orbit,
                "" if scene.sun_elevation is None else f"{scene.sun_elevation:.0f}°",
                f"{scene.mission} {scene.level}".strip(), short_name(scene.path))

    @staticmethod
    def _keys(row: Row) -> Tuple[Any, ...]:
        scene = row.scene
        return (scene.acquired.isoformat(), -1.0 if scene.cloud is None else scene.cloud,
                -1.0 if row.cover is None else row.cover.hidden, scene.orbit,
                -1.0 if scene.sun_elevation is None else scene.sun_elevation, scene.mission, scene.path)


def short_name(path: str) -> str:
    """A file's name without its folder."""
    return path.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]


def sorted_view(table: SceneTable, parent) -> QSortFilterProxyModel:
    """The table in the order that the user chose."""
    proxy = QSortFilterProxyModel(parent)
    proxy.setSortRole(SORT_ROLE)
    proxy.setSourceModel(table)
    return proxy


def by_date(scenes: Dict[int, Scene], unused: Set[str]) -> List[Row]:
    """Rows by time. scenes: {feature id: scene}."""
    return [Row(number, scene, scene.path not in unused)
            for number, scene in sorted(scenes.items(), key=lambda item: (item[1].acquired, item[1].path))]
