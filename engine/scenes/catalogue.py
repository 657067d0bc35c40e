"""Catalogue: every scene of a folder, from its metadata and names; no pixel is read."""
import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from ..core.errors import InputError
from ..core.progress import Progress
from ..core.scene import Scene
from ..io.products import dates, landsat, plain
from ..io.raster import open_dataset
from ..io.scene_reader import read_product
from .catalogue_settings import CatalogueSettings
from .not_scenes import MANIFESTS, MASK_FOLDERS, kind_by_content, kind_by_name

#: Reads one candidate; None for a raster that is no scene but something else that is known.
_Read = Callable[[], Optional[Scene]]
_DETECTORS = "detectors.gpkg"


@dataclass(frozen=True)
class CatalogueResult:
    """scenes: by time. skipped: (path, reason) of what should be a scene but cannot be read.

    ignored: number of rasters by kind that are no scenes (class masks, elevation models, results).
    """
    scenes: List[Scene]
    skipped: List[Tuple[str, str]]
    ignored: Dict[str, int] = field(default_factory=dict)


def run(folder, settings: CatalogueSettings, progress: Optional[Progress] = None) -> CatalogueResult:
    """Catalogue the Sentinel-2, Landsat, single-band and plain scenes of a folder, sorted by time.

    Raises InputError, with what was seen instead, where there is no scene.
    """
    progress = progress or Progress()
    root = Path(os.path.abspath(folder))
    if not root.is_dir():
        raise InputError(f"{folder} is not a folder. Choose the folder that holds the scenes.")
    search = _Search(progress)
    search.folder(root, settings.recursive)
    scenes: List[Scene] = []
    for index, (path, read) in enumerate(search.found):
        progress.report(index / len(search.found), f"{index} of {len(search.found)} scenes")
        try:
            scene = read()
        except InputError as error:
            search.skipped.append((str(path), str(error)))
            continue
        if scene is not None:
            scenes.append(scene)
    ignored = dict(search.ignored)
    if not scenes:
        raise InputError(_nothing(root, search.skipped, ignored, settings))
    progress.report(1.0, f"{len(scenes)} scenes")
    scenes = _without_copies(scenes, search.skipped)
    scenes = sorted(_with_neighbours(scenes), key=lambda s: (s.acquired, s.path))
    return CatalogueResult(scenes, search.skipped, ignored)


class _Search:
    """Walks folders and collects what may be a scene, with the reader for it."""

    def __init__(self, progress: Progress):
        self.progress = progress
        self.found: List[Tuple[Path, _Read]] = []
        self.skipped: List[Tuple[str, str]] = []
        self.ignored: Counter = Counter()
        self._seen: Set[str] = set()

    def folder(self, folder: Path, recursive: bool) -> None:
        self.progress.check()
        real = os.path.realpath(folder)  # links are followed, but not in circles
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.skipped.append((str(folder), f"{folder} cannot be read ({error.strerror})."))
            return
        files = [e.name for e in entries if not e.name.startswith(".") and e.is_file()]
        if _is_sentinel2(folder, files):
            self._add(folder)
            return
        if any(name in files for name in MANIFESTS):
            self.ignored["results"] += sum(_is_raster(name) for name in files)
            return
        self._files(folder, files)
        if recursive:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_dir():
                    self.folder(folder / entry.name, True)

    def _add(self, path: Path, read: Optional[_Read] = None) -> None:
        self.found.append((path, read or (lambda: read_product(path).scene)))

    def _files(self, folder: Path, files: Sequence[str]) -> None:
        for name in files:
            if name.lower().endswith(".zip"):
                self._add(folder / name)
        rasters = [name for name in files if _is_raster(name)]
        taken = self._landsat(folder, files, rasters)
        left = [name for name in rasters if name not in taken]
        groups = plain.band_groups(name for name in left if not kind_by_name(folder, name))
        for group in groups.values():
            if len(group) > 1 or (len(groups) == 1 and list(groups) == [""]):
                self._group(folder, group, alone=len(groups) == 1)
                taken.update(group.values())
        for name in left:
            if name not in taken:
                self._add(folder / name, self._single(folder / name))

    def _landsat(self, folder: Path, files: Sequence[str], rasters: Sequence[str]) -> Set[str]:
        """Add the Landsat products of a folder; returns the rasters that belong to them."""
        taken: Set[str] = set()
        metadata = landsat.metadata_files(folder) if any(landsat.MTL.match(name) for name in files) else []
        for file in metadata:
            product = landsat.MTL.match(file.name).group("product")
            own = [name for name in rasters if name.startswith(f"{product}_")]
            taken.update(own)
            if len(metadata) == 1 and len(own) != 1:
                self._add(folder)
            else:
                self._add(folder / own[0] if len(own) == 1 else file)
        return taken

    def _group(self, folder: Path, group: Mapping[str, str], alone: bool) -> None:
        path = folder if alone else folder / plain.preferred_file(group)
        self._add(path, lambda: plain.read_group(folder, group, path, alone).scene)

    def _single(self, path: Path) -> _Read:
        def read() -> Optional[Scene]:
            kind = kind_by_name(path.parent, path.name)
            if not kind:
                dataset = open_dataset(path)
                kind = kind_by_content(dataset)
            if kind:
                self.ignored[kind] += 1
                return None
            return plain.read_single(path, dataset).scene
        return read


def _is_raster(name: str) -> bool:
    return name.lower().endswith(plain.RASTERS)


def _is_sentinel2(folder: Path, files: Sequence[str]) -> bool:
    return folder.name.upper().endswith(".SAFE") or any(
        name.upper().startswith("MTD_MSIL") and name.lower().endswith(".xml") for name in files)


def _without_copies(scenes: Sequence[Scene], skipped: List[Tuple[str, str]]) -> List[Scene]:
    """Each Sentinel-2 product once, where its folder stands beside its zip."""
    kept: Dict[str, Scene] = {}
    for scene in sorted(scenes, key=lambda s: s.path.lower().endswith(".zip")):
        name = Path(scene.path).name
        product = name.rsplit(".", 1)[0] if name.upper().endswith((".SAFE", ".ZIP")) else ""
        product = product[:-5] if product.upper().endswith(".SAFE") else product
        key = product.upper() if product.upper().startswith("S2") else scene.path
        if key in kept:
            skipped.append((scene.path, f"{scene.path} is the same product as {kept[key].path}."))
        else:
            kept[key] = scene
    return list(kept.values())


def _with_neighbours(scenes: Sequence[Scene]) -> List[Scene]:
    """Plain scenes with what lies beside them: the class mask of their date, mask_<date>.tif there or in a folder
    `masks`, and the detectors' footprints of a simulated series, detectors.gpkg.
    """
    known: Dict[Path, Dict[date, List[str]]] = {}
    result = []
    for scene in scenes:
        path = Path(scene.path)
        place = path.parent
        if not scene.mask and path.suffix.lower() in plain.RASTERS:
            if place not in known:
                known[place] = _masks(place)
            masks = known[place].get(scene.date, [])
            own = f"mask_{path.stem.replace('scene_', '', 1)}{path.suffix}"  # as Prepare names them
            masks = [mask for mask in masks if Path(mask).name == own] or masks
            if len(masks) == 1:
                scene = replace(scene, mask=masks[0])
            if not scene.detectors and (place / _DETECTORS).is_file():
                scene = replace(scene, detectors=str(place / _DETECTORS))
        result.append(scene)
    return result


def _masks(folder: Path) -> Dict[date, List[str]]:
    found: Dict[date, List[str]] = {}
    for place in (folder, *(folder / name for name in MASK_FOLDERS)):
        for name in sorted(os.listdir(place)) if place.is_dir() else ():
            moments = dates.all_dates(name) if name.lower().startswith("mask_") and _is_raster(name) else []
            if len(moments) == 1:
                found.setdefault(moments[0].date(), []).append(str(place / name))
    return found


def _nothing(root: Path, skipped: Sequence[Tuple[str, str]], ignored: Mapping[str, int],
             settings: CatalogueSettings) -> str:
    seen = [f"{count} {kind}" for kind, count in ignored.items()]
    if skipped:
        seen.append(f"{len(skipped)} that cannot be used (for example: {skipped[0][1].rstrip('.')})")
    advice = "" if settings.recursive else " Switch on 'Look into subfolders' if they are deeper."
    return (f"No scenes were found in {root}; seen instead: {', '.join(seen) or 'no images'}. "
            "Choose a folder with Sentinel-2 products, Landsat products or dated images such as B04_20200131.tif."
            f"{advice}")
