"""Terrain Motion: displacements and time series of the ground from optical and radar satellite images, in QGIS."""


def classFactory(iface):  # QGIS looks for this name
    """The plugin. Nothing else is imported before QGIS asks for it."""
    from .plugin import TerrainMotionPlugin
    return TerrainMotionPlugin(iface)
