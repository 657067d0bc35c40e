"""What all tests share: the package under its name, QGIS without a screen, data, seeds, loud skips."""
import importlib.util
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "terrain_motion"
# Words in TERRAIN_MOTION_REQUIRE ("qgis data") turn the skip for a missing thing into a failure: CI sets it.
REQUIRED = os.environ.get("TERRAIN_MOTION_REQUIRE", "").replace(",", " ").split()

# Before anything imports Qt, GDAL, NumPy's BLAS or Matplotlib.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")


def _import_root():
    """Make the repository root importable as `terrain_motion`, whatever its folder is called."""
    if PACKAGE in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(
        PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


_import_root()


def missing(thing, reason):
    """Skip, and say so at the end of the run; fail where TERRAIN_MOTION_REQUIRE names the thing ("qgis", "data")."""
    if thing in REQUIRED:
        pytest.fail(f"{reason} (required by TERRAIN_MOTION_REQUIRE)", pytrace=False)
    pytest.skip(f"{thing}: {reason}")


def pytest_terminal_summary(terminalreporter):
    """List what was not tested, and why, where nobody can overlook it."""
    reasons = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons.setdefault(reason.replace("Skipped: ", "", 1), []).append(report.nodeid)
    if not reasons:
        return
    terminalreporter.section("NOT TESTED", sep="!", yellow=True, bold=True)
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{len(tests)} test(s) not run. {reason}", yellow=True, bold=True)
        for test in tests:
            terminalreporter.write_line(f"    {test}")


@pytest.fixture(autouse=True)
def seeds():
    """The same random numbers in every run and in every order of tests."""
    random.seed(20180317)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(20180317)


@pytest.fixture(autouse=True)
def hidden_exceptions():
    """Exceptions inside Qt slots reach only sys.excepthook: a test in which one happens fails."""
    caught, previous = [], sys.excepthook
    sys.excepthook = lambda kind, error, trace: caught.append(error)
    yield
    sys.excepthook = previous
    if caught:
        raise AssertionError(f"{len(caught)} exception(s) in Qt slots, first: {caught[0]!r}") from caught[0]


class RecordedProgress:
    """What a stage reported: `fractions`, `messages`; `cancel_after(n)` cancels at the n-th question whether to stop."""

    def __init__(self):
        self.fractions, self.messages = [], []
        self._asked, self._limit = 0, None

    def report(self, fraction, message):
        self.fractions.append(fraction)
        self.messages.append(message)

    def cancelled(self):
        self._asked += 1
        return self._limit is not None and self._asked > self._limit

    def cancel_after(self, questions):
        self._limit = questions


@pytest.fixture
def progress():
    """A Progress to hand to stages; its `.record` is a RecordedProgress."""
    from terrain_motion.engine.core.progress import Progress
    record = RecordedProgress()
    result = Progress(record.report, record.cancelled)
    result.record = record
    return result


@pytest.fixture(scope="session")
def root():
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def data():
    """The folder of real data (../shared/data or TERRAIN_MOTION_DATA), read only; skipped loudly without it."""
    folder = Path(os.environ.get("TERRAIN_MOTION_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        missing("data", f"no real data in {folder}; set TERRAIN_MOTION_DATA to its folder.")
    return folder


@pytest.fixture(scope="session")
def plugin_folder(tmp_path_factory):
    """A folder that holds the repository as `terrain_motion`: for QGIS_PLUGINPATH and PYTHONPATH of subprocesses."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / PACKAGE).symlink_to(ROOT, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def qgis_bare():
    """A QgsApplication with its own empty profile, without a screen, without Processing."""
    if importlib.util.find_spec("qgis") is None:
        missing("qgis", "the QGIS Python modules (python3-qgis) are not installed.")
    profile = tempfile.mkdtemp(prefix="terrain-motion-profile-")
    os.environ["QGIS_CUSTOM_CONFIG_PATH"] = profile
    from qgis.core import QgsApplication
    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    app = QgsApplication([], True, profile)
    app.initQgis()
    yield app
    app.exitQgis()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture(scope="session")
def qgis_app(qgis_bare):
    """QGIS with Processing and the provider `terrainmotion` in its registry."""
    from qgis.core import QgsApplication
    plugins = str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins")
    if plugins not in sys.path:
        sys.path.append(plugins)
    from processing.core.Processing import Processing
    Processing.initialize()
    from terrain_motion.processing_provider.provider import register
    provider = register()  # noqa: F841  # kept: Python would collect what QGIS still uses
    yield qgis_bare
    QgsApplication.processingRegistry().removeProvider("terrainmotion")   # by id: a test may have removed it already
    Processing.deinitialize()
