"""The window that lists optional packages and gives the command that installs the missing ones."""
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontDatabase, QGuiApplication
from qgis.PyQt.QtWidgets import (QDialog, QDialogButtonBox, QHBoxLayout, QHeaderView, QLabel, QLineEdit, QPushButton,
                                 QTreeWidget, QTreeWidgetItem, QVBoxLayout)

from ..words import tr
from . import found


class PackagesDialog(QDialog):
    """Installs nothing itself: what is put into QGIS's Python is the user's decision."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Terrain Motion: optional packages"))
        self.resize(680, 380)
        missing = found.missing()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.command = QLineEdit(found.command(missing))
        self.command.setReadOnly(True)
        self.command.setCursorPosition(0)
        self.command.setAccessibleName(tr("Command that installs the missing packages"))
        self.command.setFont(_fixed())
        self.copy = QPushButton(QgsApplication.getThemeIcon("/mActionEditCopy.svg"), tr("Copy"))
        self.copy.clicked.connect(lambda _: QGuiApplication.clipboard().setText(self.command.text()))
        if missing:
            self.words.setText(tr("Everything that is not listed as missing works. To add the missing packages, paste this "
                                  "command into {place}, then restart QGIS:").format(place=tr(found.place())))
        else:
            self.words.setText(tr("All optional packages are installed."))
        for widget in (self.command, self.copy):
            widget.setVisible(bool(missing))
        line = QHBoxLayout()
        line.addWidget(self.command, 1)
        line.addWidget(self.copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self._table())
        column.addWidget(self.words)
        column.addLayout(line)
        column.addWidget(buttons)

    def _table(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setHeaderLabels([tr("Package"), tr("What it is for"), tr("State")])
        tree.setRootIsDecorated(False)
        tree.setAlternatingRowColors(True)
        tree.setAccessibleName(tr("Optional packages"))
        for package in found.PACKAGES:
            here = found.installed(package)
            item = QTreeWidgetItem([package.name, tr(package.purpose), tr("installed") if here else tr("missing")])
            icon = "/mIconSuccess.svg" if here else "/mIconWarning.svg"
            item.setIcon(2, QgsApplication.getThemeIcon(icon))
            tree.addTopLevelItem(item)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column in (0, 2):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        return tree


def _fixed():
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
