#!/usr/bin/env python3
"""Collects the texts of the interface into i18n/*.ts, and compiles translations into .qm (needs Qt's lrelease).

    tools/make_translations.py            texts of every language file that is there, then compile
    tools/make_translations.py --check    only say whether the files are up to date

Translations stay as they are; new texts come as unfinished, vanished ones go. For a new language copy a .ts file,
change its language, and empty its translations.
"""
import argparse
import ast
import shutil
import subprocess
import sys
from xml.etree import ElementTree
from pathlib import Path
from typing import Dict, Iterator

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "i18n"
CONTEXT = "TerrainMotion"
#: Texts that are translated where they are shown: file -> names of the constants that hold them.
CONSTANTS = {"ui/timeseries/components.py": ("COMPONENTS",), "ui/timeseries/rows.py": ("_NAMES",),
             "ui/profile/model.py": ("COMPONENTS",), "engine/core/flags.py": ("WORDS",),
             "ui/packages/found.py": ("PACKAGES",), "ui/timeseries/reader.py": ("OUTSIDE",),
             "ui/main/view.py": ("_TITLES", "_STEPS"), "ui/main/rendering.py": ("KINDS",),
             "ui/main/pairs_page.py": ("PRESET_LABELS", "_PRESET_TIPS"),
             "engine/matching/settings.py": ("METHODS", "AVERAGES"), "engine/filtering/settings.py": ("PATCHES",),
             "engine/correction/settings.py": ("ORDERS", "GROUNDS", "STATISTICS"),
             "engine/inversion/settings.py": ("WEIGHTS", "ROBUST", "DECAYS")}
#: Words of constants that look like codes: file -> constant that maps a code to the word, the first where there are more.
CODES = {"ui/main/results_page.py": "_STATES"}
#: Settings whose labels and help texts are shown by the interface.
SETTINGS = ("engine/compute/settings.py", "engine/validation/swath_settings.py", "engine/inversion/settings.py",
            "engine/network/settings.py", "engine/matching/settings.py", "engine/correction/settings.py",
            "engine/filtering/settings.py")


def texts() -> Dict[str, str]:
    """{text: file it is first found in}, in the order of the files."""
    found: Dict[str, str] = {}
    for path in [ROOT / "plugin.py", *sorted((ROOT / "ui").rglob("*.py"))]:
        for text in _translated(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, path.relative_to(ROOT).as_posix())
    for name, constants in CONSTANTS.items():
        for text in _constants(ast.parse((ROOT / name).read_text(encoding="utf-8")), constants):
            found.setdefault(text, name)
    for name, constant in CODES.items():
        for text in _words(ast.parse((ROOT / name).read_text(encoding="utf-8")), constant):
            found.setdefault(text, name)
    for name in SETTINGS:
        for text in _fields(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            found.setdefault(text, name)
    return found


def _translated(tree: ast.AST) -> Iterator[str]:
    """Literals handed to tr()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr" and node.args:
            yield from _strings(node.args[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "step" and node.args[1:]:
            yield from _strings(node.args[1])  # of a run: ui/main/plan.py


def _strings(node: ast.AST) -> Iterator[str]:
    """A literal, or both of `a if x else b`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def _constants(tree: ast.AST, names) -> Iterator[str]:
    """Every text with a space or a capital in constants of these names: the others are codes."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id in names for target in targets):
            for item in ast.walk(node.value):
                if isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value.strip() and (
                        " " in item.value or item.value[0].isupper() or "WORDS" in names):
                    yield item.value


def _words(tree: ast.AST, constant: str) -> Iterator[str]:
    """The first text of every value of a dictionary."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == constant:
            for value in node.value.values:
                yield from _strings(value.elts[0] if isinstance(value, ast.Tuple) else value)


def _fields(tree: ast.AST) -> Iterator[str]:
    """Labels, help texts and choices of settings fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "field":
            for keyword in node.keywords:
                if keyword.arg in ("label", "help"):
                    yield from _strings(keyword.value)
                elif keyword.arg == "choices" and isinstance(keyword.value, ast.Tuple):
                    yield from (text for choice in keyword.value.elts for text in _strings(choice.elts[1]))


def update(path: Path, found: Dict[str, str]) -> str:
    """The .ts file with today's texts and the translations that it has."""
    old = {}
    root = ElementTree.parse(path).getroot()  # noqa: S314  # our own file
    for message in root.iter("message"):
        translation = message.find("translation")
        if translation is not None and translation.text and translation.get("type") != "vanished":
            old[message.findtext("source")] = translation.text
    made = ElementTree.Element("TS", version="2.1", language=root.get("language"))
    context = ElementTree.SubElement(made, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text, file in sorted(found.items(), key=lambda item: (item[1], item[0])):
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "location", filename=f"../{file}")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation", **({} if text in old else {"type": "unfinished"}))
        translation.text = old.get(text, "")
    ElementTree.indent(made, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n' + ElementTree.tostring(made, encoding="unicode") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    found, stale = texts(), []
    for path in sorted(FOLDER.glob("*.ts")):
        text = update(path, found)
        if text != path.read_text(encoding="utf-8"):
            stale.append(path.name)
            if not arguments.check:
                path.write_text(text, encoding="utf-8")
        open_ = text.count('type="unfinished"')
        print(f"{path.name}: {len(found) - open_} of {len(found)} texts translated")
    if arguments.check:
        sys.exit(f"Not up to date: {', '.join(stale)}. Run tools/make_translations.py." if stale else 0)
    compiler = shutil.which("lrelease") or shutil.which("lrelease-qt5") or shutil.which("lrelease6")
    if compiler is None:
        sys.exit("lrelease is missing: install qttools5-dev-tools (Debian, Ubuntu) to compile the translations.")
    for path in sorted(FOLDER.glob("*.ts")):
        subprocess.run([compiler, "-silent", str(path), "-qm", str(path.with_suffix(".qm"))], check=True)


if __name__ == "__main__":
    main()
