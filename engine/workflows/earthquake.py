"""ETQ: the displacement across an earthquake (Provost et al. 2022, section 3.1).

Pairs across the split date, matched in both directions and in the bands blue, green, red and near infrared; ramp,
stripes and jitter removed from each; all of them averaged. With several pairs the corrections are made twice: the second
time in what the mean of the first leaves of each pair.
"""
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Sequence

from ..core.errors import SettingsError
from ..core.progress import Progress
from ..core.scene import Scene
from ..io.area import Area
from ..io.stable import StableGround
from . import report, stages
from .journal import Journal
from .settings import EARTHQUAKE, EVENT_BANDS, EarthquakeSettings
from .stages import Given


@dataclass(frozen=True)
class EarthquakeResult:
    """stack: stack.json of the corrected pairs. displacement: their mean. report: HTML."""
    stack: Path
    displacement: Path
    report: Path
    said: Sequence[str]


def run(scenes: Sequence[Scene], settings: EarthquakeSettings, output, progress: Optional[Progress] = None,
        stable: Optional[StableGround] = None, dem: Optional[str] = None,
        area: Optional[Area] = None) -> EarthquakeResult:
    """Displacement across the split date. What is finished in the output folder is not done again."""
    if not settings.network.split_date:
        raise SettingsError("Split date: the day of the earthquake is needed. Pairs bridge it.")
    given = Given(scenes, stable, dem, area)
    journal = Journal(output, "earthquake", progress or Progress(), stages.scenes_key(scenes))
    matching = settings.matching
    if not matching.bands:
        matching = replace(matching, bands=stages.bands_of(scenes, EVENT_BANDS))
    given = stages.prepare_scenes(journal, given, settings.preparation, EARTHQUAKE.preparation, matching.bands,
                                  (0.0, 0.1))
    network = stages.pair_scenes(journal, given, settings.network, EARTHQUAKE.network, (0.1, 0.12))
    stages.match_pairs(journal, given, network, matching, EARTHQUAKE.matching, (0.12, 0.78))
    motion = stages.shared_motion(journal, given, settings.correction, EARTHQUAKE.correction,
                                  settings.network.split_date, (0.78, 0.86))
    stages.correct_pairs(journal, given, settings.correction, EARTHQUAKE.correction, (0.86, 0.93), motion=motion)
    averaging = replace(settings.averaging, split_date=settings.network.split_date)
    stages.average_pairs(journal, averaging, EARTHQUAKE.averaging, (0.93, 0.97))
    stages.judge(journal, given, stages.CORRECTED, (0.97, 0.98))
    page = report.write(journal, "Earthquake: displacement across "
                        f"{settings.network.split_date}", given, network, displacement=stages.DISPLACEMENT)
    return EarthquakeResult(journal.path(stages.CORRECTED) / "stack.json", journal.path(stages.DISPLACEMENT), page,
                            [line for step in journal.steps for line in step.said])
