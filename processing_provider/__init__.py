"""The stages as QGIS Processing algorithms. Everything here is generated from the engine's settings."""
