"""Download: the area and bands of scenes that Search found, as folders that Catalogue reads."""
import hashlib
import json
import logging
import shutil
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from ...compute.threads import map_threads
from ...core.errors import InputError
from ...core.progress import Progress
from ...core.scene import Scene
from ...io.area import Area
from ...io.raster import check_writable
from ...io.tables import write_scenes
from .. import catalogue
from ..catalogue_settings import CatalogueSettings
from .archive_settings import DownloadSettings
from .assets import Asset, Selection, is_needed, select
from .client import Client, LoginNeeded, NetworkError, NotThere, Patience, login_words
from .endpoints import endpoint_of
from .folders import SceneFolder, complete, leftovers
from .images import KEY, Outside, Plan, annotate, fetch, key_of, plan
from .offsets import already_applied, restate
from .remote import RemoteFile
from .stac import scene_of
from .transport import Transport, UrlTransport

log = logging.getLogger(__name__)
SCENES = "scenes.gpkg"
_MB = 1e6


@dataclass(frozen=True)
class DownloadResult:
    """scenes: what is here now, by time. done, reused: scenes fetched now and found here. failed: (scene, reason).
    fetched: bytes that came."""
    scenes: List[Scene]
    layer: Path
    done: int
    reused: int
    failed: List[Tuple[str, str]]
    fetched: int


@dataclass
class _Job:
    """One scene. item, selection and plans come from the archive; folder once they are known."""
    scene: Scene
    item: Dict[str, Any] = field(default_factory=dict)
    selection: Optional[Selection] = None
    folder: Optional[SceneFolder] = None
    plans: Dict[Asset, Plan] = field(default_factory=dict)
    missing: List[Asset] = field(default_factory=list)
    left: int = 0
    problem: str = ""

    @property
    def name(self) -> str:
        return self.scene.path.rstrip("/").rpartition("/")[2]


def run(scenes: Sequence[Scene], area: Optional[Area], settings: DownloadSettings, output,
        transport: Optional[Transport] = None, progress: Optional[Progress] = None,
        patience: Patience = Patience()) -> DownloadResult:
    """Fetch scenes into `output`, one folder each. area: None for whole images.

    A scene is published when all its files are complete; an unfinished run goes on where it stopped. A scene that
    fails is left out with its reason; an archive that is down or wants a log-in ends the run.
    """
    return _Download(scenes, area, settings, Path(output), transport or UrlTransport(), progress or Progress(),
                     patience).run()


class _Download:
    """One run."""

    def __init__(self, scenes, area, settings, output, transport, progress, patience):
        self.area, self.settings, self.output, self.progress = area, settings, output, progress
        self.transport, self.patience = transport, patience
        self.scenes = list(dict.fromkeys(scenes))
        self.quiet = Progress(None, lambda: progress.stopped)  # for threads
        self.request = self._request()
        self.failed: List[Tuple[str, str]] = []
        self.fetched, self.looked, self.expected = 0, 0, 0  # bytes: that came, while planning, to come
        self._lock, self._clients, self._owners = threading.Lock(), {}, {}

    def run(self) -> DownloadResult:
        check_writable(self.output)
        there = complete(self.output)
        folders = {s.path: there[s.path][self.request] for s in self.scenes if self.request in there.get(s.path, {})}
        reused = len(folders)
        jobs = [_Job(scene) for scene in self.scenes if scene.path not in folders]
        jobs = self._planned(jobs)
        self._check_size(jobs, reused)
        for job in self._fetched(jobs):
            self._publish(job)
            folders[job.scene.path] = job.folder.folder
        found = sorted(self._catalogued(folders), key=lambda s: (s.acquired, s.path))
        if not found:
            raise InputError(f"None of {len(self.scenes)} scenes could be fetched; the first: "
                             f"{'; '.join(f'{name}: {reason}' for name, reason in self.failed[:1])}")
        layer = write_scenes(self.output / SCENES, found)
        self.progress.report(1.0, f"{len(found)} scenes")
        return DownloadResult(found, layer, len(folders) - reused, reused, self.failed, self.fetched)

    def _request(self) -> str:
        area = None if self.area is None else [*(round(v, 9) for v in self.area.bounds), self.area.crs]
        asked = [self.settings.band_names, self.settings.classes, self.settings.whole, area]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]

    def _client(self, address: str) -> Client:
        archive = endpoint_of(address)
        with self._lock:
            if archive not in self._clients:
                self._clients[archive] = Client(self.transport, archive, self.quiet, self.patience)
            return self._clients[archive]

    # --- what is needed ---

    def _planned(self, jobs: List[_Job]) -> List[_Job]:
        progress = self.progress.part(0.0, 0.1)
        planned = []
        for number, (job, _) in enumerate(map_threads(self._plan, jobs, progress, self.settings.connections), 1):
            if job.problem:
                self.failed.append((job.name, job.problem))
            else:
                planned.append(job)
            progress.report(number / len(jobs), f"Looking at {number} of {len(jobs)} scenes")
        return sorted(planned, key=lambda job: (job.scene.acquired, job.scene.path))

    def _plan(self, job: _Job) -> None:
        try:
            self._plan_scene(job)
        except Outside:
            job.problem = "it does not reach the area"
        except (NetworkError, LoginNeeded):
            raise
        except InputError as error:
            job.problem = str(error)

    def _plan_scene(self, job: _Job) -> None:
        address = job.scene.path
        if not address.startswith(("http://", "https://")):
            raise InputError(f"{address} is not in an archive but on this machine. Use it as it is.")
        client = self._client(address)
        if client.archive.register and not self.transport.has_login:
            raise LoginNeeded(login_words(address, client.archive, 401, False))
        stored = getattr(job.scene, "stac", "")
        job.item = json.loads(stored) if stored else client.json(address)
        if not isinstance(job.item.get("assets"), dict) or not job.item.get("id"):
            raise InputError(f"{address} is not a STAC item. Run Search again.")
        job.selection = select(job.item, address, self.settings.band_names, self.settings.classes, self.settings.whole)
        with self._lock:
            owner = self._owners.setdefault(job.selection.folder, address)
        if owner != address:
            raise InputError(f"it would go into the same folder as {owner}. Download them into two folders.")
        job.folder = SceneFolder(self.output / job.selection.folder)
        done = job.folder.done()
        for asset in leftovers(job.selection):
            if done.get(asset.path) != key_of(asset, self.area):
                remote = RemoteFile(client, asset.href, job.folder.bytes_of(asset), self._told)
                small = asset in job.selection.metadata
                job.plans[asset] = Plan(remote, None) if small else plan(asset, remote, self.area)
        job.left = len(job.plans)

    def _check_size(self, jobs: Sequence[_Job], reused: int) -> None:
        """Tell how much will be fetched, before it begins. Raises InputError where that is too much."""
        plans = [planned for job in jobs for planned in job.plans.values()]
        self.looked, self.expected = self.fetched, sum(planned.size or 0 for planned in plans)
        unknown = sum(planned.size is None for job in jobs for asset, planned in job.plans.items()
                      if asset not in job.selection.metadata)
        whole = sum(planned.whole_size or 0 for planned in plans)
        log.info("To fetch: %d scenes, %d files, %.1f MB%s%s%s", len(jobs), len(plans), self.expected / _MB,
                 f" (the whole files have {whole / _MB:.0f} MB)" if whole > self.expected else "",
                 f" and {unknown} files whose size the archive does not tell" if unknown else "",
                 f"; {reused} scenes are here already" if reused else "")
        if self.expected > self.settings.max_size * _MB:
            raise InputError(f"The download would be {self.expected / _MB:.0f} MB, more than the "
                             f"{self.settings.max_size:.0f} MB of 'Largest download'. Choose fewer scenes or bands or a "
                             "smaller area, or raise it.")
        free = shutil.disk_usage(self.output).free
        if 2 * self.expected > free:  # what comes, and what is cut from it
            raise InputError(f"{self.output} has {free / _MB:.0f} MB left; the download needs up to "
                             f"{2 * self.expected / _MB:.0f} MB. Choose another disk.")

    # --- fetching ---

    def _fetched(self, jobs: Sequence[_Job]) -> Iterable[_Job]:
        """Each scene once all its files are here."""
        tasks = [(job, asset) for job in jobs for asset in job.plans]
        for job in jobs:
            if not job.plans:
                yield job  # everything waited from an earlier run
        for (job, asset), problem in map_threads(self._fetch, tasks, self.progress, self.settings.connections):
            job.left -= 1
            if problem:
                job.problem = job.problem or problem
            elif asset not in job.missing:
                job.folder.finished(asset, key_of(asset, self.area))
            if job.left == 0 and job.problem:
                self.failed.append((job.name, job.problem))
            elif job.left == 0:
                yield job

    def _fetch(self, task: Tuple[_Job, Asset]) -> str:
        job, asset = task
        try:
            fetch(asset, job.plans[asset], job.folder.place(asset), self._items(job, asset), self.area, self.quiet)
        except Outside:
            return "it does not reach the area"
        except (NetworkError, LoginNeeded):
            raise
        except NotThere as error:
            if asset not in job.selection.metadata or is_needed(asset):
                return str(error)
            log.warning("%s is left out: %s", asset.path, error)
            job.missing.append(asset)
        except InputError as error:
            return str(error)
        return ""

    def _items(self, job: _Job, asset: Asset) -> Dict[str, str]:
        """What a cut says of its scene, in the form that plain scenes are read."""
        scene = scene_of(job.item, job.scene.path)
        items = {"ACQUISITION_DATETIME": scene.acquired.strftime("%Y-%m-%dT%H:%M:%SZ"), "MISSION": scene.mission,
                 "LEVEL": scene.level, "TILE": scene.tile, "ORBIT": scene.orbit, "CLOUD": scene.cloud,
                 "SUN_AZIMUTH": scene.sun_azimuth, "SUN_ELEVATION": scene.sun_elevation,
                 KEY: key_of(asset, self.area)}
        return {key: str(value) for key, value in items.items() if value not in (None, "")}

    def _told(self, count: int) -> None:
        with self._lock:
            self.fetched += count
            fetched = self.fetched - self.looked
        if self.expected:
            share = min(fetched / self.expected, 1.0)
            self.progress.report(0.1 + 0.88 * share, f"{fetched / _MB:.0f} of {self.expected / _MB:.0f} MB")

    def _publish(self, job: _Job) -> None:
        assets = [asset for asset in leftovers(job.selection) if asset not in job.missing]
        cut = {a: job.folder.place(a) for a in job.selection.images if a.tiff and job.folder.place(a).is_file()}
        applied = already_applied(job.item, cut)
        if self.area is None:
            for asset, path in cut.items():
                annotate(path, replace(asset, offset=0.0) if applied else asset, self._items(job, asset))
        elif applied:
            restate(list(cut.values()))
        job.folder.publish(job.item, job.scene.path, self.request, assets, applied)

    def _catalogued(self, folders: Dict[str, Path]) -> Iterable[Scene]:
        """The scenes as they are read from their folders; what the files do not say comes from the archive."""
        for asked in self.scenes:
            if asked.path not in folders:
                continue
            try:
                read = catalogue.run(folders[asked.path], CatalogueSettings(), self.quiet).scenes[0]
            except InputError as error:
                self.failed.append((folders[asked.path].name, str(error)))
                continue
            known = {name: value for name, value in vars(read).items() if value not in (None, "")}
            known["footprint"] = SceneFolder(folders[asked.path]).footprint() or read.footprint
            yield Scene(**{**{name: getattr(asked, name) for name in vars(read)}, **known})
