"""QGIS without a window, with Processing and this plugin's provider: for the demo and for making documentation."""
import importlib.util
import os
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PROVIDERS = []  # the registry owns the provider, but Python must not collect its wrapper


def import_root():
    """Make the repository root importable as `terrain_motion`, whatever its folder is called."""
    if "terrain_motion" not in sys.modules:
        spec = importlib.util.spec_from_file_location("terrain_motion", ROOT / "__init__.py",
                                                      submodule_search_locations=[str(ROOT)])
        module = importlib.util.module_from_spec(spec)
        sys.modules["terrain_motion"] = module
        spec.loader.exec_module(module)


def start_qgis():
    """A QgsApplication with Processing and the provider registered; call exitQgis() at the end."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication
    QgsApplication.setPrefixPath(os.environ.get("QGIS_PREFIX_PATH", "/usr"), True)
    application = QgsApplication([], True)
    application.initQgis()
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    from processing.core.Processing import Processing
    Processing.initialize()
    # QGIS shows every warning of every package; this one is about numba's own files.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="llvmlite")
    import_root()
    from terrain_motion.processing_provider.provider import register
    _PROVIDERS.append(register())
    return application
