"""The page of this plugin in QGIS settings."""
