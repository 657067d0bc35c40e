"""Settings of the plugin as QGIS keeps them for a user. Nothing numerical is imported: this runs at start."""
from typing import Any, Dict

from qgis.core import QgsSettings

from ...engine.compute.settings import MachineSettings
from ...engine.core.errors import SettingsError
from ..units import LENGTH, LENGTH_SETTING, LENGTHS, RATE, RATE_SETTING, RATES

_PREFIX = "terrain_motion/machine/"


def machine() -> MachineSettings:
    """What the user has set; what is out of range or unreadable counts as not set."""
    settings, values = QgsSettings(), {}
    for parameter in MachineSettings.parameters():
        values[parameter.name] = _number(settings.value(_PREFIX + parameter.path[0]))
    try:
        return MachineSettings.from_parameters(values)
    except SettingsError:
        return MachineSettings()


def save_machine(machine_settings: MachineSettings) -> None:
    """Keep the settings, and let the next run follow them."""
    settings = QgsSettings()
    for name, value in machine_settings.as_dict().items():
        if value is None:
            settings.remove(_PREFIX + name)
        else:
            settings.setValue(_PREFIX + name, value)
    apply_machine()


def apply_machine() -> None:
    """Let runs follow what the user has set."""
    from ...engine.compute.machine import apply
    apply(machine())


def shown_units() -> Dict[str, str]:
    """{"length": unit, "rate": unit} in which results are shown."""
    settings = QgsSettings()
    length, rate = settings.value(LENGTH_SETTING), settings.value(RATE_SETTING)
    return {"length": length if length in LENGTHS else LENGTH, "rate": rate if rate in RATES else RATE}


def save_units(length: str, rate: str) -> None:
    settings = QgsSettings()
    settings.setValue(LENGTH_SETTING, length)
    settings.setValue(RATE_SETTING, rate)


def _number(value: Any):
    try:
        return int(value) if value not in (None, "") else None
    except (TypeError, ValueError):
        return None
