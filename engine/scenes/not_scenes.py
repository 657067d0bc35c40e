"""Rasters that lie beside scenes but are none: class masks, elevation models, results."""
import re
from pathlib import Path

from ..io.products import plain

#: A folder with one of these holds results, whatever its rasters are called.
MANIFESTS = ("stack.json", "series.json")
MASK_FOLDERS = ("masks", "mask")
_MASK = re.compile(r"^mask[._-]|[._-](?:cloud)?mask$|(?:^|[._-])udm2?$|^MSK_|cloudless_probability", re.IGNORECASE)
_ELEVATION = re.compile(r"(?:^|[._-])(?:dem|dsm|dtm|srtm|copdem|elevation|hillshade|slope|aspect)(?=$|[._-]|\d)",
                        re.IGNORECASE)
_RESULT = re.compile(r"(?:^|[._-])(?:velocity|displacement|correlation|vx|vy|vv|east|north|los|quality|truth)$",
                     re.IGNORECASE)
_RESULT_BANDS = re.compile(r"^(?:east|north|los|up|velocity_\w+|speed|sigma\w*|vector_coherence|rmse_\w+)$")
_RESULT_ITEMS = ("TM_SIGN", "TM_REFERENCE_DATE", "TM_SECONDARY_DATE")
_METRES = ("m", "m/yr")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d$")

_MASKS, _MODELS, _RESULTS = "class masks", "elevation models", "results"


def kind_by_name(folder: Path, name: str) -> str:
    """What a raster is if not a scene, as far as its name tells; empty where it may be a scene."""
    stem = name.rsplit(".", 1)[0]
    if folder.name.lower() in MASK_FOLDERS or _MASK.search(stem) or plain.CLASS_FILE.search(stem):
        return _MASKS
    if _ELEVATION.search(stem):
        return _MODELS
    return _RESULTS if _RESULT.search(stem) else ""


def kind_by_content(dataset) -> str:
    """The same, from band names and metadata items."""
    items = dataset.GetMetadata() or {}
    if any(key in items for key in _RESULT_ITEMS) or items.get("TM_UNIT") in _METRES:
        return _RESULTS
    bands = [dataset.GetRasterBand(i) for i in range(1, dataset.RasterCount + 1)]
    names = [band.GetDescription().strip() for band in bands]
    if any(_RESULT_BANDS.match(name) for name in names):
        return _RESULTS
    if names and all(_ISO_DATE.match(name) for name in names):
        return _RESULTS
    return _MODELS if names and names[0].lower() in ("elevation", "height", "dem") else ""
