"""The package as the QGIS plugin repository and a user's QGIS get it."""
import compileall
import configparser
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# The rules of plugins.qgis.org, "Publish a plugin": keys without which an upload is refused.
REQUIRED_KEYS = ("name", "description", "about", "version", "qgisMinimumVersion", "author", "email", "tracker", "repository")
CATEGORIES = ("Raster", "Vector", "Database", "Mesh", "Web")
LARGEST_UPLOAD = 25e6  # bytes
FORBIDDEN_IN_ZIP = re.compile(r"(^|/)(__pycache__|__MACOSX|\.git[^/]*|\.DS_Store|tests|tools|benchmarks|\.ci)(/|$)"
                              r"|\.(pyc|so|dll|exe)$")
HEAVY = ("numba", "scipy", "matplotlib", "pywt", "h5py", "pandas")


@pytest.fixture(scope="module")
def metadata():
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The committed state of the plugin, zipped as for an upload."""
    if shutil.which("git") is None or subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("not a git checkout: the package can't be made.")
    path = tmp_path_factory.mktemp("package") / "terrain_motion.zip"
    subprocess.run(["bash", ROOT / "tools" / "package", path], check=True, capture_output=True)
    return path


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def python(code, path):
    """Run code in a fresh Python that finds the package in `path`; its output."""
    code = f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(path)!r})\n{code}"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_metadata_has_what_the_plugin_repository_asks_for(metadata):
    for key in REQUIRED_KEYS:
        assert metadata.get(key, "").strip(), f"metadata.txt: {key} is missing"
    assert metadata["name"] == "Terrain Motion"
    assert "plugin" not in metadata["name"].lower()
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", metadata["version"])
    assert re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", metadata["email"])
    assert metadata["category"] in CATEGORIES
    assert metadata["hasProcessingProvider"] == "yes"
    assert "<" not in metadata["about"] + metadata["description"], "HTML is shown as text"
    assert len(metadata["description"]) <= 200, "the list shows one line"
    for key in ("tracker", "repository", "homepage"):
        assert re.fullmatch(r"https://[\w./-]+", metadata[key]), f"{key} is no address"


def test_metadata_covers_qgis_3_22_to_4_99(metadata):
    assert (metadata["qgisMinimumVersion"], metadata["qgisMaximumVersion"]) == ("3.22", "4.99")


def test_metadata_lines_after_the_first_are_indented():
    """QGIS reads metadata.txt as an INI file: text that continues must begin with a blank, empty lines cut it."""
    lines = (ROOT / "metadata.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[general]"
    for line in lines[1:]:
        assert not line.strip() or line[0].isspace() or re.match(r"\w+=", line), line


def test_version_is_the_same_everywhere(metadata):
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{metadata["version"]}"' in project


def test_licence_is_gpl_2_or_later(metadata):
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text and "Version 2, June 1991" in text and "How to Apply These Terms" in text
    assert metadata["license"] == "GPL-2.0-or-later"


def test_icons_are_small_scalable_and_complete(metadata):
    icons = [ROOT / metadata["icon"], *(ROOT / "processing_provider" / "icons").glob("*.svg")]
    groups = {icon.stem for icon in icons[1:]}
    assert groups >= {"scenes", "pairs", "matching", "correction", "filtering", "timeseries", "insar", "validation",
                      "workflows"}
    for icon in icons:
        tree = ElementTree.parse(icon).getroot()
        assert tree.get("viewBox"), icon
        assert icon.stat().st_size < 4000, icon
        used = {element.tag.split("}")[1] for element in tree.iter()}
        assert used <= {"svg", "g", "path", "rect", "circle", "line", "polyline", "polygon", "ellipse"}, \
            f"{icon}: Qt draws SVG Tiny"


def test_zip_holds_one_folder_without_development_files(package):
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"terrain_motion"}
    assert not [name for name in names if FORBIDDEN_IN_ZIP.search(name)]
    for needed in ("__init__.py", "metadata.txt", "LICENSE", "icon.svg", "engine/core/settings.py"):
        assert f"terrain_motion/{needed}" in names, f"{needed} is not in the package (is it committed?)"
    assert package.stat().st_size < LARGEST_UPLOAD


def test_zip_has_no_symlinks_and_no_executables(package):
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            assert mode & 0o170000 != 0o120000, f"{entry.filename} is a symlink: Windows can't unpack it"
            assert entry.is_dir() or not mode & 0o111, f"{entry.filename} is executable"


def test_every_module_of_the_zip_compiles(unpacked):
    assert compileall.compile_dir(unpacked, quiet=2, force=True)
    for cache in unpacked.rglob("__pycache__"):
        shutil.rmtree(cache)


def test_plugin_entry_imports_nothing_but_itself(unpacked):
    loaded = python("before = set(sys.modules); import terrain_motion; assert callable(terrain_motion.classFactory)\n"
                    "print(*sorted(set(sys.modules) - before))", unpacked)
    assert loaded == "terrain_motion"


def test_settings_of_all_stages_load_without_numpy(unpacked):
    modules = [".".join(path.relative_to(unpacked).with_suffix("").parts)
               for path in sorted((unpacked / "terrain_motion" / "engine").rglob("settings.py"))]
    assert modules
    lines = "\n".join(f"import {module}" for module in modules)
    assert python(f"{lines}\nprint(*[m for m in ('numpy', 'osgeo', *{HEAVY}) if m in sys.modules])", unpacked) == ""


def test_engine_modules_import_in_a_plain_python_without_qgis(unpacked):
    """Kernels load numba where it is installed; nothing may load QGIS."""
    modules = [".".join(path.relative_to(unpacked).with_suffix("").parts)
               for path in sorted((unpacked / "terrain_motion" / "engine").rglob("*.py"))]
    modules = [module.replace(".__init__", "") for module in modules]
    lines = "\n".join(f"import {module}" for module in modules)
    qgis = "[m for m in sys.modules if m.split('.')[0] in ('qgis', 'PyQt5', 'PyQt6')]"
    assert python(f"{lines}\nprint(*{qgis})", unpacked) == ""


def test_provider_loads_without_numba_scipy_or_matplotlib(unpacked, qgis_bare):
    if not (unpacked / "terrain_motion" / "processing_provider" / "provider.py").is_file():
        pytest.skip("processing_provider/provider.py is not committed yet.")
    code = ("import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
            "from qgis.core import QgsApplication; app = QgsApplication([], False); app.initQgis()\n"
            "from terrain_motion.processing_provider.provider import TerrainMotionProvider\n"
            "provider = TerrainMotionProvider(); provider.refreshAlgorithms()\n"
            "assert provider.algorithms(), 'no algorithms'\n"
            f"print(*[m for m in {HEAVY} if m in sys.modules])")
    assert python(code, unpacked) == ""
