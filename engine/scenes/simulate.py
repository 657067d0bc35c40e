"""The embedded sample: a Sentinel-2-like series of a place that moves in a known way."""
import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import List, Optional

import numpy as np
from osgeo import ogr, osr

from ..compute.threads import map_threads
from ..core.flags import CLASS_NO_DATA
from ..core.grid import Grid
from ..core.history import step, to_text
from ..core.progress import Progress
from ..core.scene import Scene
from ..core.units import METRE, ONE
from ..io.raster import Band, check_writable, new_raster, spatial_reference
from ..io.tables import write_scenes
from .settings import EARTHQUAKE, SimulateSettings
from .simulation.render import RenderedScene, World, make_world, render
from .simulation.schedule import event_date
from .simulation.sensor import TRACK_AZIMUTH, detector_outlines, strip_width
from .simulation.terrain import MARGIN, PLACES, scene_grid
from .simulation.truth import stable_ground, write_mask_polygons, write_polygons, write_truth

MISSION, LEVEL, PREFIX = "Sentinel-2 (simulated)", "L1C", "S2SIM_"
_MASKS, _TRUTH = "masks", "truth"
_UNANNOUNCED = "truth/classes"  # where nobody takes them for the scenes' masks
_SCENES = "scenes.gpkg"          # written last: a folder without it is unfinished
_TIME = time(10, 32, 21)         # UTC of the overpass


@dataclass(frozen=True)
class SimulateResult:
    """Files of a simulated series. fault: the earthquake's, else None. clouds: mean share of the scenes, %."""
    scenes: Path
    dem: Path
    truth: Path
    stable: Path
    detectors: Path
    artefacts: Path
    fault: Optional[Path]
    count: int
    clouds: float


def run(settings: SimulateSettings, output: Path, progress: Optional[Progress] = None) -> SimulateResult:
    """Simulate a series into a folder: scenes, class masks, DEM, truth, stable ground, detectors, artefacts.

    Scenes of an earlier simulation in the folder are replaced. Nothing is left behind if the run fails or stops.
    """
    progress, output = progress or Progress(), Path(output).absolute()
    existed = output.exists()
    check_writable(output)
    work = output / f".simulate-{os.getpid()}.part"
    shutil.rmtree(work, ignore_errors=True)
    try:
        for folder in (_TRUTH, _mask_folder(settings)):
            (work / folder).mkdir(parents=True)
        progress.report(0.0, "Making the terrain and its cover")
        world, grid = make_world(settings), scene_grid(settings)
        _write_surroundings(work, world, grid)
        scenes = _write_all_scenes(work, output, world, grid, progress.part(0.15, 1.0))
        write_scenes(work / _SCENES, scenes)
        _publish(work, output)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if not existed and not any(output.iterdir()):
            output.rmdir()
    return SimulateResult(output / _SCENES, output / "dem.tif", output / _TRUTH / "series.json",
                          output / "stable.gpkg", output / "detectors.gpkg", output / "artefacts.json",
                          output / "fault.gpkg" if settings.scenario == EARTHQUAKE else None, len(scenes),
                          float(np.mean([scene.cloud for scene in scenes])))


def _write_surroundings(work: Path, world: World, grid: Grid) -> None:
    """DEM, truth, stable ground, detectors and fault."""
    settings = world.settings
    inner = slice(MARGIN, MARGIN + settings.size)
    with new_raster(work / "dem.tif", grid, [Band("elevation", METRE)],
                    {"TM_UNIT": METRE, "TM_HISTORY": to_text([step("simulatescenes", settings)])}) as raster:
        raster.write({"elevation": world.terrain.elevation[inner, inner]})
    _, largest = write_truth(work / _TRUTH, world.motion, grid, world.dates, event_date(settings, world.dates))
    write_mask_polygons(work / "stable.gpkg", "stable", grid, stable_ground(largest, world.terrain.water))
    write_polygons(work / "detectors.gpkg", "detectors", grid.crs, detector_outlines(settings, grid), "detector")
    if settings.scenario == EARTHQUAKE:
        ends = [grid.xy(column + 0.5, row + 0.5) for column, row in world.motion.fault()]
        line = "LINESTRING (" + ", ".join(f"{x:.2f} {y:.2f}" for x, y in ends) + ")"
        write_polygons(work / "fault.gpkg", "fault", grid.crs, [(1, line)], kind=ogr.wkbLineString)


def _write_all_scenes(work: Path, output: Path, world: World, grid: Grid, progress: Progress) -> List[Scene]:
    """Render and write every scene; the artefacts' parameters too. Returns the rows of the scenes layer, by date."""
    count, scenes, artefacts = len(world.dates), {}, {}
    outline = _footprint(grid)
    rendered = map_threads(lambda index: render(world, index), range(count), progress)
    for index, scene in rendered:
        scenes[index] = _write_scene(work, output, world.settings, grid, scene, outline)
        artefacts[index] = _artefacts(scene, grid)
        progress.report(len(scenes) / count, f"Scene {len(scenes)} of {count}: {scene.acquired.isoformat()}")
    settings = world.settings
    event = event_date(settings, world.dates)
    facts = {"unit": "px: to the right and downward", "track_azimuth": TRACK_AZIMUTH,
             "strip_width": strip_width(settings), "event": event.isoformat() if event else None,
             "effective_time": [float(t) for t in world.motion.times], "settings": settings.as_dict(),
             "scenes": [artefacts[i] for i in range(count)]}
    (work / "artefacts.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return [scenes[i] for i in range(count)]


def _write_scene(work: Path, output: Path, settings: SimulateSettings, grid: Grid, scene: RenderedScene,
                 outline: str) -> Scene:
    """Write one scene and its class mask; returns its row with the paths of the finished folder."""
    stamp = scene.acquired.strftime("%Y%m%d")
    acquired = datetime.combine(scene.acquired, _TIME)
    name = f"{PREFIX}{stamp}_{next(iter(scene.bands))}.tif" if len(scene.bands) == 1 else f"{PREFIX}{stamp}.tif"
    mask = f"{_mask_folder(settings)}/mask_{stamp}.tif"
    _, _, tile, orbit = PLACES[settings.scenario]
    items = {"ACQUISITION_DATE": acquired.strftime("%Y-%m-%dT%H:%M:%SZ"), "TIFFTAG_DATETIME":
             acquired.strftime("%Y:%m:%d %H:%M:%S"), "SUN_AZIMUTH": f"{scene.sun[0]:.3f}",
             "SUN_ELEVATION": f"{scene.sun[1]:.3f}", "QUANTIFICATION_VALUE": "10000"}
    with new_raster(work / name, grid, [Band(band) for band in scene.bands], items, dtype="uint16", nodata=0) as file:
        file.write(scene.bands)
    with new_raster(work / mask, grid, [Band("class", ONE)], {"ACQUISITION_DATE": items["ACQUISITION_DATE"]},
                    dtype="uint8", nodata=CLASS_NO_DATA) as file:
        file.write({"class": scene.classes})
    return Scene(str(output / name), acquired, MISSION, LEVEL, tile, orbit,
                 round(100.0 * float(scene.sky.cloudy.mean()), 2), round(scene.sun[0], 3), round(scene.sun[1], 3),
                 str(output / mask) if settings.mask_clouds else "", str(output / "detectors.gpkg"), outline)


def _mask_folder(settings: SimulateSettings) -> str:
    return _MASKS if settings.mask_clouds else _UNANNOUNCED


def _artefacts(scene: RenderedScene, grid: Grid):
    return {"date": scene.acquired.isoformat(), **scene.errors.as_dict(),
            "cloud": float(scene.sky.cloudy.mean()), "cloud_height": float(scene.sky.height),
            "haze": float(scene.sky.haze), "pixel_size": grid.pixel_size}


def _footprint(grid: Grid) -> str:
    """The grid's outline in longitude and latitude, WKT."""
    xmin, ymin, xmax, ymax = grid.bounds
    points = ", ".join(f"{x} {y}" for x, y in ((xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax), (xmin, ymin)))
    outline = ogr.CreateGeometryFromWkt(f"POLYGON (({points}))")
    outline.Transform(osr.CoordinateTransformation(spatial_reference(grid.crs), spatial_reference("EPSG:4326")))
    return outline.ExportToWkt()


def _publish(work: Path, output: Path) -> None:
    """Move the finished files into place, the scenes layer last, over those of an earlier simulation."""
    (output / _SCENES).unlink(missing_ok=True)
    for old in [*output.glob(f"{PREFIX}*.tif"), output / "fault.gpkg"]:
        old.unlink(missing_ok=True)
    for folder in (_MASKS, _TRUTH):
        shutil.rmtree(output / folder, ignore_errors=True)
    for file in sorted(work.iterdir(), key=lambda item: item.name == _SCENES):
        os.replace(file, output / file.name)
