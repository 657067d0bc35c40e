"""The Matplotlib canvas inside Qt. Imported late: Matplotlib takes a second and may be missing."""
from qgis.PyQt.QtGui import QColor, QPalette

from ...engine.core.errors import MissingPackage
from . import plot

PURPOSE = "plots"
_LEAST_CONTRAST = 80  # of 255


def import_matplotlib() -> None:
    """Load all that drawing needs; may run in a background thread. Raises MissingPackage."""
    try:
        import matplotlib.dates
        import matplotlib.figure  # noqa: F401
        _canvas_class()
    except ImportError as error:
        raise MissingPackage("matplotlib", PURPOSE) from error


def _canvas_class():
    """Matplotlib takes the binding (PyQt5 or PyQt6) that QGIS has imported already."""
    try:
        from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
    except ImportError:  # Matplotlib before 3.5 knows Qt 5 only
        from matplotlib.backends.backend_qt5agg import FigureCanvasQTAgg
    return FigureCanvasQTAgg


def new_canvas():
    """(canvas widget, axes). The margins follow the size of the widget."""
    figure, axes = plot.new_figure(5.0, 3.0, dpi=100)
    canvas = _canvas_class()(figure)
    canvas.setMinimumSize(160, 120)
    canvas.mpl_connect("resize_event", lambda _: plot.fit_margins(figure))
    return canvas, axes


def look_of(label) -> plot.Look:
    """QGIS's own colours and type, light or dark, around a label.

    Themes of QGIS are style sheets: only labels and the main window have a palette that follows them.
    """
    window = label
    while window.parentWidget() is not None:
        window = window.parentWidget()
    around = window.palette()
    background, base = (around.color(QPalette.ColorGroup.Active, role)
                        for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base))
    text = _readable(label.palette().color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText), base)
    font = label.font()
    size = font.pointSizeF() if font.pointSizeF() > 0 else font.pixelSize() * 72.0 / label.logicalDpiY()
    # points of a screen font scale with its resolution, those of the figure with 100 dots per inch
    size *= label.logicalDpiY() / 100.0
    return plot.Look(background.name(), base.name(), text.name(), _between(base, text, 0.25).name(), font.family(), size)


def _readable(text: QColor, base: QColor) -> QColor:
    """The text's colour where it stands out from the base, else black or white."""
    if abs(text.lightness() - base.lightness()) >= _LEAST_CONTRAST:
        return text
    return QColor("white") if base.lightness() < 128 else QColor("black")


def _between(first: QColor, second: QColor, share: float) -> QColor:
    parts = (round(a + share * (b - a)) for a, b in (
        (first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue())))
    return QColor(*parts)
