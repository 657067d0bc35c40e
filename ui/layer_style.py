"""How results look: the unit in the legend, one stretch for layers that are compared, a symmetrical range."""
import re
from typing import Dict, List, Optional, Sequence, Tuple

from qgis.core import (QgsColorRampShader, QgsMapLayer, QgsProject, QgsRasterLayer, QgsRectangle,
                       QgsSingleBandPseudoColorRenderer)

from . import units

UNIT_PROPERTY = "terrain_motion/shown_unit"
_IN_BRACKETS = re.compile(r"\s*\[[^\]]*\]$")
_SAMPLE = 250_000  # pixels that a range on screen is taken from
_UPPER, _LOWER = 0.99, 0.01


def shader_of(layer: Optional[QgsMapLayer]) -> Optional[QgsColorRampShader]:
    """The colour ramp of a layer that is drawn as one coloured band, None for others."""
    if not isinstance(layer, QgsRasterLayer) or not isinstance(layer.renderer(), QgsSingleBandPseudoColorRenderer):
        return None
    shader = layer.renderer().shader()
    function = shader.rasterShaderFunction() if shader is not None else None
    return function if isinstance(function, QgsColorRampShader) else None


def stored_unit(layer: QgsRasterLayer) -> str:
    """The unit of the band that is drawn, as the file says."""
    from ..engine.core.errors import TerrainMotionError
    from ..engine.io.raster import open_raster
    try:
        with open_raster(layer.source()) as raster:
            unit = raster.units[layer.renderer().band() - 1]
    except (TerrainMotionError, IndexError):
        return ""
    return "" if unit == "1" else unit


def shown_unit(layer: QgsRasterLayer) -> str:
    """The unit in the legend."""
    return str(layer.customProperty(UNIT_PROPERTY) or stored_unit(layer))


def show_in(layer: QgsRasterLayer, unit: str) -> bool:
    """Let legend and name speak another unit; the file stays as it is. False where the layer cannot."""
    stored = stored_unit(layer)
    if shader_of(layer) is None or unit not in units.choices(stored):
        return False
    layer.setCustomProperty(UNIT_PROPERTY, unit)
    _label(layer, units.choices(stored)[unit], unit)
    layer.setName(f"{_IN_BRACKETS.sub('', layer.name())} [{unit}]")
    _refresh(layer)
    return True


def comparable(layers: Sequence[QgsMapLayer]) -> Dict[Tuple[str, bool], List[QgsRasterLayer]]:
    """{(stored unit, signed): layers} of layers that show the same kind of quantity."""
    groups: Dict[Tuple[str, bool], List[QgsRasterLayer]] = {}
    for layer in layers:
        shader = shader_of(layer)
        unit = stored_unit(layer) if shader is not None else ""
        if unit in (units.LENGTH, units.RATE):
            groups.setdefault((unit, shader.minimumValue() < 0), []).append(layer)
    return groups


def share_stretch(layers: Sequence[QgsMapLayer]) -> int:
    """Give comparable layers one range, that of the widest of them. Returns how many share one with another."""
    shared = 0
    for group in comparable(layers).values():
        if len(group) < 2:
            continue
        shaders = [shader_of(layer) for layer in group]
        limit = max(max(abs(s.minimumValue()), abs(s.maximumValue())) for s in shaders)
        for layer in group:
            set_limit(layer, limit)
        shared += len(group)
    return shared


def stretch_to(layer: QgsRasterLayer, extent: QgsRectangle) -> bool:
    """Take the range from what lies in an extent (layer's coordinate system): symmetrical about 0, or from 0 up."""
    if shader_of(layer) is None or extent.isEmpty():
        return False
    low, high = layer.dataProvider().cumulativeCut(layer.renderer().band(), _LOWER, _UPPER, extent, _SAMPLE)
    limit = max(abs(low), abs(high))
    if not limit > 0 or limit == float("inf"):
        return False
    set_limit(layer, limit)
    return True


def set_limit(layer: QgsRasterLayer, limit: float) -> None:
    """Draw -limit to limit, or 0 to limit where the ramp begins at 0; colours keep their places on the ramp."""
    shader, renderer = shader_of(layer), layer.renderer()
    old_low, old_high = shader.minimumValue(), shader.maximumValue()
    low = -limit if old_low < 0 else 0.0
    items = shader.colorRampItemList()
    for item in items:
        item.value = low + (item.value - old_low) / (old_high - old_low) * (limit - low)
    shader.setMinimumValue(low)
    shader.setMaximumValue(limit)
    shader.setColorRampItemList(items)
    renderer.setClassificationMin(low)
    renderer.setClassificationMax(limit)
    unit = shown_unit(layer)
    _label(layer, units.choices(stored_unit(layer)).get(unit, 1.0), unit)
    _refresh(layer)


def project_layers(project: QgsProject) -> List[QgsMapLayer]:
    """Layers in the order of the tree."""
    return [node.layer() for node in project.layerTreeRoot().findLayers() if node.layer() is not None]


def _label(layer: QgsRasterLayer, scale: float, unit: str) -> None:
    shader = shader_of(layer)
    items = shader.colorRampItemList()
    for item in items:
        item.label = f"{units.text(item.value * scale)} {unit}".rstrip()
    shader.setColorRampItemList(items)
    legend = shader.legendSettings()
    if legend is not None:
        from qgis.core import QgsColorRampLegendNodeSettings
        legend = QgsColorRampLegendNodeSettings(legend)
        legend.setMinimumLabel(f"{units.text(shader.minimumValue() * scale)} {unit}".rstrip())
        legend.setMaximumLabel(f"{units.text(shader.maximumValue() * scale)} {unit}".rstrip())
        legend.setSuffix("")
        shader.setLegendSettings(legend)


def _refresh(layer: QgsRasterLayer) -> None:
    layer.triggerRepaint()
    layer.emitStyleChanged()
    layer.legendChanged.emit()
