"""The science of Terrain Motion. Nothing in this package imports QGIS or Qt."""
