"""What ICE and SLIDE share: pairs, displacements, corrections, filters, mean velocity, time series, report."""
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..core.progress import Progress
from ..core.scene import Scene
from ..io.area import Area
from ..io.stable import StableGround
from . import report, stages
from .journal import Journal
from .stages import Given


@dataclass(frozen=True)
class MotionResult:
    """stack: stack.json of the filtered pairs. velocity: of the time series; mean_velocity: over the pairs, with the
    vector coherence. report: HTML."""
    stack: Path
    series: Path
    velocity: Path
    mean_velocity: Path
    report: Path
    said: Sequence[str]


def run(service: str, title: str, scenes: Sequence[Scene], settings, preset, output, progress: Optional[Progress],
        stable: Optional[StableGround], dem: Optional[str], area: Optional[Area]) -> MotionResult:
    """Run a service over scenes. settings: IceSettings or SlideSettings; preset: what its report compares with."""
    given = Given(scenes, stable, dem, area)
    journal = Journal(output, service, progress or Progress(), stages.scenes_key(scenes))
    given = stages.prepare_scenes(journal, given, settings.preparation, preset.preparation, settings.matching.bands,
                                  (0.0, 0.1))
    network = stages.pair_scenes(journal, given, settings.network, preset.network, (0.1, 0.12))
    stages.match_pairs(journal, given, network, settings.matching, preset.matching, (0.12, 0.65))
    stages.correct_pairs(journal, given, settings.correction, preset.correction, (0.65, 0.75))
    stages.filter_pairs(journal, given, settings.filters, preset.filters, (0.75, 0.82))
    stages.fuse_pairs(journal, settings.fusion, preset.fusion, (0.82, 0.85))
    stages.invert_pairs(journal, given, settings.inversion, preset.inversion, (0.85, 0.97))
    stages.judge(journal, given, stages.FILTERED, (0.97, 0.98))
    page = report.write(journal, title, given, network, velocity=stages.VELOCITY, series=stages.SERIES)
    return MotionResult(journal.path(stages.FILTERED) / "stack.json", journal.path(stages.SERIES) / "series.json",
                        journal.path(stages.SERIES) / "velocity.tif", journal.path(stages.VELOCITY), page,
                        [line for step in journal.steps for line in step.said])
