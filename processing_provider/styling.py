"""QML styles of results: which band is drawn how, with limits from the data and the unit in the legend.

A style file lies beside every raster, so that it looks the same wherever it is opened.
"""
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Dict, List, Optional, Sequence, Tuple
from xml.sax.saxutils import escape, quoteattr

from ..engine.core.files import write_text
from ..engine.core.flags import WORDS, Flag

_TEMPLATES = Path(__file__).parent / "styles"
# Colour-blind safe: blue to red through near-white for signed values, and a perceptually even dark-to-light ramp.
_DIVERGING = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")
_SEQUENTIAL = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
_CLASS_COLOURS = {Flag.VALID: "#f7f7f7", Flag.OUTSIDE: "#969696", Flag.CLOUD: "#6baed6", Flag.SHADOW: "#252525",
                  Flag.WATER: "#08519c", Flag.SNOW: "#c6dbef", Flag.LOW_CORRELATION: "#fdae61",
                  Flag.OUTLIER: "#d7191c", Flag.TOPOGRAPHIC: "#8c510a", Flag.MORPHOLOGICAL: "#bf812d",
                  Flag.NOT_CONNECTED: "#762a83", Flag.TOO_FEW: "#9970ab", Flag.NO_REFERENCE: "#e7d4e8"}
_SCENE_CLASSES = ((0, "clear", "#ffffff"), (1, "water", "#08519c"), (2, "cloud shadow", "#252525"),
                  (3, "snow", "#c6dbef"), (4, "cloud", "#6baed6"))
_SHADOW_CLASSES = ((0, "lit", "#ffffff"), (1, "shadow", "#252525"))
_CLASSES = {"classes": _SCENE_CLASSES, "shadow": _SHADOW_CLASSES}
_UPPER_PERCENTILE = 99.0  # the few largest values of a map would leave the rest one colour


@dataclass(frozen=True)
class BandStyle:
    """How one band is drawn. scale: "diverging" (symmetrical), "sequential" (from 0), "share" (0 to 1),
    "flags", "classes" or "shadow". shared: bands of one name here get one common stretch."""
    band: str
    title: str
    scale: str
    shared: str = ""


STYLES: Dict[str, Tuple[BandStyle, ...]] = {
    "displacement": (
        BandStyle("east", "East displacement", "diverging", "xy"),
        BandStyle("north", "North displacement", "diverging", "xy"),
        BandStyle("los", "Line-of-sight displacement", "diverging"),
        BandStyle("correlation", "Correlation", "share"), BandStyle("coherence", "Coherence", "share"),
        BandStyle("sigma", "Sigma", "sequential"), BandStyle("flag", "Why a pixel is missing", "flags")),
    "velocity": (
        BandStyle("speed", "Speed", "sequential"),
        BandStyle("velocity_los", "Line-of-sight velocity", "diverging"),
        BandStyle("velocity_east", "East velocity", "diverging", "xy"),
        BandStyle("velocity_north", "North velocity", "diverging", "xy"),
        BandStyle("velocity_up", "Up velocity", "diverging", "xy"),
        BandStyle("vector_coherence", "Vector coherence", "share"),
        BandStyle("sigma_east", "Sigma of east velocity", "sequential", "sigma"),
        BandStyle("sigma_north", "Sigma of north velocity", "sequential", "sigma"),
        BandStyle("sigma_up", "Sigma of up velocity", "sequential", "sigma"),
        BandStyle("sigma_los", "Sigma of line-of-sight velocity", "sequential")),
    "quality": (
        BandStyle("flag", "Why a pixel is missing", "flags"),
        BandStyle("rmse_east", "RMSE of east", "sequential", "rmse"),
        BandStyle("rmse_north", "RMSE of north", "sequential", "rmse"),
        BandStyle("rmse_los", "RMSE of line of sight", "sequential"),
        BandStyle("observations", "Observations", "sequential")),
    "difference": tuple(BandStyle(f"difference_{c}", f"Difference of {c} velocity", "diverging", "xy")
                        for c in ("east", "north", "up", "los")),
    "demerror": (BandStyle("dem_error", "Error of the DEM", "diverging"),),
    "closure": (BandStyle("wrong_loops", "Wrong loops", "sequential"),
                BandStyle("closure_rms", "What loops add up to", "sequential")),
    "classes": (BandStyle("1", "Classes", "classes"),),
    "shadow": (BandStyle("shadow", "Cast shadow", "shadow"),),
}
_SERIES_TITLES = {"east": "East displacement", "north": "North displacement", "los": "Line-of-sight displacement"}


def band_styles(kind: str, bands: Sequence[str], name: str = "") -> List[BandStyle]:
    """The styles that fit a raster's bands. Series rasters (bands are dates) are drawn at their last date."""
    if kind == "series":
        return [BandStyle(bands[-1], _SERIES_TITLES.get(name, name), "diverging")]
    if kind in _CLASSES:
        return [BandStyle(bands[0], STYLES[kind][0].title, kind)]
    return [style for style in STYLES.get(kind, ()) if style.band in bands]


def style_texts(path, kind: str) -> List[Tuple[BandStyle, str]]:
    """(style, QML text) for each band of a raster that can be shown, the main one first."""
    from ..engine.io.raster import open_raster
    from ..engine.io.statistics import magnitudes
    with open_raster(path) as raster:
        styles = band_styles(kind, raster.bands, Path(path).stem)
        limits = {s.band: magnitudes(raster, s.band, _UPPER_PERCENTILE)
                  for s in styles if s.scale in ("diverging", "sequential")}
        made = []
        for style in styles:
            shared = [limits[s.band] for s in styles if style.shared and s.shared == style.shared and s.band in limits]
            limit = max(shared, default=limits.get(style.band, 1.0))
            number = raster.number(style.band)
            made.append((style, _qml(style, number, limit, raster.units[number - 1])))
    return made


def write_style(path, kind: str) -> Optional[Path]:
    """Write the main style beside a raster (same name, .qml); None where the kind has no style."""
    texts = style_texts(path, kind)
    if not texts:
        return None
    target = Path(path).with_suffix(".qml")
    return write_text(target, texts[0][1])


def _qml(style: BandStyle, number: int, limit: float, unit: str) -> str:
    if style.scale == "flags" or style.scale in _CLASSES:
        classes = _CLASSES.get(style.scale) or [
            (int(flag), WORDS[flag], colour) for flag, colour in _CLASS_COLOURS.items()]
        items = "\n".join(f'    <paletteEntry value="{value}" label={quoteattr(label)} color="{colour}" alpha="255"/>'
                          for value, label, colour in classes)
        return _template("classes.qml").substitute(band=number, items=items)
    colours = _DIVERGING if style.scale == "diverging" else _SEQUENTIAL
    limit = 1.0 if style.scale == "share" else limit
    low = -limit if style.scale == "diverging" else 0.0
    fractions = [i / (len(colours) - 1) for i in range(len(colours))]
    decimals = 0 if limit >= 100 else 1 if limit >= 10 else 2 if limit >= 1 else 3
    suffix = f" {unit}" if unit not in ("", "1") else ""
    items = "\n".join(
        f'     <item value="{low + f * (limit - low):.9g}" color="{colour}" alpha="255" '
        f'label={quoteattr(f"{low + f * (limit - low):.{decimals}f}{suffix}")}/>' for f, colour in zip(fractions, colours))
    stops = ":".join(f"{f:.4g};{_rgba(colour)}" for f, colour in list(zip(fractions, colours))[1:-1])
    return _template("pseudocolor.qml").substitute(
        band=number, minimum=f"{low:.9g}", maximum=f"{limit:.9g}", first=_rgba(colours[0]), last=_rgba(colours[-1]),
        stops=stops, items=items, suffix=escape(suffix), decimals=decimals)


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i:i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))
