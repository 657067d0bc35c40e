"""Colours and sizes of what is painted by hand: from the palette around it, light or dark."""
from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QColor, QIcon, QPalette
from qgis.PyQt.QtWidgets import QWidget

#: Colours for colour-blind readers (Okabe and Ito 2008).
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#8A8A8A"
LIGHT_BLUE = "#56B4E9"
_DARK = 128


class Look:
    """What is around a widget. Themes of QGIS are style sheets: only labels and windows have a palette that follows."""

    def __init__(self, widget: QWidget):
        window = widget.window().palette() if widget.window() else widget.palette()
        active = QPalette.ColorGroup.Active
        self.base = window.color(active, QPalette.ColorRole.Base)
        self.text = window.color(active, QPalette.ColorRole.WindowText)
        if abs(self.text.lightness() - self.base.lightness()) < 80:
            self.text = QColor("white") if self.base.lightness() < _DARK else QColor("black")
        self.highlight = window.color(active, QPalette.ColorRole.Highlight)

    @property
    def dark(self) -> bool:
        return self.base.lightness() < _DARK

    @property
    def soft(self) -> QColor:
        """Text of less weight."""
        return mixed(self.base, self.text, 0.62)

    @property
    def faint(self) -> QColor:
        """Lines of a grid."""
        return mixed(self.base, self.text, 0.16)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two; share 0 is the first."""
    parts = ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    return QColor(*(round(a + share * (b - a)) for a, b in parts))


def icon(name: str) -> QIcon:
    """An icon of QGIS's own theme."""
    return QgsApplication.getThemeIcon(f"/{name}.svg")
