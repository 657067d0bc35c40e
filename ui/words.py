"""Texts that people see, in their language."""
from qgis.PyQt.QtCore import QCoreApplication

CONTEXT = "TerrainMotion"


def tr(text: str) -> str:
    """The text in the language of QGIS, itself where there is no translation."""
    return QCoreApplication.translate(CONTEXT, text)
