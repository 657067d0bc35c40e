"""The house rules, read from the source: imports go one way, the engine knows no QGIS, modules stay short."""
import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("scenes", "network", "matching", "correction", "filtering", "fusion", "inversion", "insar")
# Who may import whom: a layer sees itself and the layers named here.
ENGINE_MAY_SEE = {
    "core": set(),
    "io": {"core"},
    "compute": {"core", "io"},  # beside io in the design; what runs over pairs of files needs it, never the reverse
    **{stage: {"core", "io", "compute"} for stage in STAGES},
    "validation": {"core", "io", "compute", *STAGES},
    "workflows": {"core", "io", "compute", *STAGES, "validation"},
}
TOP_MAY_SEE = {"engine": set(), "processing_provider": {"engine"}, "ui": {"engine", "processing_provider"},
               "plugin.py": {"engine", "processing_provider", "ui"}, "__init__.py": {"plugin"}}
FORBIDDEN_MODULES = ("pickle", "cPickle", "dill", "shelve", "marshal")
FORBIDDEN_CALLS = ("eval", "exec", "print", "breakpoint", "os.system", "os.popen", "yaml.load", "processEvents")
LONGEST_MODULE = 450  # lines; STYLE asks for about 400


def product_files():
    """Every module of the plugin itself, as paths relative to the root."""
    folders = [ROOT / name for name in ("engine", "processing_provider", "ui")]
    files = [path for folder in folders for path in folder.rglob("*.py")] + list(ROOT.glob("*.py"))
    return sorted(path.relative_to(ROOT) for path in files)


def parse(file):
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), filename=str(file))


def imports(file, tree=None):
    """(line, dotted name from the root for relative imports with a leading dot, else the absolute name)."""
    package = list(file.parent.parts)
    for node in ast.walk(tree or parse(file)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module
        elif isinstance(node, ast.ImportFrom):
            assert node.level - 1 <= len(package), f"{file}:{node.lineno} imports from above the plugin"
            base = package[:len(package) - (node.level - 1)] + (node.module or "").split(".")
            base = [part for part in base if part]
            # `from ..engine import io` names a layer in its last word.
            for alias in node.names:
                yield node.lineno, "." + ".".join([*base, alias.name])


def layer_breaches(file, tree=None):
    """Imports of this module that go against the one direction, in words."""
    found = []
    own_top = file.parts[0]
    own_stage = file.parts[1] if own_top == "engine" and len(file.parts) > 2 else None
    for line, name in imports(file, tree):
        first = name.split(".")[0]
        if first == "terrain_motion":
            found.append(f"{file}:{line}: imports {name}; the plugin's folder may have any name, import relatively")
        if not name.startswith("."):
            if own_top == "engine" and (first in ("qgis", "processing", "sip") or first.startswith("PyQt")):
                found.append(f"{file}:{line}: the engine imports {name}")
            continue
        parts = name[1:].split(".")
        top = parts[0]
        if top != own_top and top not in TOP_MAY_SEE.get(own_top, set()):
            found.append(f"{file}:{line}: {own_top} imports {top}")
        if own_stage and top == "engine" and len(parts) > 1:
            stage = parts[1]
            if stage in ENGINE_MAY_SEE and stage != own_stage and stage not in ENGINE_MAY_SEE.get(own_stage, set()):
                found.append(f"{file}:{line}: {own_stage} imports {stage}")
    return found


def call_name(call):
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute):
        return f"{function.value.id}.{function.attr}" if isinstance(function.value, ast.Name) else function.attr
    return ""


def forbidden(file, tree=None):
    """Bare excepts, swallowed exceptions, prints and calls that run text or a shell, in words."""
    found = []
    for node in ast.walk(tree or parse(file)):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                found.append(f"{file}:{node.lineno}: bare except")
            elif isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException") \
                    and len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                found.append(f"{file}:{node.lineno}: every exception swallowed")
        elif isinstance(node, ast.Call):
            name = call_name(node)
            if name in FORBIDDEN_CALLS or name.split(".")[-1] == "processEvents":
                found.append(f"{file}:{node.lineno}: calls {name}")
            for keyword in node.keywords:
                if keyword.arg in ("shell", "fastmath") and getattr(keyword.value, "value", True) is not False:
                    found.append(f"{file}:{node.lineno}: {keyword.arg}=True")
        elif isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            found.append(f"{file}:{node.lineno}: star import")
    for line, name in imports(file, tree):
        if name.split(".")[0] in FORBIDDEN_MODULES:
            found.append(f"{file}:{line}: imports {name}")
    return found


def test_imports_go_one_way_and_engine_knows_no_qgis():
    breaches = [line for file in product_files() for line in layer_breaches(file)]
    assert not breaches, "\n" + "\n".join(breaches)


def test_every_engine_folder_has_its_place_in_the_layers():
    folders = {path.name for path in (ROOT / "engine").iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert folders <= set(ENGINE_MAY_SEE), f"unknown layers {folders - set(ENGINE_MAY_SEE)}"
    for folder in folders:
        assert (ROOT / "engine" / folder / "__init__.py").is_file(), f"engine/{folder} is no package"


def test_settings_modules_import_only_the_standard_library_and_core():
    # Python 3.9 has no sys.stdlib_module_names; the tests' own QGIS versions do.
    standard = getattr(sys, "stdlib_module_names", None)
    if standard is None:
        pytest.skip("Python < 3.10 cannot tell which modules are its own")
    found = []
    for file in product_files():
        if file.name != "settings.py" or file.parts[0] != "engine":
            continue
        for line, name in imports(file):
            own = name.startswith(".engine.core.") or (name.startswith(".engine.") and any(
                part in name + "." for part in ("settings.", ".presets.")))
            if not own and name.split(".")[0] not in standard:
                found.append(f"{file}:{line}: imports {name}")
    assert not found, "\n" + "\n".join(found)


def test_no_bare_except_print_eval_pickle_or_shell_in_the_product():
    found = [line for file in product_files() for line in forbidden(file)]
    assert not found, "\n" + "\n".join(found)


def test_modules_can_be_held_in_mind():
    lengths = {str(file): (ROOT / file).read_text(encoding="utf-8").count("\n") for file in product_files()}
    too_long = {file: lines for file, lines in lengths.items() if lines > LONGEST_MODULE}
    assert not too_long, f"longer than {LONGEST_MODULE} lines: {too_long}"


def test_product_is_written_in_the_syntax_of_python_3_9():
    for file in product_files():
        ast.parse((ROOT / file).read_text(encoding="utf-8"), filename=str(file), feature_version=(3, 9))


@pytest.mark.parametrize("path, source", [
    ("engine/matching/x.py", "from ..inversion import solver"),
    ("engine/matching/x.py", "from .. import inversion"),
    ("engine/core/x.py", "from ..io.raster import open_raster"),
    ("engine/io/x.py", "from ..compute import tiles"),
    ("engine/io/products/x.py", "from ...scenes import catalogue"),
    ("engine/fusion/x.py", "from qgis.core import QgsRasterLayer"),
    ("engine/fusion/x.py", "def f():\n    import PyQt5.QtCore"),
    ("engine/workflows/x.py", "from ...processing_provider import provider"),
    ("processing_provider/x.py", "from ..ui import dock"),
    ("ui/docks/x.py", "import terrain_motion.engine"),
], ids=lambda text: text.replace("\n", " "))
def test_a_breach_of_the_layers_is_seen(path, source):
    assert layer_breaches(Path(path), ast.parse(source))


@pytest.mark.parametrize("path, source", [
    ("engine/matching/x.py", "from ..core.errors import InputError\nfrom ..io import raster\nfrom . import kernels"),
    ("engine/io/products/x.py", "from ...core import scene\nfrom ..raster import open_raster"),
    ("engine/workflows/x.py", "from ..matching import pairs\nfrom ..validation import stations"),
    ("ui/docks/x.py", "from ...processing_provider import schema\nfrom ...engine.core import flags"),
    ("plugin.py", "from .ui import dock\nfrom .processing_provider.provider import TerrainMotionProvider"),
], ids=["stage", "io", "workflow", "dock", "plugin"])
def test_the_right_direction_is_accepted(path, source):
    assert layer_breaches(Path(path), ast.parse(source)) == []


@pytest.mark.parametrize("source", [
    "try:\n    pass\nexcept:\n    pass", "try:\n    pass\nexcept Exception:\n    pass", "print(1)", "eval('1')", "exec('1')",
    "import pickle", "import os\nos.system('ls')", "import subprocess\nsubprocess.run('ls', shell=True)",
    "numba.njit(fastmath=True)", "from math import *", "QApplication.processEvents()",
])
def test_a_forbidden_construct_is_seen(source):
    assert forbidden(Path("engine/core/x.py"), ast.parse(source))
