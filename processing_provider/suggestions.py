"""A text with proposals: an editable list, for what may be a known name or an address of the user's."""
from processing.gui.wrappers import WidgetWrapper
from qgis.PyQt.QtWidgets import QComboBox


class SuggestionWrapper(WidgetWrapper):
    """Shows the labels of known values; anything else can be typed."""

    def createWidget(self, choices=()):
        widget = QComboBox()
        widget.setEditable(True)
        for code, label in choices:
            widget.addItem(label, code)
        widget.currentTextChanged.connect(lambda _: self.widgetValueHasChanged.emit(self))
        return widget

    def setValue(self, value):
        text = "" if value is None else str(value)
        index = self.widget.findData(text)
        if index >= 0:
            self.widget.setCurrentIndex(index)
        else:
            self.widget.setEditText(text)

    def value(self):
        text = self.widget.currentText().strip()
        index = self.widget.findText(text)
        return self.widget.itemData(index) if index >= 0 else text
