"""The embedded InSAR sample: HyP3-like products of two tracks over glaciers that move in a known way."""
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional

from ...compute.threads import map_threads
from ...core.history import step, to_text
from ...core.progress import Progress
from ...core.units import METRE
from ...io.raster import Band, check_writable, new_raster
from ..simulation.truth import write_mask_polygons
from .ground import Ground, make_ground
from .products import ProductWriter
from .settings import ASCENDING, DESCENDING, SimulateInterferogramsSettings
from .signal import Signal
from .track import look_angles, make_track
from .truth import SIGN_ENU, write_true_series, write_velocity

_TRUTH, _LAST = "truth", "artefacts.json"   # the last file: a folder without it is unfinished


@dataclass(frozen=True)
class SimulateInterferogramsResult:
    """Files of the sample. folders: track -> folder of its products. truths: track -> series.json of its true motion
    along the line of sight. truth: map of the true velocity, east and up. dates: track -> number."""
    folders: Dict[str, Path]
    truths: Dict[str, Path]
    truth: Path
    dem: Path
    stable: Path
    glaciers: Path
    artefacts: Path
    products: int
    dates: Dict[str, int]


def run(settings: SimulateInterferogramsSettings, output, progress: Optional[Progress] = None):
    """Simulate products into folders `ascending` and `descending` of the output, with DEM, stable ground and truth.

    Those of an earlier simulation are replaced. Nothing is left behind if the run fails or stops.
    """
    progress, output, settings = progress or Progress(), Path(output).absolute(), settings.effective
    existed = output.exists()
    check_writable(output)
    work = output / f".simulate-{os.getpid()}.part"
    shutil.rmtree(work, ignore_errors=True)
    try:
        (work / _TRUTH).mkdir(parents=True)
        progress.report(0.0, "Making the mountain and its glaciers")
        ground = make_ground(settings)
        _write_surroundings(work, ground, settings)
        names = settings.track_names
        facts = [_write_track(work, name, ground, settings, progress.part(0.05 + 0.95 * i / len(names),
                                                                         0.05 + 0.95 * (i + 1) / len(names)))
                 for i, name in enumerate(names)]
        (work / _LAST).write_text(json.dumps({"settings": settings.as_dict(), "tracks": facts}, indent=1),
                                  encoding="utf-8")
        _publish(work, output)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if not existed and not any(output.iterdir()):
            output.rmdir()
    return SimulateInterferogramsResult(
        {name: output / name for name in names}, {name: output / _TRUTH / name / "series.json" for name in names},
        output / _TRUTH / "velocity.tif", output / "dem.tif", output / "stable.gpkg", output / "glaciers.gpkg",
        output / _LAST, sum(len(f["products"]) for f in facts), {f["track"]: len(f["dates"]) for f in facts})


def _write_surroundings(work: Path, ground: Ground, settings: SimulateInterferogramsSettings) -> None:
    """DEM, true velocity, outlines of stable ground and of glaciers."""
    with new_raster(work / "dem.tif", ground.grid, [Band("elevation", METRE)],
                    {"TM_UNIT": METRE, "TM_HISTORY": to_text([step("simulateinterferograms", settings)])}) as raster:
        raster.write({"elevation": ground.elevation})
    velocities = {"east": ground.east, "up": ground.up}
    if settings.north:
        velocities = {"east": ground.east, "north": ground.north, "up": ground.up}
    write_velocity(work / _TRUTH / "velocity.tif", ground.grid, velocities, settings, SIGN_ENU)
    write_mask_polygons(work / "stable.gpkg", "stable", ground.grid, ground.stable)
    write_mask_polygons(work / "glaciers.gpkg", "glacier", ground.grid, ground.ice > 0.5)


def _write_track(work: Path, name: str, ground: Ground, settings: SimulateInterferogramsSettings,
                 progress: Progress) -> Dict[str, object]:
    """Products and true series of one track; returns what was put in."""
    progress.report(0.0, f"Making the atmosphere of the {name} track")
    track = make_track(name, settings)
    theta, phi = look_angles(track.place, ground.grid)
    signal = Signal(track, ground, settings, theta, phi)
    folder, spare = work / name, work / ".shared"
    folder.mkdir()
    writer = ProductWriter(folder, spare, track, ground, theta, phi, settings)
    # Named, the generator would outlive a cancelled loop, and its threads the removal of the folder that they write to.
    for number, _ in enumerate(map_threads(lambda pair: writer.write(pair, *signal.render(pair)), track.pairs, progress), 1):
        progress.report(number / len(track.pairs), f"Interferogram {number} of {len(track.pairs)}, {name} track")
    shutil.rmtree(spare)
    write_true_series(work / _TRUTH / name, ground.grid, [p.time.date() for p in track.passes],
                      {"los": signal.velocity}, settings)
    return signal.facts()


def _publish(work: Path, output: Path) -> None:
    """Move the finished files into place over those of an earlier simulation, the list of artefacts last."""
    (output / _LAST).unlink(missing_ok=True)
    for folder in (ASCENDING, DESCENDING, _TRUTH):
        shutil.rmtree(output / folder, ignore_errors=True)
    for file in sorted(work.iterdir(), key=lambda item: item.name == _LAST):
        os.replace(file, output / file.name)
