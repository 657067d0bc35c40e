"""Settings: one declaration, validated, flattened for forms and put back together."""
from dataclasses import dataclass
from typing import Optional

import pytest
from terrain_motion.engine.core.errors import SettingsError
from terrain_motion.engine.core.settings import Settings, field, group


@dataclass(frozen=True)
class Inner(Settings):
    window: int = field(5, label="Window", unit="px", minimum=3, maximum=51)


@dataclass(frozen=True)
class Outer(Settings):
    split_date: Optional[str] = field(None, label="Split date", kind="date")
    method: str = field("mean", label="Method", choices=(("mean", "Mean"), ("median", "Median")))
    factor: float = field(3.0, label="Factor", minimum=0.5)
    inner: Inner = group(Inner())

    def check(self):
        if self.method == "median" and self.factor < 1:
            raise SettingsError("The median needs a factor of 1 or more.")


def test_parameter_names_are_capitals_without_underscores_and_nested_fields_stand_in_line():
    assert [p.name for p in Outer.parameters()] == ["SPLITDATE", "METHOD", "FACTOR", "WINDOW"]


def test_values_go_to_parameters_and_back():
    settings = Outer.from_parameters({"WINDOW": 7, "SPLITDATE": "2019-07-05", "METHOD": "median"})
    assert settings.inner.window == 7 and settings.split_date == "2019-07-05"
    assert Outer.from_parameters(settings.as_parameters()) == settings


@pytest.mark.parametrize("values, words", [
    ({"WINDOW": 2}, "outside the allowed range 3 to 51 px"), ({"METHOD": "mode"}, "not one of mean, median"),
    ({"SPLITDATE": "5 July"}, "write it as YYYY-MM-DD"), ({"FACTOR": float("nan")}, "outside the allowed range"),
    ({"FACTOR": True}, "not of the kind float"), ({"FACTOR": None}, "a value is needed"),
    ({"METHOD": "median", "FACTOR": 0.7}, "median needs a factor"), ({"WIDTH": 3}, "Unknown settings")])
def test_a_wrong_value_is_refused_in_words(values, words):
    with pytest.raises(SettingsError, match=words):
        Outer.from_parameters(values)
