"""Texts of the interface in other languages: they keep their placeholders and come through QGIS's translator."""
import re
from xml.etree import ElementTree

import pytest


def messages(root):
    for path in sorted((root / "i18n").glob("*.ts")):
        for message in ElementTree.parse(path).getroot().iter("message"):  # noqa: S314  # our own files
            translation = message.find("translation")
            if translation.text and translation.get("type") is None:
                yield path.name, message.findtext("source"), translation.text


def test_translations_keep_placeholders_and_line_breaks(root):
    found = list(messages(root))
    assert len(found) > 200
    for name, source, translation in found:
        assert sorted(re.findall(r"{\w*}", source)) == sorted(re.findall(r"{\w*}", translation)), (name, source)
        assert source.count("\n") == translation.count("\n"), (name, source)


@pytest.mark.parametrize("language, text", [("de", "Zeitreihe")])
def test_compiled_translation_speaks(qgis_bare, root, language, text):
    from qgis.PyQt.QtCore import QCoreApplication, QTranslator
    from terrain_motion.ui.words import tr
    translator = QTranslator()
    assert translator.load(str(root / "i18n" / f"terrain_motion_{language}.qm"))
    QCoreApplication.installTranslator(translator)
    try:
        assert tr("Time series") == text and tr("no such text") == "no such text"
    finally:
        QCoreApplication.removeTranslator(translator)


def test_every_text_is_translated(root):
    """All that the interface says, the settings of the algorithms included."""
    import sys
    sys.path.insert(0, str(root / "tools"))
    import make_translations
    done = {(name, source) for name, source, _ in messages(root)}
    assert [text for text in make_translations.texts() if ("terrain_motion_de.ts", text) not in done] == []
