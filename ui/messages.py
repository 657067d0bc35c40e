"""Errors in the message bar: one sentence that says what to do, and a button for the details."""
from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout

from .words import tr

TITLE = "Terrain Motion"


def failed(iface, text: str, details: str = "") -> None:
    """Show what went wrong. details: for the button and the message log, a traceback for instance."""
    bar = iface.messageBar()
    if details:
        QgsMessageLog.logMessage(f"{text}\n{details}", TITLE, Qgis.MessageLevel.Warning)
    item = bar.createMessage(tr(TITLE), text)
    if details:
        button = QPushButton(tr("Details"))
        button.clicked.connect(lambda _: show_details(iface.mainWindow(), text, details))
        item.layout().addWidget(button)
    bar.pushWidget(item, Qgis.MessageLevel.Warning)


def show_details(parent, text: str, details: str) -> QDialog:
    """A window with the whole story, to read and to copy."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("Terrain Motion: details"))
    words = QPlainTextEdit(f"{text}\n\n{details}")
    words.setReadOnly(True)
    words.setAccessibleName(tr("Details"))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
    copy.clicked.connect(lambda _: (words.selectAll(), words.copy()))
    column = QVBoxLayout(dialog)
    column.addWidget(words)
    column.addWidget(buttons)
    dialog.resize(720, 360)
    dialog.show()
    return dialog
