"""The page "Terrain Motion" in Settings > Options: machine, units, cache of compiled code, optional packages."""
from qgis.gui import QgsOptionsPageWidget
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QGroupBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from ...engine.compute.settings import MachineSettings
from ..main.form import SettingsForm
from ..packages import found
from ..units import LENGTHS, RATES
from ..words import tr
from . import store


class SettingsPage(QgsOptionsPageWidget):
    """Shows what is set; `apply` keeps it."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.machine = SettingsForm(MachineSettings)
        self.machine.set(store.machine())
        self.length, self.rate = QComboBox(), QComboBox()
        units = store.shown_units()
        for box, names, chosen, name in ((self.length, LENGTHS, units["length"], tr("Displacement")),
                                         (self.rate, RATES, units["rate"], tr("Velocity"))):
            box.addItems(list(names))
            box.setCurrentText(chosen)
            box.setAccessibleName(name)
            box.setToolTip(tr("Plots are shown in this unit. Files stay in metres and metres per year."))
        self.packages = QLabel()
        self.packages.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for box in (self._machine_box(), self._unit_box(), self._package_box()):
            column.addWidget(box)
        column.addStretch(1)

    def apply(self):
        """QGIS calls this on OK and Apply."""
        store.save_machine(self.machine.value)
        store.save_units(self.length.currentText(), self.rate.currentText())

    def helpKey(self):
        return ""

    def _machine_box(self) -> QGroupBox:
        box = QGroupBox(tr("Work"))
        column = QVBoxLayout(box)
        column.addWidget(self.machine)
        note = QLabel(tr("The next run follows these; what runs now is not disturbed."))
        note.setWordWrap(True)
        column.addWidget(note)
        return box

    def _unit_box(self) -> QGroupBox:
        box = QGroupBox(tr("Units of plots"))
        form = QFormLayout(box)
        form.addRow(tr("Displacement"), self.length)
        form.addRow(tr("Velocity"), self.rate)
        return box

    def _package_box(self) -> QGroupBox:
        box = QGroupBox(tr("Optional packages"))
        column = QVBoxLayout(box)
        missing = [package.name for package in found.missing()]
        self.packages.setText(tr("Everything is installed.") if not missing else tr("Not installed: {names}.").format(
            names=", ".join(missing)))
        more = QPushButton(tr("Show packages…"))
        more.clicked.connect(lambda _: self._show_packages())
        line = QHBoxLayout()
        line.addWidget(more)
        line.addStretch(1)
        column.addWidget(self.packages)
        column.addLayout(line)
        return box

    def _show_packages(self) -> None:
        from ..packages.dialog import PackagesDialog
        PackagesDialog(self).show()
