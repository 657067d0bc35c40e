"""The Matplotlib canvas inside Qt. Imported late: Matplotlib takes a second and may be missing."""
import numpy as np
from qgis.PyQt.QtGui import QColor, QPalette

from ...engine.core.errors import MissingPackage
from . import plot

PURPOSE = "plots"
_LEAST_CONTRAST = 80  # of 255
_REACH_PX = 12


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


def new_canvas(**margins: float):
    """(canvas widget, axes). The margins follow the size of the widget; margins: as `plot.fit_margins`."""
    figure, axes = plot.new_figure(5.0, 3.0, dpi=100)
    canvas = _canvas_class()(figure)
    canvas.setMinimumSize(160, 120)
    canvas.mpl_connect("resize_event", lambda _: plot.fit_margins(figure, **margins))
    return canvas, axes


class PlotMouse:
    """What the mouse does on the plot: picks a day, and says which value it is over."""

    def __init__(self, widget, axes, picked, told):
        """picked(date): a day was clicked. told(text): the value under the mouse, empty for none."""
        self._axes, self._picked, self._told = axes, picked, told
        self._text = None
        widget.mpl_connect("button_press_event", self._press)
        widget.mpl_connect("motion_notify_event", self._move)
        widget.mpl_connect("figure_leave_event", lambda _: self._tell(""))

    def _nearest(self, event, reach: float):
        """(curve's label, day, value) of the drawn value nearest to the mouse, None beyond `reach` px.

        Days count alone for a click: reach is then taken along the time axis.
        """
        best = None
        for container in self._axes.containers:
            line = container.lines[0]
            places = line.get_transform().transform(np.column_stack([
                line.get_xdata(orig=False), line.get_ydata(orig=False)]))
            if not len(places):
                continue
            away = np.hypot(*(places - (event.x, event.y)).T)
            number = int(np.argmin(away))
            if best is None or away[number] < best[0]:
                best = (away[number], container.get_label(), line.get_xdata()[number], line.get_ydata()[number])
        return best[1:] if best is not None and best[0] <= reach else None

    def _press(self, event) -> None:
        if event.inaxes is not self._axes or event.button != 1 or not self._axes.containers:
            return
        days = np.concatenate([c.lines[0].get_xdata(orig=False) for c in self._axes.containers])
        if len(days):
            self._picked(_day(days[np.argmin(np.abs(days - event.xdata))]))

    def _move(self, event) -> None:
        found = self._nearest(event, _REACH_PX) if event.inaxes is self._axes else None
        self._tell("" if found is None else f"{found[0]}\n{found[1].astype('datetime64[D]')}   {found[2]:.4g}")

    def _tell(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self._told(text)


def _day(number: float):
    from matplotlib.dates import num2date
    return num2date(number).date()


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
