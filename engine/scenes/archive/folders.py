"""Where downloads are kept: a folder per scene, whose item.json is written last and says what is complete."""
import copy
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from osgeo import ogr

from ...core.files import write_text
from ...io.raster import grid_of, open_dataset
from ...io.products import footprints
from .assets import Asset, Selection
from .offsets import stated
from .stac import Item, outline

ITEM = "item.json"
_OWN = "terrain_motion:download"
_DONE = "done.json"


@dataclass
class SceneFolder:
    """The folder of one scene and, until it is complete, a hidden one beside it that a later run goes on with."""
    folder: Path

    @property
    def _part(self) -> Path:
        return self.folder.with_name(f".{self.folder.name}.part")

    def bytes_of(self, asset: Asset) -> Path:
        """Where the bytes of a file are kept while it is fetched (a name without suffix)."""
        digest = hashlib.sha256(asset.href.split("?")[0].encode()).hexdigest()[:12]
        return self._part / "bytes" / digest

    def place(self, asset: Asset) -> Path:
        """Where a finished file waits for the others of its scene."""
        return self._part / "files" / asset.path

    def done(self) -> Dict[str, str]:
        """{path: key} of the files that wait."""
        known = _read(self._part / _DONE)
        return {path: str(key) for path, key in known.items() if (self._part / "files" / path).is_file()}

    def finished(self, asset: Asset, key: str) -> None:
        """Put on record that a file is complete."""
        _write(self._part / _DONE, {**self.done(), asset.path: key})

    def publish(self, item: Item, address: str, request: str, assets: Sequence[Asset], offset_applied: bool) -> None:
        """Move the finished files to their places and write item.json, last."""
        keys = self.done()
        known = _read(self.folder / ITEM)
        own = known.get(_OWN) if isinstance(known.get(_OWN), dict) else {}
        files: Dict[str, str] = {p: k for p, k in (own.get("files") or {}).items() if (self.folder / p).is_file()}
        changed = {path for path in keys if path in files and files[path] != keys[path]}
        requests: Dict[str, List[str]] = {r: paths for r, paths in (own.get("requests") or {}).items()
                                          if not changed & set(paths)}
        if (self.folder / ITEM).exists():
            (self.folder / ITEM).unlink()  # while files move, the folder is unfinished
        for path in keys:
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            for name in (path, f"{path}.aux.xml"):
                if (self._part / "files" / name).is_file():
                    os.replace(self._part / "files" / name, self.folder / name)
        files.update(keys)
        requests[request] = [asset.path for asset in assets]
        made = _local_item(item, address, self.folder, assets, offset_applied, known)
        made[_OWN] = {"address": address, "files": files, "requests": requests}
        _write(self.folder / ITEM, made)
        shutil.rmtree(self._part, ignore_errors=True)

    def footprint(self) -> str:
        """WKT polygon of what is here of the scene."""
        return outline(_read(self.folder / ITEM).get("geometry"))


def complete(output: Path) -> Dict[str, Dict[str, Path]]:
    """{address of the item: {request: folder}} of the scenes below a folder whose files are all here."""
    found: Dict[str, Dict[str, Path]] = {}
    for file in sorted(output.glob(f"*/{ITEM}")):
        own = _read(file).get(_OWN)
        if isinstance(own, dict):
            for request, paths in (own.get("requests") or {}).items():
                if all((file.parent / path).is_file() for path in paths):
                    found.setdefault(str(own.get("address")), {})[request] = file.parent
    return found


def leftovers(selection: Selection) -> Sequence[Asset]:
    """Every file of a selection, images first."""
    return (*selection.images, *selection.metadata, *((selection.product,) if selection.product else ()))


def _local_item(item: Item, address: str, folder: Path, assets: Sequence[Asset], offset_applied: bool,
                known: Mapping[str, Any]) -> Dict[str, Any]:
    """The item with only the files that are here, their scale and offset as they are, and the outline of the part."""
    made = copy.deepcopy(dict(item))
    made["links"] = [{"rel": "canonical", "href": address, "type": "application/geo+json"}]
    kept: Dict[str, Any] = {key: value for key, value in (known.get("assets") or {}).items()
                            if isinstance(value, dict) and (folder / str(value.get("href"))).is_file()}
    for asset in assets:
        own = dict(item["assets"][asset.key])
        for name in ("alternate", "file:size", "file:checksum", "file:header_size", "proj:shape", "proj:transform",
                     "proj:bbox", "proj:geometry", "storage:refs", "auth:refs"):
            own.pop(name, None)  # of the whole file at the archive
        own["href"] = asset.path
        scaling = stated(asset, offset_applied)
        if scaling:
            first, *more = own.get("raster:bands") or [{}]
            own["raster:bands"] = [{**first, **scaling}, *more]
        kept[asset.key] = own
    made["assets"] = kept
    if offset_applied:
        made["properties"]["earthsearch:boa_offset_applied"] = True
    geometry = _part_of(item.get("geometry"), [folder / a.path for a in assets if a.name])
    if geometry is not None:
        made["geometry"] = json.loads(geometry.ExportToJson())
        west, east, south, north = geometry.GetEnvelope()
        made["bbox"] = [west, south, east, north]
    return made


def _part_of(geometry: Any, images: Sequence[Path]) -> Optional[ogr.Geometry]:
    """The part of a footprint that an image covers, None where it cannot be told or the whole stays."""
    image = next((path for path in images if path.suffix.lower() in (".tif", ".tiff", ".jp2")), None)
    if image is None or not isinstance(geometry, Mapping):
        return None
    frame = footprints.from_grid(grid_of(open_dataset(image)))
    whole = ogr.CreateGeometryFromJson(json.dumps(geometry))
    if not frame or whole is None or not whole.IsValid():
        return None
    part = whole.Intersection(ogr.CreateGeometryFromWkt(frame))
    if part is None or part.IsEmpty() or ogr.GT_Flatten(part.GetGeometryType()) != ogr.wkbPolygon:
        return None
    part.FlattenTo2D()
    return part


def _read(path: Path) -> Dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False))
